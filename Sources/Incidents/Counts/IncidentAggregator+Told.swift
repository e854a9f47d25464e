internal import Model
internal import Support

/// Requests without spans, as their log lines tell of them.
extension IncidentAggregator {
  /// A request that only log lines tell of: once for each component that wrote any.
  mutating func countTold(_ tree: CallTree, _ context: borrowing AggregateContext) {
    toldBy.removeAll(keepingCapacity: true)
    var whole = Activity(requests: 1)
    for log in tree.logs where log.time != .min {
      let component = name(log.component, context)
      guard component != 0 else { continue }
      let place: Int
      if let known = toldBy.firstIndex(where: { $0.name == component }) {
        place = known
      } else {
        guard toldBy.count < Self.mostTold else { continue }
        place = toldBy.count
        toldBy.append((component, Activity(requests: 1), log.time))
      }
      if log.took > 0 { countTold(log, component, requestText: tree.requestText, context) }
      guard log.severity >= .error else { continue }
      let failure = Activity(requests: 0, failures: 1, first: log.time, last: log.time)
      toldBy[place].activity.merge(failure)
      toldBy[place].activity.failures = 1
      whole.failures = 1
    }
    guard let first = toldBy.first else { return }
    held.addRequest(whole, of: 0, slot: fine(first.start), to: &partial)
    for one in toldBy { held.addRequest(one.activity, of: one.name, slot: fine(one.start), to: &partial) }
    if toldBy.count > 1 { countToldBeside(tree, context) }
  }

  /// How long a line says that something took.
  private mutating func countTold(
    _ log: LogRow, _ component: Int32, requestText: Symbol, _ context: borrowing AggregateContext
  ) {
    let took = Int64(log.took)
    let start = log.time.subtractingSaturated(took)
    let minute = coarse(start)
    held.addDuration(
      took, from: start, of: component, statement: (log.message, name(log.message, context)), to: &partial)
    if held.hasLonger(than: took, of: component, slot: minute) { return }
    let cell = CubeKey(a: component, slot: minute)
    defer { held.noteLongest(partial.toldEvidence.cells[cell], of: component, slot: minute) }
    if partial.toldEvidence.isFull(at: cell, below: -took) { return }
    var sighting = sighting(of: log, requestText: requestText, context)
    (sighting.rank, sighting.duration) = (-took, took)
    partial.toldEvidence.add(Sightings(sighting), at: cell)
  }

  /// Components of one request that are counted.
  private static let mostTold = 64
}
