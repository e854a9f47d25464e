// The critical path of a request: the calls that its duration is made of.

internal import Support
package import Model

/// The critical path of one call tree, after CRISP (Zhang et al., USENIX ATC 2022).
///
/// From a call's end backwards: the child that finished last is on the path, then the child that finished last before that
/// one started, and so on. A child is on the path whole or not at all. "Before" tolerates an overlap below 1 % of the
/// parent's duration while no other sibling starts or ends in it, because clocks differ. Children are first cut to their
/// parent's interval; one outside of it leaves the path with all below it. A server span that is the only child of its
/// client call is never cut: its clock is off, not its duration.
///
/// The share of a call is its duration less that of its children on the path, so the shares of all calls on the path add up
/// to the request's duration.
package struct CriticalPath: Sendable {
  /// Overlap tolerated between two siblings, as a part of the parent's duration: 1 in this many.
  static let tolerance: Int64 = 100

  /// Per node, whether it is on the path.
  package private(set) var isOnPath: [Bool] = []
  /// Per node on the path, microseconds of the request that are its own.
  package private(set) var share: [Int64] = []
  private var start: [Int64] = []
  private var end: [Int64] = []
  private var kids: [Int] = []
  /// The children's starts, ascending; empty until they are asked for.
  private var starts: [Int64] = []

  package init() {}

  /// Computes the path of a tree; every root of a forest has its own.
  package mutating func compute(_ nodes: [CallNode]) {
    resize(nodes.count)
    for i in nodes.indices {
      if nodes[i].parent < 0 {
        isOnPath[i] = true
        start[i] = nodes[i].start
        end[i] = nodes[i].end
      }
      share[i] = 0
      guard isOnPath[i] else { continue }
      share[i] = end[i].subtractingSaturated(start[i])
      gather(i, nodes)
      follow(i)
    }
  }

  private mutating func resize(_ count: Int) {
    if isOnPath.count < count {
      let more = count - isOnPath.count
      isOnPath += Array(repeating: false, count: more)
      share += Array(repeating: 0, count: more)
      start += Array(repeating: 0, count: more)
      end += Array(repeating: 0, count: more)
    }
    for i in 0..<count { isOnPath[i] = false }
  }

  /// The children of a node that touch its interval, cut to it.
  private mutating func gather(_ i: Int, _ nodes: [CallNode]) {
    kids.removeAll(keepingCapacity: true)
    let from = start[i]
    let to = end[i]
    // A node that was moved as a whole takes its children along.
    let shift = nodes[i].start == from || nodes[i].end == to ? 0 : from.subtractingSaturated(nodes[i].start)
    var child = i + 1
    let stop = Int(nodes[i].subtreeEnd)
    let isOnly = child < stop && Int(nodes[child].subtreeEnd) == stop
    while child < stop {
      let first = nodes[child].start.addingSaturated(shift)
      let last = nodes[child].end.addingSaturated(shift)
      let duration = nodes[child].duration
      if first >= from && last <= to {
        start[child] = first
        end[child] = last
        kids.append(child)
      } else if isOnly, nodes[i].kind == .client, nodes[child].kind == .server, duration <= to - from + (to - from) / 10
      {
        start[child] = max(from, min(first, to.subtractingSaturated(duration)))
        end[child] = min(to, start[child].addingSaturated(duration))
        kids.append(child)
      } else if last > from && first < to && !(first < from && last > to) {
        start[child] = max(first, from)
        end[child] = min(last, to)
        kids.append(child)
      }
      child = Int(nodes[child].subtreeEnd)
    }
  }

  /// Puts the children that the node waited for on the path.
  private mutating func follow(_ i: Int) {
    guard !kids.isEmpty else { return }
    starts.removeAll(keepingCapacity: true)
    if kids.count > 1 { kids.sort { (end[$0], start[$0], $0) > (end[$1], start[$1], $1) } }
    var later = kids[0]
    take(later, from: i)
    for candidate in kids.dropFirst() where precedes(candidate, later, parent: i) {
      take(candidate, from: i)
      later = candidate
    }
  }

  private mutating func take(_ child: Int, from parent: Int) {
    isOnPath[child] = true
    share[parent] -= end[child] - start[child]
  }

  private mutating func precedes(_ a: Int, _ b: Int, parent: Int) -> Bool {
    if end[a] < start[b] { return true }
    guard end[a] < end[b], start[a] < start[b] else { return false }
    let overlap = end[a] - start[b]
    guard overlap.multipliedReportingOverflow(by: Self.tolerance).partialValue < end[parent] - start[parent],
      overlap < Int64.max / Self.tolerance
    else { return false }
    return events(from: start[b], to: end[a]) == 2
  }

  /// How many children start or end within a time, both ends included; they are sorted by their ends, the last one first.
  /// By bisection: a request of a hundred thousand calls asks for each of them.
  private mutating func events(from: Int64, to: Int64) -> Int {
    if starts.isEmpty {
      for kid in kids { starts.append(start[kid]) }
      starts.sort()
    }
    let ends = end
    return starts.partitioningIndex { $0 > to } - starts.partitioningIndex { $0 >= from }
      + kids.partitioningIndex { ends[$0] < from } - kids.partitioningIndex { ends[$0] <= to }
  }
}
