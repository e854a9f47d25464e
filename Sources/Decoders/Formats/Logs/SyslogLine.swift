// The headers of syslog lines.

internal import Model

/// RFC 3164 as programs really write it, and RFC 5424.
enum SyslogLine {
  /// The priority in front, and where the rest begins.
  ///
  /// An octet count may stand before it (RFC 6587 §3.4.1).
  private static func priority(_ line: Span<UInt8>) -> (severity: Severity, end: Int)? {
    var first = 0
    while first < line.count, first < 6, line[first] &- 0x30 <= 9 { first += 1 }
    if first > 0 { first += first < line.count && line[first] == 0x20 ? 1 : 0 }
    guard line.count > first + 3 else { return nil }
    return priority(line, at: first).map { (severity(syslogLevel: $0.value & 7), $0.end) }
  }

  /// `<N>` at a place, N of one to three digits and at most 191 (RFC 5424 §6.2.1), and where the rest begins.
  static func priority(_ line: Span<UInt8>, at start: Int) -> (value: Int, end: Int)? {
    guard start < line.count, line[start] == 0x3C else { return nil }
    var value = 0
    var i = start + 1
    while i < line.count, i < start + 4, line[i] &- 0x30 <= 9 {
      value = value * 10 + Int(line[i]) - 0x30
      i += 1
    }
    guard i > start + 1, i < line.count, line[i] == 0x3E, value <= 191 else { return nil }
    return (value, i + 1)
  }

  /// Whether a line begins like RFC 3164's time, a month's name and a day of two places (`Nov  5 `).
  static func beginsWithMonth(_ line: Span<UInt8>) -> Bool {
    line.count > 16 && line[0] &- 0x41 < 26 && line[1] &- 0x61 < 26 && line[3] == 0x20 && line[6] == 0x20
      && line[5] &- 0x30 <= 9
  }

  /// One past the message at a place that stands behind its own length (RFC 6587 §3.4.1), where the line goes on behind it with
  /// another one; nil for anything else.
  static func frameEnd(_ line: Span<UInt8>, from start: Int) -> Int? {
    guard let end = countedEnd(line, from: start), end + 4 < line.count, line[end] &- 0x31 <= 8 else { return nil }
    return ByteScan.find(0x3C, in: line.extracting(end..<min(end + 8, line.count)), from: 1) < min(8, line.count - end)
      ? end : nil
  }

  /// One past the message at a place that stands behind its own length, however far that is; nil where no length and priority stand.
  static func countedEnd(_ line: Span<UInt8>, from start: Int) -> Int? {
    var i = start
    var length = 0
    while i < line.count, i < start + 6, line[i] &- 0x30 <= 9 {
      length = length * 10 + Int(line[i] &- 0x30)
      i += 1
    }
    guard i > start, i + 2 < line.count, line[i] == 0x20, line[i + 1] == 0x3C, line[i + 2] &- 0x30 <= 9 else {
      return nil
    }
    return i + 1 + length
  }

  /// `<165>1 TIME HOST APP PROCID MSGID [SD…] MESSAGE`.
  static func layer5424(_ line: Span<UInt8>, _ times: LogTimeParser) -> LineLayer? {
    guard let (severity, start) = priority(line), JSONScanner.matches(line, start, "1 ") else { return nil }
    var layer = LineLayer(severity: severity)
    var i = start + 2
    guard let stamp = word(line, &i) else { return nil }
    if stamp.count > 1 {
      guard let time = times.parse(line, stamp.lowerBound), time.end <= stamp.upperBound, time.isPlaced else {
        return nil
      }
      layer.time = time.time
      layer.hasZone = time.hasZone
      if time.hasZone { layer.zoneSeconds = time.zoneSeconds }
    }
    guard let host = word(line, &i), let app = word(line, &i), let process = word(line, &i),
      let message = word(line, &i)
    else { return nil }
    if let name = dyno(line, host: host, app: app, process: process, message: message, from: i) {
      // Its priorities say nothing of the lines.
      return LineLayer(
        time: layer.time, hasZone: layer.hasZone, name: name, rank: .container,
        isPlatform: app.count == 6 && JSONScanner.matches(line, app.lowerBound, "heroku"), start: i)
    }
    if !isNil(line, app) {
      layer.name = app
      layer.rank = .container
    } else if !isNil(line, host) {
      layer.name = host
      layer.rank = .host
    }
    layer.process = number(line, process)
    let data = i
    guard let end = structuredData(line, data) else { return nil }
    i = end
    if i < line.count, line[i] == 0x20 { i += 1 }
    // The byte order mark that announces UTF-8.
    if JSONScanner.matches(line, i, "\u{FEFF}") { i += 3 }
    // The message is optional (§6): without one the id of its kind and the structured data are all that the record says.
    // A line that ends in front of its structured data was cut.
    if i >= line.count, end > data { i = isNil(line, message) ? message.upperBound + 1 : message.lowerBound }
    layer.start = min(i, line.count)
    return layer
  }

