// Errors of Elastic APM as its server stores them.

internal import Support

/// Finds what an error's document says, whose message lies in a list (APM Server, "Error documents": `processor.event` is `error`,
/// `error.exception` the errors, each the cause of the one before it, `error.log` what was logged).
enum StoredError {
  /// The document with its message and its level in front; nil where it is none of an error.
  static func record(_ b: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    var error = 0
    var isError = false
    var reader = JSONScanner(at: range.lowerBound)
    _ = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "processor"), reader.peek(b) == 0x7B {
        return reader.eachMember(b) { reader, key in isEvent(b, key, &reader, &isError) }
      }
      if JSONScanner.equals(b, key, "error"), reader.peek(b) == 0x7B { error = reader.position }
      return JSONScanner.equals(b, key, "processor.event")
        ? isEvent(b, key, &reader, &isError, isWhole: true) : reader.skipValue(b)
    }
    guard isError, error > 0 else { return nil }
    var text: [UInt8] = []
    var level = Array("error".utf8)
    reader = JSONScanner(at: error)
    _ = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "log") {
        if let logged = loggedLevel(b, at: reader) { level = logged }
        return take(b, &reader, &text)
      }
      guard JSONScanner.equals(b, key, "exception"), reader.peek(b) == 0x5B else { return reader.skipValue(b) }
      return reader.eachElement(b) { reader in take(b, &reader, &text) }
    }
    guard !text.isEmpty else { return nil }
    var record = Array(#"{"log.level":""#.utf8)
    record += level
    record += Array(#"","message":""#.utf8)
    record += text
    record += Array("\",".utf8)
    record.append(copying: b.extracting(range.lowerBound + 1..<range.upperBound))
    return record
  }

  /// The level at which an error was logged; nil where it names none.
  private static func loggedLevel(_ b: Span<UInt8>, at place: JSONScanner) -> [UInt8]? {
    var reader = place
    var level: [UInt8]?
    guard reader.peek(b) == 0x7B else { return nil }
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "level"), reader.peek(b) == 0x22 else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      let word = b.extracting(text.start..<text.end)
      if !FieldText.severity(word).isUnknown { level = [UInt8](copying: word) }
      return true
    }
    return level
  }

  private static func isEvent(
    _ b: Span<UInt8>, _ key: JSONStringSlice, _ reader: inout JSONScanner, _ isError: inout Bool, isWhole: Bool = false
  ) -> Bool {
    guard isWhole || JSONScanner.equals(b, key, "event") else { return reader.skipValue(b) }
    guard let text = reader.keyText(b) else { return false }
    isError = JSONScanner.equals(b, text, "error")
    return true
  }

  /// Takes `TYPE: MESSAGE` of the first object that has any, its escapes as they stand.
  private static func take(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ text: inout [UInt8]) -> Bool {
    var type: JSONStringSlice?
    var message: JSONStringSlice?
    let isRead = reader.eachMember(b) { reader, key in
      let isType = JSONScanner.equals(b, key, "type")
      guard isType || JSONScanner.equals(b, key, "message"), reader.peek(b) == 0x22 else { return reader.skipValue(b) }
      guard let found = reader.keyText(b) else { return false }
      if isType { type = found } else { message = found }
      return true
    }
    guard text.isEmpty else { return isRead }
    if let type { text.append(copying: b.extracting(type.start..<type.end)) }
    if type != nil, message != nil { text += [0x3A, 0x20] }
    if let message { text.append(copying: b.extracting(message.start..<message.end)) }
    return isRead
  }
}
