// Records made of lines of text: their time, name, level, identity, and messages that stand on the next line.

internal import Model
internal import Support

extension JSONRecords {
  /// Ends a header whose message was awaited.
  mutating func complete(
    _ line: Span<UInt8>, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard var awaiting = intake.streams[stream].awaiting else { return false }
    intake.streams[stream].awaiting = nil
    if let fields = awaiting.fields {
      if isBeyond(fields, line) {
        append(awaiting, into: &batch)
        return false
      }
      awaiting.fields?.take(line)
      intake.streams[stream].awaiting = awaiting
      batch.recordCounts.repair("continuationLine")
      return true
    }
    // A report without a text: the next record follows.
    if awaiting.isReport,
      !line.isEmpty && line[0] &- 0x30 <= 9 && intake.unwrapper.times.parse(line, 0)?.isPlaced == true
        || KnownLines.read(line, intake.unwrapper.times, classifier.logKeys) != nil
    {
      append(awaiting, into: &batch)
      return false
    }
    var start = 0
    while start < line.count, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
    let isIndented = start > 0
    var text = line.extracting(start..<line.count)
    // GlassFish closes what it opened behind its header.
    if awaiting.text.count == 2, awaiting.text[0] == 0x5B, text.count > 2, text[text.count - 1] == 0x5D,
      text[text.count - 2] == 0x5D
    {
      text = text.extracting(0..<text.count - 2)
    }
    if awaiting.log.severity.isUnknown, !isIndented {
      let level = Self.leadingLevel(text, ofLogging: true)
      guard !level.severity.isUnknown else {
        append(awaiting, into: &batch)
        return false
      }
      awaiting.log.severity = level.severity
      text = text.extracting(level.end..<text.count)
    } else if !isIndented, !awaiting.isReport {
      append(awaiting, into: &batch)
      return false
    }
    if awaiting.isHeaded {
      // A rule above the text is none of it.
      if Self.isRule(text) {
        intake.streams[stream].awaiting = awaiting
        batch.recordCounts.repair("continuationLine")
        return true
      }
      (intake.streams[stream].unclosed, intake.streams[stream].taken) = (.message, 0)
    } else if awaiting.isReport {
      intake.streams[stream].inReport = true
    }
    if takeExport(text, into: &batch) || passesPrintedSpan(text, at: place, into: &batch) { return true }
    awaiting.text = Array(copying: text.extracting(0..<min(text.count, context.settings.limits.text)))
    append(awaiting, into: &batch)
    intake.streams[stream].follower.sawRecord(awaiting.log.severity)
    return true
  }

  /// Takes the message below a console's header as the request that it tells of (ASP.NET Core's default console).
  mutating func takesAwaitedRequest(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard let awaiting = intake.streams[stream].awaiting, awaiting.fields == nil, !awaiting.isReport else {
      return false
    }
    var start = 0
    while start < line.count, line[start] == 0x20 { start &+= 1 }
    let text = line.extracting(start..<line.count)
    guard text.count >= 16, AccessMessages.form(text) == .aspNet,
      takeRequest(text, awaiting.log.time, true, around, at: place, into: &batch)
    else { return false }
    intake.streams[stream].awaiting = nil
    intake.streams[stream].follower.sawRecord(.info)
    return true
  }

  /// Whether a line has nothing but stars, dashes or equals signs.
  private static func isRule(_ line: Span<UInt8>) -> Bool {
    line.indices.allSatisfy { line[$0] == 0x2A || line[$0] == 0x2D || line[$0] == 0x3D || line[$0] == 0x23 }
  }

  /// Ends a header without a message where the next line is a record by itself. What a program dies of may be what a grave header tells.
  mutating func completeEmpty(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, into batch: inout RecordBatch
  ) {
    guard let awaiting = intake.streams[stream].awaiting, awaiting.isHeaded,
      beginsRecord(line, around) || awaiting.log.severity < .warning && endsHeaded(line)
    else { return }
    intake.streams[stream].awaiting = nil
    append(awaiting, into: &batch)
  }

