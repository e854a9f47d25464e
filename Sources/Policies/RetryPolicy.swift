// Whether a failed attempt is made again, and when: attempts, kinds, deadlines and the server's pushback.
internal import Support
package import Model

/// A set of failure kinds.
package struct KindSet: OptionSet, Hashable, Sendable {
  package var rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  package init(_ kinds: [FailureKind]) {
    rawValue = kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
  }

  /// The kinds that `FailureKind.isRetryable` names.
  package static let retryable = KindSet(FailureKind.allCases.filter(\.isRetryable))
  package static let all = KindSet(FailureKind.allCases)

  /// Whether the kind of a failure code (`FailureKind.rawValue`) is in the set.
  @inlinable package func contains(code: UInt8) -> Bool { code < 16 && rawValue & (1 << UInt16(code)) != 0 }

  /// In the order of `FailureKind.allCases`.
  package var kinds: [FailureKind] { FailureKind.allCases.filter { contains(code: $0.rawValue) } }
}

/// What a client makes of a wait that its callee asked for (`Retry-After`, gRPC's pushback).
package enum ServerWait: Hashable, Sendable {
  /// It goes by its own law.
  case ignored
  /// It waits that long instead: urllib3's `respect_retry_after_header`, gRPC, Polly's `ShouldRetryAfterHeader`.
  case instead
  /// It waits no less, and no more than `most` microseconds longer than its own law says: botocore's clamp.
  case atLeast(most: Int64?)
}

/// A retry policy. `attempts` includes the first one, whatever the system it is taken from counts.
package struct RetryPolicy: Hashable, Sendable {
  /// At least 1; `Int.max` is no limit.
  package var attempts: Int
  package var backoff: Backoff
  /// The law after an answer that asked to slow down (`insufficientResources`), where it is another.
  package var throttledBackoff: Backoff?
  package var retryOn: KindSet
  /// Microseconds one attempt may take; nil: as long as it took in the log.
  package var attemptTimeout: Int64?
  /// Microseconds the request may take over all attempts.
  package var deadline: Int64?
  /// What becomes of a wait that the callee asks for; nil: what the log's clients make of it.
  package var serverWait: ServerWait?
  /// Whether kinds that the log shows being retried are retried too: the default where no kinds are named.
  package var retriesLoggedKinds: Bool

  package init(
    attempts: Int, backoff: Backoff = .immediate, retryOn: KindSet = .retryable, attemptTimeout: Int64? = nil,
    deadline: Int64? = nil, retriesLoggedKinds: Bool = false
  ) {
    self.attempts = max(attempts, 1)
    self.backoff = backoff
    self.retryOn = retryOn
    self.attemptTimeout = attemptTimeout
    self.deadline = deadline
    self.retriesLoggedKinds = retriesLoggedKinds
  }

  /// The law of the wait after a failure.
  package func backoff(after code: UInt8) -> Backoff {
    code == FailureKind.insufficientResources.rawValue ? throttledBackoff ?? backoff : backoff
  }

  /// The wait before the next attempt.
  ///
  /// - Parameters:
  ///   - own: what the law says, microseconds.
  ///   - asked: what the callee asked for.
  ///   - rule: what the client makes of it.
  /// - Returns: microseconds.
  package static func wait(own: Int64, asked: Int64?, _ rule: ServerWait) -> Int64 {
    guard let asked else { return own }
    switch rule {
    case .ignored: return own
    case .instead: return asked
    case .atLeast(let most): return min(max(asked, own), own.addingSaturated(most ?? .max))
    }
  }

  /// One attempt and nothing more.
  package static let never = RetryPolicy(attempts: 1)

  /// What to do after a failed attempt.
  package enum Verdict: Hashable, Sendable {
    /// Start the next attempt after this many microseconds.
    case retry(after: Int64)
    case stop(Reason)
  }

  package enum Reason: Hashable, Sendable { case attempts, kind, deadline, pushback }

  /// What the server asked for with its failure.
  package enum Pushback: Hashable, Sendable {
    /// Wait exactly this long, microseconds; the exponent starts again.
    case wait(Int64)
    /// Do not retry: a negative or unreadable pushback.
    case stop
  }

  /// One request's way through its attempts.
  package struct Run: Hashable, Sendable {
    /// Attempts made so far.
    package var attempts = 1
    /// The delay law's counter, which pushback resets.
    var exponent = 0
    var memory = Backoff.Memory()
    package init() {}
  }

  /// Decides after the failure of the run's last attempt, which ended `elapsed` microseconds after the request began.
  package func decide(
    _ run: inout Run, failure code: UInt8, elapsed: Int64, u: Double, pushback: Pushback? = nil, asked: Int64? = nil
  ) -> Verdict {
    guard run.attempts < attempts else { return .stop(.attempts) }
    guard retryOn.contains(code: code) else { return .stop(.kind) }
    var delay: Int64
    switch pushback {
    case .stop?: return .stop(.pushback)
    case .wait(let asked)?:
      delay = asked
      run.exponent = 0
      run.memory = Backoff.Memory()
    case nil:
      run.exponent += 1
      let own = backoff(after: code).delay(run.exponent, u: u, memory: &run.memory)
      delay = Self.wait(own: own, asked: asked, serverWait ?? .ignored)
    }
    delay = max(delay, 0)
    if let deadline, elapsed.addingSaturated(delay) >= deadline { return .stop(.deadline) }
    run.attempts += 1
    return .retry(after: delay)
  }
}
