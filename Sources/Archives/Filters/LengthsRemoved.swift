internal import Model

/// Pieces without the lengths in front of them, four bytes each and big endian: frames that follow one another are one stream.
@safe final class LengthsRemoved: ByteStream {
  private var input: FilterInput
  private let trail: MemberPath
  /// Bytes of the piece that are still to come.
  private var left = 0
  /// Bytes that were lent last.
  private var lent = 0

  init(_ source: any ByteStream, on trail: MemberPath) {
    input = FilterInput(source)
    self.trail = trail
  }

  func next() -> Chunk {
    input.use(lent)
    lent = 0
    while left == 0 {
      guard let length = length() else { return .empty }
      left = length
    }
    guard input.fill() else {
      trail.damage("truncated", offset: nil, "a piece is shorter than its length says (stored byte \(input.position))")
      return .empty
    }
    let chunk = input.chunk.upTo(left)
    lent = chunk.count
    left -= lent
    return chunk
  }

  /// The length of the next piece; nil at the end.
  private func length() -> Int? {
    var value = 0
    for i in 0..<4 {
      guard input.fill() else {
        if i > 0 { trail.damage("truncated", offset: nil, "a length is cut (stored byte \(input.position))") }
        return nil
      }
      value = value << 8 | Int(input.chunk.prefix(1)[0])
      input.use(1)
    }
    return value
  }
}
