package import Support

/// How foreign text (names, messages, paths: whatever came out of an input) appears in every report.
package struct TextRules: Hashable, Sendable {
  /// What blanks keys, tokens and passwords: most are blanked where they are read, this is the second line.
  package var secrets: SecretMask
  /// Longest foreign text in characters; the rest is cut and its length named.
  package var limit: Int
  /// Longest path of an input or member, so that evidence can still be followed.
  package var pathLimit: Int

  package init(secrets: SecretMask = SecretMask(), limit: Int = 300, pathLimit: Int = 4096) {
    self.secrets = secrets
    self.limit = limit
    self.pathLimit = pathLimit
  }

  /// Masked and cut: the form in `report.json`, and the first step of every other form.
  package func bounded(_ text: String) -> String { cut(masked(text), to: limit) }

  /// The same for the path of an input or a member.
  package func boundedPath(_ text: String) -> String { cut(masked(text), to: pathLimit) }

  private func masked(_ text: String) -> String { secrets.mask(text) }

  /// Cuts at a number of scalars; what was cut is named by its length and a digest, so that two long names that differ
  /// behind the cut still differ.
  private func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return text }
    let rest = scalars.distance(from: end, to: scalars.endIndex)
    let digest = hexText(StableHash.hash(text)).prefix(8)
    return String(scalars[..<end]) + "…[cut: \(rest) more characters, \(digest)]"
  }
}

/// Foreign text as people see it: nothing in it moves a cursor, turns the direction of writing, or hides.
package enum VisibleText {
  /// Control, format and bidi characters, separators of lines, and noncharacters, as `\u{1B}`.
  ///
  /// The two openings that raw-text filters look for in Markdown, `<` before a tag and `](` of a link, are shown in the
  /// same way: inside a code span they are harmless, but not every tool that reads the file is a Markdown renderer.
  package static func show(_ text: String) -> String {
    guard needsWork(text) else { return text }
    var out = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    let scalars = Array(text.unicodeScalars)
    for (i, scalar) in scalars.enumerated() {
      let next = i + 1 < scalars.count ? scalars[i + 1] : " "
      // The lines of a message stand behind one another; a sign tells where one ended.
      if scalar == "\n" || scalar == "\r" || scalar == "\t" {
        if scalar == "\n", i + 1 < scalars.count, previous != "⏎" { out.append(contentsOf: " ⏎ ".unicodeScalars) }
        if scalar == "\t" { out.append(" ") }
        previous = scalar == "\n" ? "⏎" : previous
        continue
      }
      let opensTag = scalar == "<" && (next == "/" || next == "!" || next == "?" || next.properties.isAlphabetic)
      if isHidden(scalar) || opensTag || (scalar == "(" && previous == "]") {
        out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      } else {
        out.append(scalar)
      }
      previous = scalar
    }
    return String(out)
  }

  private static func needsWork(_ text: String) -> Bool {
    text.utf8.contains { $0 < 0x20 || $0 >= 0x7F || $0 == 0x3C || $0 == 0x5D }
  }

  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    // Spaces that look like the plain one, and letters that look like nothing.
    case .spaceSeparator: scalar != " "
    default: [0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F].contains(scalar.value)
    }
  }
}
