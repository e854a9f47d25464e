// Rows to values: blobs with their checksums, templates with their alias chains, incidents by fingerprint.

internal import Foundation
internal import GRDB
internal import Model
internal import Support

/// Bytes as SQLite holds them.
struct Blob: DatabaseValueConvertible {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var databaseValue: DatabaseValue { Data(bytes).databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
    Data.fromDatabaseValue(value).map { Blob(Array($0)) }
  }

  static func checksum(_ bytes: [UInt8]) -> String { SHA256.hex(bytes) }
}

/// A list of texts in one text: a JSON array.
enum TextList {
  static func encode(_ texts: [String]) -> String { JSONValue.array(texts.map { .string($0) }).canonical }

  static func decode(_ text: String) -> [String] {
    guard case .array(let values) = try? JSONParser.parse(text) else { return [] }
    return values.compactMap(\.text)
  }
}

extension HistoryStore {
  /// A night's blobs; one whose bytes are not those that were written is damage, not data.
  static func blobs(_ db: Database, night: Int64, path: String) throws -> [String: [UInt8]] {
    var blobs: [String: [UInt8]] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT name, sha256, bytes FROM blob WHERE night = ?", arguments: [night]) {
      let name: String = try row.value("name")
      let blob: Blob = try row.value("bytes")
      let checksum: String = try row.value("sha256")
      guard Blob.checksum(blob.bytes) == checksum else {
        throw FileFailure(.damaged, path, "damaged: the \(name) baseline of a night does not match its checksum")
      }
      blobs[name] = blob.bytes
    }
    return blobs
  }

  static func template(_ row: Row) throws -> HistoricTemplate {
    let severity: Int = try row.value("severity")
    return HistoricTemplate(
      id: try row.value("id"), template: try row.value("template"), count: try row.value("count"),
      severity: UInt8(exactly: severity).flatMap(Severity.init) ?? .unknown,
      components: TextList.decode(try row.value("components")))
  }

  static func addTemplates(_ db: Database, before key: NightKey, to baseline: inout HistoryBaseline) throws {
    let arguments: StatementArguments = [key.series, key.date, key.content]
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT template.id, template, count, severity, components, night.date AS first, night.date AS last
        FROM template
        JOIN night ON night.id = template.night WHERE series = ?1 AND date < ?2 AND content <> ?3
        UNION ALL SELECT id, template, count, severity, components, first, last FROM frozenTemplate
        WHERE series = ?1 AND last < ?2
        ORDER BY last, id
        """, arguments: arguments)
    for row in rows {
      var template = try template(row)
      template.since = try row.value("first")
      if let held = baseline.templates[template.id] {
        template.count += held.count
        template.components = Array(Set(template.components + held.components)).sorted()
        template.severity = max(template.severity, held.severity)
        template.since = min(template.since, held.since)
      }
      baseline.templates[template.id] = template
    }
    let aliases = try Row.fetchAll(
      db,
      sql: """
        SELECT old, alias.id AS id, night.date AS last FROM alias
        JOIN night ON night.id = alias.night WHERE series = ?1 AND date < ?2 AND content <> ?3
        UNION ALL SELECT old, id, last FROM frozenAlias WHERE series = ?1 AND last < ?2
        ORDER BY last, old, id
        """, arguments: arguments)
    var next: [String: String] = [:]
    for row in aliases {
      let old: String = try row.value("old")
      next[old] = try row.value("id")
    }
    baseline.aliases = resolved(next)
  }

  /// Every old id with the end of its chain; a circle ends where it is closed.
  static func resolved(_ next: [String: String]) -> [String: String] {
    var ends: [String: String] = [:]
    for old in next.keys.sorted() {
      var seen: Set<String> = [old]
      var at = old
      while let further = next[at], seen.insert(further).inserted { at = further }
      if at != old { ends[old] = at }
    }
    return ends
  }

  static func addIncidents(_ db: Database, before key: NightKey, to baseline: inout HistoryBaseline) throws {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT fingerprint, count(DISTINCT night) AS nights, max(date) AS last, min(date) AS first
        FROM incident
        JOIN night ON night.id = incident.night WHERE series = ? AND date < ? AND content <> ? GROUP BY fingerprint
        """, arguments: [key.series, key.date, key.content])
    for row in rows {
      let fingerprint: String = try row.value("fingerprint")
      baseline.incidents[fingerprint] = HistoryBaseline.Seen(
        nights: try row.value("nights"), last: try row.value("last"), first: try row.value("first"))
    }
  }
}
