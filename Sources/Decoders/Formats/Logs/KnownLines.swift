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
  /// Where what it says stands in fields on the lines behind it.
  var fields: Db2Record?
}

/// Reads lines of klog and glog, logfmt, Ruby's Logger, Redis, .NET's console, Python's `basicConfig`, java.util.logging, and those of
/// servers and platforms in the files beside this one.
enum KnownLines {
  /// The line's record, nil where it has none of the forms.
  static func read(_ line: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    guard line.count > 4 else { return nil }
    let first = line[0]
    if first &- 0x30 <= 9 {
      if line[1] == 0xE6 || line[1] == 0xEC || line[2] == 0xE6 || line[2] == 0xEC { return javaUtil(line, times) }
      return redis(line, times) ?? managedPostgres(line, times) ?? console(line, times) ?? zap(line, times)
        ?? tabbed(line, times) ?? timedServer(line, times) ?? db2(line, times) ?? ceph(line, from: 0, times)
    }
    if first == 0x5B { return tabbed(line, times) ?? bracketed(line, times) ?? console(line, times) }
    if first == 0x23 { return webLogic(line, times) }
    if first == 0x3D { return erlang(line, times) }
    if first == 0x3C { return priority(line, times, table) }
    if first &- 0x61 < 26 || first >= 0x80, hasMonthStop(line), let record = javaUtil(line, times) { return record }
    guard (first | 0x20) &- 0x61 < 26 || first == 0x40 || first == 0x5F else { return nil }
    if line[1] &- 0x30 <= 9 { return klog(line, times) }
    if line[1] == 0x2C { return ruby(line, times) }
    if line[4] == 0x3A { if let record = console(line, times) { return record } }
    if first == 0x64, JSONScanner.matches(line, 0, "debug 2") { return ceph(line, from: 6, times) }
    if isPair(line) { return audit(line, times) ?? LogfmtLine.read(line, times, table) ?? sidekiq(line, from: 0) }
    if first &- 0x41 < 26 { return python(line) ?? javaUtil(line, times) ?? lambda(line) ?? pm2(line) }
    return nil
  }

