// Lines of platforms that tell their own form: Erlang's reports, SQL Server's error log.

internal import Model
internal import Support

extension KnownLines {
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
}
