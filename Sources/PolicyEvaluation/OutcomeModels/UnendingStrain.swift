// A component that was never seen well: whether its load makes the failures, the log cannot compare with a quiet time.
internal import Model
internal import Support

/// Failures from a log's first to its last minute.
///
/// A storm is told by what came before and after it, and so is what a component answers to load. Where no stretch was quiet there
/// is nothing to compare with, and another policy's load may change every answer. It is said, unless the log shows that load
/// does not make the failures: a saturated component answers so much and no more, so of A attempts it fails 1 - C/A, and one
/// attempt more raises the failing share by (1 - f)/A. A slope that is surely below half of that at every time scale is no
/// saturation's (one-sided, errors from sums over stretches of time as in `LoadTest.t`).
struct UnendingStrain: Sendable {
  /// The share of first attempts that failed.
  let failed: Double

  /// First attempts of a stretch, fewer of them where the log is short, and the share of stretches that may be quiet by chance.
  private static let stretch = 50
  private static let shortStretch = 20
  private static let quietShare = 0.05
  /// Stretches below which nothing is said.
  private static let least = 5
  /// A tenth unanswered is strain, as in `Storms`.
  private static let strain = 0.1
  /// Windows of load, microseconds: from a queue's to a bucket's that fills over seconds.
  private static let windows: [Int64] = LoadTest.windows + [4_000_000, 8_000_000]

  /// Nil where some stretch was quiet, or where the log shows that load does not make the failures.
  init?(_ log: borrowing CallLog, _ range: Range<Int>) {
    func fails(_ code: UInt8) -> Bool {
      switch FailureKind(rawValue: code) {
      // A request that is wrong by itself fails under any load.
      case nil, .semantic, .incompatibleTarget, .networkPermanent: false
      default: true
      }
    }
    let length = range.count >= 2 * Self.least * Self.stretch ? Self.stretch : Self.shortStretch
    var (stretches, quiet, failures) = (0, 0, 0)
    for begin in stride(from: range.lowerBound, through: range.upperBound - length, by: length) {
      let bad = (begin..<begin + length).count { fails(log.firstFailure[$0]) }
      stretches += 1
      failures += bad
      if Double(bad) <= Self.strain * Double(length) { quiet += 1 }
    }
    guard stretches >= Self.least, Double(quiet) <= Self.quietShare * Double(stretches) else { return nil }
    failed = Double(failures) / Double(stretches * length)
    // Every window must say that it is not load.
    let starts = range.flatMap { log.attempts(of: $0).map { log.start[$0] } }.sorted()
    let isUnmoved = Self.windows.allSatisfy { window in
      guard let slope = LoadTest.slope(log, range, window: window, dead: [], origin: log.arrival[range.lowerBound])
      else { return false }
      let load = Self.meanLoad(log, range, starts, window: window)
      let saturated = (1 - failed) / max(load, 1)
      return slope.value + 1.96 * slope.error < 0.5 * saturated
    }
    if isUnmoved { return nil }
  }

  /// Attempts of all kinds that came in the window before a first attempt, on average.
  private static func meanLoad(
    _ log: borrowing CallLog, _ range: Range<Int>, _ starts: [Int64], window: Int64
  ) -> Double {
    var (head, tail, sum) = (0, 0, 0)
    for episode in range {
      let time = log.arrival[episode]
      while tail < starts.count, starts[tail] <= time { tail += 1 }
      while head < tail, starts[head] < time - window { head += 1 }
      sum += tail - head
    }
    return Double(sum) / Double(max(range.count, 1))
  }

  /// As a finding.
  func fact(_ component: String) -> PolicyFindings.UnendingStrain {
    PolicyFindings.UnendingStrain(component: ForeignName(component), failed: failed)
  }
}
