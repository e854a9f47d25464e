// The time of day of a log line's stamp.

internal import Support

extension LogTimeParser {
  /// `HH:MM:SS` with an optional fraction behind `.`, `,` or `:`; hours to seconds may have one digit.
  func timeOfDay(_ line: Span<UInt8>, _ start: Int, dots: Bool) -> (end: Int, micros: Int, fraction: Bool)? {
    var cursor = start
    var parts = (0, 0, 0)
    for part in 0..<3 {
      let digits = run(line, cursor)
      guard digits == 1 || digits == 2, let value = number(line, cursor, digits) else { return nil }
      switch part {
      case 0: parts.0 = value
      case 1: parts.1 = value
      default: parts.2 = value
      }
      cursor += digits
      if part < 2 {
        // CLDR's short form has no seconds: `2:00 AM`.
        if part == 1, byte(line, cursor) == 0x20, hasHalf(line, cursor + 1) { break }
        guard byte(line, cursor) == 0x3A || dots && byte(line, cursor) == 0x2E else { return nil }
        cursor += 1
      }
    }
    guard parts.0 < 24, parts.1 < 60, parts.2 < 61 else { return nil }
    var micros = (parts.0 * 3600 + parts.1 * 60 + parts.2) * 1_000_000
    var hasFraction = false
    let mark = byte(line, cursor)
    if mark == 0x2E || mark == 0x2C || mark == 0x3A {
      let places = run(line, cursor + 1)
      if places > 0, places <= 9 {
        // `:606` counts milliseconds, `:33` of a stamp that pads nothing counts 33 of them.
        micros +=
          mark == 0x3A ? (number(line, cursor + 1, min(places, 3)) ?? 0) * 1000 : fraction(line, cursor + 1, places)
        cursor += 1 + places
        hasFraction = true
      }
    }
    // `2:00:00 AM`: the twelve-hour clock.
    if byte(line, cursor) == 0x20, byte(line, cursor + 1) > 0x40, (1...12).contains(parts.0),
      let half = DayHalf.read(line, cursor + 1), isBorder(line, half.end)
    {
      micros += ((half.isSecond ? 12 : 0) - (parts.0 == 12 ? 12 : 0)) * 3_600_000_000
      cursor = half.end
    }
    return (cursor, micros, hasFraction)
  }

  private func hasHalf(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard byte(line, start) > 0x40, let half = DayHalf.read(line, start) else { return false }
    return isBorder(line, half.end)
  }

  func fraction(_ line: Span<UInt8>, _ start: Int, _ places: Int) -> Int {
    var value = 0
    for place in 0..<6 {
      value = value &* 10
      if place < places { value = value &+ Int(line[start &+ place]) &- 0x30 }
    }
    return value
  }
}
