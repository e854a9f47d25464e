import Incidents
import Model
import Testing

/// The breaker on the log's own clock.
struct CircuitBreakerTests {
  private func breaker(_ failures: Int, reset: Int64, period: Int64 = 60_000_000, probes: Int = 1) -> CircuitBreaker {
    var settings = BreakerSettings()
    settings.failures = failures
    settings.reset = reset
    settings.period = period
    settings.probes = probes
    return CircuitBreaker(settings: settings)
  }

  @Test("a new breaker is closed and has seen nothing")
  func fresh() {
    let fresh = breaker(3, reset: 1000)
    #expect(fresh.state == .closed)
    #expect(fresh.failureCount == 0)
    #expect(fresh.lastFailure == nil)
  }

  @Test("the third failure opens it, at that time")
  func opens() {
    var three = breaker(3, reset: 1000)
    three.recordFailure(at: 0)
    three.recordFailure(at: 1)
    let result1 = three.admits(at: 2)
    #expect(result1)
    #expect(three.state == .closed)
    three.recordFailure(at: 2)
    #expect(three.state == .open)
    #expect(three.lastFailure == 2)
    #expect(three.transitions.map(\.time) == [2])
    let result2 = three.admits(at: 3)
    #expect(!result2)
    #expect(three.rejected == 1)
  }

  @Test("it stays open through 1002 and lets a call through at 1003, strictly after the reset time")
  func halfOpens() {
    var three = breaker(3, reset: 1000)
    for time in 0...2 { three.recordFailure(at: Int64(time)) }
    let result3 = three.admits(at: 1002)
    #expect(!result3)
    let result4 = three.admits(at: 1003)
    #expect(result4)
    #expect(three.state == .halfOpen)
  }

  @Test("once half open admitted 100 of 100; now it admits the probes and no more")
  func probes() {
    var two = breaker(1, reset: 10, probes: 2)
    two.recordFailure(at: 0)
    let admitted = (0..<100).count { _ in two.admits(at: 11) }
    #expect(admitted == 2)
    two.recordSuccess(at: 12)
    #expect(two.state == .halfOpen)
    two.recordSuccess(at: 13)
    #expect(two.state == .closed)
    #expect(two.failureCount == 0)
  }

  @Test("once four failures in four days still counted as four; now they expire")
  func failuresExpire() {
    var five = breaker(5, reset: 1000)
    let day: Int64 = 86_400_000_000
    for number in 0..<4 { five.recordFailure(at: Int64(number) * day) }
    #expect(five.failureCount == 1)
    #expect(five.state == .closed)
  }

  @Test("late failures while it is open do not extend the open time; a forced opening has its own")
  func openTimeIsItsOwn() {
    var one = breaker(5, reset: 1000)
    one.force(at: 100)
    one.recordFailure(at: 900)
    let result5 = one.admits(at: 1100)
    #expect(!result5)
    let result6 = one.admits(at: 1101)
    #expect(result6)
  }

  @Test("times that run backwards neither trap nor move its clock")
  func outOfOrder() {
    var one = breaker(1, reset: 1000)
    one.recordFailure(at: .max)
    one.recordFailure(at: .min)
    #expect(one.state == .open)
    let result7 = one.admits(at: 5)
    #expect(!result7)
  }
}

/// The cascade detector.
struct ReflexGateTests {
  private func gate(_ change: (inout IncidentSettings) -> Void = { _ in }) -> CascadeDetector {
    var settings = IncidentSettings()
    change(&settings)
    return CascadeDetector(settings: settings)
  }

  @Test("the defaults are one second, three components, a tenth; breakers five failures, 30 s")
  func defaults() {
    let settings = IncidentSettings()
    #expect(settings.window == 1_000_000)
    #expect(settings.components == 3)
    #expect(settings.errorRate == 0.1)
    #expect(settings.breaker.failures == 5)
    #expect(settings.breaker.reset == 30_000_000)
    #expect(gate().alarms.isEmpty)
  }

