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
  /// Attributes of the resource, members of the record, attributes of the record or the event at hand, events: JSON without the brackets.
  private var resource: [UInt8] = []
  private var fields: [UInt8] = []
  private var attributes: [UInt8] = []
  private var events: [UInt8] = []
  private var eventAttributes: [UInt8] = []
  private var isInEvent = false
  private var isInLinks = false
  /// The key and the beginning of a text that goes on.
  private var open: (key: [UInt8], value: [UInt8], isBody: Bool)?
  /// Finished records.
  private(set) var documents: [[UInt8]] = []
  /// Blocks of records that are not read.
  private(set) var passedOver = 0
  /// Lines of records that were left out because the record had grown too long.
  private(set) var cut = 0

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
    defer { (documents, cut) = ([], 0) }
    return (documents, cut)
  }

  /// Takes a line; the first one opens the dump.
  mutating func take(_ line: Span<UInt8>, _ times: LogTimeParser) -> Step {
    if open != nil { return goOn(line) }
    if Self.opens(line) {
      if !JSONScanner.matches(line, 0, "Resource SchemaURL:") || !isActive || block != .resource {
        endRecord()
        resource = []
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
    resource = []
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
      endEvent()
      (isInEvent, isInLinks) = (true, false)
      return true
    }
    if JSONScanner.matches(line, 0, "SpanLink #") {
      endEvent()
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
    // Of a record without an end what is beyond is left out.
    guard fields.count < Self.mostBytes else {
      cut += 1
      return true
    }
    let text = line.extracting(value)
    if isName("Trace ID") { return set("traceId", text) }
    if isName("ID") || isName("Span ID") { return set("spanId", text) }
    if isName("Parent ID") { return set("parentSpanId", text) }
    if isName("Name") { return set("name", text) }
    if isName("Start time") { return setTime("startTimeUnixNano", line, value, times) }
    if isName("End time") { return setTime("endTimeUnixNano", line, value, times) }
    if isName("Timestamp") { return setTime("timeUnixNano", line, value, times) }
    if isName("ObservedTimestamp") { return setTime("observedTimeUnixNano", line, value, times) }
    if isName("SeverityText") { return set("severityText", text) }
    if isName("SeverityNumber") {
      let open = ByteScan.find(0x28, in: text, from: 0)
      let close = ByteScan.find(0x29, in: text, from: open)
      if close < text.count, FieldText.int(text.extracting(open + 1..<close)) != nil {
        raw("severityNumber", text.extracting(open + 1..<close))
      }
      return true
    }
    if isName("Kind") {
      let kind = SpanWords.kind(text)
      if kind != .unspecified { raw("kind", Array(String(kind.rawValue).utf8).span) }
      return true
    }
    if isName("Status code") {
      var plain: StaticString = "{\"code\":0"
      if FieldText.isWord(text, "error") { plain = "{\"code\":2" }
      if FieldText.isWord(text, "ok") { plain = "{\"code\":1" }
      Self.comma(&fields)
      Self.append("\"status\":", to: &fields)
      Self.append(plain, to: &fields)
      Self.append("}", to: &fields)
      return true
    }
    if isName("Status message") {
      // It stands right behind the code, in the same object.
      if !text.isEmpty, fields.last == 0x7D {
        fields.removeLast()
        Self.append(",\"message\":", to: &fields)
        JSONQuote.append(text, to: &fields)
        Self.append("}", to: &fields)
      }
      return true
    }
    if isName("Body") {
      begin([], text, isBody: true)
      return true
    }
    return false
  }

  private mutating func set(_ key: StaticString, _ text: Span<UInt8>) -> Bool {
    guard !text.isEmpty else { return true }
    Self.comma(&fields)
    Self.append("\"", to: &fields)
    Self.append(key, to: &fields)
    Self.append("\":", to: &fields)
    JSONQuote.append(text, to: &fields)
    return true
  }

  private mutating func raw(_ key: StaticString, _ text: Span<UInt8>) {
    Self.comma(&fields)
    Self.append("\"", to: &fields)
    Self.append(key, to: &fields)
    Self.append("\":", to: &fields)
    fields.append(copying: text)
  }

  /// `2026-11-25 02:00:00.1234567 +0000 UTC` as nanoseconds in a text; the zero time is none.
  private mutating func setTime(
    _ key: StaticString, _ line: Span<UInt8>, _ value: Range<Int>, _ times: LogTimeParser
  ) -> Bool {
    guard !value.isEmpty, let time = times.parse(line, value.lowerBound), time.isPlaced, time.time > 0 else {
      return true
    }
    return set(key, Array((String(time.time) + "000").utf8).span)
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
      guard block == .log else { return }
      Self.comma(&fields)
      Self.append("\"body\":", to: &fields)
      fields += encoded
      return
    }
    var entry: [UInt8] = []
    Self.append("{\"key\":", to: &entry)
    JSONQuote.append(key.span, to: &entry)
    Self.append(",\"value\":", to: &entry)
    entry += encoded
    Self.append("}", to: &entry)
    func add(_ list: inout [UInt8]) {
      guard list.count + entry.count < Self.mostBytes else {
        cut += 1
        return
      }
      Self.comma(&list)
      list += entry
    }
    if isInEvent {
      add(&eventAttributes)
    } else if block == .resource {
      add(&resource)
    } else if block == .span || block == .log {
      add(&attributes)
    }
  }

  private mutating func endEvent() {
    guard !eventAttributes.isEmpty else { return }
    defer { eventAttributes = [] }
    guard events.count + eventAttributes.count < Self.mostBytes else {
      cut += 1
      return
    }
    Self.comma(&events)
    Self.append("{\"name\":\"exception\",\"attributes\":[", to: &events)
    events += eventAttributes
    Self.append("]}", to: &events)
  }

  // MARK: Records.

  private mutating func endRecord() {
    endEvent()
    defer {
      (fields, attributes, events) = ([], [], [])
      (isInEvent, isInLinks) = (false, false)
    }
    guard block == .span || block == .log, !fields.isEmpty else { return }
    var out: [UInt8] = []
    Self.append(
      block == .span
        ? "{\"resourceSpans\":[{\"resource\":{\"attributes\":[" : "{\"resourceLogs\":[{\"resource\":{\"attributes\":[",
      to: &out)
    out += resource
    Self.append(block == .span ? "]},\"scopeSpans\":[{\"spans\":[{" : "]},\"scopeLogs\":[{\"logRecords\":[{", to: &out)
    out += fields
    if !attributes.isEmpty {
      Self.append(",\"attributes\":[", to: &out)
      out += attributes
      Self.append("]", to: &out)
    }
    if !events.isEmpty {
      Self.append(",\"events\":[", to: &out)
      out += events
      Self.append("]", to: &out)
    }
    Self.append("}]}]}]}", to: &out)
    documents.append(out)
  }
}
