// Jaeger spans in all their JSON shapes: UI export, search-store document, protobuf-JSON.

internal import Model
internal import Support

/// Reads one Jaeger span.
enum JaegerSpans {
  /// A reference as written; which one is the parent is decided when the span's own trace is known.
  fileprivate struct Reference {
    var isChildOf = true
    var trace = RequestID.none
    var span: UInt64 = 0
  }

  /// What a span of Jaeger says beside what every span says, until the end of it is read.
  fileprivate struct Parts {
    var process = Symbol.none
    var references: [Reference] = []
    var startMillis: Int64?
    var duration: Int64?
    var oldParent: UInt64 = 0
    /// The reference whose fields are keys of the span's own.
    var flattened: Reference?

    /// Takes a field of the only reference, `references.spanID`.
    mutating func takeFlattened(
      _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
    ) -> Bool {
      guard let text = reader.keyText(b) else { return false }
      var reference = flattened ?? Reference()
      if JSONScanner.equals(b, key, "references.refType") {
        reference.isChildOf = !JSONScanner.equals(b, text, "FOLLOWS_FROM")
      } else if JSONScanner.equals(b, key, "references.spanID") {
        reference.span = texts.span(b, text)
      } else if JSONScanner.equals(b, key, "references.traceID") {
        reference.trace = texts.request(b, text).0
      }
      flattened = reference
      return true
    }
  }

  /// A number of microseconds, or RFC 3339 in the protobuf form.
  fileprivate static func time(_ value: AttributeValue, _ b: Span<UInt8>, zoneSeconds: Int) -> Int64? {
    switch value {
    case .number(let text): FieldText.time(b.extracting(text.start..<text.end), unit: .microseconds, zoneSeconds: 0)
    case .text(let text):
      FieldText.time(b.extracting(text.start..<text.end), unit: .microseconds, zoneSeconds: zoneSeconds)
    case .bool, .other: nil
    }
  }

  /// A reference; some exports nest the whole referenced span in it, with its own ancestors: skipped.
  fileprivate static func reference(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Reference? {
    var found = Reference()
    let isRead = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "refType") {
        guard let value = reader.scalar(b) else { return false }
        switch value {
        case .text(let text): found.isChildOf = !JSONScanner.equals(b, text, "FOLLOWS_FROM")
        case .number(let text): found.isChildOf = !JSONScanner.equals(b, text, "1")
        case .bool, .other: break
        }
      } else if JSONScanner.equals(b, key, "traceID") || JSONScanner.equals(b, key, "traceId") {
        guard let text = reader.keyText(b) else { return false }
        found.trace = texts.request(b, text).0
      } else if JSONScanner.equals(b, key, "spanID") || JSONScanner.equals(b, key, "spanId") {
        guard let text = reader.keyText(b) else { return false }
        found.span = texts.span(b, text)
      } else {
        return reader.skipValue(b)
      }
      return true
    }
    return isRead ? found : nil
  }

  /// The parent: the first CHILD_OF in the span's own trace, else the first FOLLOWS_FROM in it, else the deprecated
  /// field, else a reference into another trace.
  fileprivate static func choose(_ references: [Reference], oldParent: UInt64, _ span: inout TraceSpan) {
    let trace = span.trace
    func isOwn(_ reference: Reference) -> Bool { reference.trace == trace || reference.trace.isNone }
    if let parent = references.first(where: { $0.isChildOf && isOwn($0) && $0.span != 0 }) {
      span.parent = parent.span
    } else if let parent = references.first(where: { isOwn($0) && $0.span != 0 }) {
      span.parent = parent.span
      span.flags.insert(.followsFrom)
    } else if oldParent != 0 {
      span.parent = oldParent
    } else if let parent = references.first(where: { $0.span != 0 }) {
      span.parent = parent.span
      span.flags.insert(.foreignParent)
      if !parent.isChildOf { span.flags.insert(.followsFrom) }
    }
  }

  /// The service of a process object.
  static func service(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Symbol? {
    var service = Symbol.none
    let isRead = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "serviceName") else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      service = texts.symbol(b, text)
      return true
    }
    return isRead ? service : nil
  }

  /// The services of a trace's `processes`, by process id.
  static func processes(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> [Symbol: Symbol]? {
    var found: [Symbol: Symbol] = [:]
    let isRead = reader.eachMember(b) { reader, key in
      let id = texts.symbol(b, key)
      guard let service = service(b, &reader, &texts) else { return false }
      found[id] = service
      return true
    }
    return isRead ? found : nil
  }
}

