// Requests told in a sentence of a method, a path, a status and a duration.

internal import Model
internal import Support

/// Reads `METHOD PATH [PROTOCOL] [for ADDRESS,] STATUS [words] [in] DURATION`, perhaps behind `completed` (Gitea, Forgejo), `-->`
/// (koa-logger), a client and a user (morgan's `short`, Vert.x' SHORT) or Sanic's own head: development servers and loggers of
/// requests write so (Next.js: `GET /x 200 in 12ms`).
///
/// The duration has a unit, else the line may be anybody's sentence; Sanic's head says what it is, and its lines may have none.
/// Nothing but sizes, a dash and the words of the status stands between. Behind a client's address, or in front of one, a line of nothing
/// but numbers is an operator's own format (`10.0.0.1 GET /x 200 0.012`): of its numbers the one of three decimals is nginx' seconds.
enum AccessSentence {
  /// Where the method stands; nil where the line begins in another way.
  static func method(_ b: Span<UInt8>) -> (start: Int, isSanic: Bool)? {
    guard b.count >= 16 else { return nil }
    var i = 0
    switch b[0] {
    case 0x2D:
      guard JSONScanner.matches(b, 0, "--> ") else { return nil }
      i = 4
    case 0x43, 0x63, 0x72:
      if JSONScanner.matches(b, 0, "router: ") { i = 8 }
      guard JSONScanner.matches(b, i &+ 1, "ompleted ") else { return nil }
      i &+= 10
    case 0x5B:
      let head = b.extracting(first: 112)
      var at = 0
      while true {
        at = ByteScan.find(0x28, in: head, from: at)
        if at >= head.count { return nil }
        if JSONScanner.matches(b, at, "(sanic.access)[") { break }
        at &+= 1
      }
      var end = ByteScan.find(0x5D, in: b, from: at)
      while end &+ 2 < b.count, b[end &+ 1] != 0x3A { end = ByteScan.find(0x5D, in: b, from: end &+ 1) }
      guard end &+ 3 < b.count, b[end &+ 2] == 0x20, isRequest(b, end &+ 3, isSanic: true) else { return nil }
      return (end &+ 3, true)
    case 0x30...0x39, 0x3A:
      // A client, perhaps with a user or with both names of the Common Log Format.
      let head = b.extracting(first: 128)
      let first = ByteScan.find(0x20, in: head, from: 0)
      guard first < head.count, AccessShapes.isNumericHost(b, 0..<first), isClient(b, 0..<first) else { return nil }
      i = first &+ 1
      for _ in 0..<2 where !isRequest(b, i) {
        i = ByteScan.find(0x20, in: head, from: i) &+ 1
        guard i < head.count else { return nil }
      }
    default: break
    }
    return isRequest(b, i) ? (i, false) : nil
  }

  /// Four numbers between dots, or an address of IPv6: not a time of day, a date or a number of seconds.
  private static func isClient(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    let dots = word.count { b[$0] == 0x2E }
    if dots == 3 { return true }
    let colons = word.count { b[$0] == 0x3A }
    return dots == 0 && (colons > 2 || colons == 2 && word.dropLast().contains { b[$0] == 0x3A && b[$0 &+ 1] == 0x3A })
  }

  /// Only Sanic writes whole URLs of what it served; elsewhere they are what a client asked for.
  private static func isRequest(_ b: Span<UInt8>, _ i: Int, isSanic: Bool = false) -> Bool {
    let end = AccessServers.isMethod(b, i)
    guard end > 0, end &+ 1 < b.count else { return false }
    return b[end &+ 1] == 0x2F || isSanic && JSONScanner.matches(b, end &+ 1, "http")
  }

  static func read(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    guard let (start, isSanic) = method(b) else { return nil }
    var words = Words(b, from: start)
    var record = AccessRecord()
    guard let method = words.next(b), let target = words.next(b), var word = words.next(b) else { return nil }
    (record.method, record.target) = (method, target)
    if JSONScanner.matches(b, word.lowerBound, "HTTP/") {
      guard let next = words.next(b) else { return nil }
      word = next
    } else if word.count == 3, JSONScanner.matches(b, word.lowerBound, "for") {
      guard words.next(b) != nil, let next = words.next(b) else { return nil }
      word = next
    }
    record.status = AccessShapes.status(b, word)
    guard (100...599).contains(record.status) else { return nil }
    var last = 0..<0
    var isServed = start > 0 && (b[0] &- 0x30 <= 9 || b[0] == 0x3A)
    var seconds = 0..<0
    for _ in 0..<8 {
      guard let word = words.next(b) else { break }
      if !last.isEmpty, isUnit(b, word) {
        record.latency = SpanWords.duration(b.extracting(last.lowerBound..<word.upperBound), unit: .inferred) ?? -1
        break
      }
      last = 0..<0
      if b[word.lowerBound] &- 0x30 <= 9 {
        if b[word.upperBound - 1] <= 0x39 {
          last = word
          if AccessShapes.isNumericHost(b, word), isClient(b, word) { isServed = true }
          if seconds.isEmpty, AccessObject.isNginxTime(b, word) { seconds = word }
        } else if b[word.upperBound - 1] == 0x73, let micros = SpanWords.duration(b.extracting(word), unit: .inferred) {
          record.latency = micros
          break
        } else if b[word.upperBound - 1] | 0x20 != 0x62 {
          return nil
        }
      } else if !AccessShapes.isDash(b, word), !isWord(b, word) {
        return nil
      }
    }
    if isSanic {
      let head = 1..<ByteScan.find(0x5D, in: b, from: 1)
      record.time = AccessTime.written(b, head, zoneSeconds: zoneSeconds) ?? .min
    }
    if record.latency < 0, isServed, !words.hasMore(b) {
      record.needsTime = true
      if !seconds.isEmpty { record.latency = AccessShapes.seconds(b, seconds) }
      return record
    }
    return record.latency >= 0 || isSanic ? record : nil
  }

  private static func isUnit(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.count <= 3 && b[word.upperBound - 1] == 0x73
      && (word.count == 1 || JSONScanner.matches(b, word.lowerBound, "ms")
        || JSONScanner.matches(b, word.lowerBound, "us"))
  }

  /// A word of a status ("Not Found", "Bad Gateway") or `in`.
  private static func isWord(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.count <= 14 && word.allSatisfy { (b[$0] | 0x20) &- 0x61 < 26 || b[$0] == 0x2D }
      && (b[word.lowerBound] &- 0x41 < 26 || word.count == 2)
  }

  /// The words of a text between blanks.
  private struct Words {
    private var i: Int

    init(_ b: Span<UInt8>, from start: Int) { i = start }

    /// Whether anything else follows.
    func hasMore(_ b: Span<UInt8>) -> Bool {
      var i = i
      while i < b.count, b[i] == 0x20 || b[i] == 0x09 { i &+= 1 }
      return i < b.count
    }

    mutating func next(_ b: Span<UInt8>) -> Range<Int>? {
      while i < b.count, b[i] == 0x20 || b[i] == 0x09 { i &+= 1 }
      guard i < b.count else { return nil }
      let start = i
      while i < b.count, b[i] != 0x20, b[i] != 0x09 { i &+= 1 }
      return start..<i
    }
  }
}
