// Chooses the requests that a report shows whole.

package import Model
internal import Support

/// Sees every request of a partition once and keeps the few that stand for the others.
package struct ExemplarAggregator: Sendable {
  /// Most spans kept of one request.
  static let spanLimit = 40
  /// Good requests kept for an entry point: the one in the middle is shown.
  static let goodOnes: UInt64 = 3
  private static let minute: Int64 = 60_000_000

  private struct Place: Hashable {
    var kind: ExemplarPartial.Key.Kind
    var slot: Int64
    var component: Symbol
    var operation: Symbol
  }

  /// The best rank so far, so that most requests cost a look and no text.
  private var best: [Place: UInt64] = [:]
  private var partial = ExemplarPartial()

  package init() {}

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    guard let root = tree.nodes.first else { return }
    let slot = root.start / Self.minute
    let rank = StableHash.mix(tree.request.high ^ tree.request.low &* 0x9E37_79B9_7F4A_7C15)
    if let failing = Self.origin(tree) {
      let node = tree.nodes[failing]
      let culprit = node.peer.isNone ? node.component : node.peer
      offer(Place(kind: .failed, slot: slot, component: culprit, operation: .none), rank, tree, context)
    } else {
      let good = Int64(rank % Self.goodOnes)
      offer(Place(kind: .good, slot: good, component: root.component, operation: root.operation), rank, tree, context)
      // The slowest has the smallest rank.
      let slowness = UInt64.max - UInt64(max(root.duration, 0))
      offer(
        Place(kind: .slow, slot: slot, component: root.component, operation: root.operation), slowness, tree, context)
    }
  }

  /// The last span that failed; nothing beneath it did, for what is beneath a span stands behind it.
  private static func origin(_ tree: borrowing CallTree) -> Int? {
    tree.nodes.lastIndex { $0.failed }
  }

  /// The span that held the request up the longest: at every instant the one that began last of those under way.
  ///
  /// - Complexity: O(n log n)
  private static func busiest(_ tree: borrowing CallTree) -> Int? {
    let nodes = tree.nodes
    guard !nodes.isEmpty else { return nil }
    var held = [Int64](repeating: 0, count: nodes.count)
    let order = nodes.indices.sorted { (nodes[$0].start, $0) < (nodes[$1].start, $1) }
    // Spans under way, the latest begun on top; what ended beneath is dropped when it comes up.
    var open: [Int] = []
    func advance(from start: Int64, to end: Int64) {
      var now = start
      while now < end, let top = open.last {
        guard nodes[top].end > now else {
          open.removeLast()
          continue
        }
        let until = min(end, nodes[top].end)
        held[top] = held[top].addingSaturated(until - now)
        now = until
      }
    }
    for (place, index) in order.enumerated() {
      open.append(index)
      let next = place + 1 < order.count ? nodes[order[place + 1]].start : nodes.map(\.end).max() ?? nodes[index].end
      advance(from: nodes[index].start, to: next)
    }
    return held.indices.max { (held[$0], $1) < (held[$1], $0) }
  }

  private mutating func offer(
    _ place: Place, _ rank: UInt64, _ tree: borrowing CallTree, _ context: borrowing AggregateContext
  ) {
    if let there = best[place], there <= rank { return }
    // What is forgotten here costs a look at `partial`, nothing else.
    if best.count == 1 << 16 { best.removeAll(keepingCapacity: true) }
    best[place] = rank
    let key = ExemplarPartial.Key(
      kind: place.kind, slot: place.slot, component: context.text(place.component),
      operation: place.operation.isNone ? "" : context.text(place.operation))
    guard partial.mayKeep(key) else { return }
    partial.add(key, ExemplarPartial.Kept(rank: rank, request: Self.request(tree, context, isBad: place.kind != .good)))
  }

  /// A whole request with every span.
  package static func whole(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) -> ExemplarRequest {
    request(tree, context, isBad: tree.nodes.contains { $0.failed }, limit: .max)
  }

  /// The request with its spans: those that failed and what leads to them first, then the others in their order.
  private static func request(
    _ tree: borrowing CallTree, _ context: borrowing AggregateContext, isBad: Bool, limit: Int = spanLimit
  ) -> ExemplarRequest {
    let count = tree.nodes.count
    var wanted = [Bool](repeating: false, count: count)
    var chosen = 0
    func choose(_ index: Int) {
      guard chosen < limit, !wanted[index] else { return }
      wanted[index] = true
      chosen += 1
    }
    let origin = origin(tree) ?? (isBad ? busiest(tree) : nil)
    if var index = origin {
      var path: [Int] = []
      while index >= 0, path.count < count {
        path.append(index)
        index = Int(tree.nodes[index].parent)
      }
      for index in path.reversed() { choose(index) }
    }
    for index in tree.nodes.indices where tree.nodes[index].failed { choose(index) }
    for index in tree.nodes.indices {
      if chosen == limit { break }
      choose(index)
    }
    let start = tree.start
    var depths = [Int](repeating: 0, count: count)
    var spans: [ExemplarRequest.Span] = []
    for index in tree.nodes.indices {
      let node = tree.nodes[index]
      if node.parent >= 0 { depths[index] = depths[Int(node.parent)] + 1 }
      guard wanted[index] else { continue }
      spans.append(
        ExemplarRequest.Span(
          depth: depths[index], component: ForeignName(context.text(node.component)),
          operation: ForeignName(context.text(node.operation)), peer: ForeignName(context.text(node.peer)),
          offset: node.start.subtractingSaturated(start), duration: node.duration, failure: node.failure,
          message: ForeignText(String(context.text(node.message).prefix(300))), isOrigin: index == origin,
          location: context.location(node.source)))
    }
    let id = tree.requestText.isNone ? tree.request.hex : context.text(tree.requestText)
    return ExemplarRequest(
      request: ForeignName(id), start: start, duration: tree.end.subtractingSaturated(start), isBad: isBad,
      spans: spans, omitted: count - spans.count)
  }

  package consuming func finish() -> ExemplarPartial {
    partial.trim()
    return partial
  }
}
