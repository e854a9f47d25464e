/// Why a text is not the JSON document it should be.
package struct JSONFailure: Error, Hashable, Sendable {
  package var message: String
  /// Byte offset of the place.
  package var offset: Int
  /// 1-based line and column (in bytes) of the place.
  package var line: Int
  package var column: Int
}

/// A strict reader of RFC 8259 documents for files of our own (reports, captures): no recursion, valid UTF-8 only, no
/// key twice, nothing after the document, nesting bounded.
package struct JSONParser {
  private let bytes: [UInt8]
  private var cursor = 0
  private let depthLimit: Int

  /// A container that is not closed yet.
  private enum Open {
    case array([JSONValue])
    case object([String: JSONValue], key: String)
  }

  /// The document in bytes; throws the first thing that is not JSON, with its place.
  package static func parse(_ bytes: [UInt8], depthLimit: Int = 128) throws(JSONFailure) -> JSONValue {
    var reader = JSONParser(bytes: bytes, depthLimit: depthLimit)
    return try reader.document()
  }

  /// The document in a text.
  package static func parse(_ text: String, depthLimit: Int = 128) throws(JSONFailure) -> JSONValue {
    try parse(Array(text.utf8), depthLimit: depthLimit)
  }

  private init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  private mutating func document() throws(JSONFailure) -> JSONValue {
    var stack: [Open] = []
    while true {
      skipSpace()
      var value: JSONValue
      switch peek {
      case 0x7B:
        cursor += 1
        skipSpace()
        guard accept(0x7D) else {
          guard stack.count < depthLimit else { throw failure("nested deeper than \(depthLimit)") }
          stack.append(.object([:], key: try key()))
          continue
        }
        value = .object([:])
      case 0x5B:
        cursor += 1
        skipSpace()
        guard accept(0x5D) else {
          guard stack.count < depthLimit else { throw failure("nested deeper than \(depthLimit)") }
          stack.append(.array([]))
          continue
        }
        value = .array([])
      default: value = try scalar()
      }
      // Hands the value to the innermost open container, and closes as many as end here.
      var pending: JSONValue? = value
      while let closed = pending {
        pending = nil
        guard let top = stack.popLast() else {
          skipSpace()
          guard cursor == bytes.count else { throw failure("something after the document") }
          return closed
        }
        skipSpace()
        switch top {
        case .array(var values):
          values.append(closed)
          if accept(0x2C) {
            stack.append(.array(values))
          } else if accept(0x5D) {
            value = .array(values)
            pending = value
          } else {
            throw failure("expected ',' or ']'")
          }
        case .object(var pairs, let key):
          guard pairs.updateValue(closed, forKey: key) == nil else { throw failure("key '\(key)' appears twice") }
          if accept(0x2C) {
            skipSpace()
            stack.append(.object(pairs, key: try self.key()))
          } else if accept(0x7D) {
            value = .object(pairs)
            pending = value
          } else {
            throw failure("expected ',' or '}'")
          }
        }
      }
    }
  }

  private var peek: UInt8 { cursor < bytes.count ? bytes[cursor] : 0 }

  private mutating func accept(_ byte: UInt8) -> Bool {
    guard cursor < bytes.count, bytes[cursor] == byte else { return false }
    cursor += 1
    return true
  }

  private mutating func skipSpace() {
    while cursor < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[cursor]) { cursor += 1 }
  }

  private func failure(_ message: String) -> JSONFailure {
    let before = bytes[..<min(cursor, bytes.count)]
    let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
    let column = before.count - (before.lastIndex(of: 0x0A) ?? -1)
    return JSONFailure(message: message, offset: cursor, line: line, column: column)
  }

  private mutating func key() throws(JSONFailure) -> String {
    guard peek == 0x22 else { throw failure("expected a key") }
    let key = try string()
    skipSpace()
    guard accept(0x3A) else { throw failure("expected ':'") }
    return key
  }

  private mutating func scalar() throws(JSONFailure) -> JSONValue {
    switch peek {
    case 0x22: return .string(try string())
    case 0x74:
      try word("true")
      return .bool(true)
    case 0x66:
      try word("false")
      return .bool(false)
    case 0x6E:
      try word("null")
      return .null
    case 0x2D, 0x30...0x39: return try number()
    default: throw failure(cursor < bytes.count ? "expected a value" : "ends too early")
    }
  }

  private mutating func word(_ text: String) throws(JSONFailure) {
    for byte in text.utf8 { guard accept(byte) else { throw failure("expected '\(text)'") } }
  }

  private mutating func digits() -> Int {
    let first = cursor
    while cursor < bytes.count, bytes[cursor] >= 0x30, bytes[cursor] <= 0x39 { cursor += 1 }
    return cursor - first
  }

  private mutating func number() throws(JSONFailure) -> JSONValue {
    let first = cursor
    var isInteger = true
    _ = accept(0x2D)
    if !accept(0x30) { guard digits() > 0 else { throw failure("expected a digit") } }
    if accept(0x2E) {
      isInteger = false
      guard digits() > 0 else { throw failure("expected a digit") }
    }
    if accept(0x65) || accept(0x45) {
      isInteger = false
      if !accept(0x2B) { _ = accept(0x2D) }
      guard digits() > 0 else { throw failure("expected a digit") }
    }
    let text = String(decoding: bytes[first..<cursor], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .int(value) }
    guard let value = Double(text), value.isFinite else { throw failure("number out of range") }
    return .double(value)
  }

  private mutating func string() throws(JSONFailure) -> String {
    cursor += 1
    var text: [UInt8] = []
    while true {
      guard cursor < bytes.count else { throw failure("text without an end") }
      let byte = bytes[cursor]
      switch byte {
      case 0x22:
        cursor += 1
        guard let valid = String(validating: text, as: UTF8.self) else { throw failure("text is not UTF-8") }
        return valid
      case 0x5C:
        cursor += 1
        try escape(into: &text)
      case 0..<0x20: throw failure("control character in a text")
      default:
        text.append(byte)
        cursor += 1
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONFailure) {
    let byte = peek
    cursor += 1
    switch byte {
    case 0x22, 0x5C, 0x2F: text.append(byte)
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x75:
      var unit = try fourHex()
      if unit & 0xFC00 == 0xD800 {
        guard accept(0x5C), accept(0x75) else { throw failure("half of a surrogate pair") }
        let low = try fourHex()
        guard low & 0xFC00 == 0xDC00 else { throw failure("half of a surrogate pair") }
        unit = 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = Unicode.Scalar(unit), let units = UTF8.encode(scalar) else {
        throw failure("half of a surrogate pair")
      }
      text += units
    default: throw failure("unknown escape")
    }
  }

  private mutating func fourHex() throws(JSONFailure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit = hexDigit(peek)
      guard cursor < bytes.count, digit < 16 else { throw failure("expected four hex digits") }
      value = value << 4 | UInt32(digit)
      cursor += 1
    }
    return value
  }
}

/// Reading access, nil where a value is of another type.
extension JSONValue {
  package subscript(key: String) -> JSONValue? { if case .object(let pairs) = self { pairs[key] } else { nil } }
  package var text: String? { if case .string(let value) = self { value } else { nil } }
  package var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  package var pairs: [String: JSONValue]? { if case .object(let pairs) = self { pairs } else { nil } }
  package var truth: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// An integer, also one that was written as `3.0` or `3e0`.
  package var integer: Int64? {
    switch self {
    case .int(let value): value
    case .double(let value): value == value.rounded() ? Int64(checked: value) : nil
    default: nil
    }
  }
  package var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
