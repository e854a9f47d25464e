// What rerunning failed tests is worth: how often a build turns green, what it costs, and which faults it hides.
//
// With failure rates pᵢ and r reruns, independent tests leave a build green with P = ∏(1 − pᵢ^(r+1)) and cost
// Σ tᵢ(pᵢ + … + pᵢ^r). Tests of one cluster fail together: then the product runs over clusters. Rates are fitted on earlier
// builds and tested on later ones; attempts that were never made leave bounds.

internal import Glibc
package import Model

package enum RerunPolicies {
  /// P(green) of independent tests with these failure rates under r reruns.
  package static func green(rates: [Double], reruns: Int) -> Double {
    var logarithm = 0.0
    for rate in rates where rate > 0 {
      let stays = pow(min(rate, 1), Double(reruns + 1))
      if stays >= 1 { return 0 }
      logarithm += log1p(-stays)
    }
    return exp(logarithm)
  }

  /// Microseconds that r reruns cost per build.
  package static func cost(_ tests: [(rate: Double, duration: Double)], reruns: Int) -> Double {
    tests.reduce(0) { sum, test in
      var powers = 0.0
      var power = 1.0
      for _ in 0..<max(reruns, 0) {
        power *= min(test.rate, 1)
        powers += power
      }
      return sum + test.duration * powers
    }
  }

  /// Builds failed one and all from which a test may as well be broken as flaky.
  private static let leastPersistent = 3

  /// How sure the fit is: 95 %.
  private static let confidence = 1.96

  private struct Unit {
    var failures = 0
    var runs = 0
    var duration = 0.0
    /// A unit that never passed, and is not known to be broken, may still pass: a share of 1 out of a few runs would make
    /// every build red for certain, so Jeffreys' mean stands for it.
    var rate: Double {
      if runs == 0 { return 0 }
      return failures < runs ? Double(failures) / Double(runs) : (Double(runs) + 0.5) / (Double(runs) + 1)
    }
  }

  /// Evaluates no rerun up to three reruns.
  ///
  /// - Parameters:
  ///   - timeline: the builds and steps.
  ///   - clusters: tests that fail together.
  ///   - verdicts: which tests are broken; their failures are faults, not flakes, and no rerun shall hide them.
  /// - Returns: nothing where there are no builds with failures to learn from.
  package static func evaluate(
    _ timeline: TestTimeline, clusters: FailureClusters, verdicts: [String: TestVerdict]
  ) -> [TestFindings.RerunPolicy] {
    let order = timeline.builds.indices
    // A test that never failed adds nothing: its rate is 0, so are its cost and its error.
    let failing = timeline.tracks.filter { $0.hasTrouble && $0.steps.contains { $0.firstFailures > 0 } }
    guard !order.isEmpty, !failing.isEmpty else { return [] }
    let split = order.count >= 6 ? order.count * 2 / 3 : order.count
    let groups = Dictionary(
      clusters.clusters.filter { $0.basis == "message" || $0.basis == "coFailure" }.flatMap { cluster in
        cluster.tests.map { ($0, cluster.id) }
      }, uniquingKeysWith: { first, _ in first })
    var tests: [Unit] = []
    var units: [String: Unit] = [:]
    var joint: [String: [Int: (failed: Bool, ran: Bool)]] = [:]
    for track in timeline.tracks where track.hasTrouble || groups[track.test] != nil {
      let test = track.test
      let broken = verdicts[test]?.brokenSince ?? .max
      var unit = Unit()
      for step in track.steps where step.build < split && step.ran && step.build < broken && !Self.isElsewhere(step) {
        unit.failures += step.firstFailures
        unit.runs += step.builds
        unit.duration += Double(step.duration)
        if let group = groups[test] {
          let before = joint[group]?[step.build] ?? (false, false)
          joint[group, default: [:]][step.build] = (before.failed || step.firstFailures > 0, true)
        }
      }
      if unit.runs > 0 { unit.duration /= Double(unit.runs) }
      tests.append(unit)
      if groups[test] == nil { units[test] = unit }
    }
    for (group, builds) in joint {
      units["cluster " + group] = Unit(
        failures: builds.values.count { $0.failed }, runs: builds.values.count { $0.ran })
    }
    let clustered = units.sorted { $0.key < $1.key }.map(\.value)
    let outcomes = RerunOutcomes(timeline, failing, verdicts: verdicts)
    return (0...3).map { reruns in
      let observed = outcomes.green(from: split, reruns: reruns)
      var policy = TestFindings.RerunPolicy(
        reruns: reruns, green: estimate(tests, reruns: reruns, split: split, tested: observed?.builds ?? 0),
        cost: costs(tests, reruns: reruns), buildsTurnedGreen: outcomes.turnedGreen(reruns: reruns),
        faultsMasked: masked(timeline, reruns: reruns, verdicts: verdicts))
      policy.greenClustered = estimate(clustered, reruns: reruns, split: split, tested: observed?.builds ?? 0)
      policy.fittedBuilds = split
      policy.testedBuilds = observed?.builds ?? 0
      policy.observedGreen = observed?.share
      return policy
    }
  }

  /// Set-up failures and outages are no property of a test.
  static func isElsewhere(_ step: TestStep) -> Bool { !(step.failure?.cause.isEmpty ?? true) }

  /// P(green) with an interval of the fit: rates by their binomial error, tests that have not failed yet by the share of
  /// tests that failed once (Good and Turing), and the chance of the tested builds themselves.
  ///
  /// A unit that failed in every one of several builds may flake often or be broken: no pass says what a rerun would do. If
  /// it is broken no build is green while it stays so, if it was mended the others decide: bounds, and no value.
  private static func estimate(_ units: [Unit], reruns: Int, split: Int, tested: Int) -> Estimate {
    let known = units.filter { $0.failures < $0.runs || $0.runs < leastPersistent }
    guard known.count == units.count else {
      let others = estimate(known, reruns: reruns, split: split, tested: tested)
      return Estimate(nil, low: 0, high: others.high)
    }
    let value = green(rates: units.map(\.rate), reruns: reruns)
    guard value > 0 else { return Estimate(0, low: 0, high: 1) }
    var variance = 0.0
    var once = 0
    for unit in units where unit.failures > 0 && unit.runs > 0 {
      // Jeffreys keeps the error of a rate of 0 or 1 from being none.
      let rate = (Double(unit.failures) + 0.5) / (Double(unit.runs) + 1)
      let slope = Double(reruns + 1) * pow(rate, Double(reruns)) / max(1 - pow(rate, Double(reruns + 1)), 1e-9)
      variance += slope * slope * rate * (1 - rate) / Double(unit.runs)
      if unit.failures == 1 { once += 1 }
    }
    let unseen = reruns == 0 ? Double(once) / Double(max(split, 1)) : 0
    var low = exp(log(value) - confidence * variance.squareRoot() - unseen)
    var high = exp(min(log(value) + confidence * variance.squareRoot(), 0))
    if tested > 0 {
      low -= confidence * (low * (1 - low) / Double(tested)).squareRoot()
      high += confidence * (high * (1 - high) / Double(tested)).squareRoot()
    }
    return Estimate(value, low: max(low, 0), high: min(high, 1))
  }

  private static func costs(_ tests: [Unit], reruns: Int) -> Estimate {
    let value = cost(tests.map { ($0.rate, $0.duration) }, reruns: reruns)
    let spread = tests.map { unit in
      let error = unit.runs == 0 ? 0 : (unit.rate * (1 - unit.rate) / Double(unit.runs)).squareRoot() * confidence
      return (low: max(unit.rate - error, 0), high: min(unit.rate + error, 1), duration: unit.duration)
    }
    return Estimate(
      value, low: cost(spread.map { ($0.low, $0.duration) }, reruns: reruns),
      high: cost(spread.map { ($0.high, $0.duration) }, reruns: reruns))
  }

  // MARK: - What reruns hide

  /// Faults whose first sign was a failure that a rerun made pass. At least those that broke for good within three builds;
  /// at most every test that failed just once and was made to pass.
  private static func masked(
    _ timeline: TestTimeline, reruns: Int, verdicts: [String: TestVerdict]
  ) -> Estimate {
    guard reruns > 0 else { return Estimate(exact: 0) }
    var low = 0
    var high = 0
    for track in timeline.tracks where track.hasTrouble {
      let (test, steps) = (track.test, track.steps)
      let passedByRerun = steps.filter { $0.build >= timeline.tonight && $0.isFlaky && !$0.isCollateral }
      guard let last = passedByRerun.last else { continue }
      if let broken = verdicts[test]?.brokenSince {
        if broken > last.build, broken - last.build <= 3 { low += 1 }
        high += 1
      } else if steps.count(where: { $0.failures > 0 }) == 1 {
        high += 1
      }
    }
    return Estimate(low == high ? Double(low) : nil, low: Double(low), high: Double(max(low, high)))
  }
}
