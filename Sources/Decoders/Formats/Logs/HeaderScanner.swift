// What stands in front of a message, element by element.

internal import Model
internal import Support

/// Cuts the beginning of a line into elements, one at a time.
struct HeaderScanner {
  /// No header has more elements than this.
  static let depth = 14
  private let times: LogTimeParser

  init(clock: LogClock) { times = LogTimeParser(clock: clock) }

  /// The element at `start` or behind the blanks there, nil at the end of the line.
  func element(_ line: Span<UInt8>, at start: Int) -> HeaderElement? {
    var cursor = start
    while cursor < line.count, line[cursor] == 0x20 || line[cursor] == 0x09 { cursor &+= 1 }
    guard cursor < line.count else { return nil }
    let first = line[cursor]
    if first &- 0x61 < 26, let logger = HeaderName.logger(line, cursor) { return logger }
    if let time = times.parse(line, cursor) { return element(time: time, line, from: cursor, until: time.end) }
    if first == 0x5B || first == 0x28 || first == 0x3C { return bracket(line, cursor) }
    return token(line, cursor)
  }

  private func element(time: LogTime, _ line: Span<UInt8>, from start: Int, until end: Int) -> HeaderElement? {
    var stop = end
    while stop < line.count,
      line[stop] == 0x2C || line[stop] == 0x3A || line[stop] == 0x7C || line[stop] == 0x5D || line[stop] == 0x3B
    {
      stop &+= 1
    }
    return HeaderElement(kind: .time, content: start..<end, end: stop, time: time)
  }

  private func bracket(_ line: Span<UInt8>, _ start: Int) -> HeaderElement? {
    let open = line[start]
    let close: UInt8 = open == 0x5B ? 0x5D : open == 0x28 ? 0x29 : 0x3E
    guard var end = closing(line, start, open, close) else { return token(line, start) }
    if open == 0x5B, HeaderName.isPoolThread(line, start &+ 1..<end) {
      return HeaderElement(kind: .bracket, content: start &+ 1..<end, end: behindMarks(line, end &+ 1))
    }
    // A date in one bracket and its time in the next one are one time.
    if open == 0x5B, end == start &+ 11, end &+ 9 < line.count, line[end &+ 1] == 0x5B, line[start &+ 5] == 0x2D,
      let time = times.parse(line, start &+ 1), time.end > end
    {
      end = time.end
    }
    var inner = start &+ 1
    while inner < end, line[inner] == 0x20 { inner &+= 1 }
    var innerEnd = end
    while innerEnd > inner, line[innerEnd &- 1] == 0x20 { innerEnd &-= 1 }
    let stop = behindMarks(line, end &+ 1)
    if open == 0x3C { return angled(line, start, inner..<innerEnd, end: stop) }
    if let time = times.parse(line, inner) ?? timeBehindName(line, inner, innerEnd), time.end <= innerEnd {
      return HeaderElement(
        kind: .time, content: inner..<innerEnd, end: stop, time: time,
        severity: levelBefore(line, inner) ?? levelBehind(line, time.end, innerEnd))
    }
    var level = Model.severity(of: line.extracting(inner..<innerEnd))
    // MySQL's own priorities.
    if level.isUnknown, open == 0x5B, isWord(line, inner, innerEnd, "System") || isWord(line, inner, innerEnd, "Note") {
      level = .info
    }
    // Open Liberty's console pads its levels to eight, and what is told to the administrator is one of them.
    if level.isUnknown, start == 0, end == 9, isWord(line, inner, innerEnd, "AUDIT") { level = .info }
    // Oracle's diagnostic logging.
    if level.isUnknown, open == 0x5B, isWord(line, inner, innerEnd, "NOTIFICATION") { level = .info }
    if level.isUnknown, open == 0x5B {
      level = moduleLevel(line, inner, innerEnd)
      if level.isUnknown { level = threadLevel(line, inner, innerEnd) }
      if level.isUnknown { level = sourcedLevel(line, inner, innerEnd) }
      if level.isUnknown { level = barredLevel(line, inner, innerEnd) }
    }
    if !level.isUnknown, innerEnd &- inner >= 3 || open == 0x5B {
      return HeaderElement(kind: .level, content: inner..<innerEnd, end: stop, severity: level)
    }
    if open == 0x5B, let (name, level) = namespaceLevel(line, inner, innerEnd) {
      return HeaderElement(kind: .tag, content: name, end: stop, severity: level)
    }
    if open == 0x5B, let name = tracedName(line, inner, innerEnd) {
      return HeaderElement(kind: .traced, content: name, end: stop)
    }
    return HeaderElement(kind: .bracket, content: inner..<innerEnd, end: stop)
  }

