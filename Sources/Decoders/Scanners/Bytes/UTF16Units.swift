// UTF-16 as UTF-8, chunk by chunk.

/// Puts code units together out of bytes, and characters out of code units (Unicode 16, "UTF-16 encoding form"); either may be
/// torn between two chunks.
struct UTF16Units {
  let bigEndian: Bool
  /// What stands for a surrogate without its other half, and for half a code unit at the end.
  let torn: [UInt8]
  /// A byte of a code unit that is still missing its other half.
  private var half: UInt8?
  /// A high surrogate whose low one is still to come.
  private var high: UInt32 = 0

  init(bigEndian: Bool, torn: [UInt8]) {
    self.bigEndian = bigEndian
    self.torn = torn
  }

  mutating func decode(_ bytes: Span<UInt8>, into out: inout [UInt8]) {
    for i in bytes.indices {
      guard let first = half else {
        half = bytes[i]
        continue
      }
      half = nil
      let unit = bigEndian ? UInt32(first) << 8 | UInt32(bytes[i]) : UInt32(bytes[i]) << 8 | UInt32(first)
      if high != 0 {
        let lead = high
        high = 0
        if unit & 0xFC00 == 0xDC00 {
          UTF8Check.append(0x10000 + (lead & 0x3FF) << 10 + unit & 0x3FF, to: &out)
          continue
        }
        out += torn
      }
      switch unit & 0xFC00 {
      case 0xD800: high = unit
      case 0xDC00: out += torn
      default: if unit < 0x80 { out.append(UInt8(unit)) } else { UTF8Check.append(unit, to: &out) }
      }
    }
  }

  /// The last bytes.
  mutating func finish(into out: inout [UInt8]) {
    if half != nil || high != 0 { out += torn }
    half = nil
    high = 0
  }
}
