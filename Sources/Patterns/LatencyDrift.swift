// Is tonight slower than the nights before, is its tail longer, has it been creeping up, and since when?

internal import Glibc
package import Support

/// What three rules say about one latency tonight.
package struct DriftVerdict: Hashable, Sendable {
  package enum Rule: String, Hashable, Sendable {
    /// The whole distribution moved.
    case shift
    /// The slowest requests became slower than the rest.
    case tail
    /// Small moves added up over nights.
    case creep
  }

  package var rule: Rule
  /// Relative change: 0.15 is 15 % slower.
  package var change: Double
  /// Standard deviations of the nights before.
  package var score: Double
  /// Index of the first night of the change among the nights handed over, their count for tonight.
  package var since: Int
}

/// Verdicts between nights. No rule relies on a bare p-value: nights differ by more than sampling explains.
///
/// - `shift`: the mean logarithm between the quartiles moved up by at least `effect`, by more than `shiftScore` standard
///   deviations of the earlier nights, and the Kolmogorov–Smirnov distance to them is no chance.
/// - `tail`: the slowest 2 %, relative to the middle, moved up by `tailScore` standard deviations. Measured against the middle
///   the common noise of a night cancels, which a bare p99 carries.
/// - `creep`: Page's CUSUM (1954) over the nights' middles, against the level of the oldest ones.
package enum LatencyDrift {
  /// Logarithms: .095 is 10 %.
  static let effect = 0.095
  static let shiftScore = 2.0
  static let tailEffect = 0.08
  static let tailScore = 4.0
  static let allowance = 0.037
  static let decision = 0.105
  static let chance = 0.001
  /// Nights that a verdict needs before tonight.
  package static let minimumNights = 3
  static let minimumReference = 5
  /// Nights that the creep may have gone on for.
  static let creepNights = 10

  /// The verdicts on tonight, given the nights before, oldest first. None where there are too few requests or nights.
  package static func verdicts(tonight: Sketch, nights: [Sketch]) -> [DriftVerdict] {
    guard let now = NightProfile(tonight) else { return [] }
    var profiles: [(profile: NightProfile, night: Int)] = []
    var pooled = Sketch()
    for (night, sketch) in nights.enumerated() {
      guard let profile = NightProfile(sketch) else { continue }
      profiles.append((profile, night))
      pooled.merge(sketch)
    }
    guard profiles.count >= minimumNights else { return [] }
    var verdicts: [DriftVerdict] = []
    if let verdict = shift(now, profiles.map(\.profile), of: tonight, against: pooled, nights.count) {
      verdicts.append(verdict)
    }
    if let verdict = tail(now, profiles.map(\.profile), nights.count) { verdicts.append(verdict) }
    if let verdict = creep(now, profiles, nights.count) { verdicts.append(verdict) }
    return verdicts
  }

  private static func shift(
    _ now: NightProfile, _ before: [NightProfile], of tonight: Sketch, against pooled: Sketch, _ night: Int
  ) -> DriftVerdict? {
    let level = median(before.map(\.center))
    let change = now.center - level
    let sampling = 1.25 * now.spread / Double(now.count).squareRoot()
    let noise = deviation(before.map(\.center), prior: 0.03)
    let deviation = (noise * noise + sampling * sampling).squareRoot()
    guard change > effect, change > shiftScore * deviation, KolmogorovSmirnov(tonight, pooled).probability < chance
    else { return nil }
    return DriftVerdict(rule: .shift, change: exp(change) - 1, score: change / deviation, since: night)
  }

  private static func tail(_ now: NightProfile, _ before: [NightProfile], _ night: Int) -> DriftVerdict? {
    let usable = before.filter { $0.count >= NightProfile.minimumTail }
    guard now.count >= NightProfile.minimumTail, usable.count >= minimumNights else { return nil }
    let change = now.tail - median(usable.map(\.tail))
    let deviation = deviation(usable.map(\.tail), prior: 0.03)
    guard change > tailEffect, change > tailScore * deviation else { return nil }
    return DriftVerdict(rule: .tail, change: exp(change) - 1, score: change / deviation, since: night)
  }

  private static func creep(
    _ now: NightProfile, _ before: [(profile: NightProfile, night: Int)], _ night: Int
  ) -> DriftVerdict? {
    let referenceCount = max(minimumReference, before.count - creepNights)
    guard before.count >= referenceCount else { return nil }
    let reference = before.prefix(referenceCount).map(\.profile.center)
    let level = reference.reduce(0, +) / Double(reference.count)
    let noise = deviation(reference, prior: 0.03)
    // Noisier nights need more before they add up.
    let scale = max(1, noise / 0.04)
    var sum = 0.0
    var since = night
    var path = before.dropFirst(referenceCount).map { ($0.profile.center, $0.night) }
    path.append((now.center, night))
    for (center, when) in path {
      if sum == 0 { since = when }
      sum = max(0, sum + center - level - allowance * scale)
    }
    guard sum > decision * scale, now.center - level > allowance * scale else { return nil }
    return DriftVerdict(
      rule: .creep, change: exp(now.center - level) - 1, score: sum / (allowance * scale), since: since)
  }

  // MARK: - Statistics

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The standard deviation of the nights, drawn towards a prior worth three nights while there are few.
  static func deviation(_ values: [Double], prior: Double) -> Double {
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return ((squares + 3 * prior * prior) / Double(max(values.count - 1, 0) + 3)).squareRoot()
  }
}
