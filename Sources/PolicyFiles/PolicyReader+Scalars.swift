// Values of a policy file: durations, numbers, choices, kinds.
internal import Model
internal import Support

extension PolicyReader {
  mutating func impossible(_ node: ConfigNode, _ message: String) {
    problems.append(ConfigProblem(at: node, message))
  }

  mutating func required(_ node: ConfigNode, _ key: String) -> ConfigNode? {
    if let value = node[key] { return value }
    impossible(node, "'\(key)' is missing")
    return nil
  }

  mutating func text(_ node: ConfigNode) -> String? {
    if node.scalar == nil { impossible(node, "expected a text") }
    return node.scalar
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

  mutating func integer(_ node: ConfigNode, _ range: ClosedRange<Int>) -> Int? {
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

  mutating func number(_ node: ConfigNode, _ range: ClosedRange<Double>) -> Double? {
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

  mutating func boolean(_ node: ConfigNode) -> Bool? {
    switch node.scalar {
    case "true": return true
    case "false": return false
    default:
      impossible(node, "expected true or false")
      return nil
    }
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
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
    let items = node.list ?? [node]
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
