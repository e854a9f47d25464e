// How often tests fail by chance, learned over all of them at once, and what that means for a build.
//
// A hierarchical Beta-binomial model (A. Gelman et al., "Bayesian Data Analysis", 3rd ed., §5.3): a test is never flaky,
// flaky alike on all its configurations, or flaky on some of them with a rate of their own (a spike and slab: T. J. Mitchell,
// J. J. Beauchamp, JASA 83, 1988). The rates of flaky tests are Beta distributed; what share of the tests is flaky and how
// their rates are spread is not known either, and is weighed over a grid by what all tests showed. P(green) is a product over
// tests: its mean and variance are those of the posterior, so that the interval knows how unsure every rate is, that tests
// which have not failed yet may, and how unsure the spread itself is; a Beta distribution of that mean and variance gives
// the interval's ends. Integrals over a rate run over the arcsine scale, on which a binomial rate is equally sure anywhere.

internal import Glibc
internal import Model
internal import Support

struct FlakeRates {
  /// What was seen of a test on one configuration.
  struct Counts: Hashable, Comparable {
    var failures = 0
    var attempts = 0
    static func < (a: Counts, b: Counts) -> Bool { (a.failures, a.attempts) < (b.failures, b.attempts) }
  }

  /// Tests that showed the same.
  struct Group: Hashable {
    /// By configuration on which it ran.
    var seen: [Counts]
    /// By set of lines that a green build needs: which of `seen` belong to it.
    var sets: [[Int]]
  }

  /// One belief about all tests: how the rates of flaky ones are spread, and the share of tests that are flaky.
  private struct Spread {
    /// Of Beta(a, b), at the points of the grid.
    var prior: [Double]
    var share: Double
  }

  /// How likely what a test showed is under each of the three kinds, and what it says of P(green).
  private struct Kinds {
    var never: Double
    var alike: Double
    var apart: Double

    var total: Double { never + alike + apart }
  }

  private static let points = 256
  /// Mean rates and weights of the Beta distribution that are weighed: wide of what projects publish (a flaky test fails in
  /// .1 to 40 of 100 runs; 1.5 % of all runs: J. Micco, "The State of Continuous Integration Testing @Google", 2017).
  private static let means = [0.02, 0.05, 0.1, 0.2, 0.35]
  private static let weights = [1.5, 4, 10]
  private static let shares = 8
  /// Beliefs less likely than this beside the likeliest change nothing in three digits.
  private static let leastBelief = 1e-4
  private static let mostBeliefs = 48
  private static let tails = (low: 0.025, high: 0.975)

  private let groups: [(group: Group, tests: Int)]
  private let logRate: [Double]
  private let logPass: [Double]
  private let rates: [Double]
  private var beliefs: [(spread: Spread, weight: Double)] = []

  /// - Parameter tests: every test, those that never failed included, with how many there are of its kind.
  init(_ tests: [Group: Int]) {
    groups = tests.map { ($0.key, $0.value) }.sorted { a, b in
      a.group.seen == b.group.seen
        ? a.group.sets.lexicographicallyPrecedes(b.group.sets) { $0.lexicographicallyPrecedes($1) }
        : a.group.seen.lexicographicallyPrecedes(b.group.seen)
    }
    rates = (0..<Self.points).map {
      let sine = sin(Double.pi / 2 * (Double($0) + 0.5) / Double(Self.points))
      return sine * sine
    }
    logRate = rates.map { log($0) }
    logPass = rates.map { log1p(-$0) }
    weigh()
  }

  // MARK: - Learning

