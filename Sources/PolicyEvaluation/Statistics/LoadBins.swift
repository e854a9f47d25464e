internal import Support
// The load a policy puts on each component, second by second.

/// Attempts per component and second.
struct LoadBins: Sendable {
  static let limit = 8_000_000
  let origin: Int64
  /// Seconds per bin: 1 unless the log is too long for that.
  let width: Int64
  let seconds: Int
  fileprivate(set) var bins: [Double]

  init(_ log: CallLog, from origin: Int64, through end: Int64) {
    self.origin = origin
    let components = max(log.ranges.count, 1)
    // A candidate may go on for a while after the log's end: those attempts fall into the last bin.
    let raw = Int((end - origin) / 1_000_000) + 1
    width = Int64(raw * components / Self.limit + 1)
    seconds = raw / Int(width) + 1
    bins = Array(repeating: 0, count: seconds * components)
  }

  @inline(__always)
  private func index(_ component: Int, _ time: Int64) -> Int? {
    let second = Int(time.subtractingSaturated(origin) / 1_000_000 / width)
    return second >= 0 && second < seconds ? component * seconds + second : nil
  }

  @inline(__always)
  mutating func add(_ component: Int, _ time: Int64, _ mass: Double) {
    guard let i = index(component, time) else { return }
    bins[i] += mass
  }

  /// The busiest second.
  var peak: Double { (bins.max() ?? 0) / Double(width) }
  var mean: Double { bins.isEmpty ? 0 : bins.reduce(0, +) / Double(bins.count) / Double(width) }
}

extension LoadBins {
  /// The standard deviation of the busiest bin's expected attempts, 0 where all of them were really made.
  var peakSpread: Double {
    guard let peak = bins.max() else { return 0 }
    let fraction = peak - peak.rounded(.down)
    return fraction > 0 ? max(fraction * (1 - fraction), 0.01 * peak).squareRoot() / Double(width) : 0
  }

  mutating func add(_ other: LoadBins, scale: Double) {
    for i in bins.indices where i < other.bins.count { bins[i] += scale * other.bins[i] }
  }

  mutating func scale(by factor: Double) {
    for i in bins.indices { bins[i] *= factor }
  }

  mutating func removeAll() { bins = Array(repeating: 0, count: bins.count) }
}
