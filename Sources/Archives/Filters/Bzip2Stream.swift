internal import Model
internal import CBZip2

/// bzip2 through libbz2, which checks the CRC of every block and stream; streams one after another are one.
@safe final class Bzip2Stream: ByteStream {
  private var input: FilterInput
  private let trail: MemberPath
  private let stream: UnsafeMutablePointer<bz_stream>
  private var output = ByteBuffer(capacity: ByteBuffer.usual)
  private var expansion = Expansion()
  private var streamsDone = 0
  private var isOpen = false
  private var isFinished = false
  private var usedInStream = 0

  /// What libbz2 takes at most to decode one stream.
  private static let memory = 4 << 20

  init(_ source: any ByteStream, on trail: MemberPath) {
    input = FilterInput(source)
    self.trail = trail
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: bz_stream())
    trail.context.takeDecoderMemory(Self.memory)
  }

  deinit {
    close()
    unsafe stream.deallocate()
    trail.context.returnDecoderMemory(Self.memory)
  }

  var lender: ByteBuffer? { output }

  func next() -> Chunk {
    guard !isFinished else { return .empty }
    output = output.unkept()
    var filled = 0
    while filled < output.capacity, !isFinished {
      if !isOpen, !beginStream(filled) { break }
      let hasInput = input.fill()
      let before = input.chunk.count
      unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.chunk.start)?
        .assumingMemoryBound(to: CChar.self)
      unsafe stream.pointee.avail_in = UInt32(clamping: before)
      unsafe stream.pointee.next_out = UnsafeMutableRawPointer(output.start + filled)
        .assumingMemoryBound(to: CChar.self)
      unsafe stream.pointee.avail_out = UInt32(clamping: output.capacity - filled)
      let result = unsafe BZ2_bzDecompress(stream)
      let used = unsafe before - Int(stream.pointee.avail_in)
      let produced = unsafe output.capacity - filled - Int(stream.pointee.avail_out)
      input.use(used)
      usedInStream += used
      expansion.consume(used)
      filled += produced
      if result == BZ_STREAM_END {
        streamsDone += 1
        close()
      } else if result != BZ_OK {
        fail(result, at: filled)
      } else if !hasInput, produced == 0 {
        isFinished = true
        damage("truncated", at: filled, "the bzip2 stream is cut")
      }
    }
    if !expansion.produce(filled, on: trail) { isFinished = true }
    return output.chunk(filled)
  }

  private func close() {
    guard isOpen else { return }
    unsafe BZ2_bzDecompressEnd(stream)
    isOpen = false
  }

  /// Looks for a further stream; false at the end.
  private func beginStream(_ filled: Int) -> Bool {
    if streamsDone > 0 { _ = input.skipZeros() }
    guard input.fill() else {
      isFinished = true
      return false
    }
    if streamsDone > 0, input.chunk[0] != UInt8(ascii: "B") {
      noteTrailing(filled)
      return false
    }
    unsafe stream.pointee = bz_stream()
    guard unsafe BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
      isFinished = true
      trail.limit(ArchiveLimits.Name.decoderMemory, offset: nil, "no memory for the bzip2 decoder")
      return false
    }
    isOpen = true
    usedInStream = 0
    return true
  }

  private func noteTrailing(_ filled: Int) {
    isFinished = true
    let offset = expansion.produced + filled
    let bytes = input.drain()
    trail.note("trailingBytes", offset: offset, "\(bytes) bytes after the end of the bzip2 stream are not read")
  }

  private func fail(_ result: Int32, at filled: Int) {
    if streamsDone > 0, usedInStream <= 4, result == BZ_DATA_ERROR_MAGIC { return noteTrailing(filled) }
    isFinished = true
    switch result {
    case BZ_DATA_ERROR: damage("checksumMismatch", at: filled, "a bzip2 block is damaged or fails its checksum")
    case BZ_DATA_ERROR_MAGIC: damage("damagedStream", at: filled, "the bzip2 header is damaged")
    case BZ_MEM_ERROR: trail.limit(ArchiveLimits.Name.decoderMemory, offset: nil, "no memory for the bzip2 decoder")
    default: damage("damagedStream", at: filled, "the bzip2 stream is damaged")
    }
  }

  private func damage(_ code: String, at filled: Int, _ message: MessageText) {
    trail.damage(code, offset: expansion.produced + filled, message + " (stored byte \(input.position))")
  }
}
