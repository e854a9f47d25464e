// One candidate from its families to its figures, labels and warnings.
internal import Model

/// Evaluates one candidate.
struct CandidateEvaluation {
  let base: EvaluationBase
  let policy: Policy
  let checks: SelfChecks
  /// The log's own policy simulated in the overload that the log shows; nil without overload.
  let loggedInOverload: PolicySums?
  /// The same at the ends of what the log leaves open about it.
  let ends: [(base: EvaluationBase, logged: PolicySums)]

  init(
    _ base: EvaluationBase, _ policy: Policy, _ checks: SelfChecks, loggedInOverload: PolicySums?,
    ends: [(base: EvaluationBase, logged: PolicySums)]
  ) {
    self.base = base
    self.policy = policy
    self.checks = checks
    self.loggedInOverload = loggedInOverload
    self.ends = ends
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
    let applies = Self.scope(policy, base.log)
    var warnings: [PolicyFindings.CandidateWarning] = []
    if !applies.contains(true) { warnings.append(.emptyScope) }
    let (retry, unknowable) = self.retry(&warnings)

    if policy.hedge != nil, policy.admission != nil { warnings.append(.hedgingBesideAdmission) }
    if policy.hedge != nil, policy.isRateAdaptive { warnings.append(.rateBesideHedging) }
    let scenario = Scenario(self, retry: retry, unknowable: unknowable, applies: applies)
    var (candidate, sums) = scenario.candidate(&warnings)
    candidate.scope = [policy.component, policy.operation].compactMap { $0.map { ForeignName($0) } }
    candidate.outages = base.outages.count
    candidate.blocks = base.occupied
    label(&candidate, sums, scenario, keepsToUntold: keepsToUntold(retry, applies), &warnings)
    if max(retry.attempts, (policy.admission?.maxRetries ?? 0) + 1) > EvaluationSettings.attemptLimit {
      warnings.append(.attemptsNotFollowed(beyond: EvaluationSettings.attemptLimit))
    }
    hide(&candidate, most: retry.attempts)
    if base.log.requestError > 0 {
      // Which attempts are one request's was drawn, and with them how long it took.
      hideLatencies(&candidate)
      candidate.outcome = candidate.outcome.blurred(by: base.log.requestError)
      candidate.difference = candidate.difference.blurred(by: base.log.requestError)
    }
    // Nobody loses more than was served, or gains more than was not.
    if let served = base.baseline.successRate.value {
      let change = candidate.difference.successRate
      candidate.difference.successRate = Estimate(
        change.value, low: min(max(change.low, -served), change.value ?? .infinity),
        high: max(min(change.high, 1 - served), change.value ?? -.infinity))
    }
    doubt(candidate, sums, &warnings)
    if sums.estimated > 0, loggedInOverload == nil, !scenario.isRelabelled,
      let check = reweighted(retry, applies: applies)
    {
      let model = candidate.outcome.successRate.value
      candidate.checks.append(check.fact(model: model))
      if let model, abs(check.robust - model) > 4 * max(check.robustError, 1e-5) {
        warnings.append(.reweightedContradicts)
      }
    }
    candidate.warnings = warnings
    return candidate
  }

  /// The shares of its attempts by label; nothing is called exact where the log hides something.
  private func label(
    _ candidate: inout PolicyFindings.Candidate, _ sums: PolicySums, _ scenario: Scenario, keepsToUntold: Bool,
    _ warnings: inout [PolicyFindings.CandidateWarning]
  ) {
    let total = sums.exact + sums.estimated + sums.unsupported
    candidate.exact = total > 0 ? sums.exact / total : 1
    candidate.estimated = total > 0 ? sums.estimated / total : 0
    candidate.unsupported = total > 0 ? sums.unsupported / total : 0
    var doubts = base.log.doubts
    if loggedInOverload != nil { doubts.append(.overload) }
    if !base.openOutages.isEmpty { doubts.append(.openOutage) }
    if !base.strained.isEmpty { doubts.append(.unendingStrain) }
    if scenario.isLonger { doubts.append(.censoredTimeouts) }
    // Another number of attempts below is another outcome above, which the log does not have.
    let isOther = candidate.difference.successRate.value != 0 || candidate.difference.attemptsPerRequest.value != 0
    if isOther, base.log.isNested(scenario.applies) { doubts.append(.nestedCalls) }
    if keepsToUntold { doubts.append(.askedWaitsUntold) }
    guard !doubts.isEmpty else { return }
    candidate.estimated += candidate.exact
    candidate.exact = 0
    warnings.append(.notExact(doubts.sorted()))
  }

  /// Whether it would wait as long as servers ask after failures of the log, which does not tell what they asked.
  ///
  /// Only an answer asks: not an attempt that reached nobody, broke off or was cut.
  private func keepsToUntold(_ retry: RetryPolicy, _ applies: [Bool]) -> Bool {
    let log = base.log
    guard !log.tellsAsked, retry.attempts > 1 else { return false }
    let kinds = (retry.retriesLoggedKinds ? retry.retryOn.union(base.logged.retried) : retry.retryOn)
      .subtracting(KindSet([.timeout, .targetUnreachable, .networkTransient]))
    return (0..<log.count).contains { episode in
      let edge = Int(log.edge[episode])
      return applies[edge] && kinds.contains(code: log.firstFailure[episode])
        && (retry.serverWait ?? base.logged.serverWaits[edge]) != .ignored
    }
  }

