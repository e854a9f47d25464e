// Delay laws read off waits that are late on one side: a client never retries before its time, and often after it.
internal import Glibc
internal import Model
internal import Support

/// How late a client is, as a mixture of exponential distributions (microseconds).
package struct Lateness: Hashable, Sendable {
  /// Means of the components: from a quiet machine's timer to a starved event loop.
  static let scales: [Double] = [30, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000]

  private(set) var weights: [Double]

  package static let none = Lateness(weights: [])

  /// A client's lateness where its log shows none of its waits: each scale half as likely as the one before it, as the fits
  /// begin.
  static let usual = Lateness(
    weights: scales.indices.map { Double(1 << (scales.count - 1 - $0)) / Double(1 << scales.count - 1) })

  var mean: Double { zip(weights, Self.scales).reduce(0) { $0 + $1.0 * $1.1 } }

  /// A lateness out of a hash, microseconds. One hash for all attempts of a call: a client that is late once is late again,
  /// for its machine is busy.
  func draw(_ seed: UInt64) -> Int64 {
    var left = SplitMix64.unit(StableHash.combine(seed, 0x1A7E))
    for (weight, scale) in zip(weights, Self.scales) {
      left -= weight
      if left < 0 { return Backoff.saturated(-scale * log(1 - SplitMix64.unit(StableHash.combine(seed, 0x1A7F)))) }
    }
    return 0
  }
}

/// The waits before one retry as `U(low, high)` and lateness on top; a point where both ends meet.
///
/// Fitted by maximum likelihood: the ends on a grid of low and middle quantiles, the lateness's weights by expectation
/// maximisation (A. Dempster, N. Laird, D. Rubin, 1977), a point against an interval by G. Schwarz's criterion (1978).
/// One wait in a hundred may be of another making.
struct WaitShape: Sendable {
  /// Waits that a fit looks at: evenly spread over the sorted ones.
  static let sampleLimit = 240
  static let least = 8
  private static let strays = 0.01

  private(set) var low: Double
  private(set) var high: Double
  let count: Int
  private(set) var weights: [Double]

  /// Ends within a millisecond or 3 % of each other are one: no client's jitter is that small.
  var isPoint: Bool { high - low <= max(1_000, 0.03 * high) }

  init?(_ waits: [Int64]) {
    guard waits.count >= Self.least else { return nil }
    count = waits.count
    let sorted = waits.sorted()
    let n = min(sorted.count, Self.sampleLimit)
    let sample = (0..<n).map { Double(sorted[($0 * 2 + 1) * sorted.count / (2 * n)]) }
    let first = Double(sorted[sorted.count / 200])
    func quantile(_ q: Double) -> Double { sample[min(Int(Double(n) * q), n - 1)] }
    let longest = max(Double(sorted[sorted.count - 1]), 1)
    var point = Fit(low: first, high: first, sample, longest)
    for q in [0.01, 0.02, 0.05, 0.1] { point.improve(Fit(low: quantile(q), high: quantile(q), sample, longest)) }
    var interval = Fit(low: 0, high: quantile(0.9), sample, longest)
    for a in [0, first, quantile(0.01), quantile(0.03), quantile(0.08)] {
      for q in [0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.98] {
        interval.improve(Fit(low: a, high: quantile(q), sample, longest))
      }
    }
    for step in [0.08, 0.04, 0.02, 0.01] {
      for _ in 0..<3 {
        let width = interval.high - interval.low
        let before = interval.likelihood
        interval.improve(Fit(low: interval.low, high: interval.high + step * width, sample, longest))
        interval.improve(Fit(low: interval.low, high: interval.high - step * width, sample, longest))
        interval.improve(Fit(low: interval.low + step * width, high: interval.high, sample, longest))
        interval.improve(Fit(low: max(interval.low - step * width, 0), high: interval.high, sample, longest))
        if interval.likelihood <= before { break }
      }
    }
    let best = interval.likelihood - 0.5 * log(Double(n)) * 2 > point.likelihood ? interval : point
    (low, high, weights) = (best.low, best.high, best.weights)
  }

  /// The weights of the lateness that waits have on top of `U(low, high)`.
  static func weights(of waits: [Int64], low: Double, high: Double) -> [Double] {
    let sorted = waits.sorted()
    let n = min(sorted.count, sampleLimit)
    let sample = (0..<n).map { Double(sorted[($0 * 2 + 1) * sorted.count / (2 * n)]) }
    return Fit(low: low, high: high, sample, max(sample.last ?? 1, 1)).weights
  }

  /// The density of U(low, high) + Exp(scale).
  static func density(_ wait: Double, _ low: Double, _ high: Double, _ scale: Double) -> Double {
    guard wait >= low else { return 0 }
    if high - low < scale * 1e-3 { return exp(-(wait - low) / scale) / scale }
    let late = wait > high ? exp(-(wait - high) / scale) : 1
    return (late - exp(-(wait - low) / scale)) / (high - low)
  }

