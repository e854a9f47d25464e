// What components did within their spans that they usually do not.

internal import Model
internal import Support

/// Event pairs whose support in a window departs from the rest of the night: they name the code region, and a span
/// that breaks off after a call speaks against the component called when several callers break off there
/// (support contrast as in Nezha, Yu et al., FSE 2023).
struct BehaviourContrast {
  /// One pair that departs.
  struct Departure {
    /// Index of the pair.
    var pair: Int
    var contrast: ShareContrast
    var strength: Double { abs(contrast.z) }
  }

  /// What departs of a component in a window.
  struct Behaviour {
    /// About standard deviations, see `ShareContrast.z`.
    var strength = 0.0
    /// Spans that ran another way than usual.
    var departed = 0.0
    /// Strongest first.
    var departures: [Departure] = []
    /// Callers that break off after calling it, where that is all that speaks against it.
    var breakingCallers = 0
  }

  private struct Pair {
    var cell: CubeKey
    var component: Int
    /// Index of the operation's row.
    var operation: Int
    /// The component called last before the span ended or logged an error.
    var brokenCall: Int?
    var counts: [(minute: Int, count: Double)]
    var examples: [(minute: Int, sighting: EvidenceSample)]
    var baseline: RobustBaseline

    func count(in minute: Int) -> Double {
      let index = counts.partitioningIndex { $0.minute >= minute }
      return index < counts.count && counts[index].minute == minute ? counts[index].count : 0
    }
  }

  /// Below this nothing departs, and above that a caller's break is believed to be the callee's.
  private static let least = 2.0
  private static let believed = 4.0
  /// Spans of an operation in a window that are needed to judge it.
  private static let leastSpans = 3.0

  private let grid: ComponentTimeline
  private var operations: MinuteSeries
  private var pairs: [Pair] = []
  /// Whom the spans of an operation ask that have nothing beneath them, for (component, operation's name).
  private var peers: [CubeKey: Int] = [:]
  /// The pairs of each operation.
  private var pairsOf: [[Int]] = []

