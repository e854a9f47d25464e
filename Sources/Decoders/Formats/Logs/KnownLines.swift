// Log lines that tell their own form, whatever file they stand in.

internal import Model
internal import Support

/// What a text line says of itself.
struct TextRecord {
  /// Microseconds since the epoch; `Int64.min` where the line has no time that names a day.
  var time: Int64 = .min
  var hasZone = false
  var yearAssumed = false
  var severity = Severity.unknown
  /// Where the name of what wrote the line lies in it.
  var name = 0..<0
  var rank = NameRank.none
  var message = 0..<0
  /// Whether the message is written with backslash escapes.
  var isEscaped = false
  var trace = 0..<0
  var span = 0..<0
  /// Whether the line is a header only, and the message stands on the next one.
  var awaitsMessage = false
  /// Whether supervisord wrote it.
  var isSupervisord = false
  /// Whether all lines up to the next header are the message's: a report of Erlang.
  var isReport = false
  /// Whether its learned header has no message, which may stand below it up to the next header.
  var isHeaded = false
  /// What the lines of its trace have in common with the line (`OsloLine`); 0 where nothing.
  var sharedKey: UInt64 = 0
  /// Where what it says stands in fields on the lines behind it.
  var fields: Db2Record?
  /// What ends it where it goes on below.
  var unclosed = OpenRecord.none
  /// Whether the line goes on with the entry before it, header and all.
  var goesOn = false
}

extension TextRecord {
  /// Moves the places of what was read out of the rest of a line.
  mutating func shift(by count: Int) {
    func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + count..<range.upperBound + count }
    (name, message, trace, span) = (moved(name), moved(message), moved(trace), moved(span))
  }

  /// What a learned header says of its line.
  init(_ header: LogHeader, of line: Span<UInt8>) {
    self.init(
      time: header.time, hasZone: header.hasZone, yearAssumed: header.yearAssumed, severity: header.severity,
      name: header.component, rank: header.component.isEmpty ? .none : header.namesService ? .service : .logger,
      message: header.messageStart..<line.count)
  }
}

/// Reads lines of klog and glog, logfmt, Ruby's Logger, Redis, .NET's console, Python's `basicConfig`, java.util.logging, and those of
/// servers and platforms in the files beside this one.
enum KnownLines {
  /// The line's record, nil where it has none of the forms.
  static func read(_ line: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    guard line.count > 4 else { return nil }
    let first = line[0]
    if first &- 0x30 <= 9 {
      if line[2] == 0x2D, line.count > 24, let record = logcat(line, times) { return record }
      if line.count > 34, line[8] == 0x2C || line[24] == 0x3A, let record = library(line, times) { return record }
      if line[1] == 0xE6 || line[1] == 0xEC || line[2] == 0xE6 || line[2] == 0xEC { return javaUtil(line, times) }
      if let record = redis(line, times) ?? postgres(line, times) ?? console(line, times) { return record }
      if let record = zap(line, times) ?? tabbed(line, times) ?? columns(line, times) { return record }
      if line[1] == 0x2C, let record = panos(line, times) { return record }
      if let record = timedPython(line, times) { return record }
      return timedServer(line, times) ?? sidekiq(line, from: 0) ?? db2(line, times) ?? ceph(line, from: 0, times)
    }
    if first == 0xE2 { return julia(line) }
    if first == 0x5B, line[1] == 0x20, let record = julia(line) { return record }
    if first == 0x5B, line[1] &- 0x41 < 26, let record = herokuPostgres(line) { return record }
    if first == 0x5B { return tabbed(line, times) ?? bracketed(line, times) ?? console(line, times) }
    if first == 0x25 { return deviceCode(line, times) }
    if first == 0x23 { return webLogic(line, times) }
    if first == 0x3D { return erlang(line, times) }
    if first == 0x3C { return priority(line, times, table) ?? webLogic(line, times) }
    if first &- 0x61 < 26, line.count > 6, line[6] == 0x3A, let record = ring(line, times) { return record }
    if first &- 0x61 < 26 || first >= 0x80, hasMonthStop(line), let record = javaUtil(line, times) { return record }
    guard (first | 0x20) &- 0x61 < 26 || first == 0x40 || first == 0x5F else { return nil }
    if line[1] &- 0x30 <= 9 { return klog(line, times) }
    if line[1] == 0x2C { return ruby(line, times) }
    if line[1] == 0x2F { return logcat(line, times) }
    if line[4] == 0x3A { if let record = console(line, times) { return record } }
    if first == 0x64, JSONScanner.matches(line, 0, "debug 2") { return ceph(line, from: 6, times) }
    if isPair(line) { return audit(line, times) ?? LogfmtLine.read(line, times, table) ?? sidekiq(line, from: 0) }
    if line[3] == 0x20, let record = vsftpd(line, times) { return record }
    guard first &- 0x41 < 26 else { return levelled(line, times) }
    if first == 0x43 || first == 0x4C, let record = eventFormat(line) { return record }
    if first == 0x53 || first == 0x48 || first == 0x43, let record = monitoring(line, from: 0) { return record }
    return python(line, times) ?? javaUtil(line, times) ?? lambda(line) ?? pm2(line) ?? levelled(line, times)
  }

