internal import Model
internal import Policies
internal import Support

/// One play of a night: frames of work that wait for each other, and a heap of what is due.
///
/// It follows the rules of `ServiceSimulation`, which plays one request after the other and so cannot show clients whose
/// state spans requests.
struct NightTrialRun {
  /// A component's work on one request, or a caller's logical call.
  private struct Frame {
    var generation: UInt32 = 0
    /// Who waits for this one; nil for a user.
    var parent: Address?
    var service = 0
    var operation = 0
    var failure: WorldFailureWord?
    // Of work: its own time, the step, calls not yet answered, and the first of the step that failed.
    var own = 0.0
    var step = 0
    var pending = 0
    var failing = Int.max
    // Of a call: its place in the step, the attempt under way, and what its policy remembers.
    var call: ServiceGraph.Call?
    var place = 0
    var start: Int64 = 0
    var attempt = 0
    var attemptStart: Int64 = 0
    var isOpen = false
    var way: Int64 = 0
    var run = RetryPolicy.Run()
    var retries = 0
    var lastCost: Int?
  }

  private struct Address: Equatable {
    var frame: Int32
    var generation: UInt32
    var attempt = 0
  }

  private enum Step { case steps, over, attempt, answered }

  private struct Event: Comparable {
    var time: Int64
    var sequence: Int
    var to: Address
    var step: Step
    var failure: WorldFailureWord?

    static func < (a: Event, b: Event) -> Bool { a.time != b.time ? a.time < b.time : a.sequence < b.sequence }
    static func == (a: Event, b: Event) -> Bool { a.sequence == b.sequence }
  }

  private(set) var counts = NightTrial.Counts()
  private let graph: ServiceGraph
  private let faults: [Fault]
  private let policy: Policy?
  private var random: WorldRandom
  private var frames: [Frame] = []
  private var free: [Int32] = []
  private var due = BinaryHeap<Event>()
  private var sequence = 0
  private var breakers: [Int: CircuitBreaker] = [:]
  private var budgets: [Int: RetryBudgetState] = [:]
  private var throttles: [Int: ClientThrottleState] = [:]

  init(_ plan: FaultPlan, _ policy: Policy?, seed: UInt64) {
    graph = plan.graph
    faults = plan.faults
    self.policy = policy
    random = WorldRandom(seed: seed, stream: "trial")
  }

  /// A user's request arrives.
  mutating func request(at time: Int64) {
    counts.requests += 1
    let entry = graph.entry(&random)
    begin(entry.service, entry.operation, at: time, for: nil)
  }

  mutating func serve(until time: Int64) {
    while let event = due.first, event.time <= time {
      _ = due.pop()
      guard frames[Int(event.to.frame)].generation == event.to.generation else { continue }
      let frame = Int(event.to.frame)
      switch event.step {
      case .steps: nextStep(frame, at: event.time)
      case .over: finish(frame, at: event.time)
      case .attempt: attempt(frame, at: event.time)
      case .answered:
        // An answer after the caller's patience finds nobody waiting.
        guard frames[frame].isOpen, frames[frame].attempt == event.to.attempt else { continue }
        ended(frame, event.failure, at: event.time)
      }
    }
  }

  private mutating func push(_ time: Int64, _ step: Step, _ frame: Int, failure: WorldFailureWord? = nil) {
    sequence += 1
    due.push(Event(time: time, sequence: sequence, to: address(frame), step: step, failure: failure))
  }

  private func address(_ frame: Int) -> Address {
    Address(frame: Int32(frame), generation: frames[frame].generation, attempt: frames[frame].attempt)
  }

  private mutating func take(_ frame: Frame) -> Int {
    var frame = frame
    if let slot = free.popLast() {
      frame.generation = frames[Int(slot)].generation
      frames[Int(slot)] = frame
      return Int(slot)
    }
    frames.append(frame)
    return frames.count - 1
  }

  private mutating func release(_ frame: Int) {
    frames[frame].generation &+= 1
    free.append(Int32(frame))
  }

