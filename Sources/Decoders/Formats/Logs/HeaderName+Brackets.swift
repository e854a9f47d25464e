// Loggers that stand in brackets, where the layouts of their producers have them.

internal import Model
internal import Support

/// Brackets hold threads, processes, requests and loggers. Only the layouts of some producers tell which of them: by what stands right in
/// front of the bracket and right behind it.
extension HeaderName {
  /// The logger's name that a bracket holds.
  ///
  /// - Parameters:
  ///   - line: the whole line.
  ///   - element: the bracket.
  ///   - levelEnd: where the level in front of it ends; 0 where none stands there.
  ///   - isDotted: whether most names in its column have a full stop.
  /// - Returns: where the name lies; nil for all brackets that have none behind a level or in front of one.
  static func bracketed(
    _ line: Span<UInt8>, _ element: HeaderElement, behind levelEnd: Int, isDotted: Bool
  ) -> Range<Int>? {
    let content = element.content
    let end = element.end
    guard !content.isEmpty, end &+ 1 < line.count, (line[content.lowerBound] | 0x20) &- 0x61 < 26 else { return nil }
    if isModulePath(line, content) { return content }
    if levelEnd == 0 {
      let hasPlace = isInFrontOfLevel(line, element) || isDotted && isBehindTime(line, element)
      let isName = hasPlace && isLoggerName(line, content) && !isThread(line, content)
      return isName && !isNumbered(line.extracting(content)) ? content : nil
    }
    if isDotted, isBehindThread(line, content.lowerBound &- 1, levelEnd), isLoggerName(line, content) { return content }
    var gap = content.lowerBound &- 1
    while gap > levelEnd, line[gap &- 1] == 0x20 { gap &-= 1 }
    guard gap == levelEnd else { return nil }
    switch line[content.lowerBound &- 1] {
    case 0x5B:
      // `INFO  [org.jboss.as] (main) …` of JBoss, WildFly, Keycloak and Quarkus (`%-5p [%c] (%t) %s%e%n`), and
      // `[INFO ][o.e.n.Node               ] [node-1] …` of Elasticsearch, OpenSearch and Logstash (`[%p][%c] …`, log4j2.properties).
      let isAdjacent = levelEnd == content.lowerBound &- 1 && line[levelEnd &- 1] == 0x5D
      guard isAdjacent || isInFrontOfThread(line, end), isLoggerName(line, content) else { return nil }
      return content.contains { line[$0] == 0x2E } ? content : nil
    case 0x28: return line[end &- 1] == 0x3A ? process(line, content) : nil
    default: return nil
    }
  }

