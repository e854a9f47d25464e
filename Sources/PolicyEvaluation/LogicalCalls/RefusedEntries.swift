// Which failed requests without their usual call a breaker may have refused.

internal import Support

/// A breaker refuses because calls failed: one that opens has seen failures of its callee, and while it is open its trial calls go on
/// failing. A request that fails before a call of which none had failed for minutes failed by itself, as a new version with a fault does.
enum RefusedEntries {
  /// Microseconds back to the last failed call. Breakers stay open for seconds to a minute before they try again (60 s in Resilience4j's
  /// `waitDurationInOpenState`, 30 s in Envoy's `base_ejection_time`, which grows to 300 s in `max_ejection_time`).
  private static let memory: Int64 = 300_000_000

  /// The refusals that a breaker explains; all where no call of the edge is known.
  ///
  /// - Complexity: O((refusals + attempts) · log)
  static func believed(_ refusals: [LoggedRefusal], beside attempts: [LoggedAttempt]) -> [LoggedRefusal] {
    guard !attempts.isEmpty else { return refusals }
    let failures = attempts.filter { $0.failure != 0 && !$0.marks.contains(.refused) }.map(\.end).sorted()
    return refusals.filter { refusal in
      let end = refusal.start.addingSaturated(refusal.duration)
      let next = failures.partitioningIndex { $0 > end }
      return next > 0 && end.subtractingSaturated(failures[next - 1]) <= memory
    }
  }
}
