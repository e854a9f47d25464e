// Dates of log lines that few producers write.

internal import Support

extension LogTimeParser {
  /// `nov/25/2026 02:00:00`, `nov/25 02:00:00`: RouterOS 6 (MikroTik, "Log", `print file`).
  func slashed(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    guard byte(line, start + 3) == 0x2F, let month = MonthName.number(line, start), let day = number(line, start + 4, 2)
    else { return nil }
    if byte(line, start + 6) == 0x2F, run(line, start + 7) == 4, let year = number(line, start + 7, 4) {
      return requireTime(joined(line, start + 11, days(year, month, day), dots: false))
    }
    guard byte(line, start + 6) == 0x20, let date = yearless(month: month, day: day),
      let (end, micros, _) = timeOfDay(line, start + 7, dots: false)
    else { return nil }
    return withoutYear(line, end, date, micros)
  }

  /// `2026-Nov-25 02:00:00.250000` of Boost.Log and Boost.Date_Time (`to_simple_string`), `2026/Nov/25 02:00:00`.
  func yearBeforeName(_ line: Span<UInt8>, _ start: Int, _ separator: UInt8) -> LogTime? {
    guard let year = number(line, start, 4), let month = MonthName.number(line, start + 5),
      byte(line, start + 8) == separator, let day = number(line, start + 9, 2)
    else { return nil }
    return requireTime(joined(line, start + 11, days(year, month, day), dots: false))
  }

  /// `02:00.01` behind a date: hour, minute and second as structlog's documentation prints them (`TimeStamper(fmt="%Y-%m-%d %H:%M.%S")`).
  func dottedSeconds(_ line: Span<UInt8>, _ start: Int) -> (end: Int, micros: Int)? {
    guard byte(line, start + 2) == 0x3A, byte(line, start + 5) == 0x2E, run(line, start + 6) == 2,
      isBorder(line, start + 8), let hour = number(line, start, 2), let minute = number(line, start + 3, 2),
      let second = number(line, start + 6, 2), hour < 24, minute < 60, second < 61
    else { return nil }
    return (start + 8, (hour * 3600 + minute * 60 + second) * 1_000_000)
  }

  /// `@400000006a1b6f2a0ee6b280`: TAI64N of multilog, svlogd and s6-log (D. J. Bernstein, "TAI64, TAI64N, and TAI64NA"), whose clocks count
  /// ten seconds more than Unix' (daemontools, tai_now.c).
  func tai64n(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    guard start + 25 <= line.count, JSONScanner.matches(line, start, "@40000000"), isBorder(line, start + 25),
      let seconds = HexDigits.sixteen(line, start + 1), let fraction = HexDigits.sixteen(line, start + 9)
    else { return nil }
    let nanoseconds = fraction & 0xFFFF_FFFF
    let unix = seconds & 0x3FFF_FFFF_FFFF_FFFF
    guard nanoseconds < 1_000_000_000, unix > 946_684_800, unix < 4_102_444_800 else { return nil }
    let micros = (Int64(unix) - 10) * 1_000_000 + Int64(nanoseconds / 1000)
    return LogTime(time: micros, form: .fullWithFraction, end: start + 25, hasZone: true)
  }

  /// The letters behind the day in `November 25th 2026, 02:00:00.250` (Kibana before 7, `dateFormat`'s default `MMMM Do YYYY,
  /// HH:mm:ss.SSS`).
  func isOrdinal(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let next = byte(line, start + 2)
    guard byte(line, start) &- 0x61 < 26, next == 0x20 || next == 0x2C else { return false }
    let suffixes: [StaticString] = ["st", "nd", "rd", "th"]
    return suffixes.contains { JSONScanner.matches(line, start, $0) }
  }

  /// `20261125020000`, `20261125020000.250Z`, `20261125020000250`: date and time without a mark between them, with milliseconds or
  /// microseconds behind them, as ASN.1 (`GeneralizedTime`, X.680 §46) and formats of Java (`yyyyMMddHHmmssSSS`) write them.
  func digitsOnly(_ line: Span<UInt8>, _ start: Int, _ digits: Int) -> LogTime? {
    // Further behind such a number is a migration's or a build's.
    guard start < 2, let year = number(line, start, 4), (1970..<2100).contains(year),
      let month = number(line, start + 4, 2),
      let day = number(line, start + 6, 2), let hour = number(line, start + 8, 2), hour < 24,
      let minute = number(line, start + 10, 2), minute < 60, let second = number(line, start + 12, 2), second < 61,
      let date = days(year, month, day)
    else { return nil }
    var end = start + digits
    if byte(line, end) &- 0x30 <= 9 { return nil }
    var micros = (hour * 3600 + minute * 60 + second) * 1_000_000
    if digits > 14 {
      micros += fraction(line, start + 14, digits - 14)
    } else if byte(line, end) == 0x2E || byte(line, end) == 0x2C {
      let places = run(line, end + 1)
      if places > 0 {
        micros += fraction(line, end + 1, places)
        end += places + 1
      }
    }
    let next = byte(line, end)
    guard isBorder(line, end) || next == 0x5A && isBorder(line, end + 1) || next == 0x2D && run(line, end + 1) == 4
    else { return nil }
    return full(line, end, date, micros, fraction: end > start + 14)
  }

  /// `2026年11月25日 02:00:00`, numbers padded or not, the time apart or not: dates in Chinese and Japanese (CLDR, `yMMMd`).
  func ideographic(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    guard let year = number(line, start, 4), JSONScanner.matches(line, start + 4, "\u{5E74}") else { return nil }
    let month = start + 7
    let monthDigits = run(line, month)
    guard monthDigits == 1 || monthDigits == 2, JSONScanner.matches(line, month + monthDigits, "\u{6708}") else {
      return nil
    }
    let day = month + monthDigits + 3
    let dayDigits = run(line, day)
    guard dayDigits == 1 || dayDigits == 2, JSONScanner.matches(line, day + dayDigits, "\u{65E5}"),
      let monthNumber = number(line, month, monthDigits), let dayNumber = number(line, day, dayDigits)
    else { return nil }
    // Without a blank the last byte of the sign stands where `joined` expects one.
    let end = day + dayDigits + 3
    guard let date = days(year, monthNumber, dayNumber),
      let (stop, micros, fraction) = timeOfDay(line, byte(line, end) == 0x20 ? end + 1 : end, dots: false)
    else { return nil }
    return full(line, stop, date, micros, fraction: fraction)
  }
}
