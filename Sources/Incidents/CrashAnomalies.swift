// Components that die and are started again.

internal import Support

/// Stretches in which a component dies again and again, as its supervisor tells: three deaths, none of them longer after the one
/// before than the quiet that ends an incident. A single death is a restart.
struct CrashAnomalies {
  /// Deaths that are more than a restart.
  static let restarts = 3

  let grid: ComponentTimeline
  let impacts: ImpactMap
  let settings: IncidentSettings

  /// - Complexity: O(deaths)
  func find() -> [Anomaly] {
    impacts.crashTimes.sorted { $0.key < $1.key }.flatMap { component, deaths in
      var anomalies: [Anomaly] = []
      var run: [Int64] = []
      func close() {
        guard run.count >= Self.restarts, let first = run.first, let last = run.last else { return }
        anomalies.append(
          Anomaly(
            component: component, sign: .crashes, onset: first, end: last,
            strength: (2 * Double(run.count)).squareRoot(), crashes: run.count))
      }
      for death in deaths.map(\.time) {
        if let last = run.last, death.subtractingSaturated(last) > settings.quiet {
          close()
          run = []
        }
        run.append(death)
      }
      close()
      return anomalies
    }
  }
}
