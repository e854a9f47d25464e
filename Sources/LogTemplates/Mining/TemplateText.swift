// Rewriting of template texts as bytes: folding, lists, numbers with units.

/// Byte-level forms of a template text. `<*>` stands for any text that is not empty.
enum TemplateText {
  static let mark: [UInt8] = [0x3C, 0x2A, 0x3E]

  static func hasMark(_ text: [UInt8], at index: Int) -> Bool {
    index + 2 < text.count && text[index] == 0x3C && text[index + 1] == 0x2A && text[index + 2] == 0x3E
  }

  static func containsMark(_ text: ArraySlice<UInt8>) -> Bool {
    var i = text.startIndex
    while i + 2 < text.endIndex {
      if text[i] == 0x3C, text[i + 1] == 0x2A, text[i + 2] == 0x3E { return true }
      i += 1
    }
    return false
  }

  /// One mark for marks with nothing but ` ,:;=|/._-` between them.
  static func folded(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var i = 0
    while i < text.count {
      guard hasMark(text, at: i) else {
        out.append(text[i])
        i += 1
        continue
      }
      out += mark
      i += 3
      var next = i
      while next < text.count {
        if hasMark(text, at: next) {
          next += 3
          i = next
        } else if isSeparator(text[next]) {
          next += 1
        } else {
          break
        }
      }
    }
    return out
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x2C, 0x3A, 0x3B, 0x3D, 0x7C, 0x2F, 0x2E, 0x5F, 0x2D: true
    default: false
    }
  }

  /// One word for three or more like words in a row that hold a mark: `@<*> @<*> @<*>` is a list of `@<*>`.
  static func withoutLists(_ text: [UInt8]) -> [UInt8] {
    let words = text.split(separator: 0x20, omittingEmptySubsequences: false)
    var kept: [ArraySlice<UInt8>] = []
    var i = 0
    while i < words.count {
      var end = i + 1
      if containsMark(words[i]), words[i].count > 3 {
        while end < words.count, words[end] == words[i] { end += 1 }
      }
      if end - i >= 3 { kept.append(words[i]) } else { kept += words[i..<end] }
      i = end
    }
    return kept.count == words.count ? text : Array(kept.joined(separator: [0x20]))
  }
}

/// A word of a message, with the unit that follows it where it ends with a mark: `<*>`, ` bytes (<*> KB)`, `,`.
struct MeasuredWord {
  var word: [UInt8]
  /// The unit and, in parentheses, the same in another unit; empty where there is none.
  var unit: [UInt8]
  /// Punctuation behind it.
  var tail: [UInt8]

  static func split(_ text: [UInt8]) -> [MeasuredWord] {
    let words = text.split(separator: 0x20, omittingEmptySubsequences: false)
    var out: [MeasuredWord] = []
    var i = 0
    while i < words.count {
      let word = words[i]
      guard word.count >= 3, TemplateText.hasMark(Array(word.suffix(3)), at: 0), word.first != 0x28 else {
        out.append(punctuated(word))
        i += 1
        continue
      }
      var measured = MeasuredWord(word: Array(word), unit: [], tail: [])
      i += 1
      if i < words.count, let (name, tail) = Units.parse(words[i]) {
        measured.unit = [0x20] + name
        measured.tail = tail
        i += 1
      }
      if measured.tail.isEmpty, i + 1 < words.count, Array(words[i]) == [0x28] + TemplateText.mark,
        let (name, tail) = Units.parse(words[i + 1]), tail.first == 0x29
      {
        measured.unit += [0x20] + words[i] + [0x20] + name + [0x29]
        measured.tail = Array(tail.dropFirst())
        i += 2
      }
      out.append(measured)
    }
    return out
  }

  /// A word that may end with a mark and punctuation.
  private static func punctuated(_ word: ArraySlice<UInt8>) -> MeasuredWord {
    var end = word.endIndex
    while end > word.startIndex, Units.isPunctuation(word[end - 1]) { end -= 1 }
    let head = Array(word[..<end])
    guard end < word.endIndex, head.count >= 3, TemplateText.hasMark(head, at: head.count - 3) else {
      return MeasuredWord(word: Array(word), unit: [], tail: [])
    }
    return MeasuredWord(word: head, unit: [], tail: Array(word[end...]))
  }
}

/// Units of size, time and rate.
enum Units {
  static func isPunctuation(_ byte: UInt8) -> Bool {
    byte == 0x2E || byte == 0x2C || byte == 0x3B || byte == 0x3A || byte == 0x29 || byte == 0x5D
  }

  /// A unit's name and the punctuation behind it.
  static func parse(_ word: ArraySlice<UInt8>) -> (name: [UInt8], tail: [UInt8])? {
    var end = word.endIndex
    while end > word.startIndex, isPunctuation(word[end - 1]) { end -= 1 }
    let name = Array(word[..<end])
    let lower = name.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
    return names.contains(lower) ? (name, Array(word[end...])) : nil
  }

  private static let names: Set<[UInt8]> = Set(
    """
    b byte bytes kb mb gb tb kib mib gib tib k m g ms us ns s sec secs second seconds msec msecs usec usecs microseconds
    milliseconds nanoseconds millis min mins minute minutes h hour hours day days hz khz mhz ghz bps kbps mbps gbps %
    """.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) })
}
