// Texts of JSON, written.

internal import Support

enum JSONQuote {
  private static let hexDigits = Array("0123456789abcdef".utf8)

  /// Appends a text between quotes, with no more escapes than JSON needs (RFC 8259 §7).
  static func append(_ text: Span<UInt8>, to out: inout [UInt8]) {
    out.append(0x22)
    for i in text.indices {
      switch text[i] {
      case 0x22, 0x5C: out += [0x5C, text[i]]
      case 0x0A: out += [0x5C, 0x6E]
      case 0x09: out += [0x5C, 0x74]
      case 0..<0x20:
        out += [0x5C, 0x75, 0x30, 0x30, hexDigits[Int(text[i] >> 4)], hexDigits[Int(text[i] & 15)]]
      default: out.append(text[i])
      }
    }
    out.append(0x22)
  }

  /// Appends what is JSON already.
  static func appendPlain(_ json: StaticString, to out: inout [UInt8]) {
    for i in 0..<json.utf8CodeUnitCount { out.append(unsafe json.utf8Start[i]) }
  }
}
