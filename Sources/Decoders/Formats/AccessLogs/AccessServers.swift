// Request lines of application servers and of proxies with a form of their own.

internal import Model
internal import Support

/// Reads the lines of uvicorn (`ADDRESS - "GET /x HTTP/1.1" 200 OK`, perhaps behind its level), morgan (`GET /x 200 1.2 ms - 5`,
/// the forms "dev" and "tiny"), Gin (`[GIN] 2026/11/25 - 02:00:00 | 200 | 1.2ms | CLIENT | GET "/x"`), Squid's native format, and
/// pairs with method, path and status: lograge and Heroku's router.
enum AccessServers {
  /// Whether a line begins like one of the forms.
  static func looksLike(_ b: Span<UInt8>) -> Bool {
    guard b.count >= 16 else { return false }
    let first = b[0]
    if AccessMessages.form(b) != nil { return true }
    if first == 0x5B { return JSONScanner.matches(b, 0, "[GIN] ") || AccessSentence.method(b) != nil }
    if first &- 0x41 < 26 {
      if isMethod(b, 0) > 0, let space = word(b, 0), space + 1 < b.count {
        return b[space + 1] == 0x2F || JSONScanner.matches(b, space + 1, "http")
      }
      return hasQuotedRequest(b) || first == 0x43 && AccessSentence.method(b) != nil
    }
    if first &- 0x30 <= 9 { return isSquid(b) || hasQuotedRequest(b) || AccessSentence.method(b) != nil }
    if first == 0x2D || first == 0x3A || first == 0x63 || first == 0x72 { return AccessSentence.method(b) != nil }
    return first == 0x6D && JSONScanner.matches(b, 0, "method=") || first == 0x61 && JSONScanner.matches(b, 0, "at=")
  }

  /// Reads a line that looks like one; nil where it is none after all.
  static func read(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    if let form = AccessMessages.form(b) { return AccessMessages.read(b, form, tokens, zoneSeconds: zoneSeconds) }
    switch b[0] {
    case 0x5B: return gin(b, tokens, zoneSeconds: zoneSeconds) ?? AccessSentence.read(b, zoneSeconds: zoneSeconds)
    case 0x6D, 0x61: return pairs(b, tokens, zoneSeconds)
    case 0x30...0x39 where isSquid(b): return squid(b, tokens)
    default:
      let record = isMethod(b, 0) > 0 ? morgan(b, tokens) : uvicorn(b, tokens)
      return record ?? AccessSentence.read(b, zoneSeconds: zoneSeconds)
    }
  }

  /// One past a method of HTTP (RFC 9110 §9, RFC 5789) that stands there with a blank behind it, 0 for none.
  static func isMethod(_ b: Span<UInt8>, _ at: Int) -> Int {
    let end = methodEnd(b, at)
    return end < b.count && b[end] == 0x20 ? end : 0
  }

  /// Whether a word is one of them.
  static func isMethod(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    !word.isEmpty && methodEnd(b, word.lowerBound) == word.upperBound
  }

  /// One past a method that stands there, whatever is behind it; 0 for none.
  private static func methodEnd(_ b: Span<UInt8>, _ at: Int) -> Int {
    guard at < b.count else { return 0 }
    func end(_ name: StaticString) -> Int { JSONScanner.matches(b, at, name) ? at + name.utf8CodeUnitCount : 0 }
    // By the first letter: this is asked of every message.
    return switch b[at] {
    case 0x44: end("DELETE")
    case 0x47: end("GET")
    case 0x48: end("HEAD")
    case 0x4F: end("OPTIONS")
    case 0x50: max(end("POST"), end("PUT"), end("PATCH"))
    default: 0
    }
  }

  private static func word(_ b: Span<UInt8>, _ at: Int) -> Int? {
    let end = ByteScan.find(0x20, in: b.extracting(first: 16), from: at)
    return end < min(b.count, 16) ? end : nil
  }

