internal import Core

/// Who failed because of whom, when: the impact cells laid out by culprit.
struct ImpactMap {
  private struct Row {
    var culprit: Int
    var component: Int
    var slot: Int32
    var activity: Activity
  }

  private let grid: NightGrid
  /// By culprit, in slot order.
  private var rows: [Int: [Row]] = [:]
  private var blame: [Int: [(slot: Int32, activity: Activity)]] = [:]
  private var pairs: Set<Cell> = []
  private var incoming: [Int: [(slot: Int32, edge: EdgeCount)]] = [:]
  private var together: [Cell: Int] = [:]
  private var crashTimes: [Int: [Int64]] = [:]

  init(_ grid: NightGrid) {
    self.grid = grid
    for (cell, activity) in grid.partial.impact.cells {
      guard let culprit = grid.culprit(cell), let component = grid.component(cell.c) else { continue }
      rows[culprit, default: []].append(
        Row(culprit: culprit, component: component, slot: cell.slot, activity: activity))
      pairs.insert(Cell(a: Int32(culprit), b: Int32(component)))
    }
    for key in rows.keys { rows[key]?.sort { ($0.slot, $0.component) < ($1.slot, $1.component) } }
    for (cell, activity) in grid.partial.blame.cells {
      guard let culprit = grid.culprit(cell) else { continue }
      blame[culprit, default: []].append((cell.slot, activity))
    }
    for (cell, edge) in grid.partial.edges.cells {
      if let callee = grid.component(cell.b) { incoming[callee, default: []].append((cell.slot, edge)) }
    }
    for (cell, tally) in grid.partial.together.cells {
      guard let a = grid.component(cell.a), let b = grid.component(cell.b) else { continue }
      together[Cell(a: Int32(a), b: Int32(b)), default: 0] += tally.count
    }
    let crash = EventKind.childCrashed.name
    let exit = EventKind.childExited.name
    for (cell, reading) in grid.partial.signals.cells {
      guard let component = grid.component(cell.a), [crash, exit].contains(grid.partial.names[cell.b]) else { continue }
      crashTimes[component, default: []] += Array(repeating: reading.source.time, count: min(reading.count, 100))
    }
  }

  /// Whether requests of a component ever failed because of the culprit.
  func strikes(_ culprit: Int, _ component: Int) -> Bool {
    pairs.contains(Cell(a: Int32(culprit), b: Int32(component)))
  }

  /// Whether two components failed side by side, beneath no caller, in several requests.
  func failTogether(_ a: Int, _ b: Int) -> Bool { together[Cell(a: Int32(a), b: Int32(b)), default: 0] >= 3 }

  private static func overlaps(_ slot: Int32, _ length: Int64, _ from: Int64, _ to: Int64) -> Bool {
    let start = CascadePartial.start(slot, length)
    return start <= to && start + length > from
  }

  /// Own requests by component that failed because of any of the culprits.
  func struck(by culprits: [Int], from: Int64, to: Int64) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for culprit in culprits {
      for row in rows[culprit] ?? [] where row.activity.last >= from && row.activity.first <= to {
        counts[row.component, default: 0] += row.activity.failures
      }
    }
    return counts
  }

  /// First failure by component because of any of the culprits.
  func firstStrikes(by culprits: [Int], from: Int64, to: Int64) -> [Int: Int64] {
    var firsts: [Int: Int64] = [:]
    for culprit in culprits {
      for row in rows[culprit] ?? [] where row.activity.last >= from && row.activity.first <= to {
        firsts[row.component] = min(firsts[row.component] ?? .max, max(row.activity.first, from))
      }
    }
    return firsts
  }

  /// Blamed requests by culprit in a time.
  func blamed(from: Int64, to: Int64) -> [Int: Double] {
    var counts: [Int: Double] = [:]
    for (culprit, list) in blame {
      let count = list.reduce(0) {
        $0 + (Self.overlaps($1.slot, CascadePartial.fine, from, to) ? $1.activity.failures : 0)
      }
      if count > 0 { counts[culprit] = Double(count) }
    }
    return counts
  }

  /// Whole requests in some minutes.
  func volume(_ minutes: [Int], _ grid: NightGrid) -> Double {
    minutes.reduce(0) { sum, minute in
      sum + Double(grid.partial.visits.cells[Cell(a: 0, slot: grid.minutes[minute])]?.requests ?? 0)
    }
  }

  /// Requests of components that nobody calls, failed because of the culprits.
  func rootFailures(_ culprits: [Int], from: Int64, to: Int64) -> Int {
    struck(by: culprits, from: from, to: to).reduce(0) { sum, entry in
      grid.callers[entry.key].isEmpty ? sum + entry.value : sum
    }
  }

  func crashes(of component: Int, from: Int64, to: Int64) -> Int {
    (crashTimes[component] ?? []).count { $0 >= from && $0 <= to }
  }

  /// Calls to a component in a time, and how many of them were repeats.
  func repeats(to component: Int, from: Int64, to: Int64) -> (calls: Double, repeats: Double) {
    var calls = 0
    var repeats = 0
    for (slot, edge) in incoming[component] ?? [] where Self.overlaps(slot, CascadePartial.coarse, from, to) {
      calls += edge.calls
      repeats += edge.repeats
    }
    return (Double(calls), Double(repeats))
  }

  /// The share of repeats among the calls of half the quietest minutes.
  func usualRepeatShare(to component: Int) -> Double {
    let shares = (incoming[component] ?? []).filter { $0.edge.calls > 0 }
      .map { Double($0.edge.repeats) / Double($0.edge.calls) }.sorted()
    return RobustBaseline.quantile(shares, 0.5)
  }

  /// Calls that failed at once to a component: what an open breaker answers.
  func fastFailures(to component: Int, from: Int64, to: Int64) -> Int {
    (incoming[component] ?? []).reduce(0) {
      $0 + (Self.overlaps($1.slot, CascadePartial.coarse, from, to) ? $1.edge.fastFailures : 0)
    }
  }
}
