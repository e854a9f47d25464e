// Spans that were exported twice: calls made once.

internal import Core

/// Finds spans that stand twice under one caller with one id. Both are kept in a call tree, as the repairs of its assembly
/// say, but only one of them carries the calls below; the other would look like a call that lost all of its own.
struct RepeatedSpans {
  private var previous: [Int32] = []

  /// The nodes without repeated leaves; nil where there are none, as almost always.
  mutating func removed(from nodes: [CallNode]) -> [CallNode]? {
    if previous.count < nodes.count + 1 { previous = Array(repeating: -1, count: nodes.count + 1) }
    for i in 0...nodes.count { previous[i] = -1 }
    var dropped: Set<Int> = []
    for i in nodes.indices {
      // Place 0 is for the roots.
      let caller = Int(nodes[i].parent) + 1
      let before = Int(previous[caller])
      previous[caller] = Int32(truncatingIfNeeded: i)
      guard before >= 0, nodes[before].span == nodes[i].span, nodes[i].span != 0 else { continue }
      if Self.isLeaf(i, nodes) {
        dropped.insert(i)
        previous[caller] = Int32(truncatingIfNeeded: before)
      } else if Self.isLeaf(before, nodes) {
        dropped.insert(before)
      }
    }
    return dropped.isEmpty ? nil : Self.without(dropped, nodes)
  }

  private static func isLeaf(_ i: Int, _ nodes: [CallNode]) -> Bool { Int(nodes[i].subtreeEnd) == i + 1 }

  private static func without(_ dropped: Set<Int>, _ nodes: [CallNode]) -> [CallNode] {
    // How many are dropped before each place.
    var shift: [Int32] = [0]
    for i in nodes.indices { shift.append((shift.last ?? 0) + (dropped.contains(i) ? 1 : 0)) }
    var kept: [CallNode] = []
    for (i, node) in nodes.enumerated() where !dropped.contains(i) {
      var node = node
      node.subtreeEnd -= shift[Int(node.subtreeEnd)]
      if node.parent >= 0 { node.parent -= shift[Int(node.parent)] }
      kept.append(node)
    }
    return kept
  }
}
