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
  private var stack: [JSONFrame] = []
  private var isInDocument = false
  /// Whether anything came of the document being read.
  private var documentRecords = 0
  /// Offset in the member of the bytes at hand.
  private var base = 0
  /// 1-based line at the reading place.
  private var line = 1
  private var linesRead = 0
  private var skipsLine = false
  private var sawNul = false
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
          if documentRecords > 0, records.failedAt > i {
            line += ByteScan.lineEnds(b, i, records.failedAt)
            i = records.failedAt
          }
          skipsLine = true
        }
        continue
      }
      guard skipBetween(b, &i, into: &batch) else { break }
      let end = ByteScan.lineEnd(b, i)
      if end == b.count, !isFinal, b.count - i < Self.patience { break }
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
    var i = start
    var isFirst = true
    while true {
      while i < end, Sniffer.isSpace(b[i]) { i += 1 }
      if i == end { break }
      stack.removeAll(keepingCapacity: true)
      if isFirst, b[i] != 0x7B, b[i] != 0x5B, takesText(slice.extracting(start..<end), at: i - start, into: &batch) {
        break
      }
      if isFirst { documentRecords = 0 }
      let (next, outcome) = walk(slice, from: i, isFinal: true, line: line, into: &batch)
      if outcome == .incomplete, linesRead == 0 || isLoneBracket(b, start, end), isFirst, end < b.count {
        isInDocument = true
        return next
      }
      if outcome != .none {
        records.reportMalformed(outcome, at: .line(line), into: &batch)
        stack.removeAll(keepingCapacity: true)
        records.leaveAll(into: &batch)
        break
      }
      i = next
      isFirst = false
    }
    linesRead += 1
    return nil
  }

  /// Reads a line of text between the lines of a JSON log: a trace, or what somebody printed past the logger.
  private mutating func takesText(_ text: Span<UInt8>, at first: Int, into batch: inout RecordBatch) -> Bool {
    // What begins with a mark is more likely a damaged value.
    guard records.hasLogs, (text[first] | 0x20) &- 0x61 < 26 else { return false }
    var reader = JSONScanner(at: first)
    if reader.skipValue(text), reader.position == text.count { return false }
    if records.sawLog {
      records.sawLog = false
      records.intake.streams[0].follower.sawRecord()
    }
    takeTextLine(text, line: line, into: &batch)
    return true
  }

  /// Reads one line of a file of text.
  mutating func takeTextLine(_ text: Span<UInt8>, line: Int, into batch: inout RecordBatch) {
    let place = RecordPlace(source: records.context.line(line), position: .line(line))
    var start = 0
    // Syslog over TCP: messages behind their lengths, without line ends between them.
    while let end = SyslogLine.frameEnd(text, from: start), end < text.count {
      _ = records.takeText(text.extracting(start..<end), records.origin(into: &batch), at: place, into: &batch)
      start = end
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
    records.finishText(into: &batch)
    walkPending(line: 0, into: &batch)
    records.close(isText: true, into: &batch)
  }

  /// Walks the documents that stood in a line or in the text of a record.
  private mutating func walkPending(line: Int, into batch: inout RecordBatch) {
    while let document = records.pendingDocuments.popLast() {
      guard embedded < JSONRecords.mostLayers else {
        records.recognized += 1
        batch.recordCounts.skip("jsonTooDeep")
        records.context.report(
          "jsonTooDeep", .error, at: place(0, line: line), "documents in texts of documents, too many deep",
          limit: "jsonDepth", into: &batch)
        continue
      }
      var outer: [JSONFrame] = []
      swap(&outer, &stack)
      embedded += 1
      let (_, outcome) = walk(document.span, from: 0, isFinal: true, line: line, into: &batch)
      if outcome != .none { records.reportMalformed(outcome, at: place(0, line: line), into: &batch) }
      records.leaveAll(into: &batch)
      embedded -= 1
      swap(&outer, &stack)
    }
  }

  /// Whether a line has nothing but the bracket that begins a value over lines.
  private func isLoneBracket(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var count = 0
    for i in start..<end where !Sniffer.isSpace(b[i]) { count += b[i] == 0x7B || b[i] == 0x5B ? 1 : 2 }
    return count == 1
  }

  /// Skips what may stand between values: white space, marks of byte order, and holes of zero bytes.
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
      } else if !Sniffer.isSpace(byte) {
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

  /// Reads on inside a value, or begins one, as far as the bytes go.
  ///
  /// - Returns: the place up to which everything was taken, and why it stopped: `none` at the value's end.
  private mutating func walk(
    _ b: Span<UInt8>, from start: Int, isFinal: Bool, line: Int, into batch: inout RecordBatch
  ) -> (Int, JSONScanner.Failure) {
    var reader = JSONScanner(at: start, depthLimit: records.context.settings.limits.jsonDepth, isFinal: isFinal)
    if stack.isEmpty {
      let outcome = value(b, &reader, line: line, into: &batch)
      if outcome != .none {
        records.failedAt = reader.position
        return (start, outcome)
      }
      if stack.isEmpty { return (reader.position, .none) }
    }
    var done = reader.position
    while let frame = stack.last {
      let failure = step(frame, b, &reader, line: line, into: &batch)
      if failure != .none {
        records.failedAt = reader.position
        return (done, failure)
      }
      if reader.sawBadUTF8 || reader.sawControl {
        let at = place(done, line: line)
        records.noteText(&reader, at: at, into: &batch)
      }
      done = reader.position
    }
    return (done, .none)
  }

  private func place(_ position: Int, line: Int) -> SourceLocation.Position {
    line > 0 ? .line(line) : .offset(base + position)
  }

  private func source(_ position: Int, line: Int) -> SourceRef {
    line > 0 ? records.context.line(line) : records.context.offset(base + position)
  }

  /// Begins or takes the value at the reader's place.
  private mutating func value(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, line: Int, into batch: inout RecordBatch
  ) -> JSONScanner.Failure {
    guard let byte = reader.peek(b) else { return .incomplete }
    let start = reader.position
    let reference = source(start, line: line)
    let at = place(start, line: line)
    switch byte {
    case 0x7B:
      if records.expectsZipkin,
        records.takeZipkin(b, &reader, at: RecordPlace(source: reference, position: at), into: &batch)
      {
        documentRecords += 1
        return .none
      }
      switch records.classifier.classify(b, &reader) {
      case .descend(let node):
        reader.position = start + 1
        reader.sawEscapedKey = false
        return push(node, isObject: true)
      case .unit(_, let end) where reader.sawEscapedKey:
        reader.sawEscapedKey = false
        let plain = JSONEscapes.simplified(b, start..<end)
        return simplified(plain.span, reference, at, line: line, into: &batch)
      case .unit(let shape, let end):
        if reader.sawBadUTF8 || reader.sawControl { records.noteText(&reader, at: at, into: &batch) }
        if records.take(shape, b, start..<end, at: RecordPlace(source: reference, position: at), into: &batch) {
          documentRecords += 1
        }
        if !records.pendingDocuments.isEmpty { walkPending(line: line, into: &batch) }
        return .none
      case .failed: return reader.failure
      }
    case 0x5B:
      reader.position += 1
      return push(.values, isObject: false)
    default:
      guard reader.skipValue(b) else { return reader.failure }
      records.noteUnknown(at)
      return .none
    }
  }

  /// Takes an object out of a copy without needless escapes, which may turn out to be a wrapper. The grammar of the
  /// original was checked already.
  private mutating func simplified(
    _ b: Span<UInt8>, _ reference: SourceRef, _ at: SourceLocation.Position, line: Int, into batch: inout RecordBatch
  ) -> JSONScanner.Failure {
    var reader = JSONScanner(at: 0, depthLimit: records.context.settings.limits.jsonDepth)
    switch records.classifier.classify(b, &reader) {
    case .failed: return reader.failure
    case .unit(let shape, let end):
      if records.take(shape, b, 0..<end, at: RecordPlace(source: reference, position: at), into: &batch) {
        documentRecords += 1
      }
      if !records.pendingDocuments.isEmpty { walkPending(line: line, into: &batch) }
      return .none
    case .descend(let node):
      let depth = stack.count
      reader.position = 1
      let failure = push(node, isObject: true)
      if failure != .none { return failure }
      while stack.count > depth, let frame = stack.last {
        reader.sawEscapedKey = false
        let failure = step(frame, b, &reader, line: line, into: &batch)
        if failure != .none { return failure }
      }
      return .none
    }
  }

  private mutating func push(_ node: JSONNode, isObject: Bool) -> JSONScanner.Failure {
    guard stack.count < records.context.settings.limits.jsonDepth else { return .depth }
    stack.append(JSONFrame(node: node, isObject: isObject))
    records.enter(node)
    return .none
  }

  /// One step inside the innermost open value: an element, a key with its value, or its end.
  private mutating func step(
    _ frame: JSONFrame, _ b: Span<UInt8>, _ reader: inout JSONScanner, line: Int, into batch: inout RecordBatch
  ) -> JSONScanner.Failure {
    var isFirst = frame.isFirst
    if frame.isObject {
      guard let key = reader.nextKey(b, &isFirst) else {
        if reader.failure != .none { return reader.failure }
        pop(into: &batch)
        return .none
      }
      guard let byte = reader.peek(b) else { return .incomplete }
      let top = stack.count - 1
      let failure = member(frame.node, key: key, byte, b, &reader, line: line, into: &batch)
      if failure == .none { stack[top].isFirst = false }
      return failure
    }
    guard reader.nextElement(b, &isFirst) else {
      if reader.failure != .none { return reader.failure }
      if frame.isFirst, stack.count == 1, frame.node == .values {
        let at = place(reader.position, line: line)
        records.noteUnknown(at)
      }
      pop(into: &batch)
      return .none
    }
    guard let byte = reader.peek(b) else { return .incomplete }
    let top = stack.count - 1
    let failure = element(frame.node, byte, b, &reader, line: line, into: &batch)
    if failure == .none { stack[top].isFirst = false }
    return failure
  }

  private mutating func pop(into batch: inout RecordBatch) {
    guard let frame = stack.popLast() else { return }
    records.leave(frame.node, into: &batch)
  }

  private mutating func element(
    _ node: JSONNode, _ byte: UInt8, _ b: Span<UInt8>, _ reader: inout JSONScanner, line: Int,
    into batch: inout RecordBatch
  ) -> JSONScanner.Failure {
    let inner: JSONNode?
    switch node {
    case .resources(let signal): inner = .resource(signal)
    case .scopes(let signal): inner = .scope(signal)
    case .items, .jaegerSpans:
      guard byte == 0x7B else {
        inner = nil
        break
      }
      let start = reader.position
      let reference = source(start, line: line)
      let at = place(start, line: line)
      guard
        records.takeItem(node, b, &reader, at: RecordPlace(source: reference, position: at), into: &batch)
      else { return reader.failure }
      documentRecords += 1
      return .none
    default: return value(b, &reader, line: line, into: &batch)
    }
    if let inner, byte == 0x7B {
      reader.position += 1
      return push(inner, isObject: true)
    }
    let at = place(reader.position, line: line)
    guard reader.skipValue(b) else { return reader.failure }
    records.noteUnknown(at)
    return .none
  }

  private mutating func member(
    _ node: JSONNode, key: JSONStringSlice, _ byte: UInt8, _ b: Span<UInt8>, _ reader: inout JSONScanner, line: Int,
    into batch: inout RecordBatch
  ) -> JSONScanner.Failure {
    if byte == 0x5B, let inner = JSONFrame.array(in: node, key: key, b) {
      reader.position += 1
      return push(inner, isObject: false)
    }
    if node == .wrapper, byte == 0x7B, JSONFrame.opensValue(key, b) {
      return value(b, &reader, line: line, into: &batch)
    }
    guard records.takeMember(node, key, b, &reader, into: &batch) else { return reader.failure }
    return .none
  }
}
