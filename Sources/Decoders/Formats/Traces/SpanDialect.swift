// Which writer's document a span is, where that decides what a field means.

internal import Model
internal import Support

/// Writers whose documents leave something to know.
enum SpanDialect {
  case plain
  /// Ids are decimal, times nanoseconds; `resource` is the operation (Datadog's trace agent, API v0.4).
  case datadog
  case apmTransaction
  case apmSpan
  /// Durations are nanoseconds though nothing says so: the collector's ClickHouse exporter (`otel_traces`), and
  /// OpenTelemetry's own mapping in Elasticsearch.
  case nanoseconds
  /// Cloud Trace v2: the status is a `google.rpc.Status`, any code but 0 of which is a failure.
  case cloudTrace
  /// Requests and dependencies of Application Insights: durations are milliseconds, as a number or a `TimeSpan`.
  case insights
  /// ClickHouse's own spans: ids of spans are decimal (system.opentelemetry_span_log, UInt64).
  case clickHouse
  /// Instana's sensors: kinds have numbers of their own, and the operation is the sensor's.
  case instana

  init(_ span: NamedSpans, _ b: Span<UInt8>) {
    self = .plain
    if span.isNamed(.trace, "operationid") || span.isNamed(.trace, "tags.ai.operation.id") {
      self = .insights
    } else if span.isNamed(.endUs, "finishtimeus") {
      self = .clickHouse
    } else if span.isInstana {
      self = .instana
    } else if let event = span.text(.event) {
      self = JSONScanner.equals(b, event, "transaction") ? .apmTransaction : .apmSpan
    } else if span.isNamed(.resourceName, "resourcename"), span.isNamed(.operation, "operationname") {
      // Datadog's API, where the same ids are texts.
      self = .datadog
    } else if span.isNamed(.operation, "displayname.value") {
      self = .cloudTrace
    } else if span.isNamed(.trace, "traceid"), span.isNamed(.resourceName, "resource"), span.isNamed(.start, "start") {
      // The agent's payload as JSON, where numbers of 64 bits are texts.
      self = .datadog
    } else if span.isNumber(.trace), span.has(.resourceName) || span.has(.service), span.isNumber(.start) {
      self = .datadog
    } else if !span.isNumber(.start),
      span.isNamed(.operation, "spanname")
        || span.isNamed(.service, "resource.attributes.service.name")
    {
      self = .nanoseconds
    }
  }

  var hasDecimalIDs: Bool { self == .datadog || self == .clickHouse }
}

/// Beginning and length of a span out of what its document says, in whatever units.
///
/// A duration without a unit is decided by the end where there is one. Otherwise it has the unit of the beginning, if that is
/// a number, unless the first spans of the file rule it out: so do Jaeger, Zipkin, Datadog and Grafana. Next to a written time
/// only the two exporters that are known to write nanoseconds are believed; of any other the unit is what the first spans of the
/// file tell (`DurationEvidence`), or the duration is not used, and the mapping to write is named.
struct SpanTimes {
  private var start: Int64?
  private var end: Int64?
  private var length: Int64?
  /// The number of a duration whose unit nothing tells.
  private(set) var unitless: Double?
  /// The number of a duration that only its beginning's unit tells of.
  private(set) var guessed: Double?
  /// Whether the file's calls tell another unit than the beginning's, or nearly do.
  private var isDoubtful = false

  init(_ span: NamedSpans, _ b: Span<UInt8>, dialect: SpanDialect, zoneSeconds: Int) {
    func bytes(_ key: SpanKey) -> Range<Int>? { span.text(key).map { $0.start..<$0.end } }
    func time(_ keys: [(SpanKey, FieldText.Unit)]) -> Int64? {
      for (key, unit) in keys {
        if let range = bytes(key) {
          return FieldText.time(b.extracting(range), unit: unit, zoneSeconds: zoneSeconds)
        }
      }
      return nil
    }
    start = time([(.startNs, .nanoseconds), (.startUs, .microseconds), (.startMs, .milliseconds), (.start, .inferred)])
    let written = time([(.endNs, .nanoseconds), (.endUs, .microseconds), (.endMs, .milliseconds), (.end, .inferred)])
    end = written.flatMap { $0 > 0 ? $0 : nil }
    for (key, unit) in [
      (SpanKey.durationNs, FieldText.Unit.nanoseconds), (.durationUs, .microseconds), (.durationMs, .milliseconds),
    ] {
      if length == nil, let range = bytes(key) { length = SpanWords.duration(b.extracting(range), unit: unit) }
    }
    if length == nil, end == nil, let range = bytes(.duration) { takeUnnamed(range, span, b, dialect) }
    // What is written and no number tells that it ended.
    if length == nil, written == nil, unitless == nil, SpanKey.ends.contains(where: { bytes($0) != nil }) {
      length = TraceSpan.unreadableLength
    }
  }

  /// Takes a duration whose key does not tell its unit.
  private mutating func takeUnnamed(_ range: Range<Int>, _ span: NamedSpans, _ b: Span<UInt8>, _ dialect: SpanDialect) {
    if b[range.upperBound - 1] > 0x39 {
      length = SpanWords.duration(b.extracting(range), unit: .inferred)
    } else if let unit = Self.unit(span, dialect) {
      length = SpanWords.duration(b.extracting(range), unit: unit)
    } else {
      let ofStart = Self.unitOfStart(span, b)
      let number = FieldText.double(b.extracting(range)) ?? .nan
      let learned = span.learnedUnit?.unit(besides: ofStart)
      if let unit = learned?.unit ?? ofStart {
        length = SpanWords.duration(b.extracting(range), unit: unit)
        guessed = number
        isDoubtful = learned?.isDoubtful ?? false
      } else {
        unitless = number
      }
    }
  }

  private static func unit(_ span: NamedSpans, _ dialect: SpanDialect) -> FieldText.Unit? {
    if dialect == .nanoseconds || dialect == .datadog { return .nanoseconds }
    if dialect == .insights { return .milliseconds }
    if span.has(.startNs) { return .nanoseconds }
    if span.has(.startUs) { return .microseconds }
    return span.has(.startMs) ? .milliseconds : nil
  }

  private static func unitOfStart(_ span: NamedSpans, _ b: Span<UInt8>) -> FieldText.Unit? {
    guard span.isNumber(.start), let text = span.text(.start) else { return nil }
    return FieldText.unit(ofEpoch: b.extracting(text.start..<text.end))
  }

  func set(_ span: inout TraceSpan, _ issues: inout SpanIssues) {
    guard let start else {
      issues.insert(.noTime)
      return
    }
    span.start = start
    if unitless != nil {
      // It took some time, and nobody knows how long: not none.
      span.flags.insert(.untimed)
      issues.insert(.durationUnit)
    }
    if isDoubtful { issues.insert(.doubtfulUnit) }
    if length == nil { span.take(end: end, &issues) } else { span.take(length: length, &issues) }
    span.settleTimes(&issues)
  }
}