  /// One past the colons and commas that may end an element in brackets.
  private func behindMarks(_ line: Span<UInt8>, _ start: Int) -> Int {
    var stop = start
    while stop < line.count, line[stop] == 0x3A || line[stop] == 0x2C { stop &+= 1 }
    return stop
  }

  /// What stands in angle brackets: a time, a level, a priority of syslog.
  private func angled(_ line: Span<UInt8>, _ start: Int, _ content: Range<Int>, end: Int) -> HeaderElement? {
    if let time = times.parse(line, content.lowerBound), time.form >= .full, time.end == content.upperBound {
      return HeaderElement(kind: .time, content: content, end: end, time: time)
    }
    let level = Model.severity(of: line.extracting(content))
    if !level.isUnknown, content.count > 1 {
      return HeaderElement(kind: .level, content: content, end: end, severity: level)
    }
    if let level = SyslogLine.selectorLevel(line, content) {
      return HeaderElement(kind: .level, content: content, end: end, severity: level)
    }
    guard let priority = priority(line.extracting(content)) else { return token(line, start) }
    // A priority comes first (RFC 3164 §4.1.1), or in front of its tag; behind a time and by itself a number is a thread's.
    let isAlone = content.upperBound &+ 1 >= line.count || line[content.upperBound &+ 1] <= 0x20
    if isAlone, lastByte(line, before: start) != 0 {
      return HeaderElement(kind: .bracket, content: content, end: end)
    }
    return HeaderElement(
      kind: .number, content: content, end: end, severity: severity(syslogLevel: priority & 7))
  }

  /// Where the bracket that opens at `start` closes; nil where it does not within 256 bytes. Few bytes of a line are brackets: they
  /// are found sixteen bytes at a time.
  private func closing(_ line: Span<UInt8>, _ start: Int, _ open: UInt8, _ close: UInt8) -> Int? {
    var depth = 0
    var base = start
    while base < line.count, base &- start < 256 {
      var marks = ByteScan.marks((open, close, close, close), in: line, at: base)
      while marks != 0 {
        let i = base &+ marks.trailingZeroBitCount
        marks &= marks &- 1
        depth &+= line[i] == open ? 1 : -1
        if depth == 0 { return i }
      }
      base &+= 16
    }
    return nil
  }

  /// `[orders,7b0c…,1122…]` and `[orders,,]`: an application with the trace and the span of its request, perhaps with a flag behind
  /// them (Spring Cloud Sleuth's `logging.pattern.level`).
  private func tracedName(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    let limit = min(end, start &+ 81)
    guard start < end, (line[start] | 0x20) &- 0x61 < 26 else { return nil }
    if line[start] == 0x74, JSONScanner.matches(line, start, "trace_id=") {
      return contextName(line, start..<end, "resource.service.name=")
    }
    if line[start] == 0x64, JSONScanner.matches(line, start, "dd.") {
      return contextName(line, start..<end, "dd.service=")
    }
    let comma = start &+ ByteScan.find(0x2C, in: line.extracting(start..<limit), from: 0)
    guard comma > start, comma < limit else { return nil }
    for i in start..<comma where line[i] <= 0x20 || line[i] == 0x3D || line[i] == 0x3A { return nil }
    // Nothing, or a trace of sixteen or thirty-two digits; then nothing, or a span of sixteen.
    guard let trace = idEnd(line, comma &+ 1, end, words: 2), trace < end, line[trace] == 0x2C,
      let span = idEnd(line, trace &+ 1, end, words: 1), span == end || line[span] == 0x2C
    else { return nil }
    return start..<comma
  }

