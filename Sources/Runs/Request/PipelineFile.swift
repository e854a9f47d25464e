package import Model
package import Support
package import Traces

/// A pipeline file, version 1: what to read, how to understand it, what to report. Every key has a default.
package struct PipelineFile: Sendable {
  /// Inputs as written, `{date}` not yet replaced.
  package var inputs: [String] = []
  package var output: String?
  /// The zone of times without one, as written and as seconds east of UTC.
  package var zone = Zone.utc
  /// The `formats:` section, for the decoders.
  package var formats: ConfigNode?
  package var rename: [ComponentNaming.Rule] = []
  /// Failure kinds by fragment of an error text, before the built-in words.
  package var failures: [(fragment: String, kind: FailureKind)] = []
  /// The `reflex:`, `patterns:` and `tests:` sections, for their rooms.
  package var reflex: ConfigNode?
  package var patterns: ConfigNode?
  package var tests: ConfigNode?
  /// The file with the tests in quarantine, relative to the pipeline file.
  package var quarantine: String?
  /// The policy file's path, relative to the pipeline file.
  package var policies: String?
  /// The CODEOWNERS file, relative to the pipeline file.
  package var codeOwners: String?
  /// Files that tell of deployments and other changes, relative to the pipeline file, `{date}` not yet replaced.
  package var changes: [String] = []
  /// Whose error budgets are asked about.
  package var objectives: [Objective] = []
  /// The history's path, nil for none.
  package var history: String?
  package var limits = RunLimits()
  /// What the `mask:` section says.
  package var secrets = SecretSettings()
  package var reportFormats: [String] = ["json", "markdown"]
  package var failOn: String?
  /// For those who read the report: links, owners, maintenance, upkeep, notifications.
  package var reporting = ReportingSettings()

  package init() {}

  static let keys =
    [
      "version", "inputs", "output", "zone", "formats", "components", "failures", "reflex", "patterns", "tests",
      "policies", "changes", "codeowners", "history", "limits", "mask", "objectives",
      "report",
    ] + ReportingSettings.keys

  /// Reads a pipeline file's tree; everything wrong in it is named, not only the first thing.
  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    config.rejectUnknownKeys(Self.keys, problems: &problems)
    if let version = config["version"] {
      if version.scalar != "1" {
        problems.append(ConfigProblem(at: version, "only version 1 is known", suggestion: "1"))
      }
    } else {
      problems.append(ConfigProblem(at: config, "the version is missing", suggestion: "version: 1"))
    }
    inputs = Self.texts(config["inputs"], "inputs", &problems)
    output = Self.text(config["output"], "output", &problems)
    policies = Self.text(config["policies"], "policies", &problems)
    changes = Self.texts(config["changes"], "changes", &problems)
    history = Self.text(config["history"], "history", &problems)
    codeOwners = Self.text(config["codeowners"], "codeowners", &problems)
    if let node = config["zone"], let text = Self.text(node, "zone", &problems) {
      if let zone = Zone(text) {
        self.zone = zone
      } else {
        problems.append(ConfigProblem(at: node, "'\(text)' is no zone", suggestion: "UTC, +02:00 or Europe/Berlin"))
      }
    }
    formats = config["formats"]
    reflex = config["reflex"]
    patterns = config["patterns"]
    tests = config["tests"]
    if let tests {
      tests.rejectUnknownKeys(["quarantine"], problems: &problems)
      quarantine = Self.text(tests["quarantine"], "quarantine", &problems)
    }
    readComponents(config["components"], &problems)
    readFailures(config["failures"], &problems)
    if let node = config["limits"] { limits = RunLimits(config: node, problems: &problems) }
    objectives = Objective.list(config["objectives"], &problems)
    readReport(config, &problems)
    reporting = ReportingSettings(config: config, problems: &problems)
    checkPlaceholders(config, &problems)
  }

  /// Paths know one placeholder, the night.
  private func checkPlaceholders(_ config: ConfigNode, _ problems: inout [ConfigProblem]) {
    for key in ["inputs", "output", "changes"] {
      guard let node = config[key] else { continue }
      for one in node.list ?? [node] { Placeholders.check(one.scalar ?? "", ["date"], at: one, &problems) }
    }
    if let node = config["tests"]?["quarantine"] {
      Placeholders.check(node.scalar ?? "", ["date"], at: node, &problems)
    }
  }

  private mutating func readComponents(_ node: ConfigNode?, _ problems: inout [ConfigProblem]) {
    guard let node else { return }
    node.rejectUnknownKeys(["rename"], problems: &problems)
    if let rules = node["rename"], rules.list == nil {
      problems.append(ConfigProblem(at: rules, "'rename' takes a list of rules, each with a pattern"))
    }
    for rule in node["rename"]?.list ?? [] {
      rule.rejectUnknownKeys(["pattern", "with"], problems: &problems)
      guard let pattern = rule["pattern"], let text = pattern.scalar else {
        problems.append(ConfigProblem(at: rule, "a renaming needs a pattern"))
        continue
      }
      guard let bounded = BoundedPattern(text) else {
        problems.append(ConfigProblem(at: pattern, "'\(text)' is no regular expression"))
        continue
      }
      let replacement = Self.text(rule["with"], "with", &problems) ?? ""
      rename.append(ComponentNaming.Rule(pattern: bounded, replacement: replacement))
    }
  }

  private mutating func readFailures(_ node: ConfigNode?, _ problems: inout [ConfigProblem]) {
    if let node, node.map == nil {
      problems.append(ConfigProblem(at: node, "'failures' takes fragments of error texts with their failure kinds"))
    }
    for entry in node?.map ?? [] {
      let names = FailureKind.allCases.map(\.name)
      guard let name = entry.value.scalar, let kind = FailureKind(name: name) else {
        let given = entry.value.scalar ?? ""
        let nearest = names.min { editDistance($0, given) < editDistance($1, given) }
        problems.append(ConfigProblem(at: entry.value, "'\(given)' is no failure kind", suggestion: nearest))
        continue
      }
      failures.append((entry.key.lowercased(), kind))
    }
  }

  private mutating func readReport(_ config: ConfigNode, _ problems: inout [ConfigProblem]) {
    if let node = config["mask"] {
      secrets = SecretSettings(config: node, problems: &problems)
    }
    guard let report = config["report"] else { return }
    report.rejectUnknownKeys(["formats", "failOn", "keep", "latest"], problems: &problems)
    failOn = Self.text(report["failOn"], "failOn", &problems)
    if let node = report["failOn"], let text = node.scalar, FailOn(text) == nil {
      let nearest = FailOn.choices.min { editDistance($0, text) < editDistance($1, text) }
      problems.append(ConfigProblem(at: node, "'\(text)' is no severity and no kind", suggestion: nearest))
    }
    if let node = report["formats"] {
      reportFormats = Self.texts(node, "formats", &problems)
      for format in node.list ?? [] where !["json", "markdown", "html", "metrics", "otlp"].contains(format.scalar) {
        problems.append(
          ConfigProblem(at: format, "'\(format.scalar ?? "")' is no report format", suggestion: "json or markdown"))
      }
    }
  }

  private static func text(_ node: ConfigNode?, _ key: String, _ problems: inout [ConfigProblem]) -> String? {
    guard let node else { return nil }
    if node.scalar == nil { problems.append(ConfigProblem(at: node, "'\(key)' takes one text")) }
    return node.scalar
  }

  private static func texts(_ node: ConfigNode?, _ key: String, _ problems: inout [ConfigProblem]) -> [String] {
    guard let node else { return [] }
    if let one = node.scalar { return [one] }
    guard let list = node.list, list.allSatisfy({ $0.scalar != nil }) else {
      problems.append(ConfigProblem(at: node, "'\(key)' takes a list of texts"))
      return []
    }
    return list.compactMap(\.scalar)
  }
}
