package import Model
package import Support

/// `report.json`, version 1: stable keys, sorted; times are RFC 3339 with microseconds, durations integers in `…Us`.
///
/// Arrays without an order of their own are sorted; ranked ones (causes, suspects, violations) keep their rank. Every
/// foreign text is masked and bounded by the text rules.
package struct ReportJSON: Sendable {
  /// The version of the schema that this writes.
  package static let schemaVersion = 1

  /// How many members of one input are listed with their own record counts.
  static let listedMembers = 10_000

  let rules: TextRules

  package init(rules: TextRules = TextRules()) { self.rules = rules }

  /// The document as text, with a newline at its end.
  package static func render(_ report: NightReport, rules: TextRules = TextRules()) -> String {
    ReportJSON(rules: rules).document(report).pretty
  }

  /// The document as a value.
  package func document(_ report: NightReport) -> JSONValue {
    .object([
      "schemaVersion": .int(Self.schemaVersion),
      "tool": .object(["name": .string("hindcast"), "version": .string(report.toolVersion.text)]),
      "window": report.window.map { .object(["start": time($0.start), "end": time($0.end)]) } ?? .null,
      "verdict": words(report.verdictWording),
      "inputs": .array(report.inputs.sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }.map(input)),
      "summary": summary(report.summary),
      "components": .array(report.components.sorted { $0.id < $1.id }.map(component)),
      "patterns": .array(report.patterns.sorted { ($0.id, $0.name) < ($1.id, $1.name) }.map(pattern)),
      "violations": .array(Ranking.violations(report.violations).map(violation)),
      "templates": .array(
        report.templates.sorted { ($0.id, $0.template) < ($1.id, $1.template) }.map(template)),
      "criticalPath": .array(
        report.criticalPath.sorted { a, b in
          a.time != b.time ? a.time > b.time : a.path.lexicographicallyPrecedes(b.path)
        }.map { share in
          .object([
            "path": texts(share.path), "calls": .int(share.calls), "timeUs": .int(share.time),
            "share": .double(share.share),
          ])
        }),
      "incidents": .array(Ranking.byTime(report.incidents).map { incident($0, policies: report.policies) }),
      "impact": impact(report.impact, budgets: report.budgets.isEmpty ? nil : report.budgets),
      "changes": .array(report.changes.map(change)),
      "fixed": .array(
        report.fixed.sorted { $0.fingerprint < $1.fingerprint }.map { fixed in
          .object([
            "fingerprint": text(fixed.fingerprint.text), "headline": text(fixed.headline.text),
            "seen": .int(fixed.seen), "firstSeen": text(fixed.firstSeen.text), "lastSeen": text(fixed.lastSeen.text),
          ])
        }),
      "tests": tests(report.tests),
      "windows": .array(
        report.windows.sorted { ($0.start, $0.end) < ($1.start, $1.end) }.map { window in
          .object([
            "start": time(window.start), "end": time(window.end), "suspects": .array(window.suspects.map(cause)),
          ])
        }),
      "policies": report.policies.map(policies) ?? .null,
      "diagnostics": .array(Ranking.diagnostics(report.diagnostics).map(diagnostic)),
      "limits": .object(
        Dictionary(uniqueKeysWithValues: report.limits.map { ($0.key.text, sentence($0.value.plain)) })),
      "reproduce": sentence(report.reproduce.text),
      "zone": text(report.zone),
    ])
  }

  // MARK: Texts, times, numbers

  func text(_ value: String) -> JSONValue { .string(rules.bounded(value)) }
  func text(_ value: some TextValue) -> JSONValue { text(value.text) }
  func path(_ value: String) -> JSONValue { .string(rules.boundedPath(value)) }
  /// A sentence of ours that may quote foreign text: masked, and bounded like a path.
  func sentence(_ value: String) -> JSONValue { .string(rules.boundedPath(value)) }
  func words(_ text: InlineText) -> JSONValue { sentence(text.plain) }
  func texts(_ values: [String]) -> JSONValue { .array(values.map { text($0) }) }
  func texts(_ values: [some TextValue]) -> JSONValue { .array(values.map { text($0.text) }) }
  func sentences(_ values: [String]) -> JSONValue { .array(values.map(sentence)) }
  func time(_ microseconds: Int64) -> JSONValue { .string(Timestamp(microseconds).rfc3339) }

  func counts(_ values: [String: Int]) -> JSONValue {
    var object: [String: JSONValue] = [:]
    for (key, count) in values { object[rules.bounded(key)] = .int(count) }
    return .object(object)
  }

  func latency(_ latency: LatencySummary) -> JSONValue {
    .object([
      "p50Us": .int(latency.p50), "p95Us": .int(latency.p95), "p99Us": .int(latency.p99), "count": .int(latency.count),
    ])
  }

  func latency(optional value: LatencySummary?) -> JSONValue { value.map { latency($0) } ?? .null }

  /// Bounds are always numbers: an open one is the largest there is.
  private func finite(_ value: Double) -> Double {
    value.isNaN ? 0 : min(max(value, -Double.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }

  func estimate(_ value: Estimate) -> JSONValue {
    .object([
      "value": .double(optional: value.value), "low": .double(finite(value.low)), "high": .double(finite(value.high)),
    ])
  }

  // MARK: What was read

  private func input(_ input: NightReport.Input) -> JSONValue {
    let members = input.memberCounts.sorted { $0.member < $1.member }
    let omitted = members.count - min(members.count, Self.listedMembers)
    return .object([
      "name": path(input.name.text), "sha256": .string(input.sha256.text), "bytes": .int(input.bytes),
      "members": .int(input.members), "records": .int(input.recordCounts.records),
      "used": .int(input.recordCounts.used),
      "skipped": .int(input.recordCounts.skippedTotal), "repaired": .int(input.recordCounts.repairedTotal),
      "events": .int(input.events), "diagnostics": .int(input.diagnostics),
      "skippedBy": counts(input.recordCounts.skipped), "repairedBy": counts(input.recordCounts.repaired),
      "memberBooks": .array(members.prefix(Self.listedMembers).map(member)),
      "memberBooksOmitted": omitted > 0 ? .int(omitted) : nil,
    ])
  }

  private func member(_ member: NightReport.MemberCounts) -> JSONValue {
    .object([
      "member": path(member.member.text), "format": .string(member.format.text), "bytes": .int(member.bytes),
      "records": .int(member.recordCounts.records), "used": .int(member.recordCounts.used),
      "skippedBy": counts(member.recordCounts.skipped), "repairedBy": counts(member.recordCounts.repaired),
    ])
  }

  private func diagnostic(_ diagnostic: Diagnostic) -> JSONValue {
    var pairs = place(diagnostic.location)
    pairs["code"] = .string(diagnostic.code)
    pairs["severity"] = .string(diagnostic.severity.name)
    pairs["message"] = text(diagnostic.message.plain)
    pairs["count"] = .int(diagnostic.count)
    if let limit = diagnostic.limit { pairs["limit"] = .string(limit) }
    return .object(pairs)
  }

  /// Input, member where there is one, and line or offset where there is one.
  func place(_ location: SourceLocation) -> [String: JSONValue] {
    var pairs: [String: JSONValue] = ["input": path(location.input)]
    if !location.member.isEmpty { pairs["member"] = path(location.member) }
    switch location.position {
    case .line(let line): pairs["line"] = .int(line)
    case .offset(let offset): pairs["offset"] = .int(offset)
    case .whole: break
    }
    return pairs
  }

  func evidence(_ evidence: Evidence) -> JSONValue {
    var pairs = place(evidence.location)
    pairs["member"] = path(evidence.location.member)
    pairs["request"] = text(evidence.request)
    if !evidence.quote.isEmpty { pairs["quote"] = text(evidence.quote.wording) }
    pairs["at"] = evidence.time.map { time($0) }
    pairs["durationUs"] = evidence.duration.map { .int($0) }
    return .object(pairs)
  }

  func evidence(_ list: [Evidence]) -> JSONValue { .array(list.map { evidence($0) }) }

  // MARK: The night as a whole

  private func summary(_ summary: NightReport.Summary) -> JSONValue {
    .object([
      "events": .int(summary.events), "requests": .int(summary.requests), "components": .int(summary.components),
      "failures": .int(summary.failures), "patternsLearned": .int(summary.patternsLearned),
      "patternsAnnounced": .int(summary.patternsAnnounced),
      "incidents": .int(summary.incidents), "openCircuitBreakers": texts(summary.openCircuitBreakers.sorted()),
    ])
  }

  private func component(_ component: NightReport.Component) -> JSONValue {
    .object([
      "id": text(component.id), "requests": .int(component.requests), "failures": .int(component.failures),
      "errorRate": .double(component.errorRate), "latency": latency(optional: component.latency),
      "calls": .array(
        component.calls.sorted { $0.to < $1.to }.map { call in
          .object(["to": text(call.to), "count": .int(call.count), "failures": .int(call.failures)])
        }),
    ])
  }

  private func pattern(_ pattern: PatternFinding) -> JSONValue {
    .object([
      "id": text(pattern.id), "name": text(pattern.name), "participants": texts(pattern.participants),
      "sequence": .array(pattern.sequence.map { texts($0) }), "occurrences": .int(pattern.occurrences),
      "latency": latency(optional: pattern.latency), "baseline": pattern.baseline.map { latency($0) },
      "status": .string(pattern.status.rawValue),
    ])
  }

  private func violation(_ violation: Violation) -> JSONValue {
    .object([
      "pattern": text(violation.pattern), "kind": .string(violation.kind.rawValue), "request": text(violation.request),
      "expectedUs": violation.expected.map { .int($0) }, "actualUs": violation.actual.map { .int($0) },
      "deviation": violation.deviation.map { .double($0) }, "detail": words(violation.detail.wording),
      "count": .int(violation.count), "weight": .double(violation.weight), "evidence": evidence(violation.evidence),
    ])
  }

  private func template(_ template: TemplateFinding) -> JSONValue {
    .object([
      "id": text(template.id), "template": text(template.template), "count": .int(template.count),
      "severity": .string(template.severity.name), "components": texts(template.components.sorted()),
      "status": .string(template.status.rawValue),
    ])
  }
}

/// The orders in which findings appear, the same in every form of the report.
enum Ranking {
  /// What matters most first.
  static func violations(_ list: [Violation]) -> [Violation] {
    list.sorted { a, b in
      a.weight != b.weight
        ? a.weight > b.weight
        : (a.pattern, a.kind, a.request, a.count) < (b.pattern, b.kind, b.request, b.count)
    }
  }

  /// By the heaviest rule that was broken about them, then by how many requests they stand for: one that is gone stands for
  /// those it had.
  static func patterns(_ list: [PatternFinding], by violations: [Violation]) -> [PatternFinding] {
    var weights: [FindingID: Double] = [:]
    for violation in violations { weights[violation.pattern] = max(weights[violation.pattern] ?? 0, violation.weight) }
    return list.sorted { a, b in
      let (x, y) = (weights[a.id] ?? 0, weights[b.id] ?? 0)
      if x != y { return x > y }
      let (m, n) = (max(a.occurrences, a.baseline?.count ?? 0), max(b.occurrences, b.baseline?.count ?? 0))
      return m != n ? m > n : (a.id, a.name) < (b.id, b.name)
    }
  }

  static func byTime(_ list: [Incident]) -> [Incident] { list.sorted { ($0.start, $0.id) < ($1.start, $1.id) } }

  /// Severest first, then by how many users' requests met it, then by time.
  static func bySeverity(_ list: [Incident]) -> [Incident] {
    // What nobody needs to be told of stands last.
    list.sorted { a, b in
      if a.isExpected != b.isExpected { return b.isExpected }
      if a.severity != b.severity { return a.severity > b.severity }
      let (x, y) = (a.impact.hit, b.impact.hit)
      return x != y ? x > y : (a.start, a.id) < (b.start, b.id)
    }
  }

  static func diagnostics(_ list: [Diagnostic]) -> [Diagnostic] {
    list.sorted { a, b in
      if a.location != b.location { return a.location < b.location }
      return (a.code, a.severity, a.message, a.count, a.limit ?? "")
        < (b.code, b.severity, b.message, b.count, b.limit ?? "")
    }
  }
}
