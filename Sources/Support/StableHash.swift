/// The documented 64-bit hash that partitions, template ids and sampling rely on. It never changes between runs,
/// machines or versions of the language.
///
/// Bytes are taken eight at a time, little endian, the tail padded with zeros and the length mixed in first; each word is
/// folded with a multiply and a shift, and the end is the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
@usableFromInline package enum StableHash {
  /// The finalizer of SplitMix64: a bijection of 64 bits in which every input bit moves every output bit.
  @inlinable package static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The hash of a byte string.
  @inlinable package static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    let count = bytes.count
    var h = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var i = 0
    let raw = unsafe bytes.bytes
    while i &+ 8 <= count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
      h = (h ^ word) &* 0x9FB2_1C65_1E98_DF25
      h ^= h >> 32
      i &+= 8
    }
    if i < count {
      var tail: UInt64 = 0
      var shift: UInt64 = 0
      while i < count {
        tail |= UInt64(bytes[i]) << shift
        shift &+= 8
        i &+= 1
      }
      h = (h ^ tail) &* 0x9FB2_1C65_1E98_DF25
      h ^= h >> 32
    }
    return mix(h)
  }

  /// The same hash of bytes that come in pieces.
  package struct Running {
    private var h: UInt64
    /// The bytes of a word that is not whole yet, and how many bits they are.
    private var word: UInt64 = 0
    private var bits: UInt64 = 0

    /// - Parameter count: how many bytes will come.
    package init(count: Int) { h = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15 }

    package mutating func add(_ bytes: Span<UInt8>) {
      var i = 0
      while bits != 0, i < bytes.count {
        add(bytes[i])
        i += 1
      }
      let raw = unsafe bytes.bytes
      while i &+ 8 <= bytes.count {
        fold(unsafe raw.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian)
        i &+= 8
      }
      while i < bytes.count {
        add(bytes[i])
        i += 1
      }
    }

    /// Adds the same bytes to two hashes: each waits for its own last word only, so that both take the time of one.
    package static func add(_ bytes: Span<UInt8>, to first: inout Running, and second: inout Running) {
      var (a, b) = (first, second)
      let raw = unsafe bytes.bytes
      var i = 0
      while i &+ 8 <= bytes.count {
        let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
        a.addWord(word)
        b.addWord(word)
        i &+= 8
      }
      while i < bytes.count {
        a.add(bytes[i])
        b.add(bytes[i])
        i += 1
      }
      (first, second) = (a, b)
    }

    package mutating func finish() -> UInt64 {
      if bits != 0 { fold(word) }
      return mix(h)
    }

    private mutating func add(_ byte: UInt8) {
      word |= UInt64(byte) << bits
      bits += 8
      if bits < 64 { return }
      fold(word)
      word = 0
      bits = 0
    }

    /// Eight bytes, wherever the last word ended.
    @inline(__always) private mutating func addWord(_ next: UInt64) {
      if bits == 0 { return fold(next) }
      fold(word | next << bits)
      word = next >> (64 - bits)
    }

    @inline(__always) private mutating func fold(_ word: UInt64) {
      h = (h ^ word) &* 0x9FB2_1C65_1E98_DF25
      h ^= h >> 32
    }
  }

  /// The hash of a text's UTF-8 bytes.
  package static func hash(_ text: String) -> UInt64 { hash(text.utf8Span.span) }

  /// An order-dependent combination of two hashes.
  @inlinable package static func combine(_ a: UInt64, _ b: UInt64) -> UInt64 {
    mix(a &* 0x9E37_79B9_7F4A_7C15 &+ b)
  }
}

/// The SplitMix64 generator: small, seeded, the same numbers everywhere.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  package var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return StableHash.mix(state)
  }

  /// A number in [0, 1) with 53 random bits.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
