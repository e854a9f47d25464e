// Stretches in which something took unusual time.

internal import Support

/// Stretches in which a component's own code, or the ways to or from it, take unusual time.
///
/// Claim: in one minute, or in three, a component explains slow spans with certainty that no other component explains
/// better (`LatencyContrast.causes`), a tenth of the spans it stands for at least and five of them. One minute is enough.
/// Where one of its resources was nearly used up meanwhile (the utilisation of the USE method, Gregg, 2013), three standard
/// deviations and two spans are enough.
struct LatencyAnomalies {
  private static let certainty = 6.0
  private static let leastSlowed = 5.0
  /// Fine slots that must be raised.
  private static let leastSlots = 2
  /// The least rise of a mean that is trouble: this factor, and this many microseconds.
  private static let leastFactor = 1.5
  private static let leastRise = 2000.0

  private let grid: ComponentTimeline
  private let settings: IncidentSettings
  private let latency: LatencyContrast
  /// The minutes in which a component had next to nothing left of a resource.
  private let saturated: [Int: Set<Int>]
  /// The same against earlier nights, where there are any, and what was usual in them.
  private let earlier: (latency: LatencyContrast, profile: IncidentProfile)?
  /// Own time by component, and time on the ways by caller and callee, by fine slot.
  private var ownPace: [Int: SlotSums] = [:]
  private var wayPace: [CubeKey: SlotSums] = [:]
  /// The ways at each component.
  private var waysAt: [Int: [CubeKey]] = [:]

  init(
    _ grid: ComponentTimeline, _ latency: LatencyContrast, _ metrics: MetricContrast,
    earlier: (latency: LatencyContrast, profile: IncidentProfile)?, settings: IncidentSettings
  ) {
    self.grid = grid
    self.latency = latency
    saturated = metrics.saturatedMinutes()
    self.earlier = earlier
    self.settings = settings
    for (cell, pace) in grid.partial.pace.cells {
      guard let component = grid.component(cell.a) else { continue }
      ownPace[component, default: SlotSums()].add(pace, at: cell.slot)
    }
    for (cell, pace) in grid.partial.ways.cells {
      guard let from = grid.component(cell.a), let to = grid.component(cell.b), from != to else { continue }
      wayPace[CubeKey(a: Int32(from), b: Int32(to)), default: SlotSums()].add(pace, at: cell.slot)
    }
    for key in ownPace.keys { ownPace[key]?.settle() }
    for key in wayPace.keys { wayPace[key]?.settle() }
    for key in wayPace.keys.sorted() {
      waysAt[Int(key.a), default: []].append(key)
      waysAt[Int(key.b), default: []].append(key)
    }
  }

  /// The anomalies of the night against itself and, where there are earlier nights, against them: what lasts all night
  /// is seen in no other way. Of two that overlap the longer one stands.
  ///
  /// - Complexity: O(minutes × series)
  func find() -> [Anomaly] {
    let own = find(latency) { _, _ in nil }
    guard let earlier else { return own }
    let names = grid.components
    let old = find(earlier.latency) { component, reach in
      let place = IncidentProfile.Place(component: names[component], callee: reach.isNetwork ? "*" : "")
      return earlier.profile.pace[place].map { RobustBaseline(center: Double($0), spread: 0) }
    }
    func same(_ a: Anomaly, _ b: Anomaly) -> Bool {
      a.component == b.component && a.sign == b.sign && a.onset <= b.end && b.onset <= a.end
    }
    // A minute more at either end is how roughly an onset is known.
    let longer = old.filter { old in
      !own.contains {
        same($0, old) && $0.onset <= old.onset + IncidentPartial.coarse && $0.end >= old.end - IncidentPartial.coarse
      }
    }
    return own.filter { own in !longer.contains { same($0, own) } } + longer
  }

  /// The usual time of each component in this night for later ones, microseconds.
  var pace: [IncidentProfile.Place: Int64] {
    var pace: [IncidentProfile.Place: Int64] = [:]
    for component in grid.components.indices {
      for reach in [LatencyContrast.Reach.code, .ways] {
        guard let usual = usualPace(series(component, reach)), let center = Int64(checked: usual.center.rounded())
        else { continue }
        let place = IncidentProfile.Place(
          component: grid.components[component], callee: reach.isNetwork ? "*" : "")
        pace[place] = center
      }
    }
    return pace
  }

  /// A component's slow minutes.
  private struct Marks {
    var minutes: Set<Int> = []
    private var delays: [(last: Int, delay: LatencyContrast.Delay)] = []

    mutating func add(_ window: [Int], _ delay: LatencyContrast.Delay) {
      minutes.formUnion(window)
      delays.append((window.last ?? 0, delay))
    }

    /// The strongest of a run of minutes.
    func strongest(_ run: ClosedRange<Int>) -> LatencyContrast.Delay? {
      delays.filter { run.contains($0.last) }.map(\.delay).reduce(nil) { best, one in
        one.strength > best?.strength ?? 0 ? one : best
      }
    }
  }

