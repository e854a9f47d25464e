// Requests that nobody wrote down calling: only the callee's side of them is there.
internal import Model
internal import Support

extension CallAggregator {
  /// Requests at servers in a trace in which nobody wrote down a call: those at one entry, each beginning after the one before it
  /// failed, are one call's attempts.
  mutating func noteLone(_ tree: borrowing CallTree) {
    guard let head = tree.nodes.first, head.kind == .server else { return }
    if tree.nodes.count == 1 {
      guard let attempt = Self.lone(head) else { return }
      lone[EntrySymbols(component: head.component, operation: head.operation), default: []].append(attempt)
      return
    }
    for node in tree.nodes where node.kind != .server && node.kind != .internal { return }
    var chains: [(entry: EntrySymbols, attempts: [LoggedAttempt])] = []
    for index in tree.roots {
      let node = tree.nodes[index]
      guard node.kind == .server, var attempt = Self.lone(node) else { continue }
      let entry = EntrySymbols(component: node.component, operation: node.operation)
      let before = chains.lastIndex { chain in
        guard chain.entry == entry, let last = chain.attempts.last else { return false }
        return last.failure != 0 && last.end <= attempt.start.addingSaturated(Self.tolerance)
      }
      if let before {
        attempt.isFirst = false
        chains[before].attempts.append(attempt)
      } else {
        chains.append((entry, [attempt]))
        if chains.count > Self.openLimit {
          let oldest = chains.removeFirst()
          lone[oldest.entry, default: []] += oldest.attempts
        }
      }
    }
    for chain in chains { lone[chain.entry, default: []] += chain.attempts }
  }

  /// A server's span without a caller's as an attempt; nil where nobody knows how long it took.
  private static func lone(_ node: CallNode) -> LoggedAttempt? {
    guard node.hasDuration else { return nil }
    var attempt = LoggedAttempt(
      start: node.start, duration: node.duration, failure: node.failureCode, isFirst: true, isRoot: true)
    if !RetryEvidence.isLink(node.retryEvidence.targetHash) { attempt.target = node.retryEvidence.targetHash }
    return attempt
  }
}
