// Structural events as JSON lines: the way in for any program that prints its own.

internal import Model
internal import Support

/// Reads one event line; `EventLine` in Model writes them and documents their keys.
enum EventLineDecoder {
  /// The kinds with their names' bytes: no text is made for each event.
  private static let kinds = EventKind.allCases.map { ($0, Array($0.name.utf8)) }

  private static func kind(_ name: Span<UInt8>) -> EventKind? {
    next: for (kind, bytes) in kinds where bytes.count == name.count {
      for i in bytes.indices where bytes[i] != name[i] { continue next }
      return kind
    }
    return nil
  }

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
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
      let text: JSONStringSlice
      switch value {
      case .text(let found), .number(let found): text = found
      case .bool(let flag):
        if key.count == 7, isKey("success") { success = flag }
        continue
      case .other: continue
      }
      let bytes = b.extracting(text.start..<text.end)
      switch key.count {
      case 4 where isKey("time"):
        if let time = FieldText.time(bytes, unit: .inferred, zoneSeconds: zoneSeconds) { event.time = time }
      case 4 where isKey("kind"): kind = Self.kind(bytes)
      case 4 where isKey("span"): event.span = texts.span(b, text)
      case 9 where isKey("component"): event.component = texts.symbol(b, text)
      case 9 where isKey("operation"): event.operation = texts.symbol(b, text)
      case 7 where isKey("request"): (event.request, event.requestText) = texts.request(b, text)
      case 6 where isKey("parent"): event.parent = texts.span(b, text)
      case 5 where isKey("state"), 6 where isKey("target") || isKey("source") || isKey("reason"),
        7 where isKey("subject"), 8 where isKey("resource"):
        event.subject = texts.symbol(b, text)
      case 7 where isKey("failure"): event.failure = FailureKind(name: FieldText.text(bytes)) ?? .unknown
      case 8 where isKey("severity"): event.severity = severity(ofField: bytes)
      case 7 where isKey("message"), 8 where isKey("template"): event.message = texts.symbol(b, text)
      case 7 where isKey("attempt"):
        if let attempt = FieldText.int(bytes) { event.attempt = UInt8(truncatingIfNeeded: min(max(attempt, 1), 255)) }
      case 9 where isKey("latencyUs"):
        if let latency = FieldText.int(bytes) { event.latency = max(latency, -1) }
      case 5 where isKey("value") || isKey("depth"):
        if let number = FieldText.double(bytes), number.isFinite { event.value = number }
      default: break
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
