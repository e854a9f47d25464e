// The Common Log Format and all that grew out of it: Apache, nginx, ingress-nginx, Traefik, with any tail.

internal import Model
internal import Support

/// Reads `[server] client ident user [time] "request" status bytes …`.
///
/// What comes behind the bytes every operator writes his own way (`log_format`, `LogFormat`). Named fields (`rt=0.068`) tell
/// themselves; the others are told by their form: lists of addresses, of statuses, of seconds with a fraction, ids, names in
/// brackets (ingress-nginx), a number with its unit. A bare whole number could be anything: it is not used.
enum AccessCommon {
  /// Reads a line whose token `clock` is the bracketed time; nil where the rest is of no access line.
  static func read(_ b: Span<UInt8>, _ tokens: AccessTokens, clock: Int, zoneSeconds: Int) -> AccessRecord? {
    var record = AccessRecord()
    let stamp = tokens[clock].inner
    guard
      let time = AccessTime.common(b, stamp, zoneSeconds: zoneSeconds)
        ?? AccessTime.iso(b, stamp, zoneSeconds: zoneSeconds)
        ?? AccessTime.written(b, stamp, zoneSeconds: zoneSeconds, withWords: clock == 0)
    else { return nil }
    record.time = time
    if clock >= 4, tokens[0].kind == .bare, !AccessMarks.isThread(b, tokens[0].whole),
      !AccessShapes.isNumericHost(b, tokens[0].whole), !AccessShapes.isDash(b, tokens[0].whole),
      AccessShapes.isNumericHost(b, tokens[1].whole) || AccessShapes.isDash(b, tokens[2].whole)
    {
      record.server = tokens[0].whole
    }
    // lighttpd writes the virtual host in place of the identity, which nobody has.
    if clock == 3, record.server.isEmpty, AccessShapes.isHostName(b, tokens[1].whole),
      AccessShapes.isNumericHost(b, tokens[0].whole), !isMeshIdentity(b, tokens[1].whole)
    {
      record.server = tokens[1].whole
    }
    var next = clock + 1
    var (hasProtocol, hasCipher) = (false, false)
    while next < tokens.count, tokens[next].kind != .quoted, next - clock <= 3 {
      // Where the time comes first the client stands behind it, and what has a name is the host.
      let isServer = clock > 0 || AccessShapes.isHostName(b, tokens[next].whole)
      let isTLS = AccessMarks.isTLS(b, tokens[next].whole)
      let isProtocol = isTLS && AccessMarks.isProtocol(b, tokens[next].whole)
      hasProtocol = hasProtocol || isProtocol
      hasCipher = hasCipher || isTLS && !isProtocol
      if tokens[next].kind == .bare, record.server.isEmpty, isServer, !isTLS { record.server = tokens[next].whole }
      next += 1
    }
    guard next + 1 < tokens.count, tokens[next].kind == .quoted,
      AccessLines.takeRequest(b, tokens[next].inner, into: &record), tokens[next + 1].kind == .bare
    else { return nil }
    let number = tokens[next + 1].whole
    let isOnly = next + 2 == tokens.count && !record.isConnection
    guard AccessShapes.isStatus(b, number) || isOnly && AccessShapes.isDigits(b, number) else { return nil }
    record.status = AccessShapes.status(b, number)
    record.isConnection = false
    if isOnly, !AccessShapes.isDash(b, number) {
      record.onlyNumber = number
      // httpd's ssl_request_log ends in bytes and has no status (httpd-ssl.conf: `%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %b`).
      if hasProtocol, hasCipher, clock == 0 { (record.status, record.onlyNumber) = (0, 0..<0) }
      return record
    }
    if let latency = odoo(b, tokens, from: next + 2) {
      record.latency = latency
      return record
    }
    if proxy(b, tokens, from: next + 2, into: &record) { return record }
    // Granian ends with milliseconds right behind the status ("Access logs" of its documentation); its time's zone stands behind a blank.
    if clock == 0, tokens.count == next + 3, tokens[0].kind == .bracket, stamp.count == 25,
      b[stamp.lowerBound + 10] == 0x20, AccessShapes.seconds(b, tokens[next + 2].whole) >= 0
    {
      record.latency = SpanWords.duration(b.extracting(tokens[next + 2].whole), unit: .milliseconds) ?? -1
      return record
    }
    var tail = Tail(status: record.status)
    tail.read(b, tokens, from: next + 2, into: &record)
    return record
  }

