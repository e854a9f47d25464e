// When the components of an incident began to depart.

internal import Model
internal import Support

/// The onset of each component by its own evidence: its first failed request, its first record of a kind that is not usual, the slot in
/// which its times rose. Never that of another: where no record tells, the minute is all that is known, and is told as such.
struct Onsets {
  struct Onset {
    /// Microseconds: the best estimate.
    var time: Int64
    /// Between which times it lies, where no record tells.
    var between: ClosedRange<Int64>?
    /// The record that shows it, where it is of a kind that is not usual.
    var record: EvidenceSample?
    /// What showed it first.
    var sign = Anomaly.Sign.behaviour

    var earliest: Int64 { between?.lowerBound ?? time }
    var latest: Int64 { between?.upperBound ?? time }

    /// Whether it may have followed from another, within what either is known to: the slot in which failures begin tells of them.
    func isNoEarlier(than cause: Onset) -> Bool { latest.addingSaturated(IncidentPartial.fine) >= cause.earliest }

    /// Nothing is known better than by the record that is cited as its first.
    mutating func reach(_ first: Int64) {
      guard first > latest else { return }
      between = earliest...first
    }

    /// What is known by a slot only may have begun with a record that is cited though it was before that.
    mutating func goBack(to last: Int64) {
      guard let known = between, last < known.lowerBound else { return }
      between = last...known.upperBound
    }

    /// What is known by a slot only began no earlier, as far as anybody knows, than what it followed from or came with.
    mutating func follow(_ cause: Int64) {
      guard let known = between, time < cause, known.contains(cause) else { return }
      time = cause
    }
  }

  /// Standard deviations from which a minute's share of some spans departs.
  private static let believed = 4.0
  /// How many spans of a kind may be expected in a minute for one to be news; chance makes one in twenty such minutes hold one.
  private static let rare = 0.05

  let grid: ComponentTimeline
  let behaviour: BehaviourContrast
  let impacts: ImpactMap
  let durations: DurationContrast

  /// The onsets of some components, each with what the incident's whole time says of it.
  ///
  /// - Complexity: O(components · (anomalies + pairs that depart × minutes))
  func onsets(
    of components: [Int], first: Int?, _ group: IncidentBuilder.Group, _ window: SuspectScorer.Window
  ) -> [Int: Onset] {
    let strikes = impacts.firstStrikes(by: group.components, from: group.start, to: group.end)
    var onsets: [Int: Onset] = [:]
    for component in components {
      var known = group.anomalies.compactMap { $0.component == component ? onset($0) : nil }
      if let strike = strikes[component] { known.append(Onset(time: strike, sign: .failures)) }
      let ways = group.anomalies.filter { $0.sign == .moreCalls && $0.way?.caller == component }
      known += ways.compactMap { onset($0) }
      if let seen = window.suspicions.first(where: { $0.component == component })?.behaviour,
        known.isEmpty || group.anomalies.contains(where: { $0.component == component && $0.sign == .behaviour }),
        let one = onset(seen, in: window.minutes, until: group.end)
      {
        known.append(one)
      }
      onsets[component] = known.min { ($0.time, $0.latest) < ($1.time, $1.latest) } ?? unknown(component, group)
    }
    // A minute says next to nothing of when; what is known to the second beside it says more.
    if let known = onsets.values.filter({ $0.between == nil }).map(\.time).min() {
      for (component, onset) in onsets where onset.latest - onset.earliest >= IncidentPartial.coarse {
        onsets[component]?.follow(known)
      }
    }
    guard let first, let cause = onsets[first] else { return onsets }
    for component in components where component != first && grid.reachable(from: component).contains(first) {
      onsets[component]?.follow(cause.time)
    }
    return onsets
  }

  /// When the requests of a component that only waited longer began to, after the time of what they waited for.
  func slowed(_ component: Int, after cause: Int64, _ group: IncidentBuilder.Group) -> Onset {
    let minutes = grid.minutes(from: group.start, to: group.end)
    let first = minutes.first { durations.departure(of: component, in: [$0]) != nil } ?? minutes.first
    var onset = first.map { minute($0) } ?? Onset(time: cause)
    onset.follow(cause)
    return onset
  }

  /// What an anomaly says by itself; of other ways of running the records say it.
  private func onset(_ anomaly: Anomaly) -> Onset? {
    switch anomaly.sign {
    case .failures, .crashes, .records: Onset(time: anomaly.onset, sign: anomaly.sign)
    case .slowCode, .slowNetwork, .moreCalls, .silence: slot(anomaly.onset, IncidentPartial.fine, anomaly.sign)
    case .behaviour: nil
    }
  }

