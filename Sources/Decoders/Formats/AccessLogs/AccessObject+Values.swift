// What the values of one object say of a request, each by its name.

internal import Model
internal import Support

extension AccessObject {
  mutating func takeRequest(
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

  mutating func takeDuration(
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

  mutating func takeStatus(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    guard AccessShapes.isStatus(b, value) else { return }
    record.status = AccessShapes.status(b, value)
    hasStatus = true
    statusIsCode = JSONScanner.equals(b, name, "code")
    if JSONScanner.equals(b, name, "DownstreamStatus") { signs.insert(.traefik) }
    if JSONScanner.equals(b, name, "response_code") || JSONScanner.equals(b, name, "response-code") {
      signs.insert(.envoy)
    }
  }

  /// Seconds of a part of the time, -1 where the load balancer could not hand the request on.
  mutating func takePart(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    let seconds = SpanWords.duration(b.extracting(value), unit: .seconds) ?? -1
    if seconds < 0 || parts == .min { parts = .min } else { parts = max(parts, 0).addingSaturated(seconds) }
    let isTarget = JSONScanner.equals(b, name, "target_processing_time")
    if isTarget || JSONScanner.equals(b, name, "backend_processing_time"), seconds >= 0 { record.times = value }
  }

  mutating func takeUpstream(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if b[name.start] | 0x20 == 0x74 {
      // `arn:…:targetgroup/NAME/ID`.
      guard let mark = value.first(where: { JSONScanner.matches(b, $0, ":targetgroup/") }) else { return }
      let start = mark + 13
      let end = (start..<max(start, value.upperBound)).first { b[$0] == 0x2F } ?? value.upperBound
      if start < end { record.upstream = start..<end }
      return
    }
    if JSONScanner.equals(b, name, "ServiceName") { signs.insert(.traefik) }
    let end = value.first { b[$0] == 0x40 } ?? value.upperBound
    record.upstream = value.lowerBound..<end
  }

  mutating func sign(_ b: Span<UInt8>, _ name: JSONStringSlice, _ value: Range<Int>) {
    if JSONScanner.equals(b, name, "message") || JSONScanner.equals(b, name, "msg")
      || JSONScanner.equals(b, name, "textPayload") || JSONScanner.equals(b, name, "Message")
    {
      signs.insert(.message)
      if message.isEmpty { message = value }
      noteWords(b, value)
    } else if JSONScanner.equals(b, name, "event") {
      // structlog's message, and anybody's name of what happened.
      signs.insert(.otherMessage)
      noteWords(b, value)
    } else if Self.otherMessages.contains(where: { JSONScanner.equals(b, name, $0) }) {
      signs.insert(.otherMessage)
      if message.isEmpty { message = value }
      noteWords(b, value)
    } else if JSONScanner.equals(b, name, "span.kind") || JSONScanner.equals(b, name, "direction")
      || JSONScanner.equals(b, name, "grpc.component")
    {
      if RequestWords(b.extracting(value)).isOfClient { signs.insert(.client) }
    } else if JSONScanner.equals(b, name, "err") || JSONScanner.equals(b, name, "error") {
      // What Go's errors of gRPC begin with.
      signs.insert(.otherMessage)
      if value.count > 18, JSONScanner.matches(b, value.lowerBound, "rpc error: code = ") {
        let end = (value.lowerBound + 18..<value.upperBound).first { (b[$0] | 0x20) &- 0x61 >= 26 } ?? value.upperBound
        if end > value.lowerBound + 18 { grpcCode = value.lowerBound + 18..<end }
      }
    } else if Self.levels.contains(where: { JSONScanner.equals(b, name, $0) }) {
      hasLevel = true
      if value.count >= 4, value.count <= 5, value.allSatisfy({ b[$0] &- 0x41 < 26 }) { signs.insert(.slog) }
    } else if JSONScanner.equals(b, name, "contentLength") || JSONScanner.equals(b, name, "remoteAddress") {
      signs.insert(.dropwizardNames)
    } else if JSONScanner.equals(b, name, "controller") {
      signs.insert(.lograge)
    } else if JSONScanner.equals(b, name, "logger"), JSONScanner.matches(b, value.lowerBound, "http.log.access") {
      signs.formUnion([.caddy, .handled])
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
    } else if JSONScanner.equals(b, name, "serviceNetworkArn") || JSONScanner.equals(b, name, "requestToTargetDuration")
    {
      signs.insert(.lattice)
    }
  }

  /// What loggers call a message, beside the names of most. An access log may have fields of these names: beside a level they are a
  /// message.
  static let otherMessages: [StaticString] = [
    "short_message", "@m", "@message", "log", "text", "body", "logMessage", "log_message", "error.message",
    "errorMessage", "exception", "full_message", "_msg",
  ]
  static let levels: [StaticString] = [
    "level", "severity", "lvl", "@l", "levelname", "log.level", "loglevel", "log_level", "Level", "@level",
  ]

  /// `0.012`: nginx writes its seconds with three decimals.
  static func isNginxTime(_ b: Span<UInt8>, _ value: Range<Int>) -> Bool {
    value.count >= 5 && b[value.upperBound - 4] == 0x2E && AccessShapes.seconds(b, value) >= 0
  }

  /// The unit of a whole number that Caddy writes for a duration (caddy, modules/logging, `duration_format`): seconds have a fraction there
  /// but for one in a thousand million, so that it is of `nano` or, in versions that have it, of `ms`.
  ///
  /// Nobody answers within a microsecond, and few hold a request for a quarter of an hour; between the two it may be either. A connection
  /// that became another protocol's may stay open for hours.
  func caddyUnit(_ b: Span<UInt8>, _ value: Range<Int>) -> FieldText.Unit? {
    guard signs.contains(.handled), let number = FieldText.int(b.extracting(value)) else { return nil }
    if number < 1000 { return .milliseconds }
    return number >= 1_000_000 && record.status != 101 ? .nanoseconds : nil
  }

  mutating func noteWords(_ b: Span<UInt8>, _ value: Range<Int>) {
    let words = RequestWords(b.extracting(value))
    if words.isOfClient { signs.insert(.client) }
    if words.saysEnd { signs.insert(.ended) }
    if words.isOfRequest { signs.insert(.ofRequest) }
  }

  func duration(_ b: Span<UInt8>, _ value: Range<Int>, _ unit: FieldText.Unit) -> Int64 {
    SpanWords.duration(b.extracting(value), unit: unit).flatMap { $0 < 0 ? nil : $0 } ?? -1
  }
}
