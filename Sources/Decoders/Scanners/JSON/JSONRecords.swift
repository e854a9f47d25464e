// What becomes of the records found in JSON: into the batch, with the record counts and the notes about them.

internal import Model
internal import Support

/// The state between the records of one member: the resource or trace they stand in, and what waits for it.
///
/// A resource may come after its spans, and Jaeger's processes usually do: such records wait here, a bounded number.
struct JSONRecords {
  var context: MemberContext
  let classifier: JSONClassifier
  /// Where the last walk failed, in the bytes it was given.
  var failedAt = 0
  private(set) var format = "JSON"
  private let logs: JSONLogs
  private let mapped: MappedJSON
  private var access: AccessSpans
  var texts: JSONTexts
  private var service: Symbol?
  private var processes: [Symbol: Symbol]?
  private var late = LateRecords()
  /// Whether the next object is probably a span of Zipkin, as the last one was.
  private(set) var expectsZipkin = false
  var unknown = 0
  var firstUnknown = SourceLocation.Position.whole
  var recognized = 0
  var reported: (lone: Int, cut: Int, base64: Int) = (0, 0, 0)
  /// Whether this is a piece of a member, and so can't say what the member is.
  var isContinued: Bool

  init(context: MemberContext, rule: FormatRule?, isContinued: Bool = false) {
    self.context = context
    self.isContinued = isContinued
    let settings = context.settings
    access = AccessSpans(input: context.input, member: context.member)
    let table = LogKeyTable(settings.logKeys)
    let hasKeys = rule?.keys.isEmpty == false || rule?.values.isEmpty == false
    mapped = MappedJSON(rule: hasKeys ? rule : nil)
    classifier = JSONClassifier(logKeys: table, mapped: hasKeys ? mapped : nil)
    logs = JSONLogs(table: table, zoneSeconds: settings.assumedZoneSeconds)
    texts = JSONTexts(limit: settings.limits.text)
  }

  // MARK: Entering and leaving what stands around records.

  mutating func enter(_ node: JSONNode) {
    switch node {
    case .resource: service = nil
    case .jaegerTrace: processes = nil
    default: break
    }
  }

  mutating func leave(_ node: JSONNode, into batch: inout RecordBatch) {
    switch node {
    case .resource, .jaegerTrace: leaveAll(into: &batch)
    default: break
    }
  }

  /// Hands over what still waits; a service that never came stays unknown.
  mutating func leaveAll(into batch: inout RecordBatch) {
    late.handOver(service: service ?? .none, processes: processes, into: &batch)
    service = nil
    processes = nil
  }

  /// Reads a key that stands beside the records: the resource, the processes; anything else is checked and skipped.
  mutating func takeMember(
    _ node: JSONNode, _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner,
    into batch: inout RecordBatch
  ) -> Bool {
    let before = texts.repairs
    if readMember(node, key, b, &reader, into: &batch) { return true }
    texts.repairs = before
    return false
  }

  private mutating func readMember(
    _ node: JSONNode, _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner,
    into batch: inout RecordBatch
  ) -> Bool {
    switch node {
    case .resource where JSONScanner.equals(b, key, "resource"):
      let start = reader.position
      guard var found = OTLPSpans.service(b, &reader, &texts, &batch.symbols) else { return false }
      if reader.sawEscapedKey {
        let plain = JSONEscapes.simplified(b, start..<reader.position)
        var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
        found = OTLPSpans.service(plain.span, &again, &texts, &batch.symbols) ?? found
        reader.sawEscapedKey = false
      }
      service = found
      return true
    case .jaegerTrace where JSONScanner.equals(b, key, "processes"):
      let start = reader.position
      guard var found = JaegerSpans.processes(b, &reader, &texts, &batch.symbols) else { return false }
      if reader.sawEscapedKey {
        let plain = JSONEscapes.simplified(b, start..<reader.position)
        var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
        found = JaegerSpans.processes(plain.span, &again, &texts, &batch.symbols) ?? found
        reader.sawEscapedKey = false
      }
      processes = found
      return true
    default: return reader.skipValue(b)
    }
  }

  // MARK: Records.

  /// Reads one element of a list of records; false on the reader's failure.
  ///
  /// An element that is not complete yet is read again later: what was counted on the way does not count.
  mutating func takeItem(
    _ node: JSONNode, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ source: SourceRef,
    _ place: SourceLocation.Position, into batch: inout RecordBatch
  ) -> Bool {
    let before = texts.repairs
    if readItem(node, b, &reader, source, place, into: &batch) { return true }
    texts.repairs = before
    return false
  }

