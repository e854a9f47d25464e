// Policies whose decisions hang together, such as budgets, breakers, throttles and admission, are run through the log in
// the order of time, several times with drawn outcomes where the log has none.
internal import Core

/// The time-ordered replay of a stateful policy.
struct StatefulReplay {
  let base: EvaluationBase
  let policy: Policy
  let retry: RetryPolicy
  let applies: [Bool]
  let unknown: RetryPaths.Unknown

  private let retryOn: KindSet
  private let supportedKinds: KindSet
  /// Per edge, the number of its (caller, callee) pair: each keeps a budget and a breaker of its own.
  private let clients: [Int]
  private let clientCount: Int

  init(
    _ base: EvaluationBase, _ policy: Policy, retry: RetryPolicy, applies: [Bool], unknown: RetryPaths.Unknown
  ) {
    self.base = base
    self.policy = policy
    var retry = retry
    if let admission = policy.admission {
      retry = RetryPolicy(
        attempts: admission.maxRetries + 1, backoff: admission.backoff, retryOn: admission.retryOn,
        attemptTimeout: admission.attemptTimeout, deadline: admission.deadline)
    }
    self.retry = retry
    self.applies = applies
    self.unknown = unknown
    retryOn = retry.retriesLoggedKinds ? retry.retryOn.union(base.logged.retried) : retry.retryOn
    var supported = KindSet([])
    for code in 1..<UInt8(16) where base.logged.retriesByKind[Int(code)] >= base.settings.minimumRetries {
      supported.insert(KindSet(rawValue: 1 << UInt16(code)))
    }
    supportedKinds = supported
    var pairs: [String: Int] = [:]
    clients = base.log.edges.map { edge in
      let key = policy.admission == nil ? edge.caller + "\u{0}" + edge.callee : edge.callee
      let number = pairs[key] ?? pairs.count
      pairs[key] = number
      return number
    }
    clientCount = pairs.count
  }

  func sums() -> PolicySums {
    let log = base.log
    var empty = base.untouched
    empty.failures = Array(repeating: 0, count: base.blocks)
    empty.attempts = empty.failures
    empty.wasted = empty.failures
    empty.latency.removeAll()
    empty.load.removeAll()
    (empty.exact, empty.estimated, empty.unsupported, empty.retries) = (0, 0, 0, 0)

    var order: [(at: Int64, episode: Int32, component: Int32)] = []
    order.reserveCapacity(log.count)
    var outside = empty
    for component in log.ranges.indices {
      for episode in log.ranges[component] {
        if applies[Int(log.edge[episode])] {
          order.append((log.arrival[episode], Int32(episode), Int32(component)))
        } else {
          outside.load.add(component, log.arrival[episode], 1)
          outside.addLogged(log, episode, component: component, block: base.block(episode))
        }
      }
    }
    order.sort { $0.at != $1.at ? $0.at < $1.at : $0.episode < $1.episode }

    var total = empty
    var rates: [Double] = []
    for number in 0..<base.settings.replays {
      var run = ReplayRun(self, number: number, sums: empty)
      run.play(order)
      total.add(run.sums)
      rates.append(run.sums.failures.reduce(0, +) / Double(max(log.count, 1)))
      // Nothing was drawn: every run is this one.
      if run.drawn == 0 { break }
    }
    total.scale(by: 1 / Double(rates.count))
    if rates.count > 1 {
      let mean = rates.reduce(0, +) / Double(rates.count)
      let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count - 1)
      total.simulationError = (variance / Double(rates.count)).squareRoot()
    }
    total.add(outside)
    return total
  }

  fileprivate func client(_ edge: Int32) -> Int { clients[Int(edge)] }
  fileprivate var clientTotal: Int { clientCount }
  fileprivate func retries(_ code: UInt8) -> Bool { retryOn.contains(code: code) }
  fileprivate func supports(_ code: UInt8) -> Bool { supportedKinds.contains(code: code) }
}

