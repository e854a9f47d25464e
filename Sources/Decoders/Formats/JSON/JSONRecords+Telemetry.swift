// Records of OTLP's JSON form and of Jaeger's: spans, log records, metrics.

internal import Model
internal import Support

extension JSONRecords {
  /// Takes a span of OTLP; one that `isAlone` stands under no resource.
  mutating func takeOTLP(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, isAlone: Bool = false,
    into batch: inout RecordBatch
  ) -> Bool {
    var draft = SpanBuilder()
    let start = reader.position
    texts.exchange(with: &batch)
    var isRead = draft.readOTLP(b, &reader, &texts)
    if isRead, reader.sawEscapedKey { isRead = readAgain(&draft, b, start, &reader) }
    texts.exchange(with: &batch)
    guard isRead else { return false }
    draft.span.source = place.source
    if isAlone {
      batch.spans.append(draft.span)
    } else if let service {
      draft.span.service = service
      batch.spans.append(draft.span)
    } else {
      wait(draft.span, process: .none, into: &batch)
    }
    used("OTLP", draft.issues, place.position, into: &batch)
    return true
  }

  /// Reads a span of OTLP out of a copy without needless escapes.
  @inline(never) private mutating func readAgain(
    _ draft: inout SpanBuilder, _ b: Span<UInt8>, _ start: Int, _ reader: inout JSONScanner
  ) -> Bool {
    reader.sawEscapedKey = false
    let plain = JSONEscapes.simplified(b, start..<reader.position)
    var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
    var other = SpanBuilder()
    if other.readOTLP(plain.span, &again, &texts) { draft = other }
    return true
  }

  mutating func takeJaeger(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    let zone = context.settings.assumedZoneSeconds
    var draft = SpanBuilder()
    let start = reader.position
    texts.exchange(with: &batch)
    var read = draft.readJaeger(b, &reader, &texts, zoneSeconds: zone)
    if read != nil, reader.sawEscapedKey {
      reader.sawEscapedKey = false
      let plain = JSONEscapes.simplified(b, start..<reader.position)
      var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
      var other = SpanBuilder()
      if let process = other.readJaeger(plain.span, &again, &texts, zoneSeconds: zone) {
        (draft, read) = (other, process)
      }
    }
    if read != nil, draft.issues.contains(.noID), SearchFields.areListed(b, start) {
      let plain = SearchFields.plain(b, start..<reader.position)
      var again = JSONScanner(at: 0, depthLimit: reader.depthLimit)
      var other = SpanBuilder()
      if let process = other.readJaeger(plain.span, &again, &texts, zoneSeconds: zone) {
        (draft, read) = (other, process)
      }
    }
    texts.exchange(with: &batch)
    guard var process = read else { return false }
    if draft.issues.contains([.noTime, .noID]) {
      // Neither ids nor a time: some other list of the name.
      batch.recordCounts.skip("unknownRecord")
      context.report(
        "unknownRecord", .warning, at: place.position, "a span without ids and times: no span of a known format",
        into: &batch)
      return true
    }
    draft.span.source = place.source
    if !process.isNone, let found = processes?[process] {
      draft.span.service = found
      process = .none
    }
    noteWidth(draft.span)
    if process.isNone { batch.spans.append(draft.span) } else { wait(draft.span, process: process, into: &batch) }
    used("Jaeger", draft.issues, place.position, into: &batch)
    return true
  }

  mutating func takeLog(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    let before = batch.text.count
    let start = reader.position
    guard let found = read(b, &reader, lending: &batch, { OTLPLogs.read($0, &$1, &$2) }) else { return false }
    var log = found.log
    log.source = place.source
    let name = log.component.isNone && service?.isNone == true ? fileName(b, start, &batch.symbols) : nil
    takeRead(log, textAt: before, file: name, request: found.request, at: place, into: &batch)
    return true
  }

