internal import Model
internal import Support

/// Finds each row's parent among the rows of its request, and orders children; the arrays are used again per request.
struct ParentResolver {
  /// Row number of the parent, -1 for a root.
  private(set) var parent: [Int32] = []
  private(set) var firstChild: [Int32] = []
  private(set) var nextSibling: [Int32] = []
  private(set) var firstRoot: Int32 = -1
  /// All rows, each parent before its children.
  private(set) var topDown: [Int32] = []

  private var slots: [Int32] = Array(repeating: -1, count: 64)
  /// The next row with the same span id, -1 at the end.
  private var nextSame: [Int32] = []
  private var color: [UInt8] = []

  init() {}

  /// Sets `parent` for rows in their fixed order, and `topDown`.
  mutating func resolve(_ rows: inout [SpanRow], _ repairs: inout RepairLog) {
    let count = rows.count
    reset(count)
    let hasDuplicates = buildIndex(rows)
    var orphans: [Int32] = []
    var hasUnplaced = false
    for i in 0..<count {
      let row = rows[i]
      if row.parent == TraceSpan.unknownParent {
        hasUnplaced = true
        continue
      }
      if row.parent == 0 || row.flags.contains(.foreignParent) { continue }
      if row.parent == row.span {
        repairs.add(.selfParent, at: row.source)
        continue
      }
      let found = hasDuplicates ? candidate(row.parent, for: i, rows) : find(row.parent, rows)
      if found < 0 { orphans.append(Int32(i)) } else { parent[i] = found }
    }
    if hasDuplicates { joinDuplicates(rows, &repairs) }
    if hasUnplaced { UnplacedSpans.place(&rows, &parent) }
    cutRings(rows, &repairs)
    adopt(orphans, &rows, &repairs)
    order(rows)
  }

  private mutating func reset(_ count: Int) {
    parent.removeAll(keepingCapacity: true)
    parent.append(contentsOf: repeatElement(-1, count: count))
    nextSame.removeAll(keepingCapacity: true)
    nextSame.append(contentsOf: repeatElement(-1, count: count))
    var size = slots.count
    while size < count * 2 { size *= 2 }
    if size > slots.count || size > 1 << 12 {
      slots = Array(repeating: -1, count: max(64, (count * 2).nextPowerOfTwo))
    } else {
      for i in slots.indices { slots[i] = -1 }
    }
  }

  @inline(__always) private func slot(_ id: UInt64) -> Int {
    Int(truncatingIfNeeded: StableHash.mix(id)) & (slots.count - 1)
  }

  private mutating func buildIndex(_ rows: [SpanRow]) -> Bool {
    var hasDuplicates = false
    for i in rows.indices {
      var at = slot(rows[i].span)
      while slots[at] >= 0, rows[Int(slots[at])].span != rows[i].span { at = (at + 1) & (slots.count - 1) }
      if slots[at] < 0 {
        slots[at] = Int32(i)
      } else if rows[i].span != 0 {
        hasDuplicates = true
        var last = Int(slots[at])
        while nextSame[last] >= 0 { last = Int(nextSame[last]) }
        nextSame[last] = Int32(i)
      }
    }
    return hasDuplicates
  }

  private func find(_ id: UInt64, _ rows: [SpanRow]) -> Int32 {
    var at = slot(id)
    while slots[at] >= 0 {
      if rows[Int(slots[at])].span == id { return slots[at] }
      at = (at + 1) & (slots.count - 1)
    }
    return -1
  }

  /// Among rows of one id: the one of the child's component around the child's start, then any around it, then the
  /// server's half, then the first.
  private func candidate(_ id: UInt64, for child: Int, _ rows: [SpanRow]) -> Int32 {
    let first = find(id, rows)
    guard first >= 0, nextSame[Int(first)] >= 0 else { return first }
    var best = first
    var bestRank = -1
    var at = first
    while at >= 0 {
      let row = rows[Int(at)]
      let around =
        row.start <= rows[child].start && rows[child].start <= row.start.addingSaturated(max(row.duration, 0))
      let rank = (row.component == rows[child].component ? 4 : 0) + (around ? 2 : 0) + (isServerHalf(row) ? 1 : 0)
      if rank > bestRank, Int(at) != child {
        best = at
        bestRank = rank
      }
      at = nextSame[Int(at)]
    }
    return best
  }

  private func isServerHalf(_ row: SpanRow) -> Bool { row.flags.contains(.shared) || row.kind == .server }

