// How often components call one another for a request.

internal import Support

/// Calls and requests of every way between two components, by minute and by fine slot.
struct CallCounts {
  /// What a way shows in some minutes: attempts beyond the first are not counted.
  struct Sum {
    var requests = 0.0
    var calls = 0.0
    var failures = 0.0
  }

  /// Calls per request of each way, where enough minutes tell.
  private(set) var usual: [Anomaly.Way: RobustBaseline] = [:]

  private let grid: ComponentTimeline
  /// By component and minute, and by component and fine slot.
  private var requests: [[Double]]
  private var fineRequests: [[Int32: Double]]
  private var ways: [Anomaly.Way: (calls: [Double], failures: [Double])] = [:]
  private var fineCalls: [Anomaly.Way: [Int32: Double]] = [:]

  /// - Complexity: O(cells)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let none = Array(repeating: 0.0, count: grid.width)
    requests = Array(repeating: [], count: grid.components.count)
    fineRequests = Array(repeating: [:], count: grid.components.count)
    for (cell, activity) in grid.partial.activity.cells {
      guard let component = grid.component(cell.a),
        let minute = grid.minute(IncidentPartial.minute(ofFine: cell.slot))
      else { continue }
      if requests[component].isEmpty { requests[component] = none }
      requests[component][minute] += Double(activity.requests)
      fineRequests[component][cell.slot, default: 0] += Double(activity.requests)
    }
    for (cell, edge) in grid.partial.edges.cells {
      guard let way = way(cell), let minute = grid.minute(cell.slot) else { continue }
      ways[way, default: (none, none)].calls[minute] += Double(max(0, edge.calls - edge.repeats))
      ways[way]?.failures[minute] += Double(edge.failures)
    }
    for (cell, sum) in grid.partial.ways.cells {
      if let way = way(cell) { fineCalls[way, default: [:]][cell.slot, default: 0] += Double(sum.count) }
    }
    for (way, series) in ways where !requests[way.caller].isEmpty {
      let rates = grid.baseline.compactMap { minute in
        requests[way.caller][minute] >= ShareContrast.trustedTrials
          ? series.calls[minute] / requests[way.caller][minute] : nil
      }
      guard rates.count >= grid.requiredSlots else { continue }
      let rate = RobustBaseline(rates)
      if rate.center > 0 { usual[way] = rate }
    }
  }

  private func way(_ cell: CubeKey) -> Anomaly.Way? {
    guard let caller = grid.component(cell.a), let callee = grid.component(cell.b), caller != callee else { return nil }
    return Anomaly.Way(caller: caller, callee: callee)
  }

  func sum(_ way: Anomaly.Way, _ minutes: [Int]) -> Sum {
    guard let series = ways[way], !requests[way.caller].isEmpty else { return Sum() }
    return minutes.reduce(into: Sum()) { sum, minute in
      sum.requests += requests[way.caller][minute]
      sum.calls += series.calls[minute]
      sum.failures += series.failures[minute]
    }
  }

  /// When a run of minutes with more calls begins and ends, microseconds: by fine slots, where those tell (CUSUM, see `ChangePoint`), in
  /// the first and the last of them in so far as they are above the usual; else whole minutes.
  func extent(_ way: Anomaly.Way, _ run: ClosedRange<Int>, usual: Double, now: Double) -> Range<Int64> {
    let ratio = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    let slots = Array(((grid.minutes[run.lowerBound] - 1) * ratio)..<((grid.minutes[run.upperBound] + 2) * ratio))
    let rates = slots.map { slot -> Double? in
      guard let asked = fineRequests[way.caller][slot], asked > 0 else { return nil }
      return (fineCalls[way]?[slot] ?? 0) / asked
    }
    let border = (usual + now) / 2
    let excess = rates.map { $0.map { $0 > border ? 1.0 : -1.0 } ?? 0 }
    guard let begin = ChangePoint.onset(excess, threshold: 2), let finish = excess.lastIndex(of: 1), finish >= begin
    else { return grid.time(of: run) }
    // A slot of which only a part has more calls has less of them.
    func part(_ index: Int) -> Double {
      min(1, max(0, ((rates[index] ?? now) - usual) / max(now - usual, 1e-9)))
    }
    let onset =
      IncidentPartial.start(slots[begin], IncidentPartial.fine)
      + (Int64(checked: (1 - part(begin)) * Double(IncidentPartial.fine)) ?? 0)
    return onset..<max(onset, IncidentPartial.start(slots[finish] + 1, IncidentPartial.fine))
  }
}
