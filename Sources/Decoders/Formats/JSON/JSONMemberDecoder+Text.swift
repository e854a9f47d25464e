// Lines of text: between the lines of a JSON log, in files of text, and carried by records of other formats.

internal import Model

extension JSONMemberDecoder {
  /// Reads a line of text between the lines of a JSON log: a trace, or what somebody printed past the logger. With a date in front it
  /// is a line of a log between any values: exporters of spans print on the output that the program logs on.
  mutating func takesText(_ text: Span<UInt8>, at first: Int, into batch: inout RecordBatch) -> Bool {
    // Sections of a dump stand behind its documents; all of one is a container's.
    if records.intake.section != nil || text[first] == 0x3D && SectionMark(text.extracting(first..<text.count)) != nil {
      takeTextLine(text, line: line, into: &batch)
      return true
    }
    if text[first] == 0x7B { return false }
    if records.beginsWithDate(text, at: first) {
      noteObject()
      records.intake.isBetweenValues = true
      takeTextLine(text.extracting(first..<text.count), line: line, into: &batch)
      records.intake.isBetweenValues = false
      return true
    }
    // What begins with a mark is more likely a damaged value.
    guard records.hasLogs, text[first] != 0x5B,
      (text[first] | 0x20) &- 0x61 < 26 || TraceFollower.beginsMark(text[first])
        || !records.sawLog && records.intake.streams[0].follower.isCrashed
    else { return false }
    var reader = JSONScanner(at: first)
    if reader.skipValue(text), reader.position == text.count { return false }
    noteObject()
    takeTextLine(text, line: line, into: &batch)
    return true
  }

  /// Tells what follows traces of the object before a line of text.
  private mutating func noteObject() {
    guard records.sawLog else { return }
    records.sawLog = false
    let severity = records.sawSeverity
    records.intake.streams[0].follower.sawRecord(severity.isUnknown ? .info : severity, isObject: true)
  }

  /// Reads one line of a file of text.
  mutating func takeTextLine(_ text: Span<UInt8>, line: Int, into batch: inout RecordBatch) {
    let place = RecordPlace(source: records.context.line(line), position: .line(line))
    var start = ByteOrderMark.end(text, from: 0)
    if records.intake.section != nil || start < text.count && text[start] == 0x3D,
      takesSection(text.extracting(start..<text.count), line: line, into: &batch)
    {
      return
    }
    if frame.isOpen {
      guard let own = continueFrame(text, into: &batch) else { return }
      start = own
    }
    // Syslog over TCP: messages behind their lengths, without line ends between them.
    if SyslogLine.countedEnd(text, from: start) != nil {
      while let end = SyslogLine.frameEnd(text, from: start), end < text.count {
        _ = records.takeText(text.extracting(start..<end), records.origin(into: &batch), at: place, into: &batch)
        start = end
      }
      if frame.open(text, from: start, limit: records.context.settings.limits.line, at: place) { return }
    }
    _ = records.takeText(
      text.extracting(start..<text.count), records.origin(into: &batch), at: place, into: &batch)
    if !records.pendingDocuments.isEmpty { walkPending(line: line, into: &batch) }
  }

  /// Reads a line that a record of another format carries.
  mutating func takeCarriedText(
    _ text: Span<UInt8>, isPartial: Bool, _ around: LineEnvelope, at offset: Int, into batch: inout RecordBatch
  ) {
    let place = RecordPlace(source: records.context.offset(offset), position: .offset(offset))
    records.takeCarried(text, isPartial: isPartial, around, at: place, into: &batch)
    if !records.pendingDocuments.isEmpty { walkPending(line: 0, into: &batch) }
  }

  /// Reads a line that a row of a table carries.
  mutating func takeCarriedText(
    _ text: Span<UInt8>, _ around: LineEnvelope, line: Int, into batch: inout RecordBatch
  ) {
    let place = RecordPlace(source: records.context.line(line), position: .line(line))
    records.takeCarried(text, isPartial: false, around, at: place, into: &batch)
    if !records.pendingDocuments.isEmpty { walkPending(line: line, into: &batch) }
  }

  /// Ends a file of text.
  mutating func finishText(into batch: inout RecordBatch) {
    endSection(into: &batch)
    endFrame(into: &batch)
    records.finishText(into: &batch)
    walkPending(line: 0, into: &batch)
    records.close(isText: true, into: &batch)
  }
}
