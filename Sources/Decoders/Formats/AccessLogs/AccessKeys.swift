// The names under which access logs tell their fields: JSON keys, `key=value` pairs, W3C columns.

internal import Model
internal import Support

/// What a named field of an access log holds.
enum AccessKey: UInt8 {
  case method
  case target
  /// The whole request line.
  case request
  case status
  case server
  /// The server's name in the configuration and not the request's header.
  case configuredServer
  case upstream
  case addresses
  case statuses
  /// Seconds, one for each try.
  case times
  case requestID
  case traceParent
  case trace
  case span
  /// When the request came.
  case start
  /// When the answer was sent.
  case end
  /// When the line was written, or a time of which the name does not tell.
  case time
  /// Seconds since the epoch with milliseconds, written at the end (nginx).
  case epoch
  case date
  case clock
  case seconds
  /// Seconds where it has a fraction (nginx's `$request_time`); a whole number is of anything (Dropwizard counts milliseconds).
  case requestTime
  case milliseconds
  case microseconds
  case nanoseconds
  /// A duration whose unit the name does not tell.
  case duration
  /// Seconds of a part of the request's time (AWS' load balancers).
  case part
  case upstreamMilliseconds
  case attempts
  case retries
  case flags
  case details
  case route
  /// The service, the method and the status of a call of gRPC.
  case grpcService
  case grpcMethod
  case grpcCode
}

/// Looks names up without regard to case and to what is no letter or digit.
enum AccessKeys {
  /// By the hash of the name's letters and digits in lower case; a dot stands between an object's key and its member's.
  private static let byHash: [UInt64: AccessKey] = {
    var table: [UInt64: AccessKey] = [:]
    for (key, names) in names {
      for name in names {
        let bytes = Array(name.utf8)
        table[hash(bytes.span, 0..<bytes.count, seed: seed)] = key
      }
    }
    return table
  }()

