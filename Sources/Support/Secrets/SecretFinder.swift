// Goes through a text once and notes where secrets lie.

/// One walk over a text.
struct SecretFinder {
  var found: [Range<Int>] = []
  private let own: [UInt64]
  /// Where the next token may begin: a long word that turned out to be none is not looked at again.
  private var tokensFrom = 0
  /// Where a command was seen whose options are short (`curl -u`, `mysql -p`).
  private var command: Command?

  private enum Command { case curl, password, attached }

  init(_ own: [UInt64]) { self.own = own }

  mutating func find(in text: Span<UInt8>) {
    var i = 0
    while i < text.count {
      guard SecretShape.isNameByte(text[i]) else {
        if text[i] == 0x3A, i + 2 < text.count, text[i + 1] == 0x2F, text[i + 2] == 0x2F {
          if let range = SecretPlaces.userInformation(text, i + 3) { found.append(range) }
          i += 2
        }
        i += 1
        continue
      }
      var end = i
      while end < text.count, SecretShape.isNameByte(text[end]) { end += 1 }
      i = word(text, i, end)
    }
  }

  /// Looks at one run of letters, digits, `-`, `_`, `.`; returns where to go on.
  private mutating func word(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    if text[start] == 0x2D, let stop = SecretPlaces.privateKeyEnd(text, start) {
      found.append(start..<stop)
      return stop
    }
    if let range = SecretPlaces.webhook(text, start, end) {
      found.append(range)
      return max(range.upperBound, end)
    }
    if let stop = tokens(text, start, end) { return stop }
    if let range = named(text, start, end) {
      found.append(range)
      return max(range.upperBound, end)
    }
    return end
  }

  /// Tokens, cards and IBANs that begin in the run.
  private mutating func tokens(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var i = max(start, tokensFrom)
    while i < end {
      defer { i += 1 }
      guard i == start || !SecretShape.isAlphanumeric(text[i - 1]), SecretShape.isAlphanumeric(text[i]) else {
        continue
      }
      if text[i] &- 0x30 < 10, let stop = SecretNumbers.cardEnd(text, i) ?? SecretPlaces.botTokenEnd(text, i) {
        found.append(i..<stop)
        return max(stop, end)
      }
      if text[i] &- 0x41 < 26, let stop = SecretNumbers.ibanEnd(text, i) ?? SecretPlaces.dottedTokenEnd(text, i, end) {
        found.append(i..<stop)
        return max(stop, end)
      }
      // The shortest token has a prefix of four and eight more; some go on behind a sign.
      guard end - i >= 12 || end < text.count && SecretTokens.goesOn(text[end]) else { continue }
      switch SecretTokens.look(text, i) {
      case .token(let stop):
        found.append(i..<stop)
        return max(stop, end)
      case .nothing(let stop): if stop - i > 256 { tokensFrom = stop; return nil }
      }
    }
    if let range = SecretPlaces.infixToken(text, start, end) {
      found.append(range)
      return max(range.upperBound, end)
    }
    return nil
  }

  /// The value that the run names.
  private mutating func named(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    var first = start
    while first < end, text[first] == 0x2D || text[first] == 0x2E { first += 1 }
    let dashes = first - start
    guard first < end else { return nil }
    if let range = shortOption(text, first, end, dashes: dashes) { return range }
    let sign = SecretSign(text, end, opensTag: start > 0 && text[start - 1] == 0x3C)
    guard sign.kind != .none || dashes > 0 || SecretFinder.maySpeak(text, first, end) else { return nil }
    if sign.kind != .sign, dashes == 0, let range = scheme(text, first, end) { return range }
    guard let kind = kind(text, first, end) ?? vendor(text, first, end, sign) else { return nil }
    switch sign.kind {
    case .sign: return SecretValue.after(text, sign.end, kind: kind, isProse: sign.isProse)
    case .blank:
      if dashes > 0 { return SecretValue.after(text, sign.end, kind: kind == .header ? .likely : kind, isProse: false) }
      return spoken(text, sign.end, kind)
    case .none: return nil
    }
  }

