// What the fields of a span document mean, as its writer writes them.

internal import Model
internal import Support

extension NamedSpans {
  mutating func settle(
    _ b: Span<UInt8>, _ zoneSeconds: Int, _ texts: inout JSONTexts,
    _ issues: inout SpanIssues
  ) -> TraceSpan {
    let dialect = SpanDialect(self, b)
    (builder.span.trace, builder.span.traceText) = trace(b, dialect, &texts)
    let isTransaction = dialect == .apmTransaction
    builder.span.span = id(b, isTransaction ? .transaction : .span, dialect, &texts)
    builder.span.parent = id(b, .parent, dialect, &texts)
    if builder.span.parent == 0, dialect == .apmSpan { builder.span.parent = id(b, .transaction, dialect, &texts) }
    let operation = dialect == .datadog ? text(.resourceName) ?? text(.operation) : text(.operation)
    if let operation { builder.span.operation = texts.symbol(b, operation) }
    if dialect == .instana { nameRequest(b, &texts) }
    if let service = named(.service, b) { builder.span.service = texts.symbol(b, service) }
    if builder.span.peerService.isNone, let peer = named(.peer, b) {
      builder.span.peerService = texts.symbol(b, peer)
    }
    kind(b, dialect)
    if dialect == .datadog { nameCaller(b, &texts) }
    status(b, &texts)
    if builder.isLinked {
      let isMessaging = isTransaction && text(.type).map { JSONScanner.equals(b, $0, "messaging") } == true
      builder.settleAPMLink(isMessaging: isMessaging)
    }
    if dialect == .cloudTrace, let code = text(.status) {
      builder.span.grpcStatus = SpanWords.grpcStatus(b.extracting(code.start..<code.end))
      builder.span.status = builder.span.grpcStatus > 0 ? .error : builder.span.status
    }
    let times = SpanTimes(self, b, dialect: dialect, zoneSeconds: zoneSeconds)
    times.set(&builder.span, &issues)
    if durations != nil, let length = times.unitless ?? times.guessed {
      durations?.add(
        trace: builder.span.trace, span: builder.span.span, parent: builder.span.parent, start: builder.span.start,
        length: length)
    }
    if let rate = text(.sampleRate) { builder.takeSampleRate(b.extracting(rate.start..<rate.end)) }
    if builder.issues.contains(.sampled) { issues.insert(.sampled) }
    if builder.span.trace.isNone || builder.span.span == 0 { issues.insert(.noID) }
    return builder.span
  }

  /// A name, unless it is a word for none.
  func named(_ key: SpanKey, _ b: Span<UInt8>) -> JSONStringSlice? {
    text(key).flatMap { FieldText.isNull(b.extracting($0.start..<$0.end)) ? nil : $0 }
  }

  /// Datadog's integrations may give a call the name of what is called as its service (`pay-postgres`; "Inferred services"): the caller is
  /// the process's own service where the span names it, else its parent's.
  mutating func nameCaller(_ b: Span<UInt8>, _ texts: inout JSONTexts) {
    guard builder.span.kind == .client || builder.span.kind == .producer, !builder.span.service.isNone else { return }
    guard let base = named(.baseService, b) else {
      builder.span.flags.insert(.maybeCallee)
      return
    }
    let caller = texts.symbol(b, base)
    guard caller != builder.span.service else { return }
    if builder.span.peerService.isNone { builder.span.peerService = builder.span.service }
    builder.span.service = caller
  }

  mutating func trace(
    _ b: Span<UInt8>, _ dialect: SpanDialect, _ texts: inout JSONTexts
  ) -> (RequestID, Symbol) {
    guard let text = text(.trace) else { return (.none, .none) }
    if dialect.hasDecimalIDs, let number = FieldText.unsigned(b.extracting(text.start..<text.end)) {
      let upper = self.text(.traceUpper).map { DatadogID.upper(b.extracting($0.start..<$0.end)) }
      return (RequestID(high: upper ?? 0, low: number), .none)
    }
    return texts.request(b, text)
  }

