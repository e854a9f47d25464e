// Delay laws and their jitter.
internal import Support

extension PolicyReader {
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
      body.rejectUnknownKeys(["base", "factor", "first", "max", "jitter"], problems: &problems)
      let base = required(body, "base").flatMap { duration($0) } ?? 0
      let factor = body["factor"].flatMap { number($0, 1...1000) } ?? 2
      var law = Backoff.Law.exponential(base: base, factor: factor)
      if let first = body["first"] {
        if first.scalar == "none" {
          law = .immediateThenExponential(base: base, factor: factor)
        } else {
          impossible(first, "first takes 'none': the first retry goes out at once")
        }
      }
      return Backoff(
        law,
        jitter: body["jitter"].map { jitter($0) } ?? .none,
        maximum: body["max"].flatMap { duration($0, positive: true) })
    default: return .immediate
    }
  }

  mutating func jitter(_ node: ConfigNode) -> Backoff.Jitter {
    let names = ["none", "full", "equal", "decorrelated", "proportional", "decorrelatedV2"]
    switch node.scalar {
    case "none": return .none
    case "full": return .full
    case "equal": return .equal
    case "decorrelated": return .decorrelated
    case "decorrelatedV2": return .decorrelatedV2
    case "proportional": return .proportional(below: 0.2, above: 0.2)
    case nil:
      node.rejectUnknownKeys(["proportional", "add"], problems: &problems)
      if let most = node["add"] {
        if let clash = node["proportional"] {
          problems.append(ConfigProblem(at: clash, "one jitter only: add or proportional"))
        }
        return .additive(duration(most) ?? 0)
      }
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
}
