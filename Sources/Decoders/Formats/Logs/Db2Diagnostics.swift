// Db2's diagnostic log: records of fields, each behind a header with its time and level.

internal import Model
internal import Support

/// The fields of one record of `db2diag.log` that matter, gathered line by line until the next record begins.
///
/// A header, `2026-11-25-02.00.00.123456+060 I27204F655 LEVEL: Error`, then lines of fields whose names are padded to eight bytes
/// (`FUNCTION: …`, `MESSAGE : …`, `DATA #1 : …`), and lines that go on with the field before them (IBM, "db2diag log files entries").
struct Db2Record: Sendable {
  /// `PROC`: the process that wrote it.
  private(set) var process: [UInt8] = []
  private var function: [UInt8] = []
  private var said: [UInt8] = []
  /// Which field was quoted; the smaller the better.
  private var rank = Int.max
  /// Whether the line before only announced data (`DATA #1 : String, 26 bytes`): whatever comes next is it.
  private(set) var awaitsData = false
  /// Lines since the last one that named a field.
  private var strangers = 0

  /// So many lines that name no field, and what follows is none of the record's.
  private static let patience = 256
  /// Whether the lines have long ceased to be the record's.
  var isOver: Bool { strangers > Self.patience }

  /// Fields that say what happened, the best one first.
  private static let saying: [StaticString] = [
    "MESSAGE : ", "CHANGE  : ", "START   : ", "STOP    : ", "RETCODE : ", "OSERR   : ", "CALLED  : ",
  ]

  /// Takes a line behind the header.
  mutating func take(_ line: Span<UInt8>) {
    guard line.count > 9, line[8] == 0x3A, line[0] &- 0x41 < 26 else {
      if awaitsData, !line.isEmpty { quote(line, rank: Self.saying.count) }
      awaitsData = false
      strangers &+= 1
      return
    }
    strangers = 0
    awaitsData = JSONScanner.matches(line, 0, "DATA #") || JSONScanner.matches(line, 0, "DATA  ")
    if JSONScanner.matches(line, 0, "FUNCTION: ") {
      function = Array(copying: line.extracting(10..<line.count))
    } else if JSONScanner.matches(line, 0, "PID     : ") {
      takeProcess(line)
    } else if let rank = Self.saying.firstIndex(where: { JSONScanner.matches(line, 0, $0) }) {
      quote(line.extracting(10..<line.count), rank: rank)
    }
  }

  private mutating func quote(_ text: Span<UInt8>, rank: Int) {
    guard rank < self.rank else { return }
    self.rank = rank
    said = Array(copying: text)
  }

  /// `PROC : db2sysc 0`, behind the numbers of process and thread.
  private mutating func takeProcess(_ line: Span<UInt8>) {
    var i = 10
    while i < line.count, !JSONScanner.matches(line, i, "PROC : ") { i += 1 }
    let start = i + 7
    var end = start
    while end < line.count, line[end] > 0x20 { end += 1 }
    if end > start { process = Array(copying: line.extracting(start..<end)) }
  }

  /// What the record says: what function, and what of it; empty where neither is told.
  var text: [UInt8] {
    function.isEmpty || said.isEmpty ? function + said : function + [0x3A, 0x20] + said
  }
}

extension KnownLines {
  /// `TIME±MINUTES RECORD LEVEL: WORD`: the header of a record of Db2's diagnostic log.
  static func db2(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 40, line[10] == 0x2D, line[13] == 0x2E, line[16] == 0x2E, line[19] == 0x2E,
      line[26] == 0x2B || line[26] == 0x2D, let time = times.parse(line.extracting(0..<26), 0), time.end == 26
    else { return nil }
    // The zone is of minutes.
    var minutes = 0
    var i = 27
    while i < line.count, i < 30, line[i] &- 0x30 <= 9 {
      minutes = minutes &* 10 &+ Int(line[i] &- 0x30)
      i += 1
    }
    guard i == 30, line[30] == 0x20, line[31] &- 0x41 < 26, line[32] &- 0x30 <= 9 else { return nil }
    if line[26] == 0x2D { minutes = -minutes }
    while i < line.count, i < 72, !JSONScanner.matches(line, i, " LEVEL: ") { i += 1 }
    guard JSONScanner.matches(line, i, " LEVEL: ") else { return nil }
    let word = i + 8
    var end = word
    while end < line.count, (line[end] | 0x20) &- 0x61 < 26 { end += 1 }
    let level = line.extracting(word..<end)
    var severity = Model.severity(of: level)
    if level.count == 5, JSONScanner.matches(level, 0, "Event") { severity = .info }
    guard !severity.isUnknown else { return nil }
    let shift = times.clock.zoneSeconds - minutes * 60
    var record = TextRecord(
      time: time.time.addingSaturated(Int64(shift) * 1_000_000), hasZone: true, severity: severity, message: word..<end)
    record.awaitsMessage = true
    record.fields = Db2Record()
    return record
  }
}
