// Structural events as JSON lines: the way in for any program that prints its own.

internal import Model
internal import Support

/// Reads one event line; `EventLine` in Core writes them and documents their keys.
enum EventLineDecoder {
  /// Reads the object at a place that was checked before.
  static func read(
    _ b: Span<UInt8>, at start: Int, source: SourceRef, zoneSeconds: Int, _ texts: inout JSONTexts
  ) -> Result<StructuralEvent, EventProblem> {
    var event = StructuralEvent(time: .min, component: .none, kind: .heartbeat, source: source)
    var kind: EventKind?
    var success: Bool?
    var reader = JSONScanner(at: start + 1)
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      guard let value = reader.scalar(b) else { break }
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      let text: JSONStringSlice
      switch value {
      case .text(let found), .number(let found): text = found
      case .bool(let flag):
        if isKey("success") { success = flag }
        continue
      case .other: continue
      }
      let bytes = b.extracting(text.start..<text.end)
      if isKey("time") {
        if let time = FieldText.time(bytes, unit: .inferred, zoneSeconds: zoneSeconds) { event.time = time }
      } else if isKey("kind") {
        kind = EventKind(name: FieldText.text(bytes))
      } else if isKey("component") {
        event.component = texts.symbol(b, text)
      } else if isKey("operation") {
        event.operation = texts.symbol(b, text)
      } else if isKey("request") {
        (event.request, event.requestText) = texts.request(b, text)
      } else if isKey("span") {
        event.span = texts.span(b, text)
      } else if isKey("parent") {
        event.parent = texts.span(b, text)
      } else if isKey("target") || isKey("source") || isKey("resource") || isKey("state") || isKey("reason")
        || isKey("subject")
      {
        event.subject = texts.symbol(b, text)
      } else if isKey("failure") {
        event.failure = FailureKind(name: FieldText.text(bytes)) ?? .unknown
      } else if isKey("severity") {
        event.severity = severity(ofField: bytes)
      } else if isKey("message") || isKey("template") {
        event.message = texts.symbol(b, text)
      } else if isKey("attempt") {
        if let attempt = FieldText.int(bytes) { event.attempt = UInt8(truncatingIfNeeded: min(max(attempt, 1), 255)) }
      } else if isKey("latencyUs") {
        if let latency = FieldText.int(bytes) { event.latency = max(latency, -1) }
      } else if isKey("value") || isKey("depth") {
        if let number = FieldText.double(bytes), number.isFinite { event.value = number }
      }
    }
    guard let kind else { return .failure(.unknownKind) }
    guard event.time != .min else { return .failure(.noTime) }
    event.kind = kind
    event.succeeded = success ?? (event.failure == nil && event.severity < .error)
    return .success(event)
  }
}

/// What is wrong with an event line; its name is the reason in the record counts.
enum EventProblem: String, Error {
  case noTime
  case unknownKind
}
