// The room TestAnalysis: what test results say: attempts, flakiness, new failures, failures that belong together, what
// reruns are worth.
// It never calls a test flaky or broken on a single failure, and never reads a trace.

// The conclude side of the test analysis: partial and history in, findings, incidents and tonight's history out.

package import Model

/// Everything the night's tests came to.
package struct TestConclusion: Sendable {
  package var findings: TestFindings
  package var incidents: [Incident]
  /// Tonight, as the history shall keep it.
  package var night: TestHistory.Night
  /// Classes or suites with at least one test.
  package var components: Int
  /// What had no room within the memory that the run may take, by name: how much, and what became of it.
  package var limits: [String: String] = [:]

  package init(
    findings: TestFindings, incidents: [Incident], night: TestHistory.Night, components: Int,
    limits: [String: String] = [:]
  ) {
    self.findings = findings
    self.incidents = incidents
    self.night = night
    self.components = components
    self.limits = limits
  }
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
  ///   - limits: what bounds the memory.
  /// - Returns: empty findings where there were no reports.
  /// - Throws: `CaseFailure` where cases that were put away cannot be read back.
  package static func conclude(
    _ partial: TestPartial, history: TestHistory = TestHistory(), date: String = "", outages: [OutageWindow] = [],
    window: (start: Int64, end: Int64) = (0, 0), limits: TestLimits = TestLimits()
  ) throws(CaseFailure) -> TestConclusion {
    var timeline = try TestTimeline(partial: partial, history: history, limits: limits, slowest: listed)
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
    findings.slowest = timeline.tally.slowest
    let incidents = TestIncidents.make(clusters, verdicts, timeline, history: history, window: window)
    return TestConclusion(
      findings: findings, incidents: incidents,
      night: limits.keepsNight ? timeline.night(clusters, date: date) : TestHistory.Night(night: date),
      components: timeline.tally.components, limits: cut(timeline))
  }

  /// Counts tests by how they ended after their last attempt; the worst of several builds counts.
  private static func count(_ timeline: TestTimeline, into findings: inout TestFindings) {
    for file in findings.files { findings.attempts += file.attempts }
    findings.tests = timeline.tally.tests
    findings.passed = timeline.tally.passed
    findings.failed = timeline.tally.failed
    findings.errors = timeline.tally.errors
    findings.skipped = timeline.tally.skipped
    findings.notRun = timeline.tally.notRun
  }

  private static func cut(_ timeline: TestTimeline) -> [String: String] {
    var limits: [String: String] = [:]
    if timeline.cutTracks > 0 {
      limits["failingTests"] =
        "\(timeline.cutTracks) of \(timeline.cutTracks + timeline.tracks.count) tests that had a failure, or a reason not to run, found no room in "
        + "limits.memory: they are counted, but in no list, cluster or incident"
    }
    if timeline.cutRows > 0 {
      limits["testHistory"] =
        "\(timeline.cutRows) tests of tonight found no room in limits.memory: the history does not know them"
    }
    return limits
  }
}
