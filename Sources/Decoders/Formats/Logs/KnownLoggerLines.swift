// Lines of loggers with columns between tabs, of .NET's console, Python's and Java's own.

internal import Model
internal import Support

extension KnownLines {
  // MARK: tabs

  /// `TIME⇥LEVEL⇥[LOGGER⇥][FILE:LINE⇥]MESSAGE[⇥{…}]` of zap's console encoder.
  static func zap(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
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
      // Beats write their selectors in brackets.
      let isSelector = end - i > 2 && line[i] == 0x5B && line[end - 1] == 0x5D
      (record.name, record.rank) = (isSelector ? i + 1..<end - 1 : i..<scopeEnd(line, i..<end), .logger)
      i = end + 1
      end = ByteScan.find(0x09, in: line, from: i)
    }
    if end < line.count, isCaller(line, i..<end) { i = end + 1 }
    record.message = i..<line.count
    return record
  }

  /// Where the name ends in `envoy config external/envoy/…/grpc_stream.h:152`, which Istio's agent writes of its proxy: the scope, and
  /// behind a blank the place in the source (pkg/envoy/proxy.go, `--log-format`).
  private static func scopeEnd(_ line: Span<UInt8>, _ column: Range<Int>) -> Int {
    var blank = column.upperBound
    while blank > column.lowerBound, line[blank - 1] != 0x20 { blank -= 1 }
    return blank > column.lowerBound + 1 && isCaller(line, blank..<column.upperBound) ? blank - 1 : column.upperBound
  }

  /// `dir/file.go:17`.
  static func isCaller(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var i = range.upperBound
    while i > range.lowerBound, line[i - 1] &- 0x30 <= 9 { i -= 1 }
    guard i < range.upperBound, i > range.lowerBound + 3, line[i - 1] == 0x3A else { return false }
    for j in range where line[j] == 0x20 { return false }
    for j in range.lowerBound..<i - 1 where line[j] == 0x2E { return true }
    return false
  }

  /// `TIME⇥REQUEST⇥LEVEL⇥MESSAGE` and `[LEVEL]⇥TIME⇥REQUEST⇥MESSAGE` of AWS Lambda's runtimes.
  static func tabbed(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
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
  static func console(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
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
    switch line.extracting(i..<i + 4).firstFour {
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

  /// `LEVEL:LOGGER:MESSAGE` (Python's `logging.BASIC_FORMAT`), and with the time between.
  static func python(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var i = 0
    while i < line.count, i < 9, line[i] &- 0x41 < 26 { i += 1 }
    guard i >= 4, i + 2 < line.count, line[i] == 0x3A, line[i + 1] > 0x20 else { return nil }
    let severity = Model.severity(of: line.extracting(0..<i))
    guard severity != .unknown else { return nil }
    let name = i + 1
    if line[name] &- 0x30 <= 9, let time = times.parse(line, name), time.form > .date, time.end + 1 < line.count,
      line[time.end] == 0x3A
    {
      return colons(line, time, severity, from: time.end + 1)
    }
    i = name
    while i < line.count, i - name < 120, line[i] != 0x3A, line[i] > 0x20 { i += 1 }
    guard i > name, i < line.count, line[i] == 0x3A else { return nil }
    return TextRecord(severity: severity, name: name..<i, rank: .logger, message: i + 1..<line.count)
  }

  /// `TIME:LEVEL:LOGGER:MESSAGE` and `TIME:LEVEL:MESSAGE`, formats of Python's `logging` with colons between their fields.
  static func timedPython(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 26, line[19] == 0x3A || line[23] == 0x3A, line[4] == 0x2D, let time = times.parse(line, 0),
      time.form > .date, time.end < line.count, line[time.end] == 0x3A
    else { return nil }
    let word = time.end + 1
    var i = word
    while i < line.count, i - word < 9, line[i] &- 0x41 < 26 { i += 1 }
    guard i - word >= 4, i + 1 < line.count, line[i] == 0x3A else { return nil }
    let severity = Model.severity(of: line.extracting(word..<i))
    return severity.isUnknown ? nil : colons(line, time, severity, from: i + 1)
  }

  /// What stands behind the level and the time: a logger's name and a colon with the message right behind it, or the message.
  private static func colons(
    _ line: Span<UInt8>, _ time: LogTime, _ severity: Severity, from start: Int
  ) -> TextRecord {
    var record = TextRecord(severity: severity, message: start..<line.count)
    if time.isPlaced { (record.time, record.hasZone) = (time.time, time.hasZone) }
    var i = start
    while i < line.count, (line[i] | 0x20) &- 0x61 < 26 || line[i] &- 0x30 <= 9 || line[i] == 0x5F || line[i] == 0x2E {
      i += 1
    }
    // `http://…` begins a message, and so does a word with a blank behind its colon.
    // Of names without a dot only those are sure that no message has: `order:4711 failed` is a sentence.
    if i > start, line[start] &- 0x30 > 9, i + 1 < line.count, line[i] == 0x3A, line[i + 1] > 0x20, line[i + 1] != 0x2F,
      (start..<i).contains(where: { line[$0] == 0x2E }) || line[start] == 0x5F || (line[i + 1] | 0x20) &- 0x61 < 26
    {
      (record.name, record.rank, record.message) = (start..<i, .logger, i + 1..<line.count)
    }
    return record
  }

  /// Whether a line begins with a word of one to six letters, perhaps with a full stop, and a day behind it: `nov. 25`, `мая 3`.
  static func hasMonthStop(_ line: Span<UInt8>) -> Bool {
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
  static func javaUtil(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
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
