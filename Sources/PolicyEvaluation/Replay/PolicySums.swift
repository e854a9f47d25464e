package import Model
internal import Support
// What is added up over the log for one policy.

/// The sums of one policy over the log.
package struct PolicySums: Sendable {
  /// Requests that failed, attempts, failed attempts: per block.
  package var failures: [Double]
  package var attempts: [Double]
  package var wasted: [Double]
  package var latency: WeightedLatencyHistogram
  var load: LoadBins
  /// Attempts by label.
  package var exact = 0.0
  package var estimated = 0.0
  package var unsupported = 0.0
  /// Requests whose first attempt fails, where that is not as logged.
  var failingFirst: Double?
  /// Attempts after the first.
  package var retries = 0.0
  /// The variance of the number of failed requests: what expectation hides.
  package var spread = 0.0
  /// The same of the number of attempts.
  var attemptSpread = 0.0
  /// Estimated attempts that succeed.
  package var won = 0.0
  /// Standard deviation of the mean over runs, for replayed policies.
  package var simulationError = 0.0
  package var warnings: [PolicyFindings.CandidateWarning] = []

  init(blocks: Int, latency: WeightedLatencyHistogram, load: LoadBins) {
    failures = Array(repeating: 0, count: blocks)
    attempts = failures
    wasted = failures
    self.latency = latency
    self.load = load
  }

  /// Adds a request as it was logged; its first attempt is in the load already.
  package mutating func addLogged(_ log: borrowing CallLog, _ episode: Int, component: Int, block: Int) {
    let range = log.attempts(of: episode)
    if log.isRefused[episode] {
      exact += 1
      failures[block] += 1
      latency.add(log.duration[range.lowerBound], block: block, mass: 1)
      return
    }
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
  /// Requests that failed, and attempts, in all.
  var failed: Double { failures.reduce(0, +) }
  var made: Double { attempts.reduce(0, +) }

  package mutating func add(_ other: PolicySums) {
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

  package mutating func scale(by factor: Double) {
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
