// What real clients do to an evaluation: lateness, timeouts, overload, and policies that are given wrongly.
import Model
import Policies
import Simulation
import Support
import Testing

private let edge = CallEdge(caller: "client", callee: "service", operation: "call")
private let origin: Int64 = 1_700_000_000_000_000

private func findings(_ partial: CallPartial, _ policies: [Policy], logged: Policy? = nil) throws -> PolicyFindings {
  try #require(
    PolicyEvaluator.evaluate(
      partial,
      file: PolicyFile(
        logged: logged, policies: policies, evaluation: EvaluationSettings(replays: 6, resamples: 100))))
}

/// A log of calls every 50 ms that fail in every second fifth of a second; `wait` gives the waits before retries.
private func log(calls: Int, attempts: Int, wait: (Int, inout SplitMix64) -> Int64) -> CallPartial {
  var random = SplitMix64(seed: 7)
  var partial = CallPartial(limit: .max)
  for i in 0..<calls {
    var time = Int64(i) * 50_000
    var rows: [LoggedAttempt] = []
    for number in 1...attempts {
      let isDown = time / 200_000 % 5 == 0
      rows.append(
        LoggedAttempt(
          start: origin + time, duration: 4_000, failure: isDown ? FailureKind.unavailable.rawValue : 0,
          isFirst: number == 1))
      guard isDown, number < attempts else { break }
      // One-sided lateness: a millisecond in the mean, now and then twenty.
      let late = random.unit() < 0.1 ? 20_000.0 * random.unit() : 1_000 * random.unit()
      time += 4_000 + wait(number, &random) + Int64(late)
    }
    partial.add(rows, to: edge)
  }
  return partial
}

@Test("Delay laws are read through one-sided lateness")
func lateLaws() throws {
  func inferred(_ wait: @escaping (Int, inout SplitMix64) -> Int64) throws -> DelayLaw? {
    try findings(log(calls: 4_000, attempts: 3, wait: wait), []).logged.laws.first
  }
  func grown(_ base: Int64, _ k: Int) -> Int64 { base << Int64(k - 1) }
  #expect(try inferred { k, _ in grown(40_000, k) } == DelayLaw(.exponential(base: 40_000, factor: 2)))
  #expect(try inferred { _, _ in 30_000 } == DelayLaw(.fixed(30_000)))
  #expect(
    try inferred { k, random in Int64(Double(grown(50_000, k)) * random.unit()) }
      == DelayLaw(.exponential(base: 50_000, factor: 2), jitter: .full))
  #expect(
    try inferred { k, random in Int64(Double(grown(50_000, k)) * (0.8 + 0.4 * random.unit())) }
      == DelayLaw(.exponential(base: 50_000, factor: 2), jitter: .proportional(below: 0.2, above: 0.2)))
  let additive = try inferred { k, random in grown(40_000, k) + Int64(60_000 * random.unit()) }
  #expect(additive?.envelope == .exponential(base: 40_000, factor: 2))
  guard case .additive(let most)? = additive?.jitter else {
    Issue.record("\(String(describing: additive))")
    return
  }
  #expect(abs(Double(most) / 60_000 - 1) < 0.15)
  // A share of a wait that grows slowly is no width of its own.
  #expect(
    try inferred { k, random in Int64((k == 1 ? 50_000 : 75_000) * (0.5 + random.unit())) }
      == DelayLaw(.exponential(base: 50_000, factor: 1.5), jitter: .proportional(below: 0.5, above: 0.5)))
  let urllib = try inferred { k, _ in k == 1 ? 0 : 100_000 }
  #expect(urllib?.envelope == .immediateThenExponential(base: 100_000, factor: 2))
}

