// Logs that no sane night leaves: whatever they hold, every figure is a number inside its bounds, or there are bounds only.
import Model
import Policies
import Support
import Testing

private let start: Int64 = 1_700_000_000_000_000
private let unavailable = FailureKind.unavailable.rawValue

/// An attempt: when it began, how long it took, whether it failed.
private struct Try {
  var at: Int64
  var length: Int64 = 50_000
  var failure: UInt8 = 0

  init(_ at: Int64, _ length: Int64 = 50_000, failed: Bool = false) {
    self.at = at
    self.length = length
    failure = failed ? unavailable : 0
  }
}

private func log(_ episodes: [[Try]]) -> CallPartial {
  var partial = CallPartial(limit: .max)
  let edge = CallEdge(caller: "client", callee: "service", operation: "call")
  for episode in episodes {
    var attempts: [LoggedAttempt] = []
    for attempt in episode {
      attempts.append(
        LoggedAttempt(
          start: attempt.at, duration: attempt.length, failure: attempt.failure, isFirst: attempts.isEmpty))
    }
    partial.add(attempts, to: edge)
  }
  return partial
}

/// Episodes by number, `step` microseconds apart.
private func episodes(_ count: Int, every step: Int64, _ make: (Int, Int64) -> [Try]) -> [[Try]] {
  (0..<count).map { make($0, start + Int64($0) * step) }
}

/// One candidate of every family, some of them without end.
private let candidates: [Policy] = {
  var all = Preset.allCases.map(\.policy)
  all.append(Policy("none", retry: RetryPolicy(attempts: 1)))
  all.append(Policy("for ever", retry: RetryPolicy(attempts: .max, backoff: .immediate, retryOn: .all)))
  all.append(
    Policy(
      "hasty", retry: RetryPolicy(attempts: 3, backoff: .immediate, retryOn: .all, attemptTimeout: 1, deadline: 1)))
  all.append(
    Policy(
      "slow",
      retry: RetryPolicy(attempts: 9, backoff: Backoff(.exponential(base: .max / 4, factor: 1000)), retryOn: .all)))
  var guarded = Policy(
    "for ever, guarded", retry: RetryPolicy(attempts: .max, backoff: .immediate, retryOn: .all))
  guarded.breaker = BreakerSettings(window: .count(.max), minimumCalls: 1, open: 1, probes: 1)
  all.append(guarded)
  var budgeted = Policy("for ever, budget", retry: RetryPolicy(attempts: .max, backoff: .immediate, retryOn: .all))
  budgeted.budget = .ratio(ratio: 1000, perSecond: 1e9, ttl: .max)
  all.append(budgeted)
  var hedged = Policy("hedge at once")
  hedged.hedge = Hedging(after: 0, max: 10)
  all.append(hedged)
  var door = Policy("door")
  door.admission = AdmissionSettings()
  door.admission?.maxInFlight = 1
  door.admission?.maxPerWindow = 1
  door.admission?.window = 1_000_000
  door.admission?.maxRetries = 1_000_000
  all.append(door)
  for i in all.indices { all[i].name += " \(i)" }
  return all
}()

private func check(
  _ partial: CallPartial, _ name: String, _ candidates: [Policy] = candidates,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
)
  throws
{
  var settings = EvaluationSettings(resamples: 100)
  settings.replays = 2
  let findings = try #require(
    PolicyEvaluator.evaluate(partial, file: PolicyFile(policies: candidates, evaluation: settings)),
    sourceLocation: sourceLocation)
  #expect(findings.candidates.count == candidates.count, sourceLocation: sourceLocation)
  func isSound(_ estimate: Estimate, _ range: ClosedRange<Double>) -> Bool {
    let value = estimate.value ?? estimate.low
    return value.isFinite && estimate.low.isFinite && estimate.high.isFinite && estimate.low <= value
      && value <= estimate.high && range.contains(value)
  }
  for candidate in findings.candidates where candidate.families != [.supervision] {
    let what: Comment = "\(name), \(candidate.name): \(candidate.outcome)"
    #expect(isSound(candidate.outcome.successRate, -1e-9...1 + 1e-9), what, sourceLocation: sourceLocation)
    #expect(isSound(candidate.outcome.attemptsPerRequest, 0...1001), what, sourceLocation: sourceLocation)
    #expect(isSound(candidate.outcome.latencyP99, 0...1e19), what, sourceLocation: sourceLocation)
    #expect(isSound(candidate.outcome.peakLoad, 0...1e12), what, sourceLocation: sourceLocation)
    #expect(isSound(candidate.difference.successRate, -1...1), what, sourceLocation: sourceLocation)
    let parts = candidate.exact + candidate.estimated + candidate.unsupported
    #expect(abs(parts - 1) < 1e-6, what, sourceLocation: sourceLocation)
    #expect(
      candidate.unsupported < 0.5 || candidate.outcome.successRate.value == nil, what, sourceLocation: sourceLocation)
  }
}