  /// `- 12 0.005 3.004` behind the status: Odoo's queries, the time that they took, and the rest (odoo/netsvc.py, PerfFilter).
  ///
  /// - Returns: both times together, microseconds; nil where anything else stands there.
  private static func odoo(_ b: Span<UInt8>, _ tokens: AccessTokens, from start: Int) -> Int64? {
    guard tokens.count == start + 4, tokens[start].kind == .bare, AccessShapes.isDash(b, tokens[start].whole),
      AccessShapes.isDigits(b, tokens[start + 1].whole)
    else { return nil }
    let queries = AccessShapes.seconds(b, tokens[start + 2].whole)
    let rest = AccessShapes.seconds(b, tokens[start + 3].whole)
    return queries >= 0 && rest >= 0 ? queries.addingSaturated(rest) : nil
  }

  /// `ACCOUNT.NAMESPACE.serviceaccount.identity.linkerd.cluster.local`: the client as Linkerd's mesh knows it (linkerd.io, "Access logging").
  private static func isMeshIdentity(_ b: Span<UInt8>, _ name: Range<Int>) -> Bool {
    guard name.count > 32 else { return false }
    return name.contains { b[$0] == 0x2E && JSONScanner.matches(b, $0, ".serviceaccount.identity.") }
  }

  /// What HAProxy appends with `option httplog clf` (configuration manual, "option httplog"; src/proxy.c, `clf_http_log_format`): the
  /// client's port and the milliseconds of the time, frontend, backend and server in quotes, five timers, the state, and counters.
  private static func proxy(
    _ b: Span<UInt8>, _ tokens: AccessTokens, from start: Int, into record: inout AccessRecord
  ) -> Bool {
    guard tokens.count >= start + 21 else { return false }
    func number(_ place: Int) -> Int64? { FieldText.int(b.extracting(tokens[start + place].inner)) }
    for place in [1, 2, 5, 6, 7, 13] where tokens[start + place].kind != .quoted { return false }
    let state = tokens[start + 13].inner
    guard number(3) != nil, let milliseconds = number(4), (0..<1000).contains(milliseconds),
      (2...4).contains(state.count)
    else { return false }
    for place in 8...12 where number(place) == nil { return false }
    for place in 14...20 where number(place) == nil { return false }
    record.format = "HAProxy HTTP log"
    record.time = record.time.addingSaturated(milliseconds * 1000)
    record.timeIsEnd = false
    if let whole = number(12), whole >= 0 { record.latency = FieldText.microseconds(whole, unit: .milliseconds) ?? -1 }
    record.configuredServer(tokens[start + 5].inner)
    record.upstream = tokens[start + 6].inner
    record.leaveOwnAnswer(b, server: tokens[start + 7].inner)
    record.reason = state
    if let retries = number(18), retries >= 0 { record.attempts = Int(min(retries, 254)) + 1 }
    return true
  }

  /// Reading what stands behind the status.
  private struct Tail {
    let status: Int
    /// Decimal numbers in their order that are not placed yet.
    private var decimals: [Range<Int>] = []
    private var sawAddress = false
    private var quoted = 0
    private var whole = 0
    /// The largest bare whole number.
    private var largest: Int64 = 0
    private var statusFits = false
    private var decimalsBeforeAddress = 0
    /// The third quoted text: a router's name, if the line turns out to be Traefik's.
    private var third = 0..<0

    init(status: Int) { self.status = status }

