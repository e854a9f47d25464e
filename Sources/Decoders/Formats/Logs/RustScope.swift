// The target behind the names of spans, as Rust's tracing-subscriber prints them.

internal import Model

/// `request{method=GET}:charge{order=17}: pay::charge: MESSAGE` and `request:charge: pay::charge: MESSAGE`: what the formats Full and
/// Compact write behind a level (tracing-subscriber, `fmt::format`): perhaps a thread, the spans around the event from the outermost
/// in, joined by colons, then the event's target.
enum RustScope {
  /// Fields of a span are not longer than this.
  private static let mostFields = 2048

  /// Where the target stands in a line whose level ends at a place, and whether it stands behind spans; nil where there is none.
  ///
  /// Spans without fields look like words with colons: behind them, and behind none, a target is a module's path in lower case.
  static func target(_ line: Span<UInt8>, after level: Int) -> (range: Range<Int>, isScoped: Bool)? {
    var i = level
    skipBlanks(line, &i)
    if JSONScanner.matches(line, i, "ThreadId(") {
      i = ByteScan.find(0x29, in: line, from: i) &+ 1
      skipBlanks(line, &i)
    }
    let first = path(line, i)
    guard !first.range.isEmpty else { return nil }
    if first.isPath, ends(line, first.range.upperBound) {
      return isModule(line, first.range) ? (first.range, false) : nil
    }
    var hasFields = false
    guard let end = spans(line, i, &hasFields) else { return nil }
    i = end &+ 1
    skipBlanks(line, &i)
    let target = path(line, i)
    guard !target.range.isEmpty, ends(line, target.range.upperBound),
      hasFields || target.isPath && isModule(line, target.range)
    else { return nil }
    return (target.range, true)
  }

  /// Names of crates and modules are in lower case; `std::` throws and logs nothing of its own.
  private static func isModule(_ line: Span<UInt8>, _ path: Range<Int>) -> Bool {
    if JSONScanner.matches(line, path.lowerBound, "std::") { return false }
    for i in path where line[i] &- 0x41 < 26 { return false }
    return true
  }

  private static func skipBlanks(_ line: Span<UInt8>, _ i: inout Int) {
    while i < line.count, line[i] == 0x20 { i &+= 1 }
  }

  /// A colon and a blank.
  private static func ends(_ line: Span<UInt8>, _ i: Int) -> Bool {
    i &+ 1 < line.count && line[i] == 0x3A && line[i &+ 1] == 0x20
  }

  /// Names joined by two colons each.
  private static func path(_ line: Span<UInt8>, _ start: Int) -> (range: Range<Int>, isPath: Bool) {
    var i = start
    var isPath = false
    while i < line.count {
      if (line[i] | 0x20) &- 0x61 < 26 || line[i] == 0x5F || line[i] &- 0x30 <= 9 {
        i &+= 1
      } else if i > start, i &+ 2 < line.count, line[i] == 0x3A, line[i &+ 1] == 0x3A, line[i &+ 2] != 0x20 {
        isPath = true
        i &+= 2
      } else {
        break
      }
    }
    return (start..<i, isPath)
  }

  /// One past the last span and its colon; nil for what is no list of spans.
  private static func spans(_ line: Span<UInt8>, _ start: Int, _ hasFields: inout Bool) -> Int? {
    var i = start
    while i < line.count {
      let name = i
      while i < line.count,
        (line[i] | 0x20) &- 0x61 < 26 || line[i] == 0x5F || line[i] &- 0x30 <= 9 || line[i] == 0x2D
          || line[i] == 0x2E
      {
        i &+= 1
      }
      guard i > name, i < line.count else { return nil }
      if line[i] == 0x7B {
        guard let end = fieldsEnd(line, i) else { return nil }
        hasFields = true
        i = end
      }
      guard i &+ 1 < line.count, line[i] == 0x3A else { return nil }
      i &+= 1
      if line[i] == 0x20 { return i }
    }
    return nil
  }

  /// One past the brace that closes a span's fields; braces in quotes are the values' own.
  private static func fieldsEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var depth = 0
    var isQuoted = false
    var i = start
    while i < line.count, i &- start < mostFields {
      switch line[i] {
      case 0x5C where isQuoted: i &+= 1
      case 0x22: isQuoted.toggle()
      case 0x7B where !isQuoted: depth &+= 1
      case 0x7D where !isQuoted:
        depth &-= 1
        if depth == 0 { return i &+ 1 }
      default: break
      }
      i &+= 1
    }
    return nil
  }
}
