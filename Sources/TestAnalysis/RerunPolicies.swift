// What rerunning failed tests is worth: how often a build turns green, what it costs, and which faults it hides.
//
// With failure rates pᵢ and r reruns, independent tests leave a build green with P = ∏(1 − pᵢ^(r+1)) and cost
// Σ tᵢ(pᵢ + … + pᵢ^r). Rates are learned (`FlakeRates`) without set-ups, outages and faults, on all builds that are known.
// Tests of one cluster fail together: then the product runs over clusters. A night's figure is the mean over its builds,
// each with the lines of its branch.

internal import Model
internal import Glibc
internal import Support

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

  private static let mostReruns = 3
  /// How sure the cost is: 95 %.
  private static let confidence = 1.96

  /// What is known of one test on one configuration, over all branches.
  struct Unit {
    /// Of the attempts in builds that no fault and no outage had.
    var failures = 0
    var attempts = 0
    var duration = 0.0

    var rate: Double { attempts == 0 ? 0 : Double(failures) / Double(attempts) }

    /// The variance of the rate after Jeffreys, which keeps a rate of 0 or 1 from being sure.
    var variance: Double {
      let rate = (Double(failures) + 0.5) / (Double(attempts) + 1)
      return rate * (1 - rate) / Double(max(attempts, 1))
    }
  }

  /// Evaluates no rerun up to three reruns.
  ///
  /// - Parameters:
  ///   - timeline: the builds and steps.
  ///   - clusters: tests that fail together.
  ///   - verdicts: what is known of the lines; the builds of their faults are left out, and no rerun shall hide them.
  /// - Returns: nothing where there are no builds.
  static func evaluate(
    _ timeline: TestTimeline, clusters: FailureClusters, verdicts: [LineVerdict]
  ) -> [TestFindings.RerunPolicy] {
    guard timeline.builds.count > timeline.tonight, !verdicts.isEmpty else { return [] }
    let fit = RerunFit(timeline, clusters: clusters, verdicts: verdicts, reruns: mostReruns)
    let outcomes = RerunOutcomes(timeline, verdicts: verdicts)
    return (0...mostReruns).map { reruns in
      let observed = outcomes.green(from: timeline.tonight, reruns: reruns)
      var policy = TestFindings.RerunPolicy(
        reruns: reruns, green: fit.green(reruns: reruns, inClusters: false), cost: fit.cost(reruns: reruns),
        buildsTurnedGreen: outcomes.turnedGreen(reruns: reruns), faultsMasked: masked(timeline, reruns, verdicts))
      policy.greenClustered = fit.green(reruns: reruns, inClusters: true)
      policy.fittedBuilds = timeline.builds.count(where: \.hasTests)
      policy.testedBuilds = observed?.builds ?? 0
      policy.observedGreen = observed?.share
      policy.keptRed = outcomes.keptRed
      policy.lines = fit.lines(reruns: reruns)
      return policy
    }
  }

  /// What the reruns of these lines cost per build, with the binomial error of their rates.
  static func costs(_ units: [Unit], reruns: Int) -> Estimate {
    let spread = units.map { unit in
      let error = unit.attempts == 0 ? 0 : confidence * unit.variance.squareRoot()
      return (low: max(unit.rate - error, 0), high: min(unit.rate + error, 1), duration: unit.duration)
    }
    return Estimate(
      cost(units.map { ($0.rate, $0.duration) }, reruns: reruns),
      low: cost(spread.map { ($0.low, $0.duration) }, reruns: reruns),
      high: cost(spread.map { ($0.high, $0.duration) }, reruns: reruns))
  }

  // MARK: - What reruns hide

  /// Faults whose first sign was a failure that a rerun made pass. At least those that broke for good within three builds;
  /// at most every line that failed just once and was made to pass.
  private static func masked(_ timeline: TestTimeline, _ reruns: Int, _ verdicts: [LineVerdict]) -> Estimate {
    guard reruns > 0 else { return Estimate(exact: 0) }
    var low = 0
    var high = 0
    for verdict in verdicts where verdict.basis == .sameRevision {
      let steps = timeline[verdict.test].first { $0.configuration == verdict.configuration }?.steps ?? []
      let own = steps.filter { timeline.builds[$0.build].branch == verdict.branch }
      guard let last = own.last(where: { $0.build >= timeline.tonight && $0.isFlaky && !$0.isElsewhere }) else {
        continue
      }
      if verdict.isBroken, let broken = verdict.tailSince {
        if broken > last.build, broken - last.build <= 3 { low += 1 }
        high += 1
      } else if own.count(where: { $0.failures > 0 }) == 1 {
        high += 1
      }
    }
    return Estimate(low == high ? Double(low) : nil, low: Double(low), high: Double(max(low, high)))
  }
}
