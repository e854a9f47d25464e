import Decoders
import Model
import Simulation
import Testing

/// Forms of single loggers: Android's logcat, Jira, Jetty; and bodies of binary OTLP.
struct LoggerFormTests {
  private func logs(_ lines: String...) -> [ReadLog] { decode(lines.joined(separator: "\n") + "\n").readLogs }

  @Test("logcat names the level, the tag and the process in one word, with a time and without one")
  func logcat() {
    let timed = logs(
      "11-25 02:00:01.500 I/ActivityManager( 1234): order accepted", "11-25 02:00:02.500 E/Pay     (  77): none left")
    #expect(timed.map(\.component) == ["ActivityManager", "Pay"])
    #expect(timed.map(\.severity) == ["info", "error"])
    #expect(timed.map(\.message) == ["order accepted", "none left"])
    #expect(logs("W/Pay(7): none left", "E/Pay(7): all gone").map(\.severity) == ["warn", "error"])
    #expect(logs("E/pay is the path of (7): x", "E/mail was sent to (8): y").allSatisfy { $0.component == "m" })
    #expect(logs("I/O error (disk): y", "I/O error (disk): z").allSatisfy { $0.severity != "info" })
  }

  @Test("Jira's columns of who asked are none of its message's, and a bracket in a message is no logger")
  func jira() {
    let asked =
      "http-nio-8080-exec-1 ERROR admin 121x12x1 1abc2d 10.0.0.9 /rest/api/2/issue [c.a.jira.issue.Manager] none left"
    for time in ["2026-11-25 02:00:01,500+0000", "2026-11-25 02:00:01,500"] {
      for line in [asked, "JIRA-Bootstrap ERROR      [c.a.jira.issue.Manager] none left"] {
        #expect(
          logs("\(time) \(line)", "\(time) \(line)")
            == [ReadLog](repeating: ReadLog("02:00:01.5", "c.a.jira.issue.Manager", "error", "none left"), count: 2))
      }
    }
    let own = "2026-11-25 02:00:01,500 main ERROR com.acme.Pay - cannot find [a.b.c.Card] in the cache"
    #expect(logs(own, own).allSatisfy { $0.message.contains("cannot find") })
  }

  @Test("Jetty's own log has a level, a logger and a thread between colons")
  func jetty() {
    let read = logs(
      "2026-11-25 02:00:01.500:INFO:oejs.Server:main: started", "2026-11-25 02:00:02.500:WARN::qtp-7: none left")
    #expect(
      read == [
        ReadLog("02:00:01.5", "oejs.Server", "info", "started"), ReadLog("02:00:02.5", "m", "warn", "none left"),
      ])
  }

  @Test("the bodies of binary OTLP teach their headers as those of its JSON form do")
  func protobuf() {
    let records = (0..<8).map { i in
      ProtobufMessage.of { record in
        record.fixed(1, 1_795_572_000_500_000_000)
        record.data(
          5,
          ProtobufMessage.of { body in
            body.text(1, "2026-11-25 02:00:0\(i),500 [main] \(i == 3 ? "ERROR" : "INFO ") com.acme.Pay  - none left")
          })
      }
    }
    let bytes = ProtobufMessage.of { message in
      message.data(
        1,
        ProtobufMessage.of { resource in
          resource.data(
            1,
            ProtobufMessage.of { attributes in
              attributes.data(
                1,
                ProtobufMessage.of { pair in
                  pair.text(1, "service.name")
                  pair.data(2, ProtobufMessage.of { $0.text(1, "pay") })
                })
            })
          resource.data(2, ProtobufMessage.of { scope in for record in records { scope.data(2, record) } })
        })
    }
    for piece in [7, 1 << 20] {
      let read = decode(bytes, piece: piece).readLogs
      #expect(read.count == 8)
      #expect(read.map(\.severity) == (0..<8).map { $0 == 3 ? "error" : "info" })
      #expect(read.allSatisfy { $0.message == "none left" && $0.component == "pay" })
    }
  }
}
