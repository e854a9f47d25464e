// Lines of klog and glog, and of CockroachDB, which writes like them.

internal import Model
internal import Support

extension KnownLines {
  static func isKlog(_ line: Span<UInt8>) -> Bool {
    guard line.count > 22, severity(ofLetter: line[0]) != .unknown else { return false }
    var digits = 0
    while digits < 9, line[1 + digits] &- 0x30 <= 9 { digits += 1 }
    return (digits == 4 || digits == 8 || digits == 6) && line[1 + digits] == 0x20 && line[4 + digits] == 0x3A
  }

  static func severity(ofLetter letter: UInt8) -> Severity {
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
  static func klog(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard isKlog(line), let time = unset(line) ?? times.compactDay(line, 1) else { return nil }
    var record = TextRecord(
      time: time.time, hasZone: time.hasZone, yearAssumed: time.form == .withoutYear,
      severity: severity(ofLetter: line[0]))
    var start: Int
    if line[7] == 0x20 {
      guard let entry = cockroach(line, time.end) else { return nil }
      (start, record.goesOn) = (entry.start, entry.goesOn)
    } else {
      let bracket = ByteScan.find(0x5D, in: line, from: time.end)
      guard bracket < line.count, bracket - time.end < 256 else { return nil }
      start = bracket + 1
    }
    while start < line.count, line[start] == 0x20 { start += 1 }
    record.message = start..<line.count
    return record
  }

  /// `L0000 00:00:SECONDS.uuuuuu`: what Abseil writes before it was told the zone, as TensorFlow's and gRPC's programs leave it (abseil-cpp,
  /// log/internal/log_format.cc: "a time zone is not available … so we print seconds since the epoch").
  private static func unset(_ line: Span<UInt8>) -> LogTime? {
    guard line[1] == 0x30, JSONScanner.matches(line, 1, "0000 00:00:1") else { return nil }
    let end = ByteScan.find(0x20, in: line.extracting(first: 40), from: 12)
    guard end < min(line.count, 40),
      let time = FieldText.time(line.extracting(12..<end), unit: .seconds, zoneSeconds: 0), FieldText.isEpoch(time)
    else { return nil }
    return LogTime(time: time, form: .epoch, end: end, hasZone: true)
  }

  /// `Lyymmdd hh:mm:ss.uuuuuu GOROUTINE [CHANNEL@]FILE:LINE [⋮] [TAGS] COUNTER MESSAGE` (CockroachDB, "crdb-v1" and "crdb-v2"): where the
  /// message begins, and whether it goes on with the entry before it: crdb-v2 marks lines behind a line break with `+`, those of a stack with
  /// `!` and the rest of long ones with `|` right in front of their text, where a first line has a blank or, before fields, `=`.
  static func cockroach(_ line: Span<UInt8>, _ start: Int) -> (start: Int, goesOn: Bool)? {
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
    var goesOn = false
    if i > counter, i + 1 < line.count {
      goesOn = line[i + 1] == 0x2B || line[i + 1] == 0x21 || line[i + 1] == 0x7C
    }
    skip(line)
    return i < line.count ? (i, goesOn) : nil
  }
}
