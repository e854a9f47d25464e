internal import Support
internal import Model

/// What another policy would have done.
struct PolicySection {
  let report: NightReport
  let pictures: Set<String>

  func add(to page: inout Page) {
    guard let policies = report.policies else { return }
    page.heading(2, "Which policy would have served better")
    if policies.calls > 0 || policies.tasks == nil {
      page.paragraph("What the clients did: \(PolicyWording.logged(policies.logged))")
    }
    if let tasks = policies.tasks { page.paragraph("What became of tasks: \(PolicyWording.tasks(tasks))") }
    page.bullets(policies.advice.compactMap { if case .setting = $0 { nil } else { $0.wording } })
    if pictures.contains("policies.svg") {
      page.blocks.append(.image(alt: "Success against load, per policy", path: "policies.svg"))
    }
    var rows: [[InlineText]] = []
    if policies.calls > 0 || policies.tasks == nil {
      rows.append(row("logged", policies.baseline, difference: nil, support: "as logged", verdict: ""))
    }
    if let tasks = policies.tasks {
      rows.append(row("logged, of tasks", tasks.outcome, difference: nil, support: "as logged", verdict: ""))
    }
    rows += policies.candidates.prefix(50).map { candidate in
      row(
        .foreign(candidate.name.text), candidate.outcome, difference: candidate.difference,
        support: .own(
          "\(NumberFormat.percent(candidate.exact)) / \(NumberFormat.percent(candidate.estimated)) / \(NumberFormat.percent(candidate.unsupported))"
        ), verdict: PolicyWording.verdict(candidate.verdict, of: candidate.name))
    }
    // Where nothing but tasks is judged, the columns are theirs.
    let isOfTasks = policies.calls == 0 && policies.tasks != nil
    page.table(
      [
        "policy", isOfTasks ? "time up" : "success", "difference",
        isOfTasks ? "starts per trouble" : "attempts per request", "wasted", isOfTasks ? "p99 down" : "p99",
        "peak per second", "exact / estimated / unknown", "verdict",
      ], rows)
    for candidate in policies.candidates.prefix(50) {
      if let aware = candidate.loadAware {
        page.paragraph(
          "\(candidate.name), when the callee's answer to load is taken in: success \(own: share(aware.successRate)), attempts \(own: ratio(aware.attemptsPerRequest))"
        )
      }
      if !candidate.checks.isEmpty {
        page.paragraph("\(candidate.name): " + InlineText.joined(candidate.checks.map(\.wording), by: " "))
      }
    }
    notes(Array(policies.candidates.prefix(50)), &page)
    if let best = policies.candidates.first(where: { $0.name == policies.recommended }),
      let configuration = best.configuration
    {
      page.paragraph("Setting for \(best.name):")
      page.blocks.append(.code(configuration.text))
    }
    page.bullets(policies.warnings.map(\.wording))
    page.bullets(policies.checks.map(\.wording))
    if !policies.assumptions.isEmpty {
      page.heading(3, "What these figures assume")
      page.bullets(policies.assumptions.map(\.wording))
    }
  }

  /// What to keep in mind, each note once with the candidates it holds for.
  private func notes(_ candidates: [PolicyFindings.Candidate], _ page: inout Page) {
    var order: [InlineText] = []
    var holders: [InlineText: [ForeignName]] = [:]
    for candidate in candidates {
      for note in candidate.warnings.map(\.wording) {
        if holders[note] == nil { order.append(note) }
        holders[note, default: []].append(candidate.name)
      }
    }
    page.bullets(
      order.map { note in
        let names = holders[note] ?? []
        let all: InlineText =
          names.count == candidates.count && names.count > 1
          ? "every candidate" : InlineText.joined(names.prefix(8).map { "\($0)" }, by: ", ")
        let rest: InlineText = names.count > 8 && names.count < candidates.count ? " and \(names.count - 8) more" : ""
        return "For " + all + rest + ": " + note
      })
  }

  private func share(_ estimate: Estimate) -> String { NumberFormat.estimate(estimate) { NumberFormat.percent($0) } }
  private func ratio(_ estimate: Estimate) -> String { NumberFormat.estimate(estimate) { NumberFormat.number($0) } }
  private func time(_ estimate: Estimate) -> String {
    NumberFormat.estimate(estimate) { Int64(checked: $0.rounded()).map { NumberFormat.duration($0) } ?? "unknown" }
  }

  private func row(
    _ name: InlineText, _ outcome: PolicyFindings.Outcome, difference: PolicyFindings.Outcome?, support: InlineText,
    verdict: InlineText
  ) -> [InlineText] {
    [
      name, .own(share(outcome.successRate)), .own(difference.map { share($0.successRate) } ?? "–"),
      .own(ratio(outcome.attemptsPerRequest)), .own(ratio(outcome.wastedAttempts)), .own(time(outcome.latencyP99)),
      .own(NumberFormat.estimate(outcome.peakLoad) { NumberFormat.number($0) }), support, verdict,
    ]
  }
}

/// What was read, what was not, and why.
struct ReadingSection {
  let report: NightReport

  func add(to page: inout Page) {
    page.heading(2, "What was read, and what could not be")
    let inputs = report.inputs.sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
    page.table(
      ["input", "size", "members", "records", "used", "skipped", "repaired", "diagnostics"],
      inputs.prefix(50).map { input in
        [
          .foreign(input.name), .own(NumberFormat.bytes(input.bytes)), .own(NumberFormat.count(input.members)),
          .own(NumberFormat.count(input.recordCounts.records)), .own(NumberFormat.count(input.recordCounts.used)),
          .own(NumberFormat.count(input.recordCounts.skippedTotal)),
          .own(NumberFormat.count(input.recordCounts.repairedTotal)),
          .own(NumberFormat.count(input.diagnostics)),
        ]
      })
    if inputs.count > 50 { page.paragraph("\(inputs.count - 50) more inputs in `report.json`.") }
    let skipped = reasons(\.skipped)
    let repaired = reasons(\.repaired)
    if !skipped.isEmpty { page.paragraph("Skipped: " + skipped) }
    if !repaired.isEmpty { page.paragraph("Repaired: " + repaired) }
    if !report.limits.isEmpty {
      page.heading(3, "Limits that were hit")
      page.table(
        ["limit", "what was left out"],
        report.limits.sorted { $0.key < $1.key }.map { [.own($0.key.text), .message($0.value)] })
    }
    let problems = Ranking.diagnostics(report.diagnostics).sorted { $0.severity > $1.severity }
    if !problems.isEmpty {
      page.heading(3, "Diagnostics")
      page.table(
        ["severity", "code", "where", "what", "times"],
        problems.prefix(50).map { problem in
          [
            .own(problem.severity.name), .own(problem.code), EvidenceText.place(problem.location),
            .message(problem.message), .own(NumberFormat.count(problem.count)),
          ]
        })
      if problems.count > 50 { page.paragraph("\(problems.count - 50) more in `report.json`.") }
    }
    if report.inputs.isEmpty { page.paragraph("No input could be read.") }
    page.paragraph("Times without a zone were taken as \(report.zone).")
  }

  private func reasons(_ path: KeyPath<RecordCounts, [String: Int]>) -> InlineText {
    var totals: [String: Int] = [:]
    for input in report.inputs { totals.merge(input.recordCounts[keyPath: path], uniquingKeysWith: +) }
    return InlineText.joined(
      totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(NightPage.listed).map {
        "\($0.key) \($0.value)"
      },
      by: ", ")
  }
}
