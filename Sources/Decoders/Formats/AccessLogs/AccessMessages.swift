// Requests that web frameworks write as the message of a log line, each in its own sentence.

internal import Model
internal import Support

/// Reads the sentences of chi (`"GET http://h/x HTTP/1.1" from ADDRESS - 200 12B in 1.2ms`), actix-web (`ADDRESS "GET /x HTTP/1.1" 200 12
/// "-" "agent" 0.012`), Tornado and Jupyter (`200 GET /x (ADDRESS) 1.2ms`), uWSGI (`[pid: 1|app: 0|req: 1/1] …`), ASP.NET Core (`Request
/// finished HTTP/1.1 GET http://h/x - 200 …`) and Serilog's request logging (`HTTP GET /x responded 200 in 1.2 ms`).
enum AccessMessages {
  enum Form {
    case chi
    case actix
    case tornado
    case uwsgi
    case aspNet
    case serilog
    case ktor
    case fiber
    case php
    case fpm
    case ended
    case couchDB
  }

  /// The form that a line begins like; nil for most lines, by their first bytes.
  static func form(_ b: Span<UInt8>) -> Form? {
    if hexDigit(b[0]) <= 15, FrameworkMessages.isCouchDB(b) { return .couchDB }
    switch b[0] {
    case 0x22:
      return AccessServers.isMethod(b, 1) > 0 && JSONScanner.matches(b, AccessServers.isMethod(b, 1) &+ 1, "http")
        ? .chi : nil
    case 0x48:
      return JSONScanner.matches(b, 0, "HTTP ") && AccessServers.isMethod(b, 5) > 0 ? .serilog : nil
    case 0x52: return JSONScanner.matches(b, 0, "Request finished HTTP/") ? .aspNet : nil
    case 0x43, 0x53: return isEnded(b) ? .ended : nil
    case 0x5B:
      if b[1] &- 0x30 <= 9 { return FrameworkMessages.isFiber(b) ? .fiber : nil }
      return JSONScanner.matches(b, 0, "[pid: ") ? .uwsgi : FrameworkMessages.isPHP(b) ? .php : nil
    case 0x30...0x39:
      if b[2] == 0x3A { return FrameworkMessages.isFiber(b) ? .fiber : nil }
      if b[3] == 0x20, b[4] &- 0x41 < 26, FrameworkMessages.isKtor(b) { return .ktor }
      if b[3] == 0x20, b[1] &- 0x30 <= 9, b[2] &- 0x30 <= 9 { return AccessServers.isMethod(b, 4) > 0 ? .tornado : nil }
      let quote = ByteScan.find(0x22, in: b.extracting(first: 96), from: 7)
      guard quote &+ 8 < b.count, quote < 96, b[quote &- 1] == 0x20, b[quote &- 2] &- 0x30 <= 9 else { return nil }
      if b[quote &- 6] == 0x2B || b[quote &- 6] == 0x2D { return FrameworkMessages.isFPM(b) ? .fpm : nil }
      // One word, the client: a date and its time are two.
      guard ByteScan.find(0x20, in: b.extracting(first: 48), from: 0) == quote &- 1 else { return nil }
      return AccessServers.isMethod(b, quote &+ 1) > 0 ? .actix : nil
    default: return nil
    }
  }

  /// Reads a line of a form; nil where it is none after all.
  static func read(_ b: Span<UInt8>, _ form: Form, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    var record = AccessRecord()
    let isRead =
      switch form {
      case .chi: chi(b, tokens, &record)
      case .actix: actix(b, tokens, &record)
      case .tornado: tornado(b, tokens, &record)
      case .uwsgi: uwsgi(b, tokens, zoneSeconds, &record)
      case .aspNet: aspNet(b, tokens, &record)
      case .serilog: serilog(b, tokens, &record)
      case .ktor: FrameworkMessages.ktor(b, tokens, &record)
      case .fiber: FrameworkMessages.fiber(b, tokens, &record)
      case .ended: ended(b, tokens, &record)
      case .couchDB: FrameworkMessages.couchDB(b, tokens, &record)
      case .fpm: FrameworkMessages.fpm(b, tokens, zoneSeconds, &record)
      case .php: FrameworkMessages.php(b, tokens, zoneSeconds, &record)
      }
    return isRead && record.status > 0 && (!record.target.isEmpty || form == .ended) ? record : nil
  }

  /// Whether an indented line is what a development server or a console writes of a request.
  static func isIndented(_ b: Span<UInt8>) -> Bool {
    guard b.count >= 16 else { return false }
    return AccessSentence.method(b) != nil || form(b) == .aspNet
  }

  /// `Sent 502 in 12ms`, `Chunked 200 in 12ms` (Plug.Logger): the end of a request whose path stood in another line. Rails says the same of
  /// requests that its exceptions tell of.
  private static func isEnded(_ b: Span<UInt8>) -> Bool {
    for word: StaticString in ["Sent ", "Chunked "] where JSONScanner.matches(b, 0, word) {
      let at = word.utf8CodeUnitCount
      guard at &+ 8 < b.count, b[at &+ 3] == 0x20, (100...599).contains(AccessShapes.status(b, at..<at &+ 3)) else {
        return false
      }
      return JSONScanner.matches(b, at &+ 3, " in ") && b[at &+ 7] &- 0x30 <= 9
    }
    return false
  }