    mutating func read(_ b: Span<UInt8>, _ tokens: AccessTokens, from start: Int, into record: inout AccessRecord) {
      var next = start
      if next < tokens.count, tokens[next].kind == .bare,
        AccessShapes.isDash(b, tokens[next].whole) || AccessShapes.isDigits(b, tokens[next].whole)
      {
        next += 1
      }
      while next < tokens.count {
        // `250 ms`, `0.2 s`: the unit stands by itself.
        if next + 1 < tokens.count, tokens[next].kind == .bare, tokens[next + 1].kind == .bare,
          let micros = apart(b, tokens[next].whole, tokens[next + 1].whole)
        {
          record.latency = micros
          next += 2
          continue
        }
        take(b, tokens[next], into: &record)
        next += 1
      }
      place(b, into: &record)
    }

    private mutating func take(_ b: Span<UInt8>, _ token: AccessToken, into record: inout AccessRecord) {
      let field = token.inner
      if token.kind == .quoted { quoted += 1 }
      if field.isEmpty || AccessShapes.isDash(b, field) { return }
      if token.kind == .bracket {
        if record.upstream.isEmpty, !AccessMarks.isThread(b, field) { record.upstream = field }
        return
      }
      // Referrer and agent are the client's words, whatever they look like.
      if token.kind == .quoted, quoted <= 2, !sawAddress { return }
      if token.kind == .bare, let mark = pairMark(b, field),
        AccessKeys.takeTail(
          b, key: field.lowerBound..<mark, value: (mark &+ 1..<field.upperBound).bare(b), into: &record)
      {
        if !record.addresses.isEmpty { sawAddress = true }
        return
      }
      byForm(b, token, field, into: &record)
    }

    /// What stands between a name and its value: `=`, or the colon of `response_time:0.153` (gorouter's access log).
    private func pairMark(_ b: Span<UInt8>, _ field: Range<Int>) -> Int? {
      let mark = field.first { b[$0] == 0x3D || b[$0] == 0x3A }
      guard let mark, mark > field.lowerBound else { return nil }
      guard b[mark] == 0x3A else { return mark }
      let isName = (field.lowerBound..<mark).allSatisfy { b[$0] &- 0x61 < 26 || b[$0] == 0x5F }
      return isName && (field.lowerBound..<mark).contains { b[$0] == 0x5F } ? mark : nil
    }

    private func apart(_ b: Span<UInt8>, _ number: Range<Int>, _ unit: Range<Int>) -> Int64? {
      guard unit.count <= 12, b[unit.upperBound &- 1] == 0x73 || b[unit.upperBound &- 1] == 0x63,
        b[number.upperBound &- 1] &- 0x30 <= 9, b[number.lowerBound] &- 0x30 <= 9
      else { return nil }
      func isUnit(_ words: StaticString...) -> Bool {
        words.contains { unit.count == $0.utf8CodeUnitCount && JSONScanner.matches(b, unit.lowerBound, $0) }
      }
      let text = b.extracting(number)
      if isUnit("ms", "msec", "msecs", "milliseconds") { return SpanWords.duration(text, unit: .milliseconds) }
      if isUnit("us", "usec", "usecs", "microseconds", "\u{B5}s") {
        return SpanWords.duration(text, unit: .microseconds)
      }
      return isUnit("s", "sec", "secs", "seconds") ? SpanWords.duration(text, unit: .seconds) : nil
    }

