// What the clients did, read off the log: how often they tried, which failures they tried again, and how long they waited.
package import Model
internal import Support

/// The logging policy of each edge, and how surely it is known.
package struct LoggedPolicy: Sendable {
  /// The delay law of one edge.
  package enum Delays: Hashable, Sendable {
    case known(Backoff)
    /// Too few retries, or no law that fits.
    case unrecognised
  }

  /// Most attempts seen, over all edges.
  package private(set) var attempts = 1
  /// Retries seen, by failure code of the attempt before.
  package private(set) var retriesByKind = [Int](repeating: 0, count: 16)
  /// Kinds retried at all.
  package private(set) var retried = KindSet([])
  package private(set) var delays: [Delays] = []
  /// Per edge, what clients make of a wait that their callee asks for.
  package private(set) var serverWaits: [ServerWait] = []
  /// Per edge, whether a logged wait tells what chance drew for it.
  private(set) var tellsChance: [Bool] = []
  /// The client's own limit on an attempt, where its timeouts all take the same time; microseconds.
  package private(set) var attemptTimeout: Int64?
  /// How late the clients are on top of their waits.
  package private(set) var lateness = Lateness.none
  /// How much longer than the limit timed-out attempts really took, ascending, microseconds; at most a thousand of them.
  package private(set) var timeoutLateness: [Int64] = []
  package private(set) var fact = PolicyFindings.LoggedClients(.inferred)
  package private(set) var retries = 0
  /// Where calls are given up by time and not by number: how long after its arrival a call was still retried, microseconds.
  package private(set) var deadline: Int64?
  /// Episodes that stopped although the policy, as read, would have gone on.
  package private(set) var earlyStops = 0

  /// Reads the log; where the user gives the policy that was in force, the log only counts.
  package init(_ log: borrowing CallLog, given: Policy?) {
    let seen = observe(log)
    let samples = seen.samples
    let asked = seen.asked[log.edges.count]
    serverWaits = log.edges.indices.map { seen.rule($0) }
    var timeouts = seen.timeouts
    deadline = log.clustered == 0 && givenUpByTime(seen.givenUp) ? seen.latestRetry : nil
    timeouts.sort()
    readTimeout(timeouts)
    if let retry = given?.retry {
      attempts = max(retry.attempts == .max ? attempts : retry.attempts, 1)
      delays = Array(repeating: .known(retry.backoff), count: log.edges.count)
      if let timeout = retry.attemptTimeout { attemptTimeout = timeout }
      tellsChance = samples.dropLast().map { $0.isUniform(under: retry.backoff) }
      lateness = samples[log.edges.count].law(isBoundedByTime: deadline != nil).lateness
      fact = PolicyFindings.LoggedClients(.given)
      fact.attempts = retry.attempts == .max ? nil : retry.attempts
      fact.laws = retry.attempts == 1 ? [] : [retry.backoff.fact]
      fact.attemptTimeout = retry.attemptTimeout
      if let rule = retry.serverWait { serverWaits = Array(repeating: rule, count: log.edges.count) }
      return
    }
    let read = samples[log.edges.count].law(isBoundedByTime: deadline != nil)
    let (common, lateness) = (read.delays, read.lateness)
    // Waits that only the lengths of calls tell are late by what the attempts' lengths differ.
    self.lateness = retries == 0 || log.countedOnly * 2 > seen.stops.count ? .usual : lateness
    // An edge whose own delays fit no law most likely follows the common one, with noise.
    let isJoined = log.joined + log.joinedByTime > 0
    let most = attempts
    let isTimed = deadline != nil
    delays = samples.dropLast().map { sample in
      let own = sample.count >= DelaySample.minimum ? sample.law(isBoundedByTime: isTimed).delays : common
      if own == .unrecognised { return common }
      // Attempts joined across traces swap now and then between requests that fail side by side, which bends an edge's
      // law a little; what is that near to the law of all is that law.
      return isJoined && Self.isNear(own, common, retries: most - 1) ? common : own
    }
    tellsChance = zip(delays, samples).map { delays, sample in
      if case .known(let law) = delays { sample.isUniform(under: law) } else { false }
    }
    earlyStops = seen.stops.count { $0 < attempts && $0 > 1 }
    fact = describe(samples[log.edges.count])
    fact.serverWait = describe(asked, log)
    // What is named is known to a seventh, or said not to be. The bases are of the law of all edges' waits.
    if case .known(let law) = common, fact.laws == [law.fact], let bases = read.bases, bases.high > 1.3 * bases.low {
      fact.bases = bases
      // A client that is late with what it sends and reads is late with its waits: it means what is named, or less.
      let base = Double(law.envelope(1))
      if let busy = samples[log.edges.count].medianBusyness, 2 * Double(busy) >= base, 7 * bases.low < 6 * base {
        fact.leastBase = LawFitting.round(bases.low, retries)
      }
    }
    fact.hidden = log.countedOnly + log.refused + log.restored
    fact.apart = log.rootsApart
    fact.isBoundedByTime = deadline != nil
    let tried = seen.givenUp.filter { retried.contains(code: $0.failure) }
    fact.end = tried.isEmpty ? .notSeen : tried.contains { $0.attempts == attempts } ? .number : .sooner
  }

  /// What the failing calls of a log show.
  private struct Observed {
    /// Waits by edge, and of all edges; those after a throttling answer.
    var samples: [DelaySample]
    var throttled: [DelaySample]
    /// Retries after failures that asked for a wait.
    var asked: [AskedRetries]
    var timeouts: [Int64] = []
    /// Attempts of each failing call.
    var stops: [Int] = []
    var givenUp: [(attempts: Int, elapsed: Int64, failure: UInt8)] = []
    var latestRetry: Int64 = 0

    init(edges: Int) {
      samples = Array(repeating: DelaySample(), count: edges + 1)
      throttled = samples
      asked = Array(repeating: AskedRetries(), count: edges + 1)
    }

    /// Notes a wait of the client's own.
    mutating func add(_ wait: SeenWait, at number: Int, retry: Int, isThrottled: Bool) {
      if isThrottled {
        throttled[number].add(wait, retry: retry)
      } else {
        samples[number].add(wait, retry: retry)
      }
    }

    /// What clients of an edge make of what they are asked to wait: where it has too few retries, what those of all edges do.
    func rule(_ number: Int) -> ServerWait { asked[number].rule ?? asked[asked.count - 1].rule ?? .ignored }
  }

  /// Counts the retries, and gathers what laws and limits are read from.
  private mutating func observe(_ log: borrowing CallLog) -> Observed {
    var seen = Observed(edges: log.edges.count)
    for episode in 0..<log.count where log.firstFailure[episode] != 0 && !log.isRefused[episode] {
      let range = log.attempts(of: episode)
      attempts = max(attempts, range.count)
      seen.stops.append(range.count)
      let last = range.upperBound - 1
      if log.failure[last] != 0 {
        let elapsed = log.end(episode).subtractingSaturated(log.arrival[episode])
        seen.givenUp.append((range.count, elapsed, log.failure[last]))
      }
      seen.latestRetry = max(seen.latestRetry, log.start[last].subtractingSaturated(log.arrival[episode]))
      for i in range {
        if log.failure[i] == FailureKind.timeout.rawValue, seen.timeouts.count < 100_000 {
          seen.timeouts.append(log.duration[i])
        }
        guard i + 1 < range.upperBound else { continue }
        retries += 1
        retriesByKind[Int(log.failure[i] & 15)] += 1
        retried.formUnion(KindSet(rawValue: 1 << UInt16(log.failure[i] & 15)))
        // Of attempts that were only counted, those of calls with one retry have a wait that their length tells.
        if log.isCounted[episode], range.count != 2 { continue }
        // What was put back, or drawn, has no wait of its own.
        if log.isRestored[episode] || log.clustered > 0 { continue }
        let gap = max(log.start[i + 1].subtractingSaturated(log.start[i].addingSaturated(log.duration[i])), 0)
        let wait = SeenWait(time: gap, busy: log.busyness(around: i))
        let isThrottled = log.failure[i] == FailureKind.insufficientResources.rawValue
        let retry = i - range.lowerBound + 1
        for number in [Int(log.edge[episode]), log.edges.count] {
          if let asked = log.asked(i) {
            seen.asked[number].add(asked: asked, wait, retry: retry, isThrottled: isThrottled)
          } else {
            seen.add(wait, at: number, retry: retry, isThrottled: isThrottled)
          }
        }
      }
    }
    noteEnds(log, &seen)
    // Waits that a client did not keep to what was asked are of its own law, as if nothing had been asked.
    for number in seen.asked.indices where seen.rule(number) == .ignored {
      for wait in seen.asked[number].waits {
        seen.add(wait.seen, at: number, retry: wait.retry, isThrottled: wait.isThrottled)
      }
    }
    // After being told to slow down a client waits as the server says (`Retry-After`) or by a law of its own: its law is
    // read from its other waits, where there are as many.
    for number in seen.samples.indices
    where seen.samples[number].count < max(seen.throttled[number].count, LawLikelihood.least) {
      seen.samples[number].merge(seen.throttled[number])
    }
    return seen
  }

  /// Calls that failed for good before their last attempt although their failure is one that is tried again.
  private func noteEnds(_ log: borrowing CallLog, _ seen: inout Observed) {
    for episode in 0..<log.count where log.firstFailure[episode] != 0 && !log.isRefused[episode] {
      let range = log.attempts(of: episode)
      guard range.count < attempts, retried.contains(code: log.failure[range.upperBound - 1]) else { continue }
      for number in [Int(log.edge[episode]), log.edges.count] { seen.samples[number].addEnd(before: range.count) }
    }
  }

  /// Whether calls are given up after some time, such as google-api-core's `timeout`: after many numbers of attempts, and
  /// all of them late. A budget or a breaker gives up early as well.
  private func givenUpByTime(_ calls: [(attempts: Int, elapsed: Int64, failure: UInt8)]) -> Bool {
    let tried = calls.filter { retried.contains(code: $0.failure) }
    guard tried.count >= DelaySample.minimum, attempts > 2 else { return false }
    let exhausted = tried.count { $0.attempts == attempts }
    let elapsed = tried.map(\.elapsed).sorted()
    let longest = elapsed[elapsed.count * 19 / 20]
    return exhausted * 2 < tried.count && elapsed[elapsed.count / 10] * 4 >= longest
      && elapsed[elapsed.count / 2] * 2 >= longest
  }

  /// The limit is the lower edge of the timed-out attempts: a client is late with its timeouts, never early.
  private mutating func readTimeout(_ sorted: [Int64]) {
    guard sorted.count >= 20 else { return }
    let edge = sorted[sorted.count / 50]
    let median = sorted[sorted.count / 2]
    // Half of the attempts within a quarter of the edge: one limit, and not several or a server's own.
    guard edge > 0, median - edge <= max(edge / 4, 5_000), sorted[sorted.count / 10] - edge <= max(edge / 10, 5_000)
    else { return }
    var unit: Int64 = 1
    while edge / unit >= 100 { unit *= 10 }
    let rounded = edge / unit * unit
    attemptTimeout = edge - rounded <= edge / 33 ? rounded : edge
    let limit = attemptTimeout ?? edge
    let step = max(sorted.count / 1000, 1)
    timeoutLateness = stride(from: 0, to: sorted.count, by: step).map { max(sorted[$0] - limit, 0) }
  }

  /// How late the timeout of an attempt would come, microseconds; nothing where the log has no timeout that tells.
  func timeoutLateness(_ seed: UInt64) -> Int64 {
    guard !timeoutLateness.isEmpty else { return 0 }
    return timeoutLateness[Int(StableHash.mix(seed ^ 0x71E) % UInt64(timeoutLateness.count))]
  }

  /// Whether two laws have the same jitter and envelopes within a fifth of each other.
  private static func isNear(_ a: Delays, _ b: Delays, retries: Int) -> Bool {
    guard case .known(let a) = a, case .known(let b) = b, a.jitter == b.jitter else { return false }
    return (1...max(min(retries, 16), 1)).allSatisfy { k in
      abs(Double(a.envelope(k)) - Double(b.envelope(k))) <= 0.2 * Double(max(b.envelope(k), 1))
    }
  }

  /// What clients make of a wait that is asked for, in words' own values; nil where nothing tells.
  private func describe(_ asked: AskedRetries, _ log: borrowing CallLog) -> PolicyFindings.ServerWaits? {
    guard let rule = asked.rule else { return nil }
    let kind: PolicyFindings.ServerWaits.Kind =
      switch rule {
      case .ignored: .ignored
      case .instead: .instead
      case .atLeast: .atLeast
      }
    return PolicyFindings.ServerWaits(
      kind, asked: asked.waits.count, kept: asked.kept, isByWaits: log.askedByWaits > 0)
  }

  private func describe(_ sample: DelaySample) -> PolicyFindings.LoggedClients {
    var fact = PolicyFindings.LoggedClients(.inferred)
    fact.retries = retries
    fact.attempts = attempts
    for case .known(let backoff) in delays where !fact.laws.contains(backoff.fact) { fact.laws.append(backoff.fact) }
    fact.medianFirstDelay = sample.medianFirst
    fact.kinds = retried.kinds
    fact.attemptTimeout = attemptTimeout
    return fact
  }
}
