// The failure rates that rerun policies are judged by, and which of them a build of each branch has to get past.

internal import Model
internal import Support

struct RerunFit {
  private struct Line: Hashable, Comparable {
    var test: String
    var configuration: String
    static func < (a: Line, b: Line) -> Bool { (a.test, a.configuration) < (b.test, b.configuration) }
  }

  /// By line, over all branches: a flake does not know its branch.
  private var units: [Line: RerunPolicies.Unit] = [:]
  /// By cluster and configuration: tests that fail together.
  private var joint: [Line: RerunPolicies.Unit] = [:]
  private var clusterOf: [String: String] = [:]
  /// By branch: the lines that ran tonight, and how many of tonight's builds it has.
  private var branches: [String: Set<Line>] = [:]
  private var weights: [String: Int] = [:]

  init(_ timeline: TestTimeline, clusters: FailureClusters, verdicts: [LineVerdict]) {
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
    var together: [Line: [Int: Bool]] = [:]
    for track in timeline.tracks where track.hasTrouble {
      let line = Line(test: track.test, configuration: track.configuration)
      guard let known = faults[line] else { continue }
      var unit = RerunPolicies.Unit()
      var durations = 0
      for step in track.steps where step.ran && !step.isElsewhere && !step.isSettled {
        if known[timeline.builds[step.build].branch]?.contains(where: { $0.contains(step.build) }) ?? false { continue }
        unit.builds += 1
        unit.failed += step.firstFailures
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
      var unit = RerunPolicies.Unit()
      unit.builds = builds.count
      unit.attempts = builds.count
      unit.failed = builds.values.count { $0 }
      unit.failures = unit.failed
      joint[key] = unit
    }
  }

  private func units(of branch: String, configuration: String?, inClusters: Bool) -> [RerunPolicies.Unit] {
    var found: [RerunPolicies.Unit] = []
    var seen: Set<Line> = []
    for line in (branches[branch] ?? []).sorted() where configuration == nil || line.configuration == configuration {
      if inClusters, let cluster = clusterOf[line.test] {
        let key = Line(test: cluster, configuration: line.configuration)
        if seen.insert(key).inserted, let unit = joint[key] { found.append(unit) }
      } else if let unit = units[line] {
        found.append(unit)
      }
    }
    return found
  }

  /// The mean over tonight's builds.
  private func mean(_ estimate: (String) -> Estimate) -> Estimate {
    var value: Double? = 0
    var (low, high, weight) = (0.0, 0.0, 0.0)
    for (branch, builds) in weights.sorted(by: { $0.key < $1.key }) {
      let own = estimate(branch)
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
    mean { RerunPolicies.estimate(units(of: $0, configuration: nil, inClusters: inClusters), reruns: reruns) }
  }

  func cost(reruns: Int) -> Estimate {
    mean { RerunPolicies.costs(units(of: $0, configuration: nil, inClusters: false), reruns: reruns) }
  }

  /// The same for each configuration and branch; none where there is only one.
  func lines(reruns: Int) -> [TestFindings.RerunLine] {
    var found: [TestFindings.RerunLine] = []
    for (branch, lines) in branches.sorted(by: { $0.key < $1.key }) {
      for configuration in Set(lines.map(\.configuration)).sorted() {
        let own = units(of: branch, configuration: configuration, inClusters: false)
        found.append(
          TestFindings.RerunLine(
            configuration: ForeignName(configuration), branch: ForeignName(branch),
            green: RerunPolicies.estimate(own, reruns: reruns), cost: RerunPolicies.costs(own, reruns: reruns)))
      }
    }
    return found.count > 1 ? found : []
  }
}
