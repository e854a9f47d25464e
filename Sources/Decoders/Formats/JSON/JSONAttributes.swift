internal import Support
// Attribute lists: OTLP's `{"key":…,"value":{"stringValue":…}}` and Jaeger's `{"key":…,"type":…,"value":…}`.

extension JSONScanner {
  /// Reads an OTLP AnyValue; its kinds that no record uses are skipped, and checked like everything else.
  mutating func anyValue(_ b: Span<UInt8>) -> AttributeValue? {
    guard let byte = peek(b) else { return nil }
    guard byte == 0x7B else { return scalar(b) }
    position &+= 1
    var result = AttributeValue.other
    var isFirst = true
    while let key = nextKey(b, &isFirst) {
      guard let next = peek(b) else { return nil }
      switch next {
      case 0x22 where Self.equals(b, key, "stringValue") || Self.equals(b, key, "string_value"):
        position &+= 1
        guard let text = stringBody(b) else { return nil }
        result = .text(text)
      case 0x22
      where Self.equals(b, key, "intValue") || Self.equals(b, key, "doubleValue") || Self.equals(b, key, "int_value")
        || Self.equals(b, key, "double_value"):
        position &+= 1
        guard let text = stringBody(b) else { return nil }
        result = .number(text)
      case 0x2D, 0x30...0x39:
        guard let text = number(b) else { return nil }
        result = .number(text)
      case 0x74, 0x66:
        guard literal(b) else { return nil }
        result = .bool(next == 0x74)
      default: guard skipValue(b) else { return nil }
      }
    }
    return failure == .none ? result : nil
  }

  /// Reads any value as an attribute's: texts, numbers and truth values as such, anything else is skipped.
  mutating func scalar(_ b: Span<UInt8>) -> AttributeValue? {
    guard let byte = peek(b) else { return nil }
    switch byte {
    case 0x22:
      position &+= 1
      return stringBody(b).map { .text($0) }
    case 0x2D, 0x30...0x39: return number(b).map { .number($0) }
    case 0x74, 0x66: return literal(b) ? .bool(byte == 0x74) : nil
    default: return skipValue(b) ? .other : nil
    }
  }

  /// Reads one OTLP attribute, `{` taken or not, key and value in either order.
  ///
  /// The usual bytes are compared first; on the first difference the general way reads the same attribute from its
  /// start, so both give the same result.
  @inline(__always) mutating func otlpAttribute(_ b: Span<UInt8>) -> (key: JSONStringSlice, value: AttributeValue)? {
    guard let key = usualKey(b), Self.matches(b, key.end &+ 1, ",\"value\":{\"") else { return otlpAttributeSlow(b) }
    let kind = key.end &+ 12
    if Self.matches(b, kind, "stringValue\":\"") {
      if let end = Self.plainEnd(b, kind &+ 14), Self.matches(b, end, "\"}}") {
        position = end &+ 3
        return (key, .text(JSONStringSlice(start: kind &+ 14, end: end, isEscaped: false)))
      }
    } else if Self.matches(b, kind, "intValue\":\"") {
      if let end = Self.plainEnd(b, kind &+ 11), Self.matches(b, end, "\"}}") {
        position = end &+ 3
        return (key, .number(JSONStringSlice(start: kind &+ 11, end: end, isEscaped: false)))
      }
    }
    return otlpAttributeSlow(b)
  }

  /// The key of an attribute that begins with it, as usual; nothing is taken.
  @inline(__always) private func usualKey(_ b: Span<UInt8>) -> JSONStringSlice? {
    guard Self.matches(b, position, "{\"key\":\""), let quote = Self.plainEnd(b, position &+ 8) else { return nil }
    return JSONStringSlice(start: position &+ 8, end: quote, isEscaped: false)
  }

  @inline(never) private mutating func otlpAttributeSlow(
    _ b: Span<UInt8>
  ) -> (key: JSONStringSlice, value: AttributeValue)? {
    guard take(0x7B, b) else { return nil }
    var key = JSONStringSlice(start: position, end: position, isEscaped: false)
    var value = AttributeValue.other
    var raw = position..<position
    var isFirst = true
    while let name = nextKey(b, &isFirst) {
      if Self.equals(b, name, "key") {
        guard let text = keyText(b) else { return nil }
        key = text
        if text.isEscaped { sawEscapedKey = true }
      } else if Self.equals(b, name, "value") {
        let start = position
        guard let read = anyValue(b) else { return nil }
        (value, raw) = (read, start..<position)
      } else {
        guard skipValue(b) else { return nil }
      }
    }
    // Headers are lists: of those that are read the list's own text is handed on.
    if case .other = value, key.count >= SpanBuilder.longKey, SpanBuilder.longName(b, key) != .none {
      value = .text(JSONStringSlice(start: raw.lowerBound, end: raw.upperBound, isEscaped: false))
    }
    return failure == .none ? (key, value) : nil
  }

  /// A string; any other value counts as the empty text.
  mutating func keyText(_ b: Span<UInt8>) -> JSONStringSlice? {
    guard let byte = peek(b) else { return nil }
    if byte == 0x22 {
      position &+= 1
      return stringBody(b)
    }
    let at = position
    return skipValue(b) ? JSONStringSlice(start: at, end: at, isEscaped: false) : nil
  }

