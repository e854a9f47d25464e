// Plain texts and numbers, as nearly all are: found sixteen and read eight bytes at a time.

extension JSONScanner {
  /// Where a text's closing quote stands, nil where anything but plain ASCII stands before it.
  @inline(__always) static func plainEnd(_ b: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    if let mark = ByteScan.mark(0x22, 0x5C, 0x5C, in: b, from: &i) { return b[mark] == 0x22 ? mark : nil }
    while i &+ 8 <= b.count {
      let found = stops(load8(b, i))
      if found != 0 {
        i &+= found.trailingZeroBitCount &>> 3
        return b[i] == 0x22 ? i : nil
      }
      i &+= 8
    }
    return nil
  }
}

/// Decimal digits, eight at a time.
enum DecimalDigits {
  /// The value of nineteen digits with a quote behind them; nil where they are something else or fit no `Int64`.
  @inline(__always) static func quotedNineteen(_ b: Span<UInt8>, _ at: Int) -> Int64? {
    guard at &+ 19 < b.count, b[at &+ 19] == 0x22, b[at] < 0x39,
      let first = eight(JSONScanner.load8(b, at)), let second = eight(JSONScanner.load8(b, at &+ 8))
    else { return nil }
    let (x, y, z) = (b[at &+ 16] &- 0x30, b[at &+ 17] &- 0x30, b[at &+ 18] &- 0x30)
    guard x <= 9, y <= 9, z <= 9 else { return nil }
    let last = UInt64(x) &* 100 &+ UInt64(y) &* 10 &+ UInt64(z)
    // Below 9 × 10^18.
    return Int64(truncatingIfNeeded: (first &* 100_000_000 &+ second) &* 1000 &+ last)
  }

  /// The value of eight digits in one little-endian word.
  @inline(__always) static func eight(_ word: UInt64) -> UInt64? {
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    guard word & high | ((word &+ 0x0606_0606_0606_0606) & high) &>> 4 == 0x3333_3333_3333_3333 else { return nil }
    // Pairs, fours, eight: each step joins neighbours.
    var value = word & 0x0F0F_0F0F_0F0F_0F0F
    value = value &* 10 &+ value &>> 8
    value = ((value & 0x00FF_00FF_00FF_00FF) &* 0x0064_0001) &>> 16
    value = ((value & 0x0000_FFFF_0000_FFFF) &* 0x2710_0000_0001) &>> 32
    return value
  }

  /// The place behind a whole number of JSON that a byte follows; nil where it is none.
  @inline(__always) static func plainNumber(_ b: Span<UInt8>, _ at: Int, before byte: UInt8) -> Int? {
    var i = at
    while i < b.count, b[i] &- 0x30 <= 9 { i &+= 1 }
    guard i > at, i < b.count, b[i] == byte, b[at] != 0x30 || i == at &+ 1 else { return nil }
    return i
  }
}