  /// From the documents: nginx's and Apache's variables, Envoy's command operators as Istio names them, Traefik's and
  /// Caddy's fields, the Extended Log File Format with IIS's and CloudFront's columns, Cloud Logging's HttpRequest, API Gateway's
  /// context variables, Cloudflare's HTTP requests, Open Liberty's access log events, Application Gateway's and Front Door's resource logs,
  /// the tables of AWS' load balancers (Athena) and the access logs of VPC Lattice.
  private static let names: [(AccessKey, [String])] = [
    (
      .method,
      [
        "method", "requestmethod", "verb", "httpmethod", "csmethod", "request.method", "httprequest.requestmethod",
        "reqmethod", "httprequestmethod", "httprequestrequestmethod", "requestverb", "clientrequestmethod",
        "ibmrequestmethod", "protopayload.method",
      ]
    ),
    (
      .target,
      [
        "path", "uri", "requesturi", "url", "requestpath", "requesturl", "csuristem", "request.uri", "request.url",
        "request.path", "httprequest.requesturl", "originalpath", "xenvoyoriginalpath", "xenvoyoriginpath",
        "httppath", "httpurl", "reqpath", "url.original", "url.path", "clientrequesturi", "clientrequestpath",
        "csuri", "resourcepath", "ibmuripath", "protopayload.resource", "originalurl", "requesteduri",
        "httprequestrequesturl", "httprequest.requestpath", "urlpath", "httptarget", "http.target", "http.route",
        "urloriginal",
      ]
    ),
    (.request, ["request", "requestline", "httprequest", "req", "requestedurl"]),
    (
      .status,
      [
        "status", "responsecode", "statuscode", "httpstatus", "downstreamstatus", "scstatus", "responsestatus",
        "httprequest.status", "httpstatuscode", "code", "edgeresponsestatus", "ibmresponsecode",
        "protopayload.status", "httprequeststatus", "httpresponsestatuscode", "httpresponsestatus", "elbstatuscode",
        "elbresponsecode",
      ]
    ),
    (
      .server,
      [
        "host", "httphost", "vhost", "authority", "requesthost", "request.host", "domain", "cshost", "xhostheader",
        "reqhost", "clientrequesthost", "url.domain", "protopayload.host", "hostheader",
      ]
    ),
    (
      .configuredServer,
      [
        "application", "applicationname", "servername", "frontendname", "frontend", "ingressname", "listener",
        "service.name", "ibmservername", "scriptname", "elb", "elbname",
      ]
    ),
    (
      .upstream,
      [
        "upstreamcluster", "proxyupstreamname", "upstreamname", "backendname", "backend", "servicename",
        "upstreamservice", "targetgrouparn",
      ]
    ),
    (
      .addresses,
      [
        "upstreamaddr", "upstreamhost", "upstream", "serviceaddr", "upstreamaddress", "serverrouted", "targetipport",
        "targetportlist",
      ]
    ),
    (
      .statuses,
      [
        "upstreamstatus", "us", "ustatus", "serverstatus", "originresponsestatus", "targetstatuscode",
        "targetstatuscodelist", "backendresponsecode",
      ]
    ),
    (.times, ["upstreamresponsetime", "urt", "ut", "upstreamtime"]),
    (
      .requestID,
      [
        "requestid", "xrequestid", "reqid", "rid", "requestidentifier", "xedgerequestid", "rayid", "id",
        "protopayload.requestid",
      ]
    ),
    (.traceParent, ["traceparent", "httptraceparent"]),
    (.trace, ["traceid", "trace", "xb3traceid", "opentelemetrytraceid", "opentracingtraceid"]),
    (.span, ["spanid", "xb3spanid", "opentelemetryspanid"]),
    (
      .start,
      [
        "event.start", "starttime", "startutc", "startlocal", "requeststart", "requesttimeepoch", "edgestarttimestamp",
        "reqtimesec", "eventtimestamp", "requestcreationtime",
        "protopayload.starttime",
      ]
    ),
    (.end, ["endtime", "edgeendtimestamp", "protopayload.endtime"]),
    (
      .time,
      [
        "timeiso8601", "timelocal", "timegenerated", "timestamp", "time", "ts", "eventtime", "datetime", "t",
        "ibmdatetime",
      ]
    ),
    (.epoch, ["msec"]),
    (.date, ["date"]),
    (.clock, []),
    (.requestTime, ["requesttime", "rt", "reqtime"]),
    (.seconds, lengths(in: "s", "sec", "secs", "seconds", "insec", "inseconds")),
    (
      .milliseconds,
      ["responselatency", "turnaroundtimemsec", "tt", "walltimems"]
        + lengths(in: "ms", "msec", "msecs", "millis", "milliseconds", "inms", "inmillis", "inmilliseconds")
    ),
    (
      .microseconds,
      ["reqtimemicrosec", "ibmelapsedtime"]
        + lengths(in: "us", "usec", "usecs", "micros", "microsec", "microseconds", "inus", "inmicros", "inmicroseconds")
    ),
    (
      .nanoseconds,
      ["event.duration", "eventduration"]
        + lengths(in: "ns", "nsec", "nano", "nanos", "nanoseconds", "inns", "innanos", "innanoseconds")
    ),
    (
      .duration,
      ["httprequest.latency", "httprequestlatency", "latencyhuman", "protopayload.latency", "elapsedtime"]
        + lengths(in: "").filter { !["time", "total", "runtime", "requesttime", "reqtime", "grpc.time"].contains($0) }
    ),
    (
      .part,
      [
        "requestprocessingtime", "targetprocessingtime", "backendprocessingtime", "responseprocessingtime",
        "clientresponsetime",
      ]
    ),
    (.upstreamMilliseconds, ["upstreamservicetime", "xenvoyupstreamservicetime", "originresponsedurationms"]),
    (.attempts, ["upstreamrequestattemptcount", "attempts", "attemptcount"]),
    (.retries, ["retryattempts", "retries", "retrycount"]),
    (.flags, ["responseflags"]),
    (.details, ["responsecodedetails"]),
    (.route, ["routername", "routename"]),
    (.grpcService, ["grpc.service", "grpcservice"]),
    (.grpcMethod, ["grpc.method", "grpcmethod"]),
    (.grpcCode, ["grpc.code", "grpccode", "grpc.statuscode"]),
  ]

