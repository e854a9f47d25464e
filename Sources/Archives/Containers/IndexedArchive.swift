internal import Model

/// A zip or 7z: read through its index, from a file or from memory.
final class IndexedArchive: Container {
  private let format: ContainerFormat
  private let trail: MemberPath
  private let reader: LibarchiveReader?
  private var filter: EntryFilter
  private var isFinished = false
  /// Checksums by entry that libarchive does not check.
  private var checksums: [UInt32?] = []

  var entries: Int { filter.entries }

  init(_ format: ContainerFormat, _ bytes: any RandomAccess, on trail: MemberPath) {
    self.format = format
    self.trail = trail
    filter = EntryFilter(trail)
    guard format != .sevenZip || Self.readHeader(bytes, on: trail, into: &checksums) else {
      reader = nil
      return
    }
    reader = LibarchiveReader(format, LibarchiveSource(bytes))
    if reader == nil { trail.damage("damagedArchive", offset: nil, "the \(format.name) archive cannot be opened") }
  }

  /// Looks through a 7z's header; false when the archive is not to be opened.
  private static func readHeader(
    _ bytes: any RandomAccess, on trail: MemberPath, into checksums: inout [UInt32?]
  ) -> Bool {
    do throws(SevenZipHeader.Fault) {
      let header = try SevenZipHeader(bytes)
      checksums = header.checksums
      if header.memory <= trail.context.decoderMemoryLeft { return true }
      trail.limit(
        ArchiveLimits.Name.decoderMemory, offset: nil,
        "the 7z archive needs \(header.memory) bytes of memory to unpack, more than decoders may take")
    } catch {
      switch error {
      case .damaged(let message): trail.damage("damagedArchive", offset: nil, "7z: \(own: message)")
      case .tooLarge:
        trail.limit(ArchiveLimits.Name.decoderMemory, offset: nil, "the header of the 7z archive is too large")
      case .encrypted: trail.damage("encryptedMember", offset: nil, "the list of members of the 7z is encrypted")
      case .unknown: return true
      }
    }
    return false
  }

  func nextEntry() -> EntryHeader? {
    guard let reader else { return nil }
    while !isFinished, !trail.context.isStopped {
      switch reader.handle.nextHeader() {
      case .entry(let entry, let warning):
        if let warning, !warning.contains("can't be converted") {
          trail.context.report("archiveWarning", .note, member: trail.member, "\(warning)")
        }
        if let header = filter.admit(entry) { return header }
      case .damaged(let message): trail.damage("damagedArchive", offset: reader.handle.position, "\(message)")
      case .fatal(let message):
        isFinished = true
        if message.contains("encrypted") {
          trail.damage("encryptedMember", offset: nil, "\(message)")
        } else if !trail.isDamaged {
          trail.damage("damagedArchive", offset: reader.handle.position, "\(message)")
        }
      case .end: isFinished = true
      }
    }
    return nil
  }

  func data(on trail: MemberPath) -> any ByteStream {
    guard let reader else { return EmptyStream() }
    let index = filter.entries - 1
    let checksum = checksums.indices.contains(index) ? checksums[index] : nil
    return EntryDataStream(reader, isExpanding: true, checksum: checksum, on: trail)
  }
}
