// Where time went that usually does not go there: slow code, slow ways, and which component explains both best.

internal import Support

/// Slow spans by component and by edge, judged against the rest of the night.
///
/// A component's own time has its callees' taken off, and the time on a way is what a caller waited beyond the callee's
/// span, so that what a callee explains is no longer the caller's, by arithmetic. Each component then stands for
/// hypotheses of which spans it would slow (`Reach`): a slow network around it slows every way from and to it, a busy
/// processor its own code and the ways that it calls out on, a lost server only the ways that lead there. The hypothesis
/// that explains the night's spans best by likelihood stands; healthy edges among those that it should have slowed speak
/// against it, so that a gateway with one slow callee among ten is not blamed for it.
///
/// A span is slow beyond the upper fence of its operation (Tukey, 1977: third quartile and three times the distance of
/// the median from it), read as the median over the minutes so that a bad stretch of less than half the night does not
/// move it; how far beyond is seen at three scales, as a call of seconds says more than one just over the fence.
struct LatencyContrast {
  /// Which spans a component would slow.
  enum Reach: Int, CaseIterable {
    /// Ways to it.
    case incoming
    /// Ways from it.
    case outgoing
    /// Ways from and to it.
    case ways
    /// Its own code.
    case code
    /// Its own code and the ways from it: a busy processor also delays what its clients do.
    case processor
    case everything
  }

  /// What a component would explain of a window's slow spans.
  struct Delay {
    var component: Int
    var reach: Reach
    /// About standard deviations, see `ShareContrast.z`.
    var strength: Double
    var contrast: ShareContrast
    /// Spans that were slow beyond the usual.
    var slowed: Double { contrast.departed }
    /// Microseconds beyond the usual that the slow spans took in all.
    var extraTime: Double
  }

  struct Edge {
    var caller: Int
    var callee: Int
    var contrast: ShareContrast
    /// Microseconds that the slow calls took beyond the usual, in all.
    var extraTime: Double
  }

  /// Multiples of the fence.
  private static let scales: [Double] = [1, 4, 16]
  private static let leastHits = 2.0
  /// Spans of a minute, and minutes, that quartiles are read from.
  private static let trustedSpans = 8
  private static let trustedMinutes = 5
  /// Causes of one window: beyond that something wider is wrong than components.
  private static let mostCauses = 8
  /// Spans of a reach that must be there.
  private static let leastTrials = 3.0

  private let grid: ComponentTimeline
  private var slow: SlowSpans
  /// Rows of `slow` by component and reach, and their baselines by scale.
  private var rows: [[Int]] = []
  private var baselines: [[RobustBaseline]] = []
  private let ownFences: [CubeKey: Fence]
  /// By (caller, callee, operation, a name where the span made no call of its operation's).
  let wayFences: [CubeKey: Fence]

  /// The usual time of an operation, and beyond which it is slow, microseconds.
  struct Fence: Hashable {
    var median: Double
    var limit: Double
  }

  /// - Complexity: O(cells + series × minutes)
  init(_ grid: ComponentTimeline) {
    let rows = (own: TallyRows(grid.partial.selfTimes), ways: TallyRows(grid.partial.gaps))
    self.init(grid, rows, own: Self.fences(rows.own, grid), ways: Self.fences(rows.ways, grid), usual: nil)
  }

  /// How much beyond the fence of earlier nights a span must be: what a release may cost without being trouble.
  private static let tolerance = 1.5
  /// The share of spans beyond a fence in a usual night, and how far that strays: a hundredth, as of the fence of a
  /// long-tailed distribution.
  private static let earlierUsual = RobustBaseline(center: 0.01, spread: 0.02)

