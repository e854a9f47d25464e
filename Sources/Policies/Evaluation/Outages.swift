// When components were down, as first attempts saw it.
internal import Core

/// Stretches of time in which a component failed most first attempts: three of five open one, at most one of five ends it.
struct Outages: Sendable {
  private(set) var count = 0
  /// Microseconds.
  private(set) var medianLength: Int64 = 0
  /// By component, ascending.
  private(set) var spans: [[Range<Int64>]] = []
  /// Requests that arrived while their component was up.
  private(set) var quietRequests = 0

  init(_ log: borrowing EpisodeLog) {
    var lengths: [Int64] = []
    for range in log.ranges {
      var found: [Range<Int64>] = []
      var recent = 0
      var bits = 0
      var opened: Int64?
      var lastFailure: Int64 = 0
      for episode in range {
        let failed = log.firstFailure[episode] != 0
        bits = (bits << 1 | (failed ? 1 : 0)) & 31
        recent = bits.nonzeroBitCount
        let time = log.arrival[episode]
        if failed { lastFailure = time }
        quietRequests += opened == nil && recent < 3 ? 1 : 0
        if opened == nil, recent >= 3 {
          opened = time
        } else if let from = opened, recent <= 1 {
          found.append(from..<max(lastFailure, from) + 1)
          opened = nil
        }
      }
      if let from = opened { found.append(from..<max(lastFailure, from) + 1) }
      lengths += found.map { $0.upperBound - $0.lowerBound }
      count += found.count
      spans.append(found)
    }
    lengths.sort()
    medianLength = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
  }

  /// Whether a component was down at a time.
  func contains(_ component: Int, _ time: Int64) -> Bool {
    let found = spans[component]
    var low = 0
    var high = found.count
    while low < high {
      let middle = (low + high) / 2
      if found[middle].upperBound <= time { low = middle + 1 } else { high = middle }
    }
    return low < found.count && found[low].contains(time)
  }
}
