internal import Model
internal import Reports
internal import Runs
internal import Support

/// `explain`: one incident of an earlier run in the terminal, from its report.
package enum ExplainVerb {
  /// A ticket instead of the page; `template` is a file with its form.
  package struct Ticket: Sendable {
    package var template: String?
    package init(template: String?) { self.template = template }
  }

  package static func explain(_ id: String, folder: String, ticket: Ticket? = nil) -> Int32 {
    do {
      let path = folder.hasSuffix(".json") ? folder : folder + "/report.json"
      let bytes = try CheckedFile.read(path, limit: 512 << 20)
      let earlier: EarlierReport
      do throws(ReportReadFailure) {
        earlier = try ReportJSON.parse(bytes)
      } catch {
        throw FileFailure(.damaged, path, error.message)
      }
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

  /// Names the placeholders of a form that nothing fills.
  private static func check(_ form: String, _ file: String) throws(RunSetup.Failure) {
    for match in form.matches(of: /\{([A-Za-z_]+)\}/) where !TicketText.placeholders.contains(String(match.output.1)) {
      throw RunSetup.Failure(
        "\(file): '{\(match.output.1)}' is no placeholder of a ticket; there are "
          + TicketText.placeholders.map { "{\($0)}" }.joined(separator: ", "))
    }
  }
}
