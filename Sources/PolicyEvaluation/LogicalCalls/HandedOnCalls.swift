// Calls to a proxy that does nothing but hand them on: the proxy's own calls are the same calls seen from inside, with the
// attempts that it makes for its caller.
internal import Model
internal import Support

/// Tells a call that its callee hands on from one that a service answers with work of its own.
///
/// A sidecar or gateway that retries (Envoy's `spawn_upstream_span`, a span of each upstream attempt below that of the request)
/// writes the request once as its caller made it and once as it made it itself. To count both would halve what the retries
/// are. Handed on is a call whose callee asks for the same by the same name and adds no time and no outcome of its own; an
/// edge is left out only where nearly all its calls are, once each, and that is said.
enum HandedOnCalls {
  /// Whether a call's operation is handed on as it is, or only under the same name of whom is asked.
  enum Sameness: Hashable { case none, operation, name(Symbol) }

  /// Handed-on calls below which no edge is left out, and the share of an edge's calls that they must be: as many as make a
  /// kind of request known by its calls.
  static let least = EntryCalls.least
  static let share = EntryCalls.share

  /// - Parameters:
  ///   - tree: the request.
  ///   - client: the caller's span.
  ///   - server: the callee's only span below it.
  /// - Returns: whether and by what the callee's own calls are the same call.
  static func sameness(_ tree: borrowing CallTree, client: Int, server: Int) -> Sameness {
    let (call, handler) = (tree.nodes[client], tree.nodes[server])
    guard handler.kind == .server, call.parent >= 0 else { return .none }
    func name(_ node: CallNode) -> Symbol { node.peer.isNone ? node.calledAs : node.peer }
    var sameness = Sameness.operation
    var last = -1
    for child in tree.children(of: server) {
      let own = tree.nodes[child]
      guard own.kind == .client, own.component == handler.component, name(own) == name(call) else { return .none }
      if own.operation != call.operation {
        guard !name(own).isNone else { return .none }
        sameness = .name(name(own))
      }
      let before = last < 0 ? handler.start : tree.nodes[last].end
      if last < 0 {
        guard own.start.subtractingSaturated(before) <= CallAggregator.tolerance else { return .none }
      } else {
        guard tree.nodes[last].failed, before <= own.start.addingSaturated(CallAggregator.tolerance) else {
          return .none
        }
      }
      last = child
    }
    guard last >= 0 else { return .none }
    let answer = tree.nodes[last]
    let isQuick = handler.end.subtractingSaturated(answer.end) <= CallAggregator.tolerance
    return isQuick && handler.failed == answer.failed ? sameness : .none
  }

  /// Whether a name means whatever runs on the same machine.
  static func isLoopback(_ name: String) -> Bool {
    name == "localhost" || name == "::1" || name == "[::1]" || name.hasPrefix("127.") || name == "0.0.0.0"
  }

  /// Whether an edge's calls are handed on: so many of them that those which are not are accidents.
  static func areAll(_ handedOn: Int, of all: Int) -> Bool {
    handedOn >= least && Double(handedOn) >= share * Double(all)
  }
}
