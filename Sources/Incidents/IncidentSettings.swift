package import Support

/// What the cascade analysis may be told: the `reflex:` section of a pipeline file.
///
/// Times and durations are microseconds.
package struct IncidentSettings: Hashable, Sendable {
  /// How long a failure counts in the reflex gate.
  package var window: Int64 = 1_000_000
  /// How many components must fail within the window for the gate to act.
  package var components = 3
  /// The share of a component's requests that must fail for it to count as failing, in [0, 1].
  package var errorRate = 0.1
  /// The fewest requests in the window that an error rate is believed of.
  package var minimumRequests = 1
  /// The breaker that the decision of an incident is replayed with: so many failures within a period open it, all probes
  /// must succeed.
  package var breaker = Self.usualBreaker
  /// The fewest failed requests that make an incident.
  package var minimumFailures = 5
  /// How long nothing must happen before an incident is closed.
  package var quiet: Int64 = 120_000_000
  /// How far apart in time the onsets of one incident may lie.
  package var propagation: Int64 = 120_000_000
  /// Times known to be healthy; where given, they alone are the baseline.
  package var baseline: [Range<Int64>] = []
  package var constants = DecidingConstants()

  package init() {}

  /// Reads the section; what cannot be accepted is named in `problems` and left at its default.
  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    config.rejectUnknownKeys(
      [
        "window", "components", "errorRate", "minimumRequests", "minimumFailures", "quiet", "propagation", "baseline",
        "breaker",
      ], problems: &problems)
    window = config.duration("window", default: window, &problems)
    components = config.integer("components", default: components, least: 1, &problems)
    errorRate = config.share("errorRate", default: errorRate, &problems)
    minimumRequests = config.integer("minimumRequests", default: minimumRequests, least: 1, &problems)
    minimumFailures = config.integer("minimumFailures", default: minimumFailures, least: 1, &problems)
    quiet = config.duration("quiet", default: quiet, &problems)
    propagation = config.duration("propagation", default: propagation, &problems)
    if let node = config["breaker"] { breaker = Self.breaker(config: node, problems: &problems) }
    if let node = config["baseline"] { baseline = Self.ranges(node, &problems) }
  }

  private static func ranges(_ node: ConfigNode, _ problems: inout [ConfigProblem]) -> [Range<Int64>] {
    var ranges: [Range<Int64>] = []
    for item in node.list ?? [node] {
      let ends = item.scalar?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
      if ends.count == 2, let start = Timestamp(rfc3339: ends[0]), let end = Timestamp(rfc3339: ends[1]), start < end {
        ranges.append(start.microseconds..<end.microseconds)
      } else {
        problems.append(ConfigProblem(at: item, "expected START/END, two RFC 3339 times, the earlier one first"))
      }
    }
    return ranges
  }
}

extension IncidentSettings {
  /// The failures within its period that open the breaker; as many calls that fail within a millisecond count as an open one's.
  package var failuresToOpen: Int {
    guard case .failures(let count, _) = breaker.window else { return 1 }
    return count
  }

  private static let usual = (failures: 5, period: Int64(60_000_000), reset: Int64(30_000_000), probes: 1)
  private static let usualBreaker = BreakerSettings(
    window: .failures(usual.failures, within: usual.period), open: usual.reset, probes: usual.probes)

  private static func breaker(config: ConfigNode, problems: inout [ConfigProblem]) -> BreakerSettings {
    config.rejectUnknownKeys(["failures", "period", "reset", "probes"], problems: &problems)
    let failures = config.integer("failures", default: usual.failures, least: 1, &problems)
    let period = config.duration("period", default: usual.period, &problems)
    return BreakerSettings(
      window: .failures(failures, within: period), open: config.duration("reset", default: usual.reset, &problems),
      probes: config.integer("probes", default: usual.probes, least: 1, &problems))
  }
}

extension ConfigNode {
  fileprivate func duration(_ key: String, default value: Int64, _ problems: inout [ConfigProblem]) -> Int64 {
    guard let node = self[key] else { return value }
    if let duration = node.scalar.flatMap(Self.duration), duration > 0 { return duration }
    problems.append(ConfigProblem(at: node, "\(key) must be a duration above zero, such as 30s"))
    return value
  }

  fileprivate func integer(
    _ key: String, default value: Int, least: Int, _ problems: inout [ConfigProblem]
  ) -> Int {
    guard let node = self[key] else { return value }
    if let number = node.scalar.flatMap({ Int($0) }), number >= least { return number }
    problems.append(ConfigProblem(at: node, "\(key) must be a whole number of at least \(least)"))
    return value
  }

  fileprivate func share(_ key: String, default value: Double, _ problems: inout [ConfigProblem]) -> Double {
    guard let node = self[key] else { return value }
    if let number = node.scalar.flatMap({ Double($0) }), number >= 0, number <= 1 { return number }
    problems.append(ConfigProblem(at: node, "\(key) must be a share between 0 and 1"))
    return value
  }
}
