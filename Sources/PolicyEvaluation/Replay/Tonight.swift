// The figures of this very night: its outages as they were, its requests drawn once more.
internal import Model
internal import Support

/// How far the night itself leaves the first attempts to chance.
///
/// The same requests under the same outages would not fail one by one as they did: those at the edge of an outage might
/// as well have met the other side of it. Each first attempt fails with the probability that all other requests say;
/// what is summed up here is the mean and the square of these.
struct FirstAttemptChance: Sendable {
  private(set) var sum = 0.0
  private(set) var squares = 0.0

  init(_ log: borrowing CallLog, _ model: OutcomeModel) {
    for component in log.ranges.indices {
      for episode in log.ranges[component] {
        let p = model.chance(log, component: component, episode: episode)
        sum += p
        squares += p * p
      }
    }
  }

  /// The variance of a sum over requests of something that a failed first attempt brings with this mean and square.
  func variance(mean: Double, square: Double) -> Double { max(square * sum - mean * mean * squares, 0) }
}

extension EvaluationBase {
  /// The figures of a policy's sums for this night, or of their difference from the log's.
  ///
  /// - Parameters:
  ///   - a: the sums.
  ///   - nights: the same figures for other nights: latencies are as uncertain tonight as there.
  ///   - b: what to subtract, nil for levels.
  ///   - most: attempts that the policy makes at most.
  /// - Returns: the figures.
  func tonight(
    _ a: PolicySums, nights: PolicyFindings.Outcome, minus b: PolicySums?, most: Int
  ) -> PolicyFindings.Outcome {
    let requests = max(requests.reduce(0, +), 1)
    let failing = max(a.failingFirst ?? Double(model.failing.count), 1)
    let (lost, made) = (a.failed, a.made)
    let wasted = a.wasted.reduce(0, +)
    // A retry's mean success is known from so many logged retries; an error in it moves all estimated ones.
    let share = a.estimated > 0 ? min(max(a.won / a.estimated, 0), 1) : 0
    let common = a.estimated * (share * (1 - share) / Double(max(logged.retries, 1))).squareRoot()
    let drawn = a.simulationError * requests
    // The log's own policy: nothing is drawn once more.
    let isSame =
      a.estimated == 0 && a.unsupported == 0 && a.failures == sums.failures && a.attempts == sums.attempts
      && a.wasted == sums.wasted
    func noise(_ variance: Double) -> Double {
      isSame ? 0 : 1.96 * (variance + common * common + drawn * drawn).squareRoot() / requests
    }
    let perFailing = min(lost / failing, 1)
    let lossNoise = noise(chance.variance(mean: perFailing, square: perFailing))
    let extra = max(made - requests, 0) / failing
    let square = most > 1 ? max(extra * extra, min(extra * Double(most - 1), 2 * extra * extra + extra)) : 0
    let extraNoise = extra > 0 ? noise(chance.variance(mean: extra, square: square)) : 0
    let waste = wasted / failing
    let wasteNoise = noise(chance.variance(mean: waste, square: max(waste * waste, square + 2 * extra + 1)))
    func estimate(_ value: Double, _ noise: Double, _ range: ClosedRange<Double>) -> Estimate {
      Estimate(value, low: max(value - noise, range.lowerBound), high: min(value + noise, range.upperBound))
    }
    func minus(_ path: KeyPath<PolicySums, [Double]>) -> Double { b.map { $0[keyPath: path].reduce(0, +) } ?? 0 }
    let isLevel = b == nil
    let success = isLevel ? 1 - lost / requests : (minus(\.failures) - lost) / requests
    let attempts = (made - minus(\.attempts)) / requests
    let wastedRate = (wasted - minus(\.wasted)) / requests
    return PolicyFindings.Outcome(
      successRate: estimate(success, lossNoise, isLevel ? 0...1 : -1...1),
      attemptsPerRequest: estimate(attempts, extraNoise, isLevel ? 0...Double.infinity : -.infinity...Double.infinity),
      wastedAttempts: estimate(wastedRate, wasteNoise, isLevel ? 0...Double.infinity : -.infinity...Double.infinity),
      latencyP50: widened(nights.latencyP50), latencyP95: widened(nights.latencyP95, attempts: most),
      latencyP99: widened(nights.latencyP99, attempts: most), peakLoad: nights.peakLoad)
  }

