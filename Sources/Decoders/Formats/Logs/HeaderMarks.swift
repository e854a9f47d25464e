// What tells levels and names of a header from words: marks beside them, and levels inside of names.

internal import Model
internal import Support

/// Words of a header that are made of more than one thing, and levels that may be words of a sentence.
enum HeaderMarks {
  /// Whether a level has no mark that tells it from a word of a sentence: it is not in capitals, and neither a colon nor a bracket, a bar,
  /// a dash, a time or the blanks of a padded column stand behind it. `I` is a word in capitals.
  static func isProse(_ line: Span<UInt8>, _ start: Int, _ stop: Int, end: Int) -> Bool {
    var isPlain = stop &- start == 1 && line[start] == 0x49
    for i in start..<stop where line[i] &- 0x61 < 26 { isPlain = true }
    guard isPlain, stop == end || line[stop] != 0x3A else { return false }
    // Sentences begin with a capital; in small letters these are hardly ever anything else.
    for word in lowerLevels where word.utf8CodeUnitCount == stop &- start && JSONScanner.matches(line, start, word) {
      return false
    }
    guard end &+ 2 < line.count else { return true }
    if line[end] == 0x09 { return false }
    switch line[end &+ 1] {
    case 0x20, 0x09, 0x5B, 0x7C, 0x3A, 0x7B, 0x3C: return false
    case 0x2D: return line[end &+ 2] != 0x20
    case 0x30...0x39:
      var i = end &+ 1
      while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
      return i >= line.count || line[i] != 0x2D && line[i] != 0x3A && line[i] != 0x2F
    default: return true
    }
  }

  private static let lowerLevels: [StaticString] = ["error", "warn", "warning", "fatal", "debug", "trace"]

  /// Whether a word is a level in capitals only: `npm config is set`, `npm i is done`, `Config loaded from /etc/x`, `Failure to bind`.
  static func isCommand(_ text: Span<UInt8>) -> Bool {
    if text.count == 1 { return text[0] &- 0x61 < 26 }
    switch text.count {
    case 4: return JSONScanner.matches(text, 1, "erb")
    case 6: return JSONScanner.matches(text, 1, "onfig")
    case 7: return JSONScanner.matches(text, 0, "Failure")
    default: return false
    }
  }

  /// The element that a word is which has a level or a place inside, nil for any other word.
  static func element(_ line: Span<UInt8>, _ start: Int, _ stop: Int, end: Int) -> HeaderElement? {
    if let level = paired(line, start, stop, end: end) ?? shouted(line, start, stop) {
      return HeaderElement(kind: .level, content: start..<stop, end: end, severity: level)
    }
    if stop < end, line[end &- 1] == 0x3A {
      return threaded(line, start, stop).map { HeaderElement(kind: .tag, content: $0, end: end) }
    }
    if let end = pairsEnd(line, start, end) { return HeaderElement(kind: .bracket, content: start..<end, end: end) }
    return placeEnd(line, start, stop, end: end).map {
      HeaderElement(kind: .tag, content: start..<$0, end: $0 &+ 1)
    }
  }

  /// Where the last of several pairs ends that stand in front of a bracket, `traceId=…, spanId=…, sampled=true [com.acme.Pay]`: what a layout
  /// writes of its context (Quarkus' `%X`, "Using OpenTelemetry").
  private static func pairsEnd(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard line[end &- 1] == 0x2C else { return nil }
    var i = start
    for pair in 0..<12 {
      let name = i
      while i < line.count, (line[i] | 0x20) &- 0x61 < 26 || line[i] == 0x5F || line[i] == 0x2E { i &+= 1 }
      guard i > name, i < line.count, line[i] == 0x3D else { return nil }
      while i < line.count, line[i] > 0x20 { i &+= 1 }
      guard i &+ 1 < line.count, line[i] == 0x20 else { return nil }
      if line[i &- 1] != 0x2C { return pair > 0 && line[i &+ 1] == 0x5B ? i : nil }
      i &+= 1
    }
    return nil
  }

  /// `level=error` in front of a message that is no pairs.
  private static func paired(_ line: Span<UInt8>, _ start: Int, _ stop: Int, end: Int) -> Severity? {
    for key: StaticString in ["level=", "lvl=", "severity="] where JSONScanner.matches(line, start, key) {
      let value = start &+ key.utf8CodeUnitCount
      guard value < stop else { return nil }
      var i = end &+ 1
      while i < line.count, line[i] > 0x20 {
        if line[i] == 0x3D { return nil }
        i &+= 1
      }
      let level = Model.severity(of: line.extracting(value..<stop))
      return level.isUnknown ? nil : level
    }
    return nil
  }

  /// `ERR!` of npm's and its like's logger (npmlog), `E!` of Telegraf and of what else uses its logger.
  private static func shouted(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Severity? {
    guard stop &- start > 3 || stop &- start == 2, line[stop &- 1] == 0x21 else { return nil }
    for i in start..<stop &- 1 where line[i] &- 0x41 >= 26 { return nil }
    let level = Model.severity(of: line.extracting(start..<stop &- 1))
    return level.isUnknown ? nil : level
  }

  /// `main:com.acme.Pay`: a class of Java behind the thread's name (Cloudera Manager, `%t:%c:`).
  private static func threaded(_ line: Span<UInt8>, _ start: Int, _ stop: Int) -> Range<Int>? {
    guard let colon = (start..<stop).last(where: { line[$0] == 0x3A }), colon > start, line[colon &- 1] != 0x3A else {
      return nil
    }
    let name = colon &+ 1..<stop
    var dots = 0
    var part = name.lowerBound
    for i in name {
      switch line[i] {
      case 0x2E:
        dots &+= 1
        part = i &+ 1
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24: continue
      default: return nil
      }
    }
    return dots >= 2 && part < stop && line[part] &- 0x41 < 26 && line[name.lowerBound] &- 0x61 < 26 ? name : nil
  }

  /// Where a line's number ends that stands apart from its source file, `felix/table.go 101:`, or is missing, `felix/table.go  :` (Calico's
  /// loggers).
  private static func placeEnd(_ line: Span<UInt8>, _ start: Int, _ stop: Int, end: Int) -> Int? {
    guard stop == end, stop &- start > 3, end &+ 3 < line.count, line[end] == 0x20,
      JSONScanner.matches(line, stop &- 3, ".go") || JSONScanner.matches(line, stop &- 3, ".py")
        || JSONScanner.matches(line, stop &- 3, ".cc") || JSONScanner.matches(line, stop &- 4, ".cpp")
        || JSONScanner.matches(line, stop &- 5, ".java")
    else { return nil }
    var i = end &+ 1
    while i < line.count, line[i] == 0x20 || line[i] &- 0x30 <= 9 { i &+= 1 }
    return i &+ 1 < line.count && line[i] == 0x3A && line[i &+ 1] == 0x20 ? i : nil
  }
}
