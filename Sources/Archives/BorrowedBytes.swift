/// Bytes of a member, lent for a call: behind it they are gone, unless `kept` was called. Most of them lie where they were
/// expanded, and can be kept there without a copy.
@safe package struct BorrowedBytes {
  private let chunk: Chunk
  private let lender: ByteBuffer?

  /// - Parameters:
  ///   - chunk: the bytes.
  ///   - lender: the memory of the stream that they came from; they may lie in other.
  init(_ chunk: Chunk, of lender: ByteBuffer?) {
    self.chunk = chunk
    self.lender = lender.flatMap { $0.contains(chunk) ? $0 : nil }
  }

  package var count: Int { chunk.count }

  /// Bytes of memory that keeping these would hold; all there are where only a copy can be kept.
  package var memory: Int { lender?.capacity ?? .max }

  /// Lends the bytes.
  package func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result { chunk.withSpan(body) }

  /// A part of the bytes.
  package func extracting(_ range: Range<Int>) -> BorrowedBytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return BorrowedBytes(chunk.dropFirst(range.lowerBound).upTo(range.count), of: lender)
  }

  /// The bytes, to be read as long as one likes, on any thread; nil where only a copy can be kept.
  package func kept() -> RetainedBytes? {
    guard let lender else { return nil }
    lender.keep()
    return RetainedBytes(chunk, in: lender)
  }
}

/// Bytes in memory that nobody writes to any more; it is given back with the last of them.
@safe package struct RetainedBytes: @unchecked Sendable {
  private let chunk: Chunk
  private let buffer: ByteBuffer

  fileprivate init(_ chunk: Chunk, in buffer: ByteBuffer) {
    self.chunk = chunk
    self.buffer = buffer
  }

  /// Bytes of memory that are held for these, and for others that lie in the same memory.
  package var memory: Int { buffer.capacity }

  /// Lends the bytes.
  package func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    withExtendedLifetime(buffer) { chunk.withSpan(body) }
  }
}
