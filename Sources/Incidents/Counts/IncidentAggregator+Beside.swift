internal import Model
internal import Support

/// Components that served one request without a word of who called whom.
extension IncidentAggregator {
  /// Components of one request that are compared with one another.
  private static let mostBeside = 16

  /// One component's lines of a request: the longest of them, and whether any failed.
  private struct Served {
    var component: Int32
    var duration: Int64
    var failed: Bool
  }

  /// Compares the roots of a request that has nothing but roots, each of another component.
  mutating func countBeside(_ tree: CallTree, _ context: borrowing AggregateContext) {
    let nodes = tree.nodes
    guard Int(nodes[0].subtreeEnd) < nodes.count else { return }
    var served: [Served] = []
    for node in nodes {
      if node.parent >= 0 {
        guard nodes[Int(node.parent)].component == node.component else { return }
        continue
      }
      guard node.hasDuration, node.kind != .client, node.kind != .producer else { return }
      let component = name(node.component, context)
      if let place = served.firstIndex(where: { $0.component == component }) {
        served[place].duration = max(served[place].duration, node.duration)
        served[place].failed = served[place].failed || node.failed
      } else if served.count < Self.mostBeside {
        served.append(Served(component: component, duration: node.duration, failed: node.failed))
      }
    }
    let start = nodes[0].start
    let minute = coarse(start)
    for upper in served {
      for lower in served where lower.component != upper.component {
        let pair = CubeKey(a: upper.component, b: lower.component)
        if upper.failed {
          partial.besideFailed.add(Tally(), at: CubeKey(a: pair.a, b: pair.b, slot: minute))
          if !lower.failed, lower.duration > upper.duration {
            partial.outlived.add(Tally(), at: CubeKey(a: pair.a, b: pair.b, slot: minute))
          }
        } else if !lower.failed {
          partial.beside.add(PairSums(upper.duration, lower.duration), at: pair)
        }
        guard upper.duration >= lower.duration else { continue }
        let gap = upper.duration - lower.duration
        partial.besideGaps.add(
          Tally(), at: CubeKey(a: pair.a, b: pair.b, number: IncidentPartial.bucket(gap), slot: minute))
        partial.besidePace.add(DurationSum(gap), at: CubeKey(a: pair.a, b: pair.b, slot: fine(start)))
      }
    }
  }
}
