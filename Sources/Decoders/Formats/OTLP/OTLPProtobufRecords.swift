// Records of binary OTLP: spans, log records and metrics out of their messages' fields.

internal import Model
internal import Support

/// Reads the elements of one signal, under the resource that they stand in.
struct OTLPProtobufRecords {
  private(set) var signal: OTLPWire.Signal
  private var texts: JSONTexts
  private var service: Symbol?
  private var late = LateRecords()
  /// What log records are handed to, one where the signal is theirs: their bodies may be lines of other programs, as in the JSON form. It is
  /// large, and the reader is copied where a span is read: an array is a pointer.
  private var json: [JSONMemberDecoder]
  /// Whether anything was a record.
  private(set) var hasRecords = false
  private let context: MemberContext
  /// Whether a sample is read for the headers of its bodies only.
  private let isSampling: Bool

  init(context: MemberContext, signal: OTLPWire.Signal, isSampling: Bool = false) {
    self.signal = signal
    self.context = context
    self.isSampling = isSampling
    json = []
    texts = JSONTexts(limit: context.settings.limits.text)
    turn(to: signal)
  }

  /// Goes on with records of a signal: one file may hold the frames of several.
  mutating func turn(to signal: OTLPWire.Signal) {
    self.signal = signal
    guard signal == .logs, json.isEmpty else { return }
    json = [JSONMemberDecoder(context: context, rule: nil)]
    // What a body holds says nothing of the member.
    json[0].records.isContinued = true
    json[0].records.isSampling = isSampling
    json[0].records.service = service
  }

  /// Takes over what another reading of the member's beginning taught.
  mutating func learn(from sample: OTLPProtobufRecords) {
    if sample.json.isEmpty { return }
    let own = signal
    turn(to: .logs)
    signal = own
    for i in json.indices {
      json[i].records.intake.layouts = sample.json[i].records.intake.layouts
      json[i].records.intake.layouts.learn()
    }
  }

  // MARK: Resources.

  mutating func enter() {
    service = nil
    for i in json.indices { json[i].records.service = nil }
  }

  /// Hands over what waits for a resource that did not come before its records.
  mutating func leave(into batch: inout RecordBatch) {
    late.handOver(service: service ?? .none, processes: nil, into: &batch)
    service = nil
    for i in json.indices { json[i].records.leaveAll(into: &batch) }
  }