  /// The contrast against earlier nights, for operations that they knew.
  init(_ grid: ComponentTimeline, earlier: IncidentProfile) {
    var own: [CubeKey: Fence] = [:]
    var ways: [CubeKey: Fence] = [:]
    let names = grid.partial.names
    for (place, limit) in earlier.limits {
      guard let component = names.find(place.component), let operation = names.find(place.operation) else { continue }
      let fence = Fence(median: Double(limit) / 2, limit: Double(limit) * Self.tolerance)
      if place.callee.isEmpty {
        own[CubeKey(a: component, b: operation)] = fence
        own[CubeKey(a: component, b: operation, d: names.find(EventLabel.end) ?? 0)] = fence
      } else if let callee = names.find(place.callee) {
        ways[CubeKey(a: component, b: callee, c: operation)] = fence
        ways[CubeKey(a: component, b: callee, c: operation, d: names.find(EventLabel.end) ?? 0)] = fence
      }
    }
    let rows = (own: TallyRows(grid.partial.selfTimes), ways: TallyRows(grid.partial.gaps))
    self.init(grid, rows, own: own, ways: ways, usual: Self.earlierUsual)
  }

  private init(
    _ grid: ComponentTimeline, _ rows: (own: TallyRows, ways: TallyRows), own: [CubeKey: Fence],
    ways: [CubeKey: Fence], usual: RobustBaseline?
  ) {
    self.grid = grid
    ownFences = own
    wayFences = ways
    slow = SlowSpans(width: grid.width, scales: Self.scales.count)
    fill(rows.own, own) { CubeKey(a: $0.a) }
    fill(rows.ways, ways) { CubeKey(a: $0.a, b: $0.b) }
    layOut()
    learn(usual)
  }

  private mutating func fill(_ table: TallyRows, _ fences: [CubeKey: Fence], _ key: (CubeKey) -> CubeKey) {
    let calling = Self.callingOperations(table)
    for series in table.series {
      let cell = table.rows[series.lowerBound].cell
      // A span that made none of its operation's calls waited for one that left no span, or broke off before it: its time
      // is no time of the component's own code.
      if cell.d != 0, calling.contains(CubeKey(a: cell.a, b: cell.b, c: cell.c)) { continue }
      guard let fence = fences[cell.series] else { continue }
      let row = slow.row(key(cell))
      for range in table.minutes(of: series) {
        guard let minute = grid.minute(table.rows[range.lowerBound].cell.slot) else { continue }
        for (cell, count) in table.rows[range] {
          let time = Double(IncidentPartial.value(ofBucket: cell.number))
          slow.add(count, taking: time, fence, Self.scales, row: row, minute: minute)
        }
      }
    }
  }

  /// The operations most of whose spans have spans beneath them.
  static func callingOperations(_ table: TallyRows) -> Set<CubeKey> {
    var balance: [CubeKey: Int] = [:]
    for series in table.series {
      let cell = table.rows[series.lowerBound].cell
      let count = table.rows[series].reduce(0) { $0 + $1.value }
      balance[CubeKey(a: cell.a, b: cell.b, c: cell.c), default: 0] += cell.d == 0 ? count : -count
    }
    return Set(balance.filter { $0.value > 0 }.keys)
  }

  private mutating func layOut() {
    let count = grid.components.count
    rows = Array(repeating: [], count: count * Reach.allCases.count)
    func add(_ row: Int, _ component: Int, _ reaches: [Reach]) {
      for reach in reaches { rows[component * Reach.allCases.count + reach.rawValue].append(row) }
    }
    for row in slow.keys.indices {
      guard let from = grid.component(slow.keys[row].a) else { continue }
      if slow.keys[row].b == 0 {
        add(row, from, [.code, .processor, .everything])
      } else if let to = grid.component(slow.keys[row].b), to != from {
        add(row, from, [.outgoing, .ways, .processor, .everything])
        add(row, to, [.incoming, .ways, .everything])
      }
    }
  }

  private mutating func learn(_ usual: RobustBaseline?) {
    baselines = rows.map { rows in
      guard !rows.isEmpty else { return [] }
      if let usual { return Array(repeating: usual, count: Self.scales.count) }
      var shares = [[Double]](repeating: [], count: Self.scales.count)
      for minute in grid.baseline {
        let trials = rows.reduce(0) { $0 + slow.trials($1, minute) }
        guard trials >= ShareContrast.trustedTrials else { continue }
        for scale in Self.scales.indices {
          shares[scale].append(rows.reduce(0) { $0 + slow.hits($1, minute, scale) } / trials)
        }
      }
      return shares.map { RobustBaseline($0) }
    }
  }

