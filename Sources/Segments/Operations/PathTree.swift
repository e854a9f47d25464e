internal import Model
internal import Support

/// The paths of one component and head as a tree of their segments, with the rows that passed each node.
struct PathTree {
  private struct Step: Hashable {
    var node: Int32
    var name: Symbol
  }

  /// What several nodes have below them by the same name.
  struct Child {
    var name: Symbol
    var rows = 0
    var nodes: [Int32] = []
  }

  // By node; the root is 0.
  private var names: [Symbol] = [.none]
  private var rows: [Int] = [0]
  private var firstChild: [Int32] = [-1]
  private var nextSibling: [Int32] = [-1]
  private var steps: [Step: Int32] = [:]

  /// Adds an operation's segments, names of a table of the caller's.
  mutating func add(_ path: [Symbol], rows count: Int) {
    var node: Int32 = 0
    rows[0] += count
    for name in path {
      let step = Step(node: node, name: name)
      if let known = steps[step] {
        node = known
      } else {
        let child = Int32(truncatingIfNeeded: names.count)
        names.append(name)
        rows.append(0)
        firstChild.append(-1)
        nextSibling.append(firstChild[Int(node)])
        firstChild[Int(node)] = child
        steps[step] = child
        node = child
      }
      rows[Int(node)] += count
    }
  }

  /// The children of several nodes, those of one name together.
  func children(of nodes: [Int32]) -> [Child] {
    var children: [Child] = []
    var places: [Symbol: Int] = [:]
    for node in nodes {
      var child = firstChild[Int(node)]
      while child >= 0 {
        let name = names[Int(child)]
        // The children of one node differ.
        let place = nodes.count == 1 ? nil : places[name]
        if let place {
          children[place].rows += rows[Int(child)]
          children[place].nodes.append(child)
        } else {
          if nodes.count > 1 { places[name] = children.count }
          children.append(Child(name: name, rows: rows[Int(child)], nodes: [child]))
        }
        child = nextSibling[Int(child)]
      }
    }
    return children
  }
}
