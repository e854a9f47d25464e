internal import Core
internal import Reports

/// Writes the night's folder.
enum ReportOutput {
  static func write(_ conclusion: Conclusion, _ request: RunRequest) throws(FileFailure) {
    try CheckedFile.makeFolder(request.output)
    let rules = TextRules(masksSecrets: request.pipeline.masksSecrets)
    try CheckedFile.write(
      Array(ReportJSON.render(conclusion.report, rules: rules).utf8), to: request.output + "/report.json")
  }
}
