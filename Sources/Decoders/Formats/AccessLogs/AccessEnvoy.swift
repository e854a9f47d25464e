// Envoy's default access log, and Istio's longer form of it.

internal import Model
internal import Support

/// Reads `[start] "request" code flags … received sent duration service-time "xff" "agent" "id" "authority" "upstream" …`.
///
/// Versions put words between the flags and the four numbers (details of code, connection and transport); Istio appends
/// cluster, addresses, server name and route. See "Access logging: default format string" (Envoy) and
/// `meshConfig.accessLogFormat` (Istio). Kuma's begins with the name of the mesh behind the time.
enum AccessEnvoy {
  static func read(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    // Kuma's name of the mesh.
    let mesh = tokens.count > 8 && tokens[1].kind == .bare ? 1 : 0
    guard tokens.count >= 8, tokens[0].kind == .bracket, tokens[1 + mesh].kind == .quoted,
      let time = AccessTime.iso(b, tokens[0].inner, zoneSeconds: zoneSeconds)
    else { return nil }
    var record = AccessRecord()
    record.format = "Envoy access log"
    record.time = time
    record.timeIsEnd = false
    guard AccessLines.takeRequest(b, tokens[1 + mesh].inner, into: &record), tokens[2 + mesh].kind == .bare,
      AccessShapes.isStatus(b, tokens[2 + mesh].whole), isFlags(b, tokens[3 + mesh].whole)
    else { return nil }
    record.status = AccessShapes.status(b, tokens[2 + mesh].whole)
    if !AccessShapes.isDash(b, tokens[3 + mesh].whole) { record.reason = tokens[3 + mesh].whole }
    record.failed = record.status == 0 && failed(b, record.reason)
    let details = tokens[4 + mesh]
    if details.kind == .quoted || !isViaUpstream(b, details.whole) { answerCall(b, &record) }
    guard let numbers = numbers(b, tokens) else { return nil }
    if let duration = FieldText.int(b.extracting(tokens[numbers + 2].whole)), duration < 1_000_000_000_000 {
      record.latency = max(duration, 0) &* 1000
    }
    if let service = FieldText.int(b.extracting(tokens[numbers + 3].whole)), service < 1_000_000_000_000 {
      record.upstreamTime = max(service, 0) &* 1000
    }
    if mesh > 0 {
      takeMesh(b, tokens, from: numbers + 4, into: &record)
    } else {
      takeRest(b, tokens, from: numbers + 4, into: &record)
    }
    return record
  }

  /// `-`, or capital letters with commas between.
  private static func isFlags(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    if AccessShapes.isDash(b, r) { return true }
    for i in r where b[i] &- 0x41 >= 26 && b[i] != 0x2C && b[i] &- 0x30 > 9 { return false }
    return r.count >= 2
  }

  /// Whether flags tell of a failure behind the proxy or in it, and not of a client that went away: those of the upstream
  /// begin with U; no route, no cluster, a failed health check, a local reset, overload.
  static func failed(_ b: Span<UInt8>, _ flags: Range<Int>) -> Bool {
    var list = AccessList(flags)
    while let flag = list.next(b) {
      if b[flag.lowerBound] == 0x55 { return true }
      for word: StaticString in ["NR", "NC", "LH", "LR", "OM", "SI"]
      where flag.count == 2 && JSONScanner.matches(b, flag.lowerBound, word) {
        return true
      }
    }
    return false
  }

  /// Whether the details of a code say that the upstream gave it.
  static func isViaUpstream(_ b: Span<UInt8>, _ details: Range<Int>) -> Bool {
    details.count == 12 && JSONScanner.matches(b, details.lowerBound, "via_upstream")
  }

  /// Marks a call of gRPC that Envoy answered itself: its answer is 200 whatever went wrong, and the call's status is not in the line
  /// (HttpConnectionManager, local replies to gRPC requests): UNAVAILABLE, or DEADLINE_EXCEEDED where a timeout ended it.
  static func answerCall(_ b: Span<UInt8>, _ record: inout AccessRecord) {
    guard record.status == 200, !record.reason.isEmpty, failed(b, record.reason), isCall(b, record) else { return }
    record.failed = true
    record.grpcStatus = 14
    var list = AccessList(record.reason)
    while let flag = list.next(b) {
      if flag.count == 2, JSONScanner.matches(b, flag.lowerBound, "UT") { record.grpcStatus = 4 }
    }
  }

  /// `POST /shop.Cart/AddItem`: the form of gRPC's requests (gRPC over HTTP2).
  private static func isCall(_ b: Span<UInt8>, _ record: AccessRecord) -> Bool {
    guard record.method.count == 4, JSONScanner.matches(b, record.method.lowerBound, "POST"),
      let first = record.target.first, b[first] == 0x2F
    else { return false }
    var slashes = 0
    var hasPackage = false
    for i in record.target {
      switch b[i] {
      case 0x2F: slashes += 1
      case 0x2E:
        guard slashes == 1 else { return false }
        hasPackage = true
      case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: continue
      default: return false
      }
    }
    return slashes == 2 && hasPackage
  }

  /// Where received, sent, duration and the upstream's time stand: the first four numbers in a row.
  private static func numbers(_ b: Span<UInt8>, _ tokens: AccessTokens) -> Int? {
    var run = 0
    for k in 4..<min(tokens.count, 24) {
      let isNumber =
        tokens[k].kind == .bare
        && (AccessShapes.isDigits(b, tokens[k].whole) || run > 0 && AccessShapes.isDash(b, tokens[k].whole))
      run = isNumber ? run + 1 : 0
      if run == 4 { return k - 3 }
    }
    return nil
  }

  /// Kuma's nine quoted fields: client, agent, trace, id, authority, the services at both ends, and their addresses (Kuma, "MeshAccessLog",
  /// default format).
  private static func takeMesh(
    _ b: Span<UInt8>, _ tokens: AccessTokens, from start: Int, into record: inout AccessRecord
  ) {
    func field(_ number: Int) -> Range<Int>? {
      guard start + number < tokens.count, tokens[start + number].kind == .quoted else { return nil }
      let field = tokens[start + number].inner
      return field.isEmpty || AccessShapes.isDash(b, field) ? nil : field
    }
    record.requestID = field(3) ?? field(2) ?? 0..<0
    record.server = field(4) ?? 0..<0
    record.upstream = field(6) ?? 0..<0
    record.addresses = field(8) ?? 0..<0
  }

  /// Five quoted fields, then Istio's.
  private static func takeRest(
    _ b: Span<UInt8>, _ tokens: AccessTokens, from start: Int, into record: inout AccessRecord
  ) {
    var quoted = 0
    var next = start
    while next < tokens.count, tokens[next].kind == .quoted {
      let field = tokens[next].inner
      quoted += 1
      next += 1
      if field.isEmpty || AccessShapes.isDash(b, field) { continue }
      switch quoted {
      case 3: record.requestID = field
      case 4: record.server = field
      case 5: record.addresses = field
      default: break
      }
    }
    if next < tokens.count, tokens[next].kind == .bare, !AccessShapes.isDash(b, tokens[next].whole) {
      record.upstream = tokens[next].whole
    }
    for k in next..<max(next, tokens.count) where AccessKeys.isTraceParent(b, tokens[k].inner) {
      record.traceParent = tokens[k].inner
    }
  }
}