@Test("Fewer attempts below are another outcome above: not exact where calls are nested, exact where they are not")
func nestedCallsAreNotExact() throws {
  func log(isNested: Bool) -> CallPartial {
    var partial = CallPartial(limit: .max)
    for i in 0..<400 {
      let time = origin + Int64(i) * 100_000
      let isDown = i / 10 % 5 == 0
      var rows = [LoggedAttempt(start: time, duration: 4_000, failure: isDown ? FailureKind.unavailable.rawValue : 0)]
      if isDown { rows.append(LoggedAttempt(start: time + 40_000, duration: 4_000, isFirst: false)) }
      partial.add(rows, to: CallEdge(caller: "proxy", callee: "service", operation: "call"))
      if isNested {
        partial.add(
          [LoggedAttempt(start: time - 1_000, duration: 50_000)],
          to: CallEdge(caller: "client", callee: "proxy", operation: "call"))
      }
    }
    return partial
  }
  let once = Policy("once", retry: .never)
  let alone = try #require(try findings(log(isNested: false), [once]).candidates.first)
  #expect(alone.exact == 1)
  let nested = try #require(try findings(log(isNested: true), [once]).candidates.first)
  #expect(nested.exact == 0 && nested.warnings.contains(.notExact([.nestedCalls])))
}

@Test("Waits that no law makes are not given one")
func waitsOfNoLaw() throws {
  let listed: [Int64] = [10_000, 20_000, 30_000, 50_000]
  let few = try findings(log(calls: 4_000, attempts: 5) { k, _ in listed[k - 1] }, []).logged
  #expect(few.laws.isEmpty && few.medianFirstDelay != nil)
}

/// Few calls of a client that is slow at some of them: to send, to read, and between its attempts.
private func busyCalls(seed: UInt64) -> CallPartial {
  var random = SplitMix64(seed: seed)
  var partial = CallPartial(limit: .max)
  for i in 0..<16 {
    let slow = i % 2 == 0 ? 0 : 100_000 * random.unit()
    func own() -> Int64 { 300 + Int64(1_000 * random.unit() + slow * (0.5 + random.unit())) }
    var time = origin + Int64(i) * 2_000_000
    var rows: [LoggedAttempt] = []
    for number in 1...3 {
      let (lead, lag) = (own(), own())
      var attempt = LoggedAttempt(
        start: time, duration: lead + 4_000 + lag, failure: FailureKind.unavailable.rawValue, isFirst: number == 1)
      attempt.note(callee: time + lead, duration: 4_000, failure: FailureKind.unavailable.rawValue)
      rows.append(attempt)
      time = attempt.end + Int64(Double(80_000 << Int64(number - 1)) * random.unit()) + own()
    }
    partial.add(rows, to: edge)
  }
  return partial
}

@Test("A busy client is late where its callees' spans show it busy: its law is read from its other waits")
func busyClient() throws {
  let errors = try (1...5).map { seed -> Double in
    let law = try #require(try findings(busyCalls(seed: UInt64(seed)), []).logged.laws.first)
    guard case .exponential(let base, _) = law.envelope, law.jitter == .full else { return 1 }
    return abs(Double(base) / 80_000 - 1)
  }
  #expect(errors.sorted()[2] <= 0.15, "\(errors)")
}

@Test(
  "However late a client is with all it does, its law is named right from its calm waits, few or many",
  arguments: [(16, 50_000.0), (40, 50_000), (40, 150_000), (200, 150_000)])
func lateClient(calls: Int, step: Double) throws {
  for law in [
    Backoff(.exponential(base: 50_000, factor: 2), jitter: .full), Backoff(.exponential(base: 100_000, factor: 2)),
  ] {
    var world = LateClientWorld()
    (world.calls, world.step, world.law) = (calls, step, law)
    let readings = try (1...3).map { seed in
      LateClientValidation.reading(try findings(world.play(seed: seed, edge: edge), []).logged, law)
    }
    #expect(!readings.contains(.wrong) && readings.count { $0 == .right } > 1, "\(readings)")
  }
}

@Test("A given policy that the log contradicts is refused with both figures; one that it bears out is believed")
func contradictedPolicy() throws {
  let partial = log(calls: 2_000, attempts: 3) { _, _ in 30_000 }
  let wrong = try findings(
    partial, [], logged: Policy("l", retry: RetryPolicy(attempts: 2, backoff: Backoff(.fixed(300_000)))))
  #expect(wrong.warnings.contains(.loggedContradicted(.attempts(given: 2, seen: 3))))
  #expect(wrong.logged.source == .inferred)
  let right = try findings(
    partial, [], logged: Policy("l", retry: RetryPolicy(attempts: 3, backoff: Backoff(.fixed(30_000)))))
  #expect(right.logged.source == .given)
  #expect(!right.warnings.contains { if case .loggedContradicted = $0 { true } else { false } })
}

