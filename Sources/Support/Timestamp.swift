/// Times and durations of the whole program.
///
/// A time is an `Int64` of microseconds since 1970-01-01T00:00:00Z; a duration is an `Int64` of microseconds. `Timestamp`
/// wraps the first where it is printed or parsed; rows and columns hold the bare integer.
@usableFromInline package struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since the epoch, UTC.
  @usableFromInline package var microseconds: Int64

  package init(_ microseconds: Int64) { self.microseconds = microseconds }

  @inlinable package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// Days since the epoch of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms").
  @inlinable package static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date of a day number, the inverse of `days`.
  package static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// RFC 3339 in UTC with six fractional digits: `2026-01-01T00:00:00.000000Z`.
  package var rfc3339: String {
    let (day, rest) = Self.split(microseconds)
    let (year, month, dayOfMonth) = Self.date(days: day)
    let second = rest / 1_000_000
    return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(dayOfMonth, 2) + "T"
      + Self.padded(second / 3600, 2) + ":" + Self.padded(second / 60 % 60, 2) + ":" + Self.padded(second % 60, 2)
      + "." + Self.padded(rest % 1_000_000, 6) + "Z"
  }

  /// Parses RFC 3339 (`T` or a space, any number of fractional digits, `Z` or an offset, or nothing: then UTC).
  ///
  /// - Returns: nil where the text is no such time or lies outside the years 1 to 9999.
  package init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard let time = Self.parse(bytes.span, assumedOffsetSeconds: 0) else { return nil }
    self = time
  }

  /// Parses a date and time out of bytes: `YYYY-MM-DD`, `T`, a space or `_`, `HH:MM[:SS[.,fraction]]`, an optional zone.
  ///
  /// - Parameters:
  ///   - text: the bytes of the time and nothing else.
  ///   - assumedOffsetSeconds: the zone of a time that names none, as seconds east of UTC.
  /// - Returns: nil where the text is no such time.
  package static func parse(_ text: Span<UInt8>, assumedOffsetSeconds: Int) -> Timestamp? {
    var cursor = 0
    func digits(_ count: Int) -> Int? {
      guard cursor + count <= text.count else { return nil }
      var value = 0
      for i in cursor..<cursor + count {
        let digit = Int(text[i]) - 48
        guard digit >= 0, digit <= 9 else { return nil }
        value = value * 10 + digit
      }
      cursor += count
      return value
    }
    func accept(_ options: UInt8...) -> Bool {
      guard cursor < text.count, options.contains(text[cursor]) else { return false }
      cursor += 1
      return true
    }
    guard let year = digits(4), accept(0x2D, 0x2F), let month = digits(2), accept(0x2D, 0x2F), let day = digits(2),
      (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
      accept(0x54, 0x74, 0x20, 0x5F), let hour = digits(2), accept(0x3A), let minute = digits(2), hour <= 24,
      minute <= 59
    else { return nil }
    var second = 0
    var fraction = 0
    if accept(0x3A) {
      guard let value = digits(2), value <= 60 else { return nil }
      second = value
      if accept(0x2E, 0x2C) {
        var scale = 100_000
        let first = cursor
        while cursor < text.count, text[cursor] >= 48, text[cursor] <= 57 {
          fraction += Int(text[cursor] - 48) * scale
          scale /= 10
          cursor += 1
        }
        guard cursor > first else { return nil }
      }
    }
    var offset = assumedOffsetSeconds
    if cursor < text.count, text[cursor] == 0x20, cursor + 1 < text.count { cursor += 1 }
    if accept(0x5A, 0x7A) {
      offset = 0
    } else if cursor < text.count, text[cursor] == 0x2B || text[cursor] == 0x2D {
      let sign = text[cursor] == 0x2D ? -1 : 1
      cursor += 1
      guard let hours = digits(2) else { return nil }
      _ = accept(0x3A)
      let minutes = digits(2) ?? 0
      guard hours <= 23, minutes <= 59 else { return nil }
      offset = sign * (hours * 3600 + minutes * 60)
    }
    guard cursor == text.count else { return nil }
    let seconds = days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Timestamp(Int64(seconds) * 1_000_000 + Int64(fraction))
  }

  private static func split(_ microseconds: Int64) -> (day: Int, rest: Int) {
    let perDay: Int64 = 86_400_000_000
    let clamped = min(max(microseconds, -62_135_596_800_000_000), 253_402_300_799_999_999)
    let day = clamped >= 0 ? clamped / perDay : (clamped - perDay + 1) / perDay
    return (Int(day), Int(clamped - day * perDay))
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
