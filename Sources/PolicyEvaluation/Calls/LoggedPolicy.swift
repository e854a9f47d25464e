// What the clients did, read off the log: how often they tried, which failures they tried again, and how long they waited.
package import Model
internal import Support

/// The logging policy of each edge, and how surely it is known.
package struct LoggedPolicy: Sendable {
  /// The delay law of one edge.
  package enum Delays: Hashable, Sendable {
    case known(Backoff)
    /// Too few retries, or no law that fits.
    case unrecognised
  }

  /// Most attempts seen, over all edges.
  package private(set) var attempts = 1
  /// Retries seen, by failure code of the attempt before.
  package private(set) var retriesByKind = [Int](repeating: 0, count: 16)
  /// Kinds retried at all.
  package private(set) var retried = KindSet([])
  package private(set) var delays: [Delays] = []
  /// The client's own limit on an attempt, where its timeouts all take the same time; microseconds.
  package private(set) var attemptTimeout: Int64?
  package private(set) var fact = PolicyFindings.LoggedClients(.inferred)
  package private(set) var retries = 0
  /// Episodes that stopped although the policy, as read, would have gone on.
  package private(set) var earlyStops = 0

  /// Reads the log; where the user gives the policy that was in force, the log only counts.
  package init(_ log: borrowing CallLog, given: Policy?) {
    var samples = [DelaySample](repeating: DelaySample(), count: log.edges.count + 1)
    var timeouts: [Int64] = []
    var stops: [Int] = []
    for episode in 0..<log.count where log.firstFailure[episode] != 0 {
      let range = log.attempts(of: episode)
      attempts = max(attempts, range.count)
      stops.append(range.count)
      for i in range {
        if log.failure[i] == FailureKind.timeout.rawValue, timeouts.count < 100_000 { timeouts.append(log.duration[i]) }
        guard i + 1 < range.upperBound else { continue }
        retries += 1
        retriesByKind[Int(log.failure[i] & 15)] += 1
        retried.formUnion(KindSet(rawValue: 1 << UInt16(log.failure[i] & 15)))
        let wait = max(log.start[i + 1].subtractingSaturated(log.start[i].addingSaturated(log.duration[i])), 0)
        samples[Int(log.edge[episode])].add(wait, retry: i - range.lowerBound + 1)
        samples[log.edges.count].add(wait, retry: i - range.lowerBound + 1)
      }
    }
    timeouts.sort()
    if timeouts.count >= 20 {
      let middle = timeouts[timeouts.count / 2]
      let near = timeouts.count { abs($0 - middle) <= max(middle / 100, 2000) }
      if near * 10 >= timeouts.count * 9 { attemptTimeout = middle }
    }
    if let retry = given?.retry {
      attempts = max(retry.attempts == .max ? attempts : retry.attempts, 1)
      delays = Array(repeating: .known(retry.backoff), count: log.edges.count)
      attemptTimeout = retry.attemptTimeout ?? attemptTimeout
      fact = PolicyFindings.LoggedClients(.given)
      fact.attempts = retry.attempts == .max ? nil : retry.attempts
      fact.laws = retry.attempts == 1 ? [] : [retry.backoff.fact]
      fact.attemptTimeout = retry.attemptTimeout
      return
    }
    let common = samples[log.edges.count].law()
    // An edge whose own delays fit no law most likely follows the common one, with noise.
    let isJoined = log.joined + log.joinedByTime > 0
    let most = attempts
    delays = samples.dropLast().map { sample in
      let own = sample.count >= DelaySample.minimum ? sample.law() : common
      if own == .unrecognised { return common }
      // Attempts joined across traces swap now and then between requests that fail side by side, which bends an edge's
      // law a little; what is that near to the law of all is that law.
      return isJoined && Self.isNear(own, common, retries: most - 1) ? common : own
    }
    earlyStops = zip(stops, stops.indices).count { $0.0 < attempts && $0.0 > 1 }
    fact = describe(samples[log.edges.count])
  }

  /// Whether two laws have the same jitter and envelopes within a fifth of each other.
  private static func isNear(_ a: Delays, _ b: Delays, retries: Int) -> Bool {
    guard case .known(let a) = a, case .known(let b) = b, a.jitter == b.jitter else { return false }
    return (1...max(min(retries, 16), 1)).allSatisfy { k in
      abs(Double(a.envelope(k)) - Double(b.envelope(k))) <= 0.2 * Double(max(b.envelope(k), 1))
    }
  }

  private func describe(_ sample: DelaySample) -> PolicyFindings.LoggedClients {
    var fact = PolicyFindings.LoggedClients(.inferred)
    fact.retries = retries
    fact.attempts = attempts
    for case .known(let backoff) in delays where !fact.laws.contains(backoff.fact) { fact.laws.append(backoff.fact) }
    fact.medianFirstDelay = sample.medianFirst
    fact.kinds = retried.kinds
    fact.attemptTimeout = attemptTimeout
    return fact
  }
}

/// The delays seen before each retry.
private struct DelaySample {
  package static let minimum = 30
  private var waits: [[Int64]] = []
  package var count: Int { waits.reduce(0) { $0 + $1.count } }

  package mutating func add(_ wait: Int64, retry k: Int) {
    guard k <= 16 else { return }
    while waits.count < k { waits.append([]) }
    if waits[k - 1].count < 200_000 { waits[k - 1].append(wait) }
  }

  package var medianFirst: Int64? {
    guard let first = waits.first, !first.isEmpty else { return nil }
    return first.sorted()[first.count / 2]
  }

