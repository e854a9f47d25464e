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
    do {
      if let until, NightDate(until) == nil { throw RunSetup.Failure("--until takes YYYY-MM-DD, not '\(until)'") }
      var options = HistoryStore.Options()
      options.creates = false
      let store = try HistoryStore(path: history, options: options)
      let found = try store.incidents(beginning: id)
      guard let one = found.first, found.count == 1, !id.isEmpty else {
        try store.close()
        let ids = found.prefix(20).map { "\($0.incident.id)  \($0.date)  \(Console.inert($0.incident.headline))" }
        throw RunSetup.Failure(
          found.isEmpty
            ? "no incident of this history begins with '\(id)': hindcast history show lists them"
            : "several incidents begin with '\(id)':\n" + ids.joined(separator: "\n"))
      }
      let decision = action.flatMap(Triage.Action.init(rawValue:)).map {
        Triage($0, until: ForeignName(until ?? ""), note: ForeignText(String((note ?? "").prefix(500))))
      }
      try store.decide(decision, about: one.incident.fingerprint)
      try store.close()
      let what = decision.map { $0.action == .ack ? "acknowledged" : "muted" } ?? "undecided again"
      try Console.print(
        "\(one.incident.id) \(what)\(until.map { " until \($0)" } ?? ""): \(Console.inert(one.incident.headline))\n")
      return Exit.done
    } catch let failure as HistoryFailure {
      Console.tell(failure.description)
      return failure.code == .missing ? Exit.missingInput : Exit.noReport
    } catch {
      return PhaseVerbs.report(error)
    }
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
