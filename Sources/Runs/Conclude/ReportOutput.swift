internal import Model
internal import Reports
internal import Support

/// Writes the night's folder, the capture of the run last.
package enum ReportOutput {
  /// - Throws: `FileFailure` where a file could not be written, `CaptureFailure` where a decision could not be recorded.
  package static func write(_ conclusion: Conclusion, _ night: NightPartial, _ request: RunRequest) throws {
    let rules = TextRules(masksSecrets: request.pipeline.masksSecrets)
    let formats = Set(request.pipeline.reportFormats.compactMap { ReportFormat(rawValue: $0) })
    let report = conclusion.report
    let (document, pages) = WorkerPool.both(
      jobs: request.jobs, { ReportJSON.render(report, rules: rules) },
      { PageFiles(files: ReportFolder.pages(report, formats: formats, rules: rules)) })
    do throws(ReportWriteFailure) {
      var documents = formats.contains(.json) ? ReportFolder.documents(document) : []
      if report.tests.tests > 0 { documents.append(("quarantine.json", ReportJSON.quarantine(report, rules: rules))) }
      try ReportFolder.write(pages.files + documents, to: request.output)
    } catch {
      throw FileFailure(.unwritable, error.path, CheckedFile.reason(error.code))
    }
    let capture = try Capture.bundle(conclusion, night, request, document: document).text()
    try CheckedFile.write(Array(capture.utf8), to: request.output + "/capture.json")
    if let page = request.stepSummary {
      try CheckedFile.append(Array(StepSummary.stepSummary(report, rules: rules).utf8), to: page)
    }
  }

  /// Files on their way from one thread to another.
  private struct PageFiles: Sendable {
    var files: [(path: String, text: String)]
  }
}
