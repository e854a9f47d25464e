// Policy files: what they say, how grids expand, and what is refused with a suggestion.
import Model
import Policies
import Support
import Testing

/// A tree from nested literals; every node gets a line of its own.
private indirect enum Tree: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  case scalar(String)
  case list([Tree])
  case map([(String, Tree)])
  init(stringLiteral value: String) { self = .scalar(value) }
  init(arrayLiteral elements: Tree...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, Tree)...) { self = .map(elements) }

  var node: ConfigNode {
    switch self {
    case .scalar(let text): ConfigNode(.scalar(text), line: 1, column: 1)
    case .list(let trees): ConfigNode(.list(trees.map(\.node)), line: 1, column: 1)
    case .map(let pairs):
      ConfigNode(
        .map(pairs.map { ConfigNode.Entry(key: $0.0, line: 1, column: 1, value: $0.1.node) }), line: 1, column: 1)
    }
  }
}

private func read(_ tree: Tree) -> (file: PolicyFile, problems: [ConfigProblem]) {
  var problems: [ConfigProblem] = []
  let file = PolicyFile(config: tree.node, problems: &problems)
  return (file, problems)
}

private func policies(_ bodies: Tree...) -> (file: PolicyFile, problems: [ConfigProblem]) {
  read(["version": "1", "policies": .list(bodies)])
}

@Test("The example of the design is read as it stands")
func designExample() throws {
  let (file, problems) = policies(
    [
      "name": "six-attempts",
      "retry": [
        "attempts": "6",
        "backoff": ["exponential": ["base": "200ms", "factor": "2", "max": "5s", "jitter": "full"]],
      ],
      "retryOn": ["timeout", "unavailable"], "deadline": "10s",
    ],
    [
      "name": "guarded", "preset": "grpc", "budget": ["ratio": "0.1", "perSecond": "10"],
      "breaker": ["failureRate": "0.5", "window": "100", "minimumCalls": "20", "open": "30s", "probes": "3"],
      "scope": ["component": "payments"],
    ],
    ["name": "grid", "retry": ["attempts": ["2", "3", "4"], "backoff": ["fixed": ["500ms", "2s"]]]],
    [
      "name": "front-door",
      "admission": [
        "maxInFlight": "64", "maxPerWindow": "100", "window": "1s", "deadline": "5s", "maxRetries": "2",
      ],
    ],
    [
      "name": "one-for-all",
      "supervision": [
        "strategy": "oneForAll", "maxRestarts": "5", "period": "60s",
        "backoff": ["exponential": ["base": "1s", "max": "60s"]],
        "children": [["id": "a", "restart": "transient", "maxRestarts": "2"], ["id": "b"]],
      ],
    ],
    [
      "name": "move-away",
      "recovery": [
        "maxRetries": "3", "initialDelay": "10s", "maxDelay": "300s", "timeout": "600s", "autoRollback": "true",
      ],
    ],
    ["name": "hedged", "hedge": ["after": "300ms", "max": "2"]],
    [
      "name": "linear",
      "retry": ["backoff": ["linear": ["base": "1s", "step": "500ms", "max": "3s"]], "attemptTimeout": "2s"],
    ])
  #expect(problems.isEmpty)
  #expect(file.policies.count == 13)
  let six = try #require(file.policies.first)
  #expect(six.retry?.attempts == 6)
  #expect(
    six.retry?.backoff == Backoff(.exponential(base: 200_000, factor: 2), jitter: .full, maximum: 5_000_000))
  #expect(six.retry?.retryOn == KindSet([.timeout, .unavailable]))
  #expect(six.retry?.deadline == 10_000_000)
  let guarded = file.policies[1]
  #expect(guarded.component == "payments")
  #expect(guarded.retry?.attempts == 4)
  #expect(guarded.budget == .ratio(ratio: 0.1, perSecond: 10, ttl: 10_000_000))
  #expect(guarded.breaker?.window == .count(100))
  #expect(guarded.breaker?.open == 30_000_000)
  #expect(guarded.families == [.retry, .budget, .breaker])
  #expect(file.policies[2...7].map(\.name).first == "grid [retry.attempts=2, retry.backoff.fixed=500ms]")
  #expect(Set(file.policies[2...7].compactMap { $0.retry?.attempts }) == [2, 3, 4])
  #expect(file.policies[8].admission?.maxRetries == 2)
  #expect(file.policies[9].supervision?.children.map(\.restart) == [.transient, .permanent])
  #expect(file.policies[10].recovery == RecoverySettings())
  #expect(file.policies[11].hedge == Hedging(after: 300_000, max: 2))
  #expect(file.policies[12].retry?.backoff.envelope(9) == 3_000_000)
  #expect(file.policies[12].retry?.attemptTimeout == 2_000_000)
}

