// The room Traces: spans and log lines to whole requests: names, clocks, parents, attempts and failures made uniform.
// It never judges a request; it repairs what can be repaired, and counts each repair.

internal import Support
package import Model
package import Segments

/// Puts the rows of a partition together into one call tree per request, and mends what is broken on the way.
///
/// Order of work per request: structural events are paired into spans; rows are put in a fixed order and exact copies set
/// aside; parents are found (shared halves joined, other duplicates kept, self-parents and rings cut, orphans adopted);
/// clocks are corrected along the edges; the tree is laid out in preorder; attempts are numbered. Nothing depends on the
/// order in which rows came.
package struct TraceAssembler {
  package private(set) var repairs = RepairLog()
  private var parents = ParentResolver()
  private var skew = ClockSkew()
  private var attempts = AttemptNumbering()
  /// Where each row stands in the tree.
  private var place: [Int32] = []

  package init() {}

  /// Visits the requests of a segment in the order of their first records: neighbours in time share the components, edges
  /// and minutes that analyses count by, so what these look up is still in the processor's cache.
  ///
  /// - Parameters:
  ///   - segment: one partition, all inputs.
  ///   - visit: takes each assembled request; the tree is lent.
  package mutating func assemble(_ segment: Segment, _ visit: (CallTree) -> Void) {
    let rows = segment.rows
    var index = RequestIndex(expected: rows.spans.count / 8 + rows.logs.count / 2)
    var spanNumbers = rows.spans.map { index.number($0.request, at: $0.start) }
    var logNumbers = rows.logs.map { $0.request.isNone ? -1 : index.number($0.request, at: $0.time) }
    var eventNumbers = rows.events.map { $0.request.isNone ? -1 : index.number($0.request, at: $0.time) }
    let joined = index.joinHalves()
    if let joined {
      func join(_ numbers: inout [Int32]) {
        for i in numbers.indices where numbers[i] >= 0 { numbers[i] = joined[Int(numbers[i])] }
      }
      join(&spanNumbers)
      join(&logNumbers)
      join(&eventNumbers)
    }
    let visits = index.byTime()
    var spans = RowWindow(RowGroups(numbers: spanNumbers, visits: visits), rows.spans)
    var logs = RowWindow(RowGroups(numbers: logNumbers, visits: visits), rows.logs)
    var events = RowWindow(RowGroups(numbers: eventNumbers, visits: visits), rows.events)

    var tree = CallTree()
    var own: [SpanRow] = []
    var ownEvents: [StructuralEvent] = []
    for (place, number) in visits.enumerated() {
      tree.request = index.met[Int(number)].request
      tree.requestText = .none
      if !own.isEmpty { own.removeAll(keepingCapacity: true) }
      spans.append(of: place, to: &own)
      if !tree.events.isEmpty { tree.events.removeAll(keepingCapacity: true) }
      if !ownEvents.isEmpty { ownEvents.removeAll(keepingCapacity: true) }
      events.append(of: place, to: &ownEvents)
      tree.logs.removeAll(keepingCapacity: true)
      logs.append(of: place, to: &tree.logs)
      if joined != nil, tree.request.high != 0 {
        join(&own, as: tree.request)
        join(&tree.logs, as: tree.request)
        join(&ownEvents, as: tree.request)
      }
      if !ownEvents.isEmpty {
        var pairing = EventPairing(ownEvents)
        own += pairing.spans(&repairs)
        tree.events = pairing.rest
      }
      Self.sort(&tree.logs)
      layOut(&own, into: &tree)
      visit(tree)
    }
  }

  /// Gives the rows of a request its id where they know only the half of it.
  private mutating func join<Row: RowOfRequest>(_ rows: inout [Row], as request: RequestID) {
    for i in rows.indices where rows[i].request != request {
      repairs.add(.joinedTraceIDs, at: rows[i].source)
      rows[i].request = request
    }
  }

  /// Log records by time, then by their place. Most requests have a few.
  private static func sort(_ logs: inout [LogRow]) {
    func isBefore(_ a: LogRow, _ b: LogRow) -> Bool { (a.time, a.source.bits) < (b.time, b.source.bits) }
    guard logs.count <= 8 else { return logs.sort(by: isBefore) }
    for i in logs.indices.dropFirst() where isBefore(logs[i], logs[i - 1]) {
      let log = logs[i]
      var place = i
      repeat {
        logs[place] = logs[place - 1]
        place -= 1
      } while place > 0 && isBefore(log, logs[place - 1])
      logs[place] = log
    }
  }

  /// Lays spans out as a tree: parents, clocks, preorder, attempts.
  mutating func layOut(_ rows: inout [SpanRow], into tree: inout CallTree) {
    if !tree.nodes.isEmpty { tree.nodes.removeAll(keepingCapacity: true) }
    guard !rows.isEmpty else { return }
    if rows.count > 1 {
      rows.sort(by: Self.precedes)
      ExactCopies.remove(from: &rows, &repairs)
    }
    tree.requestText = rows.first { !$0.requestText.isNone }?.requestText ?? tree.requestText
    parents.resolve(&rows, &repairs)
    nameCallers(&rows)
    // Children stand in the order of their times, which either may change.
    let wereClosed = close(&rows)
    let wereMoved = skew.correct(&rows, parents, &repairs)
    if wereClosed || wereMoved { parents.order(rows) }
    note(rows)
    emitPreorder(rows, into: &tree)
    attempts.number(&tree)
  }

  /// The fixed order of rows: start, longer first, then identity and place.
  static func precedes(_ a: SpanRow, _ b: SpanRow) -> Bool {
    if a.start != b.start { return a.start < b.start }
    if a.duration != b.duration { return a.duration > b.duration }
    if a.span != b.span { return a.span < b.span }
    if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
    return a.source.bits < b.source.bits
  }

  /// Calls that bear the name of what they call are their parents' calls; parents come before their children in `topDown`.
  private func nameCallers(_ rows: inout [SpanRow]) {
    guard rows.contains(where: { $0.flags.contains(.maybeCallee) }) else { return }
    var renamed: Set<Int32> = []
    for i in parents.topDown where rows[Int(i)].flags.contains(.maybeCallee) {
      let parent = parents.parent[Int(i)]
      guard parent >= 0, rows[Int(parent)].component != rows[Int(i)].component, !rows[Int(i)].flags.contains(.orphan)
      else { continue }
      // Below a call stands what it called, unless the call, too, bears its callee's name.
      let kind = rows[Int(parent)].kind
      if kind == .client || kind == .producer, !renamed.contains(Int32(parent)) { continue }
      let calls = rows[Int(i)].kind == .client || rows[Int(i)].kind == .producer
      if calls, rows[Int(i)].peer.isNone { rows[Int(i)].peer = rows[Int(i)].component }
      rows[Int(i)].component = rows[Int(parent)].component
      renamed.insert(Int32(i))
    }
  }

  /// Gives spans without an end the end of their last child; children come after their parents in `topDown`. What ended after
  /// nobody knows how long lasted to the end of a child at least: that a child began without an end of its own tells it nothing.
  ///
  /// - Returns: whether there was any.
  private mutating func close(_ rows: inout [SpanRow]) -> Bool {
    guard rows.contains(where: { $0.duration < 0 }) else { return false }
    var ends = rows.map { $0.duration < 0 ? $0.start : $0.start.addingSaturated($0.duration) }
    var told = rows.indices.map { rows[$0].duration < 0 ? Int64.min : ends[$0] }
    for i in parents.topDown.reversed() {
      if rows[Int(i)].duration < 0 {
        let isUntimed = rows[Int(i)].flags.contains(.untimed)
        let end = isUntimed ? told[Int(i)] : ends[Int(i)]
        rows[Int(i)].duration = max(0, end.subtractingSaturated(rows[Int(i)].start))
        if isUntimed {
          repairs.add(.untimedSpan, at: rows[Int(i)].source)
        } else {
          rows[Int(i)].flags.insert(.unfinished)
          repairs.add(.unfinishedSpan, at: rows[Int(i)].source)
        }
      }
      let parent = parents.parent[Int(i)]
      if parent >= 0, rows[Int(parent)].duration < 0 {
        ends[Int(parent)] = max(ends[Int(parent)], ends[Int(i)])
        told[Int(parent)] = max(told[Int(parent)], told[Int(i)])
      }
    }
    return true
  }

  /// Names what is odd about the shape but used as it is.
  private mutating func note(_ rows: [SpanRow]) {
    var roots = 0
    for i in rows.indices {
      let above = Int(parents.parent[i])
      if above < 0 {
        roots += 1
        if roots == 2 { repairs.add(.severalRoots, at: rows[i].source) }
        continue
      }
      let row = rows[i]
      if row.kind == .consumer || row.flags.contains(.orphan) || row.flags.contains(.followsFrom) { continue }
      let end = row.start.addingSaturated(row.duration)
      if row.start < rows[above].start || end > rows[above].start.addingSaturated(rows[above].duration) {
        repairs.add(.childOutsideParent, at: row.source)
      }
    }
  }

  private mutating func emitPreorder(_ rows: [SpanRow], into tree: inout CallTree) {
    // Every row is set before it is read: parents come first.
    if place.count < rows.count { place += Array(repeating: -1, count: rows.count - place.count) }
    tree.nodes.reserveCapacity(rows.count)
    var current = parents.firstRoot
    while current >= 0 {
      let row = Int(current)
      place[row] = Int32(tree.nodes.count)
      let parent = parents.parent[row]
      var node = CallNode(row: rows[row], parent: parent < 0 ? -1 : place[Int(parent)])
      node.subtreeEnd = Int32(tree.nodes.count + 1)
      tree.nodes.append(node)
      if parents.firstChild[row] >= 0 {
        current = parents.firstChild[row]
        continue
      }
      while current >= 0, parents.nextSibling[Int(current)] < 0 { current = parents.parent[Int(current)] }
      if current >= 0 { current = parents.nextSibling[Int(current)] }
    }
    for i in tree.nodes.indices.reversed() {
      let parent = Int(tree.nodes[i].parent)
      guard parent >= 0 else { continue }
      tree.nodes[parent].subtreeEnd = max(tree.nodes[parent].subtreeEnd, tree.nodes[i].subtreeEnd)
      // A callee with spans of its own is named by them, not by what its caller calls it.
      if tree.nodes[i].component != tree.nodes[parent].component, !tree.nodes[i].flags.contains(.orphan) {
        if !tree.nodes[parent].peer.isNone { tree.nodes[parent].calledAs = tree.nodes[parent].peer }
        tree.nodes[parent].peer = .none
      }
    }
  }
}

/// A row of whatever kind that tells of one request.
private protocol RowOfRequest {
  var request: RequestID { get set }
  var source: SourceRef { get }
}

extension SpanRow: RowOfRequest {}
extension LogRow: RowOfRequest {}
extension StructuralEvent: RowOfRequest {}
