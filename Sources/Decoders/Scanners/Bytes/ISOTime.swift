// The usual time stamp, `2026-01-01T02:00:00.123456`, read eight bytes at a time.

internal import Support

/// A date and a time of day as nearly every program writes them (ISO 8601 extended, RFC 3339, log4j's own form with a blank).
///
/// Verified speculation: what is not exactly of this form, or might mean anything else, is left to the general readers, which
/// read the same value from the same bytes.
struct ISOTime {
  /// Days since the epoch.
  var day: Int
  /// Microseconds of the day; what is behind the sixth digit of a fraction is cut off.
  var micros: Int
  /// One past the last digit.
  var end: Int
  var hasFraction: Bool

  /// Reads `YYYY-MM-DD`, `T` or a blank, `HH:MM:SS`, and a fraction of one to nine digits behind `.` or `,`.
  @inline(__always) static func read(_ b: Span<UInt8>, _ start: Int) -> ISOTime? {
    guard start &+ 19 <= b.count, b[start &+ 10] == 0x54 || b[start &+ 10] == 0x20, b[start &+ 16] == 0x3A else {
      return nil
    }
    // The digits' values in their bytes, 0 in those of the marks.
    let date = JSONScanner.load8(b, start) ^ 0x2D30_302D_3030_3030
    let clock = JSONScanner.load8(b, start &+ 8) ^ (0x3030_3A30_3000_3030 | UInt64(b[start &+ 10]) &<< 16)
    guard
      (date | clock | (date &+ 0x7676_7676_7676_7676) | (clock &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0,
      date & 0xFF00_00FF_0000_0000 == 0, clock & 0x0000_FF00_00FF_0000 == 0
    else { return nil }
    let (tens, ones) = (b[start &+ 17] &- 0x30, b[start &+ 18] &- 0x30)
    guard tens <= 9, ones <= 9 else { return nil }
    let year = pair(date, 0) &* 100 &+ pair(date, 16)
    let (month, day) = (pair(date, 40), pair(clock, 0))
    let (hour, minute, second) = (pair(clock, 24), pair(clock, 48), Int(tens) &* 10 &+ Int(ones))
    guard year >= 1970, month >= 1, month <= 12, day >= 1, day <= 31, hour < 24, minute < 60, second < 60 else {
      return nil
    }
    var time = ISOTime(
      day: Timestamp.days(year: year, month: month, day: day),
      micros: (hour &* 3600 &+ minute &* 60 &+ second) &* 1_000_000, end: start &+ 19, hasFraction: false)
    guard time.end < b.count else { return time }
    if b[time.end] &- 0x30 <= 9 { return nil }
    if b[time.end] == 0x2E || b[time.end] == 0x2C { guard time.readFraction(b) else { return nil } }
    return time
  }

  /// Two digits in neighbouring bytes of a word.
  @inline(__always) private static func pair(_ word: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (word &>> shift & 0xF) &* 10 &+ word &>> (shift &+ 8) & 0xF)
  }

  /// Reads the digits behind the mark at `end`; false where there are none or too many.
  @inline(__always) private mutating func readFraction(_ b: Span<UInt8>) -> Bool {
    let first = end &+ 1
    var i = first
    var value = 0
    while i < b.count, b[i] &- 0x30 <= 9, i &- first < 10 {
      if i &- first < 6 { value = value &* 10 &+ Int(b[i] &- 0x30) }
      i &+= 1
    }
    let places = i &- first
    guard places > 0, places <= 9 else { return false }
    switch places {
    case 1: value = value &* 100_000
    case 2: value = value &* 10_000
    case 3: value = value &* 1000
    case 4: value = value &* 100
    case 5: value = value &* 10
    default: break
    }
    micros = micros &+ value
    end = i
    hasFraction = true
    return true
  }
}
