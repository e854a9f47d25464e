// Dates of log lines in the shapes that are met in the wild, with the time of day behind them.

internal import Support

extension LogTimeParser {
  /// `2015-10-18 18:01:47,978`, `2005/06/03T…Z`, `2005-06-03-15.42.50.675872`, `2005.06.03`.
  func isoDate(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    if let time = ISOTime.read(line, start) {
      // What goes on with a colon or `AM` is read step by step.
      let next = byte(line, time.end)
      if next == 0x5A { return full(line, time.end, time.day, time.micros, fraction: time.hasFraction) }
      if next != 0x3A, next != 0x20 || byte(line, time.end + 2) | 0x20 != 0x6D {
        return full(line, time.end, time.day, time.micros, fraction: time.hasFraction)
      }
    }
    let separator = byte(line, start + 4)
    // `2026 Nov 25 02:00:00` of NX-OS.
    if separator == 0x20, let month = MonthName.number(line, start + 5), byte(line, start + 8) == 0x20,
      let year = number(line, start, 4)
    {
      let padding = byte(line, start + 9) == 0x20 ? 1 : 0
      let digits = run(line, start + 9 + padding)
      guard digits == 1 || digits == 2, let day = number(line, start + 9 + padding, digits) else { return nil }
      return requireTime(joined(line, start + 9 + padding + digits, days(year, month, day), dots: false))
    }
    if separator == 0xE5 { return ideographic(line, start) }
    if separator == 0x2D || separator == 0x2F, byte(line, start + 5) > 0x39 {
      return yearBeforeName(line, start, separator)
    }
    guard separator == 0x2D || separator == 0x2F || separator == 0x2E, byte(line, start + 7) == separator,
      let year = number(line, start, 4), let month = number(line, start + 5, 2), let day = number(line, start + 8, 2)
    else { return nil }
    return joined(line, start + 10, days(year, month, day), dots: true)
  }

  /// `081109 203615`, `20171223-22:15:29:606`, `20171223 221529`.
  func compact(_ line: Span<UInt8>, _ start: Int, year width: Int) -> LogTime? {
    guard let written = number(line, start, width), let month = number(line, start + width, 2),
      let day = number(line, start + width + 2, 2)
    else { return nil }
    let year = width == 2 ? century(written) : written
    guard let date = days(year, month, day) else { return nil }
    let next = start + width + 4
    let separator = byte(line, next)
    if separator == 0x20 || separator == 0x2D || separator == 0x54 || separator == 0x5F {
      if run(line, next + 1) == 6, let hour = number(line, next + 1, 2), let minute = number(line, next + 3, 2),
        let second = number(line, next + 5, 2), hour < 24, minute < 60, second < 61
      {
        var micros = (hour * 3600 + minute * 60 + second) * 1_000_000
        let places = byte(line, next + 7) == 0x2E || byte(line, next + 7) == 0x2C ? run(line, next + 8) : 0
        if places > 0 { micros += self.fraction(line, next + 8, places) }
        return full(line, next + 7 + (places > 0 ? places + 1 : 0), date, micros, fraction: places > 0)
      }
      return requireTime(joined(line, next, date, dots: false))
    }
    return nil
  }

