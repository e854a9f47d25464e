// Where the value behind a name lies, and whether it is one.

/// The value behind the name of a secret.
enum SecretValue {
  /// The value at `start`, behind the sign that follows a name; nil where what stands there is no secret.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - start: behind the sign.
  ///   - kind: what the name says.
  ///   - isProse: whether the sign is a colon with a blank behind it, as in a sentence.
  /// - Returns: where it lies.
  static func after(_ text: Span<UInt8>, _ start: Int, kind: SecretKey, isProse: Bool) -> Range<Int>? {
    var i = start
    while i < text.count, i - start < 16, text[i] == 0x20 || text[i] == 0x09 || text[i] == 0x5C { i += 1 }
    var quote: UInt8?
    if i < text.count, text[i] == 0x22 || text[i] == 0x27 || text[i] == 0x60 {
      quote = text[i]
      i += 1
    }
    guard i < text.count else { return nil }
    if kind == .header { return header(text, i, quote) }
    i = behindScheme(text, i)
    // Judged by its beginning: names without end may stand in one value that is none.
    let judged = text.extracting(first: i + judgedBytes)
    let end = end(judged, i, quote)
    guard end > i, isSecret(judged, i, end, kind) else { return nil }
    if isProse, quote == nil, isSentence(judged, i, end) { return nil }
    return i..<(judged.count < text.count ? Self.end(text, i, quote) : end)
  }

  /// Bytes by which a value is judged.
  private static let judgedBytes = 1024

  /// The whole of a text as a value whose name stands elsewhere.
  static func whole(_ text: Span<UInt8>, _ kind: SecretKey) -> Range<Int>? {
    if kind == .header { return header(text, 0, nil) }
    let start = behindScheme(text, 0)
    return start < text.count && isSecret(text, start, text.count, kind) ? start..<text.count : nil
  }

  /// The value of a header: everything to the end of the line or to its quote, behind the scheme's name.
  private static func header(_ text: Span<UInt8>, _ start: Int, _ quote: UInt8?) -> Range<Int>? {
    let judged = text.extracting(first: start + judgedBytes)
    let end = headerEnd(judged, start, quote)
    let value = behindScheme(text, start)
    if value > start, end > value { return value..<headerEnd(text, start, quote) }
    return end > start && (SecretShape.isOpaque(judged, start, end, least: 6) || holds(judged, start, end, 0x3D))
      ? start..<headerEnd(text, start, quote) : nil
  }

  private static func headerEnd(_ text: Span<UInt8>, _ start: Int, _ quote: UInt8?) -> Int {
    var end = start
    while end < text.count, text[end] != 0x0A, text[end] != 0x0D {
      if text[end] == 0x22 || text[end] == 0x27, quote == nil || quote == text[end] { break }
      if quote == nil, text[end] == 0x5C, end + 1 < text.count, text[end + 1] == 0x22 || text[end + 1] == 0x6E { break }
      end += 1
    }
    return end
  }

  private static func holds(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ byte: UInt8) -> Bool {
    for i in start..<end where text[i] == byte { return true }
    return false
  }

  /// Behind `Bearer `, `Basic ` and their like; `start` where none of them stands there.
  static func behindScheme(_ text: Span<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < text.count, end - start < 24, SecretShape.isNameByte(text[end]) { end += 1 }
    guard end > start, end + 1 < text.count, text[end] == 0x20 else { return start }
    return schemes.contains(text, start, end) ? end + 1 : start
  }

  private static let schemes = WordTable(
    "bearer basic digest negotiate ntlm token apikey api-key hawk hmac aws4-hmac-sha256 sharedkey sso-key splunk geniekey"
  )

  static func end(_ text: Span<UInt8>, _ start: Int, _ quote: UInt8?) -> Int {
    var i = start
    if let quote {
      while i < text.count, text[i] != quote, text[i] != 0x0A {
        i += text[i] == 0x5C && i + 1 < text.count && text[i + 1] != quote ? 2 : 1
      }
      // The quote itself may be escaped: its sign is not part of the value.
      if i > start, i < text.count, text[i - 1] == 0x5C { i -= 1 }
      return min(i, text.count)
    }
    while i < text.count, !isEnd(text[i]) { i += 1 }
    // What only ends the sentence.
    while i > start, text[i - 1] == 0x2E { i -= 1 }
    return i
  }

