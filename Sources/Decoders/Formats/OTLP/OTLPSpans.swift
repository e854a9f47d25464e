// OTLP/JSON spans (opentelemetry-proto 1.x, trace.proto), read from one `spans` element.

internal import Model
internal import Support

/// Reads the spans, and the resources they stand under.
///
/// Accepted beyond the specification because it is seen: base64 identities, enum names, integers as numbers or
/// strings, unknown fields.
enum OTLPSpans {
  /// Reads a resource and returns the symbol of its name (`ResourceName`); nil on a failure.
  static func service(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Symbol? {
    guard let byte = reader.peek(b) else { return nil }
    guard byte == 0x7B else { return reader.skipValue(b) ? Symbol.none : nil }
    reader.position &+= 1
    var service = ResourceName()
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      let first = reader.peek(b)
      guard JSONScanner.equals(b, key, "attributes"), first == 0x5B || first == 0x7B else {
        guard reader.skipValue(b) else { return nil }
        continue
      }
      if first == 0x7B {
        guard takePlain(b, &reader, &service) else { return nil }
        continue
      }
      reader.position &+= 1
      var isFirstElement = true
      while reader.nextElement(b, &isFirstElement) {
        guard let (name, value) = reader.otlpAttribute(b) else { return nil }
        if case .text(let text) = value { service.take(b, name, text) }
      }
      guard reader.failure == .none else { return nil }
    }
    return reader.failure == .none ? service.name.map { texts.symbol(b, $0) } ?? Symbol.none : nil
  }

  /// Attributes as one plain object, as CloudWatch holds them (Amazon CloudWatch User Guide, "Transaction Search", `aws/spans`).
  private static func takePlain(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ service: inout ResourceName) -> Bool {
    reader.eachMember(b) { reader, key in
      guard let value = reader.scalar(b) else { return false }
      if case .text(let text) = value { service.take(b, key, text) }
      return true
    }
  }
}

extension SpanBuilder {
  /// Reads one span, without its source and, as a rule, its service. It is filled where it stands: a copy of a value that was
  /// written byte by byte just before costs more than reading it.
  ///
  /// - Returns: false on the scanner's failure.
  mutating func readOTLP(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
    var isFirst = false
    if !takeOTLPHead(b, &reader, &texts) {
      guard reader.take(0x7B, b) else { return false }
      isFirst = true
    }
    while let key = reader.nextKey(b, &isFirst) {
      guard takeOTLPMember(key, b, &reader, &texts) else { return false }
    }
    guard reader.failure == .none else { return false }
    settleLink()
    settleException()
    settle(startNanos: start, endNanos: end)
    if span.trace.isNone || span.span == 0 { issues.insert(.noID) }
    return true
  }

  /// Takes the value of one member of a span.
  @inline(__always) fileprivate mutating func takeOTLPMember(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    switch key.count {
    case 7 where isKey("traceId"):
      guard let text = reader.keyText(b) else { return false }
      (span.trace, span.traceText) = texts.request(b, text)
    case 6 where isKey("spanId"):
      guard let text = reader.keyText(b) else { return false }
      span.span = texts.span(b, text)
    case 12 where isKey("parentSpanId"):
      guard let text = reader.keyText(b) else { return false }
      span.parent = texts.span(b, text)
    case 4 where isKey("name"):
      guard let text = reader.keyText(b) else { return false }
      span.operation = texts.symbol(b, text)
    case 4 where isKey("kind"): return takeOTLPKind(b, &reader)
    case 17 where isKey("startTimeUnixNano"): return reader.integer(b, &start)
    case 15 where isKey("endTimeUnixNano"): return reader.integer(b, &end)
    case 10 where isKey("attributes"): return takeOTLPAttributes(b, &reader, &texts)
    case 6 where isKey("status"): return takeOTLPStatus(b, &reader, &texts)
    case 6 where isKey("events"): return takeOTLPEvents(b, &reader, &texts)
    case 5 where isKey("links"): return takeLinks(b, &reader, &texts)
    default: return takeSnakeMember(key, b, &reader, &texts)
    }
    return true
  }