@Test("The logged policy and the evaluator's settings")
func loggedAndSettings() {
  let (file, problems) = read([
    "version": "1", "logged": ["retry": ["attempts": "3", "backoff": ["fixed": "5000ms"]]],
    "evaluation": ["donorWindow": "30s", "minimumRetries": "10", "block": "5min", "seed": "7"],
  ])
  #expect(problems.isEmpty)
  #expect(file.logged?.retry?.backoff == Backoff(.fixed(5_000_000)))
  #expect(file.evaluation.donorWindow == 30_000_000)
  #expect(file.evaluation.seed == 7)
  #expect(read(["version": "1", "logged": "inferred"]).file.logged == nil)
  #expect(!read(["version": "1", "logged": "guessed"]).problems.isEmpty)
}

@Test("Unknown keys, wrong types and impossible values are refused, with what to write instead")
func refusals() {
  func problem(_ tree: Tree) -> ConfigProblem? { policies(tree).problems.first }
  #expect(problem(["name": "a", "retry": ["atempts": "3"]])?.suggestion == "attempts")
  #expect(problem(["name": "a", "retry": ["attempts": "0"]])?.message == "0 is not between 1 and 1000000")
  #expect(problem(["name": "a", "retry": ["backoff": ["fixed": "5"]]])?.suggestion == "5s")
  #expect(problem(["name": "a", "preset": "grcp"])?.suggestion == "grpc")
  #expect(problem(["name": "a", "retryOn": ["timeuot"], "retry": ["attempts": "2"]])?.suggestion == "timeout")
  #expect(problem(["name": "a", "breaker": ["failureRate": "1.5"]]) != nil)
  #expect(
    problem(["name": "a", "admission": ["maxPerWindow": "5"]])?.message == "maxPerWindow and window belong together")
  #expect(problem(["name": "a", "admission": ["maxInFlight": "0"]]) != nil)
  #expect(
    problem(["name": "a", "retry": ["backoff": ["fixed": "1s", "linear": ["base": "1s"]]]])?.message
      == "one delay law only")
  #expect(problem(["name": "a", "supervision": ["strategy": "oneForal"]])?.suggestion == "oneForAll")
  #expect(problem(["name": "a"])?.message == "policy 'a' says nothing to do")
  #expect(problem(["retry": ["attempts": "2"]])?.message == "a policy needs a name")
  #expect(
    policies(["name": "a", "preset": "sre"], ["name": "a", "preset": "grpc"]).problems.first?.message
      == "a policy named 'a' appears twice")
  #expect(read(["version": "2"]).problems.first?.suggestion == "1")
  #expect(read(["version": "1", "polices": []]).problems.first?.suggestion == "policies")
  let wide = (0..<40).map { Tree.scalar(String($0 + 1)) }
  #expect(
    policies([
      "name": "a", "retry": ["attempts": .list(wide), "backoff": ["fixed": .list(wide.map { _ in "1s" })]],
    ]).problems.contains { $0.message.contains("more than 1000") })
}

