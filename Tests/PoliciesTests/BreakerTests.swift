// Circuit breakers against the rules of resilience4j and Polly.
import Model
import Policies
import Support
import Testing

private let second: Int64 = 1_000_000

/// Expects a call to be let through, or not.
private func expectAcquire(
  _ breaker: inout CircuitBreaker, at time: Int64, _ expected: Bool, _ place: Testing.SourceLocation = #_sourceLocation
) {
  let admitted = breaker.tryAcquire(at: time)
  #expect(admitted == expected, sourceLocation: place)
}

/// Feeds results (true = failed) a millisecond apart.
private func feed(_ breaker: inout CircuitBreaker, _ results: [Bool], from start: Int64 = 0) {
  for (i, failed) in results.enumerated() { breaker.record(failed: failed, duration: 1, at: start + Int64(i) * 1000) }
}

@Test("resilience4j, count window: rates over the last n, none below the minimum")
func countWindow() {
  var ten = CircuitBreaker(BreakerSettings(window: .count(10), failureRate: 1.1, minimumCalls: 10))
  // Twelve calls, of which the last ten hold four successes and six failures.
  feed(&ten, [true, true] + [true, true, true, true, true, true] + [false, false, false, false])
  #expect(ten.failureRate == 0.6)
  feed(&ten, [false, false, false])
  #expect(ten.failureRate == 0.3)
  var four = CircuitBreaker(BreakerSettings(window: .count(4), failureRate: 1.1, minimumCalls: 1))
  var rates: [Double] = []
  for failed in [true, false, false, false, false] {
    feed(&four, [failed])
    rates.append(four.failureRate ?? -1)
  }
  #expect(rates == [1, 0.5, 1.0 / 3, 0.25, 0])
  // The minimum is at most the window.
  var small = CircuitBreaker(BreakerSettings(window: .count(2), minimumCalls: 100))
  feed(&small, [true])
  #expect(small.failureRate == nil)
  feed(&small, [true])
  #expect(small.state == .open)
}

@Test("resilience4j, time window: 40 % stays closed, 50 % opens; a second's bucket leaves after five")
func timeWindow() {
  var breaker = CircuitBreaker(
    BreakerSettings(window: .time(width: second, buckets: 20), failureRate: 0.5, minimumCalls: 5))
  feed(&breaker, [false, false, false, true, true])
  #expect(breaker.state == .closed)
  #expect(breaker.failureRate == 0.4)
  feed(&breaker, [true], from: 10_000)
  #expect(breaker.state == .open)
  for (later, calls) in [(Int64(4), 4), (5, 1)] {
    var five = CircuitBreaker(
      BreakerSettings(window: .time(width: second, buckets: 5), failureRate: 2, minimumCalls: 1))
    feed(&five, [true, true, true])
    five.record(failed: false, duration: 1, at: later * second)
    #expect(five.failureRate == (calls == 4 ? 0.75 : 0))
  }
}

@Test("resilience4j, half-open: four permitted, the fifth is refused, and they decide together")
func halfOpen() {
  var breaker = CircuitBreaker(
    BreakerSettings(window: .count(2), minimumCalls: 2, open: 60 * second, probes: 4))
  feed(&breaker, [true, true])
  #expect(breaker.state == .open)
  let opened = breaker.openedAt
  // Strictly after the wait; a late result does not move it.
  breaker.record(failed: true, duration: 1, at: opened + 30 * second)
  #expect(breaker.openedAt == opened)
  expectAcquire(&breaker, at: opened + 60 * second, false)
  let later = opened + 60 * second + 1
  var admitted: [Bool] = []
  for _ in 0..<5 { admitted.append(breaker.tryAcquire(at: later)) }
  #expect(admitted == [true, true, true, true, false])
  for failed in [false, false, true] {
    breaker.record(failed: failed, duration: 1, at: later)
    // The minimum is min(minimumCalls, probes) = 2: two good ones close it.
    if breaker.state == .closed { break }
  }
  #expect(breaker.state == .closed)
  #expect(breaker.openings == 0)
}

@Test("Boundary option: resilience4j opens half strictly after the wait, Polly at it")
func boundary() {
  for (boundary, expected) in [(BreakerSettings.Boundary.strictlyAfter, false), (.atOrAfter, true)] {
    var breaker = CircuitBreaker(
      BreakerSettings(window: .count(1), minimumCalls: 1, open: 1000, probes: 1, boundary: boundary))
    breaker.record(failed: true, duration: 1, at: 2)
    expectAcquire(&breaker, at: 1002, expected)
    if !expected { expectAcquire(&breaker, at: 1003, true) }
  }
}

