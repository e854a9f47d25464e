// Which lines failed at the end of the night, since when, and as what; which broke tonight and which were repaired.

internal import Model
internal import Support

struct FailingTests {
  private(set) var failing: [TestFindings.FailingTest] = []
  private(set) var new: [TestFindings.NewFailure] = []
  private(set) var fixed: [TestFindings.Fix] = []
  private(set) var flaky: [TestFindings.FlakyTest] = []

  private let timeline: TestTimeline
  private let firstFailures: FirstFailures
  private var clusterOf: [String: FindingID] = [:]

  init(_ timeline: TestTimeline, _ verdicts: [LineVerdict], _ clusters: FailureClusters) {
    self.timeline = timeline
    firstFailures = FirstFailures(verdicts, tonight: timeline.tonight)
    for cluster in clusters.clusters.reversed() where cluster.tests.count >= 2 {
      for test in cluster.tests { clusterOf[test] = FindingID(cluster.id) }
    }
    for verdict in verdicts { add(verdict, traced: clusters) }
    failing.sort { $0.line < $1.line }
    new.sort { $0.line < $1.line }
    flaky.sort { ($1.lowerBound, $0.line) < ($0.lowerBound, $1.line) }
    // One repair is one, on however many lines.
    fixed.sort { ($0.line.test, $0.since, $0.line) < ($1.line.test, $1.since, $1.line) }
    var seen: Set<[String]> = []
    fixed = fixed.filter { seen.insert([$0.line.test.text, $0.since.text]).inserted }
  }

  private func label(_ build: Int?) -> ForeignName? { build.map { ForeignName(timeline.builds[$0].label) } }

  private mutating func add(_ verdict: LineVerdict, traced: FailureClusters) {
    if let basis = verdict.basis {
      var found = TestFindings.FlakyTest(
        line: verdict.line, basis: basis, attempts: verdict.attempts, failures: verdict.failedAttempts,
        lowerBound: verdict.lowerBound, rate: verdict.failedShare, evidence: verdict.evidence(timeline))
      found.lastSeen = label(verdict.lastFailed)
      found.history = history(of: verdict)
      flaky.append(found)
    }
    if let since = verdict.fixedSince, let name = label(since) {
      fixed.append(TestFindings.Fix(line: verdict.line, since: name))
    }
    guard let last = verdict.last, last.isFailure else { return }
    let status = status(verdict, last, traced)
    let note = last.failure
    var found = TestFindings.FailingTest(
      line: verdict.line, status: status, failedBuilds: max(verdict.failedBuilds, 1), builds: max(verdict.builds, 1),
      message: ForeignText(note.map { $0.raw.isEmpty ? $0.type : $0.raw } ?? ""), evidence: verdict.evidence(timeline))
    if status != .setup, status != .flaky, status != .collateral {
      found.since = label(verdict.tailSince)
      found.lastPassed = label(verdict.lastPassed)
      if let builds = timeline.buildsOfOneRevision(verdict) {
        (found.sinceBuild, found.lastPassedBuild) = (builds.since, builds.passed)
      }
    }
    if let note, !note.file.isEmpty {
      found.place = TestFindings.CodePlace(file: ForeignName(note.file), line: note.line)
    }
    found.cluster = clusterOf[verdict.test]
    found.history = history(of: verdict)
    let isBreak = firstFailures.isBreak(verdict)
    if status == .new, !isBreak {
      found.doubt = TestFindings.Doubt(flaky: firstFailures.flaky, broken: firstFailures.broken)
    }
    failing.append(found)
    // What was too little to tell the night before is news when it tells.
    let isNews = status == .new || status == .ongoing && verdict.lastPassed != nil && !firstFailures.wasBreak(verdict)
    if isNews, isBreak, let since = found.since {
      var broken = TestFindings.NewFailure(line: verdict.line, since: since, evidence: found.evidence)
      broken.lastPassed = found.lastPassed
      new.append(broken)
    }
  }

  /// Builds that a strip shows.
  private static let shown = 40

  /// What a line did in the last builds of its branch.
  private func history(of verdict: LineVerdict) -> [TestFindings.Mark] {
    let steps = timeline[verdict.test].first { $0.configuration == verdict.configuration }?.steps ?? []
    var marks: [Int: TestFindings.Mark] = [:]
    for step in steps where step.ran || step.isSetup {
      marks[step.build] =
        step.isFailure
        ? step.isElsewhere ? .elsewhere : .failed : step.isFlaky || step.failures > 0 ? .flaky : .passed
    }
    let own = timeline.builds.indices.filter { timeline.builds[$0].branch == verdict.branch }.suffix(Self.shown)
    return own.drop { marks[$0] == nil }.map { marks[$0] ?? .absent }
  }

  private func status(
    _ verdict: LineVerdict, _ last: TestStep, _ clusters: FailureClusters
  ) -> TestFindings.FailingTest.Status {
    if last.isSetup { return .setup }
    if last.isParent { return .collateral }
    if last.isCollateral, clusters.isOutage(verdict.test, last.build) { return .collateral }
    if verdict.neverPassed {
      if verdict.basis != nil { return .flaky }
      let others = timeline.passing[verdict.test] ?? []
      return others.contains { $0 != verdict.configuration } ? .configuration : .ongoing
    }
    if verdict.basis != nil, !verdict.isBroken || last.isFlaky { return .flaky }
    guard let since = verdict.tailSince else { return .ongoing }
    return since >= timeline.tonight ? .new : .ongoing
  }
}
