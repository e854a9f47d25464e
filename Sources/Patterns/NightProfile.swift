// One night of one latency, in the two numbers that nights are compared by.

internal import Glibc
internal import Support

/// Where a night's durations lie and how long their tail is, on a logarithmic scale: read off the bins of a sketch.
struct NightProfile {
  /// Mean logarithm between the quartiles: as steady as a median, and it moves with every value.
  var center: Double
  /// Mean logarithm of the slowest 2 % less that of the middle: what makes all requests slower leaves it alone.
  var tail: Double
  /// Standard deviation of the logarithms, from the quartiles.
  var spread: Double
  var count: Int

  /// Fewer requests than this are no night to compare.
  static let minimumCount = 50
  /// Fewer than this have no tail to speak of.
  static let minimumTail = 500
  static let tailShare = 0.02

  init?(_ sketch: Sketch) {
    guard sketch.count >= Self.minimumCount else { return nil }
    count = sketch.count
    let bins = Self.bins(sketch)
    let total = Double(count)
    center = Self.mean(bins, from: 0.25 * total, to: 0.75 * total)
    tail = Self.mean(bins, from: (1 - Self.tailShare) * total, to: total) - center
    let low = Self.mean(bins, from: 0.24 * total, to: 0.26 * total)
    let high = Self.mean(bins, from: 0.74 * total, to: 0.76 * total)
    spread = (high - low) / 1.349
  }

  /// Logarithms with their counts in ascending order; durations below a microsecond count as one.
  private static func bins(_ sketch: Sketch) -> [(value: Double, count: Double)] {
    var bins: [(value: Double, count: Double)] = []
    if sketch.zeros > 0 { bins.append((0, Double(sketch.zeros))) }
    for bin in sketch.bins { bins.append((log(Double(SketchBuckets.value(of: bin.bucket))), Double(bin.count))) }
    return bins
  }

  /// The mean over the ranks from `from` to `to`, with parts of bins at both ends.
  private static func mean(_ bins: [(value: Double, count: Double)], from: Double, to: Double) -> Double {
    var seen = 0.0
    var sum = 0.0
    for bin in bins {
      let share = min(seen + bin.count, to) - max(seen, from)
      if share > 0 { sum += share * bin.value }
      seen += bin.count
    }
    return to > from ? sum / (to - from) : 0
  }
}

/// The Kolmogorov–Smirnov distance of two sketches: the largest difference of their distribution functions, on bins.
struct KolmogorovSmirnov {
  var distance: Double
  /// Asymptotic probability of so large a distance between two samples of one distribution.
  var probability: Double

  init(_ a: Sketch, _ b: Sketch) {
    var seenA = a.zeros
    var seenB = b.zeros
    let countA = Double(max(a.count, 1))
    let countB = Double(max(b.count, 1))
    distance = abs(Double(seenA) / countA - Double(seenB) / countB)
    var (inA, inB) = (a.bins[...], b.bins[...])
    while let bucket = [inA.first, inB.first].compactMap({ $0?.bucket }).min() {
      if inA.first?.bucket == bucket { seenA += inA.removeFirst().count }
      if inB.first?.bucket == bucket { seenB += inB.removeFirst().count }
      distance = max(distance, abs(Double(seenA) / countA - Double(seenB) / countB))
    }
    let lambda = distance * (countA * countB / (countA + countB)).squareRoot()
    probability = min(1, max(0, 2 * exp(-2 * lambda * lambda)))
  }
}
