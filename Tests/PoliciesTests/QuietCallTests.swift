// Calls that a replay leaves out because they go as logged: the figures are those of a replay that plays every call.
import Model
import Policies
import Simulation
import Support
import Testing

/// A log, read once for all policies.
private func base(_ partial: CallPartial) -> EvaluationBase {
  let log = CallLog(partial)
  return EvaluationBase(
    log, LoggedPolicy(log, given: nil), settings: EvaluationSettings(replays: 2, resamples: 100))
}

/// Replays with and without the calls that go as logged; what differs is named.
private func differences(_ base: EvaluationBase, _ policy: Policy, isOverloaded: Bool) throws -> [String] {
  let retry = try #require(policy.retry)
  func sums(playsAll: Bool) -> PolicySums {
    StatefulReplay(
      base, policy, retry: retry, applies: base.log.edges.map { _ in true }, unknown: .usual,
      isOverloaded: isOverloaded, playsAll: playsAll
    ).sums()
  }
  let (short, long) = (sums(playsAll: false), sums(playsAll: true))
  var names: [String] = []
  if short.failures != long.failures { names.append("failures \(short.failures) \(long.failures)") }
  if short.attempts != long.attempts { names.append("attempts \(short.attempts) \(long.attempts)") }
  if short.wasted != long.wasted { names.append("wasted") }
  if short.exact != long.exact || short.estimated != long.estimated || short.won != long.won { names.append("labels") }
  if short.spread != long.spread || short.simulationError != long.simulationError { names.append("spread") }
  for q in [0.1, 0.5, 0.9, 0.99, 0.999] where short.latency.quantile(q) != long.latency.quantile(q) {
    names.append("latency \(q)")
  }
  return names
}

private let breakers: [BreakerSettings] = [
  BreakerSettings(window: .count(20), minimumCalls: 20, open: 5_000_000, probes: 3),
  BreakerSettings(window: .count(50), slowCallRate: 0.3, slowCall: 60_000, minimumCalls: 20, open: 3_000_000),
  BreakerSettings(window: BreakerSettings.rolling(10_000_000), minimumCalls: 10, open: 2_000_000),
  // Opened by the calls that make the rate known, long after the failures.
  BreakerSettings(window: .count(200), failureRate: 0.02, minimumCalls: 180, open: 2_000_000, probes: 5),
  BreakerSettings(window: .consecutive(4), open: 4_000_000, probes: 1),
]

private let budgets: [RetryBudget] = [
  .throttle(maximum: 10, ratio: 0.1), .ratio(ratio: 0.2, perSecond: 1, ttl: 10_000_000),
  .concurrency(share: 0.1, minimum: 2),
  .quota(capacity: 100, cost: 5, timeoutCost: 10, throttlingCost: 5, refund: 1),
]

/// Retries behind a breaker or out of a budget of each kind, and alone.
private func policies() -> [Policy] {
  let retry = RetryPolicy(attempts: 3, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))
  var all = [Policy("retries alone", retry: retry)]
  for (number, settings) in breakers.enumerated() {
    var policy = Policy("breaker \(number)", retry: retry)
    policy.breaker = settings
    all.append(policy)
  }
  for (number, budget) in budgets.enumerated() {
    var policy = Policy("budget \(number)", retry: retry)
    policy.budget = budget
    all.append(policy)
  }
  return all
}

@Test("A replay that leaves quiet calls out has the figures of one that plays all: in outages and in overload")
func quietCalls() throws {
  var calm = SyntheticRetryWorld()
  (calm.components, calm.length, calm.outages, calm.outageMedian, calm.rate) = (1, 900, 3, 20, 5)
  var loaded = LoadDependentWorld()
  (loaded.length, loaded.loss, loaded.outages) = (90, 0.2, [30.0..<34.0])
  let (inOutages, inOverload) = (base(calm.episodes(seed: 21)), base(loaded.play(loaded.logged, seed: 1).log))
  for policy in policies() {
    #expect(try differences(inOutages, policy, isOverloaded: false) == [], "\(policy.name)")
    #expect(try differences(inOverload, policy, isOverloaded: true) == [], "\(policy.name)")
  }
}
