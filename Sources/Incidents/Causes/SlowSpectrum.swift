// Whose slowness it is that a component's requests show, in a night in which no record says who calls whom.

internal import Glibc
internal import Support

/// Moves slowness down to where it begins, by which requests are slow: those that passed a component, or all.
///
/// A request that is slow above a slow one is slow because of it. Of the lowest that are slow, those requests are told apart that
/// passed another component from those that did not: where just the first are slow although that one answers as fast as ever, the way
/// to it is. That is the localisation of faults by spectra (Jones and Harrold, "Tarantula", ASE 2005) with components for statements
/// and the likelihood ratio of the four-fold table (Wilks, 1938) for their measure. Those that only ever come with it stand out alike;
/// of them the uppermost counts. Where all requests of a component pass another one nothing tells its own time from the way to that.
struct SlowSpectrum {
  /// Slow requests that passed two components for the one to explain the other, beside a share of all (`DecidingConstants.slowWith`).
  private static let leastSlow = 2
  /// Standard deviations by which requests with a component are slow more often than those without: odds of ten to one (Jeffreys,
  /// *Theory of Probability*, 1961). That something is slow is known already.
  private static let certainty = (2 * log(10.0)).squareRoot()
  /// The share of a component's own requests up to which it is as fast as ever, and from which it is slow.
  private static let usualShare = 0.1
  /// How much of what a slow component would explain above must be slow there.
  private static let carriedShare = 0.5
  private static let depth = 8

  /// Requests, and slow ones.
  private struct Count {
    var slow = 0
    var all = 0
    var share: Double { all > 0 ? Double(slow) / Double(all) : 0 }

    mutating func add(_ count: Int, slow isSlow: Bool) {
      all += count
      if isSlow { slow += count }
    }
  }

  private let grid: ComponentTimeline
  private let order: ServingOrder
  /// By component name and minute, and by two of them.
  private var own: [CubeKey: Count] = [:]
  private var with: [CubeKey: Count] = [:]
  private let gaps: NestedGaps?
  /// Name numbers of those that are met within others.
  private var partners: [Int32: Set<Int32>] = [:]

  /// Slowness with what shows it moved to where it begins; as it is in a night that tells who calls whom.
  static func moved(_ anomalies: [Anomaly], _ grid: ComponentTimeline) -> [Anomaly] {
    guard grid.partial.isTold || grid.partial.isSideBySide, !anomalies.isEmpty else { return anomalies }
    let spectrum = SlowSpectrum(grid)
    let moved = anomalies.map { one in
      let moved = spectrum.moved(one)
      // What begins later is no reason, but for the same trouble where it was told late.
      return anomalies.contains {
        $0.component == moved.component && $0.isLater(than: one)
          && !($0.sign == .slowNetwork && moved.sign == .slowNetwork)
      } ? one : moved
    }
    return joined(moved.map { spectrum.explained($0, by: moved) })
  }

  private init(_ grid: ComponentTimeline) {
    self.grid = grid
    order = ServingOrder(grid.partial, grid.constants)
    let times = grid.partial.isTold ? grid.partial.toldTimes : grid.partial.durations
    let fences = LatencyContrast.fences(TallyRows(times), grid)
    func isSlow(_ cell: CubeKey, _ operation: Int32) -> Bool {
      guard let fence = fences[CubeKey(a: cell.a, b: operation)] else { return false }
      return Double(IncidentPartial.value(ofBucket: cell.number)) > fence.limit
    }
    gaps = grid.partial.isTold ? NestedGaps(grid, isSlow: isSlow) : nil
    for (cell, tally) in times.cells {
      own[CubeKey(a: cell.a, slot: cell.slot), default: Count()].add(tally.count, slow: isSlow(cell, cell.b))
    }
    for (cell, tally) in grid.partial.besideTimes.cells where cell.d == 0 {
      with[CubeKey(a: cell.a, b: cell.b, slot: cell.slot), default: Count()].add(
        tally.count, slow: isSlow(cell, cell.c))
      partners[cell.a, default: []].insert(cell.b)
    }
  }