/// Calls under a timeout of 150 ms, late by up to 20 ms; every tenth second calls would take 300 ms.
private func timedOut(isTold: Bool) -> CallPartial {
  var random = SplitMix64(seed: 11)
  var partial = CallPartial(limit: .max)
  for i in 0..<4_000 {
    let time = Int64(i) * 50_000
    let full = time / 1_000_000 % 10 == 0 ? 300_000 : Int64(10_000 + 10_000 * random.unit())
    let isCut = full > 150_000
    var first = LoggedAttempt(
      start: origin + time, duration: isCut ? 151_000 + Int64(20_000 * random.unit()) : full,
      failure: isCut ? FailureKind.timeout.rawValue : 0)
    if isTold { first.note(callee: first.start + 500, duration: full - 500, failure: 0) }
    partial.add([first], to: edge)
  }
  return partial
}

@Test("A longer timeout: the callee's span tells how cut attempts go on; where none does, there are bounds")
func longerTimeout() throws {
  let patient = Policy("patient", retry: RetryPolicy(attempts: 1, attemptTimeout: 400_000))
  let told = try findings(timedOut(isTold: true), [patient])
  #expect(told.logged.attemptTimeout == 150_000)
  let candidate = try #require(told.candidates.first)
  #expect(candidate.outcome.successRate.value == 1 && candidate.exact == 0)
  #expect(told.recommended == "patient")
  let untold = try #require(try findings(timedOut(isTold: false), [patient]).candidates.first)
  #expect(untold.warnings.contains { if case .unknownTail = $0 { true } else { false } })
  #expect(untold.outcome.successRate.low < 0.95 && untold.outcome.successRate.high > 0.99)
}

@Test("A shorter timeout cuts what was served, late as the log's own timeouts are")
func shorterTimeout() throws {
  let hasty = Policy("hasty", retry: RetryPolicy(attempts: 1, attemptTimeout: 12_000))
  let candidate = try #require(try findings(timedOut(isTold: true), [hasty]).candidates.first)
  let success = try #require(candidate.outcome.successRate.value)
  #expect(success < 0.5 && candidate.difference.successRate.high < 0)
  let same = Policy("same", retry: RetryPolicy(attempts: 1, attemptTimeout: 150_000))
  #expect(try findings(timedOut(isTold: true), [same]).candidates.first?.difference.successRate.value == 0)
}

/// One server that holds five attempts at once, 20 ms each, and refuses the sixth; arrivals come in bursts.
private func overloaded(attempts: Int, wait: Int64) -> CallPartial {
  var random = SplitMix64(seed: 3)
  var arrivals: [Int64] = []
  var time: Int64 = 0
  while arrivals.count < 5_000 {
    let gap = time / 2_000_000 % 4 == 0 ? 14_000.0 : 45_000.0
    time += Int64(2 * gap * random.unit())
    arrivals.append(time)
  }
  var pending: [(at: Int64, call: Int)] = []
  var rows = [[LoggedAttempt]](repeating: [], count: arrivals.count)
  var ends: [Int64] = []
  var next = 0
  while next < arrivals.count || !pending.isEmpty {
    let first = pending.indices.min { (pending[$0].at, pending[$0].call) < (pending[$1].at, pending[$1].call) }
    let at: Int64
    let call: Int
    if let first, next >= arrivals.count || pending[first].at < arrivals[next] {
      (at, call) = pending.remove(at: first)
    } else {
      (at, call) = (arrivals[next], next)
      next += 1
    }
    ends.removeAll { $0 <= at }
    let isRefused = ends.count >= 5
    let end = isRefused ? at + 1_000 : max(at, ends.last ?? at) + 20_000
    if !isRefused { ends.append(end) }
    rows[call].append(
      LoggedAttempt(
        start: origin + at, duration: end - at, failure: isRefused ? FailureKind.unavailable.rawValue : 0,
        isFirst: rows[call].isEmpty))
    if isRefused, rows[call].count < attempts { pending.append((at: end + wait, call: call)) }
  }
  var partial = CallPartial(limit: .max)
  for row in rows { partial.add(row, to: edge) }
  return partial
}

