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
