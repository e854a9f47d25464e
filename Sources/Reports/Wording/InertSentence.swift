/// Splits a sentence that may quote names of an input into plain words and everything else.
///
/// A plain word has letters only, with inner hyphens and apostrophes, or is a number, with ordinary punctuation around
/// it: no renderer finds markup, a link or a mention in it. All else is handed on as foreign text.
enum InertSentence {
  enum Part: Hashable { case plain(String), foreign(String) }

  static func parts(_ text: String) -> [Part] {
    var parts: [Part] = []
    var plain = ""
    for (i, word) in text.split(separator: " ", omittingEmptySubsequences: true).enumerated() {
      let gap = i > 0 ? " " : ""
      if isPlain(word, isFirst: i == 0) {
        plain += gap + word
        continue
      }
      // Punctuation behind a quoted name stays outside of it.
      var body = word
      var tail = ""
      while let last = body.last, ",;:.".contains(last), body.count > 1 {
        tail = String(last) + tail
        body.removeLast()
      }
      if !(plain + gap).isEmpty { parts.append(.plain(plain + gap)) }
      plain = ""
      parts.append(.foreign(String(body)))
      // Only harmless punctuation can follow a code span.
      plain = tail.allSatisfy { ",;.".contains($0) } || tail == ":" ? tail : ""
      if plain.isEmpty, !tail.isEmpty { parts.append(.foreign(tail)) }
    }
    if !plain.isEmpty { parts.append(.plain(plain)) }
    return parts.isEmpty ? [.foreign(text)] : parts
  }

  private static func isPlain(_ word: Substring, isFirst: Bool) -> Bool {
    if word.count == 1, let sign = word.first, "→–×≤≥≈·".contains(sign) { return true }
    var body = word
    var opened = false
    while let first = body.first, "“‘".contains(first) { body.removeFirst() }
    if body.first == "(" {
      body.removeFirst()
      opened = true
    }
    var trailing = 0
    while let last = body.last, ".,;:?)”’".contains(last) {
      if last == ")", !opened, isFirst { return false }
      body.removeLast()
      trailing += 1
    }
    guard !body.isEmpty, trailing <= 3 else { return false }
    if isNumber(body) { return !(isFirst && trailing > 0) }
    let scalars = Array(body.unicodeScalars)
    for (i, scalar) in scalars.enumerated() {
      switch scalar {
      case "-", "'", "’": if i == 0 || i == scalars.count - 1 { return false }
      case "%", "×", "µ": if scalars.count > 2 { return false }
      default:
        guard scalar.properties.isAlphabetic, !VisibleText.isHidden(scalar) else { return false }
      }
    }
    // A bare `www` or a scheme is no link without what follows it, and that made the word foreign already.
    return true
  }

  /// Digits with commas, one point, a sign in front: `1,234.5`, `+8`.
  private static func isNumber(_ word: Substring) -> Bool {
    var digits = 0
    var points = 0
    for (i, scalar) in word.unicodeScalars.enumerated() {
      switch scalar {
      case "0"..."9": digits += 1
      case ",": if digits == 0 { return false }
      case ".", ":": points += 1
      case "+": if i > 0 || word.count < 2 { return false }
      default: return false
      }
    }
    return digits > 0 && points <= 2
  }
}
