// Tonight as the history shall keep it.

internal import Support
internal import Model

extension TestTimeline {
  /// Nights of more builds than this are kept as sums.
  private static let longestSequence = 256

  /// The night's row of a test.
  ///
  /// - Parameters:
  ///   - test: its name.
  ///   - steps: its steps of tonight.
  ///   - cluster: the failure cluster it belongs to, empty where it stood alone.
  /// - Returns: nil where it has no step.
  func outcome(of test: String, _ steps: ArraySlice<TestStep>, cluster: String = "") -> TestHistory.Outcome? {
    guard let worst = AttemptModel.worst(steps) else { return nil }
    let own = steps.filter { !$0.isCollateral }
    let counted = own.isEmpty ? Array(steps) : own
    var outcome = TestHistory.Outcome(test: test, outcome: worst)
    outcome.attempts = counted.reduce(0) { $0 + $1.attempts }
    outcome.failures = counted.reduce(0) { $0 + $1.failures }
    outcome.builds = counted.reduce(0) { $0 + $1.builds }
    outcome.firstFailures = counted.reduce(0) { $0 + $1.firstFailures }
    outcome.duration = steps.reduce(0) { $0.addingSaturated($1.duration) }
    outcome.cluster = steps.contains { $0.failures > 0 } ? cluster : ""
    outcome.isCollateral = own.isEmpty
    if builds.count - tonight <= Self.longestSequence { outcome.sequence = sequence(of: steps) }
    return outcome
  }

  private func sequence(of steps: ArraySlice<TestStep>) -> String {
    var letters = [UInt8](repeating: UInt8(ascii: "-"), count: builds.count - tonight)
    for step in steps where step.ran {
      letters[step.build - tonight] = UInt8(
        ascii: step.isCollateral ? "C" : step.isFlaky ? "R" : step.isFailure ? "F" : "P")
    }
    return String(decoding: letters, as: UTF8.self)
  }

  /// The night.
  func night(_ clusters: FailureClusters, date: String) -> TestHistory.Night {
    let clusterOf = Dictionary(
      clusters.clusters.flatMap { cluster in cluster.tests.map { ($0, cluster.id) } },
      uniquingKeysWith: { first, _ in first })
    let tonights = builds[tonight...]
    let revisions = Set(tonights.map(\.revision))
    var night = TestHistory.Night(night: date, revision: revisions.count == 1 ? revisions.first ?? "" : "")
    night.builds = tonights.map(\.label)
    night.tests = untroubled
    for track in tracks {
      if let row = outcome(of: track.test, track.steps(from: tonight), cluster: clusterOf[track.test] ?? "") {
        night.tests.append(row)
      }
    }
    night.tests.sort { $0.test < $1.test }
    return night
  }
}
