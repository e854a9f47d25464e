// The evaluator's settings, `evaluation:` in a policy file.

/// How the evaluator works. Times are microseconds.
package struct EvaluationSettings: Hashable, Sendable {
  /// How far away another request's first attempt may lie to tell about a component's state.
  package var donorWindow: Int64
  /// Logged retries that a cell of the pattern table needs.
  package var minimumRetries: Int
  /// Length of the blocks that intervals rest on.
  package var block: Int64
  package var seed: UInt64
  /// Runs of a stateful policy.
  package var replays: Int
  /// Bootstrap draws for quantiles.
  package var resamples: Int
  /// The largest share of attempts without support under which a value is still given.
  package var unsupportedLimit: Double
  /// Two starts this close are the same start.
  package var sameStart: Int64

  /// Attempts of one request beyond which none is followed: it counts as failed.
  static let attemptLimit = 1000
  /// Events of one replay beyond which nothing is retried any more: so many for each logged attempt, and ten thousand.
  static let eventsPerAttempt = 10
  /// Blocks of time; over a longer log they grow.
  static let blockLimit = 1000

  package init(
    donorWindow: Int64 = 60_000_000, minimumRetries: Int = 30, block: Int64 = 600_000_000, seed: UInt64 = 1,
    replays: Int = 20, resamples: Int = 1000, unsupportedLimit: Double = 0.01, sameStart: Int64 = 1
  ) {
    self.donorWindow = max(donorWindow, 1)
    self.minimumRetries = max(minimumRetries, 1)
    self.block = max(block, 1)
    self.seed = seed
    self.replays = max(replays, 1)
    self.resamples = max(resamples, 100)
    self.unsupportedLimit = unsupportedLimit
    self.sameStart = sameStart
  }
}
