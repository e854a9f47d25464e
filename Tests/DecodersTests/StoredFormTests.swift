import Decoders
import Model
import Support
import Testing

/// Records as collectors, stores and consoles hold them, not as their programs wrote them.
struct StoredFormTests {
  private func read(_ lines: String..., member: String = "m") -> RecordBatch {
    let batch = decode(lines.joined(separator: "\n") + "\n", member: member)
    #expect(batch.isBalanced)
    return batch
  }

  @Test("an object that Filebeat decoded is the line of its container")
  func decoded() {
    func record(_ json: String, by agent: String = #""agent":{"type":"filebeat"},"#) -> String {
      #"{"@timestamp":"2026-11-25T02:00:00.100Z",\#(agent)"kubernetes":{"container":{"name":"till"}},"json":\#(json)}"#
    }
    let line = #"{"level":"error","msg":"till \"a\" stuck"}"#
    for agent in [#""agent":{"type":"filebeat"},"#, #""beat":{"version":"6.8.0"},"#] {
      let batch = read(record(line, by: agent))
      #expect(batch.logs.map { batch.text($0.component) } == ["till"])
      #expect(batch.logs.map { batch.message($0) } == [#"till "a" stuck"#])
      #expect(batch.logs.map(\.severity) == [.error] && batch.logs.map(\.time) == [1_795_572_000_100_000])
    }
    // A beat's own record that holds such an object has its message, and what no beat wrote is searched as before.
    let both = read(record(#"{"level":"error","msg":"b"},"message":"a""#))
    #expect(both.logs.map { both.message($0) } == ["a"])
    let other = read(record(#"{"time":"2026-11-25T02:00:00Z","level":"error","msg":"b"}"#, by: ""))
    #expect(other.logs.map { other.text($0.component) } == ["m"])
  }

  @Test("the source of an event of Windows is its component, in whatever form it was saved")
  func windows() {
    let event =
      #"{"@timestamp":"2026-11-25T02:00:00Z","type":"TYPE","source_name":"Service Control Manager","event_id":7031,"level":"Error","message":"ended"}"#
    for (type, name) in [("wineventlog", "Service Control Manager"), ("orders", "m")] {
      let batch = read(event.replacing("TYPE", with: type))
      #expect(batch.logs.map { batch.text($0.component) } == [name])
    }
    let head =
      #""EventID","MachineName","EntryType","Message","Source","TimeGenerated","TimeWritten","Site","Container""#
    let row = #""7031","H","Error","ended","Spooler","11/25/2026 2:00:03 AM","11/25/2026 2:00:03 AM",,"#
    let table = read("#TYPE System.Diagnostics.EventLogEntry", head, row, row, member: "m.csv")
    #expect(table.logs.map { table.text($0.component) } == ["Spooler", "Spooler"])
    let container = read(
      "time,level,message,source,container", "2026-11-25T02:00:00Z,error,ended,a.go,till", member: "m.csv")
    #expect(container.logs.map { container.text($0.component) } == ["till"])
  }

  @Test("a row of spans is one whatever it says of the request beside it")
  func rows() {
    let ids = #""trace_id":"7b0c1d2e3f405162738495a6b7c8d9e0","span_id":"99aabbccddeeff00","#
    let request = #""http_method":"GET","status_code":2,"name":"cart.get","kind":2,"#
    let batch = read(
      #"{"ts_bucket_start":"1795570200","timestamp":"2026-11-25 02:00:00.200000000",\#(ids)\#(request)"parent_span_id":"1122334455667788","duration_nano":"1400000000","status_code_string":"Error","response_status_code":"500","has_error":true,"resource_string_service$$name":"cart"}"#,
      #"{"timestamp":"2026-11-25 02:00:00.2","traceID":"7b0c1d2e3f405162738495a6b7c8d9e0","spanID":"99aabbccddeeff00","parentSpanID":"1122334455667788","serviceName":"cart","name":"cart.get","kind":2,"durationNano":"1400000000","statusCode":2,"httpMethod":"GET"}"#
    )
    #expect(batch.spans.map { batch.text($0.service) } == ["cart", "cart"])
    #expect(batch.spans.map(\.duration) == [1_400_000, 1_400_000])
    #expect(batch.spans.map { hexText($0.parent) } == ["1122334455667788", "1122334455667788"])
    #expect(batch.spans.map(\.status) == [.error, .error] && batch.codes.isEmpty)
    // A request of an access log may name its trace and its nanoseconds.
    let served = read(
      #"{"time":"2026-11-25T02:00:00Z",\#(ids)"method":"GET","path":"/cart","status":200,"duration_nano":1400000}"#)
    #expect(served.spans.map { served.text($0.operation) } == ["GET /cart"])
  }

  @Test("the zero of a runtime is no time of a span")
  func zeroTimes() {
    func span(_ start: String, _ end: String) -> String {
      #"{"Name":"sell","SpanContext":{"TraceID":"7b0c1d2e3f405162738495a6b7c8d9e0","SpanID":"1122334455667788"},"SpanKind":2,"StartTime":"\#(start)","EndTime":"\#(end)","Status":{"Code":"Error"},"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"kiosk"}}]}"#
    }
    let zero = read(span("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"))
    #expect(zero.spans.map(\.start) == [0] && zero.spans.map(\.duration) == [-1])
    #expect(zero.codes == ["noTime"])
    // A clock that was never set is told as before.
    let old = read(span("1970-01-01T00:01:00Z", "1970-01-01T00:01:01Z"))
    #expect(old.spans.map(\.start) == [60_000_000] && old.codes == ["implausibleTime"])
  }

  @Test("an export that a logger wrote as a message is read")
  func exports() {
    func record(_ message: String) -> String {
      #"{"@timestamp":"2026-11-25T02:00:01Z","message":"\#(message)","logger_name":"i.o.e.l.o.OtlpJsonLoggingSpanExporter","level":"INFO"}"#
    }
    let export =
      #"{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"till\"}}]},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"7b0c1d2e3f405162738495a6b7c8d9e0\",\"spanId\":\"1122334455667788\",\"name\":\"sell\",\"kind\":2,\"startTimeUnixNano\":\"1795572001000000000\",\"endTimeUnixNano\":\"1795572001100000000\"}]}]}"#
    let batch = read(record(export), record(export))
    #expect(batch.logs.isEmpty && batch.services == ["till"])
    #expect(batch.spans.map(\.duration) == [100_000, 100_000])
    let near = read(record(#"{\"resource\":\"disk\",\"free\":3}"#), record("sent " + export + " twice"))
    #expect(near.logs.count == 2 && near.spans.isEmpty)
  }
}
