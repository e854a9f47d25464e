// AWS X-Ray segment documents, bare or as the text of a `Document` in answers of the API.

internal import Model
internal import Support

/// Reads a segment with its subsegments (X-Ray segment documents, AWS X-Ray Developer Guide).
///
/// Times are epoch seconds. A segment is a served request; a subsegment of the namespace `aws` or `remote` is a call to what
/// it is named after, any other is inner work. `fault` is a failure of the service, `error` one of the client, `throttle` a
/// refused request. Trace ids are those of OpenTelemetry with a mark: `1-6920a1b2-0011…` is `6920a1b20011…`.
enum XRaySegments {
  /// What a document says of itself and the documents below it.
  private struct Document {
    var at: Int
    var isSegment: Bool
    var trace: RequestID
    var traceText: Symbol
    var parent: UInt64
    var service: Symbol
  }

  /// How deep subsegments are read; what lies deeper is left out and told.
  private static let most = 100_000

  /// The spans of a document that was checked before; none where it is no segment.
  static func read(
    _ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts, _ issues: inout SpanIssues
  ) -> [TraceSpan] {
    var work = [
      Document(at: start, isSegment: true, trace: .none, traceText: .none, parent: 0, service: .none)
    ]
    var spans: [TraceSpan] = []
    while let document = work.popLast(), spans.count < most {
      if let span = span(b, document, &texts, &issues, &work) { spans.append(span) }
    }
    return spans
  }

  private static func span(
    _ b: Span<UInt8>, _ document: Document, _ texts: inout JSONTexts, _ issues: inout SpanIssues,
    _ work: inout [Document]
  ) -> TraceSpan? {
    var builder = SpanBuilder()
    builder.span.trace = document.trace
    builder.span.traceText = document.traceText
    builder.span.parent = document.parent
    var name = Symbol.none
    var operation = Symbol.none
    var start: Int64?
    var end: Int64?
    var isCall = false
    var children: [Int] = []
    var reader = JSONScanner(at: document.at)
    let isRead = reader.eachMember(b) { reader, key in
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      func moment() -> Int64? {
        guard case .number(let text)? = reader.scalar(b) else { return nil }
        return FieldText.time(b.extracting(text.start..<text.end), unit: .seconds, zoneSeconds: 0)
      }
      reader.skipSpace(b)
      if isKey("trace_id"), let text = reader.keyText(b) {
        let bytes = b.extracting(text.start..<text.end)
        if let id = XRayID.parse(bytes) {
          (builder.span.trace, builder.span.traceText) = (id, .none)
        } else if !text.isEmpty {
          (builder.span.trace, builder.span.traceText) = texts.request(b, text)
        }
      } else if isKey("id"), let text = reader.keyText(b) {
        builder.span.span = texts.span(b, text)
      } else if isKey("parent_id"), let text = reader.keyText(b) {
        if document.isSegment { builder.span.parent = texts.span(b, text) }
      } else if isKey("name"), let text = reader.keyText(b) {
        name = texts.symbol(b, text)
      } else if isKey("namespace"), let text = reader.keyText(b) {
        isCall = JSONScanner.equals(b, text, "aws") || JSONScanner.equals(b, text, "remote")
      } else if isKey("start_time") {
        start = moment()
      } else if isKey("end_time") {
        end = moment()
      } else if isKey("fault") || isKey("error") || isKey("throttle") {
        let isThrottle = isKey("throttle")
        let isFault = isKey("fault")
        if case .bool(true)? = reader.scalar(b) {
          if isThrottle { builder.span.httpStatus = max(builder.span.httpStatus, 429) }
          if isFault || isThrottle || !document.isSegment { builder.span.status = .error }
        }
      } else if isKey("http") {
        return http(b, &reader, &builder, &operation, &texts)
      } else if isKey("aws") {
        return aws(b, &reader, &builder, &operation, &texts)
      } else if isKey("cause") {
        return cause(b, &reader, &builder, &texts)
      } else if isKey("subsegments") {
        return reader.eachElement(b) { reader in
          reader.skipSpace(b)
          children.append(reader.position)
          return reader.skipValue(b)
        }
      } else {
        return reader.skipValue(b)
      }
      return reader.failure == .none
    }
    guard isRead, start != nil || builder.span.span != 0 else { return nil }
    builder.span.kind = document.isSegment ? .server : isCall ? .client : .internal
    builder.span.service = document.isSegment ? name : document.service
    if isCall { builder.span.peerService = name }
    builder.span.operation = operation.isNone ? name : operation
    settle(&builder.span, start, end, &issues)
    for child in children {
      work.append(
        Document(
          at: child, isSegment: false, trace: builder.span.trace, traceText: builder.span.traceText,
          parent: builder.span.span, service: builder.span.service))
    }
    return builder.span
  }

