// The time stamps of access logs.

internal import Model
internal import Support

enum AccessTime {
  /// `25/Nov/2026:03:00:00 +0100`, `25/Nov/2026:02:00:00.655`: the Common Log Format's date, with HAProxy's milliseconds; the
  /// development servers of Python write a blank for the first colon.
  static func common(_ b: Span<UInt8>, _ r: Range<Int>, zoneSeconds: Int) -> Int64? {
    var i = r.lowerBound
    func number(_ count: Int) -> Int? {
      guard i &+ count <= r.upperBound else { return nil }
      var value = 0
      for k in i..<i &+ count {
        let digit = Int(b[k]) &- 0x30
        guard digit >= 0, digit <= 9 else { return nil }
        value = value &* 10 &+ digit
      }
      i &+= count
      return value
    }
    func take(_ byte: UInt8) -> Bool {
      guard i < r.upperBound, b[i] == byte else { return false }
      i &+= 1
      return true
    }
    guard let day = number(i &+ 1 < r.upperBound && b[i &+ 1] == 0x2F ? 1 : 2), take(0x2F), i &+ 3 <= r.upperBound,
      let month = MonthName.number(b, i)
    else { return nil }
    i &+= 3
    guard take(0x2F), let year = number(4), take(0x3A) || take(0x20), let hour = number(2), take(0x3A),
      let minute = number(2),
      take(0x3A), let second = number(2), day >= 1, day <= 31, hour < 24, minute < 60, second <= 60, year >= 1
    else { return nil }
    var fraction: Int64 = 0
    if i < r.upperBound, b[i] == 0x2E || b[i] == 0x2C {
      i &+= 1
      var scale: Int64 = 100_000
      while i < r.upperBound, b[i] &- 0x30 <= 9 {
        fraction &+= Int64(b[i] &- 0x30) &* scale
        scale /= 10
        i &+= 1
      }
    }
    var offset = zoneSeconds
    if i < r.upperBound {
      guard take(0x20), i < r.upperBound else { return nil }
      if b[i] == 0x2B || b[i] == 0x2D {
        let sign = b[i] == 0x2D ? -1 : 1
        i &+= 1
        guard let hours = number(2) else { return nil }
        _ = take(0x3A)
        guard let minutes = number(2), i == r.upperBound, hours < 24, minutes < 60 else { return nil }
        offset = sign &* (hours &* 3600 &+ minutes &* 60)
      } else {
        // `25/Nov/2026:02:00:00 UTC` of WEBrick.
        let names = LogTimeParser(clock: LogClock(zoneSeconds: 0, lastDay: nil))
        guard let (end, zone) = names.zoneName(b.extracting(0..<r.upperBound), i), end == r.upperBound else {
          return nil
        }
        offset = zone
      }
    }
    let days = Timestamp.days(year: year, month: month, day: day)
    let seconds = days &* 86_400 &+ hour &* 3600 &+ minute &* 60 &+ second &- offset
    return Int64(seconds) &* 1_000_000 &+ fraction
  }

  /// Whether a bracketed date of the Common Log Format stands there: `[25/Nov/`.
  static func isCommon(_ b: Span<UInt8>, _ at: Int) -> Bool {
    guard at &+ 9 < b.count, b[at] == 0x5B, b[at &+ 1] &- 0x30 <= 9 else { return false }
    return b[at &+ 3] == 0x2F && b[at &+ 7] == 0x2F || b[at &+ 2] == 0x2F && b[at &+ 6] == 0x2F
  }

  /// A date and time in any of the forms of log lines, where it fills a field, or with words behind it (env_logger's level and module).
  static func written(_ b: Span<UInt8>, _ r: Range<Int>, zoneSeconds: Int, withWords: Bool = false) -> Int64? {
    guard r.count >= 19 else { return nil }
    let times = LogTimeParser(clock: LogClock(zoneSeconds: zoneSeconds, lastDay: nil))
    guard let time = times.parse(b, r.lowerBound), time.isPlaced, time.end <= r.upperBound else { return nil }
    guard time.end == r.upperBound || withWords && b[time.end] == 0x20 else { return nil }
    return time.time
  }

  /// An ISO 8601 time.
  static func iso(_ b: Span<UInt8>, _ r: Range<Int>, zoneSeconds: Int) -> Int64? {
    guard r.count >= 19, b[r.lowerBound &+ 4] == 0x2D, b[r.lowerBound &+ 7] == 0x2D else { return nil }
    return Timestamp.parse(b.extracting(r), assumedOffsetSeconds: zoneSeconds)?.microseconds
  }
}
