internal import Model
internal import Support

/// One incident for a reader in a hurry: when, why, who, what changed, what would have helped, what else it may be.
struct IncidentCard {
  let incident: Incident
  let report: NightReport

  /// Components that a card lists.
  private static let listed = 6

  var title: InlineText {
    // Without an earlier night nothing is known to be new.
    let isKnown = report.earlierNights > 0 || incident.status != .new
    let status: InlineText = isKnown ? ", \(own: incident.status.rawValue)" : ""
    let state: InlineText = " (\(own: incident.severity.rawValue)" + status + ")"
    return "\(own: Labels.title(incident)): \(Labels.about(incident))" + state
  }

  /// Adds the card; with a link where the incident has a page of its own.
  func add(to page: inout Page, heading level: Int, hasLink: Bool = true) {
    page.heading(level, title)
    page.paragraph(IncidentSentence(incident, of: report).shown)
    page.bullets(hasLink ? lines + [self.page] : lines)
  }

  /// The lines of the card, each begun by what it answers.
  var lines: [InlineText] {
    [
      when, triage, cause, evidence, records, users, common, affected, spread, meanwhile, changes, prevented, policy,
      alternatives,
    ]
    .compactMap { $0 }
  }

  private var when: InlineText {
    if incident.kind == .testRegression {
      return "\(strong: "When:") since \(own: report.times.time(incident.start)) UTC, still failing in the last build"
    }
    let lasted = incident.end.subtractingSaturated(incident.start)
    return "\(strong: "When:") \(own: report.times.range(incident.start, incident.end))"
      + (lasted > 0 ? " (\(duration: lasted))" : "") + ending
  }

  /// Whether it was over before the records end: what lasts into their last minute may go on.
  private var ending: InlineText {
    guard !isTest, let end = report.window?.end, incident.end > 0 else { return "" }
    let left = end.subtractingSaturated(incident.end)
    return left > 60_000_000
      ? ", over" : ", still going on when the records end"
  }

  private var isTest: Bool { incident.kind.isOfTests }

  /// Whose it is, what was decided, and since when it is known.
  private var triage: InlineText? {
    var parts: [InlineText] = []
    if let owner = incident.owner { parts.append("belongs to \(owner)") }
    if incident.seen > 0 {
      let first: InlineText = incident.firstSeen.map { ", first on \($0)" } ?? ""
      parts.append("seen on " + IncidentWording.counted(incident.seen, "earlier night") + first)
    }
    if let triage = incident.triage {
      let until: InlineText = triage.until.isEmpty ? "" : " until \(triage.until)"
      let note: InlineText = triage.note.isEmpty ? "" : " (\(triage.note))"
      parts.append((triage.action == .mute ? "muted" : "acknowledged") + until + note)
    }
    if let maintenance = incident.maintenance {
      parts.append("in a maintenance" + (maintenance.note.isEmpty ? "" : " (\(maintenance.note))"))
    }
    return parts.isEmpty ? nil : "\(strong: "Status:") " + InlineText.joined(parts, by: "; ")
  }

  private var cause: InlineText { cause(reasons: 3) }

  /// The probable root cause with the first of its reasons.
  func cause(reasons count: Int) -> InlineText {
    guard let cause = incident.rootCauses.first else {
      return "\(strong: "Probable root cause:") the evidence does not tell"
    }
    let reasons = cause.reasons.prefix(count).map(\.wording)
    let share: InlineText =
      isTest
      ? "" : cause.share >= 0.995 ? " (no other suspect)" : " (\(percent: cause.share) of the evidence points to it)"
    if incident.kind == .testRegression, let broke { return "\(strong: "Probable root cause:") " + broke }
    let name = report.isRevision(cause.component) ? report.revision(cause.component) : Labels.name(cause)
    return "\(strong: "Probable root cause:") " + name + (isHidden ? ", or what it calls, which left no record" : "")
      + share
      + (reasons.isEmpty ? "" : ": " + InlineText.joined(reasons, by: "; ")) + (isTest ? "" : logs(of: cause))
  }

