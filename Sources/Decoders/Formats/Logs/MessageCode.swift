// Message ids that say how bad their message is.

internal import Model
internal import Support

/// `CWWKF0011I`, `SRVE0068E`, `DSNT408I`: a component's letters, a number, and a letter for the type of the message.
///
/// IBM's products name their messages so ("Message format": three to six letters, three to five digits, a type code). It is part of the
/// message and nobody's name.
enum MessageCode {
  /// Whether a word is an id of JBoss Logging: a project code and a number of four to six digits (`WFLYSRV0025`, `UT005023`,
  /// `KC-SERVICES0009`).
  static func isProjectID(_ word: Span<UInt8>) -> Bool {
    var letters = 0
    while letters < word.count, word[letters] &- 0x41 < 26 || word[letters] == 0x2D && letters > 1 { letters &+= 1 }
    guard letters >= 2, letters <= 16, word.count &- letters >= 4, word.count &- letters <= 6 else { return false }
    for i in letters..<word.count where word[i] &- 0x30 > 9 { return false }
    // The numbers are padded.
    return word[letters] == 0x30 && word[letters &- 1] != 0x2D
  }

  /// What the type code of an id says; nil for a word that is no such id.
  static func severity(_ word: Span<UInt8>) -> Severity? {
    guard word.count >= 7, word.count <= 12 else { return nil }
    var letters = 0
    while letters < word.count, word[letters] &- 0x41 < 26 { letters &+= 1 }
    guard letters >= 3, letters <= 6 else { return nil }
    var i = letters
    while i < word.count, word[i] &- 0x30 <= 9 { i &+= 1 }
    guard i &- letters >= 3, i &- letters <= 5, i &+ 1 == word.count else { return nil }
    switch word[i] {
    case 0x49, 0x41: return .info
    case 0x57: return .warning
    case 0x45: return .error
    case 0x53, 0x46: return .fatal
    default: return nil
    }
  }
}
