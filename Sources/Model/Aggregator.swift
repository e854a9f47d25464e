// The room Model: the records, rows, call trees and findings that all other rooms speak of.
// It never computes a finding, makes a sentence or reads a file: it holds values, and says what they mean.

package import Support

/// What every analysis of the digest phase is handed beside a request: the tables that its symbols and sources refer to.
package struct AggregateContext: Sendable {
  package var symbols: SymbolTable
  package var sources: SourceTable

  package init(symbols: SymbolTable, sources: SourceTable) {
    self.symbols = symbols
    self.sources = sources
  }

  package func text(_ symbol: Symbol) -> String { symbols.text(symbol) }
  package func location(_ source: SourceRef) -> SourceLocation { sources.location(source) }
}

/// The digest side of one analysis: it sees one partition, a request at a time, and ends as a partial.
///
/// Symbols are the partition's and mean nothing outside it: a partial holds texts (byte-sorted where it is written),
/// integers and sketches only.
package protocol Aggregator {
  associatedtype Result: Partial

  /// One request's assembled spans with its logs and events. Requests come in the order of their first records, which
  /// decides nothing: another partitioning shows them in another order.
  mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext)

  /// A log record that belongs to no request.
  mutating func observe(log: LogRow, _ context: borrowing AggregateContext)

  /// A metric reading.
  mutating func observe(metric: MetricRow, _ context: borrowing AggregateContext)

  /// A structural event that belongs to no request.
  mutating func observe(event: StructuralEvent, _ context: borrowing AggregateContext)

  /// The partial of everything observed.
  consuming func finish(_ context: borrowing AggregateContext) -> Result
}

extension Aggregator {
  package mutating func observe(log: LogRow, _ context: borrowing AggregateContext) {}
  package mutating func observe(metric: MetricRow, _ context: borrowing AggregateContext) {}
  package mutating func observe(event: StructuralEvent, _ context: borrowing AggregateContext) {}
}
