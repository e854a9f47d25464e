// Recovery of long operations (a migration): classify the failure, then retry here, retry elsewhere, roll back or give up.
internal import Support
package import Model

/// What to do next about a failed operation.
package enum RecoveryStrategy: String, Hashable, Sendable {
  case retryOnSameTarget, retryOnDifferentTarget, rollback, giveUp
}

extension FailureKind {
  /// Whether another attempt at the same target makes sense.
  package var isRetryableHere: Bool { isRetryable && !changesTarget }
  /// Whether another attempt at another target makes sense.
  package var isRetryableElsewhere: Bool { changesTarget }
}

/// The settings of a recovery. Times are microseconds.
package struct RecoverySettings: Hashable, Sendable {
  /// Attempts beside the first.
  package var maxRetries: Int
  package var initialDelay: Int64
  package var maxDelay: Int64
  package var isExponential: Bool
  package var jitter: Backoff.Jitter
  /// Over the whole recovery.
  package var timeout: Int64
  package var autoRollback: Bool

  package init(
    maxRetries: Int = 3, initialDelay: Int64 = 10_000_000, maxDelay: Int64 = 300_000_000, isExponential: Bool = true,
    jitter: Backoff.Jitter = .none, timeout: Int64 = 600_000_000, autoRollback: Bool = true
  ) {
    self.maxRetries = maxRetries
    self.initialDelay = initialDelay
    self.maxDelay = maxDelay
    self.isExponential = isExponential
    self.jitter = jitter
    self.timeout = timeout
    self.autoRollback = autoRollback
  }

  package var problems: [String] {
    var problems: [String] = []
    if initialDelay < 1 { problems.append("initialDelay must be longer than 0") }
    if maxDelay < initialDelay { problems.append("maxDelay must not be shorter than initialDelay") }
    if timeout < 1 { problems.append("timeout must be longer than 0") }
    if maxRetries < 0 { problems.append("maxRetries must not be negative") }
    return problems
  }

  /// The delay law: initialDelay·2^(k-1) before retry k, or constant; capped either way.
  package var backoff: Backoff {
    Backoff(
      isExponential ? .exponential(base: initialDelay, factor: 2) : .fixed(initialDelay), jitter: jitter,
      maximum: maxDelay)
  }

  /// What to do about a failure of this kind after `retries` retries.
  package func strategy(for kind: FailureKind, retries: Int) -> RecoveryStrategy {
    let last: RecoveryStrategy = autoRollback ? .rollback : .giveUp
    guard retries < maxRetries else { return last }
    if kind.isRetryableElsewhere { return .retryOnDifferentTarget }
    return kind.isRetryableHere ? .retryOnSameTarget : last
  }
}

/// Why a recovery step could not be made.
package struct RecoveryFailure: Error, Hashable, Sendable {
  package enum Code: Hashable, Sendable { case nothingPending, invalidSettings, tooEarly }
  package var code: Code
  package var message: String
}

