internal import Model
internal import Glibc
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
      let isPlain = unsafe getenv("NO_COLOR") != nil
      let isColored = !isPlain && isatty(STDOUT_FILENO) == 1
      try Console.print(TerminalRenderer(isColored: isColored, width: width()).render(page))
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// The terminal's width within what reads well; 100 where there is none.
  private static func width() -> Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return min(max(Int(size.ws_col), 60), 160)
  }
}
