package import Model

/// The report in few lines, for other programs' pages: a CI job's summary and a metrics collector's text file.
package enum StepSummary {
  /// The form for `$GITHUB_STEP_SUMMARY` and merge request notes: well under a mebibyte.
  package static func stepSummary(_ report: NightReport, rules: TextRules = TextRules()) -> String {
    var page = Page(title: "Hindcast")
    FirstScreen(report: report).add(to: &page)
    let ranked = Ranking.bySeverity(report.incidents)
    let times = report.times
    for incident in ranked.prefix(3) { IncidentCard(incident: incident, report: report).add(to: &page, heading: 2) }
    if ranked.count > 3 { page.heading(2, "The other incidents") }
    page.table(
      ["severity", "kind", "from (UTC)", "probable root cause", "components"],
      ranked.dropFirst(3).prefix(20).map { incident in
        [
          .own(incident.severity.rawValue), .own(Labels.title(incident)), .own(times.time(incident.start)),
          Labels.about(incident), .own(NumberFormat.count(incident.components.count)),
        ]
      })
    let tests = report.tests
    if tests.tests > 0 {
      page.paragraph(
        "Tests: \(tests.tests), \(tests.passed) passed, \(tests.failed + tests.errors) failed, \(tests.skipped) skipped, \(Set(tests.flaky.map(\.line.test)).count) flaky."
      )
      if let advice = TestWording.advice(tests) { page.paragraph(advice) }
      page.bullets(
        TestSection.ranked(tests).prefix(20).map { test in
          let place = TestWording.place(test.place)
          let at: InlineText = place.isEmpty ? "" : " at \(place)"
          return
            "\(TestWording.line(test.line)): \(test.standing), \(TestWording.since(test)): \(quote: test.message.text)\(at)"
        })
      page.bullets(tests.fixed.prefix(20).map { "fixed: \(TestWording.line($0.line)) since \($0.since)" })
      page.bullets(tests.flaky.prefix(20).map { "flaky: \(TestWording.line($0.line)), about \(percent: $0.rate)" })
    }
    if let policies = report.policies { page.bullets(policies.advice.prefix(5).map(\.wording)) }
    let errors = report.diagnostics.filter { $0.severity == .error }.count
    if errors > 0 { page.paragraph("\(errors) parts of the input could not be read.") }
    return MarkdownRenderer(rules: rules).render(page)
  }

  /// Gauges in the Prometheus text format, for the node exporter's textfile collector. There is no clock in here:
  /// the caller gives the time of success and the duration, or leaves both out.
  package static func metrics(
    _ report: NightReport, finishedAt: Int64? = nil, durationMicroseconds: Int64? = nil
  ) -> String {
    var out = ""
    func gauge(_ name: String, _ help: String, _ values: [(labels: String, value: String)]) {
      out += "# HELP hindcast_\(name) \(help)\n# TYPE hindcast_\(name) gauge\n"
      for (labels, value) in values { out += "hindcast_\(name)\(labels) \(value)\n" }
    }
    func seconds(_ microseconds: Int64) -> String { NumberFormat.fixed(Double(microseconds) / 1e6, 3) }
    if let finishedAt {
      gauge("last_success_timestamp_seconds", "When the last report was written.", [("", seconds(finishedAt))])
    }
    if let durationMicroseconds {
      gauge("duration_seconds", "How long the run took.", [("", seconds(durationMicroseconds))])
    }
    if let window = report.window {
      gauge("window_end_timestamp_seconds", "The last record of the night.", [("", seconds(window.end))])
    }
    let recordCounts = report.inputs.reduce(into: RecordCounts()) { $0.merge($1.recordCounts) }
    gauge(
      "records", "Records by what became of them.",
      [
        ("{state=\"used\"}", String(recordCounts.used)), ("{state=\"skipped\"}", String(recordCounts.skippedTotal)),
        ("{state=\"repaired\"}", String(recordCounts.repairedTotal)),
      ])
    gauge("input_bytes", "Stored bytes read.", [("", String(report.inputs.reduce(0) { $0 + $1.bytes }))])
    gauge("requests", "Requests seen.", [("", String(report.summary.requests))])
    gauge("failures", "Failures seen.", [("", String(report.summary.failures))])
    gauge(
      "incidents", "Incidents by kind and severity.",
      Incident.Kind.allCases.flatMap { kind in
        Incident.Severity.allCases.map { severity in
          (
            "{kind=\"\(kind.rawValue)\",severity=\"\(severity.rawValue)\"}",
            String(report.incidents.filter { $0.kind == kind && $0.severity == severity }.count)
          )
        }
      })
    if !report.budgets.isEmpty {
      func labels(_ budget: ErrorBudget) -> String {
        "{component=\"\(label(budget.objective.component.text))\",objective=\"\(label(BudgetWording.target(budget.objective)))\"}"
      }
      gauge(
        "error_budget_spent_ratio", "Share of the window's error budget that the night spent.",
        report.budgets.map { (labels($0), NumberFormat.fixed($0.spent, 6)) })
      gauge(
        "error_budget_burn_rate", "How many times faster than allowed the night spent its error budget.",
        report.budgets.map { (labels($0), NumberFormat.fixed($0.burnRate, 3)) })
    }
    gauge(
      "tests", "Tests by outcome.",
      [
        ("{outcome=\"passed\"}", String(report.tests.passed)), ("{outcome=\"failed\"}", String(report.tests.failed)),
        ("{outcome=\"error\"}", String(report.tests.errors)), ("{outcome=\"skipped\"}", String(report.tests.skipped)),
        ("{outcome=\"flaky\"}", String(Set(report.tests.flaky.map(\.line.test)).count)),
      ])
    gauge(
      "diagnostics", "Diagnostics by severity.",
      [Diagnostic.Severity.note, .warning, .error].map { severity in
        ("{severity=\"\(severity.name)\"}", String(report.diagnostics.filter { $0.severity == severity }.count))
      })
    return out
  }

  /// A label's value in the text format.
  private static func label(_ text: String) -> String {
    text.map { sign in
      switch sign {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n", "\r\n", "\r": "\\n"
      default: String(sign)
      }
    }.joined()
  }
}