  /// Whether a line begins a record, by its learned header or by its form.
  func hasHeader(_ line: Span<UInt8>, _ around: LineEnvelope) -> Bool {
    if line[0] == 0x7B { return true }
    let header = intake.layouts.header(of: line, name: around.component).header
    return header.messageStart > 0 && (header.time != .min || line[0] > 0x20)
      || KnownLines.read(line, intake.unwrapper.times, classifier.logKeys) != nil
  }

  /// Whether a line is no more of a record of fields: the next record, or one of another program in a file of several. No field begins
  /// with a time; data may.
  private func isBeyond(_ fields: Db2Record, _ line: Span<UInt8>) -> Bool {
    let times = intake.unwrapper.times
    if KnownLines.db2(line, times) != nil || fields.isOver { return true }
    if fields.awaitsData { return false }
    if line[0] == 0x7B, line.count > 1, line[1] == 0x22 { return true }
    if let time = times.parse(line, line[0] == 0x5B ? 1 : 0), time.isPlaced { return true }
    return KnownLines.read(line, times, classifier.logKeys).map { $0.time != .min } ?? false
  }

  mutating func append(_ awaiting: LogStreams.Awaiting, into batch: inout RecordBatch) {
    var log = awaiting.log
    var text = awaiting.text
    if let fields = awaiting.fields {
      if !fields.process.isEmpty, !awaiting.isNamed { log.component = batch.symbols.intern(fields.process.span) }
      if !fields.text.isEmpty { text = Array(fields.text.prefix(context.settings.limits.text)) }
    }
    log.textStart = batch.text.count
    log.textCount = text.count
    batch.text += text
    batch.logs.append(log)
    countText(log.time, at: awaiting.place, into: &batch)
  }

  mutating func emit(
    _ line: Span<UInt8>, _ record: TextRecord, _ around: LineEnvelope, _ stream: Int,
    at place: RecordPlace, into batch: inout RecordBatch
  ) {
    if passesPrintedSpan(line.extracting(record.message), at: place, into: &batch) { return }
    var log = LogLine()
    log.source = place.source
    log.time = around.time
    if around.givesWay(to: record.time, hasZone: record.hasZone) { log.time = record.time }
    if record.yearAssumed { batch.recordCounts.repair("yearAssumed") }
    log.component = around.component
    if record.rank > around.rank { log.component = batch.symbols.intern(line.extracting(record.name)) }
    var message = line.extracting(record.message)
    log.severity = record.severity
    // What PHP-FPM passes on of a program is as severe as the program says.
    if message.count > 24, message[0] == 0x50 || message[0] == 0x4E, let told = Self.ofPHP(message) {
      log.severity = TraceFollower.crash(message.extracting(told)) ?? log.severity
    }
    if log.severity.isUnknown { log.severity = Self.leadingLevel(message).severity }
    // npm writes no time.
    if log.severity.isUnknown, record.time == .min, let level = Self.npm(message) { log.severity = level }
    if log.severity.isUnknown, let told = MessageCode.network(message) { log.severity = told.severity }
    if log.severity.isUnknown { log.severity = around.severity }
    identify(line, record, around, &log, into: &batch)
    if message.count > context.settings.limits.text {
      message = message.extracting(0..<context.settings.limits.text)
      batch.recordCounts.repair("textCut")
      context.report(
        "textCut", .note, at: place.position, "a text was cut to the kept length", limit: "textBytes", into: &batch)
    }
    if record.awaitsMessage {
      intake.streams[stream].awaiting = LogStreams.Awaiting(
        log: log, text: Array(copying: message), place: place, isReport: record.isReport, fields: record.fields,
        isNamed: max(record.rank, around.rank) > .file, isHeaded: record.isHeaded)
      return
    }
    if log.severity == .fatal, record.message.lowerBound == 0, !around.isWhole, UncaughtError.isPlace(message) {
      if let before = intake.streams[stream].uncaught { endUncaught(stream, before, into: &batch) }
      let awaiting = LogStreams.Awaiting(log: log, text: Array(copying: message), place: place)
      intake.streams[stream].uncaught = UncaughtError(awaiting, otherwise: around.severity)
      intake.uncaught += 1
      return
    }
    log.textStart = batch.text.count
    if record.isEscaped {
      let text = JSONStringSlice(start: record.message.lowerBound, end: record.message.upperBound, isEscaped: true)
      _ = JSONEscapes.append(line, text, to: &batch.text)
    } else {
      batch.text.append(copying: message)
    }
    log.textCount = batch.text.count - log.textStart
    batch.logs.append(log)
    if around.isPlatform {
      if let change = DynoReports.read(message) { tell(change, of: log.component, log, into: &batch) }
    } else {
      reportChild(message, log, isSupervisord: record.isSupervisord, into: &batch)
    }
    countText(log.time, at: place, into: &batch)
  }

