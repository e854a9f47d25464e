// Flat JSON objects through a rule's keys: spans, logs or metric readings of programs with a format of their own.

internal import Model
internal import Support

/// Reads one object by named keys. Fields that the rule does not name are found under the names that everybody uses.
struct MappedJSON {
  let kind: FormatRule.Kind
  /// A field's keys, in order of preference, as paths.
  private let paths: [(field: FormatRule.Field, path: [[UInt8]], rank: Int)]
  /// First path elements that make an object a record of this kind.
  private let identities: [[UInt8]]
  /// Readings of a wide object, by key; all numbers where `takesAll` is true.
  private let values: [[UInt8]]
  private let takesAll: Bool
  /// The zone of times without one.
  private let zoneSeconds: Int

  init(rule: FormatRule?, zoneSeconds: Int) {
    self.zoneSeconds = zoneSeconds
    kind = rule?.records ?? .spans
    let keys = rule?.keys ?? [:]
    var paths: [(field: FormatRule.Field, path: [[UInt8]], rank: Int)] = []
    var identities: [[UInt8]] = []
    for (field, key) in keys.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      // The whole key first, then a dot as a step into an object.
      paths.append((field, [Array(key.utf8)], 0))
      let steps = key.split(separator: ".").map { Array($0.utf8) }
      if steps.count > 1 { paths.append((field, steps, 1)) }
      identities.append(steps.first ?? [])
      if steps.count > 1 { identities.append(Array(key.utf8)) }
    }
    for (field, names) in Self.commonNames {
      for (rank, name) in names.enumerated() { paths.append((field, [Array(name.utf8)], rank + 2)) }
    }
    self.paths = paths
    self.identities = identities
    let values = rule?.values ?? []
    takesAll = values == ["*"]
    self.values = takesAll ? [] : values.map { Array($0.utf8) }
  }

  private static let commonNames: [(FormatRule.Field, [String])] = [
    (.trace, ["trace_id", "traceId", "traceID", "trace"]),
    (.span, ["span_id", "spanId", "spanID", "id"]),
    (.parent, ["parent_id", "parent_span_id", "parentSpanId", "parentId", "parent"]),
    (.component, ["service.name", "service", "service_name", "serviceName", "component"]),
    (.operation, ["operation", "operation_name", "operationName", "name", "span_name"]),
    (.kind, ["kind", "span_kind"]),
    (.status, ["status", "status_code"]),
    (.error, ["error", "error_message"]),
    (.httpStatus, ["http.status_code", "http_status"]),
    (.peer, ["peer", "peer_service"]),
    (.start, ["start", "start_time", "startTime", "timestamp"]),
    (.end, ["end", "end_time", "endTime"]),
    (.durationMs, ["duration_ms", "durationMs"]),
    (.durationUs, ["duration_us", "durationUs"]),
    (.durationNs, ["duration_ns", "durationNs"]),
    (.duration, ["duration"]),
    (.time, ["timestamp", "time", "ts", "@timestamp"]),
    (.severity, ["severity", "level", "severity_text"]),
    (.message, ["message", "msg", "body", "log"]),
    (.metric, ["metric", "name"]),
    (.value, ["value"]),
  ]

  /// Whether a key of an object is one that the rule names.
  func isIdentity(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    identities.contains { Self.equals(b, key, $0) }
  }

  private static func equals(_ b: Span<UInt8>, _ key: JSONStringSlice, _ name: [UInt8]) -> Bool {
    key.count == name.count && b.holds(name.span, at: key.start)
  }

  /// The values found in one object, by field.
  private struct Found {
    var source: SourceRef
    var values: [FormatRule.Field: (value: AttributeValue, at: Int, rank: Int)] = [:]
    var readings: [(name: JSONStringSlice, value: AttributeValue)] = []
  }

  /// What reading one object came to.
  enum Outcome {
    /// With what was wrong with it, where it is a span.
    case used(SpanIssues)
    case skipped(String)
  }

  /// Reads the object at a place that was checked before, and appends its record; the batch's texts are lent to `texts`.
  func read(
    _ b: Span<UInt8>, at start: Int, source: SourceRef, _ texts: inout JSONTexts, into batch: inout RecordBatch
  ) -> Outcome {
    var found = Found(source: source)
    collect(b, start, depth: 0, candidates: Array(paths.indices), &found)
    switch kind {
    case .spans: return span(b, found, &texts, into: &batch)
    case .logs: return log(b, found, &texts, into: &batch)
    case .metrics: return metric(b, found, &texts, into: &batch)
    }
  }

  /// Walks an object and, for the few paths that go on there, the objects in it; the depth is that of the rule's paths.
  private func collect(_ b: Span<UInt8>, _ start: Int, depth: Int, candidates: [Int], _ found: inout Found) {
    var work: [(at: Int, depth: Int, candidates: [Int])] = [(start, depth, candidates)]
    while let item = work.popLast() {
      var reader = JSONScanner(at: item.at)
      guard reader.peek(b) == 0x7B else { continue }
      reader.position += 1
      var isFirst = true
      while let key = reader.nextKey(b, &isFirst) {
        reader.skipSpace(b)
        let at = reader.position
        let hits = item.candidates.filter {
          item.depth < paths[$0].path.count && Self.equals(b, key, paths[$0].path[item.depth])
        }
        guard let value = reader.scalar(b) else { break }
        let deeper = hits.filter { paths[$0].path.count > item.depth + 1 }
        if !deeper.isEmpty { work.append((at, item.depth + 1, deeper)) }
        for hit in hits where paths[hit].path.count == item.depth + 1 {
          let (field, _, rank) = paths[hit]
          if let old = found.values[field], old.rank < rank { continue }
          if case .other = value, b[at] == 0x6E { continue }
          found.values[field] = (value, at, rank)
        }
        if item.depth == 0, takesAll ? hits.isEmpty : values.contains(where: { Self.equals(b, key, $0) }) {
          found.readings.append((key, value))
        }
      }
    }
  }

  private func text(_ found: Found, _ field: FormatRule.Field) -> JSONStringSlice? {
    switch found.values[field]?.value {
    case .text(let text)?, .number(let text)?: text
    default: nil
    }
  }

  private func time(
    _ b: Span<UInt8>, _ found: Found, _ bare: FormatRule.Field
  ) -> Int64? {
    let units: [(FormatRule.Field?, FieldText.Unit)] =
      switch bare {
      case .start:
        [(.startS, .seconds), (.startMs, .milliseconds), (.startUs, .microseconds), (.startNs, .nanoseconds)]
      case .end: [(.endS, .seconds), (.endMs, .milliseconds), (.endUs, .microseconds), (.endNs, .nanoseconds)]
      default: [(.timeS, .seconds), (.timeMs, .milliseconds), (.timeUs, .microseconds), (.timeNs, .nanoseconds)]
      }
    for (field, unit) in units {
      if let field, let text = text(found, field) {
        return FieldText.time(b.extracting(text.start..<text.end), unit: unit, zoneSeconds: zoneSeconds)
      }
    }
    guard let text = text(found, bare) else { return nil }
    return FieldText.time(b.extracting(text.start..<text.end), unit: .inferred, zoneSeconds: zoneSeconds)
  }

  /// Microseconds, `unreadableLength` where what is written is no number; nil where nothing is.
  private func duration(_ b: Span<UInt8>, _ found: Found) -> Int64? {
    for (field, unit) in [
      (FormatRule.Field.durationS, FieldText.Unit.seconds), (.durationMs, .milliseconds), (.durationUs, .microseconds),
      (.durationNs, .nanoseconds), (.duration, .microseconds),
    ] {
      if let text = text(found, field), !text.isEmpty {
        return SpanWords.duration(b.extracting(text.start..<text.end), unit: unit) ?? TraceSpan.unreadableLength
      }
    }
    return nil
  }

  /// Whether a trace id stands for that of the entry before: files written by hand say so.
  private static func isSame(_ b: Span<UInt8>, _ id: JSONStringSlice) -> Bool {
    id.end &- id.start == 4 && JSONScanner.matches(b, id.start, "same")
  }

  private func span(
    _ b: Span<UInt8>, _ found: Found, _ texts: inout JSONTexts, into batch: inout RecordBatch
  ) -> Outcome {
    var draft = SpanBuilder()
    guard let trace = text(found, .trace), let id = text(found, .span) else { return .skipped("noID") }
    if let before = batch.spans.last, before.source.member == found.source.member, Self.isSame(b, trace) {
      (draft.span.trace, draft.span.traceText) = (before.trace, before.traceText)
      draft.issues.insert(.sameTrace)
    } else {
      (draft.span.trace, draft.span.traceText) = texts.request(b, trace)
    }
    draft.span.span = texts.span(b, id)
    if let parent = text(found, .parent) {
      draft.span.parent = FieldText.parentID(b.extracting(parent.start..<parent.end))
    }
    let length = duration(b, found)
    let end = time(b, found, .end)
    if let start = time(b, found, .start) {
      draft.span.start = start
      if let length { draft.span.take(length: length, &draft.issues) } else { draft.span.take(end: end, &draft.issues) }
      draft.span.settleTimes(&draft.issues)
    } else {
      draft.issues.insert(.noTime)
    }
    func symbol(_ field: FormatRule.Field) -> Symbol {
      text(found, field).map { texts.symbol(b, $0) } ?? .none
    }
    draft.span.service = symbol(.component)
    draft.span.operation = symbol(.operation)
    draft.span.peerService = symbol(.peer)
    if let kind = text(found, .kind) { draft.span.kind = SpanWords.kind(b.extracting(kind.start..<kind.end)) }
    if let error = found.values[.error]?.value { draft.take(.error, error, b, &texts) }
    if let status = found.values[.status]?.value {
      switch status {
      case .bool(let isGood): draft.span.status = isGood ? .ok : .error
      case .text(let text), .number(let text): SpanWords.status(b.extracting(text.start..<text.end), into: &draft.span)
      case .other: break
      }
    }
    if let code = text(found, .httpStatus) {
      draft.span.httpStatus = SpanWords.httpStatus(b.extracting(code.start..<code.end))
    }
    if let code = text(found, .grpcStatus) {
      draft.span.grpcStatus = SpanWords.grpcStatus(b.extracting(code.start..<code.end))
    }
    if draft.span.trace.isNone || draft.span.span == 0 { draft.issues.insert(.noID) }
    draft.span.source = found.source
    batch.spans.append(draft.span)
    return .used(draft.issues)
  }

  private func log(
    _ b: Span<UInt8>, _ found: Found, _ texts: inout JSONTexts, into batch: inout RecordBatch
  ) -> Outcome {
    guard let message = text(found, .message) else { return .skipped("noMessage") }
    var log = LogLine()
    if let time = time(b, found, .time) { log.time = time } else { batch.recordCounts.repair("noTime") }
    if let trace = text(found, .trace) {
      (log.request, log.requestText) = texts.request(b, trace)
    }
    if let span = text(found, .span) { log.span = texts.span(b, span) }
    if let component = text(found, .component) { log.component = texts.symbol(b, component) }
    if let severity = found.values[.severity]?.value { log.severity = JSONLogs.severity(severity, b) }
    log.source = found.source
    texts.appendMessage(b, message, stripsHeader: log.severity == .unknown, &log)
    batch.logs.append(log)
    return .used([])
  }

  private func metric(
    _ b: Span<UInt8>, _ found: Found, _ texts: inout JSONTexts, into batch: inout RecordBatch
  ) -> Outcome {
    guard let time = time(b, found, .time) else { return .skipped("badTime") }
    var point = MetricPoint()
    point.time = time
    point.source = found.source
    if let component = text(found, .component) { point.component = texts.symbol(b, component) }
    var count = 0
    func add(_ name: Symbol, _ value: AttributeValue?) {
      switch value {
      case .number(let text)?, .text(let text)?:
        guard let number = FieldText.double(b.extracting(text.start..<text.end)), number.isFinite else { return }
        point.metric = name
        point.value = number
        batch.metrics.append(point)
        count += 1
      default: return
      }
    }
    if takesAll || !values.isEmpty {
      for (name, value) in found.readings { add(texts.symbol(b, name), value) }
    } else {
      let name = text(found, .metric).map { texts.symbol(b, $0) } ?? texts.symbols.intern("value")
      add(name, found.values[.value]?.value)
    }
    return count == 0 ? .skipped("noValue") : .used([])
  }
}
