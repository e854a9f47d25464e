internal import History
internal import Model
internal import Runs
internal import Support

/// `ack` and `mute`: what people decide about an incident, for the nights to come.
package enum TriageVerb {
  /// - Parameters:
  ///   - id: the incident's id or the beginning of it.
  ///   - action: ack or mute; nil takes back what was decided.
  ///   - history: the history file.
  ///   - until: the last night it holds for; nil without an end.
  ///   - note: why, or who.
  /// - Returns: the exit code.
  package static func decide(
    _ id: String, action: String?, history: String, until: String? = nil, note: String? = nil
  ) -> Int32 {
    if let until, NightDate(until) == nil {
      return PhaseVerbs.report(RunSetup.Failure("--until takes YYYY-MM-DD, not '\(until)'"))
    }
    return HistoryVerbs.act(history) { store in
      let one = try incident(id, in: store)
      let decision = action.flatMap(Triage.Action.init(rawValue:)).map {
        Triage($0, until: ForeignName(until ?? ""), note: ForeignText(String((note ?? "").prefix(500))))
      }
      try store.decide(decision, about: one.fingerprint)
      let what = decision.map { $0.action == .ack ? "acknowledged" : "muted" } ?? "undecided again"
      return "\(one.id) \(what)\(until.map { " until \($0)" } ?? ""): \(Console.inert(one.headline))\n"
    }
  }

  /// The one incident of a history whose id begins so.
  private static func incident(_ id: String, in store: HistoryStore) throws -> HistoricIncident {
    let found = try store.incidents(beginning: id)
    if let one = found.first, found.count == 1, !id.isEmpty { return one.incident }
    let ids = found.prefix(20).map { "\($0.incident.id)  \($0.date)  \(Console.inert($0.incident.headline))" }
    throw RunSetup.Failure(
      found.isEmpty
        ? "no incident of this history begins with '\(id)': hindcast history show lists them"
        : "several incidents begin with '\(id)':\n" + ids.joined(separator: "\n"))
  }
}

/// Verbs by name.
package enum VerbName {
  /// Refuses a word in the place of a verb that is none, with the nearest one.
  ///
  /// - Returns: the exit code, nil where the word is a verb or an option.
  package static func refuse(_ word: String?, among names: [String]) -> Int32? {
    guard let word, !word.hasPrefix("-"), !names.contains(word) else { return nil }
    let nearest = names.min { (editDistance($0, word), $0) < (editDistance($1, word), $1) }
    let hint = nearest.flatMap { editDistance($0, word) <= 3 ? "; did you mean '\($0)'?" : nil } ?? ""
    Console.tell("'\(word)' is no verb\(hint) (hindcast --help lists them)")
    return Exit.usage
  }
}