  /// Where nothing else tells: the minute of the component's own anomaly, or of the first of the incident.
  private func unknown(_ component: Int, _ group: IncidentBuilder.Group) -> Onset {
    let own = group.anomalies.filter { $0.component == component }.min { $0.onset < $1.onset }
    return slot(own?.onset ?? group.start, IncidentPartial.coarse, own?.sign ?? .behaviour)
  }

  private func slot(_ time: Int64, _ length: Int64, _ sign: Anomaly.Sign = .behaviour) -> Onset {
    let start = IncidentPartial.start(IncidentPartial.slot(time, length), length)
    return Onset(time: time, between: min(max(start, grid.partial.first), time)...max(start + length, time), sign: sign)
  }

  private func minute(_ minute: Int) -> Onset {
    slot(
      max(IncidentPartial.start(grid.minutes[minute], IncidentPartial.coarse), grid.partial.first),
      IncidentPartial.coarse)
  }

  // MARK: Other ways of running

  /// The first record of a kind that comes with the incident and hardly ever else, or the first minute in which shares depart.
  private func onset(_ seen: BehaviourContrast.Behaviour, in minutes: [Int], until end: Int64) -> Onset? {
    // What comes all night tells nothing of when.
    let told = (seen.departures + seen.accusations).filter {
      abs($0.contrast.z) >= Self.believed && behaviour.complaints?.isUsual($0.pair, in: minutes) != true
    }
    let record = firstRecord(of: told, in: minutes, until: end)
    let shares = told.filter { $0.contrast.z < 0 || $0.contrast.center > 0 }
    let departing = minutes.first { index in
      shares.contains { departure in
        let one = contrast(departure, in: index)
        return one.z * departure.contrast.z > 0 && abs(one.z) >= Self.believed
      }
    }
    if let record, departing.map({ record.time < minuteEnd($0) }) ?? true {
      return Onset(time: record.time, record: record)
    }
    return departing.map { minute($0) }
  }

  private func minuteEnd(_ minute: Int) -> Int64 {
    IncidentPartial.start(grid.minutes[minute] + 1, IncidentPartial.coarse)
  }

  private func contrast(_ departure: BehaviourContrast.Departure, in minute: Int) -> ShareContrast {
    let pair = behaviour.pairs[departure.pair]
    return ShareContrast(
      hits: pair.count(in: minute), trials: behaviour.operations[pair.operation, minute], baseline: pair.baseline,
      required: grid.requiredSlots)
  }

  /// The first record of what is there in some minutes, or in the one before them, and usually is not.
  private func firstRecord(
    of departures: [BehaviourContrast.Departure], in minutes: [Int], until end: Int64
  ) -> EvidenceSample? {
    guard let first = minutes.first else { return nil }
    let isAdjacent = first > 0 && grid.minutes[first] - grid.minutes[first - 1] == 1
    let looked = isAdjacent ? [first - 1] + minutes : minutes
    let kinds = departures.filter { $0.contrast.z > 0 && $0.contrast.center == 0 }
      .map { (pair: behaviour.pairs[$0.pair], rate: rate($0.pair, but: looked)) }
    for minute in looked {
      let records = kinds.compactMap { kind -> EvidenceSample? in
        let expected = kind.rate * behaviour.operations[kind.pair.operation, minute]
        let count = kind.pair.count(in: minute)
        guard count > 0, expected <= Self.rare || count - expected >= Self.believed * (expected + 1).squareRoot() else {
          return nil
        }
        // A record is counted by when its span began; one that bears another time than that, or was written when all was over, tells none.
        let start = IncidentPartial.start(grid.minutes[minute], IncidentPartial.coarse)
        return grid.example(of: kind.pair.cell, in: minute).flatMap { start <= $0.time && $0.time <= end ? $0 : nil }
      }
      if let earliest = records.min(by: { ($0.time, $0) < ($1.time, $1) }) { return earliest }
    }
    return nil
  }

  /// How often a pair comes per span of its operation outside of some minutes.
  private func rate(_ index: Int, but minutes: [Int]) -> Double {
    let pair = behaviour.pairs[index]
    let hidden = Set(minutes)
    let trials = grid.minutes.indices.reduce(0.0) {
      hidden.contains($1) ? $0 : $0 + behaviour.operations[pair.operation, $1]
    }
    let hits = pair.counts.reduce(0.0) { hidden.contains($1.minute) ? $0 : $0 + $1.count }
    return trials > 0 ? hits / trials : 0
  }
}
