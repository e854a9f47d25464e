// Lines of text inside of records and members: layers off, then whatever the content is.

internal import Model
internal import Support

extension JSONRecords {
  /// What became of a line.
  enum TextOutcome {
    case taken
    /// It belongs to the record before it, or holds a part of one.
    case continued
    /// It is a document of records: `pendingDocuments` has it.
    case document
  }

  /// How many layers are opened, one inside the other.
  static let mostLayers = 5

  /// What is known of every record of the member: the name that its path tells, or the mark above the records' section.
  mutating func origin(into batch: inout RecordBatch) -> LineEnvelope {
    if let envelope = intake.section?.envelope { return envelope }
    if let known = intake.origin { return known }
    let origin = LogOrigin(context)
    var envelope = LineEnvelope()
    if origin.rank != .none { envelope.name(batch.symbols.intern(origin.name), origin.rank) }
    intake.origin = envelope
    return envelope
  }

  /// Takes one line: of a plain file, or out of a record that carries one.
  mutating func takeText(
    _ marked: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome {
    let whole = marked.extracting(ByteOrderMark.end(marked, from: 0)..<marked.count)
    let end = Self.textEnd(whole)
    if end == 0 { return takeEmpty(around) }
    let line = whole.extracting(0..<end)
    if end < whole.count, let outcome = takePart(whole, around, at: place, into: &batch) { return outcome }
    if mayHaveColours, ByteScan.find(0x1B, in: line, from: 0) < end, let plain = TerminalColours.removed(line) {
      return takeText(plain.span, around, at: place, into: &batch)
    }
    let first = line[0]
    if intake.isStamped, depth == 0 { return takeStamped(line, around, at: place, into: &batch) }
    if first &- 0x30 <= 9 || !intake.unwrapper.kinds.isEmpty, depth < Self.mostLayers,
      let layer = intake.unwrapper.peel(line)
    {
      return takeLayer(layer, line, around, at: place, into: &batch)
    }
    // Relays hand on what came over the network: a priority in front of a header is nobody's message.
    if depth > 0, depth < Self.mostLayers, first == 0x3C || SyslogLine.beginsWithMonth(line),
      let layer = intake.unwrapper.relayed(line)
    {
      return takeLayer(layer, line, around, at: place, into: &batch)
    }
    let stream = intake.stream(around)
    if mayBePrinted(first, stream), takePrintout(whole, upTo: end, around, stream, at: place, into: &batch) {
      return .document
    }
    if intake.uncaught > 0 { takeUncaught(line, stream, at: place, into: &batch) }
    if goesOnWhatever(line, around, stream) { return goesOn(into: &batch) }
    if intake.streams[stream].awaiting != nil {
      if first == 0x20, takesAwaitedRequest(line, around, stream, at: place, into: &batch) { return .taken }
      completeEmpty(line, around, stream, into: &batch)
      if complete(line, stream, at: place, into: &batch) { return .continued }
    }
    // Every record of such a file has its header: what is indented goes on with the one before it.
    if first == 0x20 || first == 0x09, depth == 0, textRecords > 0, intake.unwrapper.kinds.first == .syslog {
      return goesOn(into: &batch)
    }
    if first == 0x7B || first == 0x5B || !intake.streams[stream].spread.isEmpty,
      let outcome = takeSpread(line, around, stream, at: place, into: &batch)
    {
      return outcome
    }
    if first == 0x7B || depth > 0 && (first == 0x20 || first == 0x40),
      let outcome = takeWholeObject(line, around, stream, at: place, into: &batch)
    {
      return outcome
    }
    if first == 0x5B, line.count > 1 {
      if line[1] == 0x7B, takeArray(line, into: &batch) { return .document }
      if line[1] &- 0x30 <= 9, let outcome = takePrinted(line, around, at: place, into: &batch) { return outcome }
    }
    if FluentBitFileLine.mayBe(line), let outcome = takeFiled(line, around, at: place, into: &batch) { return outcome }
    if !intake.access.isGivenUp,
      intake.access.take(line, around.withoutFileName(at: place.source), &context, into: &batch)
    {
      recognized &+= 1
      intake.streams[stream].follower.sawRecord(.info)
      if intake.access.hasMessage {
        isServed = true
        // One line is counted once.
        if takeLine(line, around, stream, at: place, into: &batch) == .taken { batch.recordCounts.use(-1) }
        isServed = false
      }
      return .taken
    }
    return takeLine(line, around, stream, at: place, into: &batch)
  }

  /// Where a line's text ends: blanks behind it are nobody's.
  private static func textEnd(_ line: Span<UInt8>) -> Int {
    var end = line.count
    while end > 0, line[end &- 1] == 0x0D || line[end &- 1] == 0x20 || line[end &- 1] == 0x09 || line[end &- 1] == 0x0A
    {
      end &-= 1
    }
    return end
  }

  /// Takes a part of a record that a runtime cut: blanks at its end are the record's own.
  private mutating func takePart(
    _ whole: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    var end = whole.count
    while end > 0, whole[end - 1] == 0x0D || whole[end - 1] == 0x0A { end &-= 1 }
    let line = whole.extracting(0..<end)
    guard end > 0, line[0] &- 0x30 <= 9 || !intake.unwrapper.kinds.isEmpty, depth < Self.mostLayers,
      let layer = intake.unwrapper.peel(line), layer.isPartial
    else { return nil }
    return takeLayer(layer, line, around, at: place, into: &batch)
  }

  /// Takes a layer off and goes on with its content.
  private mutating func takeLayer(
    _ layer: LineLayer, _ line: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome {
    var inner = around
    if layer.time != .min, layer.hasZone || !around.hasZone {
      (inner.time, inner.hasZone) = (layer.time, layer.hasZone)
    }
    if let zone = layer.zoneSeconds { inner.zoneSeconds = zone }
    if layer.yearAssumed { batch.recordCounts.repair("yearAssumed") }
    if !layer.severity.isUnknown { inner.severity = layer.severity }
    if layer.process != 0 { inner.process = layer.process }
    if layer.rank > inner.rank { inner.name(batch.symbols.intern(line.extracting(layer.name)), layer.rank) }
    if layer.stream != 0 { inner.stream = layer.stream }
    if layer.isPlatform { inner.isPlatform = true }
    return takeContent(
      line.extracting(layer.start..<line.count), inner, isPartial: layer.isPartial, at: place, into: &batch)
  }

  /// Takes what stood inside a layer, joined with the parts that came before it.
  mutating func takeContent(
    _ content: Span<UInt8>, _ around: LineEnvelope, isPartial: Bool, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome {
    depth += 1
    defer { depth -= 1 }
    let stream = intake.stream(around)
    guard isPartial || !intake.streams[stream].partial.isEmpty else {
      return takeText(content, around, at: place, into: &batch)
    }
    let limit = context.settings.limits.line
    if intake.streams.partialBytes + content.count <= limit {
      intake.streams.hold(content, around, place, in: stream)
      if isPartial { return .continued }
    } else {
      context.report(
        "lineTooLong", .warning, at: place.position, "a record in parts was cut at \(limit) bytes", limit: "line",
        into: &batch)
      batch.recordCounts.repair("cutLine")
    }
    batch.recordCounts.repair("joinedParts")
    let (joined, start) = (intake.streams[stream].partialAround, intake.streams[stream].partialPlace)
    let parts = intake.streams.takePartial(stream)
    let before = mayHaveColours
    mayHaveColours = true
    defer { mayHaveColours = before }
    return takeText(parts.span, joined, at: start, into: &batch)
  }

  /// Takes a JSON object that fills a line; nil where it is none, or says nothing that a record needs.
  ///
  /// - Parameters:
  ///   - line: the object.
  ///   - around: what the layers around it said.
  ///   - opensDocuments: whether it may be a document that holds records: what a logger prints of an answer is none.
  ///   - place: of the record.
  ///   - batch: gets the record.
  /// - Returns: what became of it.
  mutating func takeObject(
    _ line: Span<UInt8>, _ around: LineEnvelope, opensDocuments: Bool = true, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome? {
    var reader = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    if logs.find(line, &reader, upTo: line.count) {
      return take(line, .log, around, at: place, into: &batch) ? .taken : nil
    }
    switch classifier.classify(line, &reader) {
    case .failed: return takeRepaired(line, around, at: place, into: &batch)
    case .descend:
      guard opensDocuments, let documents = takeDocuments(line, around, at: place, into: &batch) else { return nil }
      pendingDocuments.append(documents)
      return .document
    case .unit(let shape, let end):
      guard end == line.count else { return nil }
      if reader.sawEscapedKey {
        let plain = JSONEscapes.simplified(line, 0..<end)
        return take(plain.span, shape, around, at: place, into: &batch) ? .taken : nil
      }
      if case .log = shape { logs.learn(line, 0..<end) }
      return take(line, shape, around, at: place, into: &batch) ? .taken : nil
    }
  }

  private mutating func take(
    _ line: Span<UInt8>, _ shape: JSONShape, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    let before = (envelope, unknown, firstUnknown)
    envelope = around
    let isTaken = take(shape, line, 0..<line.count, at: place, into: &batch)
    envelope = before.0
    // What is no record is a line of text.
    if !isTaken { (unknown, firstUnknown) = (before.1, before.2) }
    return isTaken
  }

  /// Takes a line of text: a known form, a learned header, or a line that belongs to the record before it.
  mutating func takeLine(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome {
    if intake.streams[stream].head.takes(line) { return takesHead() }
    let arrival = intake.streams[stream].moveOn(to: around)
    if goesOnUnderHeader(line, around, stream, isOther: arrival.isOther) { return goesOn(into: &batch) }
    if depth > 0 || line[0] &- 0x30 > 9 || intake.knowsDigits || intake.isBetweenValues,
      let record = KnownLines.read(line, intake.unwrapper.times, classifier.logKeys)
    {
      // The lines of one entry have its time.
      if record.goesOn, intake.streams[stream].follower.hasRecord, record.time == intake.streams[stream].told {
        return goesOn(into: &batch)
      }
      return takeKnown(record, line, around, stream, at: place, into: &batch)
    }
    if intake.streams[stream].inReport || goesOnOpen(line, around, stream) { return goesOn(into: &batch) }
    if line[0] == 0x2D, KnownLines.isBacktraceMark(line, "BEGIN"), intake.streams[stream].follower.hasRecord {
      (intake.streams[stream].unclosed, intake.streams[stream].taken) = (.backtrace, 0)
      return goesOn(into: &batch)
    }
    if isSampling {
      // Between values a line is read by itself, wherever in the file it stands.
      if !intake.isBetweenValues { intake.layouts.add(line, of: around.component) }
      return .taken
    }
    if around.isWhole {
      if intake.streams[stream].follower.joins(line) { return goesOn(into: &batch) }
      let record = wholeRecord(line, around)
      intake.streams[stream].follower.sawWhole(line, record.severity)
      emit(line, record, around, stream, at: place, into: &batch)
      return .taken
    }
    if !intake.unwrapper.kinds.isEmpty, intake.unwrapper.isNotice(line) {
      batch.recordCounts.repair("collectorLine")
      return .continued
    }
    if line[0] == 0x20, takesRich(line, around, stream, at: place, into: &batch) { return .taken }
    return takeByHeader(line, around, stream, arrival, at: place, into: &batch)
  }

  /// Counts a line that belongs to the record before it.
  private func goesOn(into batch: inout RecordBatch) -> TextOutcome {
    batch.recordCounts.repair("continuationLine")
    return .continued
  }

  /// Takes a line by the header that its program's lines have, or as one without.
  private mutating func takeByHeader(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, _ arrival: LogStreams.Arrival, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome {
    let isApart = arrival.isApart
    let found = intake.layouts.header(of: line, name: around.component)
    let header = found.header
    var record = TextRecord(header, of: line)
    var isDated = false
    if intake.isBetweenValues, depth == 0, let dated = datedRecord(line) {
      (record, isDated) = (dated, true)
    } else if header.severity.isUnknown, let dated = KnownLines.mysql(line, intake.unwrapper.times) {
      // The layout may be that of another version of the server.
      (record, isDated) = (dated, true)
    }
    let isIndented =
      header.time == .min && (line[0] == 0x20 || line[0] == 0x09)
      && (header.severity.isUnknown || !intake.layouts.padding.accepts(line))
    if !isDated, header.messageStart == 0 || isIndented {
      let adopts = found.isUsual && intake.streams[stream].adopts(isApart: isApart)
      // A message of syslog begins where its header ends: blanks are its own where it was sent by itself.
      let start = isApart && line[0] == 0x20 && intake.unwrapper.isSyslog ? ownStart(line, stream) : 0
      let own = line.extracting(start..<line.count)
      switch intake.streams[stream].follower.judge(own, adopts: adopts, isApart: isApart, isOther: arrival.isOther) {
      case .continues:
        batch.recordCounts.repair("continuationLine")
        if adopts { intake.streams[stream].sawHeaderless(isApart: false) }
        // Between lines of text that is how stack traces look; between JSON values it may be a value that is damaged.
        if depth == 0, intake.section == nil, format == "JSON log lines" {
          context.report(
            "continuationLine", .warning, at: place.position,
            "a line that is no JSON was taken for the rest of the record before it", into: &batch)
        }
        return .continued
      case .record(let severity):
        if found.isUsual { intake.streams[stream].sawHeaderless(isApart: isApart) }
        record.severity = severity
        if depth > 0 { strip(line, &record) }
        // A time that no layout was learned for.
        if record.severity.isUnknown, record.message.lowerBound > 0, !record.message.isEmpty,
          TraceFollower.isRecovered(line, from: record.message.lowerBound)
        {
          record.severity = .error
        }
      }
    } else {
      intake.streams[stream].follower.sawRecord(record.severity)
      if line[0] == 0x5B { intake.streams[stream].rich.note(line, header) }
      let message = line.extracting(record.message)
      if message.isEmpty, depth == 0 { (record.awaitsMessage, record.isReport, record.isHeaded) = (true, true, true) }
      if line[0] &- 0x30 <= 9, line.count > 40 { noteQuote(line, message, stream) }
      if takeExport(message, into: &batch) { return .document }
      if let outcome = takeInner(record, line, around, stream, at: place, into: &batch) { return outcome }
      var asked = around
      // A sentence that complains of a request is its client's.
      if record.severity >= .warning { asked.severity = record.severity }
      if takeRequest(message, record.time, record.hasZone, asked, at: place, into: &batch) { return .taken }
      if record.severity.isUnknown, !message.isEmpty, !TraceFollower.isModulePlace(message) {
        record.severity = TraceFollower.crash(message) ?? .unknown
      }
    }
    emit(line, record, around, stream, at: place, into: &batch)
    return .taken
  }

  /// Takes a line that tells its own form.
  mutating func takeKnown(
    _ record: TextRecord, _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome {
    intake.streams[stream].follower.sawRecord(record.severity)
    intake.streams[stream].inReport = false
    intake.streams[stream].unclosed = record.unclosed
    intake.streams[stream].taken = 0
    intake.streams[stream].told = record.time
    intake.streams[stream].oslo = record.sharedKey
    if first(of: line, record.message) == 0x52,
      opensDump(line.extracting(record.message), stream, at: place, into: &batch)
    {
      return .document
    }
    if !record.awaitsMessage,
      takeRequest(
        line.extracting(record.message), record.time, record.hasZone, around, at: place, into: &batch)
    {
      return .taken
    }
    if !record.awaitsMessage, !record.isEscaped,
      first(of: line, record.message) == 0x7B
        || JSONScanner.matches(line, record.message.lowerBound, "level=") && record.message.lowerBound > 0,
      let outcome = takeInner(record, line, around, stream, at: place, into: &batch)
    {
      return outcome
    }
    emit(line, record, around, stream, at: place, into: &batch)
    return .taken
  }

  private func first(of line: Span<UInt8>, _ message: Range<Int>) -> UInt8 {
    message.isEmpty ? 0 : line[message.lowerBound]
  }

  /// Takes the message of a logger's line that is an access line: development servers, lograge, middlewares log so. The name is
  /// the program's and not the logger's.
  mutating func takeRequest(
    _ message: Span<UInt8>, _ time: Int64, _ hasZone: Bool, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    guard !intake.access.isGivenUp else { return false }
    var message = message
    // Rails puts the request's id in brackets in front of everything.
    while message.count > 16, message[0] == 0x5B {
      let end = ByteScan.find(0x5D, in: message, from: 1)
      guard end + 2 < message.count, end <= 64, message[end + 1] == 0x20, !AccessTime.isCommon(message, 0) else {
        break
      }
      message = message.extracting((end + 2)..<message.count)
    }
    let isCaddy = message.count > 64 && message[0] == 0x68 && JSONScanner.matches(message, 0, "handled request\t{")
    guard isCaddy || AccessLines.mayBeMessage(message) else { return false }
    if isServed {
      batch.recordCounts.use()
      return true
    }
    var around = around.withoutFileName(at: place.source)
    if around.givesWay(to: time, hasZone: hasZone) {
      (around.time, around.hasZone) = (time, hasZone)
    }
    if isCaddy { return takeConsole(message.extracting(16..<message.count), of: around, into: &batch) }
    guard intake.access.take(message, around, &context, into: &batch) else { return false }
    recognized &+= 1
    return true
  }
}
