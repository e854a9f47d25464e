// Looking for one byte, many at a time.

internal import Glibc

enum ByteScan {
  /// The first position of a byte at or after `start`, or the window's end.
  static func find(_ byte: UInt8, in window: Span<UInt8>, from start: Int) -> Int {
    guard start < window.count else { return window.count }
    return unsafe window.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return window.count }
      guard let hit = unsafe memchr(base + start, Int32(byte), buffer.count - start) else { return window.count }
      return unsafe base.distance(to: hit.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// How many line ends there are in a stretch.
  static func lineEnds(_ window: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    unsafe window.withUnsafeBufferPointer { bytes in
      var count = 0
      var i = start
      let raw = unsafe UnsafeRawPointer(bytes.baseAddress)
      while let raw = unsafe raw, i &+ 8 <= end {
        let word = unsafe raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        // The high bit of each byte that is zero, and of no other.
        count &+= (~(((word & low) &+ low) | word | low)).nonzeroBitCount
        i &+= 8
      }
      while i < end {
        if unsafe bytes[i] == 0x0A { count &+= 1 }
        i &+= 1
      }
      return count
    }
  }

  /// The first line end at or after `start`, or the end of the bytes.
  @inline(__always) static func lineEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    find(0x0A, in: bytes, from: start)
  }
}
