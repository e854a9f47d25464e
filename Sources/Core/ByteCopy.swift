extension Array where Element == UInt8 {
  /// Appends lent bytes in one block copy.
  @inlinable package mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
