// The conclude side of the test analysis: partial and history in, findings, incidents and tonight's history out.

package import Core

/// Everything the night's tests came to.
package struct TestConclusion: Sendable {
  package var findings: TestFindings
  package var incidents: [Incident]
  /// Tonight, as the history shall keep it.
  package var night: TestHistory.Night
  /// Classes or suites with at least one test.
  package var components: Int
}

package enum TestAnalysis {
  /// How many tests the lists of slow and of quarantined tests hold.
  private static let listed = 20
  /// A flaky test costs enough to be set aside where it surely fails at least this often.
  private static let quarantineRate = 0.02

  /// Draws the conclusions.
  ///
  /// - Parameters:
  ///   - partial: all partials merged.
  ///   - history: earlier nights, empty where there are none.
  ///   - date: tonight's key in the history.
  ///   - outages: when the night's traces saw components fail.
  ///   - window: the night's first and last record, microseconds since the epoch, for failures without a time.
  /// - Returns: empty findings where there were no reports.
  package static func conclude(
    _ partial: TestPartial, history: TestHistory = TestHistory(), date: String = "", outages: [OutageWindow] = [],
    window: (start: Int64, end: Int64) = (0, 0)
  ) -> TestConclusion {
    var timeline = TestTimeline(partial: partial, history: history)
    let clusters = FailureClusters(timeline, outages: outages)
    timeline.markCollateral(clusters.collateral)
    var verdicts: [TestVerdict] = []
    // A test that never failed is neither flaky nor broken.
    for track in timeline.tracks where track.hasTrouble && !track.steps(from: timeline.tonight).isEmpty {
      verdicts.append(Flakiness.judge(track.test, track.steps, timeline))
    }
    let byName = Dictionary(verdicts.map { ($0.test, $0) }, uniquingKeysWith: { first, _ in first })

    var findings = TestFindings()
    findings.files = timeline.files.sorted { $0.path < $1.path }
    count(timeline, into: &findings)
    findings.flaky = verdicts.filter { !$0.basis.isEmpty }.map {
      TestFindings.FlakyTest(
        test: $0.test, basis: $0.basis, attempts: $0.attempts, failures: $0.failedAttempts, lowerBound: $0.lowerBound,
        evidence: $0.evidence)
    }.sorted { ($1.lowerBound, $0.test) < ($0.lowerBound, $1.test) }
    findings.clusters = clusters.clusters.filter { $0.tests.count >= 2 }.map {
      TestFindings.Cluster(
        id: $0.id, signature: $0.signature, basis: $0.basis, tests: $0.tests, evidence: $0.evidence)
    }
    findings.rerunPolicies = RerunPolicies.evaluate(timeline, clusters: clusters, verdicts: byName)
    findings.newlyFailing = verdicts.compactMap { verdict in
      guard let since = verdict.brokenSince else { return nil }
      return TestFindings.NewFailure(
        test: verdict.test, since: timeline.builds[since].label, evidence: verdict.evidence)
    }
    let broken = Set(findings.newlyFailing.map(\.test))
    findings.quarantine = findings.flaky.filter { $0.lowerBound >= quarantineRate && !broken.contains($0.test) }
      .prefix(listed).map(\.test)
    findings.slowest = slowest(timeline)
    let incidents = TestIncidents.make(clusters, verdicts, timeline, history: history, window: window)
    return TestConclusion(
      findings: findings, incidents: incidents, night: night(timeline, clusters, date: date),
      components: components(timeline))
  }

  /// Counts tests by how they ended after their last attempt; the worst of several builds counts.
  private static func count(_ timeline: TestTimeline, into findings: inout TestFindings) {
    for file in findings.files { findings.attempts += file.attempts }
    for track in timeline.tracks {
      let tonight = track.steps(from: timeline.tonight)
      guard let worst = tonight.map(\.outcome).max(by: { AttemptModel.severity($0) < AttemptModel.severity($1) }) else {
        continue
      }
      findings.tests += 1
      switch worst {
      case .passed: findings.passed += 1
      case .failed: findings.failed += 1
      case .error: findings.errors += 1
      case .skipped: findings.skipped += 1
      case .notRun: findings.notRun += 1
      }
    }
  }

  private static func slowest(_ timeline: TestTimeline) -> [TestFindings.Cost] {
    var costs: [TestFindings.Cost] = []
    for track in timeline.tracks {
      let tonight = track.steps(from: timeline.tonight)
      let total = tonight.reduce(Int64(0)) { $0.addingSaturated($1.duration) }
      guard total > 0 else { continue }
      costs.append(TestFindings.Cost(test: track.test, total: total, attempts: tonight.reduce(0) { $0 + $1.attempts }))
    }
    costs.sort { ($1.total, $0.test) < ($0.total, $1.test) }
    return Array(costs.prefix(listed))
  }

  /// Classes or suites: what stands before the first ` > ` of a test's name.
  private static func components(_ timeline: TestTimeline) -> Int {
    var owners: Set<Substring> = []
    var last: Substring = ""
    for track in timeline.tracks where !track.steps(from: timeline.tonight).isEmpty {
      let owner = TestIdentity.owner(of: track.test)
      // Tests are sorted: an owner's stand mostly together.
      if owner != last || owners.isEmpty {
        owners.insert(owner)
        last = owner
      }
    }
    return owners.count
  }

  /// Nights of more builds than this are kept as sums.
  private static let longestSequence = 256

  private static func sequence(of steps: ArraySlice<TestStep>, first: Int, count: Int) -> String {
    var letters = [Character](repeating: "-", count: count)
    for step in steps where step.ran {
      let letter: Character =
        step.isCollateral ? "C" : step.isFlaky ? "R" : step.isFailure ? "F" : "P"
      letters[step.build - first] = letter
    }
    return String(letters)
  }

  private static func night(
    _ timeline: TestTimeline, _ clusters: FailureClusters, date: String
  ) -> TestHistory.Night {
    let clusterOf = Dictionary(
      clusters.clusters.flatMap { cluster in cluster.tests.map { ($0, cluster.id) } },
      uniquingKeysWith: { first, _ in first })
    let revisions = Set(timeline.builds[timeline.tonight...].map(\.revision))
    var night = TestHistory.Night(night: date, revision: revisions.count == 1 ? revisions.first ?? "" : "")
    let builds = timeline.builds[timeline.tonight...]
    night.builds = builds.map(\.label)
    for track in timeline.tracks {
      let test = track.test
      let tonight = track.steps(from: timeline.tonight)
      guard let worst = tonight.map(\.outcome).max(by: { AttemptModel.severity($0) < AttemptModel.severity($1) }) else {
        continue
      }
      let own = tonight.filter { !$0.isCollateral }
      let counted = own.isEmpty ? Array(tonight) : own
      var outcome = TestHistory.Outcome(test: test, outcome: worst)
      outcome.attempts = counted.reduce(0) { $0 + $1.attempts }
      outcome.failures = counted.reduce(0) { $0 + $1.failures }
      outcome.builds = counted.reduce(0) { $0 + $1.builds }
      outcome.firstFailures = counted.reduce(0) { $0 + $1.firstFailures }
      outcome.duration = tonight.reduce(0) { $0.addingSaturated($1.duration) }
      outcome.cluster = tonight.contains { $0.failures > 0 } ? clusterOf[test] ?? "" : ""
      outcome.isCollateral = own.isEmpty
      if builds.count <= longestSequence {
        outcome.sequence = sequence(of: tonight, first: timeline.tonight, count: builds.count)
      }
      night.tests.append(outcome)
    }
    return night
  }
}