  /// `<4>MESSAGE`: the level that a service's output may name for the journal (sd-daemon(3)), perhaps in front of another form.
  private static func priority(_ line: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
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

  /// The record of a message that is nothing but pairs, the first of which is one of a logger's, and names its level; nil for any other.
  static func pairs(_ message: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    let firsts: [StaticString] = ["level=", "lvl=", "time=", "ts=", "t=", "msg="]
    guard isPair(message), firsts.contains(where: { JSONScanner.matches(message, 0, $0) }), isAllPairs(message),
      let record = LogfmtLine.read(message, times, table), !record.severity.isUnknown
    else { return nil }
    return record
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

  // MARK: klog

  private static func isKlog(_ line: Span<UInt8>) -> Bool {
    guard line.count > 22, severity(ofLetter: line[0]) != .unknown else { return false }
    var digits = 0
    while digits < 9, line[1 + digits] &- 0x30 <= 9 { digits += 1 }
    return (digits == 4 || digits == 8 || digits == 6) && line[1 + digits] == 0x20 && line[4 + digits] == 0x3A
  }

  private static func severity(ofLetter letter: UInt8) -> Severity {
    switch letter {
    case 0x44: .debug
    case 0x49: .info
    case 0x57: .warning
    case 0x45: .error
    case 0x46: .fatal
    default: .unknown
    }
  }

  /// `Lmmdd hh:mm:ss.uuuuuu THREAD FILE:LINE] MESSAGE` (klog and glog; newer glog writes the year, too).
  private static func klog(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard isKlog(line), let time = times.compactDay(line, 1) else { return nil }
    var record = TextRecord(
      time: time.time, yearAssumed: time.form == .withoutYear, severity: severity(ofLetter: line[0]))
    var start: Int
    if line[7] == 0x20 {
      guard let end = cockroach(line, time.end) else { return nil }
      start = end
    } else {
      let bracket = ByteScan.find(0x5D, in: line, from: time.end)
      guard bracket < line.count, bracket - time.end < 256 else { return nil }
      start = bracket + 1
    }
    while start < line.count, line[start] == 0x20 { start += 1 }
    record.message = start..<line.count
    return record
  }

  /// `Lyymmdd hh:mm:ss.uuuuuu GOROUTINE [CHANNEL@]FILE:LINE [⋮] [TAGS] COUNTER MESSAGE` (CockroachDB, "crdb-v1" and "crdb-v2"): where the
  /// message begins.
  private static func cockroach(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    func skip(_ line: Span<UInt8>) { while i < line.count, line[i] == 0x20 { i += 1 } }
    func word(_ line: Span<UInt8>) { while i < line.count, line[i] > 0x20 { i += 1 } }
    skip(line)
    let routine = i
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    guard i > routine else { return nil }
    skip(line)
    let place = i
    word(line)
    guard i > place, line.extracting(place..<i).indices.contains(where: { line[place + $0] == 0x3A }) else {
      return nil
    }
    skip(line)
    if i < line.count, line[i] == 0xE2 { word(line) }
    skip(line)
    if i < line.count, line[i] == 0x5B {
      i = ByteScan.find(0x5D, in: line, from: i) + 1
      skip(line)
    }
    let counter = i
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    if i == counter || i < line.count && line[i] != 0x20 { i = counter }
    skip(line)
    return i < line.count ? i : nil
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
    while i < line.count, i - name < 128, line[i] != 0x3A { i += 1 }
    if i + 1 < line.count, line[i] == 0x3A, line[i + 1] == 0x20 {
      record.name = name..<i
      record.rank = i > name ? .logger : .none
      i += 2
    } else {
      i = name
    }
    record.message = i..<line.count
    return record
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

  // MARK: PostgreSQL

  /// `TIME:HOST(PORT):USER@DATABASE:[PID]:LEVEL:  MESSAGE`: `log_line_prefix` of managed PostgreSQL (`%t:%r:%u@%d:[%p]:`).
  private static func managedPostgres(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 40, line[4] == 0x2D, line[13] == 0x3A, let time = times.parse(line, 0), time.isPlaced,
      time.end < line.count, line[time.end] == 0x3A
    else { return nil }
    var i = time.end
    while i + 1 < line.count, i - time.end < 200, line[i] != 0x5D || line[i + 1] != 0x3A { i += 1 }
    guard i + 2 < line.count, line[i] == 0x5D else { return nil }
    let word = i + 2
    i = word
    while i < line.count, line[i] &- 0x41 < 26 || line[i] &- 0x30 <= 9 || line[i] >= 0x80 { i += 1 }
    guard i > word, i < line.count, line[i] == 0x3A else { return nil }
    // Its `DETAIL` goes with the line before it and is nobody's level.
    let isDetail = JSONScanner.matches(line, word, "DETAIL:")
    let severity = isDetail ? .info : Model.severity(ofField: line.extracting(word..<i))
    i += 1
    while i < line.count, line[i] == 0x20 { i += 1 }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity.isUnknown ? .info : severity, message: i..<line.count)
  }

  // MARK: tabs

  /// `TIME⇥LEVEL⇥[LOGGER⇥][FILE:LINE⇥]MESSAGE[⇥{…}]` of zap's console encoder.
  private static func zap(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard let time = times.parse(line, 0), time.isPlaced, time.end < line.count, line[time.end] == 0x09 else {
      return nil
    }
    var i = time.end + 1
    var end = ByteScan.find(0x09, in: line, from: i)
    let severity = Model.severity(of: line.extracting(i..<end))
    guard end < line.count, severity != .unknown else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, severity: severity)
    i = end + 1
    end = ByteScan.find(0x09, in: line, from: i)
    if end < line.count, !isCaller(line, i..<end), end + 1 < line.count, line[end + 1] != 0x7B {
      (record.name, record.rank) = (i..<end, .logger)
      i = end + 1
      end = ByteScan.find(0x09, in: line, from: i)
    }
    if end < line.count, isCaller(line, i..<end) { i = end + 1 }
    record.message = i..<line.count
    return record
  }

  /// `dir/file.go:17`.
  private static func isCaller(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var i = range.upperBound
    while i > range.lowerBound, line[i - 1] &- 0x30 <= 9 { i -= 1 }
    guard i < range.upperBound, i > range.lowerBound + 3, line[i - 1] == 0x3A else { return false }
    for j in range where line[j] == 0x20 { return false }
    for j in range.lowerBound..<i - 1 where line[j] == 0x2E { return true }
    return false
  }

  /// `TIME⇥REQUEST⇥LEVEL⇥MESSAGE` and `[LEVEL]⇥TIME⇥REQUEST⇥MESSAGE` of AWS Lambda's runtimes.
  private static func tabbed(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var record = TextRecord()
    var i = 0
    var fields = 0
    while fields < 3 {
      let end = ByteScan.find(0x09, in: line, from: i)
      guard end < line.count, end - i < 128 else { return nil }
      let isBracket = line[i] == 0x5B && line[end - 1] == 0x5D
      let field = isBracket ? i + 1..<max(end - 1, i + 1) : i..<end
      if record.time == .min, let time = times.parse(line, field.lowerBound), time.end == field.upperBound,
        time.isPlaced
      {
        (record.time, record.hasZone) = (time.time, time.hasZone)
      } else if record.severity == .unknown, Model.severity(of: line.extracting(field)) != .unknown {
        record.severity = Model.severity(of: line.extracting(field))
      } else if record.trace.isEmpty, fields > 0, !field.isEmpty {
        record.trace = field
      } else {
        return nil
      }
      i = end + 1
      fields += 1
    }
    guard record.time != .min, record.severity != .unknown else { return nil }
    record.message = i..<line.count
    return record
  }

  // MARK: .NET

  /// `info: CATEGORY[ID]` of .NET's simple console formatter, perhaps with a time before it (`TimestampFormat`), which its
  /// documentation writes in brackets, too; the message stands on the next line, or behind it where the formatter writes single lines.
  private static func console(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var record = TextRecord()
    var i = 0
    let bracket = line[0] == 0x5B ? 1 : 0
    if line[bracket] &- 0x30 <= 9 {
      guard let time = times.parse(line, bracket), time.form > .date || time.form == .timeOfDay,
        time.end + bracket < line.count, bracket == 0 || line[time.end] == 0x5D
      else { return nil }
      if time.isPlaced { (record.time, record.hasZone) = (time.time, time.hasZone) }
      i = time.end + bracket
      while i < line.count, line[i] == 0x20 { i += 1 }
    }
    guard i + 6 < line.count, line[i + 4] == 0x3A, line[i + 5] == 0x20 else { return nil }
    switch line.extracting(i..<i + 4).word {
    case 0x7472_6365: record.severity = .trace
    case 0x6462_7567: record.severity = .debug
    case 0x696E_666F: record.severity = .info
    case 0x7761_726E: record.severity = .warning
    case 0x6661_696C: record.severity = .error
    case 0x6372_6974: record.severity = .fatal
    default: return nil
    }
    let name = i + 6
    i = name
    while i < line.count, line[i] > 0x20, line[i] != 0x5B { i += 1 }
    guard i > name, i < line.count, line[i] == 0x5B else { return nil }
    record.name = name..<i
    record.rank = .logger
    i += 1
    while i < line.count, line[i] &- 0x30 <= 9 || line[i] == 0x2D { i += 1 }
    guard i < line.count, line[i] == 0x5D else { return nil }
    i += 1
    if i == line.count {
      record.awaitsMessage = true
      record.message = name..<i
    } else {
      guard line[i] == 0x20 else { return nil }
      record.message = i + 1..<line.count
    }
    return record
  }

  // MARK: Python, java.util.logging

  /// `LEVEL:LOGGER:MESSAGE` (Python's `logging.BASIC_FORMAT`).
  private static func python(_ line: Span<UInt8>) -> TextRecord? {
    var i = 0
    while i < line.count, i < 9, line[i] &- 0x41 < 26 { i += 1 }
    guard i >= 4, i + 2 < line.count, line[i] == 0x3A, line[i + 1] > 0x20 else { return nil }
    let severity = Model.severity(of: line.extracting(0..<i))
    guard severity != .unknown else { return nil }
    let name = i + 1
    i = name
    while i < line.count, i - name < 120, line[i] != 0x3A, line[i] > 0x20 { i += 1 }
    guard i > name, i < line.count, line[i] == 0x3A else { return nil }
    return TextRecord(severity: severity, name: name..<i, rank: .logger, message: i + 1..<line.count)
  }

  /// Whether a line begins with a word of one to six letters, perhaps with a full stop, and a day behind it: `nov. 25`, `мая 3`.
  private static func hasMonthStop(_ line: Span<UInt8>) -> Bool {
    var i = 3
    while i < 12, i &+ 2 < line.count {
      if line[i] == 0x2E, line[i &+ 1] == 0x20 { return line[i &+ 2] &- 0x30 <= 9 }
      if line[i] == 0x20 { return line[i &+ 1] &- 0x30 <= 9 }
      i &+= 1
    }
    return false
  }

  /// `Nov 25, 2026 2:00:00 AM CLASS METHOD`, the header of java.util.logging's SimpleFormatter
  /// (`%1$tb %1$td, %1$tY %1$tl:%1$tM:%1$tS %1$Tp`: the month and the half of the day in the host's language); level and message
  /// stand on the next line.
  private static func javaUtil(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 24, let time = times.longDate(line), time.form >= .full, time.end < line.count,
      line[time.end] == 0x20, line[time.end - 1] == 0x4D || line[time.end - 1] == 0x2E || line[time.end - 1] >= 0x80
    else { return nil }
    let name = time.end + 1
    var i = name
    var dots = 0
    while i < line.count, line[i] > 0x20 {
      if line[i] == 0x2E { dots += 1 }
      i += 1
    }
    let end = i
    if i < line.count { i += 1 }
    while i < line.count, line[i] > 0x20 { i += 1 }
    guard dots > 0, i == line.count else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, name: name..<end, rank: .logger, message: name..<i, awaitsMessage: true)
  }
}

extension Span where Element == UInt8 {
  /// Four letters as one number.
  fileprivate var word: UInt32 {
    UInt32(self[0]) << 24 | UInt32(self[1]) << 16 | UInt32(self[2]) << 8 | UInt32(self[3])
  }
}
