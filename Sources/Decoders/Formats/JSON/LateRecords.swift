// Records that stand in the document before the resource or process that they belong to.

internal import Model
internal import Support

/// Holds a bounded number of records until it is known whose they are.
struct LateRecords {
  private var spans: [TraceSpan] = []
  /// The process of each span; none where it is the resource that is missing.
  private var processes: [Symbol] = []
  private var logs: [LogLine] = []
  private var text: [UInt8] = []
  private var metrics: [MetricPoint] = []
  /// Documents of what was in progress, by their first span: a complete one overwrites them.
  private var begun: [SpanIdentity: [TraceSpan]] = [:]

  private struct SpanIdentity: Hashable {
    var trace: RequestID
    var span: UInt64
  }

  /// How many records of a kind may wait.
  private static let patience = 1 << 20
  /// And how many documents of what was in progress.
  private static let mostBegun = 1 << 16

  var isFull: Bool { max(spans.count, logs.count, metrics.count) >= Self.patience }

  mutating func add(_ span: TraceSpan, process: Symbol) {
    spans.append(span)
    processes.append(process)
  }

  mutating func add(_ log: LogLine, text bytes: [UInt8]) {
    var log = log
    log.textStart = text.count
    text += bytes
    logs.append(log)
  }

  mutating func add(_ points: [MetricPoint]) { metrics += points }

  /// Holds the spans of a document back whose first one has not ended, and gives those up that it overwrites: X-Ray's "send the
  /// complete segment to overwrite the in-progress segment" ("Segment documents").
  ///
  /// - Returns: the spans that need not wait.
  mutating func overwrite(with document: [TraceSpan], isBegun: Bool) -> [TraceSpan] {
    guard let first = document.first, first.span != 0, isBegun || !begun.isEmpty else { return document }
    let identity = SpanIdentity(trace: first.trace, span: first.span)
    if isBegun, begun.count < Self.mostBegun {
      begun[identity] = document
      return []
    }
    begun[identity] = nil
    return document
  }

  /// Moves what was in progress to the end into the batch, in the order of the file.
  mutating func handOverBegun(into batch: inout RecordBatch) {
    for document in begun.values.sorted(by: { $0[0].source.bits < $1[0].source.bits }) { batch.spans += document }
    begun.removeAll()
  }

  /// Moves all that waits into the batch.
  ///
  /// - Parameters:
  ///   - service: the resource's name; none where it never came.
  ///   - known: the services by process; nil where no processes came.
  ///   - batch: takes the records.
  mutating func handOver(service: Symbol, processes known: [Symbol: Symbol]?, into batch: inout RecordBatch) {
    for i in spans.indices {
      if spans[i].service.isNone { spans[i].service = service }
      guard !processes[i].isNone else { continue }
      if let found = known?[processes[i]] {
        spans[i].service = found
      } else {
        batch.recordCounts.repair("unknownProcess")
      }
    }
    batch.spans += spans
    let offset = batch.text.count
    for i in logs.indices {
      if logs[i].component.isNone { logs[i].component = service }
      logs[i].textStart += offset
    }
    batch.logs += logs
    batch.text += text
    for i in metrics.indices { metrics[i].component = service }
    batch.metrics += metrics
    spans.removeAll(keepingCapacity: true)
    processes.removeAll(keepingCapacity: true)
    logs.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
    metrics.removeAll(keepingCapacity: true)
  }
}
