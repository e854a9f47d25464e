internal import Model
internal import Support

/// Components that served one request without a word of who called whom.
extension IncidentAggregator {
  /// Components of one request that are compared with one another.
  private static let mostBeside = 16
  /// Minutes whose durations are compared among themselves.
  private static let alikeMinutes: Int32 = 10

  /// One component's lines of a request: the longest of them, and whether any failed.
  private struct Served {
    var component: Int32
    var operation: Int32
    var duration: Int64
    var failed: Bool
    var timedOut: Bool

    /// Whether a failed one is explained by another that did not fail: it gave up, or waited most of its time, for that.
    func waited(for lower: Served) -> Bool {
      failed && !lower.failed
        && (lower.duration > duration || timedOut && 2 * Double(lower.duration) >= Double(duration))
    }
  }

  /// Compares the roots of a request that has nothing but roots, each of another component.
  mutating func countBeside(_ tree: CallTree, _ context: borrowing AggregateContext) {
    let nodes = tree.nodes
    guard Int(nodes[0].subtreeEnd) < nodes.count else {
      // Whoever could reach nobody is alone in its request.
      guard nodes.count == 1, nodes[0].failed else { return }
      let component = name(nodes[0].component, context)
      countSecond(nodes[0], component)
      partial.besideFailed.add(
        Tally(), at: CubeKey(a: component, c: name(nodes[0].operation, context), slot: coarse(nodes[0].start)))
      return
    }
    var served: [Served] = []
    for node in nodes {
      if node.parent >= 0 {
        guard nodes[Int(node.parent)].component == node.component else { return }
        continue
      }
      guard node.hasDuration, node.kind != .client, node.kind != .producer else { return }
      let component = name(node.component, context)
      countSecond(node, component)
      if let place = served.firstIndex(where: { $0.component == component }) {
        served[place].failed = served[place].failed || node.failed
        served[place].timedOut = served[place].timedOut || node.failure == .timeout
        guard node.duration > served[place].duration else { continue }
        served[place].duration = node.duration
        served[place].operation = name(node.operation, context)
      } else if served.count < Self.mostBeside {
        served.append(
          Served(
            component: component, operation: name(node.operation, context), duration: node.duration,
            failed: node.failed,
            timedOut: node.failure == .timeout))
      }
    }
    let start = nodes[0].start
    let minute = coarse(start)
    let stretch = minute / Self.alikeMinutes
    for upper in served {
      let alone = CubeKey(a: upper.component, c: upper.operation, slot: stretch)
      if upper.failed {
        partial.besideFailed.add(Tally(), at: CubeKey(a: alone.a, c: alone.c, slot: minute))
      } else {
        partial.beside.add(PairSums(upper.duration, 0), at: alone)
      }
      for lower in served where lower.component != upper.component { count(upper, lower, start) }
    }
  }

  /// Counts two of one request, seen from the first.
  private mutating func count(_ upper: Served, _ lower: Served, _ start: Int64) {
    let minute = coarse(start)
    let pair = CubeKey(a: upper.component, b: lower.component, c: upper.operation)
    if upper.failed {
      partial.besideFailed.add(Tally(), at: CubeKey(a: pair.a, b: pair.b, c: pair.c, slot: minute))
      if upper.waited(for: lower) {
        partial.outlived.add(Tally(), at: CubeKey(a: pair.a, b: pair.b, slot: minute))
      }
    } else if !lower.failed {
      partial.beside.add(
        PairSums(upper.duration, lower.duration),
        at: CubeKey(a: pair.a, b: pair.b, c: pair.c, d: lower.operation, slot: minute / Self.alikeMinutes))
    }
    if upper.duration >= lower.duration || upper.waited(for: lower) {
      partial.besideTimes.add(
        Tally(),
        at: CubeKey(a: pair.a, b: pair.b, c: pair.c, number: IncidentPartial.bucket(upper.duration), slot: minute))
    }
    guard upper.duration >= lower.duration else { return }
    let gap = upper.duration - lower.duration
    partial.besideGaps.add(
      Tally(), at: CubeKey(a: pair.a, b: pair.b, number: IncidentPartial.bucket(gap), slot: minute))
    partial.besidePace.add(DurationSum(gap), at: CubeKey(a: pair.a, b: pair.b, slot: fine(start)))
  }

  private mutating func countSecond(_ node: CallNode, _ component: Int32) {
    partial.seconds.add(SecondMask(node.end, failed: node.failed), at: CubeKey(a: component, slot: fine(node.end)))
  }
}
