internal import Support
// The text encoding of an XML file, and its way to UTF-8.

/// An encoding that is read: others are taken for UTF-8, and the reader is told.
enum XMLEncoding: Equatable {
  case utf8
  case utf16(bigEndian: Bool)
  case latin1
  case latin9
  case windows1252

  /// What the first bytes of a file say: a byte order mark, the zeros of UTF-16, else the declaration.
  static func detect(_ head: Span<UInt8>) -> (encoding: XMLEncoding, markLength: Int, problem: XMLProblem?) {
    if head.count >= 3, head[0] == 0xEF, head[1] == 0xBB, head[2] == 0xBF { return (.utf8, 3, nil) }
    if head.count >= 2 {
      if head[0] == 0xFF, head[1] == 0xFE { return (.utf16(bigEndian: false), 2, nil) }
      if head[0] == 0xFE, head[1] == 0xFF { return (.utf16(bigEndian: true), 2, nil) }
    }
    if head.count >= 4 {
      if head[0] != 0, head[1] == 0, head[2] != 0, head[3] == 0 { return (.utf16(bigEndian: false), 0, nil) }
      if head[0] == 0, head[1] != 0, head[2] == 0, head[3] != 0 { return (.utf16(bigEndian: true), 0, nil) }
    }
    guard let name = declared(head) else { return (.utf8, 0, nil) }
    switch name {
    case "utf-8", "utf8", "us-ascii", "ascii": return (.utf8, 0, nil)
    case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1": return (.latin1, 0, nil)
    case "iso-8859-15", "iso8859-15", "iso_8859-15", "latin-9", "latin9": return (.latin9, 0, nil)
    case "windows-1252", "cp1252", "cp-1252": return (.windows1252, 0, nil)
    case "utf-16", "utf16", "utf-16le", "utf-16be", "ucs-2", "iso-10646-ucs-2": return (.utf8, 0, .otherEncoding)
    default: return (.utf8, 0, .unknownEncoding)
    }
  }

  /// The encoding that the XML declaration names, in lower case.
  private static func declared(_ head: Span<UInt8>) -> String? {
    var start = 0
    while start < head.count, Sniffer.isSpace(head[start]) { start += 1 }
    guard XMLText.matches("<?xml", head, start) else { return nil }
    var i = start + 5
    let stop = min(head.count, start + 256)
    while i < stop, head[i] != 0x3E {
      if XMLText.matches("encoding", head, i) {
        i += 8
        while i < stop, Sniffer.isSpace(head[i]) || head[i] == 0x3D { i += 1 }
        guard i < stop, head[i] == 0x22 || head[i] == 0x27 else { return nil }
        let quote = head[i]
        var name: [UInt8] = []
        i += 1
        while i < stop, head[i] != quote, name.count < 40 {
          name.append(head[i] >= 0x41 && head[i] <= 0x5A ? head[i] | 0x20 : head[i])
          i += 1
        }
        return String(decoding: name, as: UTF8.self)
      }
      i += 1
    }
    return nil
  }
}

/// Turns the bytes of one encoding into UTF-8, chunk by chunk.
struct XMLTranscoder {
  let encoding: XMLEncoding
  /// A torn character becomes one that is no text, so that the scanner reports it.
  private var units: UTF16Units

  init(_ encoding: XMLEncoding) {
    self.encoding = encoding
    units = UTF16Units(bigEndian: encoding == .utf16(bigEndian: true), torn: [0xFF])
  }

  mutating func decode(_ bytes: Span<UInt8>, into out: inout [UInt8]) {
    out.reserveCapacity(out.count + bytes.count * 2)
    switch encoding {
    case .utf8: out.append(copying: bytes)
    case .utf16: units.decode(bytes, into: &out)
    case .latin1: decode(bytes, { UInt32($0) }, into: &out)
    case .latin9: decode(bytes, Self.latin9, into: &out)
    case .windows1252: decode(bytes, Self.windows1252, into: &out)
    }
  }

  mutating func finish(into out: inout [UInt8]) { units.finish(into: &out) }

  private func decode(_ bytes: Span<UInt8>, _ scalar: (UInt8) -> UInt32, into out: inout [UInt8]) {
    for i in bytes.indices {
      if bytes[i] < 0x80 { out.append(bytes[i]) } else { UTF8Check.append(scalar(bytes[i]), to: &out) }
    }
  }

  private static func latin9(_ byte: UInt8) -> UInt32 {
    switch byte {
    case 0xA4: 0x20AC
    case 0xA6: 0x160
    case 0xA8: 0x161
    case 0xB4: 0x17D
    case 0xB8: 0x17E
    case 0xBC: 0x152
    case 0xBD: 0x153
    case 0xBE: 0x178
    default: UInt32(byte)
    }
  }

  private static func windows1252(_ byte: UInt8) -> UInt32 {
    guard byte >= 0x80, byte < 0xA0 else { return UInt32(byte) }
    let upper: [UInt32] = [
      0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
      0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
      0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
    return upper[Int(byte) - 0x80]
  }
}
