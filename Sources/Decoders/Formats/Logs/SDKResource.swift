// The resource as OpenTelemetry's exporters for the console print it beside log records.

/// Finds the service's name in what is no object of keys and values.
enum SDKResource {
  private static let key: StaticString = "service.name"

  /// In a list of attributes, `[{"Key": "service.name", "Value": {"Type": "STRING", "Value": "orders"}}]` (Go's stdoutlog).
  static func service(_ b: Span<UInt8>, at start: Int) -> JSONStringSlice? {
    guard start < b.count, b[start] == 0x5B else { return nil }
    var found: JSONStringSlice?
    var reader = JSONScanner(at: start)
    _ = reader.eachElement(b) { reader in
      guard reader.peek(b) == 0x7B else { return reader.skipValue(b) }
      var isName = false
      var value: JSONStringSlice?
      let isRead = reader.eachMember(b) { reader, key in
        if JSONScanner.equals(b, key, "Key"), reader.peek(b) == 0x22 {
          guard let text = reader.string(b) else { return false }
          isName = JSONScanner.equals(b, text, Self.key)
          return true
        }
        guard JSONScanner.equals(b, key, "Value"), reader.peek(b) == 0x7B else { return reader.skipValue(b) }
        return reader.eachMember(b) { reader, key in
          guard JSONScanner.equals(b, key, "Value"), reader.peek(b) == 0x22 else { return reader.skipValue(b) }
          value = reader.string(b)
          return value != nil
        }
      }
      if isName, found == nil { found = value }
      return isRead
    }
    return found
  }

  /// In a dictionary as Python prints it, `{'service.name': 'orders'}` (the older exporters for the console).
  static func service(_ b: Span<UInt8>, printed text: JSONStringSlice) -> JSONStringSlice? {
    guard !text.isEscaped, text.count > 20, text.count < 4096 else { return nil }
    var i = text.start
    while i < text.end {
      i = ByteScan.find(0x27, in: b, from: i) + 1
      guard i < text.end else { return nil }
      if JSONScanner.matches(b, i, "service.name': '") {
        let start = i + 16
        let end = ByteScan.find(0x27, in: b, from: start)
        return end < text.end ? JSONStringSlice(start: start, end: end, isEscaped: false) : nil
      }
    }
    return nil
  }
}
