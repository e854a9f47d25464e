internal import Model

/// Plays requests through a graph under a list of faults, and remembers what each fault did.
struct ServiceSimulation {
  let graph: ServiceGraph
  let faults: [Fault]
  private(set) var effects: [Effect]
  private(set) var spans: [WorldSpan] = []
  private(set) var logs: [WorldLog] = []
  private var random: WorldRandom
  private let skew: [Int64]
  private let compactIDs: Bool
  private var counter: UInt64 = 0
  private var traceHigh: UInt64 = 0
  private var traceLow: UInt64 = 0

  /// Rollouts: the component, and when one of its instances is replaced. They are no faults.
  private let rollouts: [(service: Int, start: Int64)]

  /// How long calls take beyond what is usual; nil where nothing does.
  private let tail: LatencyTail?
  /// By fault, whether it has held up its one call; and whether nobody's patience ends in the request that is played.
  private var held: [Bool]
  private var isPatient = false

  /// How long an instance that is replaced refuses calls, microseconds, and the share of calls that it would have taken.
  private static let rollout: Int64 = 2_000_000
  private static let rolloutShare = 0.3
  /// The median of the time on one way, microseconds.
  private static let usualWay = 250.0

  struct ServicePair: Hashable, Sendable {
    var callee: Int
    var caller: Int
  }

  /// What a fault did.
  struct Effect: Sendable {
    var onset: Int64 = .max
    var last: Int64 = .min
    /// Failed own requests by component.
    var failed: [Int: Int] = [:]
    var failedRequests = 0
    /// Requests of a caller that failed because a callee's did, by callee and caller: the way that it took.
    var path: [ServicePair: Int] = [:]

    mutating func note(_ time: Int64) {
      onset = min(onset, time)
      last = max(last, time)
    }
  }

  /// How a piece of a request ended; `fault` is the fault that failed it or slowed it, -1 where none did.
  private struct Outcome {
    var end: Int64
    var failure: WorldFailureWord?
    var fault = -1
  }

  init(
    graph: ServiceGraph, faults: [Fault], seed: UInt64, skewMicroseconds: Int, compactIDs: Bool,
    rollouts: [(service: Int, start: Int64)] = [], tail: LatencyTail? = nil
  ) {
    self.rollouts = rollouts
    self.tail = tail
    held = Array(repeating: false, count: faults.count)
    self.graph = graph
    self.faults = faults
    self.compactIDs = compactIDs
    effects = Array(repeating: Effect(), count: faults.count)
    random = WorldRandom(seed: seed, stream: "requests")
    var draws = WorldRandom(seed: seed, stream: "clocks")
    skew = graph.services.map { _ in
      skewMicroseconds == 0 ? 0 : Int64(draws.int(-skewMicroseconds...skewMicroseconds))
    }
  }

  mutating func removeRecords() {
    spans.removeAll(keepingCapacity: true)
    logs.removeAll(keepingCapacity: true)
  }

  /// Plays one request that arrives at a time; returns whether it succeeded.
  @discardableResult
  mutating func play(arrival: Int64) -> Bool {
    isPatient = tail != nil
    traceHigh = compactIDs ? 0 : random.bits()
    counter += 1
    traceLow = compactIDs ? counter : random.bits()
    let entry = graph.entry(&random)
    let outcome = serve(entry.service, entry.operation, at: arrival, parent: 0)
    if outcome.failure != nil, outcome.fault >= 0 { effects[outcome.fault].failedRequests += 1 }
    return outcome.failure == nil
  }

  private mutating func newID() -> UInt64 {
    counter += 1
    return compactIDs ? counter : random.bits() | 1
  }

  private func fault(_ kinds: Set<Fault.Kind>, on service: Int, at time: Int64) -> Int? {
    faults.indices.first {
      faults[$0].service == service && kinds.contains(faults[$0].kind) && faults[$0].start <= time
        && time < faults[$0].end
    }
  }

  /// Whether a component is gone at a time: crashed, or between two restarts.
  private func absence(of service: Int, at time: Int64) -> Int? {
    guard let index = fault([.crash, .restartStorm, .memoryGrowth], on: service, at: time) else { return nil }
    if faults[index].kind == .crash { return index }
    if faults[index].kind == .memoryGrowth { return MemoryLeak.isDown(at: time, fault: faults[index]) ? index : nil }
    return RestartCycle.isDown(at: time, fault: faults[index]) ? index : nil
  }

  /// Whether an instance of a component is just being replaced.
  private func isReplaced(_ service: Int, at time: Int64) -> Bool {
    rollouts.contains { $0.service == service && $0.start <= time && time < $0.start + Self.rollout }
  }

