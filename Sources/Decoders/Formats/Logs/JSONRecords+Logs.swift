// Log records in JSON: their own message, or the line of another program that they carry.

internal import Model
internal import Support

extension JSONRecords {
  /// What an object must have to pass for a log record.
  enum LogNeed {
    case message
    case timeAndLevel
    case nothing

    func isMet(by fields: JSONLogFields) -> Bool {
      switch self {
      case .nothing: true
      case .message: fields.isLog
      case .timeAndLevel: fields.isLog || fields.hasOwnTime && !fields.severity.isUnknown
      }
    }
  }

  /// Takes a log record, checked before.
  ///
  /// - Returns: false where the object lacks what it needs to pass for a record.
  mutating func takeLog(
    _ b: Span<UInt8>, at start: Int, _ place: RecordPlace, needing need: LogNeed, into batch: inout RecordBatch
  ) -> Bool {
    let fields = readLog(b, at: start, into: &batch)
    var request = fields.request
    if !need.isMet(by: fields) { return false }
    // A record that is a request may repeat it as its message.
    if isServed, let message = fields.message,
      AccessLines.mayBeMessage(b.extracting(message.start..<message.end))
    {
      batch.recordCounts.use()
      return true
    }
    if isSampling {
      if let level = fields.level { logs.evidence.add(level) }
      logs.timeEvidence.add(fields)
    } else if fields.shape.contains(.request), let beginning = begun.note(b, at: start),
      fields.request == fields.counted
    {
      request = request.begun(beginning)
    }
    var around = depth == 0 ? origin(into: &batch) : envelope
    // When something was made tells less of the record than any time around it.
    if !fields.isOfCreation || around.time == .min, around.givesWay(to: fields.time, hasZone: fields.hasZone) {
      (around.time, around.hasZone) = (fields.time, fields.hasZone)
    }
    if !fields.severity.isUnknown { around.severity = fields.severity }
    if !request.isNone { (around.request, around.requestText) = (request, fields.requestText) }
    if fields.span != 0 { around.span = fields.span }
    if fields.stream != 0 { around.stream = fields.stream }
    around.isWhole = fields.isWhole
    (sawLog, sawSeverity) = (true, around.severity)
    let carries = fields.isWrapped && fields.message != nil
    if let group, depth == 0 { around.name(group, .container) }
    // What carries the lines of others names their program; a record that is a program's own names its service.
    let unnamed = around
    around.name(fields.name, carries && fields.rank >= .containerID ? .container : fields.rank)
    if carries || fields.payload != nil || fields.raw != nil, depth < Self.mostLayers,
      let isTaken = takeInside(b, fields, around, carries, at: place, into: &batch)
    {
      return isTaken
    }
    if let message = fields.message, takesExport(b, message, into: &batch) { return true }
    // A request is the program's, and not the logger's that tells of it.
    var served = around
    if around.rank <= .logger { (served.component, served.rank) = (unnamed.component, unnamed.rank) }
    if let message = fields.message, takesRequest(b, message, served, at: place, into: &batch) { return true }
    var log = LogLine()
    log.source = place.source
    log.time = around.time
    log.component = around.component
    log.severity = around.severity
    (log.request, log.requestText, log.span) = (around.request, around.requestText, around.span)
    appendText(b, at: start, fields, to: &log, into: &batch)
    batch.logs.append(log)
    if let message = fields.message, !message.isEscaped {
      reportChild(b.extracting(message.start..<message.end), log, isSupervisord: false, into: &batch)
    } else if fields.message == nil, let report = ContainerEvents.read(b, at: start) {
      tell(report, of: b, log, into: &batch)
    }
    used("JSON log lines", log.time == .min ? .noTime : [], place.position, into: &batch)
    return true
  }

