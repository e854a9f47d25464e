package import Policies
internal import Support

/// What a policy truly does in a generated service night: the same system under the same faults with the candidate in
/// force on every call, in the order of time, so that budgets and breakers see what clients would have seen.
package struct NightTrial {
  /// Counts of one play.
  package struct Counts: Hashable, Sendable {
    /// Requests of users, and those that succeeded.
    package var requests = 0
    package var served = 0
    /// Logical calls between components, those that succeeded in the end, and their attempts.
    package var calls = 0
    package var answered = 0
    package var attempts = 0

    package var requestSuccess: Double { Double(served) / Double(max(requests, 1)) }
    package var callSuccess: Double { Double(answered) / Double(max(calls, 1)) }
    package var attemptsPerCall: Double { Double(attempts) / Double(max(calls, 1)) }
  }

  private let spec: WorldSpec
  private let plan: FaultPlan

  package init(_ spec: WorldSpec) {
    self.spec = spec
    plan = ServiceNight(spec).plan
  }

  /// Plays the night once.
  ///
  /// - Parameters:
  ///   - policy: on every call; nil for what the world's own clients do. Hedging, admission and the
  ///     adaptive rate are not played.
  ///   - seed: of everything that is drawn: arrivals, work, failures, jitter.
  /// - Returns: what came of it.
  package func play(_ policy: Policy?, seed: UInt64) -> Counts {
    var run = NightTrialRun(plan, policy, seed: seed)
    var arrivals = WorldRandom(seed: seed, stream: "trial arrivals")
    let end = spec.start + Int64(spec.minutes) * 60_000_000
    var now = spec.start
    while true {
      now += Int64(arrivals.exponential(mean: 1e6 / spec.rate)) + 1
      guard now < end else { break }
      run.serve(until: now)
      run.request(at: now)
    }
    run.serve(until: .max)
    return run.counts
  }

  /// Means over plays, with the standard errors of the two shares.
  package struct Truth: Hashable, Sendable {
    /// The share of users' requests that succeed.
    package var requestSuccess = 0.0
    package var requestError = 0.0
    /// The share of logical calls that succeed in the end.
    package var callSuccess = 0.0
    package var callError = 0.0
    package var attemptsPerCall = 0.0
  }

  /// What a policy does on average over nights like this one: the same system and the same faults, new requests.
  ///
  /// - Parameters:
  ///   - policy: on every call; nil for what the world's own clients do.
  ///   - plays: how many nights, at least 2.
  ///   - seed: of the first play.
  /// - Returns: means and their standard errors.
  package func truth(_ policy: Policy?, plays: Int, seed: UInt64 = 1) -> Truth {
    let all = (0..<max(plays, 2)).map { play(policy, seed: StableHash.combine(seed, UInt64($0))) }
    let n = Double(all.count)
    func mean(_ value: (Counts) -> Double) -> (mean: Double, error: Double) {
      let values = all.map(value)
      let mean = values.reduce(0, +) / n
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      return (mean, (square / n).squareRoot())
    }
    var truth = Truth()
    (truth.requestSuccess, truth.requestError) = mean(\.requestSuccess)
    (truth.callSuccess, truth.callError) = mean(\.callSuccess)
    truth.attemptsPerCall = mean(\.attemptsPerCall).mean
    return truth
  }

  /// Whether the trial can play a policy.
  package static func canPlay(_ policy: Policy) -> Bool {
    policy.hedge == nil && policy.admission == nil && policy.supervision == nil && policy.recovery == nil
      && !policy.isRateAdaptive
      && (policy.retry != nil || policy.isStateful)
  }
}
