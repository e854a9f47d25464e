package import Support

/// What a decoder made of a stretch of one member: records, the symbols they use, and the record counts about them.
///
/// A batch is emptied and used again for each chunk; the symbol table and the source table live as long as the input.
package struct RecordBatch: Sendable {
  package var symbols = SymbolTable()
  package var sources = SourceTable()
  package var spans: [TraceSpan] = []
  package var logs: [LogLine] = []
  package var metrics: [MetricPoint] = []
  package var events: [StructuralEvent] = []
  package var reports: [TestReportFile] = []
  /// The message bytes of `logs`.
  package var text: [UInt8] = []
  package var recordCounts = RecordCounts()
  package var diagnostics = DiagnosticLog()
  /// Names of containers by their ids, wherever a member tells them: they hold for all members, before and behind it.
  package var containers = ContainerNames()

  package init() {}

  package var isEmpty: Bool {
    spans.isEmpty && logs.isEmpty && metrics.isEmpty && events.isEmpty && reports.isEmpty
  }

  /// Forgets the records and keeps symbols, sources, record counts and diagnostics.
  package mutating func removeRecords() {
    spans.removeAll(keepingCapacity: true)
    logs.removeAll(keepingCapacity: true)
    metrics.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
    reports.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
  }
}

/// The record counts of one input or member: every record read was used or skipped, and says why.
package struct RecordCounts: Hashable, Sendable, Mergeable {
  /// Records found: used + skipped.
  package var records = 0
  package var used = 0
  /// Records not used, by reason.
  package var skipped: [String: Int] = [:]
  /// Records used after a repair, by kind; one record may have several.
  package var repaired: [String: Int] = [:]

  package init() {}

  package var skippedTotal: Int { skipped.values.reduce(0, +) }
  package var repairedTotal: Int { repaired.values.reduce(0, +) }

  /// Counts a record that was read and can be used.
  @inlinable package mutating func use(_ count: Int = 1) {
    records += count
    used += count
  }

  /// Counts a record that was read and cannot be used.
  package mutating func skip(_ reason: String, _ count: Int = 1) {
    records += count
    skipped[reason, default: 0] += count
  }

  /// Counts a repair of a record that is used all the same.
  package mutating func repair(_ kind: String, _ count: Int = 1) { repaired[kind, default: 0] += count }

  package mutating func merge(_ other: RecordCounts) {
    records += other.records
    used += other.used
    skipped.merge(other.skipped, uniquingKeysWith: +)
    repaired.merge(other.repaired, uniquingKeysWith: +)
  }
}
