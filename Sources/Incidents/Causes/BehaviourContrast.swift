// What components did within their spans that they usually do not.

internal import Model
internal import Support

/// Event pairs whose support in a window departs from the rest of the night: they name the code region, and a span
/// that breaks off after a call speaks against the component called when several callers break off there
/// (support contrast as in Nezha, Yu et al., FSE 2023). An error record within the span that names one of its callees alone
/// ("no instances available for billing") speaks against that callee, whoever else breaks off, and for the one that wrote it.
struct BehaviourContrast {
  /// One pair that departs.
  struct Departure {
    /// Index of the pair.
    var pair: Int
    var contrast: ShareContrast
    /// The share of it that records explain which name another component, and that component.
    var explained = 0.0
    var explainedBy: Int?
    var strength: Double { abs(contrast.z) * (1 - explained) }
  }

  /// What departs of a component in a window.
  struct Behaviour {
    /// About standard deviations, see `ShareContrast.z`.
    var strength = 0.0
    /// Spans that ran another way than usual.
    var departed = 0.0
    /// By how much the share of those exceeds the usual, or falls short of it.
    var excess = 0.0
    /// Strongest first.
    var departures: [Departure] = []
    /// Callers that break off after calling it, where that is all that speaks against it.
    var breakingCallers = 0
    /// What those among them show whose records name it, strongest first.
    var accusations: [Departure] = []
    /// The strongest of the departures where records lay it at another's door, and those records.
    var moved: Departure?
    var written: [Departure] = []
  }

  struct Pair {
    var cell: CubeKey
    var component: Int
    /// Index of the operation's row.
    var operation: Int
    /// The component that an error record names, or that was called last before the span ended or logged an error.
    var brokenCall: Break?
    var counts: [(minute: Int, count: Double)]
    var baseline: RobustBaseline

    func count(in minute: Int) -> Double {
      let index = counts.partitioningIndex { $0.minute >= minute }
      return index < counts.count && counts[index].minute == minute ? counts[index].count : 0
    }
  }

  /// Whom a pair speaks against that is not the span's own component, and whether a record names it.
  struct Break {
    var callee: Int
    var isNamed: Bool
  }

  /// Below this nothing departs, and above that a caller's break is believed to be the callee's.
  static let least = 2.0
  private static let believed = 4.0
  /// Spans of an operation in a window that are needed to judge it.
  static let leastSpans = 3.0

  let grid: ComponentTimeline
  var operations = MinuteSeries()
  var pairs: [Pair] = []
  /// Whom the spans of an operation ask that have nothing beneath them, for (component, operation's name).
  private var peers: [CubeKey: Int] = [:]
  /// The pairs of each operation.
  var pairsOf: [[Int]] = []
  /// By operation's row, those of the same component that it calls, and those that call it.
  private var inner: [Int: Set<Int>] = [:]
  private var outer: [Int: Set<Int>] = [:]
  /// Minutes of which nothing is said: their log records are missing.
  let holes: Set<Int>
  private(set) var complaints: UsualComplaints?

