// Access logs as JSON objects: nginx with `escape=json`, Envoy and Istio, Caddy, Traefik, Cloud Logging's HttpRequest.

internal import Model
internal import Support

/// Reads one object as a request, by the names of its keys.
///
/// An object is one if it has method and target (or a request line) and a status, at its top or in the objects in which programs
/// keep them (`AccessSide`), or the service, the method and the code of a call of gRPC. With a message of its own it is a log
/// line; where it says of a path how long it took, or where the message says that a request has ended, as the middlewares of web
/// frameworks do, it is a request as well. A duration without a unit is of the unit that the writer's document gives:
/// milliseconds for Envoy, Dropwizard and the middlewares of Node.js that write `res.statusCode`, nanoseconds for Traefik, Ory
/// and slog-http, seconds for the fractions of Caddy and of nginx's `$request_time`; of any other writer it is used only if its text
/// names one.
struct AccessObject {
  var record = AccessRecord()
  var signs: Signs = []
  var bareDuration = 0..<0
  var startText: JSONStringSlice?
  var endText: JSONStringSlice?
  var timeText: JSONStringSlice?
  var epoch = 0..<0
  var trace = 0..<0
  var hasStatus = false
  /// Whether the status stands under the name `code`, which may be anybody's numbering, and whether a level stands beside it.
  var statusIsCode = false
  var hasLevel = false
  var date = 0..<0
  /// Why the call of gRPC behind an answer of HTTP failed.
  var grpcFailure = 0..<0
  var grpcService = 0..<0
  var grpcMethod = 0..<0
  var grpcCode = 0..<0
  var message = 0..<0
  /// The bare duration where its name is the one of nginx's.
  var requestTime = 0..<0
  /// The parts of the request's time together, microseconds: -1 for none, the least number where one of them was not measured.
  var parts: Int64 = -1
  /// The order of day and month in the times, where it is known.
  var order: DateOrder?

  /// Keys that only one writer has.
  struct Signs: OptionSet {
    var rawValue: UInt32
    static let envoy = Signs(rawValue: 1 << 0)
    static let traefik = Signs(rawValue: 1 << 1)
    static let caddy = Signs(rawValue: 1 << 2)
    static let message = Signs(rawValue: 1 << 3)
    static let escaped = Signs(rawValue: 1 << 4)
    /// Controller and action: lograge, whose durations are milliseconds, and which may repeat the request as a message.
    static let lograge = Signs(rawValue: 1 << 5)
    /// Serilog's request logging, whose `Elapsed` is milliseconds.
    static let serilog = Signs(rawValue: 1 << 6)
    /// Resource logs of Azure and the logs of CloudFront: `timeTaken` with a fraction is seconds.
    static let seconds = Signs(rawValue: 1 << 7)
    /// Caddy's word on why a request failed, which its access log tells of, too.
    static let failure = Signs(rawValue: 1 << 8)
    /// Azure's App Service, whose whole `TimeTaken` is milliseconds (AppServiceHTTPLogs).
    static let appService = Signs(rawValue: 1 << 9)
    /// Linkerd's proxy, whose time is the request's beginning (linkerd2-proxy, http/access-log).
    static let linkerd = Signs(rawValue: 1 << 10)
    /// The upstream gave the answer, as Envoy says.
    static let viaUpstream = Signs(rawValue: 1 << 11)
    /// `res.statusCode`: middlewares of Node.js, whose durations are milliseconds (pino-http, express-winston, restify); go-chi's
    /// httplog.
    static let node = Signs(rawValue: 1 << 12)
    /// `http_response.took` (Ory) and `response.latency` under slog's uppercase level (slog-gin and its like): a `time.Duration`.
    static let goDuration = Signs(rawValue: 1 << 13)
    /// logback-access' names, whose durations are milliseconds (LogstashAccessEncoder).
    static let logback = Signs(rawValue: 1 << 14)
    /// Dropwizard's names (AccessAttribute), and `requestTime` as it writes it, which are milliseconds.
    static let dropwizardNames = Signs(rawValue: 1 << 15)
    static let dropwizardTime = Signs(rawValue: 1 << 16)
    /// The path stood behind the method.
    static let requestLine = Signs(rawValue: 1 << 17)
    /// Names of nginx's variables that nobody else uses.
    static let nginx = Signs(rawValue: 1 << 18)
    /// Something says that the record is of a call and not of what was served.
    static let client = Signs(rawValue: 1 << 19)
    /// A text says that a request has ended.
    static let ended = Signs(rawValue: 1 << 20)
    /// slog's levels are in upper case.
    static let slog = Signs(rawValue: 1 << 21)
    /// The status stands in an object of the answer's.
    static let answered = Signs(rawValue: 1 << 22)
    /// A text that is a message where a level stands beside it.
    static let otherMessage = Signs(rawValue: 1 << 23)
    /// Method or status stood in an object of the record.
    static let deep = Signs(rawValue: 1 << 24)
    /// A text speaks of nothing but a request.
    static let ofRequest = Signs(rawValue: 1 << 25)
    /// VPC Lattice, whose durations are milliseconds (AWS, "Access logs for VPC Lattice").
    static let lattice = Signs(rawValue: 1 << 26)
    /// Something names the container or the program as collectors do.
    static let named = Signs(rawValue: 1 << 27)
    /// Caddy's logger of requests: nobody else's, while anybody may have an object `request`, or say `handled request`.
    static let handled = Signs(rawValue: 1 << 28)
  }

