// From figures to advice: who is on the front, which candidate is best, whether it may be adopted, and what that takes.
internal import Model
internal import Support

/// Completes findings with verdicts, the Pareto front and the recommendation.
struct PolicyAdvice {
  let policies: [Policy]
  let unit: PolicyFindings.Unit
  /// The longest that anybody was seen to wait, microseconds.
  let longestWait: Int64
  /// Whether those who waited are the callers of those who call: where calls are not nested, a call with all its attempts.
  let isWaitAbove: Bool
  let isModelRejected: Bool
  let isHiding: Bool
  /// The first component that load overwhelms.
  let overloaded: ForeignName?
  /// The first component that the log leaves in an outage that retries may have kept up.
  let downAtEnd: ForeignName?
  /// A component that failed from the log's first to its last minute.
  let strained: ForeignName?

  /// Success, added load, added latency and wasted attempts; nil where the candidate has no value.
  private static func aims(_ candidate: PolicyFindings.Candidate) -> [Double]? {
    let outcome = candidate.outcome
    guard let success = outcome.successRate.value, let attempts = outcome.attemptsPerRequest.value,
      let latency = outcome.latencyP99.value, let wasted = outcome.wastedAttempts.value,
      candidate.difference.successRate.value != nil, !candidate.isAboutTasks
    else { return nil }
    return [-success, attempts, latency, wasted]
  }

  func complete(_ findings: inout PolicyFindings) {
    let all = findings.candidates.map(Self.aims)
    for i in findings.candidates.indices {
      if i < policies.count {
        findings.candidates[i].configuration = ConfigurationSyntax.text(policies[i]).map { ForeignText($0) }
      }
      guard let mine = all[i] else {
        let success = findings.candidates[i].outcome.successRate
        if findings.candidates[i].verdict == .unjudged, !findings.candidates[i].isAboutTasks {
          // What is known of success is said where its latency alone is not.
          let isKnown = success.value != nil && findings.candidates[i].difference.successRate.value != nil
          findings.candidates[i].verdict =
            isKnown
            ? .effect(Self.effect(findings.candidates[i], unit)) : .refused(low: success.low, high: success.high)
        }
        continue
      }
      findings.candidates[i].onFrontier = !all.contains { other in
        guard let other else { return false }
        return zip(other, mine).allSatisfy { $0 <= $1 } && other != mine
      }
      findings.candidates[i].verdict = .effect(Self.effect(findings.candidates[i], unit))
    }
    advise(&findings, all)
  }

  /// The change of success that advice goes by: this night's, where it has no value the middle of its bounds.
  static func gain(_ candidate: PolicyFindings.Candidate) -> Double {
    let gain = candidate.difference.successRate
    return gain.value ?? (gain.low + gain.high) / 2
  }

  /// What a candidate changes, and how surely.
  static func effect(_ candidate: PolicyFindings.Candidate, _ unit: PolicyFindings.Unit) -> PolicyFindings.Effect {
    let tonight = candidate.difference.successRate
    let nights = candidate.otherNights?.difference.successRate ?? tonight
    let direction: PolicyFindings.Effect.Direction
    if tonight.value == 0, candidate.exact == 1, candidate.difference.attemptsPerRequest.value == 0 {
      direction = .same
    } else if tonight.low > 0 || tonight.high > 0 && Self.gain(candidate) > 0.6 * (tonight.high - Self.gain(candidate))
    {
      direction = .better
    } else if tonight.high < 0 || tonight.low < 0 && -Self.gain(candidate) > 0.6 * (Self.gain(candidate) - tonight.low)
    {
      direction = .worse
    } else {
      direction = .undecided
    }
    if tonight.value == nil {
      return PolicyFindings.Effect(
        direction: direction, basis: .bounds, gain: Self.gain(candidate), low: tonight.low, high: tonight.high,
        extraAttempts: candidate.difference.attemptsPerRequest.value,
        extraLatency: candidate.difference.latencyP99.value, isUnderLoad: candidate.loadAware != nil, unit: unit)
    }
    let isSure = tonight.low > 0 || tonight.high < 0
    let isAnyNight = isSure && (nights.low > 0 || nights.high < 0)
    return PolicyFindings.Effect(
      direction: direction, basis: isAnyNight ? .anyNight : isSure ? .thisNight : .likely, gain: Self.gain(candidate),
      low: tonight.low, high: tonight.high, extraAttempts: candidate.difference.attemptsPerRequest.value,
      extraLatency: candidate.difference.latencyP99.value, isUnderLoad: candidate.loadAware != nil, unit: unit)
  }

