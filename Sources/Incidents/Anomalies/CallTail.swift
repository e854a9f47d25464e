// From where on what a call took is none of what calls of a night take now and then.

internal import Glibc

/// The tail of what calls took beyond their usual time, without the few largest that the others say are none of theirs.
///
/// A generalised Pareto distribution above a threshold (Pickands, *Annals of Statistics*, 1975), of any shape: its parameters are averaged
/// by their likelihood (Zhang and Stephens, *Technometrics*, 2009) and not put in as if they were known. Of few calls, or of a heavy tail,
/// little can be said of what is far beyond them, and then nothing is extreme. The largest are set aside as known to be larger only
/// (censored, type II), so that the rest is not taken for a lighter tail than it is, and which of them are extreme is asked from the
/// inside outwards, so that they do not hide one another (Davies and Gather, *JASA*, 1993).
struct CallTail {
  /// So few exceedances say nothing of a tail.
  fileprivate static let leastPeaks = 20
  /// Extreme calls of a night: where there are more, they are a tail of their own.
  private static let bound = 8

  private typealias Row = (excess: Double, count: Int)

  private var fit: Fit?
  /// The largest that is not extreme.
  private var largest = Double.infinity
  private let most: Double

  /// - Parameters:
  ///   - calls: what each took beyond the usual, microseconds, and how many did.
  ///   - peaks: how many of them are beyond the threshold.
  ///   - most: how many as long may be expected in a night for one to be extreme.
  /// - Complexity: O(calls · log calls + bound · distinct exceedances · √exceedances)
  init(_ calls: [(excess: Double, count: Int)], peaks: Int, most: Double) {
    self.most = most
    var rows: [Row] = []
    var seen = 0
    for call in calls.sorted(by: { $0.excess > $1.excess }) {
      seen += call.count
      if call.excess == rows.last?.excess { rows[rows.count - 1].count += call.count } else { rows.append(call) }
      if seen > peaks { break }
    }
    guard peaks >= Self.leastPeaks, seen > peaks else { return }
    let threshold = Self.place(peaks, rows)
    for aside in stride(from: Self.bound, through: 0, by: -1) {
      fit = Fit(rows, over: threshold, aside: aside)
      largest = Self.place(aside, rows)
      if aside == 0 || isBeyond(Self.place(aside - 1, rows)) { return }
    }
  }

  /// Whether so few calls as long are to be expected that one is none of these.
  func isBeyond(_ excess: Double) -> Bool {
    guard let fit, excess > largest else { return false }
    return fit.expected(beyond: excess) < most
  }

  /// The excess at a place, descending.
  private static func place(_ place: Int, _ rows: [Row]) -> Double {
    var left = place
    for row in rows {
      if left < row.count { return row.excess }
      left -= row.count
    }
    return 0
  }

  /// The distributions that the calls above a threshold may come from, each with its weight.
  private struct Fit {
    private let threshold: Double
    private let count: Double
    /// In the terms of Zhang and Stephens: the distribution function is 1 - (1 - θx)^(1/k).
    private var candidates: [(theta: Double, shape: Double, weight: Double)] = []

    /// nil where too few are above it.
    init?(_ rows: [Row], over threshold: Double, aside: Int) {
      self.threshold = threshold
      var kept: [(excess: Double, count: Double)] = []
      var left = aside
      for row in rows where row.excess > threshold {
        let taken = min(left, row.count)
        left -= taken
        if row.count > taken { kept.append((row.excess - threshold, Double(row.count - taken))) }
      }
      let own = kept.reduce(0) { $0 + $1.count }
      guard own >= Double(CallTail.leastPeaks), let last = kept.first?.excess, kept.count > 1 else { return nil }
      count = own + Double(aside)
      candidates = Self.candidates(kept, last: last, own: own, aside: Double(aside))
      guard !candidates.isEmpty else { return nil }
    }

    /// The grid of θ by Zhang and Stephens, which the first quartile scales, with the shape that is likeliest for each.
    private static func candidates(
      _ kept: [(excess: Double, count: Double)], last: Double, own: Double, aside: Double
    ) -> [(theta: Double, shape: Double, weight: Double)] {
      var seen = 0.0
      var quartile = last
      for row in kept.reversed() {
        seen += row.count
        quartile = row.excess
        if seen >= own / 4 { break }
      }
      let steps = 20 + own.squareRoot().rounded(.down)
      var found: [(theta: Double, shape: Double, weight: Double)] = []
      var best = -Double.infinity
      for step in stride(from: 1, through: steps, by: 1) {
        var theta = 1 / last + (1 - (steps / (step - 0.5)).squareRoot()) / (3 * quartile)
        // At zero the distribution is an exponential one.
        if abs(theta * last) < 1e-6 { theta = -1e-6 / last }
        let sum = kept.reduce(0) { $0 + $1.count * log(1 - theta * $1.excess) }
        // Of those set aside it is known that they are beyond the last.
        let shape = -(sum + aside * log(1 - theta * last)) / own
        let likelihood = own * log(theta / shape) - sum - own
        guard likelihood.isFinite else { continue }
        found.append((theta, shape, likelihood))
        best = max(best, likelihood)
      }
      let total = found.reduce(0) { $0 + exp($1.weight - best) }
      return found.map { ($0.theta, $0.shape, exp($0.weight - best) / total) }
    }

    /// How many as large are to be expected among as many.
    func expected(beyond excess: Double) -> Double {
      candidates.reduce(0) { sum, one in
        let base = 1 - one.theta * (excess - threshold)
        return base > 0 ? sum + count * one.weight * pow(base, 1 / one.shape) : sum
      }
    }
  }
}
