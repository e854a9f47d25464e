// What is added up over the log for one policy.
internal import Core

/// The sums of one policy over the log.
struct PolicySums: Sendable {
  /// Requests that failed, attempts, failed attempts: per block.
  var failures: [Double]
  var attempts: [Double]
  var wasted: [Double]
  var latency: LatencyMasses
  var load: LoadBins
  /// Attempts by label.
  var exact = 0.0
  var estimated = 0.0
  var unsupported = 0.0
  /// Attempts after the first.
  var retries = 0.0
  /// The variance of the number of failed requests: what expectation hides.
  var spread = 0.0
  /// Estimated attempts that succeed.
  var won = 0.0
  /// Standard deviation of the mean over runs, for replayed policies.
  var simulationError = 0.0
  var warnings: [String] = []

  init(blocks: Int, latency: LatencyMasses, load: LoadBins) {
    failures = Array(repeating: 0, count: blocks)
    attempts = failures
    wasted = failures
    self.latency = latency
    self.load = load
  }

  /// Adds a request as it was logged; its first attempt is in the load already.
  mutating func addLogged(_ log: borrowing EpisodeLog, _ episode: Int, component: Int, block: Int) {
    let range = log.attempts(of: episode)
    for i in range {
      attempts[block] += 1
      if log.failure[i] != 0 { wasted[block] += 1 }
      if i > range.lowerBound {
        load.add(component, log.start[i], 1)
        retries += 1
      }
    }
    exact += Double(range.count)
    if log.failure[range.upperBound - 1] != 0 { failures[block] += 1 }
    latency.add(log.end(episode).subtractingSaturated(log.arrival[episode]), block: block, mass: 1)
  }
}

extension PolicySums {
  mutating func add(_ other: PolicySums) {
    for b in failures.indices {
      failures[b] += other.failures[b]
      attempts[b] += other.attempts[b]
      wasted[b] += other.wasted[b]
    }
    latency.add(other.latency)
    load.add(other.load, scale: 1)
    exact += other.exact
    estimated += other.estimated
    unsupported += other.unsupported
    retries += other.retries
    won += other.won
  }

  mutating func scale(by factor: Double) {
    for b in failures.indices {
      failures[b] *= factor
      attempts[b] *= factor
      wasted[b] *= factor
    }
    latency.scale(by: factor)
    load.scale(by: factor)
    exact *= factor
    estimated *= factor
    unsupported *= factor
    retries *= factor
    won *= factor
  }
}
