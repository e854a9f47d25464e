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

@Test("Manual states: disabled and metrics-only let through, forced open does not")
func manualStates() {
  var breaker = CircuitBreaker(BreakerSettings(window: .count(1), minimumCalls: 1))
  breaker.force(.metricsOnly)
  breaker.record(failed: true, duration: 1, at: 0)
  #expect(breaker.state == .metricsOnly)
  #expect(breaker.failureRate == 1)
  expectAcquire(&breaker, at: 0, true)
  breaker.force(.forcedOpen)
  expectAcquire(&breaker, at: .max, false)
  breaker.force(.disabled)
  expectAcquire(&breaker, at: 0, true)
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
