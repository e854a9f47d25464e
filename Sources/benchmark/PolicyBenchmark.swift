// The evaluator against worlds of known truth, and its speed.
internal import Glibc
internal import Model
internal import Policies
internal import Reports
internal import Simulation

/// `benchmark policies [worlds]`, `policies-variants [worlds] [seed=N] [law…]`, `policies-laws [worlds] [law…]`, `policies-load`,
/// `policies-contention [trials]`, `policies-speed [episodes]`, `policies-storms [seeds]`, `policies-roots [seeds] [seed=N]`,
/// `policies-late [seeds] [seed=N]`, `policies-sample [plays]` and `policies-nights [nights] [plays]`.
enum PolicyBenchmark {
  /// Runs a verb of this benchmark; false where it is none of them.
  static func run(_ arguments: [String]) throws -> Bool {
    let number = arguments.dropFirst().first.flatMap { Int($0) }
    switch arguments.first {
    case "policies":
      print(PolicyValidation.run(worlds: number ?? 40))
      return true
    case "policies-speed":
      print(speed(episodes: number ?? 1_000_000))
      return true
    case "policies-variants":
      let rest = arguments.dropFirst(2)
      let seed = rest.first { $0.hasPrefix("seed=") }.flatMap { UInt64($0.dropFirst(5)) } ?? 1000
      print(variants(worlds: number ?? 40, seed: seed, laws: Set(rest.filter { !$0.hasPrefix("seed=") })))
      return true
    case "policies-laws":
      print(laws(worlds: number ?? 20, only: Set(arguments.dropFirst(2))))
      return true
    case "policies-load":
      print(load())
      return true
    case "policies-storms":
      print(StormValidation.run(seeds: number ?? 5))
      return true
    case "policies-roots":
      let seed = arguments.first { $0.hasPrefix("seed=") }.flatMap { UInt64($0.dropFirst(5)) } ?? 4000
      print(RootValidation.run(seeds: number ?? 3, from: seed))
      return true
    case "policies-late":
      let seed = arguments.first { $0.hasPrefix("seed=") }.flatMap { UInt64($0.dropFirst(5)) } ?? 1
      print(LateClientValidation.run(seeds: number ?? 10, from: seed))
      return true
    case "policies-contention":
      print(contention(trials: number ?? 100))
      return true
    case "policies-sample":
      try PolicyTruthBenchmark.sample(plays: number ?? 200)
      return true
    case "policies-nights":
      try PolicyTruthBenchmark.nights(
        number ?? 10, plays: arguments.dropFirst(2).first.flatMap { Int($0) } ?? 40)
      return true
    default: return false
    }
  }

  private static func speed(episodes: Int) -> String {
    let clock = ContinuousClock()
    let partial = PolicyValidation.episodes(requests: episodes)
    let retries = PolicyValidation.candidates + PolicyValidation.candidates
    var file = PolicyFile()
    for (number, policy) in retries.enumerated() {
      var policy = policy
      policy.name += " \(number)"
      file.policies.append(policy)
    }
    let none = clock.measure { _ = PolicyEvaluator.evaluate(partial, file: PolicyFile()) }
    let all = clock.measure { _ = PolicyEvaluator.evaluate(partial, file: file) }
    return "\(episodes) episodes: log and model \(none), with \(file.policies.count) retry candidates \(all)\n"
      + stateful()
  }

