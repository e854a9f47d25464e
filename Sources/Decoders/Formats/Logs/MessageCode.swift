// Message ids that say how bad their message is.

internal import Model
internal import Support

/// `CWWKF0011I`, `SRVE0068E`, `DSNT408I`: a component's letters, a number, and a letter for the type of the message.
///
/// IBM's products name their messages so ("Message format": three to six letters, three to five digits, a type code). It is part of the
/// message and nobody's name.
enum MessageCode {
  /// Whether a word behind a category is an id of JBoss Logging: a project code and a number of four to six digits (`WFLYSRV0025`,
  /// `UT005023`, `KC-SERVICES0009`, `AMQ221007`).
  static func isProjectID(_ word: Span<UInt8>) -> Bool {
    var letters = 0
    while letters < word.count, word[letters] &- 0x41 < 26 || word[letters] == 0x2D && letters > 1 { letters &+= 1 }
    guard letters >= 2, letters <= 16, word.count &- letters >= 4, word.count &- letters <= 6 else { return false }
    for i in letters..<word.count where word[i] &- 0x30 > 9 { return false }
    return word[letters &- 1] != 0x2D
  }

  /// `%LINEPROTO-3-UPDOWN:`, `%ASA-4-106023:`, `%ROUTING-BGP-5-ADJCHANGE :`: facility, severity and mnemonic of Cisco's and Arista's
  /// messages; the digit is a severity of syslog (Cisco, "System message format"; ASA, "Syslog messages").
  ///
  /// A host may stand in front of it, or a sequence number, the device's own time, a node and a process, of which the last has a colon.
  ///
  /// - Returns: the severity, and where the code begins; nil where no code stands near the beginning.
  static func network(_ message: Span<UInt8>) -> (severity: Severity, start: Int)? {
    let limit = min(message.count, 128)
    var start = ByteScan.find(0x25, in: message.extracting(0..<limit), from: 0)
    while start < limit {
      if isCodePlace(message, start), let severity = networkLevel(message, start + 1) {
        return (severity, start)
      }
      start = ByteScan.find(0x25, in: message.extracting(0..<limit), from: start + 1)
    }
    return nil
  }

  /// Whether a sentence can't have begun in front of a place: nothing stands there, a word, or a colon.
  private static func isCodePlace(_ message: Span<UInt8>, _ start: Int) -> Bool {
    var first = 0
    while first < start, message[first] == 0x20 { first += 1 }
    guard start > first else { return true }
    guard message[start - 1] == 0x20, start > 1 else { return false }
    return message[start - 2] == 0x3A
      || ByteScan.find(0x20, in: message.extracting(0..<start - 1), from: 0) == start - 1
  }

  /// `IFNET/4/LINK_STATE(l)[12]:`, `SHELL/6/SHELL_CMD:`: module, severity and mnemonic of Huawei's VRP, behind `%%01`, and of H3C's
  /// Comware; the digit is a severity of syslog ("Log format" in both makers' manuals).
  static func slashLevel(_ message: Span<UInt8>, _ start: Int) -> Severity? {
    var i = start
    while i < message.count, i - start < 32,
      (message[i] | 0x20) &- 0x61 < 26 || message[i] &- 0x30 <= 9 || message[i] == 0x5F || message[i] == 0x2D
    {
      i += 1
    }
    guard i > start, i + 3 < message.count, message[i] == 0x2F, message[i + 1] &- 0x30 < 8, message[i + 2] == 0x2F,
      (message[i + 3] | 0x20) &- 0x61 < 26
    else { return nil }
    return Model.severity(syslogLevel: Int(message[i + 1] &- 0x30))
  }

  private static func networkLevel(_ message: Span<UInt8>, _ start: Int) -> Severity? {
    if start + 4 < message.count, message[start] == 0x25, message[start + 1] &- 0x30 <= 9 {
      return slashLevel(message, start + 3)
    }
    var i = start
    var level: UInt8?
    var parts = 0
    while i < message.count, i - start < 64 {
      let part = i
      while i < message.count, message[i] &- 0x41 < 26 || message[i] &- 0x30 <= 9 || message[i] == 0x5F { i += 1 }
      guard i > part, i < message.count else { return nil }
      parts += 1
      if level == nil, parts > 1, i == part + 1, message[part] &- 0x30 < 8 {
        level = message[part] &- 0x30
      } else if parts == 1, message[part] &- 0x41 > 25 {
        return nil
      }
      if message[i] == 0x2D {
        i += 1
        continue
      }
      // IOS XR leaves a blank in front of the colon.
      let isEnd = message[i] == 0x3A || message[i] == 0x20 && i + 1 < message.count && message[i + 1] == 0x3A
      guard isEnd, let level, i > part, parts > 2 else { return nil }
      return Model.severity(syslogLevel: Int(level))
    }
    return nil
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
