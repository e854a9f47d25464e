// Lines of platforms that tell their own form: Erlang's reports, SQL Server's error log, bunyan's command line, PHP's error log, Ceph,
// Asterisk.

internal import Model
internal import Support

extension KnownLines {
  /// `MM-DD hh:mm:ss.mmm E/TAG( PID): MESSAGE` of Android's logcat in its format `time`, without the time in `brief` (Android, "Logcat
  /// command-line tool", "Control log output format").
  static func logcat(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var record = TextRecord()
    var i = 0
    if line[0] &- 0x30 <= 9 {
      guard let time = times.parse(line, 0), time.form == .withoutYear, time.end &+ 8 < line.count,
        line[time.end] == 0x20, line[time.end &+ 2] == 0x2F
      else { return nil }
      (record.time, record.yearAssumed) = (time.time, true)
      i = time.end &+ 1
    }
    guard i &+ 6 < line.count, line[i &+ 1] == 0x2F else { return nil }
    switch line[i] {
    case 0x56: record.severity = .trace
    case 0x44: record.severity = .debug
    case 0x49: record.severity = .info
    case 0x57: record.severity = .warning
    case 0x45: record.severity = .error
    case 0x46, 0x41: record.severity = .fatal
    default: return nil
    }
    let name = i &+ 2
    i = ByteScan.find(0x28, in: line.extracting(first: name &+ 96), from: name)
    var end = min(i, line.count)
    while end > name, line[end &- 1] == 0x20 { end &-= 1 }
    guard i > name, i &+ 3 < line.count, line[i] == 0x28 else { return nil }
    // Blanks pad a tag: in it they are a sentence's.
    for at in name..<end where line[at] <= 0x20 { return nil }
    i &+= 1
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    let process = i
    while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
    guard i > process, end > name, JSONScanner.matches(line, i, "):") else { return nil }
    i &+= 2
    if i < line.count, line[i] == 0x20 { i &+= 1 }
    (record.name, record.rank, record.message) = (name..<end, .logger, i..<line.count)
    return record
  }

