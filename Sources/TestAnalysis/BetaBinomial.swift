// The Beta distribution: how sure one can be of a rate after k failures in n runs.

internal import Support

/// A belief about a failure rate: Beta(failures + prior, passes + prior).
package struct BetaBelief: Hashable, Sendable {
  package var alpha: Double
  package var beta: Double

  /// The prior has the weight of thirty runs and the mean that Google published for all its tests: 1.5 % of runs flaky.
  /// With it one failure in three runs says less than sixty in a thousand.
  package static let priorFailures = 0.45
  package static let priorPasses = 29.55

  package init(failures: Int, runs: Int) {
    alpha = Double(failures) + Self.priorFailures
    beta = Double(max(runs - failures, 0)) + Self.priorPasses
  }

  package var mean: Double { alpha / (alpha + beta) }

  /// The rate below which it lies with probability q.
  package func quantile(_ q: Double) -> Double { IncompleteBeta.quantile(q, alpha, beta) }
}
