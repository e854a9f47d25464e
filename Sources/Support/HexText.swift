// Hexadecimal digits: read one by one, written sixteen at a time.

/// The value of a hex digit of either case, or 255.
@inlinable package func hexDigit(_ byte: UInt8) -> UInt8 {
  switch byte {
  case 0x30...0x39: byte &- 0x30
  case 0x61...0x66: byte &- 0x57
  case 0x41...0x46: byte &- 0x37
  default: 255
  }
}

/// Where the digits of an id begin: behind `0x`, as OpenTelemetry's SDK for Python prints ids, or at once.
@inlinable package func hexStart(_ id: Span<UInt8>) -> Int {
  id.count > 2 && id[0] == 0x30 && id[1] | 0x20 == 0x78 ? 2 : 0
}

/// Sixteen lower-case hex digits.
package func hexText(_ value: UInt64) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: 16 - text.utf8.count) + text
}
