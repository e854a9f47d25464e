// Moments and lengths written as a decimal number with a power of ten.

internal import Model

/// Reads `1.79557200125e18` in whole numbers: of nanoseconds since the epoch a double keeps no more than every 256th.
enum DecimalTime {
  /// The microseconds of a number with a power of ten (RFC 8259 §6); nil for any other text, and for what does not fit.
  static func microseconds(_ b: Span<UInt8>, _ unit: FieldText.Unit) -> Int64? {
    guard let (mantissa, exponent) = parts(b), mantissa != 0 else { return nil }
    let shift =
      switch unit == .inferred ? FieldText.unit(ofEpoch: b) ?? .seconds : unit {
      case .milliseconds: 3
      case .microseconds: 0
      case .nanoseconds: -3
      default: 6
      }
    return scaled(mantissa, by: exponent + shift)
  }

  /// The digits as a whole number, and the power of ten that they are to be taken times.
  private static func parts(_ b: Span<UInt8>) -> (mantissa: Int64, exponent: Int)? {
    var mantissa: UInt64 = 0
    var (digits, fraction) = (0, 0)
    var sawPoint = false
    let isNegative = !b.isEmpty && b[0] == 0x2D
    var i = isNegative ? 1 : 0
    while i < b.count, b[i] | 0x20 != 0x65 {
      if b[i] == 0x2E, !sawPoint {
        sawPoint = true
      } else {
        // Eighteen digits fit.
        guard b[i] &- 0x30 <= 9, digits < 18 else { return nil }
        mantissa = mantissa * 10 + UInt64(b[i] &- 0x30)
        digits += 1
        fraction += sawPoint ? 1 : 0
      }
      i += 1
    }
    guard digits > 0, i < b.count, let exponent = FieldText.int(b.extracting(i + 1..<b.count)),
      (-40...40).contains(exponent)
    else { return nil }
    let value = Int64(mantissa)
    return (isNegative ? -value : value, Int(exponent) - fraction)
  }

  /// Rounded where it is taken times a negative power; nil where it does not fit.
  private static func scaled(_ value: Int64, by power: Int) -> Int64? {
    var value = value
    for _ in 0..<max(power, 0) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    guard power < 0 else { return value }
    for _ in 1..<max(-power, 1) { value /= 10 }
    let rounded = value < 0 ? value - 5 : value + 5
    return rounded / 10
  }
}
