// Spans and log records as the collector's debug exporter prints them, with verbosity "detailed".

internal import Model
internal import Support

/// Reads what OpenTelemetry's collector prints for people (its debug exporter, before v0.86 its logging exporter): a resource, a scope, and a
/// block of lines for each record. Every finished block becomes the same record in OTLP's JSON form, which has one reader.
///
/// The exporter's other verbosities print no times: `normal` a line a record, `basic` a line a batch.
struct CollectorDump {
  /// What a line did.
  enum Step {
    /// It belongs to the dump.
    case taken
    /// It is something else: the dump has ended before it.
    case ended
  }

  private enum Block {
    case none
    case resource
    case scope
    case span
    case log
    /// A metric, a profile: nothing that is read here.
    case other
  }

  private(set) var isActive = false
  private var block = Block.none
  private var record = PrintedRecord()
  private var isInEvent = false
  private var isInLinks = false
  /// The key and the beginning of a text that goes on.
  private var open: (key: [UInt8], value: [UInt8], isBody: Bool)?
  /// Finished records.
  private(set) var documents: [[UInt8]] = []
  /// Blocks of records that are not read.
  private(set) var passedOver = 0

  private static let mostBytes = 1 << 20

  /// Whether a message begins a dump: its first resource.
  static func opens(_ line: Span<UInt8>) -> Bool {
    guard line.count >= 13, line[0] == 0x52 else { return false }
    for head: StaticString in ["ResourceSpans #", "ResourceLog #", "ResourceMetrics #", "Resource SchemaURL:"]
    where JSONScanner.matches(line, 0, head) {
      return true
    }
    return false
  }

  /// Whether a message is a record in the exporter's verbosity "normal".
  static func isNormal(_ line: Span<UInt8>) -> Bool {
    JSONScanner.matches(line, 0, "ResourceTraces #") || JSONScanner.matches(line, 0, "ResourceLogs #")
  }

  /// `'NAME' : TRACE SPAN KIND [tracer: NAME:VERSION] …`: a span in the words of Java's LoggingSpanExporter, whose name a header's reader
  /// may have taken for the logger's.
  static func isPrintedSpan(_ line: Span<UInt8>) -> Bool {
    guard line.count > 60 else { return false }
    if line[0] != 0x27 { return isSpan(line, at: 0) }
    for i in 1..<min(line.count - 54, 1024) where line[i] == 0x27 && JSONScanner.matches(line, i, "' : ") {
      if isSpan(line, at: i + 4) { return true }
    }
    return false
  }

  /// Whether a trace, a span, a kind and a tracer stand at a place.
  private static func isSpan(_ line: Span<UInt8>, at i: Int) -> Bool {
    guard i + 50 <= line.count, line[i + 32] == 0x20, line[i + 49] == 0x20, HexDigits.sixteen(line, i) != nil,
      HexDigits.sixteen(line, i + 16) != nil, HexDigits.sixteen(line, i + 33) != nil
    else { return false }
    return JSONScanner.matches(line, ByteScan.find(0x5B, in: line, from: i + 50), "[tracer: ")
  }

  /// The records that were finished since the last call, and how many lines were left out of them.
  mutating func takeDocuments() -> (documents: [[UInt8]], cut: Int) {
    defer { documents = [] }
    return (documents, record.takeCut())
  }

  /// Takes a line; the first one opens the dump.
  mutating func take(_ line: Span<UInt8>, _ times: LogTimeParser) -> Step {
    if open != nil { return goOn(line) }
    if Self.opens(line) {
      if !JSONScanner.matches(line, 0, "Resource SchemaURL:") || !isActive || block != .resource {
        endRecord()
        record.forgetResource()
      }
      (isActive, block) = (true, .resource)
      return .taken
    }
    guard isActive else { return .ended }
    if let next = Self.head(line) {
      endRecord()
      block = next
      if next == .other { passedOver += 1 }
      (isInEvent, isInLinks) = (false, false)
      return .taken
    }
    if takeLine(line, times) { return .taken }
    if block == .other || Self.isPlain(line) { return .taken }
    end()
    return .ended
  }

  /// Ends the dump.
  mutating func end() {
    if let rest = open { close(rest.key, rest.value, isBody: rest.isBody) }
    open = nil
    endRecord()
    (isActive, block) = (false, .none)
    record.forgetResource()
  }

  private static func head(_ line: Span<UInt8>) -> Block? {
    func begins(_ word: StaticString) -> Bool { JSONScanner.matches(line, 0, word) }
    switch line[0] {
    case 0x53:
      if begins("Span #") { return .span }
      return begins("ScopeSpans #") || begins("ScopeLogs #") || begins("ScopeMetrics #") ? .scope : nil
    case 0x4C: return begins("LogRecord #") ? .log : nil
    case 0x4D: return begins("Metric #") ? .other : nil
    case 0x49: return begins("InstrumentationScope") ? .scope : nil
    default: return nil
    }
  }

  /// Lines that say nothing that is used.
  private static func isPlain(_ line: Span<UInt8>) -> Bool {
    for head: StaticString in [
      "ScopeSpans SchemaURL:", "ScopeLogs SchemaURL:", "ScopeMetrics SchemaURL:", "Resource attributes:",
      "Attributes:", "Events:", "Links:", "Flags:", "    Dropped", "    TraceState", "Dropped", "EventName:",
      "InstrumentationScope attributes:", "     -> ", "Entity", "Resource Entity",
    ] where JSONScanner.matches(line, 0, head) {
      return true
    }
    return false
  }

  // MARK: Lines of a block.

