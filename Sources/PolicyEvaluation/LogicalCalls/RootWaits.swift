// How long after a failure another attempt comes, in bins.
internal import Glibc
internal import Support

/// Waits in bins, each a quarter longer than the one before it. Times are seconds.
struct RootWaits {
  let longest: Double
  fileprivate let edges: [Double]
  var count: Int { edges.count - 1 }

  init(longest: Double) {
    self.longest = longest
    var edges = [0.0, 0.001]
    while let last = edges.last, last * 1.25 < longest { edges.append(last * 1.25) }
    self.edges = edges + [max(longest, 0.002)]
  }

  func bin(_ wait: Double) -> Int { min(max(edges.partitioningIndex { $0 > wait } - 1, 0), count - 1) }

  /// Calls in each bin after a failure beyond those after a success, a call.
  ///
  /// - Parameter calls: by their starts.
  /// - Returns: by bin, at least 0.
  /// - Complexity: O(calls · bins · log calls), however many come within the longest wait: a burst may hold all of them.
  func excess(_ calls: [RootClusters.Call]) -> [Double] {
    var counts = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
    let starts = calls.map(\.start)
    for call in calls {
      var first = starts.partitioningIndex { $0 >= call.end }
      for bin in 0..<count {
        let end = min(edges[bin + 1], longest)
        let next = starts[first...].partitioningIndex { $0 - call.end >= end }
        counts[call.failed ? 1 : 0][bin] += Double(next - first)
        first = next
      }
    }
    let failures = Double(max(calls.count { $0.failed }, 1))
    let others = Double(max(calls.count { !$0.failed }, 1))
    return (0..<count).map { max(counts[1][$0] / failures - counts[0][$0] / others, 0) }
  }

  /// The law of a wait: counts smoothed by those beside them, a part of it spread evenly over the logarithm of waits.
  func law(_ counts: [Double], floor: Double) -> Law {
    let smooth = counts.indices.map { k in
      counts[k] + 0.5 * (k > 0 ? counts[k - 1] : 0) + 0.5 * (k + 1 < count ? counts[k + 1] : 0)
    }
    let total = smooth.reduce(0, +)
    let all = Glibc.log(longest / 0.001)
    let density = smooth.indices.map { k in
      let width = edges[k + 1] - edges[k]
      let spread = floor / max(all, 1) / max((edges[k] + edges[k + 1]) / 2, 0.001)
      return (total > 0 ? (1 - floor) * smooth[k] / total / width : 0) + spread
    }
    return Law(waits: self, density: density)
  }

  struct Law {
    private let waits: RootWaits
    private let density: [Double]
    /// The part of the law beyond each edge.
    private let beyond: [Double]

    init(waits: RootWaits, density: [Double]) {
      (self.waits, self.density) = (waits, density)
      let edges = waits.edges
      var beyond = [Double](repeating: 0, count: edges.count)
      for k in density.indices.reversed() { beyond[k] = beyond[k + 1] + density[k] * (edges[k + 1] - edges[k]) }
      self.beyond = beyond
    }

    /// How likely the next attempt comes now, a second, where it has not come before.
    func rate(_ wait: Double) -> Double {
      let k = waits.bin(max(wait, 0))
      let left = beyond[k] - density[k] * (max(wait, 0) - waits.edges[k])
      return density[k] / max(left, 1e-3 * beyond[0])
    }
  }
}
