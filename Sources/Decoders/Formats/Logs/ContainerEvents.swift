// What `docker events --format '{{json .}}'` tells of containers.

internal import Model

/// Reads one event of a container runtime's API as JSON (Docker Engine API, "Monitor events"): `Type`, `Action`, `Actor.Attributes`.
enum ContainerEvents {
  /// The start or the end that the object at a place tells, ranges within `b`; nil for any other object.
  static func read(_ b: Span<UInt8>, at start: Int) -> ChildReport? {
    var reader = JSONScanner(at: start)
    var isContainer = false
    var action: JSONStringSlice?
    var attributes: (name: JSONStringSlice?, exitCode: JSONStringSlice?) = (nil, nil)
    _ = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "Actor"), reader.peek(b) == 0x7B {
        return reader.eachMember(b) { reader, key in
          guard JSONScanner.equals(b, key, "Attributes"), reader.peek(b) == 0x7B else { return reader.skipValue(b) }
          return reader.eachMember(b) { reader, key in
            guard case .text(let text)? = reader.scalar(b) else { return reader.failure == .none }
            if JSONScanner.equals(b, key, "name") { attributes.name = text }
            if JSONScanner.equals(b, key, "exitCode") { attributes.exitCode = text }
            return true
          }
        }
      }
      guard case .text(let text)? = reader.scalar(b) else { return reader.failure == .none }
      if JSONScanner.equals(b, key, "Type") { isContainer = JSONScanner.equals(b, text, "container") }
      if JSONScanner.equals(b, key, "Action") { action = text }
      return true
    }
    guard isContainer, let action, let name = attributes.name, !name.isEmpty, !name.isEscaped else { return nil }
    let child = name.start..<name.end
    if JSONScanner.equals(b, action, "start") { return ChildReport(child: child, change: .started) }
    guard JSONScanner.equals(b, action, "die"), let code = attributes.exitCode,
      let number = FieldText.int(b.extracting(code.start..<code.end))
    else { return nil }
    return ChildReport(child: child, change: .ended(SupervisorLines.reason(exitCode: number)))
  }
}
