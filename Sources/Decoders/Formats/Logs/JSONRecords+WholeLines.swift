// Lines of text that are a record whatever they look like, that leave out what the line before them said, or that hold an export.

internal import Model
internal import Support

extension JSONRecords {
  /// A line that is a record whatever it looks like: by its learned header where that tells a level, else by what it begins with.
  func wholeRecord(_ line: Span<UInt8>, _ around: LineEnvelope) -> TextRecord {
    let header = intake.layouts.header(of: line, name: around.component).header
    var record = TextRecord()
    if header.messageStart > 0, !header.severity.isUnknown {
      record = TextRecord(header, of: line)
    } else {
      strip(line, &record)
      // No source stands below a line that is alone.
      if record.severity.isUnknown, !TraceFollower.isModulePlace(line), let severity = TraceFollower.crash(line) {
        record.severity = severity
      }
    }
    return record
  }

  /// Takes a line that leaves out the time of the line before it.
  mutating func takesRich(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard let record = intake.streams[stream].rich.record(line) else { return false }
    intake.streams[stream].follower.sawRecord(record.severity)
    emit(line, record, around, stream, at: place, into: &batch)
    return true
  }

  /// Takes a line that is an object, perhaps behind blanks in a line of a runtime, or behind the cookie of CEE, `@cee: {…}` (rsyslog,
  /// mmjsonparse); nil where it is no record.
  mutating func takeWholeObject(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    var start = 0
    if line[0] != 0x7B {
      if line[0] == 0x40 {
        guard JSONScanner.matches(line, 0, "@cee:") else { return nil }
        start = 5
      }
      while start < line.count, line[start] == 0x20 { start += 1 }
      guard start + 1 < line.count, line[start] == 0x7B, line[start + 1] == 0x22 else { return nil }
    }
    let logs = batch.logs.count
    let object = line.extracting(start..<line.count)
    guard let outcome = takeObject(object, around, at: place, into: &batch) else { return nil }
    let severity = batch.logs.count > logs ? batch.logs[batch.logs.count - 1].severity : .info
    intake.streams[stream].follower.sawRecord(severity, isObject: true)
    return outcome
  }

  /// The documents of a text, one right behind another as exporters without line ends leave them; records among them are taken at once,
  /// with what the layers around them said. Nil where anything else stands behind the first. One that is damaged is the rest of the text, and
  /// told as such where it is walked.
  mutating func takeDocuments(
    _ text: Span<UInt8>, _ around: LineEnvelope, at place: RecordPlace, into batch: inout RecordBatch
  ) -> [UInt8]? {
    guard let first = valueEnd(of: text, from: 0) else { return nil }
    if first == text.count { return [UInt8](copying: text) }
    var start = first
    while start < text.count {
      guard text[start] == 0x7B else { return nil }
      start = valueEnd(of: text, from: start) ?? text.count
    }
    var documents = [UInt8](copying: text.extracting(first: first))
    start = first
    while start < text.count {
      let end = valueEnd(of: text, from: start)
      let value = text.extracting(start..<(end ?? text.count))
      if end == nil || takeObject(value, around, opensDocuments: false, at: place, into: &batch) == nil {
        documents.append(copying: value)
      }
      start += value.count
    }
    return documents
  }

  /// One past the value that begins at a place and the blanks behind it; nil where it is damaged.
  private func valueEnd(of text: Span<UInt8>, from start: Int) -> Int? {
    var check = JSONScanner(at: start, depthLimit: context.settings.limits.jsonDepth)
    guard check.skipValue(text) else { return nil }
    var end = check.position
    while end < text.count, Sniffer.isSpace(text[end]) { end += 1 }
    return end
  }

  /// Where a message begins behind its own blanks; 0 for a part of a trace, whose blanks tell what it is.
  func ownStart(_ line: Span<UInt8>, _ stream: Int) -> Int {
    if !intake.streams[stream].follower.isResting || TraceFollower.isFrame(line, from: 0) { return 0 }
    return line.indices.first { line[$0] != 0x20 && line[$0] != 0x09 } ?? 0
  }

  /// Takes a line about the file itself: it is of a log, and no record.
  mutating func takesHead() -> TextOutcome {
    recognized += 1
    return .continued
  }

  /// Whether a line belongs to the record before it by what it begins with: that record's own header, or the stack of its error.
  mutating func goesOnUnderHeader(_ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, isOther: Bool) -> Bool {
    if line[0] == 0x45 {
      return !around.isWhole && intake.streams[stream].follower.takesStack(line, isOther: isOther)
    }
    guard intake.streams[stream].oslo != 0, line[0] &- 0x30 <= 9, let found = OsloLine(line), !found.hasContext else {
      return false
    }
    // What traces begin with is always ERROR.
    return found.key == intake.streams[stream].oslo && found.severity >= .error
  }

  /// A time and level in front of a line that no layout was learned for.
  func strip(_ line: Span<UInt8>, _ record: inout TextRecord) {
    let content = LogText.content(line)
    if record.severity.isUnknown { record.severity = content.severity }
    record.message = content.start..<content.end
  }

  /// Takes the message of a record that is an export and nothing else: OpenTelemetry's logging exporters write theirs through the program's
  /// logger, whatever it makes of them (OtlpJsonLoggingSpanExporter behind logstash-logback-encoder).
  mutating func takesExport(_ b: Span<UInt8>, _ message: JSONStringSlice, into batch: inout RecordBatch) -> Bool {
    guard message.isEscaped, b[message.start] == 0x7B, JSONScanner.matches(b, message.start + 1, "\\\"resource") else {
      return false
    }
    var plain = takeBuffer()
    texts.unescape(b, message, into: &plain)
    defer { giveBack(plain) }
    return takeExport(plain.span, into: &batch)
  }

  /// Spans and the like that an exporter printed behind a log header (OpenTelemetry's logging exporters), or a program behind a word of
  /// its own.
  mutating func takeExport(_ text: Span<UInt8>, into batch: inout RecordBatch) -> Bool {
    guard text.count > 20, text[text.count - 1] == 0x7D else { return false }
    let start = text[0] == 0x7B ? 0 : ByteScan.find(0x7B, in: text.extracting(first: 64), from: 0)
    guard start < 64, JSONScanner.matches(text, start + 1, "\"resource") else { return false }
    let message = text.extracting(start..<text.count)
    var reader = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard case .descend = classifier.classify(message, &reader) else { return false }
    reader = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard reader.skipValue(message), reader.position == message.count else { return false }
    pendingDocuments.append(Array(copying: message))
    return true
  }
}
