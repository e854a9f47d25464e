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
    unsafe window.extracting(start..<end).withUnsafeBufferPointer { bytes in
      var count = 0
      var i = 0
      while i < bytes.count {
        // Counted in a byte as long as it cannot overflow: many such loops fit into one vector.
        let stop = min(bytes.count, i &+ 240)
        var found: UInt8 = 0
        while i < stop {
          found &+= unsafe bytes[i] == 0x0A ? 1 : 0
          i &+= 1
        }
        count &+= Int(found)
      }
      return count
    }
  }

  /// The first line end at or after `start`, or the end of the bytes.
  @inline(__always) static func lineEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    find(0x0A, in: bytes, from: start)
  }
}
