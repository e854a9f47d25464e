// Supervision and recovery of tasks: what the log shows, and what each candidate would have done with the same troubles.
internal import Model
internal import Support

/// Evaluates candidates that act on ended tasks, not on calls.
struct TaskEvaluation {
  static let blocks = 20
  static let replays = 20

  private var log: TaskLog
  private let cure: TaskCure
  private let logged: TaskSums
  private let seed: UInt64

  /// What is given as the log's supervision and is not what the log shows.
  let contradiction: PolicyFindings.Contradiction?

  init?(_ moments: [ChildMoment], given: Policy?, seed: UInt64) {
    guard var log = TaskLog(moments) else { return nil }
    let wait = given?.supervision?.backoff
    contradiction = log.take(given: wait).map { .firstDelay(given: wait?.envelope(1) ?? 0, seen: $0) }
    self.log = log
    self.seed = seed
    cure = TaskCure(log)
    logged = TaskReplay.logged(log, blocks: Self.blocks)
  }

  /// Whether a candidate is about tasks: it restarts or recovers them, and says nothing of calls.
  static func isAboutTasks(_ policy: Policy, hasCalls: Bool) -> Bool {
    guard policy.retry == nil, policy.breaker == nil, policy.admission == nil, policy.hedge == nil else { return false }
    return policy.supervision != nil || policy.recovery != nil && !hasCalls
  }

  /// What the log's own supervision came to.
  var baseline: PolicyFindings.Tasks {
    let downs = log.troubles.flatMap { trouble in
      trouble.ends.map { end in
        (time: Double((end.back ?? log.end) - end.at), ended: end.back != nil)
      }
    }
    return PolicyFindings.Tasks(
      outcome: outcome(logged), children: log.children.count, ends: Int(logged.ends), intended: log.intended,
      troubles: log.troubles.count, silent: log.troubles.count { $0.isSilent }, open: downs.count { !$0.ended },
      medianDown: Survival(downs).median.map { Backoff.saturated($0) })
  }

  private var childTime: Double { Double(log.end - log.start) * Double(log.children.count) }

  private func outcome(_ sums: TaskSums) -> PolicyFindings.Outcome {
    func exact(_ value: Double) -> Estimate { Estimate(exact: value) }
    let troubles = Double(max(log.troubles.count, 1))
    let waits = LatencySummary(sums.waits)
    return PolicyFindings.Outcome(
      successRate: exact(max(1 - sums.down.reduce(0, +) / childTime, 0)),
      attemptsPerRequest: exact(sums.starts / troubles),
      wastedAttempts: exact(sums.wasted / troubles), latencyP50: exact(Double(waits?.p50 ?? 0)),
      latencyP95: exact(Double(waits?.p95 ?? 0)), latencyP99: exact(Double(waits?.p99 ?? 0)),
      peakLoad: exact(Double(sums.perSecond.values.max() ?? 0)))
  }

  private func play(_ rule: TaskRule, _ unknown: TaskReplay.Unknown, number: Int) -> TaskSums {
    var replay = TaskReplay(
      log, cure, rule, unknown: unknown, seed: StableHash.combine(seed, UInt64(number)), blocks: Self.blocks)
    replay.play()
    return replay.sums
  }

