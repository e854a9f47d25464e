// A policy that the user gives as logged is held against the log before it is believed.
internal import Model
internal import Support

extension LoggedPolicy {
  /// Retries below which the log contradicts nobody.
  private static let least = 30

  /// The policy of the log: as given where the log agrees, else as inferred, with what the given one says otherwise.
  static func checked(
    _ log: borrowing CallLog, given: Policy?, _ contradictions: inout [PolicyFindings.Contradiction]
  ) -> LoggedPolicy {
    let inferred = LoggedPolicy(log, given: nil)
    guard let given, let retry = given.retry else { return inferred }
    guard inferred.retries >= least else { return LoggedPolicy(log, given: given) }
    let exhausted = log.callsThatStopped(after: inferred.attempts)
    if retry.attempts < inferred.attempts
      || retry.attempts > inferred.attempts && exhausted >= least
        && inferred.deadline == nil
    {
      contradictions.append(
        .attempts(given: retry.attempts == .max ? 0 : retry.attempts, seen: inferred.attempts))
    }
    if let seen = inferred.fact.medianFirstDelay, retry.attempts > 1 {
      var memory = Backoff.Memory()
      let expected = retry.backoff.delay(1, u: 0.5, memory: &memory)
      if abs(seen - expected) > max(expected / 2, 20_000) {
        contradictions.append(.firstDelay(given: expected, seen: seen))
      }
    }
    if let said = retry.attemptTimeout, let seen = inferred.attemptTimeout, abs(said - seen) > max(seen / 10, 10_000) {
      contradictions.append(.timeout(given: said, seen: seen))
    }
    return contradictions.isEmpty ? LoggedPolicy(log, given: given) : inferred
  }
}