    private mutating func byForm(
      _ b: Span<UInt8>, _ token: AccessToken, _ field: Range<Int>, into record: inout AccessRecord
    ) {
      if AccessShapes.isRequestID(b, field) {
        record.requestID = field
      } else if AccessKeys.isTraceParent(b, field) {
        record.traceParent = field
      } else if AccessShapes.isList(b, field, .seconds) {
        let count = AccessList.count(b, field)
        if sawAddress, count == AccessList.count(b, record.addresses), count > 1 {
          // Connecting and waiting for the header are within the tries' times.
          if AccessDecimals.sum(b, field) > AccessDecimals.sum(b, record.times) || record.times.isEmpty {
            record.times = field
          }
        } else if sawAddress, record.times.isEmpty, count == AccessList.count(b, record.addresses),
          record.latency >= 0 || decimalsBeforeAddress > 0, !AccessDecimals.isTwoPlaces(b, field)
        {
          record.times = field
        } else {
          decimals.append(field)
          if !sawAddress { decimalsBeforeAddress += 1 }
        }
      } else if sawAddress, AccessShapes.isList(b, field, .statuses),
        AccessList.count(b, field) == AccessList.count(b, record.addresses)
      {
        // A list of lengths may look like one of statuses: the last status is the answer's, nearly always.
        let fits = lastStatus(b, field) == status
        if record.statuses.isEmpty || fits || !statusFits { record.statuses = field }
        statusFits = fits || statusFits
      } else if AccessShapes.isList(b, field, .addresses) {
        record.addresses = field
        sawAddress = true
      } else if token.kind == .quoted {
        if quoted == 3 { third = field }
      } else if let micros = withUnit(b, field) {
        record.latency = micros
        // `%T/%D` is Apache's, whose time is when the request came (mod_log_config).
        if b[field.upperBound &- 1] != 0x73 { record.timeIsEnd = false }
        // Only Traefik's form ends like this; its time is when the request came.
        if quoted == 4 {
          record.timeIsEnd = false
          record.format = "Traefik access log"
          if record.upstream.isEmpty, !third.isEmpty { record.upstream = routerName(b, third) }
        }
      } else if AccessShapes.isDigits(b, field) {
        whole += 1
        largest = max(largest, FieldText.int(b.extracting(field)) ?? 0)
      }
    }

    private func lastStatus(_ b: Span<UInt8>, _ field: Range<Int>) -> Int {
      var list = AccessList(field)
      var last = 0
      while let element = list.next(b) { last = AccessShapes.status(b, element) }
      return last
    }

    /// `api@docker` is `api`.
    private func routerName(_ b: Span<UInt8>, _ field: Range<Int>) -> Range<Int> {
      let end = field.first { b[$0] == 0x40 } ?? field.upperBound
      return field.lowerBound..<end
    }

    /// `123ms`, `0.5s`, `1200us`; and Apache's `**0/123456**` (`%T/%D`), whose two numbers agree.
    private func withUnit(_ b: Span<UInt8>, _ field: Range<Int>) -> Int64? {
      guard let first = field.first(where: { b[$0] &- 0x30 <= 9 }) else { return nil }
      if let slash = field.first(where: { b[$0] == 0x2F }) {
        let end = field.last { b[$0] &- 0x30 <= 9 }.map { $0 &+ 1 } ?? first
        guard slash > first, slash &+ 1 < end, let seconds = FieldText.int(b.extracting(first..<slash)),
          let micros = FieldText.int(b.extracting(slash &+ 1..<end)), micros >= 0, micros / 1_000_000 == seconds
        else { return nil }
        return micros
      }
      guard first == field.lowerBound, b[field.upperBound &- 1] == 0x73 else { return nil }
      return SpanWords.duration(b.extracting(field), unit: .inferred)
    }

    /// Gives the decimal numbers their places.
    private func place(_ b: Span<UInt8>, into record: inout AccessRecord) {
      let isTold = record.latency >= 0
      AccessDecimals.place(b, decimals, hasAddress: sawAddress, into: &record)
      // Microseconds of Apache's or Varnish's `%D` beside the time of a part (`%{Varnish:time_firstbyte}x`, six decimals): which of the
      // two is the request's nothing tells.
      if !isTold, !sawAddress, decimals.count == 1, largest > record.latency, decimals[0].count >= 8,
        b[decimals[0].upperBound - 7] == 0x2E
      {
        record.latency = -1
        record.latencyField = 0..<0
        record.hasUnitlessDuration = true
      }
      if record.latency < 0, whole == 1 { record.hasUnitlessDuration = true }
    }
  }
}
