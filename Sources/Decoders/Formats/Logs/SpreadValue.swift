// A JSON value that a program printed over several lines of its output.

internal import Model
internal import Support

/// Collects the lines of one stream between an opening bracket and the bracket that closes it: exporters and loggers that print
/// for people, in files whose runtime makes a record of every line.
struct SpreadValue {
  private(set) var bytes: [UInt8] = []
  private var depth = 0
  private(set) var lines = 0
  /// Whether the value must turn out to be an export of OTLP: in a file of text any other bracket is a part of the record before it.
  var mustBeExport = false
  /// Whether Node printed it, in its own notation.
  var isInspected = false
  var around = LineEnvelope()
  var place = RecordPlace(source: SourceRef(bits: 0), position: .whole)

  var isEmpty: Bool { bytes.isEmpty }

  /// So many lines and bytes a value may have.
  private static let mostLines = 4096
  private static let mostBytes = 1 << 20

  /// Whether a line opens a value that it does not end: a bracket alone, or one with its first members.
  static func opens(_ line: Span<UInt8>) -> Bool {
    guard let last = line.isEmpty ? nil : line[line.count - 1], line[0] == 0x7B || line[0] == 0x5B else { return false }
    if line.count == 1 { return true }
    return line[0] == 0x7B && (last == 0x2C || last == 0x7B || last == 0x5B) && line[1] == 0x22 && brackets(line) > 0
  }

  /// Whether a line is the first member of an export of OTLP, which is all that there is in it, or of what OpenTelemetry's console exporters
  /// for JavaScript print.
  static func beginsExport(_ line: Span<UInt8>) -> Bool {
    if NodeConsole.begins(line) { return true }
    var i = 0
    while i < line.count, line[i] == 0x20 || line[i] == 0x09 { i += 1 }
    guard i > 0, JSONScanner.matches(line, i, "\"resource") else { return false }
    for key: StaticString in [
      "\"resourceSpans\":", "\"resourceLogs\":", "\"resourceMetrics\":", "\"resource_spans\":", "\"resource_logs\":",
      "\"resource_metrics\":",
    ] where JSONScanner.matches(line, i, key) {
      return true
    }
    return false
  }

  /// Whether a line may stand inside of a value over lines: all of them are indented but the last one.
  static func isInside(_ line: Span<UInt8>) -> Bool { line[0] == 0x20 || line[0] == 0x09 || line[0] == 0x7D }

  /// Takes a line. Returns nil while the value goes on, true at its end, false where it can be none.
  mutating func add(_ line: Span<UInt8>, limit: Int) -> Bool? {
    if lines == 1 { isInspected = NodeConsole.begins(line) }
    if !bytes.isEmpty { bytes.append(0x0A) }
    bytes.append(copying: line)
    lines += 1
    depth += Self.brackets(line, isInspected: isInspected)
    if depth == 0 { return true }
    if mustBeExport { return bytes.count > limit ? false : nil }
    return depth < 0 || lines > Self.mostLines || bytes.count > Self.mostBytes ? false : nil
  }

  mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    (depth, lines, mustBeExport, isInspected) = (0, 0, false, false)
    return taken
  }

  /// How many more brackets a line opens than it closes, outside of texts; a text ends with its line.
  private static func brackets(_ line: Span<UInt8>, isInspected: Bool = false) -> Int {
    var depth = 0
    // The mark that ends the text at hand; 0 outside of texts.
    var mark: UInt8 = 0
    var i = 0
    while i < line.count {
      let byte = line[i]
      if mark != 0 {
        if byte == 0x5C { i += 1 } else if byte == mark { mark = 0 }
      } else if byte == 0x22 || isInspected && (byte == 0x27 || byte == 0x60) {
        mark = byte
      } else if byte == 0x7B || byte == 0x5B {
        depth += 1
      } else if byte == 0x7D || byte == 0x5D {
        depth -= 1
      }
      i += 1
    }
    return depth
  }
}

