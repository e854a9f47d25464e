// Durations that are written in parts: Go's, .NET's, ISO 8601's.

internal import Model
internal import Support

/// Reads `1m2.5s` and `1h0m3s` (Go, `time.Duration.String`), `00:00:00.2500000` and `1.02:03:04` (.NET, the constant format of
/// `TimeSpan`), `PT0.25S` and `PT1M2S` (ISO 8601, without dates).
enum DurationParts {
  /// Microseconds; nil where the text is of another form.
  static func microseconds(_ b: Span<UInt8>) -> Int64? {
    guard b.count >= 4, b.count <= 40 else { return nil }
    if b[0] == 0x50, b[1] == 0x54 { return units(b, from: 2, least: 1) }
    if b[2] == 0x3A || b[1] == 0x3A || ByteScan.find(0x3A, in: b, from: 0) < b.count { return clock(b) }
    guard b[0] &- 0x30 <= 9, b[b.count - 1] == 0x73 else { return nil }
    return units(b, from: 0, least: 2)
  }

  /// Numbers with their units, in any case.
  private static func units(_ b: Span<UInt8>, from start: Int, least: Int) -> Int64? {
    var i = start
    var parts = 0
    var total: Int64 = 0
    while i < b.count {
      let first = i
      while i < b.count, b[i] &- 0x30 <= 9 || b[i] == 0x2E { i += 1 }
      guard i > first, i < b.count, let number = FieldText.double(b.extracting(first..<i)) else { return nil }
      let unit = i
      while i < b.count, b[i] > 0x39 { i += 1 }
      let factor: Double
      switch (i - unit, b[unit] | 0x20) {
      case (1, 0x68): factor = 3.6e9
      case (1, 0x6D): factor = 6e7
      case (1, 0x73): factor = 1e6
      case (2, 0x6D): factor = 1e3
      case (2, 0x6E): factor = 1e-3
      case (2, 0x75), (3, _): factor = 1
      default: return nil
      }
      guard let micros = Int64(checked: (number * factor).rounded(.down)) else { return nil }
      total = total.addingSaturated(micros)
      parts += 1
    }
    return parts >= least ? total : nil
  }

  /// `[D.]HH:MM:SS[.fffffff]`.
  private static func clock(_ b: Span<UInt8>) -> Int64? {
    var numbers: [Int64] = [0]
    var colons = 0
    var days: Int64 = 0
    var i = 0
    while i < b.count {
      let byte = b[i]
      if byte &- 0x30 <= 9 {
        numbers[numbers.count - 1] = numbers[numbers.count - 1] &* 10 &+ Int64(byte &- 0x30)
        guard numbers[numbers.count - 1] < 100_000 else { return nil }
      } else if byte == 0x2E, colons == 0, numbers.count == 1 {
        days = numbers[0]
        numbers = [0]
      } else if byte == 0x3A, colons < 2, i + 1 < b.count {
        colons += 1
        numbers.append(0)
      } else if byte == 0x2E, colons == 2 {
        break
      } else {
        return nil
      }
      i += 1
    }
    guard colons == 2, numbers.count == 3, numbers[1] < 60, numbers[2] < 60 else { return nil }
    var micros = ((days &* 24 &+ numbers[0]) &* 3600 &+ numbers[1] &* 60 &+ numbers[2]) &* 1_000_000
    var scale: Int64 = 100_000
    i += 1
    while i < b.count {
      guard b[i] &- 0x30 <= 9 else { return nil }
      micros &+= Int64(b[i] &- 0x30) &* scale
      scale /= 10
      i += 1
    }
    return micros
  }
}