  /// - Complexity: O(pairs × minutes)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let partial = grid.partial
    operations = MinuteSeries(width: grid.width)
    for (cell, tally) in partial.operations.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      operations.add(Double(tally.count), to: CubeKey(a: cell.a, b: cell.b), minute: minute)
    }
    for cell in partial.gaps.cells.keys {
      guard let caller = grid.component(cell.a), let callee = grid.component(cell.b), !grid.hasSpans[callee] else {
        continue
      }
      // Of several the first by name, whatever the order of the cells.
      let key = CubeKey(a: Int32(caller), b: cell.c)
      peers[key] = min(peers[key] ?? callee, callee)
    }
    pairsOf = Array(repeating: [], count: operations.keys.count)
    var labels = Labels(grid)
    let cells = partial.pairs.cells.keys.sorted()
    var index = 0
    while index < cells.count {
      var key = cells[index]
      key.slot = 0
      var counts: [(minute: Int, count: Double)] = []
      var examples: [(minute: Int, sighting: EvidenceSample)] = []
      while index < cells.count {
        var other = cells[index]
        other.slot = 0
        guard other == key else { break }
        if let minute = grid.minute(cells[index].slot), let pair = partial.pairs.cells[cells[index]] {
          counts.append((minute, Double(pair.count)))
          examples.append((minute, pair.example))
        }
        index += 1
      }
      guard let component = grid.component(key.a), let row = operations.index[CubeKey(a: key.a, b: key.b)] else {
        continue
      }
      pairsOf[row].append(pairs.count)
      pairs.append(
        Pair(
          cell: key, component: component, operation: row, brokenCall: labels.brokenCall(key, of: component),
          counts: counts, examples: examples, baseline: Self.baseline(counts, row, operations, grid)))
    }
  }

  /// What the names of events say, each read once.
  private struct Labels {
    private let grid: ComponentTimeline
    private let start: Int32
    private let end: Int32
    private var known: [Int32: (isError: Bool, callee: Int?)] = [:]

    init(_ grid: ComponentTimeline) {
      self.grid = grid
      start = grid.partial.names.find(EventLabel.start) ?? -1
      end = grid.partial.names.find(EventLabel.end) ?? -1
    }

    private mutating func label(_ name: Int32) -> (isError: Bool, callee: Int?) {
      if let value = known[name] { return value }
      let text = grid.partial.names[name]
      let callee = EventLabel.callee(text).flatMap { grid.partial.names.find($0) }.flatMap { grid.component($0) }
      let value = (EventLabel.severity(text) ?? .unknown >= .error, callee)
      known[name] = value
      return value
    }

    mutating func brokenCall(_ key: CubeKey, of component: Int) -> Int? {
      if key.c == start, key.d == end, let callee = grid.usualCallee[CubeKey(a: key.a, b: key.b)] { return callee }
      guard key.d == end || label(key.d).isError, let callee = label(key.c).callee, callee != component else {
        return nil
      }
      return callee
    }
  }

  private static func baseline(
    _ counts: [(minute: Int, count: Double)], _ row: Int, _ operations: MinuteSeries, _ grid: ComponentTimeline
  ) -> RobustBaseline {
    var shares: [Double] = []
    var next = 0
    for minute in grid.baseline {
      while next < counts.count, counts[next].minute < minute { next += 1 }
      let trials = operations[row, minute]
      guard trials >= ShareContrast.trustedTrials else { continue }
      shares.append(next < counts.count && counts[next].minute == minute ? counts[next].count / trials : 0)
    }
    return RobustBaseline(shares)
  }

  /// What departs in a window by component; those of which nothing departs are left out.
  ///
  /// - Complexity: O(pairs of the operations seen in the window · minutes of the window)
  func behaviours(in minutes: [Int]) -> [Int: Behaviour] {
    var found: [Int: Behaviour] = [:]
    var broken: [Int: [Int: Departure]] = [:]
    for row in operations.keys.indices {
      let trials = operations.sum(row, minutes)
      guard trials >= Self.leastSpans else { continue }
      for index in pairsOf[row] {
        let pair = pairs[index]
        let hits = minutes.reduce(0) { $0 + pair.count(in: $1) }
        let contrast = ShareContrast(
          hits: hits, trials: trials, baseline: pair.baseline, required: grid.requiredSlots)
        guard abs(contrast.z) >= Self.least else { continue }
        let departure = Departure(pair: index, contrast: contrast)
        found[pair.component, default: Behaviour()].departures.append(departure)
        guard contrast.z >= Self.believed, let callee = pair.brokenCall else { continue }
        if let known = broken[callee]?[pair.component], known.strength >= departure.strength { continue }
        broken[callee, default: [:]][pair.component] = departure
      }
    }
    for component in found.keys {
      found[component]?.departures.sort { a, b in
        a.strength != b.strength ? a.strength > b.strength : a.pair < b.pair
      }
      guard let first = found[component]?.departures.first else { continue }
      found[component]?.strength = first.strength
      found[component]?.departed = first.contrast.departed
    }
    for (callee, callers) in broken {
      let strongest = callers.values.reduce(0) { max($0, $1.strength) }
      let weight = strongest * (callers.count > 1 ? 1 : grid.constants.onlyCallerBreak)
      guard weight > found[callee]?.strength ?? 0 else { continue }
      found[callee, default: Behaviour()].breakingCallers = callers.count
      found[callee]?.strength = weight
      found[callee]?.departed = callers.values.map { $0.contrast.departed }.sorted().reduce(0, +)
    }
    return found
  }

  /// The component whose answers changed what a caller does next: the one that is called right before the calls of another that came
  /// on top. Nil where they follow one another, or the caller's own code.
  ///
  /// - Complexity: O(pairs of the caller · minutes)
  func changedAnswer(of caller: Int, before callee: Int, in minutes: [Int]) -> Int? {
    var most: (rise: Double, first: Int?) = (0, nil)
    for row in operations.keys.indices where grid.component(operations.keys[row].a) == caller {
      let trials = operations.sum(row, minutes)
      guard trials >= Self.leastSpans else { continue }
      for index in pairsOf[row] where called(pairs[index].cell.d, by: caller) == callee {
        let hits = minutes.reduce(0) { $0 + pairs[index].count(in: $1) }
        let rise = hits - pairs[index].baseline.center * trials
        guard rise > most.rise else { continue }
        most = (rise, called(pairs[index].cell.c, by: caller))
      }
    }
    return most.first.flatMap { $0 == callee || $0 == caller ? nil : $0 }
  }

  /// The component that a call leads to: the one that the label names, or whom a client's own span of that operation asks.
  private func called(_ label: Int32, by caller: Int) -> Int? {
    guard case .call(let component, let operation) = EventLabel.event(grid.partial.names[label]) else { return nil }
    guard let called = grid.partial.names.find(component.text).flatMap({ grid.component($0) }) else { return nil }
    guard called == caller, let name = grid.partial.names.find(operation.text) else { return called }
    return peers[CubeKey(a: Int32(caller), b: name)] ?? called
  }

  /// What a departure says, and a record of the window that shows it.
  func describe(_ departure: Departure, in minutes: [Int]) -> (reason: CauseReason, evidence: Evidence?) {
    let pair = pairs[departure.pair]
    let names = grid.partial.names
    let reason = CauseReason.eventPair(
      operation: ForeignName(names[pair.cell.b]), first: EventLabel.event(names[pair.cell.c]),
      next: EventLabel.event(names[pair.cell.d]), share: departure.contrast.share,
      usualShare: departure.contrast.center)
    let wanted = Set(minutes)
    let example = pair.examples.first { wanted.contains($0.minute) }
    return (reason, example.map { $0.sighting.evidence(names, quote: Quote.of($0.sighting, names)) })
  }
}
