// What an attempt of a replay meets: the logged outcome where it is the logged attempt, else one drawn from the model.
internal import Model
internal import Support

extension ReplayRun {
  /// The failure code of an attempt, 0 for success, and how long it takes.
  package mutating func outcome(_ slot: Int32, at time: Int64) -> (UInt8, Int64) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    let component = Int(flights[index].component)
    let attempts = flights[index].attempts
    let range = replay.base.log.attempts(of: episode)
    let logIndex = range.lowerBound + attempts - 1
    let end = replay.retry.deadline.map { replay.base.log.arrival[episode].addingSaturated($0) } ?? .max
    let timeout = min(replay.retry.attemptTimeout ?? .max, max(end.subtractingSaturated(time), 0))
    var code: UInt8
    var length: Int64
    if replay.isOverloaded, let met = overloaded(slot, at: time) {
      (code, length) = met
    } else if flights[index].follows, !replay.base.log.isRefused[episode], logIndex < range.upperBound,
      abs(replay.base.log.start[logIndex].subtractingSaturated(time)) <= replay.base.settings.sameStart
    {
      code = replay.base.log.failure[logIndex]
      length = replay.base.log.duration[logIndex]
      sums.exact += 1
    } else {
      flights[index].follows = false
      let seed = seed(episode, attempts)
      let isRetry = attempts > 1 && replay.base.log.firstFailure[episode] != 0
      var way =
        flights[index].way ?? replay.base.model.begin(replay.base.log, component: component, episode: episode)
      let prediction = replay.base.model.advance(
        &way, replay.base.log, component: component, episode: episode, to: time)
      let failure = prediction.failure
      flights[index].way = way
      let kind = replay.base.log.firstFailure[episode]
      let isSupported = prediction.isSupported && (!isRetry || replay.supports(kind))
      let posterior = self.posterior(episode)
      let isPersistent = SplitMix64.unit(StableHash.combine(self.seed(episode, 0), 7)) < posterior
      let u = SplitMix64.unit(StableHash.combine(seed, 5))
      drawn += 1
      isOneOfMany = true
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
        length = replay.base.failureDuration(component, at: time, seed: seed &+ 2)
      } else {
        code = 0
        length = replay.base.successDuration(component, near: episode, at: time, seed: seed &+ 1)
      }
    }
    if length > timeout {
      length = timeout
      code = FailureKind.timeout.rawValue
      flights[index].follows = false
    }
    return (code, length)
  }

  /// What an attempt meets where load makes the failures.
  private mutating func overloaded(_ slot: Int32, at time: Int64) -> (UInt8, Int64)? {
    let component = Int(flights[Int(slot)].component)
    guard let overload = replay.base.overloads[component] else { return nil }
    let episode = Int(flights[Int(slot)].episode)
    let attempts = flights[Int(slot)].attempts
    let seed = seed(episode, attempts)
    flights[Int(slot)].follows = false
    sums.estimated += 1
    let failure = load.failure(overload, at: time)
    if let met = metBefore(slot, overload, failure: failure, at: time) { return met }
    drawn += 1
    isOneOfMany = true
    guard SplitMix64.unit(StableHash.combine(seed, 5)) < failure else {
      sums.won += 1
      let range = replay.base.log.attempts(of: episode)
      let index = range.lowerBound + attempts - 1
      let own = index < range.upperBound ? overload.own[Int32(truncatingIfNeeded: index)] : nil
      let count = UInt64(overload.services.count)
      let service = own ?? (count == 0 ? 0 : overload.services[Int(StableHash.mix(seed &+ 1) % count)])
      if let length = load.serve(overload, at: time, service: service) { return (0, length) }
      return (0, replay.base.successDuration(component, near: episode, at: time, seed: seed &+ 1))
    }
    let length = replay.base.failureDuration(component, at: time, seed: seed &+ 2)
    load.hold(overload, until: time.addingSaturated(length))
    let kind = replay.base.log.firstFailure[episode]
    return (kind != 0 ? kind : overload.kind, length)
  }

  /// What a first attempt met in the log, where it fails as likely under the play's load as under the logged one: nothing but
  /// the load makes a difference, so neither what it met nor how long it took is drawn anew. Nil where something makes one.
  private mutating func metBefore(
    _ slot: Int32, _ overload: Overload, failure: Double, at time: Int64
  ) -> (UInt8, Int64)? {
    let log = replay.base.log
    let episode = Int(flights[Int(slot)].episode)
    guard flights[Int(slot)].attempts == 1, time == log.arrival[episode], !log.isRefused[episode],
      failure == overload.logged(episode, at: time)
    else { return nil }
    let code = log.firstFailure[episode]
    let length = log.duration[Int(log.first[episode])]
    guard code == 0 else {
      if failure < 1 { flights[Int(slot)].isKept = true }
      load.hold(overload, until: time.addingSaturated(length))
      return (code, length)
    }
    guard failure < 1, let service = overload.service(of: log.first[episode]) else { return nil }
    sums.won += 1
    return (0, load.serve(overload, at: time, service: service) ?? length)
  }

  /// The flight's own attempt at `time` failed.
  package mutating func learn(_ slot: Int32, at time: Int64) {
    let episode = Int(flights[Int(slot)].episode)
    let component = Int(flights[Int(slot)].component)
    // Where load makes the failures, the model of states is not asked.
    if replay.isOverloaded, replay.base.overloads[component] != nil { return }
    var way = flights[Int(slot)].way ?? replay.base.model.begin(replay.base.log, component: component, episode: episode)
    if way.time < time {
      _ = replay.base.model.advance(&way, replay.base.log, component: component, episode: episode, to: time)
    }
    replay.base.model.fail(&way, component: component)
    flights[Int(slot)].way = way
  }

  package func seed(_ episode: Int, _ attempt: Int) -> UInt64 {
    let request = StableHash.combine(
      replay.base.settings.seed &+ number &* 0x9E37, UInt64(bitPattern: replay.base.log.arrival[episode]))
    return StableHash.combine(request ^ UInt64(replay.base.log.edge[episode]), UInt64(attempt))
  }

  private func posterior(_ episode: Int) -> Double {
    let failing = replay.base.model.failing
    let place = failing.partitioningIndex { $0 >= Int32(episode) }
    return place < failing.count && failing[place] == Int32(episode) ? replay.base.model.posterior[place] : 0
  }

  /// The wait that a callee's asking makes; nil where it makes none.
  private mutating func askedWait(
    _ slot: Int32, _ backoff: Backoff, after code: UInt8, u: Double, late: Int64
  ) -> Int64? {
    let flight = flights[Int(slot)]
    let log = replay.base.log
    let range = log.attempts(of: Int(flight.episode))
    let failed = range.lowerBound + flight.attempts - 1
    let follows = flight.follows && !replay.base.isRelabelled && failed < range.upperBound
    var logged: Int64?
    if follows, failed + 1 < range.upperBound {
      logged = max(
        log.start[failed + 1].subtractingSaturated(log.start[failed].addingSaturated(log.duration[failed])), 0)
    }
    isOneOfMany = true
    var retry = replay.retry
    // Clients without a word about retries go on as they did.
    if replay.policy.retry == nil { retry.serverWait = nil }
    return replay.base.askedWait(
      after: follows ? failed : nil, loggedWait: logged, Int(flight.component), at: flight.lastEnd, code: code,
      edge: Int(log.edge[Int(flight.episode)]), retry, late: late,
      own: { backoff.delay(flight.attempts, u: u, memory: &flights[Int(slot)].run.memory) })
  }

  /// How late a request's client is at each of its waits, microseconds.
  func lateness(_ episode: Int) -> Int64 { replay.base.logged.lateness.draw(seed(episode, 0)) }

  /// How long the flight waits before its next attempt; `late` is its client's lateness.
  package mutating func delay(_ slot: Int32, after code: UInt8, late: Int64, seed: UInt64) -> Int64 {
    let backoff = replay.retry.backoff(after: code)
    let episode = Int(flights[Int(slot)].episode)
    let k = flights[Int(slot)].attempts
    let range = replay.base.log.attempts(of: episode)
    let next = range.lowerBound + k
    let u = SplitMix64.unit(StableHash.combine(seed, 13))
    if replay.base.log.tellsAsked, let wait = askedWait(slot, backoff, after: code, u: u, late: late) { return wait }
    guard flights[Int(slot)].follows, !replay.base.isRelabelled, next < range.upperBound,
      case .known(let known) = replay.base.logged.delays[Int(replay.base.log.edge[episode])]
    else {
      isOneOfMany = true
      return backoff.delay(k, u: u, memory: &flights[Int(slot)].run.memory).addingSaturated(late)
    }
    let logged = max(
      replay.base.log.start[next].subtractingSaturated(
        replay.base.log.start[next - 1].addingSaturated(replay.base.log.duration[next - 1])), 0)
    if replay.policy.retry == nil || known == backoff { return logged }
    isOneOfMany = true
    if known.isRandom {
      let drawn = max(logged.subtractingSaturated(late), 0)
      let isTold = replay.base.logged.tellsChance[Int(replay.base.log.edge[episode])]
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
