// Stretches in which components ran another way than usual.

internal import Support

/// Stretches in which the spans of a component run through other code than usual. They count only where spans never say
/// themselves that they failed: where they do, `FailureAnomalies` knows better.
///
/// Claim: in one or three minutes what departs is certain (six standard deviations), touches at least a twelfth of an
/// operation's spans and three of them, and no component further down the call graph explains it.
struct BehaviourAnomalies {
  /// A false one in a night of a thousand minutes and ten thousand event pairs is then a matter of years.
  private static let certainty = 6.0
  private static let leastExcess = 0.08
  private static let leastSpans = 3.0

  let grid: ComponentTimeline
  let scorer: SuspectScorer
  let settings: IncidentSettings

  /// - Complexity: O(pairs × minutes)
  func find() -> [Anomaly] {
    var marked: [Int: Set<Int>] = [:]
    var strength: [Int: Double] = [:]
    // By minute, the components of which anything departs.
    var departing: [Set<Int>] = []
    for minute in grid.minutes.indices {
      departing.append(Set(scorer.behaviours(in: [minute]).map(\.component)))
      for length in [1, 3] where minute + 1 >= length {
        let window = Array((minute + 1 - length)...minute)
        guard grid.minutes[minute] - grid.minutes[window[0]] < Int32(length) else { continue }
        for suspicion in scorer.behaviours(in: window) {
          guard suspicion.strength >= Self.certainty, suspicion.excess >= Self.leastExcess,
            suspicion.departed >= Self.leastSpans
          else { continue }
          let seen = window.filter { departing[$0].contains(suspicion.component) }
          marked[suspicion.component, default: []].formUnion(seen.isEmpty ? window : seen)
          strength[suspicion.component] = max(strength[suspicion.component] ?? 0, suspicion.strength)
        }
      }
    }
    var anomalies: [Anomaly] = []
    for (component, minutes) in marked.sorted(by: { $0.key < $1.key }) {
      for run in MinuteRuns.runs(minutes.sorted(), slots: grid.minutes, gap: settings.quiet / 2) {
        anomalies.append(
          Anomaly(
            component: component, sign: .behaviour,
            onset: IncidentPartial.start(grid.minutes[run.lowerBound], IncidentPartial.coarse),
            end: IncidentPartial.start(grid.minutes[run.upperBound] + 1, IncidentPartial.coarse),
            strength: strength[component] ?? 0))
      }
    }
    return anomalies
  }
}
