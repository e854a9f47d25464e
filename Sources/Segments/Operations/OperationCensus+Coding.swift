internal import Model
package import Support

/// Operations in the order of their texts, each once, with its rows by component and zeros.
extension OperationCensus: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    var own = ByteWriter()
    own.byte(level)
    let components = ranked(Set(counts.keys.map(\.component)))
    let operations = ranked(Set(counts.keys.map(\.operation)))
    var ranks = [Int](repeating: 0, count: texts.count)
    for (rank, component) in components.enumerated() { ranks[Int(component.symbol.index)] = rank }
    own.array(components) { writer, component in writer.text(component.text) }
    var tallies = [[(component: Int, zeros: UInt8, count: Int)]](repeating: [], count: texts.count)
    for (entry, count) in counts {
      tallies[Int(entry.operation.index)].append((ranks[Int(entry.component.index)], entry.zeros, count))
    }
    own.array(operations) { writer, operation in
      writer.text(operation.text)
      let tally = tallies[Int(operation.symbol.index)]
      writer.array(tally.sorted { ($0.component, $0.zeros) < ($1.component, $1.zeros) }) { writer, row in
        writer.int(row.component)
        writer.byte(row.zeros)
        writer.int(row.count)
      }
    }
    // Paths have much in common, and every partition carries the census of all.
    SectionPacking.encode(own.bytes, to: &writer)
  }

  /// Symbols in the order of their texts.
  private func ranked(_ symbols: Set<Symbol>) -> [(text: String, symbol: Symbol)] {
    symbols.map { (texts.text($0), $0) }.sorted { a, b in
      // Texts that look alike may differ in their bytes.
      a.text == b.text ? a.text.utf8.lexicographicallyPrecedes(b.text.utf8) : a.text < b.text
    }
  }

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
    }
  }
}
