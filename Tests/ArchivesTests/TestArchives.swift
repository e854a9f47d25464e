/// Small archives of our own making: just enough of each format to hold the members of a test.
enum TestArchives {
  // MARK: Checksums and numbers

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  static func le(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func join(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined()) }

  static func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { $0 <= 57 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  // MARK: Tar

  /// A ustar header.
  static func tarHeader(_ name: String, size: Int, type: Character = "0", link: String = "") -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(octal(size, 11), at: 124)
    put("00000000000", at: 136)
    put("        ", at: 148)
    put(String(type), at: 156)
    put(link, at: 157)
    put("ustar\u{0}00", at: 257)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, 6) + "\u{0} ", at: 148)
    return block
  }

  static func tarMember(_ name: String, _ data: [UInt8]) -> [UInt8] {
    tarHeader(name, size: data.count) + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
  }

  static let tarEnd = [UInt8](repeating: 0, count: 1024)

  static func tar(_ members: [(String, [UInt8])]) -> [UInt8] {
    members.flatMap { tarMember($0.0, $0.1) } + tarEnd
  }

  // MARK: Filters

  /// Gzip of stored blocks.
  static func gzip(_ data: [UInt8]) -> [UInt8] {
    join([[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], stored(data), le(Int(crc32(data)), 4), le(data.count, 4)])
  }

  /// Raw deflate of stored blocks.
  static func stored(_ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var rest = data[...]
    repeat {
      let block = rest.prefix(60_000)
      rest = rest.dropFirst(block.count)
      out += [rest.isEmpty ? 1 : 0] + le(block.count, 2) + le(~block.count, 2) + block
    } while !rest.isEmpty
    return out
  }

  /// A zstd frame of raw blocks, or of one byte repeated, without a checksum.
  static func zstd(_ data: [UInt8], windowLog: Int = 20, zerosBehind: Int = 0) -> [UInt8] {
    var out: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, UInt8((windowLog - 10) << 3)]
    let zeroBlocks = zerosBehind >> 17
    out += le(data.count << 3 | (zeroBlocks == 0 ? 1 : 0), 3) + data
    for block in 0..<zeroBlocks { out += le(1 << 20 | 2 | (block == zeroBlocks - 1 ? 1 : 0), 3) + [0] }
    return out
  }

  // MARK: Zip

  struct ZipMember {
    var name: String
    var data: [UInt8]
    var packed: [UInt8]?
    var method = 0
    var flags = 0
    var checksum: UInt32?
    var size: Int?
    var mode = 0o100644
  }

  static func zipLocal(_ member: ZipMember) -> [UInt8] {
    let packed = member.packed ?? member.data
    let name = Array(member.name.utf8)
    return join([
      [0x50, 0x4B, 3, 4], le(20, 2), le(member.flags, 2), le(member.method, 2), le(0, 4),
      le(Int(member.checksum ?? crc32(member.data)), 4), le(packed.count, 4),
      le(member.size ?? member.data.count, 4), le(name.count, 2), le(0, 2), name, packed,
    ])
  }

  static func zipIndex(_ member: ZipMember, at offset: Int) -> [UInt8] {
    let name = Array(member.name.utf8)
    return join([
      [0x50, 0x4B, 1, 2], le(0x0314, 2), le(20, 2), le(member.flags, 2), le(member.method, 2), le(0, 4),
      le(Int(member.checksum ?? crc32(member.data)), 4), le((member.packed ?? member.data).count, 4),
      le(member.size ?? member.data.count, 4), le(name.count, 2), le(0, 8), le(member.mode << 16, 4),
      le(offset, 4), name,
    ])
  }

  static func zipEnd(entries: Int, size: Int, offset: Int, comment: [UInt8] = []) -> [UInt8] {
    join([
      [0x50, 0x4B, 5, 6], le(0, 4), le(entries, 2), le(entries, 2), le(size, 4), le(offset, 4),
      le(comment.count, 2), comment,
    ])
  }

  static func zip(_ members: [ZipMember], comment: [UInt8] = []) -> [UInt8] {
    var locals: [UInt8] = []
    var index: [UInt8] = []
    for member in members {
      index += zipIndex(member, at: locals.count)
      locals += zipLocal(member)
    }
    return locals + index + zipEnd(entries: members.count, size: index.count, offset: locals.count, comment: comment)
  }

  static func zip(_ members: [(String, [UInt8])]) -> [UInt8] {
    zip(members.map { ZipMember(name: $0.0, data: $0.1) })
  }

  // MARK: 7z

  /// A 7z of one member, stored as it is (Copy), or claimed to be LZMA2 with a dictionary.
  static func sevenZip(
    _ name: String, _ data: [UInt8], checksum: UInt32? = nil, lzma2: (property: UInt8, size: Int)? = nil
  )
    -> [UInt8]
  {
    var header: [UInt8] = [1, 4, 6, 0, 1, 9, UInt8(data.count), 0, 7, 11, 1, 0]
    if let lzma2 {
      header += join([[1, 0x21, 0x21, 1, lzma2.property, 12, 0xF0], le(lzma2.size, 4)])
    } else {
      header += [1, 1, 0, 12, UInt8(data.count)]
    }
    header += join([[10, 1], le(Int(checksum ?? crc32(data)), 4), [0, 8, 0, 0]])
    var names: [UInt8] = []
    for unit in name.utf16 { names += le(Int(unit), 2) }
    names += [0, 0]
    header += join([[5, 1, 17, UInt8(names.count + 1), 0], names, [0, 0]])
    let start = join([le(data.count, 8), le(header.count, 8), le(Int(crc32(header)), 4)])
    return join([hex("377abcaf271c0004"), le(Int(crc32(start)), 4), start, data, header])
  }

  // MARK: What real programs wrote: `hello, night` and a newline under each of them

  static let hello = Array("hello, night\n".utf8)
  static let gzipHello = hex("1f8b0800000000000203cb48cdc9c9d751c8cb4ccf28e1020080cfb1750d000000")
  static let bzip2Hello = hex(
    "425a6839314159265359d2dca58c000002d1800010400402e58400200022000f508069a6820cdad381b3c5dc914e142434b7296300")
  static let xzHello = hex(
    "fd377a585a000004e6d6b446020021010c0000008f98419c01000c68656c6c6f2c206e696768740a00000000b93e97ea1111bc510001"
      + "250d7119c4b61fb6f37d010000000004595a")
  static let lzmaHello = hex(
    "5d00000400ffffffffffffffff00341949db855cd1d440f724893c4b7cccd6ffffdb780000")
  static let zstdHello = hex("28b52ffd045869000068656c6c6f2c206e696768740a8247802c")
  static let deflateHello = hex("cb48cdc9c9d751c8cb4ccf28e10200")
  static let sevenZipHello = hex(
    "377abcaf271c0004e48bea6311000000000000004600000000000000e9bf45ed01000c68656c6c6f2c206e696768740a00010406000109"
      + "1100070b010001212101000c0d00080a0180cfb17500000501190c000000000000000000000000110d0066002e0074007800740000"
      + "00150601002080a4810000")
}