  /// Takes what a record carries of another one: its payload, the line of a program, an event of its own; nil where it carries none.
  private mutating func takeInside(
    _ b: Span<UInt8>, _ fields: JSONLogFields, _ around: LineEnvelope, _ carries: Bool, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool? {
    // The agent gives what a program wrote to its standard error a severity of its own: the program's counts before it.
    if let payload = fields.payload, logs.hasLevel(b, at: payload.lowerBound), isLogRecord(b, payload.lowerBound) {
      return takeCarried([UInt8](copying: b.extracting(payload)), fields, around, at: place, into: &batch)
    }
    if carries, let message = fields.message {
      return takeCarried(b, message, fields, around, at: place, into: &batch)
    }
    // Splunk's collector, Azure's ContainerLogV2: the event is an object of its own.
    if let raw = fields.raw, b[raw.lowerBound] == 0x7B, isLogRecord(b, raw.lowerBound) {
      return takeCarried([UInt8](copying: b.extracting(raw)), fields, around, at: place, into: &batch)
    }
    if let raw = fields.raw, b[raw.lowerBound] == 0x5B, let bytes = JSONLogs.bytes(b, raw) {
      return takeCarried(bytes, fields, around, at: place, into: &batch)
    }
    return nil
  }

  private mutating func readLog(_ b: Span<UInt8>, at start: Int, into batch: inout RecordBatch) -> JSONLogFields {
    texts.exchange(with: &batch)
    var fields = logs.read(b, at: start, &texts)
    texts.exchange(with: &batch)
    if fields.isShipped, let message = fields.message, !hasFullHeader(b, message, of: fields.name) {
      (fields.isWrapped, fields.isWhole) = (false, false)
    }
    return fields
  }

  /// Whether a message has all that a program's own line begins with: a time with a level, or, as an object or in pairs, a level and a
  /// message. A word in front is no header, for a sentence may begin with it.
  private mutating func hasFullHeader(_ b: Span<UInt8>, _ message: JSONStringSlice, of name: Symbol) -> Bool {
    var plain = takeBuffer()
    texts.unescape(b, message, into: &plain)
    let isFull = hasFullHeader(plain.span, of: name)
    giveBack(plain)
    return isFull
  }

  private func hasFullHeader(_ line: Span<UInt8>, of name: Symbol) -> Bool {
    guard line.count > 8 else { return false }
    if line[0] == 0x7B {
      var check = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
      guard check.skipValue(line), check.position == line.count else { return false }
      return isLogRecord(line, 0) && logs.hasLevel(line, at: 0) && logs.hasMessage(line, at: 0)
    }
    let times = intake.unwrapper.times
    if let time = times.parse(line, line[0] == 0x5B ? 1 : 0), time.isPlaced {
      // The sample is what headers are learned from.
      return isSampling || !LogText.content(line).severity.isUnknown
        || !intake.layouts.header(of: line, name: name).header.severity.isUnknown
    }
    guard let pairs = KnownLines.pairs(line, times, classifier.logKeys) else { return false }
    return pairs.message != 0..<line.count
  }

  /// Keeps the text of a record: its message, what an exception or a platform says in fields of its own, or the record itself.
  private mutating func appendText(
    _ b: Span<UInt8>, at start: Int, _ fields: JSONLogFields, to log: inout LogLine, into batch: inout RecordBatch
  ) {
    texts.exchange(with: &batch)
    if let message = fields.message {
      texts.appendMessage(b, message, stripsHeader: fields.isWrapped, &log)
    } else if fields.raw == nil, let exception = SentryExceptions.text(b, at: start, &texts) {
      texts.append(exception, &log)
      if log.severity.isUnknown { log.severity = .error }
    } else if fields.raw == nil, let event = LambdaEvent(b, at: start, &texts) {
      texts.append(event.text, &log)
      if log.severity.isUnknown { log.severity = event.severity }
      if log.request.isNone, let request = event.request {
        (log.request, log.requestText) = texts.request(b, request)
      }
    } else {
      texts.appendRaw(b, fields.raw ?? start..<fields.end, &log)
    }
    texts.exchange(with: &batch)
  }

  /// Takes a record whose message is an access line.
  private mutating func takesRequest(
    _ b: Span<UInt8>, _ message: JSONStringSlice, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    guard message.count >= 16 else { return false }
    let text = b.extracting(message.start..<message.end)
    if passesPrintedSpan(text, at: place, into: &batch) { return true }
    guard message.isEscaped else {
      return takeRequest(text, around.time, around.hasZone, around, at: place, into: &batch)
    }
    // A client's address, a bracketed date, or a method: all others are no access lines, and are not copied.
    guard text[0] &- 0x30 <= 9 || text[0] == 0x5B || text[0] &- 0x41 < 26 && AccessLines.mayBeMessage(text) else {
      return false
    }
    var plain = takeBuffer()
    texts.unescape(b, message, into: &plain)
    let isTaken = takeRequest(plain.span, around.time, around.hasZone, around, at: place, into: &batch)
    giveBack(plain)
    return isTaken
  }

  private func isLogRecord(_ b: Span<UInt8>, _ at: Int) -> Bool {
    var reader = JSONScanner(at: at)
    guard case .unit(.log, _) = classifier.classify(b, &reader) else { return false }
    return true
  }

  private mutating func takeCarried(
    _ b: Span<UInt8>, _ message: JSONStringSlice, _ fields: JSONLogFields, _ around: LineEnvelope,
    at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    var content = takeBuffer()
    texts.unescape(b, message, into: &content)
    if fields.isDocker, !fields.isUnended { intake.keepsLineFeeds = true }
    let isPartial = fields.isPartial || fields.isDocker && fields.isUnended && intake.keepsLineFeeds
    takeCarried(content.span, isPartial: isPartial, around, at: place, into: &batch)
    giveBack(content)
    return true
  }

  private mutating func takeCarried(
    _ content: [UInt8], _ fields: JSONLogFields, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    takeCarried(content.span, isPartial: fields.isPartial, around, at: place, into: &batch)
    return true
  }

  /// Takes the line that a record carries: all of it is one record, whatever lines it has.
  mutating func takeCarried(
    _ content: Span<UInt8>, isPartial: Bool, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) {
    var isBlank = true
    for i in content.indices where content[i] > 0x20 {
      isBlank = false
      break
    }
    if isBlank {
      batch.recordCounts.repair("blankLine")
      recognized &+= 1
      blankLines &+= 1
      return
    }
    nameFormat("JSON log lines")
    let before = mayHaveColours
    mayHaveColours = true
    defer { mayHaveColours = before }
    if depth > 0 || intake.order.direction == .rises {
      _ = takeContent(content, around, isPartial: isPartial, at: place, into: &batch)
    } else {
      takeUnordered(content, isPartial: isPartial, around, at: place, into: &batch)
    }
    recognized &+= 1
    noteTexts(place.position, into: &batch)
  }

  // MARK: Loki

  /// Takes the lines of one stream: `{"stream": {labels}, "values": [["nanoseconds", "line"], …]}`, newest first or last.
  mutating func takeLokiStream(
    _ b: Span<UInt8>, at start: Int, _ place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    var around = depth == 0 ? origin(into: &batch) : envelope
    var values = start
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      if JSONScanner.equals(b, key, "stream") {
        texts.exchange(with: &batch)
        let labels = logs.labels(b, at: reader.position, &texts)
        texts.exchange(with: &batch)
        around.severity = labels.severity
        around.name(labels.name, labels.rank >= .containerID ? .container : labels.rank)
        if labels.stream != 0 { around.stream = labels.stream }
        if !labels.request.isNone { (around.request, around.requestText) = (labels.request, labels.requestText) }
        if labels.span != 0 { around.span = labels.span }
      } else if JSONScanner.equals(b, key, "values") {
        values = reader.position
      }
      return reader.skipValue(b)
    }
    // What one stream's lines have around them says nothing about another's.
    let before = intake.unwrapper
    defer { intake.unwrapper = before }
    learnLokiLayers(b, at: values)
    if !isSampling { learnLokiHeaders(b, at: values, around, place, into: &batch) }
    reader = JSONScanner(at: values)
    guard reader.take(0x5B, b) else { return false }
    if let places = placesOfFalling(b, reader) {
      for at in places.reversed() {
        var line = JSONScanner(at: at)
        _ = takeLokiLine(b, &line, around, at: place, into: &batch)
      }
    } else {
      var isFirst = true
      while reader.nextElement(b, &isFirst) {
        guard takeLokiLine(b, &reader, around, at: place, into: &batch) else { break }
      }
    }
    nameFormat("Loki")
    recognized &+= 1
    return true
  }

