/// Bytes lent by a stream until its next call.
@safe struct Chunk {
  private let base: UnsafePointer<UInt8>?
  let count: Int

  init(_ base: UnsafePointer<UInt8>?, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  static var empty: Chunk { unsafe Chunk(nil, count: 0) }

  var isEmpty: Bool { count == 0 }

  /// The first byte's address, for C.
  var start: UnsafePointer<UInt8>? { unsafe base }

  subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    guard let base = unsafe base else { return 0 }
    return unsafe base[index]
  }

  func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    let buffer = unsafe UnsafeBufferPointer(start: base, count: count)
    return unsafe body(buffer.span)
  }

  /// What is left after the first `n` bytes.
  func dropFirst(_ n: Int) -> Chunk {
    precondition(n >= 0)
    guard let base = unsafe base, n < count else { return .empty }
    return unsafe Chunk(base + n, count: count - n)
  }

  /// No more than the first `n` bytes.
  func upTo(_ n: Int) -> Chunk {
    precondition(n >= 0)
    return unsafe Chunk(base, count: min(n, count))
  }

  func prefix(_ n: Int) -> [UInt8] { withSpan { span in (0..<min(n, span.count)).map { span[$0] } } }
}

/// Bytes that are pulled, chunk by chunk.
///
/// A stream does not throw: what goes wrong it reports to its `MemberPath` and ends, so that all that came before the damage
/// reaches whoever pulls, who then asks the trail whether the end is a good one.
protocol ByteStream: AnyObject {
  /// The next bytes, lent until the next call; empty at the end.
  func next() -> Chunk
  /// The memory that chunks lie in, if it may be kept: a stream leaves memory alone that was kept, and goes on in other.
  var lender: ByteBuffer? { get }
}

extension ByteStream {
  var lender: ByteBuffer? { nil }
}

/// A block of memory with an owner, for decoders to write to.
@safe final class ByteBuffer {
  let start: UnsafeMutablePointer<UInt8>
  let capacity: Int
  /// Whether somebody reads on in it, so that nothing may be written to it any more. Only the thread that writes asks and sets.
  private(set) var isKept = false

  init(capacity: Int) {
    self.capacity = capacity
    unsafe start = .allocate(capacity: capacity)
  }

  deinit { unsafe start.deallocate() }

  func chunk(_ count: Int) -> Chunk { unsafe Chunk(start, count: count) }

  func keep() { isKept = true }

  /// Memory of this size to write to: this, or new memory where this is kept.
  func unkept() -> ByteBuffer { isKept ? ByteBuffer(capacity: capacity) : self }

  func contains(_ chunk: Chunk) -> Bool {
    guard let first = unsafe chunk.start, unsafe first >= UnsafePointer(start) else { return false }
    return unsafe first + chunk.count <= UnsafePointer(start) + capacity
  }

  /// The size of the pieces that go through the walk: large enough that the cost per piece vanishes.
  static let usual = 1 << 20
}

/// A stream whose first bytes can be looked at before they are pulled.
@safe final class PeekedStream: ByteStream {
  private let source: any ByteStream
  private var held: [UInt8] = []
  private var lent: Chunk = .empty
  private let copy = ByteBuffer(capacity: PeekedStream.window)
  /// The first bytes: `window` of them, or all where there are fewer.
  private(set) var head: [UInt8] = []
  /// Whether `head` is all there is.
  private(set) var headIsAll = false

  /// Enough for the longest signature, a tar header.
  static let window = 1024

  init(_ source: any ByteStream) {
    self.source = source
    lent = source.next()
    if lent.count >= Self.window {
      head = lent.prefix(Self.window)
      return
    }
    while held.count < Self.window {
      if lent.isEmpty { break }
      let missing = Self.window - held.count
      held += lent.prefix(missing)
      if lent.count > missing {
        lent = lent.dropFirst(missing)
        break
      }
      lent = source.next()
    }
    head = held
    headIsAll = lent.isEmpty
    for (index, byte) in held.enumerated() { unsafe copy.start[index] = byte }
  }

  /// Whether the member begins with a block of zeros: an empty tar, or the hole that a crash leaves.
  var beginsWithZeros: Bool { head.count >= TarHeader.size && !head.contains { $0 != 0 } }

  var lender: ByteBuffer? { source.lender }

  func next() -> Chunk {
    if !held.isEmpty {
      let count = held.count
      held = []
      return copy.chunk(count)
    }
    if !lent.isEmpty {
      let chunk = lent
      lent = .empty
      return chunk
    }
    return source.next()
  }
}

/// A stream without the zeros that it begins with.
@safe final class ZerosSkipped: ByteStream {
  private let source: any ByteStream
  private var first: Chunk = .empty
  private(set) var skipped = 0

  init(_ source: any ByteStream) {
    self.source = source
    while true {
      let chunk = source.next()
      if chunk.isEmpty { return }
      let zeros = chunk.withSpan { span in
        var index = 0
        while index < span.count, span[index] == 0 { index &+= 1 }
        return index
      }
      skipped += zeros
      if zeros < chunk.count {
        first = chunk.dropFirst(zeros)
        return
      }
    }
  }

  var lender: ByteBuffer? { source.lender }

  func next() -> Chunk {
    guard first.isEmpty else {
      defer { first = .empty }
      return first
    }
    return source.next()
  }
}