  /// An element with escaped keys is read again, out of a copy without them.
  private mutating func readItem(
    _ node: JSONNode, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ source: SourceRef,
    _ place: SourceLocation.Position, into batch: inout RecordBatch
  ) -> Bool {
    switch node {
    case .items(.traces):
      var flaws: OTLPSpans.SpanIssues = []
      let start = reader.position
      guard var span = OTLPSpans.read(b, &reader, &texts, &batch.symbols, &flaws) else { return false }
      if reader.sawEscapedKey {
        let plain = JSONEscapes.simplified(b, start..<reader.position)
        var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
        flaws = []
        span = OTLPSpans.read(plain.span, &again, &texts, &batch.symbols, &flaws) ?? span
        reader.sawEscapedKey = false
      }
      span.source = source
      if let service {
        span.service = service
        batch.spans.append(span)
      } else {
        wait(span, process: .none, into: &batch)
      }
      used("OTLP", flaws, place, into: &batch)
      return true
    case .jaegerSpans: return takeJaeger(b, &reader, source, place, into: &batch)
    case .items(.logs): return takeLog(b, &reader, source, place, into: &batch)
    case .items(.metrics): return takeMetric(b, &reader, source, place, into: &batch)
    default: return reader.skipValue(b)
    }
  }

  private mutating func takeJaeger(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ source: SourceRef, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) -> Bool {
    var flaws: OTLPSpans.SpanIssues = []
    let zone = context.settings.assumedZoneSeconds
    let start = reader.position
    guard
      var (span, process) = JaegerSpans.read(b, &reader, &texts, &batch.symbols, zoneSeconds: zone, &flaws)
    else { return false }
    if reader.sawEscapedKey {
      reader.sawEscapedKey = false
      let plain = JSONEscapes.simplified(b, start..<reader.position)
      var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
      flaws = []
      if let read = JaegerSpans.read(
        plain.span, &again, &texts, &batch.symbols, zoneSeconds: zone, &flaws)
      {
        (span, process) = read
      }
    }
    span.source = source
    if !process.isNone, let found = processes?[process] {
      span.service = found
      process = .none
    }
    if process.isNone { batch.spans.append(span) } else { wait(span, process: process, into: &batch) }
    used("Jaeger", flaws, place, into: &batch)
    return true
  }

  private mutating func takeLog(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ source: SourceRef, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) -> Bool {
    let start = reader.position
    var text: [UInt8] = []
    guard var log = OTLPLogs.read(b, &reader, &texts, &batch.symbols, &text) else { return false }
    if reader.sawEscapedKey {
      reader.sawEscapedKey = false
      let plain = JSONEscapes.simplified(b, start..<reader.position)
      var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
      text = []
      log = OTLPLogs.read(plain.span, &again, &texts, &batch.symbols, &text) ?? log
    }
    log.source = source
    if let service {
      log.component = service
      log.textStart = batch.text.count
      batch.text += text
      batch.logs.append(log)
    } else {
      late.add(log, text: text)
      if late.isFull { giveUpWaiting(place, into: &batch) }
    }
    used("OTLP", [], place, into: &batch)
    return true
  }

  private mutating func takeMetric(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ source: SourceRef, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) -> Bool {
    var points: [MetricPoint] = []
    let start = reader.position
    let known = service ?? .none
    guard
      var count = OTLPMetrics.read(b, &reader, service: known, source: source, &texts, &batch.symbols, &points)
    else { return false }
    if reader.sawEscapedKey {
      reader.sawEscapedKey = false
      let plain = JSONEscapes.simplified(b, start..<reader.position)
      var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
      points = []
      count =
        OTLPMetrics.read(plain.span, &again, service: known, source: source, &texts, &batch.symbols, &points) ?? count
    }
    if service == nil { late.add(points) } else { batch.metrics += points }
    if late.isFull { giveUpWaiting(place, into: &batch) }
    format = "OTLP"
    recognized += count.points
    batch.recordCounts.use(count.points - count.unusable)
    if count.unusable > 0 {
      batch.recordCounts.skip("noValue", count.unusable)
      context.report("noValue", .warning, at: place, "data points without time or finite value", into: &batch)
    }
    noteTexts(place, into: &batch)
    return true
  }

  private mutating func wait(_ span: TraceSpan, process: Symbol, into batch: inout RecordBatch) {
    late.add(span, process: process)
    if late.isFull { giveUpWaiting(.whole, into: &batch) }
  }

  private mutating func giveUpWaiting(_ place: SourceLocation.Position, into batch: inout RecordBatch) {
    let (held, known) = (service, processes)
    leaveAll(into: &batch)
    (service, processes) = (held, known)
    context.report(
      "resourceTooLate", .warning, at: place, "records wait for a resource or process that does not come",
      limit: "waitingRecords", into: &batch)
  }

