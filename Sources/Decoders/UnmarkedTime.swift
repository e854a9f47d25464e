// Dates and times whose digits stand together.

internal import Support

extension FieldText {
  /// A field that is `20261125020000` with or without a fraction and a zone. As a number since the epoch it would be of the year 2286
  /// at the earliest.
  static func unmarked(_ b: Span<UInt8>, _ times: LogTimeParser) -> LogTime? {
    guard mayBeUnmarked(b) else { return nil }
    let digits = times.run(b, 0)
    guard digits == 14 || digits == 17 || digits == 20, let time = times.digitsOnly(b, 0, digits), time.end == b.count
    else { return nil }
    return time
  }

  /// Whether a field begins with a year of this century or the last one and a digit that a month and a minute may begin with.
  static func mayBeUnmarked(_ b: Span<UInt8>) -> Bool {
    b.count >= 14 && b.count <= 32 && (b[0] == 0x32 && b[1] == 0x30 || b[0] == 0x31 && b[1] == 0x39)
      && b[4] &- 0x30 <= 1 && b[10] &- 0x30 <= 5
  }
}
