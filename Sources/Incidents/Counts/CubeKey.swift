internal import Support

/// The place of one count: up to four names, a number (a histogram bucket, a severity) and a time slot.
struct CubeKey: Hashable, Comparable, Sendable {
  var a: Int32
  var b: Int32 = 0
  var c: Int32 = 0
  var d: Int32 = 0
  var number: Int32 = 0
  var slot: Int32 = 0

  /// One well-mixed word instead of six fields: dictionaries of cells are looked up by the hundred thousand.
  func hash(into hasher: inout Hasher) { hasher.combine(mixed) }

  func renamed(_ map: [Int32]) -> CubeKey {
    CubeKey(a: map.name(a), b: map.name(b), c: map.name(c), d: map.name(d), number: number, slot: slot)
  }

  static func < (x: CubeKey, y: CubeKey) -> Bool {
    if x.a != y.a { return x.a < y.a }
    if x.b != y.b { return x.b < y.b }
    if x.c != y.c { return x.c < y.c }
    if x.d != y.d { return x.d < y.d }
    if x.slot != y.slot { return x.slot < y.slot }
    return x.number < y.number
  }
}

extension CubeKey {
  /// All six fields in one well-mixed word.
  var mixed: UInt64 {
    func word(_ high: Int32, _ low: Int32) -> UInt64 {
      UInt64(UInt32(bitPattern: high)) << 32 | UInt64(UInt32(bitPattern: low))
    }
    return StableHash.mix(
      word(a, b) &* 0x9E37_79B9_7F4A_7C15 ^ StableHash.mix(word(c, d) &* 0xD6E8_FEB8_6659_FD93 ^ word(number, slot)))
  }
}