  // The recursion goes down the generator's own layers, of which there are at most six.
  private mutating func serve(_ service: Int, _ operation: Int, at start: Int64, parent: UInt64) -> Outcome {
    let plan = graph.services[service].operations[operation]
    let span = newID()
    let index = spans.count
    append(service, operation, .server, id: span, parent: parent, start: start)
    var own = random.logNormal(median: plan.work, sigma: plan.sigma)
    var result = Outcome(end: start)
    if let slow = fault([.slowdown], on: service, at: start) {
      own = own * faults[slow].factor + faults[slow].delay
      result.fault = slow
    } else if let hang = fault([.callerTimeouts], on: service, at: start), random.chance(faults[hang].rate) {
      own += faults[hang].delay * random.uniform(0.9, 1.3)
      result.fault = hang
      if random.chance(0.3) {
        log(
          service, "WARN", "waited \(Int(own / 1000)) ms for a lock on table \(plan.name)", at: start + Int64(own), span
        )
      }
    }
    var now = start + Int64(own * 0.5)
    if let broken = fault([.errorOutage, .toleratedBurst, .retryStorm, .metastable], on: service, at: start),
      random.chance(faults[broken].rate)
    {
      result.fault = broken
      result.failure = faults[broken].kind == .errorOutage && faults[broken].rate < 0.7 ? .internalError : .unavailable
      log(service, "ERROR", "\(plan.name) failed: worker pool exhausted, \(random.int(1...64)) waiting", at: now, span)
    } else if random.chance(graph.services[service].noise) {
      result.failure = .internalError
      result.fault = -1
      log(service, "ERROR", "\(plan.name) failed: unexpected value at row \(random.int(1...9999))", at: now, span)
    } else {
      now = afterLoop(plan, from: service, at: now, parent: span)
      for step in plan.steps where result.failure == nil {
        var end = now
        for call in step where random.chance(call.probability) {
          let outcome = self.call(call, from: service, at: now, parent: span)
          end = max(end, outcome.end)
          if let failure = outcome.failure, !call.isOptional, result.failure == nil {
            result.failure = failure == .internalError ? .internalError : failure == .timeout ? .timeout : .unavailable
            result.fault = outcome.fault
            if outcome.fault >= 0 {
              effects[outcome.fault].path[ServicePair(callee: call.service, caller: service), default: 0] += 1
            }
            log(
              service, "ERROR",
              "\(plan.name) failed: call to \(graph.services[call.service].name) \(Self.words(failure)) after \((outcome.end - now) / 1000) ms",
              at: outcome.end, span)
          }
        }
        now = end
      }
    }
    result.end = now + Int64(own * 0.5)
    if result.failure == nil, random.chance(graph.services[service].chatter) {
      log(
        service, "INFO", "\(plan.name) done for user \(random.int(1000...9999)) in \((result.end - start) / 1000) ms",
        at: result.end, span)
    }
    finish(index, end: result.end, failure: result.failure)
    if result.fault >= 0 {
      let kind = faults[result.fault].kind
      if result.failure != nil {
        effects[result.fault].failed[service, default: 0] += 1
        effects[result.fault].note(result.end)
      } else if kind == .slowdown, faults[result.fault].service == service {
        effects[result.fault].note(result.end)
      }
    }
    return result
  }

  /// When an operation's loop of calls is over where a release brought one: its first call over and over, one after the other,
  /// whatever comes of it.
  private mutating func afterLoop(
    _ plan: ServiceGraph.Operation, from caller: Int, at start: Int64, parent: UInt64
  ) -> Int64 {
    guard let loop = fault([.repeatedCalls], on: caller, at: start), let call = plan.steps.first?.first else {
      return start
    }
    var now = start
    for _ in 1..<max(Int(faults[loop].factor), 2) {
      now = attempt(call, 0, from: caller, at: now, parent: parent).end
    }
    effects[loop].note(now)
    return now
  }

  private static func words(_ failure: WorldFailureWord) -> String {
    switch failure {
    case .internalError: "answered 500"
    case .unavailable: "answered 503"
    case .timeout: "timed out"
    case .refused: "was refused: connection refused"
    }
  }

  /// One call with its attempts, as the caller sees it.
  private mutating func call(
    _ call: ServiceGraph.Call, from caller: Int, at start: Int64, parent: UInt64
  ) -> Outcome {
    var now = start
    var attempt = 0
    while true {
      let outcome = self.attempt(call, attempt, from: caller, at: now, parent: parent)
      attempt += 1
      let storm = fault([.retryStorm, .metastable], on: call.service, at: now) != nil
      let attempts = storm ? max(call.attempts, 5) : call.attempts
      guard let failure = outcome.failure, failure.isRetryable, attempt < attempts else {
        return outcome.failure == nil ? behindCache(call, outcome, from: caller, parent: parent) : outcome
      }
      let ceiling = storm ? 10_000 : call.backoff * Double(1 << min(attempt - 1, 10))
      now = outcome.end + Int64(random.uniform(0, ceiling))
    }
  }

