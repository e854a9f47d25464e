import Decoders
import Model
import Testing

@Suite("How long spans took, by one rule for all formats")
struct SpanLengthTests {
  /// A format, a span of it without an end, one with an end that cannot be, and the whole one.
  struct Format: CustomTestStringConvertible {
    var testDescription: String
    /// What stands around a span.
    var before = ""
    var after = "\n"
    var open: [String]
    /// An end before its start.
    var early: [String]
    /// A duration that is no number.
    var odd: [String]
    var whole: String

    init(
      _ name: String, before: String = "", after: String = "\n", open: [String], early: [String], odd: [String] = [],
      whole: String
    ) {
      testDescription = name
      self.before = before
      self.after = after
      self.open = open
      self.early = early
      self.odd = odd
      self.whole = whole
    }
  }

  private static let trace = "5b8aa5a2d2c872e8321cf37308d69df2"
  private static let id = "5fb397be34d26b51"

  private static func otlp(_ end: String) -> String {
    #"{"traceId":"\#(trace)","spanId":"\#(id)","name":"x","kind":2,"startTimeUnixNano":"1764201600000000000"\#(end)}"#
  }

  private static func jaeger(_ length: String) -> String {
    #"{"traceID":"\#(trace)","spanID":"\#(id)","operationName":"x","references":[],"startTime":1764201600000000\#(length),"process":{"serviceName":"o"}}"#
  }

  private static func zipkin(_ length: String) -> String {
    #"{"traceId":"\#(trace)","id":"\#(id)","name":"x","timestamp":1764201600000000\#(length),"localEndpoint":{"serviceName":"o"}}"#
  }

  private static func xray(_ end: String) -> String {
    #"{"trace_id":"1-69278a80-d2c872e8321cf37308d69df2","id":"\#(id)","name":"o","start_time":1764201600.0\#(end)}"#
  }

  private static func elastic(_ length: String) -> String {
    #"{"transaction":{"id":"\#(id)","trace_id":"\#(trace)","name":"x","type":"request","timestamp":1764201600000000\#(length)}}"#
  }

  private static func skywalking(_ end: String) -> String {
    #"{"traceId":"\#(trace)","traceSegmentId":"s1","service":"o","spans":[{"spanId":0,"parentSpanId":-1,"startTime":1764201600000\#(end),"operationName":"x","spanType":"Entry"}]}"#
  }

  private static func sentry(_ end: String) -> String {
    #"{"event_id":"9fc7ee8bf0f8488a8e4b6ac0cb5b8f7e","platform":"python","type":"transaction","transaction":"x","start_timestamp":1764201600.0,"timestamp":\#(end),"contexts":{"trace":{"trace_id":"\#(trace)","span_id":"\#(id)","op":"http.server"}},"spans":[]}"#
  }

  private static func stored(_ end: String) -> String {
    #"{"trace_id":"\#(trace)","span_id":"\#(id)","name":"x","start_time":"2025-11-27T00:00:00Z",\#(end),"resource":{"service.name":"o"}}"#
  }

  static let formats = [
    Format(
      "OTLP",
      before:
        #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"o"}}]},"scopeSpans":[{"spans":["#,
      after: "]}]}]}\n", open: [otlp(""), otlp(#","endTimeUnixNano":"0""#)],
      early: [otlp(#","endTimeUnixNano":"1764201599000000000""#)],
      whole: otlp(#","endTimeUnixNano":"1764201600012000000""#)),
    Format(
      "Jaeger", open: [jaeger("")], early: [jaeger(#","duration":-5"#)], odd: [jaeger(#","duration":"?""#)],
      whole: jaeger(#","duration":12000"#)),
    Format("Zipkin", open: [zipkin("")], early: [zipkin(#","duration":-5"#)], whole: zipkin(#","duration":12000"#)),
    Format(
      "X-Ray", open: [xray(#","in_progress":true"#)], early: [xray(#","end_time":1764201599.0"#)],
      whole: xray(#","end_time":1764201600.012"#)),
    Format(
      "Elastic APM", before: #"{"metadata":{"service":{"name":"o"}}}"# + "\n",
      open: [elastic(""), elastic(#","duration":null"#)], early: [elastic(#","duration":-5"#)],
      whole: elastic(#","duration":12.0"#)),
    Format(
      "SkyWalking", open: [skywalking(""), skywalking(#","endTime":0"#)],
      early: [skywalking(#","endTime":1764201599000"#)], whole: skywalking(#","endTime":1764201600012"#)),
    Format("Sentry", open: [sentry("null")], early: [sentry("1764201599.0")], whole: sentry("1764201600.012")),
    Format(
      "a store's documents",
      open: [
        stored(#""end_time":null"#), stored(#""end_time":"""#), stored(#""end_time":"0001-01-01T00:00:00Z""#),
      ], early: [stored(#""end_time":"2025-11-26T23:59:59Z""#)], odd: [stored(#""duration_ms":"?""#)],
      whole: stored(#""end_time":"2025-11-27T00:00:00.012Z""#)),
    Format(
      "a table", before: "trace_id,span_id,service,operation,start_time,duration_ms\n",
      open: ["\(trace),\(id),o,x,1764201600000,"],
      early: ["\(trace),\(id),o,x,1764201600000,-5"], odd: ["\(trace),\(id),o,x,1764201600000,?"],
      whole: "\(trace),\(id),o,x,1764201600000,12"),
  ]

  @Test("no end is no latency of nothing, and neither is one that cannot be", arguments: formats)
  func lengths(_ format: Format) {
    func read(_ span: String) -> [String] {
      let batch = decode(format.before + span + format.after)
      let repaired = batch.recordCounts.repaired
      let odd = (repaired["negativeDuration"] ?? 0) + (repaired["durationUnknown"] ?? 0)
      return batch.spans.map {
        let end = $0.flags.contains(.reversed) ? "reversed" : $0.flags.contains(.untimed) ? "ended" : "open"
        return "\($0.duration) \(end) \(odd)"
      }
    }
    for span in format.open { #expect(read(span) == ["-1 open 0"], "\(span)") }
    for span in format.early { #expect(read(span) == ["-1 reversed 1"], "\(span)") }
    for span in format.odd { #expect(read(span) == ["-1 ended 1"], "\(span)") }
    #expect(read(format.whole) == ["12000 open 0"])
  }

  @Test("a beginning of zero is none: the span stands where it ended, after nobody knows how long")
  func zeroBeginning() {
    let format = Self.formats[0]
    let span = Self.otlp(#","endTimeUnixNano":"1764201600000000000""#)
      .replacing(#""startTimeUnixNano":"1764201600000000000""#, with: #""startTimeUnixNano":"0""#)
    let batch = decode(format.before + span + format.after)
    #expect(batch.spans.map(\.duration) == [-1])
    #expect(batch.spans.map(\.start) == [1_764_201_600_000_000])
    #expect(batch.spans.first?.flags.contains(.untimed) == true)
    #expect(batch.codes.contains("implausibleTime"))
  }
}