  /// - Complexity: O(cells of pairs + pairs × minutes of their operations)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let partial = grid.partial
    holes = Set(LogHoles(grid).minutes)
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
    let cells = partial.pairs.cells.inOrder { $0.count }
    var index = 0
    while index < cells.count {
      let key = cells[index].cell.series
      var counts: [(minute: Int, count: Double)] = []
      while index < cells.count, cells[index].cell.series == key {
        if let minute = grid.minute(cells[index].cell.slot) { counts.append((minute, Double(cells[index].value))) }
        index += 1
      }
      guard let component = grid.component(key.a), let row = operations.index[CubeKey(a: key.a, b: key.b)] else {
        continue
      }
      if let called = labels.own(key), let other = operations.index[called] {
        inner[row, default: []].insert(other)
        outer[other, default: []].insert(row)
      }
      pairsOf[row].append(pairs.count)
      pairs.append(
        Pair(
          cell: key, component: component, operation: row, brokenCall: labels.brokenCall(key, of: component),
          counts: counts, baseline: Self.baseline(counts, row, operations, grid, but: holes)))
    }
    complaints = UsualComplaints(grid, pairs, but: holes)
  }

  private static func baseline(
    _ counts: [(minute: Int, count: Double)], _ row: Int, _ operations: MinuteSeries, _ grid: ComponentTimeline,
    but holes: Set<Int>
  ) -> RobustBaseline {
    var shares: [Double] = []
    var next = 0
    for cell in operations.rows[row] where cell.value >= ShareContrast.trustedTrials {
      let minute = Int(cell.minute)
      guard grid.isBaseline[minute], !holes.contains(minute) else { continue }
      while next < counts.count, counts[next].minute < minute { next += 1 }
      shares.append(next < counts.count && counts[next].minute == minute ? counts[next].count / cell.value : 0)
    }
    return RobustBaseline(shares)
  }

  /// What departs in a window by component; those of which nothing departs are left out.
  ///
  /// - Parameters:
  ///   - minutes: indices.
  ///   - isNews: whether complaints that come all night, and what they explain, are left out: to tell whether anything is new, not what
  ///     it is.
  /// - Returns: by component.
  /// - Complexity: O(pairs of the operations seen in the window · minutes of the window)
  func behaviours(in minutes: [Int], isNews: Bool = false) -> [Int: Behaviour] {
    let minutes = holes.isEmpty ? minutes : minutes.filter { !holes.contains($0) }
    var found: [Int: Behaviour] = [:]
    // By callee and by caller; those whose records name the callee apart.
    var broken: [Int: [Int: Departure]] = [:]
    var named: [Int: [Int: Departure]] = [:]
    // Complaints that are no news.
    var usual: [Departure] = []
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
        guard contrast.z >= Self.believed, let broke = pair.brokenCall else { continue }
        if isNews, broke.isNamed, complaints?.isUsual(index, in: minutes) == true {
          usual.append(departure)
          continue
        }
        Self.keep(departure, of: pair.component, in: &broken[broke.callee, default: [:]])
        if broke.isNamed { Self.keep(departure, of: pair.component, in: &named[broke.callee, default: [:]]) }
      }
    }
    for accusation in usual {
      let caller = pairs[accusation.pair].component
      explain(&found[caller, default: Behaviour()].departures, by: accusation, of: nil, in: minutes)
    }
    for (callee, accusers) in named.sorted(by: { $0.key < $1.key }) {
      for (caller, accusation) in accusers {
        explain(&found[caller, default: Behaviour()].departures, by: accusation, of: callee, in: minutes)
        found[caller]?.written.append(accusation)
      }
    }
    found = found.mapValues { behaviour in
      let departures = Self.sorted(behaviour.departures)
      guard let first = departures.first else { return behaviour }
      return Behaviour(
        strength: first.strength, departed: first.contrast.departed, excess: abs(first.contrast.excess),
        departures: departures, moved: Self.moved(departures), written: Self.sorted(behaviour.written))
    }
    for (callee, callers) in broken {
      let shown = Self.sorted(callers.values)
      let accusations = Self.sorted((named[callee] ?? [:]).values)
      if !accusations.isEmpty { found[callee, default: Behaviour()].accusations = accusations }
      let weight = weight(of: callee, shown, accusations, minutes)
      guard weight > found[callee]?.strength ?? 0 else { continue }
      found[callee, default: Behaviour()].breakingCallers = shown.count
      found[callee]?.strength = weight
      found[callee]?.departed = Self.departed(shown)
      found[callee]?.excess = shown[0].contrast.excess
    }
    return found
  }

  /// What speaks against a callee, in standard deviations: what its callers show, and what their records say in so far as it
  /// answered nobody meanwhile. One that does is not gone as a whole: then its caller may be who no longer finds it.
  private func weight(of callee: Int, _ shown: [Departure], _ accusations: [Departure], _ minutes: [Int]) -> Double {
    func weight(_ departures: [Departure]) -> Double {
      departures.first.map { $0.strength * (departures.count > 1 ? 1 : grid.constants.onlyCallerBreak) } ?? 0
    }
    guard let first = accusations.first else { return weight(shown) }
    let named = Set(accusations.map(\.pair))
    let lost = Self.departed(accusations)
    return max(
      first.strength * lost / max(lost + grid.requests(callee, minutes), 1),
      weight(shown.filter { !named.contains($0.pair) }))
  }

  /// Takes from what a component shows what its records lay at another's door: in the operation of the record, in those
  /// that call it and those that it calls, as many spans as have such a record. What is left is judged without them.
  private func explain(
    _ departures: inout [Departure], by accusation: Departure, of callee: Int?, in minutes: [Int]
  ) {
    let row = pairs[accusation.pair].operation
    let touched = Self.reached(from: row, inner).union(Self.reached(from: row, outer))
    let sure = min(1, accusation.contrast.z / SuspectScorer.sure)
    let accused = accusation.contrast.departed
    let ends = endings(departures, of: accusation, in: minutes)
    for index in departures.indices where touched.contains(pairs[departures[index].pair].operation) {
      let seen = departures[index].contrast
      let taken = ends[departures[index].pair] ?? accused
      let rest = ShareContrast(
        hits: seen.share * seen.trials - (seen.excess > 0 ? taken : 0), trials: seen.trials - taken,
        baseline: pairs[departures[index].pair].baseline, required: grid.requiredSlots)
      let left = rest.z * seen.z > 0 ? min(1, rest.z / seen.z) : 0
      let explained = callee == nil ? 1 - left : grid.constants.explainable * sure * (1 - left)
      guard explained > departures[index].explained else { continue }
      departures[index].explained = explained
      departures[index].explainedBy = callee
    }
  }

  /// How many spans records explain of those that ended another way than usual, by pair. A span ends once: of an operation no more are
  /// explained in all than have such a record, first of the ending that rises and falls with it most alike.
  private func endings(_ departures: [Departure], of accusation: Departure, in minutes: [Int]) -> [Int: Double] {
    let end = grid.partial.names.find(EventLabel.end) ?? -1
    let records = minutes.map { pairs[accusation.pair].count(in: $0) }
    var byOperation: [Int: [(pair: Int, likeness: Double, departed: Double)]] = [:]
    for one in departures where one.contrast.excess > 0 && pairs[one.pair].cell.d == end {
      let ended = minutes.map { pairs[one.pair].count(in: $0) }
      let common = zip(records, ended).reduce(0) { $0 + min($1.0, $1.1) }
      let all = zip(records, ended).reduce(0) { $0 + max($1.0, $1.1) }
      byOperation[pairs[one.pair].operation, default: []].append(
        (one.pair, common / max(all, 1), one.contrast.departed))
    }
    var taken: [Int: Double] = [:]
    for endings in byOperation.values {
      var left = accusation.contrast.departed
      for one in endings.sorted(by: { $0.likeness != $1.likeness ? $0.likeness > $1.likeness : $0.pair < $1.pair }) {
        taken[one.pair] = min(left, one.departed)
        left -= min(left, one.departed)
      }
    }
    return taken
  }

  /// The strongest of some departures, whoever explains them, where somebody does.
  private static func moved(_ departures: [Departure]) -> Departure? {
    let strongest = departures.max { a, b in
      let (x, y) = (abs(a.contrast.z), abs(b.contrast.z))
      return x != y ? x < y : a.pair > b.pair
    }
    return strongest.flatMap { $0.explainedBy == nil ? nil : $0 }
  }

  /// The operations of one component that are met on the way up, or down, from one of them.
  private static func reached(from row: Int, _ next: [Int: Set<Int>]) -> Set<Int> {
    var reached: Set<Int> = [row]
    var open = [row]
    while let row = open.popLast() {
      for other in next[row] ?? [] where reached.insert(other).inserted { open.append(other) }
    }
    return reached
  }

  private static func sorted(_ departures: some Collection<Departure>) -> [Departure] {
    departures.sorted { a, b in a.strength != b.strength ? a.strength > b.strength : a.pair < b.pair }
  }

  private static func keep(_ departure: Departure, of caller: Int, in known: inout [Int: Departure]) {
    if let other = known[caller], other.strength >= departure.strength { return }
    known[caller] = departure
  }

  /// The spans of several departures.
  static func departed(_ departures: [Departure]) -> Double {
    departures.map { $0.contrast.departed }.sorted().reduce(0, +)
  }

  /// The component that a call leads to: the one that the label names, or whom a client's own span of that operation asks.
  func called(_ label: Int32, by caller: Int) -> Int? {
    let names = grid.partial.names
    guard let call = EventLabel.call(names[label]),
      let called = names.find(call.component).flatMap({ grid.component($0) })
    else { return nil }
    if let peer = call.peer.flatMap({ names.find($0) }).flatMap({ grid.component($0) }) { return peer }
    guard called == caller, let name = names.find(call.operation) else { return called }
    return peers[CubeKey(a: Int32(caller), b: name)] ?? called
  }

  /// Spans of a component in some minutes, or where it has none of its own those that asked it: one of each operation and way of
  /// ending.
  ///
  /// - Complexity: O(operations + pairs of the component's)
  func spans(of component: Int, in minutes: [Int]) -> [EvidenceSample] {
    let end = grid.partial.names.find(EventLabel.end) ?? -1
    let wanted = Set(minutes)
    var found: [EvidenceSample] = []
    for (row, key) in operations.keys.enumerated() {
      guard let owner = grid.component(key.a) else { continue }
      guard owner == component || peers[CubeKey(a: Int32(owner), b: key.b)] == component else { continue }
      for index in pairsOf[row] where pairs[index].cell.d == end {
        found += pairs[index].counts.lazy.filter { wanted.contains($0.minute) }
          .compactMap { grid.example(of: pairs[index].cell, in: $0.minute) }
      }
    }
    return found
  }

  /// When a component began to run another way in a minute, microseconds: the first of what is there in it and usually is not, in its
  /// spans or in others' records that name it. Nothing where what departs is that something is missing.
  func first(of component: Int, in minute: Int) -> Int64? {
    guard let seen = behaviours(in: [minute])[component] else { return nil }
    return (seen.departures + seen.accusations).compactMap { departure -> Int64? in
      let pair = pairs[departure.pair]
      guard departure.contrast.z >= Self.believed, departure.contrast.center == 0 else { return nil }
      return grid.example(of: pair.cell, in: minute)?.time
    }.min()
  }

  /// Whose records name another, how many there are, and one of them. A record is counted by what stood before it in its span.
  func accusation(_ departure: Departure, in window: SuspectScorer.Window) -> (reason: CauseReason, evidence: Evidence?)
  {
    let reason = CauseReason.accused(
      lines: lines(like: departure, in: window.minutes), by: [grid.name(pairs[departure.pair].component)],
      saying: complaint(departure))
    return (reason, describe(departure, in: window).evidence)
  }

  /// The same as who wrote them tells it.
  func accuses(_ departure: Departure, in window: SuspectScorer.Window) -> (reason: CauseReason, evidence: Evidence?) {
    let accused = pairs[departure.pair].brokenCall?.callee ?? pairs[departure.pair].component
    let reason = CauseReason.accuses(
      lines: lines(like: departure, in: window.minutes), of: grid.name(accused), saying: complaint(departure))
    return (reason, describe(departure, in: window).evidence)
  }

  /// What the error record of a departure says.
  private func complaint(_ departure: Departure) -> ForeignText {
    let cell = pairs[departure.pair].cell
    let names = grid.partial.names
    let text = EventLabel.text(names[names[cell.d] == EventLabel.end ? cell.c : cell.d])
    return ForeignText(Self.withoutIDs(text.text))
  }

  private func lines(like departure: Departure, in minutes: [Int]) -> Int {
    let (accused, writer) = (pairs[departure.pair].brokenCall?.callee, pairs[departure.pair].component)
    let end = grid.partial.names.find(EventLabel.end) ?? -1
    var lines = 0.0
    for pair in pairs
    where pair.component == writer && pair.brokenCall?.isNamed == true && pair.brokenCall?.callee == accused
      && pair.cell.d != end
    {
      lines += minutes.reduce(0) { $0 + pair.count(in: $1) }
    }
    return Int(exactly: lines) ?? 0
  }

  /// What a departure says, and a record of the window that shows it.
  func describe(
    _ departure: Departure, in window: SuspectScorer.Window
  ) -> (reason: CauseReason, evidence: Evidence?) {
    let pair = pairs[departure.pair]
    let names = grid.partial.names
    let reason = CauseReason.eventPair(
      operation: ForeignName(names[pair.cell.b]), first: event(pair.cell.c, in: pair.operation),
      next: event(pair.cell.d, in: pair.operation), share: departure.contrast.share,
      usualShare: departure.contrast.center)
    let wanted = Set(window.minutes)
    let record = pair.counts.lazy.filter { wanted.contains($0.minute) }
      .compactMap { grid.example(of: pair.cell, in: $0.minute) }.first { $0.touches(window.range) }
    return (reason, record.map { $0.evidence(names) })
  }
}
