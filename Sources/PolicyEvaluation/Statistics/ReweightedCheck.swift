internal import Model
internal import Support
// A second opinion without any model: the log's own outcomes, weighted by how much more often the candidate would have
// drawn the same delays.

/// The importance-weighted estimates of a candidate whose delays the log's random ones cover (D. Horvitz and D. Thompson,
/// 1952; A. Swaminathan and T. Joachims, "The self-normalized estimator", 2015; M. Dudík, J. Langford and L. Li, "Doubly
/// robust policy evaluation", 2011).
struct ReweightedCheck: Sendable {
  /// Success rates over all requests.
  private(set) var plain = 0.0
  private(set) var normalised = 0.0
  private(set) var robust = 0.0
  /// The block standard error of the doubly robust one.
  private(set) var robustError = 0.0
  /// (Σw)²/Σw² of the failing requests, and how many there are.
  private(set) var effective = 0.0
  private(set) var failing = 0

  static let leastEffective = 0.1

  /// Nil where the log's delays are not random by a known law, do not cover the candidate's, or too little is left.
  init?(_ base: EvaluationBase, _ policy: RetryPolicy, applies: [Bool]) {
    guard policy.attempts <= base.logged.attempts, policy.attempts > 1, policy.deadline == nil,
      policy.attemptTimeout == nil, policy.backoff.isRandom
    else { return nil }
    let log = base.log
    guard log.refusedByBreaker == 0 else { return nil }
    let retryOn = policy.retriesLoggedKinds ? policy.retryOn.union(base.logged.retried) : policy.retryOn
    guard retryOn.intersection(base.logged.retried) == base.logged.retried else { return nil }
    // Chances before any retry, so that they depend on nothing that the weights weigh.
    let paths = RetryPaths(base, policy, applies: applies, usesExact: false, isBlind: true)
    var scratch = base.untouched
    var robustSums = [Double](repeating: 0, count: base.blocks)
    var (sumW, sumW2, sumWR, sumR) = (0.0, 0.0, 0.0, 0.0)
    var rest = 0.0
    var component = 0
    for (index, raw) in base.model.failing.enumerated() {
      let episode = Int(raw)
      while episode >= log.ranges[component].upperBound { component += 1 }
      let edge = Int(log.edge[episode])
      let range = log.attempts(of: episode)
      guard applies[edge], retryOn.contains(code: log.firstFailure[episode]) else {
        rest += log.failure[range.upperBound - 1] == 0 ? 1 : 0
        robustSums[base.block(episode)] += log.failure[range.upperBound - 1] == 0 ? 1 : 0
        continue
      }
      guard case .known(let known) = base.logged.delays[edge], known.isRandom else { return nil }
      var weight = 1.0
      for k in 1..<max(min(range.count, policy.attempts), 1) {
        let before = log.start[range.lowerBound + k - 1].addingSaturated(log.duration[range.lowerBound + k - 1])
        let delay = max(log.start[range.lowerBound + k].subtractingSaturated(before), 0)
        guard let ratio = Self.ratio(policy.backoff, known, retry: k, delay: delay) else { return nil }
        weight *= ratio
      }
      let kept = range.prefix(policy.attempts)
      let good = kept.contains { log.failure[$0] == 0 } ? 1.0 : 0
      let chance = paths.success(episode, failing: index, component: component, &scratch)
      failing += 1
      sumW += weight
      sumW2 += weight * weight
      sumWR += weight * good
      sumR += chance + weight * (good - chance)
      robustSums[base.block(episode)] += chance + weight * (good - chance)
    }
    guard failing >= base.settings.minimumRetries, sumW > 0 else { return nil }
    effective = sumW * sumW / sumW2
    guard effective / Double(failing) >= Self.leastEffective else { return nil }
    let total = Double(log.count)
    let firsts = total - Double(base.model.failing.count) + rest
    plain = (firsts + sumWR) / total
    normalised = (firsts + sumWR / sumW * Double(failing)) / total
    robust = (firsts + sumR) / total
    let blockTotals = base.requests
    let failures = base.failingFirst
    let sums = robustSums.indices.map { blockTotals[$0] - failures[$0] + robustSums[$0] }
    robustError = BlockRatio(sums, per: blockTotals).standardError
  }

  /// The candidate's density of a delay over the log's; nil where the log cannot draw what the candidate may.
  static func ratio(_ candidate: Backoff, _ known: Backoff, retry k: Int, delay: Int64) -> Double? {
    guard let mine = support(candidate, k), let theirs = support(known, k), theirs.width > 0, mine.width > 0 else {
      return nil
    }
    // A thousandth aside, the candidate's delays must be delays of the log.
    guard mine.low >= theirs.low - theirs.width / 1000, mine.high <= theirs.high + theirs.width / 1000 else {
      return nil
    }
    // Clients take a little longer than the law; such a delay counts as the law's longest.
    let measured = min(max(Double(delay), theirs.low), theirs.high)
    let tolerance = theirs.width / 1000
    return measured >= mine.low - tolerance && measured <= mine.high + tolerance ? theirs.width / mine.width : 0
  }

  /// Where a law's delays lie, evenly; nil for laws whose delays do not.
  private static func support(_ law: Backoff, _ k: Int) -> (low: Double, high: Double, width: Double)? {
    let e = Double(law.envelope(k))
    switch law.jitter {
    case .full: return (0, e, e)
    case .equal: return (e / 2, e, e / 2)
    case .proportional(let below, let above): return (e * (1 - below), e * (1 + above), e * (below + above))
    case .additive(let most): return (e, e + Double(most), Double(most))
    case .none, .decorrelated, .decorrelatedV2, .randomizedMilliseconds: return nil
    }
  }

  /// Beside what the model says.
  func fact(model: Double?) -> PolicyFindings.Check {
    .reweighted(
      normalised: normalised, plain: plain, robust: robust, error: robustError, model: model, effective: effective,
      failing: failing)
  }
}
