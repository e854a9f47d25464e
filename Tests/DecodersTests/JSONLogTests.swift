import Decoders
import Model
import Support
import Testing

struct JSONLogTests {
  @Test(
    "the keys that loggers use",
    arguments: [
      #"{"timestamp":"2026-01-01T00:00:00Z","level":"warn","service":"cart","message":"slow","trace_id":"0a","span_id":"0b"}"#,
      #"{"@timestamp":"2026-01-01T00:00:00.000Z","log.level":"WARN","service.name":"cart","message":"slow","trace.id":"0a","span.id":"0b"}"#,
      #"{"time":1767225600000,"level":40,"app":"cart","msg":"slow","traceId":"0A","spanId":"0B"}"#,
      #"{"ts":1767225600.0,"severity":"Warning","logger":"cart","msg":"slow","traceID":"0a","spanID":"0b"}"#,
      #"{"eventTime":"2026-01-01T01:00:00+01:00","severity_text":"WARN","service":{"name":"cart"},"body":"slow","trace":{"id":"0a"},"span":{"id":"0b"}}"#,
      #"{"Timestamp":"1767225600000000000","Level":"Warning","Service":"cart","Message":"slow","Trace_ID":"0a","Span_ID":"0b"}"#,
      #"{"log":"2026-01-01 00:00:00,000 WARN slow\n","stream":"stdout","time":"2026-01-01T00:00:00Z","kubernetes":{"container_name":"cart"},"trace_id":"0a","span_id":"0b"}"#,
    ])
  func keys(_ line: String) {
    #expect(
      decode(line).plainLogs == [
        "1767225600000000 cart 0000000000000000000000000000000a  000000000000000b warning slow"
      ])
  }

  @Test("of a key that appears twice the last counts")
  func duplicates() {
    let batch = decode(
      #"{"time":1767225600,"level":"INFO","level":"ERROR","message":"x","message":"y","service":"a","service":"b"}"#)
    #expect(batch.plainLogs == ["1767225600000000 b 00000000000000000000000000000000  0000000000000000 error y"])
  }

  @Test("request ids that are no hex keep their text")
  func requestText() throws {
    let batch = decode(#"{"time":1767225600,"message":"x","request_id":"req-17/x"}"#)
    let log = try #require(batch.logs.first)
    #expect(batch.text(log.requestText) == "req-17/x")
    #expect(!log.request.isNone)
  }

  @Test(
    "times that cannot be read leave the record without a time, counted",
    arguments: [
      "null", "true", #""yesterday""#, #""""#, #""2026-13-01T00:00:00Z""#, "[]", #""01/02/2026""#,
      #""10000-01-01T00:00:00Z""#,
    ])
  func badTimes(_ value: String) {
    let batch = decode(#"{"timestamp":\#(value),"level":"INFO","message":"x"}"#)
    #expect(batch.logs.map(\.time) == [.min])
    #expect(batch.recordCounts.repaired["noTime"] == 1)
  }

  @Test(
    "numbers as times: the unit follows from the size, nothing traps",
    arguments: [
      ("1767225600", 1_767_225_600_000_000), ("1767225600123", 1_767_225_600_123_000),
      ("1767225600123456", 1_767_225_600_123_456), ("1767225600123456789", 1_767_225_600_123_456),
      ("1767225600.123", 1_767_225_600_123_000), (#""1767225600123456789""#, 1_767_225_600_123_456), ("-1", Int64.min),
      ("1e400", Int64.min), ("18446744073709551616", 18_446_744_073_709_552),
      ("1000000000000000000000000000000", Int64.min),
    ] as [(String, Int64)])
  func numbers(_ value: String, _ expected: Int64) {
    let batch = decode(#"{"timestamp":\#(value),"level":"INFO","message":"x"}"#)
    #expect(batch.logs.map(\.time) == [expected])
  }

  @Test("a time without a zone is in the assumed one")
  func zone() {
    var settings = DecoderSettings()
    settings.assumedZoneSeconds = 3600
    let batch = decode(#"{"time":"2026-01-01 01:00:00","message":"x"}"#, settings: settings)
    #expect(batch.logs.map(\.time) == [1_767_225_600_000_000])
  }

  @Test("a message over the kept length is cut, and that is named")
  func cut() {
    var settings = DecoderSettings()
    settings.limits.text = 10
    let batch = decode(#"{"time":1767225600,"message":"0123456789abcdef"}"#, settings: settings)
    #expect(batch.logs.map(batch.message) == ["0123456789"])
    #expect(batch.recordCounts.repaired["textCut"] == 1)
    #expect(batch.diagnostics.sorted.map(\.limit) == ["textBytes"])
  }
}