  /// 20,000 calls: a breaker where load makes the failures, against the same retries without a breaker on a log without such.
  private static func stateful() -> String {
    var loaded = LoadDependentWorld()
    loaded.length = 250
    loaded.loss = 0.2
    loaded.outages = [30.0..<34.0]
    let overloaded = CallLog(loaded.play(loaded.logged, seed: 1).log)
    let calm = CallLog(PolicyValidation.episodes(requests: 20_000))
    let retry = RetryPolicy(attempts: 3, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))
    var guarded = Policy("guarded", retry: retry)
    guarded.breaker = Preset.resilience4jBreaker
    let bare = Policy("bare", retry: retry)
    // Time at work and not by the clock: what else the machine does is no part of it.
    func cost(_ log: CallLog, _ policies: [Policy]) -> Double {
      (0..<5).map { _ in
        let begin = clock()
        _ = PolicyEvaluator.evaluate(log, file: PolicyFile(policies: policies), jobs: 1)
        return Double(clock() - begin) / 1e6
      }.min() ?? 0
    }
    let names = ["breaker and overload", "overload alone", "breaker alone", "neither"]
    let pairs = [(overloaded, guarded), (overloaded, bare), (calm, guarded), (calm, bare)]
    let costs = pairs.map { cost($0.0, [$0.1]) - cost($0.0, []) }
    let lines = zip(names, zip(pairs, costs)).map { name, one in
      "\(one.0.0.count) calls, \(name): one candidate \(one.1) s, \(one.1 / costs[3]) times neither"
    }
    return lines.joined(separator: "\n")
  }

  /// Worlds of other makes (many outages, few neighbours, halves of outages, other logging policies); of the laws named only.
  private static func variants(worlds: Int, seed: UInt64, laws: Set<String>) -> String {
    var many = SyntheticRetryWorld()
    many.outages = 300
    var sparse = SyntheticRetryWorld()
    sparse.rate = 0.1
    sparse.length = 864_000
    sparse.outages = 120
    var half = SyntheticRetryWorld()
    half.outageFailure = 0.6
    var patient = SyntheticRetryWorld()
    patient.logged = RetryPolicy(attempts: 4, backoff: Backoff(.fixed(1_000_000)))
    var equal = SyntheticRetryWorld()
    equal.logged = RetryPolicy(
      attempts: 3, backoff: Backoff(.exponential(base: 500_000, factor: 2), jitter: .equal))
    equal.persistent = 0.01
    equal.outageMedian = 8
    equal.outages = 60
    var heavy = SyntheticRetryWorld()
    heavy.outageTail = 1.5
    heavy.outages = 40
    var together = SyntheticRetryWorld()
    together.components = 4
    together.failsTogether = true
    var swinging = SyntheticRetryWorld()
    swinging.swing = 0.9
    swinging.outages = 40
    var noisy = SyntheticRetryWorld()
    noisy.healthyFailure = 0.1
    noisy.outages = 40
    var decorrelated = SyntheticRetryWorld()
    decorrelated.logged = RetryPolicy(
      attempts: 3,
      backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .decorrelated, maximum: 5_000_000))
    var impatient = SyntheticRetryWorld()
    impatient.deviation = 1.2
    impatient.timeout = 0.5
    impatient.outages = 40
    var fast = SyntheticRetryWorld()
    fast.rate = 20
    fast.length = 8640
    fast.outages = 24
    fast.outageMedian = 5
    var both = SyntheticRetryWorld()
    both.outages = 40
    both.outageMedian = 3
    both.otherShare = 0.2
    let all = [
      ("short and long outages", both), ("heavy tails", heavy), ("four components together", together),
      ("day and night", swinging),
      ("a tenth fails when healthy", noisy), ("logged: decorrelated jitter", decorrelated),
      ("logged: attempts time out", impatient), ("twenty neighbours a second, short outages", fast),
      ("many outages", many), ("a neighbour in ten seconds", sparse), ("outages of 60 %", half),
      ("logged: 4 attempts, fixed 1 s", patient), ("logged: equal jitter; short outages, 1 % bad requests", equal),
    ]
    return all.filter { laws.isEmpty || laws.contains($0.0) }.map {
      "== \($0.0)\n" + PolicyValidation.run($0.1, worlds: worlds, seed: seed)
    }.joined(separator: "\n")
  }

  /// Worlds whose clients wait by one law each.
  private static func laws(worlds: Int, only: Set<String>) -> String {
    let laws: [(String, Backoff)] = [
      ("at once", .immediate), ("fixed", Backoff(.fixed(300_000))),
      ("doubling", Backoff(.exponential(base: 200_000, factor: 2))),
      ("trebling", Backoff(.exponential(base: 100_000, factor: 3))),
      ("linear", Backoff(.linear(base: 100_000, step: 200_000))),
      ("full jitter", Backoff(.exponential(base: 200_000, factor: 2), jitter: .full)),
      ("equal jitter", Backoff(.exponential(base: 200_000, factor: 2), jitter: .equal)),
      ("decorrelated", Backoff(.exponential(base: 200_000, factor: 2), jitter: .decorrelated, maximum: 5_000_000)),
      (
        "a fifth to and fro",
        Backoff(.exponential(base: 200_000, factor: 2), jitter: .proportional(below: 0.2, above: 0.2))
      ),
      ("additive", Backoff(.exponential(base: 100_000, factor: 2), jitter: .additive(60_000))),
      ("at once, then doubling", Backoff(.immediateThenExponential(base: 200_000, factor: 2))),
      ("full jitter on a fixed wait", Backoff(.fixed(500_000), jitter: .full)),
      ("doubling to a cap", Backoff(.exponential(base: 200_000, factor: 2), maximum: 400_000)),
    ]
    return laws.filter { only.isEmpty || only.contains($0.0) }.map { name, backoff in
      var world = SyntheticRetryWorld()
      world.logged = RetryPolicy(attempts: 4, backoff: backoff)
      world.outages = 40
      world.outageMedian = 8
      return "== logged: \(name)\n" + PolicyValidation.run(world, worlds: worlds, seed: 3000)
    }.joined(separator: "\n") + (only.isEmpty || only.contains("asked") ? "\n" + askedWaits(worlds: worlds) : "")
  }

  /// Clients that wait as long as the server asks, where the spans say so and where the waits alone do; candidates that ask
  /// nobody as well.
  private static func askedWaits(worlds: Int) -> String {
    var deaf = PolicyValidation.candidates
    for i in deaf.indices where i % 2 == 1 { deaf[i].retry?.serverWait = .ignored }
    for i in deaf.indices where i % 2 == 0 { deaf[i].retry?.serverWait = .instead }
    return [true, false].map { isTold in
      var world = SyntheticRetryWorld()
      world.logged = RetryPolicy(attempts: 4, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))
      world.logged.serverWait = .instead
      world.outages = 40
      world.outageMedian = 8
      world.asked = 1...4
      world.tellsAsked = isTold
      return "== logged: as the server asks, \(isTold ? "told by spans" : "told by waits alone")\n"
        + PolicyValidation.run(world, worlds: worlds, seed: 3000, candidates: deaf)
    }.joined(separator: "\n")
  }

  /// The worlds whose load feeds on itself, three logs each: truth as the mean of five plays, and the second line.
  private static func load() -> String {
    let eager = Policy("5 attempts at 1 s", retry: RetryPolicy(attempts: 5, backoff: Backoff(.fixed(1_000_000))))
    guard let retry = eager.retry else { return "no retry" }
    var lines: [String] = []
    for (name, world) in [("loss .5", LoadDependentWorld()), ("published", LoadDependentWorld.published)] {
      let truths = (2..<7).map { world.play(retry, seed: UInt64($0)) }
      let success = truths.reduce(0) { $0 + $1.success } / 5
      let attempts = truths.reduce(0) { $0 + $1.attempts } / 5
      lines.append("\(name): truth \(success), \(attempts) attempts; by play \(truths.map(\.success))")
      for seed in [1, 11, 21] as [UInt64] {
        let log = world.play(world.logged, seed: seed)
        guard let findings = PolicyEvaluator.evaluate(log.log, file: PolicyFile(policies: [eager])),
          let candidate = findings.candidates.first
        else { continue }
        let second = candidate.loadAware.map { "\($0.successRate), \($0.attemptsPerRequest)" } ?? "none"
        lines.append("  log \(seed): logged \(log.success); \(candidate.outcome.successRate); second line \(second)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func contention(trials: Int) -> String {
    var lines = ["clients algorithm time ±se calls ±se"]
    for clients in stride(from: 10, through: 100, by: 10) {
      for law in BackoffContention.laws {
        let result = BackoffContention.trials(trials, clients: clients, backoff: law.backoff, seed: 1)
        lines.append(
          "\(clients) \(law.name) \(result.time.mean) \(result.time.error) \(result.calls.mean) \(result.calls.error)")
      }
    }
    return lines.joined(separator: "\n")
  }
}
