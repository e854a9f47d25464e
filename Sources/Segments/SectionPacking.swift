internal import CZstd
internal import Support

/// Sections of a partial as Zstandard frames (RFC 8878): their names, sketches and columns shrink to a half or less, which is
/// what a network and a driver's memory count.
///
/// A section is its size, then its bytes with their length: packed, or as they are where packing gains nothing.
enum SectionPacking {
  /// How many times its bytes a section may become: beyond that it is written as it is, and refused where it is read.
  private static let mostExpansion = 1_000
  private static let level: Int32 = 3

  static func encode(_ section: [UInt8], to writer: inout ByteWriter) {
    writer.unsigned(UInt64(section.count))
    let packed = packed(section)
    let isWorthIt = packed.count < section.count && section.count / Self.mostExpansion < packed.count
    writer.blob(isWorthIt ? packed : section)
  }

  static func decode(from reader: inout ByteReader) throws(DecodeFailure) -> ByteReader {
    let size = try reader.unsigned()
    let stored = reader.part(try reader.count())
    let count = UInt64(stored.remaining)
    if size == count { return stored }
    guard size > count, size / UInt64(Self.mostExpansion) < count else {
      throw reader.failure("a section that cannot be as large as it says")
    }
    var unpacked = [UInt8](repeating: 0, count: Int(size))
    guard unpack(stored.rest, into: &unpacked) == unpacked.count else {
      throw reader.failure("a section that cannot be unpacked")
    }
    return ByteReader(unpacked)
  }

  private static func packed(_ bytes: [UInt8]) -> [UInt8] {
    let room = ZSTD_compressBound(bytes.count)
    return unsafe Array(unsafeUninitializedCapacity: room) { target, count in
      let written = unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_compress(target.baseAddress, room, source.baseAddress, source.count, level)
      }
      // Where there is no memory for it, the section is written as it is.
      count = ZSTD_isError(written) == 0 ? written : 0
    }
  }

  /// - Returns: how many bytes came out, -1 where they are damaged or do not fit.
  private static func unpack(_ bytes: [UInt8], into room: inout [UInt8]) -> Int {
    let written = unsafe room.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count)
      }
    }
    return ZSTD_isError(written) == 0 ? written : -1
  }
}
