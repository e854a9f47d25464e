// The expected latency of a pattern: an average that forgets, and the tolerance around it.

/// An exponentially weighted average of latencies, in doubles: a floor of an integer average never moves by small steps.
package struct LatencyExpectation: Hashable, Sendable {
  /// Microseconds; nil before the first latency.
  package private(set) var expected: Double?
  /// Weight of the newest latency.
  package let learningRate: Double
  /// Accepted departure as a share of the expectation.
  package let tolerance: Double
  /// Microseconds. Expectations below it are taken as it, and smaller departures are accepted.
  package let floor: Int64

  package init(_ settings: PatternSettings, expected: Double? = nil) {
    self.expected = expected
    learningRate = settings.learningRate
    tolerance = settings.tolerance
    floor = settings.latencyFloor
  }

  /// Learns a latency; the first one is the expectation.
  package mutating func learn(_ latency: Double) {
    expected = expected.map { $0 + learningRate * (latency - $0) } ?? latency
  }

  /// The expectation rounded to whole microseconds.
  package var microseconds: Int64? { expected.map { Int64($0.rounded()) } }

  /// The departure of a latency as a signed share of the expectation, finite also where that is zero.
  package func deviation(of latency: Double) -> Double? {
    expected.map { (latency - $0) / max($0, Double(max(floor, 1))) }
  }

  /// Whether a latency departs by more than the tolerance, and by more than the floor.
  package func isBroken(by latency: Double) -> Bool {
    guard let expected, let deviation = deviation(of: latency) else { return false }
    return abs(deviation) > tolerance && abs(latency - expected) >= Double(floor)
  }
}
