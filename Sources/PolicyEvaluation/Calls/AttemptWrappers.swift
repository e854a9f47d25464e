// Spans that a client writes around each single attempt: the calls in them are one call's attempts.
internal import Model
internal import Support

/// Finds calls whose parents differ only because each attempt has a span of its own around it.
enum AttemptWrappers {
  /// Spans around one another, from the attempt's own to the call.
  static let depth = 4

  /// The calls inside sibling internal spans of one name, one call in each, where a later one begins after an earlier one
  /// failed: what a retrying client that instruments its attempts writes.
  ///
  /// - Returns: the calls' places in the tree, with the spans around them.
  static func attempts(_ tree: borrowing CallTree, _ siblings: CallTreeChildren) -> [(call: Int, path: [Int])] {
    var byName: [Symbol: [(wrapper: Int, call: Int, path: [Int])]] = [:]
    var names: [Symbol] = []
    for index in siblings where tree.nodes[index].kind == .internal {
      guard let (call, path) = onlyCall(tree, in: index) else { continue }
      let name = tree.nodes[index].operation
      if byName[name] == nil { names.append(name) }
      byName[name, default: []].append((index, call, path))
    }
    var found: [(call: Int, path: [Int])] = []
    for name in names {
      guard let group = byName[name], group.count > 1, areAttempts(tree, group) else { continue }
      found += group.map { ($0.call, $0.path) }
    }
    return found
  }

  /// One after the other, of one call, and at least one goes on after a failure.
  private static func areAttempts(
    _ tree: borrowing CallTree, _ group: [(wrapper: Int, call: Int, path: [Int])]
  ) -> Bool {
    var goesOn = false
    for (earlier, later) in zip(group, group.dropFirst()) {
      let (a, b) = (tree.nodes[earlier.call], tree.nodes[later.call])
      guard a.operation == b.operation, a.component == b.component,
        tree.nodes[earlier.wrapper].end <= tree.nodes[later.wrapper].start.addingSaturated(CallAggregator.tolerance)
      else { return false }
      goesOn = goesOn || a.failed
    }
    return goesOn
  }

  /// The one call below a span, down a line of internal spans without other children; nil where there is none or are several.
  private static func onlyCall(_ tree: borrowing CallTree, in wrapper: Int) -> (call: Int, path: [Int])? {
    var path = [wrapper]
    while path.count <= depth, let last = path.last {
      var only: Int?
      for child in tree.children(of: last) {
        guard only == nil else { return nil }
        only = child
      }
      guard let only else { return nil }
      let node = tree.nodes[only]
      if node.kind == .client { return (only, path) }
      guard node.kind == .internal else { return nil }
      path.append(only)
    }
    return nil
  }
}
