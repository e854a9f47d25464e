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

  /// - Returns: whether any span was moved.
  mutating func correct(_ rows: inout [SpanRow], _ tree: ParentResolver, _ repairs: inout RepairLog) -> Bool {
    guard needed(rows, tree) else { return false }
    shift.removeAll(keepingCapacity: true)
    shift.append(contentsOf: repeatElement(0, count: rows.count))
    for i in tree.topDown {
      let row = Int(i)
      let above = Int(tree.parent[row])
      guard above >= 0 else { continue }
      if rows[row].component == rows[above].component {
        shift[row] = shift[above]
      } else if let group = attemptsSkew(rows, tree, row, under: above) {
        shift[row] = group
        if group != 0 { repairs.add(.clockSkew, at: rows[row].source) }
      } else if let own = Self.skew(rows[row], under: rows[above]) {
        shift[row] = own
        repairs.add(.clockSkew, at: rows[row].source)
      }
      rows[row].start = rows[row].start.addingSaturated(shift[row])
    }
    return true
  }

  /// How far all spans of one callee below one client span must move together: several are its attempts, and what lies
  /// between them is how long the client waited. Nil where the callee has one span there.
  private func attemptsSkew(_ rows: [SpanRow], _ tree: ParentResolver, _ row: Int, under above: Int) -> Int64? {
    let caller = rows[above]
    guard caller.kind == .client else { return nil }
    var (first, last, count) = (Int64.max, Int64.min, 0)
    var sibling = tree.firstChild[above]
    while sibling >= 0 {
      let i = Int(sibling)
      if rows[i].component == rows[row].component {
        // As it stood before it was moved.
        let start = rows[i].start.subtractingSaturated(shift[i])
        first = min(first, start)
        last = max(last, start.addingSaturated(rows[i].duration))
        count += 1
      }
      sibling = tree.nextSibling[i]
    }
    guard count > 1 else { return nil }
    if first < caller.start { return caller.start.subtractingSaturated(first) }
    let over = last.subtractingSaturated(caller.start.addingSaturated(caller.duration))
    guard over > 0, !Self.mayOutlast(caller), last.subtractingSaturated(first) <= caller.duration else { return 0 }
    return -min(over, first.subtractingSaturated(caller.start))
  }

  /// A callee goes on when its caller gives up: that is no skew.
  private static func mayOutlast(_ caller: SpanRow) -> Bool {
    caller.failureCode == FailureKind.timeout.rawValue || caller.failureCode == FailureKind.cancelled.rawValue
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
    let isCall =
      (caller.kind == .client && callee.kind == .server || callee.flags.contains(.shared)) && !mayOutlast(caller)
    let startsEarly = callee.start < caller.start
    guard startsEarly || (isCall && calleeEnd > callerEnd && callee.duration <= caller.duration) else { return nil }
    // An asynchronous callee may well outlast its caller: then only its start is moved into the caller's span.
    let spare = max(0, caller.duration - callee.duration) / 2
    return caller.start.addingSaturated(spare).subtractingSaturated(callee.start)
  }
}
