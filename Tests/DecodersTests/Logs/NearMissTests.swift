import Decoders
import Model
import Testing

/// Lines of everyday loggers that look like a producer's own form at first sight.
@Suite("What only looks like a producer's form is read as before")
struct NearMissTests {
  private func logs(_ lines: String...) -> [ReadLog] { decode(lines.joined(separator: "\n") + "\n").readLogs }

  @Test(
    "a date that is one in no order does not end the program", arguments: ["13/13/2026 10:00:00", "20-26-11 02:00:01"])
  func noDate(time: String) {
    #expect(logs("[\(time)] ERROR none left").count == 1)
    #expect(logs("\(time) ERROR none left").count == 1)
  }

  @Test("NLog with a message or a thread in the logger's place: neither is a component")
  func nlog() {
    let message = logs(
      "2026-11-25 02:00:01.1234|INFO|Payment accepted for order 7 |order=7 ",
      "2026-11-25 02:00:02.1234|INFO|Payment accepted for order 8 |order=8 ")
    #expect(message.count == 2 && message.allSatisfy { !$0.component.hasPrefix("Payment") })
    let thread = logs(
      "2026-11-25 02:00:01.1234|INFO|12|Acme.Pay|Payment accepted",
      "2026-11-25 02:00:02.1234|INFO|7|Acme.Pay|Payment lost")
    #expect(thread.count == 2 && thread.allSatisfy { $0.component != "12" && $0.component != "7" })
  }

  @Test("a number and a smaller-than sign open no frame of syslog, and a wrong count swallows no message")
  func frames() {
    let plain = logs(
      "2400 <3 ms is the aim of this query", "2026-11-25 02:00:01 ERROR pay failed",
      "2026-11-25 02:00:02 ERROR pay failed")
    #expect(plain.count { $0.severity == "error" } == 2)
    let syslog = logs(
      "999 <163>1 2026-11-25T02:00:01Z h1 pay 7 - - pay failed", "<163>1 2026-11-25T02:00:02Z h1 pay 7 - - pay failed",
      "<163>1 2026-11-25T02:00:03Z h1 pay 7 - - pay failed")
    #expect(syslog.count { $0.severity == "error" } == 3)
  }

  @Test("an error without a text takes no record that has a time of its own")
  func emptyReport() {
    let read = logs(
      "E, [2026-11-25T02:00:01.123456 #12] ERROR -- : ", "2026-11-25 02:00:02 ERROR pay failed for order 2",
      "2026-11-25 02:00:03 ERROR pay failed for order 3")
    #expect(read.count { $0.severity == "error" } == 3)
  }

  @Test("columns between bars whose last one is the message keep it")
  func bars() {
    let line = "2026-11-25 02:00:02,123 | ERROR | http-nio-8080-exec-1 | com.acme.Pay | Thread-5 died after try 3"
    #expect(logs(line, line).allSatisfy { $0.message.contains("died after try") })
  }

  @Test("a service whose name begins with k8s_ keeps it, a container of the kubelet's is called by its own")
  func kubelet() {
    func component(_ key: String, _ name: String) -> String? {
      let line = #"{"time":"2026-11-25T02:00:01Z","level":"error","\#(key)":"\#(name)","message":"none left"}"#
      return logs(line, line).first?.component
    }
    #expect(component("service", "k8s_cluster_agent") == "k8s_cluster_agent")
    #expect(component("container_name", "k8s_pay_pay-7d9f_shop_0af1_0") == "pay")
  }
}
