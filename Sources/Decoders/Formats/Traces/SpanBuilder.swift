// A span while its attributes are read: which of several spellings of one thing wins, old conventions and new.

internal import Model
internal import Support

/// What a format's attribute value looked like.
enum AttributeValue {
  case text(JSONStringSlice)
  case number(JSONStringSlice)
  case bool(Bool)
  case other

  /// Where a text or number stands.
  var slice: JSONStringSlice? {
    switch self {
    case .text(let slice), .number(let slice): slice
    case .bool, .other: nil
    }
  }
}

/// A span in the making.
///
/// Attributes come in any order and old instrumentations write other names than new ones; each slot remembers the rank
/// of what it holds, so that the result does not depend on the order. Names follow the OpenTelemetry semantic
/// conventions (HTTP, RPC, database, messaging; versions 1.0 to 1.40) and OpenTracing's tags.
struct SpanBuilder {
  var span = TraceSpan()
  /// When it began and ended, in the format's own unit, as far as it was read.
  var start: Int64?
  var end: Int64?
  /// What was wrong with it.
  var issues: SpanIssues = []
  /// Ranks of the slots that several attributes compete for; a higher rank wins, the first of equals stays.
  private var ranks = InlineArray<5, UInt8>(repeating: 0)
  private var addressRank: UInt8 = 0
  private var statusRank: UInt8 = 0
  /// The first link: the span that caused this one without being its parent.
  private var linkedTrace = RequestID.none
  private var linkedSpan: UInt64 = 0
  /// What it asks for, where it says what its callee asked as well.
  private var target = RetryEvidence.none
  /// What Jaeger's sampler says of itself.
  var samplerShare = 1.0
  /// Whether it calls a service of AWS, and where that service's name stands.
  private var callsAWS = false
  private var rpcService: JSONStringSlice?
  var isProbabilistic = false

  /// A field that several attributes compete for.
  private enum Slot: Int { case peer, system, resource, error, message }

  /// Takes an attribute.
  mutating func take(
    _ name: Name, _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    switch name {
    case .none: return
    case .httpStatus:
      if let code = Self.integer(value, b), (100...999).contains(code) {
        span.httpStatus = Int16(truncatingIfNeeded: code)
      }
    case .grpcCode, .rpcStatus:
      let range = Self.range(value)
      let code = SpanWords.grpcStatus(b.extracting(range))
      if code >= 0 { span.grpcStatus = code }
    case .error: takeError(value, b, &texts)
    case .errorType: keep(.error, rank: 3, value, b, &texts)
    case .exceptionType: keep(.error, rank: 2, value, b, &texts)
    case .errorMessage: keep(.message, rank: 2, value, b, &texts)
    case .exceptionMessage: keep(.message, rank: 3, value, b, &texts)
    case .otelDescription: keep(.message, rank: 4, value, b, &texts)
    case .servicePeerName: keep(.peer, rank: 3, value, b, &texts)
    case .peerService: keep(.peer, rank: 2, value, b, &texts)
    case .serverAddress: keepAddress(4, value, b, &texts)
    case .netPeerName: keepAddress(3, value, b, &texts)
    case .peerHostname: keepAddress(2, value, b, &texts)
    case .netPeerIP: keepAddress(1, value, b, &texts)
    case .dbSystemName: keep(.system, rank: 4, value, b, &texts)
    case .dbSystem: keep(.system, rank: 3, value, b, &texts)
    case .messagingSystem: keep(.system, rank: 2, value, b, &texts)
    case .rpcSystem, .rpcService: takeRPC(name, value, b, &texts)
    case .dbNamespace: keep(.resource, rank: 4, value, b, &texts)
    case .dbName: keep(.resource, rank: 3, value, b, &texts)
    case .messagingDestinationName: keep(.resource, rank: 2, value, b, &texts)
    case .messagingDestination: keep(.resource, rank: 1, value, b, &texts)
    case .resendCount:
      if let count = Self.integer(value, b), count >= 0 {
        span.resendCount = max(span.resendCount, UInt8(truncatingIfNeeded: min(count, 255)))
      }
    case .otelStatus:
      statusRank = 2
      let word = b.extracting(Self.range(value))
      SpanWords.status(word, into: &span)
    case .sampleRate: takeSampleRate(b.extracting(Self.range(value)))
    case .samplerParam, .samplerType: takeSampler(b.extracting(Self.range(value)), isType: name == .samplerType)
    case .spanKind: span.kind = SpanWords.kind(b.extracting(Self.range(value)))
    case .retryAttempts:
      if let count = Self.integer(value, b), count > 0 {
        span.retryEvidence = .hidden(attempts: Int(min(count, 0xFFFF)), asked: span.retryEvidence.asked)
      }
    case .retryAfter, .retryAfterMilliseconds:
      takeAsked(b.extracting(Self.range(value)), unit: name == .retryAfter ? 1_000_000 : 1_000)
    case .url:
      // The default HTTP clients of several languages name nobody but in the URL; a server without a caller's span is asked
      // again for the same. Nobody else's is asked for.
      let asksForItself = span.kind == .client || span.kind == .unspecified
      guard asksForItself || span.kind == .server else { return }
      if asksForItself, span.urlHost.isNone, span.serverAddress.isNone, case .text(let text) = value {
        span.urlHost = texts.symbol(b, Self.host(b, text))
      }
      // Only roots are joined by what they ask for; a parent that is told joins by itself.
      if span.parent == 0, span.retryEvidence.hiddenAttempts == 0 {
        let target = RetryEvidence.target(StableHash.hash(b.extracting(Self.range(value))))
        // The greater of two spellings, so that their order does not matter.
        if target.rawValue > self.target.rawValue { self.target = target }
        if span.retryEvidence.asked == .none { span.retryEvidence = self.target }
      }
    }
  }

