internal import Support

/// The end of a zip's index: where the index is (APPNOTE.TXT 4.3.14 to 4.3.16).
struct ZipEnd {
  /// The offset of the first byte of the index.
  var directory: Int
  var directorySize: Int
  /// Entries in the index, as claimed.
  var entries: Int
  /// Bytes before the archive: offsets in it count from here.
  var prefix: Int
  /// The offset behind the whole archive.
  var end: Int
  /// The disk that it claims to be on; not 0 for a split archive.
  var disk: Int

  private static let size = 22
  private static let longestComment = 65_535

  /// The end records that hold together, the likely one first: one with entries before one without, the last in the
  /// file before earlier ones. A comment may hold what looks like an end record.
  static func find(in bytes: any RandomAccess) -> [ZipEnd] {
    let window = min(bytes.size, size + longestComment)
    let start = bytes.size - window
    let tail = bytes.bytes(at: start, count: window)
    guard tail.count >= size else { return [] }
    var found: [ZipEnd] = []
    for index in stride(from: tail.count - size, through: 0, by: -1)
    where tail[index] == 0x50 && tail[index + 1] == 0x4B && tail[index + 2] == 5 && tail[index + 3] == 6 {
      let record = Array(tail[index..<index + size])
      if let end = ZipEnd(record, at: start + index, in: bytes) { found.append(end) }
      if found.count >= 16 { break }
    }
    return found.filter { $0.entries > 0 } + found.filter { $0.entries == 0 }
  }

  private init?(_ record: [UInt8], at offset: Int, in bytes: any RandomAccess) {
    disk = record.uint16(at: 4)
    entries = record.uint16(at: 10)
    directorySize = record.size32(at: 12)
    var claimed = record.size32(at: 16)
    end = offset + Self.size + record.uint16(at: 20)
    guard end <= bytes.size else { return nil }
    var directoryEnd = offset
    if entries == 0xFFFF || directorySize == 0xFFFF_FFFF || claimed == 0xFFFF_FFFF,
      let long = Self.zip64(before: offset, in: bytes)
    {
      disk = 0
      (entries, directorySize, claimed, directoryEnd) = long
    }
    guard directorySize <= directoryEnd else { return nil }
    directory = directoryEnd - directorySize
    prefix = directory - claimed
    let signature = bytes.bytes(at: directory, count: 4)
    let isIndex = signature == ZipDirectoryEntry.signature
    // Where the sizes do not add up, the offset may still lead to the index.
    if !isIndex || prefix < 0 {
      guard bytes.bytes(at: claimed, count: 4) == ZipDirectoryEntry.signature, claimed < directoryEnd else {
        guard directorySize == 0, entries == 0 else { return nil }
        prefix = max(0, prefix)
        return
      }
      prefix = 0
      directory = claimed
      directorySize = directoryEnd - claimed
    }
  }

  /// The 64-bit end record, led to by its locator before the usual one.
  private static func zip64(before offset: Int, in bytes: any RandomAccess) -> (Int, Int, Int, Int)? {
    let locator = bytes.bytes(at: offset - 20, count: 20)
    guard locator.count == 20, locator.starts(with: [0x50, 0x4B, 6, 7]) else { return nil }
    // The claimed offset is wrong where something stands before the archive; the record then ends at the locator.
    for place in [locator.size64(at: 8), offset - 20 - 56] {
      let record = bytes.bytes(at: place, count: 56)
      guard record.count == 56, record.starts(with: [0x50, 0x4B, 6, 6]) else { continue }
      return (record.size64(at: 32), record.size64(at: 40), record.size64(at: 48), place)
    }
    return nil
  }
}

/// What the index, or the local header, of a zip says about an entry (APPNOTE.TXT 4.3.7, 4.3.12).
struct ZipEntry {
  var name: [UInt8]
  var flags: Int
  var method: Int
  var checksum: UInt32
  var packedSize: Int
  var size: Int
  /// Offset of the local header, as claimed.
  var offset: Int
  /// The Unix mode, 0 where none is given.
  var mode: Int
  /// Date and time as MS-DOS writes them: local, to two seconds.
  var stamp = (date: 0, time: 0)