  private func fault(_ kinds: Set<Fault.Kind>, on service: Int, at time: Int64) -> Fault? {
    faults.first { $0.service == service && kinds.contains($0.kind) && $0.start <= time && time < $0.end }
  }

  // MARK: Work

  private mutating func begin(_ service: Int, _ operation: Int, at start: Int64, for parent: Address?) {
    let plan = graph.services[service].operations[operation]
    var own = random.logNormal(median: plan.work, sigma: plan.sigma)
    if let slow = fault([.slowdown], on: service, at: start) {
      own = own * slow.factor + slow.delay
    } else if let hang = fault([.callerTimeouts], on: service, at: start), random.chance(hang.rate) {
      own += hang.delay * random.uniform(0.9, 1.3)
    }
    let frame = take(Frame(parent: parent, service: service, operation: operation, own: own))
    let now = start + Int64(own * 0.5)
    if let broken = fault([.errorOutage, .toleratedBurst, .retryStorm], on: service, at: start),
      random.chance(broken.rate)
    {
      frames[frame].failure = broken.kind == .errorOutage && broken.rate < 0.7 ? .internalError : .unavailable
      push(now + Int64(own * 0.5), .over, frame)
    } else if random.chance(graph.services[service].noise) {
      frames[frame].failure = .internalError
      push(now + Int64(own * 0.5), .over, frame)
    } else {
      push(now, .steps, frame)
    }
  }

  private mutating func nextStep(_ frame: Int, at now: Int64) {
    let plan = graph.services[frames[frame].service].operations[frames[frame].operation]
    while frames[frame].failure == nil, frames[frame].step < plan.steps.count {
      let step = plan.steps[frames[frame].step]
      frames[frame].step += 1
      frames[frame].failing = .max
      for (place, call) in step.enumerated() where random.chance(call.probability) {
        frames[frame].pending += 1
        counts.calls += 1
        let child = take(
          Frame(parent: address(frame), service: frames[frame].service, call: call, place: place, start: now))
        let pair = self.pair(child)
        if let budget = policy?.budget { budgets[pair, default: RetryBudgetState(budget)].request(at: now) }
        push(now, .attempt, child)
      }
      if frames[frame].pending > 0 { return }
    }
    push(now + Int64(frames[frame].own * 0.5), .over, frame)
  }

  private mutating func finish(_ frame: Int, at time: Int64) {
    let failure = frames[frame].failure
    let parent = frames[frame].parent
    release(frame)
    guard let parent else {
      counts.served += failure == nil ? 1 : 0
      return
    }
    guard frames[Int(parent.frame)].generation == parent.generation else { return }
    sequence += 1
    due.push(
      Event(
        time: time + frames[Int(parent.frame)].way, sequence: sequence, to: parent, step: .answered, failure: failure))
  }

  // MARK: Calls

  /// Who keeps a budget and a breaker: the caller, per callee.
  private func pair(_ frame: Int) -> Int {
    frames[frame].service * graph.services.count + (frames[frame].call?.service ?? 0)
  }

  private mutating func attempt(_ frame: Int, at start: Int64) {
    guard let call = frames[frame].call else { return }
    frames[frame].attempt += 1
    let pair = self.pair(frame)
    var isRejected = false
    if let throttle = policy?.throttle {
      isRejected = !throttles[pair, default: ClientThrottleState(throttle)].admits(at: start, u: random.unit())
    }
    if !isRejected, let breaker = policy?.breaker {
      isRejected = !breakers[pair, default: CircuitBreaker(breaker)].tryAcquire(at: start)
    }
    if isRejected {
      failed(frame, .unavailable, at: start, isCall: false)
      return
    }
    counts.attempts += 1
    frames[frame].attemptStart = start
    frames[frame].isOpen = true
    var way = random.logNormal(median: 250, sigma: 0.4)
    if let slow = fault([.networkDelay], on: call.service, at: start) { way += slow.delay * random.uniform(0.8, 1.2) }
    frames[frame].way = Int64(way)
    var patience = min(call.timeout, policy?.retry?.attemptTimeout ?? .max)
    if let deadline = policy?.retry?.deadline {
      patience = min(patience, max(frames[frame].start + deadline - start, 0))
    }
    push(start + patience, .answered, frame, failure: .timeout)
    let arrival = start + Int64(way)
    if let gone = fault([.crash, .restartStorm], on: call.service, at: start),
      gone.kind == .crash || RestartCycle.isDown(at: start, fault: gone)
    {
      push(start + Int64(way * 2), .answered, frame, failure: .refused)
    } else if graph.services[call.service].isVirtual {
      let plan = graph.services[call.service].operations[0]
      let end = arrival + Int64(random.logNormal(median: plan.work, sigma: plan.sigma))
      let broken = fault([.errorOutage, .toleratedBurst, .retryStorm], on: call.service, at: arrival)
      let isBroken = broken.map { random.chance($0.rate) } ?? false
      push(end + Int64(way), .answered, frame, failure: isBroken ? .unavailable : nil)
    } else {
      begin(call.service, call.operation, at: arrival, for: address(frame))
    }
  }

