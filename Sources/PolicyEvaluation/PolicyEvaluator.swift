// The room PolicyEvaluation: what each candidate would have done with the night's calls, and how surely.
// It never fills in what the log cannot tell: such attempts are unsupported, and their figures are bounds.

// The offline evaluator: what each candidate would have done with the night's requests, how surely, and which to take.
package import Model
internal import Support
internal import Synchronization

/// Evaluates candidates against recorded episodes (issue: "which policy would have served better").
package enum PolicyEvaluator {
  /// The findings over a night.
  ///
  /// - Parameters:
  ///   - partial: the merged episodes of the night.
  ///   - file: the candidates.
  ///   - jobs: candidates evaluated at the same time; the result does not depend on it.
  /// - Returns: nil where the log holds no call, and no child that a supervision policy could act on.
  package static func evaluate(
    _ partial: CallPartial, file: PolicyFile, jobs: Int = 2
  ) -> PolicyFindings? {
    evaluate(CallLog(partial), file: file, jobs: jobs)
  }

  /// What a night holds instead of calls where only callees wrote spans: their callers may have tried again what failed. Nil
  /// where there is nothing of that kind.
  package static func instead(of partial: CallPartial) -> PolicyFindings.Warning? {
    let entries = partial.lone.counts.sorted { $0.key < $1.key }
    guard let most = entries.max(by: { $0.value.seen < $1.value.seen }) else {
      let failed = partial.entries.values.reduce(0) { $0 + $1.refused.count }
      return failed > 0 ? .entriesOnly(requests: failed) : nil
    }
    return .calleesOnly(
      most: ForeignName(most.key.component), operation: ForeignName(most.key.operation), entries: entries.count,
      requests: entries.reduce(0) { $0 + $1.value.seen }, failed: entries.reduce(0) { $0 + $1.value.failed })
  }

  package static func evaluate(_ log: CallLog, file: PolicyFile, jobs: Int = 2) -> PolicyFindings? {
    let tasks = TaskEvaluation(log.moments, given: file.logged, seed: file.evaluation.seed)
    guard log.count > 0 else {
      let about = file.policies.filter { TaskEvaluation.isAboutTasks($0, hasCalls: false) }
      guard let tasks, !about.isEmpty else { return nil }
      let none = Estimate(nil, low: 0, high: 0)
      var findings = PolicyFindings(
        baseline: PolicyFindings.Outcome(
          successRate: none, attemptsPerRequest: none, wastedAttempts: none, latencyP50: none, latencyP95: none,
          latencyP99: none, peakLoad: none), logged: PolicyFindings.LoggedClients(.noCalls))
      findings.tasks = tasks.baseline
      findings.warnings = [tasks.contradiction].compactMap { $0.map { .loggedContradicted($0) } }
      findings.candidates = about.compactMap(tasks.evaluate)
      findings.assumptions = [.independence, .completeLog]
      TaskAdvice(policies: about).complete(&findings)
      return findings
    }
    var contradictions: [PolicyFindings.Contradiction] = []
    let logged = LoggedPolicy.checked(log, given: file.logged, &contradictions)
    let base = EvaluationBase(log, logged, settings: file.evaluation)
    let checks = SelfChecks(base)
    var findings = PolicyFindings(baseline: base.baseline.blurred(by: log.requestError), logged: logged.fact)
    findings.calls = log.count
    findings.callers = Set(log.edges.map(\.caller)).sorted().map { ForeignName($0) }
    findings.assumptions = PolicyFindings.Assumption.allCases
    findings.warnings = contradictions.map { .loggedContradicted($0) } + checks.warnings(base)
    let backtest = Backtest(base)
    if backtest?.isRejected == true { findings.warnings.append(.backtestRejected) }
    findings.checks = [checks.fact, backtest?.fact, base.outages.fact].compactMap(\.self)
    let loggedInOverload = base.loggedInOverload()
    let ends = base.overloadEnds().compactMap { end in end.loggedInOverload().map { (base: end, logged: $0) } }

    let slots = Mutex<[Int: PolicyFindings.Candidate]>([:])
    let next = Atomic<Int>(0)
    WorkerPool.forEach(max(1, min(jobs, file.policies.count))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < file.policies.count else { return }
        let policy = file.policies[index]
        let aboutTasks =
          TaskEvaluation.isAboutTasks(policy, hasCalls: true) ? tasks.flatMap { $0.evaluate(policy) } : nil
        let candidate =
          aboutTasks
          ?? CandidateEvaluation(base, policy, checks, loggedInOverload: loggedInOverload, ends: ends).result()
        slots.withLock { $0[index] = candidate }
      }
    }
    let results = slots.withLock { $0 }
    findings.candidates = file.policies.indices.compactMap { results[$0] }
    // Where calls are nested they are not what users ask for.
    PolicyAdvice(
      policies: file.policies, unit: log.nestedCalls == nil ? .requests : .calls,
      longestWait: base.patienceAbove ?? log.longestWait, isWaitAbove: base.patienceAbove != nil,
      isModelRejected: checks.isRejected,
      isHiding: !log.doubts.isEmpty,
      overloaded: base.overloads.compactMap(\.self).first.map { ForeignName(log.components[$0.component]) },
      downAtEnd: base.openOutages.first?.component, strained: base.strained.first?.component
    ).complete(&findings)
    if findings.candidates.contains(where: \.isAboutTasks) {
      findings.tasks = tasks?.baseline
      if let contradiction = tasks?.contradiction { findings.warnings.append(.loggedContradicted(contradiction)) }
      TaskAdvice(policies: file.policies).complete(&findings)
    }
    return findings
  }
}