@Test("Load that makes failures is found by first attempts, and candidates are played in it; outages are not load")
func overloadFound() throws {
  let night = overloaded(attempts: 2, wait: 10_000)
  let eager = Policy("eager", retry: RetryPolicy(attempts: 5, backoff: Backoff(.fixed(10_000))))
  let once = Policy("once", retry: RetryPolicy(attempts: 1))
  let found = try findings(night, [eager, once])
  #expect(
    found.warnings.contains {
      if case .overload(let capacity, _) = $0 { capacity.limit == .concurrency(5) } else { false }
    }, "\(found.warnings)")
  #expect(found.candidates.allSatisfy { $0.exact == 0 })
  func truth(_ attempts: Int) throws -> Double {
    try #require(try findings(overloaded(attempts: attempts, wait: 10_000), []).baseline.successRate.value)
  }
  for (candidate, attempts) in zip(found.candidates, [5, 1]) {
    let success = candidate.outcome.successRate
    #expect(abs((success.value ?? 0) - (try truth(attempts))) < 0.02, "\(candidate.name) \(success)")
  }
  let outages = try findings(log(), [])
  #expect(!outages.warnings.contains { if case .overload = $0 { true } else { false } })
}

/// Six calls a second, three attempts each; ten seconds answer nothing, and the six after them one attempt in so many.
private func down(oneIn: Int) -> CallPartial {
  var partial = CallPartial(limit: .max)
  var after = 0
  for call in 0..<1_200 {
    let arrival = Int64(call) * 1_000_000 / 6
    var attempts: [LoggedAttempt] = []
    for wait in [0, 200_000, 600_000] as [Int64] {
      let second = (arrival + wait) / 1_000_000
      if (70..<76).contains(second) { after += 1 }
      let isAnswered =
        (60..<70).contains(second) ? false : (70..<76).contains(second) ? after % oneIn == 0 : true
      attempts.append(
        LoggedAttempt(
          start: origin + arrival + wait, duration: 1_000,
          failure: isAnswered ? 0 : FailureKind.unavailable.rawValue, isFirst: attempts.isEmpty))
      if isAnswered { break }
    }
    partial.add(attempts, to: edge)
  }
  return partial
}

