// Whether the dates of a file name the day or the month first.

internal import Support

/// The order of the numbers in dates like `11/10/2026` and `25/11/26`; one file has one order.
enum DateOrder: Int, Sendable {
  case dayFirst
  case monthFirst
  /// Only of numbers of two digits each: `26/11/25` of Spark and Hadoop.
  case yearFirst

  /// The order that a sample of lines tells, nil where their dates leave it open or there are none.
  ///
  /// Numbers that are no day or no month exclude an order. Of the others the one is taken under which the dates lie closest together
  /// (a log covers few days), then the one that puts them nearest to the night.
  static func learned(from text: Span<UInt8>, _ lines: [Range<Int>], clock: LogClock) -> DateOrder? {
    var candidates = [Candidate](repeating: Candidate(), count: 3)
    for range in lines {
      guard let date = date(text, range) else { continue }
      for (i, day) in date.readings.enumerated() { candidates[i].take(day) }
    }
    let most = candidates.map(\.dates).max() ?? 0
    // None, or only what is no date in any order.
    guard most > 0 else { return nil }
    let possible = candidates.indices.filter { candidates[$0].dates == most }
    let narrowest = possible.map { candidates[$0].width }.min() ?? 0
    let narrow = possible.filter { candidates[$0].width == narrowest }
    if narrow.count == 1 { return DateOrder(rawValue: narrow[0]) }
    // Without a night the clock stands in 1970, which tells nothing.
    guard clock.lastDay > 366 else { return nil }
    func distance(_ i: Int) -> Int { abs(clock.lastDay - candidates[i].high) }
    let nearest = narrow.map(distance).min() ?? 0
    let near = narrow.filter { distance($0) == nearest }
    return near.count == 1 ? DateOrder(rawValue: near[0]) : nil
  }

  /// What the dates of a sample are under one order.
  private struct Candidate {
    var dates = 0
    var low = Int.max
    var high = Int.min
    var width: Int { dates > 0 ? high - low : 0 }

    mutating func take(_ day: Int?) {
      guard let day else { return }
      dates += 1
      (low, high) = (min(low, day), max(high, day))
    }
  }

  /// The three numbers of a date.
  private struct Numbers {
    var first: Int
    var second: Int
    var third: Int
    var hasLongYear: Bool

    /// The day under each order, nil where it is none.
    var readings: [Int?] {
      let year = hasLongYear ? third : Self.century(third)
      return [
        Self.day(year, second, first), Self.day(year, first, second),
        hasLongYear ? nil : Self.day(Self.century(first), second, third),
      ]
    }

    static func century(_ year: Int) -> Int { year < 70 ? 2000 + year : 1900 + year }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int? {
      (1...12).contains(month) && (1...31).contains(day) ? Timestamp.days(year: year, month: month, day: day) : nil
    }
  }

  /// The numbers of a date at the beginning of a line, perhaps in a bracket.
  private static func date(_ text: Span<UInt8>, _ range: Range<Int>) -> Numbers? {
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

  private static func numbers(_ text: Span<UInt8>, _ start: Int, _ stop: Int) -> Numbers? {
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
    let (firstEnd, mark) = (i, text[i])
    guard mark == 0x2F || mark == 0x2E || mark == 0x2D else { return nil }
    i += 1
    guard let second = number(2), i < stop, text[i] == mark else { return nil }
    let secondEnd = i
    i += 1
    let yearStart = i
    guard let year = number(4), (1...31).contains(second) else { return nil }
    if i - yearStart == 4 {
      return (1...31).contains(first) ? Numbers(first: first, second: second, third: year, hasLongYear: true) : nil
    }
    // Two digits of a year, and a time behind them; full stops have one order.
    guard i - yearStart == 2, mark != 0x2E, i + 3 < stop,
      text[i] == 0x20 || text[i] == 0x2C || text[i] == 0x2D || text[i] == 0x54
    else { return nil }
    // Numbers that are not padded do not begin with the year (CLDR's short form of en-US, `11/3/26`).
    if firstEnd - start == 1 || secondEnd - firstEnd == 2 {
      guard mark == 0x2F, (1...31).contains(first), text[i + 1] &- 0x30 <= 9 || text[i + 2] &- 0x30 <= 9 else {
        return nil
      }
      return Numbers(first: first, second: second, third: Numbers.century(year), hasLongYear: true)
    }
    guard firstEnd - start == 2, secondEnd - firstEnd == 3 else { return nil }
    return Numbers(first: first, second: second, third: year, hasLongYear: false)
  }
}
