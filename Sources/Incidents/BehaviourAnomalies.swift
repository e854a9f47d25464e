/// Stretches in which the spans of a component log errors or break off as they usually do not. They count only where
/// spans never say themselves that they failed: where they do, `FailureAnomalies` knows better.
struct BehaviourAnomalies {
  private static let certainty = 8.0
  private static let leastExcess = 0.08

  let grid: ComponentTimeline
  let behaviour: BehaviourContrast
  let settings: IncidentSettings

  /// - Complexity: O(pairs × minutes)
  func find() -> [Anomaly] {
    var marked: [Int: [Int]] = [:]
    var strength: [Int: Double] = [:]
    for minute in grid.minutes.indices {
      for length in [1, 3] where minute + 1 >= length {
        let window = Array((minute + 1 - length)...minute)
        guard grid.minutes[minute] - grid.minutes[window[0]] < Int32(length) else { continue }
        for (component, alarm) in behaviour.alarms(in: window) {
          guard alarm.weight >= Self.certainty, alarm.contrast.excess >= Self.leastExcess else { continue }
          marked[component, default: []] += window.filter { !(marked[component] ?? []).suffix(3).contains($0) }
          strength[component] = max(strength[component] ?? 0, alarm.weight)
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
