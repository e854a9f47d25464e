// Jaeger spans in all their JSON shapes: UI export, search-store document, protobuf-JSON.

internal import Model
internal import Support

/// Reads one Jaeger span.
enum JaegerSpans {
  /// A reference as written; which one is the parent is decided when the span's own trace is known.
  private struct Reference {
    var isChildOf = true
    var trace = RequestID.none
    var span: UInt64 = 0
  }

  /// Reads one span.
  ///
  /// - Returns: the span and the symbol of its `processID`, none where it carries its process inline; nil on a failure.
  static func read(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, zoneSeconds: Int
  ) -> (draft: SpanBuilder, process: Symbol)? {
    guard reader.take(0x7B, b) else { return nil }
    var draft = SpanBuilder()
    var process = Symbol.none
    var references: [Reference] = []
    var start: Int64?
    var startMillis: Int64?
    var duration: Int64?
    var oldParent: UInt64 = 0
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      var isRead = true
      if isKey("traceID") || isKey("traceId") {
        guard let text = reader.keyText(b) else { return nil }
        (draft.span.trace, draft.span.traceText) = texts.request(b, text)
      } else if isKey("spanID") || isKey("spanId") {
        guard let text = reader.keyText(b) else { return nil }
        draft.span.span = texts.span(b, text)
      } else if isKey("parentSpanID") || isKey("parentSpanId") {
        guard let text = reader.keyText(b) else { return nil }
        oldParent = texts.span(b, text)
      } else if isKey("operationName") {
        guard let text = reader.keyText(b) else { return nil }
        draft.span.operation = texts.symbol(b, text)
      } else if isKey("processID") || isKey("processId") {
        guard let text = reader.keyText(b) else { return nil }
        process = texts.symbol(b, text)
      } else if isKey("startTime") {
        guard let value = reader.scalar(b) else { return nil }
        start = time(value, b, zoneSeconds: zoneSeconds)
      } else if isKey("startTimeMillis") {
        isRead = reader.integer(b, &startMillis)
      } else if isKey("duration") {
        guard let value = reader.scalar(b) else { return nil }
        if let text = value.slice {
          duration = SpanWords.duration(b.extracting(text.start..<text.end), unit: .microseconds)
        }
        if duration == nil { draft.issues.insert(.negativeDuration) }
      } else if isKey("references") {
        isRead = reader.eachElement(b) { reader in
          guard let found = reference(b, &reader, &texts) else { return false }
          references.append(found)
          return true
        }
      } else if isKey("tags") || isKey("tag") {
        isRead = draft.takeJaegerTags(b, &reader, &texts)
      } else if isKey("logs") {
        isRead = reader.eachElement(b) { draft.takeJaegerLog(b, &$0, &texts) }
      } else if isKey("process") {
        guard let service = service(b, &reader, &texts) else { return nil }
        if !service.isNone { draft.span.service = service }
      } else {
        isRead = reader.skipValue(b)
      }
      guard isRead else { return nil }
    }
    guard reader.failure == .none else { return nil }
    choose(references, oldParent: oldParent, &draft.span)
    if start == nil { start = startMillis.flatMap { FieldText.microseconds($0, unit: .milliseconds) } }
    if let start { draft.span.start = start } else { draft.issues.insert(.noTime) }
    if let duration {
      if duration < 0 { draft.issues.insert(.negativeDuration) } else { draft.span.duration = duration }
    }
    if start != nil, !OTLPSpans.plausible(draft.span) { draft.issues.insert(.implausibleTime) }
    if draft.span.trace.isNone || draft.span.span == 0 { draft.issues.insert(.noID) }
    return (draft, draft.span.service.isNone ? process : .none)
  }

  /// A number of microseconds, or RFC 3339 in the protobuf form.
  private static func time(_ value: AttributeValue, _ b: Span<UInt8>, zoneSeconds: Int) -> Int64? {
    switch value {
    case .number(let text): FieldText.time(b.extracting(text.start..<text.end), unit: .microseconds, zoneSeconds: 0)
    case .text(let text):
      FieldText.time(b.extracting(text.start..<text.end), unit: .microseconds, zoneSeconds: zoneSeconds)
    case .bool, .other: nil
    }
  }

  /// A reference; some exports nest the whole referenced span in it, with its own ancestors: skipped.
  private static func reference(
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
  private static func choose(_ references: [Reference], oldParent: UInt64, _ span: inout TraceSpan) {
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
