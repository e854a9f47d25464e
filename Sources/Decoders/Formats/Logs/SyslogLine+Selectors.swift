// Facilities and levels that syslog daemons write in words.

internal import Model
internal import Support

extension SyslogLine {
  /// `[ID 702911 daemon.error] MESSAGE`: the message's number, facility and level of Solaris (syslogd(8)).
  static func message(_ line: Span<UInt8>, _ layer: inout LineLayer) {
    guard JSONScanner.matches(line, layer.start, "[ID ") else { return }
    var i = layer.start + 4
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    let dot = ByteScan.find(0x2E, in: line.extracting(first: min(line.count, i + 16)), from: i)
    let end = ByteScan.find(0x5D, in: line.extracting(first: min(line.count, i + 24)), from: i)
    guard i > layer.start + 4, i < line.count, line[i] == 0x20, dot < end, end + 2 < line.count, line[end + 1] == 0x20
    else { return }
    let level = Model.severity(ofField: line.extracting(dot + 1..<end))
    if !level.isUnknown { layer.severity = level }
    layer.start = end + 2
  }

  /// Takes what BusyBox and OpenWrt write of the priority in words, behind the host or where it would stand.
  static func selector(_ line: Span<UInt8>, _ host: Range<Int>, _ i: inout Int, _ layer: inout LineLayer) {
    var next = i
    if let level = selectorLevel(line, host) {
      layer.severity = level
    } else if case let level = VMwareLevel.severity(line.extracting(host)), !level.isUnknown {
      // ESXi's files name no host.
      layer.severity = level
    } else if let selector = word(line, &next), let level = selectorLevel(line, selector) {
      layer.severity = level
      i = next
    }
  }

  /// Takes a header whose facility and level no program stands behind, `user.notice : MESSAGE`: what OpenWrt's logread and BusyBox print of
  /// messages without a tag.
  static func takesNameless(
    _ line: Span<UInt8>, _ host: Range<Int>, from start: Int, into layer: inout LineLayer
  ) -> Bool {
    let isHostless = selectorLevel(line, host) != nil
    let hasColon = JSONScanner.matches(line, start, ": ")
    guard isHostless || hasColon && !layer.severity.isUnknown else { return false }
    if !isHostless { (layer.name, layer.rank) = (host, .host) }
    layer.start = hasColon ? start + 2 : start
    return true
  }

  /// The level of `daemon.err`: a facility and a level (BusyBox' sysklogd/syslogd.c; OpenWrt's log/logread.c).
  static func selectorLevel(_ line: Span<UInt8>, _ word: Range<Int>) -> Severity? {
    guard word.count >= 7, word.count <= 40 else { return nil }
    if let level = wordsLevel(line, word) { return level }
    guard word.count <= 16 else { return nil }
    let dot = word.lowerBound + ByteScan.find(0x2E, in: line.extracting(word), from: 0)
    guard dot < word.upperBound - 2, dot > word.lowerBound + 2 else { return nil }
    guard isFacility(line, word.lowerBound..<dot) else { return nil }
    let severity = Model.severity(ofField: line.extracting(dot + 1..<word.upperBound))
    return severity.isUnknown ? nil : severity
  }

  /// The level of `daemon:err|error` and `auth|security:info`: a facility and a level of AIX, each with all of its names (syslogd of AIX).
  private static func wordsLevel(_ line: Span<UInt8>, _ word: Range<Int>) -> Severity? {
    let colon = word.lowerBound + ByteScan.find(0x3A, in: line.extracting(word), from: 0)
    guard colon > word.lowerBound + 2, colon + 3 < word.upperBound else { return nil }
    let facility = word.lowerBound..<(word.lowerBound..<colon).firstBar(in: line)
    guard isFacility(line, facility) else { return nil }
    let level = colon + 1..<(colon + 1..<word.upperBound).firstBar(in: line)
    let severity = Model.severity(ofField: line.extracting(level))
    return severity.isUnknown ? nil : severity
  }

  private static func isFacility(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    let start = word.lowerBound
    if word.count == 6, JSONScanner.matches(line, start, "local") { return line[start + 5] &- 0x30 < 8 }
    return facilities.contains { $0.utf8CodeUnitCount == word.count && JSONScanner.matches(line, start, $0) }
  }

  static let facilities: [StaticString] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "security",
  ]
}

extension Range<Int> {
  /// Where the first bar lies in a part of a line, else the part's end.
  fileprivate func firstBar(in line: Span<UInt8>) -> Int { first { line[$0] == 0x7C } ?? upperBound }
}
