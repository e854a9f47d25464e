// What one line of an access log says, whichever program wrote it.

/// A request as its proxy logged it. Texts are places in the line's bytes, empty where the format has none.
struct AccessRecord {
  /// Microseconds since the epoch, `Int64.min` where the line has none.
  var time = Int64.min
  /// Whether `time` is the request's end (nginx, load balancers) and not its beginning.
  var timeIsEnd = true
  /// Microseconds from the request's arrival to the end of its answer, -1 where it is not logged.
  var latency: Int64 = -1
  /// Where the line has it, if it is one number of seconds.
  var latencyField = 0..<0
  /// Whether that number may be the ratio of a compression: two decimals, and no other time beside it.
  var mayBeRatio = false
  /// The only number behind the request, of which its own line does not tell whether it is the status or the bytes.
  var onlyNumber = 0..<0
  /// Whether that number would be a status, and is none because other lines show that it is the bytes.
  var hasLostStatus = false
  var method = 0..<0
  /// The request's target as written: a path, perhaps with a query, or a whole URL.
  var target = 0..<0
  /// The status that the client got, 0 where the line is of a connection without one.
  var status = 0
  /// Whether the line tells of a connection and not of a request (TCP and TLS listeners).
  var isConnection = false
  /// Whether the format says that the request failed, whatever its status.
  var failed = false
  /// The status of a call of gRPC, which an answer of HTTP does not tell; -1 for none.
  var grpcStatus: Int16 = -1
  /// Whether `method` and `target` are the service and the method of a call of gRPC.
  var isRPC = false
  /// The name under which the request was served: virtual host, frontend, load balancer.
  var server = 0..<0
  /// Whether `server` comes from the operator and not out of the request's own header.
  var serverIsConfigured = false
  /// The service or group behind the proxy.
  var upstream = 0..<0
  /// Addresses, times and statuses of the tries, as lists of one length (nginx).
  var addresses = 0..<0
  var times = 0..<0
  var statuses = 0..<0
  /// How many tries there were, where only their number is logged; 0 where it is not.
  var attempts = 0
  /// Microseconds of the last try, -1 where it is not logged.
  var upstreamTime: Int64 = -1
  /// Whether the lists hold one element each, and what the time and the status of that try are: a layout reads each field once.
  var isSingleTry = false
  var tryTime: Int64 = -1
  var tryStatus = 0
  var requestID = 0..<0
  /// Whether the id stands where loggers of Node.js write their process's count.
  var ownsID = false
  /// Where the id is its process's count: which of the beginnings of that number it is the end of; 0 where that is not known.
  var beginning: UInt64 = 0
  /// A W3C trace context: `00-TRACE-SPAN-FLAGS`.
  var traceParent = 0..<0
  /// Why the request went wrong, in the proxy's words: response flags, termination state.
  var reason = 0..<0
  /// Whether the record has a message, too, so that it is a log line as well.
  var hasMessage = false
  /// The records that an application logged while it served the request, which lie in the record's list.
  var lines = 0..<0
  /// Some text in it is escaped, so that its bytes are not what they stand for.
  var isEscaped = false
  /// A duration stands there whose unit nothing tells.
  var hasUnitlessDuration = false
  /// Whether it names its container or program as the records of collectors do.
  var namesWriter = false
  /// Its form is so plain that it is a request only behind a time.
  var needsTime = false
  /// Name of the format, for notes and books.
  var format: StaticString = "access log"
}

/// What the layers around a line said; see `LineEnvelope`.
extension Range<Int> {
  /// The text without one pair of quotes or brackets around it.
  @inline(__always) func bare(_ b: Span<UInt8>) -> Range<Int> {
    guard count >= 2 else { return self }
    switch (b[lowerBound], b[upperBound &- 1]) {
    case (0x22, 0x22), (0x5B, 0x5D), (0x7B, 0x7D), (0x27, 0x27): return lowerBound &+ 1..<upperBound &- 1
    default: return self
    }
  }
}
