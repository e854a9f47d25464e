// A world with known truth: components with outages, requests that are bad whatever one does, and clients that retry.
internal import Glibc
internal import Model
package import Policies
internal import Support

/// How a synthetic world is made. Times are seconds here.
package struct SyntheticRetryWorld: Sendable {
  package var components = 2
  /// Requests per second and component.
  package var rate = 1.0
  /// How far the rate swings around its mean over a day, in [0, 1].
  package var swing = 0.0
  /// Seconds of log.
  package var length = 86_400.0
  /// Outages per component over the whole log.
  package var outages = 12.0
  /// Median and log-scale deviation of an outage's length.
  package var outageMedian = 30.0
  package var outageDeviation = 1.0
  /// Where above 0, lengths follow Pareto's law with this exponent and that median instead.
  package var outageTail = 0.0
  /// Outages of a second kind: their share and their median length.
  package var otherShare = 0.0
  package var otherMedian = 300.0
  /// Whether all components fail together.
  package var failsTogether = false
  package var outageFailure = 0.97
  package var healthyFailure = 0.002
  package var persistent = 0.003
  /// Median and log-scale deviation of a successful attempt, and of a failing one.
  package var successMedian = 0.05
  package var failureMedian = 0.1
  package var deviation = 0.5
  /// Seconds that a server in an outage asks to wait, drawn evenly between these for each minute; nil where it asks nothing.
  package var asked: ClosedRange<Double>?
  /// Whether spans carry what was asked, and not only the waits.
  package var tellsAsked = true
  /// Seconds after which every client gives an attempt up, whatever its policy.
  package var timeout: Double?
  package var logged = RetryPolicy(
    attempts: 3, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))

  /// What a second client does, which sends every other request; nil where there is one client.
  package var second: RetryPolicy?

  package init() {}

  /// A world of this make: the state of things that no policy changes.
  struct Instance {
    var outages: [[Range<Double>]]
    var arrivals: [[Double]]
    var isPersistent: [[Bool]]
    /// Whether the first attempt fails, and how long it takes.
    var firstFails: [[Bool]]
    var firstLength: [[Double]]
  }

  /// The log that the logging policy leaves in one such world.
  package func episodes(seed: UInt64) -> CallPartial { log(instance(seed: seed), seed: seed) }

  func instance(seed: UInt64) -> Instance {
    var random = SplitMix64(seed: StableHash.mix(seed))
    var world = Instance(outages: [], arrivals: [], isPersistent: [], firstFails: [], firstLength: [])
    for _ in 0..<components {
      var spans: [Range<Double>] = []
      var t = random.exponential(rate: outages / length)
      while t < length {
        let end = t + outageLength(&random)
        spans.append(t..<end)
        t = end + random.exponential(rate: outages / length)
      }
      if failsTogether, let first = world.outages.first { spans = first }
      var arrivals: [Double] = []
      var bad: [Bool] = []
      var fails: [Bool] = []
      var lengths: [Double] = []
      t = random.exponential(rate: rate * (1 + swing))
      while t < length {
        let isQuiet =
          swing > 0 && random.unit() * (1 + swing) > 1 + swing * sin(2 * Double.pi * t / 86_400)
        if !isQuiet {
          arrivals.append(t)
          bad.append(random.unit() < persistent)
          let failed = bad.last == true || random.unit() < failure(spans, at: t)
          let (length, isOver) = cut(duration(failed, &random))
          fails.append(failed || isOver)
          lengths.append(length)
        }
        t += random.exponential(rate: rate * (1 + swing))
      }
      world.outages.append(spans)
      world.arrivals.append(arrivals)
      world.isPersistent.append(bad)
      world.firstFails.append(fails)
      world.firstLength.append(lengths)
    }
    return world
  }

  private func outageLength(_ random: inout SplitMix64) -> Double {
    if otherShare > 0, random.unit() < otherShare { return otherMedian * exp(outageDeviation * random.normal()) }
    guard outageTail > 0 else { return outageMedian * exp(outageDeviation * random.normal()) }
    return min(outageMedian * pow(2 * (1 - random.unit()), -1 / outageTail), length / 10)
  }

  /// How long an attempt takes before its client gives up, and whether it does.
  func cut(_ length: Double) -> (length: Double, isOver: Bool) {
    guard let timeout, length > timeout else { return (length, false) }
    return (timeout, true)
  }

  func failure(_ spans: [Range<Double>], at time: Double) -> Double {
    let place = spans.partitioningIndex { $0.upperBound > time }
    return place < spans.count && spans[place].contains(time) ? outageFailure : healthyFailure
  }

  func duration(_ failed: Bool, _ random: inout SplitMix64) -> Double {
    (failed ? failureMedian : successMedian) * exp(deviation * random.normal())
  }

  /// What a policy truly gives: means over `runs` of its retries, the first attempts being what they are.
  struct Truth {
    var success = 0.0
    var attempts = 0.0
    /// Quantile of the latency over all runs, microseconds.
    var p99 = 0.0
    var requests = 0
  }

  /// The log of the logging policy.
  func log(_ world: Instance, seed: UInt64) -> CallPartial {
    var partial = CallPartial(limit: .max)
    for component in 0..<components {
      for (client, policy) in [logged, second].enumerated() {
        guard let policy else { continue }
        var attempts: [LoggedAttempt] = []
        attempts.reserveCapacity(world.arrivals[component].count * 21 / 20)
        for i in world.arrivals[component].indices where second == nil || i % 2 == client {
          play(world, component, request: i, policy, seed: StableHash.combine(seed, 0xA11)) {
            number, start, length, failed in
            var attempt = LoggedAttempt(
              start: start, duration: length, failure: failed ? kind(length) : 0, isFirst: number == 1)
            if failed, tellsAsked, let wait = asks(world, component, at: start) {
              attempt.asked = AskedWait(milliseconds: wait / 1000)
            }
            attempts.append(attempt)
          }
        }
        partial.add(
          all: attempts,
          to: CallEdge(
            caller: client == 0 ? "client" : "other client", callee: "service-\(component)", operation: "call"))
      }
    }
    return partial
  }

  func truth(_ world: Instance, _ policy: RetryPolicy, runs: Int, seed: UInt64) -> Truth {
    var truth = Truth()
    var good = 0
    var made = 0
    var latencies = WeightedLatencyHistogram(blocks: 1, lowest: 0, highest: LatencyBins.count - 1)
    for component in 0..<components {
      for i in world.arrivals[component].indices {
        truth.requests += 1
        let isSimple = !world.firstFails[component][i]
        for run in 0..<(isSimple ? 1 : runs) {
          var succeeded = false
          var end: Int64 = 0
          var begin: Int64 = 0
          let weight = isSimple ? runs : 1
          play(world, component, request: i, policy, seed: StableHash.combine(seed, UInt64(run))) {
            number, start, length, failed in
            made += weight
            if number == 1 { begin = start }
            end = start + length
            succeeded = !failed
          }
          good += succeeded ? weight : 0
          latencies.add(end - begin, block: 0, mass: Double(weight))
        }
      }
    }
    truth.success = Double(good) / Double(truth.requests * runs)
    truth.attempts = Double(made) / Double(truth.requests * runs)
    truth.p99 = latencies.quantile(0.99) ?? 0
    return truth
  }

  private func kind(_ length: Int64) -> UInt8 {
    let isOver = timeout.map { length >= Int64($0 * 1e6) } ?? false
    return (isOver ? FailureKind.timeout : .unavailable).rawValue
  }

  /// What a server asks for with a failure of an attempt that began at a time, microseconds: whole seconds, one number a
  /// minute.
  private func asks(_ world: Instance, _ component: Int, at start: Int64) -> Int64? {
    guard let asked else { return nil }
    let time = Double(start - 1_700_000_000_000_000) / 1e6
    guard failure(world.outages[component], at: time) == outageFailure else { return nil }
    let u = SplitMix64.unit(StableHash.combine(UInt64(component) &+ 0xA5C, UInt64(bitPattern: start / 60_000_000)))
    return Int64((asked.lowerBound + u * (asked.upperBound - asked.lowerBound)).rounded()) * 1_000_000
  }

  /// One request's attempts under a policy.
  func play(
    _ world: Instance, _ component: Int, request index: Int, _ policy: RetryPolicy, seed: UInt64,
    _ attempt: (_ number: Int, _ start: Int64, _ length: Int64, _ failed: Bool) -> Void
  ) {
    var start = Int64(world.arrivals[component][index] * 1e6) + 1_700_000_000_000_000
    var length = Int64(world.firstLength[component][index] * 1e6)
    var failed = world.firstFails[component][index]
    attempt(1, start, length, failed)
    guard failed else { return }
    var random = SplitMix64(seed: StableHash.combine(seed, UInt64(index) << 8 | UInt64(component)))
    var run = RetryPolicy.Run()
    while failed {
      let elapsed = start + length - Int64(world.arrivals[component][index] * 1e6) - 1_700_000_000_000_000
      guard
        case .retry(let delay) = policy.decide(
          &run, failure: kind(length), elapsed: elapsed, u: random.unit(),
          asked: asks(world, component, at: start))
      else { return }
      start += length + delay
      let time = Double(start - 1_700_000_000_000_000) / 1e6
      failed =
        world.isPersistent[component][index] || random.unit() < failure(world.outages[component], at: time)
      let (taken, isOver) = cut(duration(failed, &random))
      failed = failed || isOver
      length = Int64(taken * 1e6)
      attempt(run.attempts, start, length, failed)
    }
  }
}
