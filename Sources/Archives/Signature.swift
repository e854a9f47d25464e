/// What the first bytes of a member say it is. Names play no part.
enum Signature {
  case filter(Filter)
  case container(ContainerFormat)
  /// Anything else: handed on as it is.
  case plain

  init(_ head: [UInt8], isAll: Bool) {
    func begins(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
    if begins([0x1F, 0x8B, 8]) {
      self = .filter(.gzip)
    } else if begins([0x28, 0xB5, 0x2F, 0xFD]) || Self.isSkippableFrame(head) {
      self = .filter(.zstandard)
    } else if Self.isCountedFrame(head) {
      self = .filter(.countedZstandard)
    } else if begins([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) {
      self = .filter(.xz)
    } else if Self.isBzip2(head, isAll: isAll) {
      self = .filter(.bzip2)
    } else if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) || begins([0x50, 0x4B, 7, 8])
      || begins([0x50, 0x4B, 0x30, 0x30, 0x50, 0x4B])
    {
      self = .container(.zip)
    } else if begins([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
      self = .container(.sevenZip)
    } else if TarHeader.isHeader(head[...]) || TarHeader.isDamagedHeader(head[...]) {
      self = .container(.tar)
    } else if Self.isLZMAAlone(head) {
      self = .filter(.lzmaAlone)
    } else {
      self = .plain
    }
  }

  /// Frames to be skipped, before a zstd frame.
  private static func isSkippableFrame(_ head: [UInt8]) -> Bool {
    var at = 0
    while head.count >= at + 8, head[at] & 0xF0 == 0x50, head.dropFirst(at + 1).starts(with: [0x2A, 0x4D, 0x18]) {
      var size = 0
      for index in stride(from: at + 7, through: at + 4, by: -1) { size = size << 8 | Int(head[index]) }
      at += 8 + size
    }
    // Other formats know these frames too: what follows decides, where it can be seen.
    return at > 0 && (at + 4 > head.count || head.dropFirst(at).starts(with: [0x28, 0xB5, 0x2F, 0xFD]))
  }

  /// A zstd frame behind its own length, as OpenTelemetry's file exporter writes each document where it compresses (fileexporter,
  /// README, "File Format"): four bytes, big endian.
  private static func isCountedFrame(_ head: [UInt8]) -> Bool {
    head.count > 12 && head[0] < 0x28 && head[0..<4].contains { $0 != 0 }
      && head.dropFirst(4).starts(with: [0x28, 0xB5, 0x2F, 0xFD])
  }

  /// `BZh`, a level, and the mark of a block or of the end, as far as the head goes.
  private static func isBzip2(_ head: [UInt8], isAll: Bool) -> Bool {
    guard head.count >= 4, head.starts(with: Array("BZh".utf8)), (0x31...0x39).contains(head[3]) else { return false }
    let mark = head.dropFirst(4).prefix(6)
    if mark.count < 6, !isAll { return false }
    let block: [UInt8] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
    let end: [UInt8] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]
    return block.starts(with: mark) || end.starts(with: mark)
  }

  /// The header of .lzma has no signature: properties below 225, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size
  /// that is unknown or below 2^38, and a zero to begin the data (the checks of liblzma's file detection).
  private static func isLZMAAlone(_ head: [UInt8]) -> Bool {
    guard head.count >= 13, head[0] < 225 else { return false }
    if head.count > 13, head[13] != 0 { return false }
    var dictionary: UInt32 = 0
    for index in stride(from: 4, through: 1, by: -1) { dictionary = dictionary << 8 | UInt32(head[index]) }
    guard dictionary >= 1 << 12 else { return false }
    let lowest = dictionary & (0 &- dictionary)
    let isRound = dictionary == .max || dictionary == lowest || dictionary == lowest &* 3
    var size: UInt64 = 0
    for index in stride(from: 12, through: 5, by: -1) { size = size << 8 | UInt64(head[index]) }
    return isRound && (size == .max || size < 1 << 38)
  }
}
