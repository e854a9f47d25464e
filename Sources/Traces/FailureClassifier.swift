package import Model
package import Support

/// What a span says of its failure, brought into the one table of `FailureKind`.
///
/// Whether a span failed follows OpenTelemetry's conventions: an explicit status decides; without one, an HTTP 5xx is a
/// failure on either side and a 4xx on the client's only; a gRPC code other than OK is a failure on the client's side, and
/// on the server's one of UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS; a client's own
/// cancel is none. Which kind it is follows the codes first, then the words of the error type and message.
package struct FailureClassifier: Sendable {
  /// User's additions: error type or message fragment (lower case) to kind, tried before the built-in words.
  package var overrides: [(fragment: String, kind: FailureKind)]
  /// Kind by symbol, 0 not asked yet, 255 nothing said.
  private var byText: [UInt8] = []

  package init(overrides: [(fragment: String, kind: FailureKind)] = []) { self.overrides = overrides }

  /// Forgets what was classified, for a new symbol table.
  package mutating func reset() { byText.removeAll(keepingCapacity: true) }

  /// The kind of a span's failure, nil where it did not fail.
  package mutating func failure(of span: TraceSpan, _ symbols: SymbolTable) -> FailureKind? {
    let onClient = span.kind == .client || span.kind == .producer
    var byCode: FailureKind?
    if span.httpStatus >= 500 || (span.httpStatus >= 400 && (onClient || span.status == .error)) {
      byCode = FailureKind(httpStatus: Int(span.httpStatus))
    } else if span.grpcStatus > 0, onClient || span.status == .error || Self.serverCodes.contains(span.grpcStatus) {
      byCode = FailureKind(grpcStatus: Int(span.grpcStatus))
    }
    switch span.status {
    case .ok: return nil
    case .unset:
      if byCode == nil, span.errorType.isNone { return nil }
    case .error: break
    }
    let kind =
      byCode.flatMap { $0 == .unknown ? nil : $0 }
      ?? kind(ofText: span.errorType, symbols) ?? kind(ofText: span.message, symbols) ?? byCode
      ?? (span.errorType.isNone ? .unknown : .runtime)
    return kind == .cancelled && onClient ? nil : kind
  }

  /// UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
  private static let serverCodes: Set<Int16> = [2, 4, 12, 13, 14, 15]

  /// The kind that the words of an error type or message tell, nil where they tell nothing.
  package mutating func kind(ofText symbol: Symbol, _ symbols: SymbolTable) -> FailureKind? {
    if symbol.isNone { return nil }
    let index = Int(symbol.index)
    if index >= byText.count { byText += Array(repeating: 0, count: max(symbols.count, index + 1) - byText.count) }
    if byText[index] == 0 { byText[index] = kind(ofText: symbols.text(symbol))?.rawValue ?? 255 }
    return FailureKind(rawValue: byText[index])
  }

  /// The kind that the words of a text tell, nil where they tell nothing.
  package func kind(ofText text: String) -> FailureKind? {
    if let status = Int(text), let kind = FailureKind(httpStatus: status) { return kind }
    let lower = text.lowercased()
    if let own = overrides.first(where: { lower.contains($0.fragment) }) { return own.kind }
    return Self.words.first { $0.fragments.contains { lower.contains($0) } }?.kind
  }

  /// The built-in words, most telling first.
  private static let words: [(fragments: [String], kind: FailureKind)] = [
    (["deadline", "timeout", "timed out", "time-out"], .timeout),
    (
      [
        "refused", "unreachable", "no route", "unknownhost", "unknown host", "enotfound", "no such host",
        "name resolution", "nodename", "dns", "econnrefused",
      ], .targetUnreachable
    ),
    (
      [
        "too many requests", "rate limit", "ratelimit", "throttl", "resource_exhausted", "resource exhausted", "quota",
        "outofmemory", "out of memory", "pool exhausted", "too many connections", "no space left", "backpressure",
      ], .insufficientResources
    ),
    (["unavailable", "bad gateway", "circuit breaker", "circuitbreaker", "overloaded"], .unavailable),
    (["data_loss", "data loss", "corrupt", "checksum", "inconsistent state"], .stateCorruption),
    (["unimplemented", "unsupported", "incompatible", "version mismatch"], .incompatibleTarget),
    (["cancelled", "canceled", "aborted by client"], .cancelled),
    (
      ["connection reset", "broken pipe", "econnreset", "unexpected eof", "connection closed", "socket hang up"],
      .networkTransient
    ),
    (["certificate", "tls handshake", "x509", "ssl handshake"], .networkPermanent),
    (
      [
        "invalid", "illegalargument", "illegal argument", "not found", "notfound", "unauthorized", "unauthenticated",
        "forbidden", "permission", "validation", "assert", "bad request", "already exists", "conflict",
      ], .semantic
    ),
  ]
}
