internal import Core

/// A zip or 7z: read through its index, from a file or from memory.
final class IndexedArchive: Container {
  private let format: ContainerFormat
  private let trail: Trail
  private let reader: LibarchiveReader?
  private var filter: EntryFilter
  private var isFinished = false

  var entries: Int { filter.entries }

  init(_ format: ContainerFormat, _ bytes: any RandomAccess, on trail: Trail) {
    self.format = format
    self.trail = trail
    filter = EntryFilter(trail)
    reader = LibarchiveReader(format, LibarchiveSource(bytes))
    if reader == nil { trail.damage("damagedArchive", offset: nil, "the \(format.name) archive cannot be opened") }
  }

  func nextEntry() -> EntryHeader? {
    guard let reader else { return nil }
    while !isFinished, !trail.context.isStopped {
      switch reader.handle.nextHeader() {
      case .entry(let entry, let warning):
        if let warning, !warning.contains("can't be converted") {
          trail.context.report("archiveWarning", .note, member: trail.member, warning)
        }
        if let header = filter.admit(entry) { return header }
      case .damaged(let message): trail.damage("damagedArchive", offset: reader.handle.position, message)
      case .fatal(let message):
        isFinished = true
        if message.contains("encrypted") {
          trail.damage("encryptedMember", offset: nil, message)
        } else if !trail.isDamaged {
          trail.damage("damagedArchive", offset: reader.handle.position, message)
        }
      case .end: isFinished = true
      }
    }
    return nil
  }

  func data(on trail: Trail) -> any ByteStream {
    guard let reader else { return EmptyStream() }
    return EntryDataStream(reader, isExpanding: true, on: trail)
  }
}