  /// The name beside a process's number: bunyan's and pino's loggers have that of their program.
  private var program = 0..<0
  private var hasProcess = false

  /// Reads the object at a place that was checked before; nil where it is no access log's.
  ///
  /// - Parameters:
  ///   - b: the bytes.
  ///   - start: where the object begins.
  ///   - zoneSeconds: of times that name no zone, seconds east of UTC.
  ///   - signs: what is known of its writer already.
  /// - Returns: the request.
  static func read(_ b: Span<UInt8>, at start: Int, zoneSeconds: Int, signs: Signs = []) -> AccessRecord? {
    var object = AccessObject()
    object.signs = signs
    object.members(b, at: start, seed: AccessKeys.seed, depth: 0)
    return object.finish(b, zoneSeconds: zoneSeconds)
  }

  mutating func members(_ b: Span<UInt8>, at start: Int, seed: UInt64, depth: Int) {
    var reader = JSONScanner(at: start)
    guard reader.peek(b) == 0x7B else { return }
    reader.position &+= 1
    var isFirst = true
    var inner: [Level] = []
    while let key = reader.nextKey(b, &isFirst) {
      reader.skipSpace(b)
      let at = reader.position
      guard let value = reader.scalar(b) else { return }
      switch value {
      case .text(let text), .number(let text):
        take(b, key, text, seed: seed, isText: b[at] == 0x22)
        if depth == 0, key.count == 4, JSONScanner.equals(b, key, "name") { program = text.start..<text.end }
        if depth == 0, key.count == 3, JSONScanner.equals(b, key, "pid") { hasProcess = true }
        if depth == 0, !signs.contains(.named), AccessWriters.names(b, key) { signs.insert(.named) }
      case .bool: continue
      case .other:
        guard at < b.count else { return }
        if depth == 0, b[at] == 0x7B {
          if JSONScanner.equals(b, key, "err") || JSONScanner.equals(b, key, "error") { signs.insert(.otherMessage) }
          if AccessWriters.mayLie(in: b, key) { signs.insert(.named) }
          nested(b, key, at: at)
          if let side = AccessSide.of(b, key.start..<key.end) {
            inner.append(Level(at: at, name: key, side: side, depth: 1))
          }
        }
        // App Engine's request log (google.appengine.logging.v1.RequestLog).
        if depth == 1, b[at] == 0x5B, JSONScanner.equals(b, key, "line") { record.lines = at..<reader.position }
      }
    }
    inner.reverse()
    while let level = inner.popLast() { deeper(b, level, &inner) }
  }