  /// What durations of requests are called, with the name of a unit behind it.
  private static func lengths(in units: String...) -> [String] {
    let stems = [
      "duration", "latency", "elapsed", "took", "timetaken", "responsetime", "requesttime", "reqtime",
      "requestduration", "responseduration", "httpduration", "elapsedtime", "totaltime", "totalduration",
      "processingtime", "processtime", "runtime", "time", "total", "grpc.time", "grpc.duration",
    ]
    // `times` and `totals` are no durations; `timeMillis` is a time, and so is `reqTimeSec` (Akamai, DataStream 2).
    return units.flatMap { unit in stems.map { $0 + unit } }
      .filter {
        $0 != "totals" && $0 != "reqtimesec"
          && (!$0.hasPrefix("time") || $0.hasPrefix("timetaken") || $0 == "time" || $0 == "timems")
      }
  }

  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// FNV-1a over the letters and digits.
  @inline(__always) static func hash(_ b: Span<UInt8>, _ r: Range<Int>, seed: UInt64) -> UInt64 {
    var hash = seed
    for i in r {
      var byte = b[i]
      if byte &- 0x41 < 26 { byte |= 0x20 }
      guard byte &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2E else { continue }
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }

  /// What a name means, in the object whose name's hash is the seed.
  static func key(_ b: Span<UInt8>, _ name: Range<Int>, seed: UInt64 = seed) -> AccessKey? {
    guard name.count <= 40 else { return nil }
    return byHash[hash(b, name, seed: seed)]
  }

  /// What a name means that may have the names of objects in front, between dots (`http.response.status_code`, `res.statusCode`).
  static func find(_ b: Span<UInt8>, _ name: Range<Int>, seed: UInt64 = seed) -> AccessKey? {
    if let key = key(b, name, seed: seed) { return key }
    guard name.count <= 64, seed == Self.seed, let dot = name.last(where: { b[$0] == 0x2E }), dot > name.lowerBound
    else {
      return nil
    }
    var side = AccessSide.record
    var start = name.lowerBound
    while start < dot {
      let end = (start..<dot).first { b[$0] == 0x2E } ?? dot
      guard let inner = AccessSide.of(b, start..<end) else { return nil }
      side = inner.within(side)
      start = end &+ 1
    }
    return key(b, dot &+ 1..<name.upperBound).flatMap { side.holds($0) ? $0 : nil }
  }

  /// The seed for the members of an object under a name.
  static func inner(_ b: Span<UInt8>, _ name: Range<Int>) -> UInt64 {
    (hash(b, name, seed: seed) ^ 0x2E) &* 0x0000_0100_0000_01B3
  }

  static func isTraceParent(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    guard r.count == 55, b[r.lowerBound &+ 2] == 0x2D, b[r.lowerBound &+ 35] == 0x2D, b[r.lowerBound &+ 52] == 0x2D
    else {
      return false
    }
    return HexDigits.sixteen(b, r.lowerBound &+ 3) != nil && HexDigits.sixteen(b, r.lowerBound &+ 19) != nil
      && HexDigits.sixteen(b, r.lowerBound &+ 36) != nil
  }

  /// Takes a `key=value` of a line whose request, status and time stand at their fixed places; false where the key says
  /// nothing.
  static func takeTail(
    _ b: Span<UInt8>, key name: Range<Int>, value: Range<Int>, into record: inout AccessRecord
  ) -> Bool {
    if value.isEmpty || AccessShapes.isDash(b, value) { return true }
    if AccessShapes.isList(b, value, .addresses) {
      record.addresses = value
      return true
    }
    guard let key = key(b, name) else { return false }
    switch key {
    case .seconds, .requestTime, .duration:
      // A fraction is of seconds; a text may name its unit; a whole number is of anything.
      if AccessShapes.seconds(b, value) >= 0 {
        record.latency = AccessShapes.seconds(b, value)
      } else if b[value.upperBound &- 1] > 0x39, let micros = SpanWords.duration(b.extracting(value), unit: .inferred) {
        record.latency = micros
      } else if key == .seconds, let micros = SpanWords.duration(b.extracting(value), unit: .seconds) {
        record.latency = micros
      } else {
        record.hasUnitlessDuration = true
      }
    case .milliseconds: record.latency = SpanWords.duration(b.extracting(value), unit: .milliseconds) ?? -1
    case .microseconds: record.latency = SpanWords.duration(b.extracting(value), unit: .microseconds) ?? -1
    case .nanoseconds: record.latency = SpanWords.duration(b.extracting(value), unit: .nanoseconds) ?? -1
    case .statuses: if AccessShapes.isList(b, value, .statuses) { record.statuses = value }
    case .times: if AccessShapes.isList(b, value, .seconds) { record.times = value }
    case .requestID: record.requestID = value
    case .traceParent: if isTraceParent(b, value) { record.traceParent = value }
    case .server, .configuredServer:
      record.server = value
      record.serverIsConfigured = key == .configuredServer
    case .upstream: record.upstream = value
    case .attempts: record.attempts = count(b, value, plus: 0)
    case .retries: record.attempts = count(b, value, plus: 1)
    default: return false
    }
    return true
  }

  static func count(_ b: Span<UInt8>, _ value: Range<Int>, plus: Int) -> Int {
    guard let number = FieldText.int(b.extracting(value)), number >= 0 else { return 0 }
    return Int(min(number, 250)) + plus
  }
}
