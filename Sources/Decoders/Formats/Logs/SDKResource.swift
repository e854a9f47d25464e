// The resource as OpenTelemetry's exporters for the console print it beside log records.

/// Finds the service's name in what is no object of keys and values.
enum SDKResource {
  /// In a list of attributes, `[{"Key": "service.name", "Value": {"Type": "STRING", "Value": "orders"}}]` (Go's stdoutlog).
  static func service(_ b: Span<UInt8>, at start: Int) -> JSONStringSlice? {
    guard start < b.count, b[start] == 0x5B else { return nil }
    var found: JSONStringSlice?
    var reader = JSONScanner(at: start)
    _ = reader.eachElement(b) { reader in
      guard let pair = NamedSpans.pair(b, &reader) else { return reader.failure == .none }
      if found == nil, JSONScanner.equals(b, pair.key, "service.name"), case .text(let text) = pair.value {
        found = text
      }
      return true
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
