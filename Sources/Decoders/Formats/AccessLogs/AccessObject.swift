// Access logs as JSON objects: nginx with `escape=json`, Envoy and Istio, Caddy, Traefik, Cloud Logging's HttpRequest.

internal import Model
internal import Support

/// Reads one object as a request, by the names of its keys.
///
/// An object is one if it has method and target (or a request line) and a status, at its top or in the objects in which programs keep
/// them (`AccessSide`), or the service, the method and the code of a call of gRPC. With a message of its own it is a log line; where it says of a
/// path how long it took, or where the message says that a request has ended, as the middlewares of web frameworks do, it is a
/// request as well. A duration without a unit is of the unit that the writer's document gives: milliseconds for Envoy, Dropwizard and the
/// middlewares of Node.js that write `res.statusCode`, nanoseconds for Traefik, Ory and slog-http, seconds for Caddy and the fractions of
/// nginx's `$request_time`; of any other writer it is used only if its text names one.
struct AccessObject {
  private var record = AccessRecord()
  private var signs: Signs = []
  private var bareDuration = 0..<0
  private var startText: JSONStringSlice?
  private var endText: JSONStringSlice?
  private var timeText: JSONStringSlice?
  private var epoch = 0..<0
  private var trace = 0..<0
  private var hasStatus = false
  /// Whether the status stands under the name `code`, which may be anybody's numbering, and whether a level stands beside it.
  private var statusIsCode = false
  private var hasLevel = false
  private var date = 0..<0
  /// Why the call of gRPC behind an answer of HTTP failed.
  private var grpcFailure = 0..<0
  private var grpcService = 0..<0
  private var grpcMethod = 0..<0
  private var grpcCode = 0..<0
  private var message = 0..<0
  /// The bare duration where its name is the one of nginx's.
  private var requestTime = 0..<0
  /// The order of day and month in the times, where it is known.
  var order: DateOrder?

  /// Keys that only one writer has.
  private struct Signs: OptionSet {
    var rawValue: UInt32
    static let envoy = Signs(rawValue: 1)
    static let traefik = Signs(rawValue: 2)
    static let caddy = Signs(rawValue: 4)
    static let message = Signs(rawValue: 8)
    static let escaped = Signs(rawValue: 16)
    /// Controller and action: lograge, whose durations are milliseconds, and which may repeat the request as a message.
    static let lograge = Signs(rawValue: 32)
    /// Serilog's request logging, whose `Elapsed` is milliseconds.
    static let serilog = Signs(rawValue: 64)
    /// Resource logs of Azure and the logs of CloudFront: `timeTaken` with a fraction is seconds.
    static let seconds = Signs(rawValue: 128)
    /// Caddy's word on why a request failed, which its access log tells of, too.
    static let failure = Signs(rawValue: 256)
    /// Azure's App Service, whose whole `TimeTaken` is milliseconds (AppServiceHTTPLogs).
    static let appService = Signs(rawValue: 512)
    /// Linkerd's proxy, whose time is the request's beginning (linkerd2-proxy, http/access-log).
    static let linkerd = Signs(rawValue: 2048)
    /// The upstream gave the answer, as Envoy says.
    static let viaUpstream = Signs(rawValue: 1024)
    /// `res.statusCode`: middlewares of Node.js, whose durations are milliseconds (pino-http, express-winston, restify).
    static let node = Signs(rawValue: 1 << 12)
    /// `http_response.took` (Ory) and `response.latency` under slog's uppercase level (slog-gin and its like): a `time.Duration`.
    static let goDuration = Signs(rawValue: 1 << 13)
    /// logback-access' names, whose durations are milliseconds (LogstashAccessEncoder).
    static let logback = Signs(rawValue: 1 << 14)
    /// Dropwizard's names (AccessAttribute), and `requestTime` as it writes it, which are milliseconds.
    static let dropwizardNames = Signs(rawValue: 1 << 19)
    static let dropwizardTime = Signs(rawValue: 1 << 20)
    /// The path stood behind the method.
    static let requestLine = Signs(rawValue: 1 << 22)
    /// Names of nginx's variables that nobody else uses.
    static let nginx = Signs(rawValue: 1 << 21)
    /// Something says that the record is of a call and not of what was served.
    static let client = Signs(rawValue: 1 << 15)
    /// A text says that a request has ended.
    static let ended = Signs(rawValue: 1 << 16)
    /// slog's levels are in upper case.
    static let slog = Signs(rawValue: 1 << 17)
    /// The status stands in an object of the answer's.
    static let answered = Signs(rawValue: 1 << 18)
  }

