// A member of JSON: lines or one document, read value by value, an element at a time.

internal import Model

/// Reads every JSON format, told apart per value by its keys.
///
/// A value on a line of its own is read as that line, and a bad line costs only itself. A value that goes over lines, or
/// has no line end in sight, is walked as a document: what wraps the records is kept as a small stack, each record is
/// read when it is complete, so memory does not grow with the document.
struct JSONMemberDecoder: ChunkedDecoder {
  var format: String { records.format }
  var carry = PendingBytes()
  var records: JSONRecords
  /// What the bytes at hand are inside of, outermost first; empty between values.
  var stack: [JSONFrame] = []
  /// Whether a line with its number stands in front of each record, as evtx_dump writes them.
  var isNumbered = false
  private var isInDocument = false
  /// Whether anything came of the document being read.
  var documentRecords = 0
  /// Offset in the member of the bytes at hand.
  var base = 0
  /// 1-based line at the reading place.
  var line = 1
  private var linesRead = 0
  private var skipsLine = false
  private var sawNul = false
  /// A message of syslog whose count goes beyond its line.
  var frame = SyslogFrame()
  /// How many documents inside of texts are open.
  private var embedded = 0

  /// A document is begun without seeing the end of its line from this size on.
  private static let patience = 256 << 10

  init(context: MemberContext, rule: FormatRule?) {
    records = JSONRecords(context: context, rule: rule)
  }

  /// Goes on in the middle of a member of lines.
  init(context: MemberContext, rule: FormatRule?, continuingAt offset: Int, line: Int) {
    records = JSONRecords(context: context, rule: rule, isContinued: true)
    base = offset
    self.line = line
    linesRead = 1
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    if isInDocument { abandon(.incomplete, at: base, into: &batch) }
    endSection(into: &batch)
    records.finishText(into: &batch)
    walkPending(line: 0, into: &batch)
    records.close(isText: false, into: &batch)
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    loop: while i < b.count {
      if skipsLine {
        let end = ByteScan.lineEnd(b, i)
        i = end
        if end < b.count {
          skipsLine = false
          line += 1
          i += 1
        }
        continue
      }
      if isInDocument {
        let (next, outcome) = walk(b, from: i, isFinal: isFinal, line: 0, into: &batch)
        line += ByteScan.lineEnds(b, i, next)
        i = next
        switch outcome {
        case .none: isInDocument = false
        case .incomplete where isFinal:
          abandon(outcome, at: base + b.count, into: &batch)
          i = b.count
        case .incomplete:
          if b.count - i <= records.context.settings.limits.line { break loop }
          records.reportTooLong(at: .offset(base + i), into: &batch)
          leaveDocument(into: &batch)
          skipsLine = true
        case .syntax, .depth:
          abandon(outcome, at: base + records.failedAt, into: &batch)
          // Read on at the next line: behind the bad place if the document had records, else behind its first line.
          let isNext = JSONSequence.begins(b, records.failedAt)
          if documentRecords > 0 || isNext, records.failedAt > i {
            line += ByteScan.lineEnds(b, i, records.failedAt)
            i = records.failedAt
          }
          skipsLine = !isNext
        }
        continue
      }
      guard skipBetween(b, &i, into: &batch) else {
        // Blanks may be the indentation of a line of text.
        if !isFinal { i = Self.indentation(b, before: b.count) }
        break
      }
      let end = ByteScan.lineEnd(b, i)
      // A sample goes no further: what is whole in it is read.
      if end == b.count, !isFinal, b.count - i < Self.patience, !records.isSampling { break }
      if end < b.count || isFinal {
        if let inside = takeLine(b, i, end, into: &batch) {
          i = inside
          continue
        }
        line += end < b.count ? 1 : 0
        i = min(end + 1, b.count)
      } else {
        isInDocument = true
        documentRecords = 0
      }
    }
    base += i
    return i
  }

  private mutating func leaveDocument(into batch: inout RecordBatch) {
    isInDocument = false
    stack.removeAll(keepingCapacity: true)
    records.leaveAll(into: &batch)
  }

