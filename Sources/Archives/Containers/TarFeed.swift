/// A stream that a tar reader pulls from and that can be taken back a little, to the place where the reader stopped.
@safe final class TarFeed {
  private let source: any ByteStream
  private var chunk: Chunk = .empty
  /// The end of what was lent before `chunk`.
  private var tail: [UInt8] = []
  /// The offset behind `chunk`.
  private var end = 0
  private var replay: [UInt8] = []
  private var rest: Chunk = .empty
  private let copy = ByteBuffer(capacity: TarFeed.memory)
  private var piece: Chunk = .empty

  /// How far back `rewind` reaches at least: two blocks.
  private static let memory = 1024

  init(_ source: any ByteStream) { self.source = source }

  var lender: ByteBuffer? { source.lender }

  /// The next bytes for the reader.
  func pull() -> Chunk {
    if !replay.isEmpty {
      for (index, byte) in replay.enumerated() { unsafe copy.start[index] = byte }
      defer { replay = [] }
      return copy.chunk(replay.count)
    }
    if !rest.isEmpty {
      defer { rest = .empty }
      return rest
    }
    let last = chunk.count >= Self.memory ? chunk.dropFirst(chunk.count - Self.memory) : chunk
    tail = Array((tail + last.prefix(last.count)).suffix(Self.memory))
    chunk = source.next()
    end += chunk.count
    return chunk
  }

  /// Goes back to an offset no more than the last chunk and two blocks behind.
  func rewind(to offset: Int) {
    let back = max(0, end - offset)
    piece = .empty
    if back <= chunk.count {
      replay = []
      rest = chunk.dropFirst(chunk.count - back)
    } else {
      replay = Array(tail.suffix(back - chunk.count))
      rest = chunk
    }
  }

  /// Reads one block; fewer bytes at the end.
  func readBlock() -> [UInt8] {
    var block: [UInt8] = []
    while block.count < TarHeader.size {
      if piece.isEmpty { piece = pull() }
      if piece.isEmpty { break }
      let taken = min(TarHeader.size - block.count, piece.count)
      block += piece.prefix(taken)
      piece = piece.dropFirst(taken)
    }
    return block
  }
}
