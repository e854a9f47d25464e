/// Rows that are filled and emptied again and again, in the same room: emptying costs nothing, and no row is given back.
struct ReusedRows<Row: Sendable>: Sendable {
  private var rows: [Row] = []
  private(set) var count = 0

  init() {}

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }

  subscript(place: Int) -> Row {
    @inline(__always) _read {
      precondition(place < count)
      yield rows[place]
    }
    @inline(__always) _modify {
      precondition(place < count)
      yield &rows[place]
    }
  }

  mutating func removeAll() { count = 0 }

  @inline(__always) mutating func append(_ row: Row) {
    if count < rows.count { rows[count] = row } else { rows.append(row) }
    count += 1
  }

  /// The first place whose row is one that is asked for.
  @inline(__always) func firstIndex(where isAskedFor: (Row) -> Bool) -> Int? {
    for place in 0..<count where isAskedFor(rows[place]) { return place }
    return nil
  }
}