/// One run through the log.
private struct ReplayRun {
  /// A request on its way.
  struct Flight {
    var episode: Int32
    var component: Int32
    var attempts = 0
    var follows = true
    var lastStart: Int64
    var lastEnd: Int64
    var run = RetryPolicy.Run()
    var lastCost: Int?
    var budgetRetries = 0
    var gateEpisode: UInt64 = 0
    /// What its own failures say about the component's state.
    var way: OutcomeModel.Way?
  }

  struct Event {
    var time: Int64
    var sequence: Int
    var flight: Int32
    var isEnd: Bool
    var failure: UInt8
    var length: Int64
  }

  let replay: StatefulReplay
  let base: EvaluationBase
  let number: UInt64
  var sums: PolicySums
  /// Outcomes that were drawn and not read off the log.
  var drawn = 0

  private var flights: [Flight] = []
  private var free: [Int32] = []
  private var heap: [Event] = []
  private var sequence = 0
  private var breakers: [CircuitBreaker] = []
  private var budgets: [RetryBudgetState] = []
  private var throttles: [ClientThrottleState] = []
  private var gates: [AdmissionGate] = []
  private var waiting: [[UInt64: Int32]] = []

  init(_ replay: StatefulReplay, number: Int, sums: PolicySums) {
    self.replay = replay
    base = replay.base
    self.number = UInt64(number)
    self.sums = sums
    let count = replay.clientTotal
    if let settings = replay.policy.breaker {
      breakers = Array(repeating: CircuitBreaker(settings), count: count)
    }
    if let budget = replay.policy.budget { budgets = Array(repeating: RetryBudgetState(budget), count: count) }
    if let throttle = replay.policy.throttle {
      throttles = Array(repeating: ClientThrottleState(throttle), count: count)
    }
    if let admission = replay.policy.admission {
      var gate = AdmissionGate(admission)
      gate.keepsLog = false
      gates = Array(repeating: gate, count: count)
      waiting = Array(repeating: [:], count: count)
    }
  }

  mutating func play(_ order: [(at: Int64, episode: Int32, component: Int32)]) {
    for arrival in order {
      serve(until: arrival.at)
      let slot = take(arrival.episode, arrival.component, at: arrival.at)
      let client = replay.client(base.log.edge[Int(arrival.episode)])
      if !budgets.isEmpty { budgets[client].request(at: arrival.at) }
      if gates.isEmpty {
        attempt(slot, at: arrival.at)
      } else {
        let (id, entries) = gates[client].arrive("", at: arrival.at)
        flights[Int(slot)].gateEpisode = id
        waiting[client][id] = slot
        follow(entries, client: client)
      }
    }
    serve(until: .max)
    // What is still waiting at the end of the log was never served.
    for client in waiting.indices {
      for slot in waiting[client].values.sorted() { finish(slot, succeeded: false, at: base.log.window?.end ?? 0) }
    }
  }

