// One request as far as a report would show it, cut out of the rows of its partition.

internal import Model
internal import Support

/// The spans of a request that would be shown, still as rows.
struct ExemplarExtract: Sendable {
  private var id: RequestID
  private var idText: Symbol
  private var start: Int64
  private var end: Int64
  private var isBad: Bool
  private var spans: [CallNode] = []
  private var depths: [Int32] = []
  /// The one that the trouble began with, as an index of `spans`, -1 for none.
  private var origin = -1
  private var omitted: Int

  /// - Parameters:
  ///   - tree: the request.
  ///   - isBad: whether it failed or was slow.
  ///   - limit: most spans: those that failed and what leads to them first, then the others in their order.
  init(_ tree: borrowing CallTree, isBad: Bool, limit: Int) {
    id = tree.request
    idText = tree.requestText
    start = tree.start
    end = tree.end
    self.isBad = isBad
    let count = tree.nodes.count
    let origin = Self.failedLast(tree) ?? (isBad ? Self.busiest(tree) : nil)
    let wanted = count > limit ? Self.chosen(tree, origin, limit: limit) : nil
    omitted = 0
    var depth = [Int32](repeating: 0, count: count)
    spans.reserveCapacity(min(count, limit))
    depths.reserveCapacity(min(count, limit))
    for index in tree.nodes.indices {
      let parent = Int(tree.nodes[index].parent)
      if parent >= 0 { depth[index] = depth[parent] + 1 }
      if let wanted, !wanted[index] {
        omitted += 1
        continue
      }
      if index == origin { self.origin = spans.count }
      spans.append(tree.nodes[index])
      depths.append(depth[index])
    }
  }

  /// The last span that failed; nothing beneath it did, for what is beneath a span stands behind it.
  static func failedLast(_ tree: borrowing CallTree) -> Int? { tree.nodes.lastIndex { $0.failed } }

  private static func chosen(_ tree: borrowing CallTree, _ origin: Int?, limit: Int) -> [Bool] {
    let count = tree.nodes.count
    var wanted = [Bool](repeating: false, count: count)
    var chosen = 0
    func choose(_ index: Int) {
      guard chosen < limit, !wanted[index] else { return }
      wanted[index] = true
      chosen += 1
    }
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
    return wanted
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

  /// The request's id as text.
  func id(_ context: borrowing AggregateContext) -> String { idText.isNone ? id.hex : context.text(idText) }

  /// The request with the texts of its partition.
  func request(_ context: borrowing AggregateContext) -> ExemplarRequest {
    let hasEnded = spans.first.map { !$0.flags.contains(.unfinished) } ?? true
    let isTimed = hasEnded && (end > start || spans.contains(where: \.hasDuration))
    let duration = isTimed ? end.subtractingSaturated(start) : ExemplarRequest.unknownDuration
    var request = ExemplarRequest(
      request: ForeignName(id(context)), start: start, duration: duration, isBad: isBad,
      spans: [], omitted: omitted)
    request.spans.reserveCapacity(spans.count)
    for (index, node) in spans.enumerated() {
      request.spans.append(
        ExemplarRequest.Span(
          depth: Int(depths[index]), component: ForeignName(context.text(node.component)),
          operation: ForeignName(context.text(node.operation)), peer: ForeignName(context.text(node.peer)),
          offset: node.start.subtractingSaturated(start),
          duration: node.loggedDuration, failure: node.failure,
          message: ForeignText(String(context.text(node.message).prefix(300))), isOrigin: index == origin,
          location: context.location(node.source)))
    }
    return request
  }
}
