// Is the file sound, and what may go.

internal import GRDB
internal import Glibc
internal import Model
package import Support

extension HistoryStore {
  /// Everything that is wrong with the file, in a fixed order; empty where it is sound.
  ///
  /// SQLite's own integrity and foreign keys, then ours: checksums of blobs, dates, texts that should be lists, alias chains
  /// that end.
  package func check() throws(FileFailure) -> [String] {
    try read { db in
      var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
        let table: String = try row.value("table")
        problems.append("table \(table) refers to a night that does not exist")
      }
      if !problems.isEmpty { return problems }
      for row in try Row.fetchAll(db, sql: "SELECT * FROM night ORDER BY date, series, content") {
        let date: String = try row.value("date")
        if !Self.isDate(date) { problems.append("night '\(date)': not a date") }
        let start: Int64 = try row.value("start")
        let end: Int64 = try row.value("end")
        if end < start { problems.append("night \(date): ends before it starts") }
      }
      let blobs = try Row.fetchAll(
        db, sql: "SELECT date, name, sha256, bytes FROM blob JOIN night ON night.id = blob.night ORDER BY date, name")
      for row in blobs {
        let blob: Blob = try row.value("bytes")
        let date: String = try row.value("date")
        let name: String = try row.value("name")
        let checksum: String = try row.value("sha256")
        if Blob.checksum(blob.bytes) != checksum {
          problems.append("night \(date): the \(name) baseline does not match its checksum")
        }
      }
      var next: [String: String] = [:]
      for row in try Row.fetchAll(
        db, sql: "SELECT old, alias.id AS id FROM alias JOIN night ON night.id = alias.night ORDER BY date, old")
      {
        let old: String = try row.value("old")
        next[old] = try row.value("id")
      }
      for (old, end) in Self.resolved(next).sorted(by: { $0.key < $1.key }) where next[end] != nil {
        problems.append("template \(old): its chain of aliases is a circle")
      }
      return problems
    }
  }

  /// Writes a copy of the file, whole or not at all.
  ///
  /// - Throws: where this file cannot be read, the copy cannot be written, or something stands under its name.
  package func backup(to target: String) throws(FileFailure) {
    guard unsafe access(target, F_OK) != 0 else {
      throw FileFailure(.denied, target, "there is something under this name already")
    }
    let temporary = target + ".hindcast-new"
    _ = unsafe unlink(temporary)
    do throws(FileFailure) {
      try Self.attempt(temporary) {
        try queue.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [temporary]) }
      }
    } catch {
      _ = unsafe unlink(temporary)
      throw error
    }
    let file = unsafe open(temporary, O_RDONLY | O_CLOEXEC)
    if file >= 0 {
      _ = fsync(file)
      Glibc.close(file)
    }
    guard unsafe link(temporary, target) == 0 else {
      let code = errno
      _ = unsafe unlink(temporary)
      throw FileFailure(.denied, target, unsafe String(cString: strerror(code)))
    }
    _ = unsafe unlink(temporary)
  }

  static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return false }
    return bytes.enumerated().allSatisfy { $0.offset == 4 || $0.offset == 7 || (48...57).contains($0.element) }
  }

  /// Removes all but the latest nights of every series; their template ids and aliases stay frozen.
  ///
  /// - Parameter keep: nights to keep per series.
  /// - Returns: how many nights were removed.
  /// - Throws: where the file cannot be written.
  @discardableResult
  package func prune(keep: Int) throws(FileFailure) -> Int {
    let removed: Int = try write { db in
      let old = """
        SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY series ORDER BY date DESC) AS rank FROM night)
        WHERE rank > \(max(keep, 0))
        """
      try db.execute(
        sql: """
          INSERT INTO frozenTemplate (series, id, template, count, severity, components, first, last)
          SELECT series, template.id, template, count, severity, components, date, date FROM template
          JOIN night ON night.id = template.night WHERE night.id IN (\(old)) ORDER BY date
          ON CONFLICT (series, id) DO UPDATE SET count = count + excluded.count, last = max(last, excluded.last),
            severity = max(severity, excluded.severity)
          """)
      try db.execute(
        sql: """
          INSERT INTO frozenAlias (series, old, id, last)
          SELECT series, old, alias.id, date FROM alias
          JOIN night ON night.id = alias.night WHERE night.id IN (\(old)) ORDER BY date
          ON CONFLICT (series, old) DO UPDATE SET id = excluded.id, last = max(last, excluded.last)
          """)
      try db.execute(sql: "DELETE FROM night WHERE id IN (\(old))")
      return db.changesCount
    }
    if removed > 0 { try vacuum() }
    return removed
  }
}
