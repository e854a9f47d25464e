// The worlds that a candidate is played in: the log as it is, under another timeout, or in overload.
internal import Model
internal import Support

/// One candidate's sums in the world that its log calls for.
struct Scenario {
  let evaluation: CandidateEvaluation
  let retry: RetryPolicy
  let unknowable: KindSet
  let applies: [Bool]
  /// Another timeout of an attempt than the log's, microseconds.
  let timeout: Int64?

  init(_ evaluation: CandidateEvaluation, retry: RetryPolicy, unknowable: KindSet, applies: [Bool]) {
    self.evaluation = evaluation
    self.retry = retry
    self.unknowable = unknowable
    self.applies = applies
    let asked = evaluation.policy.admission.map(\.attemptTimeout) ?? retry.attemptTimeout
    let limit = evaluation.base.logged.attemptTimeout
    // The log's own timeout within 2 % is the log's own.
    timeout = asked.flatMap { asked in limit.map { abs(asked - $0) <= $0 / 50 } ?? false ? nil : asked }
  }

  var isRelabelled: Bool { timeout != nil && evaluation.loggedInOverload == nil }

  /// Whether attempts may last longer than any did in the log.
  var isLonger: Bool {
    guard let timeout, let limit = evaluation.base.logged.attemptTimeout else { return false }
    return timeout > limit
  }

  /// The candidate's figures, and the sums behind its labels.
  func candidate(
    _ warnings: inout [PolicyFindings.CandidateWarning]
  ) -> (PolicyFindings.Candidate, PolicySums) {
    let base = evaluation.base
    if let logged = evaluation.loggedInOverload { return inOverload(logged, &warnings) }
    var untold = 0
    func world(_ unknown: RetryPaths.Unknown) -> EvaluationBase {
      guard let timeout else { return base }
      let (relabelled, missing) = base.under(timeout: timeout, applies: applies, unknown: unknown)
      untold = missing
      return relabelled
    }
    let usual = world(.usual)
    let sums = sums(usual, .usual)
    let isPartial = sums.unsupported > 0 || untold > 0 || sums.estimated > 0 && usual.ends != nil
    var worst: PolicySums?
    var best: PolicySums?
    if isPartial {
      let low = untold > 0 ? world(.allFail) : usual
      let high = untold > 0 ? world(.allSucceed) : usual
      worst = self.sums(low.with(low.ends?.most), .allFail)
      best = self.sums(high.with(high.ends?.none), .allSucceed)
    }
    if untold > 0, let timeout { warnings.append(.unknownTail(attempts: untold, timeout: timeout)) }
    let nights = usual.outcome(sums, worst: worst, best: best)
    let tonight = usual.tonight(sums, nights: nights, worst: worst, best: best, most: retry.attempts)
    var candidate = PolicyFindings.Candidate(
      name: ForeignName(evaluation.policy.name), families: evaluation.policy.families, outcome: tonight.level,
      difference: tonight.difference)
    candidate.otherNights = PolicyFindings.OtherNights(outcome: nights.level, difference: nights.difference)
    if !nights.isRefused { candidate.tonight = tonight.difference.successRate }
    return (candidate, sums)
  }

  private func sums(_ base: EvaluationBase, _ unknown: RetryPaths.Unknown) -> PolicySums {
    var policy = evaluation.policy
    var retry = retry
    if timeout != nil {
      // The relabelled log has the timeout in it, with how late it comes.
      retry.attemptTimeout = nil
      policy.admission?.attemptTimeout = nil
    }
    var sums: PolicySums
    if policy.isStateful {
      sums = StatefulReplay(base, policy, retry: retry, applies: applies, unknown: unknown).sums()
    } else if let hedge = policy.hedge {
      sums = HedgePaths(base, hedge, applies: applies, unknown: unknown).sums()
    } else {
      sums =
        RetryPaths(
          base, retry, applies: applies, unknowable: unknowable, unknown: unknown, usesExact: timeout == nil
        ).sums()
    }
    return sums
  }

