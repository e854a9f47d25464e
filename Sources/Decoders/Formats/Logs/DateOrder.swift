// Whether the dates of a file name the day or the month first.

internal import Support

/// The order of day and month in dates like `11/10/2026`; one file has one order.
enum DateOrder: Sendable {
  case dayFirst
  case monthFirst

  /// The order that a sample of lines tells, nil where their dates leave it open or there are none.
  ///
  /// A number over twelve decides. Otherwise the order is taken under which the dates lie closer together (a log covers few
  /// days), then the one that puts them nearer to the night.
  static func learned(from text: Span<UInt8>, _ lines: [Range<Int>], clock: LogClock) -> DateOrder? {
    var overs = (first: 0, second: 0)
    var span = (day: (low: Int.max, high: Int.min), month: (low: Int.max, high: Int.min))
    for range in lines {
      guard let (first, second, year) = date(text, range) else { continue }
      if first > 12 { overs.first += 1 }
      if second > 12 { overs.second += 1 }
      guard first <= 12, second <= 12 else { continue }
      let asDay = Timestamp.days(year: year, month: second, day: first)
      let asMonth = Timestamp.days(year: year, month: first, day: second)
      span.day = (min(span.day.low, asDay), max(span.day.high, asDay))
      span.month = (min(span.month.low, asMonth), max(span.month.high, asMonth))
    }
    if overs.first != overs.second { return overs.first > overs.second ? .dayFirst : .monthFirst }
    guard span.day.low <= span.day.high else { return nil }
    let widths = (day: span.day.high - span.day.low, month: span.month.high - span.month.low)
    if widths.day != widths.month { return widths.day < widths.month ? .dayFirst : .monthFirst }
    let distances = (day: abs(clock.lastDay - span.day.high), month: abs(clock.lastDay - span.month.high))
    // Without a night the clock stands in 1970, which tells nothing.
    guard clock.lastDay > 366, distances.day != distances.month else { return nil }
    return distances.day < distances.month ? .dayFirst : .monthFirst
  }

  /// The first two numbers and the year of a date of numbers at the beginning of a line, perhaps in a bracket.
  private static func date(_ text: Span<UInt8>, _ range: Range<Int>) -> (Int, Int, Int)? {
    var i = range.lowerBound
    let stop = min(range.upperBound, i + 80)
    while i < stop {
      if text[i] &- 0x30 <= 9 {
        if let found = numbers(text, i, stop) { return found }
        while i < stop, text[i] &- 0x30 <= 9 { i += 1 }
      } else {
        i += 1
      }
    }
    return nil
  }

  private static func numbers(_ text: Span<UInt8>, _ start: Int, _ stop: Int) -> (Int, Int, Int)? {
    var i = start
    func number(_ most: Int) -> Int? {
      let first = i
      var value = 0
      while i < stop, text[i] &- 0x30 <= 9, i - first <= most {
        value = value * 10 + Int(text[i]) - 0x30
        i += 1
      }
      return i > first && i - first <= most ? value : nil
    }
    guard let first = number(2), i < stop else { return nil }
    let mark = text[i]
    guard mark == 0x2F || mark == 0x2E || mark == 0x2D else { return nil }
    i += 1
    guard let second = number(2), i < stop, text[i] == mark else { return nil }
    i += 1
    let yearStart = i
    guard let year = number(4), i - yearStart == 4, (1...31).contains(first), (1...31).contains(second) else {
      return nil
    }
    return (first, second, year)
  }
}