@Test("Numbers that are none, or too large, are refused with a word; so is a file of too many candidates")
func hostileNumbers() {
  func message(_ tree: Tree) -> String? { policies(tree).problems.first?.message }
  for text in ["nan", "inf", "-1", "1e400", "99999999999999999999", "0x10", ""] {
    #expect(message(["name": "a", "retry": ["attempts": .scalar(text)]]) != nil, "attempts \(text)")
    #expect(message(["name": "a", "breaker": ["failureRate": .scalar(text)]]) != nil || text == "0x10", "rate \(text)")
  }
  for text in ["nans", "infs", "-1s", "1e400s", "1e30d", "s", ""] {
    #expect(message(["name": "a", "retry": ["backoff": ["fixed": .scalar(text)]]]) != nil, "delay \(text)")
    #expect(message(["name": "a", "retry": ["attempts": "2", "deadline": .scalar(text)]]) != nil, "deadline \(text)")
  }
  for text in ["nan", "inf", "1001", "0"] {
    #expect(
      message(["name": "a", "retry": ["backoff": ["exponential": ["base": "1s", "factor": .scalar(text)]]]]) != nil,
      "factor \(text)")
    #expect(message(["name": "a", "budget": ["tokens": .scalar(text)]]) != nil, "tokens \(text)")
  }
  let hundred = Tree.list((1...100).map { .scalar(String($0)) })
  let (file, problems) = policies(
    [
      "name": "a", "retry": ["attempts": hundred, "backoff": ["exponential": ["base": "1s", "factor": hundred]]],
      "hedge": ["after": "1s", "max": hundred],
    ])
  #expect(problems.contains { $0.message.contains("more than 1000 combinations") } && file.policies.count <= 1)
  let (many, told) = read([
    "version": "1",
    "policies": .list((0..<1500).map { ["name": .scalar("p\($0)"), "retry": ["attempts": "2"]] }),
  ])
  #expect(many.policies.count == 1000 && told.contains { $0.message == "more than 1000 candidates" })
}

@Test("Every preset is there, validates, and writes its system's configuration")
func presets() {
  for preset in Preset.allCases {
    let (file, problems) = policies(["preset": .scalar(preset.rawValue)])
    #expect(problems.isEmpty)
    #expect(file.policies.first?.name == preset.rawValue)
    #expect(file.policies.first?.families.isEmpty == false)
  }
  #expect(Preset.resilience4j.policy.retry?.attempts == 3)
  #expect(Preset.polly.policy.retry?.attempts == 4)
  #expect(Preset.temporal.policy.retry?.attempts == .max)
  #expect(Preset.otp.policy.supervision?.maxRestarts == 1)
  #expect(Preset.systemd.policy.supervision?.window == .fixed)
  #expect(Preset.googleCore.policy.retry?.deadline == 120_000_000)
}

@Test("A setting as the library takes it, and as a policy file where the library has no such wait")
func settings() throws {
  func setting(_ preset: Preset, _ attempts: Int, _ backoff: Backoff, deadline: Int64? = nil) throws -> String? {
    var policy = preset.policy
    policy.retry?.attempts = attempts
    policy.retry?.backoff = backoff
    policy.retry?.deadline = deadline
    let call = LoggedAttempt(start: 1_700_000_000_000_000, duration: 1_000)
    var partial = CallPartial()
    partial.add([call], to: CallEdge(caller: "a", callee: "b", operation: "c"))
    let findings = PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: [policy], evaluation: EvaluationSettings(resamples: 100)))
    return findings?.candidates.first?.configuration?.text
  }
  let full = Backoff(.exponential(base: 50_000, factor: 2), jitter: .full)
  #expect(
    try setting(.tenacity, 5, full)
      == "@retry(stop=stop_after_attempt(5), wait=wait_random_exponential(multiplier=0.05))")
  #expect(
    try setting(
      .tenacity, 3, Backoff(.exponential(base: 40_000, factor: 3), jitter: .additive(60_000)), deadline: 2_000_000)
      == "@retry(stop=stop_after_attempt(3) | stop_after_delay(2), wait=wait_exponential(multiplier=0.04, exp_base=3) + wait_random(0, 0.06))"
  )
  #expect(
    try setting(.urllib3, 3, Backoff(.immediateThenExponential(base: 100_000, factor: 2)))
      == "Retry(total=2, backoff_factor=0.05, status_forcelist=[504])")
  #expect(
    try setting(.googleCore, .max, full, deadline: 400_000)
      == "retry.Retry(initial=0.05, multiplier=2, timeout=0.4)")
  let none = try setting(.urllib3, 3, full)
  #expect(none?.contains("attempts: 3") == true && none?.contains("Retry(") == false)
  // A number of attempts is nothing that google-api-core knows.
  #expect(try setting(.googleCore, 3, full)?.contains("# google-api-core has no such setting") == true)
  #expect(
    try setting(.tenacity, 4, Backoff(.exponential(base: 50_000, factor: 2), jitter: .equal))
      == "@retry(stop=stop_after_attempt(4), wait=wait_exponential(multiplier=0.025) + wait_random_exponential(multiplier=0.025))"
  )
}

