internal import Support

/// Values by cell: flat arrays behind an open-addressing index.
///
/// Digest adds to a cell for nearly every record, so the look-up hashes two words by the documented mix, growth moves
/// only numbers, and a large value is written in place.
struct CubeMap<Value: Sendable>: Sendable {
  private(set) var keys: [CubeKey] = []
  private(set) var values: [Value] = []
  /// Index into `keys`, -1 where free.
  private var slots: [Int32] = []
  /// Cells met lately, by their hash: a few thousand that stay in the processor's cache, beside an index that does not.
  /// Empty while the index is small itself.
  private var recent: [Int32] = []

  init() {}

  /// Takes cells that differ, and no more room than they need.
  init(_ rows: some Sequence<(CubeKey, Value)>, count: Int) {
    keys.reserveCapacity(count)
    values.reserveCapacity(count)
    for (cell, value) in rows {
      keys.append(cell)
      values.append(value)
    }
    reserve(count)
  }

  var count: Int { keys.count }
  var isEmpty: Bool { keys.isEmpty }

  subscript(cell: CubeKey) -> Value? {
    let place = find(cell)
    return place < 0 ? nil : values[place]
  }

  /// The place of a cell in `keys` and `values`, -1 where there is none.
  func find(_ cell: CubeKey) -> Int { slots.isEmpty ? -1 : Int(slots[slot(of: cell, cell.mixed)]) }

  /// Changes the value at a place that `find` gave.
  mutating func change(_ place: Int, _ change: (inout Value) -> Void) { change(&values[place]) }

  /// Puts a value at a cell that has none, or merges it into the one that is there.
  ///
  /// - Returns: the cell's place in `keys` and `values`.
  @discardableResult
  mutating func add(_ value: Value, at cell: CubeKey, merge: (inout Value) -> Void) -> Int {
    let hash = cell.mixed
    let near = Int(truncatingIfNeeded: hash >> 40) & (Self.recentCells - 1)
    if !recent.isEmpty {
      let known = Int(recent[near])
      if keys[known] == cell {
        merge(&values[known])
        return known
      }
    }
    if keys.count * 2 >= slots.count { grow(to: Swift.max(16, slots.count * 2)) }
    let slot = slot(of: cell, hash)
    let known = Int(slots[slot])
    if known >= 0 {
      if !recent.isEmpty { recent[near] = slots[slot] }
      merge(&values[known])
      return known
    }
    slots[slot] = Int32(truncatingIfNeeded: keys.count)
    if !recent.isEmpty { recent[near] = slots[slot] }
    keys.append(cell)
    values.append(value)
    return keys.count - 1
  }

  /// Gives every cell, and every value, other names where they stand: no value is moved. The new names must differ
  /// where the old ones did.
  mutating func rename(_ cell: (inout CubeKey) -> Void, _ value: ((inout Value) -> Void)?) {
    for i in keys.indices { cell(&keys[i]) }
    if let value {
      for i in values.indices { value(&values[i]) }
    }
    grow(to: slots.count)
  }

  /// Makes room for as many cells.
  mutating func reserve(_ count: Int) {
    var size = Swift.max(16, slots.count)
    while size < count * 2 { size *= 2 }
    if size > slots.count { grow(to: size) }
  }

  /// Cells in `recent`.
  private static var recentCells: Int { 4096 }

  private func slot(of cell: CubeKey, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0, keys[Int(slots[slot])] != cell { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow(to size: Int) {
    slots = Array(repeating: -1, count: size)
    if recent.isEmpty, keys.count > Self.recentCells { recent = Array(repeating: 0, count: Self.recentCells) }
    let mask = Swift.max(size, 1) - 1
    for (index, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: key.mixed) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: index)
    }
  }
}

extension CubeMap: Sequence {
  /// Pairs in the order in which their cells were first met: no result may depend on it.
  func makeIterator() -> Zip2Sequence<[CubeKey], [Value]>.Iterator { zip(keys, values).makeIterator() }
}
