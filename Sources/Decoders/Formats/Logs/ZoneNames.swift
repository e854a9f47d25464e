// Time zones by their names.

extension LogTimeParser {
  /// A zone by its name.
  ///
  /// Only names with one meaning in practice: those of RFC 2822 §4.3 and of the tz database's European, Japanese, Korean,
  /// Russian and Australian zones. `IST` (India, Israel, Ireland) is not among them.
  func zoneName(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int)? {
    var key: UInt32 = 0
    var count = 0
    while count < 5, byte(line, start + count) &- 0x41 < 26 {
      key = key << 8 | UInt32(line[start + count])
      count += 1
    }
    guard count == 3 || count == 4, isBorder(line, start + count), let seconds = Self.zones[key] else { return nil }
    return (start + count, seconds)
  }

  private static let zones: [UInt32: Int] = {
    var table: [UInt32: Int] = [:]
    for (name, minutes) in [
      ("UTC", 0), ("GMT", 0), ("WET", 0), ("WEST", 60), ("BST", 60), ("CET", 60), ("CEST", 120), ("MET", 60),
      ("MEST", 120), ("EET", 120), ("EEST", 180), ("MSK", 180), ("EST", -300), ("EDT", -240), ("CST", -360),
      ("CDT", -300), ("MST", -420), ("MDT", -360), ("PST", -480), ("PDT", -420), ("AKST", -540), ("AKDT", -480),
      ("HST", -600), ("JST", 540), ("KST", 540), ("HKT", 480), ("SGT", 480), ("AWST", 480), ("ACST", 570),
      ("AEST", 600), ("AEDT", 660), ("NZST", 720), ("NZDT", 780), ("SAST", 120),
    ] {
      table[name.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = minutes * 60
    }
    return table
  }()
}