  private func find(
    _ latency: LatencyContrast, known: (Int, LatencyContrast.Reach) -> RobustBaseline?
  ) -> [Anomaly] {
    var marks: [Int: Marks] = [:]
    for minute in grid.minutes.indices {
      for window in grid.windows(endingAt: minute).map(Array.init) {
        for delay in latency.causes(in: window, certainty: Self.certainty) where delay.slowed >= Self.leastSlowed {
          if window.count > 1, marks[delay.component]?.minutes.isDisjoint(with: window) == false { continue }
          marks[delay.component, default: Marks()].add(window, delay)
        }
        for delay in slowedWhileShort(in: window, latency)
        where marks[delay.component]?.minutes.isDisjoint(with: window) ?? true {
          marks[delay.component, default: Marks()].add(window, delay)
        }
      }
    }
    var anomalies: [Anomaly] = []
    for (component, marks) in marks.sorted(by: { $0.key < $1.key }) {
      for run in MinuteRuns.runs(marks.minutes.sorted(), slots: grid.minutes, gap: settings.quiet / 2) {
        guard let delay = marks.strongest(run) else { continue }
        // Where both may be slow, what rose more tells when it began.
        let slowWays = Set(
          latency.slowEdges(in: Array(run)).map { CubeKey(a: Int32($0.caller), b: Int32($0.callee)) })
        let found = delay.reach.parts.compactMap { part in
          let series = series(component, part, among: slowWays)
          let usual = known(component, part) ?? usualPace(series)
          return usual.flatMap { anomaly(delay, part, series, run, usual: $0) }
        }
        if let anomaly = found.max(by: { $0.time - $0.usualTime < $1.time - $1.usualTime }) {
          anomalies.append(anomaly)
        }
      }
    }
    return anomalies
  }

  /// The components that are a little slow and have next to nothing left of a resource: two kinds of evidence that know nothing
  /// of each other, so that either needs to be less sure. What resources alone show strikes no request and is no trouble.
  private func slowedWhileShort(in window: [Int], _ latency: LatencyContrast) -> [LatencyContrast.Delay] {
    let short = saturated.filter { !$0.value.isDisjoint(with: window) }
    guard !short.isEmpty else { return [] }
    return latency.delays(in: window).values.filter {
      short[$0.component] != nil && $0.strength >= SuspectScorer.threshold && $0.slowed >= grid.constants.slowWhileShort
    }.sorted { $0.component < $1.component }
  }

  // MARK: Onset and size

  /// The time per fine slot that a component would raise: of its ways, those that are slow where any is, for a consumer
  /// that waits for work on the same way would hide them.
  private func series(
    _ component: Int, _ reach: LatencyContrast.Reach, among slow: Set<CubeKey> = []
  ) -> SlotSums {
    if !reach.isNetwork { return ownPace[component] ?? SlotSums() }
    let ways = (waysAt[component] ?? []).filter { key in
      reach == .incoming ? Int(key.b) == component : reach == .outgoing ? Int(key.a) == component : true
    }
    let telling = ways.filter { slow.contains($0) }
    var sums = SlotSums()
    for key in telling.isEmpty ? ways : telling { sums.add(wayPace[key] ?? SlotSums()) }
    sums.settle()
    return sums
  }

  private func usualPace(_ series: SlotSums) -> RobustBaseline? {
    series.rows.isEmpty ? nil : RobustBaseline(series.rows.lazy.map(\.sum).filter { $0.count > 0 }.map(\.mean))
  }

  private func anomaly(
    _ delay: LatencyContrast.Delay, _ part: LatencyContrast.Reach, _ series: SlotSums,
    _ run: ClosedRange<Int>, usual: RobustBaseline
  ) -> Anomaly? {
    let ratio = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    let first = (grid.minutes[run.lowerBound] - 1) * ratio
    let last = (grid.minutes[run.upperBound] + 1) * ratio + ratio - 1
    let slots = Array(first...last)
    // Slots that took more than half of what the worst ones took beyond the usual are slow.
    let means = slots.map { series[$0].flatMap { $0.count > 0 ? $0.mean : nil } }
    let raised = means.compactMap { $0 }.filter {
      $0 >= Self.leastFactor * usual.center && $0 - usual.center >= Self.leastRise
    }.sorted()
    // One request with many slow spans is one draw: it raises one slot.
    guard raised.count >= Self.leastSlots else { return nil }
    let typical = RobustBaseline.quantile(raised, 0.5)
    let border = usual.center + (typical - usual.center) / 3
    let excess = means.map { $0.map { $0 > border ? 1.0 : -1.0 } ?? 0 }
    guard let begin = ChangePoint.onset(excess, threshold: 2) ?? excess.firstIndex(of: 1) else { return nil }
    let finish = max(begin, excess.lastIndex(of: 1) ?? begin)
    // A slot that is half slow began to be so in its middle.
    let mean = means[begin] ?? typical
    let share = min(1, max(0, (mean - usual.center) / max(typical - usual.center, 1)))
    let onset =
      IncidentPartial.start(slots[begin], IncidentPartial.fine)
      + (Int64(checked: (1 - share) * Double(IncidentPartial.fine)) ?? 0)
    return Anomaly(
      component: delay.component, sign: part.isNetwork ? .slowNetwork : .slowCode,
      onset: max(onset, grid.partial.first),
      end: min(IncidentPartial.start(slots[finish] + 1, IncidentPartial.fine), max(grid.partial.last, onset)),
      strength: delay.strength, usualTime: usual.center, time: typical, reach: delay.reach,
      isSaturated: saturated[delay.component]?.isDisjoint(with: run) == false)
  }
}

extension LatencyContrast.Reach {
  /// Whether it is the ways that are slow, not the code.
  var isNetwork: Bool { self == .incoming || self == .outgoing || self == .ways }

  /// What it is made of: code, or ways.
  var parts: [LatencyContrast.Reach] {
    switch self {
    case .processor: [.code, .outgoing]
    case .everything: [.code, .ways]
    default: [self]
    }
  }
}
