public import Support

/// What role a span plays in its call (OpenTelemetry's numbering).
@usableFromInline package enum SpanKind: UInt8, Hashable, Sendable {
  case unspecified = 0
  case `internal`
  case server
  case client
  case producer
  case consumer
}

/// One span as a decoder read it: identities, times and the attributes that `EventBuilder` needs to name the
/// component, the peer and the failure. Texts are symbols of the batch's table.
@usableFromInline package struct TraceSpan: Sendable {
  @usableFromInline package var trace: RequestID
  /// The text of a trace id that is not hex.
  @usableFromInline package var traceText: Symbol
  @usableFromInline package var span: UInt64
  /// 0 where there is none, `unknownParent` where there may be one that the record cannot name.
  @usableFromInline package var parent: UInt64
  /// Microseconds since the epoch.
  @usableFromInline package var start: Int64
  /// Microseconds; -1 where the span has no end, or, if it is `untimed`, an end at an unknown time.
  @usableFromInline package var duration: Int64
  @usableFromInline package var service: Symbol
  @usableFromInline package var operation: Symbol
  @usableFromInline package var kind: SpanKind
  /// Whether the span says of itself that it failed (status 2, error tag), said that it succeeded, or said nothing.
  @usableFromInline package var status: Status
  /// 0 where unknown.
  @usableFromInline package var httpStatus: Int16
  /// -1 where unknown.
  @usableFromInline package var grpcStatus: Int16
  /// `error.type`, or the type of the recorded exception.
  @usableFromInline package var errorType: Symbol
  /// Status description or exception message.
  @usableFromInline package var message: Symbol
  /// `service.peer.name`, else `peer.service`.
  @usableFromInline package var peerService: Symbol
  /// `server.address` (or an older name for it) without its port.
  @usableFromInline package var serverAddress: Symbol
  /// The host of the URL that it asks for, where its kind tells that it asks.
  @usableFromInline package var urlHost: Symbol
  /// `db.system.name` or `messaging.system`: the kind of a virtual component.
  @usableFromInline package var peerSystem: Symbol
  /// `db.namespace` or `messaging.destination.name`.
  @usableFromInline package var peerResource: Symbol
  /// `http.request.resend_count` and its older names; 0 for the first attempt.
  @usableFromInline package var resendCount: UInt8
  /// What the span tells about attempts without spans.
  @usableFromInline package var retryEvidence: RetryEvidence
  @usableFromInline package var flags: Flags
  /// How many requests it stands for, where it was kept in place of others.
  @usableFromInline package var weight: SampleWeight
  @usableFromInline package var source: SourceRef

  /// A span of which nothing is known.
  ///
  /// Written out, because initial values that stand at the members are not inlined into other modules, and this runs for
  /// every span.
  @inlinable package init() {
    trace = .none
    traceText = .none
    span = 0
    parent = 0
    start = 0
    duration = -1
    service = .none
    operation = .none
    kind = .unspecified
    status = .unset
    httpStatus = 0
    grpcStatus = -1
    errorType = .none
    message = .none
    peerService = .none
    serverAddress = .none
    urlHost = .none
    peerSystem = .none
    peerResource = .none
    resendCount = 0
    retryEvidence = .none
    flags = []
    weight = .one
    source = SourceRef(bits: 0)
  }

  /// The parent of a span whose place in its request only its times tell: an access line has the request's id and no more.
  package static let unknownParent = UInt64.max

  @usableFromInline package enum Status: UInt8, Sendable {
    case unset = 0
    case ok
    case error
  }

  @usableFromInline package struct Flags: OptionSet, Sendable {
    @usableFromInline package var rawValue: UInt8
    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Zipkin: the server half of a span whose id the client shares.
    package static let shared = Flags(rawValue: 1)
    /// The parent is known only by a FOLLOWS_FROM reference or a span link.
    package static let followsFrom = Flags(rawValue: 2)
    /// The parent lies in another trace.
    package static let foreignParent = Flags(rawValue: 4)
    /// It ended, but nothing tells after how long.
    package static let untimed = Flags(rawValue: 8)
    /// It is untimed because its record tells an end before its beginning.
    package static let reversed = Flags(rawValue: 16)
    /// A call whose service may be what is called: it is where the parent's is another.
    package static let maybeCallee = Flags(rawValue: 32)
  }
}
