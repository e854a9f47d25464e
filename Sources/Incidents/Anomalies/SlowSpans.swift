internal import Support

/// Spans, and slow ones at several scales, by series and minute.
struct SlowSpans {
  private(set) var keys: [CubeKey] = []
  private var index: [CubeKey: Int] = [:]
  private let width: Int
  private var counts: [Int32] = []
  private var slow: [[Int32]]
  /// Microseconds beyond the median, of slow spans: whole numbers, so that no order of adding changes the sum.
  private var extra: [Int64] = []

  /// Sums over a window, by series.
  struct Sums {
    var trials: [Double]
    var hits: [[Double]]
    var extra: [Double]

    /// Counts a series for a part of what it is; the time is what it was.
    mutating func scale(_ row: Int, by part: Double) {
      trials[row] *= part
      for scale in hits.indices { hits[scale][row] *= part }
    }

    /// Takes a series off.
    mutating func remove(_ row: Int) {
      trials[row] = 0
      extra[row] = 0
      for scale in hits.indices { hits[scale][row] = 0 }
    }
  }

  init(width: Int, scales: Int) {
    self.width = width
    slow = Array(repeating: [], count: scales)
  }

  mutating func row(_ key: CubeKey) -> Int {
    if let known = index[key] { return known }
    index[key] = keys.count
    keys.append(key)
    counts += Array(repeating: 0, count: width)
    extra += Array(repeating: 0, count: width)
    for scale in slow.indices { slow[scale] += Array(repeating: 0, count: width) }
    return keys.count - 1
  }

  mutating func add(
    _ count: Int, taking time: Double, _ fence: LatencyContrast.Fence, _ scales: [Double], row: Int, minute: Int
  ) {
    let place = row * width + minute
    counts[place] = Int32(clamping: Int(counts[place]) + count)
    for scale in scales.indices where time > fence.limit * scales[scale] {
      slow[scale][place] = Int32(clamping: Int(slow[scale][place]) + count)
    }
    guard time > fence.limit else { return }
    let over = Int64(checked: (min(time - fence.median, 1e12) * Double(count)).rounded()) ?? .max / 4
    extra[place] = extra[place].addingSaturated(over)
  }

  func trials(_ row: Int, _ minute: Int) -> Double { Double(counts[row * width + minute]) }
  func hits(_ row: Int, _ minute: Int, _ scale: Int) -> Double { Double(slow[scale][row * width + minute]) }

  func sums(_ minutes: [Int]) -> Sums {
    var sums = Sums(
      trials: Array(repeating: 0, count: keys.count),
      hits: Array(repeating: Array(repeating: 0, count: keys.count), count: slow.count),
      extra: Array(repeating: 0, count: keys.count))
    for row in keys.indices {
      for minute in minutes {
        let place = row * width + minute
        guard counts[place] > 0 else { continue }
        sums.trials[row] += Double(counts[place])
        sums.extra[row] += Double(extra[place])
        for scale in slow.indices { sums.hits[scale][row] += Double(slow[scale][place]) }
      }
    }
    return sums
  }
}
