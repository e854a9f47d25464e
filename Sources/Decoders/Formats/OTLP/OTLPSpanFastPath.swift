// A span's members as exporters write them: their bytes are compared instead of parsed.

internal import Model
internal import Support

/// Verified speculation: protojson writes a span's members in the order in which they are declared, and without white space. A
/// `traceState` is rare: the general reader takes over there.
///
/// What stands there as usual is taken; before the first byte that differs the general reader goes on, between two
/// members. Both read the same values from the same bytes.
extension SpanBuilder {
  /// Takes the members at the head of a span, as far as they are as usual.
  ///
  /// - Parameters:
  ///   - b: the bytes.
  ///   - reader: stands before the span's brace; behind a member afterwards.
  ///   - texts: the reader of texts.
  /// - Returns: false where not even the identities are as usual; then nothing was taken.
  @inline(__always) mutating func takeOTLPHead(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    var p = reader.position
    // Both identities lie within 73 bytes.
    guard p &+ 73 <= b.count, JSONScanner.matches(b, p, "{\"traceId\":\""),
      let high = HexDigits.sixteen(b, p &+ 12), let low = HexDigits.sixteen(b, p &+ 28),
      JSONScanner.matches(b, p &+ 44, "\",\"spanId\":\""), let span = HexDigits.sixteen(b, p &+ 56), b[p &+ 72] == 0x22
    else { return false }
    self.span.trace = RequestID(high: high, low: low)
    self.span.span = span
    p &+= 73
    if JSONScanner.matches(b, p, ",\"parentSpanId\":\"") {
      if p &+ 34 <= b.count, b[p &+ 33] == 0x22, let parent = HexDigits.sixteen(b, p &+ 17) {
        self.span.parent = parent
        p &+= 34
      } else if p &+ 17 < b.count, b[p &+ 17] == 0x22 {
        self.span.parent = 0
        p &+= 18
      }
    }
    if JSONScanner.matches(b, p, ",\"flags\":"), let behind = DecimalDigits.plainNumber(b, p &+ 9, before: 0x2C) {
      p = behind
    }
    if JSONScanner.matches(b, p, ",\"name\":\""), let quote = JSONScanner.plainEnd(b, p &+ 9) {
      self.span.operation = texts.symbol(b, JSONStringSlice(start: p &+ 9, end: quote, isEscaped: false))
      p = quote &+ 1
    }
    if JSONScanner.matches(b, p, ",\"kind\":"), p &+ 9 < b.count, b[p &+ 9] == 0x2C,
      let kind = SpanKind(rawValue: b[p &+ 8] &- 0x30)
    {
      self.span.kind = kind
      p &+= 9
    }
    if JSONScanner.matches(b, p, ",\"startTimeUnixNano\":\""), let time = DecimalDigits.quotedNineteen(b, p &+ 22) {
      start = time
      p &+= 42
    }
    if JSONScanner.matches(b, p, ",\"endTimeUnixNano\":\""), let time = DecimalDigits.quotedNineteen(b, p &+ 20) {
      end = time
      p &+= 40
    }
    reader.position = p
    return true
  }
}
