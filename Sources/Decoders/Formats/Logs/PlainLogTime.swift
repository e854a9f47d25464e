// Times of log lines in the shapes that are met in the wild.

internal import Support

/// Reads time stamps out of a line.
struct LogTimeParser {
  let clock: LogClock

  /// The stamp that begins at `start`, if one does.
  func parse(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    guard start < line.count else { return nil }
    let first = line[start]
    if first >= 0x41, first <= 0x5A { return named(line, start) }
    guard first >= 0x30, first <= 0x39 else {
      return first &- 0x61 < 26 ? slashed(line, start) : first == 0x40 ? tai64n(line, start) : nil
    }
    let digits = run(line, start)
    switch digits {
    case 1, 2: return shortDate(line, start, digits)
    case 4: return isoDate(line, start)
    case 6: return compact(line, start, year: 2)
    case 8: return compact(line, start, year: 4)
    case 10, 13, 16, 19: return epoch(line, start, digits)
    case 14, 17, 20: return digitsOnly(line, start, digits)
    default: return nil
    }
  }

  func run(_ line: Span<UInt8>, _ start: Int) -> Int {
    var i = start
    while i < line.count, line[i] &- 0x30 <= 9, i &- start < 20 { i &+= 1 }
    return i &- start
  }

  func number(_ line: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start >= 0, start &+ count <= line.count else { return nil }
    var value = 0
    for i in start..<start &+ count {
      let digit = Int(line[i]) &- 0x30
      guard digit >= 0, digit <= 9 else { return nil }
      value = value &* 10 &+ digit
    }
    return value
  }

  func byte(_ line: Span<UInt8>, _ index: Int) -> UInt8 { index >= 0 && index < line.count ? line[index] : 0 }

  /// Seconds, milliseconds, microseconds or nanoseconds since the epoch, within the years 2000 to 2099.
  private func epoch(_ line: Span<UInt8>, _ start: Int, _ digits: Int) -> LogTime? {
    guard let value = number(line, start, digits) else { return nil }
    var end = start + digits
    var micros: Int
    switch digits {
    case 10: micros = value * 1_000_000
    case 13: micros = value * 1000
    case 16: micros = value
    default: micros = value / 1000
    }
    guard micros >= 946_684_800_000_000, micros < 4_102_444_800_000_000 else { return nil }
    if digits == 10, byte(line, end) == 0x2E {
      let places = run(line, end + 1)
      if places > 0 {
        micros += fraction(line, end + 1, places)
        end += 1 + places
      }
    }
    guard isBorder(line, end) else { return nil }
    return LogTime(time: Int64(micros), form: .epoch, end: end, hasZone: true)
  }

  /// `1.795572000123e+09`: zap's epoch seconds.
  func scientific(_ line: Span<UInt8>, _ start: Int) -> LogTime? {
    let places = run(line, start + 2)
    let mark = start + 2 + places
    guard places >= 6, places <= 17, byte(line, mark) == 0x65, byte(line, mark + 1) == 0x2B,
      byte(line, mark + 2) == 0x30,
      byte(line, mark + 3) == 0x39, isBorder(line, mark + 4), let whole = number(line, start, 1)
    else { return nil }
    // Fifteen decimal places of thousands of millions of seconds are microseconds.
    var micros = whole
    for place in 0..<15 { micros = micros * 10 + (place < places ? Int(line[start + 2 + place]) - 0x30 : 0) }
    guard micros >= 946_684_800_000_000, micros < 4_102_444_800_000_000 else { return nil }
    return LogTime(time: Int64(micros), form: .epoch, end: mark + 4, hasZone: true)
  }

  // MARK: parts

