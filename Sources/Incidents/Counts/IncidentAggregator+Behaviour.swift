internal import Model
internal import Support

/// What happens within spans: own times, edge gaps, and which event follows which.
extension IncidentAggregator {
  /// What is kept while one request is walked; the room is shared by all spans of all requests.
  struct Walk {
    private(set) var logs = LogsBySpan()
    var logCursor = 0
    /// By node: own time within a component's request, and the node that the request begins with.
    var localTime: [Int64] = []
    var entry: [Int] = []
    /// Pairs of one span, so many of them, and what does not lie among the first few.
    private var seen: [UInt64] = []
    private var pairs = 0
    private var more: Set<UInt64> = []
    private static let few = 32

    init() {}

    mutating func begin(_ tree: CallTree) {
      logs = LogsBySpan(tree)
      logCursor = 0
      let count = tree.nodes.count
      if localTime.count < count {
        localTime += Array(repeating: 0, count: count - localTime.count)
        entry += Array(repeating: 0, count: count - entry.count)
      }
      for index in 0..<count { localTime[index] = 0 }
    }

    mutating func beginSpan() {
      pairs = 0
      if !more.isEmpty { more.removeAll() }
    }

    /// Whether a pair is the first of its kind in its span.
    mutating func isNew(_ pair: UInt64) -> Bool {
      for index in 0..<pairs where seen[index] == pair { return false }
      if pairs == Self.few { return more.insert(pair).inserted }
      if pairs < seen.count { seen[pairs] = pair } else { seen.append(pair) }
      pairs += 1
      return true
    }
  }

  /// A span as the tables name it.
  private struct Place {
    var index: Int
    var component: Int32
    var operation: Int32
    var slot: Int32
    /// Microseconds.
    var start: Int64
  }

  /// The calls beneath a span.
  private struct Calls {
    var count = 0
    /// The last of them.
    var last: Int
    /// How many of them are spans of other components.
    var foreign = 0
    /// Microseconds of the span that any of them covers.
    var covered: Int64 = 0
  }

  /// Own times, edge gaps, and which event follows which within a span.
  mutating func countBehaviour(_ tree: CallTree, _ context: borrowing AggregateContext) {
    let nodes = tree.nodes
    // Taken out while it is written to, so that it is never copied.
    var walk = Walk()
    swap(&walk, &scratch)
    defer { swap(&walk, &scratch) }
    walk.begin(tree)
    for index in nodes.indices {
      let node = nodes[index]
      let place = Place(
        index: index, component: name(node.component, context), operation: name(node.operation, context),
        slot: coarse(node.start), start: node.start)
      let parent = Int(node.parent)
      walk.entry[index] = parent >= 0 && nodes[parent].component == node.component ? walk.entry[parent] : index
      partial.operations.add(Tally(), at: CubeKey(a: place.component, b: place.operation, slot: place.slot))
      let calls = countPairs(place, tree, &walk, context)
      countTimes(place, calls, of: tree, &walk, context)
    }
    countPace(tree, walk, context)
  }

  /// Which event follows which in a span: its start, calls and log records by time, its end; each pair once.
  private mutating func countPairs(
    _ place: Place, _ tree: CallTree, _ walk: inout Walk, _ context: borrowing AggregateContext
  ) -> Calls {
    let nodes = tree.nodes
    let node = nodes[place.index]
    var calls = Calls(last: place.index)
    var reached = node.start
    var previous = spanStart
    walk.beginSpan()
    let logs = walk.logs.logs(of: place.index, from: &walk.logCursor)
    var nextLog = logs.startIndex
    func follow(_ label: Int32, at time: Int64, _ sighting: () -> EvidenceSample) {
      let pair = UInt64(UInt32(bitPattern: previous)) << 32 | UInt64(UInt32(bitPattern: label))
      previous = label
      guard walk.isNew(pair) else { return }
      let cell = CubeKey(
        a: place.component, b: place.operation, c: Int32(truncatingIfNeeded: pair >> 32), d: label, slot: place.slot)
      // Most have an example already: their record need not be made.
      if !partial.pairs.count(at: cell, rank: time) { partial.pairs.add(Exemplified(sighting()), at: cell) }
    }
    func follow(log: LogRow) {
      follow(label(of: log, context), at: log.time) { sighting(of: log, requestText: tree.requestText, context) }
    }
    for child in tree.children(of: place.index) {
      calls.count += 1
      calls.last = child
      if nodes[child].component != node.component { calls.foreign += 1 }
      let begin = max(nodes[child].start, reached)
      let end = min(nodes[child].end, node.end)
      if end > begin {
        calls.covered = calls.covered.addingSaturated(end - begin)
        reached = end
      }
      while nextLog < logs.endIndex, logs[nextLog].time < nodes[child].start {
        follow(log: logs[nextLog])
        nextLog += 1
      }
      let call = callee(child, tree)
      let asked = call.component == node.component ? call.peer : .none
      follow(label(of: call, peer: asked, context), at: nodes[child].start) {
        sighting(of: nodes[child], rank: nodes[child].start, tree, context)
      }
    }
    while nextLog < logs.endIndex {
      follow(log: logs[nextLog])
      nextLog += 1
    }
    follow(spanEnd, at: node.start) { sighting(of: node, rank: node.start, tree, context) }
    return calls
  }

