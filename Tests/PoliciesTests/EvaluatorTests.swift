// The evaluator: exact where it can be, honest where it cannot.
import Model
import Policies
import Simulation
import Support
import Testing

/// A small world with many outages, for tests in debug builds.
private func world(_ change: (inout SyntheticRetryWorld) -> Void = { _ in }) -> SyntheticRetryWorld {
  var world = SyntheticRetryWorld()
  world.length = 7200
  world.outages = 8
  world.outageMedian = 20
  world.outageDeviation = 0.5
  world.persistent = 0.01
  change(&world)
  return world
}

private let quick = EvaluationSettings(resamples: 100)

private func evaluate(
  _ partial: CallPartial, _ policies: [Policy], logged: Policy? = nil, settings: EvaluationSettings = quick
) throws -> PolicyFindings {
  try #require(
    PolicyEvaluator.evaluate(partial, file: PolicyFile(logged: logged, policies: policies, evaluation: settings)))
}

private func isZero(_ estimate: Estimate) -> Bool { estimate.value == 0 && estimate.low == 0 && estimate.high == 0 }

private let six = Policy(
  "six", retry: RetryPolicy(attempts: 6, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full)))

@Test("A/A: the log's own policy differs by exactly nothing, all of it exact, given or inferred")
func sameAgainstSame() throws {
  let world = world()
  let log = world.episodes(seed: 3)
  let same = Policy("same", retry: world.logged)
  for logged in [nil, same] {
    let candidate = try #require(evaluate(log, [same], logged: logged).candidates.first)
    #expect(candidate.exact == 1)
    let difference = candidate.difference
    for estimate in [
      difference.successRate, difference.attemptsPerRequest, difference.wastedAttempts, difference.latencyP50,
      difference.latencyP95, difference.latencyP99, difference.peakLoad,
    ] {
      #expect(isZero(estimate))
    }
    #expect(effect(candidate)?.direction == .same)
  }
}

@Test("Truncations are exact: two attempts of the log's three, counted by hand")
func truncation() throws {
  let world = world()
  let log = world.episodes(seed: 4)
  let two = Policy("two", retry: RetryPolicy(attempts: 2, backoff: world.logged.backoff))
  let candidate = try #require(evaluate(log, [two]).candidates.first)
  var requests = 0
  var good = 0
  var attempts = 0
  for (_, rows) in log.edges {
    var number = 0
    for row in rows {
      number = row.isFirst ? 1 : number + 1
      requests += row.isFirst ? 1 : 0
      guard number <= 2 else { continue }
      attempts += 1
      good += row.failure == 0 ? 1 : 0
    }
  }
  #expect(candidate.exact == 1)
  #expect(abs((candidate.outcome.successRate.value ?? 0) - Double(good) / Double(requests)) < 1e-12)
  #expect(abs((candidate.outcome.attemptsPerRequest.value ?? 0) - Double(attempts) / Double(requests)) < 1e-12)
  // A shorter timeout is a truncation too: whatever took longer is a timeout.
  let strict = Policy("strict", retry: RetryPolicy(attempts: 1, attemptTimeout: 100_000))
  let cut = try #require(evaluate(log, [strict]).candidates.first)
  let firsts = log.edges.values.flatMap { $0 }.filter(\.isFirst)
  let inTime = firsts.count { $0.failure == 0 && $0.duration <= 100_000 }
  #expect(cut.exact == 1)
  #expect(abs((cut.outcome.successRate.value ?? 0) - Double(inTime) / Double(requests)) < 1e-12)
}

@Test("More attempts than logged: near the truth, labelled as estimated, with a paired interval")
func extension6() throws {
  let world = world()
  let findings = try evaluate(world.episodes(seed: 5), [six])
  let candidate = try #require(findings.candidates.first)
  #expect(candidate.estimated > 0 && candidate.exact > 0.9 && candidate.unsupported < 0.01)
  #expect(abs(candidate.exact + candidate.estimated + candidate.unsupported - 1) < 1e-9)
  let gain = candidate.difference.successRate
  #expect(gain.low > 0 && gain.low < gain.high)
  #expect(candidate.warnings.contains { if case .fewOutages = $0 { true } else { false } })
  #expect(findings.logged.attempts == 3)
  #expect(findings.logged.laws.first?.envelope == .exponential(base: 200_000, factor: 2))
}