  private func kind(_ text: Span<UInt8>, _ first: Int, _ end: Int) -> SecretKey? {
    if let kind = SecretKey.kind(of: text, first, end, own: own) { return kind }
    // `secret access key: …`: the words before belong to the name.
    guard end - first <= 4, first > 1, text[first - 1] == 0x20 else { return nil }
    var start = first
    for _ in 0..<2 {
      var i = start - 1
      guard i >= 0, text[i] == 0x20 else { break }
      while i > 0, SecretShape.isNameByte(text[i - 1]) { i -= 1 }
      start = i
    }
    guard let kind = SecretKey.kind(of: text, start, end, own: own), kind == .certain || kind == .likely else {
      return nil
    }
    return kind
  }

  /// A vendor's name counts where a long value follows; that is looked at first, for it is rare.
  private func vendor(_ text: Span<UInt8>, _ first: Int, _ end: Int, _ sign: SecretSign) -> SecretKey? {
    guard sign.kind == .sign, SecretValue.after(text, sign.end, kind: .possible, isProse: sign.isProse) != nil else {
      return nil
    }
    return SecretKey.namesVendor(text, first, end) ? .possible : nil
  }

  /// Whether a run can be a word that speaks for what follows it: `password is`, `Bearer`.
  private static func maySpeak(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end - start >= 3, end < text.count, text[end] == 0x20 else { return false }
    switch text[start] | 0x20 {
    case 0x70, 0x73, 0x74, 0x62, 0x6B, 0x61, 0x63: return true
    default: return false
    }
  }

  /// `Bearer eyJ…`, `Basic dXNlcjpw…`, without a name in front.
  private func scheme(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    let value = SecretValue.behindScheme(text, start)
    guard value == end + 1 else { return nil }
    let stop = SecretValue.end(text, value, nil)
    guard stop - value >= 8 else { return nil }
    let isBearer = end - start == 6 && text[start] | 0x20 == 0x62
    return isBearer && !SecretValue.isSentence(text, value, stop) || SecretShape.isOpaque(text, value, stop, least: 12)
      ? value..<stop : nil
  }

  /// `password is …`, `password was changed to …`, `login x password …`.
  private func spoken(_ text: Span<UInt8>, _ start: Int, _ kind: SecretKey) -> Range<Int>? {
    var i = start
    for _ in 0..<3 {
      var end = i
      while end < text.count, (text[end] | 0x20) &- 0x61 < 26 { end += 1 }
      guard end > i, end < text.count, text[end] == 0x20, Self.verbs.contains(text, i, end) else { break }
      i = end + 1
    }
    if i == start {
      // `machine x login y password z`, or a quoted value: nothing but the value itself.
      guard kind == .certain, i < text.count else { return nil }
      let end = SecretValue.end(text, i, nil)
      let isQuoted = text[i] == 0x27 || text[i] == 0x22 || text[i] == 0x60
      guard isQuoted || SecretShape.isOpaque(text, i, end, least: 6) else { return nil }
      return SecretValue.after(text, i, kind: kind, isProse: true)
    }
    return SecretValue.said(text, i, kind)
  }

  private static let verbs = WordTable("is was are be set to changed now equals as reads")

  /// `curl -u user:password`, `sshpass -p password`, `mysql -ppassword`.
  private mutating func shortOption(_ text: Span<UInt8>, _ first: Int, _ end: Int, dashes: Int) -> Range<Int>? {
    if dashes == 0 {
      if end - first <= 10, let seen = Self.commands.command(text, first, end) { command = seen }
      return nil
    }
    guard let command else { return nil }
    let isUser = command == .curl && (Self.equal(text, first, end, Self.u) || Self.equal(text, first, end, Self.user))
    if isUser, end < text.count, text[end] == 0x20 || text[end] == 0x3D {
      var start = end + 1
      while start < text.count, text[start] == 0x20 || text[start] == 0x27 || text[start] == 0x22 { start += 1 }
      let stop = SecretValue.end(text, start, nil)
      var colon = start
      while colon < stop, text[colon] != 0x3A { colon += 1 }
      return colon + 1 < stop ? colon + 1..<stop : nil
    }
    guard dashes == 1, text[first] == 0x70 || text[first] == 0x61 && command == .password else { return nil }
    if end - first == 1, command == .password, end < text.count, text[end] == 0x20 {
      return SecretValue.after(text, end + 1, kind: .certain, isProse: false)
    }
    return command == .attached && end - first > 2 ? first + 1..<SecretValue.end(text, first + 1, nil) : nil
  }

