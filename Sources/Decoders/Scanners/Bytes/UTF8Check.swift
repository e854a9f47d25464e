// Whether bytes are well-formed UTF-8 (Unicode 16, table 3-7), one sequence at a time.

enum UTF8Check {
  /// The length of the well-formed sequence that starts here, 0 where there is none.
  static func sequenceLength(_ bytes: Span<UInt8>, _ i: Int) -> Int {
    let left = bytes.count - i
    guard left > 0 else { return 0 }
    let lead = bytes[i]
    if lead < 0x80 { return 1 }
    guard lead >= 0xC2, lead <= 0xF4, left >= 2 else { return 0 }
    let second = bytes[i + 1]
    if lead < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    let low: UInt8
    let high: UInt8
    switch lead {
    case 0xE0: (low, high) = (0xA0, 0xBF)
    case 0xED: (low, high) = (0x80, 0x9F)
    case 0xF0: (low, high) = (0x90, 0xBF)
    case 0xF4: (low, high) = (0x80, 0x8F)
    default: (low, high) = (0x80, 0xBF)
    }
    guard second >= low, second <= high, left >= 3, bytes[i + 2] & 0xC0 == 0x80 else { return 0 }
    if lead < 0xF0 { return 3 }
    return left >= 4 && bytes[i + 3] & 0xC0 == 0x80 ? 4 : 0
  }

  /// Appends a scalar as UTF-8; a value that is no scalar becomes U+FFFD.
  static func append(_ scalar: UInt32, to out: inout [UInt8]) {
    guard let valid = Unicode.Scalar(scalar) else {
      out += [0xEF, 0xBF, 0xBD]
      return
    }
    UTF8.encode(valid).map { out += $0 }
  }
}
