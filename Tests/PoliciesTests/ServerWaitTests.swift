// Waits that a server asks for: read off the log, kept to by candidates, and told from whole seconds of a client's own.
import Model
import Policies
import Simulation
import Support
import Testing

private let edge = CallEdge(caller: "client", callee: "service", operation: "call")
private let origin: Int64 = 1_700_000_000_000_000

/// Three thousand calls, one in ten refused and tried once more; `wait` of the call's number gives the wait.
private func log(
  kinds: [FailureKind] = [.unavailable], asked: (Int) -> Int64?, wait: (Int, FailureKind, inout SplitMix64) -> Int64
) -> CallPartial {
  var random = SplitMix64(seed: 5)
  var partial = CallPartial(limit: .max)
  for i in 0..<3_000 {
    let start = origin + Int64(i) * 50_000
    guard i % 10 == 0 else {
      partial.add([LoggedAttempt(start: start, duration: 4_000)], to: edge)
      continue
    }
    let kind = kinds[i / 10 % kinds.count]
    var first = LoggedAttempt(start: start, duration: 4_000, failure: kind.rawValue)
    if let asked = asked(i) { first.asked = AskedWait(milliseconds: asked / 1000) }
    let late = Int64(2_000 * random.unit())
    let second = LoggedAttempt(
      start: start + 4_000 + wait(i, kind, &random) + late, duration: 4_000, isFirst: false)
    partial.add([first, second], to: edge)
  }
  return partial
}

private func logged(_ partial: CallPartial) throws -> PolicyFindings.LoggedClients {
  try #require(
    PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: [], evaluation: EvaluationSettings(replays: 2, resamples: 100)))
  ).logged
}

private func seconds(_ i: Int) -> Int64 { Int64(1 + i / 10 % 3) * 1_000_000 }

@Test("What was asked is what it was written as: whole seconds, milliseconds, nothing, and what is too long cut")
func askedCodes() {
  #expect(AskedWait(milliseconds: 2_000).time == 2_000_000)
  #expect(AskedWait(milliseconds: 1_250).time == 1_250_000)
  #expect(AskedWait(milliseconds: 0).time == 0)
  #expect(AskedWait(milliseconds: 86_400_000).time == 16_382_000_000)
  #expect(AskedWait(milliseconds: 20_500).time == 21_000_000)
  #expect(AskedWait(milliseconds: -1) == .none && AskedWait.none.time == nil)
}

@Test("A client that waits what is asked is seen to, one that waits no less too, and one that does not care")
func askedRules() throws {
  let kept = try logged(log(asked: seconds) { i, _, _ in seconds(i) })
  #expect(kept.serverWait == PolicyFindings.ServerWaits(.instead, asked: 300, kept: 300, isByWaits: false))
  #expect(kept.laws.isEmpty)
  // Its own wait of two seconds where less is asked.
  let least = try logged(log(asked: seconds) { i, _, _ in max(seconds(i), 2_000_000) })
  #expect(least.serverWait?.kind == .atLeast)
  let deaf = try logged(log(asked: seconds) { _, _, random in Int64(80_000 * random.unit()) })
  #expect(deaf.serverWait?.kind == .ignored)
  #expect(deaf.laws == [DelayLaw(.exponential(base: 80_000, factor: 2), jitter: .full)])
  // Few retries tell nothing.
  let few = try logged(log(asked: { $0 < 70 ? seconds($0) : nil }) { _, _, _ in 50_000 })
  #expect(few.serverWait == nil)
}

@Test("A client that ignores what is asked waits after throttling as it would unasked: that stays apart from its law")
func ignoredAfterThrottling() throws {
  let deaf = try logged(
    log(kinds: [.unavailable, .insufficientResources], asked: { $0 / 10 % 2 == 1 ? 3_000_000 : nil }) {
      _, kind, random in
      Int64((kind == .unavailable ? 80_000 : 900_000) * random.unit())
    })
  #expect(deaf.serverWait?.kind == .ignored)
  #expect(deaf.laws == [DelayLaw(.exponential(base: 80_000, factor: 2), jitter: .full)])
}

