// The digest of call trees: about a microsecond a span, on symbols and flat tables; texts are made at the end only.

package import Model
internal import Support

/// Learns variants, callers and the calling-context tree of one partition.
///
/// When a table outgrows its bound the state so far becomes a partial that later ones are merged into.
package struct PatternAggregator: Aggregator {
  private var points = CallPointTable()
  private var scan = CallTreeScan()
  private var critical = CriticalPath()
  private var state = PatternState()
  private var finished = PatternPartial()
  /// How many call points the finished part has the names of: each is told once.
  private var named = 0

  package init() {}

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    let nodes = tree.nodes
    guard !nodes.isEmpty else { return }
    if state.isFull {
      finished.merge(state.partial(points, named: named, context))
      named = points.hashes.count
      state = PatternState(shift: finished.clock.shift)
    }
    read(nodes, context)
    let request = RawExemplar(
      request: tree.request, text: tree.requestText, source: nodes[0].source, time: nodes[0].start, value: 0)
    var i = nodes.count - 1
    while i >= 0 {
      scan.examine(i, nodes, hashes: points.hashes)
      state.addCaller(i, nodes, &scan, request)
      i -= 1
    }
    scan.finish(nodes)
    critical.compute(nodes)
    state.addRequest(nodes, scan, critical, request, points: points.hashes)
  }

  /// Call points, paths and labels, from the roots down.
  private mutating func read(_ nodes: [CallNode], _ context: borrowing AggregateContext) {
    scan.resize(nodes.count)
    for i in nodes.indices {
      let point = points.point(of: nodes[i], context)
      let hash = points.hashes[point]
      scan.point[i] = Int32(truncatingIfNeeded: point)
      scan.label[i] = CallTreeScan.label(point: hash, kind: nodes[i].kind, failed: nodes[i].failed)
      let parent = Int(nodes[i].parent)
      let above = parent < 0 ? -1 : Int(scan.path[parent])
      scan.path[i] = Int32(truncatingIfNeeded: state.path(above, point: hash))
    }
  }

  package consuming func finish(_ context: borrowing AggregateContext) -> PatternPartial {
    finished.merge(state.partial(points, named: named, context))
    return finished
  }
}

/// An exemplar before its texts are made.
struct RawExemplar {
  var request: RequestID
  var text: Symbol
  var source: SourceRef
  var time: Int64
  var value: Int64

  /// Whether this one stands rather than another that serves as well: the smaller request does, and within a request
  /// whichever came first.
  func isPreferred(to other: RawExemplar) -> Bool { request < other.request }

  /// Takes another exemplar's place in being the one with the largest value.
  func isLarger(than other: RawExemplar) -> Bool {
    value != other.value ? value > other.value : isPreferred(to: other)
  }

  /// Takes another exemplar's place in being the one with the smallest value.
  func isSmaller(than other: RawExemplar) -> Bool {
    value != other.value ? value < other.value : isPreferred(to: other)
  }

  func resolved(_ context: borrowing AggregateContext) -> Exemplar {
    Exemplar(
      request: request, text: text.isNone ? "" : context.text(text), location: context.location(source), time: time,
      value: value)
  }
}
