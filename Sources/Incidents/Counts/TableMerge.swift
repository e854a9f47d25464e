internal import Support

// Tables of cells as encoded partials have them: merged row by row as they are read, or opened where they stand.

/// The next row of a partial; of equal cells that of the first partial comes first.
private struct RowHead: Comparable {
  var cell: CubeKey
  var part: Int

  static func < (a: RowHead, b: RowHead) -> Bool { a.cell != b.cell ? a.cell < b.cell : a.part < b.part }
}

/// The tables of several partials, merged one after another.
struct TableMerge: CellTableVisitor {
  private var readers: [ByteReader]
  private let maps: [[Int32]]
  private let shared: [SampleTables]
  private(set) var cells = ByteWriter()
  private(set) var written = SampleTables()

  init(readers: [ByteReader], maps: [[Int32]], shared: [SampleTables]) {
    self.readers = readers
    self.maps = maps
    self.shared = shared
  }

  /// Merges the partials' tables of one place, whose type tells what their cells hold.
  mutating func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) throws(DecodeFailure) {
    var rows: [CellRowReader<Value>] = []
    var next = BinaryHeap<RowHead>()
    for i in readers.indices {
      var reader = try CellRowReader<Value>(from: &readers[i], maps[i], shared[i])
      if let cell = try reader.next() { next.push(RowHead(cell: cell, part: i)) }
      rows.append(reader)
    }
    var writer = CellRowWriter<Value>()
    while let least = next.first {
      var value = try rows[least.part].value()
      try Self.step(&next, &rows[least.part], least.part)
      while let other = next.first, other.cell == least.cell {
        value.merge(try rows[other.part].value())
        try Self.step(&next, &rows[other.part], other.part)
      }
      writer.append(value, at: least.cell, &written)
    }
    for row in rows { try row.close() }
    writer.encode(to: &cells)
  }

  /// Puts the next row of a partial in the place of its last one, which was the least.
  private static func step<Value: CellValue>(
    _ heads: inout BinaryHeap<RowHead>, _ rows: inout CellRowReader<Value>, _ part: Int
  ) throws(DecodeFailure) {
    if let cell = try rows.next() {
      heads.replaceFirst(with: RowHead(cell: cell, part: part))
    } else {
      _ = heads.pop()
    }
  }

  /// The durations behind the tables; nothing may follow them, and the partials are let go.
  mutating func latency() throws(DecodeFailure) -> [Int32: Sketch] {
    var sketches: [Int32: Sketch] = [:]
    for i in readers.indices {
      try IncidentHeader.merge(from: &readers[i], maps[i], into: &sketches)
      guard readers[i].remaining == 0 else { throw readers[i].failure("trailing bytes in a section") }
    }
    readers = []
    return sketches
  }
}

/// Opens the tables of one partial, whose names are in order already.
struct TableOpening: CellTableVisitor {
  private var reader: ByteReader
  /// Every name keeps its number.
  private let map: [Int32]
  private let shared: SampleTables

  init(reader: ByteReader, names: Int, shared: SampleTables) {
    self.reader = reader
    map = (0..<Int32(clamping: names)).map { $0 }
    self.shared = shared
  }

  /// The tables of which single cells are asked for again and again.
  private let lookedUp: Set<PartialKeyPath<IncidentPartial>> = [\.activity, \.visits, \.edges]

  mutating func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) throws(DecodeFailure) {
    table.cells = Cells(try PackedCells(try CellRowReader<Value>(from: &reader, map, shared)))
    if lookedUp.contains(place) { table.cells.unpack() }
  }

  /// The durations behind the tables; nothing may follow them.
  mutating func latency() throws(DecodeFailure) -> [Int32: Sketch] {
    var latency: [Int32: Sketch] = [:]
    try IncidentHeader.merge(from: &reader, map, into: &latency)
    guard reader.remaining == 0 else { throw reader.failure("trailing bytes in a section") }
    return latency
  }
}
