internal import Support
// Turns escaped JSON text into UTF-8.

enum JSONEscapes {
  /// Appends the text that an escaped string stands for. The scanner has checked its escapes already.
  ///
  /// - Returns: how many lone surrogates became U+FFFD.
  static func append(_ b: Span<UInt8>, _ text: JSONStringSlice, to out: inout [UInt8]) -> Int {
    guard text.isEscaped else {
      out.append(copying: b.extracting(text.start..<text.end))
      return 0
    }
    var lone = 0
    var i = text.start
    while i < text.end {
      var run = i
      while run < text.end, b[run] != 0x5C { run += 1 }
      if run > i { out.append(copying: b.extracting(i..<run)) }
      i = run
      guard i + 1 < text.end else { break }
      let escape = b[i + 1]
      i += 2
      switch escape {
      case 0x62: out.append(0x08)
      case 0x66: out.append(0x0C)
      case 0x6E: out.append(0x0A)
      case 0x72: out.append(0x0D)
      case 0x74: out.append(0x09)
      case 0x75:
        var scalar = unit(b, i, text.end)
        i = min(i + 4, text.end)
        if scalar & 0xF800 == 0xD800 {
          let isPair =
            scalar & 0xFC00 == 0xD800 && i + 6 <= text.end && b[i] == 0x5C && b[i + 1] == 0x75
            && unit(b, i + 2, text.end) & 0xFC00 == 0xDC00
          if isPair {
            scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(b, i + 2, text.end) & 0x3FF
            i += 6
          } else {
            scalar = 0xFFFD
            lone += 1
          }
        }
        UTF8Check.append(scalar, to: &out)
      default: out.append(escape)
      }
    }
    return lone
  }

  /// A copy of JSON bytes in which no printable ASCII character is escaped, so that keys can be compared byte by byte.
  static func simplified(_ b: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range.count)
    var i = range.lowerBound
    while i < range.upperBound {
      var run = i
      while run < range.upperBound, b[run] != 0x5C { run += 1 }
      out.append(copying: b.extracting(i..<run))
      i = run
      guard i + 1 < range.upperBound else { break }
      if b[i + 1] == 0x2F {
        out.append(0x2F)
        i += 2
      } else if b[i + 1] == 0x75, i + 6 <= range.upperBound {
        let scalar = unit(b, i + 2, i + 6)
        if (0x20..<0x7F).contains(scalar), scalar != 0x22, scalar != 0x5C {
          out.append(UInt8(truncatingIfNeeded: scalar))
        } else {
          out.append(copying: b.extracting(i..<i + 6))
        }
        i += 6
      } else {
        out.append(copying: b.extracting(i..<i + 2))
        i += 2
      }
    }
    return out
  }

  private static func unit(_ b: Span<UInt8>, _ i: Int, _ end: Int) -> UInt32 {
    var value: UInt32 = 0
    for k in i..<min(i + 4, end) {
      let byte = b[k]
      let digit = byte &- 0x30 <= 9 ? byte &- 0x30 : (byte | 0x20) &- 0x57
      value = value << 4 | UInt32(digit & 15)
    }
    return value
  }
}
