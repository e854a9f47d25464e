internal import Model
internal import CZstd

/// Zstandard (RFC 8878) through libzstd: frames one after another, skippable ones among them, checksums checked.
@safe final class ZstandardStream: ByteStream {
  private var input: FilterInput
  private let trail: MemberPath
  private let context: OpaquePointer?
  private var output = ByteBuffer(capacity: ByteBuffer.usual)
  private var expansion = Expansion()
  private var framesDone = 0
  private var isInFrame = false
  private var isFinished = false
  private var memory = 0

  init(_ source: any ByteStream, on trail: MemberPath) {
    input = FilterInput(source)
    self.trail = trail
    unsafe context = ZSTD_createDCtx()
    var windowLog: Int32 = 10
    while windowLog < 27, 1 << (windowLog + 1) <= trail.context.decoderMemoryLeft { windowLog += 1 }
    _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
    trail.context.returnDecoderMemory(memory)
  }

  var lender: ByteBuffer? { output }

  func next() -> Chunk {
    guard !isFinished else { return .empty }
    output = output.unkept()
    var filled = 0
    while filled < output.capacity, !isFinished {
      if !isInFrame, framesDone > 0 { _ = input.skipZeros() }
      let hasInput = input.fill()
      if !hasInput, !isInFrame {
        isFinished = true
        break
      }
      var source = unsafe ZSTD_inBuffer(src: input.chunk.start, size: input.chunk.count, pos: 0)
      var target = unsafe ZSTD_outBuffer(dst: output.start + filled, size: output.capacity - filled, pos: 0)
      let result = unsafe ZSTD_decompressStream(context, &target, &source)
      let (used, produced) = unsafe (source.pos, target.pos)
      input.use(used)
      expansion.consume(used)
      filled += produced
      if ZSTD_isError(result) != 0 {
        fail(ZSTD_getErrorCode(result), at: filled)
      } else if hasInput, used == 0, produced == 0 {
        isFinished = true
        damage("damagedStream", at: filled, "the zstd stream does not go on")
      } else if result == 0 {
        if used > 0 || produced > 0 { framesDone += 1 }
        isInFrame = false
      } else {
        isInFrame = true
        if !hasInput, produced == 0 {
          isFinished = true
          damage("truncated", at: filled, "the zstd stream is cut")
        }
      }
    }
    if memory == 0, filled > 0 {
      memory = unsafe Int(clamping: ZSTD_sizeof_DCtx(context))
      trail.context.takeDecoderMemory(memory)
    }
    if !expansion.produce(filled, on: trail) { isFinished = true }
    return output.chunk(filled)
  }

  private func fail(_ error: ZSTD_ErrorCode, at filled: Int) {
    isFinished = true
    switch error {
    case ZSTD_error_prefix_unknown where framesDone > 0:
      let offset = expansion.produced + filled
      let bytes = input.drain()
      trail.note("trailingBytes", offset: offset, "\(bytes) bytes after the end of the zstd stream are not read")
    case ZSTD_error_checksum_wrong:
      damage("checksumMismatch", at: filled, "the zstd checksum does not match the data")
    case ZSTD_error_frameParameter_windowTooLarge, ZSTD_error_memory_allocation:
      trail.limit(
        ArchiveLimits.Name.decoderMemory, offset: expansion.produced + filled,
        "the zstd frame needs a larger window than the memory for decoders allows")
    case ZSTD_error_dictionary_wrong:
      damage("damagedStream", at: filled, "the zstd frame needs a dictionary that is not at hand")
    default: damage("damagedStream", at: filled, "the zstd stream is damaged")
    }
  }

  private func damage(_ code: String, at filled: Int, _ message: MessageText) {
    trail.damage(code, offset: expansion.produced + filled, message + " (stored byte \(input.position))")
  }
}
