// Messages of syslog as devices on the network send them: without a host of RFC 3164, with counters and origins of their own.

internal import Model
internal import Support

extension SyslogLine {
  /// `45: rtr1: *Nov 25 02:00:00.123: %SYS-5-CONFIG_I: MESSAGE` of Cisco's IOS, and
  /// `46: RP/0/RSP0/CPU0:Nov 25 02:00:00.123 UTC: ifmgr[233]: %PKT_INFRA-LINK-3-UPDOWN : MESSAGE` of IOS XR, perhaps behind a priority.
  ///
  /// The count of messages, the origin and the zone may be absent; an asterisk or a dot in front of the time tells that the clock was
  /// not, or is no longer, set by another one (Cisco, "System Message Logging": `service sequence-numbers`, `service timestamps log datetime`,
  /// `logging origin-id`). Only the code behind the time makes it such a line.
  static func deviceLayer(
    _ line: Span<UInt8>, _ times: LogTimeParser, from start: Int, _ severity: Severity?
  ) -> LineLayer? {
    // Nearly all lines have no such sign, and are read by others.
    let head = line.extracting(first: 160)
    guard ByteScan.find(0x25, in: head, from: 0) < head.count else { return nil }
    var layer = LineLayer(severity: severity ?? .unknown)
    var i = start
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    i = i > start && JSONScanner.matches(line, i, ": ") ? i + 2 : start
    if let origin = origin(line, i, times) {
      // Its operator named it so.
      (layer.name, layer.rank) = (origin, .logger)
      i = origin.upperBound + 1
      if i < line.count, line[i] == 0x20 { i += 1 }
    }
    if i < line.count, line[i] == 0x2A || line[i] == 0x2E { i += 1 }
    guard let time = times.parse(line, i), time.isPlaced, JSONScanner.matches(line, time.end, ": ") else { return nil }
    i = time.end + 2
    if let tag = tag(line, i) {
      (layer.name, layer.rank, i) = (tag.name, .container, tag.end)
    }
    guard let code = MessageCode.network(line.extracting(i..<line.count)), code.start == 0 else { return nil }
    if severity == nil { layer.severity = code.severity }
    layer.time = time.time
    layer.hasZone = time.hasZone
    if time.hasZone { layer.zoneSeconds = time.zoneSeconds }
    layer.yearAssumed = time.form == .withoutYear
    layer.start = i
    return layer
  }

  /// The name or address of the device, or its node, in front of its own time; nil where the time, or its mark, stands there already.
  private static func origin(_ line: Span<UInt8>, _ start: Int, _ times: LogTimeParser) -> Range<Int>? {
    guard start < line.count, line[start] != 0x2A, line[start] != 0x2E, times.parse(line, start) == nil else {
      return nil
    }
    // Addresses have colons, too: the last one in front of the time ends the origin.
    var i = start
    while i < line.count, i - start < 96, line[i] > 0x20 {
      if line[i] == 0x3A, i > start, i + 1 < line.count {
        let next = line[i + 1]
        if next == 0x20 || next == 0x2A || next == 0x2E || times.parse(line, i + 1) != nil { return start..<i }
      }
      i += 1
    }
    return nil
  }
}
