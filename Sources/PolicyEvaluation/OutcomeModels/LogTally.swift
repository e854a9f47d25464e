// What the log itself sums up to, block by block: requests, failures, latencies, load, and how long failures took.
internal import Support

/// The log's own sums.
struct LogTally {
  /// Requests per block, and those of them whose first attempt failed.
  private(set) var requests: [Double]
  private(set) var failingFirst: [Double]
  /// The log's sums.
  private(set) var sums: PolicySums
  /// What the requests whose first attempt succeeded contribute to every retry policy.
  private(set) var untouched: PolicySums
  /// Longest successful first attempt, microseconds.
  private(set) var longestSuccess: Int64 = 0
  /// Failed attempts of each component: when, and how long they took.
  private(set) var failedDurations: [[(at: Int64, duration: Int64)]]

  /// - Parameters:
  ///   - log: the log.
  ///   - origin: where blocks are counted from, microseconds.
  ///   - blockLength: microseconds.
  ///   - blocks: their number.
  ///   - end: of the log, microseconds.
  init(_ log: CallLog, origin: Int64, blockLength: Int64, blocks: Int, through end: Int64) {
    requests = Array(repeating: 0, count: blocks)
    failingFirst = requests
    let (lowest, highest) = Self.latencyBins(log)
    let load = LoadBins(log, from: origin, through: end)
    untouched = PolicySums(
      blocks: blocks, latency: WeightedLatencyHistogram(blocks: blocks, lowest: lowest, highest: highest), load: load)
    failedDurations = Array(repeating: [], count: log.ranges.count)
    for component in log.ranges.indices {
      for episode in log.ranges[component] {
        let b = Int((log.arrival[episode] - origin) / blockLength)
        requests[b] += 1
        if !log.isRefused[episode] { untouched.load.add(component, log.arrival[episode], 1) }
        guard log.firstFailure[episode] == 0 else {
          failingFirst[b] += 1
          continue
        }
        let duration = log.duration[Int(log.first[episode])]
        longestSuccess = max(longestSuccess, duration)
        untouched.attempts[b] += 1
        untouched.exact += 1
        untouched.latency.add(duration, block: b, mass: 1)
      }
    }
    sums = untouched
    for component in log.ranges.indices {
      for episode in log.ranges[component] where log.firstFailure[episode] != 0 {
        sums.addLogged(log, episode, component: component, block: Int((log.arrival[episode] - origin) / blockLength))
        for i in log.attempts(of: episode) where log.failure[i] != 0 && !log.isRefused[episode] {
          failedDurations[component].append((log.start[i], log.duration[i]))
        }
      }
      failedDurations[component].sort { ($0.at, $0.duration) < ($1.at, $1.duration) }
    }
  }

  /// The bins that latencies of the log and of its candidates lie in.
  private static func latencyBins(_ log: borrowing CallLog) -> (lowest: Int, highest: Int) {
    var lowest = Int.max
    var highest = 0
    for episode in 0..<log.count {
      let bin = LatencyBins.index(log.duration[Int(log.first[episode])])
      lowest = min(lowest, bin)
      highest = max(highest, LatencyBins.index(log.end(episode).subtractingSaturated(log.arrival[episode])))
    }
    // Room above for what candidates add: another factor of 64.
    return (
      min(lowest, LatencyBins.count - 1),
      min(max(highest, LatencyBins.index(60_000_000)) + 64 * 6, LatencyBins.count - 1)
    )
  }
}
