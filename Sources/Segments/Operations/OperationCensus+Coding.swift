internal import Model
package import Support

/// Operations in the order of their texts' hashes, each once, with its rows by component and zeros.
extension OperationCensus: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    var own = ByteWriter()
    own.byte(level)
    let components = ranks(counts.keys.lazy.map(\.component))
    let operations = ranks(counts.keys.lazy.map(\.operation))
    own.array(components.inOrder) { writer, component in writer.text(component) }
    // Neither are more than entries may be: an operation's rank, a component's and the zeros are one number.
    let rows = counts.map { entry, count in
      let operation = UInt64(operations.rank[Int(entry.operation.index)])
      let component = UInt64(components.rank[Int(entry.component.index)])
      return (place: operation << 32 | component << 8 | UInt64(entry.zeros), count: count)
    }.sorted { $0.place < $1.place }
    own.unsigned(UInt64(operations.inOrder.count))
    var start = 0
    for (operation, name) in operations.inOrder.enumerated() {
      var end = start
      while end < rows.count, Int(rows[end].place >> 32) == operation { end += 1 }
      own.text(name)
      own.array(Array(rows[start..<end])) { writer, row in
        writer.int(Int(row.place >> 8 & 0xFF_FFFF))
        writer.byte(UInt8(truncatingIfNeeded: row.place))
        writer.int(row.count)
      }
      start = end
    }
    // Paths have much in common, and every partition carries the census of all.
    SectionPacking.encode(own.bytes, to: &writer)
  }

  /// The texts of some symbols in the order of their hashes, which takes no time, and which of them each symbol has.
  private func ranks(_ symbols: some Sequence<Symbol>) -> (inOrder: [String], rank: [UInt32]) {
    var isThere = [Bool](repeating: false, count: texts.count)
    for symbol in symbols { isThere[Int(symbol.index)] = true }
    let named = isThere.indices.filter { isThere[$0] }.map { (hash: texts.hash(Symbol(UInt32($0))), index: $0) }
      .sorted { a, b in
        a.hash == b.hash ? bytes(a.index).lexicographicallyPrecedes(bytes(b.index)) : a.hash < b.hash
      }
    var rank = [UInt32](repeating: 0, count: texts.count)
    for (place, named) in named.enumerated() { rank[named.index] = UInt32(place) }
    return (named.map { texts.text(Symbol(UInt32($0.index))) }, rank)
  }

  private func bytes(_ index: Int) -> ArraySlice<UInt8> { texts.bytes[texts.range(Symbol(UInt32(index)))] }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    self.init()
    var own = try SectionPacking.decode(from: &reader)
    level = try own.byte()
    guard level <= 64 else { throw own.failure("a census out of range") }
    let components = try Self.texts(from: &own, into: &texts)
    let operations = try own.count(minimumBytes: 2)
    for _ in 0..<operations { try readOperation(of: components, from: &own) }
  }

  private static func texts(
    from reader: inout ByteReader, into table: inout SymbolTable
  ) throws(DecodeFailure) -> [Symbol] {
    let count = try reader.count()
    var symbols: [Symbol] = []
    for _ in 0..<count {
      let text = try reader.blob()
      symbols.append(table.intern(text.span))
    }
    return symbols
  }

  private mutating func readOperation(
    of components: [Symbol], from reader: inout ByteReader
  ) throws(DecodeFailure) {
    let text = try reader.blob()
    let operation = texts.intern(text.span)
    let tallies = try reader.count(minimumBytes: 3)
    for _ in 0..<tallies {
      let component = try reader.tally()
      let zeros = try reader.byte()
      let count = try reader.tally()
      guard components.indices.contains(component), (level...64).contains(zeros), counts.count < Self.entryLimit else {
        throw reader.failure("a census out of range")
      }
      let entry = Entry(component: components[component], operation: operation, zeros: zeros)
      guard counts.updateValue(count, forKey: entry) == nil else {
        throw reader.failure("an operation is counted twice")
      }
      Self.add(count, to: &rows)
    }
  }
}
