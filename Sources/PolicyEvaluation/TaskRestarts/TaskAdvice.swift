// Advice about tasks: which supervision or recovery keeps them up most, and whether it may be adopted.
internal import Model
internal import Support

/// Completes findings with verdicts and advice about candidates that act on ended tasks.
struct TaskAdvice {
  /// The candidates' policies, in the order of the findings' candidates.
  let policies: [Policy]

  func complete(_ findings: inout PolicyFindings) {
    let about = findings.candidates.indices.filter { findings.candidates[$0].isAboutTasks }
    for i in about {
      let name = findings.candidates[i].name.text
      let policy = policies.first { $0.name == name }
      findings.candidates[i].configuration = policy.flatMap { ConfigurationSyntax.text($0) }.map { ForeignText($0) }
      let mine = aims(findings.candidates[i])
      findings.candidates[i].onFrontier = !about.contains { other in
        let theirs = aims(findings.candidates[other])
        return zip(theirs, mine).allSatisfy { $0 <= $1 } && theirs != mine
      }
    }
    let hasCalls = findings.candidates.contains { !$0.isAboutTasks }
    let best = about.filter { PolicyAdvice.gain(findings.candidates[$0]) > 0 }.max { a, b in
      let (x, y) = (findings.candidates[a], findings.candidates[b])
      let (gainX, gainY) = (sure(x), sure(y))
      if abs(gainX - gainY) > 0.02 * max(gainX, gainY, 0) { return gainX < gainY }
      return aims(x)[1] != aims(y)[1] ? aims(x)[1] > aims(y)[1] : x.name > y.name
    }
    guard let best else {
      findings.advice.append(.keep(.taskTime))
      if !hasCalls { findings.recommendation = PolicyFindings.Recommendation(because: [.nothingBetter]) }
      return
    }
    let candidate = findings.candidates[best]
    let because = reasons(candidate)
    let effect = PolicyAdvice.effect(candidate, .taskTime)
    // One name is recommended: where calls are judged too, theirs.
    if !hasCalls {
      findings.recommended = candidate.name
      findings.recommendation = PolicyFindings.Recommendation(because: because)
    }
    findings.advice.append(
      because.isEmpty
        ? .take(name: candidate.name, effect) : .closest(name: candidate.name, effect, because: because))
    var conditions: [PolicyFindings.Condition] = [.troublesLikeTonight(candidate.outages), .restartsHarmless]
    if let logged = findings.tasks?.outcome.attemptsPerRequest.value, logged > 0,
      let starts = candidate.outcome.attemptsPerRequest.value, starts > 1.05 * logged
    {
      conditions.append(.startsBorne(factor: starts / logged))
    }
    findings.advice.append(.mustHold(conditions))
    if let nights = candidate.otherNights?.difference.successRate, nights.low <= 0,
      candidate.difference.successRate.low > 0
    {
      findings.advice.append(.holdsForThisNight(outages: candidate.outages, low: nights.low, high: nights.high))
    }
    let second = about.filter { $0 != best && sure(findings.candidates[$0]) > 0 }.max { a, b in
      (sure(findings.candidates[a]), findings.candidates[b].name)
        < (sure(findings.candidates[b]), findings.candidates[a].name)
    }
    if let second, candidate.difference.successRate.value != nil {
      let behind = sure(candidate) - sure(findings.candidates[second])
      findings.advice.append(
        .nextBest(
          name: findings.candidates[second].name, behind: behind, attempts: nil, latencyP99: nil, .taskTime))
    }
    if let configuration = candidate.configuration { findings.advice.append(.setting(configuration)) }
  }

  /// What a candidate gains; where that has bounds only, what it gains at the worst: a gain that was seen goes before one
  /// that nobody tried.
  private func sure(_ candidate: PolicyFindings.Candidate) -> Double {
    candidate.difference.successRate.value ?? candidate.difference.successRate.low
  }

  /// Time down, starts and waste: less is better.
  private func aims(_ candidate: PolicyFindings.Candidate) -> [Double] {
    [
      -PolicyAdvice.gain(candidate),
      candidate.outcome.attemptsPerRequest.value ?? candidate.outcome.attemptsPerRequest.high,
      candidate.outcome.wastedAttempts.value ?? candidate.outcome.wastedAttempts.high,
    ]
  }

  private func reasons(_ candidate: PolicyFindings.Candidate) -> [PolicyFindings.Recommendation.Reason] {
    var reasons: [PolicyFindings.Recommendation.Reason] = []
    let tonight = candidate.difference.successRate
    if tonight.value == nil {
      reasons.append(.boundsOnly(low: candidate.outcome.successRate.low, high: candidate.outcome.successRate.high))
    } else if tonight.low <= 0 {
      reasons.append(.maybeWorseTonight(low: tonight.low))
    }
    if case .supervision(_, _, _, let escalations, _) = candidate.verdict, escalations > 0 {
      reasons.append(.givesUp(escalations))
    }
    let gain = PolicyAdvice.gain(candidate)
    if let nights = candidate.otherNights?.difference.successRate, nights.low < 0, -nights.low >= gain {
      reasons.append(.otherNights(low: nights.low, gain: gain))
    }
    return reasons
  }
}
