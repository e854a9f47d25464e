internal import Foundation

// The circuit breaker (Nygard, *Release It!*): count and time windows, failure and slow-call rates, probes, and the boundary
// rules in which the known systems differ. Policies replay it call by call, the incident analysis on what failed.

/// The settings of a circuit breaker. Times are microseconds, rates lie in [0, 1].
package struct BreakerSettings: Hashable, Sendable {
  package enum Window: Hashable, Sendable {
    /// The last n results.
    case count(Int)
    /// `buckets` buckets of `width`: the current one and those before it.
    case time(width: Int64, buckets: Int)
    /// n failures in a row; rates are not asked about, and when half open all probes must succeed.
    case consecutive(Int)
    /// The same with n failures of which the first and the last lie at most so many microseconds apart.
    case failures(Int, within: Int64)

    /// Whether failures are counted, and not their share.
    var countsFailures: Bool {
      switch self {
      case .consecutive, .failures: true
      case .count, .time: false
      }
    }
  }

  package enum Boundary: Hashable, Sendable {
    /// Half-open when now > opened + open (resilience4j).
    case strictlyAfter
    /// Half-open when now >= opened + open (Polly).
    case atOrAfter
  }

  package enum Probing: Hashable, Sendable {
    /// `permitted` calls are let through and decide together (resilience4j).
    case together
    /// One call per open period decides alone (Polly).
    case oneAtATime
  }

  package var window: Window
  package var failureRate: Double
  /// Calls slower than `slowCall` share that opens, nil: off.
  package var slowCallRate: Double?
  /// Strictly longer is slow.
  package var slowCall: Int64
  package var minimumCalls: Int
  package var open: Int64
  /// Each opening in a row lasts this many times the one before; 1 is constant.
  package var openFactor: Double
  /// And this much longer than it, microseconds; 0 adds nothing.
  package var openStep: Int64
  package var maximumOpen: Int64?
  package var probes: Int
  package var probing: Probing
  package var boundary: Boundary
  /// Whether only a failed or slow call is an occasion to open (Polly) or every result (resilience4j).
  package var opensOnFailureOnly: Bool

  package init(
    window: Window = .count(100), failureRate: Double = 0.5, slowCallRate: Double? = nil, slowCall: Int64 = 60_000_000,
    minimumCalls: Int = 100, open: Int64 = 60_000_000, openFactor: Double = 1, openStep: Int64 = 0,
    maximumOpen: Int64? = nil,
    probes: Int = 10, probing: Probing = .together, boundary: Boundary = .strictlyAfter,
    opensOnFailureOnly: Bool = false
  ) {
    self.window = window
    self.failureRate = failureRate
    self.slowCallRate = slowCallRate
    self.slowCall = slowCall
    self.minimumCalls = minimumCalls
    self.open = open
    self.openFactor = openFactor
    self.openStep = openStep
    self.maximumOpen = maximumOpen
    self.probes = probes
    self.probing = probing
    self.boundary = boundary
    self.opensOnFailureOnly = opensOnFailureOnly
  }

  /// Whether a period that began at a time is over, by the system's own boundary.
  package func isOver(_ since: Int64, _ period: Int64, at time: Int64) -> Bool {
    let passed = time.subtractingSaturated(since)
    return boundary == .strictlyAfter ? passed > period : passed >= period
  }

  /// A time window of `length` in ten buckets, one where it is shorter than 200 ms (Polly's rolling windows).
  package static func rolling(_ length: Int64) -> Window {
    length < 200_000 ? .time(width: max(length, 1), buckets: 1) : .time(width: max(length / 10, 1), buckets: 10)
  }
}

