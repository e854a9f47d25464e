// How long outages last when some of them were still open at the end of the log.

/// Kaplan and Meier's estimate of a survival function with Greenwood's standard error (1958; 1926).
package struct Survival: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    package var time: Double
    package var atRisk: Int
    package var events: Int
    package var survival: Double
    /// NaN where nobody survives.
    package var standardError: Double
  }

  package private(set) var steps: [Step] = []

  /// Durations, and whether each ended (`true`) or was cut off by the end of the log.
  package init(_ durations: [(time: Double, ended: Bool)]) {
    let sorted = durations.sorted { ($0.time, $0.ended ? 0 : 1) < ($1.time, $1.ended ? 0 : 1) }
    var survival = 1.0
    var sum = 0.0
    var i = 0
    while i < sorted.count {
      let time = sorted[i].time
      let atRisk = sorted.count - i
      var events = 0
      while i < sorted.count, sorted[i].time == time {
        events += sorted[i].ended ? 1 : 0
        i += 1
      }
      guard events > 0 else { continue }
      survival *= 1 - Double(events) / Double(atRisk)
      sum += Double(events) / (Double(atRisk) * Double(atRisk - events))
      steps.append(
        Step(
          time: time, atRisk: atRisk, events: events, survival: survival,
          standardError: survival > 0 ? survival * sum.squareRoot() : .nan))
    }
  }

  /// The first time by which half have ended, nil where fewer than half did.
  package var median: Double? { steps.first { $0.survival <= 0.5 }?.time }
}
