// What people decided about an incident, and who it belongs to.

/// A decision about an incident that later nights remember, until a day.
package struct Triage: Hashable, Sendable {
  package enum Action: String, CaseIterable, Hashable, Sendable {
    /// Somebody works on it: it is shown, with the note.
    case ack
    /// It is known and wanted out of the way: shown last, and no reason to fail.
    case mute
  }

  package var action: Action
  /// The last night it holds for, `YYYY-MM-DD`; empty without an end.
  package var until: ForeignName
  package var note: ForeignText

  package init(_ action: Action, until: ForeignName = "", note: ForeignText = "") {
    self.action = action
    self.until = until
    self.note = note
  }

  /// Whether it holds for a night.
  package func holds(on night: String) -> Bool { until.isEmpty || night <= until.text }
}

/// A time in which trouble is expected.
package struct Maintenance: Hashable, Sendable {
  /// Microseconds since the epoch.
  package var start: Int64
  package var end: Int64
  /// Empty for all.
  package var components: [ForeignName]
  package var note: ForeignText

  package init(start: Int64, end: Int64, components: [ForeignName] = [], note: ForeignText = "") {
    self.start = start
    self.end = end
    self.components = components
    self.note = note
  }

  /// Whether an incident began in it, at a component that it is about.
  package func covers(_ incident: Incident) -> Bool {
    guard incident.start >= start, incident.start < end else { return false }
    guard !components.isEmpty else { return true }
    let cause = incident.rootCauses.first?.component ?? incident.components.first?.id
    return cause.map(components.contains) ?? false
  }
}
