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
  /// Excess in standard deviations: binomial noise of the window plus the baseline's own spread.
  var z = 0.0
  var trials = 0.0
  var center = 0.0

  /// Added to the binomial variance, so that a share that never varied does not make every trial a sensation.
  private static let prior = 0.02
  /// The fewest trials of a slot whose share counts in the baseline.
  static let trustedTrials = 3.0

  init() {}

  /// - Parameters:
  ///   - hits: trials that hit.
  ///   - trials: at least one, else nothing is said.
  ///   - draws: how many of the trials are independent, where that is fewer.
  ///   - baseline: of the share, slot by slot.
  ///   - required: the fewest slots that the baseline must rest on.
  init(hits: Double, trials: Double, draws: Double = .infinity, baseline: RobustBaseline, required: Int) {
    guard trials >= 1, baseline.count >= required else { return }
    self.trials = trials
    center = baseline.center
    share = hits / trials
    excess = share - baseline.center
    let own = (baseline.center * (1 - baseline.center) + Self.prior) / max(min(trials, draws), 1)
    z = excess / (max(own, 0) + baseline.spread * baseline.spread).squareRoot()
  }
}
