internal import Support
internal import Model

extension IncidentAggregator {
  /// Counts what failed because of whom, and every component above that it affected.
  mutating func blame(_ tree: CallTree, _ context: borrowing AggregateContext) {
    let faults = FailureBlame.faults(in: tree)
    guard !faults.isEmpty else { return }
    let nodes = tree.nodes
    let complaints = faults.contains(where: \.isOpen) ? Complaints(tree) : Complaints()
    var blamed: [CubeKey] = []
    for fault in faults {
      let node = nodes[fault.node]
      let culprit = name(fault.culprit, context)
      let operation = name(fault.openOperation, context)
      let complaint = fault.isOpen ? complaints.of(node) : .none
      let key = CubeKey(
        a: culprit, b: operation, d: complaint.isNone ? 0 : name(complaint, context), number: fault.needsSilence ? 1 : 0
      )
      // One component's failures in one request are one.
      guard !blamed.contains(where: { $0.a == key.a && ($0.b == key.b || $0.number == 1 && key.number == 1) }) else {
        continue
      }
      blamed.append(key)
      var cell = key
      cell.slot = fine(node.start)
      let activity = Activity(requests: 1, failures: 1, first: node.end, last: node.end)
      partial.blame.add(activity, at: cell)
      var evidenceCell = key
      evidenceCell.slot = coarse(node.start)
      partial.blameEvidence.add(
        Sightings(sighting(of: node, rank: node.start, tree, context)), at: evidenceCell)
      // Every component above whose own request failed.
      var above = fault.node
      var affected: [Int32] = []
      while above >= 0 {
        let parent = Int(nodes[above].parent)
        let begins = parent < 0 || nodes[parent].component != nodes[above].component
        if begins, nodes[above].failed {
          let component = name(nodes[above].component, context)
          if !affected.contains(component) {
            affected.append(component)
            let hit = CubeKey(
              a: culprit, b: operation, c: component, d: key.d, number: key.number, slot: fine(nodes[above].start))
            partial.impact.add(
              Activity(requests: 1, failures: 1, first: nodes[above].end, last: nodes[above].end), at: hit)
          }
        }
        above = parent
      }
    }
  }
}

/// What the failed spans of a request complain of in its log: the first warning or error of each.
private struct Complaints {
  private var bySpan: [UInt64: Symbol] = [:]
  private var byComponent: [Symbol: Symbol] = [:]

  init() {}

  init(_ tree: CallTree) {
    for log in tree.logs where log.severity >= .warning {
      if log.span != 0, bySpan[log.span] == nil { bySpan[log.span] = log.message }
      if byComponent[log.component] == nil { byComponent[log.component] = log.message }
    }
  }

  func of(_ node: CallNode) -> Symbol { bySpan[node.span] ?? byComponent[node.component] ?? .none }
}
