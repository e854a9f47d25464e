internal import CISAL

/// Deflate through ISA-L: gzip (RFC 1952), of which it checks CRC and length of every member, or raw as in a zip.
///
/// Gzip members that follow one another are one stream; zeros after the last are padding, anything else is noted.
@safe final class InflateStream: ByteStream {
  enum Format {
    case gzip
    /// One raw stream. What follows it belongs to it, and is noted, only where it is alone.
    case raw(isAlone: Bool)
  }

  private let format: Format
  private var input: FilterInput
  private let trail: Trail
  private let state: UnsafeMutablePointer<inflate_state>
  private let output = ByteBuffer(capacity: ByteBuffer.usual)
  private var expansion = Expansion()
  private var membersDone = 0
  private var isBetweenMembers = true
  private var isFinished = false

  init(_ source: any ByteStream, format: Format, on trail: Trail) {
    self.format = format
    input = FilterInput(source)
    self.trail = trail
    unsafe state = .allocate(capacity: 1)
    unsafe isal_inflate_init(state)
  }

  deinit { unsafe state.deallocate() }

  func next() -> Chunk {
    guard !isFinished else { return .empty }
    var filled = 0
    while filled < output.capacity, !isFinished {
      if isBetweenMembers, !beginMember(filled) { break }
      let hasInput = input.fill()
      let before = input.chunk.count
      unsafe state.pointee.next_in = UnsafeMutablePointer(mutating: input.chunk.start)
      unsafe state.pointee.avail_in = UInt32(clamping: before)
      unsafe state.pointee.next_out = output.start + filled
      unsafe state.pointee.avail_out = UInt32(clamping: output.capacity - filled)
      let result = unsafe isal_inflate(state)
      let produced = unsafe output.capacity - filled - Int(state.pointee.avail_out)
      let used = unsafe before - Int(state.pointee.avail_in)
      filled += produced
      input.use(used)
      expansion.consume(used)
      if result != ISAL_DECOMP_OK {
        fail(result, at: filled)
      } else if unsafe state.pointee.block_state == ISAL_BLOCK_FINISH {
        membersDone += 1
        isBetweenMembers = true
      } else if !hasInput, produced == 0 {
        isFinished = true
        damage("truncated", at: filled, "the \(name) stream is cut")
      }
    }
    if !expansion.produce(filled, on: trail) { isFinished = true }
    return output.chunk(filled)
  }

  /// Stored bytes used.
  var consumed: Int { input.position }

  private var name: String { if case .gzip = format { "gzip" } else { "deflate" } }

  /// Looks for a further member; false at the end of the stream.
  private func beginMember(_ filled: Int) -> Bool {
    if case .raw(let isAlone) = format { return beginRaw(filled, isAlone: isAlone) }
    if membersDone > 0 { _ = input.skipZeros() }
    guard input.fill() else {
      isFinished = true
      return false
    }
    if membersDone > 0, input.chunk[0] != 0x1F {
      noteTrailing(filled)
      return false
    }
    unsafe isal_inflate_reset(state)
    unsafe state.pointee.crc_flag = UInt32(ISAL_GZIP)
    isBetweenMembers = false
    return true
  }

  private func beginRaw(_ filled: Int, isAlone: Bool) -> Bool {
    guard membersDone > 0 else {
      isBetweenMembers = false
      return true
    }
    isFinished = true
    if isAlone, input.fill() { noteTrailing(filled) }
    return false
  }

  private func noteTrailing(_ filled: Int) {
    isFinished = true
    let offset = expansion.produced + filled
    let bytes = input.drain()
    trail.note("trailingBytes", offset: offset, "\(bytes) bytes after the end of the \(name) stream are not read")
  }

  private func fail(_ result: Int32, at filled: Int) {
    let fresh = unsafe state.pointee.total_out == 0
    if membersDone > 0, fresh, result == ISAL_INVALID_WRAPPER || result == ISAL_UNSUPPORTED_METHOD {
      return noteTrailing(filled)
    }
    isFinished = true
    switch result {
    case ISAL_INCORRECT_CHECKSUM:
      damage("checksumMismatch", at: filled, "the gzip checksum or length does not match the data")
    case ISAL_INVALID_WRAPPER: damage("damagedStream", at: filled, "the gzip header is damaged")
    case ISAL_UNSUPPORTED_METHOD: damage("damagedStream", at: filled, "the gzip header names an unknown method")
    default: damage("damagedStream", at: filled, "the \(name) stream is damaged")
    }
  }

  private func damage(_ code: String, at filled: Int, _ message: String) {
    trail.damage(code, offset: expansion.produced + filled, message + " (stored byte \(input.position))")
  }
}
