internal import Model
internal import CLZMA

/// xz (streams one after another, with padding) and the older .lzma through liblzma, within the memory for decoders.
@safe final class XZStream: ByteStream {
  enum Format { case xz, lzmaAlone }

  private var input: FilterInput
  private let trail: MemberPath
  private let format: Format
  private let stream: UnsafeMutablePointer<lzma_stream>
  private var output = ByteBuffer(capacity: ByteBuffer.usual)
  private var expansion = Expansion()
  private var isFinished = false
  private var memory = 0
  private var streamsDone = 0
  private var isBetweenStreams = false

  // A macro with a cast, which does not import.
  private static let tellUnsupportedCheck: UInt32 = 0x02

  init(_ source: any ByteStream, format: Format, on trail: MemberPath) {
    input = FilterInput(source)
    self.trail = trail
    self.format = format
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: lzma_stream())
    begin(0)
  }

  /// Begins a stream.
  private func begin(_ filled: Int) {
    isBetweenStreams = false
    trail.context.returnDecoderMemory(memory)
    memory = 0
    let limit = UInt64(max(1, trail.context.decoderMemoryLeft))
    let result: lzma_ret =
      switch format {
      case .xz: unsafe lzma_stream_decoder(stream, limit, Self.tellUnsupportedCheck)
      case .lzmaAlone: unsafe lzma_alone_decoder(stream, limit)
      }
    if result != LZMA_OK { fail(result, at: filled) }
  }

  deinit {
    unsafe lzma_end(stream)
    unsafe stream.deallocate()
    trail.context.returnDecoderMemory(memory)
  }

  private var name: String { format == .xz ? "xz" : "lzma" }

  var lender: ByteBuffer? { output }

  func next() -> Chunk {
    guard !isFinished else { return .empty }
    output = output.unkept()
    var filled = 0
    while filled < output.capacity, !isFinished {
      if isBetweenStreams, !beginNext(filled) { break }
      let hasInput = input.fill()
      let before = input.chunk.count
      unsafe stream.pointee.next_in = input.chunk.start
      unsafe stream.pointee.avail_in = before
      unsafe stream.pointee.next_out = output.start + filled
      unsafe stream.pointee.avail_out = output.capacity - filled
      let result = unsafe lzma_code(stream, hasInput ? LZMA_RUN : LZMA_FINISH)
      let used = unsafe before - stream.pointee.avail_in
      let produced = unsafe output.capacity - filled - stream.pointee.avail_out
      input.use(used)
      expansion.consume(used)
      filled += produced
      switch result {
      case LZMA_OK: break
      case LZMA_STREAM_END:
        streamsDone += 1
        isBetweenStreams = true
      case LZMA_UNSUPPORTED_CHECK:
        trail.warn("uncheckedStream", "the \(name) stream has a check of an unknown kind: it is not verified")
      default: fail(result, at: filled)
      }
    }
    if filled > 0 { countMemory() }
    if !expansion.produce(filled, on: trail) { isFinished = true }
    return output.chunk(filled)
  }

  private func countMemory() {
    let now = unsafe Int(clamping: lzma_memusage(stream))
    guard now > memory else { return }
    trail.context.takeDecoderMemory(now - memory)
    memory = now
  }

  /// Looks for a further stream behind one that ended; false at the end.
  private func beginNext(_ filled: Int) -> Bool {
    let zeros = input.skipZeros()
    guard input.fill() else {
      isFinished = true
      if format == .xz, !zeros.isMultiple(of: 4) {
        trail.warn("damagedStream", offset: expansion.produced + filled, "the padding of the xz stream is damaged")
      }
      return false
    }
    guard format == .xz, input.chunk[0] == 0xFD else {
      noteTrailing(filled)
      return false
    }
    if !zeros.isMultiple(of: 4) {
      trail.warn("damagedStream", offset: expansion.produced + filled, "the padding between xz streams is damaged")
    }
    begin(filled)
    return !isFinished
  }

  private func noteTrailing(_ filled: Int) {
    isFinished = true
    let offset = expansion.produced + filled
    let bytes = input.drain()
    trail.note("trailingBytes", offset: offset, "\(bytes) bytes after the end of the \(name) stream are not read")
  }

  private func fail(_ result: lzma_ret, at filled: Int) {
    isFinished = true
    let offset = expansion.produced + filled
    switch result {
    case LZMA_MEMLIMIT_ERROR, LZMA_MEM_ERROR:
      let need = unsafe lzma_memusage(stream)
      trail.limit(
        ArchiveLimits.Name.decoderMemory, offset: offset,
        "the \(name) stream needs \(need) bytes of memory, more than decoders may take")
    case LZMA_FORMAT_ERROR where streamsDone > 0: noteTrailing(filled)
    case LZMA_FORMAT_ERROR: damage("damagedStream", at: filled, "the \(name) header is damaged")
    case LZMA_OPTIONS_ERROR:
      damage("unsupportedStream", at: filled, "the \(name) stream uses options that are not supported")
    case LZMA_BUF_ERROR: damage("truncated", at: filled, "the \(name) stream is cut")
    default: damage("damagedStream", at: filled, "the \(name) stream is damaged")
    }
  }

  private func damage(_ code: String, at filled: Int, _ message: MessageText) {
    trail.damage(code, offset: expansion.produced + filled, message + " (stored byte \(input.position))")
  }
}
