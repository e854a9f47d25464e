internal import Model
internal import Support

/// Whole requests: what entered by which operation and how it went, and a few of them with all that can be said of them.
extension IncidentAggregator {
  /// Components of one request that a sample lists.
  private static let listedComponents = 64

  /// Notes a message that was sent, or the one that a request of its own follows from.
  mutating func countLink(_ node: CallNode, _ component: Int32) {
    let isTaken = node.linkedTo != 0
    guard let sample = LinkSample(isTaken ? node.linkedTo : node.span) else { return }
    partial.links.add(sample, at: CubeKey(a: component, d: isTaken ? spanEnd : 0, slot: coarse(node.start)))
  }

  /// Whether a request of several roots went on without those that failed: one that went well was there from before they began until
  /// after they ended. Access logs of services that only share an id give each attempt as a root, and what was tried again in vain
  /// once, and then answered, failed for nobody who asked. Which of them asked which nobody says; whoever waits takes longest.
  ///
  /// - Complexity: O(roots)
  static func wentOn(_ nodes: [CallNode]) -> Bool {
    guard let first = nodes.first, Int(first.subtreeEnd) < nodes.count else { return false }
    var longest: CallNode?
    for node in nodes where node.parent < 0 && !node.failed && node.hasDuration {
      if node.duration > longest?.duration ?? 0 { longest = node }
    }
    guard let longest else { return false }
    return nodes.allSatisfy { node in
      guard node.parent < 0, node.failed else { return true }
      let middle = node.start.addingSaturated(node.duration / 2)
      return node.duration < longest.duration && longest.start <= middle && middle <= longest.end
    }
  }

  /// Counts a request by the operation that it entered by. What follows from another request entered there, and a client
  /// that calls by itself, a poll or a job's, is nobody's request.
  mutating func countEntry(_ tree: CallTree, visited: [Int32], failed: Bool, _ context: borrowing AggregateContext) {
    let root = tree.nodes[0]
    guard root.parent < 0, root.linkedTo == 0 else { return }
    let isCall = root.kind == .client || root.kind == .producer || root.kind == .consumer
    if isCall, tree.nodes.count == 1 { return }
    let component = name(root.component, context)
    let operation = name(root.operation, context)
    partial.entries.add(
      Tally(),
      at: CubeKey(
        a: component, b: operation, d: failed ? spanEnd : 0,
        number: root.hasDuration ? IncidentPartial.bucket(root.duration) : IncidentPartial.untimed,
        slot: fine(root.start)))
    if root.weight != .one {
      partial.weights.add(
        Tally(),
        at: CubeKey(
          a: component, b: operation, d: failed ? spanEnd : 0, number: Int32(root.weight.code), slot: fine(root.start)))
    }
    let rank = StableHash.mix(tree.request.stableHash ^ StableHash.mix(root.span ^ UInt64(bitPattern: root.start)))
    let cell = CubeKey(a: 0, number: failed ? 1 : 0, slot: coarse(root.start))
    let place = partial.samples.cells.map.find(cell)
    if place >= 0, partial.samples.cells.map.values[place].refuses(rank) { return }
    partial.samples.add(
      RequestSamples(
        RequestSample(
          rank: rank, duration: root.loggedDuration, component: component, operation: operation,
          passed: visited.prefix(Self.listedComponents).sorted(), attributes: [])), at: cell)
  }
}