@Test("Polly: nothing below the minimum throughput, judged on failures only, one trial per break")
func polly() {
  var settings = Preset.pollyBreaker
  settings.minimumCalls = 10
  var breaker = CircuitBreaker(settings)
  feed(&breaker, Array(repeating: true, count: 9))
  #expect(breaker.state == .closed)
  // The tenth is a success: no occasion to open, although the rate is 90 %.
  feed(&breaker, [false], from: 10_000)
  #expect(breaker.state == .closed)
  feed(&breaker, [true], from: 20_000)
  #expect(breaker.state == .open)
  let trial = breaker.openedAt + 5 * second
  expectAcquire(&breaker, at: trial, true)
  expectAcquire(&breaker, at: trial + 1, false)
  expectAcquire(&breaker, at: trial + 5 * second, true)
  breaker.record(failed: false, duration: 1, at: trial + 5 * second)
  #expect(breaker.state == .closed)
}

@Test("Slow calls: two of five are 40 %, and only strictly slower ones count")
func slowCalls() {
  var breaker = CircuitBreaker(
    BreakerSettings(window: .count(5), failureRate: 1, slowCallRate: 0.9, slowCall: 2 * second, minimumCalls: 5))
  for duration in [1, 2, 3, 4, 1] as [Int64] {
    breaker.record(failed: false, duration: duration * second, at: 0)
  }
  #expect(breaker.slowCallRate == 0.4)
  #expect(breaker.state == .closed)
}

@Test("a breaker that counts failures waits for all its probes, any of which may open it again")
func probesOfCountedFailures() {
  for failing in 0..<3 {
    var breaker = CircuitBreaker(BreakerSettings(window: .failures(2, within: second), open: second, probes: 3))
    feed(&breaker, [true, true])
    for _ in 0..<3 { expectAcquire(&breaker, at: 3 * second, true) }
    expectAcquire(&breaker, at: 3 * second, false)
    for probe in 0..<3 where breaker.state == .halfOpen {
      breaker.record(failed: probe == failing, duration: 1, at: 3 * second)
    }
    #expect(breaker.state == .open, "probe \(failing) fails")
  }
  var good = CircuitBreaker(BreakerSettings(window: .consecutive(1), open: second, probes: 2))
  feed(&good, [true])
  for _ in 0..<2 { expectAcquire(&good, at: 3 * second, true) }
  feed(&good, [false], from: 3 * second)
  #expect(good.state == .halfOpen)
  feed(&good, [false], from: 3 * second)
  #expect(good.state == .closed)
}

@Test("a rate of nothing is not reached by calls that succeed, and no time traps")
func ratesAndTimesAtTheirEnds() {
  var never = CircuitBreaker(BreakerSettings(window: .count(2), failureRate: 0, minimumCalls: 1))
  feed(&never, [false, false])
  #expect(never.state == .closed)
  feed(&never, [true])
  #expect(never.state == .open)
  for width in [0, 1, Int64.max] {
    var breaker = CircuitBreaker(BreakerSettings(window: .time(width: width, buckets: 3), minimumCalls: 1))
    for time in [Int64.min, -1, 0, .max] { breaker.record(failed: false, duration: 1, at: time) }
    #expect(breaker.state == .closed)
  }
}

@Test("Openings in a row grow, up to a cap; closing starts them again (Finagle, Envoy)")
func growingOpenings() {
  var breaker = CircuitBreaker(
    BreakerSettings(
      window: .consecutive(1), minimumCalls: 1, open: 5 * second, openFactor: 2, maximumOpen: 15 * second, probes: 1,
      probing: .oneAtATime, boundary: .atOrAfter))
  var time: Int64 = 0
  var periods: [Int64] = []
  breaker.record(failed: true, duration: 1, at: time)
  for _ in 0..<3 {
    periods.append(breaker.openPeriod / second)
    time = breaker.openedAt + breaker.openPeriod
    expectAcquire(&breaker, at: time, true)
    breaker.record(failed: true, duration: 1, at: time)
  }
  #expect(periods == [5, 10, 15])
}

@Test("Envoy ejects for its base time multiplied by the ejections in a row, up to five minutes")
func envoyEjections() throws {
  var breaker = CircuitBreaker(try #require(Preset.envoy.policy.breaker))
  var periods: [Int64] = []
  for _ in 0..<5 { breaker.record(failed: true, duration: 1, at: 0) }
  for _ in 0..<12 {
    periods.append(breaker.openPeriod / second)
    let time = breaker.openedAt + breaker.openPeriod
    expectAcquire(&breaker, at: time, true)
    breaker.record(failed: true, duration: 1, at: time)
  }
  #expect(periods == [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300])
}
