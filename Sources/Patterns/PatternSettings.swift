// What a user can set about patterns, with its defaults.

package import Support

/// Settings of pattern learning: the `patterns:` part of a pipeline file.
package struct PatternSettings: Hashable, Sendable {
  /// Weight of the newest window in a pattern's expected latency, in (0, 1].
  package var learningRate = 0.1
  /// A window whose median departs from the expected latency by more than this share breaks the latency rule.
  package var tolerance = 0.5
  /// Occurrences at which a pattern counts as learned and is announced, once.
  package var learnedAt = 10
  /// Differences below this many microseconds never break a latency rule.
  package var latencyFloor: Int64 = 1_000
  /// How often a rule must hold among the learned occurrences.
  package var regularity = 0.995
  /// How often a rule must have been seen to hold before breaking it is reported.
  package var minimumSupport = 59
  /// Patterns and violations listed at most; the rest is counted.
  package var listed = 500

  package init() {}

  static let keys = [
    "learningRate", "tolerance", "learnedAt", "latencyFloor", "regularity", "minimumSupport", "listed",
  ]

  /// Reads the settings out of a configuration map; what cannot be accepted becomes a problem at its place.
  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    config.rejectUnknownKeys(Self.keys, problems: &problems)
    func number(_ key: String, _ range: ClosedRange<Double>, _ fallback: Double) -> Double {
      guard let node = config[key] else { return fallback }
      guard let text = node.scalar, let value = Double(text), range.contains(value) else {
        problems.append(
          ConfigProblem(at: node, "\(key) must be a number from \(range.lowerBound) to \(range.upperBound)"))
        return fallback
      }
      return value
    }
    learningRate = number("learningRate", 1e-6...1, learningRate)
    tolerance = number("tolerance", 0...1_000, tolerance)
    learnedAt = Int(number("learnedAt", 1...1e9, Double(learnedAt)))
    regularity = number("regularity", 0.5...1, regularity)
    minimumSupport = Int(number("minimumSupport", 1...1e9, Double(minimumSupport)))
    listed = Int(number("listed", 1...1e6, Double(listed)))
    if let node = config["latencyFloor"] {
      if let text = node.scalar, let floor = ConfigNode.duration(text) {
        latencyFloor = floor
      } else {
        problems.append(ConfigProblem(at: node, "latencyFloor must be a duration with its unit", suggestion: "1ms"))
      }
    }
  }
}
