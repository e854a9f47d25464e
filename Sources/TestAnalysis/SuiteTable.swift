// The suites that the cases of one piece of a report belong to, each once.

internal import Model
internal import Segments
internal import Support

/// Gives suites their keys and remembers what is behind them.
struct SuiteTable {
  /// In the order in which they were seen.
  private(set) var notes: [SuiteNote] = []
  private var places: [UInt32: Int] = [:]
  private var last = SuiteNote()
  private var lastSuites: [String] = []
  private var lastKey: UInt32 = 0

  /// Suites that one piece may tell apart; the cases of further ones have no suite.
  private static let most = 4096

  init() {}

  /// The key of a record's suite.
  ///
  /// - Parameters:
  ///   - record: any of its records.
  ///   - usesFile: whether the record's file tells suites apart.
  ///   - names: tells what the suite's properties are about.
  /// - Returns: the key, 0 where there is nothing to know of the suite.
  mutating func key(of record: borrowing TestRecord, usesFile: Bool, _ names: inout OriginNames) -> UInt32 {
    let file = usesFile ? record.file : ""
    if lastKey != 0, lastSuites == record.suites, last.host == record.host, last.configuration == record.configuration,
      last.file == file, last.properties.count == record.suiteProperties.count
    {
      return lastKey
    }
    var note = SuiteNote()
    note.suite = record.suites.map { TestIdentity.withoutStamp($0) }.joined(separator: " > ").cut(toBytes: 400)
    note.host = record.host.cut(toBytes: 200)
    note.configuration = record.configuration.cut(toBytes: 200)
    note.file = file.cut(toBytes: 400)
    note.properties = names.kept(record.suiteProperties)
    if note.suite.isEmpty, note.host.isEmpty, note.configuration.isEmpty, note.file.isEmpty { return 0 }
    var hash = StableHash.hash(note.suite)
    for text in [note.host, note.configuration, note.file] { hash = StableHash.combine(hash, StableHash.hash(text)) }
    for property in note.properties {
      hash = StableHash.combine(hash, StableHash.hash(property.name + "\u{0}" + property.value))
    }
    note.key = max(UInt32(truncatingIfNeeded: hash), 1)
    last = note
    last.file = file
    lastSuites = record.suites
    lastKey = note.key
    guard places[note.key] == nil else { return note.key }
    guard notes.count < Self.most else {
      lastKey = 0
      return 0
    }
    places[note.key] = notes.count
    note.suite = CaseCondenser.kept(note.suite)
    note.host = CaseCondenser.kept(note.host)
    note.configuration = CaseCondenser.kept(note.configuration)
    note.file = CaseCondenser.kept(note.file)
    notes.append(note)
    return note.key
  }
}
