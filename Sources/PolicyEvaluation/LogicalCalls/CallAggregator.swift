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
  /// From a callee's answer to the end of its caller's span at most, microseconds.
  static let hedgeEnd: Int64 = 5_000
  /// Failed calls of one parent, callee and operation that wait for a successor at once.
  static let openLimit = 64
  /// Attempts of one span that are believed from a count alone.
  static let countedLimit = 100

  private var partial: CallPartial
  private var buffers: [EdgeSymbols: [LoggedAttempt]] = [:]
  private var aliases: [AliasSymbols: Int] = [:]
  private var unfinished = 0
  private var failedRoots: [LinkMark] = []
  private var linked: [LinkMark] = []
  var lone: [EntrySymbols: [LoggedAttempt]] = [:]
  private var calleeSides = 0
  private var calls: [Call] = []
  /// Spans of one attempt each whose calls were taken one level higher, in this tree.
  private var lifted: Set<Int> = []
  private var entries: [EntrySymbols: Entry] = [:]

  struct EdgeSymbols: Hashable {
    var caller: Symbol
    var callee: Symbol
    var operation: Symbol
    /// Whether such calls are their callee's own calls seen from outside.
    var handedOn = HandedOnCalls.Sameness.none

    /// Two words instead of three fields: it is looked up for every call.
    func hash(into hasher: inout Hasher) {
      hasher.combine(UInt64(caller.index) << 32 | UInt64(callee.index))
      hasher.combine(operation.index)
    }
  }

  struct EntrySymbols: Hashable {
    var component: Symbol
    var operation: Symbol

    func hash(into hasher: inout Hasher) {
      hasher.combine(UInt64(component.index) << 32 | UInt64(operation.index))
    }
  }

  private struct Entry {
    var calls = 0
    var silent = 0
    var edges: [EdgeSymbols: Int] = [:]
    var refused: [LoggedRefusal] = []

    mutating func note(_ calls: [Call], of node: CallNode) {
      guard calls.isEmpty else {
        self.calls += 1
        var last: EdgeSymbols?
        for index in calls.indices where calls[index].edge != last {
          edges[calls[index].edge, default: 0] += 1
          last = calls[index].edge
        }
        return
      }
      if node.failed {
        refused.append(LoggedRefusal(start: node.start, duration: node.duration))
      } else {
        silent += 1
      }
    }
  }

  private struct AliasSymbols: Hashable {
    var peer: Symbol
    var component: Symbol
  }

  struct Call {
    var edge: EdgeSymbols
    /// What the caller calls the callee.
    var peer: Symbol
    var attempt: LoggedAttempt
    /// Attempts after the first that lie inside the same client span.
    var inner: [LoggedAttempt] = []
    var handedOn = HandedOnCalls.Sameness.none

    var end: Int64 { inner.last?.end ?? attempt.end }
    var failure: UInt8 { inner.last?.failure ?? attempt.failure }
  }

  package init(limit: Int = CallPartial.defaultLimit) { partial = CallPartial(limit: limit) }

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    lifted.removeAll(keepingCapacity: true)
    noteLone(tree)
    collect(tree, tree.roots, under: nil)
    for index in tree.nodes.indices {
      if Int(tree.nodes[index].subtreeEnd) > index + 1 {
        if !lifted.isEmpty, lifted.contains(index) { continue }
        collect(tree, tree.children(of: index), under: index)
      } else if tree.nodes[index].kind == .server {
        calls.removeAll(keepingCapacity: true)
        noteEntry(tree.nodes[index])
      }
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
    var wrappers = 0
    for index in children {
      if tree.nodes[index].kind == .internal, Int(tree.nodes[index].subtreeEnd) > index + 1 { wrappers += 1 }
      if let call = call(tree, index, under: parent) { calls.append(call) }
    }
    if wrappers > 1 {
      for (index, path) in AttemptWrappers.attempts(tree, children) {
        if let call = call(tree, index, under: tree.nodes[index].parent >= 0 ? Int(tree.nodes[index].parent) : nil) {
          calls.append(call)
          lifted.formUnion(path)
        }
      }
    }
    if let parent, tree.nodes[parent].kind == .server { noteEntry(tree.nodes[parent]) }
    guard !calls.isEmpty else { return }
    let delivery = parent.flatMap { tree.nodes[$0].kind == .consumer && $0 == 0 ? tree.nodes[$0] : nil }
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
      chain(first..<end, delivery)
      first = end
    }
  }

  /// What a request at a server did: whom it called, or that it failed without a call.
  private mutating func noteEntry(_ node: CallNode) {
    entries[EntrySymbols(component: node.component, operation: node.operation), default: Entry()].note(calls, of: node)
  }

  private mutating func call(_ tree: borrowing CallTree, _ index: Int, under parent: Int?) -> Call? {
    let node = tree.nodes[index]
    var callee = node.peer
    var caller = node.component
    var lastServer = -1
    var hasSeveral = false
    if node.kind == .client {
      for child in tree.children(of: index) {
        let below = tree.nodes[child]
        if below.component != node.component {
          if lastServer < 0 { callee = below.component }
          if below.component == callee {
            hasSeveral = lastServer >= 0
            lastServer = child
          }
        } else if below.kind == .client {
          // Instrumented twice: the call is the span around the attempts, which are read below it.
          return nil
        }
      }
      let name = node.peer.isNone ? node.calledAs : node.peer
      if !name.isNone, callee != name { aliases[AliasSymbols(peer: name, component: callee), default: 0] += 1 }
    } else {
      guard let parent, node.kind != .producer, node.kind != .consumer else { return nil }
      let above = tree.nodes[parent]
      guard above.kind != .client, above.kind != .producer, above.component != node.component else { return nil }
      caller = above.component
      callee = node.component
      if node.kind == .server { calleeSides += 1 }
    }
    // What nobody knows how long took is left out whether it failed or not: else only failures would be left of it.
    guard node.hasDuration else {
      unfinished += 1
      return nil
    }
    var attempt = LoggedAttempt(
      start: node.start, duration: node.duration, failure: node.failureCode,
      counted: node.flags.contains(.countedAttempt) ? node.attempt : 0, isFirst: true,
      isRoot: parent == nil && node.kind == .client)
    attempt.target = node.retryEvidence.targetHash
    if attempt.isRoot, node.linkedTo != 0 {
      // What it asks for tells where the link leads to no attempt of the same call.
      if attempt.target == 0 {
        attempt.target = RetryEvidence.link(to: node.linkedTo).targetHash
      } else {
        linked.append(LinkMark(start: node.start, span: node.linkedTo))
      }
    }
    attempt.asked = node.retryEvidence.asked
    if lastServer >= 0 {
      let below = tree.nodes[lastServer]
      if attempt.asked == .none { attempt.asked = below.retryEvidence.asked }
      if below.hasDuration {
        attempt.note(callee: below.start, duration: below.duration, failure: below.failureCode)
      }
    }
    if attempt.isRoot, node.failed { failedRoots.append(LinkMark(start: node.start, span: node.span)) }
    var call = Call(
      edge: EdgeSymbols(caller: caller, callee: callee, operation: node.operation),
      peer: node.peer.isNone ? node.calledAs : node.peer, attempt: attempt)
    if hasSeveral {
      let servers = tree.children(of: index).filter { tree.nodes[$0].component == callee }
      splitBySpans(&call, tree, servers)
    } else if node.retryEvidence.hiddenAttempts > 0 {
      splitByCount(&call, node.retryEvidence.hiddenAttempts)
    } else if lastServer >= 0, Int(tree.nodes[lastServer].subtreeEnd) > lastServer + 1 {
      call.handedOn = HandedOnCalls.sameness(tree, client: index, server: lastServer)
    }
    return call
  }

  /// A failed call may not have reached anybody: it takes the callee of its siblings with the same operation, if they
  /// call by the same name.
  private mutating func adoptCallees() {
    func isUnknown(_ call: Call) -> Bool { call.edge.callee.isNone || call.edge.callee == call.peer }
    guard calls.contains(where: isUnknown), calls.contains(where: { !isUnknown($0) }) else { return }
    // The first siblings that know: by what they have in common, and by the name they call by, with and without one.
    var known: [EdgeSymbols: (order: Int, callee: Symbol)] = [:]
    var anyKnown: [EdgeSymbols: Symbol] = [:]
    func key(_ call: Call, _ peer: Symbol) -> EdgeSymbols {
      EdgeSymbols(caller: call.edge.caller, callee: peer, operation: call.edge.operation)
    }
    for (order, call) in calls.enumerated() where !isUnknown(call) {
      if known[key(call, call.peer)] == nil { known[key(call, call.peer)] = (order, call.edge.callee) }
      if anyKnown[key(call, .none)] == nil { anyKnown[key(call, .none)] = call.edge.callee }
    }
    for i in calls.indices where isUnknown(calls[i]) {
      if calls[i].peer.isNone {
        if let callee = anyKnown[key(calls[i], .none)] { calls[i].edge.callee = callee }
      } else {
        let same = [known[key(calls[i], calls[i].peer)], known[key(calls[i], .none)]].compactMap { $0 }
        if let first = same.min(by: { $0.order < $1.order }) { calls[i].edge.callee = first.callee }
      }
    }
  }

  /// Notes the only call of its kind that a message's delivery made: where it fails, the message may be delivered again, in
  /// a trace that links to this one.
  private mutating func note(_ call: ArraySlice<LoggedAttempt>, of delivery: CallNode?) {
    guard let delivery, let head = call.first, let last = call.last else { return }
    if delivery.linkedTo != 0 { linked.append(LinkMark(start: head.start, span: delivery.linkedTo)) }
    if last.failure != 0 { failedRoots.append(LinkMark(start: head.start, span: delivery.span)) }
  }

  /// Chains the calls of one edge below one parent, which is a message's `delivery` or not.
  private mutating func chain(_ range: Range<Int>, _ delivery: CallNode?) {
    let edge = calls[range.lowerBound].edge
    if range.count == 1 {
      var call = calls[range.lowerBound]
      var edge = edge
      countAlone(&call)
      if call.inner.isEmpty { edge.handedOn = call.handedOn }
      note([call.attempt] + call.inner, of: delivery)
      buffers[edge, default: []].append(call.attempt)
      if !call.inner.isEmpty { buffers[edge, default: []] += call.inner }
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
        chains[index] += calls[i].inner
        if calls[i].failure == 0 { open.remove(at: follows) }
      } else {
        chains.append([attempt] + calls[i].inner)
        if calls[i].failure != 0 { open.append(chains.count - 1) }
        if open.count > Self.openLimit { open.removeFirst() }
      }
    }
    if chains.count == 1 { note(chains[0][...], of: delivery) }
    for chain in chains { buffers[edge, default: []] += chain }
  }

  /// A call counted as a repetition, with no call before it under its parent, holds the attempts before it itself: nobody
  /// else wrote a span of them. After a redirection there is a call before it.
  private func countAlone(_ call: inout Call) {
    let attempt = call.attempt
    guard attempt.counted > 1, !attempt.isRoot, call.inner.isEmpty,
      !calls.contains(where: { $0.end <= attempt.start.addingSaturated(Self.tolerance) && $0.attempt != attempt })
    else { return }
    splitByCount(&call, Int(attempt.counted) - 1)
  }

  package consuming func finish(_ context: borrowing AggregateContext) -> CallPartial {
    for (edge, attempts) in buffers {
      var name = CallEdge(
        caller: context.text(edge.caller), callee: context.text(edge.callee), operation: context.text(edge.operation))
      switch edge.handedOn {
      case .none: break
      case .operation: name.isHandedOn = true
      // On one machine everybody is called by the same name.
      case .name(let symbol): name.isHandedOn = !HandedOnCalls.isLoopback(context.text(symbol))
      }
      partial.add(all: attempts, to: name)
    }
    for (alias, count) in aliases {
      partial.add(alias: context.text(alias.peer), of: context.text(alias.component), count: count)
    }
    for (key, entry) in entries where entry.calls + entry.refused.count > 0 {
      var edges: [CallEdge: Int] = [:]
      for (edge, count) in entry.edges {
        let name = CallEdge(
          caller: context.text(edge.caller), callee: context.text(edge.callee), operation: context.text(edge.operation))
        edges[name, default: 0] += count
      }
      partial.add(
        EntryCalls(calls: entry.calls, silent: entry.silent, edges: edges, refused: entry.refused),
        at: EntryPoint(component: context.text(key.component), operation: context.text(key.operation)))
    }
    partial.addUnfinished(unfinished)
    partial.add(calleeSides: calleeSides)
    partial.add(failedRoots)
    partial.add(linked: linked)
    for (entry, attempts) in lone {
      partial.add(
        lone: attempts,
        at: EntryPoint(component: context.text(entry.component), operation: context.text(entry.operation)))
    }
    return partial
  }
}