  /// The best candidate: most success, within 2 % of its gain the one with fewer attempts; nil where none serves more.
  private func best(_ findings: PolicyFindings) -> Int? {
    let open = findings.candidates.indices.filter { i in
      let isCall = !findings.candidates[i].isAboutTasks
      let success = findings.candidates[i].outcome.successRate
      return isCall && (success.value != nil || success.high > success.low) && Self.gain(findings.candidates[i]) > 0
    }
    return open.max { a, b in
      let (x, y) = (Self.gain(findings.candidates[a]), Self.gain(findings.candidates[b]))
      if abs(x - y) > 0.02 * max(x, y) { return x < y }
      let load = (
        findings.candidates[a].outcome.attemptsPerRequest.value ?? .infinity,
        findings.candidates[b].outcome.attemptsPerRequest.value ?? .infinity
      )
      return load.0 != load.1 ? load.0 > load.1 : findings.candidates[a].name > findings.candidates[b].name
    }
  }

  private func advise(_ findings: inout PolicyFindings, _ all: [[Double]?]) {
    guard findings.candidates.contains(where: { !$0.isAboutTasks }) else { return }
    guard let index = best(findings) else {
      let unjudged = findings.candidates.count { candidate in
        let success = candidate.outcome.successRate
        return !candidate.isAboutTasks && success.value == nil && success.low < success.high
      }
      findings.recommendation = PolicyFindings.Recommendation(because: [.nothingBetter])
      findings.advice =
        unjudged == findings.candidates.count { !$0.isAboutTasks }
        ? [.undecided]
        : unjudged > 0
          ? [.keepUntilKnown(unjudged: unjudged, of: findings.candidates.count, unit)] : [.keep(unit)]
      return
    }
    let candidate = findings.candidates[index]
    let because = reasons(candidate, findings.baseline)
    findings.recommended = candidate.name
    findings.recommendation = PolicyFindings.Recommendation(because: because)
    let effect = Self.effect(candidate, unit)
    findings.advice = [
      because.isEmpty
        ? .take(name: candidate.name, effect) : .closest(name: candidate.name, effect, because: because)
    ]
    let difference = candidate.difference
    if let attempts = difference.attemptsPerRequest.value, let wasted = difference.wastedAttempts.value,
      let latency = difference.latencyP99.value, let peak = difference.peakLoad.value
    {
      findings.advice.append(.cost(attempts: attempts, wasted: wasted, latencyP99: latency, peak: peak, unit))
    }
    findings.advice.append(.mustHold(conditions(candidate, findings.baseline)))
    let nights = candidate.otherNights?.difference.successRate
    if let nights, nights.low <= 0, difference.successRate.low > 0 {
      findings.advice.append(.holdsForThisNight(outages: candidate.outages, low: nights.low, high: nights.high))
    }
    // What makes no difference that the log can show is next to nothing, not next best.
    let second = findings.candidates.indices.filter {
      $0 != index && all[$0] != nil && Self.effect(findings.candidates[$0], unit).direction == .better
    }
    .max { a, b in
      (Self.gain(findings.candidates[a]), findings.candidates[b].name)
        < (Self.gain(findings.candidates[b]), findings.candidates[a].name)
    }
    if let second, all[index] != nil {
      let lead = Self.gain(candidate) - Self.gain(findings.candidates[second])
      func beside(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Double? {
        guard let mine = findings.candidates[second].outcome[keyPath: path].value,
          let best = candidate.outcome[keyPath: path].value
        else { return nil }
        return mine - best
      }
      findings.advice.append(
        .nextBest(
          name: findings.candidates[second].name, behind: lead, attempts: beside(\.attemptsPerRequest),
          latencyP99: beside(\.latencyP99), unit))
    }
    if let configuration = candidate.configuration { findings.advice.append(.setting(configuration)) }
    let front = findings.candidates.indices.filter { all[$0] != nil && findings.candidates[$0].onFrontier }
      .map { findings.candidates[$0].name }
    // Where none beats another, their list says nothing.
    if front.count > 1, front.count < all.count(where: { $0 != nil }) { findings.advice.append(.frontier(front)) }
  }

  /// Why the best candidate may not simply be adopted.
  private func reasons(
    _ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome
  ) -> [PolicyFindings.Recommendation.Reason] {
    var reasons: [PolicyFindings.Recommendation.Reason] = []
    let tonight = candidate.difference.successRate
    if tonight.value == nil {
      let success = candidate.outcome.successRate
      reasons.append(.boundsOnly(low: success.low, high: success.high))
    } else if tonight.low <= 0 {
      reasons.append(.maybeWorseTonight(low: tonight.low))
    }
    if let nights = candidate.otherNights?.difference.successRate, nights.low < 0, -nights.low >= Self.gain(candidate) {
      reasons.append(.otherNights(low: nights.low, gain: Self.gain(candidate)))
    }
    if let p99 = candidate.outcome.latencyP99.value, p99 > Double(longestWait) {
      reasons.append(
        .beyondPatience(p99: Backoff.saturated(p99), seen: longestWait, isAbove: isWaitAbove))
    }
    let factor = candidate.loadFactor(over: baseline)
    if let overloaded, factor > 1.01 {
      reasons.append(.moreLoad(factor: factor, overloaded: overloaded))
    } else if factor > Self.unseenLoad {
      reasons.append(.unseenLoad(factor: factor))
    }
    if let downAtEnd { reasons.append(.openOutage(downAtEnd)) }
    if let strained { reasons.append(.unendingStrain(strained)) }
    if isHiding { reasons.append(.hiddenAttempts) }
    if isModelRejected, candidate.estimated + candidate.unsupported > 0 { reasons.append(.modelRejected) }
    return reasons
  }

  /// Twice the log's peak is another service's load, not a little more of tonight's.
  private static let unseenLoad = 2.0

  private func conditions(
    _ candidate: PolicyFindings.Candidate, _ baseline: PolicyFindings.Outcome
  ) -> [PolicyFindings.Condition] {
    var conditions: [PolicyFindings.Condition] = [.outagesLikeTonight(candidate.outages)]
    if (candidate.difference.attemptsPerRequest.value ?? 1) > 0 { conditions.append(.idempotent) }
    if let p99 = candidate.outcome.latencyP99.value, (candidate.difference.latencyP99.value ?? 0) > 1_000 {
      conditions.append(.callersWait(Backoff.saturated(p99)))
    }
    let factor = candidate.loadFactor(over: baseline)
    if factor > 1.05 { conditions.append(.calleeBears(factor: factor)) }
    for case .persistenceBounded(let share) in candidate.warnings { conditions.append(.samePersistence(share: share)) }
    return conditions
  }
}

extension PolicyFindings.Candidate {
  /// Its load over another's: at the peak or for each request, whichever is more; what has bounds only at their upper end.
  func loadFactor(over baseline: PolicyFindings.Outcome) -> Double {
    func ratio(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Double {
      let mine = outcome[keyPath: path]
      guard let theirs = baseline[keyPath: path].value, theirs > 0 else { return 1 }
      return (mine.value ?? mine.high) / theirs
    }
    return max(ratio(\.peakLoad), ratio(\.attemptsPerRequest))
  }
}