  /// Joins the halves of shared spans (the server's under the client's) and counts the other duplicates.
  private mutating func joinDuplicates(_ rows: [SpanRow], _ repairs: inout RepairLog) {
    for start in rows.indices where nextSame[start] >= 0 && find(rows[start].span, rows) == Int32(start) {
      var chain: [Int] = []
      var at = Int32(start)
      while at >= 0 {
        chain.append(Int(at))
        at = nextSame[Int(at)]
      }
      let client = chain.first { rows[$0].kind == .client && !rows[$0].flags.contains(.shared) }
      var joined = false
      for i in chain where i != client {
        if let client, !joined, isServerHalf(rows[i]) {
          parent[i] = Int32(client)
          joined = true
          repairs.add(.sharedSpanJoined, at: rows[i].source)
        } else if i != start || client != nil {
          repairs.add(.duplicateSpan, at: rows[i].source)
        }
      }
    }
  }

  /// Walks up from every row; a walk that meets itself has found a ring, which is cut at its first row.
  private mutating func cutRings(_ rows: [SpanRow], _ repairs: inout RepairLog) {
    color.removeAll(keepingCapacity: true)
    color.append(contentsOf: repeatElement(0, count: rows.count))
    for start in rows.indices where color[start] == 0 {
      var at = start
      while color[at] == 0 {
        color[at] = 1
        if parent[at] < 0 { break }
        at = Int(parent[at])
      }
      if color[at] == 1, parent[at] >= 0 {
        var first = at
        var member = Int(parent[at])
        while member != at {
          first = min(first, member)
          member = Int(parent[member])
        }
        parent[first] = -1
        repairs.add(.cycle, at: rows[first].source)
      }
      at = start
      while color[at] == 1 {
        color[at] = 2
        if parent[at] < 0 { break }
        at = Int(parent[at])
      }
    }
  }

  /// Puts spans whose parent is missing under the request's first true root; without one they are roots themselves.
  private mutating func adopt(_ orphans: [Int32], _ rows: inout [SpanRow], _ repairs: inout RepairLog) {
    guard let first = orphans.first else { return }
    let missing = Set(orphans)
    guard let root = rows.indices.first(where: { parent[$0] < 0 && !missing.contains(Int32($0)) }) else {
      repairs.add(.rootless, at: rows[Int(first)].source)
      return
    }
    for orphan in orphans {
      parent[Int(orphan)] = Int32(root)
      rows[Int(orphan)].flags.insert(.orphan)
      repairs.add(.orphanAdopted, at: rows[Int(orphan)].source)
    }
  }

  /// Rebuilds the children's lists in the order (start, end, span id), and `topDown`.
  mutating func order(_ rows: [SpanRow]) {
    let count = rows.count
    firstChild.removeAll(keepingCapacity: true)
    firstChild.append(contentsOf: repeatElement(-1, count: count))
    nextSibling.removeAll(keepingCapacity: true)
    nextSibling.append(contentsOf: repeatElement(-1, count: count))
    firstRoot = -1
    topDown.removeAll(keepingCapacity: true)
    for i in 0..<count { topDown.append(Int32(i)) }
    topDown.sort { a, b in
      let x = rows[Int(a)]
      let y = rows[Int(b)]
      if x.start != y.start { return x.start < y.start }
      let xEnd = x.start.addingSaturated(x.duration)
      let yEnd = y.start.addingSaturated(y.duration)
      if xEnd != yEnd { return xEnd < yEnd }
      if x.span != y.span { return x.span < y.span }
      return a < b
    }
    for i in topDown.reversed() {
      let above = parent[Int(i)]
      if above >= 0 {
        nextSibling[Int(i)] = firstChild[Int(above)]
        firstChild[Int(above)] = i
      } else {
        nextSibling[Int(i)] = firstRoot
        firstRoot = i
      }
    }
    layTopDown()
  }

  /// Breadth first from the roots: each parent before its children.
  private mutating func layTopDown() {
    topDown.removeAll(keepingCapacity: true)
    var root = firstRoot
    while root >= 0 {
      topDown.append(root)
      root = nextSibling[Int(root)]
    }
    var at = 0
    while at < topDown.count {
      var child = firstChild[Int(topDown[at])]
      while child >= 0 {
        topDown.append(child)
        child = nextSibling[Int(child)]
      }
      at += 1
    }
  }
}

extension Int {
  /// The smallest power of two that is not below the number.
  var nextPowerOfTwo: Int {
    var power = 1
    while power < self { power *= 2 }
    return power
  }
}
