// The failure rates that rerun policies are judged by, and which of them a build of each branch has to get past.

internal import Model
internal import Support

struct RerunFit {
  private struct Line: Hashable, Comparable {
    var test: String
    var configuration: String
    static func < (a: Line, b: Line) -> Bool { (a.test, a.configuration) < (b.test, b.configuration) }
  }

  /// Lines that a green build of a branch needs: all, or those of one configuration.
  private struct LineSet: Hashable {
    var branch: String
    var configuration: String?
  }

  /// What was seen of the lines with a trouble, over all branches: a flake does not know its branch.
  private var units: [Line: RerunPolicies.Unit] = [:]
  /// By cluster and configuration: tests that fail together.
  private var joint: [Line: FlakeRates.Counts] = [:]
  private var clusterOf: [String: String] = [:]
  /// By branch: the lines with a trouble that ran tonight, and how many of tonight's builds it has.
  private var branches: [String: Set<Line>] = [:]
  private var weights: [String: Int] = [:]
  private var sets: [LineSet] = []
  /// By set, by reruns.
  private var independent: [[Estimate]] = []
  private var clustered: [[Estimate]] = []

  /// - Parameters:
  ///   - timeline: the builds and steps.
  ///   - clusters: tests that fail together.
  ///   - verdicts: what is known of the lines.
  ///   - reruns: the most that are judged.
  init(_ timeline: TestTimeline, clusters: FailureClusters, verdicts: [LineVerdict], reruns: Int) {
    for cluster in clusters.clusters where cluster.basis == .coFailure || cluster.basis == .message {
      for test in cluster.tests where clusterOf[test] == nil { clusterOf[test] = cluster.id }
    }
    for build in timeline.builds[timeline.tonight...] where build.hasTests { weights[build.branch, default: 0] += 1 }
    var faults: [Line: [String: [ClosedRange<Int>]]] = [:]
    for verdict in verdicts {
      let line = Line(test: verdict.test, configuration: verdict.configuration)
      faults[line, default: [:]][verdict.branch] = verdict.faults
      branches[verdict.branch, default: []].insert(line)
    }
    count(timeline, faults)
    for branch in weights.keys.sorted() {
      sets.append(LineSet(branch: branch))
      let configurations = Set((branches[branch] ?? []).map(\.configuration))
      for configuration in configurations.sorted() {
        sets.append(LineSet(branch: branch, configuration: configuration))
      }
    }
    let seen = tests(timeline, inClusters: false)
    independent = FlakeRates(seen).green(sets: sets.count, reruns: reruns)
    clustered = independent
    if !clusterOf.isEmpty {
      clustered = FlakeRates(tests(timeline, inClusters: true)).green(sets: sets.count, reruns: reruns)
    }
  }

  /// Counts attempts and failures of every line with a trouble, faults and what lay elsewhere left aside.
  private mutating func count(_ timeline: TestTimeline, _ faults: [Line: [String: [ClosedRange<Int>]]]) {
    var together: [Line: [Int: Bool]] = [:]
    for track in timeline.tracks where track.hasTrouble {
      let line = Line(test: track.test, configuration: track.configuration)
      guard let known = faults[line] else { continue }
      var unit = RerunPolicies.Unit()
      var durations = 0
      for step in track.steps where step.ran && !step.isElsewhere && !step.isSettled {
        if known[timeline.builds[step.build].branch]?.contains(where: { $0.contains(step.build) }) ?? false { continue }
        unit.attempts += step.attempts
        unit.failures += min(step.failures, step.attempts)
        if step.duration > 0 {
          unit.duration += Double(step.duration)
          durations += 1
        }
        if let cluster = clusterOf[track.test] {
          let key = Line(test: cluster, configuration: track.configuration)
          let failed = together[key]?[step.build] ?? false
          together[key, default: [:]][step.build] = failed || step.firstFailures > 0
        }
      }
      if durations > 0 { unit.duration /= Double(durations) }
      units[line] = unit
    }
    for (key, builds) in together {
      joint[key] = FlakeRates.Counts(failures: builds.values.count { $0 }, attempts: builds.count)
    }
  }

