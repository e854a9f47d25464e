internal import Model

/// A zip, read by its index; where that is missing or broken, by the headers before the members.
///
/// Read here and not by libarchive because that drops what the index does not mention or mentions twice, ends at the
/// first broken header, lets a member's dictionary take any memory, and unpacks at half the speed. What only libarchive
/// can unpack (PPMd) it still does.
final class ZipArchive: Container {
  private let bytes: any RandomAccess
  private let trail: MemberPath
  private var filter: EntryFilter
  private var way: Way
  private var current: ZipEntry?
  private var dataOffset = 0
  private var open: (any ByteStream)?
  private var openInflate: InflateStream?
  /// Packed bytes of all members, to tell overlapping ones.
  private var packed = 0
  /// Where the members read so far end.
  private var readTo = 0

  /// How the next member is found.
  private enum Way {
    /// By the index: the next entry of it, and its end.
    case index(ZipEnd, next: Int, number: Int)
    /// By looking for headers from an offset on, up to an end.
    case headers(from: Int, to: Int)
    case done
  }

  var entries: Int { filter.entries }

  init(_ bytes: any RandomAccess, on trail: MemberPath) {
    self.bytes = bytes
    self.trail = trail
    filter = EntryFilter(trail)
    way = .headers(from: 0, to: bytes.size)
    let ends = ZipEnd.find(in: bytes)
    guard let end = ends.first else {
      if bytes.bytes(at: 0, count: 4) == [0x50, 0x4B, 7, 8] {
        trail.damage("splitArchive", offset: 0, "the first part of a split zip: join the parts to read all of it")
      } else {
        trail.damage("truncated", offset: bytes.size, "the zip has no index, it is cut: members may be missing")
      }
      return
    }
    if end.disk != 0 {
      trail.damage("splitArchive", offset: 0, "the last part of a split zip: join the parts to read all of it")
    }
    if end.end < bytes.size {
      trail.note(
        "trailingBytes", offset: end.end, "\(bytes.size - end.end) bytes after the end of the zip are not read")
    }
    way = .index(end, next: end.directory, number: 0)
    guard end.prefix > 0 else { return }
    if bytes.bytes(at: 0, count: 4) == ZipLocalHeader.signature {
      // Another zip before this one: its members are found by their headers, then come those of the index.
      trail.note("concatenatedArchive", offset: 0, "a zip before the last one is read as well")
      pendingIndex = way
      way = .headers(from: 0, to: end.prefix)
    } else {
      trail.note("leadingBytes", offset: 0, "\(end.prefix) bytes before the zip are not read")
    }
  }

  private var pendingIndex: Way?

  /// Whether a zip has members that only libarchive can unpack.
  static func needsLibarchive(_ bytes: any RandomAccess) -> Bool {
    guard let end = ZipEnd.find(in: bytes).first else { return false }
    var offset = end.directory
    var seen = 0
    while offset < end.directory + end.directorySize, seen < 1000,
      let found = ZipDirectoryEntry(in: bytes, at: offset)
    {
      if found.entry.method == 98 { return true }
      offset += found.length
      seen += 1
    }
    return false
  }

  func nextEntry() -> EntryHeader? {
    finishCurrent()
    while !trail.context.isStopped {
      switch way {
      case .index(let end, let next, let number):
        guard let header = nextOfIndex(end, next, number) else { continue }
        return header
      case .headers(let start, let end):
        guard let header = nextByHeader(start, end) else { continue }
        return header
      case .done: return nil
      }
    }
    return nil
  }

  private func nextOfIndex(_ end: ZipEnd, _ next: Int, _ number: Int) -> EntryHeader? {
    guard next < end.directory + end.directorySize else {
      if number != end.entries & 0xFFFF, number != end.entries {
        trail.note("countMismatch", offset: next, "the zip claims \(end.entries) members and its index holds \(number)")
      }
      if packed > bytes.size {
        trail.warn("overlappingMembers", offset: nil, "members of the zip share their stored bytes")
      }
      way = .done
      return nil
    }
    guard let found = ZipDirectoryEntry(in: bytes, at: next) else {
      trail.damage("damagedArchive", offset: next, "the zip's index is damaged after \(number) members")
      way = .headers(from: readTo, to: end.directory)
      return nil
    }
    way = .index(end, next: next + found.length, number: number + 1)
    var entry = found.entry
    let (offset, overflow) = end.prefix.addingReportingOverflow(entry.offset)
    let (behind, isBehind) = offset.addingReportingOverflow(entry.packedSize)
    if !overflow { readTo = max(readTo, isBehind ? bytes.size : min(behind, bytes.size)) }
    let (sum, isTooLarge) = packed.addingReportingOverflow(entry.packedSize)
    packed = isTooLarge ? .max : sum
    guard let header = filter.admit(entry.entry) else { return nil }
    let path = trail.member.isEmpty ? header.name : trail.member + "!" + header.name
    guard !overflow, let local = ZipLocalHeader(in: bytes, at: offset) else {
      trail.context.report(
        "damagedMember", .error, member: path, offset: 0, "the member's header in the zip is missing or damaged")
      return nil
    }
    if local.entry.name != entry.name {
      trail.context.report(
        "nameMismatch", .note, member: path, "the zip's index and the member's header differ in name")
    }
    if entry.method != local.entry.method { entry.method = local.entry.method }
    current = entry
    dataOffset = local.dataOffset
    return header
  }

