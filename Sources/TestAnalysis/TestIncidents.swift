// Clusters and regressions as incidents, like every other trouble of the night.

internal import Model
internal import Support

enum TestIncidents {
  static func make(
    _ clusters: FailureClusters, _ verdicts: [LineVerdict], _ timeline: TestTimeline, history: TestHistory,
    window: (start: Int64, end: Int64)
  ) -> [Incident] {
    var incidents = clusters.clusters.filter { $0.tests.count >= 2 || $0.basis == .declared }.map {
      incident(of: $0, timeline, history: history, window: window)
    }
    var bySince: [Int: [LineVerdict]] = [:]
    let firstFailures = FirstFailures(verdicts, tonight: timeline.tonight)
    for verdict in verdicts
    where verdict.isBroken && verdict.last?.isElsewhere == false && firstFailures.isBreak(verdict) {
      if let since = verdict.tailSince { bySince[since, default: []].append(verdict) }
    }
    for (since, broken) in bySince.sorted(by: { $0.key < $1.key }) {
      incidents.append(regression(broken, since: since, timeline, window: window))
    }
    return incidents
  }

  /// When these builds were; the night's window where other records tell one. Reports without time stamps tell no more.
  private static func around(
    _ builds: ArraySlice<Int>, _ timeline: TestTimeline, _ window: (start: Int64, end: Int64)
  ) -> (start: Int64, end: Int64) {
    guard window == (0, 0) else { return window }
    let moments = builds.compactMap { timeline.builds[$0].moment }
    return (moments.min() ?? 0, moments.max() ?? 0)
  }

  private static func incident(
    of cluster: FailureClusters.Cluster, _ timeline: TestTimeline, history: TestHistory,
    window: (start: Int64, end: Int64)
  ) -> Incident {
    let around = around(cluster.builds[...], timeline, window)
    var incident = Incident(
      kind: .testFailureCluster, start: cluster.start == .min ? around.start : cluster.start,
      end: cluster.end == .min ? around.end : cluster.end)
    incident.fingerprint = FindingID(cluster.id)
    incident.id = FindingID(cluster.id)
    let before = history.nights.contains { $0.clusters.contains(cluster.id) }
    incident.status = before ? .recurring : .new
    incident.severity = cluster.tests.count >= 10 ? .major : .minor
    let count = cluster.tests.count
    let grouping = TestGrouping(rawValue: cluster.basis.rawValue) ?? .message
    let signature = ForeignText(cluster.signature)
    incident.trigger = .tests(.signature(signature))
    // What groups them is the masked message; what is shown is one of them as it stands.
    incident.headline = .tests(
      .failedTogether(tests: count, signature: cluster.example.isEmpty ? signature : ForeignText(cluster.example)))
    incident.reasoning = [.tests(.putTogether(grouping))]
    let cause = ForeignName(cluster.component.isEmpty ? cluster.signature : cluster.component)
    incident.rootCauses = [
      Incident.RootCause(
        component: cause, score: Double(count), share: 1, reasons: [.tests(.grouped(tests: count, grouping))],
        evidence: cluster.evidence)
    ]
    incident.evidence = cluster.evidence
    if let first = cluster.evidence.first {
      incident.timeline = [
        Incident.Moment(at: incident.start, component: cause, .tests(.firstFailure), evidence: first)
      ]
    }
    return incident
  }

  private static func regression(
    _ broken: [LineVerdict], since: Int, _ timeline: TestTimeline, window: (start: Int64, end: Int64)
  ) -> Incident {
    let build = timeline.builds[since]
    let builds = Array(max(since, timeline.tonight)..<timeline.builds.count)
    let around = around(builds[...], timeline, window)
    var incident = Incident(
      kind: .testRegression, start: build.start == .min || since < timeline.tonight ? around.start : build.start,
      end: around.end)
    let tests = Set(broken.map(\.test)).sorted()
    let evidence = broken.flatMap { $0.evidence(timeline) }.sorted()
    let identity = StableHash.hash("regression\u{0}" + tests.joined(separator: "\u{0}"))
    incident.id = FindingID("r" + hexText(identity).prefix(12))
    incident.fingerprint = incident.id
    incident.status = since < timeline.tonight ? .ongoing : .new
    incident.severity = tests.count >= 10 ? .critical : .major
    // What one of them passed at the same revision, no revision broke.
    let own = broken.compactMap { timeline.buildsOfOneRevision($0)?.since }.first
    let label = own ?? ForeignName(build.label)
    incident.headline = .tests(
      .broke(
        test: tests.count == 1 ? ForeignName(tests[0]) : nil, tests: tests.count, since: label,
        builds: broken.map(\.failedBuilds).max() ?? 1))
    incident.trigger = .tests(own == nil && !build.revision.isEmpty ? .revision(label) : .build(label))
    incident.reasoning = [.tests(.notByChance)]
    incident.rootCauses = [
      Incident.RootCause(
        component: label, score: Double(tests.count), share: 1,
        reasons: tests.prefix(10).map { .tests(.breaks(ForeignName($0))) },
        evidence: Array(evidence.prefix(5)))
    ]
    incident.evidence = Array(evidence.prefix(10))
    return incident
  }
}