@Test("A storm is told from an outage that lets a few through: it answers more of what comes, and needs the load")
func storms() throws {
  func isOverload(_ partial: CallPartial) throws -> Bool {
    try findings(partial, []).warnings.contains { if case .overload = $0 { true } else { false } }
  }
  // One in two is answered for six seconds after the outage, until less comes.
  #expect(try isOverload(down(oneIn: 2)))
  // An outage of 94 to 97 %: in a row of seconds one attempt each gets through, and load has nothing to do with it.
  for oneIn in [16, 18, 30] { #expect(try !isOverload(down(oneIn: oneIn)), "one in \(oneIn)") }
}

/// Twenty calls a second at random, three attempts each; in each outage (seconds) a part of the attempts is answered, whatever
/// comes, and a part is lost at all other times.
private func failing(
  _ outages: [Range<Int64>], answered: Double, length: Int64, lost: Double = 0
) -> CallPartial {
  var random = SplitMix64(seed: 5)
  var partial = CallPartial(limit: .max)
  for _ in 0..<length * 20 {
    var time = Int64(random.unit() * Double(length) * 1e6)
    var rows: [LoggedAttempt] = []
    for number in 0..<3 {
      let isDown = outages.contains { $0.contains(time / 1_000_000) }
      let isAnswered = isDown ? random.unit() < answered : random.unit() >= lost
      rows.append(
        LoggedAttempt(
          start: origin + time, duration: 1_000, failure: isAnswered ? 0 : FailureKind.unavailable.rawValue,
          isFirst: number == 0))
      guard !isAnswered else { break }
      time += 1_000 + Int64(random.unit() * Double(200_000 << number))
    }
    partial.add(rows, to: edge)
  }
  return partial
}

@Test("An outage cut off by the log's end: a storm where load explains it, else said; not exact, not safe")
func openOutages() throws {
  func isOverload(_ found: PolicyFindings) -> Bool {
    found.warnings.contains { if case .overload = $0 { true } else { false } }
  }
  func openOutage(_ found: PolicyFindings) -> PolicyFindings.OpenOutage? {
    for case .openOutage(let outage) in found.warnings { return outage }
    return nil
  }
  let fewer = Policy("fewer", retry: RetryPolicy(attempts: 2, backoff: Backoff(.fixed(200_000))))
  // Load makes the failures, and the log ends in the middle of the storm.
  var world = LoadDependentWorld()
  world.length = 150
  world.loss = 0.3
  world.outages = [30.0..<42.0]
  world.logged = RetryPolicy(attempts: 5, backoff: Backoff(.fixed(1_000_000)))
  let storm = try findings(world.play(world.logged, seed: 1).log, [fewer])
  #expect(isOverload(storm) && openOutage(storm) == nil, "\(storm.warnings)")
  #expect(storm.candidates.map(\.exact) == [0])
  // A part is answered, whatever comes, or nothing: load tells nothing.
  for answered in [0, 0.4, 0.6] {
    let cut = try findings(failing([60..<95], answered: answered, length: 95), [fewer])
    #expect(!isOverload(cut), "\(cut.warnings)")
    #expect(openOutage(cut).map { $0.load > 1.2 && $0.answered < 0.9 } == true, "\(answered): \(cut.warnings)")
    let candidate = try #require(cut.candidates.first)
    #expect(candidate.exact == 0 && candidate.warnings.contains(.notExact([.openOutage])))
    #expect(cut.recommendation?.safe == false)
  }
  // The same outage with a calm after it, and one that the log ends in after another that ended under such a load.
  for (outages, length) in [([60..<95], 200), ([60..<95, 170..<195], 195)] as [([Range<Int64>], Int64)] {
    for answered in [0, 0.4] {
      let ended = try findings(failing(outages, answered: answered, length: length), [fewer])
      #expect(!isOverload(ended) && openOutage(ended) == nil, "\(ended.warnings)")
      #expect(!ended.candidates.contains { $0.warnings.contains(.notExact([.openOutage])) })
    }
  }
}

@Test("Short outages one after the other to the log's end are no storm, though their retries come with them")
func spellsAtEnd() throws {
  // A quarter of a second each: retries come where attempts fail.
  var random = SplitMix64(seed: 9)
  var partial = CallPartial(limit: .max)
  for _ in 0..<2_000 {
    var time = Int64(random.unit() * 1e8)
    var rows: [LoggedAttempt] = []
    for number in 0..<3 {
      let isDown = time >= 60_000_000 && time % 600_000 < 250_000
      rows.append(
        LoggedAttempt(
          start: origin + time, duration: 1_000, failure: isDown ? FailureKind.unavailable.rawValue : 0,
          isFirst: number == 0))
      guard isDown else { break }
      time += 1_000 + Int64(random.unit() * Double(50_000 << number))
    }
    partial.add(rows, to: edge)
  }
  let found = try findings(partial, [])
  #expect(!found.warnings.contains { if case .overload = $0 { true } else { false } }, "\(found.warnings)")
}

@Test("Where a fifth is always lost, retries always come: what follows an outage is no storm")
func alwaysLossy() throws {
  for answered in [0, 0.02] {
    let found = try findings(
      failing([60..<64, 100..<104, 140..<143], answered: answered, length: 200, lost: 0.2), [])
    #expect(!found.warnings.contains { if case .overload = $0 { true } else { false } }, "\(found.warnings)")
  }
}

private func log() -> CallPartial { log(calls: 4_000, attempts: 2) { _, _ in 30_000 } }

@Test("A law is named from few waits, and none from hardly any")
func fewWaits() throws {
  func inferred(calls: Int, _ wait: @escaping (Int, inout SplitMix64) -> Int64) throws -> DelayLaw? {
    try findings(log(calls: calls, attempts: 3, wait: wait), []).logged.laws.first
  }
  #expect(try inferred(calls: 60) { k, _ in 50_000 << Int64(k - 1) } == DelayLaw(.exponential(base: 50_000, factor: 2)))
  let full = try inferred(calls: 80) { k, random in Int64(Double(Int64(50_000) << Int64(k - 1)) * random.unit()) }
  #expect(full?.jitter == .full, "\(String(describing: full))")
  #expect(
    try inferred(calls: 60) { k, _ in k == 1 ? 0 : 100_000 }?.envelope
      == .immediateThenExponential(base: 100_000, factor: 2))
  #expect(try inferred(calls: 15) { _, _ in 50_000 } == nil)
}

