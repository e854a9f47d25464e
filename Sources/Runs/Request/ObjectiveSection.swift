// The `objectives:` section of a pipeline file: `{ component, success: 99.9%, window: 30d, latency: { p99: 300ms } }`.
internal import Model
internal import Support

extension Objective {
  private static let keys = ["component", "success", "window", "latency"]
  private static let usualWindow: Int64 = 30 * 86_400_000_000

  /// The targets of a section, a target each; what is wrong is named.
  static func list(_ node: ConfigNode?, _ problems: inout [ConfigProblem]) -> [Objective] {
    guard let node else { return [] }
    guard let list = node.list else {
      problems.append(
        ConfigProblem(
          at: node, "'objectives' takes a list", suggestion: "[ { component: frontend, success: 99.9% } ]"))
      return []
    }
    return list.flatMap { read($0, &problems) }
  }

  private static func read(_ node: ConfigNode, _ problems: inout [ConfigProblem]) -> [Objective] {
    node.rejectUnknownKeys(keys, problems: &problems)
    guard let component = node["component"]?.scalar, !component.isEmpty else {
      problems.append(ConfigProblem(at: node, "an objective needs a component", suggestion: "component: frontend"))
      return []
    }
    var window = usualWindow
    if let given = node["window"] {
      if let value = given.scalar.flatMap(ConfigNode.duration), value > 0 {
        window = value
      } else {
        problems.append(ConfigProblem(at: given, "'window' takes a duration above zero", suggestion: "30d"))
      }
    }
    var targets: [Target] = []
    if let given = node["success"] {
      if let share = given.scalar.flatMap(share), share > 0, share < 1 {
        targets.append(.success(share: share))
      } else {
        problems.append(
          ConfigProblem(at: given, "'success' takes a share between 0 and 100 %", suggestion: "99.9%"))
      }
    }
    if let latency = node["latency"] {
      if latency.map == nil { problems.append(ConfigProblem(at: latency, "'latency' takes quantiles and times")) }
      for entry in latency.map ?? [] {
        let (key, value) = (entry.key, entry.value)
        guard key.hasPrefix("p"), let share = share(key.dropFirst() + "%"), share > 0, share < 1 else {
          problems.append(ConfigProblem(at: value, "'\(key)' is no quantile", suggestion: "p99"))
          continue
        }
        guard let within = value.scalar.flatMap(ConfigNode.duration), within > 0 else {
          problems.append(ConfigProblem(at: value, "a latency takes a duration above zero", suggestion: "300ms"))
          continue
        }
        targets.append(.latency(share: share, within: within))
      }
    }
    if targets.isEmpty, node["success"] == nil, node["latency"] == nil {
      problems.append(
        ConfigProblem(at: node, "an objective needs 'success' or 'latency'", suggestion: "success: 99.9%"))
    }
    return targets.map { Objective(component: ForeignName(component), target: $0, window: window) }
  }

  /// A share written with a percent sign, or as a fraction.
  private static func share(_ text: String) -> Double? {
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()) : text), value.isFinite else { return nil }
    return isPercent ? value / 100 : value
  }
}