  // MARK: What is usual

  /// The usual time of each series, and from where on it is slow.
  static func fences(_ table: TallyRows, _ grid: ComponentTimeline) -> [CubeKey: Fence] {
    var fences: [CubeKey: Fence] = [:]
    for series in table.series {
      var medians: [Double] = []
      var uppers: [Double] = []
      var pooled: [(bucket: Int32, count: Int)] = []
      for range in table.minutes(of: series) {
        guard let minute = grid.minute(table.rows[range.lowerBound].cell.slot), grid.isBaseline[minute] else {
          continue
        }
        let histogram = table.histogram(range)
        pooled += histogram
        guard histogram.reduce(0, { $0 + $1.count }) >= trustedSpans else { continue }
        let (median, upper) = UpperFence.quartiles(histogram)
        medians.append(median)
        uppers.append(upper)
      }
      guard !pooled.isEmpty else { continue }
      var (median, upper) = UpperFence.quartiles(pooled)
      if medians.count >= trustedMinutes {
        median = RobustBaseline.quantile(medians.sorted(), 0.5)
        upper = RobustBaseline.quantile(uppers.sorted(), 0.5)
      }
      fences[table.rows[series.lowerBound].cell.series] = Fence(
        median: median, limit: UpperFence.limit(median: median, upper: upper, leastRise: grid.constants.leastRise))
    }
    return fences
  }

  /// The fences of this night for later ones, microseconds.
  var limits: [IncidentProfile.Place: Int64] {
    var limits: [IncidentProfile.Place: Int64] = [:]
    let names = grid.partial.names
    for (cell, fence) in ownFences {
      guard let limit = Int64(checked: fence.limit.rounded()) else { continue }
      let place = IncidentProfile.Place(component: names[cell.a], operation: names[cell.b])
      limits[place] = max(limits[place] ?? 0, limit)
    }
    for (cell, fence) in wayFences {
      guard let limit = Int64(checked: fence.limit.rounded()) else { continue }
      let place = IncidentProfile.Place(
        component: names[cell.a], callee: names[cell.b], operation: names[cell.c])
      limits[place] = max(limits[place] ?? 0, limit)
    }
    return limits
  }

  // MARK: What departs

  /// What each component would explain of the window's slow spans; components that explain nothing are left out.
  ///
  /// - Parameters:
  ///   - minutes: indices.
  ///   - isAsked: whether somebody knows that something is wrong in them: then one draw far beyond the fence says something too, which
  ///     among all minutes of a night would be chance.
  /// - Returns: by component.
  /// - Complexity: O(series × minutes of the window)
  func delays(in minutes: [Int], isAsked: Bool = false) -> [Int: Delay] {
    let sums = draws(minutes)
    var found: [Int: Delay] = [:]
    for component in grid.components.indices {
      for reach in Reach.allCases {
        guard let delay = delay(component, reach, sums, isAsked: isAsked) else { continue }
        if let known = found[component], known.strength >= delay.strength { continue }
        found[component] = delay
      }
    }
    return found
  }

  /// The sums of a window, where calls of one request over one way count as one draw: what slows one of them slows its
  /// neighbours (the design effect of cluster sampling, Kish, *Survey Sampling*, 1965). Spans of a component's own code are of
  /// different code, and count each.
  func draws(_ minutes: [Int]) -> SlowSpans.Sums {
    var sums = slow.sums(minutes)
    var requestsOf: [Int: Double] = [:]
    for (row, key) in slow.keys.enumerated() where key.b != 0 && sums.trials[row] > 0 {
      guard let caller = grid.component(key.a) else { continue }
      let requests = requestsOf[caller] ?? grid.requests(caller, minutes)
      requestsOf[caller] = requests
      if requests > 0, requests < sums.trials[row] { sums.scale(row, by: requests / sums.trials[row]) }
    }
    return sums
  }