  @Test("three components with one error each, and the third one fires")
  func thirdComponentFires() throws {
    var gate = gate()
    let result8 = gate.finish("a", at: 0, succeeded: false)
    #expect(result8 == nil)
    let result9 = gate.finish("b", at: 1, succeeded: false)
    #expect(result9 == nil)
    let fired = gate.finish("c", at: 2, succeeded: false)
    let alarm = try #require(fired)
    #expect(alarm.trigger == "Cascade detected")
    #expect(alarm.opened == 3)
    #expect(alarm.states.map(\.component) == ["a", "b", "c"])
    #expect(alarm.chain.map(\.component) == ["a", "b", "c"])
    #expect(gate.openBreakers == ["a", "b", "c"])
  }

  @Test("errors at 0, 50, 100 fire in a window of 100; at 0, 50, 101 they do not")
  func windowEdge() {
    var inside = gate { $0.window = 100 }
    _ = inside.finish("a", at: 0, succeeded: false)
    _ = inside.finish("b", at: 50, succeeded: false)
    let result10 = inside.finish("c", at: 100, succeeded: false)
    #expect(result10 != nil)
    var outside = gate { $0.window = 100 }
    _ = outside.finish("a", at: 0, succeeded: false)
    _ = outside.finish("b", at: 50, succeeded: false)
    let result11 = outside.finish("c", at: 101, succeeded: false)
    #expect(result11 == nil)
  }

  @Test("once 0.99 still fired on anything; now the threshold and the minimum count")
  func thresholdCounts() {
    var strict = gate {
      $0.errorRate = 0.99
      $0.minimumRequests = 2
    }
    for component in ["a", "b", "c"] {
      _ = strict.finish(component, at: 0, succeeded: true)
      let result12 = strict.finish(component, at: 1, succeeded: false)
      #expect(result12 == nil)
    }
    #expect(strict.alarms.isEmpty)
  }

  @Test(
    "once one error of one call was 0.1 and twenty were 2.0; now it is a rate, ids are real")
  func realRates() throws {
    var gate = gate()
    for number in 0..<9 { _ = gate.finish("a", at: Int64(number), succeeded: true) }
    _ = gate.finish("a", at: 9, request: RequestID(high: 0, low: 77), succeeded: false)
    _ = gate.finish("b", at: 10, succeeded: false)
    let fired = gate.finish("c", at: 11, succeeded: false)
    let alarm = try #require(fired)
    #expect(alarm.states.map(\.errorRate) == [0.1, 1, 1])
    #expect(alarm.chain.first?.request == RequestID(high: 0, low: 77))
  }

  @Test("once later successes fired too, 38 witnesses in the demo; now it is one alarm")
  func oneAlarmPerEpisode() {
    var gate = gate()
    for request in 0..<10 {
      for component in ["api", "auth", "db", "cache"] {
        _ = gate.finish(component, at: 550_000 + Int64(request) * 1000, succeeded: false)
      }
    }
    let result13 = gate.finish("web", at: 560_000, succeeded: true)
    #expect(result13 == nil)
    #expect(gate.alarms.count == 1)
    #expect(gate.alarms.first?.end == 559_000)
    // After a quiet window the next trouble is another alarm.
    _ = gate.finish("web", at: 5_000_000, succeeded: true)
    for component in ["a", "b", "c"] { _ = gate.finish(component, at: 6_000_000, succeeded: false) }
    #expect(gate.alarms.count == 2)
  }

  @Test("an event that comes a little late counts, one that comes very late is counted as late")
  func lateEvents() {
    var gate = gate()
    _ = gate.finish("a", at: 1_000_000, succeeded: false)
    _ = gate.finish("b", at: 999_000, succeeded: false)
    let result14 = gate.finish("c", at: 998_000, succeeded: false)
    #expect(result14 != nil)
    _ = gate.finish("d", at: 9_000_000, succeeded: true)
    _ = gate.finish("d", at: 1, succeeded: false)
    #expect(gate.late == 1)
  }
}
