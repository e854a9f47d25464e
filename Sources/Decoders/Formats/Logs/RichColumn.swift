// Lines of Python's rich, which leave out the time of the line before them.

internal import Model
internal import Support

/// The column in which Python's rich writes the level, and the time before it, which it leaves out where it is that of the line before
/// (rich.logging.RichHandler, `omit_repeated_times`): `[11/25/26 02:00:01] INFO     MESSAGE`, then `                    ERROR    MESSAGE`.
struct RichColumn {
  var column = 0
  var time = Int64.min
  var hasZone = false
  var yearAssumed = false

  /// Notes a line with a time in brackets.
  mutating func note(_ line: Span<UInt8>, _ header: LogHeader) {
    column = 0
    let close = ByteScan.find(0x5D, in: line.extracting(first: 64), from: 0)
    guard header.time != .min, close &+ 12 < line.count, Self.level(line, at: close &+ 2) != nil else { return }
    (column, time, hasZone, yearAssumed) = (close &+ 2, header.time, header.hasZone, header.yearAssumed)
  }

  /// The record of a line without a time of its own, nil for any other line.
  func record(_ line: Span<UInt8>) -> TextRecord? {
    guard column > 0, column &+ 10 < line.count else { return nil }
    for i in 0..<column where line[i] != 0x20 { return nil }
    guard let severity = Self.level(line, at: column) else { return nil }
    return TextRecord(
      time: time, hasZone: hasZone, yearAssumed: yearAssumed, severity: severity, message: column &+ 9..<line.count)
  }

  /// A level in capitals at a place, padded to eight, with a blank behind it and a message behind that.
  private static func level(_ line: Span<UInt8>, at start: Int) -> Severity? {
    guard start &+ 9 < line.count, line[start &- 1] == 0x20, line[start &+ 8] == 0x20, line[start &+ 9] > 0x20 else {
      return nil
    }
    var end = start
    while line[end] &- 0x41 < 26 { end &+= 1 }
    guard end &- start > 3, end &- start < 9 else { return nil }
    for i in end..<start &+ 9 where line[i] != 0x20 { return nil }
    let severity = Model.severity(of: line.extracting(start..<end))
    return severity.isUnknown ? nil : severity
  }
}