  /// Reads the object at a place that was checked before; nil where it is no access log's.
  static func read(_ b: Span<UInt8>, at start: Int, zoneSeconds: Int) -> AccessRecord? {
    var object = AccessObject()
    object.members(b, at: start, seed: AccessKeys.seed, depth: 0)
    return object.finish(b, zoneSeconds: zoneSeconds)
  }

  private mutating func members(_ b: Span<UInt8>, at start: Int, seed: UInt64, depth: Int) {
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
      case .text(let text), .number(let text): take(b, key, text, seed: seed, isText: b[at] == 0x22)
      case .bool: continue
      case .other:
        guard at < b.count else { return }
        if depth == 0, b[at] == 0x7B {
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

  /// An object in which a program keeps a request, its answer, or both.
  private struct Level {
    var at: Int
    var name: JSONStringSlice
    var side: AccessSide
    var depth: Int
  }

  /// Takes what an object inside of the record tells and the record itself does not.
  private mutating func deeper(_ b: Span<UInt8>, _ level: Level, _ work: inout [Level]) {
    var reader = JSONScanner(at: level.at)
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      let at = reader.position
      guard let value = reader.scalar(b) else { return false }
      switch value {
      case .text(let text), .number(let text):
        guard let found = AccessKeys.find(b, key.start..<key.end) else {
          let isName = JSONScanner.equals(b, key, "service") || JSONScanner.equals(b, key, "app")
          if level.side == .record, !isName { sign(b, key, text.start..<text.end) }
          return true
        }
        guard level.side.holds(found), !isKnown(found) else { return true }
        if found == .status, level.side == .response {
          signs.insert(.answered)
          if JSONScanner.equals(b, level.name, "res"), JSONScanner.equals(b, key, "statusCode") { signs.insert(.node) }
        }
        if level.side == .response, JSONScanner.equals(b, key, "took") || JSONScanner.equals(b, key, "latency") {
          let isOry = JSONScanner.equals(b, level.name, "http_response")
          if isOry || signs.contains(.slog), AccessShapes.isDigits(b, text.start..<text.end) {
            signs.insert(.goDuration)
          }
        }
        take(b, key, text, seed: AccessKeys.seed, isText: b[at] == 0x22)
      case .bool: break
      case .other:
        guard at < b.count, b[at] == 0x7B, level.depth < AccessSide.deepest,
          let side = AccessSide.of(b, key.start..<key.end)
        else { return true }
        work.append(Level(at: at, name: key, side: side.within(level.side), depth: level.depth + 1))
      }
      return true
    }
  }

  /// Whether the record itself told something already, which counts before what its objects say.
  private func isKnown(_ key: AccessKey) -> Bool {
    switch key {
    case .method: !record.method.isEmpty
    case .target, .request: !record.target.isEmpty
    case .status: hasStatus && !statusIsCode
    case .seconds, .requestTime, .milliseconds, .microseconds, .nanoseconds: record.latency >= 0
    default: false
    }
  }

  /// Objects in which writers keep the request: Caddy's `request`, Cloud Logging's `httpRequest`.
  private mutating func nested(_ b: Span<UInt8>, _ key: JSONStringSlice, at: Int) {
    if JSONScanner.equals(b, key, "request") {
      members(b, at: at, seed: AccessKeys.inner(b, key.start..<key.end), depth: 1)
      if !record.method.isEmpty { signs.insert(.caddy) }
    } else if JSONScanner.equals(b, key, "httpRequest") || JSONScanner.equals(b, key, "protoPayload") {
      members(b, at: at, seed: AccessKeys.inner(b, key.start..<key.end), depth: 1)
    } else if JSONScanner.equals(b, key, "properties") {
      members(b, at: at, seed: AccessKeys.seed, depth: 1)
    } else if JSONScanner.equals(b, key, "resource") {
      resource(b, at: at)
    } else if JSONScanner.equals(b, key, "http") || JSONScanner.equals(b, key, "url")
      || JSONScanner.equals(b, key, "event") || JSONScanner.equals(b, key, "service")
    {
      ecs(b, key, at: at)
    } else if JSONScanner.equals(b, key, "jsonPayload") {
      var reader = JSONScanner(at: at)
      _ = reader.eachMember(b) { reader, key in
        if JSONScanner.equals(b, key, "message") || JSONScanner.equals(b, key, "msg") { signs.insert(.message) }
        return reader.skipValue(b)
      }
    }
  }

  /// What the Elastic Common Schema keeps of a request in an object (ECS reference; Filebeat's modules write it so): the duration of an
  /// event is of nanoseconds.
  private mutating func ecs(_ b: Span<UInt8>, _ name: JSONStringSlice, at: Int) {
    let seed = AccessKeys.inner(b, name.start..<name.end)
    var reader = JSONScanner(at: at)
    _ = reader.eachMember(b) { reader, key in
      if reader.peek(b) == 0x7B {
        return reader.eachMember(b) { reader, inner in
          let isMethod = JSONScanner.equals(b, key, "request") && JSONScanner.equals(b, inner, "method")
          let isStatus = JSONScanner.equals(b, key, "response") && JSONScanner.equals(b, inner, "status_code")
          guard isMethod || isStatus else { return reader.skipValue(b) }
          guard let value = reader.scalar(b) else { return false }
          switch value {
          case .text(let text) where isMethod: record.method = text.start..<text.end
          case .text(let text) where isStatus, .number(let text) where isStatus:
            takeStatus(b, inner, text.start..<text.end)
          default: break
          }
          return true
        }
      }
      guard AccessKeys.key(b, key.start..<key.end, seed: seed) != nil else { return reader.skipValue(b) }
      reader.skipSpace(b)
      let isText = reader.position < b.count && b[reader.position] == 0x22
      guard let value = reader.scalar(b) else { return false }
      switch value {
      case .text(let text), .number(let text): take(b, key, text, seed: seed, isText: isText)
      case .bool, .other: break
      }
      return true
    }
  }

  /// What Cloud Logging says of the resource that served: `labels` of a monitored resource.
  private mutating func resource(_ b: Span<UInt8>, at: Int) {
    var reader = JSONScanner(at: at)
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "labels"), reader.peek(b) == 0x7B else { return reader.skipValue(b) }
      return reader.eachMember(b) { reader, key in
        guard reader.peek(b) == 0x22 else { return reader.skipValue(b) }
        guard let text = reader.string(b) else { return false }
        let value = text.start..<text.end
        for name: StaticString in ["service_name", "module_id", "url_map_name"]
        where JSONScanner.equals(b, key, name) && !value.isEmpty {
          record.configuredServer(value)
        }
        if JSONScanner.equals(b, key, "backend_service_name") { record.upstream = value }
        return true
      }
    }
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

