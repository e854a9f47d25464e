// Cuts rows of delimited text into fields (RFC 4180, and what real files do beyond it).

internal import Support

/// One row's fields as places in the bytes; used again for every row.
struct DelimitedRow {
  struct Field {
    var start: Int
    var end: Int
    /// Whether doubled quotes in it stand for one.
    var isDoubled: Bool
  }

  enum Outcome {
    /// The row ends before `next`.
    case row(next: Int)
    /// The bytes end inside the row.
    case incomplete
    /// A quote is open at the end of the input.
    case openQuote
  }

  private(set) var fields: [Field] = []
  /// Whether the row has more fields than are kept; then what is kept of it means nothing.
  private(set) var isTooWide = false
  /// Fields of one row: without a bound, a row of nothing but delimiters takes many times its size.
  static let mostFields = 1 << 16
  /// Line breaks inside quoted fields of this row.
  private(set) var innerLines = 0

  /// Moves the places of the fields, for a copy of the row.
  mutating func move(by count: Int) {
    for i in fields.indices {
      fields[i].start += count
      fields[i].end += count
    }
  }

  /// Reads the row that starts at a place.
  ///
  /// A quote opens a quoted field only at the field's start; what follows its closing quote up to the delimiter belongs
  /// to the field too. Quotes can be switched off, for files whose quotes do not pair.
  mutating func read(_ b: Span<UInt8>, from start: Int, delimiter: UInt8, quotes: Bool, isFinal: Bool) -> Outcome {
    fields.removeAll(keepingCapacity: true)
    innerLines = 0
    isTooWide = false
    let count = b.count
    var i = start
    let pattern = UInt64(delimiter) &* 0x0101_0101_0101_0101
    while true {
      if fields.count > Self.mostFields {
        isTooWide = true
        fields.removeAll(keepingCapacity: true)
      }
      if quotes, i < count, b[i] == 0x22 {
        guard let closing = closingQuote(b, i + 1, &innerLines) else { return isFinal ? .openQuote : .incomplete }
        if closing.at + 1 == count, !isFinal { return .incomplete }
        fields.append(Field(start: i + 1, end: closing.at, isDoubled: closing.isDoubled))
        i = closing.at + 1
        if i < count, b[i] != delimiter, b[i] != 0x0A, b[i] != 0x0D {
          // Text after the closing quote: keep the field as it stands.
          fields[fields.count - 1].start -= 1
          fields[fields.count - 1].isDoubled = false
          i = fieldEnd(b, i, pattern, delimiter)
          fields[fields.count - 1].end = i
        } else if i < count, b[i] == 0x0D, i + 1 < count, b[i + 1] == 0x0A {
          i += 1
        } else if i < count, b[i] == 0x0D {
          i = fieldEnd(b, i, pattern, delimiter)
        }
      } else {
        let end = fieldEnd(b, i, pattern, delimiter)
        let isLast = end == count || b[end] == 0x0A
        let trim = isLast && end > i && b[end - 1] == 0x0D ? 1 : 0
        fields.append(Field(start: i, end: end - trim, isDoubled: false))
        i = end
      }
      guard i < count else { return isFinal ? .row(next: count) : .incomplete }
      if b[i] == 0x0A { return .row(next: i + 1) }
      i += 1
    }
  }

  @inline(__always) private func fieldEnd(_ b: Span<UInt8>, _ start: Int, _ pattern: UInt64, _ delimiter: UInt8) -> Int
  {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var i = start
    while i &+ 8 <= b.count {
      let word = JSONScanner.load8(b, i)
      let a = word ^ pattern
      let n = word ^ 0x0A0A_0A0A_0A0A_0A0A
      let found = (((a &- ones) & ~a) | ((n &- ones) & ~n)) & highs
      if found != 0 { return i &+ found.trailingZeroBitCount &>> 3 }
      i &+= 8
    }
    while i < b.count, b[i] != delimiter, b[i] != 0x0A { i &+= 1 }
    return i
  }

  private func closingQuote(_ b: Span<UInt8>, _ start: Int, _ lines: inout Int) -> (at: Int, isDoubled: Bool)? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var i = start
    var isDoubled = false
    while i < b.count {
      while i &+ 8 <= b.count {
        let word = JSONScanner.load8(b, i)
        let q = word ^ 0x2222_2222_2222_2222
        let n = word ^ 0x0A0A_0A0A_0A0A_0A0A
        let found = (((q &- ones) & ~q) | ((n &- ones) & ~n)) & highs
        if found != 0 {
          i &+= found.trailingZeroBitCount &>> 3
          break
        }
        i &+= 8
      }
      guard i < b.count else { return nil }
      if b[i] == 0x22 {
        guard i + 1 < b.count, b[i + 1] == 0x22 else { return (i, isDoubled) }
        isDoubled = true
        i += 2
      } else {
        if b[i] == 0x0A { lines += 1 }
        i += 1
      }
    }
    return nil
  }

  /// Appends what a field with doubled quotes says: one quote for each two.
  static func undouble(_ b: Span<UInt8>, to out: inout [UInt8]) {
    var i = 0
    while i < b.count {
      let first = i
      while i < b.count, b[i] != 0x22 { i += 1 }
      // The first quote of a pair goes with the text before it, the second is left out.
      let end = min(i + 1, b.count)
      out.append(copying: b.extracting(first..<end))
      i = end < b.count && i < b.count && b[end] == 0x22 ? end + 1 : end
    }
  }

  /// The delimiter that gives a header line most of the wanted column names, else the most columns.
  static func delimiter(of line: Span<UInt8>, wanted: [String]) -> UInt8 {
    var best: (UInt8, Int, Int) = (0x2C, -1, -1)
    for delimiter: UInt8 in [0x2C, 0x09, 0x3B, 0x7C] {
      let names = headerNames(line, delimiter: delimiter)
      let hits = wanted.filter { names.contains($0) }.count
      if (hits, names.count) > (best.1, best.2) { best = (delimiter, hits, names.count) }
    }
    return best.0
  }

  /// The column names of a header line.
  ///
  /// - Parameters:
  ///   - line: the line.
  ///   - delimiter: between columns.
  ///   - isCut: whether the row may go on behind the line, inside of quotes: then what stands before them is given.
  /// - Returns: the names; none where the line is no row.
  static func headerNames(_ line: Span<UInt8>, delimiter: UInt8, isCut: Bool = false) -> [String] {
    var row = DelimitedRow()
    switch row.read(line, from: 0, delimiter: delimiter, quotes: true, isFinal: true) {
    case .row: break
    case .openQuote where isCut: break
    case .openQuote, .incomplete: return []
    }
    guard !row.isTooWide else { return [] }
    return row.fields.map { FieldText.trimmedText(line.extracting($0.start..<$0.end)) }
  }
}
