public import Support

/// How severe a log line says it is.
@usableFromInline package enum Severity: UInt8, Comparable, Hashable, Sendable {
  case unknown = 0
  case trace
  case debug
  case info
  case warning
  case error
  case fatal

  @inlinable package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

  /// The name in reports.
  package var name: String { String(describing: self) }

  /// The name in event lines: OpenTelemetry's short names in lower case.
  @usableFromInline package var eventName: String { self == .warning ? "warn" : name }
}

/// One log record as a decoder read it. Its text lies in the batch's `text` arena, header stripped.
@usableFromInline package struct LogLine: Sendable {
  /// Microseconds since the epoch; `Int64.min` where the line has no time.
  @usableFromInline package var time: Int64
  @usableFromInline package var component: Symbol
  @usableFromInline package var request: RequestID
  /// The text of a request id that is not hex.
  @usableFromInline package var requestText: Symbol
  @usableFromInline package var span: UInt64
  @usableFromInline package var severity: Severity
  /// Where the message lies in `RecordBatch.text`.
  @usableFromInline package var textStart: Int
  @usableFromInline package var textCount: Int
  @usableFromInline package var source: SourceRef

  /// A line of which nothing is known; written out so that it is inlined into the decoders.
  @inlinable package init() {
    time = .min
    component = .none
    request = .none
    requestText = .none
    span = 0
    severity = .unknown
    textStart = 0
    textCount = 0
    source = SourceRef(bits: 0)
  }
}

/// One metric reading.
package struct MetricPoint: Sendable {
  /// Microseconds since the epoch.
  package var time: Int64 = 0
  package var component: Symbol = .none
  package var metric: Symbol = .none
  package var value: Double = 0
  package var source = SourceRef(bits: 0)

  package init() {}
}
