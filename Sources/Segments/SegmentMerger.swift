internal import Model
internal import Support

/// Puts the rows of several segments together under one set of tables.
///
/// The first rows are appended as they are; of those behind them each symbol is looked up once a part.
package struct SegmentMerger {
  package private(set) var segment: Segment
  private let fold: OperationFold

  /// Starts with a segment whose tables are taken over as they are.
  ///
  /// - Parameters:
  ///   - first: the segment.
  ///   - fold: what operations of the rows behind it are called.
  package init(_ first: Segment = Segment(), folding fold: OperationFold = OperationFold()) {
    segment = first
    self.fold = fold
  }

  /// Makes room for as many more rows, so that no append moves what is there.
  package mutating func reserve(spans: Int, logs: Int, metrics: Int, events: Int) {
    segment.rows.spans.reserveCapacity(segment.rows.spans.count + spans)
    segment.rows.logs.reserveCapacity(segment.rows.logs.count + logs)
    segment.rows.metrics.reserveCapacity(segment.rows.metrics.count + metrics)
    segment.rows.events.reserveCapacity(segment.rows.events.count + events)
  }

  /// Appends another segment's rows, renumbered.
  package mutating func append(_ other: Segment) {
    append(SegmentPart(symbols: other.symbols, sources: other.sources, rows: [other.rows]))
  }

  /// Appends rows, renumbered where there are others before them.
  package mutating func append(_ part: SegmentPart) {
    if segment.symbols.count == 1, segment.sources.entries.isEmpty, fold.isEmpty {
      segment.symbols = part.symbols
      segment.sources = part.sources
      for rows in part.rows { segment.rows.append(rows) }
      return
    }
    let shift = segment.sources.members.upperBound - part.sources.first
    segment.sources.entries += part.sources.entries
    var move = TableMove(from: part.symbols, into: segment.symbols, shift: shift, fold: fold)
    segment.symbols = SymbolTable()
    for rows in part.rows { segment.rows.append(rows, moved: &move) }
    segment.symbols = move.symbols.into
  }
}

/// The way of symbols and members from one set of tables into another.
private struct TableMove {
  private(set) var symbols: SymbolMove
  /// From a member's number to its new one.
  private let shift: Int
  private let fold: OperationFold
  /// What operations are called, by component and operation as they were.
  private var operations: [UInt64: Symbol] = [:]

  init(from: SymbolTable, into: SymbolTable, shift: Int, fold: OperationFold) {
    symbols = SymbolMove(from: from, into: into)
    self.shift = shift
    self.fold = fold
  }

  @inline(__always) mutating func move(_ symbol: inout Symbol) { symbol = symbols.move(symbol) }

  /// Moves an operation of a component that was not moved yet.
  @inline(__always) mutating func move(_ operation: inout Symbol, of component: Symbol) {
    if fold.isEmpty { move(&operation) } else { foldMove(&operation, of: component) }
  }

  private mutating func foldMove(_ operation: inout Symbol, of component: Symbol) {
    let pair = UInt64(component.index) << 32 | UInt64(operation.index)
    if let known = operations[pair] {
      operation = known
      return
    }
    let from = symbols.from
    let bytes = from.bytes.span
    if let name = fold.folded(
      bytes.extracting(from.range(operation)), of: bytes.extracting(from.range(component)))
    {
      operation = symbols.into.intern(name.span)
    } else {
      move(&operation)
    }
    operations[pair] = operation
  }

  @inline(__always) func move(_ source: inout SourceRef) {
    source = SourceRef(member: source.member + shift, value: source.value, isLine: source.isLine)
  }
}

extension Rows {
  fileprivate mutating func append(_ other: Rows, moved move: inout TableMove) {
    for var row in other.spans {
      row.move(&move)
      spans.append(row)
    }
    for var row in other.logs {
      row.move(&move)
      logs.append(row)
    }
    for var row in other.metrics {
      row.move(&move)
      metrics.append(row)
    }
    for var event in other.events {
      event.move(&move)
      events.append(event)
    }
    for var report in other.reports {
      move.move(&report.source)
      append(report)
    }
  }
}

extension SpanRow {
  fileprivate mutating func move(_ tables: inout TableMove) {
    tables.move(&source)
    tables.move(&operation, of: component)
    tables.move(&component)
    tables.move(&peer)
    tables.move(&message)
    tables.move(&requestText)
  }
}

extension LogRow {
  fileprivate mutating func move(_ tables: inout TableMove) {
    tables.move(&source)
    tables.move(&component)
    tables.move(&message)
  }
}

extension MetricRow {
  fileprivate mutating func move(_ tables: inout TableMove) {
    tables.move(&source)
    tables.move(&component)
    tables.move(&metric)
  }
}

extension StructuralEvent {
  fileprivate mutating func move(_ tables: inout TableMove) {
    tables.move(&source)
    tables.move(&operation, of: component)
    tables.move(&component)
    tables.move(&requestText)
    tables.move(&subject)
    tables.move(&message)
  }
}