  /// Takes values away that rest on calls whose attempts the log hides, and widens their bounds by all that these may be.
  private func hide(_ candidate: inout PolicyFindings.Candidate, most: Int) {
    let log = base.log
    let requests = Double(max(log.count, 1))
    let untold = Double(log.refused) / requests
    let apart = log.joined + log.joinedByTime > 0 ? 0 : Double(log.rootsApart) / requests
    let limit = base.settings.unsupportedLimit
    if Double(log.untimed) / requests > limit { hideLatencies(&candidate) }
    guard untold > limit || apart > limit else { return }
    let share = min(max(untold, apart), candidate.exact + candidate.estimated)
    candidate.estimated -= min(share, candidate.estimated)
    candidate.unsupported = max(1 - candidate.exact - candidate.estimated, 0)
    func bounds(_ estimate: Estimate, _ low: Double, _ high: Double) -> Estimate {
      Estimate(nil, low: min(estimate.low, low), high: max(estimate.high, high))
    }
    let success = candidate.outcome.successRate
    let change = candidate.difference.successRate
    let attempts = candidate.outcome.attemptsPerRequest
    let extra = candidate.difference.attemptsPerRequest
    // Of calls that are traces of their own any may be another's retry: of failed ones none or all were requests.
    let failed = apart > limit ? 1 - (base.baseline.successRate.value ?? 1) : 0
    candidate.outcome.successRate = bounds(
      success, max(success.low - untold, 0), apart > limit ? 1 : min(success.high + untold, 1))
    candidate.difference.successRate = bounds(
      change, min(change.low - untold, -failed), max(change.high + untold, failed))
    let more = untold * Double(max(min(most, EvaluationSettings.attemptLimit), base.logged.attempts) - 1)
    candidate.outcome.attemptsPerRequest = bounds(
      attempts, apart > limit ? min(attempts.low, 1) : attempts.low, attempts.high + more)
    candidate.difference.attemptsPerRequest = bounds(
      extra, apart > limit ? extra.low - failed : extra.low - more, extra.high + more)
    candidate.tonight = nil
  }

  /// Takes the latencies away where nothing tells how long attempts take: they lie between nothing and the longest of either.
  private func hideLatencies(_ candidate: inout PolicyFindings.Candidate) {
    for quantile in [\PolicyFindings.Outcome.latencyP50, \.latencyP95, \.latencyP99] {
      let before = base.baseline[keyPath: quantile]
      let high = max(candidate.outcome[keyPath: quantile].high, before.high)
      candidate.outcome[keyPath: quantile] = Estimate(nil, low: 0, high: high)
      candidate.difference[keyPath: quantile] = Estimate(nil, low: -before.high, high: high)
    }
  }

  /// What makes its figures doubtful beyond its labels.
  private func doubt(
    _ candidate: PolicyFindings.Candidate, _ sums: PolicySums, _ warnings: inout [PolicyFindings.CandidateWarning]
  ) {
    warnings += sums.warnings
    if candidate.outcome.successRate.value == nil, loggedInOverload == nil {
      warnings.append(.noValue(unsupported: candidate.unsupported, isIdentified: base.model.isIdentified))
    } else if sums.estimated > 0, base.ends != nil, loggedInOverload == nil {
      warnings.append(.persistenceBounded(share: base.model.mostPersistent))
    }
    if base.outages.count < 150 { warnings.append(.fewOutages(base.outages.count)) }
    if candidate.estimated + candidate.unsupported > 0, checks.isRejected { warnings.append(.modelDoubtful) }
    if base.occupied < 20 { warnings.append(.fewBlocks(base.occupied)) }
    if let above = base.patienceAbove, let p99 = candidate.outcome.latencyP99.value, p99 > Double(above) {
      warnings.append(.beyondCallersPatience(above))
    }
    let factor = candidate.loadFactor(over: base.baseline)
    if factor > Self.extrapolation {
      let answers = loggedInOverload == nil ? [] : base.overloads.compactMap { $0?.fact(base.log) }
      warnings.append(.extrapolatedLoad(factor: factor, simulatedUnder: answers))
    }
  }

  /// Loads so many times the log's were never answered in it.
  static let extrapolation = 1.1

  /// The cross-check by weights, where the candidate is a matter of retries alone and partly estimated.
  private func reweighted(_ retry: RetryPolicy, applies: [Bool]) -> ReweightedCheck? {
    guard !policy.isStateful, policy.hedge == nil, policy.retry != nil, base.model.hasRetries, !base.log.tellsAsked
    else { return nil }
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
        attempts: base.logged.attempts, backoff: known.first ?? .immediate, retryOn: base.logged.retried,
        deadline: base.logged.deadline), []
    )
  }
}
