// The law behind few waits: too few for a shape before each retry, enough to say which of the usual laws made all of them.
internal import Glibc
internal import Support

/// Chooses among the laws that client libraries have, by the likelihood of all waits together.
///
/// Each wait is uniform between the ends that the law gives its retry, and late on top (`Lateness`). Laws are compared by
/// likelihood and by how usual they are in the libraries that the presets come from: doubling waits, exact or with full
/// jitter, are most clients' default. Lateness has the prior that was measured for its scales: each half as likely as the
/// one before.
struct LawLikelihood {
  /// Waits below which no law is named.
  static let least = 8
  /// Waits that are looked at for each retry.
  private static let most = 40

  let backoff: Backoff?

  /// - Parameter waits: by retry, microseconds.
  init(_ waits: [[Int64]]) {
    var sample: [(retry: Int, wait: Double)] = []
    for (k, all) in waits.enumerated() {
      let sorted = all.sorted()
      let n = min(sorted.count, Self.most)
      sample += (0..<n).map { (k + 1, Double(sorted[($0 * 2 + 1) * sorted.count / (2 * n)])) }
    }
    let longest = max(sample.reduce(0) { max($0, $1.wait) }, 1)
    guard sample.count >= Self.least, sample.filter({ $0.retry == 1 }).count >= Self.least / 2 else {
      backoff = nil
      return
    }
    backoff = Self.best(sample, longest: longest)
  }

  /// A kind of law, all but its base.
  private struct Form {
    var jitter: Backoff.Jitter
    var factor: Double
    var isFirstAtOnce = false
    /// The logarithm of how usual it is among clients.
    var prior: Double

    func range(_ k: Int, base: Double) -> (low: Double, high: Double) {
      if isFirstAtOnce, k == 1 { return (0, 0) }
      let e = base * Backoff.power(factor, isFirstAtOnce ? k - 2 : k - 1)
      switch jitter {
      case .full: return (0, e)
      case .equal: return (e / 2, e)
      case .proportional(let below, let above): return (e * (1 - below), e * (1 + above))
      case .additive(let most): return (e, e + Double(most))
      default: return (e, e)
      }
    }

    func backoff(base: Int64) -> Backoff {
      if isFirstAtOnce { return Backoff(.immediateThenExponential(base: base, factor: factor)) }
      return Backoff(factor == 1 ? .fixed(base) : .exponential(base: base, factor: factor), jitter: jitter)
    }
  }

  private static let forms: [Form] = {
    let jitters: [(Backoff.Jitter, Double)] = [
      (.none, 0), (.full, 0), (.equal, -log(4)), (.proportional(below: 0.2, above: 0.2), -log(4)),
      (.proportional(below: 0.1, above: 0.1), -log(16)), (.proportional(below: 0.5, above: 0.5), -log(16)),
    ]
    let factors: [(Double, Double)] = [(2, 0), (1, -log(2)), (1.5, -log(8)), (3, -log(8))]
    var forms = jitters.flatMap { jitter, usual in
      factors.map { Form(jitter: jitter, factor: $0, prior: usual + $1) }
    }
    forms += factors.map { Form(jitter: .none, factor: $0, isFirstAtOnce: true, prior: -log(2) + $1) }
    return forms
  }()

  private static func best(_ waits: [(retry: Int, wait: Double)], longest: Double) -> Backoff? {
    var best = (-Double.infinity, forms[0], 0.0)
    func tried(_ form: Form, _ base: Double) {
      let value = likelihood(waits, form, base: base, longest: longest) + form.prior
      if value > best.0 { best = (value, form, base) }
    }
    // From a quarter of the shortest wait to the longest, in steps of a tenth; later finer around the best.
    let later = waits.filter { $0.wait > 500 }
    guard let shortest = later.map(\.wait).min() else { return .immediate }
    for form in forms {
      var base = max(shortest / 4, 250)
      while base <= longest * 1.1 {
        tried(form, base)
        base *= 1.1
      }
      for wait in later {
        tried(form, wait.wait / Backoff.power(form.factor, max(wait.retry - (form.isFirstAtOnce ? 2 : 1), 0)))
      }
    }
    let coarse = best
    for step in -12...12 { tried(coarse.1, coarse.2 * (1 + 0.01 * Double(step))) }
    return best.1.backoff(base: LawFitting.round(best.2, waits.count))
  }

  /// The likelihood of all waits, lateness by expectation maximisation under its prior.
  private static func likelihood(
    _ waits: [(retry: Int, wait: Double)], _ form: Form, base: Double, longest: Double
  ) -> Double {
    let parts = Lateness.scales.count
    var densities: [Double] = []
    densities.reserveCapacity(waits.count * parts)
    for (retry, wait) in waits {
      let (low, high) = form.range(retry, base: base)
      for scale in Lateness.scales { densities.append(WaitShape.density(wait, low, high, scale)) }
    }
    let prior = Lateness.usual.weights
    var weights = prior
    var likelihood = -Double.infinity
    let floor = 0.01 / longest
    for _ in 0..<6 {
      // As firm as eight waits of its own: few waits could else be late as it suits any law.
      var sums = prior.map { 8 * $0 }
      var total = 0.0
      for i in waits.indices {
        var all = floor
        for s in 0..<parts { all += 0.99 * weights[s] * densities[i * parts + s] }
        total += log(all)
        for s in 0..<parts { sums[s] += 0.99 * weights[s] * densities[i * parts + s] / all }
      }
      likelihood = total
      let sum = sums.reduce(0, +)
      weights = sums.map { $0 / sum }
    }
    return likelihood
  }
}
