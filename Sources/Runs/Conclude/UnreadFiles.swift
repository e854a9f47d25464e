// What is said of files that no decoder reads: once for each kind, however many there are.

internal import Model
internal import Support

enum UnreadFiles {
  /// Codes whose diagnostics tell of a whole file, and mean the same of every file of the kind.
  private static let codes: Set<String> = ["unrecognizedFormat", "unsupportedDialect", "allureContainer"]

  /// The diagnostics, those of unread files one for each kind: it stands at the first file and counts all.
  static func collapsed(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    var kept: [Diagnostic] = []
    var kinds: [Diagnostic: Int] = [:]
    for diagnostic in diagnostics.sorted(by: { $0.location < $1.location }) {
      guard codes.contains(diagnostic.code) else {
        kept.append(diagnostic)
        continue
      }
      var kind = diagnostic
      kind.location = SourceLocation(input: "")
      kind.count = 1
      if let place = kinds[kind] {
        kept[place].count += diagnostic.count
      } else {
        kinds[kind] = kept.count
        kept.append(diagnostic)
      }
    }
    return kept
  }
}
