// Records that collectors, relays and platforms hand on in a form of their own.

import Decoders
import Model
import Support
import Testing

struct HandedOnLineTests {
  private func logs(_ text: String, member: String = "m") -> [ReadLog] {
    let batch = decode(text + "\n", settings: night, member: member)
    #expect(batch.isBalanced)
    return batch.readLogs
  }

  /// The night of the dates without a year.
  private var night: DecoderSettings {
    var settings = DecoderSettings()
    settings.lastDay = 20_782
    return settings
  }

  @Test("a document's message that is a line of syslog, priority and all, is read as one")
  func relayedSyslog() {
    let head = #"{"@timestamp":"2026-11-25T02:00:05Z","host":"10.0.0.1","message":""#
    #expect(
      logs(head + #"<27>Nov 25 02:00:01 web1 pay[12]: none left"}"#) == [
        ReadLog("02:00:05", "pay", "error", "none left")
      ])
    #expect(
      logs(head + #"<163>1 2026-11-25T02:00:02Z web1 cart 12 - - none left"}"#) == [
        ReadLog("02:00:02", "cart", "error", "none left")
      ])
    // The kernel's level has no time behind it: it is no header of syslog. A number over 191 is no priority.
    #expect(
      logs(head + #"<6>[   12.345678] usb 1-1: new device"}"#).map(\.message) == ["[   12.345678] usb 1-1: new device"])
    #expect(logs(head + #"<999>Nov 25 02:00:01 web1 pay: x"}"#).map(\.severity) == ["unknown"])
  }

  @Test("Cloud Foundry's header is a layer, and what stands behind OUT is read like a line")
  func foundry() {
    let head = "   2026-11-25T03:00:0"
    let lines = [
      head + #"1.12+0100 [APP/PROC/WEB/0] OUT {"level":"error","msg":"none left"}"#,
      head + "2.12+0100 [APP/PROC/WEB/0] OUT 2026-11-25 02:00:02.200  WARN 1 --- [main] c.a.Pay : slow",
      head + "3.12+0100 [APP/PROC/WEB/0] ERR cannot", head + "4.12+0100 [CELL/0] OUT Container became unhealthy",
    ]
    let read = logs(lines.joined(separator: "\n"), member: "shop.log")
    #expect(read.map(\.severity) == ["error", "warn", "unknown", "unknown"])
    #expect(read.map(\.component) == ["shop", "c.a.Pay", "shop", "CELL"])
    #expect(read.map(\.message) == ["none left", "slow", "cannot", "Container became unhealthy"])
    #expect(read.first?.time == "02:00:01.12")
    // A thread in brackets and a word are no such header.
    let other = (0..<5).map { "2026-11-25T03:00:0\($0).12+0100 [APP/main] OUTPUT written to disk today" }
    #expect(logs(other.joined(separator: "\n")).allSatisfy { $0.message.contains("written") })
  }

  @Test("the tables of Azure's container logs name container and line")
  func azure() {
    #expect(
      logs(
        #"{"TimeGenerated":"2026-11-25T02:00:01.1Z","ContainerAppName_s":"shop","ContainerName_s":"orders","Log_s":"{\"level\":\"error\",\"msg\":\"none left\"}","Stream_s":"stderr"}"#
      ) == [ReadLog("02:00:01.1", "orders", "error", "none left")])
    #expect(
      logs(
        #"{"TimeGenerated":"2026-11-25T02:00:01.1Z","ContainerName":"orders","LogMessage":{"level":"error","msg":"none left"},"LogSource":"stderr","LogLevel":"error"}"#
      ) == [ReadLog("02:00:01.1", "orders", "error", "none left")])
    #expect(
      logs(
        #"{"TimeGenerated":"2026-11-25T02:00:01.1Z","ContainerID":"0a","Name":"k8s_orders_orders-6d58f9c7b-x2x9k_shop_0af1_0","LogEntry":"ERROR:pay:none left","LogEntrySource":"stderr"}"#
      ) == [ReadLog("02:00:01.1", "orders", "error", "none left")])
    // An object that is no record stays the text that it is.
    #expect(
      logs(#"{"TimeGenerated":"2026-11-25T02:00:01Z","LogMessage":{"size":3},"LogLevel":"info"}"#).map(\.message) == [
        #"{"size":3}"#
      ])
  }

  @Test("lines of LogScale and Mezmo are lines of other programs")
  func stores() {
    #expect(
      logs(
        ##"{"@timestamp":1795572001100,"@rawstring":"ERROR:pay:none left","#repo":"x","kubernetes.container_name":"orders"}"##
      )
        == [ReadLog("02:00:01.1", "orders", "error", "none left")])
    #expect(
      logs(#"{"_ts":1795572001100,"_line":"{\"level\":\"error\",\"msg\":\"none left\"}","_app":"orders"}"#) == [
        ReadLog("02:00:01.1", "orders", "error", "none left")
      ])
  }

  @Test("what Fluent Bit prints is the record, with or without metadata")
  func fluentBit() {
    let lines = [
      #"[0] kube.var.log: [1795572001.123456789, {"stream"=>"stderr", "message"=>"none left", "level"=>"error", "kubernetes"=>{"pod_name"=>"orders-6d58f9c7b-x2x9k", "container_name"=>"orders"}}]"#,
      #"[1] app: [[1795572002.123456789, {}], {"log"=>"{"level":"error","msg":"none, "left""}"}]"#,
      #"[2] app: [[1795572003.000000000, {"otlp"=>{"a"=>1}}], {"list"=>["a", "b"], "none"=>nil, "n"=>-3, "msg"=>"level=warn msg=slow"}]"#,
    ]
    let read = logs(lines.joined(separator: "\n"))
    #expect(read.map(\.time) == ["02:00:01.123456", "02:00:02.123456", "02:00:03"])
    #expect(read.map(\.component) == ["orders", "app", "app"])
    #expect(read.map(\.severity) == ["error", "unknown", "warn"])
    #expect(read.map(\.message) == ["none left", #"{"level":"error","msg":"none, "left""}"#, "slow"])
    // Control characters are those of any JSON text.
    let colored = logs("[3] app: [[1795572004.000000000, {}], {\"msg\"=>\"\u{1B}[31mnone\u{1B}[0m left\"}]")
    let json = logs(#"{"time":1795572004.0,"msg":"\u001b[31mnone\u001b[0m left"}"#)
    #expect(colored.map(\.message) == json.map(\.message))
    // Numbers in brackets in front of a program's own lines, and arrays.
    let other = (0..<5).map { "[\($0)] worker: [1795572001 of 9] done with this one" }
    #expect(logs(other.joined(separator: "\n")).allSatisfy { $0.message.contains("done") })
  }

  @Test("a message with a line break ends where its octet count says")
  func octetCounts() {
    func framed(_ message: String, by more: Int = 0) -> String { "\(message.utf8.count + more) \(message)" }
    let head = "<163>1 2026-11-25T02:00:0"
    let messages = [
      head + "1Z web1 pay 87 - - one", head + "2Z web1 pay 87 - - two\nlines", head + "3Z web1 cart 87 - - three",
    ]
    let read = logs(messages.map { framed($0) }.joined())
    #expect(read.map(\.message) == ["one", "two\nlines", "three"])
    #expect(read.map(\.component) == ["pay", "pay", "cart"])
    #expect(logs(messages.dropLast().map { framed($0) }.joined()).map(\.message) == ["one", "two\nlines"])
    // A count that does not fit what follows binds nothing.
    let wrong = framed(messages[0], by: 30) + "\n" + framed(messages[2]) + "\n"
    #expect(logs(wrong).map(\.message) == ["one", "three"])
    // Nor does one before a number that is no priority.
    #expect(logs("60 <999>ERROR none left\nINFO all is well again here").map(\.severity).last == "info")
  }

  @Test("streams and logs of clouds name the container or nothing")
  func streams() {
    func component(_ name: String, _ rest: String = "") -> [String] {
      logs(
        #"{"timestamp":1795572001123,"message":"ERROR:x:none left","logStreamName":"\#(name)"\#(rest)}"#,
        member: "e.json"
      )
      .map(\.component)
    }
    #expect(component("ecs/orders/0af1c0ffee") == ["orders"])
    #expect(component("2026/11/25/[$LATEST]abc") == ["x"])
    #expect(component("shop/orders/latest") == ["x"])
    func log(_ name: String) -> [String] {
      logs(
        #"{"timestamp":"2026-11-25T02:00:01Z","severity":"ERROR","message":"none left","logName":"\#(name)"}"#,
        member: "e.json"
      )
      .map(\.component)
    }
    #expect(log("projects/p/logs/pay") == ["pay"])
    #expect(log("projects/p/logs/stdout") == ["e"])
    #expect(log("projects/p/logs/cloudaudit.googleapis.com%2Factivity") == ["e"])
  }
}
