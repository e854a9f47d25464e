package import Support

/// Merges partials of the cascade analysis without holding a cell of them.
///
/// A partial has its names in byte order and each table in the order of its cells, so that tables are merged row by row as they are
/// read and written (Knuth, *The Art of Computer Programming* 3, 5.4.1). What it gives are the bytes that `IncidentPartial.merge` and
/// `encode` give, or a partial that reads its tables where they stand; nothing is looked up, and only what is read and what is written
/// is held.
package struct IncidentMerge: Sendable {
  /// One partial, read as far as its tables.
  fileprivate struct Part {
    var texts: [String] = [""]
    var first = Int64.max
    var last = Int64.min
    var events = 0
    var tables = SampleTables()
    var reader = ByteReader([])
    /// Bytes, unpacked.
    var size = 0
  }

  private var parts: [Part] = []
  /// How many bytes are held, beside the largest partial, before some are made one.
  private let budget: Int

  /// - Parameter budget: bytes of partials that are held, beside the largest of them, before some are made one.
  package init(budget: Int) { self.budget = budget }

  /// Takes an encoded partial.
  ///
  /// - Throws: `DecodeFailure` where the bytes are damaged or of another version.
  package mutating func add(_ reader: ByteReader) throws(DecodeFailure) {
    parts.append(try Part(reader))
    try compact()
  }

  /// Makes the small ones one where they are more than may be held. A partial that is larger than all smaller ones together is left
  /// alone, else it would be written anew with every few that come: so each byte is written O(log n) times (log-structured merging,
  /// O'Neil and others, 1996).
  private mutating func compact() throws(DecodeFailure) {
    parts.sort { $0.size < $1.size }
    guard let largest = parts.last, parts.reduce(-largest.size, { $0 + $1.size }) > budget else { return }
    var (count, sum) = (1, parts[0].size)
    while count < parts.count, count < 2 || parts[count].size <= sum {
      sum += parts[count].size
      count += 1
    }
    let small = Array(parts.prefix(count))
    parts.removeFirst(count)
    try add(ByteReader(try Self.merged(small)))
  }

  /// All partials as one, most of whose tables are read where they stand; they are let go.
  ///
  /// - Throws: `DecodeFailure` where one of them is damaged.
  package mutating func partial() throws(DecodeFailure) -> IncidentPartial {
    if parts.count > 1 { try add(ByteReader(try merged())) }
    guard let part = parts.popLast() else { return IncidentPartial() }
    var partial = IncidentPartial()
    partial.names = NameTable(part.texts)
    (partial.first, partial.last, partial.events) = (part.first, part.last, part.events)
    var opening = TableOpening(reader: part.reader, names: part.texts.count, shared: part.tables)
    try partial.visitTables(&opening)
    partial.latency = try opening.latency()
    return partial
  }

  /// The bytes of all partials as one; they are let go.
  ///
  /// - Throws: `DecodeFailure` where one of them is damaged.
  package mutating func merged() throws(DecodeFailure) -> [UInt8] {
    let all = parts
    parts = []
    return try Self.merged(all)
  }

  private static func merged(_ parts: consuming [Part]) throws(DecodeFailure) -> [UInt8] {
    var names = NameTable()
    for text in parts.map(\.texts).joined() { _ = names.intern(text) }
    let order = names.sortedNumbers
    let maps = parts.map { part in part.texts.map { order.name(names.find($0) ?? 0) } }
    var writer = ByteWriter()
    writer.byte(IncidentPartial.version)
    writer.array(names.sortedTexts) { $0.text($1) }
    writer.signed(parts.reduce(.max) { min($0, $1.first) })
    writer.signed(parts.reduce(.min) { max($0, $1.last) })
    writer.int(parts.reduce(0) { $0 + $1.events })
    var merge = TableMerge(readers: parts.map(\.reader), maps: maps, shared: parts.map(\.tables))
    parts = []
    var nothing = IncidentPartial()
    try nothing.visitTables(&merge)
    let latency = try merge.latency()
    merge.written.encode(to: &writer)
    writer.raw(merge.cells.bytes.span)
    writer.dictionary(latency) { writer, component, sketch in
      writer.signed(Int64(component))
      sketch.encode(to: &writer)
    }
    return writer.bytes
  }
}

extension IncidentMerge.Part {
  /// Reads a partial as far as its tables.
  fileprivate init(_ encoded: ByteReader) throws(DecodeFailure) {
    reader = encoded
    size = reader.remaining
    guard try reader.byte() == IncidentPartial.version else {
      throw reader.failure("unknown version of a cascade partial")
    }
    texts = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    guard texts.first == "" else { throw reader.failure("names are not distinct") }
    for (text, next) in zip(texts, texts.dropFirst()) where !text.utf8.lexicographicallyPrecedes(next.utf8) {
      throw reader.failure("names are not in order")
    }
    first = try reader.signed()
    last = try reader.signed()
    events = try reader.tally()
    tables = try SampleTables(from: &reader)
  }
}
