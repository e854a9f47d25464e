// Looking for bytes, many at a time.

internal import CByteSearch
internal import Glibc

/// The searches that all decoders share.
enum ByteScan {
  /// The first byte at or after `start` that is one of three, a control character, or beyond ASCII.
  ///
  /// - Returns: nil where there is none before the last bytes of the window, fewer than sixteen; then `start` is their first.
  ///   (It moves on where there is one too, but to no place that means anything.)
  @inline(__always) static func mark(
    _ a: UInt8, _ b: UInt8, _ c: UInt8, in window: Span<UInt8>, from start: inout Int
  ) -> Int? {
    var i = start
    let found: Int? = unsafe window.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return nil }
      while i &+ 16 <= bytes.count {
        let marks = unsafe text_marks16(base + i, a, b, c)
        if marks != 0 { return i &+ marks.trailingZeroBitCount }
        i &+= 16
      }
      return nil
    }
    start = i
    return found
  }

  /// Which of the sixteen bytes from `start` on are one of four: the first byte's bit is the lowest. Behind the window's end none is.
  @inline(__always) static func marks(
    _ set: (UInt8, UInt8, UInt8, UInt8), in window: Span<UInt8>, at start: Int
  ) -> UInt32 {
    unsafe window.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      if start &+ 16 <= bytes.count { return unsafe UInt32(text_any16(base + start, set.0, set.1, set.2, set.3)) }
      var marks: UInt32 = 0
      var i = start
      while i < bytes.count {
        let byte = unsafe bytes[i]
        if byte == set.0 || byte == set.1 || byte == set.2 || byte == set.3 { marks |= 1 << UInt32(i &- start) }
        i &+= 1
      }
      return marks
    }
  }

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
