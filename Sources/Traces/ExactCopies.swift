internal import Model

/// Sets aside spans that were exported twice: equal in everything but where they stand.
///
/// A collector that retries an export, or two archives whose hours overlap, write a span again. Counted twice it would be
/// a second call, a second failure, and a caller that lost its callees. Spans that share only their id are kept: they may
/// be the two halves of a call, or two calls of a client that numbers badly.
enum ExactCopies {
  /// Removes all but the first of each span from rows in the assembler's fixed order.
  static func remove(from rows: inout [SpanRow], _ repairs: inout RepairLog) {
    var kept = 0
    for i in rows.indices {
      let row = rows[i]
      if row.span != 0, hasCopy(row, among: rows, before: kept) {
        repairs.add(.repeatedSpan, at: row.source)
        continue
      }
      if kept != i { rows[kept] = row }
      kept += 1
    }
    rows.removeLast(rows.count - kept)
  }

  /// Rows of one key that are looked through for a copy; among more, a copy further back is kept like any duplicate.
  private static let reach = 64

  private static func hasCopy(_ row: SpanRow, among rows: [SpanRow], before end: Int) -> Bool {
    var i = end - 1
    while i >= max(0, end - reach), hasSameKey(rows[i], row) {
      if isCopy(rows[i], row) { return true }
      i -= 1
    }
    return false
  }

  /// What the fixed order compares before it comes to the place of a row: copies stand side by side.
  private static func hasSameKey(_ a: SpanRow, _ b: SpanRow) -> Bool {
    a.start == b.start && a.span == b.span && a.duration == b.duration && a.kind == b.kind
  }

  private static func isCopy(_ a: SpanRow, _ b: SpanRow) -> Bool {
    a.parent == b.parent && a.component == b.component && a.operation == b.operation && a.peer == b.peer
      && a.message == b.message && a.failureCode == b.failureCode && a.attempt == b.attempt && a.flags == b.flags
      && a.weight == b.weight
      && a.retryEvidence == b.retryEvidence
  }
}
