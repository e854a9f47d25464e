// Finds the episodes in a request's call tree: calls of the same parent to the same callee and operation, one after the
// other, each because the one before it failed.
package import Model
internal import Support

/// The digest side of the policy analysis.
///
/// A call is a client span (with or without the callee's span below it), or, where only callees wrote spans, a child
/// of another component than its parent. It continues an episode when the client counted it as that episode's next
/// attempt, or, where nobody counted, when it starts after a failed call of the same kind has ended.
package struct CallAggregator: Aggregator {
  /// How much earlier than the end of the last attempt the next may begin, microseconds: clocks of a millisecond.
  static let tolerance: Int64 = 1000
  /// Failed calls of one parent, callee and operation that wait for a successor at once.
  static let openLimit = 64

  private var partial: CallPartial
  private var buffers: [EdgeSymbols: [LoggedAttempt]] = [:]
  private var aliases: [AliasSymbols: Int] = [:]
  private var unfinished = 0
  private var calls: [Call] = []

  private struct EdgeSymbols: Hashable {
    var caller: Symbol
    var callee: Symbol
    var operation: Symbol
  }

  private struct AliasSymbols: Hashable {
    var peer: Symbol
    var component: Symbol
  }

  private struct Call {
    var edge: EdgeSymbols
    var attempt: LoggedAttempt
  }

  package init(limit: Int = CallPartial.defaultLimit) { partial = CallPartial(limit: limit) }

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    collect(tree, tree.roots, under: nil)
    for index in tree.nodes.indices where Int(tree.nodes[index].subtreeEnd) > index + 1 {
      collect(tree, tree.children(of: index), under: index)
    }
    for event in tree.events { observe(event: event, context) }
  }

  package mutating func observe(event: StructuralEvent, _ context: borrowing AggregateContext) {
    switch event.kind {
    case .childCrashed:
      note(event, .exited, ExitReason.error.rawValue, context)
    case .childExited:
      let reason = ExitReason(rawValue: context.text(event.subject)) ?? (event.succeeded ? .normal : .error)
      note(event, .exited, reason.rawValue, context)
    case .heartbeat:
      note(event, .heartbeat, "", context)
    default: break
    }
  }

  private mutating func note(
    _ event: StructuralEvent, _ kind: ChildMoment.Kind, _ reason: String, _ context: borrowing AggregateContext
  ) {
    partial.add(ChildMoment(time: event.time, child: context.text(event.component), kind: kind, reason: reason))
  }

  private mutating func collect(_ tree: borrowing CallTree, _ children: CallTreeChildren, under parent: Int?) {
    calls.removeAll(keepingCapacity: true)
    for index in children {
      if let call = call(tree, index, under: parent) { calls.append(call) }
    }
    guard !calls.isEmpty else { return }
    if calls.count > 1 {
      adoptCallees()
      // Runs of one edge, in start order: the numbering of symbols decides nothing but the order of the runs.
      calls.sort { a, b in
        if a.edge.callee != b.edge.callee { return a.edge.callee.index < b.edge.callee.index }
        if a.edge.operation != b.edge.operation { return a.edge.operation.index < b.edge.operation.index }
        if a.edge.caller != b.edge.caller { return a.edge.caller.index < b.edge.caller.index }
        return a.attempt < b.attempt
      }
    }
    var first = 0
    while first < calls.count {
      var end = first + 1
      while end < calls.count, calls[end].edge == calls[first].edge { end += 1 }
      chain(first..<end)
      first = end
    }
  }

  private mutating func call(_ tree: borrowing CallTree, _ index: Int, under parent: Int?) -> Call? {
    let node = tree.nodes[index]
    var callee = node.peer
    var caller = node.component
    if node.kind == .client {
      for child in tree.children(of: index) where tree.nodes[child].component != node.component {
        callee = tree.nodes[child].component
        break
      }
      if !node.peer.isNone, callee != node.peer {
        aliases[AliasSymbols(peer: node.peer, component: callee), default: 0] += 1
      }
    } else {
      guard let parent, node.kind != .producer, node.kind != .consumer else { return nil }
      let above = tree.nodes[parent]
      guard above.kind != .client, above.kind != .producer, above.component != node.component else { return nil }
      caller = above.component
      callee = node.component
    }
    if node.flags.contains(.unfinished), !node.failed {
      unfinished += 1
      return nil
    }
    return Call(
      edge: EdgeSymbols(caller: caller, callee: callee, operation: node.operation),
      attempt: LoggedAttempt(
        start: node.start, duration: node.duration, failure: node.failureCode,
        counted: node.flags.contains(.countedAttempt) ? node.attempt : 0, isFirst: true,
        isRoot: parent == nil && node.kind == .client))
  }

  /// A failed call may not have reached anybody: it takes the callee of its siblings with the same operation.
  private mutating func adoptCallees() {
    for i in calls.indices where calls[i].edge.callee.isNone {
      let known = calls.first {
        !$0.edge.callee.isNone && $0.edge.operation == calls[i].edge.operation && $0.edge.caller == calls[i].edge.caller
      }
      if let known { calls[i].edge.callee = known.edge.callee }
    }
  }

  private mutating func chain(_ range: Range<Int>) {
    let edge = calls[range.lowerBound].edge
    if range.count == 1 {
      buffers[edge, default: []].append(calls[range.lowerBound].attempt)
      return
    }
    var chains: [[LoggedAttempt]] = []
    var open: [Int] = []
    let isCounted = range.contains { calls[$0].attempt.counted > 1 }
    for i in range {
      var attempt = calls[i].attempt
      let follows = open.lastIndex { index in
        guard let last = chains[index].last, last.end <= attempt.start.addingSaturated(Self.tolerance) else {
          return false
        }
        if !isCounted { return true }
        return Int(attempt.counted) == max(Int(last.counted), chains[index].count) + 1
      }
      if let follows {
        attempt.isFirst = false
        let index = open[follows]
        chains[index].append(attempt)
        if attempt.failure == 0 { open.remove(at: follows) }
      } else {
        chains.append([attempt])
        if attempt.failure != 0 { open.append(chains.count - 1) }
        if open.count > Self.openLimit { open.removeFirst() }
      }
    }
    for chain in chains { buffers[edge, default: []] += chain }
  }

  package consuming func finish(_ context: borrowing AggregateContext) -> CallPartial {
    for (edge, attempts) in buffers {
      partial.add(
        all: attempts,
        to: CallEdge(
          caller: context.text(edge.caller), callee: context.text(edge.callee), operation: context.text(edge.operation))
      )
    }
    for (alias, count) in aliases {
      partial.add(alias: context.text(alias.peer), of: context.text(alias.component), count: count)
    }
    partial.addUnfinished(unfinished)
    return partial
  }
}
