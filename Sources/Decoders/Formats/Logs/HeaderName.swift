// Which element of a header names who wrote the line.

internal import Model
internal import Support

/// Tells names of programs and their modules from all else that stands in the columns of headers: threads, users, places in the
/// source, addresses, durations.
enum HeaderName {
  /// The name that an element holds; nil where it holds none.
  ///
  /// - Parameters:
  ///   - line: the whole line.
  ///   - element: of its header.
  ///   - rank: how well a name there names the writer: 5 an application, 4 a tag, less for columns.
  ///   - isRepeated: whether few texts stand in the column again and again, and nothing better was found.
  ///   - isNumbered: whether most texts in the column end with a number of theirs.
  /// - Returns: where the name lies, and whether it is the writer's own; a path or a thread that few lines have alone names them where
  ///   nothing better does.
  static func choose(
    _ line: Span<UInt8>, _ element: HeaderElement, rank: Int, isRepeated: Bool, isNumbered: Bool = false
  ) -> (range: Range<Int>, isOwn: Bool)? {
    if element.isLogger, rank > 3 || !isNumbered { return (element.content, true) }
    // `USER@DATABASE` of PostgreSQL is who asked, not who wrote; tags and applications may hold the sign.
    guard
      rank > 3 || ByteScan.find(0x40, in: line.extracting(element.content), from: 0) == element.content.count
    else { return nil }
    let name = name(line, element.content)
    // `-` stands for nothing.
    guard name.contains(where: { (line[$0] | 0x20) &- 0x61 < 26 || line[$0] &- 0x30 <= 9 || line[$0] > 0x7F }) else {
      return nil
    }
    // In front of a level hosts are numbered, too.
    let isThread = isThread(line, name) || isNumbered && rank == 3 || isLabel(line, name)
    if rank > 4 || isProgram(line, name) && !isAddress(line, element.content, name),
      !isSourcePlace(line, element.content, name),
      rank > 3 || !isThread
    {
      return (name, true)
    }
    guard isRepeated, !name.isEmpty, !isLabel(line, name),
      line[name.lowerBound] == 0x2F || isThread && isProgram(line, name)
    else { return nil }
    return (name, false)
  }

  /// `pid`, `tid`, `cid:12` of NATS (clients, routes, gateways, leaf nodes): what the number behind it is of.
  private static func isLabel(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    guard name.count == 3 else { return false }
    if JSONScanner.matches(line, name.lowerBound + 1, "id:"), name.upperBound + 1 < line.count {
      return line[name.upperBound + 1] &- 0x30 <= 9
    }
    return JSONScanner.matches(line, name.lowerBound, "pid") || JSONScanner.matches(line, name.lowerBound, "tid")
      || JSONScanner.matches(line, name.lowerBound, "PID") || JSONScanner.matches(line, name.lowerBound, "TID")
  }

  /// `user7@shop.example`: somebody's address. Instances of units have the sign, too (`getty@tty1.service`), and versions stand behind it.
  static func isMailbox(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    let at = name.lowerBound &+ ByteScan.find(0x40, in: line.extracting(name), from: 0)
    guard at > name.lowerBound, at &+ 1 < name.upperBound, (line[at &+ 1] | 0x20) &- 0x61 < 26 else { return false }
    let end = name.upperBound
    for unit: StaticString in [".service", ".timer", ".socket", ".mount", ".slice", ".scope"]
    where end &- unit.utf8CodeUnitCount > at && JSONScanner.matches(line, end &- unit.utf8CodeUnitCount, unit) {
      return false
    }
    return (at..<end).contains { line[$0] == 0x2E }
  }

  /// Whether a text ends with a number of its own behind a mark, `GET-37`, `worker-3`, `ThreadPoolExecutor-0_3`, or with the last digits
  /// of an id (`…-00a0c91e6bf6`).
  static func isNumbered(_ text: Span<UInt8>) -> Bool {
    var start = text.count
    var digits = 0
    while start > 0, hexDigit(text[start &- 1]) < 16 {
      start &-= 1
      if text[start] &- 0x30 <= 9 { digits &+= 1 }
    }
    guard digits > 0, start > 0, digits == text.count &- start || text.count &- start >= 8 else { return false }
    let mark = text[start &- 1]
    guard mark == 0x2D || mark == 0x23 || mark == 0x5F else { return false }
    return (text[0] | 0x20) &- 0x61 < 26 || text.count >= 32
  }

  /// Whether a word may be what a program or a module of it is called: not an address, a number with its unit, a text in quotes
  /// or a pair.
  private static func isProgram(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    guard let first = name.first else { return false }
    // An id of a request or a span.
    if name.count == 16 || name.count == 32, name.allSatisfy({ hexDigit(line[$0]) <= 15 }) { return false }
    if line[first] &- 0x30 <= 9 {
      if AccessShapes.isNumericHost(line, name) || AccessShapes.isAddress(line, name) { return false }
      if name.count > 2, line[first] == 0x30, line[first &+ 1] | 0x20 == 0x78 { return false }
      // A date, a version, a share.
      if name.allSatisfy({ line[$0] &- 0x30 <= 9 || line[$0] == 0x2F || line[$0] == 0x2D || line[$0] == 0x2E }) {
        return false
      }
      return SpanWords.duration(line.extracting(name), unit: .inferred) == nil
    }
    for i in name {
      switch line[i] {
      case 0x22, 0x27, 0x3C, 0x3D, 0x7B, 0x2C, 0x3B: return false
      default: continue
      }
    }
    // A zone behind a time of day.
    if name.count == 3,
      JSONScanner.matches(line, name.lowerBound, "UTC") || JSONScanner.matches(line, name.lowerBound, "GMT")
    {
      return false
    }
    // `main()` is a function, `start -> ERRO` of go-logging one of Fabric's, `*SYSTEM` who asked (Nexus' `%mdc{userId}`).
    if line[first] == 0x2A || JSONScanner.matches(line, name.upperBound, "()")
      || JSONScanner.matches(line, name.upperBound, " -> ")
    {
      return false
    }
    if JSONScanner.matches(line, name.lowerBound, "HTTP/") { return false }
    // A path, or a sign of U+2000 to U+2FFF: bullets, arrows and quotes are no names.
    if line[first] == 0x2F || line[first] == 0xE2 { return false }
    // `GET` and the like stand in columns of requests.
    return line[first] != 0x23 && !AccessServers.isMethod(line, name)
  }