  /// `ADDRESS:PORT - "GET …`, in the first words.
  private static func hasQuotedRequest(_ b: Span<UInt8>) -> Bool {
    let head = b.extracting(first: 64)
    let quote = ByteScan.find(0x22, in: head, from: 8)
    guard quote + 8 < b.count, quote < head.count, b[quote - 1] == 0x20, b[quote - 2] == 0x2D, b[quote - 3] == 0x20,
      b[quote - 4] &- 0x30 <= 9
    else { return false }
    return isMethod(b, quote + 1) > 0
  }

  // MARK: uvicorn

  private static func uvicorn(_ b: Span<UInt8>, _ tokens: AccessTokens) -> AccessRecord? {
    var record = AccessRecord()
    for at in 0..<min(tokens.count, 4) where tokens[at].kind == .quoted {
      guard at >= 2, at + 1 < tokens.count, AccessShapes.isAddress(b, tokens[at - 2].whole),
        AccessLines.takeRequest(b, tokens[at].inner, into: &record), !record.isConnection,
        AccessShapes.isStatus(b, tokens[at + 1].whole)
      else { return nil }
      record.status = AccessShapes.status(b, tokens[at + 1].whole)
      return record
    }
    return nil
  }

  // MARK: morgan

  /// `GET /x (502) 12.1ms`: what Grafana's servers say of a request (dskit, middleware/logging.go).
  private static func bracketed(_ b: Span<UInt8>, _ tokens: AccessTokens) -> AccessRecord? {
    let status = tokens[2].whole
    guard status.count == 5, b[status.lowerBound] == 0x28, b[status.upperBound - 1] == 0x29 else { return nil }
    var record = AccessRecord()
    (record.method, record.target) = (tokens[0].whole, tokens[1].whole)
    record.status = AccessShapes.status(b, status.lowerBound + 1..<status.upperBound - 1)
    record.latency = AccessMessages.duration(b, tokens[3].whole)
    return record.status > 0 && record.latency >= 0 ? record : nil
  }

  /// Two words and a status; the time is the number in front of `ms`. Without one the line may be anybody's sentence.
  private static func morgan(_ b: Span<UInt8>, _ tokens: AccessTokens) -> AccessRecord? {
    // Behind it dskit writes the answer of a request that failed.
    let isWhole = tokens.count == 4 || tokens.count > 4 && isWord(b, tokens[4].whole, "Response:")
    if isWhole, let record = bracketed(b, tokens) { return record }
    guard tokens.count >= 5, tokens.count <= 7, AccessShapes.isStatus(b, tokens[2].whole) else { return nil }
    var record = AccessRecord()
    record.method = tokens[0].whole
    record.target = tokens[1].whole
    record.status = AccessShapes.status(b, tokens[2].whole)
    for at in 3..<tokens.count where isWord(b, tokens[at].whole, "ms") {
      if let micros = SpanWords.duration(b.extracting(tokens[at - 1].whole), unit: .milliseconds) {
        record.latency = micros
      } else if !AccessShapes.isDash(b, tokens[at - 1].whole) {
        return nil
      }
      return record
    }
    return nil
  }

  private static func isWord(_ b: Span<UInt8>, _ r: Range<Int>, _ word: StaticString) -> Bool {
    r.count == word.utf8CodeUnitCount && JSONScanner.matches(b, r.lowerBound, word)
  }

  // MARK: Gin

  private static func gin(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    var record = AccessRecord()
    record.format = "Gin access log"
    guard tokens.count >= 12 else { return nil }
    let date = tokens[1].whole
    let clock = tokens[3].whole
    guard date.count == 10, clock.count == 8, b[date.lowerBound + 4] == 0x2F else { return nil }
    var stamp = [UInt8](copying: b.extracting(date))
    (stamp[4], stamp[7]) = (0x2D, 0x2D)
    stamp.append(0x54)
    stamp.append(copying: b.extracting(clock))
    record.time = Timestamp.parse(stamp.span, assumedOffsetSeconds: zoneSeconds)?.microseconds ?? .min
    var column = 0
    for at in 4..<tokens.count {
      let field = tokens[at].whole
      if isWord(b, field, "|") {
        column += 1
        continue
      }
      switch column {
      case 1:
        guard AccessShapes.isStatus(b, field) else { return nil }
        record.status = AccessShapes.status(b, field)
      case 2: record.latency = SpanWords.duration(b.extracting(field), unit: .inferred) ?? record.latency
      case 4 where tokens[at].kind == .quoted: record.target = tokens[at].inner
      case 4 where record.method.isEmpty: record.method = field
      default: break
      }
    }
    guard record.status > 0, !record.method.isEmpty, !record.target.isEmpty else { return nil }
    return record
  }

