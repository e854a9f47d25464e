// AWS X-Ray segment documents, bare or as the text of a `Document` in answers of the API.

internal import Model
internal import Support

/// Reads a segment with its subsegments (X-Ray segment documents, AWS X-Ray Developer Guide).
///
/// Times are epoch seconds. A segment is a served request; a subsegment of the namespace `aws` or `remote` is a call to what
/// it is named after, any other is inner work. `fault` is a failure of the service, `error` one of the client, `throttle` a
/// refused request. Trace ids are those of OpenTelemetry with a mark: `1-6920a1b2-0011…` is `6920a1b20011…`.
enum XRaySegments {
  /// More documents than this in one segment are left out.
  private static let most = 100_000

  /// Whether an object is the line that stands in front of each document on its way to the X-Ray daemon, `{"format": "json",
  /// "version": 1}` (X-Ray Developer Guide, "Sending trace data").
  static func isHeader(_ b: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count < 64 else { return false }
    var reader = JSONScanner(at: range.lowerBound)
    var (format, others, count) = (false, 0, 0)
    let isRead = reader.eachMember(b) { reader, key in
      count += 1
      guard JSONScanner.equals(b, key, "format"), let text = reader.keyText(b) else {
        others += JSONScanner.equals(b, key, "version") ? 0 : 1
        return reader.skipValue(b)
      }
      format = JSONScanner.equals(b, text, "json")
      return true
    }
    return isRead && format && count == 2 && others == 0
  }

  /// The spans of a document that was checked before; none where it is no segment.
  static func read(
    _ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts, _ issues: inout SpanIssues
  ) -> [TraceSpan] {
    var work = [XRayDocument(at: start)]
    var spans: [TraceSpan] = []
    while var document = work.popLast(), spans.count < most {
      guard let span = document.read(b, &texts) else { continue }
      issues.formUnion(document.builder.issues)
      spans.append(span)
      work += document.subsegments
    }
    return spans
  }
}

/// One segment or subsegment while it is read.
private struct XRayDocument {
  private let at: Int
  /// Whether it stands below another one, which names trace, parent and service.
  private var isSubsegment = false
  var builder = SpanBuilder()
  private var name = Symbol.none
  private var operation = Symbol.none
  private var isCall = false
  private var children: [Int] = []

  init(at: Int) { self.at = at }

  /// The documents below it, once it is read.
  var subsegments: [XRayDocument] {
    children.map { place in
      var child = XRayDocument(at: place)
      child.isSubsegment = true
      child.builder.span.trace = builder.span.trace
      child.builder.span.traceText = builder.span.traceText
      child.builder.span.parent = builder.span.span
      child.builder.span.service = builder.span.service
      child.builder.span.flags.formUnion(builder.span.flags.intersection(.maybeCallee))
      return child
    }
  }

  mutating func read(_ b: Span<UInt8>, _ texts: inout JSONTexts) -> TraceSpan? {
    let isNested = isSubsegment
    var reader = JSONScanner(at: at)
    let isRead = reader.eachMember(b) { reader, key in member(key, b, &reader, &texts) }
    guard isRead, builder.start != nil || builder.span.span != 0 else { return nil }
    // A function behind a queue is linked to who sent the message ("Linked traces").
    builder.span.kind = !isSubsegment ? builder.isLinked ? .consumer : .server : isCall ? .client : .internal
    if builder.isLinked { builder.settleLink() }
    if !isNested {
      builder.span.service = name
      // A subsegment that was sent by itself is named after what is called; who calls, its parent's segment tells.
      if isSubsegment { builder.span.flags.insert(.maybeCallee) }
    }
    if isCall { builder.span.peerService = name }
    builder.span.operation = operation.isNone ? name : operation
    settle()
    return builder.span
  }

  private mutating func member(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    reader.skipSpace(b)
    if isKey("http") { return http(b, &reader, &texts) }
    if isKey("links") { return builder.takeLinks(b, &reader, &texts) }
    if isKey("aws") { return aws(b, &reader, &texts) }
    if isKey("cause") { return cause(b, &reader, &texts) }
    if isKey("start_time") || isKey("end_time") {
      let isStart = isKey("start_time")
      guard case .number(let text)? = reader.scalar(b) else { return reader.failure == .none }
      let time = FieldText.time(b.extracting(text.start..<text.end), unit: .seconds, zoneSeconds: 0)
      if isStart { builder.start = time } else { builder.end = time }
      return true
    }
    if isKey("fault") || isKey("error") || isKey("throttle") {
      let isThrottle = isKey("throttle")
      // A request that was served and refused is the client's failure, as any answer below 500; a call is the caller's.
      let counts = isKey("fault") || isSubsegment
      guard case .bool(true)? = reader.scalar(b) else { return reader.failure == .none }
      if isThrottle { builder.span.httpStatus = max(builder.span.httpStatus, 429) }
      if counts { builder.span.status = .error }
      return true
    }
    if isKey("subsegments") {
      return reader.eachElement(b) { reader in
        reader.skipSpace(b)
        children.append(reader.position)
        return reader.skipValue(b)
      }
    }
    return identity(key, b, &reader, &texts)
  }

  private mutating func identity(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    guard
      isKey("trace_id") || isKey("id") || isKey("parent_id") || isKey("name") || isKey("namespace") || isKey("type")
    else { return reader.skipValue(b) }
    guard let text = reader.keyText(b) else { return false }
    if text.isEmpty { return true }
    if isKey("trace_id") {
      if let id = XRayID.parse(b.extracting(text.start..<text.end)) {
        (builder.span.trace, builder.span.traceText) = (id, .none)
      } else {
        (builder.span.trace, builder.span.traceText) = texts.request(b, text)
      }
    } else if isKey("id") {
      builder.span.span = texts.span(b, text)
    } else if isKey("parent_id") {
      if builder.span.parent == 0 { builder.span.parent = texts.span(b, text) }
    } else if isKey("name") {
      name = texts.symbol(b, text)
    } else if isKey("type") {
      // A subsegment that was sent by itself.
      if JSONScanner.equals(b, text, "subsegment") { isSubsegment = true }
    } else {
      isCall = JSONScanner.equals(b, text, "aws") || JSONScanner.equals(b, text, "remote")
    }
    return true
  }

  private mutating func settle() {
    if let start = builder.start { builder.span.start = start } else { builder.issues.insert(.noTime) }
    // Of what was in progress only the beginning is known.
    if builder.start != nil { builder.span.take(end: builder.end, &builder.issues) }
    if builder.start != nil { builder.span.settleTimes(&builder.issues) }
    if builder.span.trace.isNone || builder.span.span == 0 { builder.issues.insert(.noID) }
  }

  /// `{"request": {"method", "url"}, "response": {"status"}}`.
  private mutating func http(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
    var method = JSONStringSlice(start: 0, end: 0, isEscaped: false)
    var url = method
    let isRead = reader.eachMember(b) { reader, _ in
      reader.eachMember(b) { reader, key in
        func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
        guard isKey("status") || isKey("method") || isKey("url") else { return reader.skipValue(b) }
        guard let value = reader.scalar(b) else { return false }
        switch value {
        case .number(let text) where isKey("status"):
          let status = SpanWords.httpStatus(b.extracting(text.start..<text.end))
          builder.span.httpStatus = max(builder.span.httpStatus, status)
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

  private mutating func aws(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
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

  private mutating func cause(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
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