  private mutating func takeLine(_ line: Span<UInt8>, _ times: LogTimeParser) -> Bool {
    if let arrow = Self.arrow(line) {
      pair(line, from: arrow)
      return true
    }
    if JSONScanner.matches(line, 0, "Attributes:") {
      (isInEvent, isInLinks) = (false, false)
      return true
    }
    if JSONScanner.matches(line, 0, "SpanEvent #") {
      record.endEvent()
      (isInEvent, isInLinks) = (true, false)
      return true
    }
    if JSONScanner.matches(line, 0, "SpanLink #") {
      record.endEvent()
      (isInEvent, isInLinks) = (false, true)
      return true
    }
    guard block == .span || block == .log else { return false }
    let colon = ByteScan.find(0x3A, in: line, from: 0)
    guard colon < line.count else { return false }
    var first = 0
    while first < colon, line[first] == 0x20 { first += 1 }
    var last = colon
    while last > first, line[last - 1] == 0x20 { last -= 1 }
    var value = colon + 1
    while value < line.count, line[value] == 0x20 { value += 1 }
    return member(line, first..<last, value..<line.count, times)
  }

  /// Where the key begins behind an arrow.
  private static func arrow(_ line: Span<UInt8>) -> Int? {
    var i = 0
    while i < line.count, i < 16, line[i] == 0x20 { i += 1 }
    return i >= 5 && JSONScanner.matches(line, i, "-> ") ? i + 3 : nil
  }

  private mutating func member(
    _ line: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>, _ times: LogTimeParser
  ) -> Bool {
    func isName(_ word: StaticString) -> Bool {
      name.count == word.utf8CodeUnitCount && JSONScanner.matches(line, name.lowerBound, word)
    }
    let text = line.extracting(value)
    if isName("Trace ID") {
      record.set("traceId", text)
    } else if isName("ID") || isName("Span ID") {
      record.set("spanId", text)
    } else if isName("Parent ID") {
      record.set("parentSpanId", text)
    } else if isName("Name") {
      record.set("name", text)
    } else if isName("Start time") {
      setTime("startTimeUnixNano", line, value, times)
    } else if isName("End time") {
      setTime("endTimeUnixNano", line, value, times)
    } else if isName("Timestamp") {
      setTime("timeUnixNano", line, value, times)
    } else if isName("ObservedTimestamp") {
      setTime("observedTimeUnixNano", line, value, times)
    } else if isName("SeverityText") {
      record.set("severityText", text)
    } else if isName("SeverityNumber") {
      let open = ByteScan.find(0x28, in: text, from: 0)
      let close = ByteScan.find(0x29, in: text, from: open)
      if close < text.count, FieldText.int(text.extracting(open + 1..<close)) != nil {
        record.set("severityNumber", json: [UInt8](copying: text.extracting(open + 1..<close)))
      }
    } else if isName("Kind") {
      record.setKind(text)
    } else if isName("Status code") {
      record.setStatus(text)
    } else if isName("Status message") {
      record.setStatusMessage(text)
    } else if isName("Body") {
      begin([], text, isBody: true)
    } else {
      return false
    }
    return true
  }

  /// `2026-11-25 02:00:00.1234567 +0000 UTC`; the zero time is none.
  private mutating func setTime(
    _ key: StaticString, _ line: Span<UInt8>, _ value: Range<Int>, _ times: LogTimeParser
  ) {
    guard !value.isEmpty, let time = times.parse(line, value.lowerBound), time.isPlaced, time.time > 0 else { return }
    record.set(key, time: time.time)
  }

  // MARK: Attributes.

  private mutating func pair(_ line: Span<UInt8>, from start: Int) {
    let colon = ByteScan.find(0x3A, in: line, from: start)
    guard colon + 2 < line.count, line[colon + 1] == 0x20 else { return }
    // Members of an event and of a link are no attributes: these stand five columns deeper.
    let isDeep = start >= 13
    if isInLinks || isInEvent && !isDeep { return }
    begin([UInt8](copying: line.extracting(start..<colon)), line.extracting(colon + 2..<line.count), isBody: false)
  }

  /// Takes `Str(…)` and the like; a text may go on over lines until its bracket.
  private mutating func begin(_ key: [UInt8], _ value: Span<UInt8>, isBody: Bool) {
    let bytes = [UInt8](copying: value)
    if JSONScanner.matches(value, 0, "Str("), bytes.last != 0x29 {
      open = (key, bytes, isBody)
    } else {
      close(key, bytes, isBody: isBody)
    }
  }

  private mutating func goOn(_ line: Span<UInt8>) -> Step {
    guard var rest = open else { return .ended }
    open = nil
    rest.value.append(0x0A)
    rest.value.append(copying: line)
    if line.isEmpty || line[line.count - 1] != 0x29, rest.value.count < Self.mostBytes {
      open = rest
    } else {
      close(rest.key, rest.value, isBody: rest.isBody)
    }
    return .taken
  }

  private mutating func close(_ key: [UInt8], _ value: [UInt8], isBody: Bool) {
    var encoded: [UInt8] = []
    Self.encode(value.span, into: &encoded)
    if isBody {
      if block == .log { record.set("body", json: encoded) }
    } else if isInEvent {
      record.add(key.span, value: encoded, to: .event)
    } else if block == .resource {
      record.add(key.span, value: encoded, to: .resource)
    } else if block == .span || block == .log {
      record.add(key.span, value: encoded, to: .record)
    }
  }

  private mutating func endRecord() {
    defer {
      record.clear()
      (isInEvent, isInLinks) = (false, false)
    }
    guard block == .span || block == .log else { return }
    if let document = record.document(block == .span ? .span : .log) { documents.append(document) }
  }
}