  // MARK: Squid

  /// `SECONDS.mmm` and a padded number of milliseconds.
  private static func isSquid(_ b: Span<UInt8>) -> Bool {
    guard b.count > 40, b[10] == 0x2E, b[14] == 0x20 else { return false }
    for i in 0..<14 where i != 10 && b[i] &- 0x30 > 9 { return false }
    // PostgreSQL's `%n` has the same form, and no number behind it.
    var i = 15
    while i < b.count, b[i] == 0x20 { i += 1 }
    let number = i
    while i < b.count, b[i] &- 0x30 <= 9 { i += 1 }
    return i > number && i < b.count && b[i] == 0x20
  }

  /// `TIME ELAPSED CLIENT RESULT/STATUS BYTES METHOD URL USER HIERARCHY/PEER TYPE`: the time is that of the answer.
  private static func squid(_ b: Span<UInt8>, _ tokens: AccessTokens) -> AccessRecord? {
    guard tokens.count >= 9, AccessShapes.isDigits(b, tokens[1].whole), AccessShapes.isDigits(b, tokens[4].whole) else {
      return nil
    }
    var record = AccessRecord()
    record.format = "Squid access log"
    let result = tokens[3].whole
    guard let slash = result.first(where: { b[$0] == 0x2F }), AccessShapes.isStatus(b, slash + 1..<result.upperBound),
      let time = FieldText.time(b.extracting(tokens[0].whole), unit: .seconds, zoneSeconds: 0),
      let elapsed = FieldText.int(b.extracting(tokens[1].whole))
    else { return nil }
    record.time = time
    record.latency = FieldText.microseconds(elapsed, unit: .milliseconds) ?? -1
    record.status = AccessShapes.status(b, slash + 1..<result.upperBound)
    record.method = tokens[5].whole
    record.target = tokens[6].whole
    return record
  }

  // MARK: pairs

  /// Method, path and status as pairs, and a mark of who writes them so: lograge's `controller` and `duration` (milliseconds),
  /// or the `service` and `connect` times of Heroku's router, whose latency is their sum.
  private static func pairs(_ b: Span<UInt8>, _ tokens: AccessTokens, _ zoneSeconds: Int) -> AccessRecord? {
    var record = AccessRecord()
    var isLograge = false
    var isRouter = false
    var router: Int64 = 0
    for at in 0..<tokens.count {
      let field = tokens[at].whole
      guard let equals = field.first(where: { b[$0] == 0x3D }), equals > field.lowerBound else { continue }
      let value = (equals + 1..<field.upperBound).bare(b)
      func isKey(_ name: StaticString) -> Bool { isWord(b, field.lowerBound..<equals, name) }
      if isKey("method") { record.method = value }
      if isKey("path") { record.target = value }
      if isKey("host") { record.server = value }
      if isKey("request_id") { record.requestID = value }
      if isKey("code") { record.reason = value }
      if isKey("time") || isKey("timestamp") {
        record.time = AccessTime.iso(b, value, zoneSeconds: zoneSeconds) ?? record.time
      }
      if isKey("controller") { isLograge = true }
      if isKey("status"), AccessShapes.isStatus(b, value) { record.status = AccessShapes.status(b, value) }
      if isKey("duration") { record.latency = SpanWords.duration(b.extracting(value), unit: .milliseconds) ?? -1 }
      if isKey("service") || isKey("connect"),
        let part = SpanWords.duration(b.extracting(value), unit: .milliseconds)
      {
        isRouter = isRouter || isKey("service")
        router = router.addingSaturated(max(part, 0))
      }
    }
    guard record.status > 0, !record.method.isEmpty, !record.target.isEmpty, isLograge || isRouter else { return nil }
    if isRouter {
      record.latency = router
      record.format = "Heroku router log"
    } else {
      record.format = "lograge"
    }
    return record
  }
}
