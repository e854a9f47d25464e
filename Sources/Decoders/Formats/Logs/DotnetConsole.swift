// Spans and log records as OpenTelemetry's console exporter for .NET prints them.

internal import Model
internal import Support

/// Reads the blocks of `ConsoleActivityExporter` and `ConsoleLogRecordExporter` of OpenTelemetry .NET: a line a member, attributes, events
/// and the resource indented below their headings, an empty line at the end. A finished block becomes the same record in OTLP's JSON form.
struct DotnetConsole {
  private enum Section {
    case members
    case attributes
    case events
    case links
    case resource
    /// A metric's lines, a scope's: nothing that is read here.
    case other
  }

  private enum Block {
    case none
    case activity
    case log
    case metric
  }

  private var block = Block.none
  private var section = Section.members
  private var record = PrintedRecord()
  private var start = Int64.min
  private var duration: Int64?
  /// Whether a message was there: its template, which may stand below, says less.
  private var hasMessage = false
  /// Whether the member or the attribute at hand is a text that may go on below, and how many lines it did.
  private var mayGoOn = false
  private var unnamed = 0
  /// Whether an empty line came since the last line of the block: only a heading goes on behind one.
  private var isBroken = false
  /// Finished records, and metrics that were passed over.
  private(set) var documents: [[UInt8]] = []
  private(set) var passedOver = 0

  var isActive: Bool { block != .none }

  /// So many lines the trace of an exception may have.
  private static let mostUnnamed = 1024

  /// Whether a line with such a first byte may begin a block.
  @inline(__always) static func mayOpen(_ byte: UInt8) -> Bool { byte == 0x41 || byte == 0x4C || byte == 0x4D }

  /// Whether a line begins a block: its first member, in any version of the exporter.
  static func opens(_ line: Span<UInt8>) -> Bool {
    switch line[0] {
    case 0x41: begins(line, "Activity.TraceId:") || begins(line, "Activity.Id:")
    case 0x4C: begins(line, "LogRecord.Timestamp:")
    case 0x4D: begins(line, "Metric Name: ")
    default: false
    }
  }

  /// Whether a line is a member of a block.
  static func isMember(_ line: Span<UInt8>) -> Bool { begins(line, "Activity.") || begins(line, "LogRecord.") }

  private static func begins(_ line: Span<UInt8>, _ word: StaticString) -> Bool { JSONScanner.matches(line, 0, word) }

  /// The records that were finished since the last call, and how many parts were left out of them.
  mutating func takeDocuments() -> (documents: [[UInt8]], cut: Int) {
    defer { documents = [] }
    return (documents, record.takeCut())
  }

  /// Takes a line, which is not empty.
  ///
  /// - Parameters:
  ///   - line: without its end.
  ///   - times: reads its time.
  ///   - isMore: whether it may be more of the text above it: it is no record by itself.
  /// - Returns: whether it belongs to a block.
  mutating func take(_ line: Span<UInt8>, _ times: LogTimeParser, isMore: Bool) -> Bool {
    if Self.opens(line) {
      end()
      block = line[0] == 0x41 ? .activity : line[0] == 0x4C ? .log : .metric
      if block == .metric { passedOver += 1 }
      section = block == .metric ? .other : .members
      (unnamed, isBroken) = (0, false)
      if block != .metric { member(line, times) }
      return true
    }
    guard isActive else { return false }
    if heading(line) || isMember(line) {
      (unnamed, isBroken) = (0, false)
      if isMember(line) { member(line, times) }
      return true
    }
    if isBroken {
      end()
      return false
    }
    if JSONScanner.matches(line, 0, "[Scope.") { return true }
    if line[0] == 0x20 || section == .resource && isAttribute(line) {
      attribute(line)
      return true
    }
    if section == .resource || section == .other {
      end()
      return false
    }
    // The further lines of a text; any other is what another thread printed.
    unnamed += 1
    return mayGoOn && isMore && unnamed <= Self.mostUnnamed
  }

  /// Takes an empty line.
  mutating func takeEmpty() { isBroken = isActive }

  /// Ends the block.
  mutating func end() {
    defer {
      (block, section, start, duration, hasMessage) = (.none, .members, .min, nil, false)
      (mayGoOn, isBroken) = (false, false)
      record.clear()
      record.forgetResource()
    }
    guard block == .activity || block == .log else { return }
    if block == .activity, start != .min {
      record.set("startTimeUnixNano", time: start)
      if let duration { record.set("endTimeUnixNano", time: start.addingSaturated(duration)) }
    }
    if let document = record.document(block == .activity ? .span : .log) { documents.append(document) }
  }

  // MARK: Lines.

  /// Whether a line opens a section, which it then does.
  private mutating func heading(_ line: Span<UInt8>) -> Bool {
    let sections: [(StaticString, Section)] = [
      ("Activity.Tags:", .attributes), ("Activity.TagObjects:", .attributes), ("Activity.Events:", .events),
      ("Activity.Links:", .links), ("LogRecord.State (", .attributes), ("LogRecord.StateValues (", .attributes),
      ("LogRecord.Attributes (", .attributes), ("LogRecord.ScopeValues (", .other),
      ("Resource associated with ", .resource), ("Instrumentation scope (", .other), ("Activity.Baggage", .other),
    ]
    guard let found = sections.first(where: { Self.begins(line, $0.0) }) else { return false }
    record.endEvent()
    section = found.1
    return true
  }