  /// Takes a log record that was read, in whichever encoding: its body may be the line of another program.
  ///
  /// - Parameters:
  ///   - log: the record, of its own component where its body names one.
  ///   - before: where the batch's text ended before the record was read.
  ///   - file: what the path of the collected file names, where the resource names nothing.
  ///   - request: its attributes as the object of an access log, where they may tell of a request.
  ///   - place: of the record.
  ///   - batch: gets the record.
  mutating func takeRead(
    _ log: LogLine, textAt before: Int, file: Symbol?, request: [UInt8], at place: RecordPlace,
    into batch: inout RecordBatch
  ) {
    // Both names are the record's own, not the resource's.
    let own = log.component.isNone ? file : log.component
    let name = service?.isNone == true ? own : nil
    if let name { service = name }
    defer { if name != nil { service = Symbol.none } }
    var log = log
    if takeCarriedBody(&log, before, at: place, into: &batch) { return }
    if takeAttributes(request, log, at: place, into: &batch) {
      batch.text.removeLast(batch.text.count - before)
      return
    }
    if let service {
      log.component = service
      batch.logs.append(log)
    } else {
      late.add(log, text: Array(batch.text[log.textStart..<log.textStart + log.textCount]))
      batch.text.removeLast(batch.text.count - before)
      if late.isFull { giveUpWaiting(place.position, into: &batch) }
    }
    used("OTLP", log.time == .min ? .noTime : [], place.position, into: &batch)
  }

