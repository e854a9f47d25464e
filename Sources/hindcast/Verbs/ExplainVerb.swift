internal import Model
internal import Reports
internal import Runs
internal import Support

/// `explain`: the incidents of an earlier run, or one of them, in the terminal, from its report.
package enum ExplainVerb {
  /// A ticket instead of the page; `template` is a file with its form.
  package struct Ticket: Sendable {
    package var template: String?
    package init(template: String?) { self.template = template }
  }

  package static func explain(_ id: String, folder: String, ticket: Ticket? = nil) -> Int32 {
    do {
      let earlier = try report(folder)
      guard let incident = earlier.incident(id) else {
        let ids = earlier.incidents.map { "\($0.id)  \(Console.inert($0.headline.wording.plain))" }
        throw RunSetup.Failure(
          ids.isEmpty
            ? "the report has no incidents"
            : "no incident, or more than one, begins with '\(id)'; there are:\n" + ids.joined(separator: "\n"))
      }
      if let ticket {
        let form = try ticket.template.map { String(decoding: try CheckedFile.read($0, limit: 1 << 20), as: UTF8.self) }
        if let form { try check(form, ticket.template ?? "") }
        try Console.print(TicketText.ticket(incident, template: form, reproduce: earlier.reproduce))
        return Exit.done
      }
      let page = IncidentPage.page(incident, reproduce: earlier.reproduce)
      try Console.print(Console.renderer().render(page))
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// The incidents of a report, the gravest first.
  package static func list(_ folder: String, _ format: ListingFormat = .text) -> Int32 {
    do {
      let earlier = try report(folder)
      let incidents = earlier.incidents.sorted { ($1.severity, $0.start, $0.id) < ($0.severity, $1.start, $1.id) }
      var listing = Listing(["incident", "severity", "kind", "status", "start", "end", "headline"])
      listing.rows = incidents.map { incident in
        [
          incident.id.text, incident.severity.rawValue, incident.kind.rawValue, incident.status.rawValue,
          Timestamp(incident.start).rfc3339, Timestamp(incident.end).rfc3339, incident.headline.wording.plain,
        ].map(Listing.Cell.text)
      }
      let text = listing.show(format) {
        if incidents.isEmpty { return "no incidents\n" }
        return Console.renderer().render(
          IncidentPage.list(
            incidents, command: RunSetup.commandLine(["hindcast", "explain", "INCIDENT", "-o", folder])))
      }
      try Console.print(text)
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  private static func report(_ folder: String) throws(FileFailure) -> EarlierReport {
    let path = folder.hasSuffix(".json") ? folder : folder + "/report.json"
    let bytes = try CheckedFile.read(path, limit: 512 << 20)
    do throws(ReportReadFailure) {
      return try ReportJSON.parse(bytes)
    } catch {
      throw FileFailure(.damaged, path, error.message)
    }
  }

  /// Names the placeholders of a form that nothing fills.
  private static func check(_ form: String, _ file: String) throws(RunSetup.Failure) {
    for match in form.matches(of: /\{([A-Za-z_]+)\}/) where !TicketText.placeholders.contains(String(match.output.1)) {
      throw RunSetup.Failure(
        "\(file): '{\(match.output.1)}' is no placeholder of a ticket; there are "
          + TicketText.placeholders.map { "{\($0)}" }.joined(separator: ", "))
    }
  }
}