  /// `<4>MESSAGE`: the level that a service's output may name for the journal (sd-daemon(3)), perhaps in front of another form.
  private static func priority(_ line: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    if let record = device(line, times, table) { return record }
    guard line[1] &- 0x30 < 8, line[2] == 0x3E, line[3] > 0x20 else { return nil }
    let level = Model.severity(syslogLevel: Int(line[1] &- 0x30))
    var record = TextRecord(severity: level, message: 3..<line.count)
    // .NET's formatter for the journal: the category and the event's number come first.
    var i = 3
    while i < line.count, line[i] > 0x20, line[i] != 0x5B { i += 1 }
    guard i > 3, i + 2 < line.count, line[i] == 0x5B, line[i + 1] &- 0x30 <= 9 || line[i + 1] == 0x2D else {
      return record
    }
    let name = 3..<i
    i += 2
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    guard i + 1 < line.count, line[i] == 0x5D, line[i + 1] == 0x20 else { return record }
    record.name = name
    record.rank = .logger
    record.message = i + 2..<line.count
    return record
  }

  /// `<189>date=…`: the pairs of a device on the network right behind a priority of syslog.
  private static func device(_ line: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    guard let (value, start) = SyslogLine.priority(line, at: 0) else { return nil }
    let message = line.extracting(start..<line.count)
    guard isDevicePairs(message), var record = LogfmtLine.read(message, times, table) else { return nil }
    if record.severity.isUnknown { record.severity = Model.severity(syslogLevel: value & 7) }
    record.shift(by: start)
    return record
  }

  /// The record of a message that is nothing but pairs, the first of which is one of a logger's, and names its level; nil for any other.
  static func pairs(_ message: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    let firsts: [StaticString] = ["level=", "lvl=", "time=", "ts=", "t=", "msg="]
    guard isPair(message), firsts.contains(where: { JSONScanner.matches(message, 0, $0) }), isAllPairs(message),
      let record = LogfmtLine.read(message, times, table), !record.severity.isUnknown
    else { return nil }
    return record
  }

  /// Whether a message is nothing but pairs of a device on the network, as FortiGate (`date=… time=… devname="…"`), SonicWall
  /// (`id=firewall sn=… time="…"`) and Sophos Firewall (`device="SFW" date=…`, `device_name="SFW" timestamp="…"`) write them.
  static func isDevicePairs(_ message: Span<UInt8>) -> Bool {
    guard message.count > 16, message[0] == 0x64 || message[0] == 0x69 else { return false }
    return
      (JSONScanner.matches(message, 0, "date=") || JSONScanner.matches(message, 0, "id=firewall ")
      || JSONScanner.matches(message, 0, "device=\"") || JSONScanner.matches(message, 0, "device_name=\""))
      && isAllPairs(message)
  }

  /// Whether each word is a pair; values in quotes may hold blanks.
  private static func isAllPairs(_ line: Span<UInt8>) -> Bool {
    var i = 0
    while i < line.count {
      while i < line.count, line[i] == 0x20 { i += 1 }
      let start = i
      while i < line.count, line[i] > 0x20, line[i] != 0x3D, line[i] != 0x22 { i += 1 }
      guard i > start, i < line.count, line[i] == 0x3D else { return i >= line.count && i == start }
      i += 1
      if i < line.count, line[i] == 0x22 {
        i += 1
        while i < line.count, line[i] != 0x22 { i += line[i] == 0x5C ? 2 : 1 }
        guard i < line.count else { return false }
        i += 1
      }
      while i < line.count, line[i] > 0x20 { i += 1 }
    }
    return true
  }

  /// Whether a line, read behind a runtime's time, needs nothing else to be understood.
  static func standsAlone(_ line: Span<UInt8>) -> Bool {
    guard line.count > 4 else { return false }
    if line[0] == 0x7B { return line[1] == 0x22 || line[1] == 0x20 }
    if line[0] &- 0x30 <= 9 { return isTabbed(line) }
    if line[1] &- 0x30 <= 9 { return isKlog(line) }
    return isPair(line) || line[0] &- 0x41 < 26 && lambda(line) != nil
  }