  /// An AWS SDK names the service that it calls and often no address (semantic conventions, "AWS SDK": `rpc.system` is `aws-api`); other
  /// services of RPC are names within a program.
  private mutating func takeRPC(
    _ name: Name, _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    guard case .text(let text) = value else { return }
    if name == .rpcService { rpcService = text } else { callsAWS = JSONScanner.equals(b, text, "aws-api") }
    if callsAWS, let rpcService { keep(.system, rank: 1, .text(rpcService), b, &texts) }
  }

  /// Whether it follows from a span that is not its parent.
  var isLinked: Bool { linkedSpan != 0 && span.parent == 0 }

  /// Takes a link; the first one counts.
  mutating func takeLink(trace: RequestID, span: UInt64) {
    if linkedSpan == 0, !trace.isNone { (linkedTrace, linkedSpan) = (trace, span) }
  }

  /// A recorded exception fails a span only where nothing else tells how it ended: what was handled is recorded, too, and recording
  /// sets no status (OpenTelemetry, "Exceptions on spans"). An HTTP answer below 500 of a server, below 400 to a client, tells it.
  @inline(__always) mutating func settleException() {
    guard ranks[Slot.error.rawValue] == 2, span.status == .unset, span.httpStatus > 0 else { return }
    if span.httpStatus < (span.kind == .server ? 500 : 400) { span.errorType = .none }
  }

  /// A consumer without a parent follows from the span that it links to, its producer, in another trace or its own.
  ///
  /// A client without a span above it may link to the attempt before it, and say what it asks for: both are kept, as the link
  /// may lead to something else. Both say which attempts are one request's, without which what its callee asked to wait tells
  /// nothing: that is not read then.
  @inline(__always) mutating func settleLink() {
    guard span.parent == 0 else { return }
    let isLinked = linkedSpan != 0 && linkedSpan != span.span
    let isForeign = linkedTrace != span.trace
    if span.kind == .client, span.retryEvidence.hiddenAttempts == 0 {
      if target != .none, !isLinked || isForeign {
        span.retryEvidence = target
      } else if isLinked {
        span.retryEvidence = .link(to: linkedSpan)
      }
    }
    guard isLinked, span.kind == .consumer || span.kind == .client && isForeign && target != .none else { return }
    span.parent = linkedSpan
    span.flags.insert(.followsFrom)
    if linkedTrace != span.trace { span.flags.insert(.foreignParent) }
  }

  /// The tag `error`: true in several spellings, or the failure's text.
  private mutating func takeError(
    _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    switch value {
    case .bool(let isError):
      if isError, statusRank < 2 { span.status = .error }
    case .text(let text):
      let bytes = b.extracting(text.start..<text.end)
      if JSONScanner.equals(b, text, "false") || bytes.count == 0 { return }
      if statusRank < 2 { span.status = .error }
      if !JSONScanner.equals(b, text, "true") {
        keep(.message, rank: 1, value, b, &texts)
      }
    case .number(let text):
      if !JSONScanner.equals(b, text, "0"), statusRank < 2 { span.status = .error }
    case .other: return
    }
  }

