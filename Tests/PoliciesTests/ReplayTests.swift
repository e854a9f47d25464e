// Policies whose state spans requests, in the replay: hedging out of a budget, and the adaptive rate.
import Model
import Policies
import Simulation
import Support
import Testing

private func evaluate(_ partial: CallPartial, _ policies: [Policy]) throws -> [PolicyFindings.Candidate] {
  var settings = EvaluationSettings(resamples: 100)
  settings.replays = 3
  return try #require(
    PolicyEvaluator.evaluate(partial, file: PolicyFile(policies: policies, evaluation: settings))
  ).candidates
}

private func log() -> CallPartial {
  var world = SyntheticRetryWorld()
  world.length = 7200
  world.outages = 8
  world.outageMedian = 20
  world.deviation = 1.2
  return world.episodes(seed: 21)
}

@Test("Hedging beside a budget: a rich budget hedges as without one, an empty one sends first attempts only")
func hedgingOutOfABudget() throws {
  var plain = Policy("hedge")
  plain.hedge = Hedging(after: 200_000, max: 1)
  var rich = plain
  rich.name = "rich"
  rich.budget = .quota(capacity: 1_000_000, cost: 1, timeoutCost: 1, throttlingCost: 1, refund: 1)
  var poor = plain
  poor.name = "poor"
  poor.budget = .quota(capacity: 0, cost: 1, timeoutCost: 1, throttlingCost: 1, refund: 0)
  let candidates = try evaluate(log(), [plain, rich, poor])
  let attempts = candidates.map { $0.outcome.attemptsPerRequest.value ?? 0 }
  let success = candidates.map { $0.outcome.successRate.value ?? 0 }
  #expect(abs(attempts[1] - attempts[0]) < 0.003)
  #expect(abs(success[1] - success[0]) < 0.003)
  #expect(attempts[1] > 1.05 && attempts[2] == 1)
  #expect(candidates[2].exact == 1)
  #expect(success[2] < success[1])
  #expect(candidates[1].warnings.isEmpty || !candidates[1].warnings.contains(.hedgingBesideAdmission))
}

@Test("Hedging behind a breaker sends less into an outage than without one")
func hedgingBehindABreaker() throws {
  var plain = Policy("hedge", retry: nil)
  plain.hedge = Hedging(after: nil, max: 3)
  var guarded = plain
  guarded.name = "guarded"
  guarded.breaker = BreakerSettings(window: .count(10), minimumCalls: 10, open: 10_000_000, probes: 2)
  let candidates = try evaluate(log(), [plain, guarded])
  #expect((candidates[1].outcome.wastedAttempts.value ?? 9) < (candidates[0].outcome.wastedAttempts.value ?? 0))
  #expect(candidates[1].families == [.breaker, .hedge])
}

@Test("The adaptive limiter waits only after a throttling, and then as long as its bucket needs")
func adaptiveLimiter() {
  var limiter = AdaptiveLimiter(at: 0)
  let before = limiter.ask(at: 1_000_000)
  #expect(before == nil)
  for i in 1...40 { limiter.answered(failure: 0, at: Int64(i) * 100_000) }
  limiter.answered(failure: FailureKind.insufficientResources.rawValue, at: 4_100_000)
  #expect(limiter.rate.isEnabled)
  // From 4.1 s on the bucket fills at the rate: the first attempt takes the token, the next waits for another.
  var admitted = 0
  var tickets: [Int] = []
  for _ in 0..<1000 {
    if let ticket = limiter.ask(at: 4_100_000) { tickets.append(ticket) } else { admitted += 1 }
  }
  let rate = limiter.rate.rate
  #expect(limiter.waiting == tickets.count && Double(admitted) <= max(rate, 1))
  let gaveUp = tickets[1]
  limiter.giveBack(gaveUp)
  var served: [Int] = []
  var asked = 0
  while let now = limiter.due(at: 4_100_000), now < 14_100_000 {
    asked += 1
    if let ticket = limiter.next(at: now) { served.append(ticket) }
  }
  #expect(abs(Double(admitted + served.count) - 10 * rate) <= rate + 1)
  #expect(served == Array(tickets.filter { $0 != gaveUp }.prefix(served.count)))
  #expect(asked <= served.count + 2)
}

