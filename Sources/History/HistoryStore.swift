// The room History: what earlier nights left, in one SQLite file: baselines, templates, outcomes, incidents.
// It never holds a raw record, and never lets a damaged file cost a report.

// The history file: one SQLite database, one transaction per night.

internal import GRDB
internal import Glibc
internal import Model
package import Support

/// Earlier nights in one SQLite file.
///
/// Rollback journal and FULL synchronisation: a committed night survives a kill at any point and a full disk (a write-ahead
/// log does not: its shared memory file raises SIGBUS on a nearly full device). A night is one transaction; a night run
/// again replaces itself. Two runs at once: each transaction is short, the second waits and says so, and gives up with
/// `busy` after `patience`.
package struct HistoryStore: Sendable {
  package struct Options: Sendable {
    /// Whether a missing file is made.
    package var creates = true
    /// Seconds that a run waits for another one.
    package var patience = 60.0
    /// Called once when a transaction has to wait.
    package var onWait: (@Sendable () -> Void)?
    package init() {}
  }

  package let path: String
  let queue: DatabaseQueue

  /// Opens a history file, brings an older one up to date, refuses a newer or damaged one.
  package init(path: String, options: Options = Options()) throws(FileFailure) {
    try self.init(path: path, options: options, schemaLimit: HistorySchema.version)
  }

  init(path: String, options: Options, schemaLimit: Int) throws(FileFailure) {
    self.path = path
    if !options.creates, unsafe access(path, F_OK) != 0 {
      throw FileFailure(.missing, path, "there is no such file")
    }
    try HistoryGuard.check(file: path)
    let configuration = Self.configuration(options)
    queue = try Self.attempt(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in
        guard let version = try HistorySchema.found(db, path: path) else { return }
        try HistoryGuard.check(schema: db, version: version, path: path)
        try HistoryGuard.check(sizes: db, path: path)
      }
      if try !queue.read({ try HistorySchema.isCurrent($0) }) {
        try Self.change(queue) { try HistorySchema.migrate($0, path: path, limit: schemaLimit) }
      }
      return queue
    }
  }

  private static func configuration(_ options: Options) -> Configuration {
    var configuration = Configuration()
    let attempts = Int(min(max(options.patience, 0), 86_400) * 20)
    let onWait = options.onWait
    configuration.busyMode = .callback { tries in
      if tries == 0 { onWait?() }
      guard tries < attempts else { return false }
      usleep(50_000)
      return true
    }
    configuration.prepareDatabase { db in
      try HistoryGuard.restrain(db)
      try db.execute(sql: "PRAGMA journal_mode = DELETE")
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// Runs a piece of work and gives its errors their kind.
  static func attempt<Result>(_ path: String, _ work: () throws -> Result) throws(FileFailure) -> Result {
    do {
      return try work()
    } catch let failure as FileFailure {
      throw failure
    } catch let error as DatabaseError {
      throw FileFailure(error, path: path)
    } catch {
      throw FileFailure(.damaged, path, "damaged: \(error)")
    }
  }

  func read<Result>(_ work: (Database) throws -> Result) throws(FileFailure) -> Result {
    try Self.attempt(path) { try queue.read(work) }
  }

  func write<Result>(_ work: (Database) throws -> Result) throws(FileFailure) -> Result {
    try Self.attempt(path) { try Self.change(queue, work) }
  }

  /// One transaction. It waits for the file first and for the process second, always in this order: who waited for the file with the
  /// process's lock in hand would keep the one that has the file, a writer of the same process, from ever giving it back.
  private static func change<Result>(_ queue: DatabaseQueue, _ work: (Database) throws -> Result) throws -> Result {
    try queue.writeWithoutTransaction { db in
      try db.beginTransaction(.immediate)
      // A signal comes before the first page is written or after the last one: no journal is left for the next start.
      return try Ending.change {
        do {
          let result = try work(db)
          try db.commit()
          return result
        } catch {
          try? db.rollback()
          throw error
        }
      }
    }
  }

  /// Gives freed space back to the file system.
  func vacuum() throws(FileFailure) {
    try Self.attempt(path) { try queue.vacuum() }
  }

  /// Closes the file; pending readers end first.
  package func close() throws(FileFailure) {
    try Self.attempt(path) { try queue.close() }
  }
}

// MARK: - Nights

extension HistoryStore {
  /// Adds a night, or replaces it: the one with the same content, and the one of the same series and date.
  package func commit(_ night: NightRecord) throws(FileFailure) {
    try write { db in
      try db.execute(
        sql: "DELETE FROM night WHERE content = ? OR (series = ? AND date = ?)",
        arguments: [night.key.content, night.key.series, night.key.date])
      try db.execute(
        sql: """
          INSERT INTO night (date, series, content, start, "end", events, requests) VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          night.key.date, night.key.series, night.key.content, night.start, night.end, night.events, night.requests,
        ])
      let id = db.lastInsertedRowID
      for (name, bytes) in night.blobs.sorted(by: { $0.key < $1.key }) {
        try db.execute(
          sql: "INSERT INTO blob (night, name, sha256, bytes) VALUES (?, ?, ?, ?)",
          arguments: [id, name, Blob.checksum(bytes), Blob(bytes)])
      }
      for template in night.templates.sorted(by: { $0.id < $1.id }) {
        try db.execute(
          sql: """
            INSERT INTO template (night, id, template, count, severity, components) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (night, id) DO UPDATE SET count = count + excluded.count
            """,
          arguments: [
            id, template.id, template.template, template.count, Int(template.severity.rawValue),
            TextList.encode(template.components),
          ])
        for old in template.aliases.sorted() where old != template.id {
          try db.execute(
            sql:
              "INSERT INTO alias (night, old, id) VALUES (?, ?, ?) ON CONFLICT (night, old) DO UPDATE SET id = excluded.id",
            arguments: [id, old, template.id])
        }
      }
      for incident in night.incidents {
        try db.execute(
          sql: """
            INSERT INTO incident (night, id, fingerprint, kind, severity, start, "end", headline)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (night, id) DO NOTHING
            """,
          arguments: [
            id, incident.id, incident.fingerprint, incident.kind, incident.severity, incident.start, incident.end,
            incident.headline,
          ])
      }
    }
  }

  /// A blob of the night of the same series and date but of other content, which a night would replace; nil where there is none.
  package func blob(_ name: String, ofNightReplacedBy key: NightKey) throws(FileFailure) -> [UInt8]? {
    try read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT bytes FROM blob JOIN night ON night.id = blob.night
          WHERE series = ? AND date = ? AND content <> ? AND name = ?
          """, arguments: [key.series, key.date, key.content, name])
      let blob: Blob? = try row?.value("bytes")
      return blob?.bytes
    }
  }

  /// What is known from the nights of the same series before a night's date. The night itself, should it have been run
  /// before, and later ones are not among them: a rerun sees what the first run saw.
  ///
  /// - Parameters:
  ///   - key: tonight.
  ///   - limit: at most this many nights, the latest ones.
  /// - Returns: their blobs, templates, aliases and incidents.
  /// - Throws: where the file cannot be read, or a blob is not what was written.
  package func baseline(before key: NightKey, limit: Int = 30) throws(FileFailure) -> HistoryBaseline {
    try read { db in
      var baseline = HistoryBaseline()
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT id, date, series, content FROM night
          WHERE series = ? AND date < ? AND content <> ? ORDER BY date DESC LIMIT ?
          """,
        arguments: [key.series, key.date, key.content, limit])
      // The latest nights first, as far as there is room.
      var room = HistoryGuard.mostRead
      var taken: [Row] = []
      for row in rows {
        let id: Int64 = try row.value("id")
        room -= try Int.fetchOne(db, sql: "SELECT sum(length(bytes)) FROM blob WHERE night = ?", arguments: [id]) ?? 0
        guard room >= 0 || taken.isEmpty else {
          baseline.unread = rows.count - taken.count
          break
        }
        taken.append(row)
      }
      for row in taken.reversed() {
        let id: Int64 = try row.value("id")
        baseline.nights.append(
          HistoryBaseline.Night(
            key: NightKey(
              date: try row.value("date"), series: try row.value("series"), content: try row.value("content")),
            blobs: try Self.blobs(db, night: id, path: path)))
      }
      try Self.addTemplates(db, before: key, to: &baseline)
      try Self.addIncidents(db, before: key, to: &baseline)
      try Self.addTriage(db, to: &baseline)
      return baseline
    }
  }

  /// A night in full: by its date, or by the beginning of its content digest; the latest where several fit.
  package func show(_ name: String) throws(FileFailure) -> NightRecord? {
    try read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT * FROM night WHERE date = ?1 OR (length(?1) >= 4 AND substr(content, 1, length(?1)) = ?1)
          ORDER BY date DESC, series, content LIMIT 1
          """,
        arguments: [name])
      guard let row else { return nil }
      let id: Int64 = try row.value("id")
      var night = NightRecord(
        key: NightKey(date: try row.value("date"), series: try row.value("series"), content: try row.value("content")))
      night.start = try row.value("start")
      night.end = try row.value("end")
      night.events = try row.value("events")
      night.requests = try row.value("requests")
      night.blobs = try Self.blobs(db, night: id, path: path)
      var aliases: [String: [String]] = [:]
      for alias in try Row.fetchAll(db, sql: "SELECT old, id FROM alias WHERE night = ? ORDER BY old", arguments: [id])
      {
        let id: String = try alias.value("id")
        aliases[id, default: []].append(try alias.value("old"))
      }
      night.templates = try Row.fetchAll(
        db, sql: "SELECT * FROM template WHERE night = ? ORDER BY id", arguments: [id]
      ).map { row in
        var template = try Self.template(row)
        template.aliases = aliases[template.id] ?? []
        return template
      }
      night.incidents = try Row.fetchAll(
        db, sql: "SELECT * FROM incident WHERE night = ? ORDER BY start, id", arguments: [id]
      ).map(Self.incident)
      return night
    }
  }

  /// All nights, oldest first.
  package func list() throws(FileFailure) -> [NightSummary] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT night.*,
            (SELECT count(*) FROM template WHERE night = night.id) AS templates,
            (SELECT count(*) FROM incident WHERE night = night.id) AS incidents,
            (SELECT coalesce(sum(length(bytes)), 0) FROM blob WHERE night = night.id) AS bytes
          FROM night ORDER BY date, series, content
          """
      ).map { row in
        NightSummary(
          key: NightKey(
            date: try row.value("date"), series: try row.value("series"), content: try row.value("content")),
          events: try row.value("events"),
          requests: try row.value("requests"), templates: try row.value("templates"),
          incidents: try row.value("incidents"), bytes: try row.value("bytes"))
      }
    }
  }
}