  /// What a caller asks behind a cache that had nothing: only in nights that lose one.
  private mutating func behindCache(
    _ call: ServiceGraph.Call, _ outcome: Outcome, from caller: Int, parent: UInt64
  ) -> Outcome {
    guard let cache = faults.first(where: { $0.kind == .cacheLoss && $0.service == call.service }),
      let store = graph.services.indices.first(where: { graph.services[$0].isVirtual && $0 != call.service })
    else { return outcome }
    let lost = fault([.cacheLoss], on: call.service, at: outcome.end)
    guard random.chance(lost == nil ? Self.usualMisses : cache.rate) else { return outcome }
    var ask = call
    ask.service = store
    ask.operation = 0
    var answer = attempt(ask, 0, from: caller, at: outcome.end, parent: parent)
    guard let lost else { return Outcome(end: answer.end) }
    answer.end = addWork(answer.end, faults[lost].delay)
    effects[lost].note(answer.end)
    return Outcome(end: answer.end, fault: outcome.fault)
  }

  /// A store under that load takes longer: the last span's end is moved.
  private mutating func addWork(_ end: Int64, _ delay: Double) -> Int64 {
    let longer = end + Int64(delay * random.uniform(0.5, 1.5))
    if let last = spans.indices.last { finish(last, end: longer, failure: nil) }
    return longer
  }

  private static let usualMisses = 0.1

  private mutating func attempt(
    _ call: ServiceGraph.Call, _ number: Int, from caller: Int, at start: Int64, parent: UInt64
  ) -> Outcome {
    let span = newID()
    let index = spans.count
    append(caller, call.operation, .client, id: span, parent: parent, start: start)
    spans[index].peer = call.service
    spans[index].resend = number
    var way = random.logNormal(median: Self.usualWay, sigma: 0.4)
    var slow = -1
    if let delayed = fault([.networkDelay], on: call.service, at: start) {
      way += faults[delayed].delay * random.uniform(0.8, 1.2)
      slow = delayed
    }
    if let tail { way = tail.stretched(way, &random) }
    if let one = fault([.oneCall], on: call.service, at: start), !held[one] {
      held[one] = true
      isPatient = true
      way += faults[one].delay
      slow = one
    }
    // A call that is held up is so on one of its ways.
    let back = slow >= 0 && faults[slow].kind == .oneCall ? Int64(Self.usualWay) : Int64(way)
    var outcome: Outcome
    if let absent = absence(of: call.service, at: start) {
      outcome = Outcome(end: start + Int64(way * 2), failure: .refused, fault: absent)
      effects[absent].note(outcome.end)
    } else if isReplaced(call.service, at: start), number == 0, random.chance(Self.rolloutShare) {
      outcome = Outcome(end: start + Int64(way * 2), failure: .refused)
    } else if graph.services[call.service].isVirtual {
      outcome = virtual(call, at: start + Int64(way))
      outcome.end += back
    } else {
      let arrival = start + Int64(way)
      outcome = serve(
        call.service, call.operation, at: tail?.resumed(call.service, at: arrival) ?? arrival, parent: span)
      outcome.end += back
      outcome.end = tail?.resumed(caller, at: outcome.end) ?? outcome.end
    }
    if slow >= 0, outcome.failure == nil {
      outcome.fault = slow
      effects[slow].note(outcome.end)
    }
    if outcome.end - start > call.timeout, !isPatient {
      outcome.end = start + call.timeout
      outcome.failure = .timeout
      if outcome.fault >= 0 { effects[outcome.fault].note(outcome.end) }
    }
    finish(index, end: outcome.end, failure: outcome.failure)
    return outcome
  }

  /// A call into a peer that has no spans.
  private mutating func virtual(_ call: ServiceGraph.Call, at start: Int64) -> Outcome {
    let plan = graph.services[call.service].operations[0]
    let end = start + Int64(random.logNormal(median: plan.work, sigma: plan.sigma))
    if let broken = fault([.errorOutage, .toleratedBurst, .retryStorm], on: call.service, at: start),
      random.chance(faults[broken].rate)
    {
      effects[broken].note(end)
      return Outcome(end: end, failure: .unavailable, fault: broken)
    }
    return Outcome(end: end)
  }

  private mutating func append(
    _ service: Int, _ operation: Int, _ kind: SpanKind, id: UInt64, parent: UInt64, start: Int64
  ) {
    spans.append(
      WorldSpan(
        traceHigh: traceHigh, traceLow: traceLow, id: id, parent: parent, service: service, peer: -1,
        operation: operation, kind: kind, start: start + skew[service], end: start, failure: nil, resend: 0))
  }

  private mutating func finish(_ index: Int, end: Int64, failure: WorldFailureWord?) {
    spans[index].end = end + skew[spans[index].service]
    spans[index].failure = failure
  }

  private mutating func log(_ service: Int, _ level: String, _ text: String, at time: Int64, _ span: UInt64) {
    logs.append(
      WorldLog(
        time: time + skew[service], service: service, level: level, text: text, traceHigh: traceHigh,
        traceLow: traceLow, span: span))
  }
}
