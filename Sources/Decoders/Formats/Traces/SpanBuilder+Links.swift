// The links of a span: the spans that it follows from, as producers write them.

internal import Model
internal import Support

extension SpanBuilder {
  /// Takes the links at the reader's place: a list of objects with the ids of a trace and a span (OTLP, Data Prepper, X-Ray, Elastic APM), in a
  /// context of their own (OpenTelemetry's consoles), or under `link` (Cloud Trace v2, `Span.Links`).
  mutating func takeLinks(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x7B else { return takeLinkList(b, &reader, &texts) }
    return reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "link") else { return reader.skipValue(b) }
      return takeLinkList(b, &reader, &texts)
    }
  }

  /// Takes links that are JSON in a text (`_dd.span_links` of Datadog's tracers).
  mutating func takeLinks(_ b: Span<UInt8>, printed text: JSONStringSlice, _ texts: inout JSONTexts) {
    var plain: [UInt8] = []
    _ = JSONEscapes.append(b, text, to: &plain)
    var check = JSONScanner(at: 0)
    guard check.peek(plain.span) == 0x5B, check.skipValue(plain.span) else { return }
    var reader = JSONScanner(at: 0)
    _ = takeLinkList(plain.span, &reader, &texts)
  }

  /// A message's consumer may begin a trace of its own, and is linked to who sent it (elastic/apm, "Span links"): it has no other sign than its
  /// type that it is one. A request that begins one is linked to a caller that it does not trust.
  mutating func settleAPMLink(isMessaging: Bool) {
    if isMessaging, span.kind == .server { span.kind = .consumer }
    settleLink()
  }

  private mutating func takeLinkList(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
    reader.eachElement(b) { reader in
      var link = SpanLink()
      let isRead = reader.eachMember(b) { reader, key in link.take(key, b, &reader, &texts) }
      if isRead, link.leadsUp { takeLink(trace: link.trace, span: link.span) }
      return isRead
    }
  }
}

/// One link while it is read.
private struct SpanLink {
  var trace = RequestID.none
  var span: UInt64 = 0
  /// X-Ray's segments are linked both ways.
  var leadsUp = true

  mutating func take(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ names: StaticString...) -> Bool { names.contains { JSONScanner.equals(b, key, $0) } }
    if isKey("context", "SpanContext", "spanContext") {
      return reader.eachMember(b) { reader, key in takeID(key, b, &reader, &texts) }
    }
    if isKey("attributes") {
      return reader.eachMember(b) { reader, key in
        guard JSONScanner.equals(b, key, "reserved") else { return reader.skipValue(b) }
        return takeReference(b, &reader)
      }
    }
    // Elastic's documents: `{"trace": {"id": …}, "span": {"id": …}}`.
    if isKey("trace", "span"), reader.peek(b) == 0x7B {
      let ofTrace = isKey("trace")
      return reader.eachMember(b) { reader, key in
        guard JSONScanner.equals(b, key, "id") else { return reader.skipValue(b) }
        return takeValue(ofTrace: ofTrace, b, &reader, &texts)
      }
    }
    return takeID(key, b, &reader, &texts)
  }

  /// `{"reference_type": "parent"}` of X-Ray.
  private mutating func takeReference(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "reference_type") else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      leadsUp = !JSONScanner.equals(b, text, "child")
      return true
    }
  }

  private mutating func takeID(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ names: StaticString...) -> Bool { names.contains { JSONScanner.equals(b, key, $0) } }
    let isTrace = isKey("traceId", "trace_id", "TraceID", "traceID", "TraceId", "trace.id")
    guard isTrace || isKey("spanId", "span_id", "SpanID", "spanID", "SpanId", "id", "span.id") else {
      return reader.skipValue(b)
    }
    return takeValue(ofTrace: isTrace, b, &reader, &texts)
  }

  private mutating func takeValue(
    ofTrace isTrace: Bool, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    guard let value = reader.scalar(b) else { return false }
    switch value {
    case .text(let text) where isTrace:
      trace = XRayID.parse(b.extracting(text.start..<text.end)) ?? texts.request(b, text).0
    case .text(let text): span = texts.span(b, text)
    case .number(let text):
      // Datadog's ids are decimal.
      guard let number = FieldText.unsigned(b.extracting(text.start..<text.end)) else { return true }
      if isTrace { trace = RequestID(high: 0, low: number) } else { span = number }
    case .bool, .other: break
    }
    return true
  }
}