  private static func settle(
    _ span: inout TraceSpan, _ start: Int64?, _ end: Int64?, _ issues: inout SpanIssues
  ) {
    if let start { span.start = start } else { issues.insert(.noTime) }
    if let start, let end {
      span.duration = end.subtractingReportingOverflow(start).partialValue
      if span.duration < 0 {
        span.duration = -1
        issues.insert(.negativeDuration)
      }
    }
    if start != nil, !OTLPSpans.plausible(span) { issues.insert(.implausibleTime) }
    if span.trace.isNone || span.span == 0 { issues.insert(.noID) }
  }

  /// `{"request": {"method", "url"}, "response": {"status"}}`.
  private static func http(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ builder: inout SpanBuilder, _ operation: inout Symbol,
    _ texts: inout JSONTexts
  ) -> Bool {
    var method = JSONStringSlice(start: 0, end: 0, isEscaped: false)
    var url = method
    let isRead = reader.eachMember(b) { reader, _ in
      reader.eachMember(b) { reader, key in
        func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
        guard isKey("status") || isKey("method") || isKey("url") else { return reader.skipValue(b) }
        guard let value = reader.scalar(b) else { return false }
        switch value {
        case .number(let text) where isKey("status"):
          builder.span.httpStatus = max(
            builder.span.httpStatus, SpanWords.httpStatus(b.extracting(text.start..<text.end)))
        case .text(let text): if isKey("method") { method = text } else if isKey("url") { url = text }
        default: break
        }
        return true
      }
    }
    guard isRead else { return false }
    if !method.isEmpty, !url.isEmpty {
      var bytes: [UInt8] = []
      bytes.append(copying: b.extracting(method.start..<method.end))
      bytes.append(0x20)
      OperationPath.append(b.extracting(url.start..<url.end), to: &bytes)
      operation = texts.symbols.intern(bytes.span)
    }
    return true
  }

  private static func aws(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ builder: inout SpanBuilder, _ operation: inout Symbol,
    _ texts: inout JSONTexts
  ) -> Bool {
    reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "operation") {
        guard let text = reader.keyText(b) else { return false }
        operation = texts.symbol(b, text)
        return true
      }
      guard JSONScanner.equals(b, key, "retries") else { return reader.skipValue(b) }
      guard case .number(let text)? = reader.scalar(b) else { return reader.failure == .none }
      builder.take(.resendCount, .number(text), b, &texts)
      return true
    }
  }

  private static func cause(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ builder: inout SpanBuilder, _ texts: inout JSONTexts
  ) -> Bool {
    reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "exceptions") else { return reader.skipValue(b) }
      return reader.eachElement(b) { reader in
        reader.eachMember(b) { reader, key in
          let name: SpanBuilder.Name =
            JSONScanner.equals(b, key, "message")
            ? .exceptionMessage : JSONScanner.equals(b, key, "type") ? .exceptionType : .none
          guard name != .none else { return reader.skipValue(b) }
          guard let text = reader.keyText(b) else { return false }
          builder.take(name, .text(text), b, &texts)
          return true
        }
      }
    }
  }
}
