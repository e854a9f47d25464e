// Levels in the brackets, words and names of a header.

internal import Model
internal import Support

extension HeaderScanner {
  /// `[orders.factory#critical]` of Twisted's text log: a namespace and its level.
  func namespaceLevel(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> (Range<Int>, Severity)? {
    let hash = start &+ ByteScan.find(0x23, in: line.extracting(start..<end), from: 0)
    guard hash > start, hash &+ 3 < end, (line[start] | 0x20) &- 0x61 < 26 else { return nil }
    let level = Model.severity(of: line.extracting(hash &+ 1..<end))
    return level.isUnknown ? nil : (start..<hash, level)
  }

  /// `[Error#orders]` of Haskell's monad-logger (Control.Monad.Logger, `defaultLogStr`): a level and its source.
  func sourcedLevel(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Severity {
    var hash = start
    while hash < end, hash &- start < 9, (line[hash] | 0x20) &- 0x61 < 26 { hash &+= 1 }
    guard hash &- start >= 4, hash &+ 1 < end, line[hash] == 0x23 else { return .unknown }
    return Model.severity(of: line.extracting(start..<hash))
  }

  /// `debug2:` of Slurm and OpenSSH, and `D1 REPL     [` of MongoDB 4.2 ("Log Messages"): a level with its step behind it.
  func steppedLevel(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> HeaderElement? {
    let step = line[stop &- 1] &- 0x31
    guard step < 9, stop &+ 2 < line.count else { return nil }
    if stop &- start == 6, line[stop] == 0x3A, line[start] | 0x20 == 0x64,
      Model.severity(of: line.extracting(start..<stop &- 1)) == .debug
    {
      return HeaderElement(kind: .level, content: start..<stop, end: stop &+ 1, severity: .debug)
    }
    guard stop &- start == 2, start > 0, line[start] == 0x44, step < 5, line[stop] == 0x20 else { return nil }
    var i = stop &+ 1
    while i < line.count, line[i] &- 0x41 < 26 || line[i] == 0x5F || line[i] == 0x2D { i &+= 1 }
    guard i > stop &+ 1, i < line.count, line[i] == 0x20 else { return nil }
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    guard i < line.count, line[i] == 0x5B else { return nil }
    return HeaderElement(kind: .level, content: start..<stop, end: stop, severity: .debug)
  }

  /// `[core:error]`, `[ssl:trace3]` of Apache's error log: a module and its level.
  func moduleLevel(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Severity {
    guard end &- start <= 48, end > start, (line[start] | 0x20) &- 0x61 < 26 else { return .unknown }
    var colon = start
    while colon < end, (line[colon] | 0x20) &- 0x61 < 26 || line[colon] &- 0x30 <= 9 || line[colon] == 0x5F {
      colon &+= 1
    }
    guard colon &+ 3 < end, line[colon] == 0x3A else { return .unknown }
    return Model.severity(ofField: line.extracting(colon &+ 1..<end))
  }

  /// `[E|app|3f1c0a2b]`: a level's letter, the logger and the request between bars (Foreman's config/logging.yaml, `[%.1l|%.3c|%.8X]`).
  func barredLevel(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Severity {
    guard end &- start > 4, line[start &+ 1] == 0x7C, line[start] &- 0x41 < 26 else { return .unknown }
    return Model.severity(of: line.extracting(start..<start &+ 1))
  }

  /// `SYSTEM`, `NOTE`: MySQL's own priorities, in front of the thread's id (MySQL Router, "Logging": `TIME DOMAIN LEVEL [THREAD] …`).
  func routerLevel(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Severity {
    guard line[start] == 0x53 || line[start] == 0x4E, stop &+ 3 < line.count, line[stop] == 0x20,
      line[stop &+ 1] == 0x5B, hexDigit(line[stop &+ 2]) < 16
    else { return .unknown }
    return isWord(line, start, stop, "SYSTEM") || isWord(line, start, stop, "NOTE") ? .info : .unknown
  }

  /// `[Server thread/ERROR]`: a thread and its level in capitals (Minecraft's log4j2.xml, `[%t/%level]`).
  func threadLevel(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Severity {
    var word = end
    while word > start, line[word &- 1] &- 0x41 < 26 { word &-= 1 }
    // `[GET /INFO]` is a request's.
    guard end &- word >= 4, word > start &+ 1, line[word &- 1] == 0x2F, line[word &- 2] > 0x20 else { return .unknown }
    return Model.severity(of: line.extracting(word..<end))
  }

  /// `[E 2026-11-25 02:00:00.123 ServerApp]`, `[W 261125 02:00:00 web:46]`: the level's letter before the time (Tornado's LogFormatter).
  func levelBefore(_ line: Span<UInt8>, _ start: Int) -> Severity? {
    guard start &+ 2 < line.count, line[start &+ 1] == 0x20, line[start &+ 2] &- 0x30 <= 9 else { return nil }
    let severity = Model.severity(of: line.extracting(start..<start &+ 1))
    return severity.isUnknown ? nil : severity
  }

  /// `[2026-11-25 02:00:00,123: INFO/MainProcess]` of Celery, `[2026-11-25T02:00:00Z WARN  app]` of env_logger.
  func levelBehind(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Severity {
    var i = start
    while i < end, line[i] == 0x20 || line[i] == 0x3A { i &+= 1 }
    let first = i
    while i < end, (line[i] | 0x20) &- 0x61 < 26 { i &+= 1 }
    // `[2026-11-25 02:00:00,123 E 12 12]` of Ray's programs in C++ (spdlog's `%L %P %t`): a letter and the process.
    let isLetter = i &- first == 1 && line[first] &- 0x41 < 26 && isProcessAndThread(line, i, end)
    guard i &- first > 1 || isLetter, i == end || line[i] == 0x20 || line[i] == 0x2F else { return .unknown }
    return Model.severity(of: line.extracting(first..<i))
  }

  /// Whether a place is followed by two numbers and nothing else.
  func isProcessAndThread(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    for _ in 0..<2 {
      guard i &+ 1 < end, line[i] == 0x20, line[i &+ 1] &- 0x30 <= 9 else { return false }
      i &+= 1
      while i < end, line[i] &- 0x30 <= 9 { i &+= 1 }
    }
    return i == end
  }

  /// `information/ApiListener:` of Icinga 2 and `host/INFO/locust.main:` of Locust: the level between slashes or in front of one, and the
  /// part of the program behind it.
  func levelBeforeSlash(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> (
    name: Range<Int>, severity: Severity
  )? {
    var slash = stop
    while slash > start, line[slash &- 1] != 0x2F { slash &-= 1 }
    guard slash > start &+ 4, slash < stop else { return nil }
    var word = slash &- 1
    while word > start, line[word &- 1] != 0x2F { word &-= 1 }
    guard slash &- 1 &- word >= 4 else { return nil }
    let level = Model.severity(of: line.extracting(word..<slash &- 1))
    // Behind a host only a level in capitals: `pay/info/main` is a path.
    guard !level.isUnknown, word == start || line[word] &- 0x41 < 26 && line[word &+ 1] &- 0x41 < 26 else { return nil }
    return (slash..<stop, level)
  }

  /// `production.ERROR:` of Monolog: a channel and its level.
  func channelEnd(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Int? {
    var dot = stop
    while dot > start, line[dot &- 1] != 0x2E { dot &-= 1 }
    guard dot > start &+ 1, stop &- dot >= 4, stop &- dot <= 9, line[dot] &- 0x41 < 26, line[dot &+ 1] &- 0x41 < 26,
      Model.severity(of: line.extracting(dot..<stop)) != .unknown
    else { return nil }
    return dot &- 1
  }

  /// Whether a channel is the name of an environment, as Laravel calls its own (`APP_ENV`): every program has the same.
  func isEnvironment(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    func isNamed(_ word: StaticString) -> Bool { isWord(line, start, end, word) }
    return isNamed("production") || isNamed("local") || isNamed("staging") || isNamed("testing")
      || isNamed("development") || isNamed("prod") || isNamed("stage") || isNamed("test") || isNamed("dev")
  }

  /// PostgreSQL's severities that are no levels elsewhere; they are written in capitals with a colon, and the message stands two blanks
  /// behind them (`"%s:  "`, send_message_to_server_log of elog.c).
  func isPostgres(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Bool {
    guard stop < line.count, line[stop] == 0x3A, stop &- start >= 3 else { return false }
    if isTwoBlanks(line, stop &+ 1), LocalizedLevels.isPostgresNote(line.extracting(start..<stop)) { return true }
    guard stop &- start <= 9 else { return false }
    // With `log_error_verbosity = verbose`, and of errors within the server.
    if isTwoBlanks(line, stop &+ 1),
      isWord(line, start, stop, "LOCATION") || isWord(line, start, stop, "BACKTRACE")
        || isWord(line, start, stop, "QUERY")
    {
      return true
    }
    return isWord(line, start, stop, "LOG") || isWord(line, start, stop, "STATEMENT")
      || isWord(line, start, stop, "DETAIL") || isWord(line, start, stop, "HINT")
      || isWord(line, start, stop, "CONTEXT")
  }

  /// The level that marks of PostgreSQL's prefix join with the escapes in front of it: `-ERROR:  ` and `app@shop-ERROR:  ` (`%t [%p]-`,
  /// `%m [%p] %u@%d-`).
  func joinedPostgres(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> HeaderElement? {
    var word = stop
    while word > start, line[word &- 1] &- 0x41 < 26 || line[word &- 1] >= 0x80 { word &-= 1 }
    guard stop &- word >= 3, word > start else { return nil }
    switch line[word &- 1] {
    case 0x2C, 0x2D, 0x3A, 0x3B, 0x7C: break
    default: return nil
    }
    let text = line.extracting(word..<stop)
    let severity = KnownLines.isPostgresNote(text) ? .info : Model.severity(of: text)
    guard !severity.isUnknown else { return nil }
    var element = HeaderElement(kind: .level, content: word..<stop, end: stop &+ 1, severity: severity)
    element.endsHeader = true
    return element
  }

  /// One past the colon of `INSTRUCTION : `: PostgreSQL's notes in French have a blank in front of it (src/backend/po/fr.po).
  func apartNoteEnd(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Int? {
    guard stop &+ 2 < line.count, line[stop &+ 1] == 0x3A, line[stop] == 0x20, line[stop &+ 2] == 0x20 else {
      return nil
    }
    let notes: [StaticString] = ["DÉTAIL", "ASTUCE", "REQUÊTE", "CONTEXTE", "EMPLACEMENT", "INSTRUCTION"]
    return notes.contains { isWord(line, start, stop, $0) } ? stop &+ 2 : nil
  }

  /// PgBouncer's `LOG` and `NOISE` have no colon; the process in brackets stands before them (lib/usual/logging.c).
  func isBouncer(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Bool {
    guard start > 3, line[start &- 1] == 0x20, line[start &- 2] == 0x5D, line[start &- 3] &- 0x30 <= 9,
      stop < line.count, line[stop] == 0x20
    else { return false }
    return isWord(line, start, stop, "LOG") || isWord(line, start, stop, "NOISE")
  }

  func isTwoBlanks(_ line: Span<UInt8>, _ at: Int) -> Bool {
    at &+ 2 < line.count && line[at] == 0x20 && line[at &+ 1] == 0x20 && line[at &+ 2] != 0x20
  }

  /// A level in capitals with a mark of its layout right behind it: `ERROR>` (log4perl), `ERROR[1234]` and what its bracket says
  /// (Asterisk's logger, logrus' text on a terminal).
  func markedLevel(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> HeaderElement? {
    var end = start
    while end < stop, line[end] &- 0x41 < 26 { end &+= 1 }
    // `E[2026-11-25|02:00:00.123]` of Tendermint's logger.
    let isLetter = end &- start == 1 && end &+ 1 < stop && line[end] == 0x5B && line[end &+ 1] &- 0x30 <= 9
    guard end &- start >= 4 || isLetter, end < stop, line[end] == 0x5B || line[end] == 0x3E && end &+ 1 == stop else {
      return nil
    }
    let level = Model.severity(of: line.extracting(start..<end))
    guard !level.isUnknown else { return nil }
    return HeaderElement(kind: .level, content: start..<end, end: line[end] == 0x3E ? stop : end, severity: level)
  }

  /// `*ERROR*` of Apache Sling and what is built on it (Sling, "Logging", `org.apache.sling.commons.log.pattern`).
  func starredLevel(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> HeaderElement? {
    guard stop &- start >= 6, line[start] == 0x2A, line[stop &- 1] == 0x2A else { return nil }
    let level = Model.severity(of: line.extracting(start &+ 1..<stop &- 1))
    guard !level.isUnknown else { return nil }
    return HeaderElement(kind: .level, content: start &+ 1..<stop &- 1, end: stop, severity: level)
  }

  /// `Er(177)` of VMware's hosts.
  func numberedLevel(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> HeaderElement? {
    let level = VMwareLevel.severity(line.extracting(start..<stop))
    guard !level.isUnknown else { return nil }
    return HeaderElement(kind: .level, content: start..<start &+ 2, end: stop, severity: level)
  }
}
