// Lines of servers and frameworks that tell their own form: Apache, TiDB, GlassFish, WebLogic, Sidekiq, supervisord, AWS Lambda.

internal import Model
internal import Support

extension KnownLines {
  // MARK: brackets

  /// A line that begins with a bracket.
  static func bracketed(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    if JSONScanner.matches(line, 0, "[Nest] ") { return nest(line, times) }
    guard line.count > 32, let time = times.parse(line, 1), time.isPlaced, time.end < line.count, line[time.end] == 0x5D
    else { return nil }
    if time.form == .epoch {
      guard JSONScanner.matches(line, time.end, "] "), var record = monitoring(line, from: time.end &+ 2) else {
        return nil
      }
      (record.time, record.hasZone) = (time.time, true)
      return record
    }
    return apache(line, time) ?? unified(line, time) ?? diagnostic(line, time) ?? bunyan(line, time) ?? php(line, time)
      ?? asterisk(line, time)
  }

  private static func next(_ line: Span<UInt8>, _ i: inout Int) -> Range<Int>? {
    guard i &+ 1 < line.count, line[i] == 0x20, line[i &+ 1] == 0x5B else { return nil }
    let end = ByteScan.find(0x5D, in: line, from: i &+ 2)
    guard end < line.count, end &- i < 256 else { return nil }
    let field = i &+ 2..<end
    i = end &+ 1
    return field
  }

  /// `[TIME] [MODULE:LEVEL] [pid 12:tid 34] MESSAGE` of Apache's error log (ErrorLogFormat's default).
  private static func apache(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    var i = time.end &+ 1
    guard let module = next(line, &i), let colon = module.first(where: { line[$0] == 0x3A }),
      JSONScanner.matches(line, i, " [pid ")
    else { return nil }
    let level = Model.severity(ofField: line.extracting(colon &+ 1..<module.upperBound))
    guard !level.isUnknown, next(line, &i) != nil, i < line.count else { return nil }
    return TextRecord(time: time.time, hasZone: time.hasZone, severity: level, message: i &+ 1..<line.count)
  }