@Test("No retries in the log: bounds that hold the truth, never a bare number")
func noRetries() throws {
  let world = world { $0.logged = .never }
  let findings = try evaluate(world.episodes(seed: 6), [six])
  let candidate = try #require(findings.candidates.first)
  #expect(candidate.outcome.successRate.value == nil)
  #expect(candidate.outcome.successRate.low <= (findings.baseline.successRate.value ?? 0) + 1e-9)
  #expect(candidate.outcome.successRate.high > 0.99)
  #expect(findings.warnings.contains(.noRetries))
  #expect({ if case .refused = candidate.verdict { true } else { false } }())
}

@Test("Neighbours too far away, or kinds never retried: bounds")
func withoutSupport() throws {
  let log = world { $0.rate = 0.5 }.episodes(seed: 7)
  var settings = quick
  settings.donorWindow = 1000
  let far = try #require(evaluate(log, [six], settings: settings).candidates.first)
  #expect(far.outcome.successRate.value == nil && far.unsupported > 0)
  var partial = CallPartial()
  for (edge, rows) in log.edges {
    var episode: [LoggedAttempt] = []
    for (i, row) in rows.enumerated() {
      // Every other failing request failed in a way its client did not try again.
      var row = row
      if row.isFirst, row.failure != 0, row.start % 2 == 0 { row.failure = FailureKind.timeout.rawValue }
      if row.isFirst || episode.last?.failure != FailureKind.timeout.rawValue { episode.append(row) }
      if i + 1 == rows.count || rows[i + 1].isFirst {
        partial.add(episode, to: edge)
        episode = []
      }
    }
  }
  let kinds = try #require(evaluate(partial, [six]).candidates.first)
  #expect(kinds.outcome.successRate.value == nil)
  #expect(kinds.outcome.successRate.low < kinds.outcome.successRate.high)
}

@Test("The findings do not depend on the number of jobs or the order of merging")
func determinism() throws {
  let log = world { $0.length = 3600 }.episodes(seed: 8)
  var guarded = six
  guarded.name = "guarded"
  guarded.budget = .ratio(ratio: 0.1, perSecond: 1, ttl: 10_000_000)
  guarded.breaker = BreakerSettings(window: .count(20), minimumCalls: 10, open: 5_000_000, probes: 2)
  var settings = quick
  settings.replays = 2
  let file = PolicyFile(policies: [six, guarded], evaluation: settings)
  var other = CallPartial(limit: .max)
  for (edge, rows) in log.edges.sorted(by: { $0.key > $1.key }) {
    var episodes: [[LoggedAttempt]] = []
    for row in rows { if row.isFirst { episodes.append([row]) } else { episodes[episodes.count - 1].append(row) } }
    for episode in episodes.reversed() { other.add(episode, to: edge) }
  }
  let first = PolicyEvaluator.evaluate(log, file: file, jobs: 1)
  #expect(first == PolicyEvaluator.evaluate(log, file: file, jobs: 2))
  #expect(first == PolicyEvaluator.evaluate(other, file: file, jobs: 2))
}

@Test("A breaker that never opens, and a door that never closes, change nothing; a strict door sheds")
func statefulFamilies() throws {
  let log = world().episodes(seed: 9)
  var breaker = Policy("breaker")
  breaker.breaker = BreakerSettings(window: .count(100), failureRate: 2, minimumCalls: 100)
  var open = Policy("open door")
  open.admission = AdmissionSettings(maxInFlight: 1_000_000)
  var opening = Policy("opening breaker")
  opening.breaker = BreakerSettings(window: .count(10), minimumCalls: 10, open: 10_000_000, probes: 3)
  var strict = Policy("strict door")
  strict.admission = AdmissionSettings(maxPerWindow: 1, window: 2_000_000, deadline: 5_000_000)
  var poor = six
  poor.name = "poor budget"
  poor.budget = .ratio(ratio: 0.001, perSecond: 0, ttl: 10_000_000)
  var settings = quick
  settings.replays = 3
  let candidates = try evaluate(log, [breaker, open, opening, strict, poor], settings: settings).candidates
  #expect(isZero(candidates[0].difference.successRate) && candidates[0].exact == 1)
  #expect(candidates[1].exact == 1)
  // Rejected attempts put no load on a component that is down.
  #expect((candidates[2].difference.attemptsPerRequest.value ?? 0) < 0)
  #expect(candidates[2].outcome.wastedAttempts.high < 0.2)
  #expect((candidates[3].outcome.successRate.value ?? candidates[3].outcome.successRate.high) < 0.9)
  #expect((candidates[4].outcome.attemptsPerRequest.value ?? 9) < 1.02)
}

