// Request lines of Ktor, Fiber, PHP's built-in server, PHP-FPM and CouchDB.

internal import Model
internal import Support

/// Reads `200 OK: GET - /x in 12ms` (Ktor's CallLogging), `02:00:00 | 200 |  1.5ms | 10.0.0.9 | GET | /x | -` and
/// `[02:00:00] 200 -  1.5ms GET /x` (Fiber's logger, versions 3 and 2), `[Wed Nov 25 02:00:00 2026] 10.0.0.9:50000 [200]: GET /x`
/// (`php -S`) and `1f0a9c3e5d db:5984 10.0.0.9 admin GET /x 200 ok 12` (CouchDB).
enum FrameworkMessages {
  /// `10.0.0.9 -  25/Nov/2026:02:00:00 +0000 "GET /index.php" 500`: PHP-FPM's `access.format` as it is by default (www.conf).
  static func isFPM(_ b: Span<UInt8>) -> Bool {
    let head = b.extracting(first: 96)
    let first = ByteScan.find(0x20, in: head, from: 0)
    guard first &+ 2 < head.count else { return false }
    var i = ByteScan.find(0x20, in: head, from: first &+ 1)
    while i < head.count, b[i] == 0x20 { i &+= 1 }
    guard i &+ 28 < head.count, b[i] &- 0x30 <= 9, b[i &+ 2] == 0x2F, b[i &+ 6] == 0x2F, b[i &+ 11] == 0x3A else {
      return false
    }
    return b[i &+ 20] == 0x20 && b[i &+ 27] == 0x22 && AccessServers.isMethod(b, i &+ 28) > 0
  }

  static func fpm(_ b: Span<UInt8>, _ tokens: AccessTokens, _ zoneSeconds: Int, _ record: inout AccessRecord) -> Bool {
    guard tokens.count >= 6, tokens[4].kind == .quoted,
      let time = AccessTime.common(b, tokens[2].start..<tokens[3].end, zoneSeconds: zoneSeconds),
      let (method, target) = AccessShapes.request(b, tokens[4].inner)
    else { return false }
    // The time is when the request came (`%t`).
    (record.time, record.timeIsEnd) = (time, false)
    (record.method, record.target) = (method, target)
    record.status = AccessShapes.status(b, tokens[5].whole)
    return true
  }

  /// A status, its words, a colon, and a method.
  static func isKtor(_ b: Span<UInt8>) -> Bool {
    guard b.count > 16, AccessShapes.isStatus(b, 0..<3) else { return false }
    let colon = ByteScan.find(0x3A, in: b.extracting(first: 40), from: 5)
    guard colon &+ 4 < b.count, colon < 40, b[colon &+ 1] == 0x20 else { return false }
    let end = AccessServers.isMethod(b, colon &+ 2)
    return end > 0 && JSONScanner.matches(b, end, " - /")
  }

  static func ktor(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    for at in 2..<max(2, min(tokens.count, 10)) where AccessMessages.isWord(b, tokens, at, "-") {
      guard at &+ 1 < tokens.count else { return false }
      record.status = AccessShapes.status(b, tokens[0].whole)
      record.method = tokens[at - 1].whole
      record.target = tokens[at + 1].whole
      if AccessMessages.isWord(b, tokens, at + 2, "in"), at + 3 < tokens.count {
        record.latency = AccessMessages.duration(b, tokens[at + 3].whole)
      }
      return true
    }
    return false
  }

  /// A time of day, a status, and the first duration's place.
  static func isFiber(_ b: Span<UInt8>) -> Bool {
    let start = b[0] == 0x5B ? 1 : 0
    guard b.count > 28, b[start &+ 2] == 0x3A, b[start &+ 5] == 0x3A, b[start &+ 6] &- 0x30 <= 9 else { return false }
    if start == 0 {
      return JSONScanner.matches(b, 8, " | ") && AccessShapes.isStatus(b, 11..<14) && JSONScanner.matches(b, 14, " |")
    }
    return JSONScanner.matches(b, 9, "] ") && AccessShapes.isStatus(b, 11..<14) && JSONScanner.matches(b, 14, " - ")
  }