  /// Takes one pair of a line of names and values.
  mutating func takePair(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if AccessShapes.isDash(b, value) { return }
    // LTSV calls the client so.
    if JSONScanner.equals(b, name, "host"), AccessShapes.isNumericHost(b, value) { return }
    take(
      b, name, JSONStringSlice(start: value.lowerBound, end: value.upperBound, isEscaped: false), seed: AccessKeys.seed,
      isText: true)
  }

  mutating func take(
    _ b: Span<UInt8>, _ name: JSONStringSlice, _ text: JSONStringSlice, seed: UInt64, isText: Bool
  ) {
    let value = text.start..<text.end
    if value.isEmpty || isText && AccessShapes.isDash(b, value) { return }
    if text.isEscaped { signs.insert(.escaped) }
    guard let key = AccessKeys.find(b, name.start..<name.end, seed: seed) else {
      sign(b, name, value)
      return
    }
    switch key {
    case .method, .target, .request: takeRequest(b, name, value, as: key)
    case .status: takeStatus(b, name, value)
    case .server: if record.server.isEmpty { record.server = value }
    case .configuredServer:
      record.configuredServer(value)
      if JSONScanner.equals(b, name, "elb") { record.trimServer(b) }
    case .upstream: takeUpstream(b, name, value)
    case .addresses:
      if record.addresses.isEmpty { record.addresses = value }
      if JSONScanner.equals(b, name, "upstream_addr") { signs.insert(.nginx) }
    case .statuses: if AccessShapes.isList(b, value, .statuses) { record.statuses = value }
    case .times:
      if AccessShapes.isList(b, value, .seconds) { record.times = value }
      signs.insert(.nginx)
    case .requestID where record.requestID.isEmpty || name.count > 2:
      record.requestID = value
      record.ownsID = JSONScanner.equals(b, name, "reqId") || JSONScanner.equals(b, name, "id")
    case .requestID: break
    case .traceParent: if AccessKeys.isTraceParent(b, value) { record.traceParent = value }
    case .trace: trace = CloudTraceName.id(b, value)
    case .date: date = value
    case .span, .clock: break
    case .start: startText = text
    case .end: endText = text
    case .time: timeText = timeText ?? text
    case .epoch:
      epoch = value
      signs.insert(.nginx)
    case .requestTime where value.count > 20 && AccessTime.common(b, value, zoneSeconds: 0) != nil:
      // API Gateway calls the request's time so, nginx its duration.
      timeText = text
    case .seconds, .requestTime, .milliseconds, .microseconds, .nanoseconds, .duration:
      takeDuration(b, name, value, as: key)
    case .part: takePart(b, name, value)
    case .upstreamMilliseconds: record.upstreamTime = duration(b, value, .milliseconds)
    case .attempts:
      record.attempts = AccessKeys.count(b, value, plus: 0)
      signs.insert(.envoy)
    case .retries: record.attempts = AccessKeys.count(b, value, plus: 1)
    case .flags:
      record.reason = value
      signs.insert(.envoy)
    case .details:
      signs.insert(.envoy)
      if AccessEnvoy.isViaUpstream(b, value) { signs.insert(.viaUpstream) }
    case .route: if JSONScanner.equals(b, name, "RouterName") { signs.insert(.traefik) }
    case .grpcService: grpcService = value
    case .grpcMethod: grpcMethod = value
    case .grpcCode: grpcCode = value
    }
  }

  /// The statuses of gRPC that are the server's failures (OpenTelemetry, semantic conventions for gRPC).
  private static let grpcFailures: Set<String> = [
    "2", "4", "12", "13", "14", "15", "Unknown", "DeadlineExceeded", "Unimplemented", "Internal", "Unavailable",
    "DataLoss", "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
  ]

  static func isGRPCFailure(_ b: Span<UInt8>, _ value: Range<Int>) -> Bool {
    value.count <= 20 && grpcFailures.contains(String(copying: b.extracting(value)))
  }

