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
      if record.severity.isUnknown, let severity = TraceFollower.crash(line) { record.severity = severity }
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

  /// Whether a line belongs to the record before it by what it begins with: that record's own header, or the stack of its error.
  mutating func goesOnUnderHeader(_ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int) -> Bool {
    if line[0] == 0x45 { return !around.isWhole && intake.streams[stream].follower.takesStack(line) }
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

  /// Spans and the like that an exporter printed behind a log header (OpenTelemetry's logging exporters).
  mutating func takeExport(_ message: Span<UInt8>, into batch: inout RecordBatch) -> Bool {
    guard message.count > 20, message[0] == 0x7B, JSONScanner.matches(message, 1, "\"resource") else { return false }
    var reader = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard case .descend = classifier.classify(message, &reader) else { return false }
    reader = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard reader.skipValue(message), reader.position == message.count else { return false }
    pendingDocuments.append(Array(copying: message))
    return true
  }
}