@Test("Hedging shortens the tail for more load")
func hedgingTail() throws {
  let log = world { $0.deviation = 1.2 }.episodes(seed: 10)
  var hedge = Policy("hedge")
  hedge.hedge = Hedging(after: 200_000, max: 1)
  let candidate = try #require(evaluate(log, [hedge]).candidates.first)
  #expect((candidate.difference.latencyP95.value ?? 0) < 0)
  #expect((candidate.outcome.attemptsPerRequest.value ?? 0) > 1.05)
}

@Test("A scope leaves every other call as it was")
func scope() throws {
  var scoped = six
  scoped.component = "service-1"
  var nowhere = six
  nowhere.component = "nobody"
  nowhere.name = "nowhere"
  let candidates = try evaluate(world().episodes(seed: 11), [six, scoped, nowhere]).candidates
  let all = candidates[0].difference.successRate.value ?? 0
  let one = candidates[1].difference.successRate.value ?? 0
  #expect(one > 0 && one < all)
  #expect(isZero(candidates[2].difference.successRate))
  #expect(candidates[2].warnings.contains(.emptyScope))
}

@Test("Load that feeds on itself: the second line has the right sign, and the advice follows it")
func loadDependent() throws {
  let world = LoadDependentWorld()
  let eager = Policy("eager", retry: RetryPolicy(attempts: 5, backoff: Backoff(.fixed(1_000_000))))
  let logged = world.play(world.logged, seed: 1)
  let truth = try #require(eager.retry.map { world.play($0, seed: 2) })
  let findings = try evaluate(logged.log, [eager], settings: EvaluationSettings(replays: 2, resamples: 100))
  let candidate = try #require(findings.candidates.first)
  let second = try #require(candidate.loadAware)
  #expect(truth.success < logged.success)
  #expect((second.successRate.value ?? 1) < (findings.baseline.successRate.value ?? 0))
  // A storm that never ends: a tenth of the calls is served, and that is what is said.
  #expect(abs((second.successRate.value ?? 0) - truth.success) < 0.02)
  #expect(abs((second.attemptsPerRequest.value ?? 0) / truth.attempts - 1) < 0.05)
  #expect(candidate.warnings.contains { if case .extrapolatedLoad = $0 { true } else { false } })
  #expect(findings.advice.first == .keep(.requests))
}

@Test("Delay laws are read off the log")
func inference() throws {
  let laws = [
    Backoff(.fixed(500_000)), Backoff(.exponential(base: 100_000, factor: 2)),
    Backoff(.exponential(base: 200_000, factor: 2), jitter: .equal), Backoff(.linear(base: 100_000, step: 200_000)),
    .immediate,
  ]
  for law in laws {
    let world = world { $0.logged = RetryPolicy(attempts: 4, backoff: law) }
    let findings = try evaluate(world.episodes(seed: 12), [])
    #expect(findings.logged.attempts == 4)
    #expect(findings.logged.laws == [law.fact], "\(findings.logged)")
  }
}

@Test("The advice takes the candidate that truly serves most, in its system's syntax")
func advice() throws {
  var grpc = Preset.grpc.policy
  grpc.name = "grpc-2"
  grpc.budget = nil
  grpc.retry?.attempts = 2
  let patient = Policy("patient", retry: RetryPolicy(attempts: 8, backoff: Backoff(.fixed(5_000_000))))
  let findings = try evaluate(world().episodes(seed: 13), [grpc, six, patient])
  #expect(findings.recommended == "patient", "\(findings.advice)")
  // It serves most, and waits longer than anybody was seen to wait: named, not simply recommended.
  #expect(findings.recommendation?.safe == false)
  #expect({ if case .closest("patient", _, _)? = findings.advice.first { true } else { false } }())
  #expect(
    findings.advice.contains { if case .setting(let text) = $0 { text.text.contains("attempts: 8") } else { false } })
  #expect(findings.candidates[2].onFrontier)
  #expect(findings.candidates[0].configuration?.text.contains("\"maxAttempts\":2") == true)
}

