package import Support

/// How severe a log line says it is.
package enum Severity: UInt8, Comparable, Hashable, Sendable {
  case unknown = 0
  case trace
  case debug
  case info
  case warning
  case error
  case fatal

  package static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

  /// The name in reports.
  package var name: String { String(describing: self) }

  /// The name in event lines: OpenTelemetry's short names in lower case.
  package var eventName: String { self == .warning ? "warn" : name }
}

/// One log record as a decoder read it. Its text lies in the batch's `text` arena, header stripped.
package struct LogLine: Sendable {
  /// Microseconds since the epoch; `Int64.min` where the line has no time.
  package var time: Int64
  package var component: Symbol
  package var request: RequestID
  /// The text of a request id that is not hex.
  package var requestText: Symbol
  package var span: UInt64
  package var severity: Severity
  /// Where the message lies in `RecordBatch.text`.
  package var textStart: Int
  package var textCount: Int
  package var source: SourceRef

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
