/// The 512-byte header before each member of a tar (POSIX.1-1988 ustar, GNU, and the older v7 without a signature).
enum TarHeader {
  static let size = 512

  /// Whether a block is a header: its checksum, over signed or unsigned bytes, is right.
  static func isHeader(_ block: ArraySlice<UInt8>) -> Bool {
    guard block.count >= size, let claimed = checksum(block) else { return false }
    let first = block.startIndex
    var unsigned = 0
    var signed = 0
    for (index, byte) in block.prefix(size).enumerated() {
      let value: UInt8 = (148..<156).contains(index) ? 0x20 : byte
      unsigned += Int(value)
      signed += Int(Int8(bitPattern: value))
    }
    return (claimed == unsigned || claimed == signed) && block[first...].prefix(size).contains { $0 != 0 }
  }

  /// Whether the signature of ustar or GNU tar stands where it belongs.
  static func hasMagic(_ block: ArraySlice<UInt8>) -> Bool {
    block.dropFirst(257).starts(with: Array("ustar".utf8))
  }

  /// Whether a block without a right checksum is a damaged header all the same: the signature is there, or every
  /// number field holds nothing but octal digits and padding.
  static func isDamagedHeader(_ block: ArraySlice<UInt8>) -> Bool {
    if hasMagic(block) { return true }
    guard block.count >= size, block.first != 0 else { return false }
    let numbers = [(100, 8), (108, 8), (116, 8), (124, 12), (136, 12), (148, 8)]
    return numbers.allSatisfy { start, length in
      let field = block.dropFirst(start).prefix(length)
      return field.allSatisfy { (0x30...0x37).contains($0) || $0 == 0x20 || $0 == 0 }
        && field.contains { (0x30...0x37).contains($0) }
    }
  }

  /// The checksum field: octal digits, padded with spaces or zeros.
  private static func checksum(_ block: ArraySlice<UInt8>) -> Int? {
    var value: Int?
    for byte in block.dropFirst(148).prefix(8) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "7"): value = (value ?? 0) * 8 + Int(byte - UInt8(ascii: "0"))
      case 0x20 where value == nil: continue
      case 0x20, 0: return value
      default: return nil
      }
    }
    return value
  }
}