@Test("Ten thousand calls that an adaptive client holds back make a few events each, not one for each other one")
func heldBackCallsAreLinear() {
  let few = HeldBackWorld.play(calls: 1_000)
  let many = HeldBackWorld.play(calls: 10_000)
  #expect(few.attempts == 1_100 && many.attempts == 10_100)
  #expect(few.events < 5 * few.attempts && many.events < 5 * many.attempts, "\(few.events), \(many.events)")
}

@Test("A held-back call fails at its own deadline, without an attempt that nobody waits for")
func heldBackCallsHaveDeadlines() throws {
  let deadline: Int64 = 20_000_000
  let (events, attempts) = HeldBackWorld.play(calls: 10_000, deadline: deadline)
  // By far not all calls had their turn.
  #expect(attempts > 5 && attempts < 5_000, "\(attempts)")
  #expect(events < 5 * 10_100)
  var policy = Policy("adaptive", retry: RetryPolicy(attempts: 3, backoff: .immediate, deadline: deadline))
  policy.isRateAdaptive = true
  let candidate = try #require(try evaluate(HeldBackWorld.log(calls: 2_000), [policy]).first)
  let slowest = candidate.outcome.latencyP99.high
  #expect(slowest > 0.5 * Double(deadline) && slowest <= 1.02 * Double(deadline))
}

@Test(
  "aws-adaptive: without throttling it is aws-standard; where answers are throttled it sends no faster than its rate")
func adaptivePreset() throws {
  let plain = log()
  #expect(Preset.awsAdaptive.policy.families == [.retry, .budget, .throttle])
  let same = try evaluate(plain, [Preset.awsStandard.policy, Preset.awsAdaptive.policy])
  #expect(same[0].outcome.successRate == same[1].outcome.successRate)
  #expect(same[0].outcome.latencyP99 == same[1].outcome.latencyP99)
  var throttled = CallPartial(limit: .max)
  for (edge, rows) in plain.edges {
    var episode: [LoggedAttempt] = []
    for (i, row) in rows.enumerated() {
      var row = row
      if row.failure != 0 { row.failure = FailureKind.insufficientResources.rawValue }
      episode.append(row)
      if i + 1 == rows.count || rows[i + 1].isFirst {
        throttled.add(episode, to: edge)
        episode = []
      }
    }
  }
  let slowed = try evaluate(throttled, [Preset.awsStandard.policy, Preset.awsAdaptive.policy])
  #expect((slowed[1].outcome.latencyP99.value ?? 0) > (slowed[0].outcome.latencyP99.value ?? .infinity))
}

@Test(
  "The published world of load that feeds on itself: no value where the log tells no storm from none")
func publishedLoad() throws {
  let world = LoadDependentWorld.published
  let eager = RetryPolicy(attempts: 5, backoff: Backoff(.fixed(1_000_000)))
  let logged = world.play(world.logged, seed: 1)
  let truths = (2..<7).map { world.play(eager, seed: UInt64($0)) }
  let success = truths.reduce(0) { $0 + $1.success } / 5
  let attempts = truths.reduce(0) { $0 + $1.attempts } / 5
  // Published: .724 and 2.48.
  #expect(abs(success - 0.724) < 0.08 && abs(attempts - 2.48) < 0.4, "\(success), \(attempts)")
  // Two runs: a storm of five attempts each is long in a debug build.
  let file = PolicyFile(
    policies: [Policy("eager", retry: eager)], evaluation: EvaluationSettings(replays: 2, resamples: 100))
  let candidate = try #require(PolicyEvaluator.evaluate(logged.log, file: file)?.candidates.first)
  // The log holds no attempt far past the capacity: what it leaves open reaches from next to no loss to a collapse, so there
  // are bounds that hold the truth, and one word why.
  let bounds = candidate.outcome.successRate
  #expect(bounds.value == nil && bounds.low < success && success < bounds.high, "\(bounds), \(success)")
  #expect(candidate.warnings.contains { if case .openResponse = $0 { true } else { false } })
  #expect(candidate.warnings.contains { if case .extrapolatedLoad = $0 { true } else { false } })
}