  /// The time names no day: the layer around the line does, or nothing.
  static func fiber(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    record.status = AccessShapes.status(b, 11..<14)
    guard b[0] != 0x5B else {
      guard tokens.count >= 6 else { return false }
      record.latency = AccessMessages.duration(b, tokens[3].whole)
      record.method = tokens[4].whole
      record.target = tokens[5].whole
      return record.latency >= 0 && AccessServers.isMethod(b, record.method)
    }
    var column = 0
    for at in 0..<tokens.count {
      if AccessMessages.isWord(b, tokens, at, "|") {
        column += 1
        continue
      }
      switch column {
      case 2: record.latency = AccessMessages.duration(b, tokens[at].whole)
      case 4: record.method = tokens[at].whole
      case 5 where record.target.isEmpty: record.target = tokens[at].whole
      default: break
      }
    }
    return record.latency >= 0 && AccessServers.isMethod(b, record.method)
  }

  /// A nonce, the host, the client, the user, a method, a path, a status (chttpd.erl, `maybe_log`).
  static func isCouchDB(_ b: Span<UInt8>) -> Bool {
    let nonce = ByteScan.find(0x20, in: b.extracting(first: 12), from: 0)
    guard (4...10).contains(nonce) else { return false }
    for i in 0..<nonce where hexDigit(b[i]) > 15 { return false }
    var i = nonce
    for word in 1...3 {
      let start = i &+ 1
      i = ByteScan.find(0x20, in: b, from: start)
      guard i < b.count, word != 2 || AccessShapes.isNumericHost(b, start..<i) else { return false }
    }
    let end = AccessServers.isMethod(b, i &+ 1)
    return end > 0 && end &+ 1 < b.count && b[end &+ 1] == 0x2F
  }

  static func couchDB(_ b: Span<UInt8>, _ tokens: AccessTokens, _ record: inout AccessRecord) -> Bool {
    guard tokens.count == 9 else { return false }
    record.method = tokens[4].whole
    record.target = tokens[5].whole
    record.status = AccessShapes.status(b, tokens[6].whole)
    record.latency = SpanWords.duration(b.extracting(tokens[8].whole), unit: .milliseconds) ?? -1
    if !AccessMessages.isWord(b, tokens, 7, "ok") { record.reason = tokens[7].whole }
    return true
  }

  /// The date of `ctime` in brackets, an address, and a status in brackets with a colon.
  static func isPHP(_ b: Span<UInt8>) -> Bool {
    guard b.count > 48, b[4] == 0x20, b[8] == 0x20, b[25] == 0x5D, b[26] == 0x20 else { return false }
    let bracket = ByteScan.find(0x5B, in: b.extracting(first: 96), from: 28)
    return bracket &+ 6 < b.count && JSONScanner.matches(b, bracket &+ 4, "]: ")
      && AccessShapes.isStatus(b, bracket &+ 1..<bracket &+ 4) && AccessShapes.isAddress(b, 27..<bracket &- 1)
  }

  static func php(
    _ b: Span<UInt8>, _ tokens: AccessTokens, _ zoneSeconds: Int, _ record: inout AccessRecord
  ) -> Bool {
    let times = LogTimeParser(clock: LogClock(zoneSeconds: zoneSeconds, lastDay: nil))
    let bracket = ByteScan.find(0x5B, in: b, from: 28)
    guard let time = times.parse(b, 1), time.isPlaced else { return false }
    record.time = time.time
    record.status = AccessShapes.status(b, bracket &+ 1..<bracket &+ 4)
    var start = bracket &+ 7
    let method = AccessServers.isMethod(b, start)
    // Before PHP 7.4 the method was not written.
    if method > 0 {
      record.method = start..<method
      start = method &+ 1
    }
    let end = ByteScan.find(0x20, in: b, from: start)
    record.target = start..<end
    if JSONScanner.matches(b, end, " - ") { record.reason = end &+ 3..<b.count }
    return !record.target.isEmpty && b[start] == 0x2F
  }
}