  private mutating func take(
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
    case .configuredServer: record.configuredServer(value)
    case .upstream: takeUpstream(b, name, value)
    case .addresses: if record.addresses.isEmpty { record.addresses = value }
    case .statuses: if AccessShapes.isList(b, value, .statuses) { record.statuses = value }
    case .times:
      if AccessShapes.isList(b, value, .seconds) { record.times = value }
      signs.insert(.nginx)
    case .requestID: if record.requestID.isEmpty || name.count > 2 { record.requestID = value }
    case .traceParent: if AccessKeys.isTraceParent(b, value) { record.traceParent = value }
    case .trace: trace = CloudTraceName.id(b, value)
    case .date: date = value
    case .span, .clock: break
    case .start: startText = text
    case .end: endText = text
    case .time: timeText = timeText ?? text
    case .epoch: epoch = value
    case .requestTime where value.count > 20 && AccessTime.common(b, value, zoneSeconds: 0) != nil:
      // API Gateway calls the request's time so, nginx its duration.
      timeText = text
    case .seconds, .requestTime, .milliseconds, .microseconds, .nanoseconds, .duration:
      takeDuration(b, name, value, as: key)
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

  private mutating func takeRequest(
    _ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>, as key: AccessKey
  ) {
    switch key {
    case .method:
      // A path of a service and its method.
      if b[value.lowerBound] == 0x2F {
        if grpcMethod.isEmpty { grpcMethod = value }
        return
      }
      record.method = value
      // Dapr writes the path behind the method.
      if record.target.isEmpty, let (method, target) = AccessShapes.request(b, value), b[target.lowerBound] == 0x2F {
        (record.method, record.target) = (method, target)
        signs.insert(.requestLine)
      }
      if JSONScanner.equals(b, name, "CsMethod") { signs.insert(.appService) }
    case .target:
      if record.target.isEmpty { record.target = value }
      if JSONScanner.equals(b, name, "requested_uri") { signs.insert(.logback) }
    case .request:
      if let (method, target) = AccessShapes.request(b, value) {
        (record.method, record.target) = (method, target)
      } else if b[value.lowerBound] == 0x2F, record.target.isEmpty {
        // Apache's `%U` under the name of the whole.
        record.target = value
      }
    default: break
    }
  }

  private mutating func takeDuration(
    _ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>, as key: AccessKey
  ) {
    switch key {
    case .seconds: record.latency = duration(b, value, .seconds)
    case .requestTime:
      if Self.isNginxTime(b, value) || b[value.upperBound - 1] > 0x39 {
        record.latency = duration(b, value, .seconds)
      } else {
        if JSONScanner.equals(b, name, "requestTime") { signs.insert(.dropwizardTime) }
        if bareDuration.isEmpty { (bareDuration, requestTime) = (value, value) }
      }
    case .milliseconds: record.latency = duration(b, value, .milliseconds)
    case .microseconds: record.latency = duration(b, value, .microseconds)
    case .nanoseconds:
      record.latency = duration(b, value, .nanoseconds)
      if JSONScanner.equals(b, name, "total_ns") { signs.insert(.linkerd) }
    case .duration:
      if bareDuration.isEmpty || b[bareDuration.upperBound - 1] <= 0x39 { bareDuration = value }
    default: break
    }
  }

  private mutating func takeStatus(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    guard AccessShapes.isStatus(b, value) else { return }
    record.status = AccessShapes.status(b, value)
    hasStatus = true
    statusIsCode = JSONScanner.equals(b, name, "code")
    if JSONScanner.equals(b, name, "DownstreamStatus") { signs.insert(.traefik) }
    if JSONScanner.equals(b, name, "response_code") || JSONScanner.equals(b, name, "response-code") {
      signs.insert(.envoy)
    }
  }

  private mutating func takeUpstream(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if JSONScanner.equals(b, name, "ServiceName") { signs.insert(.traefik) }
    let end = value.first { b[$0] == 0x40 } ?? value.upperBound
    record.upstream = value.lowerBound..<end
  }

  private mutating func sign(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if JSONScanner.equals(b, name, "message") || JSONScanner.equals(b, name, "msg")
      || JSONScanner.equals(b, name, "textPayload") || JSONScanner.equals(b, name, "Message")
    {
      signs.insert(.message)
      if message.isEmpty { message = value }
      noteWords(b, value)
    } else if JSONScanner.equals(b, name, "event") {
      // structlog's message, and anybody's name of what happened.
      noteWords(b, value)
    } else if JSONScanner.equals(b, name, "span.kind") || JSONScanner.equals(b, name, "direction")
      || JSONScanner.equals(b, name, "grpc.component")
    {
      if RequestWords(b.extracting(value)).isOfClient { signs.insert(.client) }
    } else if JSONScanner.equals(b, name, "err") || JSONScanner.equals(b, name, "error") {
      // What Go's errors of gRPC begin with.
      if JSONScanner.matches(b, value.lowerBound, "rpc error: code = ") {
        let end = (value.lowerBound + 18..<value.upperBound).first { (b[$0] | 0x20) &- 0x61 >= 26 } ?? value.upperBound
        if end <= value.upperBound, end > value.lowerBound + 18 { grpcCode = value.lowerBound + 18..<end }
      }
    } else if JSONScanner.equals(b, name, "level") || JSONScanner.equals(b, name, "severity")
      || JSONScanner.equals(b, name, "lvl")
    {
      hasLevel = true
      if value.count >= 4, value.count <= 5, value.allSatisfy({ b[$0] &- 0x41 < 26 }) { signs.insert(.slog) }
    } else if JSONScanner.equals(b, name, "contentLength") || JSONScanner.equals(b, name, "remoteAddress") {
      signs.insert(.dropwizardNames)
    } else if JSONScanner.equals(b, name, "controller") {
      signs.insert(.lograge)
    } else if JSONScanner.equals(b, name, "logger"), JSONScanner.matches(b, value.lowerBound, "http.log.access") {
      signs.insert(.caddy)
    } else if JSONScanner.equals(b, name, "logger"), JSONScanner.matches(b, value.lowerBound, "http.log.error") {
      signs.insert(.failure)
    } else if JSONScanner.equals(b, name, "@mt") || JSONScanner.equals(b, name, "SourceContext")
      || JSONScanner.equals(b, name, "MessageTemplate")
    {
      signs.insert(.serilog)
    } else if JSONScanner.equals(b, name, "resourceId") {
      signs.insert(.seconds)
      let slash = value.last { b[$0] == 0x2F }
      if let slash, slash + 1 < value.upperBound { record.configuredServer(slash + 1..<value.upperBound) }
    } else if JSONScanner.equals(b, name, "grpc_status") || JSONScanner.equals(b, name, "grpc_status_number") {
      if Self.isGRPCFailure(b, value) { grpcFailure = value }
    } else if JSONScanner.equals(b, name, "service") || JSONScanner.equals(b, name, "app")
      || JSONScanner.equals(b, name, "app_name")
    {
      // The program's own name, as its log lines have it, is less than its container's; Heroku's router means a duration.
      if b[value.lowerBound] &- 0x30 > 9, !record.serverIsConfigured { record.server = value }
    } else if JSONScanner.equals(b, name, "body_bytes_sent") || JSONScanner.equals(b, name, "http_user_agent")
      || JSONScanner.equals(b, name, "remote_user") || JSONScanner.equals(b, name, "request_length")
    {
      signs.insert(.nginx)
    } else if JSONScanner.equals(b, name, "x-edge-result-type") {
      signs.insert(.seconds)
    }
  }

  /// The statuses of gRPC that are the server's failures (OpenTelemetry, semantic conventions for gRPC).
  private static let grpcFailures: Set<String> = [
    "2", "4", "12", "13", "14", "15", "Unknown", "DeadlineExceeded", "Unimplemented", "Internal", "Unavailable",
    "DataLoss",
    "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
  ]

  private static func isGRPCFailure(_ b: Span<UInt8>, _ value: Range<Int>) -> Bool {
    value.count <= 20 && grpcFailures.contains(String(copying: b.extracting(value)))
  }

  /// `0.012`: nginx writes its seconds with three decimals.
  private static func isNginxTime(_ b: Span<UInt8>, _ value: Range<Int>) -> Bool {
    value.count >= 5 && b[value.upperBound - 4] == 0x2E && AccessShapes.seconds(b, value) >= 0
  }

  private mutating func noteWords(_ b: Span<UInt8>, _ value: Range<Int>) {
    let words = RequestWords(b.extracting(value))
    if words.isOfClient { signs.insert(.client) }
    if words.saysEnd { signs.insert(.ended) }
  }

  private func duration(_ b: Span<UInt8>, _ value: Range<Int>, _ unit: FieldText.Unit) -> Int64 {
    SpanWords.duration(b.extracting(value), unit: unit).map { max($0, 0) } ?? -1
  }

  /// Whether the record is of a call of gRPC that was served: its service and method, or both in one path, and its status.
  private func isCall(_ b: Span<UInt8>, _ record: inout AccessRecord) -> Bool {
    // What Grafana's servers say of a call that went well has no code (dskit, middleware/grpc_logging.go).
    let isSaid = message.count == 4 && JSONScanner.matches(b, message.lowerBound, "gRPC")
    guard !grpcMethod.isEmpty, isSaid || !grpcCode.isEmpty, !signs.contains(.client) else { return false }
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

  mutating func finish(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    var record = record
    record.isEscaped = signs.contains(.escaped)
    let isHTTP =
      hasStatus && !record.method.isEmpty && !record.target.isEmpty && b[record.method.lowerBound] &- 0x41 < 26
    guard isHTTP || isCall(b, &record) else { return nil }
    if isHTTP,
      signs.contains(.failure)
        || statusIsCode && (hasLevel && signs.isDisjoint(with: [.ended, .requestLine]) || record.status < 100)
    {
      return nil
    }
    // Caddy writes the answer beside the request.
    if signs.contains(.answered) { signs.remove(.caddy) }
    if signs.contains(.message), signs.isDisjoint(with: [.caddy, .lograge]) {
      // A middleware's line on a request that was served says how long it took, or that it has ended; a whole URL is a client's.
      let isTimed = record.latency >= 0 || !bareDuration.isEmpty
      guard !isHTTP || b[record.target.lowerBound] == 0x2F, isTimed || signs.contains(.ended), !signs.contains(.client)
      else { return nil }
      record.hasMessage = true
    }
    record.format =
      signs.contains(.envoy)
      ? "Envoy access log"
      : signs.contains(.traefik) ? "Traefik access log" : signs.contains(.caddy) ? "Caddy access log" : "access log"
    if record.latency < 0, !bareDuration.isEmpty {
      if b[bareDuration.upperBound - 1] > 0x39 {
        record.latency = duration(b, bareDuration, .inferred)
      } else if FieldText.double(b.extracting(bareDuration)) == 0 {
        // Nothing is nothing in every unit.
        record.latency = 0
      } else if signs.contains(.nginx), requestTime == bareDuration, AccessShapes.seconds(b, bareDuration) >= 0 {
        // Whoever read nginx's line wrote its number anew, without the zeros at its end.
        record.latency = duration(b, bareDuration, .seconds)
      } else if !signs.isDisjoint(with: [.envoy, .lograge]) {
        record.latency = duration(b, bareDuration, .milliseconds)
      } else if signs.contains(.traefik) {
        record.latency = duration(b, bareDuration, .nanoseconds)
      } else if signs.contains(.goDuration) {
        record.latency = duration(b, bareDuration, .nanoseconds)
      } else if !signs.isDisjoint(with: [.serilog, .appService, .node, .logback])
        || signs.isSuperset(of: [.dropwizardNames, .dropwizardTime])
      {
        record.latency = duration(b, bareDuration, .milliseconds)
      } else if signs.contains(.caddy) || signs.contains(.seconds) && AccessShapes.seconds(b, bareDuration) >= 0 {
        record.latency = duration(b, bareDuration, .seconds)
      } else {
        record.hasUnitlessDuration = true
      }
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

  /// The beginning where the line has it; else the time at which it was written, to the millisecond where it can be.
  private func setTime(_ b: Span<UInt8>, _ zoneSeconds: Int, _ record: inout AccessRecord) {
    func moment(_ r: Range<Int>, _ unit: FieldText.Unit) -> Int64? {
      AccessTime.common(b, r, zoneSeconds: zoneSeconds)
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
