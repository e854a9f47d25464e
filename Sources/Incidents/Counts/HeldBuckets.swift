internal import Support

/// Counts by bucket of a duration, kept back until their coarse slot is over: a number at hand for each count instead of a cell looked
/// up. See `HeldCounts`.
struct HeldBuckets: Sendable {
  /// What is kept back of one kind of cells, which differ in bucket and slot alone.
  private struct Row: Sendable {
    /// Without bucket; its slot is that of the counts.
    var cell: CubeKey
    /// The buckets that may be other than 0.
    var low = HeldBuckets.buckets
    var high = -1
  }

  /// Buckets that a told duration may fall into.
  private static let buckets = Int(IncidentPartial.bucket(Int64(UInt32.max))) + 1
  /// Kinds that are kept back, a third of a kilobyte each; what is of others is written at once.
  private static let mostRows = 1024
  /// Places of the index of rows: sparse, so that most are found at the first.
  private static let indexSize = 4 * mostRows

  private var rows: [Row] = []
  /// Rows by cell, -1 where free.
  private var index = [Int32](repeating: -1, count: indexSize)
  /// Counts by row and bucket.
  private var counts: [Int32] = []

  /// Counts one.
  ///
  /// - Parameters:
  ///   - bucket: of a duration of at most `UInt32.max` microseconds.
  ///   - cell: where, without the bucket.
  ///   - table: where it is written.
  mutating func add(_ bucket: Int32, at cell: CubeKey, to table: inout CellTable<Tally>) {
    guard let row = row(of: cell) else {
      var cell = cell
      cell.number = bucket
      return table.add(Tally(), at: cell)
    }
    if rows[row].cell.slot != cell.slot {
      settle(row, into: &table)
      rows[row].cell.slot = cell.slot
    }
    rows[row].low = min(rows[row].low, Int(bucket))
    rows[row].high = max(rows[row].high, Int(bucket))
    counts[row * Self.buckets + Int(bucket)] += 1
  }

  /// The row of a kind; nil where there is no room for one more.
  private mutating func row(of cell: CubeKey) -> Int? {
    let names = SIMD4(cell.a, cell.b, cell.c, cell.d)
    let key =
      UInt64(UInt32(bitPattern: cell.a)) << 32 | UInt64(UInt32(bitPattern: cell.b))
      ^ (UInt64(UInt32(bitPattern: cell.c)) << 32 | UInt64(UInt32(bitPattern: cell.d))) &* 0x9E37_79B9_7F4A_7C15
    var place = Int(truncatingIfNeeded: StableHash.mix(key)) & (Self.indexSize - 1)
    while index[place] >= 0 {
      let known = rows[Int(index[place])].cell
      if SIMD4(known.a, known.b, known.c, known.d) == names { return Int(index[place]) }
      place = (place + 1) & (Self.indexSize - 1)
    }
    guard rows.count < Self.mostRows else { return nil }
    index[place] = Int32(rows.count)
    rows.append(Row(cell: cell))
    counts += Array(repeating: 0, count: Self.buckets)
    return rows.count - 1
  }

  /// Writes all that is kept back.
  mutating func settle(into table: inout CellTable<Tally>) {
    for row in rows.indices { settle(row, into: &table) }
  }

  private mutating func settle(_ row: Int, into table: inout CellTable<Tally>) {
    let held = rows[row]
    guard held.low <= held.high else { return }
    var cell = held.cell
    for bucket in held.low...held.high {
      let count = counts[row * Self.buckets + bucket]
      guard count > 0 else { continue }
      cell.number = Int32(truncatingIfNeeded: bucket)
      table.add(Tally(Int(count)), at: cell)
      counts[row * Self.buckets + bucket] = 0
    }
    rows[row].low = Self.buckets
    rows[row].high = -1
  }
}
