// Lines of a log between JSON values.

internal import Model
internal import Support

extension JSONRecords {
  /// Whether a line begins with a date and a time, perhaps in a bracket, and says something behind them. No JSON value begins so, and the
  /// rest of one that was torn has a quote behind its time.
  func beginsWithDate(_ line: Span<UInt8>, at first: Int) -> Bool { datePrefix(line, at: first) != nil }

  /// The record of a line that begins so: its time, and a level where one stands behind it. What else its header is one line cannot tell.
  func datedRecord(_ line: Span<UInt8>) -> TextRecord? {
    guard let (time, end) = datePrefix(line, at: 0) else { return nil }
    let content = LogText.content(line.extracting(end..<line.count))
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: content.severity,
      message: end &+ content.start..<end &+ content.end)
  }

  private func datePrefix(_ line: Span<UInt8>, at first: Int) -> (time: LogTime, end: Int)? {
    let isBracketed = line[first] == 0x5B
    let start = isBracketed ? first &+ 1 : first
    guard start &+ 20 < line.count, line[start] &- 0x30 <= 9, let time = intake.unwrapper.times.parse(line, start),
      time.form >= .full, time.end &+ 2 < line.count
    else { return nil }
    switch line[time.end] {
    case 0x5D where isBracketed, 0x3A: return line[time.end &+ 1] == 0x20 ? (time, time.end &+ 2) : nil
    case 0x20, 0x09: return (time, time.end &+ 1)
    default: return nil
    }
  }
}
