// Bytes and texts copied as blocks.

extension Array where Element == UInt8 {
  /// A copy of lent bytes.
  package init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// Appends lent bytes in one block copy.
  @inlinable package mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Cuts a text in UTF-8 to at most so many bytes, before the character that would be halved.
  package mutating func cutText(to limit: Int) {
    guard count > limit else { return }
    removeLast(count - limit - 1)
    while let last = popLast(), last & 0xC0 == 0x80 {}
  }
}

extension Array {
  /// The same elements without the room that growing took ahead; an array that has little of it is given back as it is. (An array
  /// made of a slice of all of another shares its storage, room and all.)
  package var withoutSpareRoom: [Element] {
    guard capacity - count > count / 10 else { return self }
    var exact: [Element] = []
    exact.reserveCapacity(count)
    exact += self
    return exact
  }
}

extension String {
  /// The text of lent bytes; what is no UTF-8 in them appears as U+FFFD.
  package init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The text, cut to at most so many bytes of UTF-8, before the character that would be halved.
  package func cut(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var kept = Array(utf8.prefix(limit + 1))
    kept.cutText(to: limit)
    return String(decoding: kept, as: UTF8.self)
  }
}
