internal import Support
package import Model

/// `report.md`: the night on one page, what matters most first.
package struct NightPage {
  let report: NightReport
  let rules: TextRules
  /// Which pictures were written beside the page.
  let pictures: Set<String>

  package init(_ report: NightReport, rules: TextRules = TextRules(), pictures: Set<String> = []) {
    self.report = report
    self.rules = rules
    self.pictures = pictures
  }

  /// How many findings of one kind the page lists; `report.json` has all.
  static let listed = 20
  /// How many incidents are told as cards.
  private static let cards = 8

  package func page() -> Page {
    var page = Page(title: title)
    FirstScreen(report: report).add(to: &page)
    incidents(&page)
    budgets(&page)
    figures(&page)
    PolicySection(report: report, pictures: pictures).add(to: &page)
    ending(&page)
    return page
  }

  /// The tables behind the first screen and the incidents.
  func details() -> Page {
    var page = Page(title: title)
    figures(&page)
    ending(&page)
    return page
  }

  private func figures(_ page: inout Page) {
    summary(&page)
    entryPoints(&page)
    deployments(&page)
    components(&page)
    criticalPath(&page)
    changes(&page)
  }

  private func ending(_ page: inout Page) {
    TestSection(report: report).add(to: &page)
    windows(&page)
    ReadingSection(report: report).add(to: &page)
    page.heading(2, "How to reproduce")
    if !report.reproduce.isEmpty { page.blocks.append(.command(report.reproduce.text)) }
    page.bullets(
      report.inputs.sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }.prefix(Self.listed).map {
        "\($0.name): sha256 \($0.sha256)"
      })
    page.paragraph("Made by hindcast \(report.toolVersion). The same inputs and pipeline give the same bytes.")
    page.heading(2, "For people to fill in")
    page.bullets(["Owners: ____", "Lessons: ____", "Follow-ups: ____"])
  }

  /// The first screen with the worst incidents, for the terminal; `folder` is where the report is, as commands name it.
  package func firstScreen(folder: String) -> Page {
    var page = Page(title: title)
    FirstScreen(report: report, folder: folder).add(to: &page)
    for incident in Ranking.bySeverity(report.incidents).prefix(3) {
      IncidentCard(incident: incident, report: report).add(to: &page, heading: 2)
    }
    more(report.incidents.count, than: 3, &page)
    return page
  }

  var title: InlineText {
    guard let window = report.shownWindow else { return "Night report" }
    let times = report.times
    let span = times.range(window.start, window.end)
    return times.day.map { "Night report, \(own: String($0)), \(own: span)" } ?? "Night report, \(own: span)"
  }

  /// What the night spent of the pipeline's objectives.
  private func budgets(_ page: inout Page) {
    guard !report.budgets.isEmpty else { return }
    page.heading(2, "Error budgets")
    let times = report.times
    page.bullets(report.budgets.prefix(Self.listed).map { BudgetWording.spent($0, times) })
    page.bullets(
      report.budgets.prefix(Self.listed).compactMap { BudgetWording.saved($0, report.policies?.recommended) })
  }

  /// What was changed in the night.
  private func deployments(_ page: inout Page) {
    guard !report.changes.isEmpty else { return }
    let times = report.times
    page.heading(2, "Deployments and other changes")
    page.table(
      ["time (UTC)", "change"],
      report.changes.prefix(Self.listed).map { [.own(times.time($0.at)), ChangeWording.wording($0)] })
    if report.changes.count > Self.listed {
      page.paragraph("\(report.changes.count - Self.listed) more in `report.json`.")
    }
  }

  private func summary(_ page: inout Page) {
    let summary = report.summary
    let tests = report.tests
    page.heading(2, "The night in figures")
    let flaky = Set(tests.flaky.map(\.line.test)).count
    var figures: [(name: InlineText, count: Int)] = [
      ("requests", summary.requests), ("failure events", summary.failures), ("components", summary.components),
      ("incidents", summary.incidents), ("patterns", summary.patternsLearned),
      ("open breakers", summary.openCircuitBreakers.count), ("tests", tests.tests),
      ("tests failed", tests.failed + tests.errors), ("flaky", flaky),
    ]
    // What a night has none of says nothing: of requests where there are only tests, of tests where there are none.
    if summary.requests == 0, tests.tests > 0 { figures.removeAll { $0.count == 0 } }
    if tests.tests == 0 { figures.removeLast(3) }
    page.table(figures.map(\.name), [figures.map { .own(NumberFormat.count($0.count)) }])
    if !summary.openCircuitBreakers.isEmpty {
      page.paragraph(
        "Circuits open at the end: "
          + InlineText.joined(summary.openCircuitBreakers.sorted().prefix(Self.listed).map { .foreign($0) }, by: ", "))
    }
  }

  private func incidents(_ page: inout Page) {
    let ranked = Ranking.bySeverity(report.incidents)
    guard !ranked.isEmpty else { return }
    page.heading(2, "Incidents")
    if pictures.contains("components.svg") {
      page.blocks.append(.image(alt: "When each component was in trouble", path: "components.svg"))
    }
    // The worst ones as cards with a picture; a page stays under the forges' limit of fifty pictures.
    for incident in ranked.prefix(Self.cards) {
      IncidentCard(incident: incident, report: report).add(to: &page, heading: 3)
      if let picture = CascadePicture.flowchart(incident, rules: rules) { page.blocks.append(.mermaid(picture)) }
    }
    guard ranked.count > Self.cards else { return }
    let times = report.times
    page.heading(3, "The other incidents")
    page.table(
      ["severity", "kind", "from (UTC)", "lasted", "probable root cause", "components", "status", "page"],
      ranked.dropFirst(Self.cards).prefix(100).map { incident in
        [
          .own(incident.severity.rawValue), .own(Labels.title(incident)), .own(times.time(incident.start)),
          .own(
            incident.end > incident.start
              ? NumberFormat.duration(incident.end.subtractingSaturated(incident.start)) : "–"),
          Labels.about(incident), .own(NumberFormat.count(incident.components.count)), .own(incident.status.rawValue),
          InlineText([.link("open", path: IncidentPage.path(incident))]),
        ]
      })
    more(ranked.count - Self.cards, than: 100, &page)
  }

  /// The night as users met it.
  private func entryPoints(_ page: inout Page) {
    let hit = report.impact.entryPoints.filter { $0.hit > 0 }
    guard !hit.isEmpty else { return }
    page.heading(2, "Users' requests by operation")
    page.table(
      ["entry point", "requests", "failed", "slow", "failed or slow"],
      hit.prefix(Self.listed).map { entry in
        [
          "\(entry.component) \(entry.operation)", "\(entry.requests)", "\(entry.failed)", "\(entry.slow)",
          "\(percent: Double(entry.hit) / Double(max(entry.requests, 1)))",
        ]
      })
    more(hit.count, than: Self.listed, &page)
  }

  private func components(_ page: inout Page) {
    let ranked = report.components.sorted { a, b in
      a.failures != b.failures ? a.failures > b.failures : (-a.requests, a.id) < (-b.requests, b.id)
    }
    guard !ranked.isEmpty else { return }
    page.heading(2, "Components")
    page.table(
      ["component", "requests", "failures", "error rate", "p50", "p95", "p99", "calls"],
      ranked.prefix(40).map { component in
        let latency = component.latency
        return [
          .foreign(component.id), .own(NumberFormat.count(component.requests)),
          .own(NumberFormat.count(component.failures)),
          .own(NumberFormat.percent(component.errorRate)), .own(latency.map { NumberFormat.duration($0.p50) } ?? "–"),
          .own(latency.map { NumberFormat.duration($0.p95) } ?? "–"),
          .own(latency.map { NumberFormat.duration($0.p99) } ?? "–"),
          .own(NumberFormat.count(component.calls.count)),
        ]
      })
    more(ranked.count, than: 40, &page)
  }

  private func criticalPath(_ page: inout Page) {
    let shares = report.criticalPath.sorted { a, b in
      a.time != b.time ? a.time > b.time : a.path.lexicographicallyPrecedes(b.path)
    }
    guard !shares.isEmpty else { return }
    page.heading(2, "Where the time went")
    page.table(
      ["call path", "share of the critical path", "time in all", "calls"],
      shares.prefix(10).map { share in
        [
          InlineText.joined(share.path.map { .foreign($0) }, by: " → "), .own(NumberFormat.percent(share.share)),
          .own(NumberFormat.duration(share.time)), .own(NumberFormat.count(share.calls)),
        ]
      })
    more(shares.count, than: 10, &page)
  }

  private func changes(_ page: inout Page) {
    let violations = Ranking.violations(report.violations)
    let names = Dictionary(report.patterns.map { ($0.id, $0.name) }, uniquingKeysWith: { a, _ in a })
    if !violations.isEmpty {
      page.heading(2, "What is different from before")
      page.table(
        ["pattern", "rule", "what", "expected", "actual", "requests", "one of them"],
        violations.prefix(Self.listed).map { violation in
          [
            names[violation.pattern].map { .foreign($0) } ?? .foreign(violation.pattern), .own(violation.kind.rawValue),
            violation.detail.wording, .own(violation.expected.map { NumberFormat.duration($0) } ?? "–"),
            .own(violation.actual.map { NumberFormat.duration($0) } ?? "–"), .own(NumberFormat.count(violation.count)),
            violation.request.isEmpty ? "–" : .foreign(violation.request),
          ]
        })
      more(violations.count, than: Self.listed, &page)
    }
    let announced = report.summary.patternsAnnounced
    if announced > 0, report.patterns.contains(where: { $0.baseline != nil || $0.status != .known }) {
      page.paragraph(
        "\(own: NumberFormat.count(announced)) of the patterns were learned tonight: from now on they are expected.")
    }
    let patterns = Ranking.patterns(report.patterns.filter { $0.status != .known }, by: violations)
    if !patterns.isEmpty {
      page.heading(2, "Patterns: new, changed, gone")
      page.table(
        ["pattern", "status", "requests", "components", "p99", "p99 before"],
        patterns.prefix(Self.listed).map { pattern in
          [
            .foreign(pattern.name), .own(pattern.status.rawValue), .own(NumberFormat.count(pattern.occurrences)),
            InlineText.joined(pattern.participants.prefix(6).map { .foreign($0) }, by: ", "),
            .own(pattern.latency.map { NumberFormat.duration($0.p99) } ?? "–"),
            .own(pattern.baseline.map { NumberFormat.duration($0.p99) } ?? "–"),
          ]
        })
      more(patterns.count, than: Self.listed, &page)
    }
    let templates = report.templates.sorted { a, b in
      let order = (a.status == .known ? 1 : 0, b.status == .known ? 1 : 0)
      if order.0 != order.1 { return order.0 < order.1 }
      if a.severity != b.severity { return a.severity > b.severity }
      return a.count != b.count ? a.count > b.count : (a.id, a.template) < (b.id, b.template)
    }.filter { $0.severity >= .warning || $0.status != .known }
    if !templates.isEmpty {
      page.heading(2, "Log messages")
      page.table(
        ["message", "severity", "lines", "status", "components"],
        templates.prefix(Self.listed).map { template in
          [
            "\(quote: template.template.text)", .own(template.severity.name), .own(NumberFormat.count(template.count)),
            .own(template.status.rawValue),
            InlineText.joined(template.components.sorted().prefix(4).map { .foreign($0) }, by: ", "),
          ]
        })
      more(templates.count, than: Self.listed, &page)
    }
  }

  private func windows(_ page: inout Page) {
    guard !report.windows.isEmpty else { return }
    let times = report.times
    page.heading(2, "Suspects in the given windows")
    page.table(
      ["from", "to", "suspects, best first"],
      report.windows.sorted { ($0.start, $0.end) < ($1.start, $1.end) }.prefix(100).map { window in
        [
          .own(times.time(window.start)), .own(times.time(window.end)),
          InlineText.joined(
            window.suspects.prefix(5).map { "\($0.component) \(own: NumberFormat.number($0.score))" }, by: ", "),
        ]
      })
    more(report.windows.count, than: 100, &page)
  }

  private func more(_ count: Int, than listed: Int, _ page: inout Page) {
    if count > listed { page.paragraph("\(count - listed) more in `report.json`.") }
  }
}