  private static let u = Array("u".utf8)
  private static let user = Array("user".utf8)
  private static let commands = Commands()

  private struct Commands: Sendable {
    private var table = WordTable(capacity: 64)

    init() {
      table.add("curl wget", 1)
      table.add("sshpass redis-cli login mongo mongosh", 2)
      table.add("mysql mysqldump mysqladmin mariadb", 3)
    }

    func command(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Command? {
      var hash = WordTable.seed
      for i in (start..<end).reversed() { hash = WordTable.step(hash, text[i]) }
      switch table.find(hash) {
      case 1: return .curl
      case 2: return .password
      case 3: return .attached
      default: return nil
      }
    }
  }

  private static func equal(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ word: [UInt8]) -> Bool {
    guard end - start == word.count else { return false }
    for i in word.indices where text[start + i] != word[i] { return false }
    return true
  }
}

/// What stands between a name and its value.
struct SecretSign {
  enum Kind { case sign, blank, none }
  var kind = Kind.none
  /// Where the value begins.
  var end = 0
  /// A colon and a blank, as in a sentence.
  var isProse = false

  init(_ text: Span<UInt8>, _ start: Int, opensTag: Bool) {
    var i = start
    var quotes = 0
    while i < text.count, i - start < 4,
      text[i] == 0x22 || text[i] == 0x27 || text[i] == 0x5C || text[i] == 0x60 || text[i] == 0x5D
    {
      if text[i] != 0x5C { quotes += 1 }
      i += 1
    }
    let behindQuotes = i
    while i < text.count, i - behindQuotes < 16, text[i] == 0x20 || text[i] == 0x09 { i += 1 }
    guard i < text.count else { return }
    let first = text[i]
    switch first {
    case 0x3A, 0x3D:
      end = i + 1
      while end < text.count, end - i < 3, text[end] == 0x3D || text[end] == 0x3E || text[end] == 0x3A { end += 1 }
      // `://` ends a scheme, not a name.
      if first == 0x3A, end + 1 < text.count, text[end] == 0x2F, text[end + 1] == 0x2F { return }
      kind = .sign
      isProse = first == 0x3A && quotes == 0 && end < text.count && text[end] == 0x20
    case 0x3E where opensTag:
      kind = .sign
      end = i + 1
    case 0x2C where quotes > 0:
      // `"password", "…"`, and `"key": "password", "value": …`
      kind = .sign
      end = Self.behindValueWord(text, i + 1)
    case 0x25 where i + 2 < text.count && text[i + 1] == 0x33 && text[i + 2] | 0x20 == 0x64:
      // `%3D`
      kind = .sign
      end = i + 3
    default:
      let behind = Self.behindValueWord(text, i)
      if quotes > 0, behind > i {
        kind = .sign
        end = behind
      } else if i > start, quotes == 0 {
        kind = .blank
        end = i
      }
    }
  }

  private static let valueWord = Array("value".utf8)

  /// Behind `value=`, `"value":`, `"value": {"stringValue":`; `start` where no such word stands there.
  private static func behindValueWord(_ text: Span<UInt8>, _ start: Int) -> Int {
    var i = start
    for _ in 0..<2 {
      while i < text.count, i - start < 48, isFiller(text[i]) { i += 1 }
      var word: [UInt8] = []
      var end = i
      while end < text.count, end - i < 16, SecretShape.isAlphanumeric(text[end]) {
        word.append(text[end] | 0x20)
        end += 1
      }
      guard word.count >= 5, word.suffix(5).elementsEqual(valueWord) else { break }
      while end < text.count, text[end] == 0x22 || text[end] == 0x27 || text[end] == 0x20 || text[end] == 0x5C {
        end += 1
      }
      guard end < text.count, text[end] == 0x3A || text[end] == 0x3D else { break }
      i = end + 1
      var next = i
      while next < text.count, text[next] == 0x20 { next += 1 }
      if next >= text.count || text[next] != 0x7B { return i }
    }
    return i > start && text[i - 1] == 0x3A || i > start && text[i - 1] == 0x3D ? i : start
  }

  private static func isFiller(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x7B || byte == 0x5C || byte == 0x2C
  }
}
