internal import Model
internal import Support

/// Requests without spans, as their log lines tell of them.
extension IncidentAggregator {
  /// What the lines of one component tell of a request.
  struct ToldBy: Sendable {
    var name: Int32
    var activity: Activity
    /// The time of its first line, microseconds.
    var start: Int64
  }

  /// A request that only log lines tell of: once for each component that wrote any.
  mutating func countTold(_ tree: CallTree, _ context: borrowing AggregateContext) {
    toldBy.removeAll()
    toldTimes.removeAll()
    var whole = Activity(requests: 1)
    for log in tree.logs where log.time != .min {
      let component = name(log.component, context)
      guard component != 0 else { continue }
      let statement = log.took > 0 ? name(log.message, context) : 0
      if log.took > 0 { noteTime(log, component, statement) }
      let place: Int
      if let known = toldBy.firstIndex(where: { $0.name == component }) {
        place = known
      } else {
        guard toldBy.count < Self.mostTold else { continue }
        place = toldBy.count
        toldBy.append(ToldBy(name: component, activity: Activity(requests: 1), start: log.time))
      }
      if log.took > 0 { countTold(log, component, statement, requestText: tree.requestText, context) }
      guard log.severity >= .error else { continue }
      let failure = Activity(requests: 0, failures: 1, first: log.time, last: log.time)
      toldBy[place].activity.merge(failure)
      toldBy[place].activity.failures = 1
      whole.failures = 1
    }
    guard !toldBy.isEmpty else { return }
    held.addRequest(whole, of: 0, slot: fine(toldBy[0].start), to: &partial)
    for place in toldBy.indices {
      let one = toldBy[place]
      held.addRequest(one.activity, of: one.name, slot: fine(one.start), to: &partial)
    }
    countToldBeside()
  }

  /// How long a line says that something took.
  private mutating func countTold(
    _ log: LogRow, _ component: Int32, _ statement: Int32, requestText: Symbol, _ context: borrowing AggregateContext
  ) {
    let took = Int64(log.took)
    let start = log.time.subtractingSaturated(took)
    let minute = coarse(start)
    held.addDuration(took, from: start, of: component, statement: statement, to: &partial)
    if held.hasLonger(than: took, of: component, slot: minute) { return }
    let cell = CubeKey(a: component, slot: minute)
    let place = partial.toldEvidence.cells.map.find(cell)
    defer {
      let kept = place < 0 ? nil : partial.toldEvidence.cells.map.values[place].kept
      held.noteLongest(kept, of: component, slot: minute)
    }
    if place >= 0, partial.toldEvidence.cells.map.values[place].isFull(below: -took) { return }
    var sighting = sighting(of: log, requestText: requestText, context)
    (sighting.rank, sighting.duration) = (-took, took)
    if place < 0 {
      partial.toldEvidence.add(Sightings(sighting), at: cell)
    } else {
      partial.toldEvidence.cells.changed { $0.change(place) { $0.insert(sighting) } }
    }
  }

  /// Components of one request that are counted.
  private static let mostTold = 64
}
