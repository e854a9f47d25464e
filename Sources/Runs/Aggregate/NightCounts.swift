package import Model
package import Support

/// The plain counts of a partition: what the report's summary says before any analysis.
package struct NightCounts: Hashable, Sendable, Mergeable {
  /// Requests with at least one span.
  package var requests = 0
  package var spans = 0
  /// Spans that failed.
  package var failures = 0
  package var logs = 0
  package var metrics = 0

  package init() {}

  package mutating func merge(_ other: NightCounts) {
    requests += other.requests
    spans += other.spans
    failures += other.failures
    logs += other.logs
    metrics += other.metrics
  }
}

extension NightCounts: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for count in [requests, spans, failures, logs, metrics] { writer.int(count) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    requests = try reader.int()
    spans = try reader.int()
    failures = try reader.int()
    logs = try reader.int()
    metrics = try reader.int()
  }
}

/// Counts while a partition is aggregated.
package struct CountAggregator: Aggregator {
  private var counts = NightCounts()

  package init() {}

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    if !tree.nodes.isEmpty { counts.requests += 1 }
    counts.spans += tree.nodes.count
    counts.logs += tree.logs.count
    for node in tree.nodes where node.failed { counts.failures += 1 }
  }

  package mutating func observe(log: LogRow, _ context: borrowing AggregateContext) { counts.logs += 1 }

  package mutating func observe(metric: MetricRow, _ context: borrowing AggregateContext) { counts.metrics += 1 }

  package consuming func finish(_ context: borrowing AggregateContext) -> NightCounts { counts }
}
