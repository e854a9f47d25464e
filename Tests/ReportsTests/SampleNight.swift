import Model
import Support

/// A report with every kind of finding in it; `foreign` makes each text that would come out of an input.
struct SampleNight {
  var foreign: (String) -> String = { $0 }

  func name(_ text: String) -> ForeignName { ForeignName(foreign(text)) }
  func text(_ text: String) -> ForeignText { ForeignText(foreign(text)) }

  var start: Int64 { 1_767_225_600_000_000 }

  func evidence(_ line: Int) -> Evidence {
    Evidence(
      SourceLocation(
        input: foreign("night.tar.gz"), member: foreign("traces/part-1.jsonl"),
        position: line % 2 == 0 ? .line(line) : .offset(line * 100)),
      request: name("0123456789abcdef0123456789abcdef"), quote: RecordQuote(message: text("connection refused")))
  }

  func latency(_ p50: Int64) -> LatencySummary? {
    var sketch = Sketch()
    sketch.add(p50, count: 90)
    sketch.add(p50 * 4, count: 10)
    return LatencySummary(sketch)
  }

  var incident: Incident {
    var incident = Incident(kind: .cascade, start: start + 600_000_000, end: start + 900_000_000)
    incident.id = "cascade-payments-db-1f2e3d4c"
    incident.fingerprint = "1f2e3d4c"
    incident.severity = .critical
    incident.trigger = .earlier(text("3 components above an error rate of 0.1 within 1 s"))
    incident.headline = .earlier(text("payments-db failed and took payments and checkout with it"))
    incident.rootCauses = [
      Incident.RootCause(
        component: name("payments-db"), score: 9.25, share: 0.8,
        reasons: [.earlier(text("it failed first")), .earlier(text("97 of 99 failed requests end in it"))],
        evidence: [evidence(2), evidence(3)]),
      Incident.RootCause(component: name("payments"), score: 2.25, share: 0.2, reasons: [.earlier(text("runner-up"))]),
    ]
    incident.reasoning = [
      .earlier(text("checkout was rejected: its failures all follow a failed call to payments"))
    ]
    incident.components = [
      Incident.ComponentState(
        id: name("payments-db"), onset: start + 600_000_000, requests: 100, failures: 97, latencyP99: nil),
      Incident.ComponentState(
        id: name("payments"), onset: start + 601_000_000, requests: 120, failures: 97, latencyP99: 2_000_000,
        queueDepth: 40, circuitState: .open),
      Incident.ComponentState(
        id: name("checkout"), onset: start + 602_500_000, requests: 130, failures: 60, latencyP99: 2_500_000),
    ]
    incident.causalChain = [
      Incident.Link(
        from: name("payments-db"), to: name("payments"), at: start + 601_000_000, evidence: [evidence(4)]),
      Incident.Link(from: name("payments"), to: name("checkout"), at: start + 602_500_000),
    ]
    incident.decision = .earlier(
      text("the gate would have opened at 00:10:01"), action: text("isolate payments-db"))
    incident.timeline = [
      Incident.Moment(
        at: start + 600_000_000, component: name("payments-db"), .earlier(text("first failure: connection refused")),
        evidence: evidence(6)),
      Incident.Moment(at: start + 900_000_000, component: name("checkout"), .earlier(text("recovered"))),
    ]
    incident.evidence = [evidence(8)]
    return incident
  }

  func outcome(_ success: Double) -> PolicyFindings.Outcome {
    PolicyFindings.Outcome(
      successRate: Estimate(success, low: success - 0.01, high: success + 0.01),
      attemptsPerRequest: Estimate(1.2, low: 1.1, high: 1.3), wastedAttempts: Estimate(0.2, low: 0.1, high: 0.3),
      latencyP50: Estimate(20_000, low: 19_000, high: 21_000), latencyP95: Estimate(90_000, low: 80_000, high: 99_000),
      latencyP99: Estimate(nil, low: 200_000, high: 2_000_000), peakLoad: Estimate(exact: 140))
  }

  private var effect: PolicyFindings.Effect {
    PolicyFindings.Effect(
      direction: .better, basis: .anyNight, gain: 0.015, low: 0.01, high: 0.02, extraAttempts: 0.08,
      extraLatency: 250_000, isUnderLoad: false, unit: .requests)
  }