  private mutating func weigh() {
    let total = Double(max(groups.reduce(0) { $0 + $1.tests }, 1))
    var spreads: [Spread] = []
    for mean in Self.means {
      for weight in Self.weights {
        let prior = prior(mean * weight, (1 - mean) * weight)
        // From half a test to half of the tests.
        for i in 0..<Self.shares {
          let share = 0.5 * pow(1 / total, 1 - Double(i) / Double(Self.shares - 1))
          spreads.append(Spread(prior: prior, share: min(share, 0.5)))
        }
      }
    }
    var evidence = [Double](repeating: 0, count: spreads.count)
    for (group, tests) in groups {
      let likelihood = Likelihood(group, self)
      for i in spreads.indices {
        evidence[i] +=
          Double(tests) * (log(likelihood.kinds(spreads[i].prior, spreads[i].share).total) + likelihood.offset)
      }
    }
    let best = evidence.max() ?? 0
    let order = spreads.indices.sorted { evidence[$0] == evidence[$1] ? $0 < $1 : evidence[$0] > evidence[$1] }
    for i in order.prefix(Self.mostBeliefs) where exp(evidence[i] - best) >= Self.leastBelief {
      beliefs.append((spreads[i], exp(evidence[i] - best)))
    }
    let sum = beliefs.reduce(0) { $0 + $1.weight }
    for i in beliefs.indices { beliefs[i].weight /= sum }
  }

  /// Beta(a, b) at the grid's points; on the arcsine scale the density is p^(a-½) (1-p)^(b-½).
  private func prior(_ a: Double, _ b: Double) -> [Double] {
    var density = rates.indices.map { exp((a - 0.5) * logRate[$0] + (b - 0.5) * logPass[$0]) }
    let sum = density.reduce(0, +)
    for i in density.indices { density[i] /= sum }
    return density
  }

  /// A group's likelihoods at the grid's points.
  private struct Likelihood {
    /// All are to be multiplied by e to this.
    let offset: Double
    let alike: [Double]
    /// By configuration, each with one as its peak, and what their product is to be multiplied by; for one configuration
    /// there is only `alike`.
    let apart: [[Double]]
    private let apartScale: Double
    /// By configuration: what it weighs that the test never fails there.
    let spikes: [Double]
    private let isSilent: Bool

    init(_ group: Group, _ rates: FlakeRates) {
      var all = Counts()
      for counts in group.seen {
        all.failures += counts.failures
        all.attempts += counts.attempts
      }
      func logs(_ counts: Counts) -> [Double] {
        let passes = Double(counts.attempts - counts.failures)
        return rates.rates.indices.map { Double(counts.failures) * rates.logRate[$0] + passes * rates.logPass[$0] }
      }
      let joint = logs(all)
      let single = group.seen.count > 1 ? group.seen.map(logs) : []
      let peaks = single.map { $0.max() ?? 0 }
      let together = peaks.reduce(0, +)
      let own = joint.max() ?? 0
      isSilent = all.failures == 0
      offset = isSilent ? 0 : single.isEmpty ? own : max(own, together)
      let scale = offset
      alike = joint.map { exp($0 - scale) }
      apart = zip(single, peaks).map { logs, peak in logs.map { exp($0 - peak) } }
      apartScale = exp(together - scale)
      spikes = zip(group.seen, peaks).map { $0.failures == 0 ? exp(-$1) : 0 }
    }

    func kinds(_ prior: [Double], _ share: Double) -> Kinds {
      var kinds = Kinds(never: isSilent ? 1 - share : 0, alike: share * FlakeRates.sum(alike, prior), apart: 0)
      guard !apart.isEmpty else { return kinds }
      kinds.alike /= 2
      kinds.apart = share / 2 * apartScale
      for i in apart.indices { kinds.apart *= (spikes[i] + FlakeRates.sum(apart[i], prior)) / 2 }
      return kinds
    }
  }

