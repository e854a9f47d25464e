// What a generated service writes: spans and log lines, before a format is chosen for them.
internal import Model

/// One span of a generated request.
struct WorldSpan: Sendable {
  var traceHigh: UInt64
  var traceLow: UInt64
  var id: UInt64
  var parent: UInt64
  /// Index into the graph.
  var service: Int
  /// The component called, -1 for spans that call none.
  var peer: Int
  var operation: Int
  var kind: SpanKind
  /// Microseconds since the epoch, on the service's own clock.
  var start: Int64
  var end: Int64
  var failure: WorldFailureWord?
  /// 0 for the first attempt.
  var resend: Int
}

/// How a call failed, in the words that spans and log lines use.
enum WorldFailureWord: Sendable {
  case internalError
  case unavailable
  case timeout
  case refused

  var httpStatus: Int {
    switch self {
    case .internalError: 500
    case .unavailable, .refused: 503
    case .timeout: 504
    }
  }
  var errorType: String {
    switch self {
    case .internalError: "500"
    case .unavailable: "503"
    case .timeout: "timeout"
    case .refused: "java.net.ConnectException"
    }
  }
  var isRetryable: Bool { self != .internalError }
}

/// One log line of a generated service.
struct WorldLog: Sendable {
  var time: Int64
  var service: Int
  var level: String
  var text: String
  var traceHigh: UInt64
  var traceLow: UInt64
  var span: UInt64
}