  func evaluate(_ policy: Policy) -> PolicyFindings.Candidate? {
    guard let rule = TaskRule(policy, log) else { return nil }
    let plays = (0..<Self.replays).map { play(rule, .usual, number: $0) }
    let ends = [play(rule, .allFail, number: 0), play(rule, .allLast, number: 0)]
    let total = plays.reduce((exact: 0.0, estimated: 0.0, unsupported: 0.0)) {
      ($0.exact + $1.exact, $0.estimated + $1.estimated, $0.unsupported + $1.unsupported)
    }
    let labelled = max(total.exact + total.estimated + total.unsupported, 1e-9)
    let isRefused = total.unsupported / labelled > EvaluationSettings().unsupportedLimit
    let outcomes = plays.map(outcome)
    let bounds = ends.map(outcome)
    let base = outcome(logged)
    func figure(_ path: KeyPath<PolicyFindings.Outcome, Estimate>, minus: Double = 0, _ range: ClosedRange<Double>)
      -> Estimate
    {
      let values = outcomes.map { $0[keyPath: path].value ?? 0 }
      let mean = values.reduce(0, +) / Double(values.count)
      let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count - 1, 1))
      let noise = Student.quantile975(degrees: Double(values.count - 1)) * spread.squareRoot()
      let all = [mean - noise, mean + noise] + bounds.map { $0[keyPath: path].value ?? 0 }
      func placed(_ value: Double) -> Double { min(max(value, range.lowerBound), range.upperBound) - minus }
      return Estimate(isRefused ? nil : placed(mean), low: placed(all.min() ?? mean), high: placed(all.max() ?? mean))
    }
    func figures(_ base: PolicyFindings.Outcome?) -> PolicyFindings.Outcome {
      func at(_ path: KeyPath<PolicyFindings.Outcome, Estimate>, _ range: ClosedRange<Double> = 0...Double.infinity)
        -> Estimate
      {
        figure(path, minus: base?[keyPath: path].value ?? 0, range)
      }
      return PolicyFindings.Outcome(
        successRate: at(\.successRate, 0...1), attemptsPerRequest: at(\.attemptsPerRequest),
        wastedAttempts: at(\.wastedAttempts), latencyP50: at(\.latencyP50), latencyP95: at(\.latencyP95),
        latencyP99: at(\.latencyP99), peakLoad: at(\.peakLoad))
    }
    var candidate = PolicyFindings.Candidate(
      name: ForeignName(policy.name), families: policy.families, outcome: figures(nil), difference: figures(base))
    candidate.exact = total.exact / labelled
    candidate.estimated = total.estimated / labelled
    candidate.unsupported = total.unsupported / labelled
    candidate.scope = [policy.component].compactMap { $0.map { ForeignName($0) } }
    candidate.outages = log.troubles.count
    candidate.blocks = Self.blocks
    candidate.isAboutTasks = true
    if !isRefused { candidate.tonight = candidate.difference.successRate }
    candidate.otherNights = otherNights(candidate, plays)
    warn(&candidate, policy, rule, plays[0], isRefused: isRefused)
    let first = plays[0].escalations.first
    candidate.verdict = .supervision(
      starts: Int(plays[0].starts), exits: Int(plays[0].ends), children: log.children.count,
      escalations: plays[0].escalations.count,
      first: first.map { PolicyFindings.Escalation(child: ForeignName(log.children[$0.child]), at: $0.at) })
    return candidate
  }

  private func warn(
    _ candidate: inout PolicyFindings.Candidate, _ policy: Policy, _ rule: TaskRule, _ sums: TaskSums, isRefused: Bool
  ) {
    candidate.warnings.append(.countedByChildTime)
    if !log.children.indices.contains(where: { rule.covers($0) }) { candidate.warnings.append(.noSupervisedExit) }
    if isRefused { candidate.warnings.append(.startsNeverTried(share: candidate.unsupported)) }
    if log.troubles.count < TaskCure.least { candidate.warnings.append(.fewTroubles(log.troubles.count)) }
    if rule.heartbeatTimeout == nil, log.troubles.contains(where: \.isSilent) {
      candidate.warnings.append(.silencesNotWatched(log.troubles.count { $0.isSilent }))
    }
    if sums.rollbacks > 0 { candidate.warnings.append(.rolledBack(Int(sums.rollbacks))) }
    if !log.isDelayGiven {
      candidate.warnings.append(
        .startUpUnknown(wait: log.delay, quickest: log.quickest.min() ?? 0))
    }
    if log.troubles.contains(where: { !$0.isTimed }) { candidate.warnings.append(.returnsNotSeen) }
  }

  /// The same for nights like it: the change of the time down by stretches of the night.
  private func otherNights(
    _ candidate: PolicyFindings.Candidate, _ plays: [TaskSums]
  ) -> PolicyFindings.OtherNights {
    var nights = PolicyFindings.OtherNights(outcome: candidate.outcome, difference: candidate.difference)
    let share = childTime / Double(Self.blocks)
    let counts = Array(repeating: share, count: Self.blocks)
    func down(_ block: Int) -> Double { plays.reduce(0) { $0 + $1.down[block] } / Double(plays.count) }
    let change = BlockRatio((0..<Self.blocks).map { logged.down[$0] - down($0) }, per: counts)
    let level = BlockRatio((0..<Self.blocks).map { down($0) }, per: counts)
    func wider(_ estimate: Estimate, _ low: Double, _ high: Double, _ range: ClosedRange<Double>) -> Estimate {
      Estimate(
        estimate.value, low: max(min(estimate.low, low), range.lowerBound),
        high: min(max(estimate.high, high), range.upperBound))
    }
    nights.difference.successRate = wider(
      candidate.difference.successRate, change.plain.low, change.plain.high, -1...1)
    nights.outcome.successRate = wider(
      candidate.outcome.successRate, 1 - level.logarithmic.high, 1 - level.logarithmic.low, 0...1)
    return nights
  }
}
