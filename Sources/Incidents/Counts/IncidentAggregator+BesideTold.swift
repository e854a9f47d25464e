internal import Model
internal import Support

/// Components that tell in their lines how long they worked for one request.
extension IncidentAggregator {
  /// Components of one request that are compared with one another.
  private static let mostTimed = 8
  /// How far the end of one may lie beyond that of another it is within: clocks and rounded durations, microseconds.
  private static let looseness: Int64 = 2000

  /// The longest time that a line of one component tells in a request.
  struct ToldTime: Sendable {
    var component: Int32
    var statement: Int32
    var took: Int64
    var end: Int64

    var start: Int64 { end.subtractingSaturated(took) }

    func contains(_ other: ToldTime) -> Bool {
      start <= other.start.addingSaturated(IncidentAggregator.looseness)
        && other.end <= end.addingSaturated(IncidentAggregator.looseness)
    }
  }

  /// Keeps how long a line tells that its component worked, where that is the longest of the component's lines in the request.
  mutating func noteTime(_ log: LogRow, _ component: Int32, _ statement: Int32) {
    let one = ToldTime(component: component, statement: statement, took: Int64(log.took), end: log.time)
    if let place = toldTimes.firstIndex(where: { $0.component == component }) {
      if toldTimes[place].took < one.took { toldTimes[place] = one }
    } else if toldTimes.count < Self.mostTimed {
      toldTimes.append(one)
    }
  }

  /// Counts for each two of a request in which minute the longer one was so long, whether the other worked within its time, and how
  /// much of it lay on the side of that other where less of it lay.
  mutating func countToldBeside() {
    guard toldTimes.count > 1 else { return }
    for place in toldTimes.indices {
      let upper = toldTimes[place]
      let bucket = IncidentPartial.bucket(upper.took)
      let minute = coarse(upper.start)
      for other in toldTimes.indices where other != place && toldTimes[other].took <= upper.took {
        let lower = toldTimes[other]
        let isWithin = upper.contains(lower)
        held.addPair(
          bucket,
          at: CubeKey(
            a: upper.component, b: lower.component, c: upper.statement, d: isWithin ? 0 : spanEnd, slot: minute),
          to: &partial)
        guard isWithin else { continue }
        let before = lower.start.subtractingSaturated(upper.start)
        let behind = upper.end.subtractingSaturated(lower.end)
        held.addGap(
          IncidentPartial.bucket(max(0, min(before, behind))),
          at: CubeKey(
            a: upper.component, b: lower.component, c: upper.statement, d: behind < before ? spanEnd : 0, slot: minute),
          to: &partial)
      }
    }
  }
}