  /// Whether a column is somebody's address and not the writer's name: `node9.example:8080`, `https://shop.example/`.
  private static func isAddress(_ line: Span<UInt8>, _ column: Range<Int>, _ name: Range<Int>) -> Bool {
    guard name.upperBound &+ 1 < column.upperBound, line[name.upperBound] == 0x3A else { return false }
    if JSONScanner.matches(line, name.upperBound, "://") { return true }
    for i in name.upperBound &+ 1..<column.upperBound where line[i] &- 0x30 > 9 { return false }
    // A name with a domain, or a number that only ports have: `worker:3` is the third of its kind, `Orders.pm:12` a module of Perl.
    if name.count > 3, JSONScanner.matches(line, name.upperBound &- 3, ".pm") { return false }
    return column.upperBound &- name.upperBound > 4 || name.contains { line[$0] == 0x2E }
  }

  /// Whether a column is the place in the source that wrote the line (`%F:%L` of logback and log4j): a file, a colon and a number.
  private static func isSourcePlace(_ line: Span<UInt8>, _ column: Range<Int>, _ name: Range<Int>) -> Bool {
    var name = name
    if let blank = column.first(where: { line[$0] == 0x20 }) { name = name.lowerBound..<blank }
    guard name.upperBound &+ 1 < column.upperBound, line[name.upperBound] == 0x3A || line[name.upperBound] == 0x20
    else { return false }
    // The line may stand apart (`felix/table.go 101`), and the function may stand behind it (Gitea's `routers/http.go:12:Run()`).
    for i in name.upperBound &+ 1..<column.upperBound where line[i] &- 0x30 > 9 && line[i] != 0x20 {
      // glog's and vLLM's place ends with a bracket.
      if line[i] != 0x3A && line[i] != 0x5D || i == name.upperBound &+ 1 { return false }
      break
    }
    var dot = name.upperBound
    while dot > name.lowerBound, line[dot &- 1] != 0x2E { dot &-= 1 }
    guard dot > name.lowerBound &+ 1 else { return false }
    // More dots are a host's, `proxy.shop.rs:443`, unless they stand in front of a slash.
    var i = dot &- 1
    while i > name.lowerBound, line[i &- 1] != 0x2F {
      i &-= 1
      if line[i] == 0x2E { return false }
    }
    func ends(_ word: StaticString) -> Bool {
      name.upperBound &- dot == word.utf8CodeUnitCount && JSONScanner.matches(line, dot, word)
    }
    return ends("java") || ends("kt") || ends("scala") || ends("go") || ends("py") || ends("rb") || ends("cs")
      || ends("rs") || ends("js") || ends("ts") || ends("php") || ends("c") || ends("cc") || ends("cpp") || ends("h")
      || ends("cxx") || ends("hpp") || ends("cu") || ends("m") || ends("mm") || ends("swift") || ends("ex")
      || ends("erl")
      || ends("lua") || ends("pl") || ends("tsx") || ends("jsx")
  }

  /// Whether a column says which thread wrote the line, as Java's and Python's are called by default: a name of a program stands in
  /// another column.
  static func isThread(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    func begins(_ word: StaticString) -> Bool { JSONScanner.matches(line, name.lowerBound, word) }
    switch name.count {
    case 4: return begins("main")
    case 10: return begins("MainThread")
    default:
      guard name.count >= 8, line[name.upperBound &- 1] &- 0x30 <= 9 else { return false }
      if begins("Thread-") || begins("pool-") { return true }
      // `SendMessageThread_1`, `BrokerControllerScheduledThread1`.
      var end = name.upperBound
      while end > name.lowerBound, line[end &- 1] &- 0x30 <= 9 { end &-= 1 }
      // A column of nothing but digits has no letter in front of them.
      guard end > name.lowerBound else { return false }
      if line[end &- 1] == 0x5F || line[end &- 1] == 0x2D { end &-= 1 }
      if end &- name.lowerBound > 6, JSONScanner.matches(line, end &- 6, "Thread") { return true }
      for i in name.lowerBound..<name.upperBound &- 6
      where JSONScanner.matches(line, i, "-exec-") || JSONScanner.matches(line, i, "-thread-") {
        return true
      }
      return false
    }
  }

  /// A name without what is in brackets or behind a colon at its end: `sshd` of `sshd[24200]`, `Orders.java` of `Orders.java:17`,
  /// `orders.api` of loguru's `orders.api:handle:17`; the colons of `orders::api` are its own.
  private static func name(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var end = range.lowerBound
    while end < range.upperBound, line[end] != 0x5B, line[end] != 0x28 {
      if line[end] == 0x3A, end > range.lowerBound {
        guard end &+ 1 < range.upperBound, line[end &+ 1] == 0x3A else { break }
        end &+= 1
      }
      end &+= 1
    }
    return range.lowerBound..<max(end, min(range.lowerBound &+ 1, range.upperBound))
  }
}