  private mutating func ended(_ frame: Int, _ failure: WorldFailureWord?, at time: Int64) {
    frames[frame].isOpen = false
    let pair = self.pair(frame)
    let length = time - frames[frame].attemptStart
    breakers[pair]?.record(failed: failure != nil, duration: length, at: time)
    if let failure {
      failed(frame, failure, at: time, isCall: true)
    } else {
      throttles[pair]?.accepted(at: time)
      conclude(frame, nil, at: time)
    }
  }

  private mutating func failed(_ frame: Int, _ failure: WorldFailureWord, at time: Int64, isCall: Bool) {
    guard let call = frames[frame].call else { return }
    guard let retry = policy?.retry else {
      // What the world's own clients do.
      let isStorm = fault([.retryStorm], on: call.service, at: frames[frame].attemptStart) != nil
      guard failure.isRetryable, frames[frame].attempt < (isStorm ? max(call.attempts, 5) : call.attempts) else {
        conclude(frame, failure, at: time)
        return
      }
      let ceiling = isStorm ? 10_000 : call.backoff * Double(1 << min(frames[frame].attempt - 1, 10))
      again(frame, failure, at: time, after: Int64(random.uniform(0, ceiling)), isCall: isCall)
      return
    }
    let verdict = retry.decide(
      &frames[frame].run, failure: failure.kind.rawValue, elapsed: time - frames[frame].start, u: random.unit())
    if isCall, retry.retryOn.contains(code: failure.kind.rawValue) { budgets[pair(frame)]?.failed(at: time) }
    guard case .retry(let delay) = verdict else {
      conclude(frame, failure, at: time)
      return
    }
    again(frame, failure, at: time, after: delay, isCall: isCall)
  }

  private mutating func again(
    _ frame: Int, _ failure: WorldFailureWord, at time: Int64, after delay: Int64, isCall: Bool
  ) {
    if policy?.budget != nil {
      guard let cost = budgets[pair(frame)]?.takeRetry(at: time, failure: failure.kind.rawValue) else {
        conclude(frame, failure, at: time)
        return
      }
      frames[frame].lastCost = cost
      frames[frame].retries += 1
    }
    push(time.addingSaturated(delay), .attempt, frame)
  }

  private mutating func conclude(_ frame: Int, _ failure: WorldFailureWord?, at time: Int64) {
    let call = frames[frame]
    budgets[pair(frame)]?.ended(succeeded: failure == nil, retries: call.retries, lastCost: call.lastCost)
    counts.answered += failure == nil ? 1 : 0
    release(frame)
    guard let parent = call.parent, frames[Int(parent.frame)].generation == parent.generation else { return }
    let work = Int(parent.frame)
    frames[work].pending -= 1
    if let failure, call.call?.isOptional == false, call.place < frames[work].failing {
      frames[work].failing = call.place
      frames[work].failure =
        failure == .internalError ? .internalError : failure == .timeout ? .timeout : .unavailable
    }
    if frames[work].pending == 0 { nextStep(work, at: time) }
  }
}
