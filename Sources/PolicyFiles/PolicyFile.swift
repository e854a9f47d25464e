// The room PolicyFiles: policy files, presets and grids to policies, and policies to the configuration of the system
// they are for.
// It never evaluates, and never takes a key or a value in silence that it does not understand.

// A policy file: the logged policy, the candidates, and how to evaluate them. Grids expand here.
package import Support

/// The model of a policy file (`policies.yaml`).
package struct PolicyFile: Hashable, Sendable {
  /// The policy that was in force, nil where it is to be inferred from the log.
  package var logged: Policy?
  package var policies: [Policy] = []
  package var evaluation = EvaluationSettings()

  /// The most candidates of a file, and the most a grid may expand to.
  package static let gridLimit = 1000

  package init(logged: Policy? = nil, policies: [Policy] = [], evaluation: EvaluationSettings = EvaluationSettings()) {
    self.logged = logged
    self.policies = policies
    self.evaluation = evaluation
  }

  /// Reads a file's tree. What cannot be accepted is added to `problems`, and the rest is read all the same.
  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    var reader = PolicyReader()
    config.rejectUnknownKeys(["version", "logged", "policies", "evaluation"], problems: &reader.problems)
    if let version = config["version"] {
      if version.scalar != "1" {
        reader.problems.append(
          ConfigProblem(at: version, "unknown version; this program reads version 1", suggestion: "1"))
      }
    } else if config.map != nil {
      reader.problems.append(ConfigProblem(at: config, "version is missing", suggestion: "version: 1"))
    }
    if let node = config["logged"] {
      if node.map != nil {
        logged = reader.policy(node, name: "logged", isNamed: false)
      } else if node.scalar != "inferred" {
        reader.problems.append(
          ConfigProblem(at: node, "logged takes 'inferred' or the body of a policy", suggestion: "inferred"))
      }
    }
    if let node = config["evaluation"] { evaluation = reader.evaluation(node) }
    if let node = config["policies"] {
      guard let list = node.list else {
        reader.problems.append(ConfigProblem(at: node, "policies takes a list"))
        problems += reader.problems
        return
      }
      var names: Set<String> = []
      for item in list {
        for variant in PolicyGrid.expand(item, problems: &reader.problems) {
          guard var policy = reader.policy(variant.node, name: nil, isNamed: true) else { continue }
          policy.name += variant.suffix
          if !names.insert(policy.name).inserted {
            reader.problems.append(ConfigProblem(at: item, "a policy named '\(policy.name)' appears twice"))
          }
          guard policies.count < Self.gridLimit else {
            reader.problems.append(ConfigProblem(at: item, "more than \(Self.gridLimit) candidates"))
            problems += reader.problems
            return
          }
          policies.append(policy)
        }
      }
    }
    var seen: Set<ConfigProblem> = []
    problems += reader.problems.filter { seen.insert($0).inserted }
  }
}

/// Expands the lists of a policy body into one body per combination.
enum PolicyGrid {
  struct Variant {
    var node: ConfigNode
    /// What tells it from its siblings: ` [retry.attempts=2]`.
    var suffix: String
  }

  /// Lists that are values of their own and no grid.
  private static let plainLists: Set<String> = ["retryOn", "children"]

  static func expand(_ node: ConfigNode, problems: inout [ConfigProblem]) -> [Variant] {
    var open = [Variant(node: node, suffix: "")]
    var done: [Variant] = []
    while let next = open.popLast() {
      guard let (path, list) = firstList(next.node) else {
        done.append(next)
        continue
      }
      guard !list.isEmpty else {
        problems.append(ConfigProblem(at: node, "'\(path.joined(separator: "."))' is an empty list"))
        continue
      }
      guard open.count + done.count + list.count <= PolicyFile.gridLimit else {
        problems.append(
          ConfigProblem(at: node, "the grid has more than \(PolicyFile.gridLimit) combinations"))
        return Array(done.prefix(1))
      }
      for value in list.reversed() {
        let label = "\(path.joined(separator: "."))=\(value.scalar ?? "…")"
        let suffix = next.suffix.isEmpty ? " [\(label)]" : next.suffix.dropLast() + ", \(label)]"
        open.append(Variant(node: replacing(next.node, path, with: value), suffix: String(suffix)))
      }
    }
    return done
  }

  /// The first list that stands where a scalar belongs, in the file's order. Policy bodies nest four deep at most.
  private static func firstList(_ node: ConfigNode) -> (path: [String], list: [ConfigNode])? {
    var open: [(ConfigNode, [String])] = [(node, [])]
    while let (next, path) = open.popLast() {
      if let list = next.list, let key = path.last {
        if plainLists.contains(key) || list.contains(where: { $0.scalar == nil }) { continue }
        return (path, list)
      }
      guard path.count < 8, let map = next.map else { continue }
      for entry in map.reversed() { open.append((entry.value, path + [entry.key])) }
    }
    return nil
  }

  private static func replacing(_ node: ConfigNode, _ path: [String], with value: ConfigNode) -> ConfigNode {
    // The path is at most eight long, so is this recursion.
    guard let key = path.first, var map = node.map, let index = map.firstIndex(where: { $0.key == key }) else {
      return value
    }
    map[index].value = replacing(map[index].value, Array(path.dropFirst()), with: value)
    var copy = node
    copy.value = .map(map)
    return copy
  }
}
