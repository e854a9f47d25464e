internal import Model

/// A stretch of an archive, as it is stored.
@safe final class RangeStream: ByteStream {
  private let bytes: any RandomAccess
  private let trail: MemberPath
  private var position: Int
  private let end: Int
  private let buffer: ByteBuffer
  /// Held against the limits where nothing else decodes the bytes.
  private var expansion: Expansion?

  /// - Parameters:
  ///   - bytes: what the archive is read from.
  ///   - start: the first byte.
  ///   - size: how many; what lies behind the end of the archive is missing and reported.
  ///   - isCounted: whether the bytes go to the reader as they are.
  ///   - trail: the member's.
  init(_ bytes: any RandomAccess, start: Int, size: Int, isCounted: Bool, on trail: MemberPath) {
    self.bytes = bytes
    self.trail = trail
    position = start
    let (wanted, overflow) = start.addingReportingOverflow(size)
    end = overflow ? .max : wanted
    buffer = ByteBuffer(capacity: max(1, min(1 << 18, size)))
    expansion = isCounted ? Expansion() : nil
  }

  func next() -> Chunk {
    guard position < end, !trail.context.isStopped else {
      if trail.context.isStopped { trail.markDamaged() }
      return .empty
    }
    let count = unsafe bytes.read(at: position, into: buffer.start, count: min(buffer.capacity, end - position))
    guard count > 0 else {
      trail.damage("truncated", offset: nil, "the archive is cut inside this member")
      position = end
      return .empty
    }
    position += count
    expansion?.consume(count)
    if let more = expansion?.produce(count, on: trail), !more { position = end }
    return buffer.chunk(count)
  }
}

/// Bytes that are held against the checksum and the size that their archive gives for them.
@safe final class CheckedStream: ByteStream {
  private let source: any ByteStream
  private let trail: MemberPath
  private let checksum: UInt32
  private let size: Int
  private var running: UInt32 = 0
  private var delivered = 0
  private var isFinished = false

  init(_ source: any ByteStream, checksum: UInt32, size: Int, on trail: MemberPath) {
    self.source = source
    self.trail = trail
    self.checksum = checksum
    self.size = size
  }

  var lender: ByteBuffer? { source.lender }

  func next() -> Chunk {
    guard !isFinished else { return .empty }
    let chunk = source.next()
    guard chunk.isEmpty else {
      running = chunk.withSpan { CRC32.of($0, after: running) }
      delivered += chunk.count
      return chunk
    }
    isFinished = true
    guard !trail.isDamaged else { return chunk }
    if running != checksum {
      trail.damage("checksumMismatch", offset: delivered, "the data does not match the archive's CRC")
    } else if delivered != size {
      trail.note("sizeMismatch", offset: delivered, "the archive claims \(size) bytes and holds \(delivered)")
    }
    return chunk
  }
}

/// Some bytes and then a stream.
@safe final class PrefixedStream: ByteStream {
  private let source: any ByteStream
  private let buffer: ByteBuffer
  private var isPrefixDue = true

  init(_ prefix: [UInt8], then source: any ByteStream) {
    self.source = source
    buffer = ByteBuffer(capacity: max(1, prefix.count))
    count = prefix.count
    for (index, byte) in prefix.enumerated() { unsafe buffer.start[index] = byte }
  }

  private let count: Int

  func next() -> Chunk {
    guard isPrefixDue, count > 0 else { return source.next() }
    isPrefixDue = false
    return buffer.chunk(count)
  }
}
