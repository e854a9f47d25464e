internal import Core
internal import Reports

/// Writes the night's folder.
enum ReportOutput {
  static func write(_ conclusion: Conclusion, _ request: RunRequest) throws(FileFailure) {
    let rules = TextRules(masksSecrets: request.pipeline.masksSecrets)
    let formats = Set(request.pipeline.reportFormats.compactMap { ReportFormat(rawValue: $0) })
    do {
      try ReportFolder.write(conclusion.report, to: request.output, formats: formats, rules: rules)
    } catch {
      throw FileFailure(.unwritable, error.path, CheckedFile.reason(error.code))
    }
  }
}