/// Keeps every failed operation's way to its end. The clock is the caller's.
package struct RecoveryManager: Sendable {
  package enum State: String, Hashable, Sendable { case pending, recovered, rolledBack, abandoned }

  package struct Attempt: Hashable, Sendable {
    /// 1-based.
    package var number: Int
    package var strategy: RecoveryStrategy
    package var startedAt: Int64
    package var endedAt: Int64?
    package var target: String?
    package var succeeded: Bool
    package var failure: FailureKind?
    package var message: String?
  }

  package struct Operation: Hashable, Sendable {
    package var id: String
    package var state: State
    package var kind: FailureKind
    package var message: String
    package var target: String?
    /// When the first failure happened.
    package var firstFailedAt: Int64
    /// When the last attempt ended.
    package var failedAt: Int64
    package var retries: Int
    package var failedTargets: Set<String>
    package var attempts: [Attempt]
  }

  package private(set) var settings: RecoverySettings
  private var operations: [String: Operation] = [:]
  /// Targets an operation may be moved to, in order of preference.
  package var targets: [String]

  package init(_ settings: RecoverySettings = RecoverySettings(), targets: [String] = []) throws(RecoveryFailure) {
    if let problem = settings.problems.first { throw RecoveryFailure(code: .invalidSettings, message: problem) }
    self.settings = settings
    self.targets = targets
  }

  /// Changes the settings; faulty ones are refused and the old ones stay.
  package mutating func set(_ new: RecoverySettings) throws(RecoveryFailure) {
    if let problem = new.problems.first { throw RecoveryFailure(code: .invalidSettings, message: problem) }
    settings = new
  }

  /// An operation failed. A failure of one that is already pending keeps its count of retries.
  package mutating func recordFailure(
    of id: String, kind: FailureKind, message: String = "", target: String? = nil, at time: Int64
  ) {
    var operation =
      operations[id].flatMap { $0.state == .pending ? $0 : nil }
      ?? Operation(
        id: id, state: .pending, kind: kind, message: message, target: target, firstFailedAt: time, failedAt: time,
        retries: 0, failedTargets: [], attempts: operations[id]?.attempts ?? [])
    operation.kind = kind
    operation.message = message
    operation.failedAt = time
    operation.target = target ?? operation.target
    if let target = operation.target { operation.failedTargets.insert(target) }
    operations[id] = operation
  }

  /// What would be done next, and to which target.
  package func plan(_ id: String, at time: Int64) -> (strategy: RecoveryStrategy, target: String?)? {
    guard let operation = operations[id], operation.state == .pending else { return nil }
    let last: RecoveryStrategy = settings.autoRollback ? .rollback : .giveUp
    if time.subtractingSaturated(operation.firstFailedAt) >= settings.timeout { return (last, nil) }
    let strategy = settings.strategy(for: operation.kind, retries: operation.retries)
    guard strategy == .retryOnDifferentTarget else { return (strategy, operation.target) }
    guard let other = targets.first(where: { !operation.failedTargets.contains($0) }) else { return (last, nil) }
    return (strategy, other)
  }

  /// Takes the next step. `rollback` and `giveUp` end the operation.
  package mutating func recover(_ id: String, at time: Int64) throws(RecoveryFailure) -> RecoveryStrategy {
    guard var operation = operations[id], let (strategy, target) = plan(id, at: time) else {
      throw RecoveryFailure(code: .nothingPending, message: "nothing to recover for '\(id)'")
    }
    operation.attempts.append(
      Attempt(
        number: operation.retries + 1, strategy: strategy, startedAt: time, endedAt: nil, target: target,
        succeeded: false))
    switch strategy {
    case .rollback: operation.state = .rolledBack
    case .giveUp: operation.state = .abandoned
    case .retryOnSameTarget, .retryOnDifferentTarget:
      operation.retries += 1
      operation.target = target
    }
    operations[id] = operation
    return strategy
  }

  /// The attempt under way succeeded.
  package mutating func succeeded(_ id: String, at time: Int64) {
    guard var operation = operations[id], operation.state == .pending, !operation.attempts.isEmpty else { return }
    operation.attempts[operation.attempts.count - 1].succeeded = true
    operation.attempts[operation.attempts.count - 1].endedAt = time
    operation.state = .recovered
    operations[id] = operation
  }

  /// The attempt under way failed: its type and time become the operation's.
  package mutating func failed(_ id: String, kind: FailureKind, message: String, at time: Int64) {
    guard var operation = operations[id], operation.state == .pending, !operation.attempts.isEmpty else { return }
    let last = operation.attempts.count - 1
    operation.attempts[last].succeeded = false
    operation.attempts[last].failure = kind
    operation.attempts[last].message = message
    operation.attempts[last].endedAt = time
    operations[id] = operation
    recordFailure(of: id, kind: kind, message: message, target: operation.target, at: time)
  }

  /// When the next attempt is due: the end of the last one plus the delay before the next retry.
  package func nextRetryTime(_ id: String) -> Int64? {
    guard let operation = operations[id], operation.state == .pending else { return nil }
    return operation.failedAt.addingSaturated(settings.backoff.envelope(operation.retries + 1))
  }

  package func isReady(_ id: String, at time: Int64) -> Bool { nextRetryTime(id).map { time >= $0 } ?? false }

  /// The ids that are due, sorted.
  package func ready(at time: Int64) -> [String] { pending.map(\.id).filter { isReady($0, at: time) } }

  /// What is pending, by id.
  package var pending: [Operation] {
    operations.values.filter { $0.state == .pending }.sorted { $0.id < $1.id }
  }

  package func operation(_ id: String) -> Operation? { operations[id] }

  /// Forgets the attempts of an operation; one that is pending stays pending.
  package mutating func clearHistory(_ id: String) {
    if operations[id]?.state == .pending { operations[id]?.attempts = [] } else { operations[id] = nil }
  }
}
