// Components that die and are started again.

internal import Support

/// Stretches in which a component dies again and again, as its supervisor tells: three deaths, none of them longer after the one before
/// than a supervisor takes to believe that it lives. A single death is a restart, unless memory grew until it came.
struct CrashAnomalies {
  /// Deaths that are more than a restart.
  static let restarts = 3
  /// Microseconds after which one that lives is sound again: the kubelet waits up to five minutes before it starts a container anew, and
  /// forgets after ten (Kubernetes, "Pod Lifecycle", container restart policy).
  private static let backOff: Int64 = 600_000_000

  let memory: MemoryGrowth
  let impacts: ImpactMap
  let settings: IncidentSettings

  /// - Complexity: O(deaths)
  func find() -> [Anomaly] {
    impacts.crashTimes.sorted { $0.key < $1.key }.flatMap { component, deaths in
      var anomalies: [Anomaly] = []
      var run: [Int64] = []
      var before = Int64.min
      func close() {
        guard let first = run.first, let last = run.last else { return }
        let growth = memory.growth(of: component, before: first, since: before)
        before = last
        guard run.count >= Self.restarts || growth != nil else { return }
        anomalies.append(
          Anomaly(
            component: component, sign: .crashes, onset: first, end: last,
            strength: (2 * Double(run.count)).squareRoot(), crashes: run.count, growth: growth))
      }
      for death in deaths.map(\.time) {
        if let last = run.last, death.subtractingSaturated(last) > max(settings.quiet, Self.backOff) {
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