  /// Whether the record is of a call of gRPC that was served: its service and method, or both in one path, and its status.
  private func isCall(_ b: Span<UInt8>, _ record: inout AccessRecord) -> Bool {
    // What Grafana's servers say of a call that went well has no code (dskit, middleware/grpc_logging.go).
    let isSaid = message.count == 4 && JSONScanner.matches(b, message.lowerBound, "gRPC")
    guard grpcMethod.contains(where: { b[$0] != 0x2F }), isSaid || !grpcCode.isEmpty, !signs.contains(.client) else {
      return false
    }
    let status = grpcCode.isEmpty ? 0 : SpanWords.grpcStatus(b.extracting(grpcCode))
    guard status >= 0 else { return false }
    (record.method, record.target) = (grpcService, grpcMethod)
    record.isRPC = true
    record.grpcStatus = status
    if !grpcCode.isEmpty, Self.isGRPCFailure(b, grpcCode) {
      record.failed = true
      record.reason = grpcCode
    }
    record.status = 0
    return true
  }

  /// No request takes a year: such a number is a time or has another unit.
  private static let longestRequest: Int64 = 366 * 86_400_000_000

  /// Whether a record with a message sums a request up. One that keeps the request in objects of its own may be of anything that happened
  /// while the request was served: its message has to speak of the request alone, or repeat its path or status.
  private func isSummary(_ b: Span<UInt8>, _ record: borrowing AccessRecord) -> Bool {
    if signs.contains(.ended) { return true }
    guard record.latency >= 0 || !bareDuration.isEmpty else { return false }
    guard signs.contains(.deep), !signs.contains(.ofRequest), !record.isRPC else { return true }
    let said = b.extracting(message.prefix(Self.messageHead))
    if Self.repeats(said, b.extracting(record.target)) { return true }
    let status = String(record.status)
    return record.status >= 100 && Self.repeats(said, status.utf8Span.span)
  }

  private static func repeats(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
    if part.isEmpty { return false }
    for i in 0..<text.count where text.holds(part, at: i) { return true }
    return false
  }

  /// So many bytes of a message are searched for the request.
  private static let messageHead = 512

  /// Whether Caddy wrote the record: it keeps the answer beside the request and not in an object.
  private var isCaddy: Bool { signs.contains(.caddy) && !signs.contains(.answered) }

  /// Whether the record is of a request's end alone (`{"res":{"statusCode":200},"responseTime":12.1,"msg":"request completed"}`): Fastify
  /// tells what was asked for when it begins.
  private var isAnswer: Bool {
    hasStatus && record.method.isEmpty && record.target.isEmpty && signs.isSuperset(of: [.node, .ended])
      && !signs.contains(.client) && (record.latency >= 0 || !bareDuration.isEmpty)
  }

  func finish(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    var record = record
    record.isEscaped = signs.contains(.escaped)
    record.namesWriter = signs.contains(.named)
    if signs.contains(.node), hasProcess, !program.isEmpty, !record.serverIsConfigured { record.server = program }
    let isHTTP =
      hasStatus && !record.method.isEmpty && !record.target.isEmpty && b[record.method.lowerBound] &- 0x41 < 26
    guard isHTTP || isAnswer || isCall(b, &record) else { return nil }
    if isHTTP,
      signs.contains(.failure)
        || statusIsCode && (hasLevel && signs.isDisjoint(with: [.ended, .requestLine]) || record.status < 100)
    {
      return nil
    }
    if signs.contains(.client), !signs.contains(.envoy) { return nil }
    let hasMessage = signs.contains(.message) || hasLevel && signs.contains(.otherMessage)
    if hasMessage, !isCaddy, !signs.contains(.lograge) {
      // A middleware's line on a request that was served says how long it took, or that it has ended; a whole URL is a client's.
      guard !isHTTP || b[record.target.lowerBound] == 0x2F && AccessServers.isMethod(b, record.method),
        isSummary(b, record)
      else { return nil }
      record.hasMessage = true
    }
    record.format =
      signs.contains(.envoy)
      ? "Envoy access log"
      : signs.contains(.traefik) ? "Traefik access log" : isCaddy ? "Caddy access log" : "access log"
    if record.latency < 0, parts >= 0 { record.latency = parts }
    if record.latency < 0, !bareDuration.isEmpty { takeBareDuration(b, &record) }
    if record.latency > Self.longestRequest {
      record.latency = -1
      record.hasUnitlessDuration = true
    }
    if !signs.contains(.envoy), record.attempts == 1, record.addresses.isEmpty { record.attempts = 0 }
    setTime(b, zoneSeconds, &record)
    if record.requestID.isEmpty { record.requestID = trace }
    if signs.contains(.envoy), record.status == 0, !record.isRPC {
      record.failed = AccessEnvoy.failed(b, record.reason)
    }
    if signs.contains(.envoy), !signs.contains(.viaUpstream) { AccessEnvoy.answerCall(b, &record) }
    if !grpcFailure.isEmpty {
      record.failed = true
      record.grpcStatus = SpanWords.grpcStatus(b.extracting(grpcFailure))
      if record.reason.isEmpty || AccessShapes.isDash(b, record.reason) { record.reason = grpcFailure }
    }
    return record
  }

