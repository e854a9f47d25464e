/// What a span tells about attempts that have no span of their own, or that are traces of their own.
///
/// Instrumentations below a retrying transport write one client span for all attempts and at best their number; clients
/// without a span above write each attempt as a trace, and only what was asked for tells which belong together.
@usableFromInline package struct RetryEvidence: RawRepresentable, Hashable, Sendable {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static var none: RetryEvidence { RetryEvidence(rawValue: 0) }

  private static let hiddenBit: UInt32 = 1 << 31

  /// So many attempts beyond the first lie inside the span.
  package static func hidden(attempts: Int) -> RetryEvidence {
    attempts > 0 ? RetryEvidence(rawValue: hiddenBit | UInt32(min(attempts, 0xFFFF))) : .none
  }

  /// The call asks for what this hash stands for (its full URL).
  package static func target(_ hash: UInt64) -> RetryEvidence {
    let bits = UInt32(truncatingIfNeeded: hash ^ hash >> 32) & ~hiddenBit
    return RetryEvidence(rawValue: max(bits, 1))
  }

  /// Attempts beyond the first that lie inside the span; 0 where it tells none.
  @usableFromInline package var hiddenAttempts: Int { rawValue & Self.hiddenBit == 0 ? 0 : Int(rawValue & 0xFFFF) }

  /// The hash of what the call asks for, 0 where it is not told.
  @usableFromInline package var targetHash: UInt32 { rawValue & Self.hiddenBit == 0 ? rawValue : 0 }
}
