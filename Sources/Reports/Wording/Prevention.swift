/// What would have spared users part of an incident: circuit breakers, and the policy that is recommended for the night.

internal import Model

struct Prevention {
  /// When breakers would have opened, and how many of the failed requests came later.
  var breaker: (at: Int64, requests: Int, of: Int)?
  /// The recommended candidate, by how much it raises the share of calls that succeed, over the whole night, and whether it may
  /// be adopted.
  var policy: (name: ForeignName, gain: Estimate, isSafe: Bool)?

  /// - Parameters:
  ///   - incident: one of the night's.
  ///   - policies: what was found about the night's calls; a candidate counts where it is about calls of a component that
  ///     the incident reached, and where it surely serves more of them.
  init(_ incident: Incident, policies: PolicyFindings?) {
    if case .openBreakers(_, let at, let later, let failed, _) = incident.decision, failed > 0 {
      breaker = (at, later, failed)
    }
    guard let policies, let name = policies.recommended, incident.headline.facts?.impact.failed ?? 0 > 0,
      let best = policies.candidates.first(where: { $0.name == name && !$0.isAboutTasks }),
      let gain = best.tonight ?? Optional(best.difference.successRate), gain.low > 0
    else { return }
    let reached = Set(incident.components.map(\.id)).union(incident.rootCauses.map(\.component))
    if !reached.isDisjoint(with: policies.callers) {
      policy = (name, gain, policies.recommendation?.safe == true)
    }
  }

  /// The policy in words.
  var policyWording: InlineText? {
    policy.map { policy in
      let gain = NumberFormat.estimate(policy.gain) { NumberFormat.percent($0) }
      return "\(policy.name) would have served \(own: gain) more of all calls of the night"
        + (policy.isSafe ? "" : "; not safe to adopt on this log")
    }
  }
}
