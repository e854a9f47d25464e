// A retry policy over the log in expectation: every failing request walks its attempts once, each with the probability
// that it is reached.
internal import Model
internal import Support

/// Walks the requests of a retry policy.
package struct RetryPaths: Sendable {
  /// What is assumed where the log says nothing.
  package enum Unknown: Hashable, Sendable { case usual, allFail, allSucceed }

  let base: EvaluationBase
  let policy: RetryPolicy
  /// Kinds whose retries cannot be known, such as those that would go to another target.
  let unknowable: KindSet
  /// Per edge, whether the policy applies.
  let applies: [Bool]
  let unknown: Unknown
  /// Whether logged retries may be reused; off for the check of the model against the log.
  let usesExact: Bool
  /// Whether a request's own logged retries are overlooked: neither its delays nor what its fate says about persistence.
  let isBlind: Bool

  private let retryOn: KindSet
  private let supportedKinds: KindSet

  init(
    _ base: EvaluationBase, _ policy: RetryPolicy, applies: [Bool], unknowable: KindSet = [],
    unknown: Unknown = .usual, usesExact: Bool = true, isBlind: Bool = false
  ) {
    self.base = base
    self.policy = policy
    self.applies = applies
    self.unknowable = unknowable
    self.unknown = unknown
    self.usesExact = usesExact
    self.isBlind = isBlind
    retryOn = policy.retriesLoggedKinds ? policy.retryOn.union(base.logged.retried) : policy.retryOn
    var supported = KindSet([])
    for code in 1..<UInt8(16) where base.logged.retriesByKind[Int(code)] >= base.settings.minimumRetries {
      supported.insert(KindSet(rawValue: 1 << UInt16(code)))
    }
    supportedKinds = supported.subtracting(unknowable)
  }

  /// The longest a first attempt may take without being touched, microseconds.
  private var limit: Int64 { min(policy.attemptTimeout ?? .max, policy.deadline ?? .max) }

  func sums() -> PolicySums {
    var sums = base.untouched
    let log = base.log
    var index = 0
    let failing = base.model.failing
    for component in log.ranges.indices {
      let end = Int32(log.ranges[component].upperBound)
      while index < failing.count, failing[index] < end {
        let episode = Int(failing[index])
        if applies[Int(log.edge[episode])] {
          walk(episode, failing: index, component: component, &sums)
        } else {
          sums.addLogged(log, episode, component: component, block: base.block(episode))
        }
        index += 1
      }
      guard base.longestSuccess > limit else { continue }
      for episode in log.ranges[component] where log.firstFailure[episode] == 0 {
        let duration = log.duration[Int(log.first[episode])]
        guard duration > limit, applies[Int(log.edge[episode])] else { continue }
        let b = base.block(episode)
        sums.attempts[b] -= 1
        sums.exact -= 1
        sums.latency.add(duration, block: b, mass: -1)
        walk(episode, failing: nil, component: component, &sums)
      }
    }
    return sums
  }

  /// Adds up one request's way; the result is the chance that it fails.
  @discardableResult
  private func walk(_ episode: Int, failing: Int?, component: Int, _ sums: inout PolicySums) -> Double {
    let log = base.log
    let settings = base.settings
    let block = base.block(episode)
    let range = log.attempts(of: episode)
    let arrival = log.arrival[episode]
    let end = policy.deadline.map { arrival.addingSaturated($0) } ?? .max
    let delays = base.logged.delays[Int(log.edge[episode])]
    let lateness = StableHash.combine(settings.seed, UInt64(bitPattern: arrival) &+ 0x1A7E)
    var memory = Backoff.Memory()
    var loggedPrevious: Int64?
    var posterior = failing.map { base.model.posterior[$0] } ?? 0
    if isBlind, failing != nil { posterior = base.model.prior(log, component: component, episode: episode) }

    // The first attempt was really made: exact, cut where the policy would have cut it.
    var code = log.firstFailure[episode]
    var length = log.duration[range.lowerBound]
    var follows = true
    if let timeout = policy.attemptTimeout, length > timeout {
      length = timeout
      code = FailureKind.timeout.rawValue
      follows = false
    }
    if arrival.addingSaturated(length) > end {
      length = end - arrival
      code = FailureKind.timeout.rawValue
      follows = false
    }
    sums.attempts[block] += 1
    // A logged timeout says nothing about what more timeout would have met.
    let isCensored =
      failing != nil && code == FailureKind.timeout.rawValue && isLoggedLimit(length)
      && (policy.attemptTimeout ?? 0) > length + length / 100
    if isCensored { sums.unsupported += 1 } else { sums.exact += 1 }
    var reach = 1.0
    var way: OutcomeModel.AttemptState?
    if log.isRefused[episode] {
      // The log made no attempt here; what it would have met is what the component's state says.
      (reach, length) = firstAttempt(episode, component: component, &sums)
      follows = false
      way = base.model.begin(log, component: component, episode: episode)
    }
    if isCensored, unknown == .allSucceed { reach = 0 }
    sums.wasted[block] += reach
    if reach == 0 {
      sums.latency.add(length, block: block, mass: 1)
      return 0
    }

    var lastEnd = arrival.addingSaturated(length)
    var attempt = 1
    while attempt < min(policy.attempts, EvaluationSettings.attemptLimit), reach > 1e-9 {
      guard retryOn.contains(code: code) else { break }
      let logIndex = range.lowerBound + attempt
      let hasLogged = follows && logIndex < range.upperBound
      let seed = StableHash.combine(
        StableHash.combine(settings.seed, UInt64(bitPattern: arrival) ^ UInt64(log.edge[episode])), UInt64(attempt))
      var loggedDelay: Int64?
      if !isBlind, !base.isRelabelled, logIndex < range.upperBound {
        let before = log.start[logIndex - 1].addingSaturated(log.duration[logIndex - 1])
        loggedDelay = max(log.start[logIndex].subtractingSaturated(before), 0)
      }
      // The log's client stopped here with the same rule and the same history: so does this policy.
      if usesExact, follows, logIndex >= range.upperBound, attempt < base.logged.attempts, isLoggedRule(delays),
        base.log.refusedByBreaker == 0
      {
        break
      }
      let delay = self.delay(
        attempt, logged: loggedDelay, previous: loggedPrevious, law: delays, seed: seed, lateness: lateness,
        memory: &memory)
      loggedPrevious = loggedDelay
      let start = lastEnd.addingSaturated(delay)
      guard start < end else { break }
      attempt += 1

      if usesExact, hasLogged, abs(start.subtractingSaturated(log.start[logIndex])) <= settings.sameStart {
        // The same attempt at the same time after the same history.
        sums.attempts[block] += reach
        sums.retries += reach
        sums.exact += reach
        sums.load.add(component, start, reach)
        code = log.failure[logIndex]
        length = log.duration[logIndex]
        if let timeout = policy.attemptTimeout, length > timeout {
          length = timeout
          code = FailureKind.timeout.rawValue
          follows = false
        }
        if start.addingSaturated(length) > end {
          length = end - start
          code = FailureKind.timeout.rawValue
          follows = false
        }
        lastEnd = start.addingSaturated(length)
        if code == 0 {
          sums.latency.add(lastEnd - arrival, block: block, mass: reach)
          return 0
        }
        sums.wasted[block] += reach
        continue
      }

      follows = false
      var here = way ?? self.way(episode, component: component, through: isBlind ? 1 : attempt - 1, range)
      let prediction = base.model.advance(&here, log, component: component, episode: episode, to: start)
      let failure = prediction.failure
      base.model.fail(&here, component: component)
      way = here
      var success: Double
      if prediction.isSupported, supportedKinds.contains(code: code) {
        success = (1 - posterior) * (1 - failure)
        sums.estimated += reach
      } else {
        switch unknown {
        case .usual: success = (1 - posterior) * (1 - failure)
        case .allFail: success = 0
        case .allSucceed: success = 1
        }
        sums.unsupported += reach
      }
      sums.attempts[block] += reach
      sums.retries += reach
      sums.load.add(component, start, reach)
      var okLength = base.successDuration(component, near: episode, at: start, seed: seed &+ 1)
      if okLength > min(policy.attemptTimeout ?? .max, end - start) {
        okLength = min(policy.attemptTimeout ?? .max, end - start)
        success = 0
      }
      let mass = reach * success
      if mass > 0 { sums.latency.add(start.addingSaturated(okLength) - arrival, block: block, mass: mass) }
      sums.won += mass
      let pathFailure = posterior + (1 - posterior) * failure
      posterior = pathFailure > 0 ? posterior / pathFailure : posterior
      reach -= mass
      sums.wasted[block] += reach
      length = min(
        base.failureDuration(component, at: start, seed: seed &+ 2), policy.attemptTimeout ?? .max, end - start)
      lastEnd = start.addingSaturated(length)
    }
    sums.failures[block] += reach
    sums.spread += reach * (1 - reach)
    sums.latency.add(lastEnd.subtractingSaturated(arrival), block: block, mass: reach)
    return reach
  }

  /// The first attempt of a request that the log's own clients refused: the chance that it fails, and how long it then takes.
  private func firstAttempt(_ episode: Int, component: Int, _ sums: inout PolicySums) -> (Double, Int64) {
    let log = base.log
    let block = base.block(episode)
    let at = log.arrival[episode]
    let seed = StableHash.combine(base.settings.seed, UInt64(bitPattern: at) &+ 0xF1)
    var failure = base.model.chance(log, component: component, episode: episode)
    if unknown == .allFail, !base.model.hasRetries { failure = 1 }
    sums.exact -= 1
    sums.estimated += 1
    sums.load.add(component, at, 1)
    sums.latency.add(
      base.successDuration(component, near: episode, at: at, seed: seed), block: block, mass: 1 - failure)
    return (failure, base.failureDuration(component, at: at, seed: seed &+ 1))
  }

  /// The chance that one failing request succeeds in the end; `scratch` takes what else is added up.
  func success(_ episode: Int, failing: Int, component: Int, _ scratch: inout PolicySums) -> Double {
    1 - walk(episode, failing: failing, component: component, &scratch)
  }

  /// Whether the policy is the one the log was made with, as far as the log can tell.
  private func isLoggedRule(_ law: LoggedPolicy.Delays) -> Bool {
    guard case .known(let known) = law, policy.attempts == base.logged.attempts, policy.deadline == nil,
      base.logged.deadline == nil,
      known.jitter == policy.backoff.jitter
    else { return false }
    return (1..<max(min(policy.attempts, 32), 2)).allSatisfy { known.envelope($0) == policy.backoff.envelope($0) }
  }

  /// Whether a duration is the client's own limit on an attempt.
  private func isLoggedLimit(_ length: Int64) -> Bool {
    guard let limit = base.logged.attemptTimeout else { return false }
    return length >= limit - limit / 50
  }

  /// The request's way through the attempts it really made.
  private func way(_ episode: Int, component: Int, through attempts: Int, _ range: Range<Int>)
    -> OutcomeModel.AttemptState
  {
    let log = base.log
    var way = base.model.begin(log, component: component, episode: episode)
    guard log.firstFailure[episode] != 0 else { return way }
    base.model.fail(&way, component: component)
    for i in range.dropFirst().prefix(attempts - 1) {
      _ = base.model.advance(&way, log, component: component, episode: episode, to: log.start[i])
      if log.failure[i] != 0 { base.model.fail(&way, component: component) }
    }
    return way
  }

  /// The delay before a retry: the logged one under the same law, else coupled to it through its random number.
  private func delay(
    _ k: Int, logged: Int64?, previous: Int64?, law: LoggedPolicy.Delays, seed: UInt64,
    lateness: UInt64, memory: inout Backoff.Memory
  ) -> Int64 {
    var random = SplitMix64(seed: seed)
    let late = base.logged.lateness.draw(lateness)
    guard let logged, case .known(let known) = law else {
      return policy.backoff.delay(k, u: random.unit(), memory: &memory).addingSaturated(late)
    }
    if known == policy.backoff {
      memory.previous = Double(logged)
      return logged
    }
    if known.isRandom {
      // What the law drew is what is left of the wait without the client's lateness.
      let drawn = max(logged.subtractingSaturated(late), 0)
      let u = known.fraction(of: drawn, retry: k, previous: previous) ?? random.unit()
      return policy.backoff.delay(k, u: min(max(u, 0), 1), memory: &memory).addingSaturated(late)
    }
    // What the client needed on top of the law, it would have needed here too.
    let overhead = max(logged.subtractingSaturated(known.envelope(k)), 0)
    return policy.backoff.delay(k, u: random.unit(), memory: &memory).addingSaturated(overhead)
  }
}