  /// How many lines of a stream tell by their majority, and at most, whether they are syslog's.
  private static let sampledLines = 4...64

  /// Learns whether the lines of a stream are syslog's, which agents send as they stand.
  private mutating func learnLokiLayers(_ b: Span<UInt8>, at start: Int) {
    var inner = LineUnwrapper(like: intake.unwrapper)
    var count = 0
    var reader = JSONScanner(at: start)
    guard reader.take(0x5B, b) else { return }
    var isFirst = true
    while count < Self.sampledLines.upperBound, reader.nextElement(b, &isFirst) {
      var pair = reader
      guard reader.peek(b) == 0x5B, reader.skipValue(b) else { break }
      guard pair.take(0x5B, b), pair.scalar(b) != nil, pair.take(0x2C, b), case .text(let text)? = pair.scalar(b) else {
        continue
      }
      count += 1
      inner.vote(b.extracting(text.start..<text.end))
    }
    inner.decide(among: count, areFew: count < Self.sampledLines.lowerBound)
    _ = intake.unwrapper.add(inner.kinds.filter { $0 == .syslog || $0 == .syslog5424 })
  }

  /// Learns the headers of a stream's lines, where the beginning of the document had none of its program.
  private mutating func learnLokiHeaders(
    _ b: Span<UInt8>, at start: Int, _ around: LineEnvelope, _ place: RecordPlace, into batch: inout RecordBatch
  ) {
    guard !intake.layouts.knows(around.component) else { return }
    var probe = self
    probe.isSampling = true
    var reader = JSONScanner(at: start)
    guard reader.take(0x5B, b) else { return }
    var scratch = RecordBatch()
    swap(&scratch.symbols, &batch.symbols)
    defer { swap(&scratch.symbols, &batch.symbols) }
    var isFirst = true
    var count = 0
    while count < Self.sampledHeaders, reader.nextElement(b, &isFirst) {
      guard probe.takeLokiLine(b, &reader, around, at: place, into: &scratch) else { break }
      count += 1
    }
    guard count >= Self.sampledLines.lowerBound else { return }
    intake.layouts.learn(around.component, from: probe.intake.layouts)
  }

