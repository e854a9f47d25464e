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

  /// Rows in the order of their cells.
  func encode(to writer: inout ByteWriter, _ map: [Int32], _ tables: inout SampleTables) {
    let keys = cells.keys.enumerated().map { (key: $0.element.renamed(map), row: $0.offset) }
      .sorted { $0.key < $1.key }
    var rows = CellRowWriter<Value>()
    for (key, row) in keys {
      if Value.holdsNames {
        var value = cells.values[row]
        value.rename(map)
        rows.append(value, at: key, &tables)
      } else {
        rows.append(cells.values[row], at: key, &tables)
      }
    }
    rows.encode(to: &writer)
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
    var rows = try CellRowReader<Value>(from: &reader, map, tables)
    cells.reserve(Swift.max(cells.count, Swift.min(rows.remaining, 1 << 20)))
    while let cell = try rows.next() { add(try rows.value(), at: cell) }
    try rows.close()
  }
}