  /// Reads the values of one line.
  ///
  /// - Returns: nil when the line is done; where its first value goes on behind the line end, and no line was read
  ///   before, the value is a document's: then the place up to which it was read.
  private mutating func takeLine(
    _ b: Span<UInt8>, _ start: Int, _ end: Int, into batch: inout RecordBatch
  ) -> Int? {
    let slice = b.extracting(0..<end)
    if end - start > records.context.settings.limits.line {
      records.reportTooLong(at: .line(line), into: &batch)
      return nil
    }
    if isNumbered, NumberedRecords.number(slice, at: start) == end {
      batch.recordCounts.repair("collectorLine")
      return nil
    }
    var i = start
    var isFirst = true
    while true {
      while i < end, Sniffer.isBetweenValues(b[i]) { i += 1 }
      if i == end { break }
      stack.removeAll(keepingCapacity: true)
      if isFirst, b[i] != 0x7B || records.intake.section != nil {
        let begin = Self.indentation(b, before: start)
        if takesText(slice.extracting(begin..<end), at: i - begin, into: &batch) { break }
      }
      if isFirst { documentRecords = 0 }
      let before = records.recognized
      let (next, outcome) = walk(slice, from: i, isFinal: true, line: line, into: &batch)
      if outcome == .incomplete, linesRead == 0 || isLoneBracket(b, start, end), isFirst, end < b.count {
        isInDocument = true
        return next
      }
      if outcome == .syntax, isFirst, takesRepaired(slice.extracting(i..<end), before, into: &batch) { break }
      if outcome != .none {
        records.reportMalformed(outcome, at: .line(line), into: &batch)
        stack.removeAll(keepingCapacity: true)
        records.leaveAll(into: &batch)
        guard let other = JSONSequence.next(in: slice, behind: i) else { break }
        (i, isFirst) = (other, false)
        continue
      }
      i = next
      isFirst = false
    }
    linesRead += 1
    return nil
  }

  /// Walks the documents that stood in a line or in the text of a record: what is found while one is walked stands in it, and is deeper.
  mutating func walkPending(line: Int, into batch: inout RecordBatch) {
    while !records.pendingDocuments.isEmpty {
      let documents = records.pendingDocuments
      records.pendingDocuments = []
      for document in documents.reversed() { walkPending(document, line: line, into: &batch) }
    }
  }

  private mutating func walkPending(_ document: [UInt8], line: Int, into batch: inout RecordBatch) {
    guard embedded < JSONRecords.mostLayers else {
      records.recognized += 1
      batch.recordCounts.skip("jsonTooDeep")
      records.context.report(
        "jsonTooDeep", .error, at: place(0, line: line), "documents in texts of documents, too many deep",
        limit: "jsonDepth", into: &batch)
      return
    }
    var outer: [JSONFrame] = []
    swap(&outer, &stack)
    // The resource around the record is not the document's.
    let (service, processes) = (records.service, records.processes)
    var late = LateRecords()
    swap(&late, &records.late)
    embedded += 1
    var start = 0
    repeat {
      (records.service, records.processes) = (nil, nil)
      let (end, outcome) = walk(document.span, from: start, isFinal: true, line: line, into: &batch)
      if outcome != .none { records.reportMalformed(outcome, at: place(0, line: line), into: &batch) }
      records.leaveAll(into: &batch)
      guard outcome == .none, end > start else { break }
      start = end
      while start < document.count, Sniffer.isSpace(document[start]) { start += 1 }
      // Others stand right behind it.
    } while start < document.count && document[start] == 0x7B
    embedded -= 1
    swap(&outer, &stack)
    (records.service, records.processes) = (service, processes)
    swap(&late, &records.late)
  }

  /// Where the blanks begin that stand right in front of a place, so many as an indentation may have.
  private static func indentation(_ b: Span<UInt8>, before place: Int) -> Int {
    var i = place
    while i > 0, place - i < 256, b[i - 1] == 0x20 || b[i - 1] == 0x09 { i -= 1 }
    return i
  }

  /// Whether a line has nothing but the bracket that begins a value over lines.
  private func isLoneBracket(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var count = 0
    for i in start..<end where !Sniffer.isBetweenValues(b[i]) { count += b[i] == 0x7B || b[i] == 0x5B ? 1 : 2 }
    return count == 1
  }

  /// Skips what may stand between values: white space, separators of sequences, marks of byte order, and holes of zero bytes.
  private mutating func skipBetween(_ b: Span<UInt8>, _ i: inout Int, into batch: inout RecordBatch) -> Bool {
    while i < b.count {
      let byte = b[i]
      if byte == 0x0A {
        line += 1
      } else if byte == 0xEF, i + 2 < b.count, b[i + 1] == 0xBB, b[i + 2] == 0xBF {
        i += 2
      } else if byte == 0 {
        if !sawNul {
          records.context.report("zeroBytes", .warning, at: .line(line), "a hole of zero bytes", into: &batch)
        }
        sawNul = true
      } else if !Sniffer.isBetweenValues(byte) {
        return true
      }
      i += 1
    }
    return false
  }

  private mutating func abandon(_ failure: JSONScanner.Failure, at offset: Int, into batch: inout RecordBatch) {
    records.reportMalformed(failure, at: .offset(offset), into: &batch)
    leaveDocument(into: &batch)
  }
}
