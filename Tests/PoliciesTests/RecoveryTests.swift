// Recovery: what to do about a failure, when, how often, and how it ends.
import Model
import Policies
import Testing

private let second: Int64 = 1_000_000

private func manager(_ settings: RecoverySettings = RecoverySettings(), targets: [String] = []) throws
  -> RecoveryManager
{
  try RecoveryManager(settings, targets: targets)
}

@Test("two questions, one table")
func recoveryStrategies() {
  let settings = RecoverySettings()
  let golden: [(FailureKind, RecoveryStrategy)] = [
    (.networkTransient, .retryOnSameTarget), (.networkPermanent, .rollback),
    (.insufficientResources, .retryOnDifferentTarget), (.incompatibleTarget, .retryOnDifferentTarget),
    (.stateCorruption, .rollback), (.timeout, .retryOnSameTarget), (.targetUnreachable, .retryOnDifferentTarget),
    (.unknown, .rollback),
  ]
  for (kind, expected) in golden { #expect(settings.strategy(for: kind, retries: 0) == expected) }
  let kinds = golden.map(\.0)
  #expect(kinds.filter(\.isRetryable) == [.networkTransient, .insufficientResources, .timeout, .targetUnreachable])
  #expect(kinds.filter(\.changesTarget) == [.insufficientResources, .incompatibleTarget, .targetUnreachable])
  // As written, an incompatible target is "not retryable" and yet retried elsewhere: the questions are apart now.
  #expect(!FailureKind.incompatibleTarget.isRetryableHere)
  #expect(FailureKind.incompatibleTarget.isRetryableElsewhere)
  #expect(!FailureKind.insufficientResources.isRetryableHere)
}

@Test("defaults, limits and validation; faulty settings leave the old ones")
func recoverySettings() throws {
  let settings = RecoverySettings()
  #expect(settings.maxRetries == 3)
  #expect(settings.initialDelay == 10 * second)
  #expect(settings.maxDelay == 300 * second)
  #expect(settings.timeout == 600 * second)
  #expect(settings.strategy(for: .timeout, retries: 3) == .rollback)
  #expect(RecoverySettings(autoRollback: false).strategy(for: .timeout, retries: 3) == .giveUp)
  #expect(RecoverySettings(isExponential: false).backoff.envelope(9) == 10 * second)
  #expect(!RecoverySettings(initialDelay: 0).problems.isEmpty)
  #expect(!RecoverySettings(initialDelay: 10, maxDelay: 5).problems.isEmpty)
  var manager = try manager()
  #expect(throws: RecoveryFailure.self) { try manager.set(RecoverySettings(timeout: 0)) }
  #expect(manager.settings == settings)
  #expect(throws: RecoveryFailure.self) { try RecoveryManager(RecoverySettings(initialDelay: 0)) }
}

@Test("retry k waits initial·2^(k-1), saturating, capped in constant mode too")
func delaysOfRecovery() {
  let backoff = RecoverySettings().backoff
  let asWritten: [Int64] = [10, 10, 20, 40, 80, 160, 300, 300, 300]
  let mended = (1...9).map { backoff.envelope($0) / second }
  #expect(mended == [10, 20, 40, 80, 160, 300, 300, 300, 300])
  #expect(asWritten.dropFirst().first == 10 && mended != asWritten)
  // Attempt 30 trapped and attempt 32 wrapped to 0.
  #expect([30, 32, 4000].allSatisfy { backoff.envelope($0) == 300 * second })
  #expect(RecoverySettings(initialDelay: 500, maxDelay: 300, isExponential: false).backoff.envelope(1) == 300)
}

@Test("same, same, same, rollback; attempts are numbered from 1")
func attempts() throws {
  var manager = try manager()
  manager.recordFailure(of: "a", kind: .timeout, message: "late", at: 0)
  var strategies: [RecoveryStrategy] = []
  for step in 0..<4 {
    strategies.append(try manager.recover("a", at: Int64(step)))
    manager.failed("a", kind: .timeout, message: "late again", at: Int64(step))
  }
  #expect(strategies == [.retryOnSameTarget, .retryOnSameTarget, .retryOnSameTarget, .rollback])
  #expect(manager.operation("a")?.attempts.map(\.number) == [1, 2, 3, 4])
  // A rollback ends it: nothing stays pending or counts on.
  #expect(throws: RecoveryFailure.self) { try manager.recover("a", at: 9) }
  #expect(throws: RecoveryFailure.self) { try manager.recover("nobody", at: 9) }
}

@Test("a failure recorded again keeps its count; success starts afresh")
func repeatedFailures() throws {
  var manager = try manager()
  var strategies: [RecoveryStrategy] = []
  for time in 0..<6 {
    manager.recordFailure(of: "a", kind: .timeout, at: Int64(time))
    strategies.append((try? manager.recover("a", at: Int64(time))) ?? .giveUp)
  }
  let asWritten = Array(repeating: RecoveryStrategy.retryOnSameTarget, count: 6)
  #expect(strategies != asWritten)
  #expect(strategies[3] == .rollback)
  // After the rollback a new failure is a new operation.
  #expect(strategies[4] == .retryOnSameTarget)
  manager.succeeded("a", at: 10)
  #expect(manager.operation("a")?.state == .recovered)
}

@Test("success, failure and rollback are ends of their own; a failure brings its kind and time")
func ends() throws {
  var manager = try manager(targets: ["n2"])
  manager.recordFailure(of: "a", kind: .timeout, target: "n1", at: 100)
  _ = try manager.recover("a", at: 110)
  manager.failed("a", kind: .targetUnreachable, message: "gone", at: 115)
  #expect(manager.operation("a")?.kind == .targetUnreachable)
  #expect(manager.operation("a")?.failedAt == 115)
  #expect(manager.operation("a")?.attempts.last?.endedAt == 115)
  #expect(manager.operation("a")?.attempts.last?.message == "gone")
  _ = try manager.recover("a", at: 120)
  manager.succeeded("a", at: 121)
  #expect(manager.pending.isEmpty)
  #expect(manager.operation("a")?.attempts.last?.succeeded == true)
  manager.recordFailure(of: "b", kind: .stateCorruption, at: 0)
  #expect(try manager.recover("b", at: 1) == .rollback)
  #expect(manager.operation("b")?.state == .rolledBack)
}

@Test("another target means another one; when none is left, roll back")
func otherTargets() throws {
  var manager = try manager(targets: ["n1", "n2"])
  manager.recordFailure(of: "a", kind: .insufficientResources, target: "n1", at: 0)
  #expect(manager.plan("a", at: 1)?.target == "n2")
  _ = try manager.recover("a", at: 1)
  manager.failed("a", kind: .insufficientResources, message: "full", at: 2)
  #expect(try manager.recover("a", at: 3) == .rollback)
}

@Test("the whole recovery has a deadline")
func recoveryTimeout() throws {
  var manager = try manager()
  manager.recordFailure(of: "a", kind: .timeout, at: 0)
  #expect(manager.plan("a", at: 599 * second)?.strategy == .retryOnSameTarget)
  #expect(try manager.recover("a", at: 600 * second) == .rollback)
}

@Test("the next retry is counted from the end of the last attempt")
func nextRetryTime() throws {
  var manager = try manager()
  manager.recordFailure(of: "a", kind: .timeout, at: 100 * second)
  var times: [Int64] = []
  for _ in 0..<3 {
    let due = try #require(manager.nextRetryTime("a"))
    times.append(due / second)
    #expect(!manager.isReady("a", at: due - 1))
    #expect(manager.ready(at: due) == ["a"])
    _ = try manager.recover("a", at: due)
    manager.failed("a", kind: .timeout, message: "", at: due + 5 * second)
  }
  let asWritten: [Int64] = [110, 110, 120]
  #expect(times[0] == asWritten[0])
  #expect(times == [110, 135, 180])
}

@Test("what is pending comes sorted; forgetting history forgets no work")
func accessors() throws {
  var manager = try manager()
  for id in ["c", "a", "b"] { manager.recordFailure(of: id, kind: .timeout, at: 0) }
  #expect(manager.pending.map(\.id) == ["a", "b", "c"])
  _ = try manager.recover("a", at: 10 * second)
  manager.clearHistory("a")
  #expect(manager.operation("a")?.attempts.isEmpty == true)
  // As written, this dropped the pending recovery too.
  #expect(manager.pending.count == 3)
}
