internal import Model

/// An open libarchive handle with its source of bytes.
@safe final class LibarchiveReader {
  let handle: LibarchiveHandle
  private let source: LibarchiveSource

  /// Fails when libarchive does not know the format.
  init?(_ format: ContainerFormat, _ source: LibarchiveSource) {
    self.source = source
    guard let handle = LibarchiveHandle(format) else { return nil }
    guard source.open(handle) else { return nil }
    self.handle = handle
  }

  /// libarchive hands on the bytes of a tar where they lie.
  var lender: ByteBuffer? { source.lender }
}

/// The data of one member of an archive. Holes of sparse members are counted, not filled.
@safe final class EntryDataStream: ByteStream {
  private let reader: LibarchiveReader
  private let trail: MemberPath
  /// Whether the container compresses: what comes out is then held against the limits on expansion.
  private let isExpanding: Bool
  /// CRC-32 of the whole, where the container gives one that libarchive does not check.
  private let expectedChecksum: UInt32?
  private var checksum: UInt32 = 0
  private let start: Int
  private var used = 0
  private var expansion = Expansion()
  private var expected = 0
  private var holes = 0
  private var delivered = 0
  private(set) var isFinished = false

  init(_ reader: LibarchiveReader, isExpanding: Bool, checksum: UInt32? = nil, on trail: MemberPath) {
    self.reader = reader
    self.isExpanding = isExpanding
    self.trail = trail
    expectedChecksum = checksum
    start = reader.handle.position
  }

  var lender: ByteBuffer? { reader.lender }

  func next() -> Chunk {
    while !isFinished {
      if trail.context.isStopped {
        trail.markDamaged()
        isFinished = true
        break
      }
      switch reader.handle.readData() {
      case .bytes(let chunk, let offset):
        account(chunk, at: offset)
        if !chunk.isEmpty { return chunk }
      case .damaged(let chunk, let offset, let message):
        isFinished = true
        account(chunk, at: offset)
        finishHoles()
        report(message)
        return chunk
      case .end(let offset):
        isFinished = true
        holes += max(0, offset - expected)
        finishHoles()
        checkSum()
      }
    }
    return .empty
  }

  private func account(_ chunk: Chunk, at offset: Int) {
    if offset > expected { holes += offset - expected }
    expected = max(expected, offset.addingReportingOverflow(chunk.count).partialValue)
    delivered += chunk.count
    if expectedChecksum != nil { checksum = chunk.withSpan { CRC32.of($0, after: checksum) } }
    guard isExpanding else { return }
    let now = max(used, reader.handle.position - start)
    expansion.consume(now - used)
    used = now
    if !expansion.produce(chunk.count, on: trail) { isFinished = true }
  }

  private func checkSum() {
    guard let expectedChecksum, expectedChecksum != checksum, !trail.isDamaged else { return }
    trail.damage("checksumMismatch", offset: delivered, "the data does not match the archive's CRC")
  }

  private func finishHoles() {
    guard holes > 0 else { return }
    if holes > trail.context.limits.expandedPerInput {
      trail.note(
        "sparseMember", limit: ArchiveLimits.Name.expandedPerInput,
        "a sparse member claims \(holes) bytes of holes: they are passed over")
      return
    }
    trail.note("sparseMember", "\(holes) bytes of holes in a sparse member are passed over")
  }

  private func report(_ message: String) {
    if ["nsupported", "not supported", "codec ID"].contains(where: message.contains) {
      trail.damage("unsupportedMember", offset: delivered, "\(message)")
    } else if message.contains("CRC") || message.contains("checksum") {
      trail.damage("checksumMismatch", offset: delivered, "\(message)")
    } else if message.contains("runcated") {
      trail.damage("truncated", offset: delivered, "\(message)")
    } else {
      trail.damage("damagedMember", offset: delivered, "\(message)")
    }
  }
}
