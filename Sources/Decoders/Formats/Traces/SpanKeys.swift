// The names under which span documents of stores, exporters and agents hold their fields.

internal import Model
internal import Support

/// What a path in a span document holds.
enum SpanKey: UInt8, CaseIterable {
  case trace
  case span
  /// Elastic APM: the transaction that a span belongs to, or the document's own id where it is a transaction.
  case transaction
  case parent
  case operation
  /// Datadog's `resource`: what was called, more telling than the operation's kind.
  case resourceName
  case service
  case kind
  case type
  case status
  case statusMessage
  case outcome
  /// Elastic APM: the class of a transaction's answer, `HTTP 5xx`, which is all that it says before version 7.9.
  case result
  case error
  /// Whether it went well, where that is said and not its contrary.
  case success
  case errorMessage
  case httpStatus
  case peer
  case start
  case startNs
  case startUs
  case startMs
  case end
  case endNs
  case endUs
  case endMs
  case duration
  case durationNs
  case durationUs
  case durationMs
  case sampleRate
  /// Datadog: the upper 64 bits of the trace's id.
  case traceUpper
  /// Datadog: the service of the process, where the span has another.
  case baseService
  /// Elastic's kind of document.
  case event
  /// A text of its own: the object is a log line that names a span.
  case message
  /// Instana's names of one letter (`InstanaSpans`), which mean nothing by themselves.
  case shortTrace
  case shortSpan
  case shortParent
  case shortName
  case shortKind
  case shortDuration
  case errorCount
  case instanaService
  case instanaMethod
  case instanaPath
  case instanaStatus
  case instanaSDKName

  /// What tells when a span ended, or after how long.
  static let ends: [SpanKey] = [.end, .endNs, .endUs, .endMs, .duration, .durationNs, .durationUs, .durationMs]
}

/// Looks paths up without regard to case and to what is no letter, digit or dot; `@` counts as a dot, for stores that cannot
/// hold dots in names.
enum SpanKeys {
  struct Entry {
    var key: SpanKey
    /// Of several names for one thing the first of the list counts.
    var rank: UInt8
  }

  /// OpenTelemetry's exporters (Elasticsearch, ClickHouse, Python and Go consoles), OpenSearch Data Prepper, SigNoz,
  /// GreptimeDB, Elastic APM, Datadog, Cloud Trace v2, Honeycomb, New Relic, Grafana.
  private static let names: [(SpanKey, [String])] = [
    (
      .trace,
      [
        "traceid", "trace.id", "trace.traceid", "context.traceid", "spancontext.traceid", "data.traceid", "otraceid",
        "trace", "operationid", "tags.ai.operation.id", "data.trace.traceid",
      ]
    ),
    (
      .span,
      [
        "spanid", "span.id", "trace.spanid", "context.spanid", "spancontext.spanid", "data.spanid", "ospanid", "span",
        "id", "data.trace.spanid", "data.basedata.id",
      ]
    ),
    (.transaction, ["transaction.id"]),
    (
      .parent,
      [
        "parentspanid", "parentid", "parent.id", "trace.parentid", "parent.spanid", "span.parentid",
        "parentspancontext.spanid", "data.parentspanid", "data.parentid", "parentspan", "parent", "operationparentid",
        "tags.ai.operation.parentid", "referenceparentspanid", "data.trace.parentid",
      ]
    ),
    (
      .operation,
      [
        "spanname", "span.name", "transaction.name", "displayname.value", "displayname", "data.name", "data.spanname",
        "operation", "data.basedata.name", "name",
        // Where both stand it is the name of the request in which the span lies (Application Insights' `operation_Name`).
        "operationname",
      ]
    ),
    (.resourceName, ["resourcename", "resource"]),
    (
      .service,
      [
        "servicename", "service.name", "resource.attributes.service.name", "resource.service.name",
        "resourceattributes.service.name", "data.service.name", "data.servicename", "service", "process.servicename",
        "localendpoint.servicename", "appname", "application", "cloudrolename", "approlename",
        "attributes.attributemap.service.name.stringvalue.value",
        "attributes.attributemap.g.cork8scontainercontainername.stringvalue.value",
        "attributes.attributemap.g.cogaeappmodule.stringvalue.value",
        "attributes.attributemap.g.corcloudrunrevisionservicename.stringvalue.value", "resourcestringservicename",
        "resourcesstring.service.name", "tags.ai.cloud.role", "attrs.service.name", "attrs.servicename",
        "context.service.name",
      ]
    ),
    (
      .kind,
      ["spankind", "kind", "data.kindstring", "data.kind", "data.spankind", "data.span.kind", "custom.span.kind"]
    ),
    (.type, ["itemtype", "data.basetype", "type", "span.type", "transaction.type"]),
    (
      .status,
      [
        "otel.statuscode", "status.statuscode", "status.code", "statuscode", "spanstatuscode", "tracestatus",
        "data.statuscode", "data.statuscodestring", "status", "span.statuscode", "spanstatus", "resultcode",
        "data.basedata.responsecode", "data.basedata.resultcode",
      ]
    ),
    (
      .statusMessage,
      [
        "statusmessage", "status.message", "status.description", "tracestatusdescription", "spanstatusmessage",
        "data.statusmessage",
      ]
    ),
    (.outcome, ["event.outcome", "outcome"]), (.result, ["transaction.result"]),
    (.error, ["haserror", "data.haserror", "error", "iserror", "data.error", "request.isfailed"]),
    (.success, ["success", "data.basedata.success"]),
    (.errorMessage, ["meta.error.msg", "meta.error.message", "errormessage", "error.message", "exception.message"]),
    (
      .httpStatus,
      [
        "responsestatuscode", "data.responsestatuscode", "http.response.statuscode", "http.statuscode",
        "httpstatuscode", "httpstatus", "attributes.attributemap.httpstatuscode.intvalue",
        "attributes.attributemap.httpstatuscode.stringvalue.value", "context.response.statuscode",
        "context.http.statuscode",
      ]
    ),
    (
      .peer,
      [
        "peerservice", "peer.service", "span.destination.service.resource", "peer", "target", "data.basedata.target",
        "data.peer.service", "custom.peer.service", "attributes.attributemap.peer.service.stringvalue.value",
      ]
    ),
    (
      .start,
      [
        "starttime", "start", "starttimestamp", "startedat", "begintime", "timestamp", "data.timestamp", "time", "ts",
        "timegenerated",
      ]
    ),
    (.startNs, ["starttimeunixnano", "starttimens", "startns"]),
    (.startUs, ["timestamp.us", "starttimeus", "starttimemicros", "startus"]),
    (.startMs, ["starttimemillis", "starttimems", "startms"]),
    (.end, ["endtime", "endtimestamp", "end", "timestampend", "finishedat"]),
    (.endNs, ["endtimeunixnano", "endtimens", "endns"]),
    (.endUs, ["endtimeus", "endtimemicros", "endus", "finishtimeus"]),
    (.endMs, ["endtimemillis", "endtimems", "endms"]),
    (.duration, ["duration", "data.duration", "data.basedata.duration", "elapsed", "latency"]),
    (
      .durationNs,
      [
        "durationnano", "durationns", "durationnanos", "durationinnanos", "durationnanoseconds", "data.durationnano",
        "custom.duration",
      ]
    ),
    (
      .durationUs,
      [
        "durationus", "durationmicros", "duration.us", "span.duration.us", "transaction.duration.us",
        "durationmicroseconds",
      ]
    ),
    (.durationMs, ["durationms", "durationmillis", "duration.ms", "durationmilliseconds", "data.durationms"]),
    (.sampleRate, ["samplerate", "meta.samplerate", "metrics.samplerate", "itemcount", "transaction.samplerate"]),
    (.traceUpper, ["meta.dd.p.tid", "custom.dd.p.tid"]),
    (.baseService, ["meta.dd.baseservice", "custom.dd.baseservice"]),
    (.event, ["processor.event"]),
    (.message, ["message", "msg", "body", "log"]), (.shortTrace, ["t"]), (.shortSpan, ["s"]), (.shortParent, ["p"]),
    (.shortName, ["n"]), (.shortKind, ["k"]), (.shortDuration, ["d"]), (.errorCount, ["ec"]),
    (.instanaService, ["data.service"]), (.instanaMethod, ["data.http.method"]),
    (.instanaPath, ["data.http.pathtpl", "data.http.path", "data.http.url"]), (.instanaStatus, ["data.http.status"]),
    (.instanaSDKName, ["data.sdk.name"]),
  ]

