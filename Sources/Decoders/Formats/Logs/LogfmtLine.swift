// Lines of `key=value` pairs.

internal import Model
internal import Support

/// Reads logfmt (brandur.org/logfmt, as go-kit, logrus and slog's TextHandler write it): keys and values joined by `=`, values
/// in quotes where they hold blanks.
enum LogfmtLine {
  /// The line's record; nil where it tells neither message nor level and has no time, for then it is some other line of pairs.
  static func read(_ line: Span<UInt8>, _ times: LogTimeParser, _ table: LogKeyTable) -> TextRecord? {
    var record = TextRecord(message: 0..<line.count)
    var ranks = (time: Int.max, severity: Int.max, message: Int.max, name: Int.max, trace: Int.max)
    var pairs = 0
    var (date, clock, zone) = (0..<0, 0..<0, 0..<0)
    var isDate = false
    var i = 0
    while i < line.count {
      while i < line.count, line[i] <= 0x20 { i += 1 }
      let start = i
      while i < line.count, line[i] > 0x20, line[i] != 0x3D, line[i] != 0x22 { i += 1 }
      guard i < line.count, line[i] == 0x3D, i > start else {
        if pairs == 0 { return nil }
        while i < line.count, line[i] > 0x20 { i += 1 }
        continue
      }
      let key = JSONStringSlice(start: start, end: i, isEscaped: false)
      i += 1
      let (value, isEscaped) = value(line, &i)
      pairs += 1
      let bytes = line.extracting(value)
      // Heroku's convention: `at=error`.
      if key.count == 2, JSONScanner.equals(line, key, "at"), ranks.severity == .max {
        let severity = severity(ofField: bytes)
        if severity != .unknown { record.severity = severity }
      }
      if key.count == 4, value.count == 10, JSONScanner.equals(line, key, "date") { date = value }
      if key.count == 4, value.count == 8, !date.isEmpty, JSONScanner.equals(line, key, "time") { clock = value }
      if !date.isEmpty, isZone(line, key) { zone = value }
      guard !value.isEmpty, let found = table.role(line, key) else { continue }
      switch found.role {
      case .time where found.rank < ranks.time:
        if let time = FieldText.moment(bytes, times: times) {
          (record.time, record.hasZone) = time
          ranks.time = found.rank
          isDate = value == date
        }
      // logfmter's `when`, where its keys are named as in its manual.
      case .creation where key.count == 4 && ranks.time == .max:
        if let time = FieldText.moment(bytes, times: times) { (record.time, record.hasZone) = time }
      case .severity where found.rank < ranks.severity:
        let severity = severity(ofField: bytes)
        if severity != .unknown { (record.severity, ranks.severity) = (severity, found.rank) }
      // Sophos Firewall's `priority=Error`.
      case .syslogLevel where ranks.severity > 500:
        let severity = FieldText.int(bytes).map { LevelScale.syslog.severity($0) } ?? severity(ofField: bytes)
        if severity != .unknown { (record.severity, ranks.severity) = (severity, 501) }
      case .levelWord where ranks.severity > 501 && isEventType(bytes):
        (record.severity, ranks.severity) = (severity(ofField: bytes), 502)
      case .message where found.rank < ranks.message:
        (record.message, record.isEscaped, ranks.message) = (value, isEscaped, found.rank)
      case .service, .container, .logger, .pod:
        take(value, as: found, instead: &ranks.name, in: &record)
      case .trace where found.rank < ranks.trace: (record.trace, ranks.trace) = (value, found.rank)
      case .span: record.span = value
      default: continue
      }
    }
    // `date=2026-11-25 time=02:00:00 tz="+0100"` of FortiGate, `timezone="CET"` of Sophos Firewall.
    if ranks.time == .max || isDate, !clock.isEmpty {
      if let time = moment(line, date, clock, zone: zone, times) {
        (record.time, record.hasZone) = (time.time, time.hasZone)
      }
    }
    guard pairs >= 2, ranks.message < .max || record.time != .min && (record.severity != .unknown || pairs >= 4) else {
      return nil
    }
    return record
  }

  /// Names the record where nothing named it better.
  private static func take(
    _ value: Range<Int>, as found: LogKeyTable.Found, instead known: inout Int, in record: inout TextRecord
  ) {
    let rank: NameRank = found.role == .service ? .service : found.role == .logger ? .logger : .container
    guard rank > record.rank || rank == record.rank && found.rank < known else { return }
    (record.name, record.rank, known) = (value, rank, found.rank)
  }

  /// The type of a Kubernetes event (core/v1), as Grafana's agents print it: elsewhere a type is no level.
  private static func isEventType(_ value: Span<UInt8>) -> Bool {
    FieldText.isWord(value, "normal") || FieldText.isWord(value, "warning")
  }

  private static func isZone(_ line: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    key.count == 2 && JSONScanner.equals(line, key, "tz")
      || key.count == 8 && JSONScanner.equals(line, key, "timezone")
  }

  /// A time whose date, time of day and zone stand in fields of their own.
  private static func moment(
    _ line: Span<UInt8>, _ date: Range<Int>, _ clock: Range<Int>, zone: Range<Int>, _ times: LogTimeParser
  ) -> LogTime? {
    var moment = [UInt8](copying: line.extracting(date))
    moment.append(0x20)
    moment.append(copying: line.extracting(clock))
    if !zone.isEmpty {
      moment.append(0x20)
      moment.append(copying: line.extracting(zone))
    }
    return times.parse(moment.span, 0).flatMap { $0.form >= .full ? $0 : nil }
  }

  /// A value, in quotes or up to the next blank.
  private static func value(_ line: Span<UInt8>, _ i: inout Int) -> (Range<Int>, isEscaped: Bool) {
    if i < line.count, line[i] == 0x27, let value = represented(line, &i) { return value }
    guard i < line.count, line[i] == 0x22 else {
      let start = i
      while i < line.count, line[i] > 0x20 { i += 1 }
      return (start..<i, false)
    }
    i += 1
    let start = i
    var isEscaped = false
    while i < line.count, line[i] != 0x22 {
      if line[i] == 0x5C {
        isEscaped = true
        i += 1
      }
      i += 1
    }
    let end = min(i, line.count)
    i = min(end + 1, line.count)
    return (start..<end, isEscaped)
  }

  /// A value between apostrophes, as Python represents texts (structlog's `KeyValueRenderer`): one inside has a backslash in front; nil
  /// where the next one does not end the value.
  private static func represented(_ line: Span<UInt8>, _ i: inout Int) -> (Range<Int>, isEscaped: Bool)? {
    let start = i + 1
    var end = start
    var isEscaped = false
    while end < line.count, line[end] != 0x27 {
      if line[end] == 0x5C {
        isEscaped = true
        end += 1
      }
      end += 1
    }
    guard end < line.count, end + 1 == line.count || line[end + 1] <= 0x20 else { return nil }
    i = end + 1
    return (start..<end, isEscaped)
  }
}
