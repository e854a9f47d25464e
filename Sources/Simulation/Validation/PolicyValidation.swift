// Is the evaluator right? Bias, error and coverage against worlds whose truth is known, and its speed.
internal import Model
internal import Support
package import Policies

/// The validation of the evaluator on synthetic worlds; run in release mode by the `benchmark` executable.
package enum PolicyValidation {
  /// The candidates of the validation: extending, shortening and re-spacing the log's three attempts.
  package static let candidates: [Policy] = [
    Policy(
      "6 attempts",
      retry: RetryPolicy(attempts: 6, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))),
    Policy(
      "2 attempts",
      retry: RetryPolicy(attempts: 2, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))),
    Policy("fixed 2 s", retry: RetryPolicy(attempts: 3, backoff: Backoff(.fixed(2_000_000)))),
    Policy(
      "jitter from .1 s",
      retry: RetryPolicy(attempts: 3, backoff: Backoff(.exponential(base: 100_000, factor: 2), jitter: .full))),
    Policy(
      "5 attempts, 1 s x2",
      retry: RetryPolicy(attempts: 5, backoff: Backoff(.exponential(base: 1_000_000, factor: 2)))),
  ]

  /// An effect that a width is asked of.
  private static let worthwhile = 0.005

  private struct Tally {
    var success: [Double] = []
    var attempts: [Double] = []
    var p99: [Double] = []
    var truths: [Double] = []
    var attemptTruths: [Double] = []
    /// Errors of one who knows everything but the draws.
    var oracle: [Double] = []
    var oracleAttempts: [Double] = []
    var differences: [(low: Double, high: Double)] = []
    var trueDifferences: [Double] = []
    var levels: [(low: Double, high: Double)] = []
    /// The same figures as given for other nights.
    var nightDifferences: [(low: Double, high: Double)] = []
    var nightLevels: [(low: Double, high: Double)] = []
    /// Effects of twice their error, and those of them whose sign is right.
    var effects = 0
    var signs = 0
    var refused = 0
    /// How wide the difference's interval is, in effects, where the effect is worth half a point.
    var widths: [Double] = []
  }

  /// Runs the validation.
  ///
  /// - Parameters:
  ///   - world: how the worlds are made.
  ///   - worlds: how many.
  ///   - seed: of the first world; the others follow.
  ///   - runs: re-simulations that make the truth of one world.
  ///   - candidates: what is evaluated.
  /// - Returns: a table, a row per candidate.
  package static func run(
    _ world: SyntheticRetryWorld = SyntheticRetryWorld(), worlds: Int = 40, seed: UInt64 = 1, runs: Int = 8,
    candidates: [Policy] = PolicyValidation.candidates
  ) -> String {
    var tallies = [Tally](repeating: Tally(), count: candidates.count)
    var outages = 0
    var requests = 0
    for number in 0..<worlds {
      let seed = seed &+ UInt64(number) &* 7919
      let instance = world.instance(seed: seed)
      let log = CallLog(world.log(instance, seed: seed))
      requests += log.count
      let file = PolicyFile(policies: candidates, evaluation: EvaluationSettings(resamples: 100))
      guard let findings = PolicyEvaluator.evaluate(log, file: file) else { continue }
      outages += findings.candidates.first?.outages ?? 0
      let before = world.truth(instance, world.logged, runs: runs, seed: seed ^ 0x7A47)
      for (i, candidate) in findings.candidates.enumerated() {
        guard let retry = candidates[i].retry else { continue }
        let truth = world.truth(instance, retry, runs: runs, seed: seed ^ 0x7A47)
        guard let success = candidate.outcome.successRate.value,
          let attempts = candidate.outcome.attemptsPerRequest.value, let p99 = candidate.outcome.latencyP99.value
        else {
          tallies[i].refused += 1
          continue
        }
        tallies[i].success.append(success - truth.success)
        tallies[i].attempts.append(attempts - truth.attempts)
        tallies[i].p99.append(p99 / truth.p99 - 1)
        tallies[i].truths.append(truth.success)
        let oracle = world.oracle(instance, retry, runs: runs, seed: seed)
        tallies[i].oracle.append(oracle.success - truth.success)
        tallies[i].oracleAttempts.append(oracle.attempts - truth.attempts)
        tallies[i].attemptTruths.append(truth.attempts)
        let difference = candidate.difference.successRate
        tallies[i].differences.append((difference.low, difference.high))
        tallies[i].trueDifferences.append(truth.success - before.success)
        tallies[i].levels.append((candidate.outcome.successRate.low, candidate.outcome.successRate.high))
        let effect = truth.success - before.success
        if abs(effect) > difference.high - difference.low {
          tallies[i].effects += 1
          tallies[i].signs += (difference.value ?? 0) * effect > 0 ? 1 : 0
        }
        if abs(effect) > Self.worthwhile { tallies[i].widths.append((difference.high - difference.low) / abs(effect)) }
        guard let nights = candidate.otherNights else { continue }
        tallies[i].nightDifferences.append((nights.difference.successRate.low, nights.difference.successRate.high))
        tallies[i].nightLevels.append((nights.outcome.successRate.low, nights.outcome.successRate.high))
      }
    }
    return table(
      tallies, candidates,
      title: "\(worlds) worlds, \(requests / max(worlds, 1)) requests and \(outages / max(worlds, 1)) outages each")
  }

  /// What candidates truly give in one world: success and attempts per request.
  package static func figures(
    _ world: SyntheticRetryWorld, seed: UInt64, candidates: [Policy]
  ) -> [(success: Double, attempts: Double)] {
    let instance = world.instance(seed: seed)
    return candidates.compactMap(\.retry).map { retry in
      var retry = retry
      if retry.serverWait == nil { retry.serverWait = world.logged.serverWait }
      let truth = world.truth(instance, retry, runs: 8, seed: seed ^ 0x7A47)
      return (truth.success, truth.attempts)
    }
  }

  /// A row per candidate. Tonight's intervals are held against the truth of their own world, those of other nights against
  /// the mean over all.
  private static func table(_ tallies: [Tally], _ candidates: [Policy], title: String) -> String {
    var lines = [
      title,
      "candidate            truth    bias(success) ±se       rmse     bias(attempts) ±se      p99 err   tonight: cover level, diff  sign  nights: level, diff  refused  oracle: bias, rmse (success), bias, rmse (attempts)",
    ]
    var covers: [Double] = []
    for (i, tally) in tallies.enumerated() {
      let n = Double(max(tally.success.count, 1))
      let truth = tally.truths.reduce(0, +) / n
      let trueDifference = tally.trueDifferences.reduce(0, +) / n
      func cover(_ intervals: [(low: Double, high: Double)], _ truths: [Double]) -> Double {
        let held = zip(intervals, truths).count { $0.low - 1e-9 <= $1 && $1 <= $0.high + 1e-9 }
        return Double(held) / Double(max(intervals.count, 1))
      }
      func cover(_ intervals: [(low: Double, high: Double)], mean: Double) -> Double {
        cover(intervals, Array(repeating: mean, count: intervals.count))
      }
      covers.append(cover(tally.differences, tally.trueDifferences))
      let (bias, error, rmse) = spread(tally.success)
      let (attemptBias, attemptError, attemptRmse) = spread(tally.attempts)
      let p99 = tally.p99.reduce(0, +) / n
      let oracle = (spread(tally.oracle), spread(tally.oracleAttempts))
      let shares: [Double?] = [
        cover(tally.levels, tally.truths), covers[i],
        // No sign is asked for where no effect is twice its error.
        tally.effects > 0 ? Double(tally.signs) / Double(tally.effects) : nil,
        cover(tally.nightLevels, mean: truth), cover(tally.nightDifferences, mean: trueDifference),
      ]
      lines.append(
        ([
          candidates[i].name.padded(20), fixed(truth, 5), fixed(bias, 6), "±" + fixed(error, 6), fixed(rmse, 6),
          fixed(attemptBias, 6), "±" + fixed(attemptError, 6), fixed(attemptRmse, 6), fixed(p99 * 100, 2) + " %",
        ] + shares.map { $0.map { fixed($0 * 100, 1) } ?? "none" } + [
          String(tally.refused), fixed(oracle.0.mean, 6), fixed(oracle.0.rmse, 6), fixed(oracle.1.mean, 6),
          fixed(oracle.1.rmse, 6),
        ]).joined(separator: "  "))
    }
    lines.append(
      "paired differences cover \(fixed(covers.reduce(0, +) / Double(max(covers.count, 1)) * 100, 1)) % on average")
    let widths = tallies.map { $0.widths.sorted() }
    let all = widths.joined().sorted()
    func median(_ values: [Double]) -> String { values.isEmpty ? "none" : fixed(values[values.count / 2], 2) }
    lines.append(
      "tonight's intervals where the effect is over half a point: median width \(median(all)) effects (\(all.count)); "
        + zip(candidates, widths).map { "\($0.name) \(median($1)) (\($1.count))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  private static func spread(_ values: [Double]) -> (mean: Double, error: Double, rmse: Double) {
    let n = Double(max(values.count, 1))
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
    let square = values.reduce(0) { $0 + $1 * $1 } / n
    return (mean, (variance / n).squareRoot(), square.squareRoot())
  }

  /// A number with a fixed count of decimals.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "nan" }
    let scale = Backoff.power(10, digits)
    let scaled = Int64(checked: (abs(value) * scale).rounded()) ?? 0
    let whole = scaled / Int64(scale)
    let rest = String(scaled % Int64(scale))
    let sign = value < 0 && scaled != 0 ? "-" : "+"
    return sign + String(whole) + "." + String(repeating: "0", count: digits - rest.utf8.count) + rest
  }

  /// A log of one large world, to measure the evaluator's speed on.
  package static func episodes(requests: Int, seed: UInt64 = 1) -> CallPartial {
    var world = SyntheticRetryWorld()
    world.rate = Double(requests) / world.length / Double(world.components)
    return world.log(world.instance(seed: seed), seed: seed)
  }
}

extension String {
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
