// The bytes of a JSON document while it is written: one pass over each text, whole runs of it copied at a time.

/// Writes values in one of the two forms of `JSONValue`.
struct JSONText {
  var bytes: [UInt8] = []
  let isReadable: Bool

  init(isReadable: Bool) { self.isReadable = isReadable }

  // Reports nest a handful of levels deep by construction, so the recursion is bounded by our own schema.
  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: ascii("null")
    case .bool(let value): ascii(value ? "true" : "false")
    case .int(let value): write(value)
    case .double(let value): write(value)
    case .string(let value): quote(value)
    case .array(let values):
      bytes.append(0x5B)
      for (i, element) in values.enumerated() {
        begin(i, depth)
        write(element, depth: depth + 1)
      }
      end(0x5D, values.isEmpty, depth)
    case .object(let values):
      bytes.append(0x7B)
      let sorted = values.sorted { Self.precedes($0.key, $1.key) }
      for (i, pair) in sorted.enumerated() {
        begin(i, depth)
        quote(pair.key)
        bytes.append(0x3A)
        if isReadable { bytes.append(0x20) }
        write(pair.value, depth: depth + 1)
      }
      end(0x7D, values.isEmpty, depth)
    }
  }

  private mutating func begin(_ element: Int, _ depth: Int) {
    if element > 0 { bytes.append(0x2C) }
    if isReadable { newline(depth + 1) }
  }

  private mutating func end(_ bracket: UInt8, _ isEmpty: Bool, _ depth: Int) {
    if isReadable, !isEmpty { newline(depth) }
    bytes.append(bracket)
  }

  private mutating func newline(_ depth: Int) {
    bytes.append(0x0A)
    for _ in 0..<depth {
      bytes.append(0x20)
      bytes.append(0x20)
    }
  }

  private mutating func ascii(_ text: String) { bytes.append(copying: text.utf8Span.span) }

  private mutating func write(_ value: Int64) {
    // Digits from the last to the first.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = value.magnitude
    var count = 0
    repeat {
      digits[count] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      count += 1
    } while rest > 0
    if value < 0 { bytes.append(0x2D) }
    while count > 0 {
      count -= 1
      bytes.append(digits[count])
    }
  }

  private mutating func write(_ value: Double) {
    guard value.isFinite else { return ascii("null") }
    if value == value.rounded(), abs(value) < 1e15 {
      write(Int64(value))
    } else {
      ascii(value.description)
    }
  }

  /// The order of UTF-8 bytes.
  private static func precedes(_ a: String, _ b: String) -> Bool {
    let (a, b) = (a.utf8Span.span, b.utf8Span.span)
    let common = min(a.count, b.count)
    for i in 0..<common where a[i] != b[i] { return a[i] < b[i] }
    return a.count < b.count
  }

  /// Quotes a text: quotes, backslashes and control characters (C0, C1, separators of lines and paragraphs, marks of direction)
  /// are escaped.
  mutating func quote(_ text: String) {
    let span = text.utf8Span.span
    bytes.append(0x22)
    // Bytes from here are not written yet.
    var start = 0
    var place = 0
    while place < span.count {
      let byte = span[place]
      if byte >= 0x20, byte != 0x22, byte != 0x5C, byte < 0x7F || !Self.mayBeEscaped(byte) {
        place += 1
        continue
      }
      let (character, length) = Self.character(span, place)
      if Self.isEscaped(character) {
        bytes.append(copying: span.extracting(start..<place))
        escape(character)
        start = place + length
      }
      place += length
    }
    bytes.append(copying: span.extracting(start..<place))
    bytes.append(0x22)
  }

  /// Whether a character that begins with this byte, none of printable ASCII, may be one of those escaped.
  private static func mayBeEscaped(_ byte: UInt8) -> Bool {
    byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2
  }

  /// The character at a place and its bytes: one of ASCII, or one of two or three bytes that `mayBeEscaped`.
  private static func character(_ span: Span<UInt8>, _ place: Int) -> (UInt32, length: Int) {
    let first = UInt32(span[place])
    func low(_ offset: Int) -> UInt32 { place + offset < span.count ? UInt32(span[place + offset]) & 0x3F : 0 }
    if first < 0x80 { return (first, 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | low(1), 2) }
    return ((first & 0x0F) << 12 | low(1) << 6 | low(2), 3)
  }

  private static func isEscaped(_ character: UInt32) -> Bool {
    switch character {
    case 0..<0x20, 0x22, 0x5C, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C:
      true
    default: false
    }
  }

  private mutating func escape(_ character: UInt32) {
    bytes.append(0x5C)
    switch character {
    case 0x22, 0x5C: bytes.append(UInt8(truncatingIfNeeded: character))
    case 0x0A: bytes.append(0x6E)
    case 0x0D: bytes.append(0x72)
    case 0x09: bytes.append(0x74)
    default:
      bytes.append(0x75)
      for shift: UInt32 in [12, 8, 4, 0] {
        let digit = UInt8(truncatingIfNeeded: character >> shift & 15)
        bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
  }
}
