// The room Segments: rows on their way from extract to aggregate: in memory, on disk, or to another machine.
// It never looks into a row, but for names of operations that there are too many of: what a span means is decided before it and behind it.

package import Model
package import Support

/// The rows of one partition of one input: the value that passes from extract to digest.
package struct Rows: Sendable {
  package var spans: [SpanRow] = []
  package var logs: [LogRow] = []
  package var metrics: [MetricRow] = []
  package var events: [StructuralEvent] = []
  package private(set) var reports: [ReportRow] = []
  /// Bytes held by the reports, kept up to date: asking for them after every member must not walk through all of them.
  private var reportMemory = 0

  package init() {}

  package var isEmpty: Bool {
    spans.isEmpty && logs.isEmpty && metrics.isEmpty && events.isEmpty && reports.isEmpty
  }

  /// Adds rows that refer to the same tables.
  package mutating func append(_ other: Rows) {
    spans += other.spans
    logs += other.logs
    metrics += other.metrics
    events += other.events
    reports += other.reports
    reportMemory += other.reportMemory
  }

  /// Adds one report or piece of one.
  package mutating func append(_ report: ReportRow) {
    reportMemory += report.memory
    reports.append(report)
  }

  /// Hands the rows out and makes room for as many, if that is wanted: pieces of an input are much alike, so that the next rows fill it
  /// and are handed out as they lie.
  package mutating func handOut(keepsRoom: Bool) -> Rows {
    var taken = self
    // The buffers are taken's alone before they are copied to their size.
    self = Rows()
    taken.trim()
    guard keepsRoom else { return taken }
    func room<Row>(for rows: [Row]) -> [Row] {
      var next: [Row] = []
      if !rows.isEmpty { next.reserveCapacity(rows.count + rows.count / 24 + 8) }
      return next
    }
    spans = room(for: taken.spans)
    logs = room(for: taken.logs)
    metrics = room(for: taken.metrics)
    events = room(for: taken.events)
    return taken
  }

  /// Gives back the room that growing arrays took ahead.
  package mutating func trim() {
    spans = spans.withoutSpareRoom
    logs = logs.withoutSpareRoom
    metrics = metrics.withoutSpareRoom
    events = events.withoutSpareRoom
  }

  /// How many rows, test cases counted one by one.
  package var count: Int {
    spans.count + logs.count + metrics.count + events.count + reports.reduce(0) { $0 + $1.count }
  }

  /// Bytes of the rows themselves, without the room ahead of them.
  package var size: Int {
    spans.count * MemoryLayout<SpanRow>.stride + logs.count * MemoryLayout<LogRow>.stride
      + metrics.count * MemoryLayout<MetricRow>.stride + events.count * MemoryLayout<StructuralEvent>.stride
      + reportMemory
  }

  /// Bytes held, for the memory budget.
  package var memory: Int {
    spans.capacity * MemoryLayout<SpanRow>.stride + logs.capacity * MemoryLayout<LogRow>.stride
      + metrics.capacity * MemoryLayout<MetricRow>.stride + events.capacity * MemoryLayout<StructuralEvent>.stride
      + reportMemory
  }
}

/// Rows together with the tables that their symbols and sources refer to.
package struct Segment: Sendable {
  package var symbols: SymbolTable
  package var sources: SourceTable
  package var rows: Rows

  package init(symbols: SymbolTable = SymbolTable(), sources: SourceTable = SourceTable(), rows: Rows = Rows()) {
    self.symbols = symbols
    self.sources = sources
    self.rows = rows
  }
}

extension Rows {
  /// The rows parted once more, each request whole: by a hash that has nothing to do with the one that partitions are made by.
  package func parted(among count: Int) -> [Rows] {
    if count == 1 { return [self] }
    func part(_ request: RequestID, _ source: SourceRef) -> Int {
      let hash = StableHash.mix((request.isNone ? source.bits : request.partitionHash) ^ 0x9E37_79B9_7F4A_7C15)
      return Int(hash % UInt64(count))
    }
    var parts = [Rows](repeating: Rows(), count: count)
    for row in spans { parts[part(row.request, row.source)].spans.append(row) }
    for row in logs { parts[part(row.request, row.source)].logs.append(row) }
    for row in metrics { parts[part(.none, row.source)].metrics.append(row) }
    for row in events { parts[part(row.request, row.source)].events.append(row) }
    for row in reports {
      let hash = StableHash.mix(UInt64(row.partition(among: 1 << 40)) ^ 0x9E37_79B9_7F4A_7C15)
      parts[Int(hash % UInt64(count))].append(row)
    }
    for i in parts.indices { parts[i].trim() }
    return parts
  }
}
