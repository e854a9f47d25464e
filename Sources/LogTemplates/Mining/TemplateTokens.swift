// The tokens of masked messages and what each looks like.

internal import Support

/// What a token looks like; the learner's rules speak of these kinds only, never of words of any one system.
enum TokenKind: UInt8 {
  /// `<*>` by itself.
  case mark
  /// A blank, one of `,!;:=|"'[](){}`, or a run of dots.
  case delimiter
  /// A word with `<*>` in it.
  case partial
  /// A word with digits.
  case number
  /// `RUNNING`, `FAIL_TASK`: capitals and underscores, a name of a state as a rule.
  case constant
  /// A word joined by `.`, `/`, `$`, `\`, `@` or `~`: names of classes, packages, files.
  case identifier
  /// Words joined by `_` or `-`.
  case compound
  case word
  /// No letter in it.
  case other

  /// Whether such a token, two bytes or longer, tells what a message is about.
  var isAnchor: Bool { self == .word || self == .constant || self == .identifier || self == .compound }
}

/// The tokens met so far: each has a number, a kind, and a shape in which digits do not count.
struct TokenTable {
  private(set) var symbols = SymbolTable()
  private(set) var kinds: [TokenKind] = [.other]
  private(set) var isProtected: [Bool] = [false]
  /// The number of the same token with every run of digits as one `#`; of a token without digits its own.
  private(set) var shapes: [UInt32] = [0]
  private(set) var hasDigitPair: [Bool] = [false]

  static let mark: [UInt8] = [0x3C, 0x2A, 0x3E]

  func bytes(_ token: UInt32) -> ArraySlice<UInt8> { symbols.bytes[symbols.range(Symbol(token))] }

  func isAnchor(_ token: UInt32) -> Bool { kinds[Int(token)].isAnchor && symbols.range(Symbol(token)).count > 1 }

  mutating func intern(_ bytes: Span<UInt8>) -> UInt32 {
    let token = symbols.intern(bytes).index
    if Int(token) == kinds.count { classify(token, bytes) }
    return token
  }

  private mutating func classify(_ token: UInt32, _ bytes: Span<UInt8>) {
    let kind = Self.kind(bytes)
    kinds.append(kind)
    isProtected.append(ProtectedWords.contains(bytes))
    shapes.append(token)
    hasDigitPair.append(false)
    guard kind == .number else { return }
    var shape: [UInt8] = []
    var hasPair = false
    for i in bytes.indices {
      let isDigit = bytes[i] >= 0x30 && bytes[i] <= 0x39
      if isDigit, shape.last == 0x23 {
        hasPair = true
        continue
      }
      shape.append(isDigit ? 0x23 : bytes[i])
    }
    shapes[Int(token)] = intern(shape.span)
    hasDigitPair[Int(token)] = hasPair
  }

  private static func kind(_ bytes: Span<UInt8>) -> TokenKind {
    if bytes.count == 1, isDelimiter(bytes[0]) || bytes[0] == 0x20 { return .delimiter }
    if bytes.count > 1, bytes[0] == 0x2E, bytes[1] == 0x2E { return .delimiter }
    var digits = false
    var letters = false
    var onlyCapitals = true
    var joined = false
    var compound = false
    for i in bytes.indices {
      let byte = bytes[i]
      if byte == 0x3C, i + 2 < bytes.count, bytes[i + 1] == 0x2A, bytes[i + 2] == 0x3E {
        return bytes.count == 3 ? .mark : .partial
      }
      switch byte {
      case 0x30...0x39: digits = true
      case 0x41...0x5A: letters = true
      case 0x61...0x7A, 0x80...0xFF:
        letters = true
        onlyCapitals = false
      case 0x5F: compound = compound || i > 0 && i + 1 < bytes.count
      case 0x2D:
        onlyCapitals = false
        compound = compound || i > 0 && i + 1 < bytes.count
      case 0x2F:
        joined = true
        onlyCapitals = false
      case 0x2E, 0x24, 0x5C, 0x40, 0x7E:
        onlyCapitals = false
        if i > 0, i + 1 < bytes.count, isAlphanumeric(bytes[i - 1]), isAlphanumeric(bytes[i + 1]) { joined = true }
      default: onlyCapitals = false
      }
    }
    if digits { return .number }
    if letters, onlyCapitals, bytes.count > 1 { return .constant }
    if joined { return .identifier }
    return letters ? (compound ? .compound : .word) : .other
  }

