// The mark of byte order in front of a text.

/// `U+FEFF` as UTF-8 writes it: at the beginning of a file, or where files were joined one behind the other, it says only that what
/// follows is UTF-8 and is no part of the text (Unicode 17.0, section 23.8, "Byte Order Mark").
enum ByteOrderMark {
  /// One past the marks that stand at a place.
  @inline(__always) static func end(_ b: Span<UInt8>, from start: Int) -> Int {
    var i = start
    while i &+ 2 < b.count, b[i] == 0xEF, b[i &+ 1] == 0xBB, b[i &+ 2] == 0xBF { i &+= 3 }
    return i
  }
}
