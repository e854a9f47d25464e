// Zones behind the times of log lines: offsets, and names where no offset stands.

internal import Support

extension LogTimeParser {
  /// `Z`, `+02:00`, ` -0700`, ` UTC`.
  func zone(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int)? {
    var cursor = start
    if byte(line, cursor) == 0x5A { return (cursor + 1, 0) }
    if byte(line, cursor) == 0x7A, isBorder(line, cursor + 1) { return (cursor + 1, 0) }
    if byte(line, cursor) == 0x20 {
      cursor += 1
      if byte(line, cursor) == 0x5A, byte(line, cursor + 1) == 0x20 { return (cursor + 1, 0) }
    }
    let sign = byte(line, cursor)
    if sign == 0x2B || sign == 0x2D {
      guard let hours = number(line, cursor + 1, 2) else { return nil }
      // `-03`: what the tz database calls the zones of half the world since 2017, and PostgreSQL prints.
      if hours <= 14, isZoneEnd(line, cursor + 3, isApart: cursor > start) {
        return (cursor + 3, (sign == 0x2D ? -1 : 1) * hours * 3600)
      }
      let colon = byte(line, cursor + 3) == 0x3A ? 1 : 0
      guard let minutes = number(line, cursor + 3 + colon, 2), hours < 24, minutes < 60,
        isBorder(line, cursor + 5 + colon)
      else { return nil }
      let seconds = (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
      let end = cursor + 5 + colon
      // `+0000 UTC`: Go prints the zone's name behind its offset.
      if byte(line, end) == 0x20, let stop = monotonicEnd(line, end) { return (stop, seconds) }
      if byte(line, end) == 0x20, let (stop, same) = zoneName(line, end + 1), same == seconds { return (stop, seconds) }
      return (end, seconds)
    }
    return zoneName(line, cursor)
  }

  /// One past what Go prints behind an offset of a time with its monotonic clock, ` CET m=+0.012`, ` -03 m=+1.5` (package time,
  /// `Time.String`); nil where no reading of that clock stands there.
  private func monotonicEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    if byte(line, i + 1) != 0x6D {
      i += 1
      while byte(line, i) &- 0x41 < 26 || byte(line, i) &- 0x2B <= 0x0E, i - start < 8 { i += 1 }
    }
    let sign = byte(line, i + 3)
    guard JSONScanner.matches(line, i, " m="), sign == 0x2B || sign == 0x2D else { return nil }
    i += 4
    while byte(line, i) &- 0x30 <= 9 || byte(line, i) == 0x2E { i += 1 }
    return i
  }

  /// Whether two digits and their sign are a zone by what follows: apart from the time they may be a message's first number, unless a
  /// bracket, a word in capitals or `USER@DATABASE` comes next.
  private func isZoneEnd(_ line: Span<UInt8>, _ end: Int, isApart: Bool) -> Bool {
    guard end < line.count else { return true }
    let next = byte(line, end)
    guard next == 0x20 || next == 0x09 else { return next == 0x5D || next == 0x29 }
    guard isApart else { return true }
    var i = end + 1
    while byte(line, i) == 0x20 { i += 1 }
    if byte(line, i) == 0x5B || byte(line, i) == 0x28 || byte(line, i) &- 0x41 < 26 { return true }
    while i < line.count, line[i] > 0x20 {
      if line[i] == 0x40 { return true }
      i += 1
    }
    return false
  }

  /// A zone between a time and its year: `CET`, `GMT+01:00`, `+01`, or a name that means several, whose time is one without a zone.
  ///
  /// - Returns: where the blank in front of the year stands, and seconds east of UTC; nil where no zone and year stand there.
  func zoneInDate(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int?)? {
    if let known = zoneName(line, start) ?? zoneWord(line, start), isYear(line, known.end) {
      return (known.end, known.seconds)
    }
    let sign = byte(line, start)
    if sign == 0x2B || sign == 0x2D {
      let digits = run(line, start + 1)
      let hasColon = digits == 2 && byte(line, start + 3) == 0x3A
      let end = start + 1 + digits + (hasColon ? 3 : 0)
      guard digits == 2 || digits == 4, isYear(line, end), let hours = number(line, start + 1, 2), hours <= 14,
        let minutes = digits == 4 || hasColon ? number(line, end - 2, 2) : 0, minutes < 60
      else { return nil }
      return (end, (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60))
    }
    return ambiguousZone(line, start).flatMap { isYear(line, $0) ? ($0, nil) : nil }
  }

  /// Whether a blank and a year of this century or the last one stand at a place: a number behind a word may be anything.
  private func isYear(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard byte(line, start) == 0x20, run(line, start + 1) == 4, isBorder(line, start + 5),
      let year = number(line, start + 1, 4)
    else { return false }
    return (1970..<2100).contains(year)
  }
}
