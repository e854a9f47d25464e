// Root calls among many others, with nothing in them that tells which belong to one request.
import Model
import Policies
import Simulation
import Support
import Testing

/// A world with an outage of a second or so every few seconds, twenty requests a second, each attempt a root; and how many
/// attempts a request truly makes.
private func crowded(attempts: Int, seed: UInt64) -> (log: CallPartial, truth: Double) {
  var world = SyntheticRetryWorld()
  (world.components, world.rate, world.length) = (1, 20, 150)
  (world.outages, world.outageMedian, world.outageDeviation) = (12, 1, 0.8)
  world.logged = RetryPolicy(
    attempts: attempts, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))
  let siblings = world.episodes(seed: seed)
  var partial = CallPartial(limit: .max)
  var (all, first) = (0, 0)
  for (edge, rows) in siblings.edges {
    all += rows.count
    first += rows.count { $0.isFirst }
    partial.add(
      all: rows.map { row in
        var row = row
        (row.isRoot, row.isFirst) = (true, true)
        return row
      }, to: edge)
  }
  return (partial, Double(all) / Double(first))
}

@Test("Where times alone tell of retries among many calls, requests are counted to a few per cent, nothing exactly")
func rootClusters() throws {
  let five = Policy("five", retry: RetryPolicy(attempts: 5, backoff: Backoff(.fixed(500_000))))
  for seed in [3, 4] as [UInt64] {
    let (log, truth) = crowded(attempts: 3, seed: seed)
    let found = try #require(
      PolicyEvaluator.evaluate(
        log, file: PolicyFile(policies: [five], evaluation: EvaluationSettings(replays: 2, resamples: 100))))
    let attempts = found.baseline.attemptsPerRequest
    #expect(abs((attempts.value ?? 0) - truth) < 0.06 * truth, "\(attempts) \(truth)")
    #expect(attempts.low <= truth && truth <= attempts.high, "\(attempts) \(truth)")
    #expect(found.baseline.latencyP99.value == nil && found.logged.laws.isEmpty)
    #expect(found.candidates.first?.exact == 0)
    #expect(found.warnings.contains { if case .joinedByTime = $0 { true } else { false } }, "\(found.warnings)")
  }
}

@Test("Failed root calls that nobody tries again are left apart")
func rootClustersOfNone() throws {
  let (log, _) = crowded(attempts: 1, seed: 5)
  let found = try #require(PolicyEvaluator.evaluate(log, file: PolicyFile()))
  #expect(found.baseline.attemptsPerRequest.value == 1)
  #expect(found.warnings.contains { if case .rootsApart = $0 { true } else { false } }, "\(found.warnings)")
}
