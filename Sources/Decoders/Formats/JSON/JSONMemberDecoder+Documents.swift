// The walk through a document: what wraps the records is kept as a small stack, each record is read when it is complete.

internal import Model

extension JSONMemberDecoder {
  /// Reads on inside a value, or begins one, as far as the bytes go.
  ///
  /// - Returns: the place up to which everything was taken, and why it stopped: `none` at the value's end.
  mutating func walk(
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

  func place(_ position: Int, line: Int) -> SourceLocation.Position {
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
      if records.takeKnownLog(b, &reader, at: RecordPlace(source: reference, position: at), into: &batch) {
        documentRecords += 1
        if !records.pendingDocuments.isEmpty { walkPending(line: line, into: &batch) }
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
        if case .log = shape { records.logs.learn(b, start..<end) }
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
    case .tables: inner = .table
    case .rows, .pairRows:
      guard byte == 0x5B else {
        inner = nil
        break
      }
      let start = reader.position
      guard reader.skipValue(b) else { return reader.failure }
      let row = node == .rows ? records.record(ofRow: b, at: start) : JSONRecords.record(ofPairs: b, at: start)
      return simplified(
        row.span, source(start, line: line), place(start, line: line), line: line, into: &batch)
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
      if !records.pendingDocuments.isEmpty { walkPending(line: line, into: &batch) }
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
      let top = stack.count - 1
      if stack[top].hasSource, JSONScanner.equals(b, key, "fields") {
        return reader.skipValue(b) ? .none : reader.failure
      }
      let before = documentRecords
      let failure = value(b, &reader, line: line, into: &batch)
      if documentRecords > before, JSONScanner.equals(b, key, "_source") { stack[top].hasSource = true }
      return failure
    }
    guard records.takeMember(node, key, b, &reader, into: &batch) else { return reader.failure }
    return .none
  }
}
