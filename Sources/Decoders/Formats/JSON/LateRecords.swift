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

  /// How many records of a kind may wait.
  private static let patience = 1 << 20

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
