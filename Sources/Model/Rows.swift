package import Support

/// A span as `EventBuilder` made it uniform, as segments hold it: 88 bytes, symbols of the segment's table.
@usableFromInline package struct SpanRow: Sendable {
  package var request: RequestID
  package var span: UInt64
  package var parent: UInt64
  /// Microseconds since the epoch.
  package var start: Int64
  /// Microseconds; -1 where the span never ended.
  package var duration: Int64
  package var source: SourceRef
  package var component: Symbol
  package var operation: Symbol
  /// The component called, for client and producer spans; none where unknown.
  package var peer: Symbol
  package var message: Symbol
  /// The text of a request id that is not hex.
  package var requestText: Symbol
  package var kind: SpanKind
  /// 0 where the span did not fail, else `FailureKind.rawValue`.
  package var failureCode: UInt8
  /// 1-based.
  package var attempt: UInt8
  package var flags: Flags
  /// How many requests it stands for.
  package var weight = SampleWeight.one
  /// What the span tells about attempts without spans; set after the row is made.
  package var retryEvidence = RetryEvidence.none

  package init(
    request: RequestID, span: UInt64, parent: UInt64, start: Int64, duration: Int64, source: SourceRef,
    component: Symbol, operation: Symbol, peer: Symbol = .none, message: Symbol = .none, requestText: Symbol = .none,
    kind: SpanKind = .unspecified, failureCode: UInt8 = 0, attempt: UInt8 = 1, flags: Flags = []
  ) {
    self.request = request
    self.span = span
    self.parent = parent
    self.start = start
    self.duration = duration
    self.source = source
    self.component = component
    self.operation = operation
    self.peer = peer
    self.message = message
    self.requestText = requestText
    self.kind = kind
    self.failureCode = failureCode
    self.attempt = attempt
    self.flags = flags
  }

  /// The lower eight are a byte of the segment's row; `untimed` is a bit of its kind's byte there.
  @usableFromInline package struct Flags: OptionSet, Hashable, Sendable {
    @usableFromInline package var rawValue: UInt16
    @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }
    /// The server half of a shared Zipkin span.
    @inlinable package static var shared: Flags { Flags(rawValue: 1) }
    @inlinable package static var followsFrom: Flags { Flags(rawValue: 2) }
    @inlinable package static var foreignParent: Flags { Flags(rawValue: 4) }
    /// The peer is a database or a broker: a component of its own without spans.
    @inlinable package static var virtualPeer: Flags { Flags(rawValue: 8) }
    /// The span's attempt number was written by its client.
    @inlinable package static var countedAttempt: Flags { Flags(rawValue: 16) }
    /// Adopted by the root because its parent is missing.
    @inlinable package static var orphan: Flags { Flags(rawValue: 32) }
    /// The span has no end of its own; an untimed one has an end that lies before its beginning.
    @inlinable package static var unfinished: Flags { Flags(rawValue: 64) }
    /// The span comes from event lines.
    @inlinable package static var fromEvents: Flags { Flags(rawValue: 128) }
    /// Its record says that it ended, but not after how long: a line of an access log without a duration.
    @inlinable package static var untimed: Flags { Flags(rawValue: 256) }
    /// A call whose component may be what is called: it is where the parent's is another.
    @inlinable package static var maybeCallee: Flags { Flags(rawValue: 512) }
    /// Nothing tells that the span ended.
    @inlinable package var isOpen: Bool { contains(.unfinished) && !contains(.untimed) }
    /// The span's end lies before its beginning.
    @inlinable package var isReversed: Bool { contains(.unfinished) && contains(.untimed) }
    /// Asked for every span: known to other rooms as the bit that it is.
    @inlinable package func contains(_ member: Flags) -> Bool { rawValue & member.rawValue == member.rawValue }
  }
}

/// A log record as `EventBuilder` made it uniform.
package struct LogRow: Sendable {
  /// Microseconds since the epoch; `Int64.min` where the line has no time.
  package var time: Int64
  package var request: RequestID
  package var span: UInt64
  package var source: SourceRef
  package var component: Symbol
  /// The masked message: variable parts replaced by typed marks.
  package var message: Symbol
  package var severity: Severity
  /// How long the line says that something took, microseconds; 0 where it says nothing of that.
  package var took: UInt32 = 0

  package init(
    time: Int64, request: RequestID, span: UInt64, source: SourceRef, component: Symbol, message: Symbol,
    severity: Severity
  ) {
    self.time = time
    self.request = request
    self.span = span
    self.source = source
    self.component = component
    self.message = message
    self.severity = severity
  }
}

/// A metric reading as `EventBuilder` made it uniform.
package struct MetricRow: Sendable {
  /// Microseconds since the epoch.
  package var time: Int64
  package var value: Double
  package var source: SourceRef
  package var component: Symbol
  package var metric: Symbol

  package init(time: Int64, value: Double, source: SourceRef, component: Symbol, metric: Symbol) {
    self.time = time
    self.value = value
    self.source = source
    self.component = component
    self.metric = metric
  }
}