  /// Sets the message that the span's own status carries.
  mutating func takeStatusMessage(_ text: JSONStringSlice, _ b: Span<UInt8>, _ texts: inout JSONTexts) {
    if !text.isEmpty { keep(.message, rank: 5, .text(text), b, &texts) }
  }

  private mutating func keep(
    _ slot: Slot, rank: UInt8, _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    guard rank > ranks[slot.rawValue] else { return }
    let symbol = Self.symbol(value, b, &texts)
    if symbol.isNone { return }
    ranks[slot.rawValue] = rank
    switch slot {
    case .peer: span.peerService = symbol
    case .system: span.peerSystem = symbol
    case .resource: span.peerResource = symbol
    case .error: span.errorType = symbol
    case .message: span.message = symbol
    }
  }

  private mutating func keepAddress(
    _ rank: UInt8, _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    guard rank > addressRank, case .text(let text) = value, !text.isEmpty else { return }
    let bare = Self.withoutPort(b, text)
    let symbol = texts.symbol(b, bare)
    if symbol.isNone { return }
    span.serverAddress = symbol
    addressRank = rank
  }

  /// The host of a URL with an authority, without user and port; empty where there is none.
  static func host(_ b: Span<UInt8>, _ url: JSONStringSlice) -> JSONStringSlice {
    let none = JSONStringSlice(start: url.start, end: url.start, isEscaped: false)
    var start = url.start
    // Nearly every scheme is one of two; any other is looked for.
    if url.count > 7, JSONScanner.matches(b, start, "http") { start &+= b[start &+ 4] == 0x73 ? 5 : 4 }
    while start &+ 2 < url.end, !(b[start] == 0x3A && b[start &+ 1] == 0x2F && b[start &+ 2] == 0x2F) { start &+= 1 }
    guard start &+ 3 < url.end else { return none }
    start &+= 3
    var end = start
    var colon = 0
    while end < url.end {
      switch b[end] {
      case 0x2F, 0x3F, 0x23, 0x5C:
        guard start < end else { return none }
        return authority(b, start..<end, hasColon: colon >= start)
      case 0x40: start = end &+ 1
      case 0x3A: colon = end
      default: break
      }
      end &+= 1
    }
    guard start < end else { return none }
    return authority(b, start..<end, hasColon: colon >= start)
  }

  /// A host without its port.
  @inline(__always) private static func authority(
    _ b: Span<UInt8>, _ range: Range<Int>, hasColon: Bool
  ) -> JSONStringSlice {
    let whole = JSONStringSlice(start: range.lowerBound, end: range.upperBound, isEscaped: false)
    return hasColon ? withoutPort(b, whole) : whole
  }

  /// `host:80` is `host`, `[::1]:80` is `::1`; an IPv6 address stays as it is.
  static func withoutPort(_ b: Span<UInt8>, _ text: JSONStringSlice) -> JSONStringSlice {
    var start = text.start
    var end = text.end
    if b[start] == 0x5B {
      var i = start + 1
      while i < end, b[i] != 0x5D { i += 1 }
      if i < end {
        start += 1
        end = i
      }
    } else {
      var i = end
      while i > start, b[i - 1] &- 0x30 <= 9 { i -= 1 }
      if i < end, i - 1 > start, b[i - 1] == 0x3A {
        var colons = 0
        for k in start..<i where b[k] == 0x3A { colons += 1 }
        if colons == 1 { end = i - 1 }
      }
    }
    return JSONStringSlice(start: start, end: end, isEscaped: text.isEscaped)
  }

  static func integer(_ value: AttributeValue, _ b: Span<UInt8>) -> Int64? {
    FieldText.int(b.extracting(range(value)))
  }

  static func range(_ value: AttributeValue) -> Range<Int> {
    switch value {
    case .text(let text), .number(let text): text.start..<text.end
    case .bool, .other: 0..<0
    }
  }

  private static func symbol(
    _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) -> Symbol {
    switch value {
    case .text(let text), .number(let text): texts.symbol(b, text)
    case .bool, .other: .none
    }
  }
}