  /// How many lines of a stream teach their headers.
  private static let sampledHeaders = 256

  private mutating func takeLokiLine(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    guard reader.peek(b) == 0x5B else { return reader.skipValue(b) }
    var pair = reader
    guard reader.skipValue(b) else { return false }
    guard pair.take(0x5B, b), let time = pair.scalar(b), pair.take(0x2C, b), let line = pair.scalar(b),
      case .text(let text) = line
    else {
      recognized &+= 1
      batch.recordCounts.skip("noMessage")
      context.report(
        "noMessage", .warning, at: place.position, "a value of a stream without time and line", into: &batch)
      return true
    }
    var around = around
    if case .text(let stamp) = time,
      let micros = FieldText.moment(b.extracting(stamp.start..<stamp.end), times: logs.times)
    {
      (around.time, around.hasZone) = micros
    }
    if pair.take(0x2C, b), pair.peek(b) == 0x7B {
      texts.exchange(with: &batch)
      let told = logs.metadata(b, at: pair.position, &texts)
      texts.exchange(with: &batch)
      if !told.severity.isUnknown { around.severity = told.severity }
      if !told.request.isNone { (around.request, around.requestText) = (told.request, told.requestText) }
      if told.span != 0 { around.span = told.span }
    }
    var content = takeBuffer()
    texts.unescape(b, text, into: &content)
    takeCarried(content.span, isPartial: false, around, at: place, into: &batch)
    giveBack(content)
    return true
  }
}