@Test(
  "A system's own setting where it can do what was judged; the policy file's, with the preset's name, where it cannot")
func systemSettings() throws {
  func setting(_ preset: Preset, _ change: (inout Policy) -> Void = { _ in }) throws -> String {
    var policy = preset.policy
    change(&policy)
    var partial = CallPartial()
    partial.add(
      [LoggedAttempt(start: 1_700_000_000_000_000, duration: 1_000)],
      to: CallEdge(caller: "a", callee: "b", operation: "c"))
    let findings = PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: [policy], evaluation: EvaluationSettings(resamples: 100)))
    return try #require(findings?.candidates.first?.configuration?.text)
  }
  let full = Backoff(.exponential(base: 100_000, factor: 2), jitter: .full)
  // The cap that gRPC asks for is what the law reaches, not its base; six attempts are more than it makes.
  let grpc = try setting(.grpc) {
    $0.retry?.attempts = 5
    $0.retry?.backoff = Backoff(.exponential(base: 50_000, factor: 2), jitter: .proportional(below: 0.2, above: 0.2))
  }
  #expect(grpc.contains(#""initialBackoff":"0.05s","maxAttempts":5,"maxBackoff":"0.4s""#))
  #expect(grpc.contains(#""maxTokens":10,"#))
  #expect(try setting(.grpc) { $0.retry?.attempts = 6 }.hasPrefix("# grpc has no such setting"))
  // Nobody's jitter but its own.
  for preset in [Preset.grpc, .resilience4j, .polly, .finagle, .envoy, .awsStandard, .temporal] {
    let text = try setting(preset) { $0.retry?.backoff = full }
    #expect(text.hasPrefix("# \(preset.rawValue) has no such setting"), "\(text)")
    #expect(text.contains("\npreset: \(preset.rawValue)\n") && text.contains("jitter: full"))
  }
  #expect(
    try setting(.polly) {
      $0.retry?.backoff = Backoff(.exponential(base: 100_000, factor: 2), jitter: .decorrelatedV2)
    }.contains("BackoffType = DelayBackoffType.Exponential, UseJitter = true }"))
  // Hedging exists for builders of a result.
  #expect(
    try setting(.polly) { $0.hedge = Hedging(after: 250_000) }
      .hasPrefix("new ResiliencePipelineBuilder<HttpResponseMessage>()"))
  #expect(try setting(.awsAdaptive) { $0.retry?.attempts = 5 } == "[default]\nretry_mode = adaptive\nmax_attempts = 5")
  // A Go constant that is no whole number is no duration.
  #expect(
    try setting(.temporal) { $0.retry?.backoff = Backoff(.exponential(base: 50_000, factor: 1.5)) }
      .contains("InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 1.5, MaximumInterval: 5 * time.Second"))
  let envoy = try setting(.envoy) {
    $0.retry?.retryOn = KindSet([.unavailable, .insufficientResources])
    $0.retry?.serverWait = .instead
  }
  #expect(envoy.contains(#"retry_on: "gateway-error,retriable-status-codes""#))
  #expect(envoy.contains("retriable_status_codes: [429]") && envoy.contains("reset_headers: [{ name: Retry-After"))
  // Three retries under way unless a share of the requests is asked for.
  #expect(envoy.contains("- max_retries: 3"))
  #expect(
    try setting(.envoy) { $0.budget = .concurrency(share: 0.2, minimum: 3) }
      .contains("- retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 }"))
  // What it has no place for is not left out.
  let dropped: [(Preset, (inout Policy) -> Void)] = [
    (.resilience4j, { $0.retry?.deadline = 2_000_000 }), (.resilience4j, { $0.hedge = Hedging(after: 250_000) }),
    (.polly, { $0.retry?.attemptTimeout = 300_000 }),
    (.temporal, { $0.budget = .ratio(ratio: 0.1, perSecond: 1, ttl: 10_000_000) }),
    (.grpc, { $0.breaker = Preset.pollyBreaker }), (.finagle, { $0.budget = .throttle(maximum: 10, ratio: 0.1) }),
    (.tenacity, { $0.retry?.retryOn = KindSet([.timeout]) }), (.polly, { $0.retry?.serverWait = .instead }),
    (.polly, { $0.hedge = Hedging(after: 100) }),
  ]
  for (number, (preset, change)) in dropped.enumerated() {
    #expect(try setting(preset, change).hasPrefix("# \(preset.rawValue) has no such setting"), "\(number)")
  }
  // Its breaker counts failures in a row only.
  #expect(try setting(.envoy) { $0.breaker = Preset.pollyBreaker }.hasPrefix("# envoy has no such setting"))
}

