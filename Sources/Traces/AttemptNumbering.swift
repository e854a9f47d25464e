internal import Model
internal import Support

/// Numbers the attempts of a call: siblings to one callee and operation, each begun after the one before it failed.
///
/// A resend count that the client wrote itself is believed; the siblings' own order fills in where there is none.
struct AttemptNumbering {
  private struct Call: Hashable {
    var parent: Int32
    var component: Symbol
    var operation: Symbol
    var peer: Symbol
    var kind: SpanKind
  }

  private var latest: [Call: Int] = [:]

  init() {}

  mutating func number(_ tree: inout CallTree) {
    guard tree.nodes.contains(where: { $0.failed }) else { return }
    latest.removeAll(keepingCapacity: true)
    for i in tree.nodes.indices {
      let node = tree.nodes[i]
      guard node.parent >= 0 else { continue }
      let call = Call(
        parent: node.parent, component: node.component, operation: node.operation, peer: node.peer, kind: node.kind)
      if let before = latest[call], !node.flags.contains(.countedAttempt) {
        let previous = tree.nodes[before]
        if previous.failed, previous.end <= node.start, previous.attempt < .max {
          tree.nodes[i].attempt = previous.attempt + 1
        }
      }
      latest[call] = i
    }
  }
}
