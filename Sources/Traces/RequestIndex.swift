internal import Model
internal import Support

/// Numbers the requests of a partition as they are met, and keeps when each was met first.
///
/// What is asked for with every row, which request a number is and when it began, lies in one place: a row costs one look into the
/// index and one at the request.
struct RequestIndex {
  /// A request that was met.
  struct Met {
    var request: RequestID
    /// The time of its first record, microseconds; `Int64.min` where one has no time.
    var first: Int64
  }

  private(set) var met: [Met] = []
  private var slots: [Int32]
  private var mask: Int
  /// Whether there are ids of 64 bits that may be halves, and wide ones.
  private var hasHalves = false
  private var hasWide = false

  init(expected: Int) {
    var size = 1024
    while size < expected { size *= 2 }
    slots = Array(repeating: -1, count: size)
    mask = size - 1
  }

  /// The number of a request, new or known, of which a record has this time.
  mutating func number(_ request: RequestID, at time: Int64) -> Int32 {
    let slot = slot(of: request)
    if slots[slot] >= 0 {
      let known = Int(slots[slot])
      if time < met[known].first { met[known].first = time }
      return slots[slot]
    }
    let number = Int32(met.count)
    met.append(Met(request: request, first: time))
    if request.high != 0 { hasWide = true } else if request.isLowerHalf { hasHalves = true }
    slots[slot] = number
    if met.count * 2 > slots.count { grow() }
    return number
  }

  /// Joins ids of 64 bits with the wide one whose lower half they are: with the only one, for of several nobody knows which it is. All rows
  /// must have been numbered.
  ///
  /// - Returns: for each number so far the one that stands for it now; nil where nothing is joined.
  mutating func joinHalves() -> [Int32]? {
    guard hasHalves, hasWide else { return nil }
    // By the number of a half: that of the wide id, or -1 for several.
    var wide: [Int32: Int32] = [:]
    for (number, one) in met.enumerated() where one.request.high != 0 && one.request.hasTellingHalf {
      let found = slots[slot(of: RequestID(high: 0, low: one.request.low))]
      if found < 0 { continue }
      wide[found] = wide[found] == nil ? Int32(truncatingIfNeeded: number) : -1
    }
    guard wide.contains(where: { $0.value >= 0 }) else { return nil }
    var new = [Int32](repeating: -1, count: met.count)
    var kept: [Met] = []
    for (number, one) in met.enumerated() where (wide[Int32(truncatingIfNeeded: number)] ?? -1) < 0 {
      new[number] = Int32(truncatingIfNeeded: kept.count)
      kept.append(one)
    }
    for (half, whole) in wide where whole >= 0 {
      let number = new[Int(whole)]
      new[Int(half)] = number
      kept[Int(number)].first = min(kept[Int(number)].first, met[Int(half)].first)
    }
    met = kept
    return new
  }

  /// Where the number of a request stands, or would stand where it was not met yet.
  @inline(__always) private func slot(of request: RequestID) -> Int {
    var slot = Int(truncatingIfNeeded: request.stableHash >> 7) & mask
    while slots[slot] >= 0, met[Int(slots[slot])].request != request { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = Array(repeating: -1, count: mask + 1)
    for (number, one) in met.enumerated() {
      var slot = Int(truncatingIfNeeded: one.request.stableHash >> 7) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }

  /// All numbers by the time of the request's first record, then by its id.
  ///
  /// - Complexity: O(requests): distribution by digits of the time (Knuth, The Art of Computer Programming 3, 5.2.5), of which a night
  ///   has few; requests of one microsecond are sorted.
  func byTime() -> [Int32] {
    guard let earliest = met.lazy.map(\.first).min(), let latest = met.lazy.map(\.first).max() else { return [] }
    // Wraps around where the times lie further apart than a signed number goes; unsigned, their distance is right.
    func offset(_ time: Int64) -> UInt64 { UInt64(bitPattern: time &- earliest) }
    var order = met.enumerated().map { (time: offset($0.element.first), number: Int32(truncatingIfNeeded: $0.offset)) }
    var sorted = order
    let bits = UInt64.bitWidth - offset(latest).leadingZeroBitCount
    for shift in stride(from: 0, to: bits, by: Self.digit) {
      var places = [Int](repeating: 0, count: 1 << Self.digit)
      func digit(_ time: UInt64) -> Int { Int(truncatingIfNeeded: time >> UInt64(shift)) & ((1 << Self.digit) - 1) }
      for one in order { places[digit(one.time)] += 1 }
      var sum = 0
      for i in places.indices { (places[i], sum) = (sum, sum + places[i]) }
      for one in order {
        let place = digit(one.time)
        sorted[places[place]] = one
        places[place] += 1
      }
      swap(&order, &sorted)
    }
    var start = 0
    for end in 1...order.count where end == order.count || order[end].time != order[start].time {
      if end - start > 1 {
        order[start..<end].sort { met[Int($0.number)].request < met[Int($1.number)].request }
      }
      start = end
    }
    return order.map(\.number)
  }

  /// Bits of a digit: its counts stay in the first-level cache.
  private static let digit = 11
}

/// Row numbers by request: a counting sort that keeps the rows' order.
struct RowGroups {
  /// By visit where the request's rows begin; empty where there are no rows at all.
  var starts: [Int32] = []
  var order: [Int32] = []

  /// - Parameters:
  ///   - numbers: for each row its request's number, -1 for a row to leave out.
  ///   - visits: the numbers of the requests in the order in which they are visited.
  init(numbers: [Int32], visits: [Int32]) {
    if numbers.isEmpty { return }
    // By number: how many rows, then where the next of them goes.
    var next = [Int32](repeating: 0, count: visits.count)
    for number in numbers where number >= 0 { next[Int(number)] += 1 }
    starts.reserveCapacity(visits.count + 1)
    var sum: Int32 = 0
    for number in visits {
      starts.append(sum)
      (next[Int(number)], sum) = (sum, sum + next[Int(number)])
    }
    starts.append(sum)
    order = Array(repeating: 0, count: Int(sum))
    for (row, number) in numbers.enumerated() where number >= 0 {
      order[Int(next[Int(number)])] = Int32(row)
      next[Int(number)] += 1
    }
  }

  /// The places in `order` of the rows of a visit's request.
  func range(of visit: Int) -> Range<Int> {
    starts.isEmpty ? 0..<0 : Int(starts[visit])..<Int(starts[visit + 1])
  }
}
