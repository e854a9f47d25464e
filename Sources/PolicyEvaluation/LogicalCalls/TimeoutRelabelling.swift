// The log as another timeout would have left it: longer attempts cut, cut ones as long as the callee's span says.
internal import Model
internal import Support

extension CallLog {
  /// What a log under another timeout takes for the attempts whose end nobody told.
  struct UnderTimeout {
    var log: CallLog
    /// Attempts that the log's own timeout cut and whose callee does not tell how they would have gone on.
    var untold: Int
  }

  /// Whether an attempt was cut by its client's own timeout.
  func isCut(_ i: Int, _ logged: LoggedPolicy) -> Bool {
    guard let limit = logged.attemptTimeout, failure[i] == FailureKind.timeout.rawValue else { return false }
    return duration[i] >= limit - limit / 50
  }

  /// The same calls under another timeout of an attempt.
  ///
  /// - Parameters:
  ///   - timeout: microseconds.
  ///   - logged: whose timeouts cut the log.
  ///   - applies: per edge.
  ///   - unknown: what becomes of attempts that nobody told the end of.
  /// - Returns: the calls, and what of them is not known.
  func under(
    timeout: Int64, _ logged: LoggedPolicy, applies: [Bool], unknown: RetryPaths.Unknown
  ) -> UnderTimeout {
    var untold = 0
    var attempts: [LoggedAttempt] = []
    var ends: [Int] = []
    attempts.reserveCapacity(self.attempts)
    for episode in 0..<count {
      for i in self.attempts(of: episode) {
        var attempt = LoggedAttempt(start: start[i], duration: duration[i], failure: failure[i])
        if let asked = asked(i) { attempt.asked = AskedWait(milliseconds: asked / 1000) }
        if applies[Int(edge[episode])] {
          var late: Int64?
          if isCut(i, logged), let limit = logged.attemptTimeout {
            late = max(duration[i] - limit, 0)
            if Int64(answered[i]) > duration[i] {
              attempt.duration = Int64(answered[i])
              attempt.failure = answerFailure[i]
            } else if timeout > limit {
              untold += 1
              attempt.duration = unknown == .allSucceed ? limit + 1 : .max
              attempt.failure = unknown == .allSucceed ? 0 : FailureKind.timeout.rawValue
            } else {
              attempt.duration = .max
            }
          }
          // The timer comes as late as the client's other timers: an answer may be faster.
          let seed = UInt64(bitPattern: start[i]) ^ UInt64(i)
          if attempt.duration > timeout.addingSaturated(logged.timeoutLateness.isEmpty ? 0 : logged.lateness.draw(seed))
          {
            attempt.duration = timeout.addingSaturated(late ?? logged.timeoutLateness(seed))
            attempt.failure = FailureKind.timeout.rawValue
          }
        }
        attempts.append(attempt)
        // What came after a success never happened.
        if attempt.failure == 0 { break }
      }
      ends.append(attempts.count)
    }
    return UnderTimeout(log: replacing(attempts, ends: ends), untold: untold)
  }
}
