internal import Model
internal import Glibc
internal import Support

/// Bytes that can be read at any place.
protocol RandomAccess: AnyObject {
  var size: Int { get }
  /// Copies bytes from `offset` on; fewer than asked for at the end.
  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int
}

/// The input as it is stored, hashed as it is read from front to end: a file, the parts of a split one, standard input,
/// or bytes in memory.
@safe final class StoredInput: ByteStream, RandomAccess {
  private let source: any StoredBytes
  let size: Int
  private let context: WalkContext
  private var buffer = ByteBuffer(capacity: ByteBuffer.usual)
  private var hash: SHA256? = SHA256()
  private var isAtEnd = false

  init(_ input: InputSource, context: WalkContext) throws(InputError) {
    source =
      switch input.kind {
      case .standardInput: try OpenFile(descriptor: STDIN_FILENO)
      case .file(let path): try OpenFile(path: FilePath(path), root: input.root)
      case .rawFile(let bytes): try OpenFile(path: FilePath(raw: bytes), root: input.root)
      case .parts(let paths): try SplitFile(paths, root: input.root)
      case .memory(let bytes): MemoryBytes(bytes)
      }
    self.context = context
    context.storedSize = source.size
    size = source.size ?? 0
  }

  /// Whether bytes can be read at any place, as from a regular file.
  var isSeekable: Bool { source.size != nil }

  func next() -> Chunk {
    guard !context.isStopped else { return .empty }
    return readOn()
  }

  var lender: ByteBuffer? { buffer }

  private func readOn() -> Chunk {
    guard !isAtEnd else { return .empty }
    buffer = buffer.unkept()
    var filled = 0
    while filled < buffer.capacity, !isAtEnd {
      let place = context.stored + filled
      let step = unsafe source.read(
        at: place, into: buffer.start + filled, count: buffer.capacity - filled, stall: context.limits.stallSeconds)
      switch step {
      case .bytes(let count): filled += count
      case .end: isAtEnd = true
      case .failed(let reason):
        isAtEnd = true
        context.report("unreadableInput", .error, offset: place, "reading failed: \(own: reason)")
      case .silent:
        isAtEnd = true
        context.stop(
          ArchiveLimits.Name.stall, member: "", offset: place,
          "no byte came for \(context.limits.stallSeconds) s: the rest of the input is not read")
      }
    }
    let chunk = buffer.chunk(filled)
    chunk.withSpan { hash?.update($0) }
    context.read(filled)
    context.checkTime(member: "")
    return chunk
  }

  func read(at offset: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    guard !context.isStopped else { return 0 }
    var filled = 0
    while filled < count {
      let step = unsafe source.read(
        at: offset + filled, into: target + filled, count: count - filled, stall: context.limits.stallSeconds)
      guard case .bytes(let got) = step else {
        if case .failed(let reason) = step {
          context.report("unreadableInput", .error, offset: offset + filled, "reading failed: \(own: reason)")
        }
        break
      }
      filled += got
    }
    return filled
  }

  /// Reads what was not read yet, so that the digest covers the whole input, and gives the digest in hex.
  func finishDigest() -> String {
    while isSeekable || !context.isStopped, !readOn().isEmpty {}
    if source.hasGrown {
      context.report(
        "grewWhileRead", .note, offset: size, "more was added while it was read: what was there at the opening is read")
    }
    guard let hash = hash.take() else { return "" }
    return hexText(hash.finish())
  }
}
