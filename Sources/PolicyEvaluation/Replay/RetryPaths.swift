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

  /// One request on its way.
  private struct Walk {
    let episode: Int
    let component: Int
    let block: Int
    let range: Range<Int>
    let arrival: Int64
    /// When its deadline comes.
    let end: Int64
    /// The hash that its client's lateness is drawn with.
    let lateness: UInt64
    var memory = Backoff.Memory()
    var loggedPrevious: Int64?
    /// The chance that it is bad whatever one does.
    var posterior: Double
    /// How the last attempt failed, how long it took and when it ended.
    var code: UInt8
    var length: Int64
    var lastEnd: Int64 = 0
    /// Whether all was as in the log so far.
    var follows = true
    /// The chance that it comes this far.
    var reach = 1.0
    var way: OutcomeModel.AttemptState?
    var attempt = 1

    /// Cuts an attempt where the policy would have cut it.
    mutating func cut(from start: Int64, _ timeout: Int64?) {
      if let timeout, length > timeout {
        length = timeout
        code = FailureKind.timeout.rawValue
        follows = false
      }
      if start.addingSaturated(length) > end {
        length = end - start
        code = FailureKind.timeout.rawValue
        follows = false
      }
    }
  }

  /// Adds up one request's way; the result is the chance that it fails.
  @discardableResult
  private func walk(_ episode: Int, failing: Int?, component: Int, _ sums: inout PolicySums) -> Double {
    let log = base.log
    let arrival = log.arrival[episode]
    let range = log.attempts(of: episode)
    var posterior = failing.map { base.model.posterior[$0] } ?? 0
    if isBlind, failing != nil { posterior = base.model.prior(log, component: component, episode: episode) }
    var walk = Walk(
      episode: episode, component: component, block: base.block(episode), range: range, arrival: arrival,
      end: policy.deadline.map { arrival.addingSaturated($0) } ?? .max,
      lateness: StableHash.combine(base.settings.seed, UInt64(bitPattern: arrival) &+ 0x1A7E), posterior: posterior,
      code: log.firstFailure[episode], length: log.duration[range.lowerBound])
    first(&walk, isFailing: failing != nil, &sums)
    if walk.reach == 0 {
      sums.latency.add(walk.length, block: walk.block, mass: 1)
      return 0
    }
    walk.lastEnd = arrival.addingSaturated(walk.length)
    while walk.attempt < min(policy.attempts, EvaluationSettings.attemptLimit), walk.reach > 1e-9 {
      guard retryOn.contains(code: walk.code), let next = next(&walk) else { break }
      walk.attempt += 1
      if let logged = next.logged {
        reuse(&walk, logged, at: next.start, &sums)
        if walk.code == 0 { return 0 }
      } else {
        estimate(&walk, at: next.start, seed: next.seed, &sums)
      }
    }
    sums.failures[walk.block] += walk.reach
    sums.spread += walk.reach * (1 - walk.reach)
    sums.latency.add(walk.lastEnd.subtractingSaturated(arrival), block: walk.block, mass: walk.reach)
    return walk.reach
  }

  /// The first attempt was really made: exact, cut where the policy would have cut it.
  private func first(_ walk: inout Walk, isFailing: Bool, _ sums: inout PolicySums) {
    walk.cut(from: walk.arrival, policy.attemptTimeout)
    sums.attempts[walk.block] += 1
    // A logged timeout says nothing about what more timeout would have met.
    let isCensored =
      isFailing && walk.code == FailureKind.timeout.rawValue && isLoggedLimit(walk.length)
      && (policy.attemptTimeout ?? 0) > walk.length + walk.length / 100
    if isCensored { sums.unsupported += 1 } else { sums.exact += 1 }
    if base.log.isRefused[walk.episode] {
      // The log made no attempt here; what it would have met is what the component's state says.
      (walk.reach, walk.length) = firstAttempt(walk.episode, component: walk.component, &sums)
      walk.follows = false
      walk.way = base.model.begin(base.log, component: walk.component, episode: walk.episode)
    }
    if isCensored, unknown == .allSucceed { walk.reach = 0 }
    sums.wasted[walk.block] += walk.reach
  }

  /// When the next attempt starts, and which logged one it is, where it is one; nil where there is none.
  private func next(_ walk: inout Walk) -> (start: Int64, seed: UInt64, logged: Int?)? {
    let log = base.log
    let attempt = walk.attempt
    let logIndex = walk.range.lowerBound + attempt
    let isLogged = logIndex < walk.range.upperBound
    let law = base.logged.delays[Int(log.edge[walk.episode])]
    let seed = StableHash.combine(
      StableHash.combine(base.settings.seed, UInt64(bitPattern: walk.arrival) ^ UInt64(log.edge[walk.episode])),
      UInt64(attempt))
    var loggedDelay: Int64?
    if !isBlind, !base.isRelabelled, isLogged {
      let before = log.start[logIndex - 1].addingSaturated(log.duration[logIndex - 1])
      loggedDelay = max(log.start[logIndex].subtractingSaturated(before), 0)
    }
    // The log's client stopped here with the same rule and the same history: so does this policy.
    if usesExact, walk.follows, !isLogged, attempt < base.logged.attempts, isLoggedRule(law),
      base.log.refusedByBreaker == 0
    {
      return nil
    }
    let delay = self.delay(
      attempt, walk, logged: loggedDelay, previous: walk.loggedPrevious, law: law,
      isTold: base.logged.tellsChance[Int(log.edge[walk.episode])], seed: seed, lateness: walk.lateness,
      memory: &walk.memory)
    walk.loggedPrevious = loggedDelay
    let start = walk.lastEnd.addingSaturated(delay)
    guard start < walk.end else { return nil }
    // The same attempt at the same time after the same history.
    let isSame =
      usesExact && walk.follows && isLogged
      && abs(start.subtractingSaturated(log.start[logIndex])) <= base.settings.sameStart
    return (start, seed, isSame ? logIndex : nil)
  }

  /// Takes a logged attempt over.
  private func reuse(_ walk: inout Walk, _ logged: Int, at start: Int64, _ sums: inout PolicySums) {
    sums.attempts[walk.block] += walk.reach
    sums.retries += walk.reach
    sums.exact += walk.reach
    sums.load.add(walk.component, start, walk.reach)
    walk.code = base.log.failure[logged]
    walk.length = base.log.duration[logged]
    walk.cut(from: start, policy.attemptTimeout)
    walk.lastEnd = start.addingSaturated(walk.length)
    if walk.code == 0 {
      sums.latency.add(walk.lastEnd - walk.arrival, block: walk.block, mass: walk.reach)
    } else {
      sums.wasted[walk.block] += walk.reach
    }
  }

  /// An attempt that the log does not have, as the component's state says it goes.
  private func estimate(_ walk: inout Walk, at start: Int64, seed: UInt64, _ sums: inout PolicySums) {
    let log = base.log
    walk.follows = false
    var here =
      walk.way
      ?? way(walk.episode, component: walk.component, through: isBlind ? 1 : walk.attempt - 1, walk.range)
    let prediction = base.model.advance(&here, log, component: walk.component, episode: walk.episode, to: start)
    let failure = prediction.failure
    base.model.fail(&here, component: walk.component)
    walk.way = here
    var success = (1 - walk.posterior) * (1 - failure)
    if prediction.isSupported, supportedKinds.contains(code: walk.code) {
      sums.estimated += walk.reach
    } else {
      if unknown == .allFail { success = 0 }
      if unknown == .allSucceed { success = 1 }
      sums.unsupported += walk.reach
    }
    sums.attempts[walk.block] += walk.reach
    sums.retries += walk.reach
    sums.load.add(walk.component, start, walk.reach)
    let limit = min(policy.attemptTimeout ?? .max, walk.end - start)
    var okLength = base.successDuration(walk.component, near: walk.episode, at: start, seed: seed &+ 1)
    if okLength > limit {
      okLength = limit
      success = 0
    }
    let mass = walk.reach * success
    if mass > 0 {
      sums.latency.add(start.addingSaturated(okLength) - walk.arrival, block: walk.block, mass: mass)
    }
    sums.won += mass
    let pathFailure = walk.posterior + (1 - walk.posterior) * failure
    walk.posterior = pathFailure > 0 ? walk.posterior / pathFailure : walk.posterior
    walk.reach -= mass
    sums.wasted[walk.block] += walk.reach
    walk.length = min(base.failureDuration(walk.component, at: start, seed: seed &+ 2), limit)
    walk.lastEnd = start.addingSaturated(walk.length)
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
    _ k: Int, _ walk: Walk, logged: Int64?, previous: Int64?, law: LoggedPolicy.Delays, isTold: Bool, seed: UInt64,
    lateness: UInt64, memory: inout Backoff.Memory
  ) -> Int64 {
    var random = SplitMix64(seed: seed)
    let late = base.logged.lateness.draw(lateness)
    let backoff = policy.backoff(after: walk.code)
    if base.log.tellsAsked,
      let wait = base.askedWait(
        after: walk.follows && !base.isRelabelled ? walk.range.lowerBound + k - 1 : nil, loggedWait: logged,
        walk.component, at: walk.lastEnd, code: walk.code, edge: Int(base.log.edge[walk.episode]), policy, late: late,
        own: { backoff.delay(k, u: random.unit(), memory: &memory) })
    {
      return wait
    }
    guard let logged, case .known(let known) = law else {
      return backoff.delay(k, u: random.unit(), memory: &memory).addingSaturated(late)
    }
    if known == backoff {
      memory.previous = Double(logged)
      return logged
    }
    if known.isRandom {
      // What the law drew is what is left of the wait without the client's lateness.
      let drawn = max(logged.subtractingSaturated(late), 0)
      let u = (isTold ? known.fraction(of: drawn, retry: k, previous: previous) : nil) ?? random.unit()
      return backoff.delay(k, u: min(max(u, 0), 1), memory: &memory).addingSaturated(late)
    }
    // What the client needed on top of the law, it would have needed here too.
    let overhead = max(logged.subtractingSaturated(known.envelope(k)), 0)
    return backoff.delay(k, u: random.unit(), memory: &memory).addingSaturated(overhead)
  }
}
