// What a chain of two kinds of outages did between two observations: how often it changed, and how long it stayed.

/// Expected changes of a component's state and the time that it spent in each.
///
/// Between two requests the state may have changed any number of times: an outage shorter than the gap is met by one of
/// them at most, and often by none. Counting no change where both ends are alike makes short outages fewer and longer than
/// they are. Given what is known at both ends, the expected number of changes from a to b is the integral over the gap of
/// being in a, changing to b and going on from there to the other end (A. Hobolth and J. Jensen, "Summary statistics for
/// endpoint-conditioned continuous-time Markov chains", 2011), here of products of two exponentials each.
package struct ChainCounts {
  package private(set) var falls: DownBelief
  package private(set) var rises: DownBelief
  /// Microseconds.
  package private(set) var timeUp: Double
  package private(set) var timeDown: DownBelief

  /// Half a change of each kind more than was seen, after as long as it usually takes.
  package init(_ rates: OutageKinds.Rates) {
    falls = DownBelief(short: 0.5, long: 0.5)
    rises = falls
    timeUp = 1 / max(rates.falls.down, 1e-15)
    timeDown = DownBelief(short: 0.5 / rates.rises.short, long: 0.5 / rates.rises.long)
  }

  /// The likeliest rates.
  package var rates: OutageKinds.Rates {
    OutageKinds.Rates(
      falls: DownBelief(short: falls.short / max(timeUp, 1), long: falls.long / max(timeUp, 1)),
      rises: DownBelief(short: rises.short / max(timeDown.short, 1), long: rises.long / max(timeDown.long, 1)))
  }

  /// A gap between observations.
  ///
  /// - Parameters:
  ///   - gap: microseconds.
  ///   - past: what is known at its begin.
  ///   - future: the evidence of its end and all after it.
  ///   - kinds: the chain.
  package mutating func add(_ gap: Double, from past: DownBelief, to future: DownBelief, _ kinds: OutageKinds) {
    // Being up, short and long; each part of a deviation fades by itself.
    let row = kinds.parts(of: past)
    let column = kinds.parts(ofEvidence: future)
    let left = kinds.memory(gap)
    let whole = SIMD3(1 - future.down, future.short, future.long)
    let chance = ((row.steady + left.short * row.fast + left.long * row.slow) * whole).sum()
    guard chance > .leastNormalMagnitude else { return }
    let (fast, slow) = (kinds.fast, kinds.slow)
    let fastTime = (1 - left.short) / fast
    let slowTime = slow * gap > 1e-9 ? (1 - left.long) / slow : gap
    let bothTime = (fast - slow) * gap > 1e-9 ? (left.long - left.short) / (fast - slow) : gap * left.short
    let ofSteady = gap * column.steady + fastTime * column.fast + slowTime * column.slow
    let ofFast = fastTime * column.steady + gap * left.short * column.fast + bothTime * column.slow
    let ofSlow = slowTime * column.steady + bothTime * column.fast + gap * left.long * column.slow
    /// The time in state a with state b's future, over the chance of what was seen.
    func time(_ a: Int, _ b: Int) -> Double {
      max(row.steady[a] * ofSteady[b] + row.fast[a] * ofFast[b] + row.slow[a] * ofSlow[b], 0) / chance
    }
    let rates = kinds.rates
    falls.short += rates.falls.short * time(0, 1)
    falls.long += rates.falls.long * time(0, 2)
    rises.short += rates.rises.short * time(1, 0)
    rises.long += rates.rises.long * time(2, 0)
    timeUp += time(0, 0)
    timeDown.short += time(1, 1)
    timeDown.long += time(2, 2)
  }
}