  /// The request that a record's own form names, its text where it is not hexadecimal, and the span; nil where it names none.
  func request(
    of record: TextRecord, _ line: Span<UInt8>, into batch: inout RecordBatch
  ) -> (id: RequestID, text: Symbol, span: UInt64)? {
    guard !record.trace.isEmpty else { return nil }
    let text = line.extracting(record.trace)
    let (id, isHex) = RequestID.parse(text)
    return (id, isHex ? .none : batch.symbols.intern(text), FieldText.spanID(line.extracting(record.span)))
  }

  private mutating func identify(
    _ line: Span<UInt8>, _ record: TextRecord, _ around: LineEnvelope, _ log: inout LogLine,
    into batch: inout RecordBatch
  ) {
    if let named = request(of: record, line, into: &batch) {
      (log.request, log.requestText, log.span) = named
      return
    }
    intake.finder.find(line, into: &intake.found)
    if let id = intake.found.id {
      (log.request, log.span) = (id, intake.found.span)
    } else if !intake.found.request.isEmpty {
      let (id, isHex) = RequestID.parse(intake.found.request.span)
      log.request = id
      log.span = intake.found.span
      if !isHex { log.requestText = batch.symbols.intern(intake.found.request.span) }
    } else {
      (log.request, log.requestText, log.span) = (around.request, around.requestText, around.span)
    }
  }

  /// Counts a line that was read.
  private mutating func countText(_ time: Int64, at place: RecordPlace, into batch: inout RecordBatch) {
    batch.recordCounts.use()
    recognized &+= 1
    textRecords &+= 1
    guard time == .min else { return }
    batch.recordCounts.repair("timeUnknown")
    context.report("timeUnknown", .note, at: place.position, "a log line without a readable time", into: &batch)
  }

  /// Where a program's own words lie in what PHP-FPM passes on of them, `NOTICE: PHP message: PHP Fatal error:  …`, of which a layer may
  /// have taken the beginning.
  private static func ofPHP(_ message: Span<UInt8>) -> Range<Int>? {
    let start = JSONScanner.matches(message, 0, "NOTICE: ") ? 8 : 0
    if JSONScanner.matches(message, start, "PHP message: ") { return start + 13..<message.count }
    return JSONScanner.matches(message, 0, "PHP ") ? 0..<message.count : nil
  }

