internal import Model
internal import Support

/// One incident for a reader in a hurry: when, why, who, what changed, what would have helped, what else it may be.
struct IncidentCard {
  let incident: Incident
  let report: NightReport

  /// Components that a card lists.
  private static let listed = 6

  var title: InlineText {
    let state: InlineText = " (\(own: incident.severity.rawValue), \(own: incident.status.rawValue))"
    return "\(own: Labels.title(incident.kind)): \(Labels.about(incident))" + state
  }

  /// Adds the card; with a link where the incident has a page of its own.
  func add(to page: inout Page, heading level: Int, hasLink: Bool = true) {
    page.heading(level, title)
    if let sentence = IncidentSentence(incident, of: report).wording {
      page.paragraph(sentence)
    } else {
      page.paragraph(incident.headline.wording)
    }
    page.bullets(hasLink ? lines + [self.page] : lines)
  }

  /// The lines of the card, each begun by what it answers.
  var lines: [InlineText] {
    [when, triage, cause, evidence, users, common, affected, spread, changes, prevented, alternatives].compactMap { $0 }
  }

  private var when: InlineText {
    let lasted = incident.end.subtractingSaturated(incident.start)
    let still: InlineText = incident.status == .ongoing ? ", still going on at the end" : ""
    return "\(strong: "When:") \(own: report.times.range(incident.start, incident.end))"
      + (lasted > 0 ? " (\(duration: lasted))" : "") + still
  }

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

  private var cause: InlineText? {
    guard let cause = incident.rootCauses.first else {
      return "\(strong: "Probable root cause:") the evidence does not tell"
    }
    let reasons = cause.reasons.prefix(3).map(\.wording)
    let isTest = incident.kind == .testRegression || incident.kind == .testFailureCluster
    let share: InlineText = isTest ? "" : " (\(percent: cause.share) of the evidence)"
    return "\(strong: "Probable root cause:") \(Labels.name(cause))" + share
      + (reasons.isEmpty ? "" : ": " + InlineText.joined(reasons, by: "; "))
  }

  private var evidence: InlineText? {
    let proofs = incident.rootCauses.first?.evidence ?? []
    guard let proof = (proofs + incident.evidence).first(where: { !$0.quote.isEmpty }) ?? proofs.first else {
      return nil
    }
    let says: InlineText = proof.quote.isEmpty ? "" : " says \(quote: proof.quote.wording.text)"
    let isTest = incident.kind == .testRegression || incident.kind == .testFailureCluster
    let place = isTest ? "\(proof.request) in " + IncidentPage.place(proof.location) : IncidentPage.proof(proof)
    return "\(strong: "Evidence:") " + place + says
  }

  /// What users met, by operation.
  private var users: InlineText? {
    let hit = incident.impact.entryPoints.filter { $0.failed + $0.slow > 0 }
    guard !hit.isEmpty else { return nil }
    let texts = hit.prefix(3).map { entry -> InlineText in
      var parts: [InlineText] = []
      if entry.failed > 0 { parts.append("\(entry.failed) failed") }
      if entry.slow > 0 { parts.append("\(entry.slow) slow") }
      return "\(entry.component.text + " " + entry.operation.text) (" + InlineText.joined(parts, by: ", ")
        + " of \(entry.requests))"
    }
    let rest: InlineText = hit.count > 3 ? " and \(hit.count - 3) more operations" : ""
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
    let shown = others.prefix(Self.listed).map { state -> InlineText in
      let rate: InlineText =
        state.failures > 0 ? " (\(percent: state.errorRate) of \(state.requests) requests failed)" : ""
      return "\(state.id)" + rate
    }
    let rest: InlineText = others.count > Self.listed ? " and \(others.count - Self.listed) more" : ""
    return "\(strong: "Affected:") " + InlineText.joined(shown, by: ", ") + rest
  }

  private var spread: InlineText? {
    guard !incident.causalChain.isEmpty else { return nil }
    let links = incident.causalChain.prefix(Self.listed).map { link -> InlineText in
      "\(link.from) → \(link.to) (\(own: NumberFormat.delay(incident.hop(link))))"
    }
    let rest: InlineText =
      incident.causalChain.count > Self.listed ? " and \(incident.causalChain.count - Self.listed) more steps" : ""
    return "\(strong: "How it spread:") " + InlineText.joined(links, by: ", ") + rest
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
    return "\(strong: "Would have helped:") " + incident.decision.wording
  }

  private var alternatives: InlineText? {
    let others = incident.rootCauses.dropFirst().prefix(3)
    guard !others.isEmpty else { return nil }
    let texts = others.map { cause -> InlineText in
      "\(Labels.name(cause)) (\(percent: cause.share))"
        + (cause.reasons.first.map { ": " + $0.wording } ?? "")
    }
    return "\(strong: "Alternatives:") " + InlineText.joined(texts, by: "; ")
  }

  private var page: InlineText {
    let path = "incidents/\(IncidentPage.fileName(incident.id.text)).md"
    return InlineText([.link("timeline and evidence", path: path)])
  }
}

extension Incident {
  /// How long after the step before it a step happened: from the beginning of what it came from.
  func hop(_ link: Link) -> Int64 {
    let before = causalChain.last { $0.to == link.from && $0.at <= link.at }?.at ?? start
    return max(link.at.subtractingSaturated(before), 0)
  }
}