  /// Takes a duration whose name tells no unit.
  private func takeBareDuration(_ b: Span<UInt8>, _ record: inout AccessRecord) {
    if FieldText.double(b.extracting(bareDuration)) == 0 {
      // Nothing is nothing in every unit.
      record.latency = 0
    } else if let unit = bareUnit(b) {
      record.latency = duration(b, bareDuration, unit)
    } else {
      record.hasUnitlessDuration = true
    }
  }

  /// The unit of the bare duration: its text's own, else the one that the writer's document gives.
  private func bareUnit(_ b: Span<UInt8>) -> FieldText.Unit? {
    // `850ms`, and .NET's `00:00:03.0040000`.
    if b[bareDuration.upperBound - 1] > 0x39 || DurationParts.microseconds(b.extracting(bareDuration)) != nil {
      return .inferred
    }
    let isFraction = AccessShapes.seconds(b, bareDuration) >= 0
    // Whoever read nginx's line wrote its number anew, without the zeros at its end.
    if signs.contains(.nginx), requestTime == bareDuration, isFraction { return .seconds }
    if !signs.isDisjoint(with: [.envoy, .lograge]) { return .milliseconds }
    if !signs.isDisjoint(with: [.traefik, .goDuration]) { return .nanoseconds }
    if !signs.isDisjoint(with: [.serilog, .appService, .node, .logback, .lattice])
      || signs.isSuperset(of: [.dropwizardNames, .dropwizardTime])
    {
      return .milliseconds
    }
    if isCaddy { return isFraction ? .seconds : caddyUnit(b, bareDuration) }
    return signs.contains(.seconds) && isFraction ? .seconds : nil
  }

  /// The beginning where the line has it; else the time at which it was written, to the millisecond where it can be.
  private func setTime(_ b: Span<UInt8>, _ zoneSeconds: Int, _ record: inout AccessRecord) {
    func moment(_ r: Range<Int>, _ unit: FieldText.Unit) -> Int64? {
      // Apache's `%t` has its brackets in JSON, too (mod_log_config).
      AccessTime.common(b, r.bare(b), zoneSeconds: zoneSeconds)
        ?? FieldText.time(b.extracting(r), unit: unit, zoneSeconds: zoneSeconds, order: order)
    }
    if let text = startText, let time = moment(text.start..<text.end, .inferred) {
      record.time = time
      record.timeIsEnd = false
      if let text = endText, record.latency < 0, let end = moment(text.start..<text.end, .inferred), end >= time {
        record.latency = end - time
      }
    } else if !epoch.isEmpty, let time = moment(epoch, .seconds) {
      record.time = time
    } else if let text = timeText, let time = moment(text.start..<text.end, .inferred) {
      record.time = time
      // Whatever Envoy's is called, it is `%START_TIME%` (Contour calls it `@timestamp`).
      if !signs.isDisjoint(with: [.envoy, .linkerd]) { record.timeIsEnd = false }
    } else if let text = timeText, !date.isEmpty {
      var stamp = [UInt8](copying: b.extracting(date))
      stamp.append(0x54)
      stamp.append(copying: b.extracting(text.start..<text.end))
      if let time = FieldText.time(stamp.span, unit: .inferred, zoneSeconds: zoneSeconds) { record.time = time }
    }
  }
}
