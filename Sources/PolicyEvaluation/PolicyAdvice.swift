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

  static func complete(_ findings: inout PolicyFindings, policies: [Policy], unit: String) {
    let baseline = findings.baseline
    let all = findings.candidates.map(aims)
    for i in findings.candidates.indices {
      guard let mine = all[i] else {
        if findings.candidates[i].verdict.isEmpty { findings.candidates[i].verdict = refusal(findings.candidates[i]) }
        continue
      }
      findings.candidates[i].onFrontier = !all.contains { other in
        guard let other else { return false }
        return zip(other, mine).allSatisfy { $0 <= $1 } && other != mine
      }
      findings.candidates[i].verdict = verdict(findings.candidates[i], baseline, unit)
    }
    for (i, policy) in policies.enumerated() where i < findings.candidates.count {
      findings.candidates[i].configuration = ConfigurationSyntax.text(policy)
    }
    (findings.advice, findings.recommended) = advice(findings, all, policies, unit)
  }

  private static func refusal(_ candidate: PolicyFindings.Candidate) -> String {
    let success = candidate.outcome.successRate
    return "'\(candidate.name)' cannot be judged from this log: its success lies between \(percent(success.low)) and "
      + "\(percent(success.high))."
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

  private static func verdict(
    _ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome, _ unit: String
  ) -> String {
    let gain = gain(candidate, baseline)
    let extra: Double
    if let aware = candidate.loadAware {
      extra = (aware.attemptsPerRequest.value ?? 0) - (baseline.attemptsPerRequest.value ?? 0)
    } else {
      extra = candidate.difference.attemptsPerRequest.value ?? 0
    }
    let change = (gain.value ?? 0) * 1e6
    let latency = candidate.difference.latencyP99.value ?? 0
    let what: String
    // What every night would bring, else what this one would have, else what is likely.
    var shown = gain
    var sure = ""
    var scope = ""
    if gain.low <= 0, gain.high >= 0 {
      if let tonight = tonight(candidate), tonight.low > 0 || tonight.high < 0 {
        shown = tonight
        scope = " on this night"
      } else {
        sure = "probably "
      }
    }
    func range(_ low: Double, _ high: Double) -> String {
      "(\(PolicyText.number((low * 1e6).rounded())) to \(PolicyText.number((high * 1e6).rounded())))"
    }
    if isBetter(candidate, baseline) {
      what =
        "would \(sure)have saved \(PolicyText.number(change.rounded())) more \(unit) in a million\(scope) "
        + range(shown.low, shown.high)
    } else if isWorse(candidate, baseline) {
      what =
        "would \(sure)have lost \(PolicyText.number((-change).rounded())) more \(unit) in a million\(scope) "
        + range(-shown.high, -shown.low)
    } else if gain.low == 0, gain.high == 0 {
      what = "would have served exactly as many \(unit) as the log"
    } else {
      what = "would have made no difference in success that this log can show"
    }
    let load =
      extra == 0
      ? "at the same load"
      : extra > 0
        ? "for \(PolicyText.number(extra)) more attempts per request"
        : "with \(PolicyText.number(-extra)) fewer attempts per request"
    let wait =
      abs(latency) < 1000
      ? "" : ", and a p99 \(PolicyText.duration(Int64(abs(latency).rounded()))) \(latency > 0 ? "longer" : "shorter")"
    let basis = candidate.loadAware == nil ? "" : " under the load response that the log shows"
    return "'\(candidate.name)' \(what)\(basis), \(load)\(wait)."
  }

  private static func advice(
    _ findings: PolicyFindings, _ all: [[Double]?], _ policies: [Policy], _ unit: String
  ) -> (lines: [String], recommended: String?) {
    guard !findings.candidates.isEmpty else { return ([], nil) }
    let judged = findings.candidates.indices.filter { all[$0] != nil && policies[$0].supervision == nil }
    let better = judged.filter { isBetter(findings.candidates[$0], findings.baseline) }
    guard
      let best = better.max(by: { a, b in
        let x = gain(findings.candidates[a], findings.baseline).value ?? 0
        let y = gain(findings.candidates[b], findings.baseline).value ?? 0
        // Within 2 % of the gain, the cheaper one.
        if abs(x - y) > 0.02 * max(x, y) { return x < y }
        let load = (all[a]?[1] ?? 0, all[b]?[1] ?? 0)
        return load.0 != load.1 ? load.0 > load.1 : findings.candidates[a].name > findings.candidates[b].name
      })
    else {
      if judged.isEmpty { return (["This log cannot decide between the candidates: see their bounds."], nil) }
      let unknown = findings.candidates.count {
        $0.outcome.successRate.value == nil && $0.outcome.successRate.low < $0.outcome.successRate.high
      }
      if unknown > 0 {
        return (
          [
            "Keep what is there until more is known: no candidate is sure to serve more \(unit) than the log's own policy, and "
              + "\(unknown) of \(findings.candidates.count) cannot be judged from this log."
          ], nil
        )
      }
      return (
        ["Keep what is there: no candidate serves more \(unit) than the log's own policy, as far as it can tell."], nil
      )
    }
    let candidate = findings.candidates[best]
    var lines = ["Take '\(candidate.name)'. " + candidate.verdict]
    let promised = gain(candidate, findings.baseline)
    if promised.low <= 0, tonight(candidate).map({ $0.low > 0 }) ?? false {
      lines.append(
        "That holds for this night. It had \(candidate.outages) \(candidate.outages == 1 ? "outage" : "outages"), too few to "
          + "promise the same of other nights: there, \(PolicyText.number((promised.low * 1e6).rounded())) to "
          + "\(PolicyText.number((promised.high * 1e6).rounded())) in a million.")
    }
    let second = better.filter { $0 != best }.max { a, b in
      (gain(findings.candidates[a], findings.baseline).value ?? 0, findings.candidates[b].name)
        < (gain(findings.candidates[b], findings.baseline).value ?? 0, findings.candidates[a].name)
    }
    if let second {
      let lead =
        (gain(candidate, findings.baseline).value ?? 0)
        - (gain(findings.candidates[second], findings.baseline).value ?? 0)
      lines.append(
        "Next best is '\(findings.candidates[second].name)', \(PolicyText.number((lead * 1e6).rounded())) \(unit) in a "
          + "million behind it.")
    }
    if let configuration = candidate.configuration { lines.append("Its setting:\n" + configuration) }
    let front = judged.filter { findings.candidates[$0].onFrontier }.map { "'\(findings.candidates[$0].name)'" }
    if front.count > 1 {
      lines.append(
        "No other candidate beats these in success, load, latency and waste at once: \(front.joined(separator: ", ")).")
    }
    return (lines, candidate.name)
  }

  private static func percent(_ value: Double) -> String {
    let scaled = (value * 1e6).rounded() / 1e4
    return "\(scaled == scaled.rounded() ? String(Int64(checked: scaled) ?? 0) : scaled.description) %"
  }
}