extension JSONRecords {
  /// Takes a line of a stream in which a value is open, or opens one; nil where neither is so.
  mutating func takeSpread(
    _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    if intake.streams[stream].spread.mustBeExport {
      let isFirst = intake.streams[stream].spread.lines == 1
      if isFirst ? !SpreadValue.beginsExport(line) : !SpreadValue.isInside(line) {
        _ = endSpread(stream, isWhole: false, into: &batch)
      }
    }
    if intake.streams[stream].spread.isEmpty {
      guard !around.isWhole, SpreadValue.opens(line) else { return nil }
      if depth == 0 {
        // In a file of text, between what a program prints past its exporter.
        guard line.count == 1, line[0] == 0x7B, intake.unwrapper.kinds.isEmpty, !isSampling else { return nil }
        intake.streams[stream].spread.mustBeExport = true
      }
      intake.streams[stream].spread.around = around
      intake.streams[stream].spread.place = place
    }
    switch intake.streams[stream].spread.add(line, limit: context.settings.limits.line) {
    case nil: return .continued
    case true?: return endSpread(stream, isWhole: true, into: &batch)
    case false?: return endSpread(stream, isWhole: false, into: &batch)
    }
  }

  /// Takes a value that Node printed; nil where it is no record of an exporter.
  private mutating func takeInspected(
    _ bytes: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> TextOutcome? {
    switch NodeConsole.read(bytes, depthLimit: context.settings.limits.jsonDepth) {
    case nil: return nil
    case .metric:
      recognized += 1
      batch.recordCounts.skip("unknownRecord")
      tellMetrics(at: place.position, into: &batch)
      return .taken
    case .record(let json):
      guard let outcome = takeObject(json.span, around, opensDocuments: false, at: place, into: &batch) else {
        return nil
      }
      intake.streams[stream].follower.sawRecord(.info)
      batch.recordCounts.repair("joinedLines")
      return outcome
    }
  }

  /// Ends an export that is cut off, or too long; false for any other value, whose lines are text.
  private mutating func leavesExport(
    _ bytes: [UInt8], lines: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard lines > 1 else { return false }
    if bytes.count > context.settings.limits.line {
      reportTooLong(at: place.position, into: &batch)
    } else {
      reportMalformed(.incomplete, at: place.position, into: &batch)
    }
    return true
  }

  /// Ends a value: a record or a document, or else the lines that it was.
  mutating func endSpread(_ stream: Int, isWhole: Bool, into batch: inout RecordBatch) -> TextOutcome {
    let (around, place) = (intake.streams[stream].spread.around, intake.streams[stream].spread.place)
    let (isExport, lines) = (intake.streams[stream].spread.mustBeExport, intake.streams[stream].spread.lines)
    let isInspected = intake.streams[stream].spread.isInspected
    let bytes = intake.streams[stream].spread.take()
    if isWhole, isInspected {
      if let outcome = takeInspected(bytes.span, around, stream, at: place, into: &batch) { return outcome }
      if isExport {
        reportMalformed(.syntax, at: place.position, into: &batch)
        return .continued
      }
    }
    if isExport, !isWhole, leavesExport(bytes, lines: lines, at: place, into: &batch) { return .continued }
    if isWhole {
      if bytes[0] == 0x7B, let outcome = takeObject(bytes.span, around, at: place, into: &batch) {
        intake.streams[stream].follower.sawRecord(.info)
        batch.recordCounts.repair("joinedLines")
        return outcome
      }
      if takeArray(bytes.span, into: &batch) {
        batch.recordCounts.repair("joinedLines")
        return .document
      }
    }
    var start = 0
    while start < bytes.count {
      let end = ByteScan.lineEnd(bytes.span, start)
      if end > start {
        _ = takeLine(bytes.span.extracting(start..<end), around, stream, at: place, into: &batch)
      }
      start = end + 1
    }
    return .taken
  }

  /// Takes a line that is an array of records.
  mutating func takeArray(_ line: Span<UInt8>, into batch: inout RecordBatch) -> Bool {
    guard line.count > 2, line[0] == 0x5B else { return false }
    var check = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard check.skipValue(line), check.position == line.count, JSONInside.holdsRecords(line, 0, classifier) else {
      return false
    }
    pendingDocuments.append([UInt8](copying: line))
    return true
  }
}