  private static func isEnd(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x22, 0x27, 0x26, 0x2C, 0x3B, 0x29, 0x5D, 0x7D, 0x3C, 0x3E, 0x60, 0x7C: true
    default: false
    }
  }

  private static func isSecret(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ kind: SecretKey) -> Bool {
    if isPlaceholder(text, start, end) { return false }
    switch kind {
    case .certain: return !isSystemPath(text, start, end)
    case .likely:
      return SecretShape.isOpaque(text, start, end, least: 6) && !isPath(text, start, end)
        && !isObject(text, start, end)
    case .possible:
      return SecretShape.isOpaque(text, start, end, least: 14) && !isPath(text, start, end)
        && !isObject(text, start, end)
    case .digits:
      for i in start..<end where text[i] &- 0x30 > 9 { return false }
      return (3...8).contains(end - start)
    case .header: return false
    }
  }

  /// `PWD=/home/…`: the working directory, not a password.
  private static func isSystemPath(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard text[start] == 0x2F else { return false }
    var i = start + 1
    while i < end, text[i] != 0x2F { i += 1 }
    return roots.contains(text, start + 1, i)
  }

  private static let roots = WordTable(
    "home usr var etc opt tmp root srv mnt app workspace builds build data run proc dev")

  /// Paths, addresses and calls are told about, not used to get in.
  private static func isPath(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if text[start] == 0x2F && end - start < 40 || text[start] == 0x7E { return true }
    var dots = 0
    for i in start..<end {
      if text[i] == 0x28 || text[i] == 0x3A && i + 2 < end && text[i + 1] == 0x2F && text[i + 2] == 0x2F { return true }
      if text[i] == 0x2E { dots += 1 }
    }
    // `a.b.C.method`: code, unless its parts are long, as a JWT's are.
    return dots >= 2 && end - start < 16 * dots
  }

  /// `Token{33f4bce ActivityRecord{…}}`, `android.os.BinderProxy@2bd79ce`: an object as Java prints it, by its type and the hash of its
  /// identity, of up to eight hexadecimals (`Object.toString`; Android's own have a brace). It tells objects apart within one process;
  /// nobody gets in with it. The brace must be closed, or the type be one in a package, and it must be written as types are.
  private static func isObject(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var type = start
    var i = start
    while i < end, (text[i] | 0x20) &- 0x61 < 26 || text[i] == 0x2E {
      if text[i] == 0x2E { type = i + 1 }
      i += 1
    }
    guard i - type >= 4, i < end, text[type] &- 0x41 < 26, text[type + 1] &- 0x61 < 26 else { return false }
    if !SecretShape.isFiller(text, i + 1, end) {
      guard (1...8).contains(end - i - 1) else { return false }
      for j in i + 1..<end where text[j] &- 0x30 > 9 && text[j] &- 0x61 > 5 { return false }
    }
    if text[i] == 0x40 { return type > start + 1 }
    guard text[i] == 0x7B, end < text.count, text[end] == 0x20 || text[end] == 0x7D else { return false }
    // Objects are short; a text of nothing but such values is not gone through once for each.
    for j in end..<min(text.count, end + 512) where text[j] == 0x7D { return true }
    return false
  }

  /// What stands where a value would: an empty one, a reference, stars.
  private static func isPlaceholder(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    let first = text[start]
    if first == 0x24 || first == 0x3C || first == 0x25 || first == 0x2A || first == 0x7B || first == 0x5B
      || first == 0x28
    {
      return end - start < 3 || first != 0x24 || !isSecretDollar(text, start, end)
    }
    var isOne = true
    for i in start..<end where text[i] != first { isOne = false }
    if isOne { return true }
    guard end - start <= 12 else { return false }
    return stops.contains(text, start, end)
  }

  /// `$2b$12$…` and `$ecret1` are secrets, `$NAME` and `${NAME}` are references.
  private static func isSecretDollar(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if text[start + 1] == 0x7B || text[start + 1] == 0x28 { return false }
    return SecretShape.isOpaque(text, start + 1, end, least: 4)
  }

  private static let stops = WordTable(
    "null none nil true false undefined empty yes no on off required missing incorrect invalid wrong expired mismatch changed "
      + "reset ok not is was are must should for field policy redacted hidden masked omitted unset set default n/a na unknown "
      + "the a an and or in of to at by with from string str int bytes char object function class void any self this type "
      + "too very has have had does did do can cannot failed failure error denied rejected accepted valid correct verified "
      + "file env prompt stdin basic bearer digest /dev/null 0 1 -1 () [] {}")

  /// Whether a value of small letters is a word of a sentence: another word follows it.
  static func isSentence(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for i in start..<end where text[i] &- 0x61 > 25 && text[i] != 0x2D { return false }
    return end + 1 < text.count && text[end] == 0x20 && text[end + 1] | 0x20 &- 0x61 < 26
  }

  /// The value behind `password is …`, `secret was …`: not a plain word that goes on, nor one that says how the password is.
  static func said(_ text: Span<UInt8>, _ start: Int, _ kind: SecretKey) -> Range<Int>? {
    guard start < text.count else { return nil }
    let isQuoted = text[start] == 0x22 || text[start] == 0x27 || text[start] == 0x60
    guard let range = after(text, start, kind: kind, isProse: true) else { return nil }
    if isQuoted || SecretShape.isOpaque(text, range.lowerBound, range.upperBound, least: 4) { return range }
    var capitals = 0
    for i in range.dropFirst() where text[i] &- 0x41 < 26 { capitals += 1 }
    if capitals > 0 { return range }
    let isLast = range.upperBound >= text.count || text[range.upperBound] != 0x20
    return isLast && range.count >= 4 && !saidOfPasswords.contains(text, range.lowerBound, range.upperBound)
      && kind == .certain ? range : nil
  }

  private static let saidOfPasswords = WordTable(
    "short long weak strong blank stale stored hashed encrypted plain needed given wanted used unused leaked compromised "
      + "locked disabled enabled present absent ignored optional mandatory supported unsupported deprecated generated "
      + "provided unavailable available being still already different identical equal same unchanged case-sensitive okay "
      + "sent lost found broken rotated updated created deleted removed cleared checked tested expired invalid incorrect "
      + "required missing rejected accepted verified unknown undefined mismatched")
}
