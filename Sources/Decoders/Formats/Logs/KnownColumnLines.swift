// Lines whose columns tell their own form: NLog, ActiveMQ, Karaf, semantic_logger, oslo.log.

internal import Model
internal import Support

extension KnownLines {
  /// A line that begins with a digit and has one of the forms below.
  static func columns(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 32, line[4] == 0x2D, line[13] == 0x3A else { return eventRow(line) }
    if let record = datadogAgent(line, times) { return record }
    switch line[23] {
    case 0x30...0x39: return nlog(line, times) ?? semantic(line, times)
    case 0x20: return brokers(line, times) ?? oslo(line, times) ?? atlassian(line, times)
    case 0x2B, 0x2D, 0x5A: return atlassian(line, times)
    case 0x3A: return jetty(line, times)
    default: return nil
    }
  }

  /// `yyyy-MM-dd HH:mm:ss.ffff|LEVEL|LOGGER|MESSAGE` of NLog: `${longdate}` has four places and a bar behind them.
  ///
  /// It is the default layout (`${longdate}|${level:uppercase=true}|${logger}|${message:withexception=true}`), or that of its tutorial for
  /// ASP.NET Core, with `${event-properties:item=EventId}` in front of the level and `|url: …|action: …` behind the message, which stays.
  static func nlog(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 32, line[24] == 0x7C, line[19] == 0x2E, let time = times.parse(line, 0), time.isPlaced,
      time.end == 24
    else { return nil }
    var i = 25
    func field(_ line: Span<UInt8>) -> Range<Int>? {
      let end = ByteScan.find(0x7C, in: line, from: i)
      guard end < line.count else { return nil }
      let field = i..<end
      i = end &+ 1
      return field
    }
    guard var level = field(line) else { return nil }
    if level.allSatisfy({ line[$0] &- 0x30 <= 9 }) {
      guard let next = field(line) else { return nil }
      level = next
    }
    let severity = Model.severity(of: line.extracting(level))
    guard !severity.isUnknown, let logger = field(line) else { return nil }
    // The message or the number of a thread may stand there in a layout of somebody's own.
    if !logger.isEmpty, logger.contains(where: { line[$0] <= 0x20 }) || logger.allSatisfy({ line[$0] &- 0x30 <= 9 }) {
      return nil
    }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: logger, rank: logger.isEmpty ? .none : .logger,
      message: i..<line.count)
  }

  /// `TIME ZONE | CORE | LEVEL | (FILE:LINE in FUNCTION) | MESSAGE`: the Datadog Agent's own log, whose first column names the agent of several
  /// and is no level though one is called `TRACE` (datadog-agent, pkg/util/log/setup; `log_format_rfc3339` for the time).
  static func datadogAgent(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    let bar = ByteScan.find(0x7C, in: line.extracting(first: 40), from: 19)
    guard bar + 8 < line.count, bar < 40, line[bar - 1] == 0x20, line[bar + 1] == 0x20, line[bar + 2] &- 0x41 < 26
    else { return nil }
    func column(_ line: Span<UInt8>, from start: Int) -> Int? {
      var i = start
      while i < line.count, line[i] &- 0x41 < 26 || line[i] == 0x2D || line[i] == 0x5F || line[i] == 0x20 { i += 1 }
      return i > start + 1 && i < line.count && line[i] == 0x7C && line[i - 1] == 0x20 ? i : nil
    }
    guard let name = column(line, from: bar + 2), let level = column(line, from: name + 2),
      JSONScanner.matches(line, level, "| ("), let time = times.parse(line, 0), time.isPlaced, time.end == bar - 1
    else { return nil }
    let word = line.extracting(name + 2..<level - 1)
    let severity = Model.severity(of: word.extracting(FieldText.trimmed(word)))
    let place = ByteScan.find(0x29, in: line.extracting(first: level + 256), from: level + 3)
    guard !severity.isUnknown, JSONScanner.matches(line, place, ") | ") else { return nil }
    let source = line.extracting(level + 3..<place)
    guard source.indices.contains(where: { JSONScanner.matches(source, $0, " in ") }) else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, message: place + 4..<line.count)
  }

  /// `TIME | LEVEL | …` of Apache's brokers and containers, in the layouts of their own configuration:
  /// `%d | %-5p | %m | %c | %t%n` (ActiveMQ, conf/log4j2.properties) and
  /// `%d | %-5p | %-16t | %-32c{1} | %X{bundle.id} - %X{bundle.name} - %X{bundle.version} | %m%n` (Karaf,
  /// org.ops4j.pax.logging.cfg).
  static func brokers(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 48, line[23] == 0x20, line[24] == 0x7C, line[25] == 0x20, let time = times.parse(line, 0),
      time.isPlaced, time.end == 23
    else { return nil }
    var columns: [Range<Int>] = []
    var start = 26
    for at in 26..<line.count where line[at] == 0x7C && line[at &- 1] == 0x20 && at &+ 1 < line.count {
      guard line[at &+ 1] == 0x20 else { continue }
      var end = at
      while end > start, line[end &- 1] == 0x20 { end &-= 1 }
      columns.append(start..<end)
      start = at &+ 2
    }
    guard columns.count >= 3 else { return nil }
    let severity = Model.severity(of: line.extracting(columns[0]))
    guard !severity.isUnknown else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, severity: severity, rank: .logger)
    if columns.count >= 4, isBundle(line, columns[3]) {
      var message = ByteScan.find(0x7C, in: line, from: columns[3].upperBound) &+ 1
      while message < line.count, line[message] == 0x20 { message &+= 1 }
      (record.name, record.message) = (columns[2], message..<line.count)
      return record
    }
    // The thread stands last: where it is none that Java's runtime or the broker names, the last column is the message.
    let name = columns[columns.count &- 1]
    let thread = start..<line.count
    let isThread =
      HeaderName.isThread(line, thread) && !thread.contains { line[$0] == 0x20 }
      && !HeaderName.isThread(line, columns[1])
    guard isClass(line, name), isThread || isBrokers(line, name, start) else { return nil }
    (record.name, record.message) = (name, columns[1].lowerBound..<columns[columns.count &- 2].upperBound)
    return record
  }

  /// Whether a class or a thread is the broker's.
  private static func isBrokers(_ line: Span<UInt8>, _ name: Range<Int>, _ thread: Int) -> Bool {
    JSONScanner.matches(line, name.lowerBound, "org.apache.activemq.") || JSONScanner.matches(line, thread, "ActiveMQ ")
      || JSONScanner.matches(line, thread, "qtp") || JSONScanner.matches(line, thread, "WrapperSimpleAppMain")
  }

  /// `123 - com.acme.pay - 1.0.0`: a bundle's number, name and version.
  private static func isBundle(_ line: Span<UInt8>, _ column: Range<Int>) -> Bool {
    var i = column.lowerBound
    while i < column.upperBound, line[i] &- 0x30 <= 9 { i &+= 1 }
    return i > column.lowerBound && JSONScanner.matches(line, i, " - ")
  }

  /// `org.acme.Pay`: parts with dots between them and no blank.
  private static func isClass(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    var dots = 0
    for i in name {
      switch line[i] {
      case 0x2E: dots &+= 1
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x2D, 0x2F, 0x5B, 0x5D: continue
      default: return false
      }
    }
    return dots > 0
  }

  /// `TIME THREAD LEVEL USER REQUEST SESSION ADDRESS PATH [c.a.j.issue.Manager] MESSAGE` of Atlassian's servers, whose columns are blank
  /// where nobody asked (Jira's log4j.properties, `%d %t %p %X{jira.username} … [%q{2}] %m`).
  static func atlassian(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard let logger = abbreviatedLogger(line), let time = times.parse(line, 0), time.isPlaced, line[time.end] == 0x20
    else { return nil }
    var severity = Severity.unknown
    var words = 0
    var hasAsker = false
    var i = time.end
    while i < logger.lowerBound &- 1 {
      while line[i] == 0x20 { i &+= 1 }
      let word = i
      while i < logger.lowerBound &- 1, line[i] != 0x20 { i &+= 1 }
      guard i > word else { break }
      if severity.isUnknown {
        if words > 0, line[word] &- 0x41 < 26 { severity = Model.severity(of: line.extracting(word..<i)) }
        words = severity.isUnknown ? words &+ 1 : 0
      } else {
        words &+= 1
        hasAsker = hasAsker || line[word] == 0x2F || AccessShapes.isNumericHost(line, word..<i)
      }
    }
    // Anything else between a level and a bracket is the message's own.
    guard !severity.isUnknown, words <= 5, words == 0 || hasAsker else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: logger, rank: .logger,
      message: logger.upperBound &+ 2..<line.count)
  }

  /// The first bracket of a line that holds a class whose packages are a letter each.
  private static func abbreviatedLogger(_ line: Span<UInt8>) -> Range<Int>? {
    let head = line.extracting(first: 512)
    var open = ByteScan.find(0x5B, in: head, from: 24)
    while open &+ 6 < head.count {
      if head[open &- 1] == 0x20, (head[open &+ 1] | 0x20) &- 0x61 < 26, head[open &+ 2] == 0x2E,
        (head[open &+ 3] | 0x20) &- 0x61 < 26, head[open &+ 4] == 0x2E
      {
        let close = ByteScan.find(0x5D, in: head, from: open)
        guard close &+ 2 < line.count, close < head.count, line[close &+ 1] == 0x20, isClass(line, open &+ 1..<close)
        else { return nil }
        return open &+ 1..<close
      }
      open = ByteScan.find(0x5B, in: head, from: open &+ 1)
    }
    return nil
  }

  /// `TIME:LEVEL:LOGGER:THREAD: MESSAGE` of Jetty's StdErrLog (org.eclipse.jetty.util.log).
  static func jetty(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var i = 24
    while i < line.count, i < 32, line[i] &- 0x41 < 26 { i &+= 1 }
    guard i &- 24 >= 4, i &+ 3 < line.count, line[i] == 0x3A else { return nil }
    let severity = Model.severity(ofField: line.extracting(24..<i))
    let name = i &+ 1
    i = name
    while i < line.count, line[i] != 0x3A, line[i] > 0x20 { i &+= 1 }
    let end = i
    while i < line.count, line[i] > 0x20 { i &+= 1 }
    guard !severity.isUnknown, i &+ 1 < line.count, i > end, line[i &- 1] == 0x3A, let time = times.parse(line, 0),
      time.isPlaced, time.end == 23
    else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: name..<end, rank: end > name ? .logger : .none,
      message: i &+ 1..<line.count)
  }

  /// `TIME L [PID:THREAD FILE:LINE] [TAGS] {NAMED TAGS} (DURATION) NAME -- MESSAGE -- {PAYLOAD} -- Exception: CLASS: …` of semantic_logger
  /// (SemanticLogger::Formatters::Default; `L` is the level's first letter).
  static func semantic(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 40, line[26] == 0x20, line[28] == 0x20, line[29] == 0x5B, line[30] &- 0x30 <= 9,
      line[27] &- 0x41 < 26, let time = times.parse(line, 0), time.isPlaced, time.end == 26
    else { return nil }
    let severity = Model.severity(of: line.extracting(27..<28))
    var i = 29
    // Brackets, braces and the parentheses around a duration, in this order.
    while i < line.count, line[i] == 0x5B || line[i] == 0x7B || line[i] == 0x28 {
      let close: UInt8 = line[i] == 0x5B ? 0x5D : line[i] == 0x7B ? 0x7D : 0x29
      let end = ByteScan.find(close, in: line, from: i)
      guard end &+ 2 < line.count, line[end &+ 1] == 0x20 else { return nil }
      i = end &+ 2
    }
    let name = i
    while i < line.count, line[i] > 0x20 { i &+= 1 }
    guard !severity.isUnknown, i > name, JSONScanner.matches(line, i, " -- ") else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: name..<i, rank: .logger,
      message: i &+ 4..<line.count)
  }

  /// A record of OpenStack's services.
  static func oslo(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard let found = OsloLine(line), found.hasContext, let time = times.parse(line, 0), time.isPlaced, time.end == 23
    else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: found.severity, name: found.name, rank: .logger,
      message: found.start..<line.count, sharedKey: found.key)
  }
}
