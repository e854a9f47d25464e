internal import Archives
package import Model

/// Counts what the inputs of a night expanded to, whichever calls of extract read them: each of them knows of its own only.
package enum ExpandedInputs {
  /// What is said where they came to more than a run may expand, at the input, in the order of names, with which they did; nil
  /// where they did not, or where a call stopped at the limit and said so itself.
  ///
  /// - Parameters:
  ///   - outcomes: of all inputs.
  ///   - limit: bytes.
  /// - Returns: an error that names the limit.
  package static func diagnostic(of outcomes: [InputOutcome], limit: Int) -> Diagnostic? {
    let name = ArchiveLimits.Name.expandedPerRun
    guard !outcomes.contains(where: { $0.diagnostics.contains { $0.limit == name } }) else { return nil }
    var expanded = 0
    for outcome in outcomes.sorted(by: { ($0.name, $0.sha256) < ($1.name, $1.sha256) }) {
      for member in outcome.memberCounts { expanded = expanded.addingReportingOverflow(member.bytes).partialValue }
      guard expanded > limit else { continue }
      return Diagnostic(
        "limitReached", .error, at: SourceLocation(input: outcome.name),
        "the inputs of this night expand to more than \(limit) bytes: calls of extract that knew nothing of each other read them all",
        limit: name)
    }
    return nil
  }
}
