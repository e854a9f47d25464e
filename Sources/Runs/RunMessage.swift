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

/// Who is told how far reading has come.
package protocol ProgressObserver: Sendable {
  /// So many more expanded bytes were read.
  func advance(_ bytes: Int)
}
