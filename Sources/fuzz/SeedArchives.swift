// Small archives of the kinds that the generator does not write.

enum SeedArchives {
  /// A zip of stored members.
  static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var locals: [UInt8] = []
    var index: [UInt8] = []
    for (name, bytes) in members {
      let sizes = le(Int(ArchiveSeal.crc32(bytes[...])), 4) + le(bytes.count, 4) + le(bytes.count, 4)
      let offset = locals.count
      locals += [0x50, 0x4B, 3, 4] + le(20, 2) + le(0, 8) + sizes + le(name.utf8.count, 2) + le(0, 2)
      locals += Array(name.utf8) + bytes
      index += [0x50, 0x4B, 1, 2] + le(0x0314, 2) + le(20, 2) + le(0, 8) + sizes + le(name.utf8.count, 2) + le(0, 8)
      index += le(0o100644 << 16, 4) + le(offset, 4) + Array(name.utf8)
    }
    let count = le(members.count, 2)
    return locals + index + [0x50, 0x4B, 5, 6] + le(0, 4) + count + count + le(index.count, 4) + le(locals.count, 4)
      + le(0, 2)
  }

  /// A 7z archive of one member under LZMA2, as 7-Zip writes it.
  static let sevenZip = hex(
    "377abcaf271c0004e48bea6311000000000000004600000000000000e9bf45ed01000c68656c6c6f2c206e696768740a00010406000109"
      + "1100070b010001212101000c0d00080a0180cfb17500000501190c000000000000000000000000110d0066002e0074007800740000"
      + "00150601002080a4810000")

  /// One line under the filters alone, lzma among them.
  static let filtered = [
    "1f8b0800000000000203cb48cdc9c9d751c8cb4ccf28e1020080cfb1750d000000",
    "5d00000400ffffffffffffffff00341949db855cd1d440f724893c4b7cccd6ffffdb780000",
    "28b52ffd045869000068656c6c6f2c206e696768740a8247802c",
  ].map(hex)

  private static func le(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8).map { $0 <= 57 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
