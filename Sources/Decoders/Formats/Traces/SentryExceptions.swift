// Errors of Sentry that say what happened in their exception alone.

internal import Model
internal import Support

/// Reads the exceptions of an event ("Exception Interface" of Sentry's event payloads): `exception.values`, the one that was thrown last at
/// the end, each with its `type` and `value`.
enum SentryExceptions {
  /// `TYPE: VALUE` of the exception that ended it; nil where the object has none, or is no event of Sentry.
  static func text(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) -> [UInt8]? {
    var reader = JSONScanner(at: start)
    guard reader.peek(b) == 0x7B else { return nil }
    var exception = 0
    var isSentry = false
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      if JSONScanner.equals(b, key, "exception") { exception = reader.position }
      if JSONScanner.equals(b, key, "event_id") { isSentry = true }
      return reader.skipValue(b)
    }
    guard isSentry, exception > 0 else { return nil }
    reader = JSONScanner(at: exception)
    // Older clients wrote the list itself.
    if reader.peek(b) == 0x5B { return last(b, &reader, &texts) }
    guard reader.peek(b) == 0x7B else { return nil }
    var found: [UInt8]?
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "values"), reader.peek(b) == 0x5B else { return reader.skipValue(b) }
      found = last(b, &reader, &texts)
      return reader.failure == .none
    }
    return found
  }

  private static func last(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> [UInt8]? {
    var type: JSONStringSlice?
    var value: JSONStringSlice?
    let isRead = reader.eachElement(b) { reader in
      guard reader.peek(b) == 0x7B else { return reader.skipValue(b) }
      (type, value) = (nil, nil)
      return reader.eachMember(b) { reader, key in
        let isType = JSONScanner.equals(b, key, "type")
        guard isType || JSONScanner.equals(b, key, "value") else { return reader.skipValue(b) }
        guard let read = reader.scalar(b) else { return false }
        if case .text(let text) = read { if isType { type = text } else { value = text } }
        return true
      }
    }
    guard isRead, type != nil || value != nil else { return nil }
    var out: [UInt8] = []
    if let type { texts.unescape(b, type, into: &out) }
    if let value, !value.isEmpty {
      if !out.isEmpty { out += [0x3A, 0x20] }
      texts.unescape(b, value, into: &out)
    }
    return out
  }
}
