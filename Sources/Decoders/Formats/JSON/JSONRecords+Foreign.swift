// Spans of exporters, agents and stores that have a JSON of their own.

internal import Model
internal import Support

extension JSONRecords {
  /// Takes an object as a span by the names of its fields; false where it is none.
  mutating func takeNamed(
    _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    var issues: SpanIssues = []
    let zone = context.settings.assumedZoneSeconds
    texts.exchange(with: &batch)
    let read = named.read(b, at: range.lowerBound, zoneSeconds: zone, &texts, &issues)
    texts.exchange(with: &batch)
    guard var span = read else { return false }
    span.source = place.source
    batch.spans.append(span)
    used("JSON spans", issues, place.position, into: &batch)
    return true
  }

  /// Takes a line of Elastic's intake protocol.
  mutating func takeIntake(
    _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    guard let (event, value) = ElasticIntake.event(b, at: range.lowerBound) else {
      noteUnknown(place.position)
      return false
    }
    if event == .log { return takeLogEvent(b, range, value, at: place, into: &batch) }
    var issues: SpanIssues = []
    texts.exchange(with: &batch)
    defer { texts.exchange(with: &batch) }
    switch event {
    case .metadata:
      if !apm.takeMetadata(b, at: value, &texts) { noteUnknown(place.position) }
      return true
    case .transaction, .span:
      let isTransaction = event == .transaction
      if var read = apm.span(b, at: value, isTransaction: isTransaction, &texts, &issues) {
        read.span.source = place.source
        batch.spans += apm.complete(read, isTransaction: isTransaction, &issues)
        used("Elastic APM", issues, place.position, into: &batch)
        return true
      }
    case .error where apm.sawMetadata:
      if var log = apm.error(b, at: value, &texts) {
        log.source = place.source
        batch.logs.append(log)
        used("Elastic APM", log.time == .min ? .noTime : [], place.position, into: &batch)
        return true
      }
    case .other where apm.sawMetadata: return true
    case .error, .other, .log: break
    }
    noteUnknown(place.position)
    return false
  }

  /// Takes a log event of Elastic's intake, which is of the service before it unless it names one itself; without metadata before it, an object
  /// `log` is anybody's.
  private mutating func takeLogEvent(
    _ b: Span<UInt8>, _ range: Range<Int>, _ value: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard apm.sawMetadata else { return take(.unknown, b, range, at: place, into: &batch) }
    let before = envelope
    envelope = LineEnvelope(source: place.source)
    envelope.name(apm.service, .service)
    depth += 1
    defer {
      depth -= 1
      envelope = before
    }
    if takeLog(b, at: value, place, needing: .message, into: &batch) { return true }
    noteUnknown(place.position)
    return false
  }

  /// Takes an event line.
  mutating func takeEvent(
    _ b: Span<UInt8>, _ start: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) {
    texts.exchange(with: &batch)
    let read = EventLineDecoder.read(
      b, at: start, source: place.source, zoneSeconds: context.settings.assumedZoneSeconds, &texts)
    texts.exchange(with: &batch)
    switch read {
    case .success(let event):
      batch.events.append(event)
      used("event lines", [], place.position, into: &batch)
    case .failure(let problem):
      recognized += 1
      batch.recordCounts.skip(problem.rawValue)
      context.report(
        problem.rawValue, .warning, at: place.position, "an event without readable time and kind", into: &batch)
    }
  }

  /// Takes an object that holds one span or several, in a structure of its own.
  mutating func takeForeign(
    _ shape: JSONShape, _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    switch shape {
    case .zapDevelopment:
      return takeRenamed(ZapDevelopment.renamed(b, at: range.lowerBound), b, range, at: place, into: &batch)
    case .tslog: return takeRenamed(TslogRecords.renamed(b, at: range.lowerBound), b, range, at: place, into: &batch)
    default: break
    }
    var issues: SpanIssues = []
    let zone = context.settings.assumedZoneSeconds
    var spans: [TraceSpan] = []
    var name = "X-Ray"
    texts.exchange(with: &batch)
    switch shape {
    case .xrayDocument: spans = document(b, range, &issues)
    case .xraySegment: spans = XRaySegments.read(b, at: range.lowerBound, &texts, &issues)
    case .sentryTransaction:
      name = "Sentry transactions"
      spans = SentryTransactions.read(b, at: range.lowerBound, zoneSeconds: zone, &texts, &issues)
    case .segment:
      name = "segments"
      spans = SegmentSpans.read(b, at: range.lowerBound, zoneSeconds: zone, &texts, &issues)
    default:
      name = "SkyWalking"
      let alone = SegmentSpans.Segment(zoneSeconds: zone)
      if let span = SegmentSpans.span(b, at: range.lowerBound, in: alone, &texts, &issues) { spans = [span] }
    }
    texts.exchange(with: &batch)
    if spans.isEmpty {
      noteUnknown(place.position)
      return false
    }
    // An event of Sentry names its project by a number.
    let fallback = name == "Sentry transactions" ? origin(into: &batch).component : .none
    for i in spans.indices {
      spans[i].source = place.source
      if spans[i].service.isNone { spans[i].service = fallback }
    }
    let count = spans.count
    if name == "X-Ray" { spans = late.overwrite(with: spans, isBegun: spans[0].duration < 0) }
    batch.spans += spans
    used(name, issues, place.position, into: &batch)
    batch.recordCounts.use(count - 1)
    return true
  }

  /// Takes a log record under the names that everybody uses.
  private mutating func takeRenamed(
    _ log: [UInt8]?, _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    if let log, takeLog(log.span, at: 0, place, needing: .timeAndLevel, into: &batch) { return true }
    return take(.unknown, b, range, at: place, into: &batch)
  }

  /// The segment that an object holds as text.
  private mutating func document(
    _ b: Span<UInt8>, _ range: Range<Int>, _ issues: inout SpanIssues
  ) -> [TraceSpan] {
    var text: JSONStringSlice?
    var reader = JSONScanner(at: range.lowerBound)
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "Document") else { return reader.skipValue(b) }
      text = reader.keyText(b)
      return text != nil
    }
    guard let text else { return [] }
    var plain: [UInt8] = []
    _ = JSONEscapes.append(b, text, to: &plain)
    var check = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard check.peek(plain.span) == 0x7B, check.skipValue(plain.span) else { return [] }
    return XRaySegments.read(plain.span, at: 0, &texts, &issues)
  }
}
