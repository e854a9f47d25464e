// Latencies as masses in fine logarithmic bins per block: weighted quantiles, and their block bootstrap.
internal import Support

/// The bins: 64 per power of two, so a bin is at most 1.6 % wide and a value inside it is interpolated.
package enum LatencyBins {
  package static let count = 64 * 48

  @inline(__always)
  package static func index(_ latency: Int64) -> Int {
    guard latency > 0 else { return 0 }
    let bits = Double(latency).bitPattern
    let raw = Int(bits >> 46) - (1023 << 6) + 1
    return min(max(raw, 0), count - 1)
  }

  /// The lower border of a bin, microseconds.
  package static func border(_ index: Int) -> Double {
    index <= 0 ? 0 : Double(bitPattern: UInt64(index - 1 + (1023 << 6)) << 46)
  }
}

/// Masses by bin and block.
package struct WeightedLatencyHistogram: Sendable {
  package let blocks: Int
  /// First bin held.
  private(set) var lowest: Int
  private(set) var width: Int
  /// By bin, then block.
  fileprivate(set) var masses: [Double]

  package init(blocks: Int, lowest: Int, highest: Int) {
    self.blocks = blocks
    self.lowest = lowest
    width = max(highest - lowest + 1, 1)
    masses = Array(repeating: 0, count: width * blocks)
  }

  @inline(__always)
  package mutating func add(_ latency: Int64, block: Int, mass: Double) {
    let bin = min(max(LatencyBins.index(latency) - lowest, 0), width - 1)
    masses[bin * blocks + block] += mass
  }

  /// Sums up to and including each bin, by bin then block.
  package var cumulated: [Double] {
    var sums = masses
    for i in blocks..<max(sums.count, blocks) { sums[i] += sums[i - blocks] }
    return sums
  }

  /// The quantile of all blocks together, microseconds.
  package func quantile(_ q: Double) -> Double? {
    var bins = [Double](repeating: 0, count: width)
    for bin in 0..<width {
      var sum = 0.0
      for block in 0..<blocks { sum += masses[bin * blocks + block] }
      bins[bin] = sum
    }
    let total = bins.reduce(0, +)
    guard total > 0 else { return nil }
    var below = 0.0
    for bin in 0..<width where bins[bin] > 0 {
      if below + bins[bin] >= q * total { return value(bin, (q * total - below) / bins[bin]) }
      below += bins[bin]
    }
    return value(width - 1, 1)
  }

  package func value(_ bin: Int, _ share: Double) -> Double {
    let low = LatencyBins.border(bin + lowest)
    let high = LatencyBins.border(bin + lowest + 1)
    return low + (high - low) * min(max(share, 0), 1)
  }

  /// The quantile under block weights, by bisection over cumulated sums.
  package func quantile(_ q: Double, cumulated: [Double], weights: [Double]) -> Double {
    func mass(_ bin: Int) -> Double {
      var sum = 0.0
      let base = bin * blocks
      for block in 0..<blocks { sum += weights[block] * cumulated[base + block] }
      return sum
    }
    let target = q * mass(width - 1)
    let bin = (0..<width - 1).partitioningIndex { mass($0) >= target }
    let below = bin > 0 ? mass(bin - 1) : 0
    let here = mass(bin) - below
    return value(bin, here > 0 ? (target - below) / here : 1)
  }
}

/// The draws of a block bootstrap: how often each block is taken, the same for every policy.
package struct BlockDraws: Sendable {
  private(set) var weights: [[Double]] = []

  package init(blocks: Int, count: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    weights.reserveCapacity(count)
    for _ in 0..<count {
      var draw = [Double](repeating: 0, count: blocks)
      for _ in 0..<blocks { draw[Int(random.next() % UInt64(max(blocks, 1)))] += 1 }
      weights.append(draw)
    }
  }
}

extension WeightedLatencyHistogram {
  package mutating func removeAll() { masses = Array(repeating: 0, count: masses.count) }

  package mutating func add(_ other: WeightedLatencyHistogram) {
    for i in masses.indices { masses[i] += other.masses[i] }
  }

  package mutating func scale(by factor: Double) {
    for i in masses.indices { masses[i] *= factor }
  }
}
