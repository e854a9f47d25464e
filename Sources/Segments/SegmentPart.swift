package import Model
package import Support

/// Rows that share tables: a piece of an input, or several of them, each of which went on with the tables of the one before.
package struct SegmentPart: Sendable {
  package var symbols: SymbolTable
  package var sources: SourceTable
  /// In order; all refer to the tables.
  package var rows: [Rows]

  /// Rows with the tables that they refer to.
  package init(symbols: SymbolTable, sources: SourceTable, rows: [Rows]) {
    self.symbols = symbols
    self.sources = sources
    self.rows = rows
  }

  /// Takes in a part whose tables go on from these; false where they do not.
  mutating func join(_ next: SegmentPart) -> Bool {
    guard next.symbols.continues(symbols), sources.join(next.sources) else { return false }
    symbols = next.symbols
    rows += next.rows
    return true
  }

  /// Parts in order, with as few tables as there are.
  package static func joined(_ parts: [SegmentPart]) -> [SegmentPart] {
    var joined: [SegmentPart] = []
    for part in parts {
      if let last = joined.indices.last, joined[last].join(part) { continue }
      joined.append(part)
    }
    return joined
  }
}

extension SymbolTable {
  /// Whether the table holds all symbols of another under the same numbers.
  fileprivate func continues(_ other: SymbolTable) -> Bool {
    guard count >= other.count else { return false }
    let shared = other.bytes.count
    guard bytes.count >= shared, bytes[..<shared] == other.bytes[...] else { return false }
    for index in 1..<max(1, other.count) {
      let symbol = Symbol(UInt32(truncatingIfNeeded: index))
      if range(symbol) != other.range(symbol) { return false }
    }
    return true
  }
}
