// A history file as hostile input: what it says of itself is checked before anything in it is used.

internal import GRDB
internal import GRDBSQLite
internal import Glibc
internal import Support

/// Checks a file before its content is used.
enum HistoryGuard {
  /// Most bytes of one value. A baseline of a night that is larger is refused, and none is written.
  static let longestValue = 64 << 20
  /// Most bytes of the baselines that one run reads; older nights are left out.
  static let mostRead = 160 << 20
  /// Most templates of one night, and of all nights of a series that were pruned.
  static let mostTemplates = 200_000
  /// Seconds that one statement may take.
  private static let patience = 60

  /// What stands under the path must be a file, or nothing.
  static func check(file path: String) throws(FileFailure) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileFailure(.damaged, path, "is no file, but a folder, device or pipe")
    }
  }

  /// Settings of a connection that take power from what stands in the file.
  static func restrain(_ db: Database) throws {
    try db.execute(sql: "PRAGMA trusted_schema = OFF")
    try db.execute(sql: "PRAGMA cell_size_check = ON")
    try db.execute(sql: "PRAGMA mmap_size = 0")
    guard let connection = unsafe db.sqliteConnection else { return }
    _ = unsafe sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, Int32(longestValue + (1 << 20)))
    _ = unsafe sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 1)
    _ = unsafe sqlite3_limit(connection, SQLITE_LIMIT_TRIGGER_DEPTH, 1)
  }

  /// The tables must be those that this program makes, statement by statement: no column renamed, no view or trigger.
  ///
  /// - Parameters:
  ///   - db: the file.
  ///   - version: the version that it says it has.
  ///   - path: for the message.
  /// - Throws: `FileFailure` at the first table that differs.
  static func check(schema db: Database, version: Int, path: String) throws {
    let expected = try DatabaseQueue().write { memory in
      try memory.execute(sql: "CREATE TABLE schema (version INTEGER NOT NULL) STRICT")
      for step in HistorySchema.steps[..<version] { try memory.execute(sql: step) }
      return try entries(memory)
    }
    let found = try entries(db)
    guard found.count == expected.count else {
      throw FileFailure(
        .damaged, path,
        "damaged: it has \(found.count) tables and indices, not the \(expected.count) of schema \(version)")
    }
    for (one, other) in zip(found, expected) where one != other {
      throw FileFailure(.damaged, path, "damaged: '\(one.name.prefix(60))' is not what schema \(version) has")
    }
  }

  private struct Entry: Hashable {
    var type: String
    var name: String
    var sql: String
  }

  private static let mostEntries = 100

  private static func entries(_ db: Database) throws -> [Entry] {
    try Row.fetchAll(
      db, sql: "SELECT type, name, coalesce(sql, '') AS sql FROM sqlite_master ORDER BY type, name LIMIT \(mostEntries)"
    ).map { row in
      // How blanks stand in a statement says nothing.
      let sql: String = try row.value("sql")
      return Entry(
        type: try row.value("type"), name: try row.value("name"),
        sql: sql.split { $0 == " " || $0 == "\n" }.joined(separator: " "))
    }
  }

  /// Sizes that no run writes are refused by name before anything of that size is read.
  static func check(sizes db: Database, path: String) throws {
    let largest = try Int.fetchOne(db, sql: "SELECT max(length(bytes)) FROM blob") ?? 0
    guard largest <= longestValue else {
      throw FileFailure(
        .damaged, path, "a baseline of \(largest) bytes is over the limit of \(longestValue) bytes (historyValue)"
      )
    }
    for (table, owner) in [("template", "night"), ("frozenTemplate", "series")] {
      guard try db.tableExists(table) else { continue }
      let most =
        try Int.fetchOne(
          db, sql: "SELECT max(n) FROM (SELECT count(*) AS n FROM \(table) GROUP BY \(owner))") ?? 0
      guard most <= mostTemplates else {
        throw FileFailure(
          .damaged, path, "\(most) templates of one \(owner) are over the limit of \(mostTemplates) (historyTemplates)")
      }
    }
  }
}

extension Row {
  /// A column's value; one of another type, or none, is an error to be told, not a trap.
  func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
    let stored: DatabaseValue = try decode(DatabaseValue.self, forColumn: column)
    guard let value = Value.fromDatabaseValue(stored) else {
      throw ColumnFailure(message: "column '\(column)' holds a value of another type")
    }
    return value
  }
}

/// A column that does not hold what it should.
struct ColumnFailure: Error, CustomStringConvertible {
  var message: String
  var description: String { message }
}
