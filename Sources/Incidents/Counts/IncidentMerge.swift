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
    let header: IncidentHeader
    let tables: SampleTables
    /// Before its tables.
    let reader: ByteReader
    /// Bytes, unpacked.
    let size: Int
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
    try add(ByteReader(try Self.merged(consume small)))
  }

  /// All partials as one, most of whose tables are read where they stand; they are let go.
  ///
  /// - Throws: `DecodeFailure` where one of them is damaged.
  package mutating func partial() throws(DecodeFailure) -> IncidentPartial {
    if parts.count > 1 { try add(ByteReader(try merged())) }
    guard let part = parts.popLast() else { return IncidentPartial() }
    var partial = IncidentPartial()
    let header = part.header
    partial.names = NameTable(header.texts)
    (partial.first, partial.last, partial.events) = (header.first, header.last, header.events)
    var opening = TableOpening(reader: part.reader, names: header.texts.count, shared: part.tables)
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
    return try Self.merged(consume all)
  }

  private static func merged(_ parts: consuming [Part]) throws(DecodeFailure) -> [UInt8] {
    var names = NameTable()
    for text in parts.map(\.header.texts).joined() { _ = names.intern(text) }
    let order = names.sortedNumbers
    let maps = parts.map { part in part.header.texts.map { order.name(names.find($0) ?? 0) } }
    var header = IncidentHeader()
    header.texts = names.sortedTexts
    header.first = parts.reduce(.max) { min($0, $1.header.first) }
    header.last = parts.reduce(.min) { max($0, $1.header.last) }
    header.events = parts.reduce(0) { $0 + $1.header.events }
    var writer = ByteWriter()
    header.encode(to: &writer)
    var merge = TableMerge(readers: parts.map(\.reader), maps: maps, shared: parts.map(\.tables))
    parts = []
    var nothing = IncidentPartial()
    try nothing.visitTables(&merge)
    let latency = try merge.latency()
    merge.written.encode(to: &writer)
    writer.raw(merge.cells.bytes.span)
    IncidentHeader.encode(latency, to: &writer)
    return writer.bytes
  }
}

extension IncidentMerge.Part {
  /// Reads a partial as far as its tables.
  fileprivate init(_ encoded: ByteReader) throws(DecodeFailure) {
    var reader = encoded
    size = reader.remaining
    header = try IncidentHeader(from: &reader)
    tables = try SampleTables(from: &reader)
    self.reader = reader
  }
}
