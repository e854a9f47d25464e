// Sequences of JSON texts, each behind a separator.

/// RFC 7464, `application/json-seq`: a record separator in front of each text, a line feed behind it (`journalctl -o json-seq`,
/// `jq --seq`). A text that was cut ends where the next separator stands (§2.3).
enum JSONSequence {
  static let separator: UInt8 = 0x1E

  /// Whether a separator stands at a place.
  static func begins(_ b: Span<UInt8>, _ at: Int) -> Bool { at >= 0 && at < b.count && b[at] == separator }

  /// The next separator behind a place; nil where there is none.
  static func next(in b: Span<UInt8>, behind start: Int) -> Int? {
    let next = ByteScan.find(separator, in: b, from: start &+ 1)
    return next < b.count ? next : nil
  }
}