  /// The process type of a line of Heroku's logplex, which names no host, writes `web.1` or `router` for the process and `-` for the
  /// message's id, and leaves the structured data out (Dev Center, "Log drains"); nil for any other line.
  private static func dyno(
    _ line: Span<UInt8>, host: Range<Int>, app: Range<Int>, process: Range<Int>, message: Range<Int>, from start: Int
  ) -> Range<Int>? {
    guard isNil(line, message), !isNil(line, process), start < line.count,
      (line[process.lowerBound] | 0x20) &- 0x61 < 26
    else { return nil }
    func isWord(_ range: Range<Int>, _ word: StaticString) -> Bool {
      range.count == word.utf8CodeUnitCount && JSONScanner.matches(line, range.lowerBound, word)
    }
    // Its own drains are told by their names, whatever their messages begin with.
    let isOwn = isWord(host, "host") && (isWord(app, "app") || isWord(app, "heroku"))
    guard isOwn || structuredData(line, start) == nil else { return nil }
    let dot = process.firstIndex { line[$0] == 0x2E } ?? process.upperBound
    return process.lowerBound..<dot
  }

  /// Takes a tag in the host's place: no host's name ends with a bracket and a colon, and what follows is the message's own.
  private static func take(
    _ name: Range<Int>, end: Int, of line: Span<UInt8>, into layer: inout LineLayer
  ) {
    (layer.name, layer.start) = (name, end)
    if let type = processType(line, name) { (layer.name, layer.isPlatform) = (type, name.count == 6) }
  }

  /// `-`, or elements in brackets with quoted values, a backslash in front of quotes and brackets in them.
  private static func structuredData(_ line: Span<UInt8>, _ start: Int) -> Int? {
    guard start < line.count else { return start }
    if line[start] == 0x2D { return start + 1 }
    var i = start
    while i < line.count, line[i] == 0x5B {
      var isQuoted = false
      i += 1
      while i < line.count, isQuoted || line[i] != 0x5D {
        if line[i] == 0x5C, isQuoted { i += 1 } else if line[i] == 0x22 { isQuoted.toggle() }
        i += 1
      }
      guard i < line.count else { return nil }
      i += 1
    }
    return i > start ? i : nil
  }

  private static func isNil(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.count == 1 && line[word.lowerBound] == 0x2D
  }

  static func word(_ line: Span<UInt8>, _ i: inout Int) -> Range<Int>? {
    let start = i
    while i < line.count, line[i] != 0x20 { i += 1 }
    guard i > start else { return nil }
    let end = i
    if i < line.count { i += 1 }
    return start..<end
  }

  /// `<34>Oct 11 22:14:15 HOST TAG[PID]: MESSAGE`: the priority may be absent, the time may be an ISO one, the host may be
  /// absent or an address.
  static func layer3164(_ line: Span<UInt8>, _ times: LogTimeParser) -> LineLayer? {
    var layer = LineLayer()
    var i = 0
    let priority = priority(line)
    if let priority {
      layer.severity = priority.severity
      i = priority.end
      if JSONScanner.matches(line, i, "1 ") { return nil }
    } else {
      i = timeStart(line)
    }
    if let layer = deviceLayer(line, times, from: i, priority?.severity) { return layer }
    guard let time = times.parse(line, i), time.isPlaced, time.end < line.count,
      line[time.end] == 0x20 || line[time.end] == 0x3A
    else { return nil }
    // Without a priority only the forms that syslog daemons and the journal's viewer write.
    guard priority != nil || time.form == .withoutYear || line[i + 10] == 0x54 || (line[0] | 0x20) &- 0x61 < 26 else {
      return nil
    }
    // A colon behind a full time is a process manager's (PM2), and what follows is no host.
    if priority == nil, time.form > .epoch, line[time.end] == 0x3A { return nil }
    layer.time = time.time
    layer.hasZone = time.hasZone
    if time.hasZone { layer.zoneSeconds = time.zoneSeconds }
    layer.yearAssumed = time.form == .withoutYear
    i = time.end
    while i < line.count, line[i] == 0x20 || line[i] == 0x3A { i += 1 }
    if layer.yearAssumed, !time.hasZone { zone(line, &i, times, &layer) }
    let first = i
    guard let host = word(line, &i), priority != nil || isHost(line, host) else { return nil }
    // What syslogd says of itself has no tag.
    if JSONScanner.matches(line, i, "last message repeated ") {
      (layer.name, layer.rank, layer.start) = (host, .host, i)
      return layer
    }
    if priority == nil, line[host.upperBound - 1] != 0x3A { selector(line, host, &i, &layer) }
    if priority == nil, isOwnLine(line, host, behind: i) { return nil }
    if let own = line[host.upperBound - 1] == 0x3A ? tag(line, first) : nil, own.hasProcess {
      take(own.name, end: own.end, of: line, into: &layer)
    } else if let tag = tag(line, i) {
      (layer.name, layer.start) = (tag.name, tag.end)
      // Dovecot's own file names no host: `TIME PROCESS: LEVEL: MESSAGE`.
      if priority == nil, line[host.upperBound - 1] == 0x3A,
        !Model.severity(of: line.extracting(tag.name)).isUnknown
      {
        let end = host.firstIndex { line[$0] == 0x28 || line[$0] == 0x5B || line[$0] == 0x3A } ?? host.upperBound
        layer.name = host.lowerBound..<end
        layer.start = i
      }
    } else if let asl = processLevel(line, i) {
      (layer.name, layer.start, layer.severity) = (asl.name, asl.end, asl.severity)
    } else if let tag = tag(line, first), priority != nil || tag.hasProcess {
      // No host: a relay or a container's /dev/log.
      (layer.name, layer.start) = (tag.name, tag.end)
    } else if priority == nil, takesNameless(line, host, from: i, into: &layer) {
      return layer
    } else {
      guard priority != nil || isDevice(line, i, times) else { return nil }
      take(host: host, from: i, of: line, hasPriority: priority != nil, into: &layer)
      return layer
    }
    layer.rank = .container
    layer.process = processBefore(line, layer.start)
    message(line, &layer)
    return layer
  }

