// Which template a message belongs to, and the parameters that rebuild it.

/// A template cut at its marks: literal pieces between variables that are never empty.
struct TemplateGlob: Sendable {
  let pieces: [[UInt8]]
  /// Bytes of all pieces: of several templates that match, the one that says most is meant.
  let literal: Int

  init(_ text: [UInt8]) {
    var pieces: [[UInt8]] = []
    var piece: [UInt8] = []
    var i = 0
    while i < text.count {
      if TemplateText.hasMark(text, at: i) {
        pieces.append(piece)
        piece = []
        i += 3
      } else {
        piece.append(text[i])
        i += 1
      }
    }
    pieces.append(piece)
    self.pieces = pieces
    literal = pieces.reduce(0) { $0 + $1.count }
  }

  /// The ranges of the variables, leftmost and shortest first; nil where the text is no instance.
  ///
  /// With the ends fixed, taking each inner piece at its first place finds an instance wherever there is one.
  func match(_ text: Span<UInt8>) -> [Range<Int>]? {
    guard let first = pieces.first, let last = pieces.last, starts(text, 0, first) else { return nil }
    if pieces.count == 1 { return text.count == first.count ? [] : nil }
    let end = text.count - last.count
    guard end >= first.count + 1, starts(text, end, last) else { return nil }
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(pieces.count - 1)
    var cursor = first.count
    for piece in pieces[1..<pieces.count - 1] {
      var at = cursor + 1
      while at + piece.count < end, !starts(text, at, piece) { at += 1 }
      guard at + piece.count < end else { return nil }
      ranges.append(cursor..<at)
      cursor = at + piece.count
    }
    guard end > cursor else { return nil }
    ranges.append(cursor..<end)
    return ranges
  }

  private func starts(_ text: Span<UInt8>, _ at: Int, _ piece: [UInt8]) -> Bool {
    guard at >= 0, at + piece.count <= text.count else { return false }
    for i in piece.indices where text[at &+ i] != piece[i] { return false }
    return true
  }
}

/// Finds the template of a message among many: by the rarest whole word of each.
struct TemplateMatcher: Sendable {
  private let texts: [[UInt8]]
  private let globs: [TemplateGlob]
  /// Templates by their rarest word.
  private var postings: [[UInt8]: [Int]] = [:]
  /// Templates without any whole word.
  private var wordless: [Int] = []
  /// Templates by their text: what is one itself says most of all that match, and need not be looked for among those that share
  /// a word with it, which may be very many.
  private var exact: [[UInt8]: Int] = [:]

  init(_ templates: [[UInt8]]) {
    texts = templates
    for (index, text) in templates.enumerated() where exact[text] == nil { exact[text] = index }
    globs = templates.map { TemplateGlob($0) }
    var frequency: [[UInt8]: Int] = [:]
    var wordsOf: [[[UInt8]]] = []
    for text in templates {
      let words = Set(Self.ranges(text).filter { !TemplateText.containsMark(text[$0]) }.map { Array(text[$0]) })
      for word in words { frequency[word, default: 0] += 1 }
      wordsOf.append(Array(words))
    }
    for (index, words) in wordsOf.enumerated() {
      let rarest = words.min { a, b in
        let counts = (frequency[a] ?? 0, frequency[b] ?? 0)
        return counts.0 != counts.1 ? counts.0 < counts.1 : a.lexicographicallyPrecedes(b)
      }
      if let rarest { postings[rarest, default: []].append(index) } else { wordless.append(index) }
    }
  }

  /// The template that matches and says most; of equals the first by text.
  func best(_ message: [UInt8]) -> Int? {
    if let index = exact[message] { return index }
    var best: Int?
    for index in wordless { consider(index, message, &best) }
    for range in Self.ranges(message) {
      for index in postings[Array(message[range])] ?? [] where index != best { consider(index, message, &best) }
    }
    return best
  }

  private func consider(_ index: Int, _ message: [UInt8], _ best: inout Int?) {
    if let held = best {
      let isBetter =
        globs[index].literal != globs[held].literal
        ? globs[index].literal > globs[held].literal : texts[index].lexicographicallyPrecedes(texts[held])
      if !isBetter { return }
    }
    if globs[index].match(message.span) != nil { best = index }
  }

  /// The words of a text: what lies between blanks and delimiters.
  private static func ranges(_ text: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for i in 0...text.count where i == text.count || text[i] == 0x20 || TokenTable.isDelimiter(text[i]) {
      if i > start { ranges.append(start..<i) }
      start = i + 1
    }
    return ranges
  }
}
