// Bodies of OTLP log records that are no text: as plain JSON, the same out of both encodings, and what they say of the record.

internal import Model
internal import Support

/// Writes an AnyValue (opentelemetry-proto, common.proto) as the JSON value that it stands for.
///
/// What lies inside of what is kept as a list of steps, so values may be nested however deep the input is. Numbers are written as they
/// are read, so that both encodings give the same bytes; what JSON has no number for is a text, as in protobuf's own mapping.
struct OTLPBody {
  private(set) var bytes: [UInt8] = []
  private var steps: [Step] = []

  private enum Step {
    case mark(UInt8)
    /// A key, and the colon behind it.
    case key(JSONStringSlice)
    case value(Range<Int>)
  }

  /// A body out of OTLP/JSON, checked before.
  init(_ b: Span<UInt8>, json body: Range<Int>) {
    if Self.isPlain(b, body) {
      bytes = [UInt8](copying: b.extracting(body))
      return
    }
    steps = [.value(body)]
    while let step = steps.popLast() {
      if let value = take(step, b) { writeJSON(b, value) }
    }
  }

  /// Whether a body is an object of the program's own and no AnyValue, whose members are all called `…Value`.
  private static func isPlain(_ b: Span<UInt8>, _ body: Range<Int>) -> Bool {
    var reader = JSONScanner(at: body.lowerBound)
    var isFirst = true
    guard reader.take(0x7B, b), let key = reader.nextKey(b, &isFirst) else { return false }
    return key.count < 5 || b[key.end - 5] | 0x20 != 0x76 || !JSONScanner.matches(b, key.end - 4, "alue")
  }

  /// A body out of binary OTLP.
  init(_ b: Span<UInt8>, protobuf body: Range<Int>) {
    steps = [.value(body)]
    while let step = steps.popLast() {
      if let value = take(step, b) { writeProtobuf(b, value) }
    }
  }

  /// Does a step; of one that is a value, tells where it lies.
  private mutating func take(_ step: Step, _ b: Span<UInt8>) -> Range<Int>? {
    switch step {
    case .mark(let byte): bytes.append(byte)
    case .key(let key):
      quote(b, key)
      bytes.append(0x3A)
    case .value(let range): return range
    }
    return nil
  }

  /// Whether there is no value at all.
  var isNull: Bool { bytes.count == 4 && bytes[0] == 0x6E }

  // MARK: JSON.

  private mutating func writeJSON(_ b: Span<UInt8>, _ range: Range<Int>) {
    var reader = JSONScanner(at: range.lowerBound)
    guard reader.peek(b) == 0x7B else { return writeScalar(reader.scalar(b) ?? .other, .text, b) }
    let start = bytes.count
    _ = reader.eachMember(b) { reader, key in
      func isKey(_ camel: StaticString, _ snake: StaticString) -> Bool {
        JSONScanner.equals(b, key, camel) || JSONScanner.equals(b, key, snake)
      }
      let isList = isKey("kvlistValue", "kvlist_value")
      if isList || isKey("arrayValue", "array_value"), reader.peek(b) == 0x7B {
        return pushJSON(b, &reader, isList: isList)
      }
      guard let value = reader.scalar(b) else { return false }
      let kind: Kind = isKey("doubleValue", "double_value") ? .double : isKey("intValue", "int_value") ? .int : .text
      if bytes.count == start { writeScalar(value, kind, b) }
      return true
    }
    if bytes.count == start { append("null") }
  }

