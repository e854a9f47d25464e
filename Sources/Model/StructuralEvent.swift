package import Support

/// What a structural event says about its component.
package enum EventKind: UInt8, CaseIterable, Hashable, Sendable {
  case requestStart = 1
  /// `succeeded` tells how it ended.
  case requestEnd
  /// `subject` is the target.
  case call
  /// `subject` is the source of the answer, `succeeded` how it ended.
  case callReturn
  /// `subject` is the resource, `value` its reading.
  case resourceSpike
  /// `value` is the depth.
  case queueDepth
  /// `subject` is the state: `closed`, `open`, `halfOpen`.
  case circuitBreaker
  case childCrashed
  /// `subject` is the reason: `normal`, `error`, `killed`, `timeout`.
  case childExited
  case heartbeat
  /// `message` is the template.
  case logMessage

  /// The name in event lines.
  package var name: String { String(describing: self) }

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  package init?(name: String) {
    guard let kind = Self.byName[name] else { return nil }
    self = kind
  }
}

/// One observation about one component at one time: the vocabulary of everything behind the decoders.
package struct StructuralEvent: Hashable, Sendable {
  /// Microseconds since the epoch, UTC.
  package var time: Int64
  package var component: Symbol
  package var request: RequestID
  /// The text of a request id that is not hex.
  package var requestText: Symbol
  package var span: UInt64
  package var parent: UInt64
  package var kind: EventKind
  package var succeeded: Bool
  package var attempt: UInt8
  package var failure: FailureKind?
  /// Target, source, resource, state or reason, by kind.
  package var subject: Symbol
  /// The operation, where the event has one.
  package var operation: Symbol
  /// Failure message or log template.
  package var message: Symbol
  /// How severe a log message says it is.
  package var severity: Severity = .unknown
  /// Reading or depth, by kind.
  package var value: Double
  /// Microseconds, or -1 where the event has none.
  package var latency: Int64
  package var source: SourceRef

  package init(
    time: Int64, component: Symbol, kind: EventKind, request: RequestID = .none, requestText: Symbol = .none,
    span: UInt64 = 0, parent: UInt64 = 0, succeeded: Bool = true, attempt: UInt8 = 1, failure: FailureKind? = nil,
    subject: Symbol = .none, operation: Symbol = .none, message: Symbol = .none, value: Double = 0,
    latency: Int64 = -1, source: SourceRef = SourceRef(bits: 0)
  ) {
    self.time = time
    self.component = component
    self.request = request
    self.requestText = requestText
    self.span = span
    self.parent = parent
    self.kind = kind
    self.succeeded = succeeded
    self.attempt = attempt
    self.failure = failure
    self.subject = subject
    self.operation = operation
    self.message = message
    self.value = value
    self.latency = latency
    self.source = source
  }
}
