package import Model

/// Groups the rows of a partition by request: row numbers in one flat array, requests numbered as they are met.
package struct RequestIndex {
  package private(set) var requests: [RequestID] = []
  private var slots: [Int32]
  private var mask: Int

  init(expected: Int) {
    var size = 1024
    while size < expected { size *= 2 }
    slots = Array(repeating: -1, count: size)
    mask = size - 1
  }

  /// The number of a request, new or known.
  mutating func number(_ request: RequestID) -> Int32 {
    var slot = Int(truncatingIfNeeded: request.stableHash >> 7) & mask
    while slots[slot] >= 0 {
      if requests[Int(slots[slot])] == request { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let number = Int32(requests.count)
    requests.append(request)
    slots[slot] = number
    if requests.count * 2 > slots.count { grow() }
    return number
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = Array(repeating: -1, count: mask + 1)
    for (number, request) in requests.enumerated() {
      var slot = Int(truncatingIfNeeded: request.stableHash >> 7) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }
}

/// Row numbers by request number: a counting sort that keeps the rows' order.
struct RowGroups {
  var starts: [Int32]
  var order: [Int32]

  /// - Parameters:
  ///   - numbers: for each row its request's number, -1 for a row to leave out.
  ///   - requests: how many requests there are.
  init(numbers: [Int32], requests: Int) {
    starts = Array(repeating: 0, count: requests + 1)
    for number in numbers where number >= 0 { starts[Int(number) + 1] += 1 }
    for i in 0..<requests { starts[i + 1] += starts[i] }
    var next = starts
    order = Array(repeating: 0, count: Int(starts[requests]))
    for (row, number) in numbers.enumerated() where number >= 0 {
      order[Int(next[Int(number)])] = Int32(row)
      next[Int(number)] += 1
    }
  }

  /// The places in `order` of a request's rows.
  func range(of request: Int) -> Range<Int> { Int(starts[request])..<Int(starts[request + 1]) }
}
