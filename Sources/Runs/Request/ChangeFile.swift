// Files that tell of deployments and other changes: JSON lines, Kubernetes events, Argo and Flux exports, git log.

package import Model
internal import Support

/// Reads the files of a pipeline's `changes:`.
///
/// What a file is, its content decides. JSON: one object a line, a list, or a Kubernetes list; an object is a change if it
/// has a time, under the names that deployers use. Of Kubernetes' events only those count that tell of a change (a
/// deployment scaled its sets, a release was reconciled), not the life of pods. Anything else is read as git's log: `git
/// log` as it comes, or lines with an ISO time in them (`git log --format='%h %cI %s'`).
package enum ChangeFile {
  /// What a file gave.
  package struct Reading {
    package var changes: [NightChange] = []
    /// Objects or lines that are no change.
    package var skipped = 0
  }

  package static func read(_ text: String) -> Reading {
    var reading = Reading()
    let start = text.first { !$0.isWhitespace }
    if start == "{" || start == "[" {
      if let whole = try? JSONParser.parse(text) {
        take(whole, into: &reading)
      } else {
        for line in text.split(whereSeparator: \.isNewline) where line.contains(where: { !$0.isWhitespace }) {
          if let value = try? JSONParser.parse(String(line)) {
            take(value, into: &reading)
          } else {
            reading.skipped += 1
          }
        }
      }
    } else {
      GitLog.read(text, into: &reading)
    }
    return reading
  }

  // MARK: JSON.

  private static func take(_ value: JSONValue, into reading: inout Reading) {
    if let list = value.elements ?? value["items"]?.elements ?? value["changes"]?.elements {
      for element in list { take(element, into: &reading) }
      return
    }
    guard value.pairs != nil else {
      reading.skipped += 1
      return
    }
    let history = value["status"]?["history"]?.elements ?? []
    if !history.isEmpty {
      for entry in history { takeRelease(entry, of: value, into: &reading) }
      return
    }
    let isEvent = value["involvedObject"] != nil || value["regarding"] != nil
    if isEvent, !isChange(value) {
      reading.skipped += 1
      return
    }
    guard let at = time(value, times) else {
      reading.skipped += 1
      return
    }
    let kind = text(value, ["kind", "type", "action", "event", "reason"]).flatMap { $0 == "Event" ? nil : $0 }
    reading.changes.append(
      NightChange(
        at: at, component: component(value).map { ForeignName($0) },
        kind: ForeignName(isEvent ? text(value, ["reason"]) ?? "change" : kind ?? "change"),
        text: ForeignText(describe(value))))
  }

  /// One entry of the history that Argo CD keeps of an application, Flux of a release.
  private static func takeRelease(_ entry: JSONValue, of value: JSONValue, into reading: inout Reading) {
    guard let at = time(entry, ["deployedAt", "lastDeployed", "firstDeployed"] + times) else {
      reading.skipped += 1
      return
    }
    let name = value["metadata"]?["name"]?.text
    let version = text(entry, ["revision", "chartVersion", "appVersion", "version", "status"]) ?? ""
    reading.changes.append(
      NightChange(
        at: at, component: name.map { ForeignName($0) }, kind: "deploy",
        text: ForeignText(
          ([text(value, ["kind"]) ?? "release", version]).filter { !$0.isEmpty }.joined(separator: " "))))
  }

  private static let times = [
    "time", "at", "timestamp", "@timestamp", "ts", "date", "lastTimestamp", "eventTime", "firstTimestamp",
    "deployedAt", "deployed_at", "published_at", "publishedAt", "finishedAt", "finished_at", "createdAt",
    "created_at", "startedAt", "started_at", "creationTimestamp",
  ]

  /// Reasons of Kubernetes events that tell of a change: of the deployment controller, Argo CD and Flux.
  private static let reasons: Set<String> = [
    "ScalingReplicaSet", "DeploymentRollback", "SuccessfulRescale", "RolloutUpdated", "RolloutCompleted",
    "OperationStarted", "OperationCompleted", "ResourceUpdated", "ReconciliationSucceeded", "InstallSucceeded",
    "UpgradeSucceeded", "RollbackSucceeded", "UninstallSucceeded", "Progressing", "NewArtifact",
  ]

  private static func isChange(_ event: JSONValue) -> Bool { event["reason"]?.text.map(reasons.contains) ?? false }

  private static func component(_ value: JSONValue) -> String? {
    let object = value["involvedObject"] ?? value["regarding"]
    // A ReplicaSet is its deployment's, and named after a hash.
    if case .array(let owners)? = value["metadata"]?["ownerReferences"], let owner = owners.first?["name"]?.text {
      return owner
    }
    return object?["name"]?.text
      ?? text(value, ["component", "service", "app", "application", "deployment", "name", "repository"])
      ?? value["metadata"]?["name"]?.text
  }

  private static func describe(_ value: JSONValue) -> String {
    if let told = text(value, ["text", "message", "msg", "note", "summary", "title", "description"]) { return told }
    var parts: [String] = []
    if let from = text(value, ["from"]), let to = text(value, ["to"]) {
      parts.append("\(from) → \(to)")
    } else if let version = text(value, ["version", "revision", "commit", "sha", "tag", "image", "to"]) {
      parts.append(version)
    }
    if let who = text(value, ["by", "author", "user", "actor"]) { parts.append("by \(who)") }
    return parts.joined(separator: " ")
  }

  private static func text(_ value: JSONValue, _ names: [String]) -> String? {
    for name in names { if let text = value[name]?.text, !text.isEmpty { return text } }
    return nil
  }

  private static func time(_ value: JSONValue, _ names: [String]) -> Int64? {
    for name in names {
      guard let found = value[name] ?? value["metadata"]?[name] else { continue }
      if let text = found.text, let time = Timestamp(rfc3339: text) { return time.microseconds }
      if let number = found.number, number > 0, let time = micros(number) { return time }
    }
    return nil
  }

  /// A number since the epoch by its size: seconds, milliseconds, microseconds or nanoseconds.
  private static func micros(_ number: Double) -> Int64? {
    let factor = number < 1e11 ? 1e6 : number < 1e14 ? 1e3 : number < 1e17 ? 1 : 1e-3
    return Int64(checked: (number * factor).rounded())
  }
}

