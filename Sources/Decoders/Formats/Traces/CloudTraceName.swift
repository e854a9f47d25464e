// The names that Cloud Logging gives to traces.

/// `projects/PROJECT/traces/ID` (LogEntry, "trace").
enum CloudTraceName {
  /// Where the id lies in what names a trace; a text of another form is the id.
  static func id(_ b: Span<UInt8>, _ name: Range<Int>) -> Range<Int> {
    guard JSONScanner.matches(b, name.lowerBound, "projects/"), let slash = name.last(where: { b[$0] == 0x2F }) else {
      return name
    }
    return slash &+ 1..<name.upperBound
  }
}
