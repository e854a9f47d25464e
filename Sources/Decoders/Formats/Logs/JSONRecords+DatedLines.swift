// Lines of a log between JSON values.

internal import Model
internal import Support

extension JSONRecords {
  /// Whether a line begins with a date and a time, perhaps in a bracket, and says something behind them. No JSON value begins so, and the
  /// rest of one that was torn has a quote behind its time.
  func beginsWithDate(_ line: Span<UInt8>, at first: Int) -> Bool { datePrefix(line, at: first) != nil }

  /// The record of a line that begins so: its time, and a level where one stands behind it, or behind a thread and a name in capitals. What
  /// else its header one line cannot tell.
  func datedRecord(_ line: Span<UInt8>) -> TextRecord? {
    guard let (time, end) = datePrefix(line, at: 0) else { return nil }
    let rest = line.extracting(end..<line.count)
    let content = LogText.content(rest)
    let severity = content.severity.isUnknown ? levelAmongNames(rest) : content.severity
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, message: end &+ content.start..<end &+ content.end)
  }

  /// `[main] ERROR com.acme.Shop - …`, `- app - ERROR - …`, `| ERROR | …`, `production.ERROR: …`: a level in capitals among the first words.
  private func levelAmongNames(_ text: Span<UInt8>) -> Severity {
    var i = 0
    for _ in 0..<Self.headerWords {
      while i < text.count, text[i] == 0x20 || text[i] == 0x09 { i &+= 1 }
      let start = i
      while i < text.count, text[i] != 0x20, text[i] != 0x09 { i &+= 1 }
      var end = i
      while end > start, text[end &- 1] &- 0x41 > 25 { end &-= 1 }
      var first = end
      while first > start, text[first &- 1] &- 0x41 <= 25 { first &-= 1 }
      let isWhole = first == start || text[first &- 1] == 0x2E || text[first &- 1] == 0x5B || text[first &- 1] == 0x28
      guard isWhole, (4...8).contains(end &- first) else { continue }
      let severity = FieldText.severity(text.extracting(first..<end))
      if !severity.isUnknown { return severity }
    }
    return .unknown
  }

  private static let headerWords = 5

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
