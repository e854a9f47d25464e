// A supervisor over the log's crashes, exits and heartbeats: what it would have restarted, and when it would have given up.
internal import Model
internal import Support

/// Replays a supervision policy. Its requests are the exits of children; an exit is served when the child is started again
/// or was meant to end; attempts are starts and stops of children; the latency is the wait until the start.
enum SupervisionReplay {
  static func evaluate(_ policy: Policy, _ moments: [ChildMoment]) -> PolicyFindings.Candidate {
    var settings = policy.supervision ?? SupervisionSettings()
    let seen = Array(Set(moments.map(\.child))).sorted()
    if settings.children.isEmpty { settings.children = seen.map { SupervisionSettings.Child(id: $0) } }
    let start = moments.first?.time ?? 0
    var supervisor = Supervisor(settings, startedAt: start)
    var exits = 0
    var served = 0
    var starts = 0
    var escalations: [(child: String, at: Int64)] = []
    var latencies = Sketch()
    var perSecond: [Int64: Int] = [:]
    var down: [String: Int64] = [:]
    func apply(_ actions: [SupervisionAction], at time: Int64) {
      for action in actions {
        switch action {
        case .start(let child, let at):
          starts += 1
          latencies.add(at - time)
          perSecond[at / 1_000_000, default: 0] += 1
          down[child] = at
        case .escalate(let child, let at): escalations.append((child, at))
        case .stop, .drop: break
        }
      }
    }
    for moment in moments {
      apply(supervisor.tick(at: moment.time), at: moment.time)
      if supervisor.hasEscalated { supervisor = Supervisor(settings, startedAt: moment.time) }
      switch moment.kind {
      case .heartbeat: supervisor.heartbeat(moment.child, at: moment.time)
      case .exited:
        guard settings.children.contains(where: { $0.id == moment.child }) else { continue }
        exits += 1
        let before = escalations.count
        apply(
          supervisor.exited(moment.child, ExitReason(rawValue: moment.reason) ?? .error, at: moment.time),
          at: moment.time)
        if escalations.count == before { served += 1 }
        // Whoever supervises the supervisor starts it anew.
        if supervisor.hasEscalated { supervisor = Supervisor(settings, startedAt: moment.time) }
      }
    }
    func exact(_ value: Double) -> Estimate { Estimate(exact: value) }
    let share = exits > 0 ? Double(served) / Double(exits) : 1
    let waits = LatencySummary(latencies)
    let outcome = PolicyFindings.Outcome(
      successRate: exact(share), attemptsPerRequest: exact(exits > 0 ? Double(starts) / Double(exits) : 0),
      wastedAttempts: exact(exits > 0 ? Double(escalations.count) / Double(exits) : 0),
      latencyP50: exact(Double(waits?.p50 ?? 0)), latencyP95: exact(Double(waits?.p95 ?? 0)),
      latencyP99: exact(Double(waits?.p99 ?? 0)), peakLoad: exact(Double(perSecond.values.max() ?? 0)))
    let none = Estimate(nil, low: 0, high: 0)
    var candidate = PolicyFindings.Candidate(
      name: ForeignName(policy.name), families: policy.families, outcome: outcome,
      difference: PolicyFindings.Outcome(
        successRate: none, attemptsPerRequest: none, wastedAttempts: none, latencyP50: none, latencyP95: none,
        latencyP99: none, peakLoad: none))
    candidate.scope = [policy.component].compactMap { $0.map { ForeignName($0) } }
    candidate.warnings.append(.countedPerExit)
    if exits == 0 { candidate.warnings.append(.noSupervisedExit) }
    candidate.verdict = .supervision(
      starts: starts, exits: exits, children: settings.children.count, escalations: escalations.count,
      first: escalations.first.map { PolicyFindings.Escalation(child: ForeignName($0.child), at: $0.at) })
    return candidate
  }
}
