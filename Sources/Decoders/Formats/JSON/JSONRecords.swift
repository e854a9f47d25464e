// What becomes of the records found in JSON: into the batch, with the record counts and the notes about them.

internal import Model
internal import Support

/// Where a record stands: for the record itself, and for what is said of it.
struct RecordPlace {
  var source: SourceRef
  var position: SourceLocation.Position
}

/// The state between the records of one member: the resource or trace they stand in, and what waits for it.
///
/// A resource may come after its spans, and Jaeger's processes usually do: such records wait here, a bounded number.
struct JSONRecords {
  var context: MemberContext
  let classifier: JSONClassifier
  /// Where the last walk failed, in the bytes it was given.
  var failedAt = 0
  var format = "JSON"
  var logs: JSONLogs
  /// What is needed to read the lines that records carry.
  var intake: LogIntake
  /// What the layers around the record at hand said; empty at the top.
  var envelope = LineEnvelope()
  /// How many layers are open.
  var depth = 0
  /// Whether the text at hand may hold escape sequences of a terminal: told for a whole window of a plain file at once.
  var mayHaveColours = true
  /// Records that were lines of text.
  var textRecords = 0
  /// The log group that the document around names (CloudWatch Logs).
  var group: Symbol?
  /// The columns of the table that is open, as the answer writes them between quotes.
  var columns: [[UInt8]] = []
  /// Whether a log record was read since the last line of text.
  var sawLog = false
  /// The level of that record.
  var sawSeverity = Severity.unknown
  /// Whether the record at hand is a request already, so that what its message says of it is no second one.
  var isServed = false
  /// Whether a sample is read for its headers and levels only.
  var isSampling = false
  /// Documents that stood in a line or in a record's text, to be walked.
  var pendingDocuments: [[UInt8]] = []
  /// Buffers for the texts of open layers.
  private var buffers: [[UInt8]] = []
  private let mapped: MappedJSON
  var access: AccessSpans
  var named = NamedSpans()
  var apm = ElasticIntake()
  /// Requests of which only the beginning was read.
  var begun = BegunRequests()
  /// Widths of the trace ids seen: of 64 bits, of 128 bits.
  var sawNarrowID = false
  var sawWideID = false
  var texts: JSONTexts
  var service: Symbol?
  var processes: [Symbol: Symbol]?
  var late = LateRecords()
  /// Whether the next object is probably a span of Zipkin, as the last one was.
  var expectsZipkin = false
  var unknown = 0
  /// Objects in a row that are no records and hold none; behind so many of them no more are searched.
  private var emptyObjects = 0
  private static let mostEmptyObjects = 256
  var firstUnknown = SourceLocation.Position.whole
  /// What was of a known shape, with or without a record in it.
  var recognized = 0
  /// Of these, lines inside of wrappers that hold nothing: they are no records.
  var blankLines = 0
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
    mapped = MappedJSON(rule: hasKeys ? rule : nil, zoneSeconds: settings.assumedZoneSeconds)
    classifier = JSONClassifier(logKeys: table, mapped: hasKeys ? mapped : nil)
    logs = JSONLogs(
      table: table, clock: LogClock(zoneSeconds: settings.assumedZoneSeconds, lastDay: settings.lastDay))
    intake = LogIntake(context: context)
    texts = JSONTexts(
      limit: settings.limits.text, member: RequestID.ofPlaces(input: context.input, member: context.member))
  }

  // MARK: Entering and leaving what stands around records.

  mutating func enter(_ node: JSONNode) {
    switch node {
    case .resource: service = nil
    case .jaegerTrace: processes = nil
    case .table: columns = []
    default: break
    }
  }

  mutating func leave(_ node: JSONNode, into batch: inout RecordBatch) {
    switch node {
    case .resource, .jaegerTrace: leaveAll(into: &batch)
    case .wrapper: group = nil
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
      guard let found = read(b, &reader, lending: &batch, { OTLPSpans.service($0, &$1, &$2) }) else { return false }
      service = found
      return true
    case .jaegerTrace where JSONScanner.equals(b, key, "processes"):
      guard let found = read(b, &reader, lending: &batch, { JaegerSpans.processes($0, &$1, &$2) }) else { return false }
      processes = found
      return true
    case .table
    where JSONScanner.equals(b, key, "columns") || JSONScanner.equals(b, key, "Columns")
      || JSONScanner.equals(b, key, "schema"):
      return readColumns(b, &reader)
    case .wrapper where JSONScanner.equals(b, key, "logGroup"):
      guard let value = reader.scalar(b) else { return false }
      if case .text(let text) = value {
        // `/aws/lambda/NAME`: the last part is the function's own.
        var start = text.end
        while start > text.start, b[start - 1] != 0x2F { start -= 1 }
        if start < text.end { group = batch.symbols.intern(b.extracting(start..<text.end)) }
      }
      return true
    default: return reader.skipValue(b)
    }
  }

  // MARK: Records.

  /// Lends the batch's texts to a reader and reads; what has escaped keys is read again, out of a copy without them.
  @inline(__always) mutating func read<Result>(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, lending batch: inout RecordBatch,
    _ body: (Span<UInt8>, inout JSONScanner, inout JSONTexts) -> Result?
  ) -> Result? {
    texts.exchange(with: &batch)
    defer { texts.exchange(with: &batch) }
    let start = reader.position
    guard let result = body(b, &reader, &texts) else { return nil }
    guard reader.sawEscapedKey else { return result }
    reader.sawEscapedKey = false
    let plain = JSONEscapes.simplified(b, start..<reader.position)
    var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
    return body(plain.span, &again, &texts) ?? result
  }

  /// Reads one element of a list of records; false on the reader's failure.
  ///
  /// An element that is not complete yet is read again later: what was counted on the way does not count.
  mutating func takeItem(
    _ node: JSONNode, _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    let before = texts.repairs
    let isTaken: Bool
    switch node {
    case .items(.traces): isTaken = takeOTLP(b, &reader, at: place, into: &batch)
    case .jaegerSpans: isTaken = takeJaeger(b, &reader, at: place, into: &batch)
    case .items(.logs): isTaken = takeLog(b, &reader, at: place, into: &batch)
    case .items(.metrics): isTaken = takeMetric(b, &reader, at: place, into: &batch)
    default: isTaken = reader.skipValue(b)
    }
    if !isTaken { texts.repairs = before }
    return isTaken
  }

  mutating func wait(_ span: TraceSpan, process: Symbol, into batch: inout RecordBatch) {
    late.add(span, process: process)
    if late.isFull { giveUpWaiting(.whole, into: &batch) }
  }

  mutating func giveUpWaiting(_ place: SourceLocation.Position, into batch: inout RecordBatch) {
    let (held, known) = (service, processes)
    leaveAll(into: &batch)
    (service, processes) = (held, known)
    context.report(
      "resourceTooLate", .warning, at: place, "records wait for a resource or process that does not come",
      limit: "waitingRecords", into: &batch)
  }

  /// Takes an object that is one record, checked before; false where it is none.
  mutating func take(
    _ shape: JSONShape, _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    var reader = JSONScanner(at: range.lowerBound, depthLimit: context.settings.limits.jsonDepth)
    switch shape {
    case .unknown:
      if let error = StoredError.record(b, range) {
        return takeLog(error.span, at: 0, place, needing: .message, into: &batch)
      }
      if let line = DecodedLine.restored(b, range),
        takeLog(line.span, at: 0, place, needing: .message, into: &batch)
      {
        return true
      }
      // Records whose fields all lie deeper: Windows events.
      if takeLog(b, at: RoutedEvent.place(b, range), place, needing: .message, into: &batch) { return true }
      if takeInside(b, range, into: &batch) || XRaySegments.isHeader(b, range) { return true }
      noteUnknown(place.position)
      return false
    case .access:
      if takeServed(b, range, at: place, into: &batch) { return true }
      return takeLogOrNote(b, at: range.lowerBound, place, into: &batch)
    case .served(let isLog):
      if takeServed(b, range, at: place, into: &batch) { return true }
      return take(isLog ? .log : .unknown, b, range, at: place, into: &batch)
    case .gateway:
      if let flat = GatewayRecord.flattened(b, at: range.lowerBound),
        takeAccess(flat.span, 0..<flat.count, at: place, into: &batch) != nil
      {
        return true
      }
      return takeLogOrNote(b, at: range.lowerBound, place, into: &batch)
    case .embedded:
      guard let whole = EmbeddedProperties.opened(b, range) else {
        return takeLogOrNote(b, at: range.lowerBound, place, into: &batch)
      }
      pendingDocuments.append(whole)
      return true
    case .log: return takeLog(b, at: range.lowerBound, place, needing: .nothing, into: &batch)
    case .lokiStream: return takeLokiStream(b, at: range.lowerBound, place, into: &batch)
    case .otlpSpan: return takeOTLP(b, &reader, at: place, isAlone: true, into: &batch)
    case .otlpLog:
      // It stands under no resource, and none comes.
      let before = service
      service = Symbol.none
      defer { service = before }
      return takeLog(b, &reader, at: place, into: &batch)
    case .jaegerSpan: return takeJaeger(b, &reader, at: place, into: &batch)
    case .zipkinSpan:
      guard let keys = readZipkin(b, &reader, at: place, into: &batch) else { return false }
      expectsZipkin = classifier.mapped == nil && keys == .certain
      noteWidth(batch.spans.last)
      return true
    case .eventLine:
      takeEvent(b, range.lowerBound, at: place, into: &batch)
      return true
    case .named(let fallback):
      return takeNamed(b, range, at: place, into: &batch) || take(fallback.shape, b, range, at: place, into: &batch)
    case .intake: return takeIntake(b, range, at: place, into: &batch)
    case .flow:
      return takeFlow(b, range, at: place, into: &batch) || take(.log, b, range, at: place, into: &batch)
    case .xraySegment, .xrayDocument, .segment, .segmentSpan, .sentryTransaction, .zapDevelopment, .tslog:
      return takeForeign(shape, b, range, at: place, into: &batch)
    case .mapped:
      takeMapped(b, range.lowerBound, at: place, into: &batch)
      return true
    }
  }

  /// Takes an object that only looked like something better as a log record; one that is none is noted.
  private mutating func takeLogOrNote(
    _ b: Span<UInt8>, at start: Int, _ place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    if takeLog(b, at: start, place, needing: .timeAndLevel, into: &batch) { return true }
    noteUnknown(place.position)
    return false
  }

  /// Puts what holds records inside of an object that is none aside, to be walked; false where there is nothing such.
  private mutating func takeInside(_ b: Span<UInt8>, _ range: Range<Int>, into batch: inout RecordBatch) -> Bool {
    guard emptyObjects < Self.mostEmptyObjects else { return false }
    let values = JSONInside.values(b, at: range.lowerBound, classifier)
    if let documents = WorkersTrace.documents(b, range) {
      pendingDocuments += documents
      return true
    }
    if values.isEmpty {
      emptyObjects += 1
      return false
    }
    emptyObjects = 0
    for value in values { pendingDocuments.append([UInt8](copying: b.extracting(value))) }
    return true
  }

  private mutating func takeMapped(
    _ b: Span<UInt8>, _ start: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) {
    texts.exchange(with: &batch)
    let outcome = mapped.read(b, at: start, source: place.source, &texts, into: &batch)
    texts.exchange(with: &batch)
    switch outcome {
    case .used(let issues): used("mapped JSON", issues, place.position, into: &batch)
    case .skipped(let reason):
      recognized += 1
      batch.recordCounts.skip(reason)
      context.report(
        reason, .warning, at: place.position, "an object without the fields that its record needs", into: &batch)
    }
  }

  /// Takes the object at the reader's place as one more log record of a shape that was read before.
  ///
  /// - Returns: false where it has no such shape; then nothing was taken, and the reader stays.
  mutating func takeKnownLog(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    let start = reader.position
    return logs.find(b, &reader) && takeLog(b, at: start, place, needing: .nothing, into: &batch)
  }

  /// Names the format after its first records.
  mutating func nameFormat(_ name: String) {
    if recognized == 0 || format == "JSON" { format = name }
  }

  mutating func used(
    _ name: String, _ issues: SpanIssues, _ place: SourceLocation.Position,
    into batch: inout RecordBatch
  ) {
    batch.recordCounts.use()
    recognized &+= 1
    if recognized == 1 || format == "JSON" { format = name }
    if !issues.isEmpty { note(issues, place, into: &batch) }
    if texts.loneSurrogates != reported.lone || texts.cut != reported.cut || texts.base64IDs != reported.base64 {
      noteTexts(place, into: &batch)
    }
  }

  /// A buffer of its own for one layer's text.
  mutating func takeBuffer() -> [UInt8] {
    var buffer = buffers.popLast() ?? []
    buffer.removeAll(keepingCapacity: true)
    return buffer
  }

  mutating func giveBack(_ buffer: consuming [UInt8]) {
    if buffers.count < Self.mostLayers { buffers.append(buffer) }
  }
}
