// A strict JSON scanner over bytes: no tree, no strings, every load checked against the end.

/// A text inside its quotes, still escaped.
struct JSONStringSlice {
  var start: Int
  var end: Int
  /// Whether there is a backslash in it.
  var isEscaped: Bool

  @inline(__always) var count: Int { end &- start }
  @inline(__always) var isEmpty: Bool { end == start }
}

/// Reads JSON (RFC 8259) value by value out of a lent byte span.
///
/// Grammar and UTF-8 are checked in what is skipped too. Two things are let pass and marked, because their records are
/// worth keeping: bytes in a string that are no UTF-8, and control characters in a string. A line break in a string is
/// an error: it is how a cut line looks.
struct JSONScanner {
  var position: Int
  var failure = Failure.none
  var depthLimit = 128
  /// Whether the bytes end where the input ends; otherwise a number at the very end may go on.
  var isFinal = true
  var sawBadUTF8 = false
  var sawControl = false
  /// Whether a key or an integer was written with escapes: then what was read is read again without them.
  var sawEscapedKey = false

  enum Failure: UInt8 {
    case none
    /// The bytes end inside a value.
    case incomplete
    case syntax
    case depth
  }

  init(at position: Int, depthLimit: Int = 128, isFinal: Bool = true) {
    self.position = position
    self.depthLimit = depthLimit
    self.isFinal = isFinal
  }

  @inline(__always) static func load8(_ b: Span<UInt8>, _ i: Int) -> UInt64 {
    unsafe b.bytes.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
  }

