/// The compressions that are taken off a member, told by its first bytes.
enum Filter {
  case gzip
  case zstandard
  /// Frames of zstandard, each behind its length.
  case countedZstandard
  case xz
  case lzmaAlone
  case bzip2

  /// The endings of names that promise this compression.
  var extensions: [String] {
    switch self {
    case .gzip: ["gz", "tgz"]
    case .zstandard, .countedZstandard: ["zst", "tzst"]
    case .xz: ["xz", "txz"]
    case .lzmaAlone: ["lzma", "tlz"]
    case .bzip2: ["bz2", "tbz", "tbz2"]
    }
  }

  /// A stream of the decoded and checked bytes of `source`.
  func decode(_ source: any ByteStream, on trail: MemberPath) -> any ByteStream {
    switch self {
    case .gzip: InflateStream(source, format: .gzip, on: trail)
    case .zstandard: ZstandardStream(source, on: trail)
    case .countedZstandard: ZstandardStream(LengthsRemoved(source, on: trail), on: trail)
    case .xz: XZStream(source, format: .xz, on: trail)
    case .lzmaAlone: XZStream(source, format: .lzmaAlone, on: trail)
    case .bzip2: Bzip2Stream(source, on: trail)
    }
  }
}

/// The stored side of a filter: chunks are pulled when the last is used up.
struct FilterInput {
  private let source: any ByteStream
  private(set) var chunk: Chunk = .empty
  /// Stored bytes that were used.
  private(set) var position = 0
  private(set) var isAtEnd = false

  init(_ source: any ByteStream) { self.source = source }

  /// Makes sure that there are bytes in `chunk`; false at the end.
  mutating func fill() -> Bool {
    if !chunk.isEmpty { return true }
    if isAtEnd { return false }
    chunk = source.next()
    isAtEnd = chunk.isEmpty
    return !isAtEnd
  }

  mutating func use(_ count: Int) {
    position += count
    chunk = chunk.dropFirst(count)
  }

  /// Skips zeros, the padding of tapes and block devices; answers how many.
  mutating func skipZeros() -> Int {
    var skipped = 0
    while fill() {
      let zeros = chunk.withSpan { span in
        var index = 0
        while index < span.count, span[index] == 0 { index &+= 1 }
        return index
      }
      skipped += zeros
      use(zeros)
      if !chunk.isEmpty { break }
    }
    return skipped
  }

  /// Skips to a pattern of bytes, within a chunk; answers how far that was, or nil at the end.
  mutating func skip(to pattern: [UInt8]) -> Int? {
    var skipped = 0
    while fill() {
      let found = chunk.withSpan { span in
        var index = 0
        while index + pattern.count <= span.count {
          if span[index] == pattern[0], pattern.indices.allSatisfy({ span[index + $0] == pattern[$0] }) { return index }
          index += 1
        }
        return -1
      }
      let distance = found < 0 ? chunk.count : found
      skipped += distance
      use(distance)
      if found >= 0 { return skipped }
    }
    return nil
  }

  /// Reads to the end and answers how many bytes that were.
  mutating func drain() -> Int {
    var drained = 0
    while fill() {
      drained += chunk.count
      use(chunk.count)
    }
    return drained
  }
}
