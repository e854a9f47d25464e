// Values that Node prints for people, as JSON.

internal import Support

/// Reads what `console.dir` and `util.inspect` write (Node.js documentation, "util.inspect"): keys without quotes, texts in any of three
/// quotes and in parts joined with `+`, `undefined`, `[Object]` for what lies too deep, names of classes in front of their objects.
///
/// Whatever has no value in JSON becomes null; a date becomes a text.
struct InspectedValue {
  /// A member of the outermost object that is written in another way.
  struct Rewriting {
    /// Its name, and the name that it gets.
    var from: StaticString
    var to: StaticString
    /// The words that stand for the numbers from 0 on; none where the value is kept.
    var words: [StaticString] = []
  }

  private let rewritings: [Rewriting]
  private let depthLimit: Int
  private var i = 0
  private var out: [UInt8] = []
  /// The brackets that close what is open, innermost last.
  private var closers: [UInt8] = []
  /// Whether nothing stands before the next value in its list.
  private var isFirst = true
  /// The words that stand for the number at hand.
  private var words: [StaticString] = []

  private init(_ rewritings: [Rewriting], depthLimit: Int) {
    self.rewritings = rewritings
    self.depthLimit = depthLimit
  }

  /// The value as JSON; nil where it is none, goes on behind its end, or goes deeper than so many levels.
  static func json(_ b: Span<UInt8>, rewriting: [Rewriting] = [], depthLimit: Int) -> [UInt8]? {
    var value = InspectedValue(rewriting, depthLimit: depthLimit)
    value.out.reserveCapacity(b.count)
    return value.convert(b) ? value.out : nil
  }

  // MARK: Lists.

  private mutating func convert(_ b: Span<UInt8>) -> Bool {
    guard value(b) else { return false }
    while let closer = closers.last {
      skipSpace(b)
      guard i < b.count else { return false }
      if b[i] == closer {
        i += 1
        out.append(closer)
        closers.removeLast()
        isFirst = false
        continue
      }
      if b[i] == 0x2C {
        i += 1
        continue
      }
      if skipsRest(b) { continue }
      if !isFirst { out.append(0x2C) }
      isFirst = false
      if closer == 0x7D {
        guard key(b) else { return false }
        skipSpace(b)
        guard i < b.count, b[i] == 0x3A else { return false }
        i += 1
        out.append(0x3A)
      }
      guard value(b) else { return false }
    }
    skipSpace(b)
    return i == b.count
  }

  private mutating func skipSpace(_ b: Span<UInt8>) { while i < b.count, Sniffer.isSpace(b[i]) { i += 1 } }

  /// Skips `... 5 more items`.
  private mutating func skipsRest(_ b: Span<UInt8>) -> Bool {
    guard JSONScanner.matches(b, i, "... ") else { return false }
    while i < b.count, b[i] != 0x0A, b[i] != 0x5D, b[i] != 0x7D { i += 1 }
    return true
  }

  private mutating func key(_ b: Span<UInt8>) -> Bool {
    words = []
    guard i < b.count else { return false }
    if Self.isQuote(b[i]) { return text(b) }
    let start = i
    if b[i] == 0x5B {
      // `[Symbol(name)]`.
      i = ByteScan.find(0x5D, in: b, from: i) + 1
    } else {
      while i < b.count, b[i] != 0x3A, !Sniffer.isSpace(b[i]), b[i] != 0x2C { i += 1 }
    }
    guard i > start, i < b.count else { return false }
    let name = b.extracting(start..<i)
    if closers.count == 1,
      let found = rewritings.first(where: {
        $0.from.utf8CodeUnitCount == name.count && JSONScanner.matches(name, 0, $0.from)
      })
    {
      quote(found.to)
      words = found.words
    } else {
      JSONQuote.append(name, to: &out)
    }
    return true
  }

  private mutating func quote(_ word: StaticString) {
    out.append(0x22)
    JSONQuote.appendPlain(word, to: &out)
    out.append(0x22)
  }

  // MARK: Values.

