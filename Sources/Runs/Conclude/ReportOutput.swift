internal import Model
internal import Reports
package import Support

/// Writes the night's folder, the capture of the run with it.
package enum ReportOutput {
  /// - Throws: `FileFailure` where a file could not be written, `CaptureFailure` where a decision could not be recorded.
  ///
  /// - Returns: why the page of the CI job could not be written to; the report is there then all the same.
  package static func write(
    _ conclusion: Conclusion, _ night: NightPartial, _ request: RunRequest
  ) throws -> FileFailure? {
    let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
    let formats = Set(request.pipeline.reportFormats.compactMap { ReportFormat(rawValue: $0) })
    let report = conclusion.report
    let (document, others) = WorkerPool.both(
      jobs: request.jobs, { ReportJSON.render(report, rules: rules) },
      {
        OtherFiles(
          pages: ReportFolder.pages(report, formats: formats, rules: rules),
          capture: Result { () throws(CaptureFailure) in try Capture.decisions(conclusion, night, request) })
      })
    var documents = formats.contains(.json) ? ReportFolder.documents(document) : []
    if report.tests.tests > 0 { documents.append(("quarantine.json", ReportJSON.quarantine(report, rules: rules))) }
    var capture = try others.capture.get()
    capture.reportChecksum = Capture.checksum(of: document)
    let captured = try capture.text()
    try ReportFolder.write(others.pages + documents + [("capture.json", captured)], to: request.output)
    if let page = request.stepSummary {
      do throws(FileFailure) {
        try CheckedFile.append(Array(StepSummary.stepSummary(report, rules: rules).utf8), to: page)
      } catch {
        return error
      }
    }
    return nil
  }

  /// Files on their way from one thread to another.
  private struct OtherFiles: Sendable {
    var pages: [(path: String, text: String)]
    var capture: Result<CaptureBundle, CaptureFailure>
  }
}