  mutating func takeResource(_ b: Span<UInt8>, _ range: Range<Int>, into batch: inout RecordBatch) {
    texts.exchange(with: &batch)
    defer { texts.exchange(with: &batch) }
    var found = ResourceName()
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      guard field.number == 1, field.wire == .bytes else { continue }
      let pair = pair(b, field.bytes)
      if pair.value.kind == .text { found.take(b, slice(pair.key), slice(pair.value.bytes)) }
    }
    service = found.name.map { texts.symbol(b, $0) } ?? Symbol.none
    for i in json.indices { json[i].records.service = service }
  }

  // MARK: Elements.

  /// Reads one element of the signal.
  mutating func take(
    _ b: Span<UInt8>, _ range: Range<Int>, at source: SourceRef, _ context: inout MemberContext,
    into batch: inout RecordBatch
  ) {
    if signal == .logs { return log(b, range, source, &context, into: &batch) }
    texts.exchange(with: &batch)
    if signal == .traces {
      span(b, range, source, &context, into: &batch)
    } else {
      metric(b, range, source, &context, into: &batch)
    }
    texts.exchange(with: &batch)
    if late.isFull {
      let held = service
      leave(into: &batch)
      service = held
      context.report(
        "resourceTooLate", .warning, at: .offset(source.value), "records wait for a resource that does not come",
        limit: "waitingRecords", into: &batch)
    }
  }

  mutating func close(_ context: inout MemberContext, into batch: inout RecordBatch) {
    for i in json.indices { json[i].finishText(into: &batch) }
    if texts.cut > 0 {
      batch.recordCounts.repair("textCut", texts.cut)
      context.report(
        "textCut", .note, at: .whole, "texts were cut to the kept length", limit: "textBytes", into: &batch)
    }
  }

  private mutating func span(
    _ b: Span<UInt8>, _ range: Range<Int>, _ source: SourceRef, _ context: inout MemberContext,
    into batch: inout RecordBatch
  ) {
    var draft = SpanBuilder()
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      switch (field.number, field.wire) {
      case (1, .bytes): draft.span.trace = Self.trace(b, field.bytes)
      case (2, .bytes): draft.span.span = Self.id(b, field.bytes)
      case (3, .bytes): draft.takeTraceState(b, field.bytes)
      case (4, .bytes): draft.span.parent = Self.id(b, field.bytes)
      case (5, .bytes): draft.span.operation = texts.symbol(b, slice(field.bytes))
      case (6, .varint): draft.span.kind = SpanKind(rawValue: UInt8(clamping: field.value)) ?? .unspecified
      case (7, .fixed64): draft.start = Int64(exactly: field.value)
      case (8, .fixed64): draft.end = Int64(exactly: field.value)
      case (9, .bytes): attribute(b, field.bytes, &draft, ofEvent: false)
      case (11, .bytes): event(b, field.bytes, &draft)
      case (13, .bytes): link(b, field.bytes, &draft)
      case (15, .bytes): status(b, field.bytes, &draft)
      default: break
      }
    }
    guard scanner.failure == .none else { return damaged(source, &context, into: &batch) }
    draft.settleLink()
    draft.settleException()
    draft.settle(startNanos: draft.start, endNanos: draft.end)
    if draft.span.trace.isNone || draft.span.span == 0 { draft.issues.insert(.noID) }
    draft.span.source = source
    if let service {
      draft.span.service = service
      batch.spans.append(draft.span)
    } else {
      late.add(draft.span, process: .none)
    }
    batch.recordCounts.use()
    hasRecords = true
    draft.issues.tell(at: .offset(source.value), &context, into: &batch)
  }

  private func damaged(_ source: SourceRef, _ context: inout MemberContext, into batch: inout RecordBatch) {
    batch.recordCounts.skip("malformedProtobuf")
    context.report(
      "malformedProtobuf", .error, at: .offset(source.value), "a record whose fields do not fit its length",
      into: &batch)
  }

  private mutating func event(
    _ b: Span<UInt8>, _ range: Range<Int>, _ draft: inout SpanBuilder
  ) {
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      guard field.number == 3, field.wire == .bytes else { continue }
      attribute(b, field.bytes, &draft, ofEvent: true)
    }
  }

  private func link(_ b: Span<UInt8>, _ range: Range<Int>, _ draft: inout SpanBuilder) {
    var trace = RequestID.none
    var span: UInt64 = 0
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      if field.number == 1, field.wire == .bytes { trace = Self.trace(b, field.bytes) }
      if field.number == 2, field.wire == .bytes { span = Self.id(b, field.bytes) }
    }
    draft.takeLink(trace: trace, span: span)
  }

  private mutating func status(
    _ b: Span<UInt8>, _ range: Range<Int>, _ draft: inout SpanBuilder
  ) {
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      if field.number == 3, field.wire == .varint {
        draft.span.status = TraceSpan.Status(rawValue: UInt8(clamping: field.value)) ?? .unset
      } else if field.number == 2, field.wire == .bytes {
        draft.takeStatusMessage(slice(field.bytes), b, &texts)
      }
    }
  }

  private mutating func attribute(
    _ b: Span<UInt8>, _ range: Range<Int>, _ draft: inout SpanBuilder, ofEvent: Bool
  ) {
    let (key, value) = pair(b, range)
    let name = SpanBuilder.name(b, slice(key))
    if name == .none || ofEvent && name != .exceptionType && name != .exceptionMessage { return }
    switch value.kind {
    case .text: draft.take(name, .text(slice(value.bytes)), b, &texts)
    case .bool: draft.take(name, .bool(value.number != 0), b, &texts)
    case .int, .double:
      let text =
        value.kind == .int ? String(Int64(bitPattern: value.number)) : String(Double(bitPattern: value.number))
      let digits = text.utf8Span.span
      draft.take(
        name, .number(JSONStringSlice(start: 0, end: digits.count, isEscaped: false)), digits, &texts)
    case .array where name == .retryAfter || name == .retryAfterMilliseconds:
      // Headers are lists; the first value counts.
      var scanner = ProtobufScanner(value.bytes)
      while let field = scanner.next(b) {
        guard field.number == 1, field.wire == .bytes else { continue }
        let first = self.value(b, field.bytes)
        if first.kind == .text { draft.take(name, .text(slice(first.bytes)), b, &texts) }
        return
      }
    case .none, .array, .list, .bytes: return
    }
  }

  // MARK: Log records.

  private mutating func log(
    _ b: Span<UInt8>, _ range: Range<Int>, _ source: SourceRef, _ context: inout MemberContext,
    into batch: inout RecordBatch
  ) {
    let before = batch.text.count
    json[0].records.texts.exchange(with: &batch)
    let read = read(b, range)
    json[0].records.texts.exchange(with: &batch)
    guard let (record, attributes) = read else { return damaged(source, &context, into: &batch) }
    var log = record
    hasRecords = true
    log.source = source
    let place = RecordPlace(source: source, position: .offset(source.value))
    let file = log.component.isNone && service?.isNone == true ? fileName(b, attributes, &batch.symbols) : nil
    let request = OTLPRequests.object(b, protobuf: attributes)
    json[0].records.takeRead(log, textAt: before, file: file, request: request, at: place, into: &batch)
    if json[0].records.pendingDocuments.isEmpty { return }
    json[0].base = source.value
    json[0].walkPending(line: 0, into: &batch)
  }

  /// Reads a log record, and tells where its attributes lie; nil where it is damaged.
  private mutating func read(_ b: Span<UInt8>, _ range: Range<Int>) -> (LogLine, [Range<Int>])? {
    var log = LogLine()
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var number: Int64 = 0
    var body: Range<Int>?
    var event = 0..<0
    var attributes: [Range<Int>] = []
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      switch (field.number, field.wire) {
      case (1, .fixed64): time = field.value
      case (2, .varint): number = Int64(clamping: field.value)
      case (3, .bytes): log.severity = FieldText.severity(b.extracting(field.bytes))
      case (5, .bytes): body = field.bytes
      case (6, .bytes): attributes.append(field.bytes)
      case (9, .bytes): log.request = Self.trace(b, field.bytes)
      case (10, .bytes): log.span = Self.id(b, field.bytes)
      case (11, .fixed64): observed = field.value
      case (12, .bytes): event = field.bytes
      default: break
      }
    }
    guard scanner.failure == .none else { return nil }
    if LevelScale.otlp.severity(number) != .unknown { log.severity = LevelScale.otlp.severity(number) }
    if let nanos = Int64(exactly: time == 0 ? observed : time), nanos != 0 {
      log.time = FieldText.floorDivide(nanos, 1000)
    }
    if let body, case let found = value(b, body), found.kind == .text {
      json[0].records.texts.appendMessage(b, slice(found.bytes), stripsHeader: false, keepsIndent: true, &log)
    } else if let rendered = body.map({ OTLPBody(b, protobuf: $0) }), !rendered.isNull {
      OTLPLogs.take(rendered, &log, &json[0].records.texts)
    } else {
      json[0].records.texts.appendMessage(b, slice(event), stripsHeader: false, &log)
    }
    if log.textCount == 0, !attributes.isEmpty {
      OTLPExceptions.take(OTLPAttributes.object(b, protobuf: attributes), &log, &json[0].records.texts)
    }
    return (log, attributes)
  }

  /// The name that the program of syslog or the path of the file gives, as in the JSON form.
  private func fileName(_ b: Span<UInt8>, _ attributes: [Range<Int>], _ symbols: inout SymbolTable) -> Symbol? {
    for attribute in attributes {
      let (key, value) = pair(b, attribute)
      guard value.kind == .text, !value.bytes.isEmpty else { continue }
      if JSONScanner.equals(b, slice(key), "appname") { return symbols.intern(b.extracting(value.bytes)) }
      guard JSONScanner.equals(b, slice(key), "log.file.path") else { continue }
      let origin = LogOrigin(path: FieldText.text(b.extracting(value.bytes)))
      if origin.rank != .none { return symbols.intern(origin.name) }
    }
    return nil
  }

  // MARK: Metrics.

  private mutating func metric(
    _ b: Span<UInt8>, _ range: Range<Int>, _ source: SourceRef, _ context: inout MemberContext,
    into batch: inout RecordBatch
  ) {
    var name = 0..<0
    var data: [(field: Int, bytes: Range<Int>)] = []
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      guard field.wire == .bytes else { continue }
      if field.number == 1 { name = field.bytes }
      if [5, 7, 9, 10, 11].contains(field.number) { data.append((field.number, field.bytes)) }
    }
    guard scanner.failure == .none else { return damaged(source, &context, into: &batch) }
    let base = texts.symbol(b, slice(name))
    var points: [MetricPoint] = []
    var count = 0
    var unusable = 0
    for (kind, bytes) in data {
      var list = ProtobufScanner(bytes)
      while let field = list.next(b) {
        guard field.number == 1, field.wire == .bytes else { continue }
        count += 1
        let point = OTLPProtobufPoint(b, field.bytes, kind: kind)
        let found = point.append(base, service ?? .none, source, &texts.symbols, to: &points)
        if !found { unusable += 1 }
      }
    }
    if service == nil { late.add(points) } else { batch.metrics += points }
    batch.recordCounts.use(count - unusable)
    hasRecords = true
    if unusable > 0 {
      batch.recordCounts.skip("noValue", unusable)
      context.report(
        "noValue", .warning, at: .offset(source.value), "data points without time or finite value", into: &batch)
    }
  }
}
