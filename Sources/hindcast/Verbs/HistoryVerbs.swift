internal import History
internal import Model
internal import Runs
internal import Support

/// `history list | show | check | prune`.
package enum HistoryVerbs {
  package static func list(_ path: String) -> Int32 {
    act(path) { store in
      let nights = try store.list()
      if nights.isEmpty { return "no nights\n" }
      return nights.map { night in
        "\(night.key.date)  \(night.key.content.prefix(12))  \(night.events) events, \(night.requests) requests, "
          + "\(night.templates) templates, \(night.incidents) incidents, \(night.bytes) bytes\n"
      }.joined()
    }
  }

  package static func show(_ path: String, night name: String) -> Int32 {
    var found = true
    let code = act(path) { store in
      guard let night = try store.show(name) else {
        found = false
        return ""
      }
      var text = "night \(night.key.date), content \(night.key.content)\n"
      text += "\(night.events) events, \(night.requests) requests\n"
      for incident in night.incidents {
        text += "incident \(incident.id) \(incident.severity) \(incident.kind): \(Console.inert(incident.headline))\n"
      }
      for template in night.templates {
        text += "template \(template.id) \(template.count) × \(Console.inert(template.template))\n"
      }
      for (name, bytes) in night.blobs.sorted(by: { $0.key < $1.key }) { text += "\(name): \(bytes.count) bytes\n" }
      return text
    }
    if !found {
      Console.tell("no night '\(name)' in \(path)")
      return Exit.noReport
    }
    return code
  }

  package static func check(_ path: String) -> Int32 {
    var problems: [String] = []
    let code = act(path) { store in
      problems = try store.check()
      return problems.isEmpty ? "sound\n" : problems.map { Console.inert($0) + "\n" }.joined()
    }
    return code == Exit.done && !problems.isEmpty ? Exit.noReport : code
  }

  package static func backup(_ path: String, to target: String) -> Int32 {
    act(path) { store in
      try store.backup(to: target)
      return "copied to \(Console.inert(target))\n"
    }
  }

  package static func prune(_ path: String, keep: Int, isSure: Bool) -> Int32 {
    guard isSure else {
      Console.tell(
        "prune removes all but the latest \(keep) nights of every series for good: add --yes, and think of 'history backup'"
      )
      return Exit.usage
    }
    return act(path) { store in "\(try store.prune(keep: keep)) nights removed\n" }
  }

  /// Opens a history that is there, does something with it, and prints what that gives.
  static func act(_ path: String, _ body: (HistoryStore) throws -> String) -> Int32 {
    do {
      var options = HistoryStore.Options()
      options.creates = false
      let store = try HistoryStore(path: path, options: options)
      try Console.print(try body(store))
      try store.close()
      return Exit.done
    } catch let failure as FileFailure {
      Console.tell(failure.historyLine)
      return failure.kind == .missing ? Exit.missingInput : Exit.noReport
    } catch {
      return PhaseVerbs.report(error)
    }
  }
}
