// How long outages last when neither their beginning nor their end was seen, only the calls around them.

/// Turnbull's estimate of a distribution from intervals that hold the values (B. Turnbull, "The empirical distribution
/// function with arbitrarily grouped, censored and truncated data", 1976), by self-consistency.
package struct Turnbull: Hashable, Sendable {
  /// A stretch that holds mass, and how much; the last may be unbounded.
  package struct Mass: Hashable, Sendable {
    package var low: Double
    package var high: Double
    package var mass: Double
  }

  package static let rounds = 2000

  /// Ascending; the masses add up to 1.
  package private(set) var masses: [Mass] = []

  /// Intervals (low, high] that hold one value each; a high of infinity is right-censored, and low = high is exact.
  package init(_ intervals: [(low: Double, high: Double)]) {
    guard !intervals.isEmpty else { return }
    // Mass can only lie where a left end is followed by a right end with no other end between. An exact value begins just
    // below itself; at equal places right ends come before left ends, for intervals are open to the left.
    var ends: [(at: Double, order: Int)] = []
    for interval in intervals {
      let isExact = interval.low >= interval.high
      ends.append((isExact ? interval.high : interval.low, isExact ? 0 : 2))
      ends.append((interval.high, 1))
    }
    ends.sort { ($0.at, $0.order) < ($1.at, $1.order) }
    for (a, b) in zip(ends, ends.dropFirst()) where a.order != 1 && b.order == 1 {
      masses.append(Mass(low: a.at, high: b.at, mass: 0))
    }
    let holders = intervals.map { interval in
      masses.indices.filter { j in
        let mass = masses[j]
        guard mass.high <= interval.high else { return false }
        // An exact value lies strictly above the left end, or is the interval itself.
        if mass.low < mass.high { return interval.low <= mass.low }
        return interval.low < mass.high || interval.low >= interval.high && interval.high == mass.high
      }
    }
    var p = [Double](repeating: 1 / Double(max(masses.count, 1)), count: masses.count)
    for _ in 0..<Self.rounds {
      var next = [Double](repeating: 0, count: p.count)
      for held in holders {
        let total = held.reduce(0) { $0 + p[$1] }
        guard total > 0 else { continue }
        for j in held { next[j] += p[j] / total }
      }
      let sum = next.reduce(0, +)
      guard sum > 0 else { break }
      var change = 0.0
      for j in p.indices {
        let value = next[j] / sum
        change = max(change, abs(value - p[j]))
        p[j] = value
      }
      if change < 1e-12 { break }
    }
    for j in masses.indices { masses[j].mass = p[j] }
  }

  /// P(value > time), with the mass of a stretch at its upper end.
  package func survival(_ time: Double) -> Double {
    max(0, 1 - masses.reduce(0) { $0 + ($1.high <= time ? $1.mass : 0) })
  }

  /// The stretch in which the distribution crosses one half, nil where it never does.
  package var median: (low: Double, high: Double)? {
    var sum = 0.0
    for mass in masses {
      sum += mass.mass
      if sum >= 0.5 - 1e-9 { return mass.high.isFinite ? (mass.low, mass.high) : nil }
    }
    return nil
  }
}
