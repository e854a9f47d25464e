// Records whose time stands on a line of its own above them: Oracle's alert log.

internal import Model
internal import Support

/// The record below a time: all lines up to the next time, whatever they look like.
///
///     2026-11-25T03:00:02.500000+01:00
///     Errors in file /u01/app/oracle/diag/rdbms/orcl/ORCL/trace/ORCL_ora_1234.trc:
///     ORA-00600: internal error code, arguments: [kdsgrp1], [], [], [], []
///
/// (Oracle, Database Administrator's Guide, "Monitoring Errors and Alerts"; the time is as `UNIFORM_LOG_TIMESTAMP_FORMAT` has it since 12.2,
/// `Wed Nov 25 02:00:02 2026` before.)
struct StampedText {
  var time: LogTime
  var place: RecordPlace
  var text: [UInt8] = []
  var severity = Severity.unknown
  var isCut = false

  init(_ time: LogTime, at place: RecordPlace) { (self.time, self.place) = (time, place) }

  /// The time that a line is, and nothing else: of ISO 8601 with a fraction and a zone, or as `ctime` prints it. Times of other programs
  /// above their tables have neither.
  static func stamp(_ line: Span<UInt8>, _ times: LogTimeParser) -> LogTime? {
    guard line.count >= 24, line.count <= 36 else { return nil }
    let isISO = line[0] &- 0x30 <= 9 && line[10] == 0x54 && line[19] == 0x2E
    guard isISO || line.count == 24 && line[0] &- 0x41 < 26 && line[3] == 0x20 && line[19] == 0x20,
      let time = times.parse(line, 0), time.end == line.count, isISO ? time.hasZone : time.form == .full
    else { return nil }
    return time
  }

  /// What a sample of lines tells: whether times stand alone, at least two of them and one for each screen of text, and no other line has
  /// a time in front.
  static func isForm(of text: Span<UInt8>, _ lines: [Range<Int>], _ times: LogTimeParser) -> Bool {
    var stamps = 0
    for range in lines {
      let line = text.extracting(range)
      if stamp(line, times) != nil {
        stamps += 1
      } else if line[0] == 0x7B || line[0] == 0x5B && line.count > 1 && times.parse(line, 1)?.isPlaced == true
        || times.parse(line, 0)?.isPlaced == true
      {
        return false
      }
    }
    return stamps >= 2 && stamps * linesOfScreen >= lines.count
  }

  private static let linesOfScreen = 20

  /// Adds a line, with the blanks in front of it.
  mutating func take(_ line: Span<UInt8>, limit: Int) {
    let told = Self.severity(of: line)
    if !told.isUnknown, severity.isUnknown || told > severity { severity = told }
    if !text.isEmpty { text.append(0x0A) }
    let room = max(limit - text.count, 0)
    if line.count > room { isCut = true }
    text.append(copying: line.extracting(first: room))
  }

  /// The level that a line tells by its first word; an error of Oracle's by its number, of which 0 is none.
  private static func severity(of line: Span<UInt8>) -> Severity {
    guard JSONScanner.matches(line, 0, "ORA-") || JSONScanner.matches(line, 0, "Errors in file ") else {
      let told = JSONRecords.leadingLevel(line).severity
      if !told.isUnknown { return told }
      let isTrace = JSONScanner.matches(line, 0, "Traceback (most recent call last)") || TraceFollower.isException(line)
      return isTrace ? .error : TraceFollower.crash(line) ?? .unknown
    }
    return JSONScanner.matches(line, 0, "ORA-00000") ? .unknown : .error
  }
}

extension JSONRecords {
  /// Takes a line of a file whose times stand alone.
  mutating func takeStamped(
    _ line: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome {
    if let time = StampedText.stamp(line, intake.unwrapper.times) {
      endStamped(into: &batch)
      intake.stamped = StampedText(time, at: place)
      return takesHead()
    }
    // The rest of a record whose time stands in the file before.
    guard let isFirst = intake.stamped?.text.isEmpty else { return takeLine(line, around, 0, at: place, into: &batch) }
    intake.stamped?.take(line, limit: context.settings.limits.text)
    if isFirst { return .taken }
    batch.recordCounts.repair("continuationLine")
    return .continued
  }

  /// Writes the record below a time; a time with nothing below it is none.
  mutating func endStamped(into batch: inout RecordBatch) {
    guard let stamped = intake.stamped else { return }
    intake.stamped = nil
    if stamped.text.isEmpty { return }
    let around = origin(into: &batch)
    var log = LogLine()
    (log.source, log.time, log.severity) = (stamped.place.source, stamped.time.time, stamped.severity)
    log.component = around.component
    if stamped.isCut { batch.recordCounts.repair("textCut") }
    append(LogStreams.Awaiting(log: log, text: stamped.text, place: stamped.place), into: &batch)
  }
}
