package import Model
internal import Support

/// One incident's page: the story in one screen, then what proves it.
package enum IncidentPage {
  /// The page's file name inside `incidents/`, without an ending: the id's letters, digits, points and hyphens.
  package static func fileName(_ id: String) -> String {
    var name = ""
    for scalar in id.unicodeScalars.prefix(80) {
      let isSafe = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      name.unicodeScalars.append(isSafe || scalar == "-" || (scalar == "." && !name.isEmpty) ? scalar : "_")
    }
    return name.isEmpty || name != id ? name + "_" + hexText(StableHash.hash(id)).prefix(8) : name
  }

  /// The page's place in the night's folder.
  package static func path(_ incident: Incident) -> String { "incidents/\(fileName(incident.id.text)).md" }

  package static func page(_ incident: Incident, rules: TextRules = TextRules(), reproduce: String = "") -> Page {
    var page = Page(title: "\(own: Labels.title(incident)): \(Labels.about(incident))")
    let days = TimeFormat(nil)
    let lasted = incident.end.subtractingSaturated(incident.start)
    page.paragraph(incident.headline.wording)
    page.table(
      ["severity", "status", "from", "to", "lasted", "id"],
      [
        [
          .own(incident.severity.rawValue), .own(incident.status.rawValue), .own(days.time(incident.start)),
          .own(days.time(incident.end)),
          .own(lasted > 0 ? NumberFormat.duration(lasted) : "–"), .foreign(incident.id),
        ]
      ])
    changes(incident, &page)
    page.bullets(lead(incident))
    // A request that only passed the cause says less than what proves it.
    let showsTrouble = incident.exemplars.contains { $0.isBad && WaterfallWording.elsewhere($0, of: incident) == nil }
    if showsTrouble { WaterfallText.add(incident, to: &page) }
    details(incident, rules: rules, &page)
    if !showsTrouble { WaterfallText.add(incident, to: &page) }
    page.heading(2, "How to reproduce")
    if !reproduce.isEmpty { page.blocks.append(.command(reproduce)) }
    page.paragraph("`report.json` beside this folder holds the same facts for programs, with every piece of evidence.")
    page.heading(2, "For people to fill in")
    page.bullets([
      "Owner: ____", "What users noticed: ____", "What we learned: ____", "What we change, by whom, until when: ____",
    ])
    return page
  }

  /// The incidents of a report as a table, and how to see one.
  package static func list(_ incidents: [Incident], command: String) -> Page {
    var page = Page(title: "Incidents")
    let days = TimeFormat(nil)
    page.table(
      ["incident", "severity", "kind", "from (UTC)", "about", "status"],
      incidents.map { incident in
        [
          .foreign(String(incident.id.text.prefix(8))), .own(incident.severity.rawValue),
          .own(Labels.title(incident)), .own(days.time(incident.start)), Labels.about(incident),
          .own(incident.status.rawValue),
        ]
      })
    page.paragraph("One of them:")
    page.blocks.append(.command(command))
    return page
  }

  /// What proves it: impact, spread, causes, timeline and evidence.
  static func details(_ incident: Incident, rules: TextRules, _ page: inout Page) {
    let times = TimeFormat((incident.start, incident.end))
    impact(incident, times, &page)
    cascade(incident, rules, times, &page)
    causes(incident, &page)
    timeline(incident, times, &page)
    witness(incident, &page)
    evidence(incident, &page)
  }

  /// Why, and which record to open first.
  private static func lead(_ incident: Incident) -> [InlineText] {
    guard !incident.kind.isOfTests, let cause = incident.rootCauses.first else { return [] }
    let reason: InlineText = cause.reasons.first.map { ": " + $0.wording } ?? ""
    guard let proof = cause.evidence.first else {
      return ["\(strong: "Probable root cause:") " + Labels.name(cause) + reason]
    }
    let says: InlineText = proof.quote.isEmpty ? "" : ", which says \(quote: proof.quote.wording.text)"
    return [
      "\(strong: "Probable root cause:") " + Labels.name(cause) + reason,
      "\(strong: "Look first at:") " + EvidenceText(of: incident).one(proof) + says,
    ]
  }

  /// That it began just after a change, in words: what a reader asks first.
  private static func changes(_ incident: Incident, _ page: inout Page) {
    for change in incident.changesBefore.suffix(3) {
      let before = incident.start.subtractingSaturated(change.at)
      let distance: InlineText =
        before >= 0 ? "It began \(own: NumberFormat.duration(before)) after" : "It began together with"
      page.paragraph(distance + " a change, " + ChangeWording.wording(change) + ".")
    }
  }

  private static func impact(_ incident: Incident, _ times: TimeFormat, _ page: inout Page) {
    let weighed = NightVerdict.weighed(incident.impact)
    guard !incident.components.isEmpty || weighed != nil else { return }
    page.heading(2, "Impact")
    if let weighed { page.paragraph(weighed) }
    guard !incident.components.isEmpty else { return }
    page.table(
      ["component", "began", "requests", "failures", "error rate", "p99", "queue", "circuit"],
      incident.components.sorted { ($0.onset, $0.id) < ($1.onset, $1.id) }.map { state in
        [
          .foreign(state.id.text), .own(times.exact(state.onset, between: state.onsetBetween)),
          .own(NumberFormat.count(state.requests)),
          .own(NumberFormat.count(state.failures)),
          .own(state.requests > 0 ? NumberFormat.percent(state.errorRate) : "–"),
          .own(state.latencyP99.map { NumberFormat.duration($0) } ?? "–"),
          .own(state.queueDepth.map { NumberFormat.count(Int(clamping: $0)) } ?? "–"),
          .own(state.circuitState.rawValue),
        ]
      })
  }

  private static func cascade(_ incident: Incident, _ rules: TextRules, _ times: TimeFormat, _ page: inout Page) {
    guard !incident.causalChain.isEmpty else { return }
    page.heading(2, "How it spread")
    if let picture = CascadePicture.flowchart(incident, rules: rules) { page.blocks.append(.mermaid(picture)) }
    page.table(
      ["from", "to", "at (UTC)", "delay", "evidence"],
      incident.causalChain.map { link in
        [
          .foreign(link.from.text), .foreign(link.to.text), .own(times.exact(link.at, between: link.between)),
          .own(NumberFormat.delay(incident.hop(link))),
          EvidenceText(of: incident).several(link.evidence, limit: 2),
        ]
      })
  }

  private static func causes(_ incident: Incident, _ page: inout Page) {
    page.heading(2, "Probable root cause, and alternatives")
    if incident.rootCauses.isEmpty {
      page.paragraph("Not enough evidence to say what this began with.")
    } else {
      page.blocks.append(
        .numbered(
          incident.rootCauses.map { cause in
            var text: InlineText = "\(Labels.name(cause)), \(percent: cause.share) of the evidence"
            if !cause.reasons.isEmpty {
              text = text + ": " + InlineText.joined(cause.reasons.map(\.wording), by: "; ")
            }
            if !cause.evidence.isEmpty {
              text = text + ". Seen in " + EvidenceText(of: incident).several(cause.evidence, limit: 3)
            }
            return text
          }))
    }
    page.bullets(incident.reasoning.map(\.wording) + incident.common.map(\.wording))
  }

  private static func timeline(_ incident: Incident, _ times: TimeFormat, _ page: inout Page) {
    guard !incident.timeline.isEmpty || !incident.changes.isEmpty else { return }
    page.heading(2, "Timeline (UTC)")
    page.table(
      ["time", "component", "what", "evidence"], rows(incident, times).map(\.cells))
  }

  /// What was seen, and what was changed meanwhile, by time.
  private static func rows(_ incident: Incident, _ times: TimeFormat) -> [(at: Int64, cells: [InlineText])] {
    let seen = incident.timeline.map { moment -> (at: Int64, cells: [InlineText]) in
      (
        moment.at,
        [
          .own(times.exact(moment.at, between: moment.between)), "\(quote: moment.component.text)",
          moment.event.wording,
          moment.evidence.map { EvidenceText(of: incident).one($0) } ?? "",
        ]
      )
    }
    let changed = incident.changes.map { change -> (at: Int64, cells: [InlineText]) in
      (
        change.at,
        [
          .own(times.exact(change.at)), .foreign(change.component?.text ?? ""),
          "change: " + ChangeWording.wording(change), "",
        ]
      )
    }
    // Stable: of one instant the change comes first.
    return (changed + seen).enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
      \.element)
  }

  private static func witness(_ incident: Incident, _ page: inout Page) {
    // No breaker stands before a test.
    page.heading(
      2, incident.kind.isOfTests ? "What opened it" : "What opened it, and what a circuit breaker would have done")
    page.paragraph("Opened by: " + incident.triggerWording)
    if incident.decision != .none { page.paragraph("Breakers: " + incident.decision.wording) }
    if let action = incident.decision.action { page.paragraph("Action: " + action) }
  }

  private static func evidence(_ incident: Incident, _ page: inout Page) {
    guard !incident.evidence.isEmpty else { return }
    page.heading(2, "Evidence")
    let text = EvidenceText(of: incident)
    page.table(
      ["record", .own(text.subject.rawValue), "says"],
      incident.evidence.prefix(20).map {
        [
          EvidenceText.place($0.location), EvidenceText.name($0) ?? "–",
          $0.quote.isEmpty ? "–" : "\(quote: $0.quote.wording.text)",
        ]
      })
    if incident.evidence.count > 20 {
      page.paragraph("\(incident.evidence.count - 20) more in `report.json`.")
    }
  }
}

