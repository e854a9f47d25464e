internal import Support

/// The texts of one partial by number. Symbols belong to a partition, so a partial holds texts; numbers keep its many
/// cells small, and the byte-sorted order at encoding makes the numbers mean nothing.
struct NameTable: Sendable {
  private(set) var texts: [String] = [""]
  private var numbers: [String: Int32] = ["": 0]

  mutating func intern(_ text: String) -> Int32 {
    if let number = numbers[text] { return number }
    let number = Int32(truncatingIfNeeded: texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }

  func find(_ text: String) -> Int32? { numbers[text] }

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

extension [Int32] {
  /// The new number of a name; 0, the empty text, for a number that a damaged file made up.
  func name(_ old: Int32) -> Int32 { indices.contains(Int(old)) ? self[Int(old)] : 0 }
}

/// What a cell holds: it merges, and the names in it can be renumbered.
protocol CellValue: Sendable {
  mutating func merge(_ other: Self)
  /// Whether `rename` does anything.
  static var holdsNames: Bool { get }
  mutating func rename(_ map: [Int32])
  /// How many columns it is written in, and its fields in them: column 0 has at least a byte of each.
  static var columns: Int { get }
  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables)
  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure)
}

extension CellValue {
  static var holdsNames: Bool { false }
  mutating func rename(_ map: [Int32]) {}
}

/// One kind of count of a partial, sparse.
struct CellTable<Value: CellValue>: Sendable {
  var cells = CubeMap<Value>()

  mutating func merge(_ other: CellTable<Value>, _ map: [Int32]) {
    cells.reserve(Swift.max(cells.count, other.cells.count))
    for (cell, value) in other.cells {
      var value = value
      value.rename(map)
      add(value, at: cell.renamed(map))
    }
  }

  /// Renumbers all names; numbers that differed must differ again.
  mutating func rename(_ map: [Int32]) {
    cells.rename({ $0 = $0.renamed(map) }, Value.holdsNames ? { $0.rename(map) } : nil)
  }

  @inline(__always) mutating func add(_ value: Value, at cell: CubeKey) {
    cells.add(value, at: cell) { $0.merge(value) }
  }

  /// Rows in the order of their cells, column by column; of each cell only what differs from the one before, as its mask says.
  func encode(to writer: inout ByteWriter, _ map: [Int32], _ tables: inout SampleTables) {
    let keys = cells.keys.enumerated().map { (key: $0.element.renamed(map), row: $0.offset) }
      .sorted { $0.key < $1.key }
    writer.unsigned(UInt64(keys.count))
    guard !keys.isEmpty else { return }
    // A column for the masks and one for each field.
    var fields = ByteColumns(count: 7)
    var values = ByteColumns(count: Value.columns)
    var last = CubeKey(a: 0)
    for (key, row) in keys {
      let difference = key.difference(from: last)
      var mask: UInt8 = 0
      for index in 0..<6 where difference[index] != 0 {
        mask |= 1 << UInt8(index)
        fields[index + 1].signed(difference[index])
      }
      fields[0].byte(mask)
      if Value.holdsNames {
        var value = cells.values[row]
        value.rename(map)
        value.encode(to: &values, &tables)
      } else {
        cells.values[row].encode(to: &values, &tables)
      }
      last = key
    }
    fields.encode(to: &writer)
    values.encode(to: &writer)
  }

  init() {}

  /// Merges what `encode` wrote, cell by cell as it is read.
  ///
  /// - Parameters:
  ///   - reader: where it stands.
  ///   - map: the number here of each name there.
  ///   - tables: what its samples share.
  /// - Throws: `DecodeFailure` where the bytes are damaged; some of them are merged then.
  mutating func merge(
    from reader: inout ByteReader, _ map: [Int32], _ tables: SampleTables
  ) throws(DecodeFailure) {
    let count = try reader.count(minimumBytes: 2)
    guard count > 0 else { return }
    var fields = try ByteColumnReaders(from: &reader, count: 7)
    var values = try ByteColumnReaders(from: &reader, count: Value.columns)
    guard count == fields[0].remaining, count <= values[0].remaining else { throw reader.failure("rows are missing") }
    cells.reserve(Swift.max(cells.count, Swift.min(count, 1 << 20)))
    var last = CubeKey(a: 0)
    for row in 0..<count {
      let mask = try fields[0].byte()
      guard mask < 64 else { throw reader.failure("unknown fields of a cell") }
      // Rows come in order, each cell once.
      guard mask != 0 || row == 0 else { throw reader.failure("a cell is there twice") }
      func next(_ before: Int32, _ field: Int) throws(DecodeFailure) -> Int32 {
        guard mask & 1 << UInt8(field) != 0 else { return before }
        let (sum, overflow) = Int64(before).addingReportingOverflow(try fields[field + 1].signed())
        guard !overflow, let value = Int32(exactly: sum) else { throw reader.failure("number out of range") }
        return value
      }
      last.a = try next(last.a, 0)
      last.b = try next(last.b, 1)
      last.c = try next(last.c, 2)
      last.d = try next(last.d, 3)
      last.slot = try next(last.slot, 4)
      last.number = try next(last.number, 5)
      if mask & 15 != 0 {
        let lowest = min(min(last.a, last.b), min(last.c, last.d))
        let highest = max(max(last.a, last.b), max(last.c, last.d))
        guard lowest >= 0, Int(highest) < map.count else { throw reader.failure("name out of range") }
      }
      var value = try Value(from: &values, tables)
      if Value.holdsNames { value.rename(map) }
      add(value, at: last.renamed(map))
    }
    try fields.close()
    try values.close()
  }
}

extension CubeKey {
  /// What its fields are more than another's, in the order that rows are sorted by.
  fileprivate func difference(from other: CubeKey) -> InlineArray<6, Int64> {
    [
      Int64(a) - Int64(other.a), Int64(b) - Int64(other.b), Int64(c) - Int64(other.c), Int64(d) - Int64(other.d),
      Int64(slot) - Int64(other.slot), Int64(number) - Int64(other.number),
    ]
  }
}
