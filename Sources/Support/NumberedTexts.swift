/// Texts that differ from one met before in nothing but the digits of numbers, and a value for each.
///
/// A text is kept as the pieces between its numbers; another one that has the same pieces, with any digits between them, has the same
/// value. Kept in sets of a few, as caches of processors are, by the bytes in front of the first digit. What is kept decides how long a
/// look takes and nothing else: whoever asks works out by himself what is not known.
package struct NumberedTexts: Sendable {
  /// What is kept of a text.
  package struct Found: Sendable {
    package var value: UInt32
    /// Where in the text the number stands that was marked; nil where none was.
    package var marked: Int?
  }

  private struct Entry: Sendable {
    var value: UInt32 = 0
    var pieces = 0..<0
    /// Which of the numbers is marked, -1 for none.
    var marked = -1
  }

  private static let sets = 64
  private static let ways = 4
  /// Bytes that a set is told by.
  private static let prefix = 24
  private static let mostNumbers = 16
  private static let mostBytes = 1 << 18

  private let longest: Int
  private var entries: [Entry] = []
  /// Which way of each set is given up next.
  private var next = [UInt8](repeating: 0, count: sets)
  /// The pieces between the numbers of all texts, and their bytes.
  private var pieces: [Range<Int>] = []
  private var bytes: [UInt8] = []

  /// - Parameter longest: the bytes of the longest text that is kept or found.
  package init(longest: Int) { self.longest = longest }

  /// Forgets all.
  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// What is kept of a text with these pieces between its numbers.
  package func find(_ text: Span<UInt8>) -> Found? {
    guard !entries.isEmpty, !text.isEmpty, text.count <= longest else { return nil }
    let first = Self.set(of: text) * Self.ways
    for place in first..<first + Self.ways {
      let entry = entries[place]
      if entry.pieces.isEmpty { return nil }
      if let marked = match(entry, text) { return Found(value: entry.value, marked: marked < 0 ? nil : marked) }
    }
    return nil
  }

  /// Where the marked number stands, -1 for none; nil where the text is another.
  @inline(__always) private func match(_ entry: Entry, _ text: Span<UInt8>) -> Int? {
    var cursor = 0
    var marked = -1
    for number in 0..<entry.pieces.count {
      let piece = pieces[entry.pieces.lowerBound &+ number]
      guard text.holds(bytes.span.extracting(piece), at: cursor) else { return nil }
      cursor &+= piece.count
      if number == entry.pieces.count &- 1 { break }
      if number == entry.marked { marked = cursor }
      let start = cursor
      while cursor < text.count, text[cursor] &- 0x30 <= 9 { cursor &+= 1 }
      guard cursor > start else { return nil }
    }
    return cursor == text.count ? marked : nil
  }

  /// Keeps a text.
  ///
  /// - Parameters:
  ///   - text: what is not kept yet.
  ///   - numbers: the whole runs of digits in it, in order, that may be any others.
  ///   - value: what is found then.
  ///   - marked: where one of the numbers begins, which is found again; nil for none.
  package mutating func keep(_ text: Span<UInt8>, numbers: [Range<Int>], value: UInt32, marked: Int?) {
    guard !text.isEmpty, text.count <= longest, numbers.count <= Self.mostNumbers else { return }
    var entry = Entry(value: value)
    if let marked {
      guard let number = numbers.firstIndex(where: { $0.lowerBound == marked }) else { return }
      entry.marked = number
    }
    if bytes.count + text.count > Self.mostBytes { removeAll() }
    if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.sets * Self.ways) }
    let first = pieces.count
    var cursor = 0
    for number in numbers {
      add(text.extracting(cursor..<number.lowerBound))
      cursor = number.upperBound
    }
    add(text.extracting(cursor..<text.count))
    entry.pieces = first..<pieces.count
    let set = Self.set(of: text)
    entries[set * Self.ways + Int(next[set])] = entry
    next[set] = (next[set] + 1) % UInt8(Self.ways)
  }

  private mutating func add(_ piece: Span<UInt8>) {
    let start = bytes.count
    bytes.append(copying: piece)
    pieces.append(start..<bytes.count)
  }

  @inline(__always) private static func set(of text: Span<UInt8>) -> Int {
    var key: UInt64 = 0
    var i = 0
    while i < min(text.count, prefix), text[i] &- 0x30 > 9 {
      key = (key ^ UInt64(text[i])) &* 0x9FB2_1C65_1E98_DF25
      i &+= 1
    }
    return Int(truncatingIfNeeded: key >> 58)
  }
}
