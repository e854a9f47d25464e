// Rows of a mapped table as records.

internal import Model
internal import Support

struct TableRows {
  let mapping: TableMapping
  private let order: DateOrder?
  /// The numbers of the level column, where it has numbers that are levels.
  private let levels: LevelEvidence?
  /// Fields of a row where the message's column stands behind the header's last one.
  let width: Int?
  /// Names of the wide value columns, or of the single value column.
  var valueNames: [Symbol] = []
  /// The unit of durations that name none, as the first rows tell it.
  var learnedUnit: DurationEvidence.Units?
  /// The headers of the lines that the rows of a log hold, where the first ones have any.
  var layouts: LogLayouts?
  /// The name of log rows that no column names: the file's.
  var fallback = Symbol.none
  private var unquoted: [UInt8] = []
  private var inner: [UInt8] = []
  private var labelReader: JSONLogs?
  /// What the paths of log files tell, for the first paths of the table.
  private var paths: [Symbol: Symbol] = [:]
  private static let mostPaths = 1024

  init(mapping: TableMapping, order: DateOrder?, levels: LevelEvidence?, _ symbols: inout SymbolTable) {
    self.mapping = mapping
    self.order = order
    self.levels = levels
    width =
      mapping.kind == .logs && mapping.message > mapping.severity && mapping.message > mapping.time
      ? mapping.message + 1 : nil
    valueNames = mapping.values.map { symbols.intern($0.name) }
    if mapping.kind == .metrics, mapping.metric < 0, mapping.values.isEmpty { valueNames = [symbols.intern("value")] }
  }

  mutating func take(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: inout MemberContext, into batch: inout RecordBatch
  ) {
    let problem: String? =
      switch mapping.kind {
      case .spans: span(b, row, line: line, &context, into: &batch)
      case .logs: log(b, row, line: line, context, into: &batch)
      case .metrics: metric(b, row, line: line, &context, into: &batch)
      }
    if let problem {
      batch.recordCounts.skip(problem)
      context.report(problem, .warning, at: .line(line), Self.text(of: problem), into: &batch)
    } else {
      batch.recordCounts.use()
    }
  }

  private static func text(of problem: String) -> MessageText {
    switch problem {
    case "badTime": "a row without a readable time was left out"
    case "noID": "a row without a trace or span id was left out"
    case "noMessage": "a row without a message was left out"
    default: "a row without a readable value was left out"
    }
  }

