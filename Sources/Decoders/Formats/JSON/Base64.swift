// Identities in base64, as protobuf's own JSON mapping writes bytes.

internal import Model
internal import Support

enum Base64 {
  /// The identity of a request in hexadecimal or base64; not known where it is a text of another kind.
  static func request(_ b: Span<UInt8>) -> (id: RequestID, isKnown: Bool, isBase64: Bool) {
    let (id, isHex) = RequestID.parse(b)
    if isHex { return (id, true, false) }
    if let (high, low) = sixteen(b) { return (RequestID(high: high, low: low), true, true) }
    if let hex = hexText(b, digits: 32) { return (RequestID.parse(hex.span).id, true, true) }
    return (id, false, false)
  }

  /// The identity of a span.
  static func span(_ b: Span<UInt8>) -> (id: UInt64, isBase64: Bool) {
    if let value = eight(b) { return (value, true) }
    if let hex = hexText(b, digits: 16) { return (FieldText.spanID(hex.span), true) }
    return (FieldText.spanID(b), false)
  }

  /// Sixteen bytes out of their base64 form (24 characters with padding, 22 without).
  static func sixteen(_ b: Span<UInt8>) -> (UInt64, UInt64)? {
    guard b.count == 24 && b[22] == 0x3D && b[23] == 0x3D || b.count == 22 else { return nil }
    guard let bytes = decode(b.extracting(first: 22)), bytes.count == 16 else { return nil }
    return (value(bytes[0..<8]), value(bytes[8..<16]))
  }

  /// Eight bytes out of their base64 form (12 characters with padding, 11 without).
  static func eight(_ b: Span<UInt8>) -> UInt64? {
    guard b.count == 12 && b[11] == 0x3D || b.count == 11 else { return nil }
    guard let bytes = decode(b.extracting(first: 11)), bytes.count == 8 else { return nil }
    return value(bytes[...])
  }

  /// The hex digits that a text in base64 stands for: what an encoder makes of an identity that was a text already.
  static func hexText(_ b: Span<UInt8>, digits: Int) -> [UInt8]? {
    let length = (digits * 8 + 5) / 6
    guard b.count >= length, b.count <= length + 2, (length..<b.count).allSatisfy({ b[$0] == 0x3D }),
      let bytes = decode(b.extracting(first: length)), bytes.count == digits, bytes.allSatisfy({ hexDigit($0) < 16 })
    else { return nil }
    return bytes
  }

  private static func value(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

  private static func decode(_ b: Span<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for i in b.indices {
      let digit: UInt32
      switch b[i] {
      case 0x41...0x5A: digit = UInt32(b[i]) - 0x41
      case 0x61...0x7A: digit = UInt32(b[i]) - 0x61 + 26
      case 0x30...0x39: digit = UInt32(b[i]) - 0x30 + 52
      case 0x2B, 0x2D: digit = 62
      case 0x2F, 0x5F: digit = 63
      default: return nil
      }
      bits = bits << 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    // Encoders leave no bits behind the last byte; a text that has some is no base64.
    if bits & (1 << count &- 1) != 0 { return nil }
    return out
  }
}
