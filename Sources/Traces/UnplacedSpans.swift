internal import Model
internal import Support

/// Finds the places of spans that know their request and not their parent: lines of access logs.
///
/// A served request lies inside of the call that was made for it: of the calls to its component that enclose it the shortest one
/// is its parent. A sidecar also logs what its workload calls as a request: such a line, which passes it on to another, lies inside of the
/// workload's own request, and is its work, not another request. What nothing encloses is a root.
enum UnplacedSpans {
  /// Times of access logs are rounded to milliseconds at both ends, microseconds.
  private static let slack: Int64 = 2000
  /// A request of more spans keeps such spans as roots: the search is quadratic.
  private static let most = 512

  /// Sets the parents of such rows, in their fixed order; what has none becomes a root.
  static func place(_ rows: inout [SpanRow], _ parent: inout [Int32]) {
    let unplaced = rows.indices.filter { rows[$0].parent == TraceSpan.unknownParent }
    guard !unplaced.isEmpty else { return }
    for i in unplaced { rows[i].parent = 0 }
    guard rows.count > 1, rows.count <= most else { return }
    for i in unplaced {
      var best = -1
      var isCall = false
      let passesOn = rows.contains { $0.kind == .client && $0.parent == rows[i].span && $0.peer != rows[i].component }
      for j in rows.indices where j != i && encloses(rows[j], rows[i]) {
        let calls = rows[j].kind == .client && !rows[j].peer.isNone && rows[j].peer == rows[i].component
        let works =
          rows[j].kind == .server && rows[j].component == rows[i].component && rows[j].duration > rows[i].duration
        guard calls || works, passesOn || !isCall || calls else { continue }
        // The workload's own request lies inside of the call that was made for it, and is the nearer one.
        let isNearer = best < 0 || !passesOn && calls && !isCall || rows[j].duration < rows[best].duration
        guard isNearer else { continue }
        best = j
        isCall = calls
      }
      // A try of the line's own stands below it.
      guard best >= 0, !isBelow(best, i, parent) else { continue }
      parent[i] = Int32(best)
      rows[i].parent = rows[best].span
      if !isCall { rows[i].kind = .internal }
    }
  }

  private static func encloses(_ a: SpanRow, _ b: SpanRow) -> Bool {
    guard a.duration >= 0, b.duration >= 0 else { return false }
    let aEnd = a.start.addingSaturated(a.duration)
    let bEnd = b.start.addingSaturated(b.duration)
    return a.start <= b.start.addingSaturated(slack) && bEnd <= aEnd.addingSaturated(slack)
  }

  private static func isBelow(_ row: Int, _ ancestor: Int, _ parent: [Int32]) -> Bool {
    var at = row
    var steps = 0
    while at >= 0, steps <= parent.count {
      if at == ancestor { return true }
      at = Int(parent[at])
      steps += 1
    }
    return steps > parent.count
  }
}
