// The regularised incomplete beta function, on which Student's t and beliefs about rates rest.
internal import Glibc

/// The distribution function of the Beta distribution.
package enum IncompleteBeta {
  /// I_x(a, b) by its continued fraction (Lentz's method; Numerical Recipes §6.4), to 14 digits.
  ///
  /// - Parameters:
  ///   - x: 0 and below gives 0, 1 and above gives 1.
  ///   - a: above 0.
  ///   - b: above 0.
  /// - Returns: P(X ≤ x) for X ~ Beta(a, b).
  package static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(a * log(x) + b * log(1 - x) - logBeta(a, b))
    if x > (a + 1) / (a + b + 2) { return 1 - front * fraction(1 - x, b, a) / b }
    return front * fraction(x, a, b) / a
  }

  /// The logarithm of the beta function B(a, b); both above 0.
  package static func logBeta(_ a: Double, _ b: Double) -> Double {
    // `lgamma` writes its sign into a global, which is a race between threads.
    var sign: Int32 = 0
    func logGamma(_ value: Double) -> Double { unsafe lgamma_r(value, &sign) }
    return logGamma(a) + logGamma(b) - logGamma(a + b)
  }

  /// The value below which X ~ Beta(a, b) lies with probability q, by bisection.
  package static func quantile(_ q: Double, _ a: Double, _ b: Double) -> Double {
    var low = 0.0
    var high = 1.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if regularized(middle, a, b) < q { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var result = d
    // It takes some √max(a, b) steps.
    for m in 1...5_000 {
      let k = Double(m)
      let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
      let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
      step(even)
      step(odd)
      if abs(d * c - 1) < 1e-14 { break }
    }
    return result

    func step(_ numerator: Double) {
      d = 1 + numerator * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      result *= d * c
    }
  }
}
