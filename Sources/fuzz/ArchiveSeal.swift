// Header checksums put right after a mutation: behind a wrong one a parser stops before anything of interest.

enum ArchiveSeal {
  /// The bytes with right checksums in every tar header and in the two headers of a 7z archive.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var sealed = bytes
    sealTar(&sealed)
    sealSevenZip(&sealed)
    return sealed
  }

  private static func sealTar(_ bytes: inout [UInt8]) {
    let magic = Array("ustar".utf8)
    for block in stride(from: 0, through: bytes.count - 512, by: 512)
    where bytes[block + 257..<block + 262].elementsEqual(magic) {
      for i in block + 148..<block + 156 { bytes[i] = 0x20 }
      let sum = bytes[block..<block + 512].reduce(0) { $0 + Int($1) }
      for digit in 0..<6 { bytes[block + 153 - digit] = 0x30 + UInt8(sum >> (3 * digit) & 7) }
      bytes[block + 154] = 0
    }
  }

  private static func sealSevenZip(_ bytes: inout [UInt8]) {
    guard bytes.count >= 32, bytes.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) else { return }
    // Offset and size of the header, from the end of the start header.
    let offset = number(bytes[12..<20])
    let size = number(bytes[20..<28])
    if offset <= UInt64(bytes.count - 32), size <= UInt64(bytes.count - 32) - offset {
      let start = 32 + Int(offset)
      put(crc32(bytes[start..<start + Int(size)]), at: 28, in: &bytes)
    }
    put(crc32(bytes[12..<32]), at: 8, in: &bytes)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func put(_ value: UInt32, at offset: Int, in bytes: inout [UInt8]) {
    for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(i))) }
  }

  /// CRC-32 of ISO-HDLC, as zip, gzip and 7z use it.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