  /// The share of U(low, high) + Exp(scale) below a wait.
  static func share(below wait: Double, _ low: Double, _ high: Double, _ scale: Double) -> Double {
    guard wait > low else { return 0 }
    let early = exp(-(wait - low) / scale)
    if high - low < scale * 1e-3 { return 1 - early }
    let width = high - low
    if wait <= high { return (wait - low - scale * (1 - early)) / width }
    return 1 - scale * (exp(-(wait - high) / scale) - early) / width
  }

  private struct Fit {
    var low: Double
    var high: Double
    var likelihood = -Double.infinity
    var weights: [Double] = []

    init(low: Double, high: Double, _ sample: [Double], _ longest: Double) {
      self.low = low
      self.high = high
      guard high >= low else { return }
      let parts = Lateness.scales.count
      var densities: [Double] = []
      densities.reserveCapacity(sample.count * parts)
      for wait in sample {
        for scale in Lateness.scales { densities.append(WaitShape.density(wait, low, high, scale)) }
      }
      // Little lateness until the waits say more: each scale half as likely as the one before it.
      weights = Lateness.usual.weights
      let floor = WaitShape.strays / longest
      for round in 0..<12 {
        var sums = [Double](repeating: 1e-9, count: parts)
        var total = 0.0
        for i in sample.indices {
          var all = floor
          for s in 0..<parts { all += (1 - WaitShape.strays) * weights[s] * densities[i * parts + s] }
          total += log(all)
          for s in 0..<parts { sums[s] += (1 - WaitShape.strays) * weights[s] * densities[i * parts + s] / all }
        }
        likelihood = total
        if round == 11 { break }
        let sum = sums.reduce(0, +)
        weights = sums.map { $0 / sum }
      }
    }

    mutating func improve(_ other: Fit) { if other.likelihood > likelihood { self = other } }
  }
}

/// The waits seen before each retry, and the law that made them.
struct DelaySample {
  static let minimum = 30
  /// Waits below which shapes before single retries are too blurred to be put together.
  static let few = 60
  private var waits: [[SeenWait]] = []
  /// Calls that ended after each retry's place although their last failure is one that is tried again.
  private var ended: [Int] = []
  var count: Int { waits.reduce(0) { $0 + $1.count } }

  mutating func add(_ wait: SeenWait, retry k: Int) {
    guard k <= 16 else { return }
    while waits.count < k { waits.append([]) }
    if waits[k - 1].count < 200_000 { waits[k - 1].append(wait) }
  }

  /// Notes a call that was given up where others go on with retry `k`.
  mutating func addEnd(before k: Int) {
    guard k <= 16 else { return }
    while ended.count < k { ended.append(0) }
    ended[k - 1] += 1
  }

  mutating func merge(_ other: DelaySample) {
    for (k, all) in other.waits.enumerated() { for wait in all { add(wait, retry: k + 1) } }
  }

  var medianFirst: Int64? {
    guard let first = waits.first, !first.isEmpty else { return nil }
    return first.map(\.time).sorted()[first.count / 2]
  }

  /// What the clients took around their waits for themselves, in the median, microseconds; nil where nothing tells.
  var medianBusyness: Int64? {
    let told = waits.joined().map(\.busy).filter { $0 >= 0 }.sorted()
    return told.isEmpty ? nil : Int64(told[told.count / 2])
  }

  /// Whether the waits, as shares of what the law may draw, are uniform: only then do they tell what chance drew.
  ///
  /// A. Kolmogorov's distance (1933), beyond its 5 % point by what lateness shifts.
  func isUniform(under law: Backoff) -> Bool {
    var shares: [Double] = []
    // What a decorrelated wait may draw from depends on the wait before it, but for the first.
    for (k, all) in waits.prefix(law.jitter == .decorrelated ? 1 : waits.count).enumerated() {
      for wait in all.prefix(2_000) {
        if let share = law.fraction(of: wait.time, retry: k + 1, previous: nil) { shares.append(min(max(share, 0), 1)) }
      }
    }
    guard shares.count >= WaitShape.least else { return true }
    shares.sort()
    let n = Double(shares.count)
    let distance = shares.indices.reduce(0.0) { max($0, abs((Double($1) + 0.5) / n - shares[$1])) }
    return distance <= 0.08 + 1.36 / n.squareRoot()
  }

  /// The law, and how late the client is on top of it.
  ///
  /// - Parameter isBoundedByTime: calls are given up by time: long waits before late retries were never waited.
  /// - Returns: the law, `unrecognised` where none fits, the lateness, and the bases that few waits speak for.
  func law(isBoundedByTime: Bool) -> Law {
    guard count >= Self.minimum else { return byLikelihood }
    // A client that is busy around its waits is late with them as well, by as much as its waits are long, and shapes of such
    // waits tell of that and not of its law: they are read from the others, as what it was busy with says nothing of what it drew.
    guard let calm = calmWaits else { return shaped(isBoundedByTime: isBoundedByTime) }
    var law = calm.count >= Self.few ? calm.shaped(isBoundedByTime: isBoundedByTime) : byLikelihood
    if case .known(let backoff) = law.delays { law.lateness = lateness(under: backoff) }
    return law
  }

