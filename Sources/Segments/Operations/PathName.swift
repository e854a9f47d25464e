internal import Support

/// An operation that is a path, with or without a method: `GET /users/{id}`, `/pay.Payments/Charge`.
///
/// What stands before the first slash is its head: nothing, or words and a blank. Other names (`SELECT orders`, a class's method, a
/// URL with its host) are no paths: what a part of them means nobody knows.
enum PathName {
  /// Longest head: a method, perhaps behind the protocol.
  private static let longestHead = 16
  /// Segments that are told apart; all behind them are one.
  private static let deepest = 24
  private static let slash = UInt8(ascii: "/")

  /// Where the first slash of a path stands; nil for a name that is none.
  static func start(_ name: Span<UInt8>) -> Int? {
    var i = 0
    let end = min(name.count, longestHead)
    while i < end, name[i] == 0x20 || (name[i] | 0x20) &- 0x61 < 26 { i &+= 1 }
    guard i < name.count, name[i] == slash, i == 0 || name[i &- 1] == 0x20 else { return nil }
    return i
  }

  /// The segments behind the first slash; one at least, which may be empty.
  static func segments(_ name: Span<UInt8>, from start: Int) -> [Range<Int>] {
    var segments: [Range<Int>] = []
    var first = start + 1
    var i = first
    while i < name.count, segments.count < deepest {
      if name[i] == slash {
        segments.append(first..<i)
        first = i + 1
      }
      i += 1
    }
    segments.append(first..<name.count)
    return segments
  }

  /// A segment with `{id}` for the numbers that stand between other signs than letters, however short they are.
  static func withoutNumbers(_ segment: Span<UInt8>) -> [UInt8] {
    func isSign(_ i: Int) -> Bool {
      guard i >= 0, i < segment.count else { return true }
      return segment[i] < 0x80 && segment[i] &- 0x30 > 9 && (segment[i] | 0x20) &- 0x61 > 25
    }
    var name: [UInt8] = []
    var i = 0
    while i < segment.count {
      let start = i
      while i < segment.count, segment[i] &- 0x30 <= 9 { i += 1 }
      if i > start, isSign(start - 1), isSign(i) {
        name += "{id}".utf8
      } else {
        name.append(copying: segment.extracting(start..<max(i, start + 1)))
        i = max(i, start + 1)
      }
    }
    return name
  }

  /// Whether a segment is a place for values, written by a producer or by a decoder: `{id}`, `:user`, `<path>`, `*`.
  static func isTemplate(_ segment: Span<UInt8>) -> Bool {
    guard !segment.isEmpty else { return false }
    let last = segment[segment.count - 1]
    switch segment[0] {
    case UInt8(ascii: "{"): return last == UInt8(ascii: "}")
    case UInt8(ascii: "<"): return last == UInt8(ascii: ">")
    case UInt8(ascii: ":"), UInt8(ascii: "*"): return true
    default: return false
    }
  }
}