  /// The night's figures of a candidate and of its difference from the log, the ends of what the log leaves open joined in.
  func tonight(
    _ a: PolicySums,
    nights: (level: PolicyFindings.Outcome, difference: PolicyFindings.Outcome, isRefused: Bool), worst: PolicySums?,
    best: PolicySums?, most: Int
  ) -> (level: PolicyFindings.Outcome, difference: PolicyFindings.Outcome) {
    func joined(_ nights: PolicyFindings.Outcome, _ isRefused: Bool, minus b: PolicySums?) -> PolicyFindings.Outcome {
      let all = [a] + [worst, best].compactMap(\.self)
      let figures = all.map { tonight($0, nights: nights, minus: b, most: most) }
      func join(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Estimate {
        let estimates = figures.map { $0[keyPath: path] }
        return Estimate(
          isRefused ? nil : estimates[0].value, low: estimates.map(\.low).min() ?? 0,
          high: estimates.map(\.high).max() ?? 0)
      }
      return PolicyFindings.Outcome(
        successRate: join(\.successRate), attemptsPerRequest: join(\.attemptsPerRequest),
        wastedAttempts: join(\.wastedAttempts), latencyP50: join(\.latencyP50), latencyP95: join(\.latencyP95),
        latencyP99: join(\.latencyP99), peakLoad: join(\.peakLoad))
    }
    return (
      joined(nights.level, nights.isRefused, minus: nil), joined(nights.difference, nights.isRefused, minus: sums)
    )
  }

  /// The log's own figures: what it shows is no estimate.
  var baseline: PolicyFindings.Outcome {
    let nights = figures(sums, minus: nil)
    func exact(_ path: KeyPath<PolicyFindings.Outcome, Estimate>) -> Estimate {
      Estimate(exact: nights[keyPath: path].value ?? 0)
    }
    return PolicyFindings.Outcome(
      successRate: exact(\.successRate), attemptsPerRequest: exact(\.attemptsPerRequest),
      wastedAttempts: exact(\.wastedAttempts), latencyP50: exact(\.latencyP50), latencyP95: exact(\.latencyP95),
      latencyP99: exact(\.latencyP99), peakLoad: exact(\.peakLoad))
  }

  /// The difference of two plays in overload: as uncertain as plays differ, and as the play of the log's own policy misses
  /// the log.
  func inOverload(
    _ a: PolicySums, _ logged: PolicySums, _ nights: PolicyFindings.Outcome
  ) -> PolicyFindings.Outcome {
    let requests = max(requests.reduce(0, +), 1)
    let t = Student.quantile975(degrees: Double(max(settings.replays - 1, 1)))
    func estimate(_ path: KeyPath<PolicySums, [Double]>, _ spread: Double, sign: Double) -> Estimate {
      let mine = a[keyPath: path].reduce(0, +)
      let theirs = logged[keyPath: path].reduce(0, +)
      let missed = (theirs - sums[keyPath: path].reduce(0, +)) / requests
      let noise = t * (spread.squareRoot() / requests)
      let half = (noise * noise + missed * missed).squareRoot()
      let value = sign * (mine - theirs) / requests
      return Estimate(value, low: value - half, high: value + half)
    }
    // Latencies too are as uncertain as the play of the log's own policy misses the log's.
    func missed(_ q: Double, _ quantile: Estimate) -> Estimate {
      let near = widened(quantile)
      guard let mine = logged.latency.quantile(q), let shown = self.sums.latency.quantile(q) else { return near }
      return Estimate(near.value, low: near.low - abs(mine - shown), high: near.high + abs(mine - shown))
    }
    // Retries in proportion to those of the play: a policy without any has none.
    let extra = (a.made - requests) / max(logged.made - requests, 1e-9)
    let shown = sums.made / requests - 1
    let raw = estimate(\.attempts, a.attemptSpread + logged.attemptSpread, sign: 1)
    let change = extra == 0 || logged.retries == 0 ? raw.value ?? 0 : shown * (extra - 1)
    let attempts =
      a.retries == 0
      ? Estimate(exact: -shown)
      : Estimate(change, low: change + raw.low - (raw.value ?? 0), high: change + raw.high - (raw.value ?? 0))
    return PolicyFindings.Outcome(
      successRate: estimate(\.failures, a.spread + logged.spread, sign: -1),
      attemptsPerRequest: attempts,
      wastedAttempts: estimate(\.wasted, a.attemptSpread + logged.attemptSpread, sign: 1),
      latencyP50: missed(0.5, nights.latencyP50), latencyP95: missed(0.95, nights.latencyP95),
      latencyP99: missed(0.99, nights.latencyP99), peakLoad: nights.peakLoad)
  }

  /// A quantile lies no nearer to its value than the bin that it is read from, 2 %, or a timer's millisecond; and how late
  /// a client is differs from one run to the next by as much as it is late, with every wait and every timeout.
  private func widened(_ estimate: Estimate, attempts: Int = 1) -> Estimate {
    guard let value = estimate.value, value != 0 else { return estimate }
    let least = max(0.02 * abs(value), 1_000)
    let waits = Double(min(max(attempts - 1, 0), 16))
    let cut =
      logged.timeoutLateness.isEmpty
      ? 0 : Double(logged.timeoutLateness.reduce(0, +)) / Double(logged.timeoutLateness.count)
    let late = waits * logged.lateness.mean + (waits > 0 ? (waits + 1) * cut : 0)
    return Estimate(
      value, low: min((estimate.low - late).rounded(.down), (value - least).rounded(.down)),
      high: max((estimate.high + late).rounded(.up), (value + least).rounded(.up)))
  }
}
