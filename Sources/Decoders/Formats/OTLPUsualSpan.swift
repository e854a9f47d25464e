// A span's members as exporters write them: their bytes are compared instead of parsed.

internal import Core

/// Verified speculation: protojson writes a span's members in the order of their field numbers and without white space.
///
/// What stands there as usual is taken; before the first byte that differs the general reader goes on, between two
/// members. Both read the same values from the same bytes.
extension OTLPSpans {
  /// Takes the members at the head of a span, as far as they are as usual.
  ///
  /// - Parameters:
  ///   - b: the bytes.
  ///   - reader: stands before the span's brace; behind a member afterwards.
  ///   - draft: gets what is read.
  ///   - start: nanoseconds since the epoch.
  ///   - end: nanoseconds since the epoch.
  ///   - texts: the reader of texts.
  ///   - symbols: the table of the texts.
  /// - Returns: false where not even the identities are as usual; then nothing was taken.
  @inline(__always) static func usualHead(
    _ b: Span<UInt8>, _ reader: inout JSONReader, _ draft: inout SpanDraft, _ start: inout Int64?, _ end: inout Int64?,
    _ texts: inout JSONTexts, _ symbols: inout SymbolTable
  ) -> Bool {
    var p = reader.position
    // Both identities lie within 73 bytes.
    guard p &+ 73 <= b.count, JSONReader.matches(b, p, "{\"traceId\":\""),
      let high = HexDigits.sixteen(b, p &+ 12), let low = HexDigits.sixteen(b, p &+ 28),
      JSONReader.matches(b, p &+ 44, "\",\"spanId\":\""), let span = HexDigits.sixteen(b, p &+ 56), b[p &+ 72] == 0x22
    else { return false }
    draft.span.trace = RequestID(high: high, low: low)
    draft.span.span = span
    p &+= 73
    if JSONReader.matches(b, p, ",\"parentSpanId\":\"") {
      if p &+ 34 <= b.count, b[p &+ 33] == 0x22, let parent = HexDigits.sixteen(b, p &+ 17) {
        draft.span.parent = parent
        p &+= 34
      } else if p &+ 17 < b.count, b[p &+ 17] == 0x22 {
        draft.span.parent = 0
        p &+= 18
      }
    }
    if JSONReader.matches(b, p, ",\"flags\":"), let behind = DecimalDigits.plainNumber(b, p &+ 9, before: 0x2C) {
      p = behind
    }
    if JSONReader.matches(b, p, ",\"name\":\""), let quote = JSONReader.plainEnd(b, p &+ 9) {
      draft.span.operation = texts.symbol(b, JSONText(start: p &+ 9, end: quote, isEscaped: false), &symbols)
      p = quote &+ 1
    }
    if JSONReader.matches(b, p, ",\"kind\":"), p &+ 9 < b.count, b[p &+ 9] == 0x2C,
      let kind = SpanKind(rawValue: b[p &+ 8] &- 0x30)
    {
      draft.span.kind = kind
      p &+= 9
    }
    if JSONReader.matches(b, p, ",\"startTimeUnixNano\":\""), let time = DecimalDigits.quotedNineteen(b, p &+ 22) {
      start = time
      p &+= 42
    }
    if JSONReader.matches(b, p, ",\"endTimeUnixNano\":\""), let time = DecimalDigits.quotedNineteen(b, p &+ 20) {
      end = time
      p &+= 40
    }
    reader.position = p
    return true
  }
}

extension JSONReader {
  /// Where a text's closing quote stands, nil where anything but plain ASCII stands before it.
  @inline(__always) static func plainEnd(_ b: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
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
      let first = eight(JSONReader.load8(b, at)), let second = eight(JSONReader.load8(b, at &+ 8))
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