  private static let byHash: [UInt64: Entry] = {
    var table: [UInt64: Entry] = [:]
    for (key, list) in names {
      for (rank, name) in list.enumerated() {
        let bytes = Array(name.utf8)
        table[extend(seed, bytes.span, 0..<bytes.count)] = Entry(key: key, rank: UInt8(rank))
      }
    }
    return table
  }()

  /// Paths whose members are attributes of the span.
  private static let attributePaths: Set<UInt64> = {
    let paths = [
      "attributes", "attrs", "tags", "tag", "labels", "meta", "metrics", "spanattributes", "span.attributes",
      "attributes.attributemap", "data", "data.tags", "stringtagmap", "numbertagmap", "data.attributesstring",
      "attributesstring", "attributesnumber",
    ]
    return Set(
      paths.map { path in
        let bytes = Array(path.utf8)
        return extend(seed, bytes.span, 0..<bytes.count)
      })
  }()

  /// Where Elastic APM's documents have the links of a span.
  static let storedLinks: UInt64 = {
    let bytes = Array("span.links".utf8)
    return extend(seed, bytes.span, 0..<bytes.count)
  }()

  /// Paths whose members are attributes of the resource.
  private static let resourcePaths: Set<UInt64> = {
    Set(
      ["resource", "resource.attributes", "resourceattributes"].map { path in
        let bytes = Array(path.utf8)
        return extend(seed, bytes.span, 0..<bytes.count)
      })
  }()

  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// FNV-1a of a path, a name further.
  @inline(__always) static func extend(_ hash: UInt64, _ b: Span<UInt8>, _ name: Range<Int>) -> UInt64 {
    var hash = hash
    for i in name {
      var byte = b[i]
      if byte &- 0x41 < 26 { byte |= 0x20 }
      if byte == 0x40, i > name.lowerBound { byte = 0x2E }
      guard byte &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2E else { continue }
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }

  /// The seed for the members of the object at a path.
  @inline(__always) static func into(_ path: UInt64) -> UInt64 { (path ^ 0x2E) &* 0x0000_0100_0000_01B3 }

  /// Where a name stands among those of its field.
  static func rank(of path: String, _ key: SpanKey) -> UInt8? {
    let bytes = Array(path.utf8)
    guard let entry = byHash[extend(seed, bytes.span, 0..<bytes.count)], entry.key == key else { return nil }
    return entry.rank
  }

  static func entry(_ path: UInt64) -> Entry? { byHash[path] }
  static func isAttributes(_ path: UInt64) -> Bool { attributePaths.contains(path) }
  static func isResource(_ path: UInt64) -> Bool { resourcePaths.contains(path) }
}
