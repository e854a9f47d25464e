// One run of a replay: requests in the order of time, and the clients' shared state.
internal import Model
package import Support

/// One run through the log.
package struct ReplayRun {
  package let replay: StatefulReplay
  package var number: UInt64
  package var sums: PolicySums
  /// Outcomes that were drawn and not read off the log.
  package var drawn = 0
  /// Whether anything so far may differ in a run of another number: an outcome, a wait.
  var isOneOfMany: Bool
  /// Requests, in their order, with which every run begins alike.
  private(set) var common = 0

  /// Calls that need not be played; nil where the policy touches every call.
  let quiet: QuietCalls?
  /// Requests under way of which an attempt failed or was refused.
  private(set) var trouble = 0
  /// When the last attempt went out that was no request's first.
  private(set) var lastRetry = Int64.min
  /// Places that were not played, and those of them whose ends were.
  var left: [Range<Int>] = []
  /// How many attempts those are.
  var leftOut: Int { left.reduce(0) { $0 + $1.count } }
  var underWay: [Int] = []
  /// Requests whose first failure was kept from the log: how many, how many failed, and their attempts after the first.
  private(set) var kept = (requests: 0, failed: 0, retries: 0)

  package var flights: [Flight] = []
  package var free: [Int32] = []
  private(set) var due = BinaryHeap<Event>()
  /// What the run's own load does to overloaded components.
  var load: OverloadState
  private var sequence = 0
  package var breakers: [CircuitBreaker] = []
  package var budgets: [RetryBudgetState] = []
  package var throttles: [ClientThrottleState] = []
  var held: [RateLimitQueue] = []
  /// Events served so far.
  package private(set) var served = 0
  private let eventLimit: Int
  /// Whether retries were given up because of the number of events.
  private(set) var isCut = false
  private(set) var gates: [AdmissionGate] = []
  private var waiting: [[UInt64: Int32]] = []

  init(_ replay: StatefulReplay, number: Int, sums: PolicySums, quiet: QuietCalls?) {
    self.replay = replay
    self.quiet = quiet
    self.number = UInt64(number)
    self.sums = sums
    load = OverloadState(replay.isOverloaded ? replay.base.overloads : [])
    eventLimit = replay.base.log.start.count * EvaluationSettings.eventsPerAttempt + 10_000
    let count = replay.clientTotal
    isOneOfMany = replay.policy.throttle != nil || replay.policy.admission != nil
    if let settings = replay.policy.breaker {
      breakers = Array(repeating: CircuitBreaker(settings), count: count)
    }
    if let budget = replay.policy.budget { budgets = Array(repeating: RetryBudgetState(budget), count: count) }
    if let throttle = replay.policy.throttle {
      throttles = Array(repeating: ClientThrottleState(throttle), count: count)
    }
    if replay.policy.isRateAdaptive, replay.hedge == nil {
      held = Array(repeating: RateLimitQueue(at: replay.base.origin), count: count)
    }
    if let admission = replay.policy.admission {
      var gate = AdmissionGate(admission)
      gate.keepsLog = false
      gates = Array(repeating: gate, count: count)
      waiting = Array(repeating: [:], count: count)
    }
  }

  package mutating func play(_ order: [(at: Int64, episode: Int32, component: Int32)]) {
    start(order[...])
    end()
  }

  /// Requests up to the last one's arrival.
  mutating func start(_ order: ArraySlice<(at: Int64, episode: Int32, component: Int32)>) {
    var place = order.startIndex
    while place < order.endIndex {
      let next = leaveOut(from: place, order)
      if next > place {
        place = next
        if !isOneOfMany { common = place }
        continue
      }
      let arrival = order[place]
      serve(until: arrival.at)
      let slot = take(arrival.episode, arrival.component, at: arrival.at)
      let client = replay.client(replay.base.log.edge[Int(arrival.episode)])
      if !budgets.isEmpty { budgets[client].request(at: arrival.at) }
      if gates.isEmpty {
        attempt(slot, at: arrival.at)
      } else {
        let (id, entries) = gates[client].arrive("", at: arrival.at)
        flights[Int(slot)].gateEpisode = id
        waiting[client][id] = slot
        follow(entries, client: client)
      }
      place += 1
      if !isOneOfMany { common = place }
    }
  }

  /// What is still under way.
  mutating func end() {
    serve(until: .max)
    // What is still waiting at the end of the log was never served.
    for client in waiting.indices {
      for slot in waiting[client].values.sorted() {
        finish(slot, succeeded: false, at: replay.base.log.window?.end ?? 0)
      }
    }
  }

  mutating func serve(until time: Int64) {
    while true {
      if !gates.isEmpty, let (client, due) = nextDue(), due <= min(time, self.due.first?.time ?? .max), due < .max {
        served += 1
        follow(gates[client].tick(at: due), client: client)
        continue
      }
      guard let event = due.first, event.time <= time else { return }
      _ = due.pop()
      served += 1
      switch event.occasion {
      case .start: attempt(event.flight, at: event.time)
      case .turn: turn(of: Int(event.flight), at: event.time)
      case .timeout: loseTurn(event.flight, ticket: Int(event.length), at: event.time)
      case .end where replay.hedge != nil: answered(event)
      case .end: ended(event)
      case .hedge: hedgeDue(event.flight, at: event.time)
      }
    }
  }

  private func nextDue() -> (Int, Int64)? {
    var best: (Int, Int64)?
    for client in gates.indices {
      guard let due = gates[client].nextDue, due < best?.1 ?? .max else { continue }
      best = (client, due)
    }
    return best
  }

  private mutating func follow(_ entries: [AdmissionEntry], client: Int) {
    for entry in entries {
      guard let slot = waiting[client][entry.episode] else { continue }
      switch entry.decision {
      case .defer: break
      case .invoke:
        // Through the queue and not by a call: a queue that an open breaker drains would nest as deep as it is long.
        push(time: max(entry.at, flights[Int(slot)].lastEnd), slot, .start)
      case .skip:
        waiting[client][entry.episode] = nil
        finish(slot, succeeded: false, at: entry.at)
      }
    }
  }

  mutating func take(_ episode: Int32, _ component: Int32, at time: Int64) -> Int32 {
    let flight = Flight(episode: episode, component: component, lastStart: time, lastEnd: time)
    if let slot = free.popLast() {
      flights[Int(slot)] = flight
      return slot
    }
    flights.append(flight)
    return Int32(flights.count - 1)
  }

  package mutating func attempt(_ slot: Int32, at time: Int64) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    let client = replay.client(replay.base.log.edge[episode])
    if !held.isEmpty, holdBack(slot, client, at: time) { return }
    send(slot, client, at: time)
  }

  /// An attempt that nothing holds back any more.
  package mutating func send(_ slot: Int32, _ client: Int, at time: Int64) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    flights[index].attempts += 1
    var isRejected = false
    if !throttles.isEmpty {
      let u = SplitMix64.unit(StableHash.combine(seed(episode, flights[index].attempts), 3))
      isRejected = !throttles[client].admits(at: time, u: u)
      drawn += isRejected ? 1 : 0
    }
    if !isRejected, !breakers.isEmpty { isRejected = !breakers[client].tryAcquire(at: time) }
    if isRejected {
      disturb(slot)
      flights[index].follows = false
      flights[index].lastStart = time
      flights[index].lastEnd = time
      if replay.hedge != nil {
        rejected(slot, at: time)
      } else {
        failed(slot, code: FailureKind.unavailable.rawValue, at: time, isCall: false)
      }
      return
    }
    let (code, length) = outcome(slot, at: time)
    if code != 0 {
      disturb(slot)
      learn(slot, at: time)
    }
    let block = replay.base.block(episode)
    sums.attempts[block] += 1
    if flights[index].attempts > 1 {
      sums.retries += 1
      lastRetry = time
    }
    if code != 0 { sums.wasted[block] += 1 }
    sums.load.add(Int(flights[index].component), time, 1)
    flights[index].lastStart = time
    flights[index].lastEnd = time.addingSaturated(length)
    flights[index].open += 1
    push(time: flights[index].lastEnd, slot, .end, failure: code, length: length)
    if let hedge = replay.hedge { planHedge(slot, hedge, at: time) }
  }

  /// The request is no quiet one any more.
  private mutating func disturb(_ slot: Int32) {
    guard !flights[Int(slot)].isTroubled else { return }
    flights[Int(slot)].isTroubled = true
    trouble += 1
  }

  private mutating func ended(_ event: Event) {
    let client = replay.client(replay.base.log.edge[Int(flights[Int(event.flight)].episode)])
    observe(event, client)
    if event.failure == 0 {
      if !gates.isEmpty { release(client, flights[Int(event.flight)], code: 0, at: event.time) }
      finish(event.flight, succeeded: true, at: event.time)
    } else {
      failed(event.flight, code: event.failure, at: event.time, isCall: true)
    }
  }

  /// The client's shared state learns of an answer.
  package mutating func observe(_ event: Event, _ client: Int) {
    if !breakers.isEmpty { breakers[client].record(failed: event.failure != 0, duration: event.length, at: event.time) }
    if !held.isEmpty {
      held[client].limiter.answered(failure: event.failure, at: event.time)
      callNext(client, at: event.time)
    }
    if !throttles.isEmpty, event.failure == 0 { throttles[client].accepted(at: event.time) }
  }

  /// A gate learns that an attempt is over, and may start others.
  private mutating func release(_ client: Int, _ flight: Flight, code: UInt8, at time: Int64) {
    guard !gates.isEmpty else { return }
    if code == 0 || flight.attempts >= replay.retry.attempts || !replay.retries(code) {
      waiting[client][flight.gateEpisode] = nil
    }
    let u = SplitMix64.unit(StableHash.combine(seed(Int(flight.episode), flight.attempts), 11))
    follow(gates[client].complete(flight.gateEpisode, failure: code, at: time, u: u), client: client)
  }

  package mutating func failed(_ slot: Int32, code: UInt8, at time: Int64, isCall: Bool) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    let client = replay.client(replay.base.log.edge[episode])
    let isRetried = replay.retries(code)
    if !budgets.isEmpty, isRetried, isCall { budgets[client].failed(at: time) }
    if !gates.isEmpty {
      let flight = flights[index]
      if served > eventLimit { isCut = true }
      let isOver = flight.attempts >= replay.retry.attempts || !isRetried || isCut
      // A gate retries every failure that its policy names; beyond the limit the attempt is over for it like a success.
      release(client, flight, code: isCut ? 0 : code, at: time)
      if isOver { finish(slot, succeeded: false, at: time) }
      return
    }
    retry(slot, client, after: code, at: time)
  }

  /// Plans the next attempt of a request whose last one failed, or ends it.
  private mutating func retry(_ slot: Int32, _ client: Int, after code: UInt8, at time: Int64) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    var (code, time) = (code, time)
    // One client is late by as much at each of its waits.
    var late: Int64?
    while true {
      if served > eventLimit { isCut = true }
      guard replay.retries(code), flights[index].attempts < replay.retry.attempts, !isCut else { break }
      let own = late ?? lateness(episode)
      late = own
      let delay = delay(slot, after: code, late: own, seed: seed(episode, flights[index].attempts))
      let elapsed = time.subtractingSaturated(replay.base.log.arrival[episode])
      if let deadline = replay.retry.deadline, elapsed.addingSaturated(delay) >= deadline { break }
      if !budgets.isEmpty {
        guard let cost = budgets[client].takeRetry(at: time, failure: code) else { break }
        flights[index].lastCost = cost
        flights[index].budgetRetries += 1
      }
      time = time.addingSaturated(delay)
      guard isRefused(client, at: time) else { return push(time: time, slot, .start) }
      // What an open breaker is sure to refuse need not wait in line for that.
      served += 1
      code = FailureKind.unavailable.rawValue
      flights[index].attempts += 1
      flights[index].lastStart = time
      flights[index].lastEnd = time
    }
    finish(slot, succeeded: false, at: time)
  }

  /// Whether an attempt at a time that lies ahead is refused whatever happens until then, and nothing else asks about it.
  private func isRefused(_ client: Int, at time: Int64) -> Bool {
    // Field by field: a breaker that is asked as a whole is copied with its window.
    guard let settings = replay.policy.breaker, budgets.isEmpty, throttles.isEmpty, held.isEmpty,
      breakers[client].state == .open
    else { return false }
    return !settings.isOver(breakers[client].openedAt, breakers[client].openPeriod, at: time)
  }

  /// Whether every client's breaker is closed.
  var areClosed: Bool { breakers.indices.allSatisfy { breakers[$0].state == .closed } }

  package mutating func finish(_ slot: Int32, succeeded: Bool, at time: Int64) {
    settle(slot, succeeded: succeeded, at: time)
    if flights[Int(slot)].isTroubled { trouble -= 1 }
    if flights[Int(slot)].isKept {
      kept = (
        kept.requests + 1, kept.failed + (succeeded ? 0 : 1), kept.retries + flights[Int(slot)].attempts - 1
      )
    }
    free.append(slot)
  }

  /// RecordCounts the outcome of a request.
  package mutating func settle(_ slot: Int32, succeeded: Bool, at time: Int64) {
    let episode = Int(flights[Int(slot)].episode)
    let block = replay.base.block(episode)
    if !succeeded { sums.failures[block] += 1 }
    sums.latency.add(max(time.subtractingSaturated(replay.base.log.arrival[episode]), 0), block: block, mass: 1)
    if !budgets.isEmpty {
      budgets[replay.client(replay.base.log.edge[episode])].ended(
        succeeded: succeeded, retries: flights[Int(slot)].budgetRetries, lastCost: flights[Int(slot)].lastCost)
    }
  }

  package mutating func push(time: Int64, _ slot: Int32, _ occasion: Occasion, failure: UInt8 = 0, length: Int64 = 0) {
    sequence += 1
    due.push(
      Event(time: time, sequence: sequence, flight: slot, occasion: occasion, failure: failure, length: length))
  }
}

extension ReplayRun {
  /// Attempts that were sent in all.
  package var attemptsSent: Int {
    (Int(checked: sums.made) ?? .max) + leftOut
  }
}