  private func sum(_ counts: [CubeKey: Count], _ a: Int32, _ b: Int32, _ slots: [Int32]) -> Count {
    var sum = Count()
    for slot in slots {
      guard let count = counts[CubeKey(a: a, b: b, slot: slot)] else { continue }
      sum.slow += count.slow
      sum.all += count.all
    }
    return sum
  }

  private func moved(_ anomaly: Anomaly) -> Anomaly {
    guard anomaly.sign == .slowCode || anomaly.sign == .slowNetwork,
      let start = grid.partial.names.find(grid.components[anomaly.component])
    else { return anomaly }
    let slots = Slots(
      touched: grid.minutes(from: anomaly.onset, to: anomaly.end).map { grid.minutes[$0] }, from: anomaly.onset,
      to: anomaly.end)
    var lowest = lowestSlow(from: isSlow(start, slots) ? start : showing(start, slots) ?? start, slots)
    var way = slowWay(from: lowest, slots)
    // A slow one between the two may have hardly a request in common with the upper.
    if let below = way, let between = slowAbove(below, slots), between != lowest, !order.isAbove(between, lowest) {
      lowest = between
      way = slowWay(from: between, slots)
    }
    var moved = anomaly
    moved.isTraced = true
    guard let component = grid.component(way ?? lowest), component != anomaly.component else { return moved }
    moved.component = component
    moved.sign = way == nil ? .slowCode : .slowNetwork
    moved.reach = way == nil ? .code : .incoming
    moved.shownBy = anomaly.component
    return moved
  }

  /// The minutes of an anomaly, and those that lie wholly in it: what was well in the others says nothing against an explanation.
  private struct Slots {
    let touched: [Int32]
    let whole: [Int32]

    init(touched: [Int32], from: Int64, to: Int64) {
      self.touched = touched
      whole = touched.filter {
        IncidentPartial.start($0, IncidentPartial.coarse) >= from
          && IncidentPartial.start($0 + 1, IncidentPartial.coarse) <= to
      }
    }
  }

  /// An anomaly that stays where it was seen although another one of its time, below, is why: there as well.
  private func explained(_ anomaly: Anomaly, by others: [Anomaly]) -> Anomaly {
    guard anomaly.isTraced, anomaly.shownBy == nil,
      let upper = grid.partial.names.find(grid.components[anomaly.component])
    else { return anomaly }
    let lower = others.filter { other in
      other.isTraced && !other.isLater(than: anomaly) && other.onset <= anomaly.end && other.end >= anomaly.onset
        && grid.partial.names.find(grid.components[other.component]).map { order.isAbove(upper, $0) } ?? false
    }.max { ($0.strength, $1.component) < ($1.strength, $0.component) }
    guard let lower else { return anomaly }
    var moved = anomaly
    moved.component = lower.component
    moved.sign = lower.sign
    moved.reach = lower.reach
    moved.shownBy = anomaly.component
    return moved
  }

  private func isSlow(_ component: Int32, _ slots: Slots) -> Bool {
    let own = sum(own, component, 0, slots.touched)
    return own.slow >= Self.leastSlow && own.share > Self.usualShare
  }

  /// The component most of whose slow requests passed one that is not slow itself.
  private func showing(_ lower: Int32, _ slots: Slots) -> Int32? {
    let counts = order.below.keys.filter { order.isAbove($0, lower) && isSlow($0, slots) }.sorted().map {
      (component: $0, slow: sum(with, $0, lower, slots.touched).slow)
    }
    return counts.filter { $0.slow >= Self.leastSlow }.max { ($0.slow, $1.component) < ($1.slow, $0.component) }?
      .component
  }

  /// The lowest component above one that is slow itself in most of its requests.
  private func slowAbove(_ lower: Int32, _ slots: Slots) -> Int32? {
    let slow = order.below.keys.filter {
      guard order.isAbove($0, lower) else { return false }
      let own = sum(own, $0, 0, slots.touched)
      return own.slow >= Self.leastSlow && own.share >= Self.carriedShare
    }.sorted()
    return slow.first { one in !slow.contains { order.isAbove(one, $0) } }
  }

