internal import Model
internal import Support

/// Times as a report shows them: within one day without the date, which then stands once at the top.
struct TimeFormat: Hashable, Sendable {
  /// The day that needs no saying, as `2026-01-01`; nil where the times lie on several.
  let day: Substring?

  init(_ window: (start: Int64, end: Int64)?) {
    let days = window.map { (Self.date($0.start), Self.date($0.end)) }
    day = days.flatMap { $0.0 == $0.1 ? $0.0 : nil }
  }

  private static func date(_ time: Int64) -> Substring { Timestamp(time).rfc3339.prefix(10) }

  private func dated(_ time: Int64, _ clock: String) -> String {
    let date = Self.date(time)
    return date == day ? clock : date + " " + clock
  }

  /// To the second, `00:10:01`.
  func time(_ time: Int64) -> String { dated(time, String(Self.clock(time).prefix(8))) }

  /// To the millisecond: for the order of what happened within a second.
  func exact(_ time: Int64) -> String { dated(time, Self.clock(time)) }

  /// Exactly, or where no more is known between which times: `00:12 to 00:13`.
  func exact(_ time: Int64, between times: ClosedRange<Int64>?) -> String {
    guard let times else { return exact(time) }
    let isWhole = [times.lowerBound, times.upperBound].allSatisfy { $0 % 60_000_000 == 0 }
    let (from, to) = (times.lowerBound, times.upperBound)
    return isWhole ? minute(from) + " to " + minute(to) : self.time(from) + " to " + self.time(to)
  }

  /// To the minute, as sentences have it.
  func minute(_ time: Int64) -> String { dated(time, String(Self.clock(time).prefix(5))) }

  /// `00:12 to 00:16 UTC`; to the second where both lie in one minute.
  func range(_ start: Int64, _ end: Int64) -> String {
    let isShort = end.subtractingSaturated(start) < 120_000_000
    let (from, to) = isShort ? (time(start), time(end)) : (minute(start), minute(end))
    if from == to { return "at " + from + " UTC" }
    let sameDay = Self.date(start) == Self.date(end) && Self.date(start) != day
    return from + " to " + (sameDay ? String(to.dropFirst(11)) : to) + " UTC"
  }

  /// The time of the day alone, `00:10:01.500`.
  static func clock(_ microseconds: Int64) -> String {
    String(Timestamp(microseconds).rfc3339.dropFirst(11).prefix(12))
  }
}
