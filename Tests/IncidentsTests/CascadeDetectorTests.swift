import Incidents
import Model
import Support
import Testing

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
    #expect(settings.breaker.window == .failures(5, within: 60_000_000))
    #expect(settings.breaker.open == 30_000_000)
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
    #expect(alarm.states.map(\.component) == ["a", "b", "c"])
    #expect(alarm.start == 2)
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
  }

  @Test(
    "once one error of one call was 0.1 and twenty were 2.0; now it is a rate")
  func realRates() throws {
    var gate = gate()
    for number in 0..<9 { _ = gate.finish("a", at: Int64(number), succeeded: true) }
    _ = gate.finish("a", at: 9, succeeded: false)
    _ = gate.finish("b", at: 10, succeeded: false)
    let fired = gate.finish("c", at: 11, succeeded: false)
    let alarm = try #require(fired)
    #expect(alarm.states.map(\.errorRate) == [0.1, 1, 1])
  }

  @Test("once later successes fired too, 38 witnesses in the demo; now it is one alarm")
  func oneAlarmPerEpisode() {
    var gate = gate()
    var alarms: [CascadeDetector.Alarm] = []
    func finish(_ component: String, at time: Int64, succeeded: Bool) {
      if let alarm = gate.finish(component, at: time, succeeded: succeeded) { alarms.append(alarm) }
    }
    for request in 0..<10 {
      for component in ["api", "auth", "db", "cache"] {
        finish(component, at: 550_000 + Int64(request) * 1000, succeeded: false)
      }
    }
    finish("web", at: 560_000, succeeded: true)
    #expect(alarms.map(\.start) == [550_000])
    // After a quiet window the next trouble is another alarm.
    finish("web", at: 5_000_000, succeeded: true)
    for component in ["a", "b", "c"] { finish(component, at: 6_000_000, succeeded: false) }
    #expect(alarms.map(\.start) == [550_000, 6_000_000])
  }

  @Test("an event that comes a little late counts, one that comes very late does not")
  func lateEvents() {
    var gate = gate()
    _ = gate.finish("a", at: 1_000_000, succeeded: false)
    _ = gate.finish("b", at: 999_000, succeeded: false)
    let alarm = gate.finish("c", at: 998_000, succeeded: false)
    #expect(alarm != nil)
    _ = gate.finish("d", at: 9_000_000, succeeded: false)
    _ = gate.finish("e", at: 9_000_001, succeeded: false)
    let late = gate.finish("f", at: 1, succeeded: false)
    #expect(late == nil)
    let inTime = gate.finish("f", at: 9_000_000, succeeded: false)
    #expect(inTime != nil)
  }
}
