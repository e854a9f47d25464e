// Decisions about incidents, which later nights remember.

internal import GRDB
package import Model
package import Support

extension HistoryStore {
  /// Incidents whose id begins with a text, the latest first, one for each fingerprint.
  package func incidents(beginning text: String) throws(FileFailure) -> [(date: String, incident: HistoricIncident)] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT incident.*, date FROM incident JOIN night ON night.id = incident.night
          WHERE substr(incident.id, 1, length(?1)) = ?1 ORDER BY date DESC, incident.id
          """, arguments: [text])
      var seen: Set<String> = []
      var found: [(date: String, incident: HistoricIncident)] = []
      for row in rows {
        let fingerprint: String = try row.value("fingerprint")
        guard seen.insert(fingerprint).inserted else { continue }
        found.append(
          (
            try row.value("date"),
            HistoricIncident(
              id: try row.value("id"), fingerprint: fingerprint, kind: try row.value("kind"),
              severity: try row.value("severity"), start: try row.value("start"), end: try row.value("end"),
              headline: try row.value("headline"))
          ))
      }
      return found
    }
  }

  /// Remembers a decision, or forgets the one there is.
  package func decide(_ triage: Triage?, about fingerprint: String) throws(FileFailure) {
    try write { db in
      guard let triage else {
        try db.execute(sql: "DELETE FROM triage WHERE fingerprint = ?", arguments: [fingerprint])
        return
      }
      try db.execute(
        sql: """
          INSERT INTO triage (fingerprint, action, until, note) VALUES (?, ?, ?, ?)
          ON CONFLICT (fingerprint) DO UPDATE SET action = excluded.action, until = excluded.until, note = excluded.note
          """,
        arguments: [fingerprint, triage.action.rawValue, triage.until.text, triage.note.text])
    }
  }

  /// The decisions by fingerprint.
  static func addTriage(_ db: Database, to baseline: inout HistoryBaseline) throws {
    for row in try Row.fetchAll(db, sql: "SELECT * FROM triage ORDER BY fingerprint") {
      let action: String = try row.value("action")
      guard let known = Triage.Action(rawValue: action) else { continue }
      let fingerprint: String = try row.value("fingerprint")
      baseline.triage[fingerprint] = Triage(
        known, until: ForeignName(try row.value("until")), note: ForeignText(try row.value("note")))
    }
  }
}
