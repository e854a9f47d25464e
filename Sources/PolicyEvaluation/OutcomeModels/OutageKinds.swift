// Two kinds of outages of one component, short and long ones: how its state goes on from one of three.
internal import Glibc

/// What is known about a component's state: the part of being down by the kind of outage, 0 for long where there is one kind;
/// the rest is being up.
package struct DownBelief: Sendable {
  package var short: Double
  package var long: Double

  package init(short: Double, long: Double) {
    self.short = short
    self.long = long
  }

  package var down: Double { short + long }
}

/// A chain in continuous time with one way of being up and two of being down, each left at a rate of its own.
///
/// How long an outage lasts is then a mixture of two exponentials instead of one. With one rate for outages of seconds and of
/// minutes, an outage of two failures is less likely than two bad requests side by side, which are then taken for bad
/// whatever one does (mixtures for long tails: A. Feldmann and W. Whitt, "Fitting mixtures of exponentials to long-tail
/// distributions", 1998). Its matrix of transitions is that of a reversible chain of three states, written out by its two
/// eigenvalues (J. Norris, "Markov Chains", 1997, 2.1).
package struct OutageKinds: Sendable {
  /// Rates into an outage of either kind and out of it, per microsecond.
  package struct Rates: Sendable {
    package var falls: DownBelief
    package var rises: DownBelief

    package init(falls: DownBelief, rises: DownBelief) {
      self.falls = falls
      self.rises = rises
    }
  }

  package let rates: Rates
  /// The shares of time.
  package let share: DownBelief
  /// How fast the two parts of a deviation fade, per microsecond.
  let fast: Double
  let slow: Double
  // The part of a deviation that fades fast, by where it goes and comes from; what is left of it fades slowly.
  private let shortToShort: Double
  private let longToShort: Double
  private let shortToLong: Double
  private let longToLong: Double

  package init(_ rates: Rates) {
    self.rates = rates
    let odds = DownBelief(
      short: rates.falls.short / rates.rises.short, long: rates.falls.long / rates.rises.long)
    share = DownBelief(short: odds.short / (1 + odds.down), long: odds.long / (1 + odds.down))
    let (a, b) = (rates.falls.short, rates.falls.long)
    let (p, q) = (a + rates.rises.short, b + rates.rises.long)
    let root = max((p - q) * (p - q) + 4 * a * b, 0).squareRoot()
    fast = (p + q + root) / 2
    slow = max((p + q - root) / 2, 0)
    let gap = max(fast - slow, .leastNormalMagnitude)
    shortToShort = (p - slow) / gap
    longToShort = a / gap
    shortToLong = b / gap
    longToLong = (q - slow) / gap
  }

  /// How much is left of both parts of a deviation after a time.
  package func memory(_ time: Double) -> DownBelief { DownBelief(short: exp(-fast * time), long: exp(-slow * time)) }

  /// The state a while later.
  package func after(_ p: DownBelief, _ left: DownBelief) -> DownBelief {
    let (x, y) = (p.short - share.short, p.long - share.long)
    let (fastX, fastY) = (shortToShort * x + longToShort * y, shortToLong * x + longToLong * y)
    return DownBelief(
      short: share.short + left.short * fastX + left.long * (x - fastX),
      long: share.long + left.short * fastY + left.long * (y - fastY))
  }

  /// A belief, or evidence, as the part that stays and those that fade fast and slowly: being up, short and long.
  struct Parts {
    let steady: SIMD3<Double>
    let fast: SIMD3<Double>
    let slow: SIMD3<Double>
  }

  /// What is known, by how it fades.
  func parts(of p: DownBelief) -> Parts {
    let (x, y) = (p.short - share.short, p.long - share.long)
    let (fastX, fastY) = (shortToShort * x + longToShort * y, shortToLong * x + longToLong * y)
    let steady = SIMD3(1 - share.down, share.short, share.long)
    let fast = SIMD3(-fastX - fastY, fastX, fastY)
    return Parts(steady: steady, fast: fast, slow: SIMD3(1 - p.down, p.short, p.long) - steady - fast)
  }

  /// Evidence, by how its word about each state fades.
  func parts(ofEvidence evidence: DownBelief) -> Parts {
    let up = 1 - evidence.down
    let whole = SIMD3(up, evidence.short, evidence.long)
    let average = (1 - share.down) * up + share.short * evidence.short + share.long * evidence.long
    let steady = SIMD3(repeating: average)
    // What a deviation of one by a kind is worth.
    let (a, b) = (evidence.short - up, evidence.long - up)
    let (x, y) = (a * shortToShort + b * shortToLong, a * longToShort + b * longToLong)
    let fast = SIMD3(0, x, y) - SIMD3(repeating: share.short * x + share.long * y)
    return Parts(steady: steady, fast: fast, slow: whole - steady - fast)
  }

  /// The evidence of a time, a while before it: parts of one, being up the rest.
  package func before(_ evidence: DownBelief, _ left: DownBelief) -> DownBelief {
    let up = 1 - evidence.down
    func seen(_ from: DownBelief) -> Double {
      let to = after(from, left)
      return max(to.short * evidence.short + to.long * evidence.long + (1 - to.down) * up, 0)
    }
    let short = seen(DownBelief(short: 1, long: 0))
    let long = seen(DownBelief(short: 0, long: 1))
    let all = max(short + long + seen(DownBelief(short: 0, long: 0)), .leastNormalMagnitude)
    return DownBelief(short: short / all, long: long / all)
  }
}

/// Lengths of outages as a mixture of two exponentials, where they are no single one.
package struct OutageLengths {
  /// Outages below which no two kinds are looked for.
  static let least = 10
  static let rounds = 50

  package private(set) var share: Double
  package private(set) var short: Double
  package private(set) var long: Double

  /// By expectation maximisation; nil where one exponential is as likely, two parameters more being worth it or not by
  /// G. Schwarz's criterion (1978).
  package init?(_ spans: [Range<Int64>]) {
    // An outage that was seen has no length below a tenth of a second.
    let lengths = spans.map { max(Double($0.upperBound.subtractingReportingOverflow($0.lowerBound).partialValue), 1e5) }
      .sorted()
    guard lengths.count >= Self.least else { return nil }
    let n = Double(lengths.count)
    let half = lengths.count / 2
    func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    (share, short, long) = (0.5, mean(lengths[..<half]), mean(lengths[half...]))
    let usual = mean(lengths[...])
    let single = -n * (Glibc.log(usual) + 1)
    var likelihood = -Double.infinity
    for _ in 0..<Self.rounds {
      var (weight, shortTime, longTime) = (0.0, 0.0, 0.0)
      likelihood = 0
      for length in lengths {
        let a = share / short * exp(-length / short)
        let b = (1 - share) / long * exp(-length / long)
        let all = max(a + b, .leastNormalMagnitude)
        likelihood += Glibc.log(all)
        weight += a / all
        shortTime += length * a / all
        longTime += length * b / all
      }
      share = min(max(weight / n, 0.01), 0.99)
      short = max(shortTime / max(weight, 1e-9), 1e5)
      long = max(longTime / max(n - weight, 1e-9), short)
    }
    guard likelihood - single > Glibc.log(n) else { return nil }
  }
}
