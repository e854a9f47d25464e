// Whether the same bytes stand in two places.

extension Span where Element == UInt8 {
  /// Whether other bytes stand at a place, all of them.
  @inlinable @inline(__always) package func holds(_ other: Span<UInt8>, at start: Int) -> Bool {
    let size = other.count
    guard start >= 0, size <= count &- start else { return false }
    let a = unsafe bytes
    let b = unsafe other.bytes
    guard size >= 8 else {
      for i in 0..<size where self[start &+ i] != other[i] { return false }
      return true
    }
    // The last word may overlap the one before.
    var i = 0
    while true {
      if unsafe a.unsafeLoadUnaligned(fromByteOffset: start &+ i, as: UInt64.self)
        != b.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self)
      {
        return false
      }
      if i == size &- 8 { return true }
      i = Swift.min(i &+ 8, size &- 8)
    }
  }
}