/// The log of a git repository.
private enum GitLog {
  static func read(_ text: String, into reading: inout ChangeFile.Reading) {
    var commit: (id: String, at: Int64?, subject: String)?
    func end() {
      guard let done = commit else { return }
      commit = nil
      guard let at = done.at else {
        reading.skipped += 1
        return
      }
      reading.changes.append(
        NightChange(at: at, component: nil, kind: "commit", text: ForeignText("\(done.id.prefix(12)) \(done.subject)")))
    }
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("commit "), line.dropFirst(7).prefix(7).allSatisfy(\.isHexDigit) {
        end()
        commit = (String(line.dropFirst(7).prefix { !$0.isWhitespace }), nil, "")
      } else if commit != nil {
        if line.hasPrefix("Date:") || line.hasPrefix("CommitDate:") {
          commit?.at = date(line.drop { $0 != ":" }.dropFirst())
        } else if line.hasPrefix("    "), commit?.subject == "" {
          commit?.subject = line.trimmingPrefix { $0 == " " }.description
        }
      } else {
        takeLine(line, into: &reading)
      }
    }
    end()
  }

  /// A line with an ISO time among its words.
  private static func takeLine(_ line: Substring, into reading: inout ChangeFile.Reading) {
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "|" || $0 == "," || $0 == ";" }
    guard let place = words.firstIndex(where: { $0.count >= 19 && Timestamp(rfc3339: String($0)) != nil }),
      let time = Timestamp(rfc3339: String(words[place]))
    else {
      reading.skipped += 1
      return
    }
    var rest = words
    rest.remove(at: place)
    reading.changes.append(
      NightChange(at: time.microseconds, component: nil, kind: "change", text: ForeignText(rest.joined(separator: " ")))
    )
  }

  /// `Wed Nov 25 02:00:00 2026 +0100`, git's own form; or an ISO time.
  private static func date(_ text: Substring) -> Int64? {
    let words = text.split(separator: " ").map(String.init)
    if let iso = Timestamp(rfc3339: words.joined(separator: "T").replacing("T+", with: "+").replacing("T-", with: "-"))
    {
      return iso.microseconds
    }
    guard words.count >= 6, let month = months.firstIndex(of: words[1]), let day = Int(words[2]), day >= 1, day <= 31
    else {
      return nil
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    return Timestamp(rfc3339: "\(words[4])-\(two(month + 1))-\(two(day))T\(words[3])\(words[5])")?.microseconds
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
