internal import Support

/// The durations of one series by time slot: flat, where a dictionary of each series took three times the room.
struct SlotSums {
  /// Ascending by slot, each slot once, behind `settle`.
  private(set) var rows: [(slot: Int32, sum: DurationSum)] = []

  /// Adds to a slot; `settle` must follow before anything is asked.
  mutating func add(_ sum: DurationSum, at slot: Int32) { rows.append((slot, sum)) }

  /// Adds all of another series; `settle` must follow before anything is asked.
  mutating func add(_ other: SlotSums) { rows += other.rows }

  /// Puts the slots in order, and what is there of one slot together.
  mutating func settle() {
    guard zip(rows, rows.dropFirst()).contains(where: { $0.slot >= $1.slot }) else { return }
    rows.sort { $0.slot < $1.slot }
    var last = 0
    for index in rows.indices.dropFirst() {
      if rows[index].slot == rows[last].slot {
        rows[last].sum.merge(rows[index].sum)
      } else {
        last += 1
        rows[last] = rows[index]
      }
    }
    rows.removeLast(rows.count - 1 - last)
  }

  /// - Complexity: O(log slots)
  subscript(slot: Int32) -> DurationSum? {
    let place = rows.partitioningIndex { $0.slot >= slot }
    return place < rows.count && rows[place].slot == slot ? rows[place].sum : nil
  }
}

extension DurationSum {
  /// Microseconds.
  var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }
}