  /// Whether the cause is only as far as a proxy in front can see.
  private var isHidden: Bool {
    let isBehind = incident.reasoning.contains { if case .nothingBehind = $0 { true } else { false } }
    return isBehind && records == nil
  }

  /// Where another system shows the logs of the cause at that time, some minutes before it included.
  private func logs(of cause: Incident.RootCause) -> InlineText {
    let lead: Int64 = 300_000_000
    let (start, end) = (Timestamp(incident.start.subtractingSaturated(lead)), Timestamp(incident.end))
    let address = report.links.log(component: cause.component.text, start: start.rfc3339, end: end.rfc3339)
    return address.map { "; " + InlineText([.link("its logs", path: $0)]) } ?? ""
  }

  /// What a record that proves it says; of a departure the words of a log, for how long a span took proves nothing there.
  var saying: InlineText? {
    if case .departed = incident.headline, proof?.quote.wording.text.contains(", took ") == true { return nil }
    return proof.flatMap { $0.quote.isEmpty ? nil : "\(quote: $0.quote.wording.text)" }
  }

  /// Of a regression: the build before it, and the first with it.
  private var broke: InlineText? {
    guard let cause = incident.rootCauses.first else { return nil }
    let own = report.tests.failing.filter { ($0.sinceBuild ?? $0.since) == cause.component && $0.doubt == nil }
    guard let passed = own.compactMap({ $0.lastPassedBuild ?? $0.lastPassed }).first else { return nil }
    let count = Set(own.map(\.line.test)).count
    let builds = own.map(\.failedBuilds).max() ?? 0
    return report.revision(cause.component) + (count > 1 ? " (\(count) tests)" : "") + ": passed in "
      + report.revision(passed)
      + (report.sharedRevision(cause.component).map { ", of the same revision " + report.revision($0) } ?? "")
      + (builds == 1 ? ", fails in this one build, the last" : ", fails in all \(builds) builds since")
  }

  private var proof: Evidence? {
    let proofs = incident.rootCauses.first?.evidence ?? []
    return (proofs + incident.evidence).first { !$0.quote.isEmpty } ?? proofs.first
  }

  private var evidence: InlineText? {
    guard let proof else { return nil }
    let says = saying.map { " says " + $0 } ?? ""
    let text = EvidenceText(of: incident)
    let place =
      isTest
      ? TestWording.name(proof.request) + " in " + EvidenceText.place(proof.location) : text.one(proof)
    return "\(strong: "Evidence:") " + place + says
  }

  /// What the logs say at that time and next to never else.
  private var records: InlineText? {
    let texts = incident.reasoning.compactMap { reasoning -> InlineText? in
      guard case .records(let component, let lines, _, let saying) = reasoning else { return nil }
      return "\(component) says \(quote: saying.text) (\(IncidentWording.counted(lines, "line")))"
    }
    return texts.isEmpty ? nil : "\(strong: "Only then in the logs:") " + InlineText.joined(texts, by: "; ")
  }

  /// What users met, by operation.
  var users: InlineText? {
    let hit = incident.impact.entryPoints.filter { $0.hit > 0 }
    guard !hit.isEmpty else { return nil }
    let texts = hit.prefix(3).map { entry -> InlineText in
      var parts: [InlineText] = []
      if entry.failed > 0 { parts.append("\(entry.failed) failed") }
      if entry.slow > 0 { parts.append("\(entry.slow) slow") }
      return "\(entry.component.text + " " + entry.operation.text) (" + InlineText.joined(parts, by: ", ")
        + " of \(entry.requests))"
    }
    let rest: InlineText = hit.count > 3 ? " and " + IncidentWording.counted(hit.count - 3, "more operation") : ""
    return "\(strong: "Users' requests:") " + InlineText.joined(texts, by: ", ") + rest
  }

  /// What the failed or slow requests have in common.
  private var common: InlineText? {
    guard !incident.common.isEmpty else { return nil }
    return "\(strong: "In common:") " + InlineText.joined(incident.common.prefix(2).map(\.wording), by: "; ")
  }