  private func nextByHeader(_ start: Int, _ end: Int) -> EntryHeader? {
    guard let offset = find(from: start, to: end), let local = ZipLocalHeader(in: bytes, at: offset) else {
      way = pendingIndex ?? .done
      pendingIndex = nil
      return nil
    }
    if offset > start, filter.entries > 0, !local.entry.hasDescriptor {
      trail.note("skippedBytes", offset: start, "\(offset - start) bytes between members are not read")
    }
    let entry = local.entry
    let isSizeKnown = !entry.hasDescriptor || entry.packedSize > 0
    let (behind, overflow) = local.dataOffset.addingReportingOverflow(isSizeKnown ? entry.packedSize : 0)
    way = .headers(from: overflow ? end : min(behind, end), to: end)
    guard let header = filter.admit(entry.entry) else { return nil }
    current = entry
    dataOffset = local.dataOffset
    return EntryHeader(name: header.name, size: isSizeKnown ? header.size : nil, modified: header.modified)
  }

  /// The offset of the next local header.
  private func find(from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end, !trail.context.isStopped {
      let window = bytes.bytes(at: offset, count: min(1 << 16, end - offset))
      guard window.count >= 4 else { return nil }
      var index = 0
      while index + 4 <= window.count {
        if window[index] == 0x50, window[index + 1] == 0x4B, window[index + 2] == 3, window[index + 3] == 4 {
          return offset + index
        }
        index += 1
      }
      offset += window.count - 3
      if window.count < 1 << 16 { return nil }
    }
    return nil
  }

  /// Goes behind the data of a member whose size is not known before it was decoded.
  private func finishCurrent() {
    if case .headers(let start, let end) = way, let openInflate, let current, current.hasDescriptor {
      while let open, !open.next().isEmpty {}
      way = .headers(from: min(end, max(start, dataOffset + openInflate.consumed)), to: end)
    }
    open = nil
    openInflate = nil
    current = nil
  }

  func data(on trail: MemberPath) -> any ByteStream {
    guard let entry = current else { return EmptyStream() }
    let isByHeader = if case .headers = way { true } else { false }
    let isSizeKnown = !isByHeader || !entry.hasDescriptor || entry.packedSize > 0
    let size = isSizeKnown ? entry.packedSize : bytes.size - dataOffset
    let range = RangeStream(bytes, start: dataOffset, size: size, isCounted: entry.method == 0, on: trail)
    guard let decoded = decode(range, of: entry, isSizeKnown: isSizeKnown, on: trail) else { return EmptyStream() }
    let stream: any ByteStream =
      isSizeKnown && !(isByHeader && entry.hasDescriptor)
      ? CheckedStream(decoded, checksum: entry.checksum, size: entry.size, on: trail) : decoded
    open = stream
    return stream
  }

  private func decode(
    _ range: RangeStream, of entry: ZipEntry, isSizeKnown: Bool, on trail: MemberPath
  ) -> (any ByteStream)? {
    switch entry.method {
    case 0 where isSizeKnown: return range
    case 8:
      let stream = InflateStream(range, format: .raw(isAlone: isSizeKnown), on: trail)
      openInflate = stream
      return stream
    case 12 where isSizeKnown: return Bzip2Stream(range, on: trail)
    case 14 where isSizeKnown:
      // Two bytes of version, two with the size of the properties, the properties: 5 bytes as in .lzma.
      let head = bytes.bytes(at: dataOffset, count: 9)
      guard head.count == 9, head.uint16(at: 2) == 5, entry.packedSize >= 9 else {
        trail.damage("damagedMember", offset: 0, "the member's LZMA properties are damaged")
        return nil
      }
      let hasEndMark = entry.flags & 2 != 0
      let declared = hasEndMark ? UInt64.max : UInt64(entry.size)
      let size = (0..<8).map { UInt8(truncatingIfNeeded: declared >> UInt64(8 * $0)) }
      let rest = RangeStream(bytes, start: dataOffset + 9, size: entry.packedSize - 9, isCounted: false, on: trail)
      return XZStream(PrefixedStream(Array(head[4...]) + size, then: rest), format: .lzmaAlone, on: trail)
    case 20 where isSizeKnown, 93 where isSizeKnown: return ZstandardStream(range, on: trail)
    case 95 where isSizeKnown: return XZStream(range, format: .xz, on: trail)
    case 0, 12, 14, 20, 93, 95:
      trail.damage("truncated", offset: 0, "the zip's index is missing, and without it the member's size is unknown")
    default:
      trail.damage(
        "unsupportedMember", offset: 0, "the member is packed with method \(entry.method), which is not known")
    }
    return nil
  }
}
