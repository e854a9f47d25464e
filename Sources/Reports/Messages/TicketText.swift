package import Model

/// An incident as the text of a ticket: a title, and a body in Markdown that stands without the report.
package enum TicketText {
  /// The names that a template of one's own may hold between braces.
  package static let placeholders = [
    "title", "headline", "severity", "status", "from", "to", "cause", "affected", "evidence", "owner", "id", "command",
  ]

  static let usual = """
    {title}

    **What:** {headline}

    | severity | status | from (UTC) | to (UTC) | incident |
    | --- | --- | --- | --- | --- |
    | {severity} | {status} | {from} | {to} | {id} |

    **Probable root cause:** {cause}

    **Affected:** {affected}

    **Evidence:** {evidence}

    **Owner:** {owner}

    **Again:** `{command}`

    - [ ] What users noticed:
    - [ ] What we change, by whom, until when:

    """

  /// The ticket of an incident.
  ///
  /// - Parameters:
  ///   - incident: out of a report.
  ///   - template: a text with placeholders, nil for ours.
  ///   - reproduce: the command that makes the report again.
  /// - Returns: the text, its placeholders filled.
  package static func ticket(_ incident: Incident, template: String? = nil, reproduce: String = "") -> String {
    let rules = TextRules()
    let renderer = MarkdownRenderer(rules: rules)
    func shown(_ text: InlineText) -> String { renderer.inline(text) }
    let days = TimeFormat(nil)
    let cause = incident.rootCauses.first.map { cause -> InlineText in
      let reasons = InlineText.joined(cause.reasons.prefix(3).map(\.wording), by: "; ")
      return Labels.name(cause) + (reasons.isEmpty ? "" : ": " + reasons)
    }
    let affected = incident.components.map(\.id).filter { $0 != incident.rootCauses.first?.component }.sorted()
    let proofs = ((incident.rootCauses.first?.evidence ?? []) + incident.evidence).prefix(2)
    let values: [String: String] = [
      "title": Labels.title(incident) + ": " + shown(Labels.about(incident)),
      "headline": shown(incident.headline.wording), "severity": incident.severity.rawValue,
      "status": incident.status.rawValue, "from": days.time(incident.start), "to": days.time(incident.end),
      "cause": shown(cause ?? "the evidence does not tell"),
      "affected": affected.isEmpty ? "nobody else" : shown(IncidentWording.names(affected)),
      "evidence": proofs.isEmpty
        ? "none"
        : proofs.map { proof in
          shown(
            EvidenceText(of: incident).one(proof)
              + (proof.quote.isEmpty ? "" : " says \(quote: proof.quote.wording.text)"))
        }.joined(separator: "; "),
      "owner": incident.owner.map { shown("\($0)") } ?? "____", "id": incident.id.text,
      "command": VisibleText.show(
        rules.boundedPath(reproduce.isEmpty ? "hindcast explain " + incident.id.text : reproduce)
      )
      .replacing("`", with: "'"),
    ]
    return fill(template ?? usual, values)
  }

  /// Fills a template in one pass, so that what is filled in is never read for placeholders.
  private static func fill(_ template: String, _ values: [String: String]) -> String {
    var out = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      out += rest[..<open]
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(of: "}"), let value = values[String(rest[..<close])] else {
        out += "{"
        continue
      }
      out += value
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }
}