  private func isMember(_ line: Span<UInt8>) -> Bool {
    switch block {
    case .none: false
    case .activity:
      Self.begins(line, "Activity.") || Self.begins(line, "StatusCode") || Self.begins(line, "    StatusCode")
        || Self.begins(line, "   StatusCode") || Self.begins(line, "    Activity.StatusDescription")
        || Self.begins(line, "Status Description:")
    case .log: Self.begins(line, "LogRecord.")
    case .metric: Self.begins(line, "(") || Self.begins(line, "Value: ") || Self.begins(line, "Exemplars")
    }
  }

  /// `name: value`, whose name is no level, as the program's own lines begin with.
  private func isAttribute(_ line: Span<UInt8>) -> Bool {
    let colon = ByteScan.find(0x3A, in: line, from: 0)
    guard colon + 1 < line.count, line[colon + 1] == 0x20, ByteScan.find(0x20, in: line, from: 0) > colon else {
      return false
    }
    return Model.severity(of: line.extracting(0..<colon)).isUnknown
  }

  /// The name in front of the first colon, and the value behind it.
  private static func pair(_ line: Span<UInt8>) -> (name: Range<Int>, value: Range<Int>)? {
    var first = 0
    while first < line.count, line[first] == 0x20 { first += 1 }
    let colon = ByteScan.find(0x3A, in: line, from: first)
    guard colon < line.count, colon > first else { return nil }
    var last = colon
    while last > first, line[last - 1] == 0x20 { last -= 1 }
    var value = colon + 1
    while value < line.count, line[value] == 0x20 { value += 1 }
    return (first..<last, value..<line.count)
  }

  private mutating func member(_ line: Span<UInt8>, _ times: LogTimeParser) {
    guard let (name, range) = Self.pair(line) else { return }
    let value = line.extracting(range)
    mayGoOn = false
    func isName(_ word: StaticString) -> Bool {
      name.count == word.utf8CodeUnitCount && JSONScanner.matches(line, name.lowerBound, word)
    }
    if isName("Activity.TraceId") || isName("LogRecord.TraceId") {
      record.set("traceId", value)
    } else if isName("Activity.SpanId") || isName("LogRecord.SpanId") {
      record.set("spanId", value)
    } else if isName("Activity.ParentSpanId") {
      record.set("parentSpanId", value)
    } else if isName("Activity.Id"), value.count == 55 {
      // `00-TRACE-SPAN-FLAGS` (W3C Trace Context), before version 1.2.
      record.set("traceId", value.extracting(3..<35))
      record.set("spanId", value.extracting(36..<52))
    } else if isName("Activity.ParentId"), value.count == 55 {
      record.set("parentSpanId", value.extracting(36..<52))
    } else if isName("Activity.DisplayName") {
      record.set("name", value)
    } else if isName("Activity.Kind") {
      record.setKind(value)
    } else if isName("Activity.StartTime") {
      start = time(line, range, times)
    } else if isName("Activity.Duration") {
      duration = DurationParts.microseconds(value)
    } else if isName("StatusCode") {
      record.setStatus(value)
    } else if isName("Activity.StatusDescription") || isName("Status Description") {
      record.setStatusMessage(value)
      mayGoOn = true
    } else if isName("LogRecord.Timestamp") {
      let time = time(line, range, times)
      if time != .min { record.set("timeUnixNano", time: time) }
    } else if isName("LogRecord.LogLevel") || isName("LogRecord.Severity") {
      record.set("severityText", value)
    } else if isName("LogRecord.FormattedMessage") || isName("LogRecord.Body") || isName("LogRecord.State") {
      setBody(value)
      mayGoOn = true
    } else if isName("LogRecord.Exception") {
      mayGoOn = true
      record.add(Array("exception.message".utf8).span, value, to: .record)
    }
  }

  /// Sets the message: the first one, which has its values in place where it is printed at all.
  private mutating func setBody(_ text: Span<UInt8>) {
    guard !hasMessage, !text.isEmpty else { return }
    hasMessage = true
    record.set("body", json: PrintedRecord.text(text))
  }

  private func time(_ line: Span<UInt8>, _ range: Range<Int>, _ times: LogTimeParser) -> Int64 {
    guard !range.isEmpty, let time = times.parse(line, range.lowerBound), time.isPlaced else { return .min }
    return time.time
  }

  private mutating func attribute(_ line: Span<UInt8>) {
    mayGoOn = section == .attributes || section == .events
    guard let (name, range) = Self.pair(line) else { return }
    let (key, value) = (line.extracting(name), line.extracting(range))
    switch section {
    case .resource: record.add(key, value, to: .resource)
    case .attributes:
      if block == .log, FieldText.isWord(key, "originalformat (a.k.a body)") {
        setBody(value)
      } else {
        record.add(key, value, to: .record)
      }
    case .events:
      if Self.begins(key, "exception.") { record.add(key, value, to: .event) }
    case .members, .links, .other: break
    }
  }
}