  /// All tests of tonight as the model wants them: those with a trouble, their clusters in their place or not, and those
  /// that never had one.
  private func tests(_ timeline: TestTimeline, inClusters: Bool) -> [FlakeRates.Group: Int] {
    var seen: [String: [String: FlakeRates.Counts]] = [:]
    var ranIn: [String: Set<String>] = [:]
    for (branch, lines) in branches {
      for line in lines {
        guard let unit = units[line] else { continue }
        var name = line.test
        var counts = FlakeRates.Counts(failures: unit.failures, attempts: unit.attempts)
        if inClusters, let cluster = clusterOf[line.test] {
          // No test's name: a cluster's number has none of the parts of one.
          name = cluster
          counts = joint[Line(test: cluster, configuration: line.configuration)] ?? counts
        }
        ranIn[name, default: []].insert(branch)
        if counts.attempts > 0 { seen[name, default: [:]][line.configuration] = counts }
      }
    }
    var groups: [FlakeRates.Group: Int] = [:]
    for (test, own) in seen {
      var lines = own
      // Configurations on which it only passed, as often as on the others.
      let attempts = own.values.map(\.attempts).max() ?? 0
      for configuration in timeline.silentLines[test] ?? [] where lines[configuration] == nil {
        lines[configuration] = FlakeRates.Counts(failures: 0, attempts: attempts)
      }
      groups[group(lines, ranIn[test] ?? []), default: 0] += 1
    }
    // Earlier builds ran them as often as tonight's did.
    let builds = timeline.places.buildsByConfiguration()
    let all = timeline.builds.count(where: \.hasTests)
    let tonight = timeline.builds[timeline.tonight...].count(where: \.hasTests)
    let nights = Double(all) / Double(max(tonight, 1))
    for (configurations, tests) in timeline.silentTests {
      var lines: [String: FlakeRates.Counts] = [:]
      for configuration in configurations {
        let attempts = Int((Double(max(builds[configuration] ?? 1, 1)) * nights).rounded())
        lines[configuration] = FlakeRates.Counts(failures: 0, attempts: attempts)
      }
      groups[group(lines, Set(weights.keys)), default: 0] += tests
    }
    return groups
  }

  private func group(_ lines: [String: FlakeRates.Counts], _ branches: Set<String>) -> FlakeRates.Group {
    let configurations = lines.keys.sorted()
    return FlakeRates.Group(
      seen: configurations.map { lines[$0] ?? FlakeRates.Counts() },
      sets: sets.map { set in
        guard branches.contains(set.branch) else { return [] }
        return configurations.indices.filter { set.configuration == nil || configurations[$0] == set.configuration }
      })
  }

  /// The mean over tonight's builds.
  private func mean(_ estimate: (String) -> Estimate?) -> Estimate {
    var value: Double? = 0
    var (low, high, weight) = (0.0, 0.0, 0.0)
    for (branch, builds) in weights.sorted(by: { $0.key < $1.key }) {
      guard let own = estimate(branch) else { continue }
      let share = Double(builds)
      value = value.flatMap { sum in own.value.map { sum + share * $0 } }
      low += share * own.low
      high += share * own.high
      weight += share
    }
    guard weight > 0 else { return Estimate(nil, low: 0, high: 1) }
    return Estimate(value.map { $0 / weight }, low: low / weight, high: high / weight)
  }

  func green(reruns: Int, inClusters: Bool) -> Estimate {
    let known = inClusters ? clustered : independent
    return mean { branch in
      sets.firstIndex(of: LineSet(branch: branch)).map { known[$0][reruns] }
    }
  }

  func cost(reruns: Int) -> Estimate {
    mean { RerunPolicies.costs(units(of: $0, configuration: nil), reruns: reruns) }
  }

  private func units(of branch: String, configuration: String?) -> [RerunPolicies.Unit] {
    let lines = (branches[branch] ?? []).filter { configuration == nil || $0.configuration == configuration }
    return lines.sorted().compactMap { units[$0] }
  }

  /// The same for each configuration and branch; none where there is only one.
  func lines(reruns: Int) -> [TestFindings.RerunLine] {
    var found: [TestFindings.RerunLine] = []
    for (set, green) in zip(sets, independent) {
      guard let configuration = set.configuration else { continue }
      found.append(
        TestFindings.RerunLine(
          configuration: ForeignName(configuration), branch: ForeignName(set.branch), green: green[reruns],
          cost: RerunPolicies.costs(units(of: set.branch, configuration: configuration), reruns: reruns)))
    }
    return found.count > 1 ? found : []
  }
}
