import Decoders
import Model
import Support
import Testing

/// A client span of two writers, with an attribute in place of ASKED.
private let otlp =
  #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","parentSpanId":"0123456789abcdee","name":"GET","kind":3,"startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572000100000000","attributes":[ASKED]}]}]}]}"#
private let jaeger =
  #"{"traceID":"0a","spanID":"0b","operationName":"x","references":[],"startTime":1795572000000000,"duration":25,"process":{"serviceName":"o"},"tags":[ASKED]}"#

struct AskedWaitTests {
  @Test(
    "what a server asks to wait is read from its header, alone or in a list; a date and a text tell no wait",
    arguments: [
      (
        otlp, #"{"key":"http.response.header.retry-after","value":{"arrayValue":{"values":[{"stringValue":"2"}]}}}"#,
        2_000_000 as Int64?
      ),
      (otlp, #"{"key":"http.response.header.retry_after","value":{"stringValue":"120"}}"#, 120_000_000),
      (otlp, #"{"key":"http.response.header.retry-after","value":{"intValue":"3"}}"#, 3_000_000),
      (otlp, #"{"key":"http.response.header.retry-after","value":{"stringValue":"0.5"}}"#, 500_000),
      (otlp, #"{"key":"http.response.header.retry-after","value":{"stringValue":"0"}}"#, 0),
      (
        otlp, #"{"value":{"arrayValue":{"values":[{"stringValue":"2"}]}},"key":"http.response.header.retry-after"}"#,
        2_000_000
      ),
      (
        otlp,
        #"{"key":"http.response.header.x-ms-retry-after-ms","value":{"arrayValue":{"values":[{"stringValue":"250"}]}}}"#,
        250_000
      ),
      (
        otlp,
        #"{"key":"rpc.grpc.response.metadata.grpc-retry-pushback-ms","value":{"arrayValue":{"values":[{"stringValue":"75"}]}}}"#,
        75_000
      ),
      (jaeger, #"{"key":"http.response.header.retry-after","type":"string","value":"[\"7\"]"}"#, 7_000_000),
      (otlp, #"{"key":"rpc.grpc.response.metadata.grpc-retry-pushback-ms","value":{"stringValue":"-1"}}"#, nil),
      (
        otlp, #"{"key":"http.response.header.retry-after","value":{"stringValue":"Wed, 21 Oct 2026 07:28:00 GMT"}}"#,
        nil
      ),
      (
        otlp,
        #"{"key":"http.response.header.retry-after","value":{"arrayValue":{"values":[{"stringValue":"Wed, 21 Oct 2026 07:28:00 GMT"}]}}}"#,
        nil
      ),
      (otlp, #"{"key":"http.response.header.retry-after","value":{"stringValue":"1e300"}}"#, nil),
      (otlp, #"{"key":"http.response.header.retry-after","value":{"arrayValue":{"values":[]}}}"#, nil),
      (otlp, #"{"key":"http.response.header.content-typ","value":{"stringValue":"5"}}"#, nil),
    ])
  func isRead(text: String, attribute: String, wait: Int64?) {
    let batch = decode(text.replacing("ASKED", with: attribute) + "\n")
    #expect(batch.spans.count == 1)
    #expect(batch.spans.map(\.retryEvidence.asked.time) == [wait])
  }

  @Test("the order of what is asked for, counted and asked does not matter; the longer of two spellings counts")
  func order() {
    let asked = #"{"key":"http.response.header.retry-after","value":{"stringValue":"2"}}"#
    let longer = #"{"key":"http.response.header.retry-after-ms","value":{"stringValue":"2500"}}"#
    let counted = #"{"key":"retry_attempts","value":{"intValue":"2"}}"#
    for order in [[asked, longer, counted], [counted, longer, asked], [longer, counted, asked]] {
      let span = decode(otlp.replacing("ASKED", with: order.joined(separator: ",")) + "\n").spans.first
      #expect(span?.retryEvidence.asked.time == 2_500_000 && span?.retryEvidence.hiddenAttempts == 2)
    }
  }
}