  /// A time with a tab right behind it, of AWS Lambda's runtimes.
  private static func isTabbed(_ line: Span<UInt8>) -> Bool {
    guard line.count > 40, line[4] == 0x2D, line[10] == 0x54 else { return false }
    let tab = ByteScan.find(0x09, in: line.extracting(first: 40), from: 19)
    return tab < 40 && ByteScan.find(0x09, in: line.extracting(first: 96), from: tab &+ 1) < 96
  }

  /// `key=` at the beginning.
  private static func isPair(_ line: Span<UInt8>) -> Bool {
    var i = 0
    while i < line.count, i < 32 {
      let byte = line[i]
      if byte == 0x3D { return i > 0 && i + 1 < line.count && line[i + 1] > 0x20 && line[i + 1] != 0x3D }
      guard
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x5F || byte == 0x2E || byte == 0x40 || byte == 0x2D
      else { return false }
      i += 1
    }
    return false
  }

  /// `type=USER_LOGIN msg=audit(1795572001.123:101): FIELDS` of Linux' audit daemon, perhaps behind `node=HOST`.
  private static func audit(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var i = 0
    if JSONScanner.matches(line, 0, "node=") { i = ByteScan.find(0x20, in: line.extracting(first: 96), from: 5) + 1 }
    guard JSONScanner.matches(line, i, "type=") else { return nil }
    let space = ByteScan.find(0x20, in: line.extracting(first: i + 48), from: i)
    guard JSONScanner.matches(line, space, " msg=audit("), let time = times.parse(line, space + 11), time.form == .epoch
    else { return nil }
    return TextRecord(time: time.time, hasZone: true, message: i..<line.count)
  }

  // MARK: Ruby

  /// `I, [TIME #PID]  INFO -- PROGRAM: MESSAGE` (Ruby's Logger::Formatter).
  private static func ruby(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 24, line[2] == 0x20, line[3] == 0x5B, let time = times.parse(line, 4), time.isPlaced else {
      return nil
    }
    let bracket = ByteScan.find(0x5D, in: line, from: time.end)
    var i = bracket + 1
    while i < line.count, line[i] == 0x20 { i += 1 }
    let word = i
    while i < line.count, line[i] != 0x20 { i += 1 }
    guard bracket < line.count, i > word, JSONScanner.matches(line, i, " -- ") else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone)
    record.severity = Model.severity(of: line.extracting(word..<i))
    i += 4
    let name = i
    // The colons of `Shop::Mail` are its own.
    while i < line.count, i - name < 128, line[i] != 0x3A || JSONScanner.matches(line, i, "::") {
      i += line[i] == 0x3A ? 2 : 1
    }
    if i < line.count, line[i] == 0x3A, i + 1 == line.count || line[i + 1] == 0x20 {
      record.name = name..<i
      record.rank = i > name ? .logger : .none
      i = min(i + 2, line.count)
    } else {
      i = name
    }
    record.message = i..<line.count
    // Rails tells an exception in one message whose first line is empty (ActionDispatch::DebugExceptions#log_error).
    if record.severity >= .error, isBlankBehindTags(line, i) { (record.awaitsMessage, record.isReport) = (true, true) }
    return record
  }

  /// Whether nothing stands behind `[TAG] [TAG]`, the tags of ActiveSupport::TaggedLogging.
  private static func isBlankBehindTags(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    if i >= line.count { return true }
    while i < line.count {
      if line[i] == 0x20 {
        i += 1
        continue
      }
      guard line[i] == 0x5B else { return false }
      i = ByteScan.find(0x5D, in: line, from: i) + 1
    }
    return i == line.count
  }

  // MARK: Redis

  /// `PID:ROLE DD Mmm YYYY HH:MM:SS.mmm LEVEL MESSAGE`; levels are `.` debug, `-` verbose, `*` notice, `#` warning.
  private static func redis(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var i = 0
    while i < line.count, i < 10, line[i] &- 0x30 <= 9 { i += 1 }
    guard i + 4 < line.count, line[i] == 0x3A, line[i + 1] &- 0x41 < 26, line[i + 2] == 0x20,
      let time = times.parse(line, i + 3), time.isPlaced, time.end + 2 < line.count, line[time.end] == 0x20,
      line[time.end + 2] == 0x20
    else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone)
    switch line[time.end + 1] {
    case 0x2E: record.severity = .debug
    case 0x2D, 0x2A: record.severity = .info
    case 0x23: record.severity = .warning
    default: return nil
    }
    record.message = time.end + 3..<line.count
    return record
  }
}

extension Span where Element == UInt8 {
  /// Four letters as one number.
  var firstFour: UInt32 {
    UInt32(self[0]) << 24 | UInt32(self[1]) << 16 | UInt32(self[2]) << 8 | UInt32(self[3])
  }
}
