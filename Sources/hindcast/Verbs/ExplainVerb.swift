internal import Model
internal import Reports
internal import Runs
internal import Support

/// `explain`: one incident of an earlier run in the terminal, from its report.
package enum ExplainVerb {
  package static func explain(_ id: String, folder: String) -> Int32 {
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
      let page = IncidentPage.page(incident, reproduce: earlier.reproduce)
      try Console.print(Console.renderer().render(page))
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }
}
