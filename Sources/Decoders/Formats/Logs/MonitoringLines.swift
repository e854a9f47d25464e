// Alerts of monitoring servers, and levels that stand in front of a time.

internal import Model
internal import Support

extension KnownLines {
  /// `SERVICE ALERT: HOST;SERVICE;STATE;…`, `HOST NOTIFICATION: …`, `CURRENT SERVICE STATE: …` of Nagios, Naemon and Icinga 1 (their
  /// log's archive format): what a check found, also that all is well again. The state is the level, and no word in front of it is.
  static func monitoring(_ line: Span<UInt8>, from start: Int) -> TextRecord? {
    var i = start
    for word: StaticString in ["CURRENT ", "INITIAL ", "PASSIVE "] where JSONScanner.matches(line, i, word) {
      i += word.utf8CodeUnitCount
      break
    }
    guard JSONScanner.matches(line, i, "SERVICE ") || JSONScanner.matches(line, i, "HOST ") else { return nil }
    let words = i
    while i < line.count, line[i] &- 0x41 < 26 || line[i] == 0x20 { i += 1 }
    guard i + 2 < line.count, line[i] == 0x3A, line[i + 1] == 0x20, isEntry(line.extracting(words..<i)) else {
      return nil
    }
    i += 2
    let first = ByteScan.find(0x3B, in: line, from: i)
    guard first < line.count else { return nil }
    var record = TextRecord(severity: .info, message: start..<line.count)
    // The contact or the host comes first; host and service are anybody's words, so the states are looked for in capitals.
    var field = first + 1
    for _ in 0..<4 where field < line.count {
      let end = ByteScan.find(0x3B, in: line, from: field)
      if let severity = state(line, field..<end) {
        record.severity = severity
        break
      }
      field = end + 1
    }
    return record
  }

  /// `SERVICE ALERT`, `HOST DOWNTIME ALERT`, `SERVICE EVENT HANDLER`: the last word is one of few.
  private static func isEntry(_ words: Span<UInt8>) -> Bool {
    for last: StaticString in ["ALERT", "NOTIFICATION", "STATE", "CHECK", "HANDLER", "SUPPRESSED", "DISABLED"]
    where words.count > last.utf8CodeUnitCount && JSONScanner.matches(words, words.count - last.utf8CodeUnitCount, last)
    {
      return true
    }
    return false
  }

  private static func state(_ line: Span<UInt8>, _ field: Range<Int>) -> Severity? {
    func isWord(_ word: StaticString) -> Bool {
      field.count == word.utf8CodeUnitCount && JSONScanner.matches(line, field.lowerBound, word)
    }
    if isWord("OK") || isWord("UP") { return .info }
    if isWord("WARNING") || isWord("UNKNOWN") { return .warning }
    return isWord("CRITICAL") || isWord("DOWN") || isWord("UNREACHABLE") ? .error : nil
  }

  /// `Zigbee2MQTT:error 2026-11-25 02:00:00: MESSAGE`: a program and its level, padded, in front of the time (Zigbee2MQTT 1,
  /// lib/util/logger.ts).
  static func levelled(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    var colon = 0
    while colon < line.count, colon < 32, (line[colon] | 0x20) &- 0x61 < 26 || line[colon] &- 0x30 <= 9 { colon += 1 }
    guard colon > 0, colon + 24 < line.count, line[colon] == 0x3A, (line[colon + 1] | 0x20) &- 0x61 < 26 else {
      return nil
    }
    var i = colon + 1
    while i < line.count, (line[i] | 0x20) &- 0x61 < 26 { i += 1 }
    guard i - colon > 4, i < line.count, line[i] == 0x20 else { return nil }
    let severity = Model.severity(of: line.extracting(colon + 1..<i))
    while i < line.count, line[i] == 0x20 { i += 1 }
    guard !severity.isUnknown, let time = times.parse(line, i), time.form >= .full, time.end + 1 < line.count,
      line[time.end] == 0x3A || line[time.end] == 0x20
    else { return nil }
    var start = time.end + 1
    while start < line.count, line[start] == 0x20 { start += 1 }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: 0..<colon, rank: .logger,
      message: start..<line.count)
  }
}
