internal import Support

// What is done with all tables of a partial alike: the tables stand in one list, in the order in which they are written.

/// Does something with every table of a partial.
protocol CellTableVisitor {
  associatedtype Failure: Error
  /// Visits one table.
  ///
  /// - Parameters:
  ///   - table: of the partial that is visited.
  ///   - place: where the same table stands in another partial.
  /// - Throws: what the visitor fails with; the tables behind are not visited then.
  mutating func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) throws(Failure)
}

extension IncidentPartial {
  /// Visits all tables, in the order in which a partial has them.
  mutating func visitTables<Visitor: CellTableVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
    try visitor.visit(&activity, \.activity)
    try visitor.visit(&blame, \.blame)
    try visitor.visit(&impact, \.impact)
    try visitor.visit(&pace, \.pace)
    try visitor.visit(&ways, \.ways)
    try visitor.visit(&signals, \.signals)
    try visitor.visit(&entries, \.entries)
    try visitor.visit(&weights, \.weights)
    try visitor.visit(&samples, \.samples)
    try visitor.visit(&visits, \.visits)
    try visitor.visit(&operations, \.operations)
    try visitor.visit(&pairs, \.pairs)
    try visitor.visit(&selfTimes, \.selfTimes)
    try visitor.visit(&gaps, \.gaps)
    try visitor.visit(&durations, \.durations)
    try visitor.visit(&edges, \.edges)
    try visitor.visit(&links, \.links)
    try visitor.visit(&together, \.together)
    try visitor.visit(&addresses, \.addresses)
    try visitor.visit(&blameEvidence, \.blameEvidence)
    try visitor.visit(&failureEvidence, \.failureEvidence)
    try visitor.visit(&slowEvidence, \.slowEvidence)
    try visitor.visit(&logs, \.logs)
    try visitor.visit(&logVolume, \.logVolume)
    try visitor.visit(&metrics, \.metrics)
    try visitor.visit(&told, \.told)
    try visitor.visit(&toldTimes, \.toldTimes)
    try visitor.visit(&toldPace, \.toldPace)
    try visitor.visit(&toldEvidence, \.toldEvidence)
    try visitor.visit(&besideFailed, \.besideFailed)
    try visitor.visit(&besideGaps, \.besideGaps)
    try visitor.visit(&besidePace, \.besidePace)
    try visitor.visit(&outlived, \.outlived)
    try visitor.visit(&beside, \.beside)
    try visitor.visit(&besideTimes, \.besideTimes)
    try visitor.visit(&seconds, \.seconds)
  }
}

/// Adds the tables of another partial, with the numbers here of its names.
struct TableJoin: CellTableVisitor {
  let other: IncidentPartial
  let map: [Int32]

  func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) {
    table.merge(other[keyPath: place], map)
  }
}

/// Gives names other numbers.
struct TableRenaming: CellTableVisitor {
  let map: [Int32]

  func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) {
    table.rename(map)
  }
}

/// Writes the tables one after another.
struct TableEncoding: CellTableVisitor {
  let map: [Int32]
  private(set) var cells = ByteWriter()
  /// What the samples of the rows share.
  private(set) var shared = SampleTables()

  init(map: [Int32]) { self.map = map }

  mutating func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) {
    table.encode(to: &cells, map, &shared)
  }
}

/// Merges tables as they are read.
struct TableDecoding: CellTableVisitor {
  private(set) var reader: ByteReader
  let map: [Int32]
  let shared: SampleTables

  init(reader: ByteReader, map: [Int32], shared: SampleTables) {
    self.reader = reader
    self.map = map
    self.shared = shared
  }

  mutating func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) throws(DecodeFailure) {
    try table.merge(from: &reader, map, shared)
  }
}