@Test("Student's t and Kaplan–Meier to their printed digits")
func statistics() {
  for (degrees, t) in [(1.0, 12.706), (5, 2.571), (10, 2.228), (30, 2.042), (143, 1.977)] {
    #expect(abs(Student.quantile975(degrees: degrees) - t) < 0.0005)
  }
  let remission: [(Double, Bool)] =
    [(6, true), (6, true), (6, true), (6, false), (7, true), (9, false), (10, true), (10, false), (11, false)]
    + [(13, true), (16, true), (17, false), (19, false), (20, false), (22, true), (23, true), (25, false)]
    + [(32, false), (32, false), (34, false), (35, false)]
  let golden: [(Double, Int, Int, Double, Double)] = [
    (6, 21, 3, 0.857143, 0.07636), (7, 17, 1, 0.806723, 0.086935), (10, 15, 1, 0.752941, 0.09635),
    (13, 12, 1, 0.690196, 0.106815), (16, 11, 1, 0.627451, 0.114054), (22, 7, 1, 0.537815, 0.128234),
    (23, 6, 1, 0.448179, 0.134591),
  ]
  let steps = Survival(remission.map { (time: $0.0, ended: $0.1) }).steps
  #expect(steps.count == golden.count)
  for (step, row) in zip(steps, golden) {
    #expect(step.time == row.0 && step.atRisk == row.1 && step.events == row.2)
    #expect(abs(step.survival - row.3) < 5e-7 && abs(step.standardError - row.4) < 5e-7)
  }
  let example = Survival([(1, true), (2, true), (2, false), (4, true), (5, false), (8, true)])
  #expect(example.steps.map { ($0.survival * 1e6).rounded() } == [833_333, 666_667, 444_444, 0])
  #expect(example.steps.last?.standardError.isNaN == true)
  #expect(example.median == 4)
}

@Test("Contending clients: the article's times and calls within four standard errors")
func contention() {
  let golden: [(String, Int, Double, Double, Double, Double)] = [
    ("Exponential", 10, 3460.713, 131.789, 50.63, 0.416), ("Decorr", 10, 438.24, 8.629, 37.62, 0.224),
    ("EqualJitter", 10, 720.35, 16.721, 42.63, 0.259), ("FullJitter", 10, 460.578, 9.056, 38.99, 0.226),
    ("None", 10, 376.634, 3.873, 50.75, 0.422), ("Decorr", 20, 806.225, 16.346, 101.56, 0.595),
    ("EqualJitter", 20, 1588.991, 48.955, 108.2, 0.394), ("FullJitter", 20, 1018.479, 27.228, 100.15, 0.349),
  ]
  for (name, clients, time, timeError, calls, callsError) in golden {
    guard let law = BackoffContention.laws.first(where: { $0.name == name }) else {
      Issue.record("no law \(name)")
      continue
    }
    let mine = BackoffContention.trials(100, clients: clients, backoff: law.backoff, seed: 1)
    #expect(abs(mine.time.mean - time) < 4 * (timeError * timeError + mine.time.error * mine.time.error).squareRoot())
    #expect(
      abs(mine.calls.mean - calls) < 4 * (callsError * callsError + mine.calls.error * mine.calls.error).squareRoot())
  }
}

@Test("Attempts that are traces of their own are joined by their count, and the law is still read off them")
func tracesOfTheirOwn() throws {
  let world = world { $0.length = 14_400 }
  let log = world.episodes(seed: 14)
  var apart = CallPartial(limit: .max)
  for (edge, rows) in log.edges {
    var number: UInt8 = 0
    for row in rows {
      number = row.isFirst ? 1 : number + 1
      var alone = row
      alone.isFirst = true
      alone.isRoot = true
      alone.counted = number > 1 ? number : 0
      apart.add([alone], to: edge)
    }
  }
  let same = Policy("same", retry: world.logged)
  let together = try evaluate(log, [same])
  let joined = try evaluate(apart, [same])
  #expect(joined.baseline.successRate.value == together.baseline.successRate.value)
  #expect(joined.baseline.attemptsPerRequest.value == together.baseline.attemptsPerRequest.value)
  // Requests that fail side by side may swap attempts, but A/A is exact all the same.
  #expect(joined.candidates.first?.exact == 1)
  #expect(joined.candidates.first.map { isZero($0.difference.successRate) } == true)
  #expect(joined.logged.laws == [DelayLaw(.exponential(base: 200_000, factor: 2), jitter: .full)], "\(joined.logged)")
}

private func effect(_ candidate: PolicyFindings.Candidate) -> PolicyFindings.Effect? {
  if case .effect(let effect) = candidate.verdict { effect } else { nil }
}
