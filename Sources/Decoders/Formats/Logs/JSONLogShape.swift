// The shape of JSON log records: a program writes most of its records with the same keys in the same order.

internal import Model
internal import Support

/// All of a record but its values, with the role of each key.
///
/// A record that has these very bytes around its values is what the record was that the shape was learned from: it needs no
/// look through its keys first, and no table for them. (Parsing by expectation is Mison's and simdjson's On-Demand's idea: Li
/// et al., VLDB 2017.) Only flat objects have a shape: what lies deeper decides by more than its key.
struct JSONLogShape {
  /// What kind of value stands behind a key: a classifier asks for no more.
  enum Value: UInt8 {
    case text
    case number
    case literal
  }

  struct Member {
    /// Where the key lies, counted from where the value before ends (a text ends in front of its quote).
    var key: Range<Int>
    /// Where the value begins, counted in the same way (a text begins behind its quote).
    var length: Int
    var value: Value
    var found: LogKeyTable.Found?
    /// Whether the key is one that nobody knows.
    var isOther: Bool
  }

  private(set) var members: [Member] = []
  /// What stands before each value and, at the end, behind the last one.
  private var around: [UInt8] = []

  /// The most members of a shape, so that a search costs no more than a look at the record does, and the most bytes between them.
  private static let most = 32
  private static let mostBytes = 4096

  /// Learns the shape of a log record that was checked before; nil where it has none.
  init?(of b: Span<UInt8>, _ range: Range<Int>, _ table: LogKeyTable) {
    var reader = JSONScanner(at: range.lowerBound)
    guard reader.take(0x7B, b) else { return nil }
    var done = range.lowerBound
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      // The word behind `kind` decides what a record is, and so do properties that are JSON in a text.
      guard let byte = reader.peek(b), !key.isEscaped, !JSONScanner.equals(b, key, "kind"),
        !JSONScanner.equals(b, key, "properties"), members.count < Self.most
      else {
        return nil
      }
      var start = reader.position
      let value: Value
      switch byte {
      case 0x22: (value, start) = (.text, start + 1)
      case 0x2D, 0x30...0x39: value = .number
      case 0x7B, 0x5B: return nil
      default: value = .literal
      }
      guard around.count + start - done <= Self.mostBytes else { return nil }
      let known = table.look(b, key, under: LogKeyTable.seed)
      members.append(
        Member(
          key: key.start - done..<key.end - done, length: start - done, value: value, found: known?.found,
          isOther: known == nil && !JSONScanner.equals(b, key, "attrs")))
      for i in done..<start { around.append(b[i]) }
      guard reader.skipValue(b) else { return nil }
      done = value == .text ? reader.position - 1 : reader.position
    }
    guard reader.failure == .none, !members.isEmpty, reader.position == range.upperBound,
      around.count + range.upperBound - done <= Self.mostBytes
    else { return nil }
    for i in done..<range.upperBound { around.append(b[i]) }
  }

  /// Finds the values of a record of this shape.
  ///
  /// - Returns: false where the record is of another shape, or has bytes that somebody has to be told of; the reader is then
  ///   of no use.
  func find(_ values: inout [JSONStringSlice], _ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    values.removeAll(keepingCapacity: true)
    var passed = 0
    for member in members {
      guard matches(b, reader.position, passed, member.length) else { return false }
      reader.position &+= member.length
      passed &+= member.length
      let start = reader.position
      switch member.value {
      case .text:
        guard let text = reader.stringBody(b) else { return false }
        values.append(text)
        reader.position &-= 1
      case .number:
        guard let number = reader.number(b) else { return false }
        values.append(number)
      case .literal:
        guard start < b.count, reader.literal(b) else { return false }
        values.append(JSONStringSlice(start: start, end: reader.position, isEscaped: false))
      }
    }
    let rest = around.count &- passed
    guard !reader.sawBadUTF8, !reader.sawControl, matches(b, reader.position, passed, rest) else { return false }
    reader.position &+= rest
    return true
  }

  /// Whether the bytes at a place are those of the shape.
  @inline(__always) private func matches(_ b: Span<UInt8>, _ at: Int, _ from: Int, _ count: Int) -> Bool {
    b.holds(around.span.extracting(from..<from &+ count), at: at)
  }
}

/// The shapes of the last records: as many as a program's kinds of lines.
struct JSONLogShapes {
  private var shapes: [JSONLogShape] = []
  /// Which shape fitted last.
  private var last = 0
  /// The values of the record that was found last.
  private(set) var values: [JSONStringSlice] = []
  private var replaced = 0
  /// What is left to try: among records of ever new shapes neither learning nor looking is worth its time, which this many
  /// records in a row that fit nowhere show.
  private var credit = Self.mostCredit

  /// A collector's record, the program's record inside of it, and another kind of each.
  private static let most = 4
  private static let mostCredit = 64

  /// The members of the record that was found last.
  var members: [JSONLogShape.Member] { shapes[last].members }

  /// Steps over the object at the reader's place where it is of a known shape; else the reader stays.
  mutating func find(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    for turn in 0..<shapes.count {
      let number = turn == 0 ? last : turn == last ? 0 : turn
      var probe = reader
      guard shapes[number].find(&values, b, &probe) else { continue }
      last = number
      credit = min(credit + 1, Self.mostCredit)
      reader = probe
      return true
    }
    return false
  }

  /// Learns the shape of a record that had none of the known ones.
  mutating func learn(_ b: Span<UInt8>, _ range: Range<Int>, _ table: LogKeyTable) {
    guard credit > 0 else { return }
    credit -= 1
    if credit == 0 { shapes.removeAll() }
    guard credit > 0, let shape = JSONLogShape(of: b, range, table) else { return }
    if shapes.count < Self.most {
      shapes.append(shape)
    } else {
      replaced = (replaced + 1) % Self.most
      shapes[replaced] = shape
    }
  }
}
