// Requests and windows that were slower than the pattern allows.

internal import Model
internal import Support

/// Latency against high quantiles of the same path in the same variant, as learned from earlier nights; within one archive
/// against the median of its windows. Medians with absolute deviations are not used: on labelled traces they find less
/// (F1 .88 beside .97).
struct LatencyRules {
  struct Break {
    var variant: UInt64
    /// The call path to blame, 0 for the request as a whole.
    var path: UInt64
    var expected: Int64
    var actual: Int64
    var count: Int
    var support: Int
    var rule: ViolationDetail.SlowRule
    var exemplar: Exemplar?
  }

  /// Durations of one path in one variant are compared from this many on.
  static let minimumCount = 100
  static let minimumPerWindow = 10

  let tonight: PatternPartial
  let settings: PatternSettings

  // MARK: - Against earlier nights

  func breaks(known: PatternPartial) -> [Break] {
    var found: [Break] = []
    for (key, variant) in tonight.variants.sorted {
      guard let before = known.variants[key] else { continue }
      var slow: [UInt64: Break] = [:]
      for (path, latency) in variant.paths.sorted(by: { $0.key < $1.key }) {
        guard let rule = before.paths[path]?.sketch, rule.count >= Self.minimumCount, let slowest = latency.slowest
        else { continue }
        let (usual, limit) = Self.limit(rule, floor: settings.latencyFloor)
        guard slowest.value > limit else { continue }
        slow[path] = Break(
          variant: key, path: path, expected: usual, actual: slowest.value,
          count: max(latency.sketch.count(above: limit), 1), support: rule.count,
          rule: .beyondLearned, exemplar: slowest)
      }
      // A slow call makes its callers slow: the deepest path is to blame.
      for path in slow.keys.sorted() {
        var above = tonight.contexts[path]?.parent ?? 0
        while above != 0 {
          slow[above] = nil
          above = tonight.contexts[above]?.parent ?? 0
        }
      }
      found += slow.sorted { $0.key < $1.key }.map(\.value)
    }
    return found
  }

  /// What is usual, and what breaks the rule: 1.5 times the 99.9th percentile, or 1.2 times the largest of few.
  static func limit(_ sketch: Sketch, floor: Int64) -> (usual: Int64, limit: Int64) {
    let usual = sketch.quantile(sketch.count >= 1_000 ? 0.999 : 1) ?? 0
    let extra = sketch.count >= 1_000 ? usual / 2 : usual / 5
    return (usual, usual.addingSaturated(max(extra, floor)))
  }

  // MARK: - Within one archive

  func breaksWithin() -> [Break] {
    var found: [Break] = []
    for (key, variant) in tonight.variants.sorted {
      let windows = variant.windows.sorted { $0.key < $1.key }.filter { $0.value.count >= Self.minimumPerWindow }
      guard windows.count >= 4 else { continue }
      if let slow = slowWindows(key, variant, windows) { found.append(slow) }
      if let slow = slowRequests(key, variant, windows) { found.append(slow) }
    }
    return found
  }

  /// Windows whose median departs from the expectation that the windows before taught.
  private func slowWindows(
    _ key: UInt64, _ variant: VariantStats, _ windows: [(key: Int64, value: Sketch)]
  ) -> Break? {
    let medians = windows.compactMap { $0.value.quantile(0.5).map(Double.init) }
    // The first windows may be the broken ones: start from what most windows say.
    var expectation = LatencyExpectation(settings, expected: LatencyDrift.median(medians))
    var broken: [Int64] = []
    var count = 0
    var worst: (median: Double, departure: Double) = (0, 0)
    for (window, median) in zip(windows, medians) {
      if expectation.isBroken(by: median) {
        broken.append(window.key)
        count += window.value.count
        let departure = abs(median - (expectation.expected ?? median))
        if departure > worst.departure { worst = (median, departure) }
      } else {
        expectation.learn(median)
      }
    }
    guard !broken.isEmpty, broken.count * 2 < windows.count, let expected = expectation.microseconds else { return nil }
    let exemplar = variant.slowest.first { broken.contains(tonight.clock.window(of: $0.time)) }
    return Break(
      variant: key, path: 0, expected: expected, actual: Int64(worst.median.rounded()), count: count,
      support: variant.count - count,
      rule: .windows(broken: broken.count, of: windows.count),
      exemplar: exemplar ?? variant.exemplar)
  }

  /// Single requests beyond what the median window's slowest allow.
  private func slowRequests(
    _ key: UInt64, _ variant: VariantStats, _ windows: [(key: Int64, value: Sketch)]
  ) -> Break? {
    let high = LatencyDrift.median(windows.compactMap { $0.value.quantile(0.99).map(Double.init) })
    guard let usual = Int64(checked: high.rounded()), let slowest = variant.slowest.first else { return nil }
    let limit = usual.addingSaturated(max(usual / 2, settings.latencyFloor))
    guard slowest.value > limit else { return nil }
    let count = max(variant.latency.count(above: limit), 1)
    // More than a few are a property of the pattern, or a matter for its windows.
    guard count * 50 <= variant.count else { return nil }
    return Break(
      variant: key, path: 0, expected: usual, actual: slowest.value, count: count, support: variant.count - count,
      rule: .beyondTypicalWindow, exemplar: slowest)
  }
}
