// What one component was asked and answered, second by second.
internal import Support

/// Attempts of one component by the second in which they began, or by stretches of several seconds.
struct SecondCounts: Sendable {
  /// Attempts made, those of them that were requests' first, and attempts that succeeded, by stretches since the origin.
  private(set) var bins: [Int64: (made: Int, first: Int, good: Int)] = [:]
  /// Seconds of a stretch.
  let width: Int64

  /// Requests that usually come in a stretch that tells anything about load.
  private static let least = 5

  init(_ log: borrowing CallLog, _ range: Range<Int>, origin: Int64, width: Int64 = 1) {
    self.width = max(width, 1)
    let length = self.width.multipliedReportingOverflow(by: 1_000_000).partialValue
    for episode in range {
      let attempts = log.attempts(of: episode)
      for i in attempts {
        var bin = bins[(log.start[i] - origin) / length] ?? (0, 0, 0)
        bin.made += 1
        bin.first += i == attempts.lowerBound ? 1 : 0
        bin.good += log.failure[i] == 0 ? 1 : 0
        bins[(log.start[i] - origin) / length] = bin
      }
    }
  }

  /// The stretches that load is judged by: seconds, or as many of them as it takes for five requests to come, the rate below
  /// which no response to load is fitted either (`LoadResponse`).
  static func width(_ log: borrowing CallLog, _ range: Range<Int>) -> Int64 {
    guard let first = range.first, let last = range.last else { return 1 }
    let seconds = log.arrival[last].subtractingSaturated(log.arrival[first]) / 1_000_000 + 1
    return min(max((seconds * Int64(least) + Int64(range.count) - 1) / Int64(range.count), 1), 1_000_000_000)
  }

  /// Stretches in which at most one attempt in twenty got through.
  var dead: Set<Int64> { Set(bins.filter { $0.value.good * 20 < $0.value.made && $0.value.made >= 3 }.keys) }
}