@Test("One episode, good or bad, alone or with retries")
func oneEpisode() throws {
  try check(log([[Try(start)]]), "good")
  try check(log([[Try(start, failed: true)]]), "bad")
  try check(log([[Try(start, failed: true), Try(start + 60_000)]]), "good in the end")
}

@Test("No retry at all, and no success at all")
func nothingRetriedNothingGood() throws {
  try check(log(episodes(900, every: 500_000) { [Try($1, failed: $0 % 9 == 0)] }), "no retries")
  try check(
    log(
      episodes(200, every: 500_000) { _, at in
        [Try(at, failed: true), Try(at + 100_000, failed: true), Try(at + 200_000, failed: true)]
      }), "no success")
}

@Test("All at the same time, in no time")
func atOnce() throws {
  try check(
    log(episodes(500, every: 0) { i, at in i % 5 == 0 ? [Try(at, 0, failed: true), Try(at, 0)] : [Try(at, 0)] }),
    "at once")
}

@Test("Attempts out of order, one inside the other, and longer than time")
func outOfOrder() throws {
  try check(
    log(
      episodes(200, every: 1_000_000) { i, at in
        [
          Try(at, 900_000, failed: true), Try(at - 500_000, 10, failed: true),
          Try(at + 3, 2_000_000, failed: i % 2 == 1),
        ]
      }), "out of order")
  try check(
    log(episodes(300, every: 1) { i, at in [Try(at, i % 3 == 0 ? .max : -5, failed: i % 3 == 0)] }), "endless")
}

@Test("Clocks at zero and at the end of time: what hangs on them is said, and memory stays small")
func wrongClocks() throws {
  var odd = episodes(2000, every: 500_000) { i, at in
    i % 7 == 0 ? [Try(at, 20_000, failed: true), Try(at + 120_000, 20_000)] : [Try(at, 20_000)]
  }
  odd.append([Try(0)])
  let few = candidates.suffix(9).filter { !$0.isStateful }
  try check(log(odd), "1970", few)
  let findings = try #require(PolicyEvaluator.evaluate(log(odd), file: PolicyFile(policies: [candidates[0]])))
  #expect(findings.warnings.contains { if case .coarseLoad = $0 { true } else { false } })
  #expect(findings.candidates[0].warnings.contains { if case .fewBlocks = $0 { true } else { false } })
  odd.append([Try(.max, .max, failed: true)])
  odd.append([Try(.min, 0)])
  try check(log(odd), "all of time", few)
}

@Test("A door that lets one call a second pass, and fifty thousand that wait: the queue is served in order, to the end")
func longQueue() throws {
  var settings = AdmissionSettings()
  settings.maxPerWindow = 1
  settings.window = 1_000_000
  var gate = AdmissionGate(settings)
  gate.keepsLog = false
  var started: [UInt64] = []
  for i in 0..<50_000 {
    let (_, entries) = gate.arrive("", at: Int64(i))
    for entry in entries where entry.decision == .invoke { started.append(entry.episode) }
  }
  #expect(gate.waiting == 49_999)
  for _ in 0..<1000 {
    let due = try #require(gate.nextDue)
    for entry in gate.tick(at: due) where entry.decision == .invoke {
      started.append(entry.episode)
      _ = gate.complete(entry.episode, failure: 0, at: due)
    }
  }
  #expect(started == Array(0..<1001))
  #expect(gate.now == 1_000_000_000)
}

@Test("Calls that were only counted tell no attempt's length where none was served at once: latencies are bounds")
func untimedAttempts() throws {
  func log(servedAtOnce: Int) throws -> PolicyFindings {
    var partial = CallPartial(limit: .max)
    let edge = CallEdge(caller: "a", callee: "b", operation: "get")
    for i in 0..<40 {
      let start = 1_700_000_000_000_000 + Int64(i) * 1_000_000
      var attempts = (0..<3).map {
        LoggedAttempt(
          start: start + Int64($0) * 30_000, duration: 30_000, failure: FailureKind.unavailable.rawValue,
          isFirst: $0 == 0)
      }
      for k in attempts.indices { attempts[k].marks = .countedOnly }
      partial.add(attempts, to: edge)
    }
    for i in 0..<servedAtOnce {
      partial.add([LoggedAttempt(start: 1_700_000_000_500_000 + Int64(i) * 1_000_000, duration: 9_000)], to: edge)
    }
    return try #require(
      PolicyEvaluator.evaluate(
        partial,
        file: PolicyFile(
          policies: [Policy("once", retry: .never)], evaluation: EvaluationSettings(replays: 2, resamples: 100))))
  }
  let blind = try #require(try log(servedAtOnce: 0).candidates.first)
  #expect(blind.outcome.latencyP99.value == nil && blind.outcome.latencyP99.low == 0)
  // Its success is known all the same, and no more can be lost than was served.
  guard case .effect = blind.verdict else {
    Issue.record("\(blind.verdict)")
    return
  }
  #expect(blind.difference.successRate.low == 0)
  let told = try #require(try log(servedAtOnce: 40).candidates.first)
  #expect(told.outcome.latencyP99.value != nil)
}
