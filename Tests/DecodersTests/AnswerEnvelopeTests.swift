import Model
import Support
import Testing

@testable import Decoders

/// Answers that say how it went before what they hold, and log records that only look like them.
struct AnswerEnvelopeTests {
  private static let trace = "0af7651916cd43dd8448eb211c80319c"
  private static let jaeger =
    #"{"traceID":"\#(trace)","spans":[{"traceID":"\#(trace)","spanID":"b7ad6b7169203331","operationName":"GET /s","#
    + #""references":[],"startTime":1795572000000000,"duration":9,"processID":"p1"}],"processes":{"p1":{"serviceName":"pay"}}}"#
  private static let resource =
    #"{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},"scopeSpans":[{"spans":["#
    + #"{"traceId":"\#(trace)","spanId":"b7ad6b7169203331","name":"GET /s","kind":2,"#
    + #""startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572000000009000"}]}]}"#

  @Test(
    "a message or a time in front of traces is an answer's",
    arguments: [
      #"{"status":"COMPLETE","message":"","trace":{"resourceSpans":[\#(resource)]}}"#,
      #"{"message":"ok","data":{"batches":[\#(resource)]}}"#,
      #"{"msg":"ok","batches":[\#(resource)]}"#,
      #"{"code":0,"msg":"success","data":[\#(jaeger)]}"#,
      #"{"code":0,"msg":"success","data":\#(jaeger)}"#,
      #"{"timestamp":"2026-11-25T02:00:00Z","message":"OK","result":{"data":[\#(jaeger)]}}"#,
      #"{"timestamp":1795572000000,"traces":[\#(jaeger)]}"#,
    ])
  func answers(text: String) {
    for piece in [1 << 20, 7] {
      let batch = decode(text, piece: piece)
      #expect(batch.services == ["pay"] && batch.spans.map(\.duration) == [9])
      #expect(batch.logs.isEmpty && batch.isBalanced)
    }
  }

  @Test("a log record may have fields of these names")
  func logs() {
    for fields in [
      #""level":"info","message":"sent","data":\#(Self.jaeger)"#,
      #""message":"drawn","data":{"spans":[{"text":"x"}]}"#,
      #""message":"done","data":{"traceId":"\#(Self.trace)","spanId":"b7ad6b7169203331"}"#,
      #""message":"done","batches":[{"id":1}],"result":{"data":[1,2],"hits":[3]}"#,
    ] {
      expectLogs(#"{"time":"2026-11-25T02:00:00Z",\#(fields)}"#)
    }
  }

  @Test("the scopes of a resource by their old name, in snake case", arguments: [true, false])
  func oldScopes(alone: Bool) {
    let resource =
      #"{"resource":{"attributes":[{"key":"service.name","value":{"string_value":"pay"}}]},"instrumentation_library_spans":[{"spans":["#
      + #"{"trace_id":"\#(Self.trace)","span_id":"b7ad6b7169203331","name":"x","kind":2,"#
      + #""start_time_unix_nano":1795572000000000000,"end_time_unix_nano":1795572000000009000}]}]}"#
    let batch = decode(alone ? resource : #"{"resource_spans":[\#(resource)]}"#)
    #expect(batch.services == ["pay"] && batch.spans.map(\.duration) == [9])
  }

  @Test("fields of a hit are lists of one value, and say nothing new beside its source")
  func fields() {
    let source =
      #""trace":{"id":"\#(Self.trace)"},"transaction":{"id":"b7ad6b7169203331","name":"GET /s","duration":{"us":9}},"#
      + #""timestamp":{"us":1795572000000000},"service":{"name":"pay"},"processor":{"event":"transaction"}"#
    let fields =
      #""trace.id":["\#(Self.trace)"],"transaction.id":["b7ad6b7169203331"],"transaction.name":["GET /s"],"service.name":["pay"],"#
      + #""transaction.duration.us":[9],"timestamp.us":[1795572000000000],"processor.event":["transaction"],"host.ip":["10.0.0.9","::1"]"#
    for hit in [#""fields":{\#(fields)}"#, #""_source":{\#(source)},"fields":{\#(fields)}"#] {
      let batch = decode(#"{"took":1,"hits":{"total":{"value":1},"hits":[{"_index":"t","_id":"1",\#(hit)}]}}"#)
      #expect(batch.services == ["pay"] && batch.spans.map(\.duration) == [9] && batch.spans.map(\.kind) == [.server])
    }
  }

  @Test("a data point without a recorded value has none, whatever stands in its place")
  func staleness() {
    func metric(_ flags: String) -> String {
      #"{"resourceMetrics":[{"resource":{},"scopeMetrics":[{"metrics":[{"name":"q","gauge":{"dataPoints":["#
        + #"{"timeUnixNano":"1795572000000000000","asDouble":7\#(flags)}]}}]}]}]}"#
    }
    #expect(decode(metric("")).metrics.map(\.value) == [7])
    #expect(decode(metric(#","flags":0"#)).metrics.map(\.value) == [7])
    #expect(decode(metric(#","flags":1"#)).metrics.isEmpty)
  }
}
