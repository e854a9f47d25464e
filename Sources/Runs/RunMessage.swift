// What a run tells its user while it works: facts, which the program puts into words on standard error.

/// Something worth telling at once; what belongs to the night stands in its report.
package enum RunMessage: Hashable, Sendable {
  /// Another run holds the history: this one waits.
  case historyInUse
  /// The history cannot be used: the run goes on without it.
  case historyUnusable(reason: String)
  /// Test cases could not be moved to disk and stay in memory, above `limits.memory`.
  case memoryExceeded(reason: String)
  /// Not a record of an argument was used.
  case nothingUsed(input: String, reason: String)
}

/// What a run is at.
package enum RunPhase: Hashable, Sendable {
  /// Counted in stored bytes.
  case reading
  /// Requests are put together: counted in groups of partitions.
  case joining
  /// Counted in analyses.
  case concluding
}

/// Who is told how far a run has come.
package protocol ProgressObserver: Sendable {
  /// A phase begins, which is over after so many steps; nil where nobody knows how many.
  func begin(_ phase: RunPhase, of total: Int?)
  /// So many more steps of the phase are done.
  func advance(_ count: Int)
}
