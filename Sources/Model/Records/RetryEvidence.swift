internal import Support

/// What a span tells about attempts that have no span of their own, or that are traces of their own, and how long its
/// callee asked to wait before the next one.
///
/// Instrumentations below a retrying transport write one client span for all attempts and at best their number; clients
/// without a span above write each attempt as a trace, and only what was asked for, or a link, tells which belong together. A
/// client's span without a parent that tells what it asked for or links keeps nothing else: what its callee asked to wait is
/// not read from it.
@usableFromInline package struct RetryEvidence: RawRepresentable, Hashable, Sendable {
  @usableFromInline package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static var none: RetryEvidence { RetryEvidence(rawValue: 0) }

  private static let hiddenBit: UInt32 = 1 << 31

  /// So many attempts beyond the first lie inside the span.
  package static func hidden(attempts: Int, asked: AskedWait = .none) -> RetryEvidence {
    attempts > 0 || asked != .none
      ? RetryEvidence(rawValue: hiddenBit | UInt32(asked.code) << 16 | UInt32(min(max(attempts, 0), 0xFFFF))) : .none
  }

  /// Whether it says what the call asks for, or nothing.
  @usableFromInline package var isTarget: Bool { rawValue & Self.hiddenBit == 0 }

  /// How long the callee asked to wait.
  @usableFromInline package var asked: AskedWait {
    rawValue & Self.hiddenBit == 0 ? .none : AskedWait(code: UInt16(truncatingIfNeeded: rawValue >> 16 & 0x7FFF))
  }

  private static let linkBit: UInt32 = 1 << 30

  /// The call asks for what this hash stands for (its full URL).
  package static func target(_ hash: UInt64) -> RetryEvidence {
    let bits = UInt32(truncatingIfNeeded: hash ^ hash >> 32) & ~(hiddenBit | linkBit)
    return RetryEvidence(rawValue: max(bits, 1))
  }

  /// The call is linked to a span of another trace: the attempt before it, where it is a retry.
  package static func link(to span: UInt64) -> RetryEvidence {
    RetryEvidence(rawValue: linkBit | target(StableHash.mix(span)).rawValue)
  }

  /// Whether a target's hash is that of a span linked to.
  package static func isLink(_ targetHash: UInt32) -> Bool { targetHash & linkBit != 0 }

  /// Attempts beyond the first that lie inside the span; 0 where it tells none.
  @usableFromInline package var hiddenAttempts: Int { rawValue & Self.hiddenBit == 0 ? 0 : Int(rawValue & 0xFFFF) }

  /// The hash of what the call asks for, 0 where it is not told.
  @usableFromInline package var targetHash: UInt32 { rawValue & Self.hiddenBit == 0 ? rawValue : 0 }
}