@Test("Pushback: an exact delay that resets the exponent; a negative one ends it (gRPC)")
func pushback() {
  let policy = RetryPolicy(
    attempts: 5, backoff: Backoff(.exponential(base: 100, factor: 2)), retryOn: .all, deadline: 10_000)
  var run = RetryPolicy.Run()
  let code = FailureKind.unavailable.rawValue
  #expect(policy.decide(&run, failure: code, elapsed: 0, u: 0) == .retry(after: 100))
  #expect(policy.decide(&run, failure: code, elapsed: 0, u: 0) == .retry(after: 200))
  #expect(policy.decide(&run, failure: code, elapsed: 0, u: 0, pushback: .wait(7)) == .retry(after: 7))
  #expect(policy.decide(&run, failure: code, elapsed: 0, u: 0) == .retry(after: 100))
  #expect(policy.decide(&run, failure: code, elapsed: 0, u: 0) == .stop(.attempts))
  var other = RetryPolicy.Run()
  #expect(policy.decide(&other, failure: code, elapsed: 0, u: 0, pushback: .stop) == .stop(.pushback))
  #expect(policy.decide(&other, failure: code, elapsed: 9_950, u: 0) == .stop(.deadline))
}

@Test("Hedging: due after the delay, at once after a failure, never after a fatal one or a good answer")
func hedging() {
  let hedging = Hedging(after: 100, max: 2)
  var run = Hedging.Run(start: 0)
  #expect(run.due(hedging) == 100)
  run.send(at: 100)
  #expect(run.due(hedging) == 200)
  let again = run.answered(failure: FailureKind.unavailable.rawValue, at: 150, hedging)
  #expect(again)
  #expect(run.starts == [0, 100, 150])
  #expect(run.due(hedging) == nil)
  let good = run.answered(failure: 0, at: 160, hedging)
  #expect(!good && run.isOver && run.succeeded)
  var fatal = Hedging.Run(start: 0)
  let sent = fatal.answered(failure: FailureKind.semantic.rawValue, at: 5, hedging)
  #expect(!sent && fatal.isOver && !fatal.succeeded)
  #expect(Hedging.Run(start: 0).due(Hedging(after: nil)) == nil)
  #expect(Hedging.Run(start: 0).due(Hedging(after: 0)) == 0)
}
