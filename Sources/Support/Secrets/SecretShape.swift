// What a secret looks like, beside its name and place.

/// Shapes of words.
enum SecretShape {
  /// What stands for a `<*>` of a form while secrets are looked for in it: letters and digits as secrets have them.
  static let filler = Array("0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u".utf8)

  /// Whether a stretch is a `<*>` of a form.
  static func isFiller(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end - start == filler.count else { return false }
    for i in filler.indices where text[start + i] != filler[i] { return false }
    return true
  }

  @inline(__always) static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  /// Bytes of the words that names of secrets, and most tokens, are made of.
  @inline(__always) static func isNameByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E
  }

  /// Whether a stretch is no word of a language: digits among letters, or capitals amid small letters in no order.
  static func isOpaque(_ text: Span<UInt8>, _ start: Int, _ end: Int, least: Int) -> Bool {
    guard end - start >= least else { return false }
    var digits = 0
    var letters = 0
    var changes = 0
    var joints = 0
    for i in start..<end {
      let byte = text[i]
      if byte &- 0x30 < 10 {
        digits += 1
      } else if (byte | 0x20) &- 0x61 < 26 {
        letters += 1
        if i > start, byte < 0x60, text[i - 1] >= 0x61, text[i - 1] <= 0x7A { changes += 1 }
      } else {
        joints += 1
      }
    }
    if digits > 0, letters > 0 { return true }
    // Without digits: base64 changes its case every other letter, words of code once a word.
    return letters >= 16 && changes * 4 >= letters && joints * 8 <= letters
  }

  /// Whether what stands behind a prefix can be drawn at random: not one letter over and over, not words with hyphens.
  static func isMixed(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var digits = 0
    var capitals = 0
    var different = 0
    for i in start..<end {
      let byte = text[i]
      if byte &- 0x30 < 10 { digits += 1 }
      if byte &- 0x41 < 26 { capitals += 1 }
      if i > start, byte != text[i - 1] { different += 1 }
    }
    let count = end - start
    return different * 3 >= count && (digits > 0 || capitals * 3 >= count)
  }
}
