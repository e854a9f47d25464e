internal import Support

/// The rows of a table as a partial has them, read where they stand: a cell takes a few bytes in place of a hundred.
///
/// Conclude reads most tables from one end to the other once or twice, so that they need not be held as cells: of a night of a hundred
/// components over 24 hours the rows are 40 MB and the cells 600.
struct PackedCells<Value: CellValue>: Sendable {
  /// Readers at every so many rows, for those that are looked up: the first stands at the first row.
  private var marks: [Mark] = []
  let count: Int

  fileprivate struct Mark: Sendable {
    /// The cell of the row that the reader stands at.
    var cell: CubeKey
    /// Behind that cell, before its value.
    var reader: CellRowReader<Value>
  }

  /// Rows between two marks: as many are read, on average half of them, where a cell is looked up.
  private static var distance: Int { 128 }

  /// Takes rows whose names have their own numbers, in the order of their bytes.
  ///
  /// - Throws: `DecodeFailure` where any of the rows is damaged: afterwards all of them are known to be whole.
  init(_ rows: CellRowReader<Value>) throws(DecodeFailure) {
    count = rows.remaining
    marks.reserveCapacity(count / Self.distance + 1)
    var reader = rows
    var row = 0
    while let cell = try reader.next() {
      if row % Self.distance == 0 { marks.append(Mark(cell: cell, reader: reader)) }
      _ = try reader.value()
      row += 1
    }
    try reader.close()
  }

  /// - Complexity: O(log rows)
  subscript(cell: CubeKey) -> Value? {
    let behind = marks.partitioningIndex { cell < $0.cell }
    guard behind > 0 else { return nil }
    var rows = Iterator(marks[behind - 1])
    while let (found, value) = rows.next(), !(cell < found) {
      if found == cell { return value }
    }
    return nil
  }
}

extension PackedCells: Sequence {
  struct Iterator: IteratorProtocol {
    private var reader: CellRowReader<Value>?
    private var cell: CubeKey?

    fileprivate init(_ mark: Mark?) {
      reader = mark?.reader
      cell = mark?.cell
    }

    // The rows were all read once: none of them fails.
    mutating func next() -> (CubeKey, Value)? {
      guard let cell, let value = try? reader?.value() else { return nil }
      self.cell = try? reader?.next()
      return (cell, value)
    }
  }

  func makeIterator() -> Iterator { Iterator(marks.first) }
}