  private mutating func serve(until time: Int64) {
    while true {
      if !gates.isEmpty, let (client, due) = nextDue(), due <= min(time, heap.first?.time ?? .max), due < .max {
        follow(gates[client].tick(at: due), client: client)
        continue
      }
      guard let event = heap.first, event.time <= time else { return }
      pop()
      if event.isEnd { ended(event) } else { attempt(event.flight, at: event.time) }
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
        attempt(slot, at: max(entry.at, flights[Int(slot)].lastEnd))
      case .skip:
        waiting[client][entry.episode] = nil
        finish(slot, succeeded: false, at: entry.at)
      }
    }
  }

  private mutating func take(_ episode: Int32, _ component: Int32, at time: Int64) -> Int32 {
    let flight = Flight(episode: episode, component: component, lastStart: time, lastEnd: time)
    if let slot = free.popLast() {
      flights[Int(slot)] = flight
      return slot
    }
    flights.append(flight)
    return Int32(flights.count - 1)
  }

  private mutating func attempt(_ slot: Int32, at time: Int64) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    let client = replay.client(base.log.edge[episode])
    flights[index].attempts += 1
    var isRejected = false
    if !throttles.isEmpty {
      let u = SplitMix64.unit(StableHash.combine(seed(episode, flights[index].attempts), 3))
      isRejected = !throttles[client].admits(at: time, u: u)
      drawn += isRejected ? 1 : 0
    }
    if !isRejected, !breakers.isEmpty { isRejected = !breakers[client].tryAcquire(at: time) }
    if isRejected {
      flights[index].follows = false
      flights[index].lastStart = time
      flights[index].lastEnd = time
      failed(slot, code: FailureKind.unavailable.rawValue, at: time, isCall: false)
      return
    }
    let (code, length) = outcome(slot, at: time)
    if code != 0 { learn(slot, at: time) }
    let block = base.block(episode)
    sums.attempts[block] += 1
    if flights[index].attempts > 1 { sums.retries += 1 }
    if code != 0 { sums.wasted[block] += 1 }
    sums.load.add(Int(flights[index].component), time, 1)
    flights[index].lastStart = time
    flights[index].lastEnd = time.addingSaturated(length)
    push(time: flights[index].lastEnd, slot, isEnd: true, failure: code, length: length)
  }

  private mutating func outcome(_ slot: Int32, at time: Int64) -> (UInt8, Int64) {
    let log = base.log
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let range = log.attempts(of: episode)
    let logIndex = range.lowerBound + flight.attempts - 1
    let settings = base.settings
    let end = replay.retry.deadline.map { log.arrival[episode].addingSaturated($0) } ?? .max
    let patience = min(replay.retry.attemptTimeout ?? .max, max(end.subtractingSaturated(time), 0))
    var code: UInt8
    var length: Int64
    if flight.follows, logIndex < range.upperBound,
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
        length = base.successDuration(Int(flight.component), near: episode, seed: seed &+ 1)
      }
    }
    if length > patience {
      length = patience
      code = FailureKind.timeout.rawValue
      flights[Int(slot)].follows = false
    }
    return (code, length)
  }

  /// The flight's own attempt at `time` failed.
  private mutating func learn(_ slot: Int32, at time: Int64) {
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

  private func seed(_ episode: Int, _ attempt: Int) -> UInt64 {
    let log = base.log
    let request = StableHash.combine(base.settings.seed &+ number &* 0x9E37, UInt64(bitPattern: log.arrival[episode]))
    return StableHash.combine(request ^ UInt64(log.edge[episode]), UInt64(attempt))
  }

  private func posterior(_ episode: Int) -> Double {
    let failing = base.model.failing
    var low = 0
    var high = failing.count
    while low < high {
      let middle = (low + high) / 2
      if failing[middle] < Int32(episode) { low = middle + 1 } else { high = middle }
    }
    return low < failing.count && failing[low] == Int32(episode) ? base.model.posterior[low] : 0
  }

  private mutating func ended(_ event: Event) {
    let flight = flights[Int(event.flight)]
    let client = replay.client(base.log.edge[Int(flight.episode)])
    if !breakers.isEmpty { breakers[client].record(failed: event.failure != 0, duration: event.length, at: event.time) }
    if event.failure == 0 {
      if !throttles.isEmpty { throttles[client].accepted(at: event.time) }
      release(client, flight, code: 0, at: event.time)
      finish(event.flight, succeeded: true, at: event.time)
    } else {
      failed(event.flight, code: event.failure, at: event.time, isCall: true)
    }
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

  private mutating func failed(_ slot: Int32, code: UInt8, at time: Int64, isCall: Bool) {
    let index = Int(slot)
    let episode = Int(flights[index].episode)
    let log = base.log
    let client = replay.client(log.edge[episode])
    let isRetried = replay.retries(code)
    if !budgets.isEmpty, isRetried, isCall { budgets[client].failed(at: time) }
    if !gates.isEmpty {
      let flight = flights[index]
      let isOver = flight.attempts >= replay.retry.attempts || !isRetried
      release(client, flight, code: code, at: time)
      if isOver { finish(slot, succeeded: false, at: time) }
      return
    }
    let elapsed = time.subtractingSaturated(log.arrival[episode])
    let seed = seed(episode, flights[index].attempts)
    guard isRetried, flights[index].attempts < replay.retry.attempts else {
      finish(slot, succeeded: false, at: time)
      return
    }
    let delay = delay(slot, seed: seed)
    if let deadline = replay.retry.deadline, elapsed.addingSaturated(delay) >= deadline {
      finish(slot, succeeded: false, at: time)
      return
    }
    if !budgets.isEmpty {
      guard let cost = budgets[client].takeRetry(at: time, failure: code) else {
        finish(slot, succeeded: false, at: time)
        return
      }
      flights[index].lastCost = cost
      flights[index].budgetRetries += 1
    }
    push(time: time.addingSaturated(delay), slot, isEnd: false, failure: 0, length: 0)
  }

  private mutating func delay(_ slot: Int32, seed: UInt64) -> Int64 {
    let log = base.log
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let k = flight.attempts
    let range = log.attempts(of: episode)
    let next = range.lowerBound + k
    let u = SplitMix64.unit(StableHash.combine(seed, 13))
    guard flight.follows, next < range.upperBound,
      case .known(let known) = base.logged.delays[Int(log.edge[episode])]
    else {
      return replay.retry.backoff.delay(k, u: u, memory: &flights[Int(slot)].run.memory)
    }
    let logged = max(
      log.start[next].subtractingSaturated(log.start[next - 1].addingSaturated(log.duration[next - 1])), 0)
    if replay.policy.retry == nil || known == replay.retry.backoff { return logged }
    if known.isRandom {
      var coupled = known.fraction(of: logged, retry: k, previous: nil) ?? u
      if known.jitter != replay.retry.backoff.jitter { coupled = min(max(coupled, 0), 1) }
      return replay.retry.backoff.delay(k, u: coupled, memory: &flights[Int(slot)].run.memory)
    }
    let overhead = min(max(logged.subtractingSaturated(known.envelope(k)), 0), 20_000)
    return replay.retry.backoff.delay(k, u: u, memory: &flights[Int(slot)].run.memory).addingSaturated(overhead)
  }

  private mutating func finish(_ slot: Int32, succeeded: Bool, at time: Int64) {
    let flight = flights[Int(slot)]
    let episode = Int(flight.episode)
    let block = base.block(episode)
    if !succeeded { sums.failures[block] += 1 }
    sums.latency.add(max(time.subtractingSaturated(base.log.arrival[episode]), 0), block: block, mass: 1)
    if !budgets.isEmpty {
      budgets[replay.client(base.log.edge[episode])].ended(
        succeeded: succeeded, retries: flight.budgetRetries, lastCost: flight.lastCost)
    }
    free.append(slot)
  }

  // MARK: Heap by (time, sequence)

  private mutating func push(time: Int64, _ slot: Int32, isEnd: Bool, failure: UInt8, length: Int64) {
    sequence += 1
    heap.append(
      Event(time: time, sequence: sequence, flight: slot, isEnd: isEnd, failure: failure, length: length))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if Self.precedes(heap[child], heap[least]) { least = child }
      }
      guard least != parent else { return }
      heap.swapAt(least, parent)
      parent = least
    }
  }

  private static func precedes(_ a: Event, _ b: Event) -> Bool {
    a.time != b.time ? a.time < b.time : a.sequence < b.sequence
  }
}

extension SplitMix64 {
  /// A number in [0, 1) out of a hash.
  static func unit(_ hash: UInt64) -> Double { Double(StableHash.mix(hash) >> 11) * 0x1p-53 }
}
