// Counts the masked messages of one partition.

package import Model
internal import Support

/// Collects the masked messages of a partition's log records, within requests and outside of them.
package struct TemplateAggregator: Aggregator {
  /// One message before its texts are made.
  private struct Row {
    var counts = [Int](repeating: 0, count: MessageStats.severities)
    /// Different components, in the order in which they came.
    var components: [Symbol] = []
    var first = Int64.max
    var last = Int64.min
    /// The earliest records so far; ties of time are kept up to a bound and decided by location at the end.
    var earliest: [LogRow] = []
  }

  /// Places in `rows` by symbol, -1 where a message is not held.
  private var places: [Int32] = []
  private var rows: [(message: Symbol, row: Row)] = []
  private var done = TemplatePartial()
  /// Place and component of messages that more than `listed` components said.
  private var many: Set<UInt64> = []

  private static let listed = 16

  /// Messages held before they are handed to the partial.
  private static let held = 65_536
  /// Bytes kept of a masked message: what is longer ends with a mark.
  static let textLimit = 1024

  package init() {}

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    for log in tree.logs { observe(log: log, context) }
  }

  package mutating func observe(log: LogRow, _ context: borrowing AggregateContext) {
    if log.message.isNone { return }
    let place = place(of: log.message, context)
    rows[place].row.counts[Int(log.severity.rawValue)] += 1
    if rows[place].row.components.last != log.component, isNew(log.component, at: place) {
      rows[place].row.components.append(log.component)
    }
    if log.time != .min {
      rows[place].row.first = min(rows[place].row.first, log.time)
      rows[place].row.last = max(rows[place].row.last, log.time)
    }
    Self.keep(log, &rows[place].row, context)
  }

  private mutating func place(of message: Symbol, _ context: borrowing AggregateContext) -> Int {
    let index = Int(message.index)
    if index >= places.count {
      places += Array(repeating: -1, count: max(index + 1, context.symbols.count) - places.count)
    }
    if places[index] >= 0 { return Int(places[index]) }
    if rows.count >= Self.held { flush(context) }
    places[index] = Int32(rows.count)
    rows.append((message, Row()))
    return rows.count - 1
  }

  /// Whether a message was not said by a component before: looked for in the list while that is short, else in a set.
  private mutating func isNew(_ component: Symbol, at place: Int) -> Bool {
    let known = rows[place].row.components.count
    let message = UInt64(UInt32(truncatingIfNeeded: place)) << 32
    guard known < Self.listed else { return many.insert(message | UInt64(component.index)).inserted }
    guard !rows[place].row.components.contains(component) else { return false }
    if known + 1 == Self.listed {
      for one in rows[place].row.components { many.insert(message | UInt64(one.index)) }
      many.insert(message | UInt64(component.index))
    }
    return true
  }

  /// Keeps the two earliest records by (time, location). Static, so that `rows` is not shared while a row is changed.
  private static func keep(_ log: LogRow, _ row: inout Row, _ context: borrowing AggregateContext) {
    if row.earliest.count == MessageStats.evidenceLimit, let last = row.earliest.last {
      if log.time > last.time { return }
      if log.time == last.time, context.location(last.source) <= context.location(log.source) { return }
    }
    row.earliest.append(log)
    row.earliest.sort { a, b in
      a.time != b.time ? a.time < b.time : context.location(a.source) < context.location(b.source)
    }
    if row.earliest.count > MessageStats.evidenceLimit { row.earliest.removeLast() }
  }

  private mutating func flush(_ context: borrowing AggregateContext) {
    for (message, row) in rows {
      var stats = MessageStats(text: Self.bounded(context.text(message)))
      stats.counts = row.counts
      stats.add(components: row.components.filter { !$0.isNone }.map { context.text($0) })
      stats.first = row.first
      stats.last = row.last
      stats.add(
        evidence: row.earliest.map { log in
          MessageStats.TimedEvidence(
            time: log.time,
            evidence: Evidence(
              context.location(log.source), request: log.request.isNone ? "" : ForeignName(log.request.hex),
              quote: RecordQuote(message: ForeignText(String(stats.text.prefix(300))))))
        })
      done.messages.add(stats, for: StableHash.hash(stats.text))
    }
    done.messages.settle()
    for (message, _) in rows { places[Int(message.index)] = -1 }
    rows.removeAll(keepingCapacity: true)
    many.removeAll(keepingCapacity: true)
  }

  /// A message cut at a blank, with a mark for the rest.
  private static func bounded(_ text: String) -> String {
    let bytes = text.utf8
    guard bytes.count > textLimit else { return text }
    var kept = Array(bytes.prefix(textLimit))
    while let last = kept.last, last != 0x20 { kept.removeLast() }
    if kept.isEmpty { kept = Array("long ".utf8) }
    return String(decoding: kept, as: UTF8.self) + "<*>"
  }

  package consuming func finish(_ context: borrowing AggregateContext) -> TemplatePartial {
    flush(context)
    return done
  }
}
