package import Model

/// Brings test reports into rows while they are decoded.
///
/// Extract knows no analysis: whoever analyses tests decides what of a report is kept, and hands this to the run.
package protocol TestReportCondensing: Sendable {
  /// The row of a report or of a piece of one.
  ///
  /// - Parameters:
  ///   - report: what the decoder made.
  ///   - path: the name that the report is listed under.
  /// - Returns: the row; its source refers to the decoder's table.
  mutating func condense(_ report: TestReportFile, path: String) -> ReportRow
}
