// How a component answers to load, read off the log, and what a candidate's own load would have done.
internal import Model
internal import Support

/// The fitted response: success = A up to the capacity C, beyond it C - k·(A - C), with A attempts in a second.
struct LoadResponse: Sendable {
  struct Fit: Hashable, Sendable {
    /// Attempts in a second.
    var capacity: Double
    var loss: Double
    /// The share that succeeds below the capacity.
    var healthy: Double
  }

  /// By component; nil where the log shows no limit.
  private(set) var fits: [Fit?] = []
  /// Seconds in which nothing got through, by component: outages of their own making.
  private(set) var dead: [Set<Int64>] = []

  static let extrapolation = 1.1
  static let runs = 3

  init(_ base: EvaluationBase) {
    let log = base.log
    for component in log.ranges.indices {
      var attempts: [Int64: (made: Int, good: Int)] = [:]
      for episode in log.ranges[component] {
        for i in log.attempts(of: episode) {
          let second = (log.start[i] - base.origin) / 1_000_000
          var bin = attempts[second] ?? (0, 0)
          bin.made += 1
          bin.good += log.failure[i] == 0 ? 1 : 0
          attempts[second] = bin
        }
      }
      let bins = attempts.sorted { $0.key < $1.key }
      dead.append(Set(bins.filter { $0.value.good * 20 < $0.value.made && $0.value.made >= 3 }.map(\.key)))
      // Seconds beside a dead one are half outage, half not: they tell nothing about load.
      let alive = bins.filter { bin in
        !(-1...1).contains { dead[component].contains(bin.key + $0) } && bin.value.good * 20 >= bin.value.made
      }
      fits.append(Self.fit(alive.map { (Double($0.value.made), Double($0.value.good)) }))
    }
  }

  /// Least squares over a grid of capacities and losses; nil unless it explains the busy seconds twice as well as none.
  private static func fit(_ bins: [(made: Double, good: Double)]) -> Fit? {
    guard bins.count >= 30 else { return nil }
    let loads = bins.map(\.made).sorted()
    let middle = loads[loads.count / 2]
    guard let top = loads.last, top >= middle * 1.2, middle >= 5 else { return nil }
    let quiet = bins.filter { $0.made <= middle }
    let healthy = quiet.reduce(0) { $0 + $1.good } / max(quiet.reduce(0) { $0 + $1.made }, 1)
    func error(_ capacity: Double, _ loss: Double) -> Double {
      bins.reduce(0) { sum, bin in
        let expected = healthy * (bin.made <= capacity ? bin.made : max(0, capacity - loss * (bin.made - capacity)))
        return sum + (bin.good - expected) * (bin.good - expected)
      }
    }
    let none = bins.reduce(0) { $0 + ($1.good - healthy * $1.made) * ($1.good - healthy * $1.made) }
    var best: (error: Double, fit: Fit)?
    for step in 0...60 {
      let capacity = middle + (top - middle) * Double(step) / 60
      let beyond = bins.count { $0.made > capacity }
      guard beyond >= 3 else { break }
      for k in 0...40 {
        let loss = Double(k) / 10
        let value = error(capacity, loss)
        if value < best?.error ?? .infinity {
          best = (value, Fit(capacity: capacity, loss: loss, healthy: healthy))
        }
      }
    }
    guard let best, best.error < none * 0.6 else { return nil }
    // In an outage of another making answers are a fixed share of the attempts; only overload takes more the more come.
    let busy = bins.filter { $0.made > best.fit.capacity }
    let made = busy.reduce(0) { $0 + $1.made * $1.made }
    let share = busy.reduce(0) { $0 + $1.made * $1.good } / max(made, 1)
    let asShare = busy.reduce(0) { $0 + ($1.good - share * $1.made) * ($1.good - share * $1.made) }
    let asLoad = busy.reduce(0) { sum, bin in
      let fit = best.fit
      let expected = fit.healthy * max(0, fit.capacity - fit.loss * (bin.made - fit.capacity))
      return sum + (bin.good - expected) * (bin.good - expected)
    }
    guard busy.count >= 5, asLoad < asShare * 0.4 else { return nil }
    return best.fit
  }

  /// The second line of a candidate whose load leaves the log's: its figures under the fitted response, and the warning.
  func second(
    _ base: EvaluationBase, _ policy: Policy, retry: RetryPolicy, applies: [Bool], sums: PolicySums
  ) -> (outcome: PolicyFindings.Outcome?, warning: PolicyFindings.CandidateWarning)? {
    let loggedPeak = base.sums.load.peak
    let ratio = loggedPeak > 0 ? sums.load.peak / loggedPeak : 1
    let mean = base.sums.load.mean > 0 ? sums.load.mean / base.sums.load.mean : 1
    let isFitted = fits.contains { $0 != nil }
    let largest = max(ratio, mean)
    // Where the log shows a limit, any change of load matters; else only what exceeds the log's own.
    guard largest > Self.extrapolation || (isFitted && abs(mean - 1) > 0.01) else { return nil }
    guard isFitted, policy.hedge == nil, policy.admission == nil else {
      guard largest > Self.extrapolation else { return nil }
      return (nil, .extrapolatedLoad(factor: largest, simulatedUnder: []))
    }
    var total: PolicySums?
    for run in 0..<Self.runs {
      let one = simulate(base, retry: retry, applies: applies, number: UInt64(run))
      if total == nil { total = one } else { total?.add(one) }
    }
    guard var total else { return nil }
    total.scale(by: 1 / Double(Self.runs))
    let outcome = base.figures(total, minus: nil)
    let capacities = fits.enumerated().compactMap { index, fit in
      fit.map {
        PolicyFindings.Capacity(
          component: ForeignName(base.log.components[index]), limit: .rate(perSecond: $0.capacity, loss: $0.loss))
      }
    }
    return (outcome, .extrapolatedLoad(factor: largest, simulatedUnder: capacities))
  }

