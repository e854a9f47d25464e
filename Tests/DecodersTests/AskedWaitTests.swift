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
        #"{"key":"http.response.header.x_ms_retry_after_ms","value":{"arrayValue":{"values":[{"stringValue":"250"}]}}}"#,
        250_000
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

  @Test(
    "a root call's link to the attempt before it is kept rather than its URL; a server's root keeps its URL, a child nothing"
  )
  func roots() {
    let url = #"{"key":"http.url","value":{"stringValue":"http://b/orders/17"}}"#
    func evidence(_ kind: Int, isRoot: Bool, link: String = "") -> RetryEvidence? {
      var text = otlp.replacing("ASKED", with: url).replacing(#""kind":3"#, with: #""kind":\#(kind)"#)
      if isRoot { text = text.replacing(#""parentSpanId":"0123456789abcdee","#, with: "") }
      if !link.isEmpty {
        text = text.replacing(
          #""attributes":[{"key":"http.url"#,
          with:
            #""links":[{"traceId":"0f23456789abcdef0123456789abcdef","spanId":"\#(link)"}],"attributes":[{"key":"http.url"#
        )
      }
      return decode(text + "\n").spans.first?.retryEvidence
    }
    // The link may lead to something that is no attempt: what is asked for is kept beside it.
    let asked = RetryEvidence.target(StableHash.hash("http://b/orders/17"))
    #expect(evidence(3, isRoot: true, link: "00000000000000aa") == asked)
    #expect(evidence(3, isRoot: true) == asked && !RetryEvidence.isLink(asked.targetHash))
    #expect(evidence(2, isRoot: true) == asked)
    #expect(evidence(2, isRoot: false) == RetryEvidence.none && evidence(3, isRoot: false) == RetryEvidence.none)
    // What a root call asks for, or links to, tells more than what its callee asked; a child keeps that, wherever it is told.
    let asks = #"{"key":"http.response.header.retry-after","value":{"stringValue":"2"}}"#
    for order in [[url, asks], [asks, url]] {
      let text = otlp.replacing("ASKED", with: order.joined(separator: ","))
      #expect(decode(text + "\n").spans.first?.retryEvidence.asked.time == 2_000_000)
      let root = text.replacing(#""parentSpanId":"0123456789abcdee","#, with: "")
      #expect(decode(root + "\n").spans.first?.retryEvidence == asked)
    }
    // Its own span is no attempt before it.
    #expect(evidence(3, isRoot: true, link: "0123456789abcdef") == asked)
  }
}
