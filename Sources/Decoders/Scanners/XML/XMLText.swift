// Byte-level reading of XML text: where a clean stretch ends, what a reference stands for, where a chunk may be cut.

internal import Support

enum XMLText {
  /// The first byte at or after `start` that is `&`, a control character that XML forbids, or the start of a character
  /// beyond ASCII.
  static func cleanEnd(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    unsafe window.withUnsafeBufferPointer { bytes in
      var i = start
      let raw = unsafe UnsafeRawPointer(bytes.baseAddress)
      while i < end {
        if let raw = unsafe raw, i &+ 8 <= end {
          let word = unsafe raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
          let high: UInt64 = 0x8080_8080_8080_8080
          let ones: UInt64 = 0x0101_0101_0101_0101
          let ampersand = word ^ 0x2626_2626_2626_2626
          let low = (word &- 0x2020_2020_2020_2020) & ~word
          if (word | low | ((ampersand &- ones) & ~ampersand)) & high == 0 {
            i &+= 8
            continue
          }
        }
        let stop = min(i &+ 8, end)
        while i < stop {
          let byte = unsafe bytes[i]
          if byte >= 0x80 || byte == 0x26 { return i }
          if byte < 0x20, byte != 0x0A, byte != 0x09, byte != 0x0D { return i }
          i &+= 1
        }
      }
      return end
    }
  }

  /// The first byte that XML forbids: a control character, what is no UTF-8, U+FFFE and U+FFFF.
  static func validEnd(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = start
    while true {
      i = cleanEnd(window, i, end)
      guard i < end else { return end }
      if window[i] == 0x26 {
        i += 1
        continue
      }
      let length = window[i] >= 0x80 ? UTF8Check.sequenceLength(window.extracting(0..<end), i) : 0
      guard length > 0 else { return i }
      if length == 3, window[i] == 0xEF, window[i + 1] == 0xBF, window[i + 2] >= 0xBE { return i }
      i += length
    }
  }

  /// The end of the stretch of an attribute value that stands for itself: printable ASCII without `&` and `<`.
  static func plainEnd(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    unsafe window.withUnsafeBufferPointer { bytes in
      var i = start
      let raw = unsafe UnsafeRawPointer(bytes.baseAddress)
      while let raw = unsafe raw, i &+ 8 <= end {
        let word = unsafe raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low = (word &- 0x2020_2020_2020_2020) & ~word
        let ampersand = word ^ 0x2626_2626_2626_2626
        let less = word ^ 0x3C3C_3C3C_3C3C_3C3C
        let special = word | low | ((ampersand &- ones) & ~ampersand) | ((less &- ones) & ~less)
        if special & 0x8080_8080_8080_8080 != 0 { break }
        i &+= 8
      }
      while i < end {
        let byte = unsafe bytes[i]
        if byte < 0x20 || byte >= 0x80 || byte == 0x26 || byte == 0x3C { break }
        i &+= 1
      }
      return i
    }
  }

  /// The quote that ends an attribute value, where nothing but printable ASCII without `&` and `<` stands before it; nil
  /// where anything else does, or within the last bytes of the window.
  @inline(__always) static func plainQuote(_ window: Span<UInt8>, _ start: Int, _ quote: UInt8) -> Int? {
    var rest = start
    guard let mark = ByteScan.mark(quote, 0x26, 0x3C, in: window, from: &rest) else { return nil }
    return window[mark] == quote ? mark : nil
  }

  /// The end of a forbidden control character: with an ANSI escape, the whole sequence.
  static func controlEnd(_ window: Span<UInt8>, _ i: Int, _ end: Int) -> Int {
    window[i] == 0x1B ? colourEnd(window, i + 1, end) : i + 1
  }

  /// Behind an escape character: the end of `[31m` and its like, or the same place where there is none.
  static func colourEnd(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    guard start < end, window[start] == 0x5B else { return start }
    var i = start + 1
    while i < end, i - start < 24 {
      let byte = window[i]
      if byte >= 0x40, byte <= 0x7E { return i + 1 }
      guard byte >= 0x20, byte <= 0x3F else { break }
      i += 1
    }
    return start
  }

  /// Where text that ends with the window may be cut so that no reference, character or escape sequence is torn.
  static func safeEnd(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = end - 1
    let first = max(start, end - 48)
    while i >= first {
      let byte = window[i]
      if byte == 0x3B { break }
      if byte == 0x26 || byte == 0x1B { return i }
      i -= 1
    }
    return wholeEnd(window, start, end)
  }

  /// Where text that ends with the window may be cut so that no character is torn.
  static func wholeEnd(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var i = end - 1
    while i >= max(start, end - 4) {
      let byte = window[i]
      if byte < 0x80 { return end }
      if byte >= 0xC0 {
        let wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        return end - i < wanted ? i : end
      }
      i -= 1
    }
    return end
  }

  enum Reference: Equatable {
    case scalar(UInt32)
    /// A character that XML does not allow.
    case forbidden
    /// A name that is not one of the five of XML.
    case undefined
    /// A bare ampersand.
    case none
  }

  /// Reads the reference that starts with the `&` at `i`.
  static func reference(_ window: Span<UInt8>, _ i: Int, _ end: Int) -> (value: Reference, end: Int) {
    var stop = i + 1
    let last = min(end, i + 40)
    while stop < last, window[stop] != 0x3B, isName(window[stop]) || window[stop] == 0x23 { stop += 1 }
    guard stop < last, window[stop] == 0x3B, stop > i + 1 else { return (.none, i + 1) }
    let length = stop - i + 1
    if window[i + 1] == 0x23 { return number(window, i + 2, stop) }
    switch length {
    case 4:
      if matches("&lt;", window, i) { return (.scalar(0x3C), stop + 1) }
      if matches("&gt;", window, i) { return (.scalar(0x3E), stop + 1) }
    case 5: if matches("&amp;", window, i) { return (.scalar(0x26), stop + 1) }
    case 6:
      if matches("&quot;", window, i) { return (.scalar(0x22), stop + 1) }
      if matches("&apos;", window, i) { return (.scalar(0x27), stop + 1) }
    default: break
    }
    return (.undefined, stop + 1)
  }

  private static func number(_ window: Span<UInt8>, _ start: Int, _ stop: Int) -> (value: Reference, end: Int) {
    let isHex = start < stop && window[start] | 0x20 == 0x78
    var value: UInt32 = 0
    var i = isHex ? start + 1 : start
    guard i < stop else { return (.undefined, stop + 1) }
    while i < stop {
      let digit = UInt32(hexDigit(window[i]))
      guard digit < (isHex ? 16 : 10) else { return (.undefined, stop + 1) }
      value = min(value &* (isHex ? 16 : 10) &+ digit, 0x11_0000)
      i += 1
    }
    let isControl = value < 0x20 && value != 9 && value != 10 && value != 13
    if isControl || value == 0xFFFE || value == 0xFFFF || Unicode.Scalar(value) == nil {
      return (.forbidden, stop + 1)
    }
    return (.scalar(value), stop + 1)
  }

  /// Whether a byte may stand in a name; every byte beyond ASCII may.
  @inline(__always) static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x2E, 0x3A, 0x5F, 0x80...: true
    default: false
    }
  }

  static func matches(_ text: StaticString, _ window: Span<UInt8>, _ i: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard i + count <= window.count else { return false }
    for k in 0..<count where unsafe text.utf8Start[k] != window[i + k] { return false }
    return true
  }
}
