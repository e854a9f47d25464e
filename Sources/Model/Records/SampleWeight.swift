// How many requests a sampled one stands for.

/// A weight of 1 to 2³² as an eleven-bit mantissa and an exponent: whole numbers up to 2,047, powers of two and their multiples are
/// exact, any other is within .05 %.
@usableFromInline package struct SampleWeight: Hashable, Sendable {
  /// 0 for a weight of 1; else the exponent above eleven bits of mantissa, the first of them not written.
  @usableFromInline package let code: UInt16

  /// Stands for itself.
  @inlinable package static var one: SampleWeight { SampleWeight(unchecked: 0) }

  @inlinable init(unchecked code: UInt16) { self.code = code }

  /// - Parameter code: as it was written; nil for what is none.
  package init?(code: UInt64) {
    guard let code = UInt16(exactly: code), code >> 10 <= 32 else { return nil }
    self.code = code
  }

  /// The weight nearest to a number; 1 for what is less, or no number.
  ///
  /// - Parameter value: how many requests it stands for: the reciprocal of the share that was kept.
  package init(_ value: Double) {
    guard value > 1, value.isFinite else {
      self = .one
      return
    }
    let bounded = min(value, 0x1p32)
    var exponent = Int(bounded.exponent)
    var mantissa = Int((bounded.significand * 1024).rounded())
    if mantissa == 2048 { (mantissa, exponent) = (1024, exponent + 1) }
    self.init(unchecked: UInt16(exponent << 10 | (mantissa - 1024)))
  }

  /// The weight as a number.
  package var value: Double {
    Double(sign: .plus, exponent: Int(code >> 10), significand: 1 + Double(code & 0x3FF) / 1024)
  }
}
