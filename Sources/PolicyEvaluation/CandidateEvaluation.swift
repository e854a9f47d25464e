// One candidate from its families to its figures, labels and warnings.
internal import Model

/// Evaluates one candidate.
struct CandidateEvaluation {
  let base: EvaluationBase
  let policy: Policy
  let checks: SelfChecks
  let response: LoadResponse

  init(_ base: EvaluationBase, _ policy: Policy, _ checks: SelfChecks, _ response: LoadResponse) {
    self.base = base
    self.policy = policy
    self.checks = checks
    self.response = response
  }

  /// Per edge, whether the candidate's scope covers it: calls to the component, or by it where nobody calls it.
  static func scope(_ policy: Policy, _ log: CallLog) -> [Bool] {
    let isCallee = policy.component.map { log.components.contains($0) } ?? true
    return log.edges.map { edge in
      if let component = policy.component, (isCallee ? edge.callee : edge.caller) != component { return false }
      if let operation = policy.operation, edge.operation != operation { return false }
      return true
    }
  }

  func result() -> PolicyFindings.Candidate {
    if policy.supervision != nil, policy.retry == nil, policy.breaker == nil, policy.admission == nil {
      return SupervisionReplay.evaluate(policy, base.log.moments)
    }
    let applies = Self.scope(policy, base.log)
    var warnings: [PolicyFindings.CandidateWarning] = []
    if !applies.contains(true) { warnings.append(.emptyScope) }
    let (retry, unknowable) = self.retry(&warnings)

    func run(_ unknown: RetryPaths.Unknown, under model: OutcomeModel? = nil) -> PolicySums {
      let base = base.with(model)
      if policy.isStateful {
        return StatefulReplay(base, policy, retry: retry, applies: applies, unknown: unknown).sums()
      }
      if let hedge = policy.hedge {
        return HedgePaths(base, hedge, applies: applies, unknown: unknown).sums()
      }
      return RetryPaths(base, retry, applies: applies, unknowable: unknowable, unknown: unknown).sums()
    }
    if policy.hedge != nil, policy.admission != nil {
      warnings.append(.hedgingBesideAdmission)
    }
    if policy.hedge != nil, policy.isRateAdaptive {
      warnings.append(.rateBesideHedging)
    }
    let sums = run(.usual)
    let isPartial = sums.unsupported > 0 || sums.estimated > 0 && base.ends != nil
    let worst = isPartial ? run(.allFail, under: base.ends?.most) : nil
    let best = isPartial ? run(.allSucceed, under: base.ends?.none) : nil
    let (level, difference, isRefused) = base.outcome(sums, worst: worst, best: best)
    var candidate = PolicyFindings.Candidate(
      name: ForeignName(policy.name), families: policy.families, outcome: level, difference: difference)
    let total = sums.exact + sums.estimated + sums.unsupported
    if !isRefused { candidate.tonight = base.tonight(sums, worst: worst, best: best) }
    candidate.scope = [policy.component, policy.operation].compactMap { $0.map { ForeignName($0) } }
    candidate.exact = total > 0 ? sums.exact / total : 1
    candidate.estimated = total > 0 ? sums.estimated / total : 0
    candidate.unsupported = total > 0 ? sums.unsupported / total : 0
    candidate.outages = base.outages.count
    candidate.blocks = base.occupied
    warnings += sums.warnings
    if max(retry.attempts, (policy.admission?.maxRetries ?? 0) + 1) > EvaluationSettings.attemptLimit {
      warnings.append(.attemptsNotFollowed(beyond: EvaluationSettings.attemptLimit))
    }
    if isRefused {
      warnings.append(.noValue(unsupported: candidate.unsupported, isIdentified: base.model.isIdentified))
    } else if sums.estimated > 0, base.ends != nil {
      warnings.append(.persistenceBounded(share: base.model.mostPersistent))
    }
    if base.outages.count < 150 {
      warnings.append(.fewOutages(base.outages.count))
    }
    if candidate.estimated + candidate.unsupported > 0, checks.isRejected {
      warnings.append(.modelDoubtful)
    }
    if base.occupied < 20 {
      warnings.append(.fewBlocks(base.occupied))
    }
    if let above = base.patienceAbove, let p99 = level.latencyP99.value, p99 > Double(above) {
      warnings.append(.beyondCallersPatience(above))
    }
    if let second = response.second(base, policy, retry: retry, applies: applies, sums: sums) {
      candidate.loadAware = second.outcome
      warnings.append(second.warning)
    }
    if sums.estimated > 0, let check = reweighted(retry, applies: applies) {
      candidate.checks.append(check.fact(model: level.successRate.value))
      if let value = level.successRate.value, abs(check.robust - value) > 4 * max(check.robustError, 1e-5) {
        warnings.append(.reweightedContradicts)
      }
    }
    candidate.warnings = warnings
    return candidate
  }

  /// The cross-check by weights, where the candidate is a matter of retries alone and partly estimated.
  private func reweighted(_ retry: RetryPolicy, applies: [Bool]) -> ReweightedCheck? {
    guard !policy.isStateful, policy.hedge == nil, policy.retry != nil, base.model.hasRetries else { return nil }
    return ReweightedCheck(base, retry, applies: applies)
  }

  /// The retry behaviour of the candidate, and the kinds whose retries the log cannot tell about.
  private func retry(_ warnings: inout [PolicyFindings.CandidateWarning]) -> (RetryPolicy, KindSet) {
    if let recovery = policy.recovery, policy.retry == nil {
      var here: [FailureKind] = []
      var elsewhere: [FailureKind] = []
      for kind in FailureKind.allCases {
        switch recovery.strategy(for: kind, retries: 0) {
        case .retryOnSameTarget: here.append(kind)
        case .retryOnDifferentTarget: elsewhere.append(kind)
        case .rollback, .giveUp: break
        }
      }
      if base.log.firstFailure.contains(where: { KindSet(elsewhere).contains(code: $0) }) {
        warnings.append(.otherTargetUnknown)
      }
      let retry = RetryPolicy(
        attempts: recovery.maxRetries + 1, backoff: recovery.backoff, retryOn: KindSet(here + elsewhere),
        deadline: recovery.timeout)
      return (retry, KindSet(elsewhere))
    }
    if let retry = policy.retry { return (retry, []) }
    // Without a word about retries, the clients go on retrying as they did.
    let known = base.logged.delays.compactMap { if case .known(let law) = $0 { law } else { nil } }
    return (
      RetryPolicy(
        attempts: base.logged.attempts, backoff: known.first ?? .immediate, retryOn: base.logged.retried), []
    )
  }
}
