// What an attempt of a replay meets: the logged outcome where it is the logged attempt, else one drawn from the model.
internal import Model
internal import Support

extension ReplayRun {
  /// The failure code of an attempt, 0 for success, and how long it takes.
  package mutating func outcome(_ slot: Int32, at time: Int64) -> (UInt8, Int64) {
    let log = base.log
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let range = log.attempts(of: episode)
    let logIndex = range.lowerBound + flight.attempts - 1
    let settings = base.settings
    let end = replay.retry.deadline.map { log.arrival[episode].addingSaturated($0) } ?? .max
    let timeout = min(replay.retry.attemptTimeout ?? .max, max(end.subtractingSaturated(time), 0))
    var code: UInt8
    var length: Int64
    if replay.isOverloaded, let overload = base.overloads[Int(flight.component)] {
      (code, length) = overloaded(slot, overload, at: time)
    } else if flight.follows, !log.isRefused[episode], logIndex < range.upperBound,
      abs(log.start[logIndex].subtractingSaturated(time)) <= settings.sameStart
    {
      code = log.failure[logIndex]
      length = log.duration[logIndex]
      sums.exact += 1
    } else {
      flights[Int(slot)].follows = false
      let seed = seed(episode, flight.attempts)
      let isRetry = flight.attempts > 1 && log.firstFailure[episode] != 0
      var way =
        flight.way ?? base.model.begin(log, component: Int(flight.component), episode: episode)
      let prediction = base.model.advance(
        &way, log, component: Int(flight.component), episode: episode, to: time)
      let failure = prediction.failure
      flights[Int(slot)].way = way
      let kind = log.firstFailure[episode]
      let isSupported = prediction.isSupported && (!isRetry || replay.supports(kind))
      let posterior = self.posterior(episode)
      let isPersistent = SplitMix64.unit(StableHash.combine(self.seed(episode, 0), 7)) < posterior
      let u = SplitMix64.unit(StableHash.combine(seed, 5))
      drawn += 1
      var fails = isPersistent || u < failure
      if isSupported {
        sums.estimated += 1
        sums.won += fails ? 0 : 1
      } else {
        sums.unsupported += 1
        if replay.unknown == .allFail { fails = true }
        if replay.unknown == .allSucceed { fails = false }
      }
      if fails {
        code = kind != 0 ? kind : FailureKind.unavailable.rawValue
        length = base.failureDuration(Int(flight.component), at: time, seed: seed &+ 2)
      } else {
        code = 0
        length = base.successDuration(Int(flight.component), near: episode, at: time, seed: seed &+ 1)
      }
    }
    if length > timeout {
      length = timeout
      code = FailureKind.timeout.rawValue
      flights[Int(slot)].follows = false
    }
    return (code, length)
  }

  /// What an attempt meets where load makes the failures.
  private mutating func overloaded(_ slot: Int32, _ overload: Overload, at time: Int64) -> (UInt8, Int64) {
    let log = base.log
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let seed = seed(episode, flight.attempts)
    flights[Int(slot)].follows = false
    sums.estimated += 1
    drawn += 1
    let failure = load.failure(overload, at: time)
    guard SplitMix64.unit(StableHash.combine(seed, 5)) < failure else {
      sums.won += 1
      let index = log.attempts(of: episode).lowerBound + flight.attempts - 1
      let own = index < log.attempts(of: episode).upperBound ? overload.own[Int32(truncatingIfNeeded: index)] : nil
      let service =
        own
        ?? (overload.services.isEmpty
          ? 0 : overload.services[Int(StableHash.mix(seed &+ 1) % UInt64(overload.services.count))])
      let length =
        load.serve(overload, at: time, service: service)
        ?? base.successDuration(Int(flight.component), near: episode, at: time, seed: seed &+ 1)
      return (0, length)
    }
    let length = base.failureDuration(Int(flight.component), at: time, seed: seed &+ 2)
    load.hold(overload, until: time.addingSaturated(length))
    let kind = log.firstFailure[episode]
    return (kind != 0 ? kind : overload.kind, length)
  }

  /// The flight's own attempt at `time` failed.
  package mutating func learn(_ slot: Int32, at time: Int64) {
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let component = Int(flight.component)
    var way = flight.way ?? base.model.begin(base.log, component: component, episode: episode)
    if way.time < time {
      _ = base.model.advance(&way, base.log, component: component, episode: episode, to: time)
    }
    base.model.fail(&way, component: component)
    flights[Int(slot)].way = way
  }

  package func seed(_ episode: Int, _ attempt: Int) -> UInt64 {
    let log = base.log
    let request = StableHash.combine(base.settings.seed &+ number &* 0x9E37, UInt64(bitPattern: log.arrival[episode]))
    return StableHash.combine(request ^ UInt64(log.edge[episode]), UInt64(attempt))
  }

  private func posterior(_ episode: Int) -> Double {
    let failing = base.model.failing
    let place = failing.partitioningIndex { $0 >= Int32(episode) }
    return place < failing.count && failing[place] == Int32(episode) ? base.model.posterior[place] : 0
  }

  /// How long the flight waits before its next attempt.
  package mutating func delay(_ slot: Int32, after code: UInt8, seed: UInt64) -> Int64 {
    let backoff = replay.retry.backoff(after: code)
    let log = base.log
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let k = flight.attempts
    let range = log.attempts(of: episode)
    let next = range.lowerBound + k
    let u = SplitMix64.unit(StableHash.combine(seed, 13))
    let late = base.logged.lateness.draw(self.seed(episode, 0))
    guard flight.follows, !base.isRelabelled, next < range.upperBound,
      case .known(let known) = base.logged.delays[Int(log.edge[episode])]
    else {
      return backoff.delay(k, u: u, memory: &flights[Int(slot)].run.memory).addingSaturated(late)
    }
    let logged = max(
      log.start[next].subtractingSaturated(log.start[next - 1].addingSaturated(log.duration[next - 1])), 0)
    if replay.policy.retry == nil || known == backoff { return logged }
    if known.isRandom {
      let drawn = max(logged.subtractingSaturated(late), 0)
      let isTold = base.logged.tellsChance[Int(log.edge[episode])]
      let coupled = min(max((isTold ? known.fraction(of: drawn, retry: k, previous: nil) : nil) ?? u, 0), 1)
      return backoff.delay(k, u: coupled, memory: &flights[Int(slot)].run.memory).addingSaturated(late)
    }
    let overhead = max(logged.subtractingSaturated(known.envelope(k)), 0)
    return backoff.delay(k, u: u, memory: &flights[Int(slot)].run.memory).addingSaturated(overhead)
  }
}

extension SplitMix64 {
  /// A number in [0, 1) out of a hash.
  package static func unit(_ hash: UInt64) -> Double { Double(StableHash.mix(hash) >> 11) * 0x1p-53 }
}