  /// One run in the order of time; an attempt succeeds with the fitted share at the attempts of the last second.
  private func simulate(
    _ base: EvaluationBase, retry: RetryPolicy, applies: [Bool], number: UInt64
  ) -> PolicySums {
    let log = base.log
    var sums = base.untouched
    sums.failures = Array(repeating: 0, count: base.blocks)
    sums.attempts = sums.failures
    sums.wasted = sums.failures
    sums.latency.removeAll()
    sums.load.removeAll()
    let retryOn = retry.retriesLoggedKinds ? retry.retryOn.union(base.logged.retried) : retry.retryOn
    var posteriors: [Int32: Double] = [:]
    for (index, episode) in base.model.failing.enumerated() where base.model.posterior[index] > 0 {
      posteriors[episode] = base.model.posterior[index]
    }
    for component in log.ranges.indices {
      var pending = BinaryHeap<DueAttempt>()
      var recent: [Int64] = []
      var head = 0
      var next = log.ranges[component].lowerBound
      let end = log.ranges[component].upperBound
      while next < end || !pending.isEmpty {
        let isArrival = next < end && (pending.first.map { log.arrival[next] <= $0.at } ?? true)
        let event: DueAttempt
        if isArrival {
          event = DueAttempt(at: log.arrival[next], episode: Int32(next), attempt: 1)
          next += 1
        } else {
          guard let due = pending.pop() else { break }
          event = due
        }
        let episode = Int(event.episode)
        let block = base.block(episode)
        while head < recent.count, recent[head] <= event.at - 1_000_000 { head += 1 }
        if head > 65_536 {
          recent.removeFirst(head)
          head = 0
        }
        recent.append(event.at)
        let load = Double(recent.count - head)
        let second = (event.at - base.origin) / 1_000_000
        let seed = StableHash.combine(
          StableHash.combine(base.settings.seed &+ number &* 0x51, UInt64(bitPattern: log.arrival[episode])),
          UInt64(event.attempt) << 32 | UInt64(log.edge[episode]))
        var success = 0.0
        if !dead[component].contains(second) {
          let share = fits[component].map { fit in
            load <= fit.capacity ? 1 : max(0, fit.capacity - fit.loss * (load - fit.capacity)) / load
          }
          success = (share ?? 1) * (fits[component]?.healthy ?? 1)
        }
        // Without a limit of its own the component answers as it did.
        let isPersistent =
          SplitMix64.unit(StableHash.combine(seed & 0xFFFF_FFFF, UInt64(episode))) < posteriors[event.episode] ?? 0
        var failed = isPersistent || SplitMix64.unit(StableHash.combine(seed, 1)) >= success
        if fits[component] == nil, event.attempt == 1 { failed = log.firstFailure[episode] != 0 }
        sums.attempts[block] += 1
        sums.load.add(component, event.at, 1)
        let length =
          failed
          ? base.failureDuration(component, at: event.at, seed: seed &+ 2)
          : base.successDuration(component, near: episode, seed: seed &+ 3)
        let over = event.at.addingSaturated(length)
        if !failed {
          sums.latency.add(over.subtractingSaturated(log.arrival[episode]), block: block, mass: 1)
          continue
        }
        sums.wasted[block] += 1
        let kind = log.firstFailure[episode] == 0 ? FailureKind.unavailable.rawValue : log.firstFailure[episode]
        var isOver = true
        if applies[Int(log.edge[episode])], Int(event.attempt) < min(retry.attempts, EvaluationSettings.attemptLimit),
          retryOn.contains(code: kind) || log.firstFailure[episode] == 0
        {
          var memory = Backoff.Memory()
          let delay = retry.backoff.delay(
            Int(event.attempt), u: SplitMix64.unit(StableHash.combine(seed, 5)), memory: &memory)
          let at = over.addingSaturated(delay)
          if retry.deadline.map({ at.subtractingSaturated(log.arrival[episode]) < $0 }) ?? true {
            pending.push(DueAttempt(at: at, episode: event.episode, attempt: event.attempt + 1))
            isOver = false
          }
        }
        if isOver {
          sums.failures[block] += 1
          sums.latency.add(over.subtractingSaturated(log.arrival[episode]), block: block, mass: 1)
        }
      }
    }
    return sums
  }
}

/// An attempt that is due.
private struct DueAttempt: Comparable {
  var at: Int64
  var episode: Int32
  var attempt: Int32

  static func < (a: DueAttempt, b: DueAttempt) -> Bool {
    (a.at, a.episode, a.attempt) < (b.at, b.episode, b.attempt)
  }
}
