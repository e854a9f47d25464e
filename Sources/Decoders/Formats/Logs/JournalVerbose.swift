// What `journalctl -o verbose` prints: a line with time and cursor, then all fields of the entry, indented.

internal import Model
internal import Support

/// The lines of the journal's verbose output (journalctl(1), "verbose: shows the full-structured entry items with all fields").
enum JournalVerbose {
  /// The time of a head, `Wed 2026-11-25 02:00:00.123456 UTC [s=…;i=…;b=…;m=…;t=…;x=…]`, perhaps with a comma behind the day; nil for any
  /// other line.
  static func head(_ line: Span<UInt8>, _ times: LogTimeParser) -> Int64? {
    guard line.count > 40, line[0] &- 0x41 < 26, line[line.count - 1] == 0x5D else { return nil }
    let space = ByteScan.find(0x20, in: line.extracting(first: 8), from: 0)
    guard space == 3 || space == 4 && line[3] == 0x2C, let time = times.parse(line, space + 1), time.isPlaced else {
      return nil
    }
    // A zone that is not known by its name stands between them.
    var bracket = time.end
    while bracket < line.count, bracket < time.end + 10, line[bracket] != 0x5B { bracket += 1 }
    return JSONScanner.matches(line, bracket, "[s=") ? time.time : nil
  }

  /// Where the name of a field ends that a line holds behind four blanks; nil for a line that goes on with a value.
  static func field(_ line: Span<UInt8>) -> Int? {
    guard line.count > 5, line[0] == 0x20, line[1] == 0x20, line[2] == 0x20, line[3] == 0x20 else { return nil }
    var i = 4
    while i < line.count, line[i] &- 0x41 < 26 || line[i] == 0x5F || line[i] &- 0x30 <= 9 { i += 1 }
    return i > 4 && i < line.count && line[i] == 0x3D ? i : nil
  }

  /// Whether a member begins with an entry, perhaps behind journalctl's own first line.
  static func recognizes(_ head: Span<UInt8>, from start: Int) -> Bool {
    var i = start
    if JSONScanner.matches(head, i, "-- ") { i = min(ByteScan.lineEnd(head, i) + 1, head.count) }
    let end = ByteScan.lineEnd(head, i)
    guard end < head.count, self.head(head.extracting(i..<end), LogTimeParser(clock: LogClock())) != nil else {
      return false
    }
    return field(head.extracting(end + 1..<ByteScan.lineEnd(head, end + 1))) != nil
  }
}
