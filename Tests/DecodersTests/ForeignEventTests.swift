import Decoders
import Model
import Support
import Testing

struct SentryTests {
  private let event = #"""
    {"event_id":"0123456789abcdef0123456789abcdef","type":"transaction","transaction":"GET /orders","start_timestamp":1795572000.1,
    "timestamp":"2026-11-25T02:00:00.500000Z","project_slug":"shop","contexts":{"trace":{"trace_id":"7bba9f33312b3dbb8b2c2c62bb7abe2d",
    "span_id":"86e481aec7bd4c1d","op":"http.server","status":"STATUS"}},"spans":[{"trace_id":"7bba9f33312b3dbb8b2c2c62bb7abe2d",
    "span_id":"96e481aec7bd4c1d","parent_span_id":"86e481aec7bd4c1d","op":"db.query","description":"SELECT 1",
    "start_timestamp":1795572000.2,"timestamp":1795572000.25,"status":"not_found"}]}
    """#

  @Test(
    "a transaction is a span, and so is each of its spans",
    arguments: [("internal_error", true), ("not_found", false), ("ok", false)])
  func reads(status: String, fails: Bool) {
    let line = event.split(separator: "\n").joined().replacing("STATUS", with: status)
    let batch = decode(line + "\n")
    #expect(batch.spans.map(\.duration) == [400_000, 50_000])
    #expect(batch.spans.map(\.kind) == [.server, .client])
    #expect(batch.spans.map { batch.text($0.operation) } == ["GET /orders", "SELECT 1"])
    #expect(batch.spans.map { batch.text($0.service) } == ["shop", "shop"])
    #expect(batch.spans.map { $0.status == .error } == [fails, true])
    #expect(batch.spans[1].parent == batch.spans[0].span)
  }

  @Test("an event that names no project is of its release's package, else of the file")
  func names() {
    func services(_ name: String) -> Set<String> {
      decode(event.split(separator: "\n").joined().replacing(#""project_slug":"shop""#, with: name) + "\n").services
    }
    #expect(services(#""release":"pay@1.2.3+7","project":"17""#) == ["pay"])
    #expect(services(#""release":"0123abcd","project":"17""#) == ["m"])
    #expect(services(#""release":"pay@1.2.3","project_slug":"shop""#) == ["shop"])
  }

  @Test("an event without spans is a log record with its own level and message")
  func staysLog() {
    let batch = decode(
      #"{"event_id":"0123456789abcdef0123456789abcdef","timestamp":"2026-11-25T02:00:00Z","level":"error","logger":"orders","logentry":{"message":"no %s","formatted":"no stock"}}"#
        + "\n")
    #expect(batch.spans.isEmpty)
    #expect(batch.readLogs == [ReadLog("02:00:00", "orders", "error", "no stock")])
  }
}

struct SentryExceptionTests {
  private func message(_ exception: String) -> ReadLog? {
    decode(
      #"{"event_id":"0123456789abcdef0123456789abcdef","timestamp":"2026-11-25T02:00:00Z","level":"error","logger":"orders",EXCEPTION}"#
        .replacing("EXCEPTION", with: exception) + "\n"
    ).readLogs.first
  }

  @Test("an error says what its last exception says")
  func exceptions() {
    let values = #"[{"type":"Timeout","value":"of db"},{"type":"NoStock","value":"of \"7\""}]"#
    let expected = ReadLog("02:00:00", "orders", "error", #"NoStock: of "7""#)
    #expect(message(#""exception":{"values":\#(values)}"#) == expected)
    #expect(message(#""exception":\#(values)"#) == expected)
  }

  @Test("an exception in anybody else's record changes neither its text nor its level")
  func others() {
    let record = decode(
      #"{"timestamp":"2026-11-25T02:00:00Z","level":"info","logger":"orders","n":7,"exception":{"values":[{"type":"T","value":"v"}]}}"#
        + "\n"
    ).readLogs.first
    #expect(record?.severity == "info")
    #expect(record?.message.contains("\"n\":7") == true)
  }

  @Test("a message of its own goes before")
  func ownMessage() {
    #expect(message(#""message":"no stock","exception":{"values":[{"type":"T","value":"v"}]}"#)?.message == "no stock")
  }
}

struct HubbleTests {
  private func flow(_ more: String) -> String {
    #"{"flow":{"time":"2026-11-25T02:00:00.5Z","verdict":"FORWARDED","source":{"namespace":"shop","pod_name":"orders-6d58f9c7b-x2x9k","workloads":[{"name":"orders","kind":"Deployment"}]},"destination":{"pod_name":"web-6d58f9c7b-x2x9k"},"#
      + more + #""Summary":"TCP Flags: SYN"},"node_name":"n1","time":"2026-11-25T02:00:00.5Z"}"# + "\n"
  }

  @Test("an answer of HTTP is a request that its source served")
  func answers() {
    let batch = decode(
      flow(
        #""l7":{"type":"RESPONSE","latency_ns":"25000000","http":{"code":503,"method":"GET","url":"http://orders/orders/7"}},"is_reply":true,"#
      ))
    #expect(batch.spans.count == 1)
    #expect(batch.spans.first?.duration == 25_000)
    #expect(batch.spans.first?.httpStatus == 503)
    #expect(batch.spans.first.map { batch.text($0.service) } == "orders")
    #expect(batch.spans.first.map { batch.text($0.operation) } == "GET /orders/{id}")
  }

  @Test("any other flow is a log line of its source; an object flow without a verdict is something else")
  func packets() {
    let batch = decode(flow(""))
    #expect(batch.readLogs == [ReadLog("02:00:00.5", "orders", "unknown", "FORWARDED TCP Flags: SYN")])
    let other = decode(#"{"flow":{"n":1},"time":"2026-11-25T02:00:00Z","message":"none left"}"# + "\n")
    #expect(other.readLogs.map(\.message) == ["none left"])
  }
}
