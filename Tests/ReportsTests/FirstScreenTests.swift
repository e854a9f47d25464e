// What a reader gets within a minute of a night of tests, and the pieces of it that other pages share.

import Model
import Reports
import Support
import Testing

struct FirstScreenTests {
  private func failing(
    _ test: String, _ status: TestFindings.FailingTest.Status, on configuration: String = "", message: String = "boom"
  ) -> TestFindings.FailingTest {
    var failing = TestFindings.FailingTest(
      line: TestFindings.Line(ForeignName(test), configuration: ForeignName(configuration)), status: status,
      failedBuilds: 2, builds: 6, message: ForeignText(message))
    if status == .new {
      failing.since = "abc1234"
      failing.lastPassed = "abc1233"
      failing.place = TestFindings.CodePlace(file: "src/pay_test.go", line: 9)
      failing.owner = "@team-pay"
    }
    return failing
  }

  private var night: NightReport {
    var report = NightReport()
    report.tests.tests = 200
    report.tests.failing = [
      failing("p > A", .new, on: "linux", message: "want 2, got 3"), failing("p > A", .new, on: "windows"),
      failing("p > B", .configuration, on: "windows"), failing("p > C", .flaky), failing("p > D", .setup),
    ]
    var doubtful = failing("p > E", .new)
    doubtful.doubt = TestFindings.Doubt(flaky: 4, broken: 1)
    report.tests.failing.append(doubtful)
    for (i, outcome) in [TestFindings.Build.Outcome.passed, .failed, .failed].enumerated() {
      var build = TestFindings.Build(id: ForeignName("build-\(i)"), outcome: outcome)
      build.revision = ForeignName("abc123\(i + 2)")
      report.tests.builds.append(build)
    }
    report.earlierNights = 3
    return report
  }

  private func screen(_ report: NightReport) -> String {
    MarkdownRenderer().render(NightPage(report).firstScreen(folder: "out"))
  }

  @Test("a night of tests: how many failed and as what, each kind by name, owner and revision")
  func tests() {
    let text = screen(night)
    for part in [
      "5 of 200 tests failed in their last build (6 failures on configurations and branches): 1 broke tonight",
      "2 of 3 builds are red.",
      "**Broke tonight:** `p > A` on `linux`, `windows` since `abc1234`, last passed in `abc1233`",
      "`want 2, got 3` at `src/pay_test.go`:9, owned by `@team-pay`", "**New, perhaps flaky:** `p > E`",
      "**Set-up failed:** `p > D`", "**Never passed on one configuration:** `p > B` on `windows`",
      "**News:** 1 test broke tonight, compared with 3 earlier nights",
    ] {
      #expect(text.contains(part), "\(part) is not in:\n\(text)")
    }
  }

  @Test("a revision is a link where the pipeline has an address for revisions, and a build's name is none")
  func links() {
    var report = night
    report.links = ReportLinks(commit: "https://git.example/c/{revision}")
    #expect(screen(report).contains("[`abc1234`](https://git.example/c/abc1234)"))
    report.tests.failing[0].since = "build-9"
    #expect(!screen(report).contains("git.example/c/build-9"))
  }

  @Test("a green night says so, and what is flaky")
  func green() {
    var report = NightReport()
    report.tests.tests = 12
    report.tests.flaky = [
      TestFindings.FlakyTest(
        line: TestFindings.Line("p > C"), basis: .history, attempts: 9, failures: 2, lowerBound: 0.1)
    ]
    report.tests.flaky[0].history = [.passed, .flaky, .absent, .failed, .elsewhere]
    let text = screen(report)
    #expect(text.contains("None of 12 tests failed in its last build; 1 are flaky."))
    #expect(MarkdownRenderer().render(NightPage(report).page()).contains("✓↻·✗○"))
  }

  @Test("what the night before had and this one has not is told, with when it was seen last")
  func fixed() {
    var report = NightReport()
    report.summary.requests = 10
    report.fixed = [
      NightReport.FixedIncident(
        fingerprint: "f1", headline: "db failed", seen: 2, firstSeen: "2026-01-01", lastSeen: "2026-01-02")
    ]
    #expect(screen(report).contains("**News:** not seen again since `2026-01-02`: `db failed`"))
    report.fixed = []
    #expect(!screen(report).contains("News"))
  }

