internal import Model
internal import Support

/// Who failed because of whom, when: the impact cells laid out by culprit.
struct ImpactMap {
  private let grid: ComponentTimeline
  /// By culprit: (component, its requests that failed because of the culprit).
  private var rows: [Int: SlotRows<(component: Int, activity: Activity)>] = [:]
  private var blame: [Int: SlotRows<Activity>] = [:]
  private var pairs: Set<CubeKey> = []
  private var incoming: [Int: SlotRows<EdgeCount>] = [:]
  /// By (caller, callee).
  private var ways: [CubeKey: SlotRows<EdgeCount>] = [:]
  private var edges: [CubeKey: SlotRows<EdgeCount>] = [:]
  private var together: [CubeKey: Int] = [:]
  /// The first record of each death by component, in time order.
  private(set) var crashTimes: [Int: [EvidenceSample]] = [:]

  /// How far apart records of one death may be, microseconds.
  private static let oneDeath: Int64 = 1_000_000

  init(_ grid: ComponentTimeline) {
    self.grid = grid
    for (cell, activity) in grid.partial.impact.cells {
      guard let culprit = grid.culprit(cell, IncidentPartial.fine), let component = grid.component(cell.c) else {
        continue
      }
      rows[culprit, default: SlotRows(IncidentPartial.fine)].add(
        (component, activity), at: cell.slot, until: activity.last)
      pairs.insert(CubeKey(a: Int32(culprit), b: Int32(component)))
    }
    for (cell, activity) in grid.partial.blame.cells {
      guard let culprit = grid.culprit(cell, IncidentPartial.fine) else { continue }
      blame[culprit, default: SlotRows(IncidentPartial.fine)].add(activity, at: cell.slot)
    }
    var repeating: Set<CubeKey> = []
    for (cell, edge) in grid.partial.edges.cells {
      guard let callee = grid.component(cell.b) else { continue }
      incoming[callee, default: SlotRows(IncidentPartial.coarse)].add(edge, at: cell.slot)
      guard edge.repeats > 0, let caller = grid.component(cell.a) else { continue }
      repeating.insert(CubeKey(a: Int32(caller), b: Int32(callee)))
    }
    for (cell, edge) in grid.partial.edges.cells {
      guard let caller = grid.component(cell.a), let callee = grid.component(cell.b) else { continue }
      let key = CubeKey(a: Int32(caller), b: Int32(callee))
      edges[key, default: SlotRows(IncidentPartial.coarse)].add(edge, at: cell.slot)
      if repeating.contains(key) { ways[key, default: SlotRows(IncidentPartial.coarse)].add(edge, at: cell.slot) }
    }
    for key in ways.keys { ways[key]?.sort() }
    for key in edges.keys { edges[key]?.sort() }
    for key in rows.keys { rows[key]?.sort() }
    for key in blame.keys { blame[key]?.sort() }
    for key in incoming.keys { incoming[key]?.sort() }
    for (cell, tally) in grid.partial.together.cells {
      guard let a = grid.component(cell.a), let b = grid.component(cell.b) else { continue }
      together[CubeKey(a: Int32(a), b: Int32(b)), default: 0] += tally.count
    }
    for (cell, reading) in grid.partial.signals.cells {
      guard let component = grid.component(cell.a), ComponentTimeline.isDeath(cell, grid.partial.names) else {
        continue
      }
      crashTimes[component, default: []].append(reading.source)
    }
    // A supervisor tells of one death in several records.
    for (component, times) in crashTimes {
      var kept: [EvidenceSample] = []
      for sample in times.sorted(by: { ($0.time, $0) < ($1.time, $1) }) {
        if let last = kept.last, sample.time.subtractingSaturated(last.time) < Self.oneDeath { continue }
        kept.append(sample)
      }
      crashTimes[component] = kept
    }
  }

  /// Whether requests of a component ever failed because of the culprit.
  func strikes(_ culprit: Int, _ component: Int) -> Bool {
    pairs.contains(CubeKey(a: Int32(culprit), b: Int32(component)))
  }

  /// Whether two components failed side by side, beneath no caller, in several requests.
  func failTogether(_ a: Int, _ b: Int) -> Bool {
    // Where every component is a root, those of any two troubles of one time are met in one request.
    !grid.partial.isSideBySide && together[CubeKey(a: Int32(a), b: Int32(b)), default: 0] >= 3
  }