  /// Takes a header without a tag: the host is the writer, and a code of a device on the network tells the level where nothing else does.
  private static func take(
    host: Range<Int>, from start: Int, of line: Span<UInt8>, hasPriority: Bool, into layer: inout LineLayer
  ) {
    (layer.name, layer.rank, layer.start) = (host, .host, start)
    guard !hasPriority, let code = MessageCode.network(line.extracting(start..<line.count)) else { return }
    (layer.severity, layer.start) = (code.severity, start + code.start)
  }

  /// Whether a message without a tag is that of a device on the network, which a daemon wrote behind the device's name: a code of
  /// Cisco's, Arista's or Huawei's, nothing but pairs with a level, as FortiGate and SonicWall send, an event in CEF, a row of PAN-OS.
  private static func isDevice(_ line: Span<UInt8>, _ start: Int, _ times: LogTimeParser) -> Bool {
    let message = line.extracting(start..<line.count)
    return MessageCode.network(message) != nil || KnownLines.isDevicePairs(message) || KnownLines.isDeviceEvent(message)
  }

  /// Takes a zone's name behind a time without a year: it is none of a host where a host and a tag stand behind it.
  private static func zone(_ line: Span<UInt8>, _ i: inout Int, _ times: LogTimeParser, _ layer: inout LineLayer) {
    guard let zone = times.zoneName(line, i), zone.end < line.count, line[zone.end] == 0x20 else { return }
    var next = zone.end + 1
    guard let host = word(line, &next), isHost(line, host), line[host.upperBound - 1] != 0x3A, tag(line, next) != nil
    else { return }
    i = zone.end + 1
    layer.time += Int64(times.clock.zoneSeconds - zone.seconds) * 1_000_000
    (layer.hasZone, layer.zoneSeconds) = (true, Int32(truncatingIfNeeded: zone.seconds))
  }

  /// Where the time begins of a line without a priority: behind the day's name (`journalctl -o short-full`), or behind the node's that
  /// `oc adm node-logs` puts in front of its journal's lines, which name it once more, in full or without its domain.
  private static func timeStart(_ line: Span<UInt8>) -> Int {
    if line.count > 24, line[3] == 0x20, line[8] == 0x2D, line[4] &- 0x30 <= 9, (line[0] | 0x20) &- 0x61 < 26 {
      return 4
    }
    return behindNode(line) ?? 0
  }

  private static func behindNode(_ line: Span<UInt8>) -> Int? {
    guard line.count > 40, (line[0] | 0x20) &- 0x61 < 26 || line[0] &- 0x30 <= 9 else { return nil }
    let blank = ByteScan.find(0x20, in: line.extracting(first: 128), from: 0)
    // `Nov 25 02:00:04.123456 `: a month's name, a day of two places, a time.
    guard blank > 3, blank + 24 < line.count, line[blank + 1] &- 0x41 < 26, line[blank + 4] == 0x20,
      line[blank + 7] == 0x20, line[blank + 10] == 0x3A
    else { return nil }
    let stamp = line.extracting(blank + 1..<min(line.count, blank + 48))
    let host = blank + 2 + ByteScan.find(0x20, in: stamp, from: 14)
    var same = 0
    while same < blank, host + same < line.count, line[same] == line[host + same] { same += 1 }
    guard same > 0, host + same < line.count else { return nil }
    let (left, right) = (line[same], line[host + same])
    let isSame = same == blank ? right == 0x20 || right == 0x2E : left == 0x2E && right == 0x20
    return isSame ? blank + 1 : nil
  }

  /// Letters, digits, dots, hyphens, colons and underscores: names and addresses of hosts, or a program with its process.
  private static func isHost(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    if let first = word.first, line[first] == 0x5B { return false }
    for i in word {
      let byte = line[i]
      guard
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2D || byte == 0x2E || byte == 0x3A || byte == 0x5F
          || byte == 0x5B || byte == 0x5D || byte == 0x2F || byte == 0x28 || byte == 0x29
      else { return false }
    }
    return true
  }
}
