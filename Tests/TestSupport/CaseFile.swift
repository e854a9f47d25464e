import Foundation

/// A case of a table that stands in a file beside its test.
///
/// Such a file has comments behind `#`, a case behind `## title`, and lines whose words the test understands. Adding a case
/// needs no code.
package struct TestCase: Sendable, CustomStringConvertible {
  package var title: String
  /// The lines of the case, trimmed, without blank ones and comments.
  package var lines: [String]

  package var description: String { title }

  /// The text behind a word that begins a line, nil where no line begins so.
  package func value(_ word: String) -> String? {
    lines.first { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) }
  }

  /// The lines behind the first one that is this word and a colon, split into words.
  package func rows(after word: String) -> [[String]] {
    guard let start = lines.firstIndex(of: word + ":") else { return [] }
    return lines[(start + 1)...].map { $0.split(separator: " ").map(String.init) }
  }

  /// The cases of `Cases/NAME.cases` beside a source file; a file that cannot be read has none, which its test refuses.
  package static func all(_ name: String, beside file: String = #filePath) -> [TestCase] {
    let url = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Cases/\(name).cases")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    var cases: [TestCase] = []
    for line in text.components(separatedBy: "\n") {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if trimmed.hasPrefix("## ") {
        cases.append(TestCase(title: String(trimmed.dropFirst(3)), lines: []))
      } else if !trimmed.isEmpty, !trimmed.hasPrefix("#"), !cases.isEmpty {
        cases[cases.count - 1].lines.append(trimmed)
      }
    }
    return cases
  }
}