  private static func sum(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  // MARK: - Predicting

  /// P(green) of every set of lines after 0, 1, … reruns.
  ///
  /// - Parameters:
  ///   - sets: how many there are.
  ///   - reruns: the most.
  /// - Returns: by set, by reruns: the expectation, and ends that it lies between in 95 of 100 cases.
  func green(sets: Int, reruns: Int) -> [[Estimate]] {
    let tables = (1...reruns + 1).map { power in rates.map { pow($0, Double(power)) } }
    // By belief, set and reruns: the logarithms of mean and second moment.
    let width = sets * tables.count
    var first = [Double](repeating: 0, count: beliefs.count * width)
    var second = first
    for (group, tests) in groups {
      let likelihood = Likelihood(group, self)
      let places = Dictionary(grouping: group.sets.indices, by: { group.sets[$0] })
      for (lines, sets) in places.sorted(by: { $0.value[0] < $1.value[0] }) where !lines.isEmpty {
        for (b, belief) in beliefs.enumerated() {
          let kinds = likelihood.kinds(belief.spread.prior, belief.spread.share)
          for (r, stays) in tables.enumerated() {
            let moments = Self.moments(
              likelihood, kinds, of: lines, prior: belief.spread.prior, stays: stays)
            for set in sets {
              first[b * width + set * tables.count + r] += Double(tests) * log(moments.first)
              second[b * width + set * tables.count + r] += Double(tests) * log(moments.second)
            }
          }
        }
      }
    }
    return (0..<sets).map { set in
      tables.indices.map { r in
        var mean = 0.0
        var square = 0.0
        for (b, belief) in beliefs.enumerated() {
          mean += belief.weight * exp(first[b * width + set * tables.count + r])
          square += belief.weight * exp(second[b * width + set * tables.count + r])
        }
        return Self.estimate(mean: mean, square: square)
      }
    }
  }

  /// What a test's part of P(green) is expected to be, and its square.
  private static func moments(
    _ likelihood: Likelihood, _ kinds: Kinds, of lines: [Int], prior: [Double], stays: [Double]
  ) -> (first: Double, second: Double) {
    var (whole, one, two) = (0.0, 0.0, 0.0)
    for i in stays.indices {
      let weight = likelihood.alike[i] * prior[i]
      var green = 1.0
      for _ in lines { green *= 1 - stays[i] }
      whole += weight
      one += weight * green
      two += weight * green * green
    }
    let part = whole > 0 ? kinds.alike / whole : 0
    var first = kinds.never + one * part
    var second = kinds.never + two * part
    if !likelihood.apart.isEmpty {
      var (one, two) = (kinds.apart, kinds.apart)
      for line in lines {
        let own = alone(likelihood.apart[line], prior, likelihood.spikes[line], stays)
        one *= own.first
        two *= own.second
      }
      first += one
      second += two
    }
    let total = kinds.total
    return total > 0 ? (first / total, second / total) : (0, 0)
  }

  /// The same of one configuration that has a rate of its own, or none.
  private static func alone(
    _ likelihood: [Double], _ prior: [Double], _ spike: Double, _ stays: [Double]
  ) -> (first: Double, second: Double) {
    var (total, one, two) = (spike, spike, spike)
    for i in stays.indices {
      let weight = likelihood[i] * prior[i]
      total += weight
      one += weight * (1 - stays[i])
      two += weight * (1 - stays[i]) * (1 - stays[i])
    }
    return total > 0 ? (one / total, two / total) : (1, 1)
  }

  private static func estimate(mean: Double, square: Double) -> Estimate {
    let variance = square - mean * mean
    guard mean.isFinite, variance.isFinite else { return Estimate(nil, low: 0, high: 1) }
    guard variance > 1e-12, mean > 0, mean < 1 else {
      let value = max(0, min(mean, 1))
      return Estimate(value, low: value, high: value)
    }
    let weight = mean * (1 - mean) / variance - 1
    guard weight > 0 else { return Estimate(mean, low: 0, high: 1) }
    return Estimate(
      mean, low: IncompleteBeta.quantile(tails.low, mean * weight, (1 - mean) * weight),
      high: IncompleteBeta.quantile(tails.high, mean * weight, (1 - mean) * weight))
  }
}
