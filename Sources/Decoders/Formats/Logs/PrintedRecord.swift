// A record of OpenTelemetry that an exporter printed for people, as OTLP's JSON.

internal import Model
internal import Support

/// Gathers the parts of one record, line by line, and writes the same record in OTLP's JSON form, which has one reader.
///
/// The lists are JSON without their brackets. What is beyond the limit of a list is left out and counted.
struct PrintedRecord {
  enum Kind {
    case span
    case log
  }

  /// The lists that attributes are added to.
  enum List {
    case resource
    case record
    case event
  }

  private var resource: [UInt8] = []
  private var fields: [UInt8] = []
  private var attributes: [UInt8] = []
  private var events: [UInt8] = []
  private var eventAttributes: [UInt8] = []
  private var status: (code: UInt8, message: [UInt8]) = (0, [])
  /// Parts that were left out because the record had grown too long.
  private(set) var cut = 0

  private static let mostBytes = 1 << 20

  /// Whether nothing of a record is there yet; its resource may be.
  var isEmpty: Bool { fields.isEmpty }

  /// How many parts were left out since the last call.
  mutating func takeCut() -> Int {
    defer { cut = 0 }
    return cut
  }

  mutating func forgetResource() { resource = [] }

  // MARK: Members.

  /// Sets a member to a text; an empty one says nothing.
  mutating func set(_ key: StaticString, _ text: Span<UInt8>) {
    guard !text.isEmpty, opens(key) else { return }
    JSONQuote.append(text, to: &fields)
  }

  /// Sets a member to what is JSON already.
  mutating func set(_ key: StaticString, json: [UInt8]) {
    guard opens(key) else { return }
    fields += json
  }

  /// Sets a member to a time, microseconds since 1970, as nanoseconds in a text.
  mutating func set(_ key: StaticString, time: Int64) {
    set(key, Array((String(time) + "000").utf8).span)
  }

  /// Sets the kind of a span by its word.
  mutating func setKind(_ word: Span<UInt8>) {
    let kind = SpanWords.kind(word)
    if kind != .unspecified { set("kind", json: Array(String(kind.rawValue).utf8)) }
  }

  /// Sets the status of a span by its word; `unset` says nothing.
  mutating func setStatus(_ word: Span<UInt8>) {
    if FieldText.isWord(word, "error") { status.code = 2 }
    if FieldText.isWord(word, "ok") { status.code = 1 }
  }

  mutating func setStatusMessage(_ text: Span<UInt8>) { status.message = [UInt8](copying: text) }

  private mutating func opens(_ key: StaticString) -> Bool {
    guard fields.count < Self.mostBytes else {
      cut += 1
      return false
    }
    Self.comma(&fields)
    fields.append(0x22)
    JSONQuote.appendPlain(key, to: &fields)
    JSONQuote.appendPlain("\":", to: &fields)
    return true
  }

  // MARK: Attributes.

  /// Adds an attribute whose value is one of OTLP's JSON, `{"stringValue": …}`.
  mutating func add(_ key: Span<UInt8>, value: [UInt8], to list: List) {
    var entry: [UInt8] = []
    JSONQuote.appendPlain("{\"key\":", to: &entry)
    JSONQuote.append(key, to: &entry)
    JSONQuote.appendPlain(",\"value\":", to: &entry)
    entry += value
    entry.append(0x7D)
    let fits =
      switch list {
      case .resource: Self.add(entry, to: &resource)
      case .record: Self.add(entry, to: &attributes)
      case .event: Self.add(entry, to: &eventAttributes)
      }
    cut += fits ? 0 : 1
  }

  /// Adds an attribute that is a text.
  mutating func add(_ key: Span<UInt8>, _ text: Span<UInt8>, to list: List) {
    add(key, value: Self.text(text), to: list)
  }

  /// Ends the event at hand: of events the exceptions are read, and these have attributes.
  mutating func endEvent() {
    guard !eventAttributes.isEmpty else { return }
    var entry: [UInt8] = []
    JSONQuote.appendPlain("{\"name\":\"exception\",\"attributes\":[", to: &entry)
    entry += eventAttributes
    JSONQuote.appendPlain("]}", to: &entry)
    eventAttributes = []
    cut += Self.add(entry, to: &events) ? 0 : 1
  }

  /// Whether an entry still fits a list, which it then is added to.
  private static func add(_ entry: [UInt8], to list: inout [UInt8]) -> Bool {
    guard list.count + entry.count < mostBytes else { return false }
    comma(&list)
    list += entry
    return true
  }

  // MARK: The record.

  /// The record as a document, and nothing of it but the resource is left; nil where it has no members.
  mutating func document(_ kind: Kind) -> [UInt8]? {
    endEvent()
    defer { clear() }
    guard !fields.isEmpty else { return nil }
    var out: [UInt8] = []
    JSONQuote.appendPlain(kind == .span ? "{\"resourceSpans\":[" : "{\"resourceLogs\":[", to: &out)
    JSONQuote.appendPlain("{\"resource\":{\"attributes\":[", to: &out)
    out += resource
    JSONQuote.appendPlain(
      kind == .span ? "]},\"scopeSpans\":[{\"spans\":[{" : "]},\"scopeLogs\":[{\"logRecords\":[{", to: &out)
    out += fields
    if status.code > 0 {
      JSONQuote.appendPlain(",\"status\":{\"code\":", to: &out)
      out.append(0x30 + status.code)
      JSONQuote.appendPlain(",\"message\":", to: &out)
      JSONQuote.append(status.message.span, to: &out)
      out.append(0x7D)
    }
    for (name, list) in [("attributes" as StaticString, attributes), ("events", events)] where !list.isEmpty {
      JSONQuote.appendPlain(",\"", to: &out)
      JSONQuote.appendPlain(name, to: &out)
      JSONQuote.appendPlain("\":[", to: &out)
      out += list
      out.append(0x5D)
    }
    JSONQuote.appendPlain("}]}]}]}", to: &out)
    return out
  }

  /// Forgets the record, and not its resource.
  mutating func clear() {
    (fields, attributes, events, eventAttributes) = ([], [], [], [])
    status = (0, [])
  }

  // MARK: JSON.

  /// A text as a value of OTLP.
  static func text(_ text: Span<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    JSONQuote.appendPlain("{\"stringValue\":", to: &out)
    JSONQuote.append(text, to: &out)
    out.append(0x7D)
    return out
  }

  private static func comma(_ list: inout [UInt8]) { if !list.isEmpty { list.append(0x2C) } }
}