  func id(_ b: Span<UInt8>, _ key: SpanKey, _ dialect: SpanDialect, _ texts: inout JSONTexts) -> UInt64 {
    guard let text = text(key) else { return 0 }
    if dialect.hasDecimalIDs, let number = FieldText.unsigned(b.extracting(text.start..<text.end)) { return number }
    if key == .parent { return FieldText.parentID(b.extracting(text.start..<text.end)) }
    return texts.span(b, text)
  }

  mutating func kind(_ b: Span<UInt8>, _ dialect: SpanDialect) {
    if let text = text(.kind) {
      var bytes = text.start..<text.end
      // Python prints `SpanKind.SERVER`.
      if JSONScanner.matches(b, text.start, "SpanKind.") { bytes = text.start + 9..<text.end }
      builder.span.kind = SpanWords.kind(b.extracting(bytes))
    }
    switch dialect {
    case .apmTransaction: builder.span.kind = .server
    case .apmSpan:
      let isCall = !builder.span.peerService.isNone || text(.type).map { Self.isCall(b, $0) } ?? false
      builder.span.kind = isCall ? .client : .internal
    case .datadog where builder.span.kind == .unspecified:
      builder.span.kind = text(.type).map { Self.kind(ofType: b, $0) } ?? .unspecified
    case .insights:
      // `request`, `AppRequests`; `dependency`, `AppDependencies`.
      let isRequest = text(.type).map { type in
        (type.start..<type.end).contains { JSONScanner.matches(b, $0, "equest") }
      }
      builder.span.kind = isRequest == true ? .server : .client
    case .instana: builder.span.kind = text(.kind).map { Self.kind(ofInstana: b, $0) } ?? .unspecified
    default: break
    }
  }

  /// Types of Datadog's spans ("Span type" of its trace agent): `web` is served, services and stores are called.
  static func kind(ofType b: Span<UInt8>, _ type: JSONStringSlice) -> SpanKind {
    if JSONScanner.equals(b, type, "web") { return .server }
    for word: StaticString in [
      "http", "sql", "db", "cache", "redis", "memcached", "mongodb", "cassandra", "elasticsearch", "aws",
    ] where JSONScanner.equals(b, type, word) {
      return .client
    }
    return .unspecified
  }

  /// Types of spans of Elastic APM that leave the process.
  static func isCall(_ b: Span<UInt8>, _ type: JSONStringSlice) -> Bool {
    for word: StaticString in ["db", "external", "cache", "storage", "messaging"]
    where JSONScanner.matches(b, type.start, word) {
      return true
    }
    return false
  }

  mutating func status(_ b: Span<UInt8>, _ texts: inout JSONTexts) {
    if let code = text(.httpStatus) {
      builder.span.httpStatus = SpanWords.httpStatus(b.extracting(code.start..<code.end))
    }
    if let status = text(.status) {
      SpanWords.status(b.extracting(status.start..<status.end), into: &builder.span)
    }
    if let outcome = text(.outcome), JSONScanner.equals(b, outcome, "failure") { builder.span.status = .error }
    if !has(.outcome), let result = text(.result), JSONScanner.equals(b, result, "HTTP 5xx") {
      builder.span.status = .error
    }
    if case .bool(false)? = found[.success]?.value { builder.span.status = .error }
    if let success = text(.success), JSONScanner.equals(b, success, "False") || JSONScanner.equals(b, success, "false")
    {
      builder.span.status = .error
    }
    switch found[.error]?.value {
    case .bool(true)?: builder.span.status = .error
    case .number(let text)?: if !JSONScanner.equals(b, text, "0") { builder.span.status = .error }
    case .text(let text)?:
      if JSONScanner.equals(b, text, "true") || JSONScanner.equals(b, text, "1") {
        builder.span.status = .error
      } else if !JSONScanner.equals(b, text, "false"), !JSONScanner.equals(b, text, "0") {
        builder.span.status = .error
        builder.takeStatusMessage(text, b, &texts)
      }
    default: break
    }
    // Only what failed has an error's message (New Relic, "Span event attributes").
    if builder.span.status == .unset, let error = text(.errorMessage), !error.isEmpty { builder.span.status = .error }
    if let message = text(.statusMessage) ?? text(.errorMessage) {
      builder.takeStatusMessage(message, b, &texts)
    }
  }
}