/// One circuit breaker.
package struct CircuitBreaker: Hashable, Sendable {
  package enum State: String, Hashable, Sendable {
    case closed, open, halfOpen
  }

  package let settings: BreakerSettings
  package private(set) var state: State = .closed
  /// When it was last opened; a late result does not move it.
  package private(set) var openedAt: Int64 = .min
  /// Openings in a row, 0 when closed.
  package private(set) var openings = 0
  private var admitted = 0
  private var halfOpenSince: Int64 = .min
  private var results: ResultWindow
  private var probeResults: ResultWindow
  // What the settings come to: a replay asks millions of times.
  /// How long the present opening lasts, microseconds.
  package private(set) var openPeriod: Int64
  /// Failures that open it, where failures are counted and no rate.
  private let failureLimit: Int?
  /// Calls below which there is no rate, and the same while half open.
  private let minimum: Int
  private let minimumProbes: Int

  package init(_ settings: BreakerSettings) {
    self.settings = settings
    openPeriod = Self.openPeriod(settings, openings: 0)
    let least = max(settings.minimumCalls, 1)
    switch settings.window {
    case .consecutive(let limit), .failures(let limit, _): (failureLimit, minimum) = (max(limit, 1), least)
    case .count(let size): (failureLimit, minimum) = (nil, max(min(settings.minimumCalls, size), 1))
    case .time: (failureLimit, minimum) = (nil, least)
    }
    minimumProbes = max(min(settings.minimumCalls, settings.probes), 1)
    results = ResultWindow(settings.window)
    probeResults = ResultWindow(.count(max(settings.probes, 1)))
  }

  /// The failure rate of the window in [0, 1], nil below the minimum number of calls.
  package var failureRate: Double? { rate(state == .halfOpen ? probeResults.failures : results.failures) }
  /// The share of slow calls, nil below the minimum number of calls.
  package var slowCallRate: Double? { rate(state == .halfOpen ? probeResults.slow : results.slow) }

  private func rate(_ count: Int) -> Double? {
    let calls = state == .halfOpen ? probeResults.calls : results.calls
    guard calls >= (state == .halfOpen ? minimumProbes : minimum) else { return nil }
    return Double(count) / Double(calls)
  }

  private static func openPeriod(_ settings: BreakerSettings, openings: Int) -> Int64 {
    let before = Double(max(openings - 1, 0))
    let grown = Double(settings.open) * pow(settings.openFactor, before) + Double(settings.openStep) * before
    return min(Int64(checked: grown.rounded()) ?? .max, settings.maximumOpen ?? .max)
  }

  /// Whether a call may be made now. Counts a probe where it may.
  package mutating func tryAcquire(at time: Int64) -> Bool {
    switch state {
    case .closed: return true
    case .open:
      guard settings.isOver(openedAt, openPeriod, at: time) else { return false }
      state = .halfOpen
      admitted = 0
      halfOpenSince = time
      probeResults = ResultWindow(.count(max(settings.probes, 1)))
      return admitProbe(at: time)
    case .halfOpen:
      return admitProbe(at: time)
    }
  }

  private mutating func admitProbe(at time: Int64) -> Bool {
    switch settings.probing {
    case .together:
      guard admitted < max(settings.probes, 1) else { return false }
      admitted += 1
      return true
    case .oneAtATime:
      if admitted > 0, !settings.isOver(halfOpenSince, openPeriod, at: time) { return false }
      admitted = 1
      halfOpenSince = time
      return true
    }
  }

  /// Records a result that came back at `time` after `duration` microseconds.
  package mutating func record(failed: Bool, duration: Int64, at time: Int64) {
    let slow = settings.slowCallRate != nil && duration > settings.slowCall
    switch state {
    case .open: results.add(failed: failed, slow: slow, at: time)
    case .closed:
      results.add(failed: failed, slow: slow, at: time)
      if settings.opensOnFailureOnly && !failed && !slow { return }
      if exceeded { trip(at: time) }
    case .halfOpen:
      if settings.probing == .oneAtATime {
        if failed || slow { trip(at: time) } else { close() }
        return
      }
      probeResults.add(failed: failed, slow: slow, at: time)
      if settings.window.countsFailures {
        if failed { trip(at: time) } else if probeResults.calls >= max(settings.probes, 1) { close() }
        return
      }
      guard failureRate != nil else { return }
      if exceeded { trip(at: time) } else { close() }
    }
  }

  private var exceeded: Bool {
    if let failureLimit { return results.failures >= failureLimit }
    // A rate of nothing is reached by no call at all.
    if let rate = failureRate, rate > 0, rate >= settings.failureRate { return true }
    if let limit = settings.slowCallRate, let rate = slowCallRate, rate > 0, rate >= limit { return true }
    return false
  }

  /// Opens it at `time`, as a cascade may demand.
  package mutating func trip(at time: Int64) {
    state = .open
    openedAt = time
    openings += 1
    openPeriod = Self.openPeriod(settings, openings: openings)
  }

  /// Closes it and forgets the window.
  package mutating func close() {
    state = .closed
    openings = 0
    openPeriod = Self.openPeriod(settings, openings: openings)
    results = ResultWindow(settings.window)
  }

}

/// The results a breaker judges by.
struct ResultWindow: Hashable, Sendable {
  private let window: BreakerSettings.Window
  private(set) var calls = 0
  private(set) var failures = 0
  private(set) var slow = 0
  private var ring: [UInt8] = []
  private var cursor = 0
  /// Times of the failures that count, in the order in which they came, microseconds.
  private var times: [Int64] = []
  private var buckets: [[Int]] = []
  /// The newest bucket, or the newest time where failures are kept by theirs: time never runs backwards.
  private var current: Int64 = .min

  init(_ window: BreakerSettings.Window) {
    self.window = window
    if case .time(_, let count) = window { buckets = Array(repeating: [0, 0, 0], count: max(count, 1)) }
  }

  mutating func add(failed: Bool, slow isSlow: Bool, at time: Int64) {
    let failure = failed ? 1 : 0
    let slowness = isSlow ? 1 : 0
    switch window {
    case .consecutive:
      calls += 1
      failures = failed ? failures + 1 : 0
      slow += slowness
    case .failures(_, let period):
      calls += 1
      slow += slowness
      current = max(current, time)
      if failed { times.append(current) }
      if let first = times.first, current.subtractingSaturated(first) > period {
        times.removeAll { current.subtractingSaturated($0) > period }
      }
      failures = times.count
    case .count(let size):
      let entry = UInt8(failure | slowness << 1)
      if ring.count < max(size, 1) {
        ring.append(entry)
        calls += 1
      } else {
        failures -= Int(ring[cursor] & 1)
        slow -= Int(ring[cursor] >> 1)
        ring[cursor] = entry
        cursor = (cursor + 1) % ring.count
      }
      failures += failure
      slow += slowness
    case .time(let width, _):
      let width = max(width, 1)
      advance(to: time % width < 0 ? time / width - 1 : time / width)
      let raw = Int(current % Int64(buckets.count))
      let index = raw < 0 ? raw + buckets.count : raw
      buckets[index][0] += 1
      buckets[index][1] += failure
      buckets[index][2] += slowness
      calls += 1
      failures += failure
      slow += slowness
    }
  }

  /// Moves the time window on; a result that comes late counts in the current bucket.
  mutating func advance(to bucket: Int64) {
    if current == .min { current = bucket }
    guard bucket > current else { return }
    for step in 1...min(bucket.subtractingSaturated(current), Int64(buckets.count)) {
      let raw = Int((current + step) % Int64(buckets.count))
      let index = raw < 0 ? raw + buckets.count : raw
      calls -= buckets[index][0]
      failures -= buckets[index][1]
      slow -= buckets[index][2]
      buckets[index] = [0, 0, 0]
    }
    current = bucket
  }
}
