// How tonight's builds would have ended under reruns, by what their reports show: bounds where nobody tried.

internal import Model

/// The failures of tonight's builds that are the tests' own, faults and what lay elsewhere left aside.
struct RerunOutcomes {
  /// Whether a failure stands in the way of green after r reruns: surely, surely not, or nobody tried.
  private enum Ending { case green, red, unknown }

  /// Every build of tonight in which a test ran, with the steps whose first attempt failed.
  private var failures: [Int: [TestStep]] = [:]
  /// Builds that are red whatever is rerun: a fault, a set-up, an outage, a dead job.
  private var kept: Set<Int> = []

  /// - Parameters:
  ///   - timeline: the builds and steps.
  ///   - verdicts: what is known of the lines.
  init(_ timeline: TestTimeline, verdicts: [LineVerdict]) {
    for build in timeline.tally.ran { failures[build] = [] }
    for build in timeline.tonight..<timeline.builds.count
    where timeline.builds[build].isIncomplete && timeline.builds[build].hasTests {
      kept.insert(build)
    }
    for verdict in verdicts {
      guard let track = timeline[verdict.test].first(where: { $0.configuration == verdict.configuration }) else {
        continue
      }
      for step in track.steps(from: timeline.tonight)
      where step.ran && step.firstFailures > 0 && timeline.builds[step.build].branch == verdict.branch {
        if step.isElsewhere || verdict.faults.contains(where: { $0.contains(step.build) }) {
          if step.isFailure { kept.insert(step.build) }
        } else {
          failures[step.build, default: []].append(step)
        }
      }
    }
  }

  var keptRed: Int { kept.count }

  private static func ending(_ step: TestStep, reruns: Int) -> Ending {
    guard !step.endings.isEmpty else { return reruns == 0 ? .red : .unknown }
    if step.endings.prefix(reruns + 1).contains(true) { return .green }
    return step.endings.count > reruns ? .red : .unknown
  }

  /// Whether a build was green at worst and at best.
  private static func ending(_ steps: [TestStep], reruns: Int) -> (low: Bool, high: Bool) {
    var bounds = (low: true, high: true)
    for step in steps {
      switch ending(step, reruns: reruns) {
      case .green: break
      case .red: return (false, false)
      case .unknown: bounds.low = false
      }
    }
    return bounds
  }

  /// The share of builds that r reruns left green, as far as it was the flaky tests' part; nil where there are none.
  func green(from first: Int, reruns: Int) -> (share: Estimate, builds: Int)? {
    let tested = failures.filter { $0.key >= first }.map { Self.ending($0.value, reruns: reruns) }
    guard !tested.isEmpty else { return nil }
    let low = Double(tested.count { $0.low }) / Double(tested.count)
    let high = Double(tested.count { $0.high }) / Double(tested.count)
    return (Estimate(low == high ? low : nil, low: low, high: high), tested.count)
  }

  /// How many builds that were not green without reruns turn green with r; one that a fault keeps red never does.
  func turnedGreen(reruns: Int) -> Estimate {
    let red = failures.filter { !kept.contains($0.key) && !Self.ending($0.value, reruns: 0).low }.map(\.value)
    let low = Double(red.count { Self.ending($0, reruns: reruns).low })
    let high = Double(red.count { Self.ending($0, reruns: reruns).high })
    return Estimate(low == high ? low : nil, low: low, high: high)
  }
}
