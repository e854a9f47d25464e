internal import Model
internal import Support

/// Components that tell in their lines how long they worked for one request.
extension IncidentAggregator {
  /// Components of one request that are compared with one another.
  private static let mostTimed = 8
  /// How far the end of one may lie beyond that of another it is within: clocks and rounded durations, microseconds.
  private static let looseness: Int64 = 2000

  /// The longest time that a line of one component tells in a request.
  private struct Told {
    var component: Int32
    var statement: Int32
    var took: Int64
    var end: Int64

    var start: Int64 { end.subtractingSaturated(took) }

    func contains(_ other: Told) -> Bool {
      start <= other.start.addingSaturated(IncidentAggregator.looseness)
        && other.end <= end.addingSaturated(IncidentAggregator.looseness)
    }
  }

  /// Counts for each two of a request in which minute the longer one was so long, and whether the other worked within its time.
  mutating func countToldBeside(_ tree: CallTree, _ context: borrowing AggregateContext) {
    var told: [Told] = []
    for log in tree.logs where log.took > 0 && log.time != .min {
      let component = name(log.component, context)
      guard component != 0 else { continue }
      let one = Told(
        component: component, statement: name(log.message, context), took: Int64(log.took), end: log.time)
      if let place = told.firstIndex(where: { $0.component == component }) {
        if told[place].took < one.took { told[place] = one }
      } else if told.count < Self.mostTimed {
        told.append(one)
      }
    }
    guard told.count > 1 else { return }
    for upper in told {
      for lower in told where lower.component != upper.component && lower.took <= upper.took {
        partial.besideTimes.add(
          Tally(),
          at: CubeKey(
            a: upper.component, b: lower.component, c: upper.statement, d: upper.contains(lower) ? 0 : spanEnd,
            number: IncidentPartial.bucket(upper.took), slot: coarse(upper.start)))
      }
    }
  }
}
