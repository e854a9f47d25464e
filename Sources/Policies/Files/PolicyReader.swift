// Reads the body of a policy out of a configuration tree, key by key, with a problem for whatever does not fit.
internal import Core

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
    if let body = node["throttle"] { policy.throttle = throttle(body) }
    if let body = node["admission"] { policy.admission = admission(body) }
    if let body = node["supervision"] { policy.supervision = supervision(body, over: policy.supervision) }
    if let body = node["recovery"] { policy.recovery = recovery(body) }
    if let scope = node["scope"] {
      scope.rejectUnknownKeys(["component", "operation"], problems: &problems)
      policy.component = scope["component"]?.scalar
      policy.operation = scope["operation"]?.scalar
    }
    if policy.family == "none", isNamed {
      problems.append(ConfigProblem(at: node, "policy '\(policy.name)' says nothing to do"))
    }
    return policy
  }

  // MARK: Families

  private mutating func retry(_ node: ConfigNode, over old: RetryPolicy?) -> RetryPolicy {
    node.rejectUnknownKeys(["attempts", "backoff", "attemptTimeout", "retryOn", "deadline"], problems: &problems)
    var retry = old ?? RetryPolicy(attempts: 3, retriesLoggedKinds: true)
    if let attempts = node["attempts"] {
      if attempts.scalar == "unlimited" {
        retry.attempts = .max
      } else if let value = integer(attempts, 1...1_000_000) {
        retry.attempts = value
      }
    }
    if let backoff = node["backoff"] { retry.backoff = self.backoff(backoff) }
    if let timeout = node["attemptTimeout"] { retry.attemptTimeout = duration(timeout, positive: true) }
    if let deadline = node["deadline"] { retry.deadline = duration(deadline, positive: true) }
    if let kinds = node["retryOn"] {
      retry.retryOn = kindSet(kinds)
      retry.retriesLoggedKinds = false
    }
    return retry
  }

  mutating func backoff(_ node: ConfigNode) -> Backoff {
    if let text = node.scalar {
      if ["none", "immediate"].contains(text) { return .immediate }
      problems.append(
        ConfigProblem(
          at: node, "backoff takes fixed, linear or exponential with their settings", suggestion: "fixed: 1s"))
      return .immediate
    }
    node.rejectUnknownKeys(["fixed", "linear", "exponential"], problems: &problems)
    guard let entry = node.map?.first else { return .immediate }
    if let map = node.map, map.count > 1 {
      problems.append(ConfigProblem(at: map[1], "one delay law only"))
    }
    let body = entry.value
    switch entry.key {
    case "fixed":
      if body.map == nil { return Backoff(.fixed(duration(body) ?? 0)) }
      body.rejectUnknownKeys(["delay", "base", "jitter"], problems: &problems)
      let delay = (body["delay"] ?? body["base"]).flatMap { duration($0) } ?? 0
      return Backoff(.fixed(delay), jitter: body["jitter"].map { jitter($0) } ?? .none)
    case "linear":
      body.rejectUnknownKeys(["base", "step", "max", "jitter"], problems: &problems)
      let base = required(body, "base").flatMap { duration($0) } ?? 0
      return Backoff(
        .linear(base: base, step: body["step"].flatMap { duration($0) } ?? base),
        jitter: body["jitter"].map { jitter($0) } ?? .none,
        maximum: body["max"].flatMap { duration($0, positive: true) })
    case "exponential":
      body.rejectUnknownKeys(["base", "factor", "max", "jitter"], problems: &problems)
      let base = required(body, "base").flatMap { duration($0) } ?? 0
      return Backoff(
        .exponential(base: base, factor: body["factor"].flatMap { number($0, 1...1000) } ?? 2),
        jitter: body["jitter"].map { jitter($0) } ?? .none,
        maximum: body["max"].flatMap { duration($0, positive: true) })
    default: return .immediate
    }
  }

  private mutating func jitter(_ node: ConfigNode) -> Backoff.Jitter {
    let names = ["none", "full", "equal", "decorrelated", "proportional", "decorrelatedV2"]
    switch node.scalar {
    case "none": return .none
    case "full": return .full
    case "equal": return .equal
    case "decorrelated": return .decorrelated
    case "decorrelatedV2": return .decorrelatedV2
    case "proportional": return .proportional(below: 0.2, above: 0.2)
    case nil:
      node.rejectUnknownKeys(["proportional"], problems: &problems)
      let share = node["proportional"].flatMap { number($0, 0...1) } ?? 0.2
      return .proportional(below: share, above: share)
    case let text?:
      if let share = Double(text), (0...1).contains(share) { return .proportional(below: share, above: share) }
      problems.append(
        ConfigProblem(
          at: node, "unknown jitter '\(text)'; there are \(names.joined(separator: ", ")), or a share like 0.2",
          suggestion: names.min { editDistance($0, text) < editDistance($1, text) }))
      return .none
    }
  }

  private mutating func budget(_ node: ConfigNode, over old: RetryBudget?) -> RetryBudget {
    node.rejectUnknownKeys(["ratio", "perSecond", "window", "tokens"], problems: &problems)
    var ratio = 0.2
    var perSecond = 10.0
    var ttl: Int64 = 10_000_000
    if case .ratio(let r, let p, let t)? = old { (ratio, perSecond, ttl) = (r, p, t) }
    if case .throttle(_, let r)? = old { ratio = r }
    if let node = node["ratio"] { ratio = number(node, 0...1000) ?? ratio }
    if let node = node["perSecond"] { perSecond = number(node, 0...1e9) ?? perSecond }
    if let node = node["window"] { ttl = duration(node, positive: true) ?? ttl }
    if let tokens = node["tokens"] {
      if let clash = node["perSecond"] ?? node["window"] {
        problems.append(ConfigProblem(at: clash, "tokens stands alone with ratio: it is another kind of budget"))
      }
      return .throttle(maximum: number(tokens, 1...1000) ?? 10, ratio: ratio)
    }
    return .ratio(ratio: ratio, perSecond: perSecond, ttl: ttl)
  }

  private mutating func breaker(_ node: ConfigNode, over old: BreakerSettings?) -> BreakerSettings {
    node.rejectUnknownKeys(
      [
        "failureRate", "window", "minimumCalls", "open", "probes", "slowCallRate", "slowCall", "failures", "reset",
        "boundary",
      ], problems: &problems)
    var breaker = old ?? BreakerSettings(minimumCalls: 20)
    if let value = node["failureRate"] { breaker.failureRate = number(value, 0...1) ?? breaker.failureRate }
    if let value = node["slowCallRate"] { breaker.slowCallRate = number(value, 0...1) }
    if let value = node["slowCall"] {
      breaker.slowCall = duration(value, positive: true) ?? breaker.slowCall
      if breaker.slowCallRate == nil { breaker.slowCallRate = 1 }
    }
    if let value = node["window"] {
      if let count = value.scalar.flatMap({ Int($0) }) {
        if count >= 1 { breaker.window = .count(count) } else { impossible(value, "a window holds at least one call") }
      } else if let length = duration(value, positive: true) {
        breaker.window = BreakerSettings.rolling(length)
      }
    }
    if let value = node["failures"], let count = integer(value, 1...1_000_000) {
      breaker.window = .consecutive(count)
      breaker.minimumCalls = 1
    }
    if let value = node["minimumCalls"] { breaker.minimumCalls = integer(value, 1...1_000_000) ?? breaker.minimumCalls }
    if let value = node["open"] ?? node["reset"] { breaker.open = duration(value, positive: true) ?? breaker.open }
    if let value = node["probes"] { breaker.probes = integer(value, 1...1_000_000) ?? breaker.probes }
    if let value = node["boundary"] {
      switch value.scalar {
      case ">": breaker.boundary = .strictlyAfter
      case ">=": breaker.boundary = .atOrAfter
      default: impossible(value, "boundary takes '>' or '>='")
      }
    }
    return breaker
  }

  private mutating func hedge(_ node: ConfigNode) -> Hedging {
    node.rejectUnknownKeys(["after", "max"], problems: &problems)
    var after: Int64?
    if let value = node["after"], value.scalar != "failure" { after = duration(value) }
    if node["after"] == nil { _ = required(node, "after") }
    return Hedging(after: after, max: node["max"].flatMap { integer($0, 1...10) } ?? 1)
  }

  private mutating func throttle(_ node: ConfigNode) -> ClientThrottle {
    node.rejectUnknownKeys(["factor", "threshold", "aggression"], problems: &problems)
    if let threshold = node["threshold"] {
      return .envoy(
        threshold: number(threshold, 0.01...1) ?? 0.95,
        aggression: node["aggression"].flatMap { number($0, 0.01...100) } ?? 1)
    }
    return .siteReliability(factor: node["factor"].flatMap { number($0, 1...100) } ?? 2)
  }

  private mutating func admission(_ node: ConfigNode) -> AdmissionSettings {
    node.rejectUnknownKeys(
      [
        "maxInFlight", "maxPerWindow", "window", "deadline", "maxRetries", "attemptTimeout", "backoff", "maxDefers",
        "retryOn",
      ], problems: &problems)
    var settings = AdmissionSettings()
    settings.maxInFlight = node["maxInFlight"].flatMap { integer($0, 1...1_000_000_000) }
    settings.maxPerWindow = node["maxPerWindow"].flatMap { integer($0, 1...1_000_000_000) }
    settings.window = node["window"].flatMap { duration($0, positive: true) }
    settings.deadline = node["deadline"].flatMap { duration($0, positive: true) }
    settings.attemptTimeout = node["attemptTimeout"].flatMap { duration($0, positive: true) }
    settings.maxRetries = node["maxRetries"].flatMap { integer($0, 0...1_000_000) } ?? 0
    settings.maxDefers = node["maxDefers"].flatMap { integer($0, 0...1_000_000) }
    if let body = node["backoff"] { settings.backoff = backoff(body) }
    if let kinds = node["retryOn"] { settings.retryOn = kindSet(kinds) }
    if (node["maxPerWindow"] == nil) != (node["window"] == nil) {
      problems.append(
        ConfigProblem(at: node["maxPerWindow"] ?? node["window"] ?? node, "maxPerWindow and window belong together"))
      settings.maxPerWindow = nil
      settings.window = nil
    }
    return settings
  }

  private mutating func supervision(_ node: ConfigNode, over old: SupervisionSettings?) -> SupervisionSettings {
    node.rejectUnknownKeys(
      ["strategy", "maxRestarts", "period", "backoff", "children", "window", "heartbeatTimeout"], problems: &problems)
    var settings = old ?? SupervisionSettings()
    if let value = node["strategy"] {
      settings.strategy = choice(value, SupervisionSettings.Strategy.self, settings.strategy)
    }
    if let value = node["maxRestarts"] { settings.maxRestarts = integer(value, 0...1_000_000) ?? settings.maxRestarts }
    if let value = node["period"] { settings.period = duration(value, positive: true) ?? settings.period }
    if let value = node["heartbeatTimeout"] { settings.heartbeatTimeout = duration(value, positive: true) }
    if let value = node["backoff"] { settings.backoff = backoff(value) }
    if let value = node["window"] {
      switch value.scalar {
      case "slidingInclusive": settings.window = .slidingInclusive
      case "slidingExclusive": settings.window = .slidingExclusive
      case "fixed": settings.window = .fixed
      default: impossible(value, "window takes slidingInclusive, slidingExclusive or fixed")
      }
    }
    if let children = node["children"] {
      settings.children = []
      for child in children.list ?? [] {
        child.rejectUnknownKeys(["id", "restart", "maxRestarts"], problems: &problems)
        guard let id = child["id"]?.scalar, !id.isEmpty else {
          impossible(child, "a child needs an id")
          continue
        }
        if settings.children.contains(where: { $0.id == id }) { impossible(child, "child '\(id)' appears twice") }
        settings.children.append(
          SupervisionSettings.Child(
            id: id,
            restart: child["restart"].map { choice($0, SupervisionSettings.RestartType.self, .permanent) }
              ?? .permanent,
            maxRestarts: child["maxRestarts"].flatMap { integer($0, 0...1_000_000) }))
      }
      if children.list == nil { impossible(children, "children takes a list") }
    }
    return settings
  }

  private mutating func recovery(_ node: ConfigNode) -> RecoverySettings {
    node.rejectUnknownKeys(
      ["maxRetries", "initialDelay", "maxDelay", "timeout", "autoRollback", "exponential", "jitter"],
      problems: &problems)
    var settings = RecoverySettings()
    if let value = node["maxRetries"] { settings.maxRetries = integer(value, 0...1_000_000) ?? settings.maxRetries }
    if let value = node["initialDelay"] {
      settings.initialDelay = duration(value, positive: true) ?? settings.initialDelay
    }
    if let value = node["maxDelay"] { settings.maxDelay = duration(value, positive: true) ?? settings.maxDelay }
    if let value = node["timeout"] { settings.timeout = duration(value, positive: true) ?? settings.timeout }
    if let value = node["autoRollback"] { settings.autoRollback = boolean(value) ?? settings.autoRollback }
    if let value = node["exponential"] { settings.isExponential = boolean(value) ?? settings.isExponential }
    if let value = node["jitter"] { settings.jitter = jitter(value) }
    if let problem = settings.problems.first { impossible(node["maxDelay"] ?? node, problem) }
    return settings
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

  // MARK: Scalars

  private mutating func impossible(_ node: ConfigNode, _ message: String) {
    problems.append(ConfigProblem(at: node, message))
  }

  private mutating func required(_ node: ConfigNode, _ key: String) -> ConfigNode? {
    if let value = node[key] { return value }
    impossible(node, "'\(key)' is missing")
    return nil
  }

  mutating func duration(_ node: ConfigNode, positive: Bool = false) -> Int64? {
    guard let text = node.scalar else {
      impossible(node, "expected a duration with its unit")
      return nil
    }
    guard let value = ConfigNode.duration(text) else {
      let suggestion = Double(text) != nil ? "\(text)s" : nil
      problems.append(ConfigProblem(at: node, "'\(text)' is no duration with its unit", suggestion: suggestion))
      return nil
    }
    if positive, value == 0 {
      impossible(node, "must be longer than 0")
      return nil
    }
    return value
  }

  private mutating func integer(_ node: ConfigNode, _ range: ClosedRange<Int>) -> Int? {
    guard let value = node.scalar.flatMap({ Int($0) }) else {
      impossible(node, "expected a whole number")
      return nil
    }
    guard range.contains(value) else {
      impossible(node, "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
      return nil
    }
    return value
  }

  private mutating func number(_ node: ConfigNode, _ range: ClosedRange<Double>) -> Double? {
    guard let value = node.scalar.flatMap({ Double($0) }), value.isFinite else {
      impossible(node, "expected a number")
      return nil
    }
    guard range.contains(value) else {
      impossible(
        node,
        "\(node.scalar ?? "") is not between \(PolicyText.number(range.lowerBound)) and "
          + PolicyText.number(range.upperBound))
      return nil
    }
    return value
  }

  private mutating func boolean(_ node: ConfigNode) -> Bool? {
    switch node.scalar {
    case "true": return true
    case "false": return false
    default:
      impossible(node, "expected true or false")
      return nil
    }
  }

  private mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: ConfigNode, _ type: Choice.Type, _ fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    if let value = node.scalar.flatMap(Choice.init(rawValue:)) { return value }
    let names = Choice.allCases.map(\.rawValue)
    problems.append(
      ConfigProblem(
        at: node, "'\(node.scalar ?? "")' is none of \(names.joined(separator: ", "))",
        suggestion: names.min { editDistance($0, node.scalar ?? "") < editDistance($1, node.scalar ?? "") }))
    return fallback
  }

  mutating func kindSet(_ node: ConfigNode) -> KindSet {
    if node.scalar == "all" { return .all }
    if node.scalar == "retryable" { return .retryable }
    let items = node.list ?? (node.scalar == nil ? [] : [node])
    var kinds: [FailureKind] = []
    for item in items {
      if let kind = item.scalar.flatMap(FailureKind.init(name:)) {
        kinds.append(kind)
        continue
      }
      let names = FailureKind.allCases.map(\.name)
      problems.append(
        ConfigProblem(
          at: item, "unknown failure kind '\(item.scalar ?? "")'",
          suggestion: names.min { editDistance($0, item.scalar ?? "") < editDistance($1, item.scalar ?? "") }))
    }
    return KindSet(kinds)
  }
}
