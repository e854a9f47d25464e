internal import Support

/// The texts of one partial by number. Symbols belong to a partition, so a partial holds texts; numbers keep its many
/// cells small, and the byte-sorted order at encoding makes the numbers mean nothing.
struct NameTable: Sendable {
  private(set) var texts: [String] = [""]
  private var numbers: [Spelling: Int32] = [Spelling(text: ""): 0]

  /// A text that equals another only byte by byte: names are put in the order of their bytes, and two spellings of one letter are two
  /// names there.
  private struct Spelling: Hashable {
    let text: String
    static func == (a: Spelling, b: Spelling) -> Bool { a.text == b.text && a.text.utf8.elementsEqual(b.text.utf8) }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }

  init() {}

  /// Takes texts that differ, the first of them empty.
  init(_ texts: [String]) {
    for text in texts { _ = intern(text) }
  }

  mutating func intern(_ text: String) -> Int32 {
    let spelling = Spelling(text: text)
    if let number = numbers[spelling] { return number }
    let number = Int32(truncatingIfNeeded: texts.count)
    texts.append(text)
    numbers[spelling] = number
    return number
  }

  func find(_ text: String) -> Int32? { numbers[Spelling(text: text)] }

  subscript(_ number: Int32) -> String {
    let index = Int(number)
    return index >= 0 && index < texts.count ? texts[index] : ""
  }

  var count: Int { texts.count }

  /// Puts the texts in byte order.
  ///
  /// - Returns: the new number of each old one.
  mutating func sort() -> [Int32] {
    let map = sortedNumbers
    var sorted = NameTable()
    for text in sortedTexts { _ = sorted.intern(text) }
    self = sorted
    return map
  }

  /// The new number of each text when texts are sorted by their bytes.
  var sortedNumbers: [Int32] {
    let order = texts.indices.sorted { texts[$0].utf8.lexicographicallyPrecedes(texts[$1].utf8) }
    var numbers = [Int32](repeating: 0, count: texts.count)
    for (new, old) in order.enumerated() { numbers[old] = Int32(truncatingIfNeeded: new) }
    return numbers
  }

  /// The texts in the order of `sortedNumbers`.
  var sortedTexts: [String] { texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension [Int32] {
  /// The new number of a name; 0, the empty text, for a number that a damaged file made up.
  func name(_ old: Int32) -> Int32 { indices.contains(Int(old)) ? self[Int(old)] : 0 }
}

extension ByteReader {
  /// The number here of a name that stands by itself.
  mutating func name(_ map: [Int32]) throws(DecodeFailure) -> Int32 {
    guard let number = Int(exactly: try signed()), map.indices.contains(number) else {
      throw failure("name out of range")
    }
    return map[number]
  }
}
