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

  /// The arguments of which nothing was used.
  ///
  /// - Parameters:
  ///   - outcomes: of all inputs.
  ///   - arguments: the words of the command line or the pipeline file, with the paths that each stands for.
  ///   - isAllowed: whether the user said that inputs may be empty.
  /// - Returns: one diagnostic for each.
  static func diagnostics(
    of outcomes: [InputOutcome], _ arguments: [RunRequest.Argument], isAllowed: Bool
  ) -> [Diagnostic] {
    arguments.compactMap { argument in
      let own = outcomes.filter { outcome in
        argument.paths.contains { path in
          let folder = path.hasSuffix("/") ? path : path + "/"
          return outcome.name == path || outcome.name.hasPrefix(folder)
        }
      }
      // What could not be opened says so itself.
      if own.isEmpty || own.contains(where: { $0.recordCounts.used > 0 || $0.isPartlyUnread }) { return nil }
      return Diagnostic(
        isAllowed ? "allowedEmpty" : Diagnostic.nothingUsed, .note, at: SourceLocation(input: argument.word),
        "nothing of it was used: \(why(own))")
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
