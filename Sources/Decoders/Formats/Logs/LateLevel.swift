// Levels of lines whose layout the sample did not hold.

internal import Model
internal import Support

/// A program that speaks up hours later writes into the same file: PostgreSQL behind Patroni's lines
/// (`TIME [123] FATAL:  …`). The header that was learned ends behind the time then; a level in capitals with a colon, or in
/// brackets, behind nothing but numbers in brackets can be nothing else.
enum LateLevel {
  /// Completes a header that has a time and no level.
  static func complete(_ header: inout LogHeader, of line: Span<UInt8>, _ scanner: HeaderScanner) {
    if line[header.messageStart] &- 0x61 < 26 {
      if completeBehindPairs(&header, of: line) { return }
      header.severity = topics(line, header.messageStart)
      return
    }
    var i = header.messageStart
    // `[123]`, `[123-1]`, `[12:34]`.
    for _ in 0..<2 {
      guard i &+ 2 < line.count, line[i] == 0x5B, line[i &+ 1] &- 0x30 <= 9 else { break }
      var end = i &+ 1
      while end < line.count, line[end] &- 0x30 <= 9 || line[end] == 0x2D || line[end] == 0x3A { end &+= 1 }
      guard end &+ 1 < line.count, line[end] == 0x5D else { return }
      i = end &+ 1
      while i < line.count, line[i] == 0x20 || line[i] == 0x3A { i &+= 1 }
    }
    let isBracketed = i < line.count && line[i] == 0x5B
    let word = isBracketed ? i &+ 1 : i
    var end = word
    while end < line.count, end &- word < 12, line[end] &- 0x41 < 26 { end &+= 1 }
    guard end &- word >= 3, end &+ 1 < line.count, line[end] == (isBracketed ? 0x5D : 0x3A), line[end &+ 1] == 0x20
    else {
      return
    }
    let level = Model.severity(of: line.extracting(word..<end))
    if !level.isUnknown {
      header.severity = level
    } else if !isBracketed, i > header.messageStart, scanner.isPostgres(line, word, end) {
      header.severity = .info
    }
    guard !header.severity.isUnknown, i > header.messageStart else { return }
    i = end &+ 1
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    header.messageStart = i
  }

  /// Takes a level in brackets behind pairs, `request_id=F1 [error] none left`: a line has as many as its process knows (Elixir's Logger,
  /// `$time $metadata[$level] $message`).
  static func completeBehindPairs(_ header: inout LogHeader, of line: Span<UInt8>) -> Bool {
    var i = header.messageStart
    var pairs = 0
    while pairs < 12, i < line.count, line[i] &- 0x61 < 26 {
      while i < line.count, line[i] &- 0x61 < 26 || line[i] &- 0x30 <= 9 || line[i] == 0x5F || line[i] == 0x2E {
        i &+= 1
      }
      guard i &+ 1 < line.count, line[i] == 0x3D, line[i &+ 1] > 0x20 else { return false }
      while i < line.count, line[i] > 0x20 { i &+= 1 }
      pairs &+= 1
      i &+= 1
    }
    guard pairs > 0, i < line.count, line[i] == 0x5B else { return false }
    let close = ByteScan.find(0x5D, in: line.extracting(first: i &+ 14), from: i)
    guard JSONScanner.matches(line, close, "] ") else { return false }
    let level = Model.severity(of: line.extracting(i &+ 1..<close))
    guard !level.isUnknown else { return false }
    (header.severity, header.messageStart) = (level, close &+ 2)
    return true
  }

  /// The level among the topics that a message of RouterOS begins with, `system,error,critical login failure …` (MikroTik, "Log"): the
  /// first one, for `critical` stands behind `error` only.
  private static func topics(_ line: Span<UInt8>, _ start: Int) -> Severity {
    var severity = Severity.unknown
    var i = start
    var parts = 0
    while i < line.count, i &- start < 64 {
      let part = i
      while i < line.count, line[i] &- 0x61 < 26 || line[i] &- 0x30 <= 9 || line[i] == 0x2D { i &+= 1 }
      guard i > part, i < line.count, line[i] == 0x2C || line[i] == 0x20 else { return .unknown }
      parts &+= 1
      if severity.isUnknown, i &- part >= 4 { severity = Model.severity(of: line.extracting(part..<i)) }
      // The facility comes first: `debug,info levels are off` is a sentence.
      if parts == 1, !severity.isUnknown { return .unknown }
      if line[i] == 0x20 { return parts > 1 ? severity : .unknown }
      i &+= 1
    }
    return .unknown
  }
}
