internal import Support
// Element and attribute names as texts, made once each as far as a small table goes.

struct XMLNames {
  /// A name of up to sixteen bytes: two words and the length say all of it.
  private struct Slot {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var count = 0
    var text = ""
  }

  /// Bits of a slot's number: a report has some thirty names.
  private static let slotBits = 6
  /// Made with the first name: most documents are libxml2's.
  private var slots: [Slot] = []
  /// The same by what an element is called with its prefix.
  private var locals: [Slot] = []
  /// Bytes that are kept of a name.
  private static let longest = 256

  /// The text of a name without its prefix; of a very long one, its beginning.
  mutating func local(_ bytes: Span<UInt8>) -> String {
    guard let key = Self.key(bytes) else { return Self.made(bytes, from: Self.prefixEnd(bytes)) }
    if locals.isEmpty { locals = [Slot](repeating: Slot(), count: 1 << Self.slotBits) }
    let slot = Self.slot(of: key)
    if locals[slot].first == key.first, locals[slot].last == key.last, locals[slot].count == bytes.count {
      return locals[slot].text
    }
    let text = Self.made(bytes, from: Self.prefixEnd(bytes))
    locals[slot] = Slot(first: key.first, last: key.last, count: bytes.count, text: text)
    return text
  }

  /// The text of a name, and a number that names of up to sixteen bytes share only where they may be equal; longer ones
  /// have -1.
  mutating func text(_ bytes: Span<UInt8>) -> (text: String, number: Int) {
    guard let key = Self.key(bytes) else { return (Self.made(bytes), -1) }
    if slots.isEmpty { slots = [Slot](repeating: Slot(), count: 1 << Self.slotBits) }
    let slot = Self.slot(of: key)
    if slots[slot].first != key.first || slots[slot].last != key.last || slots[slot].count != bytes.count {
      slots[slot] = Slot(first: key.first, last: key.last, count: bytes.count, text: Self.made(bytes))
    }
    return (slots[slot].text, slot)
  }

  /// The first eight and the last eight bytes, or four of each; nil where that does not cover the name.
  @inline(__always) private static func key(_ bytes: Span<UInt8>) -> (first: UInt64, last: UInt64)? {
    let count = bytes.count
    guard count > 0, count <= 16 else { return nil }
    let raw = unsafe bytes.bytes
    if count >= 8 {
      return unsafe (
        raw.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self),
        raw.unsafeLoadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      )
    }
    if count >= 4 {
      return unsafe (
        UInt64(raw.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self)),
        UInt64(raw.unsafeLoadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      )
    }
    return (UInt64(bytes[0]) | UInt64(bytes[count / 2]) << 8, UInt64(bytes[count - 1]))
  }

  @inline(__always) private static func slot(of key: (first: UInt64, last: UInt64)) -> Int {
    Int((key.first &* 0x9E37_79B9_7F4A_7C15 ^ key.last &* 0xBF58_476D_1CE4_E5B9) >> UInt64(64 - slotBits))
  }

  private static func prefixEnd(_ bytes: Span<UInt8>) -> Int {
    var start = 0
    for i in bytes.indices where bytes[i] == 0x3A { start = i + 1 }
    return start
  }

  private static func made(_ bytes: Span<UInt8>, from start: Int = 0) -> String {
    String(copying: bytes.extracting(start..<min(bytes.count, start + longest)))
  }
}