  private static func ended(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count == 4, isWord(b, tokens, 2, "in") else { return false }
    record.status = AccessShapes.status(b, tokens[1].whole)
    record.latency = duration(b, tokens[3].whole)
    return record.latency >= 0
  }

  static func isWord(_ b: Span<UInt8>, _ tokens: AccessTokens, _ at: Int, _ word: StaticString) -> Bool {
    guard at < tokens.count else { return false }
    return tokens[at].whole.count == word.utf8CodeUnitCount && JSONScanner.matches(b, tokens[at].start, word)
  }

  static func duration(_ b: Span<UInt8>, _ field: Range<Int>) -> Int64 {
    guard !field.isEmpty, b[field.upperBound &- 1] > 0x39 else { return -1 }
    return SpanWords.duration(b.extracting(field), unit: .inferred) ?? -1
  }

  private static func chi(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count >= 8, tokens[0].kind == .quoted, isWord(b, tokens, 1, "from"), isWord(b, tokens, 3, "-"),
      AccessLines.takeRequest(b, tokens[0].inner, into: &record), !record.isConnection, isWord(b, tokens, 6, "in")
    else { return false }
    record.status = AccessShapes.status(b, tokens[4].whole)
    record.latency = duration(b, tokens[7].whole)
    return true
  }

  private static func actix(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count >= 4, tokens[1].kind == .quoted, AccessShapes.isNumericHost(b, tokens[0].whole),
      AccessLines.takeRequest(b, tokens[1].inner, into: &record), !record.isConnection
    else { return false }
    record.status = AccessShapes.status(b, tokens[2].whole)
    // `%T` is the last field of the middleware's default format, in seconds.
    record.latency = tokens.count == 7 ? AccessShapes.seconds(b, tokens[6].whole) : -1
    // warp's ends with a duration and its unit.
    if record.latency < 0 { record.latency = duration(b, tokens[tokens.count - 1].inner) }
    return true
  }

  private static func tornado(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count >= 5, b[tokens[3].start] == 0x28 else { return false }
    record.status = AccessShapes.status(b, tokens[0].whole)
    record.method = tokens[1].whole
    record.target = tokens[2].whole
    record.latency = duration(b, tokens[4].whole)
    return record.latency >= 0
  }

  /// `[pid: 1|app: 0|req: 1/1] CLIENT (USER) {40 vars in 500 bytes} [TIME] GET /x => generated 12 bytes in 3 msecs (HTTP/1.1 200) …`.
  private static func uwsgi(
    _ b: Span<UInt8>, _ tokens: AccessTokens, _ zoneSeconds: Int, _ record: inout AccessRecord
  ) -> Bool {
    for at in 1..<max(tokens.count, 1) where isWord(b, tokens, at, "=>") {
      guard at >= 4, tokens[at - 3].kind == .bracket, at + 7 < tokens.count, isWord(b, tokens, at + 4, "in"),
        JSONScanner.matches(b, tokens[at + 7].start, "(HTTP/"), at + 8 < tokens.count
      else { return false }
      record.method = tokens[at - 2].whole
      record.target = tokens[at - 1].whole
      let status = tokens[at + 8].whole
      record.status = AccessShapes.status(b, status.lowerBound..<max(status.lowerBound, status.upperBound - 1))
      let unit: FieldText.Unit =
        isWord(b, tokens, at + 6, "msecs")
        ? .milliseconds : isWord(b, tokens, at + 6, "micros") ? .microseconds : .inferred
      if unit != .inferred, let micros = SpanWords.duration(b.extracting(tokens[at + 5].whole), unit: unit) {
        record.latency = micros
      }
      let times = LogTimeParser(clock: LogClock(zoneSeconds: zoneSeconds, lastDay: nil))
      // The time at which the request came.
      if let time = times.parse(b, tokens[at - 3].start + 1), time.isPlaced {
        (record.time, record.timeIsEnd) = (time.time, false)
      }
      return true
    }
    return false
  }

  /// .NET 6 and later write `- STATUS LENGTH TYPE DURATION` behind the URL, .NET 5 `- TYPE LENGTH - STATUS LENGTH TYPE DURATION`.
  private static func aspNet(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count >= 8, isWord(b, tokens, 5, "-"), b[tokens[tokens.count - 1].end - 1] == 0x73 else {
      return false
    }
    record.method = tokens[3].whole
    record.target = tokens[4].whole
    for at in 6..<tokens.count where isWord(b, tokens, at - 1, "-") && AccessShapes.status(b, tokens[at].whole) > 0 {
      record.status = AccessShapes.status(b, tokens[at].whole)
    }
    record.latency = duration(b, tokens[tokens.count - 1].whole)
    return record.latency >= 0
  }

  private static func serilog(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count == 8, isWord(b, tokens, 3, "responded"), isWord(b, tokens, 5, "in"), isWord(b, tokens, 7, "ms")
    else { return false }
    record.method = tokens[1].whole
    record.target = tokens[2].whole
    record.status = AccessShapes.status(b, tokens[4].whole)
    record.latency = SpanWords.duration(b.extracting(tokens[6].whole), unit: .milliseconds) ?? -1
    return record.latency >= 0
  }
}