@Test("An edge with few asked retries goes by what all clients do: they are none of its own law's")
func askedOnManyEdges() throws {
  var random = SplitMix64(seed: 9)
  var partial = CallPartial(limit: .max)
  for number in 0..<20 {
    for i in 0..<60 {
      let start = origin + Int64(i) * 20_000_000 + Int64(number) * 900_000
      let isAsked = i % 12 == 0
      var first = LoggedAttempt(start: start, duration: 4_000, failure: FailureKind.unavailable.rawValue)
      if isAsked { first.asked = AskedWait(milliseconds: 5_000) }
      let wait = isAsked ? 5_000_000 : Int64(80_000 * random.unit())
      partial.add(
        [first, LoggedAttempt(start: start + 4_000 + wait, duration: 4_000, isFirst: false)],
        to: CallEdge(caller: "client", callee: "service", operation: "call \(number)"))
    }
  }
  let policy = LoggedPolicy(CallLog(partial), given: nil)
  #expect(policy.serverWaits == Array(repeating: .instead, count: 20))
  for delays in policy.delays {
    guard case .known(let law) = delays else {
      Issue.record("no law")
      continue
    }
    #expect(law.jitter == .full && law.envelope(1) < 100_000)
  }
}

@Test("What keeps to waits that the log does not tell is not exact, and says so")
func untoldWaits() throws {
  func first(_ rule: ServerWait?, asked: @escaping (Int) -> Int64?) throws -> PolicyFindings.Candidate {
    var policy = Policy("once more", retry: RetryPolicy(attempts: 2, backoff: Backoff(.fixed(50_000))))
    policy.retry?.serverWait = rule
    let findings = PolicyEvaluator.evaluate(
      log(asked: asked) { _, _, _ in 50_000 },
      file: PolicyFile(policies: [policy], evaluation: EvaluationSettings(replays: 2, resamples: 100)))
    return try #require(findings?.candidates.first)
  }
  func isNamed(_ candidate: PolicyFindings.Candidate) -> Bool {
    candidate.warnings.contains {
      if case .notExact(let doubts) = $0 { doubts.contains(.askedWaitsUntold) } else { false }
    }
  }
  let keeps = try first(.instead) { _ in nil }
  #expect(isNamed(keeps) && keeps.exact == 0)
  for rule in [nil, ServerWait.ignored] { #expect(try !isNamed(first(rule) { _ in nil })) }
  #expect(try !isNamed(first(.instead, asked: seconds)))
}

@Test("The own law is read from the waits that nobody asked for")
func ownLawBesideAsked() throws {
  let both = try logged(
    log(kinds: [.unavailable, .insufficientResources], asked: { $0 / 10 % 2 == 1 ? 3_000_000 : nil }) {
      _, kind, random in
      kind == .unavailable ? Int64(80_000 * random.unit()) : 3_000_000
    })
  #expect(both.serverWait?.kind == .instead)
  #expect(both.laws == [DelayLaw(.exponential(base: 80_000, factor: 2), jitter: .full)])
}

@Test("Whole seconds after throttling tell what was asked where no span does; whole seconds of the client's own do not")
func askedByWaits() throws {
  let kinds: [FailureKind] = [.unavailable, .networkTransient]
  let told = try logged(
    log(kinds: kinds, asked: { _ in nil }) { i, kind, random in
      kind == .unavailable ? seconds(i) : Int64(80_000 * random.unit())
    })
  #expect(told.serverWait?.kind == .instead && told.serverWait?.isByWaits == true)
  #expect(told.laws == [DelayLaw(.exponential(base: 80_000, factor: 2), jitter: .full)])
  let alone = try logged(log(asked: { _ in nil }) { i, _, _ in seconds(i) })
  #expect(alone.serverWait?.isByWaits == true)
  // One exact second, whatever failed: the client's own.
  let own = try logged(log(asked: { _ in nil }) { _, _, _ in 1_000_000 })
  #expect(own.serverWait == nil && own.laws == [DelayLaw(.exponential(base: 1_000_000, factor: 2))])
  // Whole seconds by chance after every failure: the client's own as well.
  let dice = try logged(log(kinds: kinds, asked: { _ in nil }) { i, _, _ in seconds(i) })
  #expect(dice.serverWait == nil)
  // Other waits after throttling are nobody's whole seconds.
  let other = try logged(log(asked: { _ in nil }) { _, _, random in Int64(3_000_000 * random.unit()) })
  #expect(other.serverWait == nil)
}

@Test("Waits that servers ask for only in some minutes are told from the clients' own, which the law is read from")
func askedByWaitsAtTimes() throws {
  func times(_ i: Int) -> Bool { i / 300 % 2 == 0 }
  let mixed = try logged(
    log(asked: { _ in nil }) { i, _, random in times(i) ? seconds(i) : Int64(80_000 * random.unit()) })
  #expect(mixed.serverWait == PolicyFindings.ServerWaits(.instead, asked: 150, kept: 150, isByWaits: true))
  #expect(mixed.laws == [DelayLaw(.exponential(base: 80_000, factor: 2), jitter: .full)])
  // A long law of the client's own is near whole seconds now and then.
  let long = try logged(log(asked: { _ in nil }) { _, _, random in Int64(5_000_000 * random.unit()) })
  #expect(long.serverWait == nil)
}

@Test("A candidate keeps to what is asked, or does not, and each comes out as it truly would")
func askedCandidates() throws {
  var world = SyntheticRetryWorld()
  world.length = 20_000
  world.outages = 40
  world.outageMedian = 6
  world.asked = 1...4
  world.logged = RetryPolicy(attempts: 4, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))
  world.logged.serverWait = .instead
  func policy(_ name: String, _ attempts: Int, _ rule: ServerWait?) -> Policy {
    var policy = Policy(name, retry: world.logged)
    policy.retry?.attempts = attempts
    policy.retry?.serverWait = rule
    return policy
  }
  let policies = [policy("as logged", 4, nil), policy("kept", 6, .instead), policy("deaf", 6, .ignored)]
  let table = PolicyValidation.figures(world, seed: 11, candidates: policies)
  let found = try #require(
    PolicyEvaluator.evaluate(
      world.episodes(seed: 11), file: PolicyFile(policies: policies, evaluation: EvaluationSettings(resamples: 100))))
  #expect(found.logged.serverWait?.kind == .instead)
  #expect(found.candidates[0].exact == 1)
  for (candidate, truth) in zip(found.candidates, table) {
    let success = try #require(candidate.outcome.successRate.value)
    #expect(abs(success - truth.success) < 0.002, "\(candidate.name): \(success), truly \(truth.success)")
    let attempts = try #require(candidate.outcome.attemptsPerRequest.value)
    #expect(abs(attempts - truth.attempts) < 0.01 * truth.attempts)
  }
  // Six attempts that wait as asked outlast more than six that do not.
  #expect(table[1].success > table[2].success + 0.003)
  // The same where the waits alone tell it, which servers in an outage ask for and others do not.
  world.tellsAsked = false
  let told = try #require(
    PolicyEvaluator.evaluate(
      world.episodes(seed: 11), file: PolicyFile(policies: policies, evaluation: EvaluationSettings(resamples: 100))))
  #expect(told.logged.serverWait?.isByWaits == true)
  for (candidate, truth) in zip(told.candidates, table) {
    let success = try #require(candidate.outcome.successRate.value)
    #expect(abs(success - truth.success) < 0.002, "\(candidate.name): \(success), truly \(truth.success)")
  }
}