  /// The shape of one retry's delays: the envelope and the jitter inside it.
  private func shape(_ k: Int) -> (envelope: Int64, jitter: Backoff.Jitter)? {
    let sorted = waits[k].sorted()
    guard sorted.count >= 8, let low = sorted.first, let high = sorted.last else { return nil }
    let middle = sorted[sorted.count / 2]
    // Three in four within 2 % or 3 ms of the median: one number and the client's own overhead on it.
    let quarter = sorted[sorted.count / 8]
    let upper = sorted[sorted.count - 1 - sorted.count / 8]
    if upper - quarter <= max(middle / 50, 3000) { return (middle, .none) }
    let top = Double(high) * Double(sorted.count + 1) / Double(sorted.count)
    let mean = sorted.reduce(0.0) { $0 + Double($1) } / Double(sorted.count)
    let share = Double(low) / top
    let slack = 0.02 + 4 / Double(sorted.count)
    let meanSlack = 2.5 / Double(sorted.count).squareRoot() * 0.6 + 0.01
    if share < slack, abs(mean / top - 0.5) < meanSlack { return (snap(top, sorted.count), .full) }
    if abs(share - 0.5) < slack, abs(mean / top - 0.75) < meanSlack / 2 { return (snap(top, sorted.count), .equal) }
    let center = (top + Double(low)) / 2
    if abs(mean / center - 1) < meanSlack, share > 0.3 {
      let width = ((top - Double(low)) / 2 / center * 100).rounded() / 100
      return (snap(center, sorted.count), .proportional(below: width, above: width))
    }
    // Attempts of several traces may be joined wrongly now and then: up to a tenth of the delays may be too long.
    for trim in [0.02, 0.05, 0.1] {
      let kept = sorted.prefix(sorted.count - (Int(checked: Double(sorted.count) * trim) ?? 0))
      guard let last = kept.last, last > 0, Double(low) < 0.05 * Double(last) else { continue }
      let mean = kept.reduce(0.0) { $0 + Double($1) } / Double(kept.count) / Double(last)
      let lower = Double(kept[kept.count / 4]) / Double(last)
      let upper = Double(kept[kept.count * 3 / 4]) / Double(last)
      if abs(mean - 0.5) < meanSlack + 0.02, abs(lower - 0.25) < 2 * meanSlack + 0.03,
        abs(upper - 0.75) < 2 * meanSlack + 0.03
      {
        return (snap(Double(last), sorted.count, slack: trim + 0.02), .full)
      }
    }
    return nil
  }

  /// The round number that an estimate from n draws speaks for.
  private func snap(_ value: Double, _ n: Int, slack: Double = 0) -> Int64 {
    let tolerance = value * max(0.002, slack, min(0.2, 5 / Double(n)))
    for digits in [1, 2, 3] {
      var scale = 1.0
      while value / scale >= 10 { scale *= 10 }
      let unit = scale / Backoff.power(10, digits - 1)
      let rounded = (value / unit).rounded() * unit
      if abs(rounded - value) <= tolerance { return Backoff.saturated(rounded) }
    }
    return Backoff.saturated(value)
  }

  package func law() -> LoggedPolicy.Delays {
    guard count >= Self.minimum, let head = waits.indices.first.flatMap({ shape($0) }) else { return .unrecognised }
    var envelopes = [head.envelope]
    for k in 1..<max(waits.count, 1) {
      guard let next = shape(k), Self.alike(next.jitter, head.jitter) else { break }
      envelopes.append(next.envelope)
    }
    if envelopes[0] < 1000, head.jitter == .none, envelopes.allSatisfy({ $0 < 5000 }) { return .known(.immediate) }
    let base = head.jitter == .none ? snap(Double(envelopes[0]), 1000) : envelopes[0]
    guard envelopes.count > 1 else {
      return .known(Backoff(.exponential(base: base, factor: waits.count > 1 ? 1 : 2), jitter: head.jitter))
    }
    let ratio = Double(envelopes[1]) / Double(max(envelopes[0], 1))
    let factors = [1.0, 1.5, 2, 3, 4, 5, 10].filter { abs(ratio / $0 - 1) < 0.06 }
    func fitting(_ factor: Double) -> Int {
      envelopes.indices.count { k in
        abs(Double(envelopes[k]) / (Double(base) * Backoff.power(factor, k)) - 1) < 0.08
      }
    }
    if let factor = factors.first(where: { fitting($0) == envelopes.count }) {
      return .known(Backoff(factor == 1 ? .fixed(base) : .exponential(base: base, factor: factor), jitter: head.jitter))
    }
    let step = snap(Double(max(envelopes[1] - envelopes[0], 1)), 1000)
    let isLinear = envelopes.indices.allSatisfy { k in
      abs(Double(envelopes[k]) / Double(max(envelopes[0] + Int64(k) * step, 1)) - 1) < 0.05
    }
    if isLinear { return .known(Backoff(.linear(base: base, step: step), jitter: head.jitter)) }
    // Where the law bends into a constant, the constant is the cap.
    for factor in factors {
      let bend = fitting(factor)
      if bend >= 2, envelopes[bend...].allSatisfy({ abs(Double($0) / Double(envelopes[bend]) - 1) < 0.08 }) {
        return .known(
          Backoff(.exponential(base: base, factor: factor), jitter: head.jitter, maximum: envelopes[bend]))
      }
    }
    return .unrecognised
  }

  private static func alike(_ a: Backoff.Jitter, _ b: Backoff.Jitter) -> Bool {
    switch (a, b) {
    case (.proportional, .proportional): true
    default: a == b
    }
  }
}