  /// One column of a row, without white space around; empty where the row is too short.
  func field(_ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int) -> Range<Int> {
    guard column >= 0, column < row.fields.count else { return 0..<0 }
    var start = row.fields[column].start
    var end = row.fields[column].end
    while start < end, b[start] <= 0x20 { start += 1 }
    while end > start, b[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  mutating func symbol(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int, _ symbols: inout SymbolTable
  ) -> Symbol {
    let range = field(b, row, column)
    if range.isEmpty || FieldText.isNull(b.extracting(range)) { return .none }
    guard row.fields[column].isDoubled else { return symbols.intern(b.extracting(range)) }
    Self.undouble(b.extracting(range), into: &unquoted)
    return symbols.intern(unquoted.span)
  }

  private static func undouble(_ b: Span<UInt8>, into out: inout [UInt8]) {
    out.removeAll(keepingCapacity: true)
    var i = 0
    while i < b.count {
      let first = i
      while i < b.count, b[i] != 0x22 { i += 1 }
      // The first quote of a pair goes with the text before it, the second is left out.
      let end = min(i + 1, b.count)
      out.append(copying: b.extracting(first..<end))
      i = end < b.count && i < b.count && b[end] == 0x22 ? end + 1 : end
    }
  }

  func time(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int, in unit: FieldText.Unit, _ context: borrowing MemberContext
  ) -> Int64? {
    let range = field(b, row, column)
    if range.isEmpty { return nil }
    let zone = context.settings.assumedZoneSeconds
    return FieldText.time(
      b.extracting(range), unit: unit, zoneSeconds: zone, order: order, lastDay: context.settings.lastDay)
  }

  /// The time of a row of logs or metrics; a number of the epoch's first years is none.
  func epoch(_ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext) -> Int64? {
    guard let time = time(b, row, mapping.time, in: mapping.timeUnit, context) else { return nil }
    return FieldText.isEpoch(time) || FieldText.double(b.extracting(field(b, row, mapping.time))) == nil ? time : nil
  }

  private mutating func request(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ symbols: inout SymbolTable
  ) -> (RequestID, Symbol) {
    let range = field(b, row, mapping.trace)
    if range.isEmpty || FieldText.isNull(b.extracting(range)) { return (.none, .none) }
    let text = b.extracting(range)
    let (id, isHex) = RequestID.parse(text)
    return (id, isHex ? .none : symbols.intern(text))
  }

  private mutating func span(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: inout MemberContext, into batch: inout RecordBatch
  ) -> String? {
    var span = TraceSpan()
    (span.trace, span.traceText) = request(b, row, &batch.symbols)
    span.span = FieldText.spanID(b.extracting(field(b, row, mapping.span)))
    guard !span.trace.isNone, span.span != 0 else { return "noID" }
    guard var issues = fillTimes(b, row, &span, context) else { return "badTime" }
    let isUnreadable = hasUnreadableDuration(b, row)
    if isUnreadable { issues.remove(.negativeDuration) }
    issues.tell(at: .line(line), &context, into: &batch)
    if mapping.sampleRate >= 0,
      let weight = SpanBuilder.weight(ofRate: b.extracting(field(b, row, mapping.sampleRate)))
    {
      span.weight = SampleWeight(weight)
      SpanIssues.sampled.tell(at: .line(line), &context, into: &batch)
    }
    if mapping.end < 0, hasUnitlessDuration(b, row) {
      span.flags.insert(.untimed)
      batch.recordCounts.repair("durationUnit")
      context.report(
        "durationUnit", .note, at: .line(line),
        "a duration without a unit is not used: map it in the pipeline file, table: { durationMs: COLUMN }",
        into: &batch)
    }
    if isUnreadable {
      span.flags.insert(.untimed)
      batch.recordCounts.repair("durationUnknown")
      context.report(
        "durationUnknown", .note, at: .line(line),
        "a duration that is no number, perhaps with a unit behind it, is not used: write it as 200.5 or 200ms",
        into: &batch)
    }
    if isDoubtful(b, row) { SpanIssues.doubtfulUnit.tell(at: .line(line), &context, into: &batch) }
    let parent = field(b, row, mapping.parent)
    if !parent.isEmpty { span.parent = FieldText.parentID(b.extracting(parent)) }
    span.service = symbol(b, row, mapping.component, &batch.symbols)
    span.operation = symbol(b, row, mapping.operation, &batch.symbols)
    span.peerService = symbol(b, row, mapping.peer, &batch.symbols)
    span.message = symbol(b, row, mapping.statusMessage, &batch.symbols)
    takeError(b, row, &span, &batch.symbols)
    if mapping.isInsights {
      takeInsights(b, row, &span)
    } else if mapping.spanKind >= 0 {
      span.kind = SpanWords.kind(b.extracting(field(b, row, mapping.spanKind)))
    }
    if mapping.httpStatus >= 0 {
      span.httpStatus = SpanWords.httpStatus(b.extracting(field(b, row, mapping.httpStatus)))
    }
    if mapping.grpcStatus >= 0 {
      span.grpcStatus = SpanWords.grpcStatus(b.extracting(field(b, row, mapping.grpcStatus)))
    }
    if mapping.status >= 0, span.status != .error {
      SpanWords.status(b.extracting(field(b, row, mapping.status)), into: &span)
    }
    span.source = context.line(line)
    batch.spans.append(span)
    return nil
  }

  /// Requests are served, everything else is called; what went wrong says so.
  private func takeInsights(_ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan) {
    let kind = b.extracting(field(b, row, mapping.spanKind))
    let isCall =
      mapping.spanKind < 0 ? mapping.peer >= 0 : kind.indices.contains { JSONScanner.matches(kind, $0, "epend") }
    span.kind = isCall ? .client : .server
    if FieldText.isWord(b.extracting(field(b, row, mapping.success)), "false") { span.status = .error }
  }

  /// An error column: a flag, or what went wrong.
  private mutating func takeError(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan, _ symbols: inout SymbolTable
  ) {
    let field = field(b, row, mapping.error)
    if field.isEmpty { return }
    let word = b.extracting(field)
    func isOne(of words: [StaticString]) -> Bool {
      for known in words where FieldText.isWord(word, known) { return true }
      return false
    }
    if isOne(of: ["true", "1", "1.0", "t", "yes", "y"]) {
      span.status = .error
    } else if !isOne(of: ["false", "0", "0.0", "f", "no", "n"]), span.message.isNone {
      span.message = symbol(b, row, mapping.error, &symbols)
    }
  }

  private func hasUnitlessDuration(_ b: Span<UInt8>, _ row: DelimitedRow) -> Bool {
    let duration = field(b, row, mapping.duration)
    return !duration.isEmpty && durationUnit(b, row, duration) == nil
  }

  /// Whether a duration stands there that is none, as `200,5` (a decimal comma, or thousands) and words are, and nothing else tells the end.
  private func hasUnreadableDuration(_ b: Span<UInt8>, _ row: DelimitedRow) -> Bool {
    let duration = field(b, row, mapping.duration)
    guard !duration.isEmpty, field(b, row, mapping.end).isEmpty, let unit = durationUnit(b, row, duration) else {
      return false
    }
    return SpanWords.duration(b.extracting(duration), unit: unit) == nil
  }

  /// The unit of a duration: the one that its column tells; else a text's own, else that of the beginning where it is a
  /// number. Nil where nothing tells it, and where the end is there, which is more certain.
  private func durationUnit(_ b: Span<UInt8>, _ row: DelimitedRow, _ duration: Range<Int>) -> FieldText.Unit? {
    if duration.isEmpty { return nil }
    guard mapping.durationUnit == .inferred else { return mapping.durationUnit }
    if b[duration.upperBound - 1] > 0x39 { return .microseconds }
    if !field(b, row, mapping.end).isEmpty { return nil }
    let ofStart = FieldText.unit(ofEpoch: b.extracting(field(b, row, mapping.start)))
    return learnedUnit?.unit(besides: ofStart).unit ?? (mapping.isClickHouse ? .nanoseconds : ofStart)
  }

  /// Whether a row's duration is read in a unit that its beginning and the calls of the file do not tell alike.
  private func isDoubtful(_ b: Span<UInt8>, _ row: DelimitedRow) -> Bool {
    guard let learnedUnit, mapping.durationUnit == .inferred, field(b, row, mapping.end).isEmpty else { return false }
    let duration = field(b, row, mapping.duration)
    guard !duration.isEmpty, b[duration.upperBound - 1] <= 0x39 else { return false }
    return learnedUnit.unit(besides: FieldText.unit(ofEpoch: b.extracting(field(b, row, mapping.start)))).isDoubtful
  }

  /// The number in the column of levels, if there is one.
  func level(_ b: Span<UInt8>, _ row: DelimitedRow) -> Int64? {
    mapping.severity < 0 ? nil : FieldText.int(b.extracting(field(b, row, mapping.severity)))
  }

  /// Gives a row's duration to the sample, where its unit has to be found.
  func addDuration(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext, to evidence: inout DurationEvidence
  ) {
    guard mapping.kind == .spans, mapping.durationUnit == .inferred, mapping.end < 0,
      let length = FieldText.double(b.extracting(field(b, row, mapping.duration))),
      let start = time(b, row, mapping.start, in: mapping.startUnit, context)
    else { return }
    evidence.add(
      trace: RequestID.parse(b.extracting(field(b, row, mapping.trace))).id,
      span: FieldText.spanID(b.extracting(field(b, row, mapping.span))),
      parent: FieldText.parentID(b.extracting(field(b, row, mapping.parent))), start: start, length: length)
  }

  /// Start and duration of a span, and what is wrong with them; nil where there is no start.
  private func fillTimes(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan, _ context: borrowing MemberContext
  ) -> SpanIssues? {
    let duration = field(b, row, mapping.duration)
    let length = durationUnit(b, row, duration).flatMap { SpanWords.duration(b.extracting(duration), unit: $0) }
    let end = time(b, row, mapping.end, in: mapping.endUnit, context)
    var issues: SpanIssues = []
    if let start = time(b, row, mapping.start, in: mapping.startUnit, context) {
      span.start = start
      if length == nil, end != nil {
        span.take(end: end, &issues)
      } else {
        // What is written and no number tells that it ended.
        let isWritten = !duration.isEmpty || !field(b, row, mapping.end).isEmpty
        span.take(length: length ?? (isWritten ? TraceSpan.unreadableLength : nil), &issues)
      }
    } else if let end, let length {
      span.start = end.subtractingReportingOverflow(length).partialValue
      span.take(length: length, &issues)
    } else {
      return nil
    }
    return issues
  }

  private mutating func log(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: borrowing MemberContext,
    into batch: inout RecordBatch
  ) -> String? {
    let range = field(b, row, mapping.message)
    if range.isEmpty { return "noMessage" }
    var log = LogLine()
    if let time = epoch(b, row, context) {
      log.time = time
    } else {
      batch.recordCounts.repair("noTime")
    }
    (log.request, log.requestText) = request(b, row, &batch.symbols)
    log.span = FieldText.spanID(b.extracting(field(b, row, mapping.span)))
    log.component = name(b, row, &batch.symbols)
    log.severity = severity(b.extracting(field(b, row, mapping.severity)))
    if log.severity.isUnknown, mapping.levelNumber >= 0,
      let number = FieldText.double(b.extracting(field(b, row, mapping.levelNumber))).flatMap(Int64.init(exactly:))
    {
      log.severity = mapping.levelScale.severity(number)
    }
    if mapping.labels >= 0 {
      let labels = labels(b, row, context, &batch.symbols)
      if log.component.isNone { log.component = labels.name }
      if log.severity.isUnknown { log.severity = labels.severity }
    }
    if log.component.isNone { log.component = fallback }
    let isDoubled = row.fields[mapping.message].isDoubled
    if isDoubled { Self.undouble(b.extracting(range), into: &unquoted) }
    if isDoubled {
      keep(unquoted.span, &log, context, into: &batch)
    } else {
      keep(b.extracting(range), &log, context, into: &batch)
    }
    log.source = context.line(line)
    batch.logs.append(log)
    return nil
  }

  /// Who wrote a row's line: of the path of a log file what the path tells.
  private mutating func name(_ b: Span<UInt8>, _ row: DelimitedRow, _ symbols: inout SymbolTable) -> Symbol {
    let whole = symbol(b, row, mapping.component, &symbols)
    let range = field(b, row, mapping.component)
    guard range.count > 1, b[range.lowerBound] == 0x2F || isOnDrive(b, range) else { return whole }
    if let known = paths[whole] { return known }
    let name = symbols.intern(LogOrigin(recorded: b.extracting(range)).name)
    if paths.count < Self.mostPaths { paths[whole] = name }
    return name
  }

  /// Whether a field is a path of Windows, `C:\logs\cart.log`.
  private func isOnDrive(_ b: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count > 3 && b[range.lowerBound &+ 1] == 0x3A && b[range.lowerBound &+ 2] == 0x5C
  }

  /// What the labels of a row say: names of programs and a level.
  private mutating func labels(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext, _ symbols: inout SymbolTable
  ) -> (name: Symbol, severity: Severity) {
    let range = field(b, row, mapping.labels)
    guard range.count > 2, b[range.lowerBound] == 0x7B else { return (.none, .unknown) }
    Self.undouble(b.extracting(range), into: &inner)
    var check = JSONScanner(at: 0, depthLimit: 8)
    guard check.skipValue(inner.span), check.position == inner.count else { return (.none, .unknown) }
    var reader = labelReader ?? JSONLogs(table: LogKeyTable(context.settings.logKeys), clock: LogClock())
    var texts = JSONTexts(limit: context.settings.limits.text)
    swap(&texts.symbols, &symbols)
    let found = reader.labels(inner.span, at: 0, &texts)
    swap(&texts.symbols, &symbols)
    labelReader = reader
    return (found.name, found.severity)
  }

  /// A level by word, or by number on the scale that the table's first rows tell.
  private func severity(_ field: Span<UInt8>) -> Severity {
    let severity = FieldText.severity(field)
    if mapping.isInsights, let number = FieldText.int(field) { return LevelScale.insights.severity(number) }
    guard severity.isUnknown, let evidence = levels, let number = FieldText.int(field) else { return severity }
    return evidence.scale(of: number, []).severity(number)
  }

  /// Whether the rows are lines as they were printed, of which no column tells the level.
  var hasBareLines: Bool { mapping.kind == .logs && mapping.severity < 0 && mapping.levelNumber < 0 }

  /// The line of another program in a table without levels, and what its columns say of it; nil where the text is none such.
  mutating func carried(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: borrowing MemberContext, _ symbols: inout SymbolTable
  ) -> (text: [UInt8], around: LineEnvelope)? {
    guard hasBareLines else { return nil }
    let range = field(b, row, mapping.message)
    guard !range.isEmpty else { return nil }
    // The blanks in front of a frame are the trace's. A trace within one row is a record of its own.
    let whole = row.fields[mapping.message].start..<range.upperBound
    let isPart =
      TraceFollower.isPart(b.extracting(whole)) && ByteScan.find(0x0A, in: b.extracting(whole), from: 0) == whole.count
    let text = b.extracting(isPart ? whole : range)
    let isKnown =
      text.count >= 16 && (text[0] != 0x7B && KnownLines.standsAlone(text) || AccessLines.looksLike(text))
    guard isPart || isKnown else { return nil }
    var around = LineEnvelope(source: context.line(line))
    around.isWhole = isPart
    if let time = epoch(b, row, context) {
      (around.time, around.hasZone) = (time, true)
    }
    around.name(name(b, row, &symbols), .container)
    if mapping.labels >= 0 {
      let labels = labels(b, row, context, &symbols)
      around.name(labels.name, .container)
      around.severity = labels.severity
    }
    around.name(fallback, .file)
    (around.request, around.requestText) = request(b, row, &symbols)
    around.span = FieldText.spanID(b.extracting(field(b, row, mapping.span)))
    guard row.fields[mapping.message].isDoubled else { return ([UInt8](copying: text), around) }
    Self.undouble(text, into: &unquoted)
    return (unquoted, around)
  }
}