  /// The names of the fields as protobuf has them, which its own JSON printer writes on wish.
  @inline(never) private mutating func takeSnakeMember(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    switch key.count {
    case 8 where isKey("resource"):
      guard let service = OTLPSpans.service(b, &reader, &texts) else { return false }
      if !service.isNone { span.service = service }
    case 10 where isKey("traceState"), 11 where isKey("trace_state"):
      guard let text = reader.keyText(b) else { return false }
      takeTraceState(b, text.start..<text.end)
    case 8 where isKey("trace_id"):
      guard let text = reader.keyText(b) else { return false }
      (span.trace, span.traceText) = texts.request(b, text)
    case 7 where isKey("span_id"):
      guard let text = reader.keyText(b) else { return false }
      span.span = texts.span(b, text)
    case 14 where isKey("parent_span_id"):
      guard let text = reader.keyText(b) else { return false }
      span.parent = texts.span(b, text)
    case 20 where isKey("start_time_unix_nano"): return reader.integer(b, &start)
    case 18 where isKey("end_time_unix_nano"): return reader.integer(b, &end)
    default: return reader.skipValue(b)
    }
    return true
  }

  /// Start and duration from nanoseconds; what is missing or makes no sense is named.
  @inline(__always) mutating func settle(startNanos: Int64?, endNanos: Int64?) {
    guard let startNanos else {
      issues.insert(.noTime)
      return
    }
    span.start = FieldText.floorDivide(startNanos, 1000)
    if let endNanos, endNanos != 0 {
      let (length, overflow) = endNanos.subtractingReportingOverflow(startNanos)
      if overflow || length < 0 { span.take(length: -1, &issues) } else { span.duration = length / 1000 }
    }
    span.settleTimes(&issues)
  }

  private mutating func takeOTLPKind(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    guard let value = reader.scalar(b) else { return false }
    switch value {
    case .number(let text): span.kind = SpanWords.kind(b.extracting(text.start..<text.end))
    case .text(let text):
      span.kind = SpanWords.kind(b.extracting(text.start..<text.end))
      issues.insert(.enumName)
    case .bool, .other: break
    }
    return true
  }

  private mutating func takeOTLPStatus(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x7B else { return reader.skipValue(b) }
    reader.position &+= 1
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      if JSONScanner.equals(b, key, "code") {
        guard let value = reader.scalar(b) else { return false }
        switch value {
        case .number(let text): SpanWords.status(b.extracting(text.start..<text.end), into: &span)
        case .text(let text):
          SpanWords.status(b.extracting(text.start..<text.end), into: &span)
          issues.insert(.enumName)
        case .bool, .other: break
        }
      } else if JSONScanner.equals(b, key, "message") {
        guard let text = reader.keyText(b) else { return false }
        takeStatusMessage(text, b, &texts)
      } else {
        guard reader.skipValue(b) else { return false }
      }
    }
    return reader.failure == .none
  }

  /// Reads a span's attributes, or an event's: of those only the exception is the span's too.
  @inline(__always) mutating func takeOTLPAttributes(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, ofEvent: Bool = false
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x5B else { return takePlainAttributes(b, &reader, &texts, ofEvent: ofEvent) }
    reader.position &+= 1
    var isFirst = true
    while reader.nextElement(b, &isFirst) {
      guard let (key, value) = reader.otlpAttribute(b) else { return false }
      let name = SpanBuilder.name(b, key)
      if name == .none || ofEvent && name != .exceptionType && name != .exceptionMessage { continue }
      take(name, value, b, &texts)
    }
    return reader.failure == .none
  }

  /// Attributes as one plain object; anything else is skipped.
  @inline(never) private mutating func takePlainAttributes(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, ofEvent: Bool
  ) -> Bool {
    reader.eachMember(b) { reader, key in
      let name = SpanBuilder.name(b, key)
      guard name != .none, !ofEvent || name == .exceptionType || name == .exceptionMessage else {
        return reader.skipValue(b)
      }
      guard let value = reader.scalar(b) else { return false }
      take(name, value, b, &texts)
      return true
    }
  }

  /// Events carry the recorded exceptions.
  private mutating func takeOTLPEvents(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x5B else { return reader.skipValue(b) }
    reader.position &+= 1
    var isFirst = true
    while reader.nextElement(b, &isFirst) {
      guard reader.peek(b) == 0x7B else {
        guard reader.skipValue(b) else { return false }
        continue
      }
      reader.position &+= 1
      var isFirstKey = true
      while let key = reader.nextKey(b, &isFirstKey) {
        if JSONScanner.equals(b, key, "attributes") {
          guard takeOTLPAttributes(b, &reader, &texts, ofEvent: true) else { return false }
        } else {
          guard reader.skipValue(b) else { return false }
        }
      }
      guard reader.failure == .none else { return false }
    }
    return reader.failure == .none
  }
}