  /// Own requests by component that failed because of any of the culprits.
  func affected(by culprits: [Int], from: Int64, to: Int64) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for culprit in culprits {
      for row in rows[culprit]?.overlapping(from, to) ?? [] where row.activity.last >= from && row.activity.first <= to
      {
        counts[row.component, default: 0] += row.activity.failures
      }
    }
    return counts
  }

  /// First failure by component because of any of the culprits.
  func firstStrikes(by culprits: [Int], from: Int64, to: Int64) -> [Int: Int64] {
    var firsts: [Int: Int64] = [:]
    for culprit in culprits {
      for row in rows[culprit]?.overlapping(from, to) ?? [] where row.activity.last >= from && row.activity.first <= to
      {
        // Of a slot that began before only its last failure is known to lie in that time.
        let first = row.activity.first >= from ? row.activity.first : row.activity.last
        firsts[row.component] = min(firsts[row.component] ?? .max, first)
      }
    }
    return firsts
  }

  /// Blamed requests by culprit in a time.
  func blamed(from: Int64, to: Int64) -> [Int: Double] {
    var counts: [Int: Double] = [:]
    for (culprit, list) in blame {
      let count = list.overlapping(from, to).reduce(0) { $0 + $1.failures }
      if count > 0 { counts[culprit] = Double(count) }
    }
    return counts
  }

  /// Whole requests in some minutes.
  func volume(_ minutes: [Int]) -> Double {
    minutes.reduce(0) { sum, minute in
      sum + Double(grid.partial.visits.cells[CubeKey(a: 0, slot: grid.minutes[minute])]?.requests ?? 0)
    }
  }

  /// What the requests of components that nobody calls took in all in some minutes, microseconds.
  func entryTime(_ minutes: [Int]) -> Double {
    var wanted: Set<Int32> = []
    for minute in minutes { wanted.insert(grid.minutes[minute]) }
    var sum = 0.0
    for (cell, tally) in grid.partial.durations.cells where wanted.contains(cell.slot) {
      guard let component = grid.component(cell.a), grid.callers[component].isEmpty else { continue }
      sum += Double(IncidentPartial.value(ofBucket: cell.number)) * Double(tally.count)
    }
    return sum.rounded()
  }

  /// Requests of components that nobody calls, failed because of the culprits.
  func rootFailures(_ culprits: [Int], from: Int64, to: Int64) -> Int {
    affected(by: culprits, from: from, to: to).reduce(0) { sum, entry in
      grid.callers[entry.key].isEmpty ? sum + entry.value : sum
    }
  }

  /// The deaths of a component in a time, ends included.
  func deaths(of component: Int, from: Int64, to: Int64) -> ArraySlice<EvidenceSample> {
    let deaths = crashTimes[component] ?? []
    let low = deaths.partitioningIndex { $0.time >= from }
    let high = deaths.partitioningIndex { $0.time > to }
    return low < high ? deaths[low..<high] : []
  }

  /// Calls to a component in a time, and how many of them were repeats.
  func repeats(to component: Int, from: Int64, to: Int64) -> (calls: Double, repeats: Double) {
    var calls = 0
    var repeats = 0
    for edge in incoming[component]?.overlapping(from, to) ?? [] {
      calls += edge.calls
      repeats += edge.repeats
    }
    return (Double(calls), Double(repeats))
  }

  /// Calls of one component to another in a time, and how many of them were repeats; none where none ever was.
  func repeats(from caller: Int, to callee: Int, start: Int64, end: Int64) -> (calls: Double, repeats: Double) {
    var calls = 0
    var repeats = 0
    for edge in ways[CubeKey(a: Int32(caller), b: Int32(callee))]?.overlapping(start, end) ?? [] {
      calls += edge.calls
      repeats += edge.repeats
    }
    return (Double(calls), Double(repeats))
  }

  /// Calls of one component to another while an incident lasted, and how many of them failed.
  func calls(
    from caller: Int, to callee: Int, within group: IncidentBuilder.Group
  ) -> (calls: Int, failures: Int) {
    let rows = edges[CubeKey(a: Int32(caller), b: Int32(callee))]?.overlapping(group.start, group.end) ?? []
    return rows.reduce((0, 0)) { ($0.0 + $1.calls, $0.1 + $1.failures) }
  }

  /// The calls of one component to another that are usual in so many minutes.
  func usualCalls(from caller: Int, to callee: Int, in minutes: Int) -> Double {
    let rows = edges[CubeKey(a: Int32(caller), b: Int32(callee))]?.values ?? []
    return Double(rows.reduce(0) { $0 + $1.calls }) * Double(minutes) / Double(max(grid.width, 1))
  }

  /// The share of one component's calls of another that failed in a time.
  func failureShare(from caller: Int, to callee: Int, start: Int64, end: Int64) -> Double {
    var calls = 0
    var failures = 0
    for edge in edges[CubeKey(a: Int32(caller), b: Int32(callee))]?.overlapping(start, end) ?? [] {
      calls += edge.calls
      failures += edge.failures
    }
    return calls > 0 ? Double(failures) / Double(calls) : 0
  }

  /// The share of repeats among the calls of half the quietest minutes.
  func usualRepeatShare(to component: Int) -> Double {
    let shares = (incoming[component]?.values ?? []).filter { $0.calls > 0 }
      .map { Double($0.repeats) / Double($0.calls) }.sorted()
    return RobustBaseline.quantile(shares, 0.5)
  }

  /// Calls that failed at once to a component: what an open breaker answers.
  func fastFailures(to component: Int, from: Int64, to: Int64) -> Int {
    (incoming[component]?.overlapping(from, to) ?? []).reduce(0) { $0 + $1.fastFailures }
  }

  /// What all callers together saw of their calls to a component, by slot of `IncidentPartial.coarse` in time order.
  func calls(to component: Int, from: Int64, to: Int64) -> [(slot: Int32, calls: EdgeCount)] {
    var sums: [(slot: Int32, calls: EdgeCount)] = []
    for (slot, edge) in incoming[component]?.overlappingRows(from, to) ?? [] {
      if let last = sums.indices.last, sums[last].slot == slot {
        sums[last].calls.merge(edge)
      } else {
        sums.append((slot, edge))
      }
    }
    return sums
  }
}