  var policies: PolicyFindings {
    var policies = PolicyFindings(baseline: outcome(0.97), logged: PolicyFindings.LoggedClients(.inferred))
    var better = PolicyFindings.Candidate(
      name: ForeignName(foreign("six-attempts")), families: [.retry], outcome: outcome(0.985),
      difference: outcome(0.015))
    better.exact = 0.7
    better.estimated = 0.25
    better.unsupported = 0.05
    better.outages = 12
    better.blocks = 48
    better.warnings = [.fewOutages(12)]
    better.loadAware = outcome(0.98)
    better.verdict = .effect(effect)
    better.onFrontier = true
    better.configuration = "retry:\n  maxAttempts: 6"
    let worse = PolicyFindings.Candidate(
      name: ForeignName(foreign("no-retry")), families: [.retry], outcome: outcome(0.93), difference: outcome(-0.04))
    policies.candidates = [better, worse]
    policies.advice = [.take(name: ForeignName(foreign("six-attempts")), effect)]
    policies.assumptions = [.noInterference]
    policies.warnings = [.nestedCalls(ForeignName(foreign("a")), "b", "c")]
    return policies
  }

  var tests: TestFindings {
    var tests = TestFindings()
    tests.attempts = 12
    tests.tests = 10
    tests.passed = 7
    tests.failed = 1
    tests.errors = 1
    tests.skipped = 1
    tests.flaky = [
      TestFindings.FlakyTest(
        line: TestFindings.Line(ForeignName(foreign("cart > adds twice"))), basis: .sameRevision, attempts: 3,
        failures: 1, lowerBound: 0.09,
        evidence: [evidence(10)])
    ]
    tests.clusters = [
      TestFindings.Cluster(
        id: "c-1", signature: ForeignText(foreign("setup of <*> failed")), basis: .declared,
        tests: [ForeignName(foreign("a > one")), ForeignName(foreign("a > two"))], evidence: [evidence(12)])
    ]
    var file = TestFindings.File(path: name("ci/TEST-cart.xml"), dialect: "junit")
    file.cases = 12
    file.complete = false
    tests.files = [file]
    tests.rerunPolicies = [
      TestFindings.RerunPolicy(
        reruns: 1, green: Estimate(0.8, low: 0.7, high: 0.9), cost: Estimate(exact: 1_500_000),
        buildsTurnedGreen: Estimate(3, low: 2, high: 4), faultsMasked: Estimate(nil, low: 0, high: 2))
    ]
    tests.quarantine = [
      TestFindings.Quarantined(
        line: TestFindings.Line(ForeignName(foreign("cart > adds twice"))), basis: .sameRevision, since: "2026-01-02",
        expires: "2026-02-01")
    ]
    tests.slowest = [TestFindings.Cost(test: ForeignName(foreign("cart > load")), total: 90_000_000, attempts: 2)]
    tests.newlyFailing = [
      TestFindings.NewFailure(
        line: TestFindings.Line(ForeignName(foreign("cart > totals"))), since: ForeignName(foreign("revision 4be1")),
        evidence: [evidence(14)])
    ]
    var failing = TestFindings.FailingTest(
      line: TestFindings.Line(
        ForeignName(foreign("cart > totals")), configuration: ForeignName(foreign("windows")),
        branch: ForeignName(foreign("main"))), status: .new, failedBuilds: 2, builds: 6,
      message: ForeignText(foreign("expected 3 but was 2")), evidence: [evidence(14)])
    failing.since = ForeignName(foreign("revision 4be1"))
    failing.lastPassed = ForeignName(foreign("revision 4be0"))
    failing.place = TestFindings.CodePlace(file: ForeignName(foreign("Cart.java")), line: 12)
    tests.failing = [failing]
    var build = TestFindings.Build(id: ForeignName(foreign("build-7")), outcome: .failed)
    build.revision = ForeignName(foreign("4be1"))
    build.configurations = [ForeignName(foreign("windows"))]
    tests.builds = [build]
    tests.fixed = [TestFindings.Fix(line: TestFindings.Line(ForeignName(foreign("cart > a"))), since: "4be1")]
    tests.renamed = [
      TestFindings.Renaming(from: ForeignName(foreign("cart > b")), to: ForeignName(foreign("cart > c")))
    ]
    tests.slower = [
      TestFindings.Slowdown(
        line: TestFindings.Line(ForeignName(foreign("cart > d"))), before: 1000, now: 9000,
        since: ForeignName(foreign("4be1")))
    ]
    return tests
  }

