internal import Model

/// A tar that is read to its last byte: libarchive reads the members, and what it would pass over in silence is looked
/// at here: an archive without its end mark, members behind a damaged place, a second archive, bytes behind the end.
final class TarArchive: Container {
  private let feed: TarFeed
  private let trail: MemberPath
  private var filter: EntryFilter
  private var reader: LibarchiveReader?
  private var current: EntryDataStream?
  /// Where the open reader began.
  private var base = 0
  /// The end of the data read last.
  private var dataEnd = 0
  private var isFinished = false

  var entries: Int { filter.entries }

  init(_ stream: PeekedStream, on trail: MemberPath) {
    feed = TarFeed(stream)
    self.trail = trail
    filter = EntryFilter(trail)
    if stream.head.count > 156, stream.head[156] == UInt8(ascii: "V") {
      trail.note("skippedSpecial", offset: 0, "a volume label is no member")
    }
    open()
  }

  private func open() {
    dataEnd = base
    reader = LibarchiveReader(.tar, LibarchiveSource(feed))
    if reader == nil { recover(from: base + TarHeader.size, after: .damage("the first header is damaged")) }
  }

  func nextEntry() -> EntryHeader? {
    while !isFinished, !trail.context.isStopped, let reader {
      drain()
      switch reader.handle.nextHeader() {
      case .entry(let entry, let warning):
        dataEnd = base + reader.handle.position
        if let warning, !warning.contains("can't be converted") {
          trail.context.report("archiveWarning", .note, member: trail.member, offset: dataEnd, "\(warning)")
        }
        if let header = filter.admit(entry) { return header }
        current = EntryDataStream(reader, isExpanding: false, on: MemberPath(trail.context, member: ""))
      case .damaged(let message):
        damage("\(message)", at: base + reader.handle.position)
      case .fatal(let message):
        recover(from: base + reader.handle.position, after: .damage(message))
      case .end:
        let end = base + reader.handle.position
        recover(from: end, after: end - dataEnd >= TarHeader.size ? .endMark : .noEndMark)
      }
    }
    return nil
  }

  func data(on trail: MemberPath) -> any ByteStream {
    guard let reader else { return EmptyStream() }
    let stream = EntryDataStream(reader, isExpanding: false, on: trail)
    current = stream
    return stream
  }

  /// Reads the rest of the current member, so that the place where its data ends is known.
  private func drain() {
    guard let current, let reader else { return }
    while !current.next().isEmpty {}
    self.current = nil
    dataEnd = base + reader.handle.position
  }

  private func damage(_ message: MessageText, at offset: Int) {
    if trail.isDamaged { return }
    trail.damage("damagedArchive", offset: offset, message)
  }

  private enum Ending {
    case endMark
    case noEndMark
    case damage(String)
  }

  /// Looks behind the place where a reader stopped for a further header, and opens a reader there.
  private func recover(from offset: Int, after ending: Ending) {
    reader = nil
    feed.rewind(to: offset)
    var position = offset
    var garbage = 0
    while !trail.context.isStopped {
      let block = feed.readBlock()
      if block.isEmpty { break }
      if TarHeader.isHeader(block[...]) {
        report(ending, at: offset, garbage: garbage, goesOn: true)
        feed.rewind(to: position)
        base = position
        return open()
      }
      if garbage > 0 || block.contains(where: { $0 != 0 }) { garbage += block.count }
      position += block.count
    }
    isFinished = true
    report(ending, at: offset, garbage: garbage, goesOn: false)
  }

  private func report(_ ending: Ending, at offset: Int, garbage: Int, goesOn: Bool) {
    switch ending {
    case .damage(let message):
      damage("\(own: message)", at: offset)
      if garbage > 0 { trail.note("skippedBytes", offset: offset, "\(garbage) bytes behind the damage are not read") }
    case .noEndMark:
      if goesOn || trail.isDamaged { return }
      trail.damage(
        garbage > 0 ? "damagedArchive" : "truncated", offset: offset,
        "the tar ends without its end mark: members may be missing")
    case .endMark:
      if garbage > 0 {
        trail.note(
          "trailingBytes", offset: offset,
          goesOn
            ? "\(garbage) bytes between two archives are not read"
            : "\(garbage) bytes after the end of the tar are not read")
      } else if goesOn {
        trail.note("concatenatedArchive", offset: offset, "a further tar follows and is read")
      }
    }
  }
}

/// No bytes at all.
final class EmptyStream: ByteStream {
  func next() -> Chunk { .empty }
}
