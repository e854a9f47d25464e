// From sums to figures: values, intervals, paired differences.
internal import Model

extension EvaluationBase {
  /// The figures of a policy's sums, its bounds where part of it is not supported, and its differences from the log.
  ///
  /// - Parameters:
  ///   - candidate: the sums, with the usual outcome assumed where the log tells nothing.
  ///   - worst: the sums if every unsupported attempt failed, nil where all are supported.
  ///   - best: the same if every one succeeded.
  /// - Returns: level, difference, and whether values were refused for bounds.
  func outcome(
    _ candidate: PolicySums, worst: PolicySums? = nil, best: PolicySums? = nil
  ) -> (level: PolicyFindings.Outcome, difference: PolicyFindings.Outcome, isRefused: Bool) {
    let total = candidate.exact + candidate.estimated + candidate.unsupported
    let share = total > 0 ? candidate.unsupported / total : 0
    let ofRetries = candidate.retries > 0 ? candidate.unsupported / candidate.retries : 0
    var isRefused = share > settings.unsupportedLimit || ofRetries > 5 * settings.unsupportedLimit
    // Nor is there a value where what is not known about persistence decides over a tenth of the failing requests.
    if ends != nil, let worst, let best {
      let range = worst.failed - best.failed
      isRefused = isRefused || range > 0.1 * Double(max(model.failing.count, 1))
    }
    let level = figures(candidate, minus: nil)
    let difference = figures(candidate, minus: sums)
    guard let worst, let best else { return (level, difference, false) }
    func widen(
      _ figures: PolicyFindings.Outcome, _ a: PolicyFindings.Outcome, _ b: PolicyFindings.Outcome
    ) -> PolicyFindings.Outcome {
      func join(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Estimate {
        let all = [figures[keyPath: path], a[keyPath: path], b[keyPath: path]]
        return Estimate(
          isRefused ? nil : figures[keyPath: path].value, low: all.map(\.low).min() ?? 0,
          high: all.map(\.high).max() ?? 0)
      }
      return PolicyFindings.Outcome(
        successRate: join(\.successRate), attemptsPerRequest: join(\.attemptsPerRequest),
        wastedAttempts: join(\.wastedAttempts), latencyP50: join(\.latencyP50), latencyP95: join(\.latencyP95),
        latencyP99: join(\.latencyP99), peakLoad: join(\.peakLoad))
    }
    return (
      widen(level, figures(worst, minus: nil), figures(best, minus: nil)),
      widen(difference, figures(worst, minus: sums), figures(best, minus: sums)), isRefused
    )
  }

  /// The figures of sums, or of their paired difference from other sums.
  func figures(_ a: PolicySums, minus b: PolicySums?) -> PolicyFindings.Outcome {
    func rate(_ path: KeyPath<PolicySums, [Double]>, sign: Double = 1, offset: Double = 0) -> Estimate {
      let mine = a[keyPath: path]
      if let b {
        let theirs = b[keyPath: path]
        let ratio = BlockRatio(mine.indices.map { sign * (mine[$0] - theirs[$0]) }, per: requests)
        let noise = ratio.t * (ratio.standardError * ratio.standardError + simulation(a)).squareRoot()
        // Shares of requests differ by all of them at most.
        let most = sign < 0 ? 1.0 : .infinity
        return Estimate(ratio.value, low: max(ratio.value - noise, -most), high: min(ratio.value + noise, most))
      }
      // Failures and attempts beyond the first are the rates: the log scale is theirs.
      let ratio = BlockRatio(mine.indices.map { mine[$0] - offset * requests[$0] }, per: requests)
      let (low, high) = ratio.logarithmic
      return sign < 0
        ? Estimate(1 - ratio.value, low: max(1 - high, 0), high: 1 - low)
        : Estimate(offset + ratio.value, low: offset + low, high: offset + high)
    }
    let quantiles = latencies(a, minus: b)
    let peak = a.load.peak - (b?.load.peak ?? 0)
    let peakNoise = 1.96 * a.load.peakSpread
    return PolicyFindings.Outcome(
      successRate: rate(\.failures, sign: -1), attemptsPerRequest: rate(\.attempts, offset: 1),
      wastedAttempts: rate(\.wasted), latencyP50: quantiles[0], latencyP95: quantiles[1], latencyP99: quantiles[2],
      peakLoad: Estimate(peak, low: peak - peakNoise, high: peak + peakNoise))
  }

  private func simulation(_ a: PolicySums) -> Double { a.simulationError * a.simulationError }

  /// The three quantiles with their block bootstrap, whole microseconds.
  private func latencies(_ a: PolicySums, minus b: PolicySums?) -> [Estimate] {
    let mine = a.latency.cumulated
    let theirs = b?.latency.cumulated
    return [0.5, 0.95, 0.99].map { q in
      let value = (a.latency.quantile(q) ?? 0) - (b.flatMap { $0.latency.quantile(q) } ?? 0)
      var samples = draws.weights.map { weights in
        var sample = a.latency.quantile(q, cumulated: mine, weights: weights)
        if let b, let theirs { sample -= b.latency.quantile(q, cumulated: theirs, weights: weights) }
        return sample
      }
      samples.sort()
      let last = samples.count - 1
      let low = min(samples[Int(Double(last) * 0.025)], value)
      let high = max(samples[last - Int(Double(last) * 0.025)], value)
      return Estimate(value.rounded(), low: low.rounded(.down), high: high.rounded(.up))
    }
  }
}
