// The room Reports: findings as words, pages, pictures and JSON, in a night's folder that is there whole or not at all.
// It never computes a finding, and never lets foreign text act as anything but text.

package import Model
package import Support

/// The forms a night's folder can hold.
package enum ReportFormat: String, CaseIterable, Hashable, Sendable {
  case json
  case markdown
  case html
  case metrics
  /// Incidents as OTLP/JSON log records with an event name.
  case otlp
}

/// The night's folder: `report.json` with its schema, `report.md`, a page per incident, pictures, metrics.
///
/// Every file is written whole and synced beside the folder before all of them take their place in one step (`OwnedFolder`).
/// A failure leaves the earlier report untouched, and what else is in the folder stays.
package enum ReportFolder {
  /// The files of a report, by path inside the folder.
  package static func files(
    _ report: NightReport, formats: Set<ReportFormat>, rules: TextRules = TextRules()
  ) -> [(path: String, text: String)] {
    let pages = pages(report, formats: formats, rules: rules)
    return formats.contains(.json) ? pages + documents(ReportJSON.render(report, rules: rules)) : pages
  }

  /// `report.json`, rendered already, with its schema.
  package static func documents(_ document: String) -> [(path: String, text: String)] {
    [("report.schema.json", ReportSchema.text), ("report.json", document)]
  }

  /// What people read, and pictures and metrics: every file but `report.json`.
  package static func pages(
    _ report: NightReport, formats: Set<ReportFormat>, rules: TextRules = TextRules()
  ) -> [(path: String, text: String)] {
    var files: [(path: String, text: String)] = []
    var pictures: [String: String] = [:]
    if formats.contains(.markdown) {
      pictures["components.svg"] = Pictures.heatStrip(report, rules: rules)
      pictures["policies.svg"] = report.policies.flatMap { PolicyChart.svg($0, rules: rules) }
    }
    let page = NightPage(report, rules: rules, pictures: Set(pictures.keys)).page()
    if formats.contains(.markdown) {
      for (path, svg) in pictures.sorted(by: { $0.key < $1.key }) { files.append((path, svg)) }
      let renderer = MarkdownRenderer(rules: rules)
      var seen: Set<String> = []
      for incident in Ranking.byTime(report.incidents) {
        let name = "incidents/" + IncidentPage.fileName(incident.id.text) + ".md"
        guard seen.insert(name).inserted else { continue }
        let page = IncidentPage.page(incident, rules: rules, reproduce: report.reproduce.text)
        files.append((name, renderer.render(page)))
      }
      files.append(("report.md", renderer.render(page)))
    }
    if formats.contains(.html) {
      files.append(("index.html", HTMLReport(report: report, rules: rules).text()))
    }
    if formats.contains(.otlp) {
      files.append(("incidents.otlp.json", IncidentEvents.document(report, rules: rules).pretty))
    }
    if formats.contains(.metrics) { files.append(("hindcast.prom", StepSummary.metrics(report))) }
    return files
  }

  /// Writes the folder, and makes it where it does not exist.
  package static func write(
    _ report: NightReport, to folder: String, formats: Set<ReportFormat> = [.json, .markdown],
    rules: TextRules = TextRules()
  ) throws(FileFailure) {
    try write(files(report, formats: formats, rules: rules), to: folder)
  }

  /// Puts a set of files in place, all in one step.
  package static func write(_ files: [(path: String, text: String)], to folder: String) throws(FileFailure) {
    try OwnedFolder(folder).replace(with: files.map { (path: $0.path, bytes: Array($0.text.utf8)) })
  }

  /// Sees that a report can be written here, before the work that goes into it.
  package static func prepare(_ folder: String) throws(FileFailure) {
    try OwnedFolder(folder).prepare(for: names)
  }

  /// What a report may hold.
  private static let names = [
    "report.json", "report.schema.json", "report.md", "index.html", "report.html", "hindcast.prom",
    "incidents.otlp.json", "components.svg",
    "policies.svg",
    "capture.json", "quarantine.json", "incidents/",
  ]
}