  /// The law by the shapes of the waits before each retry, or by their likelihood where these are blurred.
  private func shaped(isBoundedByTime: Bool) -> Law {
    var shapes: [WaitShape] = []
    for sample in waits {
      guard let shape = WaitShape(sample.map(\.time)) else { break }
      shapes.append(shape)
    }
    guard !shapes.isEmpty else { return Law() }
    // A client is as late with its second retry as with its first: what a law of another form than an interval adds on
    // top of one of them is no lateness.
    let told = shapes.filter { $0.count >= max(Self.few, shapes[0].count / 20) }
    let lateness =
      (told.isEmpty ? [shapes[0]] : told).map { Lateness(weights: $0.weights) }.min { $0.mean < $1.mean } ?? .none
    guard count >= Self.few, let fitted = LawFitting(isBoundedByTime: isBoundedByTime).backoff(shapes),
      isNear(fitted, shapes, lateness, isBoundedByTime: isBoundedByTime)
    else {
      var law = byLikelihood
      law.lateness = lateness
      guard count >= Self.few, case .known(let backoff) = law.delays else { return law }
      // Where shapes are told well and agree with no law, the usual laws are none of them either.
      if !isNear(backoff, shapes, lateness, isBoundedByTime: isBoundedByTime) {
        (law.delays, law.bases) = (.unrecognised, nil)
      }
      return law
    }
    return Law(delays: .known(fitted), lateness: lateness)
  }

  /// The waits around which the client took next to nothing for itself, a tenth of its first wait in the median at most, beyond
  /// what it always takes; nil where these are all.
  private var calmWaits: DelaySample? {
    guard let first = medianFirst else { return nil }
    let usual = LawLikelihood.usualBusyness(waits)
    let most = max(Double(first) * Self.tolerated, Self.leastBusy)
    var calm = self
    calm.waits = waits.map { all in all.filter { Double($0.busy) - Double(usual) <= most } }
    return calm.count < count ? calm : nil
  }

  /// As much of a wait as `LawFitting` lets an envelope lie beside its law, and the least time that is more than a timer's.
  private static let tolerated = 0.1
  private static let leastBusy = 1_000.0

  /// How late the client is on top of a law, by its first waits.
  private func lateness(under law: Backoff) -> Lateness {
    guard let ends = law.ends(1), let first = waits.first, first.count >= WaitShape.least else { return .none }
    return Lateness(weights: WaitShape.weights(of: first.map(\.time), low: ends.low, high: ends.high))
  }

  /// A law as it was read.
  struct Law {
    var delays = LoggedPolicy.Delays.unrecognised
    var lateness = Lateness.none
    /// The bases that fit few waits nearly as well, microseconds; nil where there are enough to tell one.
    var bases: PolicyFindings.ClosedInterval?
  }

  private var byLikelihood: Law {
    let likely = LawLikelihood(waits, ended: ended)
    guard let backoff = likely.backoff else { return Law() }
    return Law(delays: .known(backoff), bases: likely.bases)
  }

  /// Whether the waits are distributed as a law and the client's lateness say.
  ///
  /// Kolmogorov's distance again, beyond its 5 % point by what a lateness of another form than its fit shifts; before
  /// later retries of calls that are bounded by time, or mostly end there, long waits are missing.
  private func isNear(
    _ law: Backoff, _ shapes: [WaitShape], _ lateness: Lateness, isBoundedByTime: Bool
  ) -> Bool {
    for (k, shape) in shapes.enumerated() where shape.count >= max(Self.few, shapes[0].count / 10) {
      if k > 0, isBoundedByTime || (ended.indices.contains(k) ? ended[k] : 0) > shape.count { break }
      guard let ends = law.ends(k + 1) else { return true }
      let sorted = waits[k].map(\.time).sorted()
      let n = min(sorted.count, 500)
      // A law's numbers are round: as far as the rounding goes, waits lie beside it without saying anything.
      let slack = max(1_000, 0.06 * ends.high)
      func expected(_ wait: Double) -> Double {
        zip(shape.weights, Lateness.scales).reduce(0.0) {
          $0 + $1.0 * WaitShape.share(below: wait, ends.low, ends.high, $1.1)
        }
      }
      let distance = (0..<n).reduce(0.0) { worst, i in
        let wait = Double(sorted[(i * 2 + 1) * sorted.count / (2 * n)])
        let seen = (Double(i) + 0.5) / Double(n)
        return max(worst, seen - expected(wait + slack), expected(wait - slack) - seen)
      }
      if distance > 0.15 + 1.36 / Double(sorted.count).squareRoot() { return false }
    }
    return true
  }
}
