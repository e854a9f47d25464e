// Owners out of a CODEOWNERS file, as GitHub and GitLab read it: a pattern and its owners a line, the last one that fits
// counts; `[Section] @default` names owners for the lines of a section that name none (GitLab).

internal import Decoders

/// The rules of a CODEOWNERS file.
package struct CodeOwners: Hashable, Sendable {
  private struct Rule: Hashable {
    /// The pattern's parts between slashes; one that begins at the root of the repository, or anywhere.
    var parts: [String]
    var isAnchored: Bool
    var isFolder: Bool
    var owners: String
  }

  private var rules: [Rule] = []
  private static let most = 20_000

  package init() {}

  package init(_ text: String) {
    var usual = ""
    for line in text.split(whereSeparator: \.isNewline).prefix(Self.most) {
      let words = Self.words(line)
      guard let first = words.first else { continue }
      if first.hasPrefix("[") || first.hasPrefix("^[") {
        usual = words.filter { $0.hasPrefix("@") || $0.contains("@") && !$0.contains("[") }.joined(separator: " ")
        continue
      }
      let own = words.dropFirst().joined(separator: " ")
      let bare = first.drop { $0 == "/" }
      let parts = bare.split(separator: "/").map(String.init)
      guard !parts.isEmpty else { continue }
      rules.append(
        Rule(
          parts: parts, isAnchored: first.hasPrefix("/") || parts.count > 1, isFolder: first.hasSuffix("/"),
          owners: own.isEmpty ? usual : own))
    }
  }

  package var isEmpty: Bool { rules.isEmpty }

  /// The words of a line up to a comment; a backslash keeps a space or a `#` in a word.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var isEscaped = false
    for character in line {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "#" {
        break
      } else if character == " " || character == "\t" {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// The owners of a file, nil where nobody is named. A path from the root of a machine is taken from whatever folder on.
  package func owner(ofFile path: String) -> String? {
    let parts = path.split { $0 == "/" || $0 == "\\" }.suffix(32).map(String.init)
    guard !parts.isEmpty else { return nil }
    let isAbsolute = path.hasPrefix("/") || path.dropFirst().hasPrefix(":")
    let rule = rules.last { rule in
      (0..<(isAbsolute ? parts.count : 1)).contains { Self.fits(rule, parts[$0...]) }
    }
    return rule.flatMap { $0.owners.isEmpty ? nil : $0.owners }
  }

  /// The owners of a component: those of the last rule for a folder that is called like it.
  package func owner(ofComponent component: String) -> String? {
    let name = component.lowercased()
    let rule = rules.last { rule in
      let folder = rule.parts.last { !$0.contains("*") }
      return folder?.lowercased() == name && (rule.isFolder || rule.parts.count > 1 || rule.isAnchored)
    }
    return rule.flatMap { $0.owners.isEmpty ? nil : $0.owners }
  }

  private static func fits(_ rule: Rule, _ path: ArraySlice<String>) -> Bool {
    if rule.isAnchored { return fits(rule, at: path.startIndex, path) }
    return path.indices.contains { fits(rule, at: $0, path) }
  }

  /// Whether the pattern fits from a part of the path on: to its end, or to a folder of it.
  private static func fits(_ rule: Rule, at start: Int, _ path: ArraySlice<String>) -> Bool {
    // The places that the pattern may have reached after each of its parts.
    var places: Set<Int> = [start]
    for (number, part) in rule.parts.enumerated() {
      var next: Set<Int> = []
      for place in places {
        if part == "**" {
          next.formUnion(place...path.endIndex)
        } else if place < path.endIndex, Glob.matches(part, path[place]) {
          next.insert(place + 1)
        }
      }
      if next.isEmpty { return false }
      // `docs/*` is the files of the folder, not those below it.
      if number == rule.parts.count - 1, part == "*", !rule.isFolder { return next.contains(path.endIndex) }
      places = next
    }
    return rule.isFolder ? places.contains { $0 < path.endIndex } : true
  }
}
