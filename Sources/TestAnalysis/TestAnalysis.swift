// The room TestAnalysis: what test results say: attempts, flakiness, new failures, failures that belong together, what
// reruns are worth.
// It never calls a test flaky or broken on a single failure, and never reads a trace.

// The conclude side of the test analysis: partial and history in, findings, incidents and tonight's history out.

package import Model
package import Support

/// Everything the night's tests came to.
package struct TestConclusion: Sendable {
  package var findings: TestFindings
  package var incidents: [Incident]
  /// Tonight, as the history shall keep it.
  package var night: TestHistory.Night
  /// Classes or suites with at least one test.
  package var components: Int
  /// Reports that told what another one of their build had told.
  package var copies: [String] = []
  /// What had no room within the memory that the run may take, by name: how much, and what became of it.
  package var limits: [OwnName: MessageText] = [:]

  package init(
    findings: TestFindings, incidents: [Incident], night: TestHistory.Night, components: Int,
    limits: [OwnName: MessageText] = [:]
  ) {
    self.findings = findings
    self.incidents = incidents
    self.night = night
    self.components = components
    self.limits = limits
  }
}

package enum TestAnalysis {
  /// How many tests the list of slow ones holds.
  private static let listed = 20

  /// Draws the conclusions.
  ///
  /// - Parameters:
  ///   - partial: all partials merged.
  ///   - history: earlier nights, empty where there are none.
  ///   - date: tonight's key in the history.
  ///   - outages: when the night's traces saw components fail.
  ///   - window: the night's first and last record, microseconds since the epoch, for failures without a time.
  ///   - limits: what bounds the memory.
  ///   - quarantine: the quarantine that was read, empty where none was.
  /// - Returns: empty findings where there were no reports.
  /// - Throws: `FileFailure` where cases that were put away cannot be read back.
  package static func conclude(
    _ partial: TestPartial, history: TestHistory = TestHistory(), date: String = "", outages: [OutageWindow] = [],
    window: (start: Int64, end: Int64) = (0, 0), limits: TestLimits = TestLimits(),
    quarantine: Quarantine = Quarantine()
  ) throws(FileFailure) -> TestConclusion {
    var timeline = try TestTimeline(partial: partial, history: history, limits: limits, slowest: listed)
    timeline.markParents()
    let clusters = FailureClusters(timeline, outages: outages)
    timeline.markCollateral(clusters.collateral)
    let verdicts = LineJudge(timeline).verdicts()

    var findings = TestFindings()
    findings.files = timeline.files.sorted { $0.path < $1.path }
    count(timeline, into: &findings)
    findings.isOrderKnown = timeline.isOrderKnown
    findings.configurations = timeline.places.configurations.filter { !$0.isEmpty }.map { ForeignName($0) }
    findings.builds = BuildSummary.builds(timeline)
    let failures = FailingTests(timeline, verdicts, clusters)
    findings.failing = failures.failing
    findings.newlyFailing = failures.new
    findings.fixed = failures.fixed
    findings.flaky = failures.flaky
    timeline.changes.add(to: &findings, timeline)
    findings.clusters = clusters.clusters.filter { $0.tests.count >= 2 }.map { cluster in
      var found = TestFindings.Cluster(
        id: FindingID(cluster.id), signature: ForeignText(cluster.signature), basis: cluster.basis,
        tests: cluster.tests.map { ForeignName($0) }, evidence: cluster.evidence)
      found.example = ForeignText(cluster.example)
      found.builds = cluster.builds.map { ForeignName(timeline.builds[$0].label) }
      return found
    }
    findings.rerunPolicies = RerunPolicies.evaluate(timeline, clusters: clusters, verdicts: verdicts)
    quarantine.judge(verdicts, timeline, date: date, into: &findings)
    findings.slowest = timeline.tally.slowest
    findings.maskedNames = timeline.maskedNames
    let incidents = TestIncidents.make(clusters, verdicts, timeline, history: history, window: window)
    var conclusion = TestConclusion(
      findings: findings, incidents: incidents, night: TestHistory.Night(night: date),
      components: timeline.tally.components)
    if limits.keepsNight { conclusion.night = timeline.night(clusters, date: date) }
    conclusion.limits = cut(timeline)
    conclusion.copies = timeline.copies
    return conclusion
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

  private static func cut(_ timeline: TestTimeline) -> [OwnName: MessageText] {
    var limits: [OwnName: MessageText] = [:]
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