  /// `17/06/09 20:10:40`, `04/12/2005 04:47:44`, `03-17 16:13:38.811`, `10.30 16:49:06`, `10/Oct/2000:13:55:36 -0700`,
  /// `04-Dec-2005 04:47:44`, `16:49:06.123`.
  func shortDate(_ line: Span<UInt8>, _ start: Int, _ digits: Int) -> LogTime? {
    let separator = byte(line, start + digits)
    if separator == 0x2E, digits == 1 { return scientific(line, start) ?? unpadded(line, start, digits) }
    if separator == 0x3A {
      guard let (end, micros, _) = timeOfDay(line, start, dots: false) else { return nil }
      return LogTime(time: Int64(micros), form: .timeOfDay, end: end)
    }
    if separator == 0x2F || separator == 0x2E || separator == 0x2D, let date = unpadded(line, start, digits) {
      return date
    }
    if separator == 0x20, let date = dayBeforeMonth(line, start, digits) { return date }
    guard digits == 2, let first = number(line, start, 2) else { return nil }
    guard separator == 0x2D || separator == 0x2F || separator == 0x2E || separator == 0x20 else { return nil }
    if byte(line, start + 3) >= 0x41, start + 6 < line.count,
      let month = MonthName.number(line, start + 3), let year = number(line, start + 7, 4),
      byte(line, start + 6) == separator
    {
      // `25-Nov-2026::02:00:00` of Erlang's reports.
      let isErlang = byte(line, start + 11) == 0x3A && byte(line, start + 12) == 0x3A
      return joined(line, start + (isErlang ? 12 : 11), days(year, month, first), dots: false)
    }
    // `25-Nov-26`, `25-NOV-26` of Oracle (NLS_DATE_FORMAT's default, RFC 850).
    if separator == 0x2D, byte(line, start + 6) == separator, run(line, start + 7) == 2,
      let month = MonthName.number(line, start + 3), let year = number(line, start + 7, 2)
    {
      return requireTime(joined(line, start + 9, days(century(year), month, first), dots: false))
    }
    // `25-Nov.-2026`, `25-févr.-2026`, `25-11月-2026` of Tomcat in other languages.
    if separator == 0x2D || separator == 0x20, let (month, end) = LocalizedMonth.read(line, start + 3),
      byte(line, end) == separator, run(line, end + 1) == 4, let year = number(line, end + 1, 4)
    {
      return requireTime(joined(line, end + 5, days(year, month, first), dots: false))
    }
    guard separator != 0x20, run(line, start + 3) == 2, let second = number(line, start + 3, 2) else { return nil }
    if byte(line, start + 5) == separator {
      switch run(line, start + 6) {
      case 2:
        guard let third = number(line, start + 6, 2) else { return nil }
        // Open Liberty's `[11/25/26, 2:00:00:123 UTC]`: the date and time of Java 9 and later.
        let end = byte(line, start + 8) == 0x2C && byte(line, start + 9) == 0x20 ? start + 9 : start + 8
        return requireTime(
          joined(line, end, shortYear(first, second, third, hasDots: separator == 0x2E), dots: false))
      case 4:
        guard let third = number(line, start + 6, 4) else { return nil }
        let end = byte(line, start + 10) == 0x2C && byte(line, start + 11) == 0x20 ? start + 11 : start + 10
        return joined(line, end, dayAndMonth(third, first, second), dots: false)
      default: return nil
      }
    }
    guard byte(line, start + 5) == 0x20 || byte(line, start + 5) == 0x7C,
      let date = yearless(month: first, day: second),
      let (end, micros, _) = timeOfDay(line, start + 6, dots: false)
    else { return nil }
    return withoutYear(line, end, date, micros)
  }

  /// `25 Nov 02:00:00`, `5 Nov 02:00:00.123`: the day in front of the month and no year (Node.js' `util.log`, which Node-RED writes; Redis
  /// before 4).
  func dayBeforeMonth(_ line: Span<UInt8>, _ start: Int, _ digits: Int) -> LogTime? {
    let next = start + digits + 1
    guard byte(line, next) >= 0x41, byte(line, next + 3) == 0x20, byte(line, next + 6) == 0x3A,
      let month = MonthName.number(line, next), let day = number(line, start, digits),
      let date = yearless(month: month, day: day), let (end, micros, _) = timeOfDay(line, next + 4, dots: false)
    else { return nil }
    return withoutYear(line, end, date, micros)
  }

  /// `11/5/2026 2:00:00 AM`, `1/25/2026, 2:00:00 PM`, `11/5/26 2:00:00 AM`, `5.11.2026 2:00:00`: numbers that are not padded, with a time
  /// behind them (CLDR's short and medium forms). Between full stops and dashes the year has four digits, for two are a version's.
  func unpadded(_ line: Span<UInt8>, _ start: Int, _ digits: Int) -> LogTime? {
    let next = start + digits + 1
    let width = run(line, next)
    let mark = byte(line, start + digits)
    let length = run(line, next + width + 1)
    guard width == 1 || width == 2, digits == 1 || width == 1, byte(line, next + width) == mark,
      length == 4 || length == 2 && mark == 0x2F, let first = number(line, start, digits),
      let second = number(line, next, width), let written = number(line, next + width + 1, length)
    else { return nil }
    var end = next + width + 1 + length
    if byte(line, end) == 0x2C, byte(line, end + 1) == 0x20 { end += 1 }
    let year = length == 2 ? century(written) : written
    // With full stops the day stands first in all locales.
    let date = mark == 0x2E ? days(year, second, first) : dayAndMonth(year, first, second)
    return requireTime(joined(line, end, date, dots: false))
  }

  /// A date of three numbers of two digits each, in the order that the file told. With full stops between them the day stands first
  /// in all locales of the CLDR that write such dates; others are the year first, as Spark's, where that is a date.
  func shortYear(_ first: Int, _ second: Int, _ third: Int, hasDots: Bool) -> Int? {
    let dayFirst = days(century(third), second, first)
    if hasDots, let dayFirst { return dayFirst }
    return switch clock.order {
    case .monthFirst: days(century(third), first, second)
    case .dayFirst: dayFirst
    case .yearFirst: days(century(first), second, third)
    case nil: days(century(first), second, third) ?? dayFirst ?? days(century(third), first, second)
    }
  }

  /// A date whose order the file told, else the day first where that is a date.
  func dayAndMonth(_ year: Int, _ first: Int, _ second: Int) -> Int? {
    switch clock.order {
    case .monthFirst: days(year, first, second)
    case .dayFirst: days(year, second, first)
    case .yearFirst, nil: days(year, second, first) ?? days(year, first, second)
    }
  }

