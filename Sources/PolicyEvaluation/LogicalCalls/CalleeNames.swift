// Whom calls go to that do not tell it themselves.
internal import Support

/// Gives a call whose callee is not known the callee that such calls usually have.
struct CalleeNames {
  private var alias: [String: String] = [:]
  private var usual: [CallEdge: String] = [:]

  init(_ partial: CallPartial) {
    var best: [String: (count: Int, name: String)] = [:]
    for (key, count) in partial.aliases.sorted(by: { $0.key < $1.key }) where count > best[key.peer]?.count ?? 0 {
      best[key.peer] = (count, key.component)
    }
    alias = best.mapValues(\.name)
    var counts: [CallEdge: (count: Int, name: String)] = [:]
    for (edge, attempts) in partial.edges.sorted(by: { $0.key < $1.key }) where !edge.callee.isEmpty {
      let key = CallEdge(caller: edge.caller, callee: "", operation: edge.operation)
      if attempts.count > counts[key]?.count ?? 0 { counts[key] = (attempts.count, alias[edge.callee] ?? edge.callee) }
    }
    usual = counts.mapValues(\.name)
  }

  func resolve(_ edge: CallEdge) -> CallEdge {
    var edge = edge
    edge.callee = edge.callee.isEmpty ? usual[edge] ?? "(unknown)" : alias[edge.callee] ?? edge.callee
    return edge
  }
}
