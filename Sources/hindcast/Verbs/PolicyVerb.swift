internal import Support
package import Model
package import Policies
internal import Reports
package import Runs

/// `evaluate`: policies only, as a table or as the report's JSON section.
package enum PolicyVerb {
  /// A few candidates that any service should know the worth of, for a run without a policy file.
  private static let commonCandidates = """
    version: 1
    logged: inferred
    policies:
      - name: no-retries
        retry: { attempts: 1 }
      - name: retries
        retry: { attempts: [2, 3, 5], backoff: { exponential: { base: 200ms, factor: 2, max: 5s, jitter: full } } }
      - name: patient
        retry: { attempts: 5, backoff: { exponential: { base: 1s, factor: 2, max: 30s, jitter: full } } }
    """

  package static func evaluate(_ options: RunSetup.Options, _ format: ListingFormat) -> Int32 {
    do {
      let (request, night) = try partial(options)
      guard let findings = evaluated(request, night) else {
        Console.tell("no calls in the inputs: nothing to evaluate")
        // Servers alone: whose requests are retries is their callers' to say, and these wrote no spans.
        if let instead = PolicyEvaluator.instead(of: night.episodes) {
          Console.tell(Console.inert(instead.wording.plain))
        }
        return night.outcomes.contains { $0.isPartlyUnread } ? Exit.partlyUnread : Exit.done
      }
      let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
      let text =
        switch format {
        case .text: table(findings)
        case .json: ReportJSON(rules: rules).policies(findings).pretty
        case .csv: figures(findings).csv
        }
      try Console.print(text)
      return night.outcomes.contains { $0.isPartlyUnread } ? Exit.partlyUnread : Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// The candidates of the inputs' policy file, and what the evaluator finds; nil findings where there are no calls.
  ///
  /// - Throws: `RunSetup.Failure` for files and settings that cannot be used.
  package static func findings(
    _ options: RunSetup.Options
  ) throws -> (candidates: [Policy], findings: PolicyFindings?) {
    let (request, night) = try partial(options)
    return (request.policies?.policies ?? [], evaluated(request, night))
  }

  private static func partial(_ options: RunSetup.Options) throws -> (RunRequest, NightPartial) {
    var request = try RunSetup.request(options)
    if request.policies == nil { try request.take(policies: commonCandidates, named: "built-in candidates") }
    return (request, try Progress.shown(request, NightRun.partial))
  }

  private static func evaluated(_ request: RunRequest, _ night: NightPartial) -> PolicyFindings? {
    ConcludePhase(request: request).policies(night)
  }

  /// The same figures as rows for programs: shares of one, and microseconds; where only bounds hold, the value is empty.
  private static func figures(_ findings: PolicyFindings) -> Listing {
    let metrics: [(name: String, of: (PolicyFindings.Outcome) -> Estimate)] = [
      ("success", \.successRate), ("attemptsPerRequest", \.attemptsPerRequest), ("wasted", \.wastedAttempts),
      ("p99Us", \.latencyP99),
    ]
    var listing = Listing(["policy"] + metrics.flatMap { [$0.name, $0.name + "Low", $0.name + "High"] })
    func add(_ name: String, _ outcome: PolicyFindings.Outcome) {
      let cells = metrics.flatMap { metric -> [String] in
        let estimate = metric.of(outcome)
        return [estimate.value.map { number($0, 6) } ?? "", number(estimate.low, 6), number(estimate.high, 6)]
      }
      listing.rows.append(([name] + cells).map { .text($0) })
    }
    if findings.calls > 0 || findings.tasks == nil { add("logged", findings.baseline) }
    if let tasks = findings.tasks { add("logged, of tasks", tasks.outcome) }
    for candidate in findings.candidates { add(candidate.name.text, candidate.outcome) }
    return listing
  }

  /// Columns padded by hand: name, success, attempts per request, p99, support, verdict.
  private static func table(_ findings: PolicyFindings) -> String {
    var rows = [
      findings.calls > 0 || findings.tasks == nil
        ? ["policy", "success", "attempts/request", "wasted", "p99", "exact"]
        : ["policy", "time up", "starts/trouble", "wasted", "p99 down", "exact"]
    ]
    // What happened is what happened: nothing of it is judged.
    if findings.calls > 0 || findings.tasks == nil { rows.append(row("logged", findings.baseline, exact: nil)) }
    if let tasks = findings.tasks { rows.append(row("logged, of tasks", tasks.outcome, exact: nil)) }
    for candidate in findings.candidates {
      rows.append(row(candidate.name.text, candidate.outcome, exact: candidate.exact))
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0 }
    var text = ""
    for row in rows {
      for (column, cell) in row.enumerated() {
        text += cell + String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 2)
      }
      text += "\n"
    }
    text += "\n"
    if findings.calls > 0 || findings.tasks == nil {
      text += "logged: \(Console.inert(PolicyWording.logged(findings.logged).plain))\n"
    }
    if let tasks = findings.tasks { text += "tasks: \(Console.inert(PolicyWording.tasks(tasks).plain))\n" }
    for warning in findings.warnings { text += "note: \(Console.inert(warning.wording.plain))\n" }
    // What is said of every candidate is said once.
    let common =
      findings.candidates.count < 2
      ? []
      : (findings.candidates.first?.warnings ?? []).filter { warning in
        findings.candidates.allSatisfy { $0.warnings.contains(warning) }
      }
    for warning in common { text += "all candidates: \(Console.inert(warning.wording.plain))\n" }
    for candidate in findings.candidates {
      text += Console.inert(PolicyWording.verdict(candidate.verdict, of: candidate.name).plain) + "\n"
      for warning in candidate.warnings where !common.contains(warning) {
        text += "  note: \(Console.inert(warning.wording.plain))\n"
      }
    }
    for advice in findings.advice { text += "advice: \(Console.inert(advice.wording.plain))\n" }
    return text
  }

  private static func row(_ name: String, _ outcome: PolicyFindings.Outcome, exact: Double?) -> [String] {
    func cell(_ estimate: Estimate, _ show: (Double) -> String, bounds: (Double) -> String) -> String {
      if let value = estimate.value { return show(value) }
      let (low, high) = (bounds(estimate.low), bounds(estimate.high))
      return low == high ? low : low + "–" + high
    }
    func plain(_ estimate: Estimate) -> String { cell(estimate, { number($0, 4) }, bounds: { number($0, 3) }) }
    func time(_ value: Double) -> String {
      value == 0 ? "0" : Int64(checked: value.rounded()).map { NumberFormat.duration($0) } ?? "?"
    }
    return [
      Console.inert(name),
      cell(outcome.successRate, { number($0 * 100, 3) }, bounds: { number($0 * 100, 1) }) + " %",
      plain(outcome.attemptsPerRequest), plain(outcome.wastedAttempts),
      cell(outcome.latencyP99, time, bounds: time), exact.map { number($0 * 100, 1) + " %" } ?? "-",
    ]
  }

  /// A number with so many decimals; a question mark where no column is wide enough.
  private static func number(_ value: Double, _ decimals: Int) -> String {
    value.isFinite && abs(value) < 1e12 ? NumberFormat.fixed(value, decimals) : "?"
  }
}
