// Spans whose beginning is told from that of the transaction they belong to.

internal import Model
internal import Support

/// Gives spans of Elastic's intake their time: `start` is the offset from the transaction's `timestamp` (intake v2, `span.json`), whose line
/// mostly comes after theirs. Such spans wait, a bounded number.
struct OffsetSpans {
  /// When transactions began, by their ids.
  private var begun: [UInt64: Int64] = [:]
  private var waiting: [UInt64: [TraceSpan]] = [:]
  private var count = 0

  private static let mostBegun = 1 << 16
  private static let mostWaiting = 1 << 18

  /// Takes the beginning of a transaction.
  ///
  /// - Returns: the spans that waited for it.
  mutating func begin(_ transaction: UInt64, at time: Int64) -> [TraceSpan] {
    if begun.count >= Self.mostBegun { begun.removeAll(keepingCapacity: true) }
    begun[transaction] = time
    guard var spans = waiting.removeValue(forKey: transaction) else { return [] }
    count -= spans.count
    for i in spans.indices { spans[i].start = spans[i].start.addingSaturated(time) }
    return spans
  }

  /// The time of a span that begins so long after its transaction, where that is known.
  func time(of transaction: UInt64, plus offset: Int64) -> Int64? { begun[transaction]?.addingSaturated(offset) }

  /// Holds a span whose start is its offset; false where too many wait.
  mutating func hold(_ span: TraceSpan, of transaction: UInt64) -> Bool {
    guard transaction != 0, count < Self.mostWaiting else { return false }
    waiting[transaction, default: []].append(span)
    count += 1
    return true
  }

  /// What still waits, in the order of the file, without a time.
  mutating func giveUp() -> [TraceSpan] {
    var spans = waiting.values.flatMap { $0 }.sorted { $0.source.bits < $1.source.bits }
    for i in spans.indices { spans[i].start = 0 }
    waiting.removeAll()
    count = 0
    return spans
  }
}
