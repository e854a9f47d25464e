// Time zones by their names.

internal import Model
internal import Support

extension LogTimeParser {
  /// A zone by its name.
  ///
  /// Only names with one meaning in practice: those of RFC 2822 §4.3 and of the tz database's European, Japanese, Korean,
  /// Russian and Australian zones. `IST` (India, Israel, Ireland) is not among them; `CST` is America's Central unless the file tells of
  /// China (`AmbiguousZones`).
  func zoneName(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int)? {
    var key: UInt32 = 0
    var count = 0
    while count < 5, byte(line, start + count) &- 0x41 < 26 {
      key = key << 8 | UInt32(line[start + count])
      count += 1
    }
    // Nearly all that stands there is a level, and five letters are none of these.
    guard count == 3 || count == 4, key != Self.info, key != Self.warn, isBorder(line, start + count),
      let seconds = (key == Self.central ? clock.central : nil) ?? Self.zones[key]
        ?? (byte(line, start + count) == 0x20 && byte(line, start + count + 1) == 0x5B ? Self.words[key] : nil)
    else { return nil }
    return seconds == 0 ? distance(line, start + count) : (start + count, seconds)
  }

  private static let info: UInt32 = 0x494E_464F
  private static let warn: UInt32 = 0x5741_524E

  /// A zone whose name is a word, where nothing but a zone can stand.
  func zoneWord(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int)? {
    var key: UInt32 = 0
    var count = 0
    while count < 4, (byte(line, start + count) | 0x20) &- 0x61 < 26 {
      key = key << 8 | UInt32(line[start + count])
      count += 1
    }
    return Self.words[key].map { (start + count, $0) }
  }

  /// `+1`, `-03`, `+05:30` right behind `GMT` or `UTC`; nothing there is no distance.
  private func distance(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int) {
    let sign = byte(line, start)
    guard sign == 0x2B || sign == 0x2D else { return (start, 0) }
    var i = start + 1
    func number(_ line: Span<UInt8>) -> Int? {
      let first = i
      var value = 0
      while i - first < 2, byte(line, i) &- 0x30 <= 9 {
        value = value * 10 + Int(line[i] &- 0x30)
        i += 1
      }
      return i > first ? value : nil
    }
    guard let hours = number(line), hours <= 14 else { return (start, 0) }
    var minutes = 0
    // `GMT+0100` of JavaScript's dates, `UTC+05:30`.
    if byte(line, i) == 0x3A, byte(line, i + 1) &- 0x30 <= 9 { i += 1 }
    if byte(line, i) &- 0x30 <= 9 {
      guard let rest = number(line), rest < 60 else { return (start, 0) }
      minutes = rest
    }
    guard isBorder(line, i) else { return (start, 0) }
    return (i, (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60))
  }

  /// One past the name of a zone that means several (India, Ireland, Israel): the time is one without a zone, and the name nobody's.
  func ambiguousZone(_ line: Span<UInt8>, _ start: Int) -> Int? {
    JSONScanner.matches(line, start, "IST") && isBorder(line, start + 3) ? start + 3 : nil
  }

  /// `CST` as `key` makes it.
  private static let central: UInt32 = 0x43_5354

  /// A zone by the name of a place in the tz database, `Europe/Berlin`, as PHP writes it behind its times (`error_log`).
  ///
  /// - Parameters:
  ///   - line: the whole line.
  ///   - start: where the name begins.
  ///   - local: seconds since the epoch, as if the time were UTC.
  /// - Returns: what the place's clocks were ahead of UTC then; where they tell a time twice, its first occurrence.
  func zonePlace(_ line: Span<UInt8>, _ start: Int, local: Int) -> (end: Int, seconds: Int)? {
    var end = start
    while end < line.count, end - start < 40, Self.isPlaceName(line[end]) { end += 1 }
    guard end - start > 5, Self.areas.contains(where: { JSONScanner.matches(line, start, $0) }),
      let seconds = ZonePlaces.seconds(of: line.extracting(start..<end), local: local)
    else { return nil }
    return (end, seconds)
  }

  private static func isPlaceName(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte == 0x2F || byte == 0x5F || byte == 0x2D || byte == 0x2B || byte &- 0x30 <= 9
  }

  private static let areas: [StaticString] = [
    "Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Indian/", "Antarctica/", "Etc/",
  ]

  private static let zones: [UInt32: Int] = {
    var table: [UInt32: Int] = [:]
    for (name, minutes) in [
      ("UTC", 0), ("GMT", 0), ("WET", 0), ("WEST", 60), ("BST", 60), ("CET", 60), ("CEST", 120), ("MET", 60),
      ("MEST", 120), ("EET", 120), ("EEST", 180), ("MSK", 180), ("EST", -300), ("EDT", -240), ("CST", -360),
      ("CDT", -300), ("MST", -420), ("MDT", -360), ("PST", -480), ("PDT", -420), ("AKST", -540), ("AKDT", -480),
      ("HST", -600), ("JST", 540), ("KST", 540), ("HKT", 480), ("SGT", 480), ("AWST", 480), ("ACST", 570),
      ("AEST", 600), ("AEDT", 660), ("NZST", 720), ("NZDT", 780), ("SAST", 120), ("EAT", 180), ("CAT", 120),
      ("WAT", 60),
      ("PKT", 300), ("WIB", 420), ("WITA", 480), ("PHT", 480), ("NDT", -150), ("IDT", 180),
      ("HDT", -540),
      // What Java's `z` writes in German and in French (CLDR, "Europe_Western", "Europe_Central", "Europe_Eastern").
      ("WEZ", 0), ("WESZ", 60), ("MEZ", 60), ("MESZ", 120), ("OEZ", 120), ("OESZ", 180), ("HNEC", 60), ("HAEC", 120),
      ("HEEC", 120), ("HNEE", 120), ("HAEE", 180), ("HNEO", 0), ("HAEO", 60),
    ] {
      table[key(name)] = minutes * 60
    }
    return table
  }()

  /// Zones whose names are words: only in front of a bracket.
  private static let words = [
    key("CAT"): 7200, key("WIT"): 32_400, key("NST"): -12_600, key("SST"): -39_600, key("ChST"): 36_000,
  ]

  private static func key(_ name: String) -> UInt32 { name.utf8.reduce(0) { $0 << 8 | UInt32($1) } }
}
