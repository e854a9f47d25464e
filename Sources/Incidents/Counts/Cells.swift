/// The cells of one table: in a map while they are counted and where they are looked up, packed where they are only read.
///
/// Whoever reads them sees no difference but their order, on which no result may depend; whoever changes them has them in a map first.
struct Cells<Value: CellValue>: Sendable {
  /// Empty where `packed` is there.
  private(set) var map = CubeMap<Value>()
  private var packed: PackedCells<Value>?

  init() {}

  init(_ map: CubeMap<Value>) { self.map = map }

  init(_ packed: PackedCells<Value>) { self.packed = packed }

  var count: Int { packed?.count ?? map.count }
  var isEmpty: Bool { count == 0 }

  subscript(cell: CubeKey) -> Value? {
    if let packed { return packed[cell] }
    return map[cell]
  }

  /// All cells without their values.
  var keys: some Sequence<CubeKey> { lazy.map(\.0) }

  /// Something of every value, in the order of the cells.
  ///
  /// - Complexity: O(cells) where they are packed, else O(n log n)
  func inOrder<Part>(_ part: (Value) -> Part) -> [(cell: CubeKey, value: Part)] {
    var rows: [(cell: CubeKey, value: Part)] = []
    rows.reserveCapacity(count)
    for (cell, value) in self { rows.append((cell, part(value))) }
    if packed == nil { rows.sort { $0.cell < $1.cell } }
    return rows
  }

  /// The cells as a map, to change them.
  mutating func changed(_ change: (inout CubeMap<Value>) -> Void) {
    unpack()
    change(&map)
  }

  /// Puts a value at a cell that has none, or merges it into the one that is there.
  @inline(__always) mutating func add(_ value: Value, at cell: CubeKey) {
    unpack()
    map.add(value, at: cell) { $0.merge(value) }
  }

  /// Holds packed cells in a map from now on.
  @inline(__always) mutating func unpack() {
    guard let rows = packed else { return }
    packed = nil
    map = CubeMap(rows, count: rows.count)
  }
}

extension Cells: Sequence {
  struct Iterator: IteratorProtocol {
    fileprivate var packed: PackedCells<Value>.Iterator?
    fileprivate var cells: CubeMap<Value>.Iterator

    mutating func next() -> (CubeKey, Value)? {
      packed != nil ? packed?.next() : cells.next()
    }
  }

  func makeIterator() -> Iterator { Iterator(packed: packed?.makeIterator(), cells: map.makeIterator()) }
}
