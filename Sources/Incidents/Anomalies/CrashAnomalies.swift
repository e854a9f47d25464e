// Components that die and are started again.

internal import Support

/// Stretches in which a component dies again and again, as its supervisor tells: three deaths, none of them longer after the one before
/// than the quiet that ends an incident, or than a supervisor waits that waits longer each time. A single death is a restart, unless memory
/// grew until it came.
struct CrashAnomalies {
  /// Deaths that are more than a restart.
  static let restarts = 3
  /// How the wait before a restart grows, with some time to die in, and microseconds that it does not exceed: the kubelet doubles it up to
  /// five minutes, and forgets after ten (Kubernetes, "Pod Lifecycle", container restart policy).
  private static let growth = 2.5
  private static let longestWait: Int64 = 600_000_000

  let memory: MemoryGrowth
  let impacts: ImpactMap
  let settings: IncidentSettings

  /// How long after the last of some deaths another one belongs to them, microseconds.
  private func wait(after deaths: [Int64]) -> Int64 {
    guard deaths.count > 1 else { return settings.quiet }
    let last = deaths[deaths.count - 1].subtractingSaturated(deaths[deaths.count - 2])
    return max(settings.quiet, Int64(min(Self.growth * Double(last), Double(Self.longestWait))))
  }

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
        if let last = run.last, death.subtractingSaturated(last) > wait(after: run) {
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
