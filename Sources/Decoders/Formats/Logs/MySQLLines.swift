// Lines of MySQL's and MariaDB's error log, of any version.

internal import Model
internal import Support

extension KnownLines {
  /// `2026-11-25 02:00:05 4711 [ERROR] MESSAGE`, since 8.0 `2026-11-25T02:00:05.123456Z 0 [Warning] [MY-010068] [Server] MESSAGE`, before
  /// 5.6 `261125  2:00:00 [Note] MESSAGE` (MySQL, "Error Log Output Format"; MariaDB, "Error Log").
  ///
  /// One file has them all: servers of more than one version, and `mysqld_safe`, append to it, so that no layout is that of all its lines.
  static func mysql(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 24, line[0] &- 0x30 <= 9, line[6] == 0x20 || line[4] == 0x2D else { return nil }
    let open = ByteScan.find(0x5B, in: line.extracting(first: 64), from: 14)
    guard open + 7 < line.count, line[open - 1] == 0x20, let level = mysqlLevel(line, open + 1),
      let time = times.parse(line, 0), time.isPlaced, time.end < open
    else { return nil }
    if time.end + 1 < open {
      // The thread, or the process.
      for i in time.end + 1..<open - 1 where line[i] &- 0x30 > 9 { return nil }
      guard line[time.end] == 0x20, line[6] != 0x20, open > time.end + 2 else { return nil }
    }
    var start = level.end + 2
    if JSONScanner.matches(line, start, "[MY-") {
      // The error's number, and the part of the server.
      for _ in 0..<2 where start < line.count && line[start] == 0x5B {
        let close = ByteScan.find(0x5D, in: line.extracting(first: start + 24), from: start)
        guard close + 2 < line.count, line[close] == 0x5D, line[close + 1] == 0x20 else { break }
        start = close + 2
      }
    }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: level.severity, message: min(start, line.count)..<line.count)
  }

  /// The level in the bracket that a place stands behind, as the servers write it, and where it ends.
  private static func mysqlLevel(_ line: Span<UInt8>, _ start: Int) -> (severity: Severity, end: Int)? {
    if JSONScanner.matches(line, start, "Note] ") { return (.info, start + 4) }
    if JSONScanner.matches(line, start, "System] ") { return (.info, start + 6) }
    if JSONScanner.matches(line, start, "Warning] ") { return (.warning, start + 7) }
    if JSONScanner.matches(line, start, "ERROR] ") { return (.error, start + 5) }
    return nil
  }
}