  private var affected: InlineText? {
    let cause = incident.rootCauses.first?.component
    let others = incident.components.filter { $0.id != cause }.sorted { ($0.onset, $0.id) < ($1.onset, $1.id) }
    guard !others.isEmpty else {
      let delayed = Set(incident.causalChain.map(\.to)).filter { $0 != cause }.sorted()
      if !delayed.isEmpty {
        return "\(strong: "Affected:") no other component failed; delayed: " + IncidentWording.names(delayed)
      }
      return incident.components.isEmpty ? nil : "\(strong: "Affected:") nobody else"
    }
    return "\(strong: "Affected:") "
      + .listed(others, most: Self.listed) { state in
        let rate: InlineText =
          state.failures > 0 ? " (\(percent: state.errorRate) of \(state.requests) requests failed)" : ""
        return "\(state.id)" + rate
      }
  }

  private var spread: InlineText? {
    guard !incident.causalChain.isEmpty else { return nil }
    let links = incident.causalChain.prefix(Self.listed).map { link -> InlineText in
      let after = incident.hop(link)
      return "\(link.to) " + (after > 0 ? "\(duration: after) after" : "together with") + " \(link.from)"
    }
    let rest: InlineText =
      incident.causalChain.count > Self.listed
      ? " and " + IncidentWording.counted(incident.causalChain.count - Self.listed, "more step") : ""
    return "\(strong: "How it spread:") " + InlineText.joined(links, by: ", ") + rest
  }

  /// Other incidents of its time: two of one time may be one, or one may hide behind the other.
  private var meanwhile: InlineText? {
    guard !isTest else { return nil }
    let others = report.incidents.filter {
      $0.id != incident.id && !$0.kind.isOfTests && $0.start <= incident.end && $0.end >= incident.start
    }.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    guard !others.isEmpty else { return nil }
    return "\(strong: "At the same time:") "
      + InlineText.joined(
        others.prefix(3).map { other in
          "another incident, \(own: Labels.title(other)): \(Labels.about(other)), \(own: report.times.range(other.start, other.end))"
        }, by: "; ")
      + (others.count > 3 ? " and \(others.count - 3) more" : "")
  }

  private var changes: InlineText? {
    let before = incident.changesBefore.suffix(3)
    guard !before.isEmpty else {
      return report.changes.isEmpty ? nil : "\(strong: "Changed just before:") nothing that is known"
    }
    let texts = before.map { change -> InlineText in
      let distance = incident.start.subtractingSaturated(change.at)
      return ChangeWording.wording(change) + (distance > 0 ? " (\(duration: distance) before)" : " (at the same time)")
    }
    return "\(strong: "Changed just before:") " + InlineText.joined(texts, by: "; ")
  }

  private var prevented: InlineText? {
    guard case .openBreakers = incident.decision else { return nil }
    return "\(strong: "A breaker:") " + incident.decision.wording
  }

  private var policy: InlineText? {
    Prevention(incident, policies: report.policies).policyWording.map { "\(strong: "A policy:") " + $0 }
  }

  private var alternatives: InlineText? {
    let others = incident.rootCauses.dropFirst().prefix(3)
    guard !others.isEmpty else { return nil }
    let texts = others.map { cause -> InlineText in
      "\(Labels.name(cause)) (\(percent: cause.share))"
        + (cause.reasons.first.map { ": " + $0.wording } ?? "")
    }
    return "\(strong: "Other suspects:") " + InlineText.joined(texts, by: "; ")
  }

  private var page: InlineText {
    InlineText([.link("timeline and evidence", path: IncidentPage.path(incident))])
  }
}

extension Incident {
  /// How long after the step before it a step happened: from the beginning of what it came from.
  func hop(_ link: Link) -> Int64 {
    let before = causalChain.last { $0.to == link.from && $0.at <= link.at }?.at ?? start
    return max(link.at.subtractingSaturated(before), 0)
  }
}
