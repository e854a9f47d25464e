// What a pipeline says of secrets beside what the engine knows by itself.

/// The `mask:` section of a pipeline file.
package struct SecretSettings: Hashable, Sendable {
  /// Whether anything is masked at all.
  package var isOn = true
  /// Further names whose values are secrets, in any case and with any of `-`, `_`, `.` between their words.
  package var keys: [String] = []
  /// Further patterns; what they match is masked.
  package var patterns: [BoundedPattern] = []
  /// What is never masked: a found secret that one of these matches as a whole stays.
  package var allow: [BoundedPattern] = []
  /// Whether addresses of mail are masked too.
  package var emails = false

  package init() {}

  /// All of it in one text, for checksums.
  package var text: String {
    (["mask \(isOn) \(emails)"]
      + [keys, patterns.map(\.text), allow.map(\.text)].map { list in
        "[" + list.map { "\($0.utf8.count):\($0)" }.joined(separator: ",") + "]"
      }).joined(separator: " ")
  }

  /// Reads `secrets`, `none`, or `{ keys, patterns, allow, emails }`.
  package init(config node: ConfigNode, problems: inout [ConfigProblem]) {
    switch node.scalar {
    case "secrets": return
    case "none":
      isOn = false
      return
    case .some:
      problems.append(
        ConfigProblem(at: node, "mask is 'secrets', 'none' or { keys, patterns, allow, emails }", suggestion: "secrets")
      )
      return
    case nil: break
    }
    guard node.map != nil else {
      problems.append(
        ConfigProblem(at: node, "mask is 'secrets', 'none' or { keys, patterns, allow, emails }", suggestion: "secrets")
      )
      return
    }
    node.rejectUnknownKeys(["keys", "patterns", "allow", "emails"], problems: &problems)
    keys = Self.texts(node["keys"], "keys", &problems).map(\.text)
    patterns = Self.patterns(node["patterns"], "patterns", &problems)
    allow = Self.patterns(node["allow"], "allow", &problems)
    if let node = node["emails"] {
      switch node.scalar {
      case "true": emails = true
      case "false": emails = false
      default: problems.append(ConfigProblem(at: node, "'emails' is true or false", suggestion: "true"))
      }
    }
  }

  private static func texts(
    _ node: ConfigNode?, _ key: String, _ problems: inout [ConfigProblem]
  ) -> [(text: String, node: ConfigNode)] {
    guard let node else { return [] }
    let nodes = node.scalar == nil ? node.list ?? [] : [node]
    let found = nodes.compactMap { one in one.scalar.map { (text: $0, node: one) } }
    if found.isEmpty || found.count < nodes.count {
      problems.append(ConfigProblem(at: node, "'\(key)' takes a list of texts"))
    }
    return found
  }

  private static func patterns(
    _ node: ConfigNode?, _ key: String, _ problems: inout [ConfigProblem]
  ) -> [BoundedPattern] {
    texts(node, key, &problems).compactMap { text, node in
      if let pattern = BoundedPattern(text) { return pattern }
      problems.append(ConfigProblem(at: node, "'\(text)' is no regular expression"))
      return nil
    }
  }
}