  /// `[TIME]  LEVEL: NAME/PID on HOST: MESSAGE (FIELDS)`: what bunyan's command prints of its JSON (its "long" mode); the name may have
  /// a component behind a slash of its own.
  static func bunyan(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    var i = time.end &+ 1
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    let word = i
    while i < line.count, line[i] &- 0x41 < 26 { i &+= 1 }
    let severity = Model.severity(of: line.extracting(word..<i))
    guard !severity.isUnknown, JSONScanner.matches(line, i, ": ") else { return nil }
    let name = i &+ 2
    var end = name
    while end < line.count, line[end] > 0x20 { end &+= 1 }
    var slash = end
    while slash > name, line[slash &- 1] &- 0x30 <= 9 { slash &-= 1 }
    guard slash < end, slash &- 1 > name, line[slash &- 1] == 0x2F, JSONScanner.matches(line, end, " on ") else {
      return nil
    }
    let host = ByteScan.find(0x3A, in: line, from: end &+ 4)
    guard host &+ 1 < line.count, line[host &+ 1] == 0x20 else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: name..<slash &- 1, rank: .service,
      message: host &+ 2..<line.count)
  }

  /// `[TIME] PHP Warning:  MESSAGE in FILE on line N` of PHP's `error_log`; the words are those of its error levels ("Predefined
  /// constants" of its error handling).
  static func php(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    let start = time.end &+ 2
    guard JSONScanner.matches(line, start, "PHP ") else { return nil }
    let colon = ByteScan.find(0x3A, in: line.extracting(first: start &+ 40), from: start &+ 4)
    guard colon < min(line.count, start &+ 40) else {
      return TextRecord(time: time.time, hasZone: time.hasZone, message: start..<line.count)
    }
    func isLevel(_ word: StaticString) -> Bool {
      colon == start &+ 4 &+ word.utf8CodeUnitCount && JSONScanner.matches(line, start &+ 4, word)
    }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, message: start..<line.count)
    if isLevel("Fatal error") || isLevel("Parse error") || isLevel("Core error") || isLevel("Compile error") {
      record.severity = .fatal
    } else if isLevel("Recoverable fatal error") || isLevel("User error") {
      record.severity = .error
    } else if isLevel("Warning") || isLevel("User warning") || isLevel("Core warning") || isLevel("Compile warning") {
      record.severity = .warning
    } else if isLevel("Notice") || isLevel("User notice") || isLevel("Deprecated") || isLevel("User deprecated")
      || isLevel("Strict Standards")
    {
      record.severity = .info
    }
    return record
  }

  /// `=ERROR REPORT==== 25-Nov-2026::02:00:00 ===`, and the report on the lines behind it (Erlang's `error_logger` and SASL:
  /// RabbitMQ before 3.7, CouchDB, ejabberd).
  static func erlang(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var end = 1
    while end < line.count, end < 24, line[end] &- 0x41 < 26 { end &+= 1 }
    guard end > 3, JSONScanner.matches(line, end, " REPORT==== ") else { return nil }
    let start = end &+ 12
    guard let time = times.parse(line, start), time.isPlaced, JSONScanner.matches(line, time.end, " ===") else {
      return nil
    }
    let word = line.extracting(1..<end)
    var severity = Model.severity(of: word)
    // SASL's own kinds: a process or a child of a supervisor ended.
    if word.count == 5, JSONScanner.matches(word, 0, "CRASH") { severity = .error }
    if word.count == 10, JSONScanner.matches(word, 0, "SUPERVISOR") { severity = .error }
    if word.count == 8, JSONScanner.matches(word, 0, "PROGRESS") { severity = .info }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, severity: severity, message: 1..<end &+ 7)
    record.awaitsMessage = true
    record.isReport = true
    return record
  }

  /// `YYYY-MM-DD hh:mm:ss.cc SOURCE      MESSAGE` of SQL Server's error log; the source (`spid55`, `Logon`, `Server`) is a session or a part
  /// and padded to twelve. An error's line says how severe it is: up to 10 nothing failed, from 20 on the connection or the database did
  /// ("Database Engine error severities").
  static func sqlServer(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    guard time.end == 22, line.count > 36, line[19] == 0x2E, line[22] == 0x20, (line[23] | 0x20) &- 0x61 < 26 else {
      return nil
    }
    var end = 23
    while end < 36, line[end] > 0x20 { end &+= 1 }
    let isSession = JSONScanner.matches(line, 23, "spid") && line[27] &- 0x30 <= 9
    var start = end
    while start < line.count, line[start] == 0x20 { start &+= 1 }
    guard end < 35, start < line.count, isSession || start == 35 else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, message: start..<line.count)
    guard JSONScanner.matches(line, start, "Error: ") else { return record }
    let mark: StaticString = ", Severity: "
    for i in start..<min(line.count, start &+ 24) where JSONScanner.matches(line, i, mark) {
      var value = 0
      var at = i &+ mark.utf8CodeUnitCount
      while at < line.count, line[at] &- 0x30 <= 9, value < 100 {
        value = value &* 10 &+ Int(line[at] &- 0x30)
        at &+= 1
      }
      record.severity = value <= 10 ? .info : value < 20 ? .error : .fatal
    }
    return record
  }

  /// `TIME THREAD PRIORITY MESSAGE` of Ceph's daemons, in containers behind `debug `: the thread in hexadecimals, the priority padded to two
  /// places. Below 0 are errors, up to 1 is what is always written, above it is for debugging up to 20 (Ceph, "Logging and debugging").
  /// What goes to the cluster's log names its own level: `log_channel(cluster) log [WRN] : MESSAGE`.
  static func ceph(_ line: Span<UInt8>, from start: Int, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > start &+ 44, line[start &+ 4] == 0x2D, line[start &+ 13] == 0x3A, line[start &+ 19] == 0x2E
    else {
      return nil
    }
    // The thread is looked for first, for a time is dear and most lines have none: an address of eight digits or twelve, not the sixteen
    // of a trace.
    var space = start &+ 22
    while space < start &+ 36, line[space] != 0x20 { space &+= 1 }
    var i = space &+ 1
    while i < line.count, i &- space < 15, line[i] &- 0x30 <= 9 || line[i] &- 0x61 < 6 { i &+= 1 }
    guard i &- space > 8, i &- space < 15, i &+ 4 < line.count, line[i] == 0x20, line[i &+ 3] == 0x20,
      line[i &+ 2] &- 0x30 <= 9, let time = times.parse(line, start), time.isPlaced, time.end == space
    else { return nil }
    let message = i &+ 4
    var record = TextRecord(time: time.time, hasZone: time.hasZone, message: message..<line.count)
    switch line[i &+ 1] {
    case 0x2D: record.severity = .error
    case 0x20: record.severity = line[i &+ 2] <= 0x31 ? .info : .debug
    case 0x31, 0x32: record.severity = .debug
    default: return nil
    }
    guard JSONScanner.matches(line, message, "log_channel(") else { return record }
    let close = ByteScan.find(0x29, in: line, from: message)
    let told = close &+ 6
    guard JSONScanner.matches(line, close, ") log ["), JSONScanner.matches(line, told &+ 4, "] : ") else {
      return record
    }
    let word = line.extracting(told &+ 1..<told &+ 4)
    func isWord(_ level: StaticString) -> Bool { JSONScanner.matches(word, 0, level) }
    record.severity =
      isWord("ERR") ? .error : isWord("WRN") || isWord("SEC") ? .warning : isWord("DBG") ? .debug : .info
    record.message = told &+ 8..<line.count
    return record
  }

  /// `[TIME] LEVEL[THREAD][C-CALL]: FILE:LINE FUNCTION: MESSAGE` of Asterisk's logger; the call stands there while one is handled, the
  /// colon, the line and the function not in every version and level (Asterisk, "Logging configuration", "Unique call-id logging"). A source
  /// file is a place in the program and names no component.
  static func asterisk(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    var i = time.end &+ 2
    let word = i
    while i < line.count, line[i] &- 0x41 < 26 { i &+= 1 }
    guard i &- word >= 3, i < line.count, line[i] == 0x5B else { return nil }
    let level = line.extracting(word..<i)
    i &+= 1
    let thread = i
    while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
    guard i > thread, i &+ 1 < line.count, line[i] == 0x5D else { return nil }
    i &+= 1
    if JSONScanner.matches(line, i, "[C-") {
      i &+= 3
      while i < line.count, hexDigit(line[i]) < 16 { i &+= 1 }
      guard i &+ 1 < line.count, line[i] == 0x5D else { return nil }
      i &+= 1
    }
    if i < line.count, line[i] == 0x3A { i &+= 1 }
    guard i &+ 1 < line.count, line[i] == 0x20 else { return nil }
    let name = i &+ 1
    var end = name
    while end < line.count, line[end] > 0x20, line[end] != 0x3A { end &+= 1 }
    // A source file of C, or of what is built from one.
    guard end &- name > 2, end &+ 1 < line.count, line[end] == 0x3A, (name..<end).contains(where: { line[$0] == 0x2E })
    else { return nil }
    i = end &+ 1
    if line[i] &- 0x30 <= 9 {
      while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
      let function = i &+ 1
      i = ByteScan.find(0x3A, in: line, from: min(function, line.count))
      guard i < line.count, i > function, i &- function < 120 else { return nil }
      for at in function..<i where line[at] == 0x20 { return nil }
      i &+= 1
    }
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    var severity = Model.severity(of: level)
    // `DTMF`, `FAX` and `SECURITY` are levels of their own, for what happens and not for what fails.
    if severity.isUnknown { severity = .info }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, yearAssumed: time.form == .withoutYear, severity: severity,
      message: i..<line.count)
  }
}