  private func delay(
    _ component: Int, _ reach: Reach, _ sums: SlowSpans.Sums, isAsked: Bool = false
  ) -> Delay? {
    let index = component * Reach.allCases.count + reach.rawValue
    let rows = rows[index]
    let trials = rows.reduce(0) { $0 + sums.trials[$1] }
    guard trials >= Self.leastTrials else { return nil }
    var best: Delay?
    for scale in Self.scales.indices {
      let hits = rows.reduce(0) { $0 + sums.hits[scale][$1] }
      let least = isAsked && scale == Self.scales.count - 1 ? 1 : Self.leastHits
      guard hits >= least else { continue }
      let contrast = ShareContrast(
        hits: hits, trials: trials, baseline: baselines[index][scale], required: grid.requiredSlots,
        rarest: ShareContrast.rarest / Self.scales[scale].squareRoot())
      guard contrast.excess >= grid.constants.slowShare, contrast.z > best?.strength ?? 0 else { continue }
      best = Delay(
        component: component, reach: reach, strength: contrast.z, contrast: contrast,
        extraTime: rows.reduce(0) { $0 + sums.extra[$1] })
    }
    // One way alone speaks against its callee first, unless others call that one and find nothing.
    let active = rows.filter { sums.trials[$0] > 0 }
    // Where only the order of durations tells who calls whom, the time between is the caller's own, too: one alone speaks against that one.
    if grid.partial.isSideBySide {
      guard reach == .incoming || reach == .code else { return nil }
      if reach == .incoming, active.count == 1 { best?.strength *= grid.constants.onlyCallerWay }
    } else if reach != .incoming, reach != .code, active.count == 1, isOnlyWay(active[0], sums) {
      best?.strength *= grid.constants.onlyCallerWay
    }
    return best
  }

  /// Whether a way is the only one that leads to its callee in a window.
  private func isOnlyWay(_ row: Int, _ sums: SlowSpans.Sums) -> Bool {
    guard let callee = grid.component(slow.keys[row].b) else { return true }
    let incoming = self.rows[callee * Reach.allCases.count + Reach.incoming.rawValue]
    return !incoming.contains { $0 != row && sums.trials[$0] >= Self.leastTrials }
  }

  /// Every way with calls in the window that are slow beyond the usual, by caller and callee.
  func slowEdges(in minutes: [Int]) -> [Edge] {
    let sums = slow.sums(minutes)
    var list: [Edge] = []
    for (row, key) in slow.keys.enumerated() where key.b != 0 && sums.hits[0][row] >= Self.leastHits {
      guard let caller = grid.component(key.a), let callee = grid.component(key.b) else { continue }
      let shares = grid.baseline.compactMap { minute in
        let trials = slow.trials(row, minute)
        return trials >= ShareContrast.trustedTrials ? slow.hits(row, minute, 0) / trials : nil
      }
      let contrast = ShareContrast(
        hits: sums.hits[0][row], trials: sums.trials[row], baseline: RobustBaseline(shares),
        required: min(grid.requiredSlots, shares.count))
      guard contrast.excess >= grid.constants.slowShare else { continue }
      list.append(Edge(caller: caller, callee: callee, contrast: contrast, extraTime: sums.extra[row]))
    }
    return list.sorted { ($0.caller, $0.callee) < ($1.caller, $1.callee) }
  }
}

extension LatencyContrast {
  /// The components that explain a window's slow spans one after the other: what the strongest one explains is taken
  /// off before the next is judged, so that each stands on spans that nobody else accounts for.
  ///
  /// - Complexity: O(causes × series)
  func causes(in minutes: [Int], certainty: Double) -> [Delay] {
    var sums = draws(minutes)
    var found: [Delay] = []
    while found.count < Self.mostCauses {
      var best: Delay?
      for component in grid.components.indices {
        for reach in Reach.allCases {
          guard let delay = delay(component, reach, sums), delay.strength >= certainty else { continue }
          if let known = best, known.strength >= delay.strength { continue }
          best = delay
        }
      }
      guard let best else { break }
      found.append(best)
      for row in rows[best.component * Reach.allCases.count + Reach.everything.rawValue] { sums.remove(row) }
    }
    return found
  }
}
