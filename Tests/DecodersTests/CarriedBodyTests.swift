import Decoders
import Model
import Support
import Testing

/// Lines of programs that a collector handed on: bodies of OTLP log records, documents that name the file, text with a time in front.
struct CarriedBodyTests {
  private func otlp(
    _ body: String, resource: String = #"{"key":"k8s.container.name","value":{"stringValue":"orders"}}"#
  )
    -> [ReadLog]
  {
    let batch = decode(
      #"{"resourceLogs":[{"resource":{"attributes":[\#(resource)]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572001000000000","body":\#(body)}]}]}]}"#
        + "\n", member: "m")
    #expect(batch.isBalanced)
    return batch.readLogs
  }

  @Test(
    "the body of a record without a level is read like the line that it is",
    arguments: [
      "E1125 02:00:01.000000       1 pay.go:31] none left", #"level=error msg=\"none left\""#, "ERROR:pay:none left",
      "ERROR: none left",
    ])
  func body(_ line: String) {
    let logs = otlp(#"{"stringValue":"\#(line)"}"#)
    #expect(logs.map(\.severity) == ["error"])
    #expect(logs.map(\.component) == ["orders"])
    #expect(logs.map(\.message) == ["none left"])
  }

  @Test("a body of the journal's fields names level and unit")
  func journal() {
    let body =
      #"{"kvlistValue":{"values":[{"key":"MESSAGE","value":{"stringValue":"none left"}},{"key":"PRIORITY","value":{"stringValue":"3"}},{"key":"_SYSTEMD_UNIT","value":{"stringValue":"orders.service"}}]}}"#
    #expect(otlp(body, resource: "") == [ReadLog("02:00:01", "orders", "error", "none left")])
  }

  @Test("a name that an SDK made up is worse than any that somebody gave")
  func unknownService() {
    let made = #"{"key":"service.name","value":{"stringValue":"unknown_service:java"}}"#
    let pod = #"{"key":"k8s.container.name","value":{"stringValue":"orders"}}"#
    for resource in [made + "," + pod, pod + "," + made] {
      #expect(otlp(#"{"stringValue":"x"}"#, resource: resource).map(\.component) == ["orders"])
    }
    #expect(otlp(#"{"stringValue":"x"}"#, resource: made).map(\.component) == ["unknown_service:java"])
  }

  @Test("a document's file names the program")
  func path() {
    func component(_ path: String) -> [String] {
      decode(
        #"{"@timestamp":"2026-11-25T02:00:05Z","log":{"file":{"path":"\#(path)"}},"message":"none left"}"# + "\n",
        member: "export.ndjson"
      ).readLogs.map(\.component)
    }
    let id = String(repeating: "0af1c0ffee", count: 6) + "0af1"
    #expect(component("/var/log/containers/orders-6d58f9c7b-x2x9k_shop_orders-\(id).log") == ["orders"])
    #expect(component("/var/log/pay.log") == ["pay"])
    #expect(component(#"C:\\logs\\pay.log"#) == ["pay"])
  }

  @Test("a time in front of every line is taken off where it stands in front of frames, too")
  func frames() {
    let lines = [
      "ERROR:pay:none left", "Traceback (most recent call last):", "  File \"/app/pay.py\", line 31, in charge",
      "    raise ValueError(\"none left\")", "ValueError: none left", "INFO:pay:next",
    ]
    let text = lines.map { "2026-11-25T02:00:01.100Z " + $0 }.joined(separator: "\n") + "\n"
    #expect(decode(text, member: "m").readLogs.map(\.severity) == ["error", "info"])
    // Without a frame the time may be the program's own.
    let plain = decode("2026-11-25T02:00:01.100Z ValueError: a\n2026-11-25T02:00:01.100Z ValueError: b\n", member: "m")
    #expect(plain.logs.count == 2)
  }

  @Test("what PHP-FPM passes on is as severe as the program says")
  func php() {
    let head = "2026-11-25T02:00:03.123456789Z stderr F NOTICE: "
    let batch = decode(
      head + "PHP message: PHP Fatal error:  Uncaught X: none left\n" + head + "fpm is running\n", member: "m")
    #expect(batch.readLogs.map(\.severity) == ["fatal", "info"])
  }

  @Test("MySQL's labels are its levels")
  func labels() {
    let lines = ["Error", "Warning", "Note", "System"].map {
      #"{"prio":1,"msg":"x","time":"2026-11-25T02:00:01Z","label":"\#($0)"}"#
    }
    #expect(
      decode(lines.joined(separator: "\n") + "\n", member: "m").readLogs.map(\.severity) == [
        "error", "warn", "info", "info",
      ])
    let other = decode(#"{"time":"2026-11-25T02:00:01Z","message":"x","label":"checkout"}"# + "\n", member: "m")
    #expect(other.readLogs.map(\.severity) == ["unknown"])
  }

  @Test(
    "a trace of which each line is a record of its own belongs to the record before it",
    arguments: [
      [
        "2026-11-25 02:00:01,000 ERROR [main] c.a.Pay - none left", "java.lang.IllegalStateException: no card",
        "\\tat c.a.Pay.charge(Pay.java:31)", "Caused by: java.io.IOException: refused", "\\t... 12 more",
        "2026-11-25 02:00:02,000 INFO [main] c.a.Pay - next",
      ],
      [
        "ERROR:pay:none left", "Traceback (most recent call last):", "  File \\\"/app/pay.py\\\", line 31, in charge",
        "    raise ValueError('none')", "ValueError: none", "INFO:pay:next",
      ],
    ])
  func piecemeal(_ lines: [String]) {
    let documents = lines.map {
      #"{"@timestamp":"2026-11-25T02:00:01.100Z","message":"\#($0)","container":{"name":"pay"}}"#
    }
    let batch = decode(documents.joined(separator: "\n") + "\n", member: "m")
    #expect(batch.readLogs.map(\.severity) == ["error", "info"])
    #expect(batch.isBalanced)
    let bodies = lines.map { #"{"timeUnixNano":"1795572001000000000","body":{"stringValue":"\#($0)"}}"# }
    let otlp = decode(
      #"{"resourceLogs":[{"resource":{"attributes":[{"key":"k8s.container.name","value":{"stringValue":"pay"}}]},"scopeLogs":[{"logRecords":["#
        + bodies.joined(separator: ",") + "]}]}]}\n", member: "m")
    #expect(otlp.readLogs.map(\.severity) == ["error", "info"])
    // Without the record that they belong to they are not lost.
    #expect(decode(documents[1...].joined(separator: "\n") + "\n", member: "m").logs.count >= 2)
  }
}