  /// Follows what is slow to the lowest that is.
  private func lowestSlow(from start: Int32, _ slots: Slots) -> Int32 {
    var current = start
    for _ in 0..<Self.depth {
      var best: (component: Int32, slow: Int)?
      for below in (order.below[current] ?? []).sorted() {
        guard isSlow(below, slots) else { continue }
        let own = sum(own, below, 0, slots.touched)
        let with = sum(with, current, below, slots.touched)
        guard with.slow >= Self.leastSlow, with.share >= Self.carriedShare * own.share else { continue }
        if with.slow > best?.slow ?? 0 { best = (below, with.slow) }
      }
      guard let best else { return current }
      current = best.component
    }
    return current
  }

  /// The component the way to which is slow, of those that a slow one's requests pass.
  private func slowWay(from upper: Int32, _ slots: Slots) -> Int32? {
    switch gaps?.verdict(on: upper, in: slots.touched) {
    case .way(let lower) where !isSlow(lower, slots): return lower
    case .own: return nil
    default: break
    }
    let all = sum(own, upper, 0, slots.touched)
    var passing: [(component: Int32, deviations: Double)] = []
    for lower in (partners[upper] ?? []).sorted() where order.isAbove(upper, lower) {
      let own = sum(own, lower, 0, slots.touched)
      guard own.share <= Self.usualShare || own.slow <= 1 else { continue }
      let with = sum(with, upper, lower, slots.touched)
      let whole = sum(self.with, upper, lower, slots.whole)
      guard with.slow >= Self.leastSlow, with.share >= Self.carriedShare,
        whole.all == 0 || whole.share >= grid.constants.slowWith
      else { continue }
      passing.append((lower, Self.deviations(with, all)))
    }
    let surest = passing.max { ($0.deviations, $1.component) < ($1.deviations, $0.component) }
    guard let surest, surest.deviations >= Self.certainty else { return nil }
    // What only comes with it stands out with it.
    var top = surest.component
    while let next = passing.first(where: { order.isAbove($0.component, top) && !order.isAbove(top, $0.component) }) {
      top = next.component
    }
    return top
  }

  /// By how many standard deviations the requests with a component are slow more often than those without; negative where less often.
  private static func deviations(_ with: Count, _ all: Count) -> Double {
    let without = Count(slow: max(0, all.slow - with.slow), all: max(0, all.all - with.all))
    guard with.all > 0, without.all > 0, without.slow <= without.all else { return 0 }
    let pooled = Double(with.slow + without.slow) / Double(with.all + without.all)
    func likelihood(_ count: Count, _ share: Double) -> Double {
      func term(_ number: Int, _ p: Double) -> Double { number > 0 ? Double(number) * log(max(p, 1e-12)) : 0 }
      return term(count.slow, share) + term(count.all - count.slow, 1 - share)
    }
    let gain =
      likelihood(with, with.share) + likelihood(without, without.share) - likelihood(with, pooled)
      - likelihood(without, pooled)
    return (with.share > without.share ? 1 : -1) * (2 * max(gain, 0)).squareRoot()
  }

  /// Anomalies of one component that overlap are one once they were moved there.
  private static func joined(_ anomalies: [Anomaly]) -> [Anomaly] {
    var joined: [Anomaly] = []
    for one in anomalies.sorted(by: { ($0.onset, $0.component, $0.end) < ($1.onset, $1.component, $1.end) }) {
      let known = joined.firstIndex {
        $0.component == one.component && ($0.shownBy != nil || one.shownBy != nil) && $0.end >= one.onset
      }
      guard let known else {
        joined.append(one)
        continue
      }
      // What shows by itself says more of how slow it is.
      if joined[known].shownBy != nil, one.shownBy == nil || one.strength > joined[known].strength {
        var better = one
        better.onset = min(one.onset, joined[known].onset)
        better.end = max(one.end, joined[known].end)
        joined[known] = better
      } else {
        joined[known].end = max(joined[known].end, one.end)
      }
    }
    return joined
  }
}

extension Anomaly {
  /// Whether it began clearly after another one that it overlaps, and so cannot be why.
  fileprivate func isLater(than other: Anomaly) -> Bool {
    onset > other.onset.addingSaturated(IncidentPartial.coarse) && onset <= other.end
  }
}