  static func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2C, 0x21, 0x3B, 0x3A, 0x3D, 0x7C, 0x22, 0x27, 0x5B, 0x5D, 0x28, 0x29, 0x7B, 0x7D: true
    default: false
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x80
  }

  /// Cuts a text into tokens. Two words in double quotes are one token, so that `"View Lock"` and `"Audio"` compare.
  mutating func tokens(_ text: Span<UInt8>) -> [UInt32] {
    var tokens: [UInt32] = []
    var start = 0
    var i = 0
    while i < text.count {
      let byte = text[i]
      let isDots = byte == 0x2E && i + 1 < text.count && text[i + 1] == 0x2E
      guard byte == 0x20 || Self.isDelimiter(byte) || isDots else {
        i += 1
        continue
      }
      if i > start { tokens.append(intern(text.extracting(start..<i))) }
      var end = i + 1
      if isDots { while end < text.count, text[end] == 0x2E { end += 1 } }
      if byte == 0x22, i == start, let close = twoWords(text, i) {
        tokens.append(intern(text.extracting(i..<i + 1)))
        tokens.append(intern(text.extracting(i + 1..<close)))
        tokens.append(intern(text.extracting(close..<close + 1)))
        end = close + 1
      } else {
        tokens.append(intern(text.extracting(i..<end)))
      }
      i = end
      start = end
    }
    if i > start { tokens.append(intern(text.extracting(start..<i))) }
    return tokens
  }

  /// The closing quote, where exactly two words without quotes and `=` stand behind the opening one.
  private func twoWords(_ text: Span<UInt8>, _ quote: Int) -> Int? {
    var blanks = 0
    var i = quote + 1
    while i < text.count, text[i] != 0x22 {
      if text[i] == 0x3D { return nil }
      if text[i] == 0x20 {
        blanks += 1
        if blanks > 1 || i == quote + 1 || i + 1 < text.count && text[i + 1] == 0x22 { return nil }
      }
      i += 1
    }
    return i < text.count && blanks == 1 ? i : nil
  }

  /// What a position whose tokens vary becomes: `<*>`, with the joints that all values begin with in front of it, and with
  /// two labels or more of a reversed domain where they share them (`com.apple.<*>`).
  func wildcard(_ values: [UInt32]) -> [UInt8] {
    if values.contains(where: { kinds[Int($0)] == .mark }) { return Self.mark }
    let split = values.map { atoms(bytes($0)) }
    guard let first = split.first else { return Self.mark }
    var common = 0
    while split.allSatisfy({ $0.count > common + 1 && $0[common] == first[common] }) { common += 1 }
    var lead = Array(first[..<common])
    while let last = lead.last, !Self.isJoint(last) { lead.removeLast() }
    let labels = lead.filter { !$0.isEmpty && !Self.isJoint($0) }
    let isDomain = labels.count >= 2 && labels.first.map { Self.reversedDomains.contains(Array($0)) } == true
    guard labels.isEmpty || isDomain else { return Self.mark }
    return lead.flatMap { $0 } + Self.mark
  }

  /// As `wildcard`, and where the values have the same joints only the atoms that differ vary: `node-<*>`.
  func wildcardAtoms(_ values: [UInt32]) -> [UInt8] {
    if values.contains(where: { kinds[Int($0)] == .mark }) { return Self.mark }
    let split = values.map { atoms(bytes($0)) }
    guard let first = split.first, split.allSatisfy({ $0.count == first.count }) else { return wildcard(values) }
    var out: [UInt8] = []
    for (index, atom) in first.enumerated() {
      out += split.allSatisfy { $0[index] == atom } ? Array(atom) : Self.mark
    }
    return TemplateText.folded(out)
  }

  /// Words and joints by turns.
  private func atoms(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var atoms: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    for i in bytes.indices where Self.isJoint(bytes[i]) {
      atoms.append(bytes[start..<i])
      atoms.append(bytes[i..<i + 1])
      start = i + 1
    }
    atoms.append(bytes[start...])
    return atoms
  }

  private static func isJoint(_ atom: ArraySlice<UInt8>) -> Bool {
    atom.count == 1 && atom.first.map(isJoint) == true
  }

  private static func isJoint(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2E, 0x2D, 0x2B, 0x40, 0x23, 0x24, 0x25, 0x26, 0x2F: true
    default: false
    }
  }

  private static let reversedDomains: Set<[UInt8]> = Set(["com", "org", "net", "io"].map { Array($0.utf8) })
}

/// Words that name a state, a change or its direction: two messages that differ in one of these are different events.
enum ProtectedWords {
  static func contains(_ word: Span<UInt8>) -> Bool {
    guard word.count <= 16, !word.isEmpty else { return false }
    var lower: [UInt8] = []
    for i in word.indices { lower.append(word[i] >= 0x41 && word[i] <= 0x5A ? word[i] | 0x20 : word[i]) }
    return words.contains(lower)
  }

  private static let words: Set<[UInt8]> = Set(
    """
    yes no on off enable enabled enabling disable disabled disabling start started starting starts stop stopped stopping
    stops begin began begins beginning end ended ends ending open opened opening close closed closing up down success
    succeeded successful successfully fail failed failure fails failing connect connected connecting disconnect
    disconnected add added adding remove removed removing create created creating delete deleted deleting pause paused
    pausing resume resumed resuming suspend suspended active inactive online offline in out enter entered entering exit
    exited exiting leave left acquire acquired acquiring release released releasing lock locked unlock unlocked read
    write send sent sending receive received receiving input output first last before after now not is are was and or to
    from of for with by at the a an increase increased decrease decreased load loaded loading unload unloaded unloading
    register registered unregister unregistered accept accepted reject rejected allow allowed deny denied valid invalid
    true false error warning info debug fatal running idle normal abnormal new old sleep wake show hide visible hidden
    spawning spawned terminating terminated destroy destroyed destroying launch launched launching kill killed killing
    attach attached detach detached mount mounted unmount unmounted get set put available unavailable reachable
    unreachable healthy unhealthy primary secondary leader follower commit committed abort aborted retry retrying
    upgrade downgrade login logout logged passed skipped ready complete completed incomplete finished
    """.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) })
}