  var report: NightReport {
    var report = NightReport()
    report.toolVersion = "1.0.0"
    report.window = (start, start + 3_600_000_000)
    report.verdict = .incidents(
      1, worst: .earlier(text("One critical cascade began in payments-db at 00:10 and reached 3 components.")),
      isPartlyUnread: false)
    var recordCounts = RecordCounts()
    recordCounts.use(1000)
    recordCounts.skip("no trace id", 2)
    recordCounts.repair("orphan adopted", 3)
    var input = NightReport.Input(
      name: name("night.tar.gz"), sha256: FindingID(String(repeating: "ab", count: 32)), bytes: 123_456, members: 2,
      events: 2000, recordCounts: recordCounts, diagnostics: 1)
    input.memberCounts = [
      NightReport.MemberCounts(
        member: name("traces/part-1.jsonl"), format: "otlp", bytes: 1_000_000, recordCounts: recordCounts)
    ]
    report.inputs = [input]
    report.summary.events = 2000
    report.summary.requests = 130
    report.summary.components = 3
    report.summary.failures = 254
    report.summary.patternsLearned = 1
    report.summary.incidents = 1
    report.summary.openCircuitBreakers = [name("payments")]
    report.components = [
      NightReport.Component(
        id: name("payments"), requests: 120, failures: 97, latency: latency(20_000),
        calls: [NightReport.Call(to: name("payments-db"), count: 120, failures: 97)]),
      NightReport.Component(
        id: name("checkout"), requests: 130, failures: 60, latency: latency(40_000),
        calls: [NightReport.Call(to: name("payments"), count: 120, failures: 60)]),
      NightReport.Component(id: name("payments-db"), requests: 0, failures: 0, latency: nil, calls: []),
    ]
    var pattern = PatternFinding(
      id: "p-0011", name: name("checkout"), participants: [name("checkout"), name("payments")],
      sequence: [[name("checkout"), name("payments")]], occurrences: 100, status: .changed)
    pattern.latency = latency(40_000)
    pattern.baseline = latency(30_000)
    report.patterns = [pattern]
    var violation = Violation(
      pattern: "p-0011", kind: .latency, detail: .gone(pattern: name("p99 four times the baseline"), nights: 3),
      count: 9, weight: 2.5)
    violation.request = name("0123456789abcdef")
    violation.expected = 30_000
    violation.actual = 120_000
    violation.deviation = 3
    violation.evidence = [evidence(16)]
    report.violations = [violation]
    report.templates = [
      TemplateFinding(
        id: "t-01", template: text("cannot reach <*> after <*> ms"), count: 97, severity: .error,
        components: [name("payments")], status: .new)
    ]
    report.criticalPath = [
      CriticalShare(
        path: [name("checkout GET /pay"), name("payments POST /charge")], calls: 90, time: 9_000_000, share: 0.5)
    ]
    report.incidents = [incident]
    report.tests = tests
    report.windows = [
      WindowRanking(start: start, end: start + 60_000_000, suspects: incident.rootCauses)
    ]
    report.policies = policies
    report.diagnostics = [
      Diagnostic(
        "brokenLine", .warning,
        at: SourceLocation(input: foreign("night.tar.gz"), member: foreign("app.log"), position: .line(7)),
        "\(foreign("expected a value"))", count: 2),
      Diagnostic(
        "tooLong", .error, at: SourceLocation(input: foreign("night.tar.gz")), "\(foreign("line too long"))",
        limit: "line"),
    ]
    report.limits = ["line": "\(foreign("1 line of app.log was left out"))"]
    report.reproduce = text("hindcast run night.tar.gz -o out")
    return report
  }
}
