// The families that act on calls.
internal import Support

extension PolicyReader {
  mutating func retry(_ node: ConfigNode, over old: RetryPolicy?) -> RetryPolicy {
    node.rejectUnknownKeys(
      ["attempts", "backoff", "attemptTimeout", "retryOn", "deadline", "retryAfter"], problems: &problems)
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
    if let rule = node["retryAfter"] { retry.serverWait = serverWait(rule) }
    if let kinds = node["retryOn"] {
      retry.retryOn = kindSet(kinds)
      retry.retriesLoggedKinds = false
    }
    return retry
  }

  /// What becomes of a wait that the callee asks for.
  private mutating func serverWait(_ node: ConfigNode) -> ServerWait? {
    switch node.scalar {
    case "ignore": return .ignored
    case "instead": return .instead
    case "atLeast": return .atLeast(most: nil)
    case nil:
      node.rejectUnknownKeys(["atLeast"], problems: &problems)
      guard let section = node["atLeast"] else {
        impossible(node, "retryAfter takes ignore, instead or atLeast")
        return nil
      }
      section.rejectUnknownKeys(["over"], problems: &problems)
      return .atLeast(most: section["over"].flatMap { duration($0, positive: true) })
    default:
      impossible(node, "retryAfter takes ignore, instead or atLeast")
      return nil
    }
  }

  mutating func budget(_ node: ConfigNode, over old: RetryBudget?) -> RetryBudget {
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

  mutating func breaker(_ node: ConfigNode, over old: BreakerSettings?) -> BreakerSettings {
    node.rejectUnknownKeys(
      [
        "failureRate", "window", "minimumCalls", "open", "probes", "slowCallRate", "slowCall", "failures", "period",
        "reset", "boundary",
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
    if node["failures"] != nil || node["period"] != nil {
      let count = node["failures"].map { integer($0, 1...1_000_000) ?? 5 } ?? 5
      let period = node["period"].flatMap { duration($0, positive: true) }
      breaker.window = period.map { .failures(count, within: $0) } ?? .consecutive(count)
      breaker.minimumCalls = 1
      breaker.probes = 1
      if let value = node["slowCallRate"] ?? node["slowCall"] {
        impossible(value, "slow calls are a share of a window's calls, and 'failures' has no such window")
      }
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

  mutating func hedge(_ node: ConfigNode) -> Hedging {
    node.rejectUnknownKeys(["after", "max"], problems: &problems)
    var after: Int64?
    if let value = node["after"], value.scalar != "failure" { after = duration(value) }
    if node["after"] == nil { _ = required(node, "after") }
    return Hedging(after: after, max: node["max"].flatMap { integer($0, 1...10) } ?? 1)
  }

  mutating func throttle(_ node: ConfigNode) -> ClientThrottle {
    node.rejectUnknownKeys(["factor", "threshold", "aggression"], problems: &problems)
    if let threshold = node["threshold"] {
      return .envoy(
        threshold: number(threshold, 0.01...1) ?? 0.95,
        aggression: node["aggression"].flatMap { number($0, 0.01...100) } ?? 1)
    }
    return .siteReliability(factor: node["factor"].flatMap { number($0, 1...100) } ?? 2)
  }

  mutating func admission(_ node: ConfigNode) -> AdmissionSettings {
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
}
