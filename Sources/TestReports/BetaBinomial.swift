// The Beta distribution: how sure one can be of a rate after k failures in n runs.

internal import Glibc

/// A belief about a failure rate: Beta(failures + prior, passes + prior).
package struct BetaBelief: Hashable, Sendable {
  package var alpha: Double
  package var beta: Double

  /// The prior has the weight of thirty runs and the mean that Google published for all its tests: 1.5 % of runs flaky.
  /// With it one failure in three runs says less than sixty in a thousand.
  package static let priorFailures = 0.45
  package static let priorPasses = 29.55

  package init(failures: Int, runs: Int) {
    alpha = Double(failures) + Self.priorFailures
    beta = Double(max(runs - failures, 0)) + Self.priorPasses
  }

  package var mean: Double { alpha / (alpha + beta) }

  /// The rate below which it lies with probability q, by bisection.
  package func quantile(_ q: Double) -> Double {
    var low = 0.0
    var high = 1.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Self.regularized(middle, alpha, beta) < q { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The regularized incomplete beta function I_x(a, b) by its continued fraction (Lentz's method; Numerical Recipes 6.4).
  package static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    var sign: Int32 = 0
    func logGamma(_ value: Double) -> Double { unsafe lgamma_r(value, &sign) }
    let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x))
    if x > (a + 1) / (a + b + 2) { return 1 - front * fraction(1 - x, b, a) / b }
    return front * fraction(x, a, b) / a
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var result = d
    for m in 1...300 {
      let k = Double(m)
      for numerator in [
        k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)),
        -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
      ] {
        d = 1 + numerator * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + numerator / c
        if abs(c) < tiny { c = tiny }
        result *= c * d
      }
      if abs(c * d - 1) < 1e-12 { break }
    }
    return result
  }
}