  /// Marks the bytes of a word that a string scan must stop at: quote, backslash, controls, and anything beyond ASCII.
  /// Only the lowest mark is exact.
  @inline(__always) static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ 0x2222_2222_2222_2222
    let slash = word ^ 0x5C5C_5C5C_5C5C_5C5C
    let quotes = (quote &- ones) & ~quote
    let slashes = (slash &- ones) & ~slash
    let controls = (word &- 0x2020_2020_2020_2020) & ~word
    return (quotes | slashes | controls | word) & highs
  }

  @inline(__always) mutating func fail(_ kind: Failure, at i: Int) -> Bool {
    failure = kind
    position = i
    return false
  }

  @inline(__always) mutating func skipSpace(_ b: Span<UInt8>) {
    var i = position
    while i < b.count {
      let byte = b[i]
      if byte > 0x20 || (byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09) { break }
      i &+= 1
    }
    position = i
  }

  /// The next byte that is no white space, nil at the end (then the failure is `incomplete`).
  @inline(__always) mutating func peek(_ b: Span<UInt8>) -> UInt8? {
    if position < b.count, b[position] > 0x20 { return b[position] }
    skipSpace(b)
    guard position < b.count else {
      failure = .incomplete
      return nil
    }
    return b[position]
  }

  /// Takes one structural byte, after white space.
  @inline(__always) mutating func take(_ byte: UInt8, _ b: Span<UInt8>) -> Bool {
    guard let next = peek(b) else { return false }
    guard next == byte else { return fail(.syntax, at: position) }
    position &+= 1
    return true
  }

  /// Reads a string, the opening quote included.
  @inline(__always) mutating func string(_ b: Span<UInt8>) -> JSONStringSlice? {
    guard take(0x22, b) else { return nil }
    return stringBody(b)
  }

  /// Reads a string whose opening quote is already taken.
  @inline(__always) mutating func stringBody(_ b: Span<UInt8>) -> JSONStringSlice? {
    let start = position
    var i = start
    if let mark = ByteScan.mark(0x22, 0x5C, 0x5C, in: b, from: &i) {
      guard b[mark] == 0x22 else { return stringSlow(b, start: start, from: mark) }
      position = mark &+ 1
      return JSONStringSlice(start: start, end: mark, isEscaped: false)
    }
    return stringSlow(b, start: start, from: i)
  }

  /// The rest of a string that has something unusual in it, or that lies at the end of the bytes.
  @inline(never) private mutating func stringSlow(_ b: Span<UInt8>, start: Int, from first: Int) -> JSONStringSlice? {
    var i = first
    var isEscaped = false
    let count = b.count
    while i < count {
      let byte = b[i]
      if byte == 0x22 {
        position = i + 1
        return JSONStringSlice(start: start, end: i, isEscaped: isEscaped)
      }
      if byte == 0x5C {
        isEscaped = true
        guard i + 1 < count else { break }
        switch b[i + 1] {
        case 0x22, 0x2F, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74: i += 2
        case 0x75:
          var k = i + 2
          while k < i + 6 {
            guard k < count else {
              _ = fail(.incomplete, at: count)
              return nil
            }
            guard hexValue(b[k]) < 16 else {
              _ = fail(.syntax, at: k)
              return nil
            }
            k += 1
          }
          i += 6
        default:
          _ = fail(.syntax, at: i)
          return nil
        }
        continue
      }
      if byte >= 0x80 {
        let length = UTF8Check.sequenceLength(b, i)
        if length == 0 {
          if !isFinal, i + 4 > count { break }
          sawBadUTF8 = true
        }
        i += max(length, 1)
      } else if byte < 0x20 {
        guard byte != 0x0A else {
          _ = fail(.syntax, at: i)
          return nil
        }
        sawControl = true
        i += 1
      } else {
        i += 1
        if let mark = ByteScan.mark(0x22, 0x5C, 0x5C, in: b, from: &i) { i = mark }
      }
    }
    _ = fail(.incomplete, at: count)
    return nil
  }

  @inline(__always) private func hexValue(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x30...0x39: byte &- 0x30
    case 0x61...0x66: byte &- 0x57
    case 0x41...0x46: byte &- 0x37
    default: 255
    }
  }

  /// Reads a key and its colon.
  @inline(__always) mutating func key(_ b: Span<UInt8>) -> JSONStringSlice? {
    let start = position &+ 1
    // The usual key: plain, and its colon right behind it.
    if start < b.count, b[position] == 0x22, let quote = Self.plainEnd(b, start), quote &+ 1 < b.count,
      b[quote &+ 1] == 0x3A
    {
      position = quote &+ 2
      return JSONStringSlice(start: start, end: quote, isEscaped: false)
    }
    return keySlow(b)
  }

  @inline(never) private mutating func keySlow(_ b: Span<UInt8>) -> JSONStringSlice? {
    guard let text = string(b), take(0x3A, b) else { return nil }
    if text.isEscaped { sawEscapedKey = true }
    return text
  }

  /// Steps to the next key of an object, after `{` (then `isFirst` is true) or a value; nil at the object's end, or on a
  /// failure.
  @inline(__always) mutating func nextKey(_ b: Span<UInt8>, _ isFirst: inout Bool) -> JSONStringSlice? {
    guard let byte = peek(b) else { return nil }
    if byte == 0x7D {
      position &+= 1
      return nil
    }
    if isFirst {
      isFirst = false
      return key(b)
    }
    guard byte == 0x2C else {
      _ = fail(.syntax, at: position)
      return nil
    }
    position &+= 1
    return key(b)
  }

  /// Steps to the next element of an array: after `[` or a value.
  @inline(__always) mutating func nextElement(_ b: Span<UInt8>, _ isFirst: inout Bool) -> Bool {
    guard let byte = peek(b) else { return false }
    if byte == 0x5D {
      position &+= 1
      return false
    }
    if isFirst {
      isFirst = false
      return true
    }
    guard byte == 0x2C else { return fail(.syntax, at: position) }
    position &+= 1
    // A comma must be followed by a value: `skipValue` and its like refuse a bracket.
    return true
  }

  /// Reads a number and returns where it lies.
  mutating func number(_ b: Span<UInt8>) -> JSONStringSlice? {
    let start = position
    var i = start
    let count = b.count
    if i < count, b[i] == 0x2D { i &+= 1 }
    guard i < count else {
      _ = fail(.incomplete, at: count)
      return nil
    }
    if b[i] == 0x30 {
      i &+= 1
    } else if b[i] >= 0x31, b[i] <= 0x39 {
      repeat { i &+= 1 } while i < count && b[i] &- 0x30 <= 9
    } else {
      _ = fail(.syntax, at: i)
      return nil
    }
    if i < count, b[i] == 0x2E {
      i &+= 1
      let first = i
      while i < count, b[i] &- 0x30 <= 9 { i &+= 1 }
      if i == first {
        _ = fail(i == count ? .incomplete : .syntax, at: i)
        return nil
      }
    }
    if i < count, b[i] | 0x20 == 0x65 {
      i &+= 1
      if i < count, b[i] == 0x2B || b[i] == 0x2D { i &+= 1 }
      let first = i
      while i < count, b[i] &- 0x30 <= 9 { i &+= 1 }
      if i == first {
        _ = fail(i == count ? .incomplete : .syntax, at: i)
        return nil
      }
    }
    if i == count, !isFinal {
      _ = fail(.incomplete, at: i)
      return nil
    }
    position = i
    return JSONStringSlice(start: start, end: i, isEscaped: false)
  }

  /// Takes `true`, `false` or `null`.
  mutating func literal(_ b: Span<UInt8>) -> Bool {
    switch b[position] {
    case 0x74: literal("true", b)
    case 0x66: literal("false", b)
    case 0x6E: literal("null", b)
    default: fail(.syntax, at: position)
    }
  }

  private mutating func literal(_ text: StaticString, _ b: Span<UInt8>) -> Bool {
    if Self.matches(b, position, text) {
      position += text.utf8CodeUnitCount
      return true
    }
    // `tru` at the end of the bytes may go on.
    let left = b.count - position
    if left < text.utf8CodeUnitCount {
      var k = 0
      while k < left, unsafe b[position + k] == text.utf8Start[k] { k += 1 }
      if k == left { return fail(.incomplete, at: b.count) }
    }
    return fail(.syntax, at: position)
  }

  /// Whether a literal text stands at a place; nothing stands before the first byte and behind the last one.
  @inline(__always) static func matches(_ b: Span<UInt8>, _ at: Int, _ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard at >= 0, at &+ count <= b.count else { return false }
    let text = unsafe UnsafeRawPointer(literal.utf8Start)
    var k = 0
    while k &+ 8 <= count {
      if unsafe load8(b, at &+ k) != text.loadUnaligned(fromByteOffset: k, as: UInt64.self).littleEndian {
        return false
      }
      k &+= 8
    }
    while k < count {
      if unsafe b[at &+ k] != text.load(fromByteOffset: k, as: UInt8.self) { return false }
      k &+= 1
    }
    return true
  }

  /// Whether an unescaped text is a literal.
  @inline(__always) static func equals(_ b: Span<UInt8>, _ text: JSONStringSlice, _ literal: StaticString) -> Bool {
    text.count == literal.utf8CodeUnitCount && matches(b, text.start, literal)
  }
}
