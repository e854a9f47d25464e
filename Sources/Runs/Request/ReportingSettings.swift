// What a pipeline file says of those who read the report: links, owners, maintenance, upkeep, notifications.

package import Model
internal import Support

/// The keys `links`, `owners`, `maintenance`, `notify`, and `keep` and `latest` of `report`.
package struct ReportingSettings: Sendable {
  package var links = ReportLinks.none
  /// Owners by component; a name that ends in `*` stands for all that begin so. In the file's order, the first that fits.
  package var owners: [(component: String, owner: String)] = []
  package var maintenance: [Maintenance] = []
  package var notify: [Notification] = []
  /// Nights older than this many days are removed from beside the new one; nil to keep all.
  package var keepDays: Int?
  /// Whether a link `latest` beside the night's folder leads to it.
  package var makesLatest = false

  package init() {}

  /// A message for somebody where an incident is grave enough.
  package struct Notification: Hashable, Sendable {
    package enum Form: String, CaseIterable, Hashable, Sendable { case alertmanager, slack, pagerduty }
    /// Who takes the message.
    package enum Receiver: Hashable, Sendable {
      /// A file, `{date}` not yet replaced.
      case file(String)
      /// A program with its arguments, which reads the message from its standard input.
      case program([String])
    }
    package var severity: Incident.Severity
    package var receiver: Receiver
    package var form: Form
  }

  static let keys = ["links", "owners", "maintenance", "notify"]

  init(config: ConfigNode, problems: inout [ConfigProblem]) {
    readLinks(config["links"], &problems)
    readOwners(config["owners"], &problems)
    for node in list(config["maintenance"], "maintenance", &problems) { readMaintenance(node, &problems) }
    for node in list(config["notify"], "notify", &problems) { readNotification(node, &problems) }
    guard let report = config["report"] else { return }
    if let node = report["latest"] {
      guard let flag = node.scalar, flag == "true" || flag == "false" else {
        problems.append(ConfigProblem(at: node, "'latest' takes true or false", suggestion: "true"))
        return
      }
      makesLatest = flag == "true"
    }
    if let node = report["keep"] {
      let text = node.scalar ?? ""
      guard text.hasSuffix("d"), let days = Int(text.dropLast()), (1...36_500).contains(days) else {
        problems.append(ConfigProblem(at: node, "'keep' takes a number of days", suggestion: "90d"))
        return
      }
      keepDays = days
    }
  }

  private func list(_ node: ConfigNode?, _ key: String, _ problems: inout [ConfigProblem]) -> [ConfigNode] {
    guard let node else { return [] }
    guard let list = node.list else {
      problems.append(ConfigProblem(at: node, "'\(key)' takes a list"))
      return []
    }
    return list
  }

  private mutating func readLinks(_ node: ConfigNode?, _ problems: inout [ConfigProblem]) {
    guard let node else { return }
    node.rejectUnknownKeys(ReportLinks.placeholders.keys.sorted(), problems: &problems)
    func template(_ key: String) -> String? {
      guard let value = node[key] else { return nil }
      guard let text = value.scalar, ReportLinks.isAddress(text) else {
        problems.append(
          ConfigProblem(
            at: value, "'\(key)' takes an address",
            suggestion: "https://example.org/{\(ReportLinks.placeholders[key]?.first ?? key)}"))
        return nil
      }
      Placeholders.check(text, ReportLinks.placeholders[key] ?? [], at: value, &problems)
      return text
    }
    links = ReportLinks(trace: template("trace"), commit: template("commit"), log: template("log"))
  }

  private mutating func readOwners(_ node: ConfigNode?, _ problems: inout [ConfigProblem]) {
    guard let node else { return }
    guard let map = node.map else {
      problems.append(
        ConfigProblem(at: node, "'owners' takes components with their owners", suggestion: "{ payments: team-pay }"))
      return
    }
    for entry in map {
      guard let owner = entry.value.scalar else {
        problems.append(ConfigProblem(at: entry.value, "an owner is one text"))
        continue
      }
      owners.append((entry.key, owner))
    }
  }

  /// The owner of a component, nil where nobody is named.
  package func owner(of component: String) -> String? {
    owners.first { entry in
      entry.component == component
        || (entry.component.hasSuffix("*") && component.hasPrefix(entry.component.dropLast()))
    }?.owner
  }

  private mutating func readMaintenance(_ node: ConfigNode, _ problems: inout [ConfigProblem]) {
    node.rejectUnknownKeys(["from", "to", "components", "note"], problems: &problems)
    func time(_ key: String) -> Int64? {
      guard let value = node[key], let time = Timestamp(rfc3339: value.scalar ?? "") else {
        problems.append(
          ConfigProblem(
            at: node[key] ?? node, "a maintenance needs '\(key)', a time", suggestion: "2026-01-01T02:00:00Z"))
        return nil
      }
      return time.microseconds
    }
    guard let start = time("from"), let end = time("to") else { return }
    guard start < end else {
      problems.append(ConfigProblem(at: node, "a maintenance ends after it begins"))
      return
    }
    var names: [String] = []
    if let value = node["components"] {
      names = value.scalar.map { [$0] } ?? (value.list ?? []).compactMap(\.scalar)
      if names.count != value.list?.count ?? 1 {
        problems.append(ConfigProblem(at: value, "'components' takes a list of texts"))
      }
    }
    if let note = node["note"], note.scalar == nil {
      problems.append(ConfigProblem(at: note, "'note' takes one text"))
    }
    maintenance.append(
      Maintenance(
        start: start, end: end, components: names.map { ForeignName($0) }, note: ForeignText(node["note"]?.scalar ?? "")
      ))
  }

  private mutating func readNotification(_ node: ConfigNode, _ problems: inout [ConfigProblem]) {
    node.rejectUnknownKeys(["when", "write", "run", "form"], problems: &problems)
    let severities = Incident.Severity.allCases.map(\.rawValue)
    let when = node["when"].map { $0.scalar ?? "" } ?? "major"
    guard let severity = Incident.Severity(rawValue: when) else {
      let nearest = severities.min { editDistance($0, when) < editDistance($1, when) }
      problems.append(ConfigProblem(at: node["when"] ?? node, "'\(when)' is no severity", suggestion: nearest))
      return
    }
    let name = node["form"].map { $0.scalar ?? "" } ?? "alertmanager"
    guard let form = Notification.Form(rawValue: name) else {
      problems.append(
        ConfigProblem(at: node["form"] ?? node, "'\(name)' is no form", suggestion: "alertmanager, slack or pagerduty"))
      return
    }
    guard let receiver = receiver(node, &problems) else { return }
    notify.append(Notification(severity: severity, receiver: receiver, form: form))
  }

  private func receiver(_ node: ConfigNode, _ problems: inout [ConfigProblem]) -> Notification.Receiver? {
    if let program = node["run"] {
      let words = program.list?.compactMap(\.scalar) ?? []
      guard node["write"] == nil, !words.isEmpty, words.count == program.list?.count, words[0] != "" else {
        problems.append(
          ConfigProblem(
            at: program, "'run' takes a program and its arguments as a list, and stands without 'write'",
            suggestion: "[ /usr/local/bin/page, --stdin ]"))
        return nil
      }
      return .program(words)
    }
    guard let file = node["write"]?.scalar, !file.isEmpty else {
      problems.append(
        ConfigProblem(
          at: node, "a notification needs 'write', the file to write, or 'run', the program that takes it",
          suggestion: "write: alerts/{date}.json"))
      return nil
    }
    Placeholders.check(file, ["date"], at: node["write"] ?? node, &problems)
    return .file(file)
  }
}

/// `{names}` in texts of a pipeline file.
enum Placeholders {
  /// Names every placeholder that nothing fills.
  static func check(_ text: String, _ known: [String], at node: ConfigNode, _ problems: inout [ConfigProblem]) {
    for match in text.matches(of: /\{([A-Za-z_]*)\}/) {
      let name = String(match.output.1)
      guard !known.contains(name) else { continue }
      let nearest = known.min { editDistance($0, name) < editDistance($1, name) }.map { "{\($0)}" }
      problems.append(ConfigProblem(at: node, "'{\(name)}' is no placeholder here", suggestion: nearest))
    }
  }
}
