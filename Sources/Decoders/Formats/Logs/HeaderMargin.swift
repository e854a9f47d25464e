// Blanks in front of headers: what is indented is not always the rest of a record.

internal import Model
internal import Support

/// Tells headers that stand behind blanks from lines that go on with a record.
///
/// tracing's pretty format puts two blanks in front of every event (tracing-subscriber, `format::Pretty`), patterns of log4net and NLog
/// begin with one; patterns of log4j, logback and Python's logging pad a level on the left (`%5p`, `%(levelname)8s`).
enum HeaderMargin {
  /// No header stands behind more blanks.
  static let widest = 8

  static func blanks(_ line: Span<UInt8>) -> Int {
    var blanks = 0
    while blanks < line.count, line[blanks] == 0x20 { blanks += 1 }
    return blanks
  }

  /// Whether a date and a time of day, perhaps in brackets, stand at a place.
  static func isDated(_ line: Span<UInt8>, at start: Int, _ times: LogTimeParser) -> Bool {
    guard start < line.count, line[start] &- 0x30 <= 9 || line[start] == 0x5B else { return false }
    return times.parse(line, line[start] == 0x5B ? start + 1 : start).map { $0.form > .date } ?? false
  }

  /// The column in which a level in capitals ends at a line's beginning, perhaps behind blanks: five, seven or eight, to which patterns
  /// pad.
  static func levelEnd(_ line: Span<UInt8>) -> Int? {
    guard line.count > 6, line[0] == 0x20 || line[0] &- 0x41 < 26 else { return nil }
    let start = blanks(line)
    var end = start
    while end < line.count, line[end] &- 0x41 < 26, end - start <= 8 { end += 1 }
    guard start <= 4, end - start >= 4, end == 5 || end == 7 || end == 8, end + 1 < line.count,
      line[end] == 0x20 || line[end] == 0x3A || line[end] == 0x7C || line[end] == 0x5B,
      !Model.severity(of: line.extracting(start..<end)).isUnknown
    else { return nil }
    return end
  }

  /// Whether a line begins with a level behind blanks that may pad it.
  static func mayBePadded(_ line: Span<UInt8>) -> Bool { line.count > 6 && line[0] == 0x20 && levelEnd(line) != nil }

  /// How many blanks stand in front of most of a sample's lines that begin with a time; 0 where most of those begin at once, nil where no
  /// line at the first column begins so.
  static func ofDated(_ bytes: Span<UInt8>, _ times: LogTimeParser) -> Int? {
    var counts = Array(repeating: 0, count: widest + 1)
    var start = 0
    while start < bytes.count {
      let end = ByteScan.lineEnd(bytes, start)
      let line = bytes.extracting(min(ByteOrderMark.end(bytes, from: start), end)..<end)
      let blanks = blanks(line)
      if blanks <= widest, isDated(line, at: blanks, times) { counts[blanks] += 1 }
      start = end + 1
    }
    let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return counts[most] > counts[0] ? most : counts[0] > 0 ? 0 : nil
  }
}

/// The columns to which a program's pattern pads its levels: those in which levels that need no blanks end at the first column. A level
/// behind blanks that ends elsewhere is a word of the record above.
struct PaddedLevels: Sendable {
  private var ends: UInt16 = 0
  /// Whether every line begins with blanks: none is the rest of one at the first column.
  var isOfAll = false

  init() {}

  init(sample bytes: Span<UInt8>) {
    var start = 0
    while start < bytes.count {
      let end = ByteScan.lineEnd(bytes, start)
      add(bytes.extracting(min(ByteOrderMark.end(bytes, from: start), end)..<end))
      start = end + 1
    }
  }

  mutating func add(_ line: Span<UInt8>) {
    if line.count > 6, line[0] != 0x20, let end = HeaderMargin.levelEnd(line) { ends |= 1 << UInt16(end) }
  }

  mutating func add(_ other: PaddedLevels) {
    ends |= other.ends
    isOfAll = isOfAll || other.isOfAll
  }

  /// Whether blanks in front of a line pad its level.
  func accepts(_ line: Span<UInt8>) -> Bool {
    guard ends != 0 || isOfAll, line.count > 6, line[0] == 0x20, let end = HeaderMargin.levelEnd(line) else {
      return false
    }
    return isOfAll || ends & 1 << UInt16(end) != 0
  }
}