@Test("Refusals that take long hold attempts that left no span; refusals that come at once do not")
func slowRefusals() throws {
  func log(refusedAfter length: Int64) -> CallPartial {
    var partial = CallPartial(limit: .max)
    for i in 0..<100 {
      let isRefused = i % 10 == 0
      var call = LoggedAttempt(
        start: origin + Int64(i) * 50_000, duration: isRefused ? length : 4_000,
        failure: isRefused ? FailureKind.targetUnreachable.rawValue : 0)
      if !isRefused { call.note(callee: call.start + 500, duration: 3_000, failure: 0) }
      partial.add([call], to: edge)
    }
    return partial
  }
  let slow = try findings(log(refusedAfter: 400_000), [Policy("none", retry: .never)])
  #expect(slow.logged.hidden == 10)
  #expect(slow.candidates.first?.exact == 0)
  let quick = try findings(log(refusedAfter: 1_000), [Policy("none", retry: .never)])
  #expect(quick.logged.hidden == 0)
  #expect(quick.candidates.first?.exact == 1)
}

@Test("Calls that are given up by time are said to be, and those given up by number are not")
func boundedByTime() throws {
  func log(_ isByTime: Bool) -> CallPartial {
    var random = SplitMix64(seed: 3)
    var partial = CallPartial(limit: .max)
    for i in 0..<400 {
      let arrival = origin + Int64(i) * 100_000
      var time: Int64 = 0
      var rows: [LoggedAttempt] = []
      while true {
        let isDown = i % 4 == 0
        rows.append(
          LoggedAttempt(
            start: arrival + time, duration: 4_000, failure: isDown ? FailureKind.unavailable.rawValue : 0,
            isFirst: rows.isEmpty))
        guard isDown else { break }
        let wait = Int64(Double(Int64(50_000) << Int64(rows.count - 1)) * random.unit())
        if isByTime ? time + 4_000 + wait > 400_000 : rows.count == 4 { break }
        time += 4_000 + wait
      }
      partial.add(rows, to: edge)
    }
    return partial
  }
  #expect(try findings(log(true), []).logged.isBoundedByTime)
  #expect(try !findings(log(false), []).logged.isBoundedByTime)
}

@Test("Waits that a server asked for do not bend the client's own law")
func throttledWaits() throws {
  var random = SplitMix64(seed: 5)
  var partial = CallPartial(limit: .max)
  for i in 0..<3_000 {
    let start = origin + Int64(i) * 50_000
    let kind: FailureKind? = i % 10 == 0 ? .unavailable : i % 25 == 1 ? .insufficientResources : nil
    guard let kind else {
      partial.add([LoggedAttempt(start: start, duration: 4_000)], to: edge)
      continue
    }
    let wait = kind == .unavailable ? Int64(80_000 * random.unit()) : 1_000_000
    partial.add(
      [
        LoggedAttempt(start: start, duration: 4_000, failure: kind.rawValue),
        LoggedAttempt(start: start + 4_000 + wait, duration: 4_000, isFirst: false),
      ], to: edge)
  }
  #expect(try findings(partial, []).logged.laws == [DelayLaw(.exponential(base: 80_000, factor: 2), jitter: .full)])
}
