// Intervals from blocks of time: ratio estimates, Student's t, log scale for rates, plain for differences.
internal import Glibc
internal import Support

/// A sum over a sum, block by block.
struct BlockRatio: Sendable {
  let value: Double
  let standardError: Double
  /// How many blocks carry the deviations: (Σd²)²/Σd⁴, at most the number of blocks. A few outages in many quiet blocks
  /// are as little evidence as a few blocks.
  let effectiveBlocks: Double
  let blocks: Int

  init(_ sums: [Double], per counts: [Double]) {
    var total = 0.0
    var weight = 0.0
    var used = 0
    for b in sums.indices where counts[b] > 0 {
      total += sums[b]
      weight += counts[b]
      used += 1
    }
    blocks = used
    value = weight > 0 ? total / weight : 0
    var squares = 0.0
    var fourths = 0.0
    for b in sums.indices where counts[b] > 0 {
      let d = sums[b] - value * counts[b]
      squares += d * d
      fourths += d * d * d * d
    }
    let k = Double(used)
    standardError = used > 1 && weight > 0 ? (k / (k - 1) * squares).squareRoot() / weight : 0
    effectiveBlocks = fourths > 0 ? min(squares * squares / fourths, k) : k
  }

  /// The t quantile for 95 %.
  var t: Double { Student.quantile975(degrees: max(min(effectiveBlocks, Double(blocks)) - 1, 2)) }

  /// value ± t·se
  var plain: (low: Double, high: Double) { (value - t * standardError, value + t * standardError) }

  /// value·exp(±t·se/value), for rates above 0; a factor of e³ at most, beyond which nothing is known anyway.
  var logarithmic: (low: Double, high: Double) {
    guard value > 0, standardError > 0 else { return (value, value) }
    let width = exp(min(t * standardError / value, 3))
    return (value / width, value * width)
  }
}

/// Student's t distribution.
package enum Student {
  /// The 97.5 % quantile, by bisection over the distribution function.
  package static func quantile975(degrees: Double) -> Double {
    if degrees > 1e5 { return 1.959964 }
    var low = 1.9
    var high = 13.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(middle, degrees) > 0.025 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(T > t) for t > 0: half the regularised incomplete beta function I_x(ν/2, 1/2) at x = ν/(ν + t²).
  static func tail(_ t: Double, _ degrees: Double) -> Double {
    0.5 * IncompleteBeta.regularized(degrees / (degrees + t * t), degrees / 2, 0.5)
  }
}
