// Components that call others more often than usual.

internal import Model
internal import Support

/// Stretches in which a component makes many times the calls of another that its requests usually make, and its requests take longer
/// for it: a query in a loop ("N+1"), or a cache that no longer answers so that what stands behind it is asked each time.
///
/// Claim: in one minute, or in three, at least twice the usual number of calls per request and six robust standard deviations more,
/// twenty calls at least, attempts beyond the first not counted and failures no reason for them; and the caller's requests are slow
/// beyond their usual share. No call itself is slow or fails, so nothing else tells of it.
struct CallCountAnomalies {
  private static let certainty = 6.0
  private static let leastFactor = 2.0
  private static let leastCalls = 20.0
  private static let leastRequests = 10.0
  /// Failed calls per additional one that make them attempts.
  private static let failedShare = 0.25

  let grid: ComponentTimeline
  let behaviour: BehaviourContrast
  let durations: DurationContrast
  let settings: IncidentSettings

  /// Calls and requests by minute of one way.
  private struct Way {
    var calls: [Double]
    var failures: [Double]
  }

  /// - Complexity: O(edges × minutes)
  func find() -> [Anomaly] {
    var requests = [[Double]](repeating: [], count: grid.components.count)
    for (cell, activity) in grid.partial.activity.cells {
      guard let component = grid.component(cell.a),
        let minute = grid.minute(IncidentPartial.minute(ofFine: cell.slot))
      else { continue }
      if requests[component].isEmpty { requests[component] = Array(repeating: 0, count: grid.width) }
      requests[component][minute] += Double(activity.requests)
    }
    var ways: [CubeKey: Way] = [:]
    for (cell, edge) in grid.partial.edges.cells {
      guard let caller = grid.component(cell.a), let callee = grid.component(cell.b), caller != callee,
        let minute = grid.minute(cell.slot)
      else { continue }
      let none = Array(repeating: 0.0, count: grid.width)
      let key = CubeKey(a: Int32(caller), b: Int32(callee))
      ways[key, default: Way(calls: none, failures: none)].calls[minute] += Double(max(0, edge.calls - edge.repeats))
      ways[key, default: Way(calls: none, failures: none)].failures[minute] += Double(edge.failures)
    }
    return ways.sorted { $0.key < $1.key }.flatMap { key, way in
      requests[Int(key.a)].isEmpty ? [] : anomalies(key, way, requests[Int(key.a)])
    }
  }

  private func anomalies(_ key: CubeKey, _ way: Way, _ requests: [Double]) -> [Anomaly] {
    let rates = grid.baseline.compactMap { minute in
      requests[minute] >= ShareContrast.trustedTrials ? way.calls[minute] / requests[minute] : nil
    }
    guard rates.count >= grid.requiredSlots else { return [] }
    let usual = RobustBaseline(rates)
    guard usual.center > 0 else { return [] }
    var marked: Set<Int> = []
    var strength = 0.0
    for minute in grid.minutes.indices {
      for length in [1, 3] where minute + 1 >= length {
        let window = (minute + 1 - length)...minute
        guard grid.minutes[minute] - grid.minutes[window.lowerBound] < Int32(length) else { continue }
        let asked = window.reduce(0) { $0 + requests[$1] }
        let calls = window.reduce(0) { $0 + way.calls[$1] }
        let failures = window.reduce(0) { $0 + way.failures[$1] }
        guard asked >= Self.leastRequests else { continue }
        let more = calls - usual.center * asked
        // A request that makes a call or none scatters as a count does.
        let scatter = max(usual.spread, 0.1 * usual.center, (usual.center / asked).squareRoot())
        let z = more / asked / scatter
        guard more >= Self.leastCalls, calls >= Self.leastFactor * usual.center * asked, z >= Self.certainty,
          failures < Self.failedShare * more
        else { continue }
        if length > 1, !marked.isDisjoint(with: window) { continue }
        marked.formUnion(window)
        strength = max(strength, z)
      }
    }
    let caller = Int(key.a)
    return MinuteRuns.runs(marked.sorted(), slots: grid.minutes, gap: settings.quiet / 2).compactMap { run in
      guard durations.departure(of: caller, in: Array(run)) != nil else { return nil }
      let asked = run.reduce(0) { $0 + requests[$1] }
      let now = run.reduce(0) { $0 + way.calls[$1] } / max(asked, 1)
      let cause = behaviour.changedAnswer(of: caller, before: Int(key.b), in: Array(run))
      return Anomaly(
        component: cause ?? caller, sign: .moreCalls,
        onset: max(IncidentPartial.start(grid.minutes[run.lowerBound], IncidentPartial.coarse), grid.partial.first),
        end: min(IncidentPartial.start(grid.minutes[run.upperBound] + 1, IncidentPartial.coarse), grid.partial.last),
        strength: min(strength, 50), usualTime: usual.center, time: now,
        way: Anomaly.Way(caller: caller, callee: Int(key.b)))
    }
  }
}