  private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x27 || byte == 0x22 || byte == 0x60 }

  private mutating func value(_ b: Span<UInt8>) -> Bool {
    // At most a reference and a class stand in front: `<ref *1> Resource {`.
    for _ in 0..<4 {
      skipSpace(b)
      guard i < b.count else { return false }
      if Self.isQuote(b[i]) { return text(b) && parts(b) }
      if b[i] == 0x7B || b[i] == 0x5B && !isNamed(b) { return open(b[i]) }
      let start = i
      skipWord(b)
      guard i > start else { return false }
      var next = i
      while next < b.count, b[next] == 0x20 { next += 1 }
      if next > i, next < b.count, b[next] == 0x7B || b[next] == 0x5B || b[start] == 0x3C { continue }
      word(b.extracting(start..<i))
      return true
    }
    return false
  }

  /// Whether a bracket opens a word for what is not shown: `[Object]`, `[Circular *1]`, `[Function: f]`.
  private func isNamed(_ b: Span<UInt8>) -> Bool { i + 1 < b.count && b[i + 1] &- 0x41 < 26 }

  private mutating func open(_ bracket: UInt8) -> Bool {
    guard closers.count < depthLimit else { return false }
    out.append(bracket)
    closers.append(bracket + 2)
    isFirst = true
    i += 1
    return true
  }

  /// Skips a word without quotes; one in brackets, and one like `Map(1)`, to its bracket.
  private mutating func skipWord(_ b: Span<UInt8>) {
    if b[i] == 0x5B || b[i] == 0x3C {
      i = min(ByteScan.find(b[i] + 2, in: b, from: i) + 1, b.count)
      return
    }
    while i < b.count, b[i] != 0x2C, b[i] != 0x7D, b[i] != 0x5D, !Sniffer.isSpace(b[i]) {
      i = b[i] == 0x28 ? min(ByteScan.find(0x29, in: b, from: i) + 1, b.count) : i + 1
    }
  }

  private mutating func word(_ word: Span<UInt8>) {
    if !words.isEmpty, let number = FieldText.int(word), number >= 0, number < words.count {
      quote(words[Int(number)])
      words = []
      return
    }
    var number = word
    // A bigint.
    if word.count > 1, word[word.count - 1] == 0x6E { number = word.extracting(0..<word.count - 1) }
    var reader = JSONScanner(at: 0)
    if word[0] != 0x5B, reader.skipValue(number), reader.position == number.count {
      out.append(copying: number)
    } else if word[0] &- 0x30 <= 9 {
      // A date.
      JSONQuote.append(word, to: &out)
    } else {
      JSONQuote.appendPlain("null", to: &out)
    }
  }

  // MARK: Texts.

  /// A text between its quotes.
  private mutating func text(_ b: Span<UInt8>) -> Bool {
    let mark = b[i]
    i += 1
    out.append(0x22)
    while i < b.count, b[i] != mark {
      if b[i] == 0x5C {
        guard i + 1 < b.count else { return false }
        escape(b)
      } else {
        character(b[i])
        i += 1
      }
    }
    guard i < b.count else { return false }
    i += 1
    out.append(0x22)
    return true
  }

  private mutating func character(_ byte: UInt8) {
    switch byte {
    case 0x22: out += [0x5C, 0x22]
    case 0x0A: out += [0x5C, 0x6E]
    case 0..<0x20: out.append(0x20)
    default: out.append(byte)
    }
  }

  private mutating func escape(_ b: Span<UInt8>) {
    let byte = b[i + 1]
    i += 2
    switch byte {
    case 0x62, 0x66, 0x6E, 0x72, 0x74, 0x5C: out += [0x5C, byte]
    case 0x75 where hexDigits(b, 4): out += [0x5C, 0x75]
    case 0x78 where hexDigits(b, 2): out += [0x5C, 0x75, 0x30, 0x30]
    default: character(byte)
    }
  }

  /// Whether so many hexadecimals follow, which stay as they are.
  private func hexDigits(_ b: Span<UInt8>, _ count: Int) -> Bool {
    i + count <= b.count && (i..<i + count).allSatisfy { b[$0] &- 0x30 <= 9 || (b[$0] | 0x20) &- 0x61 < 6 }
  }

  /// The parts of a text behind `+`, a line each.
  private mutating func parts(_ b: Span<UInt8>) -> Bool {
    while true {
      var next = i
      while next < b.count, Sniffer.isSpace(b[next]) { next += 1 }
      guard next < b.count, b[next] == 0x2B else { return true }
      i = next + 1
      skipSpace(b)
      guard i < b.count, Self.isQuote(b[i]) else { return false }
      out.removeLast()
      let begin = out.count
      guard text(b) else { return false }
      out.remove(at: begin)
    }
  }
}
