// From figures to advice: who is on the front, one sentence each, and what to write into the configuration.
internal import Support
internal import Model

/// Completes findings with verdicts, the Pareto front and recommendations.
enum PolicyAdvice {
  /// Success, added load, added latency and wasted attempts; nil where the candidate has no value.
  private static func aims(_ candidate: PolicyFindings.Candidate) -> [Double]? {
    let outcome = candidate.loadAware ?? candidate.outcome
    guard let success = outcome.successRate.value, let attempts = outcome.attemptsPerRequest.value,
      let latency = outcome.latencyP99.value, let wasted = outcome.wastedAttempts.value,
      candidate.difference.successRate.value != nil
    else { return nil }
    return [-success, attempts, latency, wasted]
  }

  static func complete(_ findings: inout PolicyFindings, policies: [Policy], unit: PolicyFindings.Unit) {
    let baseline = findings.baseline
    let all = findings.candidates.map(aims)
    for i in findings.candidates.indices {
      guard let mine = all[i] else {
        if findings.candidates[i].verdict == .unjudged {
          let success = findings.candidates[i].outcome.successRate
          findings.candidates[i].verdict = .refused(low: success.low, high: success.high)
        }
        continue
      }
      findings.candidates[i].onFrontier = !all.contains { other in
        guard let other else { return false }
        return zip(other, mine).allSatisfy { $0 <= $1 } && other != mine
      }
      findings.candidates[i].verdict = .effect(effect(findings.candidates[i], baseline, unit))
    }
    for (i, policy) in policies.enumerated() where i < findings.candidates.count {
      findings.candidates[i].configuration = ConfigurationSyntax.text(policy).map { ForeignText($0) }
    }
    (findings.advice, findings.recommended) = advice(findings, all, policies, unit)
  }

  /// Success of a candidate as it counts for advice: under the fitted load where there is one.
  private static func gain(_ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome) -> Estimate {
    guard let aware = candidate.loadAware, let value = aware.successRate.value,
      let before = baseline.successRate.value
    else { return candidate.difference.successRate }
    return Estimate(value - before, low: aware.successRate.low - before, high: aware.successRate.high - before)
  }

  /// The gain on this night alone; under a load that the log does not hold there is none.
  private static func tonight(_ candidate: PolicyFindings.Candidate) -> Estimate? {
    candidate.loadAware == nil ? candidate.tonight : nil
  }

  private static func isBetter(
    _ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome
  ) -> Bool {
    tonight(candidate).map { $0.low > 0 } ?? false || isBetter(gain(candidate, baseline))
  }

  private static func isWorse(
    _ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome
  ) -> Bool {
    tonight(candidate).map { $0.high < 0 } ?? false || isWorse(gain(candidate, baseline))
  }

  /// Whether a gain is one: its interval lies above 0, or at least that of four in five would.
  private static func isBetter(_ gain: Estimate) -> Bool {
    gain.low > 0 || (gain.value ?? 0) > 0.3 * (gain.high - gain.low) && gain.high > gain.low
  }

  private static func isWorse(_ gain: Estimate) -> Bool {
    gain.high < 0 || (gain.value ?? 0) < -0.3 * (gain.high - gain.low) && gain.high > gain.low
  }

  private static func effect(
    _ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome, _ unit: PolicyFindings.Unit
  ) -> PolicyFindings.Effect {
    let gain = gain(candidate, baseline)
    let extra: Double
    if let aware = candidate.loadAware {
      extra = (aware.attemptsPerRequest.value ?? 0) - (baseline.attemptsPerRequest.value ?? 0)
    } else {
      extra = candidate.difference.attemptsPerRequest.value ?? 0
    }
    // What every night would bring, else what this one would have, else what is likely.
    var shown = gain
    var basis = PolicyFindings.Effect.Basis.anyNight
    if gain.low <= 0, gain.high >= 0 {
      if let tonight = tonight(candidate), tonight.low > 0 || tonight.high < 0 {
        shown = tonight
        basis = .thisNight
      } else {
        basis = .likely
      }
    }
    let direction: PolicyFindings.Effect.Direction =
      if isBetter(candidate, baseline) {
        .better
      } else if isWorse(candidate, baseline) {
        .worse
      } else {
        gain.low == 0 && gain.high == 0 ? .same : .undecided
      }
    return PolicyFindings.Effect(
      direction: direction, basis: basis, gain: gain.value ?? 0, low: shown.low, high: shown.high,
      extraAttempts: extra, extraLatency: candidate.difference.latencyP99.value ?? 0,
      isUnderLoad: candidate.loadAware != nil, unit: unit)
  }

  private static func advice(
    _ findings: PolicyFindings, _ all: [[Double]?], _ policies: [Policy], _ unit: PolicyFindings.Unit
  ) -> (lines: [PolicyFindings.Advice], recommended: ForeignName?) {
    guard !findings.candidates.isEmpty else { return ([], nil) }
    let judged = findings.candidates.indices.filter { all[$0] != nil && policies[$0].supervision == nil }
    let better = judged.filter { isBetter(findings.candidates[$0], findings.baseline) }
    func value(_ index: Int) -> Double { gain(findings.candidates[index], findings.baseline).value ?? 0 }
    guard
      let best = better.max(by: { a, b in
        let (x, y) = (value(a), value(b))
        // Within 2 % of the gain, the cheaper one.
        if abs(x - y) > 0.02 * max(x, y) { return x < y }
        let load = (all[a]?[1] ?? 0, all[b]?[1] ?? 0)
        return load.0 != load.1 ? load.0 > load.1 : findings.candidates[a].name > findings.candidates[b].name
      })
    else {
      if judged.isEmpty { return ([.undecided], nil) }
      let unknown = findings.candidates.count {
        $0.outcome.successRate.value == nil && $0.outcome.successRate.low < $0.outcome.successRate.high
      }
      if unknown > 0 { return ([.keepUntilKnown(unjudged: unknown, of: findings.candidates.count, unit)], nil) }
      return ([.keep(unit)], nil)
    }
    let candidate = findings.candidates[best]
    var lines: [PolicyFindings.Advice] = [.take(name: candidate.name, effect(candidate, findings.baseline, unit))]
    let promised = gain(candidate, findings.baseline)
    if promised.low <= 0, tonight(candidate).map({ $0.low > 0 }) ?? false {
      lines.append(.holdsForThisNight(outages: candidate.outages, low: promised.low, high: promised.high))
    }
    let second = better.filter { $0 != best }.max { a, b in
      (value(a), findings.candidates[b].name) < (value(b), findings.candidates[a].name)
    }
    if let second {
      lines.append(.nextBest(name: findings.candidates[second].name, behind: value(best) - value(second), unit))
    }
    if let configuration = candidate.configuration { lines.append(.setting(configuration)) }
    let front = judged.filter { findings.candidates[$0].onFrontier }.map { findings.candidates[$0].name }
    if front.count > 1 { lines.append(.frontier(front)) }
    return (lines, candidate.name)
  }
}