  /// Puts the parts of a list aside, to be written in their order.
  private mutating func pushJSON(_ b: Span<UInt8>, _ reader: inout JSONScanner, isList: Bool) -> Bool {
    var parts: [Step] = []
    let isRead = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "values"), reader.peek(b) == 0x5B else { return reader.skipValue(b) }
      return reader.eachElement(b) { reader in
        reader.skipSpace(b)
        let start = reader.position
        guard reader.skipValue(b) else { return false }
        if !parts.isEmpty { parts.append(.mark(0x2C)) }
        if isList { Self.pair(b, start, &parts) } else { parts.append(.value(start..<reader.position)) }
        return true
      }
    }
    push(parts, isList: isList)
    return isRead
  }

  private static func pair(_ b: Span<UInt8>, _ start: Int, _ parts: inout [Step]) {
    var key = JSONStringSlice(start: start, end: start, isEscaped: false)
    var value = start..<start
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, name in
      if JSONScanner.equals(b, name, "key") {
        guard let text = reader.keyText(b) else { return false }
        key = text
        return true
      }
      reader.skipSpace(b)
      let start = reader.position
      guard reader.skipValue(b) else { return false }
      if JSONScanner.equals(b, name, "value") { value = start..<reader.position }
      return true
    }
    parts.append(.key(key))
    if value.isEmpty { parts += "null".utf8.map { .mark($0) } } else { parts.append(.value(value)) }
  }

  /// What the key says of a value that may be written as a text: numbers of 64 bits are, in protobuf's mapping.
  private enum Kind {
    case text
    case int
    case double
  }

  private mutating func writeScalar(_ value: AttributeValue, _ kind: Kind, _ b: Span<UInt8>) {
    switch value {
    case .text(let text) where kind == .text: quote(b, text)
    case .text(let text), .number(let text):
      let number = b.extracting(text.start..<text.end)
      if kind != .double, let whole = FieldText.int(number) {
        append(String(whole))
      } else {
        write(FieldText.double(number) ?? .nan)
      }
    case .bool(let flag): append(flag ? "true" : "false")
    case .other: append("null")
    }
  }

  // MARK: Protobuf.

  private mutating func writeProtobuf(_ b: Span<UInt8>, _ range: Range<Int>) {
    var scanner = ProtobufScanner(range)
    var last: ProtobufField?
    while let field = scanner.next(b) { if field.number <= 7 { last = field } }
    switch (last?.number, last?.wire) {
    case (1, .bytes): quote(b, slice(last?.bytes ?? range))
    case (2, .varint): append(last?.value == 0 ? "false" : "true")
    case (3, .varint): append(String(Int64(bitPattern: last?.value ?? 0)))
    case (4, .fixed64): write(Double(bitPattern: last?.value ?? 0))
    case (5, .bytes): pushProtobuf(b, last?.bytes ?? range, isList: false)
    case (6, .bytes): pushProtobuf(b, last?.bytes ?? range, isList: true)
    case (7, .bytes): writeBase64(b, last?.bytes ?? range)
    default: append("null")
    }
  }

  private mutating func pushProtobuf(_ b: Span<UInt8>, _ range: Range<Int>, isList: Bool) {
    var parts: [Step] = []
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      guard field.number == 1, field.wire == .bytes else { continue }
      if !parts.isEmpty { parts.append(.mark(0x2C)) }
      guard isList else {
        parts.append(.value(field.bytes))
        continue
      }
      var key = field.bytes.lowerBound..<field.bytes.lowerBound
      var value = key
      var pair = ProtobufScanner(field.bytes)
      while let part = pair.next(b) {
        if part.number == 1, part.wire == .bytes { key = part.bytes }
        if part.number == 2, part.wire == .bytes { value = part.bytes }
      }
      // An empty message is a value of no kind: null.
      parts += [.key(slice(key)), .value(value)]
    }
    push(parts, isList: isList)
  }

  private func slice(_ range: Range<Int>) -> JSONStringSlice {
    JSONStringSlice(start: range.lowerBound, end: range.upperBound, isEscaped: false)
  }

  // MARK: Writing.

  private mutating func push(_ parts: [Step], isList: Bool) {
    bytes.append(isList ? 0x7B : 0x5B)
    steps.append(.mark(isList ? 0x7D : 0x5D))
    steps += parts.reversed()
  }

  private mutating func append(_ text: String) { bytes += Array(text.utf8) }

  private mutating func write(_ number: Double) {
    if number.isFinite { return append(String(number)) }
    append(number.isNaN ? "\"NaN\"" : number < 0 ? "\"-Infinity\"" : "\"Infinity\"")
  }

  /// A text between quotes, its escapes those of `JSONQuote`.
  private mutating func quote(_ b: Span<UInt8>, _ text: JSONStringSlice) {
    var plain: [UInt8] = []
    _ = JSONEscapes.append(b, text, to: &plain)
    JSONQuote.append(plain.span, to: &bytes)
  }

  private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Bytes as protobuf's JSON mapping writes them (RFC 4648 §4).
  private mutating func writeBase64(_ b: Span<UInt8>, _ range: Range<Int>) {
    bytes.append(0x22)
    var i = range.lowerBound
    while i < range.upperBound {
      let count = min(3, range.upperBound - i)
      var word: UInt32 = 0
      for k in 0..<3 { word = word << 8 | (k < count ? UInt32(b[i + k]) : 0) }
      for k in 0..<4 {
        bytes.append(k <= count ? Self.base64Digits[Int(word >> UInt32(18 - 6 * k)) & 63] : 0x3D)
      }
      i += 3
    }
    bytes.append(0x22)
  }
}

extension OTLPLogs {
  /// Takes a body that is no text: the message among the pairs of a list, else all of it. Its level and its writer, where the record names
  /// none, go to the record.
  static func take(_ body: OTLPBody, _ log: inout LogLine, _ texts: inout JSONTexts) {
    let b = body.bytes.span
    var pairs = BodyPairs()
    var reader = JSONScanner(at: 0)
    if b[0] == 0x7B {
      _ = reader.eachMember(b) { reader, key in
        guard reader.peek(b) == 0x22 else { return reader.skipValue(b) }
        guard let text = reader.keyText(b) else { return false }
        pairs.take(b, key, text)
        return true
      }
    }
    if log.severity.isUnknown { log.severity = pairs.level }
    if let name = pairs.name { log.component = texts.symbol(b, name) }
    if let message = pairs.message {
      texts.appendMessage(b, message, stripsHeader: false, &log)
    } else {
      texts.appendRaw(b, 0..<b.count, &log)
    }
  }

  /// What a structured body says: the pairs of a logger, or the fields of the journal as the collector's receiver keeps them
  /// (systemd.journal-fields(7)).
  private struct BodyPairs {
    var message: JSONStringSlice?
    var level = Severity.unknown
    var name: JSONStringSlice?
    private var isIdentified = false

    mutating func take(_ b: Span<UInt8>, _ key: JSONStringSlice, _ text: JSONStringSlice) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      let bytes = b.extracting(text.start..<text.end)
      if isKey("message") || isKey("msg") || isKey("log") || isKey("MESSAGE") {
        message = text
      } else if isKey("level") || isKey("severity") {
        level = FieldText.severity(bytes)
      } else if isKey("PRIORITY") {
        level = FieldText.int(bytes).map { LevelScale.syslog.severity($0) } ?? .unknown
      } else if isKey("SYSLOG_IDENTIFIER"), !text.isEmpty {
        (name, isIdentified) = (text, true)
      } else if isKey("_SYSTEMD_UNIT"), !isIdentified, !text.isEmpty {
        name = text
        if text.count > 8, JSONScanner.matches(b, text.end - 8, ".service") { name?.end -= 8 }
      }
    }
  }
}
