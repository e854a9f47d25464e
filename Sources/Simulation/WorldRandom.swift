internal import Support

/// The random draws of a world, from its seed alone and the same on every machine: only IEEE additions, multiplications
/// and divisions are used, no platform's logarithm or exponential.
package struct WorldRandom: Sendable {
  private var generator: SplitMix64

  package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// An independent stream of draws named by a text, so that one part of a world does not move another.
  package init(seed: UInt64, stream: String) {
    generator = SplitMix64(seed: StableHash.combine(seed, StableHash.hash(stream)))
  }

  package mutating func bits() -> UInt64 { generator.next() }

  /// Uniform in [0, 1).
  package mutating func unit() -> Double { generator.unit() }

  /// Uniform in [low, high).
  package mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

  /// Uniform in the range.
  package mutating func int(_ range: ClosedRange<Int>) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound + 1)
    return range.lowerBound + Int(generator.next().multipliedFullWidth(by: width).high)
  }

  package mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// One of the elements; nil where there is none.
  package mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[int(0...elements.count - 1)]
  }

  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for i in stride(from: result.count - 1, to: 0, by: -1) { result.swapAt(i, int(0...i)) }
    return result
  }

  /// Standard normal: the sum of twelve uniforms less six, exact to about three deviations, bounded at six.
  package mutating func normal() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }

  /// Log-normal with the given median.
  package mutating func logNormal(median: Double, sigma: Double) -> Double {
    median * PortableMath.exp(sigma * normal())
  }

  /// Exponential with the given mean.
  package mutating func exponential(mean: Double) -> Double { -mean * PortableMath.log(1 - unit()) }
}

/// Exponential and logarithm by series: a last digit less exact than a platform's, and the same digits everywhere.
enum PortableMath {
  private static let ln2 = 0.693147180559945309

  static func exp(_ x: Double) -> Double {
    guard x > -700 else { return 0 }
    guard x < 700 else { return exp(699) }
    let k = (x / ln2).rounded()
    let r = x - k * ln2
    var term = 1.0
    var sum = 1.0
    for n in 1...16 {
      term = term * r / Double(n)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(k), significand: 1)
  }

  static func log(_ x: Double) -> Double {
    guard x > 0 else { return -745 }
    // x = m·2^e with m in [1, 2); ln m = 2·atanh((m-1)/(m+1)).
    let y = (x.significand - 1) / (x.significand + 1)
    var power = y
    var sum = 0.0
    for n in 0..<24 {
      sum += power / Double(2 * n + 1)
      power *= y * y
    }
    return 2 * sum + Double(x.exponent) * ln2
  }
}