  /// `[TIME] [LEVEL] [FILE:LINE] ["MESSAGE"] [KEY=VALUE]…`: TiDB's unified log format.
  private static func unified(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    var i = time.end &+ 1
    guard let level = next(line, &i), let place = next(line, &i), let message = next(line, &i),
      place.contains(where: { line[$0] == 0x3A }) || JSONScanner.matches(line, place.lowerBound, "<unknown>")
    else { return nil }
    let severity = Model.severity(of: line.extracting(level))
    guard !severity.isUnknown, message.count > 1 else { return nil }
    guard line[message.lowerBound] == 0x22 else {
      return TextRecord(time: time.time, hasZone: time.hasZone, severity: severity, message: message)
    }
    // A bracket inside of the quotes is the message's own.
    var end = message.lowerBound &+ 1
    while end < line.count, line[end] != 0x22 { end &+= line[end] == 0x5C ? 2 : 1 }
    guard end < line.count else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, severity: severity)
    record.message = message.lowerBound &+ 1..<end
    record.isEscaped = true
    return record
  }

  /// `[TIME] [PRODUCT] [LEVEL] [ID] [LOGGER] [tid: …] … [[`, and the message on the next lines: the diagnostic log of GlassFish and Payara.
  private static func diagnostic(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    guard line[line.count &- 1] == 0x5B, line[line.count &- 2] == 0x5B else { return nil }
    var i = time.end &+ 1
    guard next(line, &i) != nil, let level = next(line, &i), next(line, &i) != nil, let logger = next(line, &i) else {
      return nil
    }
    let severity = Model.severity(of: line.extracting(level))
    guard !severity.isUnknown else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: logger, rank: logger.isEmpty ? .none : .logger,
      message: line.count &- 2..<line.count, awaitsMessage: true)
  }

  /// `####<TIME> <LEVEL> <SUBSYSTEM> <HOST> … <CODE> <MESSAGE>` of WebLogic Server's log, and `<TIME> <LEVEL> <SUBSYSTEM> <CODE> <MESSAGE>`
  /// of its standard output ("Understanding WebLogic Logging Services", message format).
  static func webLogic(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    let first = line[0] == 0x3C ? 1 : 5
    guard line.count > 40, first == 1 || JSONScanner.matches(line, 0, "####<"), let time = times.parse(line, first),
      time.isPlaced, first == 5 || time.form >= .full
    else { return nil }
    let close = ByteScan.find(0x3E, in: line, from: time.end)
    guard close &- time.end < 64, JSONScanner.matches(line, close, "> <") else { return nil }
    let level = close &+ 3
    let levelEnd = ByteScan.find(0x3E, in: line, from: level)
    guard JSONScanner.matches(line, levelEnd, "> <"), levelEnd &- level < 32 else { return nil }
    let name = levelEnd &+ 3
    let nameEnd = ByteScan.find(0x3E, in: line, from: name)
    var start = line.count &- 1
    while start > nameEnd, !JSONScanner.matches(line, start, "> <") { start &-= 1 }
    let severity = Model.severity(ofField: line.extracting(level..<levelEnd))
    guard nameEnd < line.count, start > nameEnd, !severity.isUnknown else { return nil }
    let end = line[line.count &- 1] == 0x3E || line[line.count &- 1] == 0x20 ? line.count &- 1 : line.count
    // The same moment stands in the record as milliseconds since the epoch, whatever the zone in front is called.
    let raw = rawTime(line, from: nameEnd, times)
    return TextRecord(
      time: raw ?? time.time, hasZone: raw != nil || time.hasZone, severity: severity, name: name..<nameEnd,
      rank: .logger, message: start &+ 3..<max(end, start &+ 3),
      unclosed: line[line.count &- 1] == 0x3E ? .none : .bracket)
  }

  /// `<1795572000123>` among the fields of a record.
  private static func rawTime(_ line: Span<UInt8>, from start: Int, _ times: LogTimeParser) -> Int64? {
    var i = start
    while i &+ 16 < line.count {
      i = ByteScan.find(0x3C, in: line, from: i)
      guard i &+ 15 < line.count else { return nil }
      if line[i &+ 1] &- 0x30 <= 9, line[i &+ 14] == 0x3E, let time = times.parse(line, i &+ 1), time.form == .epoch,
        time.end == i &+ 14
      {
        return time.time
      }
      i &+= 1
    }
    return nil
  }

  // MARK: times

  /// `TIME - ! [298] MESSAGE` of SQL Server Agent (SQLAGENT.OUT): `!` marks an error, `+` a warning, `?` an information.
  private static func sqlAgent(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    let i = time.end
    guard JSONScanner.matches(line, i, " - "), JSONScanner.matches(line, i &+ 4, " ["), line[i &+ 6] &- 0x30 <= 9 else {
      return nil
    }
    let severity: Severity
    switch line[i &+ 3] {
    case 0x21: severity = .error
    case 0x2B: severity = .warning
    case 0x3F: severity = .info
    default: return nil
    }
    return TextRecord(time: time.time, hasZone: time.hasZone, severity: severity, message: i &+ 5..<line.count)
  }

  /// A line that begins with a time: `TIME pid=1 tid=a class=C jid=J LEVEL: MESSAGE` of Sidekiq, `TIME LEVEL exited: …` of supervisord.
  static func timedServer(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 32, let time = times.parse(line, 0), time.isPlaced, time.end &+ 8 < line.count else {
      return nil
    }
    if var record = pm2(line, from: time.end &+ (line[time.end] == 0x3A ? 2 : 1)) {
      (record.time, record.hasZone) = (time.time, time.hasZone)
      return record
    }
    guard line[time.end] == 0x20 else { return nil }
    if let record = sqlServer(line, time) ?? sqlAgent(line, time) ?? daemon(line, time) { return record }
    let i = time.end &+ 1
    var record = TextRecord(time: time.time, hasZone: time.hasZone)
    if isSidekiq(line, from: i) {
      guard let found = sidekiq(line, from: i) else { return nil }
      (record.severity, record.message) = (found.severity, found.message)
      return record
    }
    // `DEBG`, `BLAT`, `TRAC`, `CRIT` are supervisord's own short levels.
    let end = ByteScan.find(0x20, in: line, from: i)
    guard end &- i == 4, end &+ 16 < line.count else { return nil }
    let message = end &+ 1..<line.count
    guard SupervisorLines.isSupervisord(line.extracting(message)) else { return nil }
    record.severity = Model.severity(of: line.extracting(i..<end))
    record.message = message
    record.isSupervisord = true
    return record
  }

  /// `PM2 log: MESSAGE`, `PM2 error: MESSAGE` of PM2's own log (lib/God.js), behind a time with a colon or a layer's time.
  static func pm2(_ line: Span<UInt8>, from start: Int = 0) -> TextRecord? {
    let isLog = JSONScanner.matches(line, start, "PM2 log: ")
    guard isLog || JSONScanner.matches(line, start, "PM2 error: ") else { return nil }
    return TextRecord(
      severity: isLog ? .info : .error, name: start..<start &+ 3, rank: .logger,
      message: start &+ (isLog ? 9 : 11)..<line.count)
  }

  /// `pid=1 tid=a class=C jid=J LEVEL: MESSAGE`: pairs, then a level with a colon. Earlier versions name the process and its thread,
  /// `1 TID-a C JID-j LEVEL: MESSAGE`, with whatever words tell of the job (lib/sidekiq/logging.rb, `Pretty` and `WithoutTimestamp`).
  static func sidekiq(_ line: Span<UInt8>, from start: Int) -> TextRecord? {
    guard isSidekiq(line, from: start) else { return nil }
    let hasPairs = line[start] == 0x70
    var i = start
    while i < line.count, i &- start < 400 {
      let end = ByteScan.find(0x20, in: line, from: i)
      guard end < line.count, end > i else { return nil }
      if line[end &- 1] == 0x3A {
        let severity = Model.severity(of: line.extracting(i..<end &- 1))
        guard !severity.isUnknown, hasPairs || line[i] &- 0x41 < 26 else { return nil }
        return TextRecord(severity: severity, message: end &+ 1..<line.count)
      }
      guard !hasPairs || ByteScan.find(0x3D, in: line.extracting(i..<end), from: 0) < end &- i else { return nil }
      i = end &+ 1
    }
    return nil
  }

  /// Whether what begins at a place names a process and a thread as Sidekiq does.
  static func isSidekiq(_ line: Span<UInt8>, from start: Int) -> Bool {
    if JSONScanner.matches(line, start, "pid=") { return true }
    var i = start
    while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
    return i > start && i &- start <= 10 && JSONScanner.matches(line, i, " TID-")
  }

  /// `[Nest] PID  - TIME     LEVEL [CONTEXT] MESSAGE +1ms`: Nest's console logger, without its colours.
  private static func nest(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var i = 6
    func skip(_ line: Span<UInt8>) { while i < line.count, line[i] == 0x20 { i &+= 1 } }
    skip(line)
    while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
    skip(line)
    guard i &+ 2 < line.count, line[i] == 0x2D, let time = times.parse(line, i &+ 2), time.isPlaced else { return nil }
    i = time.end
    skip(line)
    let word = i
    while i < line.count, line[i] &- 0x41 < 26 { i &+= 1 }
    let severity = Model.severity(ofField: line.extracting(word..<i))
    guard !severity.isUnknown else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, severity: severity)
    if let context = next(line, &i) { (record.name, record.rank) = (context, .logger) }
    skip(line)
    var end = line.count
    // How long after the line before it.
    if let space = (i..<end).last(where: { line[$0] == 0x20 }), space &+ 3 < end, line[space &+ 1] == 0x2B,
      line[space &+ 2] &- 0x30 <= 9, line[end &- 1] == 0x73
    {
      end = space
    }
    record.message = min(i, end)..<end
    return record
  }

  /// `START RequestId: ID Version: $LATEST`, `END RequestId: ID`, `REPORT RequestId: ID Duration: …` of AWS Lambda.
  static func lambda(_ line: Span<UInt8>) -> TextRecord? {
    var i = 0
    while i < line.count, i < 12, line[i] &- 0x41 < 26 || line[i] == 0x5F { i &+= 1 }
    guard i >= 3, JSONScanner.matches(line, i, " RequestId: ") else { return nil }
    let id = i &+ 12
    var end = id
    while end < line.count, line[end] > 0x20 { end &+= 1 }
    guard end &- id == 36, line[id &+ 8] == 0x2D else { return nil }
    return TextRecord(message: 0..<line.count, trace: id..<end)
  }
}
