internal import Model
internal import CISAL

/// Deflate through ISA-L: gzip (RFC 1952), of which it checks CRC and length of every member, or raw as in a zip.
///
/// Gzip members that follow one another are one stream; zeros after the last are padding, anything else is noted. Behind a
/// damaged one the next is looked for.
@safe final class InflateStream: ByteStream {
  enum Format {
    case gzip
    /// One raw stream. What follows it belongs to it, and is noted, only where it is alone.
    case raw(isAlone: Bool)
  }

  private let format: Format
  private var input: FilterInput
  private let trail: MemberPath
  private let state: UnsafeMutablePointer<inflate_state>
  private var output = ByteBuffer(capacity: ByteBuffer.usual)
  private var expansion = Expansion()
  private var membersDone = 0
  private var isBetweenMembers = true
  private var isFinished = false
  /// Whether the current member cannot be read on.
  private var isBroken = false
  /// Stored bytes passed over in search of a member behind damage, until one is found.
  private var skipped: Int?
  private var attempts = 0

  /// How many places behind damage are tried.
  private static let mostAttempts = 1000

  init(_ source: any ByteStream, format: Format, on trail: MemberPath) {
    self.format = format
    input = FilterInput(source)
    self.trail = trail
    unsafe state = .allocate(capacity: 1)
    // The library leaves its tables as they are, and damaged codes look up what nothing was written to: without zeros
    // there, the same bytes could give other data.
    _ = unsafe UnsafeMutableRawPointer(state).initializeMemory(
      as: UInt8.self, repeating: 0, count: MemoryLayout<inflate_state>.size)
    unsafe isal_inflate_init(state)
  }

  deinit { unsafe state.deallocate() }

  var lender: ByteBuffer? { output }

  func next() -> Chunk {
    guard !isFinished else { return .empty }
    output = output.unkept()
    var filled = 0
    while filled == 0, !isFinished {
      if isBroken, !resume() { return .empty }
      filled = decode()
    }
    if filled > 0, !expansion.produce(filled, on: trail) { isFinished = true }
    return output.chunk(filled)
  }

  /// Fills the output as far as it goes.
  private func decode() -> Int {
    var filled = 0
    while filled < output.capacity, !isFinished, !isBroken {
      if isBetweenMembers, !beginMember(filled) { break }
      let hasInput = input.fill()
      let before = input.chunk.count
      unsafe state.pointee.next_in = UnsafeMutablePointer(mutating: input.chunk.start)
      unsafe state.pointee.avail_in = UInt32(clamping: before)
      unsafe state.pointee.next_out = output.start + filled
      unsafe state.pointee.avail_out = UInt32(clamping: output.capacity - filled)
      let result = unsafe isal_inflate(state)
      isal_leave_vector_registers()
      let produced = unsafe output.capacity - filled - Int(state.pointee.avail_out)
      // After an error the count may have wrapped below zero: the input was overrun, all of it is used.
      let left = unsafe Int(state.pointee.avail_in)
      let used = left > before ? before : before - left
      filled += produced
      input.use(used)
      expansion.consume(used)
      if produced > 0, let lost = skipped.take() {
        trail.note("skippedBytes", offset: expansion.produced, "\(lost) stored bytes behind the damage are not read")
      }
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
    return filled
  }

  /// Looks behind damage for a further gzip member; false where there is none, or where a gap would go unnoticed.
  private func resume() -> Bool {
    guard case .gzip = format, trail.allowsGaps, attempts < Self.mostAttempts, input.fill() else { return false }
    attempts += 1
    input.use(1)
    guard let distance = input.skip(to: [0x1F, 0x8B, 8]) else { return false }
    skipped = (skipped ?? 0) + distance + 1
    isBroken = false
    begin()
    return true
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
    begin()
    return true
  }

  private func begin() {
    unsafe isal_inflate_reset(state)
    unsafe state.pointee.crc_flag = UInt32(ISAL_GZIP)
    isBetweenMembers = false
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
    if fresh, skipped != nil {
      // What looked like a member behind the damage was none.
      isBroken = true
      return
    }
    if membersDone > 0, fresh, result == ISAL_INVALID_WRAPPER || result == ISAL_UNSUPPORTED_METHOD {
      return noteTrailing(filled)
    }
    isBroken = true
    switch result {
    case ISAL_INCORRECT_CHECKSUM:
      // The member came through to its end: the next one follows.
      isBroken = false
      membersDone += 1
      isBetweenMembers = true
      damage("checksumMismatch", at: filled, "the gzip checksum or length does not match the data")
    case ISAL_INVALID_WRAPPER: damage("damagedStream", at: filled, "the gzip header is damaged")
    case ISAL_UNSUPPORTED_METHOD: damage("damagedStream", at: filled, "the gzip header names an unknown method")
    default: damage("damagedStream", at: filled, "the \(name) stream is damaged")
    }
  }

  private func damage(_ code: String, at filled: Int, _ message: MessageText) {
    trail.damage(code, offset: expansion.produced + filled, message + " (stored byte \(input.position))")
  }
}
