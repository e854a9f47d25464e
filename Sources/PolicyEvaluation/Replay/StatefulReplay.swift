internal import Model
// Policies whose decisions hang together, such as budgets, breakers, throttles and admission, are run through the log in
// the order of time, several times with drawn outcomes where the log has none.

/// The time-ordered replay of a stateful policy; a class, because its runs ask it at every attempt and each would copy all
/// of the log's columns.
package final class StatefulReplay: Sendable {
  package let base: EvaluationBase
  package let policy: Policy
  package let retry: RetryPolicy
  package let applies: [Bool]
  package let unknown: RetryPaths.Unknown

  /// Hedging; an admission gate has attempts of its own.
  package let hedge: Hedging?

  /// Whether components answer to load as the log shows.
  let isOverloaded: Bool
  /// Whether calls that go as they were logged are played too.
  private let playsAll: Bool

  private let retryOn: KindSet
  private let supportedKinds: KindSet
  /// Per edge, the number of its (caller, callee) pair: each keeps a budget and a breaker of its own.
  private let clients: [Int]
  private let clientCount: Int

  package init(
    _ base: EvaluationBase, _ policy: Policy, retry: RetryPolicy, applies: [Bool], unknown: RetryPaths.Unknown,
    isOverloaded: Bool = false, playsAll: Bool = false
  ) {
    self.base = base
    self.isOverloaded = isOverloaded
    self.playsAll = playsAll
    var policy = policy
    if let most = policy.admission?.maxRetries {
      policy.admission?.maxRetries = min(most, EvaluationSettings.attemptLimit - 1)
    }
    self.policy = policy
    hedge = policy.admission == nil ? policy.hedge : nil
    var retry = retry
    if let admission = policy.admission {
      retry = RetryPolicy(
        attempts: admission.maxRetries + 1, backoff: admission.backoff, retryOn: admission.retryOn,
        attemptTimeout: admission.attemptTimeout, deadline: admission.deadline)
    }
    retry.attempts = min(retry.attempts, EvaluationSettings.attemptLimit)
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

  /// One run by itself.
  package func run(number: Int) -> ReplayRun {
    let (order, empty, _) = prepared()
    var run = ReplayRun(self, number: number, sums: empty, quiet: quietCalls(order))
    run.play(order)
    return run
  }

  /// The requests that the policy covers in the order of time, empty sums, and the sums of all other requests.
  private func prepared() -> (
    order: [(at: Int64, episode: Int32, component: Int32)], empty: PolicySums, outside: PolicySums
  ) {
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
    return (order, empty, outside)
  }

  private func quietCalls(_ order: [(at: Int64, episode: Int32, component: Int32)]) -> QuietCalls? {
    playsAll ? nil : QuietCalls(self, order)
  }

  package func sums() -> PolicySums {
    let log = base.log
    let (order, empty, outside) = prepared()
    let quiet = quietCalls(order)
    // Runs add to the same sums one after the other and not to sums of their own: whole numbers, whose order makes no
    // difference, in a histogram that may be as long as the log.
    var total = empty
    var runs: [(left: [Range<Int>], underWay: [Int])] = []
    var rates: [Double] = []
    var made: [Double] = []
    // What first failures that every run kept would have been in a draw: the variance of requests that fail, and of attempts.
    var kept = (failed: 0.0, retries: 0.0)
    // What all runs have in common is played once more, and not once a run.
    var shared: (run: ReplayRun, sums: PolicySums)?
    for number in 0..<base.settings.replays {
      var run = shared?.run ?? ReplayRun(self, number: number, sums: empty, quiet: quiet)
      run.number = UInt64(number)
      let before = (failed: total.failed - (shared?.sums.failed ?? 0), made: total.made - (shared?.sums.made ?? 0))
      (run.sums, total) = (total, empty)
      run.start(order[(shared == nil ? 0 : run.common)...])
      run.end()
      (total, run.sums) = (run.sums, empty)
      runs.append((run.left, run.underWay))
      rates.append((total.failed - before.failed) / Double(max(log.count, 1)))
      made.append(total.made - before.made + Double(run.leftOut))
      let (failed, retries) = (Double(run.kept.failed), Double(run.kept.retries))
      kept.failed += failed * failed / Double(max(run.kept.requests, 1))
      kept.retries += retries * retries / Double(max(run.kept.requests, 1))
      if run.isCut {
        total.warnings = [.replayCut(attemptsPerLogged: EvaluationSettings.eventsPerAttempt)]
      }
      // Nothing was drawn: every run is this one.
      if run.drawn == 0 { break }
      if shared == nil, base.settings.replays > 1 {
        var first = ReplayRun(self, number: number, sums: empty, quiet: quiet)
        first.start(order[..<run.common])
        let sums = first.sums
        first.sums = empty
        shared = (first, sums)
      }
    }
    if var common = shared?.sums {
      common.scale(by: Double(rates.count - 1))
      total.add(common)
    }
    addLeftOut(runs, order, to: &total)
    total.scale(by: 1 / Double(rates.count))
    if rates.count > 1 {
      let (variance, ofMade) = (Self.variance(rates), Self.variance(made))
      total.simulationError = (variance / Double(rates.count)).squareRoot()
      total.spread = variance * Double(log.count) * Double(log.count)
      total.attemptSpread = ofMade
    }
    total.spread += kept.failed / Double(rates.count)
    total.attemptSpread += kept.retries / Double(rates.count)
    total.add(outside)
    return total
  }

  /// Of a sample of two or more.
  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  package func client(_ edge: Int32) -> Int { clients[Int(edge)] }
  package var clientTotal: Int { clientCount }
  package func retries(_ code: UInt8) -> Bool { retryOn.contains(code: code) }
  package func supports(_ code: UInt8) -> Bool { supportedKinds.contains(code: code) }
}