  /// A date with the time of day behind it, or by itself.
  func joined(_ line: Span<UInt8>, _ end: Int, _ date: Int?, dots: Bool) -> LogTime? {
    guard let date else { return nil }
    // MariaDB pads the hour with a blank.
    let isPadded = byte(line, end) == 0x20 && byte(line, end + 1) == 0x20 && byte(line, end + 3) == 0x3A
    let end = isPadded ? end + 1 : end
    let separator = byte(line, end)
    // RFC 3339 §5.6 allows `t` for `T`.
    if separator == 0x20 || separator | 0x20 == 0x74 || separator == 0x5F || separator == 0x2D || separator == 0x3A
      || separator == 0x7C,
      let (stop, micros, fraction) = timeOfDay(line, end + 1, dots: dots && separator == 0x2D)
    {
      return full(line, stop, date, micros, fraction: fraction)
    }
    if separator == 0x20, let (stop, micros) = dottedSeconds(line, end + 1) {
      return full(line, stop, date, micros, fraction: false)
    }
    // `[2026-11-25][02:00:00]`: two brackets.
    if separator == 0x5D, byte(line, end + 1) == 0x5B,
      let (stop, micros, fraction) = timeOfDay(line, end + 2, dots: false), byte(line, stop) == 0x5D
    {
      return full(line, stop, date, micros, fraction: fraction)
    }
    guard isBorder(line, end) else { return nil }
    return LogTime(time: utc(date, 0), form: .date, end: end)
  }

  func requireTime(_ time: LogTime?) -> LogTime? {
    guard let time, time.form > .date else { return nil }
    return time
  }

  func full(_ line: Span<UInt8>, _ end: Int, _ date: Int, _ micros: Int, fraction: Bool) -> LogTime {
    let form: LogTime.Form = fraction ? .fullWithFraction : .full
    if let zone = zone(line, end) { return zoned(date, micros, form, zone) }
    if byte(line, end) == 0x20, byte(line, end + 1) &- 0x41 < 26,
      let zone = zonePlace(line, end + 1, local: date * 86_400 + micros / 1_000_000) ?? longZone(line, end + 1)
    {
      return zoned(date, micros, form, zone)
    }
    let stop = byte(line, end) == 0x20 ? ambiguousZone(line, end + 1) : nil
    return LogTime(time: utc(date, micros), form: form, end: stop ?? end)
  }

  /// A time in a zone that the line names.
  func zoned(
    _ date: Int, _ micros: Int, _ form: LogTime.Form, _ zone: (end: Int, seconds: Int)
  ) -> LogTime {
    let shift = clock.zoneSeconds - zone.seconds
    return LogTime(
      time: utc(date, micros) + Int64(shift) * 1_000_000, form: form, end: zone.end, hasZone: true,
      zoneSeconds: Int32(truncatingIfNeeded: zone.seconds))
  }

  func isBorder(_ line: Span<UInt8>, _ index: Int) -> Bool {
    guard index < line.count else { return true }
    switch line[index] {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x2F: return false
    default: return true
    }
  }

  func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    return Timestamp.days(year: year, month: month, day: day)
  }

  func century(_ year: Int) -> Int { year < 70 ? 2000 + year : 1900 + year }

  func yearless(month: Int, day: Int) -> Int? {
    let (year, _, _) = Timestamp.date(days: clock.lastDay)
    // The last year that had such a day: seven lie between leap years at the most.
    if month == 2, day == 29 {
      for year in stride(from: year, to: year - 9, by: -1) where year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) {
        if let date = days(year, month, day), date <= clock.lastDay + 1 { return date }
      }
      return nil
    }
    // The day behind the last one may be of the next year.
    if let date = days(year + 1, month, day), date <= clock.lastDay + 1 { return date }
    guard let date = days(year, month, day) else { return nil }
    return date <= clock.lastDay + 1 ? date : days(year - 1, month, day) ?? date
  }

  /// `Nov 25 02:00:00.123`, perhaps with a zone's name behind it, as network devices write it.
  func withoutYear(_ line: Span<UInt8>, _ end: Int, _ date: Int, _ micros: Int) -> LogTime {
    // A host may be called like a zone: only a colon, or the zone of nowhere, tells.
    guard byte(line, end) == 0x20, let zone = zoneName(line, end + 1),
      byte(line, zone.end) == 0x3A || byte(line, end + 1) == 0x55 || byte(line, end + 1) == 0x47
    else { return LogTime(time: utc(date, micros), form: .withoutYear, end: end) }
    return zoned(date, micros, .withoutYear, zone)
  }

  private func utc(_ date: Int, _ micros: Int) -> Int64 {
    Int64(date * 86_400 - clock.zoneSeconds) * 1_000_000 + Int64(micros)
  }
}