  /// `error: …` at the beginning of a message whose header names no level.
  ///
  /// - Parameters:
  ///   - message: what stands behind the header.
  ///   - ofLogging: whether java.logging's level stands there, in the language of the host.
  /// - Returns: the level, and where what it is of begins.
  static func leadingLevel(
    _ message: Span<UInt8>, ofLogging: Bool = false
  ) -> (severity: Severity, end: Int) {
    // `##[error]MESSAGE`: a command of a workflow (GitHub Actions, Azure Pipelines).
    if message.count > 6, message[0] == 0x23, JSONScanner.matches(message, 0, "##[") {
      let end = ByteScan.find(0x5D, in: message.extracting(first: 16), from: 3)
      if end < min(16, message.count) { return (severity(of: message.extracting(3..<end)), end + 1) }
    }
    var end = 0
    while end < message.count, end < 40, message[end] != 0x3A {
      if message[end] == 0x20 { return (.unknown, 0) }
      end &+= 1
    }
    guard end < message.count, end >= 3, message[end] == 0x3A else { return (.unknown, 0) }
    var severity = Model.severity(of: message.extracting(0..<end))
    if severity.isUnknown, ofLogging { severity = LocalizedLevels.severity(ofLogging: message.extracting(0..<end)) }
    // The id is the message's own.
    if severity.isUnknown, let told = MessageCode.severity(message.extracting(0..<end)) { return (told, 0) }
    end &+= 1
    while end < message.count, message[end] == 0x20 { end &+= 1 }
    // `nginx: [emerg] bind() to …`: what a server says before it has a log.
    if severity.isUnknown, !ofLogging, end < message.count, message[end] == 0x5B {
      let close = ByteScan.find(0x5D, in: message.extracting(first: end + 12), from: end)
      // `summary: [error] 0 [warn] 2` counts.
      guard close < end + 12, JSONScanner.matches(message, close, "] "), close + 2 < message.count,
        message[close + 2] &- 0x30 > 9
      else { return (.unknown, 0) }
      return (Model.severity(of: message.extracting(end + 1..<close)), 0)
    }
    return (severity, end)
  }

  /// The level of `npm ERR! …`, `npm warn …`: the word behind npm's name (npm, "Logging", loglevel).
  private static func npm(_ message: Span<UInt8>) -> Severity? {
    guard message.count > 8, message[0] == 0x6E, JSONScanner.matches(message, 0, "npm ") else { return nil }
    var end = 4
    while end < message.count, end < 12, message[end] > 0x20, message[end] != 0x21 { end += 1 }
    guard end < message.count, message[end] == 0x20 || message[end] == 0x21 else { return nil }
    let word = message.extracting(4..<end)
    for level: StaticString in ["err", "error", "warn", "info", "notice", "verb", "verbose", "silly"]
    where FieldText.isWord(word, level) {
      return word.count == 4 && word[0] | 0x20 == 0x76 ? .trace : Model.severity(of: word)
    }
    return nil
  }

  /// Ends a record whose last part never came: it is read as what stands inside of a layer, as it would be with its end.
  private mutating func endParts(_ stream: Int, into batch: inout RecordBatch) {
    if intake.streams[stream].partial.isEmpty { return }
    let (around, place) = (intake.streams[stream].partialAround, intake.streams[stream].partialPlace)
    let parts = intake.streams.takePartial(stream)
    batch.recordCounts.repair("unfinishedParts")
    depth += 1
    defer { depth -= 1 }
    _ = takeText(parts.span, around, at: place, into: &batch)
  }

  /// Learns from records that a sample ends in the middle of: their headers stand at their beginnings.
  mutating func sampleParts(into batch: inout RecordBatch) {
    for stream in intake.streams.indices { endParts(stream, into: &batch) }
  }

  /// Ends all streams: parts without an end, and headers without a message, are records as they are.
  mutating func finishText(into batch: inout RecordBatch) {
    endStamped(into: &batch)
    for stream in intake.streams.indices { finishStream(stream, into: &batch) }
  }

  /// Ends one stream.
  mutating func finishStream(_ stream: Int, into batch: inout RecordBatch) {
    release(stream, into: &batch)
    endParts(stream, into: &batch)
    if !intake.streams[stream].spread.isEmpty { _ = endSpread(stream, isWhole: false, into: &batch) }
    if intake.streams[stream].dump.isActive {
      intake.streams[stream].dump.end()
      endDump(stream, at: .whole, into: &batch)
    }
    if intake.streams[stream].printed.isActive {
      intake.streams[stream].printed.end()
      handOnBlocks(stream, at: .whole, into: &batch)
    }
    if let awaiting = intake.streams[stream].awaiting {
      intake.streams[stream].awaiting = nil
      append(awaiting, into: &batch)
    }
    if let error = intake.streams[stream].uncaught { endUncaught(stream, error, into: &batch) }
  }
}
