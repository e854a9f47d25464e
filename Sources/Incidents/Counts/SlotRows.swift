internal import Support

/// Values by time slot, so that those of a stretch are found without looking at the whole night.
struct SlotRows<Value> {
  private let length: Int64
  private var rows: [(slot: Int32, value: Value)] = []
  /// How far behind the start of its slot any value reaches, microseconds.
  private var reach: Int64

  /// Rows of slots of a length, microseconds.
  init(_ length: Int64) {
    self.length = length
    reach = length
  }

  /// Adds a value of a slot that may reach beyond the slot's end; `sort` must follow before anything is asked.
  mutating func add(_ value: Value, at slot: Int32, until end: Int64 = .min) {
    rows.append((slot, value))
    reach = max(reach, end.subtractingSaturated(IncidentPartial.start(slot, length)))
  }

  mutating func sort() { rows.sort { $0.slot < $1.slot } }

  var values: [Value] { rows.map(\.value) }

  /// The values of slots that may have something between two times, ends included, in slot order.
  ///
  /// - Complexity: O(log n + found)
  func overlapping(_ from: Int64, _ to: Int64) -> [Value] { overlappingRows(from, to).map(\.value) }

  /// The same with their slots.
  func overlappingRows(_ from: Int64, _ to: Int64) -> ArraySlice<(slot: Int32, value: Value)> {
    let low = rows.partitioningIndex { IncidentPartial.start($0.slot, length) > from.subtractingSaturated(reach) }
    let high = rows.partitioningIndex { IncidentPartial.start($0.slot, length) > to }
    return low < high ? rows[low..<high] : []
  }
}
