// The tables, their version, and how an older version becomes this one.

internal import GRDB
internal import Model
internal import Support

/// The schema. Each version is a step from the one before; a file of a newer version is refused, never guessed at.
enum HistorySchema {
  /// "Hcst": marks the file as ours.
  static let applicationID = 0x4863_7374
  static let version = steps.count

  static let steps: [String] = [
    """
    CREATE TABLE night (
      id INTEGER PRIMARY KEY,
      date TEXT NOT NULL,
      series TEXT NOT NULL,
      content TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      events INTEGER NOT NULL CHECK (events >= 0),
      requests INTEGER NOT NULL CHECK (requests >= 0),
      UNIQUE (series, date),
      UNIQUE (content)
    ) STRICT;
    CREATE TABLE blob (
      night INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (night, name)
    ) STRICT;
    CREATE TABLE template (
      night INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE,
      id TEXT NOT NULL,
      template TEXT NOT NULL,
      count INTEGER NOT NULL CHECK (count >= 0),
      severity INTEGER NOT NULL,
      components TEXT NOT NULL,
      PRIMARY KEY (night, id)
    ) STRICT;
    CREATE TABLE alias (
      night INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE,
      old TEXT NOT NULL,
      id TEXT NOT NULL,
      PRIMARY KEY (night, old)
    ) STRICT;
    CREATE TABLE incident (
      night INTEGER NOT NULL REFERENCES night (id) ON DELETE CASCADE,
      id TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      kind TEXT NOT NULL,
      severity TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      headline TEXT NOT NULL,
      PRIMARY KEY (night, id)
    ) STRICT;
    CREATE INDEX incidentByFingerprint ON incident (fingerprint);
    """,
    // Template ids outlive the nights that are pruned.
    """
    CREATE TABLE frozenTemplate (
      series TEXT NOT NULL,
      id TEXT NOT NULL,
      template TEXT NOT NULL,
      count INTEGER NOT NULL CHECK (count >= 0),
      severity INTEGER NOT NULL,
      components TEXT NOT NULL,
      last TEXT NOT NULL,
      PRIMARY KEY (series, id)
    ) STRICT;
    CREATE TABLE frozenAlias (
      series TEXT NOT NULL,
      old TEXT NOT NULL,
      id TEXT NOT NULL,
      last TEXT NOT NULL,
      PRIMARY KEY (series, old)
    ) STRICT;
    """,
    // The first night of a template, which decides whose id is kept where two become one.
    """
    ALTER TABLE frozenTemplate ADD COLUMN first TEXT NOT NULL DEFAULT '';
    """,
    // What people decided about incidents: it outlives the nights that showed them.
    """
    CREATE TABLE triage (
      fingerprint TEXT NOT NULL PRIMARY KEY,
      action TEXT NOT NULL CHECK (action IN ('ack', 'mute')),
      until TEXT NOT NULL,
      note TEXT NOT NULL
    ) STRICT;
    """,
  ]

  /// The version of a file that is ours; nil for an empty one.
  ///
  /// - Throws: `FileFailure` for a file of another program, of a newer version, or without a version.
  static func found(_ db: Database, path: String) throws -> Int? {
    let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    guard mark == applicationID || (mark == 0 && isEmpty) else {
      throw FileFailure(.foreign, path, "the file is a database of another program")
    }
    if isEmpty { return nil }
    guard try db.tableExists("schema"), let found = try Int.fetchOne(db, sql: "SELECT max(version) FROM schema"),
      found >= 0
    else {
      throw FileFailure(.damaged, path, "the schema version is missing")
    }
    guard found <= version else {
      throw FileFailure(
        .newerSchema, path, "written by a newer version (schema \(found), this program knows up to \(version))")
    }
    return found
  }

  /// Brings a file to this version, inside the caller's transaction. An empty file becomes ours.
  /// `limit` is the version to stop at, for tests of migration.
  static func migrate(_ db: Database, path: String, limit: Int = version) throws {
    let found = try found(db, path: path)
    if found == nil {
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: "CREATE TABLE schema (version INTEGER NOT NULL) STRICT")
      try db.execute(sql: "INSERT INTO schema (version) VALUES (0)")
    }
    let version = found ?? 0
    guard version < limit else { return }
    for step in steps[version..<limit] { try db.execute(sql: step) }
    try db.execute(sql: "UPDATE schema SET version = \(limit)")
  }

  /// Whether a file needs to be written to before it can be used.
  static func isCurrent(_ db: Database) throws -> Bool {
    guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID, try db.tableExists("schema") else {
      return false
    }
    return try Int.fetchOne(db, sql: "SELECT max(version) FROM schema") == version
  }
}
