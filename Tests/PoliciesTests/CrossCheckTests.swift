// The checks beside the model: block lengths, outage lengths, the backtest and the reweighted retries.
import Model
import Policies
import Simulation
import Support
import Testing

private func evaluate(_ partial: CallPartial, _ policies: [Policy]) throws -> PolicyFindings {
  try #require(
    PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: policies, evaluation: EvaluationSettings(resamples: 100))))
}

private func world(_ change: (inout SyntheticRetryWorld) -> Void) -> SyntheticRetryWorld {
  var world = SyntheticRetryWorld()
  world.length = 14_400
  world.outages = 16
  world.outageMedian = 20
  world.outageDeviation = 0.5
  change(&world)
  return world
}

@Test("Automatic block lengths: the values of the arch package's optimal_block_length on the same series")
func politisWhite() {
  for (rho, count, seed, golden) in [
    (0.0, 250, UInt64(1), 0.2667876335815017), (0.5, 400, 2, 6.944776062681629), (0.9, 1000, 3, 49.85594360707004),
    (-0.5, 200, 4, 4.324982625858561),
  ] {
    var random = SplitMix64(seed: seed)
    var value = 0.0
    var series: [Double] = []
    for _ in 0..<count {
      value = rho * value + random.unit() - 0.5
      series.append(value)
    }
    #expect(abs(BlockLength.optimal(series) - golden) < 1e-9)
  }
  #expect(BlockLength.optimal([]) == 1)
  #expect(BlockLength.optimal(Array(repeating: 3, count: 100)) == 1)
}

@Test("Turnbull's estimate is Kaplan and Meier's where ends are known, and his own example's kind where they are not")
func turnbull() {
  let sample: [(Double, Bool)] = [(1, true), (2, true), (2, false), (4, true), (5, false), (8, true)]
  let exact = Turnbull(sample.map { (low: $0.0, high: $0.1 ? $0.0 : .infinity) })
  for step in Survival(sample.map { (time: $0.0, ended: $0.1) }).steps {
    #expect(abs(exact.survival(step.time) - step.survival) < 1e-6)
  }
  // Two stretches, (1,2] and (3,4]: with p in the first, the likelihood p·(1-p)·1·p has its maximum at 2/3.
  let masses = Turnbull([(low: 1, high: 2), (low: 3, high: 4), (low: 0, high: 5), (low: 0, high: 2)]).masses
  #expect(masses.map(\.low) == [1, 3] && masses.map(\.high) == [2, 4])
  #expect(abs((masses.first?.mass ?? 0) - 2.0 / 3) < 1e-6)
  let median = Turnbull([(low: 10, high: 12), (low: 20, high: 25), (low: 30, high: .infinity)]).median
  #expect(median?.low == 20 && median?.high == 25)
  #expect(Turnbull([(low: 1, high: .infinity)]).median == nil)
}

@Test("Two clients with policies of their own: one's retries predict the other's, and a log of one client is silent")
func backtest() throws {
  let two = world { $0.second = RetryPolicy(attempts: 4, backoff: Backoff(.fixed(1_000_000))) }
  let findings = try evaluate(two.episodes(seed: 3), [])
  let groups = findings.checks.compactMap { check -> Set<Int>? in
    guard case .backtest(.policy(let a, _), .policy(let b, _), _, _, _) = check else { return nil }
    return [a, b]
  }
  #expect(groups == [[3, 4]], "\(findings.checks)")
  #expect(!findings.warnings.contains(.backtestRejected))
  let one = try evaluate(world { _ in }.episodes(seed: 3), [])
  #expect(!one.checks.contains { if case .backtest = $0 { true } else { false } })
  #expect(one.checks.contains { if case .ownPolicy = $0 { true } else { false } })
  #expect(one.checks.contains { if case .outages(_, _, .some, _) = $0 { true } else { false } })
}

@Test("Two clients of which one meets another world: the backtest says so")
func backtestRejects() throws {
  var two = world { $0.second = RetryPolicy(attempts: 4, backoff: Backoff(.fixed(1_000_000))) }
  two.outages = 60
  var partial = CallPartial(limit: .max)
  for (edge, rows) in two.episodes(seed: 4).edges {
    var episode: [LoggedAttempt] = []
    for (i, row) in rows.enumerated() {
      // The other client's retries never succeed: whatever it retries is broken for it alone.
      var row = row
      if edge.caller != "client", !row.isFirst { row.failure = FailureKind.unavailable.rawValue }
      episode.append(row)
      if i + 1 == rows.count || rows[i + 1].isFirst {
        partial.add(episode, to: edge)
        episode = []
      }
    }
  }
  let findings = try evaluate(partial, [])
  #expect(findings.warnings.contains(.backtestRejected), "\(findings.checks)")
}

@Test(
  "Reweighted retries: near the truth for shorter jitter, silent where the log's delays do not cover the candidate's")
func reweighted() throws {
  let world = world { $0.rate = 4 }
  let jitter = RetryPolicy(attempts: 3, backoff: Backoff(.exponential(base: 150_000, factor: 2), jitter: .full))
  let fixed = RetryPolicy(attempts: 3, backoff: Backoff(.fixed(300_000)))
  let longer = RetryPolicy(attempts: 3, backoff: Backoff(.exponential(base: 400_000, factor: 2), jitter: .full))
  let candidates = try evaluate(
    world.episodes(seed: 5),
    [Policy("jitter", retry: jitter), Policy("fixed", retry: fixed), Policy("longer", retry: longer)]
  ).candidates
  #expect(candidates[0].checks.contains { if case .reweighted = $0 { true } else { false } })
  #expect(!candidates[0].warnings.contains(.reweightedContradicts))
  #expect(candidates[1].checks.isEmpty && candidates[2].checks.isEmpty)
}
