internal import Glibc

// How a share of a window departs from its usual level, and how sure that is.

/// The usual level of a series and how far it usually strays, read from the series itself so that bad stretches do not
/// move it: median and the larger of MAD and the 80 % quantile of the distances, both scaled to a standard deviation
/// (a robust scaler as in BARO, Pham et al., FSE 2024). Under a fifth of bad slots leave it alone.
struct RobustBaseline: Sendable {
  var center = 0.0
  var spread = 0.0
  var count = 0

  init() {}

  /// A level known from elsewhere, which rests on enough.
  init(center: Double, spread: Double) {
    self.center = center
    self.spread = spread
    count = .max
  }

  /// - Complexity: O(n log n)
  init(_ values: [Double]) {
    count = values.count
    guard !values.isEmpty else { return }
    var sorted = values.sorted()
    center = Self.quantile(sorted, 0.5)
    for index in sorted.indices { sorted[index] = abs(sorted[index] - center) }
    sorted.sort()
    spread = max(Self.quantile(sorted, 0.5) * 1.4826, Self.quantile(sorted, 0.8) / 1.2816)
  }

  /// The quantile of sorted values, linear between neighbours.
  static func quantile(_ sorted: [Double], _ q: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let position = q * Double(sorted.count - 1)
    let low = Int(position)
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (sorted[low + 1] - sorted[low]) * (position - Double(low))
  }
}

/// The share of trials that hit, judged against its baseline over the slots.
struct ShareContrast: Sendable {
  /// Hits among trials in the window.
  var share = 0.0
  /// Share minus the baseline's center.
  var excess = 0.0
  /// The signed root of twice the log likelihood ratio (Wilks, 1938) of the share that was seen against the baseline
  /// moved by its own spread towards it: about a number of standard deviations, and comparable between all kinds of
  /// evidence that are shares.
  var z = 0.0
  var trials = 0.0
  var center = 0.0

  /// Hits beyond the usual, or missing.
  var departed: Double { abs(excess) * trials }

  /// No event is held rarer, and none surer, than this: the rule of three for the hundred or so trials that a baseline
  /// slot has at best.
  static let rarest = 0.01
  /// The fewest trials of a slot whose share counts in the baseline.
  static let trustedTrials = 3.0

  init() {}

  /// - Parameters:
  ///   - hits: trials that hit.
  ///   - trials: at least one, else nothing is said.
  ///   - baseline: of the share, slot by slot.
  ///   - required: the fewest slots that the baseline must rest on.
  ///   - rarest: the smallest usual share that is believed in.
  init(
    hits: Double, trials: Double, baseline: RobustBaseline, required: Int, rarest: Double = ShareContrast.rarest
  ) {
    guard trials >= 1, baseline.count >= required else { return }
    self.trials = trials
    center = baseline.center
    share = min(max(hits / trials, 0), 1)
    excess = share - baseline.center
    // Moved towards what was seen, and never beyond the center the other way.
    let usual =
      excess > 0
      ? max(baseline.center, min(max(baseline.center + baseline.spread, rarest), 1 - rarest))
      : min(baseline.center, min(max(baseline.center - baseline.spread, rarest), 1 - rarest))
    guard usual > 0, usual < 1 else { return }
    guard excess > 0 ? share > usual : share < usual else { return }
    let root = (2 * trials * Self.divergence(share, usual)).squareRoot()
    z = excess > 0 ? root : -root
  }

  /// The Kullback-Leibler divergence of one Bernoulli distribution from another, nats.
  private static func divergence(_ p: Double, _ q: Double) -> Double {
    var sum = 0.0
    if p > 0 { sum += p * log(p / q) }
    if p < 1 { sum += (1 - p) * log((1 - p) / (1 - q)) }
    return max(sum, 0)
  }
}
