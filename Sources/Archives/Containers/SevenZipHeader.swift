internal import Model
internal import CLZMA
internal import Glibc

/// What the header of a 7z says that libarchive does not hold its data against: the checksums of the header itself and
/// of the members, and the memory that decoding takes (7zFormat.txt of the LZMA SDK).
struct SevenZipHeader {
  /// Checksum per entry, in the order of the archive; nil where it has none.
  private(set) var checksums: [UInt32?] = []
  /// Memory of the decoders of the folder that needs most, bytes; no more than the folder unpacks to counts.
  private(set) var memory = 0

  /// Why a header is not to be relied on.
  enum Fault: Error {
    case damaged(String)
    case tooLarge
    case encrypted
    /// Not understood here; libarchive may still read it.
    case unknown
  }

  /// A header may unpack to this much.
  private static let largest = 64 << 20

  init(_ bytes: any RandomAccess) throws(Fault) {
    let start = bytes.bytes(at: 0, count: 32)
    guard start.count == 32 else { throw .damaged("the start header is cut") }
    guard Self.checksum(start[12..<32]) == start.uint32(at: 8) else {
      throw .damaged("the start header fails its checksum")
    }
    let (offset, size) = (start.size64(at: 12), start.size64(at: 20))
    guard offset <= bytes.size, size <= bytes.size else {
      throw .damaged("the archive is cut: its header lies behind the end")
    }
    if size == 0 { return }
    guard size <= Self.largest else { throw .tooLarge }
    var header = bytes.bytes(at: 32 + offset, count: size)
    guard header.count == size else { throw .damaged("the archive is cut: its header lies behind the end") }
    guard Self.checksum(header[...]) == start.uint32(at: 28) else {
      throw .damaged("the header fails its checksum")
    }
    // A header may be packed, and what is unpacked may be packed again.
    for _ in 0..<4 where header.first == 0x17 { header = try Self.unpack(header, of: bytes) }
    guard header.first == 1 else { throw .unknown }
    var parser = SevenZipParser(header, at: 1)
    try parser.parseHeader()
    memory = parser.folders.map { $0.memory }.max() ?? 0
    checksums = parser.checksumsOfEntries()
  }

  private static func unpack(_ header: [UInt8], of bytes: any RandomAccess) throws(Fault) -> [UInt8] {
    var parser = SevenZipParser(header, at: 1)
    try parser.parseStreams()
    guard let folder = parser.folders.first, folder.coders.count == 1, let packed = parser.packSizes.first else {
      if parser.folders.first?.coders.contains(where: { $0.isEncryption }) == true { throw .encrypted }
      throw .unknown
    }
    if folder.coders[0].isEncryption { throw .encrypted }
    guard packed <= largest, folder.size <= largest else { throw .tooLarge }
    let input = bytes.bytes(at: 32 + parser.packPosition, count: packed)
    guard input.count == packed else { throw .damaged("the archive is cut: its header lies behind the end") }
    guard let output = folder.coders[0].decode(input, size: folder.size) else {
      throw .damaged("the packed header is damaged")
    }
    if let expected = folder.checksum, expected != checksum(output[...]) {
      throw .damaged("the packed header fails its checksum")
    }
    return output
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 { CRC32.of(bytes.span) }
}

/// One step of the way from packed to unpacked bytes.
struct SevenZipCoder {
  var method: [UInt8]
  var properties: [UInt8]
  var inputs: Int
  var outputs: Int

  var isEncryption: Bool { method.starts(with: [0x06, 0xF1]) }
  private var isLZMA: Bool { method == [3, 1, 1] }
  private var isLZMA2: Bool { method == [0x21] }
  private var isPPMd: Bool { method == [3, 4, 1] }

  /// The memory that the coder asks for, bytes. A dictionary need not be larger than what is unpacked; PPMd's model is.
  func memory(unpacking size: Int) -> Int {
    if isLZMA { return min(properties.size32(at: 1), size) }
    if isPPMd { return properties.size32(at: 1) }
    guard isLZMA2, let property = properties.first else { return 0 }
    if property >= 40 { return min(1 << 32, size) }
    return min((2 | Int(property & 1)) << (Int(property) / 2 + 11), size)
  }

  /// Decodes in one go; nil when the data is damaged or the method is none of Copy, LZMA and LZMA2.
  func decode(_ input: [UInt8], size: Int) -> [UInt8]? {
    if method == [0] { return input }
    guard isLZMA || isLZMA2 else { return nil }
    var filters = unsafe [
      lzma_filter(id: isLZMA ? 0x4000_0000_0000_0001 : 0x21, options: nil),
      lzma_filter(id: .max, options: nil),
    ]
    let status = unsafe filters.withUnsafeMutableBufferPointer { list in
      unsafe properties.withUnsafeBufferPointer { bytes in
        unsafe lzma_properties_decode(list.baseAddress, nil, bytes.baseAddress, bytes.count)
      }
    }
    guard status == LZMA_OK else { return nil }
    defer { unsafe free(filters[0].options) }
    // An LZMA stream without an end mark ends where the output is full, which only the stream functions allow.
    var stream = unsafe lzma_stream()
    guard unsafe lzma_raw_decoder(&stream, filters) == LZMA_OK else { return nil }
    defer { unsafe lzma_end(&stream) }
    let output = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      unsafe input.withUnsafeBufferPointer { source in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = source.count
        unsafe stream.next_out = buffer.baseAddress
        unsafe stream.avail_out = size
        while unsafe stream.avail_out > 0, unsafe lzma_code(&stream, LZMA_RUN) == LZMA_OK {}
        initialized = unsafe size - stream.avail_out
      }
    }
    return output.count == size ? output : nil
  }
}
