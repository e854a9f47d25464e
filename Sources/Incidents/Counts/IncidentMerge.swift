package import Support

/// Merges partials of the cascade analysis without holding a cell of them.
///
/// A partial has its names in byte order and each table in the order of its cells, so that tables are merged row by row as they are
/// read and written (Knuth, *The Art of Computer Programming* 3, 5.4.1). What it gives are the bytes that `IncidentPartial.merge` and
/// `encode` give; nothing is looked up, and only what is read and what is written is held.
package struct IncidentMerge: Sendable {
  /// One partial, read as far as its tables.
  private struct Part {
    var texts: [String]
    var tables: SampleTables
    var reader: ByteReader
  }

  private var parts: [Part] = []
  private var first = Int64.max
  private var last = Int64.min
  private var events = 0
  /// Bytes that are held.
  private var held = 0
  /// How many are held before they are made one.
  private let budget: Int

  /// - Parameter budget: bytes of partials that are held before they are made one.
  package init(budget: Int) { self.budget = budget }

  /// Takes an encoded partial.
  ///
  /// - Throws: `DecodeFailure` where the bytes are damaged or of another version.
  package mutating func add(_ reader: ByteReader) throws(DecodeFailure) {
    var reader = reader
    held += reader.remaining
    guard try reader.byte() == IncidentPartial.version else {
      throw reader.failure("unknown version of a cascade partial")
    }
    let texts = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    guard texts.first == "" else { throw reader.failure("names are not distinct") }
    for (text, next) in zip(texts, texts.dropFirst()) where !text.utf8.lexicographicallyPrecedes(next.utf8) {
      throw reader.failure("names are not in order")
    }
    first = min(first, try reader.signed())
    last = max(last, try reader.signed())
    events += try reader.tally()
    parts.append(Part(texts: texts, tables: try SampleTables(from: &reader), reader: reader))
    if held > budget, parts.count > 1 {
      try add(ByteReader(try merged()))
    }
  }

  /// The bytes of all partials as one; they are let go.
  ///
  /// - Throws: `DecodeFailure` where one of them is damaged.
  package mutating func merged() throws(DecodeFailure) -> [UInt8] {
    var names = NameTable()
    for part in parts {
      for text in part.texts { _ = names.intern(text) }
    }
    let order = names.sortedNumbers
    let maps = parts.map { part in part.texts.map { order.name(names.find($0) ?? 0) } }
    var merge = TableMerge(readers: parts.map(\.reader), maps: maps, shared: parts.map(\.tables))
    (parts, held) = ([], 0)
    var nothing = IncidentPartial()
    try nothing.visitTables(&merge)
    let latency = try merge.latency()
    var writer = ByteWriter()
    writer.byte(IncidentPartial.version)
    writer.array(names.sortedTexts) { $0.text($1) }
    writer.signed(first)
    writer.signed(last)
    writer.int(events)
    (first, last, events) = (.max, .min, 0)
    merge.written.encode(to: &writer)
    writer.raw(merge.cells.bytes.span)
    writer.dictionary(latency) { writer, component, sketch in
      writer.signed(Int64(component))
      sketch.encode(to: &writer)
    }
    return writer.bytes
  }
}

/// The tables of several partials, merged one after another.
private struct TableMerge: CellTableVisitor {
  private var readers: [ByteReader]
  private let maps: [[Int32]]
  private let shared: [SampleTables]
  private(set) var cells = ByteWriter()
  private(set) var written = SampleTables()

  init(readers: [ByteReader], maps: [[Int32]], shared: [SampleTables]) {
    self.readers = readers
    self.maps = maps
    self.shared = shared
  }

  /// Merges the partials' tables of one place, whose type tells what their cells hold.
  mutating func visit<Value: CellValue>(
    _ table: inout CellTable<Value>, _ place: KeyPath<IncidentPartial, CellTable<Value>>
  ) throws(DecodeFailure) {
    var rows: [CellRowReader<Value>] = []
    var next: [CubeKey?] = []
    for i in readers.indices {
      var reader = try CellRowReader<Value>(from: &readers[i], maps[i], shared[i])
      next.append(try reader.next())
      rows.append(reader)
    }
    var writer = CellRowWriter<Value>()
    while let (least, cell) = Self.least(next) {
      var value = try rows[least].value()
      next[least] = try rows[least].next()
      for i in next.indices.dropFirst(least + 1) where next[i] == cell {
        value.merge(try rows[i].value())
        next[i] = try rows[i].next()
      }
      writer.append(value, at: cell, &written)
    }
    for row in rows { try row.close() }
    writer.encode(to: &cells)
  }

  /// The least cell, and the first partial that has it.
  private static func least(_ cells: [CubeKey?]) -> (part: Int, cell: CubeKey)? {
    var least: (part: Int, cell: CubeKey)?
    for (part, cell) in cells.enumerated() {
      guard let cell else { continue }
      if let known = least, !(cell < known.cell) { continue }
      least = (part, cell)
    }
    return least
  }

  /// The durations behind the tables; nothing may follow them, and the partials are let go.
  mutating func latency() throws(DecodeFailure) -> [Int32: Sketch] {
    var sketches: [Int32: Sketch] = [:]
    for i in readers.indices {
      for _ in 0..<(try readers[i].count(minimumBytes: 6)) {
        let component = try readers[i].name(maps[i])
        sketches[component, default: Sketch()].merge(try Sketch(from: &readers[i]))
      }
      guard readers[i].remaining == 0 else { throw readers[i].failure("trailing bytes in a section") }
    }
    readers = []
    return sketches
  }
}
