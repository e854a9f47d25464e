// Who wrote a syslog line: the tag, what Heroku and Apple write in its place, and lines that have none.

internal import Model
internal import Support

extension SyslogLine {
  /// `web` of `app[web.1]` and `heroku[web.1]`, as `heroku logs` prints them (Dev Center, "Logging"); nil behind any other tag.
  static func processType(_ line: Span<UInt8>, _ tag: Range<Int>) -> Range<Int>? {
    guard
      tag.count == 3 && JSONScanner.matches(line, tag.lowerBound, "app[")
        || tag.count == 6 && JSONScanner.matches(line, tag.lowerBound, "heroku[")
    else { return nil }
    let start = tag.upperBound + 1
    var i = start
    while i < line.count, (line[i] | 0x20) &- 0x61 < 26 || line[i] &- 0x30 <= 9 || line[i] == 0x5F || line[i] == 0x2D {
      i += 1
    }
    guard i > start, (line[start] | 0x20) &- 0x61 < 26, i + 1 < line.count, line[i] == 0x2E, line[i + 1] &- 0x30 <= 9
    else { return nil }
    return start..<i
  }

  /// `payd[123] <Error>: `, perhaps with the sender in parentheses in front of the level: Apple's system log in its standard form
  /// (asl.conf(5), `std`).
  static func processLevel(_ line: Span<UInt8>, _ start: Int) -> (
    name: Range<Int>, end: Int, severity: Severity
  )? {
    var i = start
    while i < line.count, i - start < 96, line[i] > 0x20, line[i] != 0x5B { i += 1 }
    let name = start..<i
    guard i > start, i < line.count, line[i] == 0x5B else { return nil }
    i += 1
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    guard i + 4 < line.count, line[i] == 0x5D, line[i + 1] == 0x20 else { return nil }
    i += 2
    if line[i] == 0x28 { i = ByteScan.find(0x29, in: line, from: i) + 2 }
    guard i < line.count, line[i] == 0x3C else { return nil }
    let close = ByteScan.find(0x3E, in: line, from: i)
    guard close + 2 < line.count, line[close + 1] == 0x3A, line[close + 2] == 0x20 else { return nil }
    let severity = Model.severity(of: line.extracting(i + 1..<close))
    return severity.isUnknown ? nil : (name, close + 3, severity)
  }

  /// Whether what stands in the host's place is an application's: `TIME error payment: …`, `TIME START RequestId: ID` of AWS Lambda,
  /// `TIME 00E ERROR: MESSAGE` of GitLab's job logs.
  static func isOwnLine(_ line: Span<UInt8>, _ host: Range<Int>, behind start: Int) -> Bool {
    if !Model.severity(of: line.extracting(host)).isUnknown { return true }
    guard line[host.upperBound - 1] != 0x3A, let tag = tag(line, start) else { return false }
    return tag.name.count == 9 && JSONScanner.matches(line, tag.name.lowerBound, "RequestId")
      || host.count == 3 && line[host.lowerBound] &- 0x30 <= 9
        && !Model.severity(of: line.extracting(tag.name)).isUnknown
  }

  /// `sshd[240]:`, `postfix/smtp[12]:`, `kernel:`.
  static func tag(_ line: Span<UInt8>, _ start: Int) -> (name: Range<Int>, end: Int, hasProcess: Bool)? {
    var i = start
    while i < line.count, i - start < 64, line[i] != 0x5B, line[i] != 0x3A, line[i] > 0x20 {
      let byte = line[i]
      guard
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2D || byte == 0x5F || byte == 0x2E || byte == 0x2F
          || byte == 0x28 || byte == 0x29 || byte == 0x40 || byte == 0x25
      else { return nil }
      i += 1
    }
    let end = i
    // A container's id, a program as `3proxy`: only with its process behind it.
    let isNumber = end > start && line[start] &- 0x30 <= 9
    guard end > start, i < line.count,
      isNumber ? line[i] == 0x5B : (line[start] | 0x20) &- 0x61 < 26 || line[start] == 0x28 || line[start] == 0x2F
    else { return nil }
    var hasProcess = false
    if line[i] == 0x5B {
      let open = i
      while i < line.count, line[i] != 0x5D, line[i] != 0x20 { i += 1 }
      guard i < line.count, line[i] == 0x5D, !isNumber || i > open + 1 && line[open + 1] &- 0x30 <= 9 else {
        return nil
      }
      hasProcess = true
      i += 1
    }
    guard i < line.count, line[i] == 0x3A else { return nil }
    i += 1
    guard i == line.count || line[i] == 0x20 else { return nil }
    return (program(line, start..<end), min(i + 1, line.count), hasProcess)
  }

  /// What a tag with slashes is called: the last part of a path, and in front of a container's id what Docker's tag names beside it
  /// (`docker/{{.Name}}/{{.ID}}`); `postfix/smtp` is a name as it is.
  static func program(_ line: Span<UInt8>, _ tag: Range<Int>) -> Range<Int> {
    guard var slash = tag.last(where: { line[$0] == 0x2F }), slash + 1 < tag.upperBound else { return tag }
    if line[tag.lowerBound] == 0x2F { return slash + 1..<tag.upperBound }
    let id = slash + 1..<tag.upperBound
    guard id.count == 12 || id.count == 64, id.allSatisfy({ line[$0] &- 0x30 <= 9 || line[$0] &- 0x61 < 6 }) else {
      return tag
    }
    let end = slash
    while slash > tag.lowerBound, line[slash - 1] != 0x2F { slash -= 1 }
    return end > slash ? slash..<end : tag
  }

  /// The number in a word of digits; 0 for any other word.
  static func number(_ line: Span<UInt8>, _ word: Range<Int>) -> UInt32 {
    var value: UInt32 = 0
    for i in word {
      guard line[i] &- 0x30 <= 9 else { return 0 }
      value = value &* 10 &+ UInt32(line[i] &- 0x30)
    }
    return value
  }

  /// The process of the tag that ends in front of a message, `shopd[12]: `; 0 for a tag without one.
  static func processBefore(_ line: Span<UInt8>, _ start: Int) -> UInt32 {
    guard start > 5, start <= line.count, line[start - 1] == 0x20, line[start - 2] == 0x3A, line[start - 3] == 0x5D
    else {
      return 0
    }
    var i = start - 3
    while i > 0, line[i - 1] &- 0x30 <= 9 { i -= 1 }
    return i > 0 && line[i - 1] == 0x5B ? number(line, i..<start - 3) : 0
  }
}