  /// `1125 02:00:00.000000` and `20261125 02:00:00.000000`, as klog and glog write it.
  func compactDay(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    let digits = run(line, start)
    guard digits == 4 || digits == 8 || digits == 6, byte(line, start + digits) == 0x20,
      let month = number(line, start + digits - 4, 2), let day = number(line, start + digits - 2, 2),
      let (end, micros, fraction) = timeOfDay(line, start + digits + 1, dots: false)
    else { return nil }
    if digits > 4 {
      guard let year = number(line, start, digits - 4), let date = days(digits == 6 ? 2000 + year : year, month, day)
      else {
        return nil
      }
      return full(line, end, date, micros, fraction: fraction)
    }
    guard let date = yearless(month: month, day: day) else { return nil }
    return withoutYear(line, end, date, micros)
  }

  /// `Dec 10 06:55:46`, `Sun Dec 04 04:47:44 2005`, `Sun, 04 Dec 2005 04:47:44 GMT`.
  func named(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    guard start + 14 < line.count else { return nil }
    var cursor = start
    if isDayName(line, cursor) {
      cursor += 3
      // `Wednesday, 25-Nov-26 02:00:00 GMT` (RFC 850).
      while byte(line, cursor) &- 0x61 < 26, cursor - start < 9 { cursor += 1 }
      if byte(line, cursor) == 0x2C { cursor += 1 }
      guard byte(line, cursor) == 0x20 else { return nil }
      cursor += 1
      let digits = run(line, cursor)
      if digits == 2, byte(line, cursor + 2) == 0x2D { return shortDate(line, cursor, 2) }
      if digits == 1 || digits == 2 {
        guard let day = number(line, cursor, digits), let month = MonthName.number(line, cursor + digits + 1),
          let year = number(line, cursor + digits + 5, 4)
        else { return nil }
        return joined(line, cursor + digits + 9, days(year, month, day), dots: false)
      }
    }
    let isEnglish = byte(line, cursor + 3) == 0x20
    let english = isEnglish ? MonthName.number(line, cursor) : nil
    guard let (month, end) = english.map({ ($0, cursor + 3) }) ?? LocalizedMonth.read(line, cursor),
      byte(line, end) == 0x20
    else { return nil }
    cursor = end + 1
    if byte(line, cursor) == 0x20 { cursor += 1 }
    let digits = run(line, cursor)
    guard digits == 1 || digits == 2, let day = number(line, cursor, digits) else { return nil }
    if isOrdinal(line, cursor + digits) { cursor += 2 }
    if byte(line, cursor + digits) == 0x2C, byte(line, cursor + digits + 1) == 0x20,
      run(line, cursor + digits + 2) == 4, let year = number(line, cursor + digits + 2, 4)
    {
      // `Nov 25, 2026 2:00:00 AM` of java.util.logging, `Nov 25, 2026 @ 02:00:00.000` of Kibana, `Nov 25, 2026, 2:00 AM`.
      var end = cursor + digits + 6
      if byte(line, end) == 0x2C { end += 1 }
      if byte(line, end) == 0x20, byte(line, end + 1) == 0x40, byte(line, end + 2) == 0x20 { end += 2 }
      return requireTime(joined(line, end, days(year, month, day), dots: false))
    }
    guard byte(line, cursor + digits) == 0x20 else { return nil }
    cursor += digits + 1
    if run(line, cursor) == 4, let year = number(line, cursor, 4) {
      let end = byte(line, cursor + 4) == 0x2C ? cursor + 5 : cursor + 4
      if byte(line, end) == 0x20 { return requireTime(joined(line, end, days(year, month, day), dots: false)) }
    }
    guard let (end, micros, fraction) = timeOfDay(line, cursor, dots: false) else { return nil }
    var year = end
    if byte(line, year) == 0x20 { year += 1 }
    // `03:00:00 CET 2026` of date(1) and of Java's Date.
    let zone = year > end && run(line, year) != 4 ? zoneInDate(line, year) : nil
    if let zone { year = zone.end + 1 }
    if year > end, run(line, year) == 4, let value = number(line, year, 4), value >= 1970,
      let date = days(value, month, day)
    {
      let form: LogTime.Form = fraction ? .fullWithFraction : .full
      if let seconds = zone?.seconds { return zoned(date, micros, form, (end: year + 4, seconds: seconds)) }
      return full(line, year + 4, date, micros, fraction: fraction)
    }
    guard let date = yearless(month: month, day: day) else { return nil }
    return withoutYear(line, end, date, micros)
  }

  /// `Nov 25, 2026 2:00:00 AM` at the beginning of a line, the month in any language that Java knows: `nov. 25, 2026`, `11月 25, 2026`.
  func longDate(_ line: Span<UInt8>) -> LogTime? { named(line, 0) }

  func isDayName(_ line: Span<UInt8>, _ start: Int) -> Bool {
    switch MonthName.letters(line, start) {
    case 0x6D6F6E, 0x747565, 0x776564, 0x746875, 0x667269, 0x736174, 0x73756E: true
    default: false
    }
  }
}
