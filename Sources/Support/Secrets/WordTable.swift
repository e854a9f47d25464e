// Words by the hash of their letters read backwards, so that the end of a name is looked up while it is read.

/// A table of words, each with a number above 0.
struct WordTable: Sendable {
  private var hashes: [UInt64]
  private var values: [UInt8]
  private let mask: Int

  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// One more letter, towards the front.
  @inline(__always) static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// - Parameter capacity: a power of two, twice the words or more.
  init(capacity: Int) {
    hashes = Array(repeating: 0, count: capacity)
    values = Array(repeating: 0, count: capacity)
    mask = capacity - 1
  }

  /// The words of a list, all with the number 1.
  init(_ list: String) {
    self.init(capacity: 512)
    add(list, 1)
  }

  /// Adds the words of a list; a word that is there already keeps its number.
  mutating func add(_ list: String, _ value: UInt8) {
    for word in list.split(separator: " ") {
      let hash = word.utf8.reversed().reduce(Self.seed) { Self.step($0, $1) }
      var slot = place(hash)
      while hashes[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & mask }
      guard hashes[slot] == 0 else { continue }
      hashes[slot] = hash
      values[slot] = value
    }
  }

  @inline(__always) private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 20) & mask }

  /// The number of the word with a hash.
  @inline(__always) func find(_ hash: UInt64) -> UInt8? {
    var slot = place(hash)
    while hashes[slot] != 0 {
      if hashes[slot] == hash { return values[slot] }
      slot = (slot &+ 1) & mask
    }
    return nil
  }

  /// Whether a stretch of a text is one of the words, in any case.
  func contains(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var hash = Self.seed
    var i = end
    while i > start {
      i -= 1
      hash = Self.step(hash, text[i] &- 0x41 < 26 ? text[i] | 0x20 : text[i])
    }
    return find(hash) != nil
  }
}
