internal import Support
internal import History
internal import Incidents
internal import LogTemplates
package import Model
internal import Patterns
internal import Policies
internal import Reports
internal import Segments
internal import TestAnalysis
internal import Synchronization
internal import Traces

/// What conclude hands to the output: the report, and what the history is to remember of the night.
package struct Conclusion: Sendable {
  package var report: NightReport
  /// What the history keeps of the analyses, by name; nothing where there is none.
  package var blobs: [String: [UInt8]] = [:]
  /// Ids of templates that were given up tonight, and the ids that took their place.
  package var aliases: [String: String] = [:]
}

/// Conclude: all partials and the history become findings, and the findings a report.
package struct ConcludePhase: Sendable {
  package let request: RunRequest

  package init(request: RunRequest) { self.request = request }

  /// The findings of a night. Its cascades are taken out of it, so that the largest part of a night is never held twice.
  package func conclude(
    _ night: inout NightPartial, history: NightHistory?, notes: [Diagnostic]
  ) throws -> Conclusion {
    var report = NightReport()
    report.diagnostics = notes + request.changeNotes
    report.changes = request.changes
    report.toolVersion = OwnName(Version.text)
    report.zone = ForeignName(request.pipeline.zone.name)
    addInputs(night, to: &report)
    report.summary.requests = night.counts.requests
    report.summary.failures = night.counts.failures
    let earlier = history?.templates ?? []
    let (cascades, others) = analyses(&night, history, &report.diagnostics)
    add(cascades, to: &report)
    add(others.patterns, to: &report)
    add(others.templates, earlier, to: &report)
    report.policies = others.policies
    if request.policies != nil, others.policies == nil { report.diagnostics += Self.noCallers(night) }
    Self.addCandidates(&report)
    let tests = try addTests(night, history, to: &report)
    request.progress?.advance(1)
    report.summary.incidents = report.incidents.count
    report.summary.components = report.components.count + tests.components
    report.verdict = NightVerdict(report)
    report.reproduce = ForeignText(
      RunSetup.commandLine(
        ["hindcast", "run"] + request.commandOptions + Set(night.outcomes.map(\.root)).sorted()))
    report.links = request.pipeline.reporting.links
    history?.recognise(&report.incidents)
    report.fixed = history?.fixed(report.incidents) ?? []
    report.earlierNights = history?.baseline.nights.count ?? 0
    complete(&report, night)
    report.diagnostics.sort { ($0.location, $0.code, $0.message) < ($1.location, $1.code, $1.message) }
    var conclusion = Conclusion(report: report, aliases: others.templates.aliases)
    if history != nil {
      conclusion.blobs = [
        NightHistory.Blob.patterns: PatternBaseline.encode(night.patterns),
        NightHistory.Blob.tests: NightHistory.encoded(tests.night),
        NightHistory.Blob.cascades: NightHistory.encoded(cascades.profile),
      ]
    }
    return conclusion
  }

  /// What incidents and failed tests have of the pipeline file: changes, owners, maintenance; and the requests that show them.
  private func complete(_ report: inout NightReport, _ night: NightPartial) {
    for i in report.incidents.indices {
      report.incidents[i].take(report.changes)
      let settings = request.pipeline.reporting
      if let about = report.incidents[i].rootCauses.first?.component ?? report.incidents[i].components.first?.id {
        let owner = settings.owner(of: about.text) ?? request.codeOwners.owner(ofComponent: about.text)
        report.incidents[i].owner = owner.map { ForeignName($0) }
      }
      report.incidents[i].maintenance = settings.maintenance.first { $0.covers(report.incidents[i]) }
      report.incidents[i].exemplars = night.exemplars.pair(for: report.incidents[i])
    }
    for i in report.tests.failing.indices {
      let test = report.tests.failing[i]
      let owner = test.place.flatMap { request.codeOwners.owner(ofFile: $0.file.text) }
      report.tests.failing[i].owner = owner.map { ForeignName($0) }
    }
  }

  /// The analyses side by side: they know nothing of each other; only tests are held against the incidents of the others.
  private func analyses(
    _ night: inout NightPartial, _ history: NightHistory?, _ diagnostics: inout [Diagnostic]
  ) -> (IncidentFindings, OtherFindings) {
    let windows = request.windows.map { $0.start..<$0.end }
    let baseline = history.map { $0.patterns(&diagnostics) }
    let templates = (history?.templates ?? []).map { KnownTemplate(id: $0.id, text: $0.template) }
    let usual = history.flatMap { $0.cascades(&diagnostics) }
    let taken = Mutex<IncidentPartial?>(night.cascades)
    night.cascades = IncidentPartial()
    // Millions of attempts, which only candidates are evaluated on.
    if request.policies == nil { night.episodes = CallPartial() }
    let night = night
    let progress = request.progress
    progress?.begin(.concluding, of: 3)
    return WorkerPool.both(
      jobs: request.jobs,
      {
        defer { progress?.advance(1) }
        return IncidentAnalysis.conclude(
          taken.withLock { $0.take() } ?? IncidentPartial(), settings: request.settings.cascades, windows: windows,
          earlier: usual, objectives: request.pipeline.objectives)
      },
      {
        defer { progress?.advance(1) }
        return OtherFindings(
          patterns: PatternAnalysis.conclude(night.patterns, baseline: baseline, settings: request.settings.patterns),
          templates: night.templates.conclude(known: templates), policies: policies(night))
      })
  }

  /// What each candidate would have spent of the success budgets of those whose calls it was evaluated on. Where calls are
  /// nested a saved call is no saved request, so nothing is said.
  private static func addCandidates(_ report: inout NightReport) {
    guard let policies = report.policies, policies.callers.count == 1 else { return }
    for i in report.budgets.indices where policies.callers.contains(report.budgets[i].objective.component) {
      guard case .success = report.budgets[i].objective.target else { continue }
      for candidate in policies.candidates where candidate.tonight != nil {
        report.budgets[i].add(candidate.name, gain: candidate.difference.successRate, calls: policies.calls)
      }
      addBudget(report.budgets[i], to: &report)
    }
  }

  /// Tells each candidate, and the advice, what of a budget it would have saved; of several budgets the first counts.
  private static func addBudget(_ budget: ErrorBudget, to report: inout NightReport) {
    guard var policies = report.policies, policies.candidates.allSatisfy({ $0.budget == nil }) else { return }
    let saved = Dictionary(budget.candidates.map { ($0.name, $0.saved) }, uniquingKeysWith: { first, _ in first })
    for i in policies.candidates.indices { policies.candidates[i].budget = saved[policies.candidates[i].name] }
    if let name = policies.recommended, let saved = saved[name],
      let place = policies.advice.firstIndex(where: { if case .mustHold = $0 { true } else { false } })
    {
      policies.advice.insert(.budget(saved, of: budget.objective.component), at: place)
    }
    report.policies = policies
  }

  private struct OtherFindings: Sendable {
    var patterns: PatternConclusion
    var templates: TemplateConclusion
    var policies: PolicyFindings?
  }

  /// Stretches without records that are told.
  private static let mostSilentTimes = 20

  private static func note(_ silence: SilentTime) -> Diagnostic {
    let (start, end) = (Timestamp(silence.start).rfc3339, Timestamp(silence.end).rfc3339)
    let first = silence.components.first ?? ""
    let others = silence.components.count - 1
    let more = others > 0 ? " and \(others) more" : ""
    return Diagnostic(
      "recordsMissing", .warning, at: SourceLocation(input: "all records"),
      "no record of \(first)\(own: more) from \(own: start) to \(own: end), where about \(silence.usual) would be usual and no other pause is nearly as long: it stood still, or its records are missing"
    )
  }

  private func add(_ findings: IncidentFindings, to report: inout NightReport) {
    report.incidents = findings.incidents.filter { Self.isTonight($0, report.window) }
    if let first = findings.logHoles.first {
      report.diagnostics.append(
        Diagnostic(
          "logsMissing", .warning, at: SourceLocation(input: "all logs"),
          "minutes whose requests are there and whose log records are mostly not, the first at \(own: Timestamp(first).rfc3339): what requests did was not judged there",
          count: findings.logHoles.count))
    }
    for one in findings.silentTimes.prefix(Self.mostSilentTimes) { report.diagnostics.append(Self.note(one)) }
    for one in findings.complaints {
      report.diagnostics.append(
        Diagnostic(
          "errorsAllNight", .warning, at: one.first,
          "errors that come all night, in \(one.minutes) of \(one.ofMinutes) minutes, the most in one minute, \(one.most), in that of \(own: Timestamp(one.mostAt).rfc3339), each naming another component: \(one.message); no incident is made of what is no more than usual",
          count: one.records))
    }
    report.impact = findings.impact
    report.budgets = findings.budgets
    report.windows = findings.windows
    report.components = findings.components
    report.curves = findings.curves
    report.summary.openCircuitBreakers = findings.openCircuitBreakers
  }

  /// Whether an incident has any part in the night: what broken clocks put years away is named, and is no evidence.
  private static func isTonight(_ incident: Incident, _ window: (start: Int64, end: Int64)?) -> Bool {
    guard let window else { return true }
    return incident.end >= window.start && incident.start <= window.end
  }

  private func add(_ patterns: PatternConclusion, to report: inout NightReport) {
    report.patterns = patterns.patterns
    report.violations = patterns.violations
    report.criticalPath = patterns.criticalPath
    // A departure while something is known to be wrong is part of that.
    let known = report.incidents
    report.incidents += patterns.incidents.filter { one in
      Self.isTonight(one, report.window) && !known.contains { $0.start <= one.end && $0.end >= one.start }
    }
    report.summary.patternsLearned = patterns.learned
    report.summary.patternsAnnounced = patterns.announced.count
    report.limits.merge(patterns.limits) { first, _ in first }
  }

  /// Attempts, flakiness and clusters; test incidents stand beside the others. A failure while a component was seen
  /// failing is that component's.
  private func addTests(
    _ night: NightPartial, _ history: NightHistory?, to report: inout NightReport
  ) throws(FileFailure) -> TestConclusion {
    let outages = report.incidents.filter { $0.kind == .cascade || $0.kind == .errorBurst || $0.kind == .restartStorm }
      .flatMap { incident in
        incident.components.map { OutageWindow(start: incident.start, end: incident.end, component: $0.id.text) }
      }
    var limits = TestLimits()
    limits.memory = request.pipeline.limits.memory
    limits.keepsNight = history != nil
    let earlier = history.map { $0.tests(memory: limits.memory / 8, &report.diagnostics) } ?? TestHistory()
    // It was read before: what is wrong with it was said then.
    let quarantine = Quarantine(request.quarantine)
    let tests = try TestAnalysis.conclude(
      night.tests, history: earlier, date: request.date.text, outages: outages, window: report.window ?? (0, 0),
      limits: limits, quarantine: quarantine)
    if !tests.copies.isEmpty {
      report.diagnostics.append(
        Diagnostic(
          "toldAgain", .note, at: SourceLocation(input: tests.copies[0]),
          "what this report tells another one of its build had told: it counts once", count: tests.copies.count))
    }
    if tests.findings.maskedNames > 0 {
      report.diagnostics.append(
        Diagnostic(
          "maskedNames", .note, at: SourceLocation(input: "all test reports"),
          "names of tests vary from run to run: what varies is masked", count: tests.findings.maskedNames))
    }
    for (name, text) in tests.limits.sorted(by: { $0.key < $1.key }) {
      report.limits[name] = text
      report.diagnostics.append(
        Diagnostic("testsCut", .warning, at: SourceLocation(input: "all test reports"), text))
    }
    report.tests = tests.findings
    report.incidents = (report.incidents + tests.incidents).sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    return tests
  }

  /// Most templates listed as gone.
  private static let listedGone = 100

  private func add(_ learned: TemplateConclusion, _ earlier: [HistoricTemplate], to report: inout NightReport) {
    report.templates = learned.templates.map { template in
      var finding = template.finding
      if earlier.isEmpty { finding.status = .known }
      return finding
    }
    let tonight = Set(report.templates.map(\.id.text)).union(learned.aliases.keys)
    let gone = earlier.filter { !tonight.contains($0.id) }.sorted { ($1.count, $0.id) < ($0.count, $1.id) }
    report.templates += gone.prefix(Self.listedGone).map { template in
      TemplateFinding(
        id: FindingID(template.id), template: ForeignText(template.template), count: 0, severity: template.severity,
        components: template.components.map { ForeignName($0) }, status: .gone)
    }
    if learned.unkept > 0 {
      report.limits["templates"] = "\(learned.unkept) log records had more different messages than are kept"
    }
  }

  /// That candidates were given and only callees wrote spans, of which nothing tells whose attempts they are.
  private static func noCallers(_ night: NightPartial) -> [Diagnostic] {
    guard
      case .calleesOnly(let most, let operation, _, let requests, let failed)? = PolicyEvaluator.instead(
        of: night.episodes)
    else { return [] }
    return [
      Diagnostic(
        "noCallers", .note, at: SourceLocation(input: "all inputs"),
        "only the callee's side is recorded, \(failed) failed requests among \(requests), most of them at \(most) (\(operation)): the client spans of their callers are missing, so no policy can be judged",
        count: requests)
    ]
  }

  /// What the candidates of the policy file would have done; nil without any, or without calls in the log.
  package func policies(_ night: NightPartial) -> PolicyFindings? {
    request.policies.flatMap { PolicyEvaluator.evaluate(night.episodes, file: $0, jobs: request.jobs) }
  }

  /// Names what lies far outside of the night, by input.
  private static func farTimes(_ outcomes: [InputOutcome], _ night: ClosedRange<Int64>) -> [Diagnostic] {
    outcomes.compactMap { outcome in
      let far = outcome.times.days.values.filter { !night.overlaps($0.first...max($0.first, $0.last)) }
      let count = far.reduce(outcome.times.uncounted) { $0 + $1.count }
      guard count > 0 else { return nil }
      let place = SourceLocation(input: outcome.name, member: "", position: .whole)
      var span = "of more days than are told apart"
      if let first = far.map(\.first).min(), let last = far.map(\.last).max() {
        span = "\(Timestamp(first).rfc3339) to \(Timestamp(last).rfc3339)"
      }
      return Diagnostic(
        "timeOutsideNight", .note, at: place, "times far outside of the night, \(span)", count: count)
    }
  }

  /// The record counts of the inputs: repairs made while requests were put together are added to the member they concern.
  private func addInputs(_ night: NightPartial, to report: inout NightReport) {
    var diagnostics = night.outcomes.flatMap(\.diagnostics) + night.repairs.diagnostics
    let repaired = Dictionary(grouping: night.repairs.diagnostics, by: \.location.input)
    var times = TimeSpread()
    for outcome in night.outcomes { times.merge(outcome.times) }
    let main = times.main
    report.window = main.map { ($0.start, $0.end) }
    if let main, main.outside > 0 { diagnostics += Self.farTimes(night.outcomes, main.start...main.end) }
    let diagnosed = Dictionary(grouping: diagnostics, by: \.location.input)
    for outcome in night.outcomes {
      report.summary.events += outcome.events
      var recordCounts = outcome.recordCounts
      for repair in repaired[outcome.name] ?? [] where !Repairs.observations.contains(repair.code) {
        recordCounts.repair(repair.code, repair.count)
      }
      var input = NightReport.Input(
        name: ForeignName(outcome.name), sha256: FindingID(outcome.sha256), bytes: outcome.bytes,
        members: outcome.members,
        events: outcome.events, recordCounts: recordCounts,
        diagnostics: (diagnosed[outcome.name] ?? []).reduce(0) { $0 + $1.count })
      input.memberCounts = outcome.memberCounts
      report.inputs.append(input)
    }
    report.diagnostics += UnreadFiles.collapsed(diagnostics)
    for diagnostic in diagnostics.sorted(by: { $0.location < $1.location }) {
      guard let limit = diagnostic.limit else { continue }
      let name = OwnName(limit)
      report.limits[name] = report.limits[name] ?? "\(diagnostic.location.description): \(diagnostic.message)"
    }
  }
}

extension NightVerdict {
  /// The verdict on a night whose findings are all there.
  init(_ report: NightReport) {
    let isPartlyUnread = report.diagnostics.contains(where: \.meansUnread)
    let worst = report.incidents.max { ($0.severity, $1.start, $1.id) < ($1.severity, $0.start, $0.id) }
    let broken = report.tests.failed + report.tests.errors
    if report.summary.events == 0 {
      self = .nothingRead(isPartlyUnread: isPartlyUnread)
    } else if let worst {
      self = .incidents(report.incidents.count, worst: worst.headline, isPartlyUnread: isPartlyUnread)
    } else if broken > 0 {
      self = .failedTests(broken, of: report.tests.tests, isPartlyUnread: isPartlyUnread)
    } else {
      self = .quiet(requests: report.summary.requests, tests: report.tests.tests, isPartlyUnread: isPartlyUnread)
    }
  }
}

extension Diagnostic {
  /// Whether it says that something which was there could not be read: damage, a limit, a report that was cut.
  package var meansUnread: Bool {
    severity == .error || limit != nil || code == "incompleteReport" || code == Self.nothingUsed
  }

  /// The code of an argument of which nothing was used.
  package static let nothingUsed = "nothingUsed"
}
