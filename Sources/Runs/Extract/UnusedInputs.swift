internal import Model
internal import Support

/// Names the arguments of which nothing at all was used.
///
/// A folder or an archive may hold files that are no input: they are only noted. But what was asked for by name, or by a
/// pattern of the pipeline file, and gave not a single record is a mistake that must not pass in silence: the wrong file, a
/// format that is not known, an export that was empty.
enum UnusedInputs {
  /// Codes of diagnostics that say why a member gave nothing, most telling first.
  private static let reasons = [
    "unrecognizedFormat", "missingColumn", "emptyInput", "emptyMember", "noRecords", "emptyFolder", "emptyArchive",
  ]

  /// The arguments of which nothing was used. Each outcome tells by which word it was named, so that the same is said
  /// whichever call of extract read what.
  ///
  /// - Parameter outcomes: of all inputs.
  /// - Returns: one diagnostic for each, in the order of the words.
  static func diagnostics(of outcomes: [InputOutcome]) -> [Diagnostic] {
    Dictionary(grouping: outcomes.filter { !$0.argument.isEmpty }, by: \.argument).sorted { $0.key < $1.key }
      .compactMap { word, own in
        // What could not be opened says so itself.
        if own.contains(where: { $0.recordCounts.used > 0 || $0.isPartlyUnread }) { return nil }
        return Diagnostic(
          own.contains(where: \.mayBeEmpty) ? "allowedEmpty" : Diagnostic.nothingUsed, .note,
          at: SourceLocation(input: word), "nothing of it was used: \(why(own))")
      }
  }

  private static func why(_ outcomes: [InputOutcome]) -> MessageText {
    let all = outcomes.flatMap(\.diagnostics)
    for code in reasons {
      let found = all.filter { $0.code == code }.sorted { $0.location < $1.location }
      guard let first = found.first else { continue }
      let rest: MessageText = found.count > 1 ? ", and \(found.count - 1) more like it" : ""
      let place: MessageText =
        outcomes.count > 1 || !first.location.member.isEmpty ? "\(first.location.description) is " : ""
      return place + first.message + rest
    }
    return "no record in it"
  }
}