  /// `shop::stock`: the path of a module of Rust, wherever its bracket stands (fern's and flexi_logger's formats).
  private static func isModulePath(_ line: Span<UInt8>, _ content: Range<Int>) -> Bool {
    guard line[content.lowerBound] &- 0x61 < 26 else { return false }
    var colons = 0
    var paths = 0
    // Addresses have digits and letters up to f between their colons.
    if content.allSatisfy({ hexDigit(line[$0]) <= 15 || line[$0] == 0x3A }) { return false }
    for i in content {
      let byte = line[i]
      if byte == 0x3A {
        colons &+= 1
        paths &+= colons == 2 ? 1 : 0
      } else {
        guard (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x5F, colons == 0 || colons == 2 else {
          return false
        }
        colons = 0
      }
    }
    return paths > 0 && colons == 0
  }

  /// Whether a thread in parentheses stands behind a bracket, and no place in the source: `[%t] (%F:%L)` has that.
  private static func isInFrontOfThread(_ line: Span<UInt8>, _ end: Int) -> Bool {
    guard line[end] == 0x20, line[end &+ 1] == 0x28 else { return false }
    var i = end &+ 2
    while i < line.count, i &- end < 128, line[i] != 0x29 {
      if line[i] == 0x3A { return false }
      i &+= 1
    }
    return i < line.count && line[i] == 0x29
  }

  /// Whether a level in small letters and brackets stands behind a bracket: `[TIME] [mill] [info] …` (spdlog's `[%Y-%m-%d %H:%M:%S.%e] [%n]
  /// [%l] %v`). Other layouts with three brackets have threads there, and their levels are in capitals.
  private static func isInFrontOfLevel(_ line: Span<UInt8>, _ element: HeaderElement) -> Bool {
    let open = element.content.lowerBound &- 1
    guard open > 2, line[open] == 0x5B, line[open &- 1] == 0x20, line[open &- 2] == 0x5D,
      JSONScanner.matches(line, element.end, " [")
    else { return false }
    let word = element.end &+ 2
    var i = word
    while i < line.count, i &- word < 9, line[i] &- 0x61 < 26 { i &+= 1 }
    guard i < line.count, i > word, line[i] == 0x5D else { return false }
    return !Model.severity(of: line.extracting(word..<i)).isUnknown
  }

  /// Whether a bracket stands between a time without one and a level in capitals with a colon: Scrapy's
  /// `%(asctime)s [%(name)s] %(levelname)s: %(message)s` (`LOG_FORMAT`).
  private static func isBehindTime(_ line: Span<UInt8>, _ element: HeaderElement) -> Bool {
    let open = element.content.lowerBound &- 1
    guard open > 2, line[0] &- 0x30 <= 9, line[open] == 0x5B, line[open &- 1] == 0x20, line[open &- 2] &- 0x30 <= 9,
      line[element.end &- 1] == 0x5D, line[element.end] == 0x20
    else { return false }
    let word = element.end &+ 1
    var i = word
    while i < line.count, i &- word < 9, line[i] &- 0x41 < 26 { i &+= 1 }
    guard i < line.count, i &- word > 2, line[i] == 0x3A else { return false }
    return !Model.severity(of: line.extracting(word..<i)).isUnknown
  }

  /// Whether nothing but a thread in parentheses stands between a level and a bracket: Home Assistant's
  /// `%(levelname)s (%(threadName)s) [%(name)s] %(message)s` (bootstrap.py).
  private static func isBehindThread(_ line: Span<UInt8>, _ open: Int, _ levelEnd: Int) -> Bool {
    guard line[open] == 0x5B, open &- levelEnd > 3, line[open &- 1] == 0x20, line[open &- 2] == 0x29 else {
      return false
    }
    var i = levelEnd
    while line[i] == 0x20 { i &+= 1 }
    guard i < open, line[i] == 0x28 else { return false }
    // A thread of Python's may have parentheses itself, `Thread-5 (run)`; a colon has a place in the source.
    var depth = 0
    while i < open &- 2 {
      if line[i] == 0x28 { depth &+= 1 } else if line[i] == 0x29 { depth &-= 1 }
      if depth == 0 || line[i] == 0x3A { return false }
      i &+= 1
    }
    return depth == 1
  }

  /// `mill` of `(mill/7)` and `(mill/7 on node9)`: a name in front of the process (pino-pretty, `prettifyMetadata`).
  private static func process(_ line: Span<UInt8>, _ content: Range<Int>) -> Range<Int>? {
    var end = content.upperBound
    if let blank = content.first(where: { line[$0] == 0x20 }) {
      guard JSONScanner.matches(line, blank, " on ") else { return nil }
      end = blank
    }
    var slash = end
    while slash > content.lowerBound, line[slash &- 1] &- 0x30 <= 9 { slash &-= 1 }
    guard slash < end, slash > content.lowerBound &+ 1, line[slash &- 1] == 0x2F else { return nil }
    return content.lowerBound..<slash &- 1
  }

  /// `mill::grind` of `[TIME INFO  mill::grind]`: the target behind the level in the bracket of the time (env_logger's default format);
  /// nil where nothing or anything else stands there.
  static func target(_ line: Span<UInt8>, _ time: HeaderElement) -> Range<Int>? {
    guard !time.severity.isUnknown, time.content.lowerBound > 0, line[time.content.lowerBound &- 1] == 0x5B else {
      return nil
    }
    var start = time.content.upperBound
    while start > time.content.lowerBound, line[start &- 1] != 0x20 { start &-= 1 }
    let target = start..<time.content.upperBound
    guard target.count > 1, line[start] &- 0x61 < 26 || line[start] == 0x5F,
      target.allSatisfy({
        (line[$0] | 0x20) &- 0x61 < 26 || line[$0] &- 0x30 <= 9 || line[$0] == 0x5F || line[$0] == 0x3A
      })
    else { return nil }
    // `[W 261125 02:00:00 web:46]` is Tornado's place in the source.
    var colons = 0
    for i in target {
      if line[i] == 0x3A { colons &+= 1 } else if colons == 1 { return nil } else { colons = 0 }
    }
    // A level alone is nobody's name, nor is a thread.
    let isName = colons == 0 && Model.severity(of: line.extracting(target)).isUnknown && !isThread(line, target)
    return isName ? target : nil
  }

  /// Letters, digits and the marks of names of classes, packages and channels.
  private static func isLoggerName(_ line: Span<UInt8>, _ name: Range<Int>) -> Bool {
    // An id of a request.
    if name.contains(where: { line[$0] &- 0x30 <= 9 }), name.allSatisfy({ hexDigit(line[$0]) <= 15 }) { return false }
    return name.allSatisfy {
      let byte = line[$0]
      return (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2E || byte == 0x5F || byte == 0x24
        || byte == 0x2D || byte == 0x2F
    }
  }
}
