// The columns that most lines of Java, .NET and Python have, told by their letters alone.

internal import Support

/// Each element of a header is asked for some thirty forms of levels, names and places. A logger's name and a thread of a pool are none
/// of them by what they are made of, and nearly every line of an application has both: they are told apart first.
extension HeaderName {
  /// The word that begins at `start` if it is a dotted name with a blank behind it: `com.acme.shop.PoolService`. Its last part ends with a
  /// letter and is longer than the extension of a source file, which may be a place.
  static func logger(_ line: Span<UInt8>, _ start: Int) -> HeaderElement? {
    var i = start
    var dot = start
    while i < line.count {
      let byte = line[i]
      if byte == 0x2E {
        dot = i
      } else if (byte | 0x20) &- 0x61 >= 26, byte &- 0x30 > 9, byte != 0x5F, byte != 0x24 {
        break
      }
      i &+= 1
    }
    guard dot > start, i &- dot > 5, i < line.count, line[i] == 0x20, (line[i &- 1] | 0x20) &- 0x61 < 26 else {
      return nil
    }
    return HeaderElement(kind: .word, content: start..<i, end: i, isLogger: true)
  }

  /// Whether a bracket holds letters, digits and dashes, a small letter first and a digit last: `[http-nio-8080-exec-14]`.
  static func isPoolThread(_ line: Span<UInt8>, _ content: Range<Int>) -> Bool {
    guard content.count > 4, line[content.lowerBound] &- 0x61 < 26, line[content.upperBound &- 1] &- 0x30 <= 9 else {
      return false
    }
    var dashes = 0
    for i in content {
      let byte = line[i]
      if byte == 0x2D {
        dashes &+= 1
      } else if (byte | 0x20) &- 0x61 >= 26, byte &- 0x30 > 9 {
        return false
      }
    }
    return dashes > 0
  }
}
