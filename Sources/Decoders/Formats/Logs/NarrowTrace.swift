// Traces of 64 bits in front of their spans, as Spring's loggers write them in brackets.

/// `[orders,7b0c1d2e3f405162,1122334455667788,true]` of Spring Cloud Sleuth ("Log Correlation"; its ids have 64 bits unless
/// `spring.sleuth.traceId128` says otherwise), and `[7b0c1d2e3f405162-1122334455667788]` of Spring Boot 3 (`CorrelationIdFormatter`), which
/// pads a short trace with blanks.
///
/// Sixteen digits beside sixteen are less of a sign than thirty-two: they may be two numbers, a span of microseconds. So they stand in a
/// bracket that holds nothing else but an application's name in front and a flag behind, and without the name some digit is a letter.
enum NarrowTrace {
  /// The trace in front of the mark at a place, behind which sixteen digits stand; nil where none is.
  static func find(_ line: Span<UInt8>, before mark: Int) -> UInt64? {
    let close = mark &+ 17
    guard close < line.count else { return nil }
    var end = mark
    if line[mark] == 0x2D {
      guard line[close] == 0x5D else { return nil }
      while end > 17, mark &- end < 16, line[end &- 1] == 0x20 { end &-= 1 }
    } else {
      guard line[close] == 0x5D || line[close] == 0x2C, endsBracket(line, close) else { return nil }
    }
    let start = end &- 16
    guard start > 0, let trace = HexDigits.sixteen(line, start) else { return nil }
    if line[start &- 1] == 0x5B {
      let hasLetter = (start..<end).contains { line[$0] > 0x39 } || (mark &+ 1..<close).contains { line[$0] > 0x39 }
      return hasLetter ? trace : nil
    }
    return line[mark] == 0x2C && line[start &- 1] == 0x2C && beginsBracket(line, start &- 1) ? trace : nil
  }

  /// Whether nothing, or the flag that tells of a span that it is exported, stands between a place and its bracket's end.
  private static func endsBracket(_ line: Span<UInt8>, _ start: Int) -> Bool {
    line[start] == 0x5D || JSONScanner.matches(line, start, ",true]") || JSONScanner.matches(line, start, ",false]")
      || JSONScanner.matches(line, start, ",]")
  }

  /// Whether an application's name, which may be empty, stands between a place and its bracket's beginning.
  private static func beginsBracket(_ line: Span<UInt8>, _ end: Int) -> Bool {
    var i = end
    while i > 0, end &- i <= 80, line[i &- 1] != 0x5B {
      i &-= 1
      if line[i] <= 0x20 || line[i] == 0x2C || line[i] == 0x5D || line[i] == 0x3D || line[i] == 0x3A { return false }
    }
    return i > 0 && line[i &- 1] == 0x5B
  }
}
