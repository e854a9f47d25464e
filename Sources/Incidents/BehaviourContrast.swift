internal import Support
internal import Model

/// Event pairs whose support in a window departs from the rest of the night: they name the code region, and a span
/// that breaks off after a call speaks against the component called when several callers break off there
/// (support contrast as in Nezha, Yu et al., FSE 2023).
struct BehaviourContrast {
  /// One pair that departs.
  struct Departure {
    /// Index of the pair.
    var pair: Int
    var contrast: ShareContrast
    /// |z|, more for errors and warnings that appear.
    var weight: Double
  }

  private struct Pair {
    var cell: CubeKey
    var component: Int
    /// Index of the operation's row.
    var operation: Int
    var severity: Double
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

  private let grid: ComponentTimeline
  private var operations: MinuteSeries
  private var pairs: [Pair] = []
  /// The pairs that were seen in each minute.
  private var seen: [[(pair: Int, count: Double)]]

  /// - Complexity: O(pairs × minutes)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let partial = grid.partial
    operations = MinuteSeries(width: grid.width)
    seen = Array(repeating: [], count: grid.width)
    for (cell, tally) in partial.operations.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      operations.add(Double(tally.count), to: CubeKey(a: cell.a, b: cell.b), minute: minute)
    }
    let start = partial.names.find(EventLabel.start) ?? -1
    let end = partial.names.find(EventLabel.end) ?? -1
    var labels: [Int32: (severity: Severity?, callee: Int?)] = [:]
    func label(_ name: Int32) -> (severity: Severity?, callee: Int?) {
      if let known = labels[name] { return known }
      let text = partial.names[name]
      let callee = EventLabel.callee(text).flatMap { partial.names.find($0) }.flatMap { grid.component($0) }
      let value = (EventLabel.severity(text), callee)
      labels[name] = value
      return value
    }
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
      let previous = label(key.c)
      let next = label(key.d)
      let worst = max(previous.severity ?? .unknown, next.severity ?? .unknown)
      var broken: Int?
      if key.d == end || (next.severity ?? .unknown) >= .error, let callee = previous.callee, callee != component {
        broken = callee
      }
      if key.c == start, key.d == end, let callee = grid.usualCallee[CubeKey(a: key.a, b: key.b)] { broken = callee }
      for (minute, count) in counts { seen[minute].append((pairs.count, count)) }
      pairs.append(
        Pair(
          cell: key, component: component, operation: row,
          severity: worst >= .error ? 1 : worst == .warning ? 0.5 : 0, brokenCall: broken, counts: counts,
          examples: examples, baseline: Self.baseline(counts, row, operations, grid)))
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

  /// Pairs that speak of trouble by themselves (an error logged, a span that breaks off) and that rose in a window:
  /// the heaviest of each component.
  ///
  /// - Complexity: O(pairs seen in the window)
  func alarms(in minutes: [Int]) -> [Int: Departure] {
    var counts: [Int: Double] = [:]
    for minute in minutes {
      for (pair, count) in seen[minute] where pairs[pair].severity >= 1 || pairs[pair].brokenCall != nil {
        counts[pair, default: 0] += count
      }
    }
    var heaviest: [Int: Departure] = [:]
    for (index, hits) in counts {
      let pair = pairs[index]
      let contrast = ShareContrast(
        hits: hits, trials: operations.sum(pair.operation, minutes), baseline: pair.baseline,
        required: grid.requiredSlots)
      guard contrast.z > 0, hits >= 3 else { continue }
      let departure = Departure(pair: index, contrast: contrast, weight: contrast.z * (1 + pair.severity))
      if let known = heaviest[pair.component] {
        if known.weight > departure.weight || known.weight == departure.weight && known.pair < index { continue }
      }
      heaviest[pair.component] = departure
    }
    return heaviest
  }

  /// What departs in a window: by component the weight and the departures behind it, heaviest first.
  func departures(in minutes: [Int]) -> (weights: [Double], departures: [[Departure]]) {
    var departures = [[Departure]](repeating: [], count: grid.components.count)
    let wanted = Set(minutes)
    for (index, pair) in pairs.enumerated() {
      var hits = 0.0
      if minutes.count * 4 < pair.counts.count {
        for minute in minutes { hits += pair.count(in: minute) }
      } else {
        for (minute, count) in pair.counts where wanted.contains(minute) { hits += count }
      }
      let contrast = ShareContrast(
        hits: hits, trials: operations.sum(pair.operation, minutes), baseline: pair.baseline,
        required: grid.requiredSlots)
      guard abs(contrast.z) >= 2 else { continue }
      let weight = abs(contrast.z) * (contrast.excess > 0 ? 1 + pair.severity : 1)
      departures[pair.component].append(Departure(pair: index, contrast: contrast, weight: weight))
    }
    for component in departures.indices {
      departures[component].sort { a, b in a.weight != b.weight ? a.weight > b.weight : a.pair < b.pair }
    }
    let own = departures.map { $0.first?.weight ?? 0 }
    return (explained(own, departures), departures)
  }

  /// Moves weight from callers that break off after a call to the component they called.
  private func explained(_ own: [Double], _ departures: [[Departure]]) -> [Double] {
    var weights = own
    var brokenBy = [[Int: Double]](repeating: [:], count: own.count)
    for (caller, list) in departures.enumerated() {
      for departure in list where departure.contrast.z > 4 {
        guard let callee = pairs[departure.pair].brokenCall, departure.weight >= 0.4 * own[caller] else { continue }
        brokenBy[callee][caller] = max(brokenBy[callee][caller] ?? 0, departure.weight)
      }
    }
    for (callee, callers) in brokenBy.enumerated() {
      let heaviest = callers.values.max() ?? 0
      if callers.count >= 2 {
        weights[callee] = max(weights[callee], heaviest)
        for caller in callers.keys { weights[caller] = min(weights[caller], own[caller] * 0.5) }
      } else {
        weights[callee] = max(weights[callee], heaviest * 0.5)
      }
    }
    return weights
  }

  /// What a departure says, and a record that shows it.
  func describe(_ departure: Departure, in minutes: [Int]) -> (reason: CauseReason, evidence: Evidence?) {
    let pair = pairs[departure.pair]
    let names = grid.partial.names
    let reason = CauseReason.eventPair(
      operation: ForeignName(names[pair.cell.b]), first: EventLabel.event(names[pair.cell.c]),
      next: EventLabel.event(names[pair.cell.d]), share: departure.contrast.share,
      usualShare: departure.contrast.center)
    let wanted = Set(minutes)
    let example = pair.examples.first { wanted.contains($0.minute) } ?? pair.examples.first
    return (reason, example.map { $0.sighting.evidence(names, quote: Quote.of($0.sighting, names)) })
  }
}