/// Labels of ours for the values of findings.
enum Labels {
  /// What kind of trouble an incident is. Where nothing failed it is not called a burst of errors.
  static func title(_ incident: Incident) -> String {
    switch incident.headline {
    case .departed: "Departure from the usual"
    case .silent: "Fell silent"
    case .crashed where incident.kind == .errorBurst: "Crash"
    default: title(incident.kind)
    }
  }

  static func title(_ kind: Incident.Kind) -> String {
    switch kind {
    case .cascade: "Cascade"
    case .errorBurst: "Error burst"
    case .latencyRegression: "Slower than usual"
    case .patternViolation: "Pattern violated"
    case .retryStorm: "Retry storm"
    case .restartStorm: "Restart storm"
    case .testFailureCluster: "Tests failed together"
    case .testRegression: "Test regression"
    }
  }

  /// A cause's component; of tests that failed together what their messages have in common.
  static func name(_ cause: Incident.RootCause) -> InlineText { "\(quote: cause.component.text)" }

  /// What an incident is about: its likeliest beginning, else its first component.
  static func about(_ incident: Incident) -> InlineText {
    let first =
      incident.rootCauses.first?.component
      ?? incident.components.min { ($0.onset, $0.id) < ($1.onset, $1.id) }?.id
    return first.map { "\(quote: $0.text)" } ?? "cause unknown"
  }
}
