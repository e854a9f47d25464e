// Reads the body of a policy out of a configuration tree, key by key, with a problem for whatever does not fit.
internal import Support

/// Reads policies and collects what is wrong with them.
struct PolicyReader {
  var problems: [ConfigProblem] = []

  static let bodyKeys = [
    "name", "preset", "retry", "retryOn", "deadline", "budget", "breaker", "hedge", "throttle", "admission",
    "supervision", "recovery", "scope",
  ]

  /// The policy of a body, nil where it cannot have a name.
  mutating func policy(_ node: ConfigNode, name given: String?, isNamed: Bool) -> Policy? {
    node.rejectUnknownKeys(Self.bodyKeys, problems: &problems)
    guard node.map != nil else { return nil }
    var policy = Policy(given ?? "")
    if let preset = node["preset"] {
      if let known = preset.scalar.flatMap(Preset.init(rawValue:)) {
        policy = known.policy
        policy.name = given ?? known.rawValue
      } else {
        let names = Preset.allCases.map(\.rawValue)
        problems.append(
          ConfigProblem(
            at: preset, "unknown preset '\(preset.scalar ?? "")'; there are \(names.joined(separator: ", "))",
            suggestion: names.min { editDistance($0, preset.scalar ?? "") < editDistance($1, preset.scalar ?? "") }))
      }
    }
    if let name = node["name"]?.scalar, !name.isEmpty {
      policy.name = name
    } else if isNamed, policy.name.isEmpty {
      problems.append(ConfigProblem(at: node, "a policy needs a name"))
      return nil
    }
    if let body = node["retry"] { policy.retry = retry(body, over: policy.retry) }
    if let kinds = node["retryOn"] {
      var retry = policy.retry ?? RetryPolicy(attempts: 1)
      retry.retryOn = kindSet(kinds)
      retry.retriesLoggedKinds = false
      policy.retry = retry
    }
    if let deadline = node["deadline"] {
      var retry = policy.retry ?? RetryPolicy(attempts: 1, retriesLoggedKinds: true)
      retry.deadline = duration(deadline, positive: true)
      policy.retry = retry
    }
    if let body = node["budget"] { policy.budget = budget(body, over: policy.budget) }
    if let body = node["breaker"] { policy.breaker = breaker(body, over: policy.breaker) }
    if let body = node["hedge"] { policy.hedge = hedge(body) }
    if let body = node["throttle"] {
      policy.isRateAdaptive = body.scalar == "adaptive"
      policy.throttle = policy.isRateAdaptive ? nil : throttle(body)
    }
    if let body = node["admission"] { policy.admission = admission(body) }
    if let body = node["supervision"] { policy.supervision = supervision(body, over: policy.supervision) }
    if let body = node["recovery"] { policy.recovery = recovery(body) }
    if let scope = node["scope"] {
      scope.rejectUnknownKeys(["component", "operation"], problems: &problems)
      policy.component = scope["component"].flatMap { text($0) }
      policy.operation = scope["operation"].flatMap { text($0) }
    }
    if policy.families.isEmpty, isNamed {
      problems.append(ConfigProblem(at: node, "policy '\(policy.name)' says nothing to do"))
    }
    return policy
  }

  mutating func evaluation(_ node: ConfigNode) -> EvaluationSettings {
    node.rejectUnknownKeys(["donorWindow", "minimumRetries", "block", "seed"], problems: &problems)
    let old = EvaluationSettings()
    return EvaluationSettings(
      donorWindow: node["donorWindow"].flatMap { duration($0, positive: true) } ?? old.donorWindow,
      minimumRetries: node["minimumRetries"].flatMap { integer($0, 1...1_000_000) } ?? old.minimumRetries,
      block: node["block"].flatMap { duration($0, positive: true) } ?? old.block,
      seed: UInt64(node["seed"].flatMap { integer($0, 0...Int.max) } ?? 1))
  }
}