  /// Played against the components' answers to load, set off against the same play of the log's own policy.
  private func inOverload(
    _ logged: PolicySums, _ warnings: inout [PolicyFindings.CandidateWarning]
  ) -> (PolicyFindings.Candidate, PolicySums) {
    let base = evaluation.base
    let sums = StatefulReplay(
      base, evaluation.policy, retry: retry, applies: applies, unknown: .usual, isOverloaded: true
    ).sums()
    warnings.append(.simulatedInOverload(base.overloads.compactMap { $0?.fact(base.log) }))
    let nights = base.figures(sums, minus: logged)
    let baseline = base.baseline
    var difference = base.inOverload(sums, logged, nights)
    let effect = difference.successRate.value ?? 0
    var range = effect...effect
    for end in evaluation.ends {
      let other = StatefulReplay(
        end.base, evaluation.policy, retry: retry, applies: applies, unknown: .usual, isOverloaded: true
      ).sums()
      let played = end.base.inOverload(other, end.logged, nights)
      difference = difference.widened(by: played)
      let value = played.successRate.value ?? effect
      range = min(range.lowerBound, value)...max(range.upperBound, value)
    }
    // Where what the log leaves open about the response decides over more than the candidate does, a storm or none, there is
    // no value.
    let open = range.upperBound - range.lowerBound
    let isOpen = open > max(abs(effect), base.settings.unsupportedLimit)
    if isOpen {
      difference = difference.withoutValues
      warnings.append(.openResponse(low: range.lowerBound, high: range.upperBound))
    }
    var candidate = PolicyFindings.Candidate(
      name: ForeignName(evaluation.policy.name), families: evaluation.policy.families,
      outcome: baseline.shifted(by: difference), difference: difference)
    candidate.otherNights = PolicyFindings.OtherNights(
      outcome: base.figures(base.sums, minus: nil).shifted(by: nights), difference: nights)
    if !isOpen { candidate.tonight = difference.successRate }
    candidate.loadAware = candidate.outcome
    return (candidate, sums)
  }
}

extension PolicyFindings.Outcome {
  /// The same values, their intervals as wide as to hold another outcome's values.
  func widened(by other: PolicyFindings.Outcome) -> PolicyFindings.Outcome {
    func join(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Estimate {
      let (mine, theirs) = (self[keyPath: path], other[keyPath: path])
      guard let other = theirs.value else { return mine }
      return Estimate(mine.value, low: min(mine.low, other), high: max(mine.high, other))
    }
    return PolicyFindings.Outcome(
      successRate: join(\.successRate), attemptsPerRequest: join(\.attemptsPerRequest),
      wastedAttempts: join(\.wastedAttempts), latencyP50: join(\.latencyP50), latencyP95: join(\.latencyP95),
      latencyP99: join(\.latencyP99), peakLoad: join(\.peakLoad))
  }

  /// Its intervals, where the number of requests is known to within a share of it: how long they took is not, at most as long as
  /// what was put together.
  func blurred(by error: Double) -> PolicyFindings.Outcome {
    guard error > 0 else { return self }
    func blur(_ path: KeyPath<PolicyFindings.Outcome, Estimate>, most: Double = .infinity) -> Estimate {
      let own = self[keyPath: path]
      let off = error * abs(own.value ?? 0)
      return Estimate(own.value, low: own.low - off, high: min(own.high + off, max(own.high, most)))
    }
    func untold(_ estimate: Estimate) -> Estimate { Estimate(nil, low: min(estimate.low, 0), high: estimate.high) }
    return PolicyFindings.Outcome(
      successRate: blur(\.successRate, most: 1), attemptsPerRequest: blur(\.attemptsPerRequest),
      wastedAttempts: blur(\.wastedAttempts), latencyP50: untold(latencyP50), latencyP95: untold(latencyP95),
      latencyP99: untold(latencyP99), peakLoad: peakLoad)
  }

  /// Its intervals alone.
  var withoutValues: PolicyFindings.Outcome {
    func bounds(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Estimate {
      Estimate(nil, low: self[keyPath: path].low, high: self[keyPath: path].high)
    }
    return PolicyFindings.Outcome(
      successRate: bounds(\.successRate), attemptsPerRequest: bounds(\.attemptsPerRequest),
      wastedAttempts: bounds(\.wastedAttempts), latencyP50: bounds(\.latencyP50), latencyP95: bounds(\.latencyP95),
      latencyP99: bounds(\.latencyP99), peakLoad: bounds(\.peakLoad))
  }

  /// Another outcome's figures that much on.
  func shifted(by difference: PolicyFindings.Outcome) -> PolicyFindings.Outcome {
    func shift(
      _ path: KeyPath<PolicyFindings.Outcome, Estimate>, _ range: ClosedRange<Double>
    ) -> Estimate {
      let own = self[keyPath: path].value ?? self[keyPath: path].low
      let other = difference[keyPath: path]
      func bounded(_ value: Double) -> Double { min(max(value, range.lowerBound), range.upperBound) }
      return Estimate(
        other.value.map { bounded(own + $0) }, low: bounded(own + other.low), high: bounded(own + other.high))
    }
    let positive = 0...Double.infinity
    return PolicyFindings.Outcome(
      successRate: shift(\.successRate, 0...1), attemptsPerRequest: shift(\.attemptsPerRequest, positive),
      wastedAttempts: shift(\.wastedAttempts, positive), latencyP50: shift(\.latencyP50, positive),
      latencyP95: shift(\.latencyP95, positive), latencyP99: shift(\.latencyP99, positive),
      peakLoad: shift(\.peakLoad, positive))
  }
}
