// Components that fall silent.

internal import Support

/// Stretches in which a component that works steadily does nothing, while what comes to the system goes on: a consumer that
/// stopped, a worker that hangs, a route that lost its target. Nothing fails, so nothing else tells of it.
///
/// Claim: for so long that twenty whole requests were to be expected to reach it (chance: e⁻²⁰ of a Poisson count) there was none, in
/// at least three slots in a row, while requests entered at half their usual rate at least. Many calls of one request are one draw:
/// a rare request that calls a component fifty times leaves it silent most of the time. Where those above it failed half as many
/// requests meanwhile as are missing, it was not called because they broke off.
struct SilenceAnomalies {
  private static let leastExpected = 20.0
  private static let leastSlots = 3
  private static let leastEntering = 0.5
  /// The share of the night's slots in which the component must be at work for its silence to mean anything.
  private static let presence = 0.5
  /// The share of the missing requests that must have failed above it to explain them.
  private static let brokenOffShare = 0.5

  let grid: ComponentTimeline

  /// - Complexity: O(cells + components × slots that hold anything)
  func find() -> [Anomaly] {
    var counts: [Int: [Int32: Double]] = [:]
    var entering: [Int32: Double] = [:]
    var failures: [Int: [Int32: Double]] = [:]
    for (cell, activity) in grid.partial.activity.cells {
      guard let component = grid.component(cell.a) else { continue }
      counts[component, default: [:]][cell.slot, default: 0] += Double(activity.requests)
      if activity.failures > 0 {
        failures[component, default: [:]][cell.slot, default: 0] += Double(activity.failures)
      }
      if grid.callers[component].isEmpty { entering[cell.slot, default: 0] += Double(activity.requests) }
    }
    var passing: [Int: Double] = [:]
    for (cell, visit) in grid.partial.visits.cells {
      guard let component = grid.component(cell.a) else { continue }
      passing[component, default: 0] += Double(visit.requests)
    }
    let slots = entering.keys.sorted()
    let usualEntering = RobustBaseline.quantile(entering.values.sorted(), 0.5)
    var anomalies: [Anomaly] = []
    for component in grid.components.indices where grid.hasSpans[component] {
      let own = counts[component] ?? [:]
      guard Double(own.count) >= Self.presence * Double(slots.count) else { continue }
      let usual = RobustBaseline.quantile(slots.map { own[$0] ?? 0 }.sorted(), 0.5)
      let others = usualEntering - (grid.callers[component].isEmpty ? usual : 0)
      guard others > 0 else { continue }
      let draws = min(1, (passing[component] ?? 0) / max(own.values.reduce(0, +), 1))
      let silent = slots.filter { own[$0] == nil && (entering[$0] ?? 0) >= Self.leastEntering * others }
      for run in Self.runs(silent) where run.count >= Self.leastSlots {
        let missing = usual * Double(run.count)
        // What ends the night began to end it.
        guard missing * draws >= Self.leastExpected, run.lowerBound > slots[0], run.upperBound < slots[slots.count - 1]
        else {
          continue
        }
        let brokenOff =
          failures.lazy.filter { $0.key != component && grid.reachable(from: $0.key).contains(component) }
          .map { _, slots in run.reduce(0) { $0 + (slots[$1] ?? 0) } }.max() ?? 0
        guard brokenOff < Self.brokenOffShare * missing * draws else { continue }
        anomalies.append(
          Anomaly(
            component: component, sign: .silence,
            onset: IncidentPartial.start(run.lowerBound, IncidentPartial.fine),
            end: IncidentPartial.start(run.upperBound + 1, IncidentPartial.fine),
            strength: (2 * missing * draws).squareRoot(), missing: missing))
      }
    }
    return anomalies
  }

  private static func runs(_ slots: [Int32]) -> [ClosedRange<Int32>] {
    var runs: [ClosedRange<Int32>] = []
    for slot in slots {
      if let last = runs.last, last.upperBound + 1 == slot {
        runs[runs.count - 1] = last.lowerBound...slot
      } else {
        runs.append(slot...slot)
      }
    }
    return runs
  }
}
