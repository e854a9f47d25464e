// Access logs as JSON objects: nginx with `escape=json`, Envoy and Istio, Caddy, Traefik, Cloud Logging's HttpRequest.

internal import Model
internal import Support

/// Reads one object as a request, by the names of its keys.
///
/// An object is one if it has method and target (or a request line) and a status. With a message of its own it is a log line; where
/// it says of a path how long it took, as the middlewares of web frameworks do, it is a request as well. A duration without a unit is of the unit that the writer's
/// document gives: milliseconds for Envoy, nanoseconds for Traefik, seconds for Caddy and nginx's `$request_time`; of any
/// other writer it is used only if its text names one.
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

  /// Keys that only one writer has.
  private struct Signs: OptionSet {
    var rawValue: UInt16
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
    while let key = reader.nextKey(b, &isFirst) {
      reader.skipSpace(b)
      let at = reader.position
      guard let value = reader.scalar(b) else { return }
      switch value {
      case .text(let text), .number(let text): take(b, key, text, seed: seed, isText: b[at] == 0x22)
      case .bool: continue
      case .other:
        guard at < b.count else { return }
        if depth == 0, b[at] == 0x7B { nested(b, key, at: at) }
        // App Engine's request log (google.appengine.logging.v1.RequestLog).
        if depth == 1, b[at] == 0x5B, JSONScanner.equals(b, key, "line") { record.lines = at..<reader.position }
      }
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
    guard let key = AccessKeys.key(b, name.start..<name.end, seed: seed) else {
      sign(b, name, value)
      return
    }
    switch key {
    case .method:
      record.method = value
      if JSONScanner.equals(b, name, "CsMethod") { signs.insert(.appService) }
    case .target: if record.target.isEmpty { record.target = value }
    case .request:
      if let (method, target) = AccessShapes.request(b, value) {
        (record.method, record.target) = (method, target)
      } else if b[value.lowerBound] == 0x2F, record.target.isEmpty {
        // Apache's `%U` under the name of the whole.
        record.target = value
      }
    case .status: takeStatus(b, name, value)
    case .server: if record.server.isEmpty { record.server = value }
    case .configuredServer: record.configuredServer(value)
    case .upstream: takeUpstream(b, name, value)
    case .addresses: if record.addresses.isEmpty { record.addresses = value }
    case .statuses: if AccessShapes.isList(b, value, .statuses) { record.statuses = value }
    case .times: if AccessShapes.isList(b, value, .seconds) { record.times = value }
    case .requestID: if record.requestID.isEmpty || name.count > 2 { record.requestID = value }
    case .traceParent: if AccessKeys.isTraceParent(b, value) { record.traceParent = value }
    case .trace: trace = CloudTraceName.id(b, value)
    case .date: date = value
    case .span, .clock: break
    case .start: startText = text
    case .end: endText = text
    case .time: timeText = timeText ?? text
    case .epoch: epoch = value
    case .seconds:
      // API Gateway calls the request's time so, nginx its duration.
      if value.count > 20, AccessTime.common(b, value, zoneSeconds: 0) != nil {
        timeText = text
      } else {
        record.latency = duration(b, value, .seconds)
      }
    case .milliseconds: record.latency = duration(b, value, .milliseconds)
    case .microseconds: record.latency = duration(b, value, .microseconds)
    case .nanoseconds:
      record.latency = duration(b, value, .nanoseconds)
      if JSONScanner.equals(b, name, "total_ns") { signs.insert(.linkerd) }
    case .duration:
      if bareDuration.isEmpty || b[bareDuration.upperBound - 1] <= 0x39 { bareDuration = value }
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
    }
  }

  private mutating func takeStatus(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    guard AccessShapes.isStatus(b, value) else { return }
    record.status = AccessShapes.status(b, value)
    hasStatus = true
    statusIsCode = JSONScanner.equals(b, name, "code")
    if JSONScanner.equals(b, name, "DownstreamStatus") { signs.insert(.traefik) }
    if JSONScanner.equals(b, name, "response_code") { signs.insert(.envoy) }
  }

  private mutating func takeUpstream(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if JSONScanner.equals(b, name, "ServiceName") { signs.insert(.traefik) }
    let end = value.first { b[$0] == 0x40 } ?? value.upperBound
    record.upstream = value.lowerBound..<end
  }

  private mutating func sign(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if JSONScanner.equals(b, name, "message") || JSONScanner.equals(b, name, "msg")
      || JSONScanner.equals(b, name, "textPayload")
    {
      signs.insert(.message)
    } else if JSONScanner.equals(b, name, "level") || JSONScanner.equals(b, name, "severity")
      || JSONScanner.equals(b, name, "lvl")
    {
      hasLevel = true
    } else if JSONScanner.equals(b, name, "controller") {
      signs.insert(.lograge)
    } else if JSONScanner.equals(b, name, "logger"), JSONScanner.matches(b, value.lowerBound, "http.log.access") {
      signs.insert(.caddy)
    } else if JSONScanner.equals(b, name, "logger"), JSONScanner.matches(b, value.lowerBound, "http.log.error") {
      signs.insert(.failure)
    } else if JSONScanner.equals(b, name, "@mt") || JSONScanner.equals(b, name, "SourceContext") {
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

  private func duration(_ b: Span<UInt8>, _ value: Range<Int>, _ unit: FieldText.Unit) -> Int64 {
    SpanWords.duration(b.extracting(value), unit: unit).map { max($0, 0) } ?? -1
  }

  func finish(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    var record = record
    record.isEscaped = signs.contains(.escaped)
    guard hasStatus, !record.method.isEmpty, !record.target.isEmpty, b[record.method.lowerBound] &- 0x41 < 26 else {
      return nil
    }
    if signs.contains(.failure) || statusIsCode && (hasLevel || record.status < 100) { return nil }
    if signs.contains(.message), signs.isDisjoint(with: [.caddy, .lograge]) {
      // A middleware's line on a request that was served says how long it took; a whole URL is a client's.
      guard b[record.target.lowerBound] == 0x2F, record.latency >= 0 || !bareDuration.isEmpty else { return nil }
      record.hasMessage = true
    }
    record.format =
      signs.contains(.envoy)
      ? "Envoy access log"
      : signs.contains(.traefik) ? "Traefik access log" : signs.contains(.caddy) ? "Caddy access log" : "access log"
    if record.latency < 0, !bareDuration.isEmpty {
      if b[bareDuration.upperBound - 1] > 0x39 {
        record.latency = duration(b, bareDuration, .inferred)
      } else if !signs.isDisjoint(with: [.envoy, .lograge]) {
        record.latency = duration(b, bareDuration, .milliseconds)
      } else if signs.contains(.traefik) {
        record.latency = duration(b, bareDuration, .nanoseconds)
      } else if !signs.isDisjoint(with: [.serilog, .appService]) {
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
    record.failed = signs.contains(.envoy) && record.status == 0 && AccessEnvoy.failed(b, record.reason)
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
        ?? FieldText.time(b.extracting(r), unit: unit, zoneSeconds: zoneSeconds)
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
