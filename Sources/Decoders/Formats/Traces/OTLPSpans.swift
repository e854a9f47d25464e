// OTLP/JSON spans (opentelemetry-proto 1.x, trace.proto), read from one `spans` element.

internal import Model
internal import Support

/// Reads the spans, and the resources they stand under.
///
/// Accepted beyond the specification because it is seen: base64 identities, enum names, integers as numbers or
/// strings, unknown fields.
enum OTLPSpans {
  /// Reads one span.
  static func read(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, _ symbols: inout SymbolTable,
    _ flaws: inout SpanIssues
  ) -> TraceSpan? {
    var draft = SpanBuilder()
    var start: Int64?
    var end: Int64?
    var isFirst = false
    if !usualHead(b, &reader, &draft, &start, &end, &texts, &symbols) {
      guard reader.take(0x7B, b) else { return nil }
      isFirst = true
    }
    while let key = reader.nextKey(b, &isFirst) {
      guard
        member(key, b, &reader, &draft, &start, &end, &texts, &symbols, &flaws)
      else { return nil }
    }
    guard reader.failure == .none else { return nil }
    settle(&draft.span, startNanos: start, endNanos: end, &flaws)
    if draft.span.trace.isNone || draft.span.span == 0 { flaws.insert(.noID) }
    return draft.span
  }

  @inline(__always) private static func member(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ draft: inout SpanBuilder,
    _ start: inout Int64?,
    _ end: inout Int64?, _ texts: inout JSONTexts, _ symbols: inout SymbolTable, _ flaws: inout SpanIssues
  ) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    switch key.count {
    case 7 where isKey("traceId"):
      guard let text = reader.keyText(b) else { return false }
      (draft.span.trace, draft.span.traceText) = texts.request(b, text, &symbols)
    case 6 where isKey("spanId"):
      guard let text = reader.keyText(b) else { return false }
      draft.span.span = texts.span(b, text)
    case 12 where isKey("parentSpanId"):
      guard let text = reader.keyText(b) else { return false }
      draft.span.parent = texts.span(b, text)
    case 4 where isKey("name"):
      guard let text = reader.keyText(b) else { return false }
      draft.span.operation = texts.symbol(b, text, &symbols)
    case 4 where isKey("kind"): return kind(b, &reader, &draft.span, &flaws)
    case 17 where isKey("startTimeUnixNano"): return reader.integer(b, &start)
    case 15 where isKey("endTimeUnixNano"): return reader.integer(b, &end)
    case 10 where isKey("attributes"): return attributes(b, &reader, &draft, &texts, &symbols)
    case 6 where isKey("status"): return status(b, &reader, &draft, &texts, &symbols, &flaws)
    case 6 where isKey("events"): return events(b, &reader, &draft, &texts, &symbols)
    default: return reader.skipValue(b)
    }
    return true
  }

  /// Start and duration from nanoseconds; what is missing or makes no sense is named.
  static func settle(_ span: inout TraceSpan, startNanos: Int64?, endNanos: Int64?, _ flaws: inout SpanIssues) {
    guard let startNanos else {
      flaws.insert(.noTime)
      return
    }
    span.start = FieldText.floorDivide(startNanos, 1000)
    if let endNanos {
      let (length, overflow) = endNanos.subtractingReportingOverflow(startNanos)
      if overflow || length < 0 {
        if endNanos != 0 { flaws.insert(.negativeDuration) }
      } else {
        span.duration = length / 1000
      }
    }
    if !plausible(span) { flaws.insert(.implausibleTime) }
  }

  /// Whether a span lies between 1980 and 2200 and lasts less than a year.
  @inline(__always) static func plausible(_ span: TraceSpan) -> Bool {
    span.start > 315_532_800_000_000 && span.start < 7_258_118_400_000_000 && span.duration < 31_536_000_000_000
  }

  private static func kind(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ span: inout TraceSpan, _ flaws: inout SpanIssues
  ) -> Bool {
    guard let value = reader.scalar(b) else { return false }
    switch value {
    case .number(let text): span.kind = SpanWords.kind(b.extracting(text.start..<text.end))
    case .text(let text):
      span.kind = SpanWords.kind(b.extracting(text.start..<text.end))
      flaws.insert(.enumName)
    case .bool, .other: break
    }
    return true
  }

  private static func status(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ draft: inout SpanBuilder, _ texts: inout JSONTexts,
    _ symbols: inout SymbolTable, _ flaws: inout SpanIssues
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x7B else { return reader.skipValue(b) }
    reader.position &+= 1
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      if JSONScanner.equals(b, key, "code") {
        guard let value = reader.scalar(b) else { return false }
        switch value {
        case .number(let text): SpanWords.status(b.extracting(text.start..<text.end), into: &draft.span)
        case .text(let text):
          SpanWords.status(b.extracting(text.start..<text.end), into: &draft.span)
          flaws.insert(.enumName)
        case .bool, .other: break
        }
      } else if JSONScanner.equals(b, key, "message") {
        guard let text = reader.keyText(b) else { return false }
        draft.takeStatusMessage(text, b, &texts, &symbols)
      } else {
        guard reader.skipValue(b) else { return false }
      }
    }
    return reader.failure == .none
  }

  /// Reads a span's attributes, or an event's: of those only the exception is the span's too.
  @inline(__always) static func attributes(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ draft: inout SpanBuilder, _ texts: inout JSONTexts,
    _ symbols: inout SymbolTable, ofEvent: Bool = false
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x5B else { return reader.skipValue(b) }
    reader.position &+= 1
    var isFirst = true
    while reader.nextElement(b, &isFirst) {
      guard let (key, value) = reader.otlpAttribute(b) else { return false }
      let name = SpanBuilder.name(b, key)
      if name == .none || ofEvent && name != .exceptionType && name != .exceptionMessage { continue }
      draft.take(name, value, b, &texts, &symbols)
    }
    return reader.failure == .none
  }

  /// Events carry the recorded exceptions.
  private static func events(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ draft: inout SpanBuilder, _ texts: inout JSONTexts,
    _ symbols: inout SymbolTable
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
          guard attributes(b, &reader, &draft, &texts, &symbols, ofEvent: true) else { return false }
        } else {
          guard reader.skipValue(b) else { return false }
        }
      }
      guard reader.failure == .none else { return false }
    }
    return reader.failure == .none
  }

  /// Reads a resource and returns the symbol of its `service.name`; nil on a failure.
  static func service(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, _ symbols: inout SymbolTable
  ) -> Symbol? {
    guard let byte = reader.peek(b) else { return nil }
    guard byte == 0x7B else { return reader.skipValue(b) ? Symbol.none : nil }
    reader.position &+= 1
    var service = Symbol.none
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      guard JSONScanner.equals(b, key, "attributes"), reader.peek(b) == 0x5B else {
        guard reader.skipValue(b) else { return nil }
        continue
      }
      reader.position &+= 1
      var isFirstElement = true
      while reader.nextElement(b, &isFirstElement) {
        guard let (name, value) = reader.otlpAttribute(b) else { return nil }
        if case .text(let text) = value, JSONScanner.equals(b, name, "service.name") {
          service = texts.symbol(b, text, &symbols)
        }
      }
      guard reader.failure == .none else { return nil }
    }
    return reader.failure == .none ? service : nil
  }
}
