internal import Support
internal import Model

/// Corrects the clocks of callees against their callers', edge by edge from the root down (Zipkin's method).
///
/// Only an edge between two components whose callee begins before its caller does, or a synchronous call that ends after
/// its caller's span, tells of skew. The callee is then moved so that what is left of the caller's time is split evenly
/// before and after it; the spans of the callee's own component below it move along, other components are judged anew.
struct ClockSkew {
  private var shift: [Int64] = []

  init() {}

  mutating func correct(_ rows: inout [SpanRow], _ tree: ParentResolver, _ repairs: inout RepairLog) {
    guard needed(rows, tree) else { return }
    shift.removeAll(keepingCapacity: true)
    shift.append(contentsOf: repeatElement(0, count: rows.count))
    for i in tree.topDown {
      let row = Int(i)
      let above = Int(tree.parent[row])
      guard above >= 0 else { continue }
      if rows[row].component == rows[above].component {
        shift[row] = shift[above]
      } else if let own = Self.skew(rows[row], under: rows[above]) {
        shift[row] = own
        repairs.add(.clockSkew, at: rows[row].source)
      }
      rows[row].start = rows[row].start.addingSaturated(shift[row])
    }
  }

  private func needed(_ rows: [SpanRow], _ tree: ParentResolver) -> Bool {
    for i in rows.indices {
      let above = Int(tree.parent[i])
      if above >= 0, rows[i].component != rows[above].component, Self.skew(rows[i], under: rows[above]) != nil {
        return true
      }
    }
    return false
  }

  /// How far a callee must move, nil where its clock fits.
  static func skew(_ callee: SpanRow, under caller: SpanRow) -> Int64? {
    if callee.kind == .consumer || caller.kind == .producer || callee.flags.contains(.followsFrom)
      || callee.flags.contains(.orphan)
    {
      return nil
    }
    let callerEnd = caller.start.addingSaturated(caller.duration)
    let calleeEnd = callee.start.addingSaturated(callee.duration)
    let isCall = caller.kind == .client && callee.kind == .server || callee.flags.contains(.shared)
    let startsEarly = callee.start < caller.start
    guard startsEarly || (isCall && calleeEnd > callerEnd && callee.duration <= caller.duration) else { return nil }
    // An asynchronous callee may well outlast its caller: then only its start is moved into the caller's span.
    let spare = max(0, caller.duration - callee.duration) / 2
    return caller.start.addingSaturated(spare).subtractingSaturated(callee.start)
  }
}