  @Test("a ticket stands without the report, and what is filled in is never a placeholder")
  func ticket() {
    var night = SampleNight()
    night.foreign = { $0 == "payments-db" ? "{id}`x" : $0 }
    let text = TicketText.ticket(night.incident, reproduce: "hindcast run night.tar.gz")
    for part in ["Cascade: ``{id}`x``", "| critical |", "**Again:** `hindcast run night.tar.gz`", "it failed first"] {
      #expect(text.contains(part), "\(part) is not in:\n\(text)")
    }
    #expect(TicketText.ticket(night.incident, template: "{severity} {nothing} {id") == "critical {nothing} {id")
  }

  @Test("a request as lines of text: bars, where it began, and how much is left out")
  func waterfall() {
    var incident = SampleNight().incident
    incident.exemplars = [
      ExemplarRequest(
        request: "r1", start: 0, duration: 100_000, isBad: true,
        spans: [
          ExemplarRequest.Span(
            depth: 0, component: "web", operation: "GET /pay", offset: 0, duration: 100_000,
            location: SourceLocation(input: "a")),
          ExemplarRequest.Span(
            depth: 1, component: "db", operation: "query", offset: 50_000, duration: 50_000, failure: .timeout,
            message: "late\u{1B}[31m", isOrigin: true, location: SourceLocation(input: "a")),
        ], omitted: 3)
    ]
    let text = TerminalRenderer().render(IncidentPage.page(incident))
    #expect(text.contains("|" + String(repeating: "█", count: 20) + "|") && text.contains("▓▓▓"))
    #expect(text.contains("✗ it began here: timeout (late\\u{1B}[31m)") && text.contains("3 more spans are not shown."))
  }

  @Test("an index.html of fifty incidents with their requests stays under two megabytes")
  func size() {
    var report = NightReport()
    report.summary.requests = 100_000
    let span = ExemplarRequest.Span(
      depth: 3, component: "payments-service-v2", operation: "POST /api/v2/payments/{id}/confirm", offset: 1000,
      duration: 5000, failure: .unavailable, message: "connection refused: payments-db.prod.svc.cluster.local:5432",
      location: SourceLocation(input: "night.tar.gz", member: "traces/part-0001.jsonl", position: .line(12_345)))
    for i in 0..<50 {
      var incident = SampleNight().incident
      incident.id = FindingID("incident-\(i)")
      incident.exemplars = [true, false].map { isBad in
        ExemplarRequest(
          request: "0123456789abcdef0123456789abcdef", start: 0, duration: 100_000, isBad: isBad,
          spans: Array(repeating: span, count: 40), omitted: 12)
      }
      report.incidents.append(incident)
    }
    let page = ReportFolder.files(report, formats: [.html]).first { $0.path == "index.html" }
    let bytes = page?.text.utf8.count ?? 0
    #expect(bytes < 2_000_000 && bytes > 100_000, "\(bytes)")
  }
}

struct NotificationTests {
  private var report: NightReport {
    var report = NightReport()
    var incident = SampleNight().incident
    incident.owner = "team-pay"
    report.incidents = [incident]
    return report
  }

  @Test("Alertmanager: labels that group, a summary, and both times")
  func alertmanager() {
    let body = NotificationBody.alertmanager(report, report.incidents, rules: TextRules())
    let alert = body.elements?.first
    #expect(alert?["labels"]?["severity"]?.text == "critical" && alert?["labels"]?["owner"]?.text == "team-pay")
    #expect(alert?["labels"]?["component"]?.text?.contains("payments-db") == true)
    #expect(alert?["startsAt"]?.text == "2026-01-01T00:10:00.000000Z" && alert?["endsAt"]?.text != nil)
    #expect(alert?["annotations"]?["summary"]?.text?.isEmpty == false)
  }

  @Test("Slack: what its markup would read is escaped")
  func slack() {
    var report = report
    report.incidents[0].headline = .earlier("<!channel> & <https://evil.example|here>")
    let text = NotificationBody.slack(report, report.incidents, rules: TextRules()).pretty
    #expect(text.contains("channel&gt; &amp; ") && text.contains("https://evil.example|here&gt;"))
    #expect(!text.contains("<!channel>") && !text.contains("<https") && text.contains("mrkdwn"))
  }

  @Test("PagerDuty: one event an incident, told apart by the fingerprint, its severity in its words")
  func pagerduty() {
    let body = NotificationBody.pagerduty(report, report.incidents, rules: TextRules())
    let event = body.elements?.first
    #expect(event?["event_action"]?.text == "trigger" && event?["dedup_key"]?.text == "1f2e3d4c")
    #expect(event?["payload"]?["severity"]?.text == "critical" && event?["payload"]?["class"]?.text == "cascade")
    #expect(event?["routing_key"] == nil)
  }
}