  /// `mail` of `[trace_id=… span_id=… resource.service.name=mail trace_sampled=True]` (opentelemetry-instrumentation-logging,
  /// `DEFAULT_LOGGING_FORMAT`), and of `[dd.service=mail dd.env=prod dd.trace_id=… dd.span_id=…]` (Datadog, "Correlating Python Logs and
  /// Traces").
  private func contextName(_ line: Span<UInt8>, _ content: Range<Int>, _ key: StaticString) -> Range<Int>? {
    for i in content where JSONScanner.matches(line, i, key) && (line[i &- 1] <= 0x20 || line[i &- 1] == 0x5B) {
      let start = i &+ key.utf8CodeUnitCount
      var end = start
      while end < content.upperBound, line[end] > 0x20 { end &+= 1 }
      return end > start ? start..<end : nil
    }
    return nil
  }

  /// One past an id of so many words of sixteen hex digits or fewer that begins at `start`, which may be empty; nil for what is no id.
  private func idEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int, words: Int) -> Int? {
    var i = start
    for _ in 0..<words {
      guard i &+ 16 <= end, HexDigits.sixteen(line, i) != nil else { break }
      i &+= 16
    }
    return i < end && hexDigit(line[i]) < 16 ? nil : i
  }

  /// `[otel.javaagent 2026-11-25 02:00:00:368 +0000]`: a name before the time.
  private func timeBehindName(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> LogTime? {
    guard end &- start >= 17, line[start] | 0x20 >= 0x61, line[start] | 0x20 <= 0x7A else { return nil }
    let i = ByteScan.find(0x20, in: line, from: start)
    guard i &+ 1 < end, let time = times.parse(line, i &+ 1), time.isPlaced else { return nil }
    return time
  }

  func isWord(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ word: StaticString) -> Bool {
    end &- start == word.utf8CodeUnitCount && JSONScanner.matches(line, start, word)
  }

  private func isFollowedByBar(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    return i < line.count && line[i] == 0x7C
  }

  /// The number in a syslog `<34>`.
  private func priority(_ digits: Span<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 3 else { return nil }
    var value = 0
    for i in digits.indices {
      guard digits[i] >= 0x30, digits[i] <= 0x39 else { return nil }
      value = value * 10 + Int(digits[i]) - 0x30
    }
    return value
  }

  private func token(_ line: Span<UInt8>, _ start: Int) -> HeaderElement? {
    // Fields behind a time that ends with a semicolon end so, too.
    let bar: UInt8 = start > 0 && line[start &- 1] == 0x3B ? 0x3B : 0x7C
    var end = start
    while end < line.count, line[end] != 0x20, line[end] != 0x09, line[end] != bar { end &+= 1 }
    if end < line.count, line[end] == bar, end > start {
      // `ERROR[11-25|02:00:00.123]`: the bar is that of a time in a bracket.
      if let marked = markedLevel(line, start, end) { return marked }
      let level = Model.severity(of: line.extracting(start..<end))
      return HeaderElement(
        kind: level.isUnknown ? .field : .level, content: start..<end, end: end &+ 1, severity: level)
    }
    if end == start { return HeaderElement(kind: .dash, content: start..<start &+ 1, end: start &+ 1) }
    var stop = end
    while stop > start, line[stop &- 1] == 0x2C || line[stop &- 1] == 0x3A { stop &-= 1 }
    let isStar = stop &- start == 1 && line[start] == 0x2A && isInProse(line, start)
    if stop == start || stop &- start <= 4 && isRule(line, start, stop) && !isStar {
      return HeaderElement(kind: .dash, content: start..<end, end: end)
    }
    let text = line.extracting(start..<stop)
    var level = Model.severity(of: text)
    if level.isUnknown { level = routerLevel(line, start, stop) }
    // WebSphere's event types stand where E and W stand: A audit, C configuration, O and R the program's streams, Z unknown.
    // They stand behind a class; right behind the time a letter is a level (GlusterFS, logging.h: `[TIME] C [MSGID: 1] …`).
    if stop &- start == 1, line[0] == 0x5B, lastByte(line, before: start) == 0x5D {
      if text[0] == 0x41 || text[0] == 0x4D, Self.isGlusterPlace(line, end) {
        return HeaderElement(kind: .level, content: start..<stop, end: end, severity: .fatal)
      }
    } else if stop &- start == 1, line[0] == 0x5B, isEventType(text[0]) {
      return HeaderElement(
        kind: .level, content: start..<stop, end: end, severity: text[0] == 0x41 || text[0] == 0x43 ? .info : .unknown)
    }
    if !level.isUnknown {
      let isProse = HeaderMarks.isProse(line, start, stop, end: end)
      // Where nothing stands in front of it, `Default` is a message's first word and not macOS' type of a message.
      let isFirstWord = start == 0 && text.count == 7 && JSONScanner.matches(line, 0, "Default")
      if !isFirstWord, !(isProse && HeaderMarks.isCommand(text)) {
        return HeaderElement(kind: .level, content: start..<stop, end: end, severity: level, isProse: isProse)
      }
    }
    if let marked = HeaderMarks.element(line, start, stop, end: end) { return marked }
    if let marked = markedLevel(line, start, stop) ?? starredLevel(line, start, stop)
      ?? numberedLevel(line, start, stop) ?? steppedLevel(line, start, stop)
    {
      return marked
    }
    // loguru's own level, between bars.
    if isWord(line, start, stop, "SUCCESS"), isFollowedByBar(line, end) {
      return HeaderElement(kind: .level, content: start..<stop, end: end, severity: .info)
    }
    return name(line, start, stop, end: end)
  }

  /// The element that a word is which names no level of its own.
  private func name(_ line: Span<UInt8>, _ start: Int, _ stop: Int, end: Int) -> HeaderElement? {
    let text = line.extracting(start..<stop)
    if isBouncer(line, start, stop) {
      var element = HeaderElement(kind: .level, content: start..<stop, end: end, severity: .info)
      element.endsHeader = true
      return element
    }
    if let end = apartNoteEnd(line, start, stop) {
      var element = HeaderElement(kind: .level, content: start..<stop, end: end, severity: .info)
      element.endsHeader = true
      return element
    }
    if isPostgres(line, start, stop) {
      var element = HeaderElement(kind: .level, content: start..<stop, end: end, severity: .info)
      element.endsHeader = isTwoBlanks(line, stop &+ 1)
      return element
    }
    if line[end &- 1] == 0x3A, isTwoBlanks(line, end), let level = joinedPostgres(line, start, stop) { return level }
    var digits = 0
    var hex = 0
    for i in text.indices {
      if text[i] >= 0x30, text[i] <= 0x39 { digits &+= 1 }
      if hexDigit(text[i]) < 16 { hex &+= 1 }
    }
    // The message begins with its id: whatever marks stand in it are its own.
    if start > 0, line[end &- 1] == 0x3A, MessageCode.severity(text) != nil { return nil }
    // A request in a logger's line begins with its status: all of it is the message.
    if digits == 3, text.count == 3, FrameworkMessages.isKtor(line.extracting(start..<line.count)) { return nil }
    if digits == text.count || digits > 0 && hex == text.count && text.count >= 4 {
      return HeaderElement(kind: .number, content: start..<stop, end: end)
    }
    if line[end &- 1] == 0x3A, isName(text), MessageCode.severity(text) == nil,
      !TraceFollower.isException(line.extracting(start..<end)), !isSocket(text),
      !HeaderName.isMailbox(line, start..<stop), !(MessageCode.isProjectID(text) && isBehindBracket(line, start))
    {
      return tag(line, start..<stop, end: end)
    }
    return HeaderElement(kind: .word, content: start..<stop, end: end)
  }

  /// A name with a colon behind it, which may hold a level; nil where the message's own pairs begin, `msg: cannot_connect, mfa: …` (EMQX).
  private func tag(_ line: Span<UInt8>, _ name: Range<Int>, end: Int) -> HeaderElement? {
    let (start, stop) = (name.lowerBound, name.upperBound)
    if isWord(line, start, stop, "msg") || isWord(line, start, stop, "message") { return nil }
    if let told = levelBeforeSlash(line, start, stop) {
      return HeaderElement(kind: .tag, content: told.name, end: end, severity: told.severity)
    }
    if let channel = channelEnd(line, start, stop) {
      let level = Model.severity(of: line.extracting(channel &+ 1..<stop))
      if isEnvironment(line, start, channel) {
        return HeaderElement(kind: .level, content: channel &+ 1..<stop, end: end, severity: level)
      }
      return HeaderElement(kind: .tag, content: start..<channel, end: end, severity: level)
    }
    return HeaderElement(kind: .tag, content: start..<stop, end: end)
  }

  /// `C-0x55d6a5b6c040`, `S-0x…`: a client's or a server's connection of PgBouncer by its address (src/util.c, `log_socket_prefix`).
  private func isSocket(_ text: Span<UInt8>) -> Bool {
    text.count > 6 && (text[0] == 0x43 || text[0] == 0x53) && JSONScanner.matches(text, 1, "-0x")
  }

  /// Whether a star stands behind a word: it is a mark behind a time, a zone or a bracket, and a word in `select * from orders`.
  private func isInProse(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let last = lastByte(line, before: start)
    return last &- 0x61 < 26 || last == 0x2C
  }

  /// Whether a bracket ends in front of a place, or a dash stands there: categories and threads stand in them where messages have ids.
  private func isBehindBracket(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let last = lastByte(line, before: start)
    return last == 0x29 || last == 0x5D || last == 0x2D
  }

  /// What stands in front of a place and the blanks there, 0 for nothing.
  private func lastByte(_ line: Span<UInt8>, before start: Int) -> UInt8 {
    var i = start
    while i > 0, line[i &- 1] == 0x20 { i &-= 1 }
    return i > 0 ? line[i &- 1] : 0
  }

  /// Whether GlusterFS' bracket stands at a place: a message's number, or the place in the sources (`[MSGID: 1]`, `[rpc.c:12:call]`).
  private static func isGlusterPlace(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard JSONScanner.matches(line, start, " [") else { return false }
    if JSONScanner.matches(line, start &+ 2, "MSGID: ") { return true }
    var i = start &+ 2
    while i < line.count, line[i] > 0x20, line[i] != 0x5D, line[i] != 0x3A { i &+= 1 }
    return i &+ 1 < line.count && line[i] == 0x3A && line[i &+ 1] &- 0x30 <= 9 && line[i &- 2] == 0x2E
      && (line[i &- 1] == 0x63 || line[i &- 1] == 0x68)
  }

  private func isEventType(_ letter: UInt8) -> Bool {
    switch letter {
    case 0x41, 0x43, 0x4F, 0x52, 0x5A: true
    default: false
    }
  }

  private func isRule(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for i in start..<end where line[i] != 0x2D && line[i] != 0x2A && line[i] != 0x7C && line[i] != 0x3E { return false }
    return true
  }

  /// Letters first, then what names of programs, classes and threads are made of.
  private func isName(_ text: Span<UInt8>) -> Bool {
    guard let first = text.isEmpty ? nil : text[0], first | 0x20 >= 0x61, first | 0x20 <= 0x7A, text.count <= 120 else {
      return false
    }
    for i in text.indices {
      switch text[i] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x2D, 0x24, 0x2F, 0x40, 0x23, 0x28, 0x29, 0x5B, 0x5D:
        continue
      case 0x3A where i > 0 && text[i &- 1] == 0x3A || i &+ 1 < text.count && text[i &+ 1] == 0x3A: continue
      default: return false
      }
    }
    return true
  }
}
