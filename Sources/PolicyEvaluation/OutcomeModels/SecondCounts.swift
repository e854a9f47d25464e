// What one component was asked and answered, second by second.

/// Attempts of one component by the second in which they began.
struct SecondCounts: Sendable {
  /// Attempts made, those of them that were requests' first, and attempts that succeeded, by seconds since the origin.
  private(set) var bins: [Int64: (made: Int, first: Int, good: Int)] = [:]

  init(_ log: borrowing CallLog, _ range: Range<Int>, origin: Int64) {
    for episode in range {
      let attempts = log.attempts(of: episode)
      for i in attempts {
        var bin = bins[(log.start[i] - origin) / 1_000_000] ?? (0, 0, 0)
        bin.made += 1
        bin.first += i == attempts.lowerBound ? 1 : 0
        bin.good += log.failure[i] == 0 ? 1 : 0
        bins[(log.start[i] - origin) / 1_000_000] = bin
      }
    }
  }

  /// Seconds in which at most one attempt in twenty got through.
  var dead: Set<Int64> { Set(bins.filter { $0.value.good * 20 < $0.value.made && $0.value.made >= 3 }.keys) }
}
