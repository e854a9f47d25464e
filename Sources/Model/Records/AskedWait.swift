/// How long a callee asked its caller to wait before the next attempt: HTTP's `Retry-After`, gRPC's pushback.
///
/// Fifteen bits: whole seconds up to four and a half hours, or milliseconds up to sixteen seconds; what is longer is taken
/// to the second, what is longer than that is cut.
@usableFromInline package struct AskedWait: Hashable, Sendable {
  /// 0 for none.
  @usableFromInline package let code: UInt16

  /// Nothing was asked.
  @inlinable package static var none: AskedWait { AskedWait(code: 0) }

  /// A code as it was written.
  @inlinable package init(code: UInt16) { self.code = code & 0x7FFF }

  private static let most: Int64 = 16_382

  /// - Parameter milliseconds: what was asked; below nothing is none.
  package init(milliseconds: Int64) {
    guard milliseconds >= 0 else {
      self = .none
      return
    }
    if milliseconds % 1000 != 0, milliseconds <= Self.most {
      code = 0x4000 | UInt16(milliseconds)
    } else {
      let seconds = milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0)
      code = UInt16(min(seconds, Self.most)) + 1
    }
  }

  /// Microseconds; nil where nothing was asked.
  package var time: Int64? {
    if code == 0 { return nil }
    return code & 0x4000 != 0 ? Int64(code & 0x3FFF) * 1000 : Int64(code - 1) * 1_000_000
  }
}
