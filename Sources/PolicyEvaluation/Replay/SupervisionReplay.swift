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
      name: policy.name, family: policy.family, outcome: outcome,
      difference: PolicyFindings.Outcome(
        successRate: none, attemptsPerRequest: none, wastedAttempts: none, latencyP50: none, latencyP95: none,
        latencyP99: none, peakLoad: none))
    candidate.scope = policy.component ?? ""
    candidate.warnings.append(
      "Counted per exit of a child: success is a restart or an intended end, attempts are starts, waste is escalation. "
        + "Whether a restarted child would have crashed again cannot be known from the log.")
    if exits == 0 { candidate.warnings.append("The log holds no exit of a supervised child.") }
    let first = escalations.first.map { ", the first at \(Timestamp($0.at).rfc3339) because of \($0.child)" } ?? ""
    candidate.verdict =
      "'\(policy.name)' would have made \(starts) starts after \(exits) exits of \(settings.children.count) children and "
      + "escalated \(escalations.count) times\(first)."
    return candidate
  }
}