  /// Microseconds since the epoch, as if the time were UTC: good enough to tell which of two came first.
  var modified: Int64? {
    let (year, month, day) = (1980 + stamp.date >> 9, stamp.date >> 5 & 15, stamp.date & 31)
    guard (1...12).contains(month), day >= 1, stamp.date != 0x21 else { return nil }
    let seconds = (stamp.time >> 11) * 3600 + (stamp.time >> 5 & 63) * 60 + (stamp.time & 31) * 2
    return (Int64(Timestamp.days(year: year, month: month, day: day)) * 86_400 + Int64(seconds)) * 1_000_000
  }

  var isEncrypted: Bool { flags & 1 != 0 || method == 99 }
  /// Sizes and checksum follow the data instead of standing before it.
  var hasDescriptor: Bool { flags & 8 != 0 }

  /// Takes 64-bit sizes from the extra field where the usual ones say so.
  mutating func widen(_ extra: [UInt8]) {
    var at = 0
    while at + 4 <= extra.count {
      let (id, length) = (extra.uint16(at: at), extra.uint16(at: at + 2))
      at += 4
      if id == 1 {
        var next = at
        let end = min(extra.count, at + length)
        func take(_ value: Int) -> Int {
          guard value == 0xFFFF_FFFF, next + 8 <= end else { return value }
          defer { next += 8 }
          return extra.size64(at: next)
        }
        size = take(size)
        packedSize = take(packedSize)
        offset = take(offset)
      }
      at += length
    }
  }

  /// What the entry is to the walk.
  var entry: ArchiveEntry {
    let text = String(decoding: name, as: UTF8.self)
    let kind: EntryKind =
      switch mode & 0o170000 {
      case 0o120000: .link(to: nil)
      case 0o040000: .folder
      case 0o020000, 0o060000, 0o010000, 0o140000: .special
      default: name.last == UInt8(ascii: "/") ? .folder : .file
      }
    return ArchiveEntry(
      name: text.isEmpty ? "(unnamed)" : text, size: size, kind: kind, isEncrypted: isEncrypted,
      modified: modified)
  }
}

/// An entry of the index with its length there.
struct ZipDirectoryEntry {
  static let signature: [UInt8] = [0x50, 0x4B, 1, 2]
  private static let fixed = 46

  var entry: ZipEntry
  /// Bytes it takes in the index.
  var length: Int

  init?(in bytes: any RandomAccess, at offset: Int) {
    let head = bytes.bytes(at: offset, count: Self.fixed)
    guard head.count == Self.fixed, head.starts(with: Self.signature) else { return nil }
    let (nameSize, extraSize) = (head.uint16(at: 28), head.uint16(at: 30))
    let rest = bytes.bytes(at: offset + Self.fixed, count: nameSize + extraSize)
    guard rest.count == nameSize + extraSize else { return nil }
    length = Self.fixed + nameSize + extraSize + head.uint16(at: 32)
    let isUnix = head[5] == 3
    entry = ZipEntry(
      name: Array(rest.prefix(nameSize)), flags: head.uint16(at: 8), method: head.uint16(at: 10),
      checksum: head.uint32(at: 16), packedSize: head.size32(at: 20), size: head.size32(at: 24),
      offset: head.size32(at: 42), mode: isUnix ? head.uint16(at: 40) : 0)
    entry.stamp = (head.uint16(at: 14), head.uint16(at: 12))
    entry.widen(Array(rest.dropFirst(nameSize)))
  }
}

/// The header before the data of an entry.
struct ZipLocalHeader {
  static let signature: [UInt8] = [0x50, 0x4B, 3, 4]
  private static let fixed = 30

  var entry: ZipEntry
  /// Where the data begins.
  var dataOffset: Int

  init?(in bytes: any RandomAccess, at offset: Int) {
    let head = bytes.bytes(at: offset, count: Self.fixed)
    guard head.count == Self.fixed, head.starts(with: Self.signature) else { return nil }
    let (nameSize, extraSize) = (head.uint16(at: 26), head.uint16(at: 28))
    let rest = bytes.bytes(at: offset + Self.fixed, count: nameSize + extraSize)
    guard rest.count == nameSize + extraSize else { return nil }
    dataOffset = offset + Self.fixed + nameSize + extraSize
    entry = ZipEntry(
      name: Array(rest.prefix(nameSize)), flags: head.uint16(at: 6), method: head.uint16(at: 8),
      checksum: head.uint32(at: 14), packedSize: head.size32(at: 18), size: head.size32(at: 22), offset: offset,
      mode: 0)
    entry.stamp = (head.uint16(at: 12), head.uint16(at: 10))
    entry.widen(Array(rest.dropFirst(nameSize)))
  }
}
