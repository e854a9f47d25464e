internal import Support

/// What a cell holds: it merges, and the names in it can be renumbered.
protocol CellValue: Sendable {
  mutating func merge(_ other: Self)
  /// Whether `rename` does anything.
  static var holdsNames: Bool { get }
  mutating func rename(_ map: [Int32])
  /// How many columns it is written in, and its fields in them: column 0 has at least a byte of each.
  static var columns: Int { get }
  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables)
  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure)
}

extension CellValue {
  static var holdsNames: Bool { false }
  mutating func rename(_ map: [Int32]) {}
}

/// One kind of count of a partial, sparse.
struct CellTable<Value: CellValue>: Sendable {
  var cells = Cells<Value>()

  mutating func merge(_ other: CellTable<Value>, _ map: [Int32]) {
    cells.changed { $0.reserve(Swift.max($0.count, other.cells.count)) }
    for (cell, value) in other.cells {
      var value = value
      value.rename(map)
      add(value, at: cell.renamed(map))
    }
  }

  /// Adds what another table of the same partial has.
  mutating func join(_ other: CellTable<Value>) {
    if cells.isEmpty { return cells = other.cells }
    for (cell, value) in other.cells { add(value, at: cell) }
  }

  /// Renumbers all names; numbers that differed must differ again.
  mutating func rename(_ map: [Int32]) {
    cells.changed { $0.rename({ $0 = $0.renamed(map) }, Value.holdsNames ? { $0.rename(map) } : nil) }
  }

  @inline(__always) mutating func add(_ value: Value, at cell: CubeKey) {
    cells.add(value, at: cell)
  }

  /// Rows in the order of their cells.
  func encode(to writer: inout ByteWriter, _ map: [Int32], _ tables: inout SampleTables) {
    var cells = cells
    cells.unpack()
    let keys = cells.map.keys.enumerated().map { (key: $0.element.renamed(map), row: $0.offset) }
      .sorted { $0.key < $1.key }
    var rows = CellRowWriter<Value>()
    for (key, row) in keys {
      if Value.holdsNames {
        var value = cells.map.values[row]
        value.rename(map)
        rows.append(value, at: key, &tables)
      } else {
        rows.append(cells.map.values[row], at: key, &tables)
      }
    }
    rows.encode(to: &writer)
  }

  init() {}

  /// Merges what `encode` wrote, cell by cell as it is read.
  ///
  /// - Parameters:
  ///   - reader: where it stands.
  ///   - map: the number here of each name there.
  ///   - tables: what its samples share.
  /// - Throws: `DecodeFailure` where the bytes are damaged; some of them are merged then.
  mutating func merge(
    from reader: inout ByteReader, _ map: [Int32], _ tables: SampleTables
  ) throws(DecodeFailure) {
    var rows = try CellRowReader<Value>(from: &reader, map, tables)
    let more = Swift.min(rows.remaining, 1 << 20)
    cells.changed { $0.reserve(Swift.max($0.count, more)) }
    while let cell = try rows.next() { add(try rows.value(), at: cell) }
    try rows.close()
  }
}
