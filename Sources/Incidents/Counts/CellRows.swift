internal import Support

// The rows of a table of cells as a partial has them: in the order of their cells, column by column; of each cell only what differs
// from the one before, as its mask says.

/// Writes rows, which come in the order of their cells, each cell once.
struct CellRowWriter<Value: CellValue> {
  // A column for the masks and one for each field.
  private var fields = ByteColumns(count: 7)
  private var values = ByteColumns(count: Value.columns)
  private var last = CubeKey(a: 0)
  private var count = 0

  @inline(__always) mutating func append(_ value: Value, at cell: CubeKey, _ tables: inout SampleTables) {
    let difference = cell.difference(from: last)
    var mask: UInt8 = 0
    for index in 0..<6 where difference[index] != 0 {
      mask |= 1 << UInt8(index)
      fields[index + 1].signed(difference[index])
    }
    fields[0].byte(mask)
    value.encode(to: &values, &tables)
    last = cell
    count += 1
  }

  func encode(to writer: inout ByteWriter) {
    writer.unsigned(UInt64(count))
    guard count > 0 else { return }
    fields.encode(to: &writer)
    values.encode(to: &writer)
  }
}

/// Reads rows, their names with their numbers here.
struct CellRowReader<Value: CellValue> {
  private var fields = ByteColumnReaders()
  private var values = ByteColumnReaders()
  private let map: [Int32]
  private let tables: SampleTables
  private var last = CubeKey(a: 0)
  private var isFirst = true
  /// Rows that are not read yet.
  private(set) var remaining: Int

  /// - Parameters:
  ///   - reader: where a table begins; behind it afterwards.
  ///   - map: the number here of each name there.
  ///   - tables: what the samples of the rows share.
  /// - Throws: `DecodeFailure` where the table is cut.
  init(from reader: inout ByteReader, _ map: [Int32], _ tables: SampleTables) throws(DecodeFailure) {
    self.map = map
    self.tables = tables
    remaining = try reader.count(minimumBytes: 2)
    guard remaining > 0 else { return }
    fields = try ByteColumnReaders(from: &reader, count: 7)
    values = try ByteColumnReaders(from: &reader, count: Value.columns)
    guard remaining == fields[0].remaining, remaining <= values[0].remaining else {
      throw reader.failure("rows are missing")
    }
  }

  /// The cell of the next row, nil behind the last one; its value must be read before the next one is asked for.
  @inline(__always) mutating func next() throws(DecodeFailure) -> CubeKey? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    let mask = try fields[0].byte()
    guard mask < 64 else { throw fields[0].failure("unknown fields of a cell") }
    let before = last
    last.a = try field(last.a, 0, mask)
    last.b = try field(last.b, 1, mask)
    last.c = try field(last.c, 2, mask)
    last.d = try field(last.d, 3, mask)
    last.slot = try field(last.slot, 4, mask)
    last.number = try field(last.number, 5, mask)
    if mask & 15 != 0 {
      let lowest = min(min(last.a, last.b), min(last.c, last.d))
      let highest = max(max(last.a, last.b), max(last.c, last.d))
      guard lowest >= 0, Int(highest) < map.count else { throw fields[0].failure("name out of range") }
    }
    // Rows come in order, each cell once.
    guard isFirst || before < last else { throw fields[0].failure("cells are not in order") }
    isFirst = false
    return last.renamed(map)
  }

  @inline(__always) private mutating func field(
    _ before: Int32, _ number: Int, _ mask: UInt8
  ) throws(DecodeFailure) -> Int32 {
    guard mask & 1 << UInt8(number) != 0 else { return before }
    let (sum, overflow) = Int64(before).addingReportingOverflow(try fields[number + 1].signed())
    guard !overflow, let value = Int32(exactly: sum) else { throw fields[number + 1].failure("number out of range") }
    return value
  }

  @inline(__always) mutating func value() throws(DecodeFailure) -> Value {
    var value = try Value(from: &values, tables)
    if Value.holdsNames { value.rename(map) }
    return value
  }

  /// - Throws: `DecodeFailure` where a column has more than its rows need.
  func close() throws(DecodeFailure) {
    try fields.close()
    try values.close()
  }
}

extension CubeKey {
  /// What its fields are more than another's, in the order that rows are sorted by.
  fileprivate func difference(from other: CubeKey) -> InlineArray<6, Int64> {
    [
      Int64(a) - Int64(other.a), Int64(b) - Int64(other.b), Int64(c) - Int64(other.c), Int64(d) - Int64(other.d),
      Int64(slot) - Int64(other.slot), Int64(number) - Int64(other.number),
    ]
  }
}