extension SpanBuilder {
  /// Reads one span of Jaeger, where it stands.
  ///
  /// - Returns: the symbol of its `processID`, none where it carries its process inline; nil on a failure.
  mutating func readJaeger(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, zoneSeconds: Int
  ) -> Symbol? {
    guard reader.take(0x7B, b) else { return nil }
    var parts = JaegerSpans.Parts()
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
      switch key.count {
      case 7 where isKey("traceID") || isKey("traceId"):
        guard let text = reader.keyText(b) else { return nil }
        (span.trace, span.traceText) = texts.request(b, text)
      case 6 where isKey("spanID") || isKey("spanId"):
        guard let text = reader.keyText(b) else { return nil }
        span.span = texts.span(b, text)
      case 12 where isKey("parentSpanID") || isKey("parentSpanId"):
        guard let text = reader.keyText(b) else { return nil }
        parts.oldParent = texts.span(b, text)
      case 13 where isKey("operationName"):
        guard let text = reader.keyText(b) else { return nil }
        span.operation = texts.symbol(b, text)
      case 9 where isKey("processID") || isKey("processId"):
        guard let text = reader.keyText(b) else { return nil }
        parts.process = texts.symbol(b, text)
      case 9 where isKey("startTime"):
        guard let value = reader.scalar(b) else { return nil }
        start = JaegerSpans.time(value, b, zoneSeconds: zoneSeconds)
      case 15 where isKey("startTimeMillis"): guard reader.integer(b, &parts.startMillis) else { return nil }
      case 8 where isKey("duration"):
        guard let value = reader.scalar(b) else { return nil }
        // Written, but no number: it is not used.
        parts.duration =
          value.slice.flatMap { SpanWords.duration(b.extracting($0.start..<$0.end), unit: .microseconds) }
          ?? TraceSpan.unreadableLength
      case 10 where isKey("references"):
        let isRead = reader.eachElement(b) { reader in
          guard let found = JaegerSpans.reference(b, &reader, &texts) else { return false }
          parts.references.append(found)
          return true
        }
        guard isRead else { return nil }
      case 4 where isKey("tags"): guard takeJaegerTags(b, &reader, &texts) else { return nil }
      case 3 where isKey("tag"): guard takeJaegerTags(b, &reader, &texts) else { return nil }
      case 4 where isKey("logs"):
        guard reader.eachElement(b, { takeJaegerLog(b, &$0, &texts) }) else { return nil }
      case 7 where isKey("process"):
        guard let service = JaegerSpans.service(b, &reader, &texts) else { return nil }
        if !service.isNone { span.service = service }
      default:
        let isRead =
          JSONScanner.matches(b, key.start, "references.")
          ? parts.takeFlattened(key, b, &reader, &texts) : takeFlattened(key, b, &reader, &texts)
        guard isRead else { return nil }
      }
    }
    guard reader.failure == .none else { return nil }
    settleJaeger(parts)
    return span.service.isNone ? parts.process : Symbol.none
  }

  /// Takes a member whose path is its key: what a search store's answers hold in `fields`, and its tables in columns.
  @inline(never) private mutating func takeFlattened(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    if JSONScanner.matches(b, key.start, "tag."), key.count > 4 {
      guard let value = reader.scalar(b) else { return false }
      let name = JSONStringSlice(start: key.start + 4, end: key.end, isEscaped: key.isEscaped)
      take(Self.storedName(b, name), value, b, &texts)
      return true
    }
    guard JSONScanner.equals(b, key, "process.serviceName") else { return reader.skipValue(b) }
    guard let text = reader.keyText(b) else { return false }
    if !text.isEmpty { span.service = texts.symbol(b, text) }
    return true
  }

  private mutating func settleJaeger(_ read: JaegerSpans.Parts) {
    var parts = read
    if let reference = parts.flattened { parts.references.append(reference) }
    JaegerSpans.choose(parts.references, oldParent: parts.oldParent, &span)
    if start == nil { start = parts.startMillis.flatMap { FieldText.microseconds($0, unit: .milliseconds) } }
    if let start { span.start = start } else { issues.insert(.noTime) }
    span.take(length: parts.duration, &issues)
    settleException()
    if start != nil { span.settleTimes(&issues) }
    if span.trace.isNone || span.span == 0 { issues.insert(.noID) }
  }

  /// The meaning of a tag's name as a search store holds it, with another character for its dots (`@` by default).
  private static func storedName(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Name {
    let name = name(b, key)
    guard name == .none, key.count < 48, (key.start..<key.end).contains(where: { b[$0] == 0x40 }) else { return name }
    let dotted = (key.start..<key.end).map { b[$0] == 0x40 ? 0x2E : b[$0] }
    return Self.name(dotted.span, JSONStringSlice(start: 0, end: dotted.count, isEscaped: false))
  }

  /// A list of tags, or the search store's object of tags.
  fileprivate mutating func takeJaegerTags(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    if byte == 0x7B {
      return reader.eachMember(b) { reader, key in
        guard let value = reader.scalar(b) else { return false }
        take(Self.storedName(b, key), value, b, &texts)
        return true
      }
    }
    return reader.eachElement(b) { reader in
      guard reader.peek(b) == 0x7B else { return reader.skipValue(b) }
      guard let (key, value) = reader.jaegerTag(b) else { return false }
      take(Self.name(b, key), value, b, &texts)
      return true
    }
  }

  /// A log of a span: OpenTracing's error logs and OpenTelemetry's exception events tell type and message.
  fileprivate mutating func takeJaegerLog(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    var isError = false
    var message: AttributeValue?
    let isRead = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "fields") else { return reader.skipValue(b) }
      return reader.eachElement(b) { reader in
        guard reader.peek(b) == 0x7B else { return reader.skipValue(b) }
        guard let (key, value) = reader.jaegerTag(b) else { return false }
        if JSONScanner.equals(b, key, "event"), case .text(let text) = value {
          if JSONScanner.equals(b, text, "error") || JSONScanner.equals(b, text, "exception") { isError = true }
        } else if JSONScanner.equals(b, key, "message") || JSONScanner.equals(b, key, "error.object") {
          message = value
        } else {
          switch Self.name(b, key) {
          case .exceptionType, .exceptionMessage: take(Self.name(b, key), value, b, &texts)
          case .errorType: take(.exceptionType, value, b, &texts)
          default: break
          }
        }
        return true
      }
    }
    if isRead, isError, let message { take(.errorMessage, message, b, &texts) }
    return isRead
  }
}