  /// Reads one Jaeger tag: `value`, or `vStr`, `vBool`, `vInt64`, `vFloat64` of its protobuf form.
  ///
  /// The usual bytes are compared first, like an OTLP attribute's.
  @inline(__always) mutating func jaegerTag(_ b: Span<UInt8>) -> (key: JSONStringSlice, value: AttributeValue)? {
    guard let key = usualKey(b), Self.matches(b, key.end &+ 1, ",\"type\":\"") else { return jaegerTagSlow(b) }
    let type = key.end &+ 10
    if Self.matches(b, type, "string\",\"value\":\"") {
      if let end = Self.plainEnd(b, type &+ 17), end &+ 1 < b.count, b[end &+ 1] == 0x7D {
        position = end &+ 2
        return (key, .text(JSONStringSlice(start: type &+ 17, end: end, isEscaped: false)))
      }
    } else if Self.matches(b, type, "int64\",\"value\":") {
      if let end = DecimalDigits.plainNumber(b, type &+ 15, before: 0x7D) {
        position = end &+ 1
        return (key, .number(JSONStringSlice(start: type &+ 15, end: end, isEscaped: false)))
      }
    }
    return jaegerTagSlow(b)
  }

  @inline(never) private mutating func jaegerTagSlow(_ b: Span<UInt8>) -> (key: JSONStringSlice, value: AttributeValue)?
  {
    guard take(0x7B, b) else { return nil }
    var key = JSONStringSlice(start: position, end: position, isEscaped: false)
    var value = AttributeValue.other
    var isFirst = true
    while let name = nextKey(b, &isFirst) {
      if Self.equals(b, name, "key") {
        guard let text = keyText(b) else { return nil }
        key = text
        if text.isEscaped { sawEscapedKey = true }
      } else if Self.equals(b, name, "value") || Self.equals(b, name, "vStr") || Self.equals(b, name, "vBool")
        || Self.equals(b, name, "vInt64") || Self.equals(b, name, "vFloat64")
      {
        guard let read = scalar(b) else { return nil }
        value = read
      } else {
        guard skipValue(b) else { return nil }
      }
    }
    return failure == .none ? (key, value) : nil
  }

  /// Walks the elements of an array; any other value is skipped.
  ///
  /// - Parameters:
  ///   - b: the bytes.
  ///   - element: reads one element; false stops with the reader's failure.
  /// - Returns: whether all was well.
  @inline(__always) mutating func eachElement(
    _ b: Span<UInt8>, _ element: (inout JSONScanner) -> Bool
  ) -> Bool {
    guard let byte = peek(b) else { return false }
    guard byte == 0x5B else { return skipValue(b) }
    position &+= 1
    var isFirst = true
    while nextElement(b, &isFirst) {
      guard element(&self) else { return false }
    }
    return failure == .none
  }

  /// Walks the keys of an object; any other value is skipped.
  ///
  /// - Parameters:
  ///   - b: the bytes.
  ///   - member: reads the value of a key; false stops with the reader's failure.
  /// - Returns: whether all was well.
  @inline(__always) mutating func eachMember(
    _ b: Span<UInt8>, _ member: (inout JSONScanner, JSONStringSlice) -> Bool
  ) -> Bool {
    guard let byte = peek(b) else { return false }
    guard byte == 0x7B else { return skipValue(b) }
    position &+= 1
    var isFirst = true
    while let key = nextKey(b, &isFirst) {
      guard member(&self, key) else { return false }
    }
    return failure == .none
  }

  /// The next member of an object if it is written as usual, `"key":"value"` without white space or escapes; nil, and
  /// nothing taken, where it is not, or where there is none.
  @inline(__always) mutating func usualMember(
    _ b: Span<UInt8>, isFirst: Bool
  ) -> (key: JSONStringSlice, value: JSONStringSlice)? {
    var start = position
    if !isFirst {
      guard start < b.count, b[start] == 0x2C else { return nil }
      start &+= 1
    }
    guard start < b.count, b[start] == 0x22, let quote = Self.plainEnd(b, start &+ 1),
      Self.matches(b, quote, "\":\""), let end = Self.plainEnd(b, quote &+ 3)
    else { return nil }
    position = end &+ 1
    return (
      JSONStringSlice(start: start &+ 1, end: quote, isEscaped: false),
      JSONStringSlice(start: quote &+ 3, end: end, isEscaped: false)
    )
  }

  /// An integer written as a number or a string; nil in `value` where it is neither. False on a failure.
  @inline(__always) mutating func integer(_ b: Span<UInt8>, _ value: inout Int64?) -> Bool {
    guard let byte = peek(b) else { return false }
    let text: JSONStringSlice?
    switch byte {
    case 0x22:
      position &+= 1
      text = stringBody(b)
    case 0x2D, 0x30...0x39: text = number(b)
    default:
      value = nil
      return skipValue(b)
    }
    guard let text else { return false }
    if text.isEscaped { sawEscapedKey = true }
    let bytes = b.extracting(text.start..<text.end)
    value = FieldText.int(bytes)
    if value == nil, text.count > 0 { value = FieldText.double(bytes).flatMap { Int64(checked: $0.rounded()) } }
    return true
  }
}