  /// Whose a span's time is: the way's to its only callee, or the component's own.
  private mutating func countTimes(
    _ place: Place, _ calls: Calls, of tree: CallTree, _ walk: inout Walk, _ context: borrowing AggregateContext
  ) {
    let node = tree.nodes[place.index]
    guard node.hasDuration else { return }
    if calls.count == 0, !node.peer.isNone, node.kind == .client || node.kind == .producer {
      // A call to one that leaves no span: its time is the callee's and the way's, not the caller's.
      countWay(place, to: node.peer, operation: place.operation, taking: node.duration, context)
    } else if calls.count == 1, tree.nodes[calls.last].component != node.component {
      let only = tree.nodes[calls.last]
      guard only.hasDuration else { return }
      let gap = max(0, node.duration - only.duration)
      // A span that is no call and made one alone of its calls is of another kind than one that made them all.
      let isCall = node.kind != .server && node.kind != .consumer
      countWay(
        place, to: only.component, operation: name(only.operation, context), taking: gap, isCall: isCall, context)
    } else {
      var own = max(0, node.duration - calls.covered)
      if calls.foreign > 0 { own -= countWays(place, tree, of: own, context) }
      let entry = walk.entry[place.index]
      walk.localTime[entry] = walk.localTime[entry].addingSaturated(own)
      // A span without children is of another kind than one that called on: `LatencyContrast` tells them apart.
      partial.selfTimes.add(
        Tally(),
        at: CubeKey(
          a: place.component, b: place.operation, d: calls.count == 0 ? spanEnd : 0,
          number: IncidentPartial.bucket(own), slot: place.slot))
    }
  }

  /// The ways to the callees of a span that shows no calls of its own: a slow way keeps the caller waiting before the callee begins
  /// and again after it ended, while slow code before one call is behind another at most. So a way is what the shorter of the two
  /// waits shows, there and back, beyond what the span waits around the calls of any other callee; what is left is the caller's own.
  ///
  /// - Returns: the time of the ways, at most `most`.
  private mutating func countWays(
    _ place: Place, _ tree: CallTree, of most: Int64, _ context: borrowing AggregateContext
  ) -> Int64 {
    let node = tree.nodes[place.index]
    let waits = Self.waits(place.index, tree)
    // The shortest wait, whose it is, and the shortest around the calls of anybody else.
    var shortest: (callee: Symbol, time: Int64)?
    for wait in waits where wait.time < shortest?.time ?? .max { shortest = (wait.callee, wait.time) }
    let others = waits.reduce(Int64.max) { $1.callee == shortest?.callee ? $0 : min($0, $1.time) }
    var sum: Int64 = 0
    for wait in waits where tree.nodes[wait.child].component != node.component {
      let callee = tree.nodes[wait.child]
      let around = wait.callee == shortest?.callee ? others : shortest?.time ?? 0
      let way = min(2 * max(0, wait.time - (around == .max ? 0 : around)), most - sum)
      sum += way
      countWay(
        place, to: callee.component, operation: name(callee.operation, context), taking: way, context)
    }
    return sum
  }

  /// By child of a span that ends within it: how long nothing else ran before it began, or after it ended, whichever is less.
  ///
  /// - Complexity: O(children · log children)
  private static func waits(_ index: Int, _ tree: CallTree) -> [(child: Int, callee: Symbol, time: Int64)] {
    let node = tree.nodes[index]
    let children = Array(tree.children(of: index))
    let ends = children.map { tree.nodes[$0].end }.sorted()
    var waits: [(child: Int, callee: Symbol, time: Int64)] = []
    for (number, child) in children.enumerated() {
      let start = tree.nodes[child].start
      let end = tree.nodes[child].end
      // What outlives its caller was not waited for.
      guard start >= node.start, end <= node.end else { continue }
      let before = ends.partitioningIndex { $0 > start }
      let lead = start - max(node.start, before > 0 ? ends[before - 1] : node.start)
      let rest = children[number...]
      let behind = rest[rest.partitioningIndex { tree.nodes[$0].start >= end }...].first
      let trail = (behind.map { min(tree.nodes[$0].start, node.end) } ?? node.end) - end
      let callee = tree.nodes[child].peer.isNone ? tree.nodes[child].component : tree.nodes[child].peer
      waits.append((child, callee, max(0, min(lead, trail))))
    }
    return waits
  }

  private mutating func countWay(
    _ place: Place, to callee: Symbol, operation: Int32, taking time: Int64, isCall: Bool = true,
    _ context: borrowing AggregateContext
  ) {
    let callee = name(callee, context)
    partial.gaps.add(
      Tally(),
      at: CubeKey(
        a: place.component, b: callee, c: operation, d: isCall ? 0 : spanEnd, number: IncidentPartial.bucket(time),
        slot: place.slot))
    partial.ways.add(DurationSum(time), at: CubeKey(a: place.component, b: callee, slot: fine(place.start)))
  }

  /// The own time of each component's request, and the slowest of them as evidence.
  private mutating func countPace(_ tree: CallTree, _ walk: Walk, _ context: borrowing AggregateContext) {
    let nodes = tree.nodes
    for index in nodes.indices where walk.entry[index] == index {
      let node = nodes[index]
      guard node.hasDuration else { continue }
      let component = name(node.component, context)
      partial.pace.add(
        DurationSum(walk.localTime[index]),
        at: CubeKey(a: component, slot: fine(node.start)))
      let cell = CubeKey(a: component, slot: coarse(node.start))
      if partial.slowEvidence.isFull(at: cell, below: -walk.localTime[index]) { continue }
      var sighting = sighting(of: node, rank: -walk.localTime[index], tree, context)
      sighting.duration = walk.localTime[index]
      partial.slowEvidence.add(Sightings(sighting), at: cell)
    }
  }

  /// The span that a call leads to: the callee's where the call has nothing else beneath it.
  private func callee(_ index: Int, _ tree: CallTree) -> CallNode {
    let node = tree.nodes[index]
    guard index + 1 < Int(node.subtreeEnd), tree.nodes[index + 1].subtreeEnd == node.subtreeEnd,
      tree.nodes[index + 1].component != node.component
    else { return node }
    return tree.nodes[index + 1]
  }
}