  /// The name that a record of no resource has: the program of a line of syslog as the collector's receiver parsed it
  /// (opentelemetry-collector-contrib, syslogreceiver), or what the path of the file tells that it was read out of.
  private func fileName(_ b: Span<UInt8>, _ start: Int, _ symbols: inout SymbolTable) -> Symbol? {
    var found: Symbol?
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "attributes"), reader.peek(b) == 0x5B else { return reader.skipValue(b) }
      return reader.eachElement(b) { reader in
        guard let (name, value) = reader.otlpAttribute(b) else { return false }
        guard case .text(let text) = value, !text.isEmpty else { return true }
        if JSONScanner.equals(b, name, "appname") { found = symbols.intern(b.extracting(text.start..<text.end)) }
        if found == nil, JSONScanner.equals(b, name, "log.file.path") {
          let origin = LogOrigin(path: FieldText.text(b.extracting(text.start..<text.end)))
          if origin.rank != .none { found = symbols.intern(origin.name) }
        }
        return true
      }
    }
    return found
  }

  /// Whether the body of a record that has a level is another program's line all the same, as a collector leaves it whose parser took
  /// the level only. What an SDK's own logger says may begin with any word: only what no sentence begins with is asked further.
  private func carriedBeside(level body: Span<UInt8>) -> CarriedBody {
    guard body[0] != 0x7B else {
      return body[1] == 0x22 ? classifier.carried(body, depthLimit: context.settings.limits.jsonDepth) : .none
    }
    return carriesLine(besideLevel: body) ? .line : .none
  }

  private func carriesLine(besideLevel body: Span<UInt8>) -> Bool {
    let (first, second) = (body[0], body[1])
    switch first {
    case 0x30...0x39, 0x3C, 0x5B: break
    default:
      guard first &- 0x41 < 26 else { return false }
      // klog's `E1125`, a header of syslog without its priority, a request line.
      guard second &- 0x30 <= 9 || SyslogLine.beginsWithMonth(body) || AccessServers.isMethod(body, 0) > 0 else {
        return false
      }
    }
    if AccessLines.looksLike(body) { return true }
    if first &- 0x30 <= 9 || first == 0x5B && second &- 0x30 <= 9 {
      let content = LogText.content(body)
      if !content.severity.isUnknown, content.start > 8 { return true }
    }
    return CarriedLine.isKnown(body, intake.unwrapper, classifier.logKeys)
  }

  /// Whether a body is another program's line; what costs little is asked first.
  private func carries(_ body: Span<UInt8>) -> Bool {
    if body[0] == 0x7B || AccessLines.looksLike(body) || TraceFollower.isPiece(body) { return true }
    let content = LogText.content(body)
    if !content.severity.isUnknown || content.start > 0 && (body[0] &- 0x30 <= 9 || body[0] == 0x5B) { return true }
    return CarriedLine.isKnown(body, intake.unwrapper, classifier.logKeys)
      || !Self.leadingLevel(body).severity.isUnknown
  }

  /// Takes a body that is the line of another program, as a collector reads it out of a file: an access line, a record in
  /// JSON, a line with the container runtime's header. Blanks in front are a trace's or a console's; all other bodies lose them.
  private mutating func takeCarriedBody(
    _ log: inout LogLine, _ start: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    var blanks = 0
    while blanks < log.textCount, batch.text[log.textStart + blanks] <= 0x20 { blanks += 1 }
    let hasLevel = !log.severity.isUnknown
    var body = CarriedBody.none
    if hasLevel, service != nil, log.textStart == start, log.textCount - blanks >= 8 {
      body = carriedBeside(level: batch.text.span.extracting(start + blanks..<start + log.textCount))
    }
    guard let service, log.textStart == start, !hasLevel || body != .none else {
      dedent(&log, by: blanks, in: &batch)
      return false
    }
    var around = LineEnvelope(source: place.source)
    around.name(service, .container)
    if around.component.isNone { around = origin(into: &batch) }
    around.isWhole = true
    around.severity = log.severity
    let isOpen = intake.streams[intake.stream(around)].isOpen
    if blanks > 0, !keepsBlanks(batch.text.span.extracting(start..<start + log.textCount), blanks, isOpen) {
      dedent(&log, by: blanks, in: &batch)
    }
    // Where headers are learned, any body may have one; behind an error, lines without a header may be those of its trace: blank ones, too.
    guard
      hasLevel || log.textCount > 0 && (isSampling || !intake.layouts.isEmpty)
        || log.textCount >= 8 && carries(batch.text.span.extracting(start..<start + log.textCount)) || isOpen
    else {
      dedent(&log, by: blanks, in: &batch)
      return false
    }
    let content = [UInt8](batch.text[start..<start + log.textCount])
    batch.text.removeLast(batch.text.count - start)
    (around.time, around.hasZone) = (log.time, log.time != .min)
    (around.request, around.requestText, around.span) = (log.request, log.requestText, log.span)
    let logs = batch.logs.count
    takeCarried(content.span, isPartial: false, around, at: place, into: &batch)
    format = "OTLP"
    if hasLevel {
      log.component = service
      keepLevel(of: log, content, isRequest: body == .request, since: logs, into: &batch)
    }
    return true
  }

  /// Whether the blanks in front of a body say what it is: a frame, or a line that has no header and goes on with the record before it.
  private func keepsBlanks(_ body: Span<UInt8>, _ blanks: Int, _ isOpen: Bool) -> Bool {
    guard blanks < body.count else { return true }
    return TraceFollower.isFrame(body, from: 0) || isOpen && CarriedLine.isBare(body.extracting(blanks..<body.count))
  }

  /// Takes the blanks in front of a text away, once.
  private func dedent(_ log: inout LogLine, by blanks: Int, in batch: inout RecordBatch) {
    guard blanks > 0, blanks <= log.textCount, batch.text[log.textStart] <= 0x20 else { return }
    batch.text.removeSubrange(log.textStart..<log.textStart + blanks)
    log.textCount -= blanks
  }

  mutating func takeMetric(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    let known = service ?? .none
    guard
      let metric = read(
        b, &reader, lending: &batch, { OTLPMetrics.read($0, &$1, &$2, service: known, source: place.source) })
    else { return false }
    if service == nil { late.add(metric.readings) } else { batch.metrics += metric.readings }
    if late.isFull { giveUpWaiting(place.position, into: &batch) }
    format = "OTLP"
    recognized += metric.points
    batch.recordCounts.use(metric.points - metric.unusable)
    if metric.unusable > 0 {
      batch.recordCounts.skip("noValue", metric.unusable)
      context.report(
        "noValue", .warning, at: place.position, "data points without time or finite value", into: &batch)
    }
    noteTexts(place.position, into: &batch)
    return true
  }
}
