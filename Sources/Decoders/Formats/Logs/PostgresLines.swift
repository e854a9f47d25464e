// PostgreSQL's lines, whatever its prefix has between the time and the level.

internal import Model
internal import Support

/// `log_line_prefix` is free text with escapes in it (PostgreSQL, "What to Log"); the level behind it is always the same: a word with a
/// colon and two blanks (`"%s:  "`, send_message_to_server_log of elog.c).
extension KnownLines {
  /// A level looked for further behind the time is none of a prefix.
  private static let longestPrefix = 512

  /// A line whose time is joined with what follows by a mark: `TIME-SESSION-LEVEL:  MESSAGE` of Azure (`%t-%c-`),
  /// `TIME:HOST(PORT):USER@DATABASE:[PID]:LEVEL:  MESSAGE` of Amazon (`%t:%r:%u@%d:[%p]:`, or with more behind the process),
  /// `TIME,USER,DATABASE,LEVEL:  MESSAGE` and the like.
  static func postgres(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 28, line[4] == 0x2D, line[10] == 0x20, line[16] == 0x3A, let mark = mark(line),
      let time = times.parse(line.extracting(first: mark), 0), time.isPlaced, time.end == mark,
      let level = postgresLevel(line, from: mark)
    else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: level.severity, message: level.end..<line.count)
  }

  /// Where the mark stands that joins a time and its zone with the rest of the prefix; nil where a blank, a bracket or nothing does.
  private static func mark(_ line: Span<UInt8>) -> Int? {
    func isDigit(_ i: Int) -> Bool { i < line.count && line[i] &- 0x30 <= 9 }
    var i = 19
    if line[i] == 0x2E {
      i &+= 1
      while isDigit(i) { i &+= 1 }
    }
    guard i &+ 6 < line.count, line[i] == 0x20 else { return nil }
    i &+= 1
    let zone = i
    if line[i] == 0x2B || line[i] == 0x2D {
      i &+= 1
      while isDigit(i) || i < line.count && line[i] == 0x3A && isDigit(i &+ 1) && i &- zone == 3 { i &+= 1 }
    } else {
      while i < line.count, line[i] &- 0x41 < 26 { i &+= 1 }
    }
    guard i < line.count, i &- zone >= 2, i &- zone <= 6 else { return nil }
    switch line[i] {
    case 0x2C, 0x2D, 0x3A, 0x3B, 0x7C, 0x2F, 0x5F, 0x23: return i
    default: return nil
    }
  }

  /// `[DATABASE] [11-1] sql_error_code = 40P01 LEVEL:  MESSAGE`: what Heroku's log shows of its PostgreSQL (Dev Center, "Heroku Postgres
  /// Logs"), behind the header of its router of logs.
  static func herokuPostgres(_ line: Span<UInt8>) -> TextRecord? {
    guard line.count > 40, line[1] &- 0x41 < 26 else { return nil }
    let close = ByteScan.find(0x5D, in: line.extracting(first: 64), from: 2)
    guard JSONScanner.matches(line, close, "] ["), close &+ 3 < line.count, line[close &+ 3] &- 0x30 <= 9 else {
      return nil
    }
    var i = ByteScan.find(0x5D, in: line.extracting(first: close &+ 24), from: close &+ 3) &+ 1
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    guard JSONScanner.matches(line, i, "sql_error_code = "), let level = postgresLevel(line, from: i) else {
      return nil
    }
    return TextRecord(severity: level.severity, message: level.end..<line.count)
  }

  /// The first level of PostgreSQL behind a place, and where its message begins.
  ///
  /// Two blanks behind the colon are PostgreSQL's. Behind `]:`, the end of Amazon's prefix, one is enough, and the word may be any: no
  /// language's words are all known.
  private static func postgresLevel(_ line: Span<UInt8>, from start: Int) -> (severity: Severity, end: Int)? {
    let stop = min(line.count, start &+ longestPrefix)
    var i = start
    while true {
      i = ByteScan.find(0x3A, in: line.extracting(first: stop), from: i)
      guard i &+ 1 < stop else { return nil }
      if line[i &+ 1] == 0x20, let severity = postgresSeverity(line, from: start, colon: i) {
        var end = i &+ 1
        while end < line.count, line[end] == 0x20 { end &+= 1 }
        return (severity, end)
      }
      i &+= 1
    }
  }

  private static func postgresSeverity(_ line: Span<UInt8>, from start: Int, colon: Int) -> Severity? {
    let isTwoBlanks = colon &+ 2 < line.count && line[colon &+ 2] == 0x20
    var end = colon
    // `INSTRUCTION :  ` of its French.
    if isTwoBlanks, end > start, line[end &- 1] == 0x20 { end &-= 1 }
    var word = end
    while word > start, line[word &- 1] &- 0x41 < 26 || line[word &- 1] >= 0x80 || line[word &- 1] &- 0x30 <= 9 {
      word &-= 1
    }
    guard end &- word >= 2, word > start, (line[word &- 1] | 0x20) &- 0x61 >= 26 else { return nil }
    let isAmazons = line[word &- 1] == 0x3A && line[word &- 2] == 0x5D
    guard isTwoBlanks || isAmazons else { return nil }
    let text = line.extracting(word..<end)
    if isPostgresNote(text) { return .info }
    let severity = Model.severity(ofField: text)
    return severity.isUnknown ? isAmazons ? .info : nil : severity
  }

  /// Whether a word tells of no failure: a line by itself, or one that goes with the line before it.
  static func isPostgresNote(_ word: Span<UInt8>) -> Bool {
    let notes: [StaticString] = [
      "LOG", "DETAIL", "HINT", "QUERY", "CONTEXT", "LOCATION", "BACKTRACE", "STATEMENT", "NOTICE",
    ]
    return notes.contains { word.count == $0.utf8CodeUnitCount && JSONScanner.matches(word, 0, $0) }
      || LocalizedLevels.isPostgresNote(word)
  }
}