  /// Takes an object that is one record, checked before; false where it is none.
  mutating func take(
    _ shape: JSONShape, _ b: Span<UInt8>, _ range: Range<Int>, _ source: SourceRef,
    _ place: SourceLocation.Position, into batch: inout RecordBatch
  ) -> Bool {
    var reader = JSONScanner(at: range.lowerBound, depthLimit: context.settings.limits.jsonDepth)
    let zone = context.settings.assumedZoneSeconds
    switch shape {
    case .unknown:
      noteUnknown(place)
      return false
    case .access:
      return takeAccess(b, range, source, place, into: &batch)
        || take(.log, b, range, source, place, into: &batch)
    case .log:
      var log = logs.read(b, at: range.lowerBound, &texts, &batch.symbols, &batch.text)
      log.source = source
      batch.logs.append(log)
      used("JSON log lines", log.time == .min ? .noTime : [], place, into: &batch)
    case .otlpSpan:
      var flaws: OTLPSpans.SpanIssues = []
      guard var span = OTLPSpans.read(b, &reader, &texts, &batch.symbols, &flaws) else { return false }
      span.source = source
      batch.spans.append(span)
      used("OTLP", flaws, place, into: &batch)
    case .otlpLog:
      guard var log = OTLPLogs.read(b, &reader, &texts, &batch.symbols, &batch.text) else { return false }
      log.source = source
      batch.logs.append(log)
      used("OTLP", log.time == .min ? .noTime : [], place, into: &batch)
    case .jaegerSpan:
      return takeJaeger(b, &reader, source, place, into: &batch)
    case .zipkinSpan:
      var flaws: OTLPSpans.SpanIssues = []
      var keys: ZipkinSpans.Keys = []
      guard
        ZipkinSpans.read(b, &reader, &texts, &batch.symbols, source: source, &flaws, &batch.spans, keys: &keys)
      else { return false }
      expectsZipkin = classifier.mapped == nil && keys == .certain
      used("Zipkin", flaws, place, into: &batch)
    case .eventLine:
      switch EventLineDecoder.read(b, at: range.lowerBound, source: source, zoneSeconds: zone, &texts, &batch.symbols) {
      case .success(let event):
        batch.events.append(event)
        used("event lines", [], place, into: &batch)
      case .failure(let problem):
        recognized += 1
        batch.recordCounts.skip(problem.rawValue)
        context.report(problem.rawValue, .warning, at: place, "an event without readable time and kind", into: &batch)
      }
    case .mapped:
      var flaws: OTLPSpans.SpanIssues = []
      switch mapped.read(
        b, at: range.lowerBound, source: source, zoneSeconds: zone, &texts, &flaws, into: &batch)
      {
      case .used: used("mapped JSON", flaws, place, into: &batch)
      case .skipped(let reason):
        recognized += 1
        batch.recordCounts.skip(reason)
        context.report(reason, .warning, at: place, "an object without the fields that its record needs", into: &batch)
      }
    }
    return true
  }

  /// Takes an object as a request of an access log; false where it is none.
  private mutating func takeAccess(
    _ b: Span<UInt8>, _ range: Range<Int>, _ source: SourceRef, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) -> Bool {
    let zone = context.settings.assumedZoneSeconds
    guard let record = AccessObject.read(b, at: range.lowerBound, zoneSeconds: zone) else { return false }
    let envelope = LineEnvelope(source: source)
    if record.isEscaped {
      let plain = JSONEscapes.simplified(b, range)
      guard let record = AccessObject.read(plain.span, at: 0, zoneSeconds: zone) else { return false }
      access.append(record, plain.span, envelope, into: &batch)
    } else {
      access.append(record, b, envelope, into: &batch)
    }
    used(record.format.description, record.hasUnitlessDuration ? .durationUnit : [], place, into: &batch)
    return true
  }

  /// Takes the object at the reader's place as one more span of Zipkin, where the last one was one: its keys are looked
  /// through while it is read, not before.
  ///
  /// - Returns: false where it is anything else than a whole, usual span; then nothing was taken.
  mutating func takeZipkin(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ source: SourceRef, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) -> Bool {
    let before = (reader: reader, repairs: texts.repairs, spans: batch.spans.count)
    var flaws: OTLPSpans.SpanIssues = []
    var keys: ZipkinSpans.Keys = []
    // The deepest values stand three levels down; classifying counts from the top one.
    reader.depthLimit -= 3
    let isRead = ZipkinSpans.read(
      b, &reader, &texts, &batch.symbols, source: source, &flaws, &batch.spans, keys: &keys)
    if isRead, keys == .certain, !reader.sawEscapedKey, !reader.sawBadUTF8, !reader.sawControl {
      reader.depthLimit += 3
      used("Zipkin", flaws, place, into: &batch)
      return true
    }
    batch.spans.removeLast(batch.spans.count - before.spans)
    (reader, texts.repairs) = (before.reader, before.repairs)
    expectsZipkin = false
    return false
  }

  private mutating func used(
    _ name: String, _ flaws: OTLPSpans.SpanIssues, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) {
    batch.recordCounts.use()
    recognized &+= 1
    if recognized == 1 || format == "JSON" { format = name }
    if !flaws.isEmpty { note(flaws, place, into: &batch) }
    if texts.loneSurrogates != reported.lone || texts.cut != reported.cut || texts.base64IDs != reported.base64 {
      noteTexts(place, into: &batch)
    }
  }
}
