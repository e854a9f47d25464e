// Supervision: strategies, limits and delays, and the windows of Erlang/OTP and systemd.
import Runs
import Policies
import Support
import Testing

private let second: Int64 = 1_000_000

private func children(_ ids: String...) -> [SupervisionSettings.Child] { ids.map { SupervisionSettings.Child(id: $0) } }

private func starts(_ actions: [SupervisionAction]) -> [String] {
  actions.compactMap { if case .start(let id, _) = $0 { id } else { nil } }
}

private func stops(_ actions: [SupervisionAction]) -> [String] {
  actions.compactMap { if case .stop(let id, _) = $0 { id } else { nil } }
}

private func escalates(_ actions: [SupervisionAction]) -> Bool {
  actions.contains { if case .escalate = $0 { true } else { false } }
}

@Test("five restarts in sixty seconds, the first after a second")
func supervisionDefaults() {
  let settings = SupervisionSettings()
  #expect(settings.strategy == .oneForOne)
  #expect(settings.maxRestarts == 5)
  #expect(settings.period == 60 * second)
  #expect(settings.backoff.envelope(1) == second)
  #expect(settings.children.isEmpty)
}

@Test("the three strategies; one-for-all restarts the failed child too")
func supervisionStrategies() {
  func act(_ strategy: SupervisionSettings.Strategy) -> [SupervisionAction] {
    var supervisor = Supervisor(SupervisionSettings(strategy: strategy, children: children("a", "b", "c")))
    return supervisor.exited("b", .error, at: 10 * second)
  }
  #expect(starts(act(.oneForOne)) == ["b"])
  #expect(starts(act(.restForOne)) == ["b", "c"])
  #expect(stops(act(.restForOne)) == ["c", "b"])
  let asWritten = ["a", "c"]
  #expect(starts(act(.oneForAll)) != asWritten)
  #expect(stops(act(.oneForAll)) == ["c", "b", "a"])
  #expect(starts(act(.oneForAll)) == ["a", "b", "c"])
}

@Test(
  "every restart counts on one path; the sixth crash in a minute escalates")
func escalation() {
  // As written, no restart was ever recorded: always restarted, always after a second.
  for reason in [ExitReason.error, .killed, .timeout] {
    var supervisor = Supervisor(SupervisionSettings(children: children("a", "b")))
    var delays: [Int64] = []
    for crash in 0..<5 {
      let time = Int64(crash) * 3 * second
      let actions = supervisor.exited("a", reason, at: time)
      guard case .start("a", let at)? = actions.first else {
        Issue.record("crash \(crash) was not answered")
        return
      }
      delays.append((at - time) / second)
    }
    #expect(delays == [1, 2, 4, 8, 16])
    let last = supervisor.exited("a", reason, at: 15 * second)
    #expect(escalates(last))
    #expect(stops(last) == ["b", "a"])
    #expect(supervisor.exited("b", reason, at: 16 * second).isEmpty)
  }
}

@Test("zero restarts means never")
func zeroRestarts() {
  var supervisor = Supervisor(SupervisionSettings(maxRestarts: 0, children: children("a")))
  #expect(escalates(supervisor.exited("a", .error, at: 0)))
}

@Test("restart types, and a child's own limit")
func restartTypes() {
  let settings = SupervisionSettings(children: [
    SupervisionSettings.Child(id: "p"), SupervisionSettings.Child(id: "t", restart: .transient),
    SupervisionSettings.Child(id: "x", restart: .temporary),
    SupervisionSettings.Child(id: "once", restart: .permanent, maxRestarts: 1),
  ])
  #expect(settings.children[0].maxRestarts == nil)
  var supervisor = Supervisor(settings)
  #expect(starts(supervisor.exited("p", .normal, at: 0)) == ["p"])
  #expect(starts(supervisor.exited("t", .error, at: 1)) == ["t"])
  #expect(supervisor.exited("t", .normal, at: 2) == [.drop("t", at: 2)])
  #expect(supervisor.exited("x", .error, at: 3) == [.drop("x", at: 3)])
  #expect(starts(supervisor.exited("once", .error, at: 4)) == ["once"])
  #expect(escalates(supervisor.exited("once", .error, at: 5)))
  #expect(Set(ExitReason.allCases).count == 5)
  #expect(!ExitReason.shutdown.isAbnormal)
}

@Test("a temporary sibling is removed, not restarted, when another child fails")
func temporarySibling() {
  var settings = SupervisionSettings(strategy: .oneForAll, children: children("a", "b"))
  settings.children[1].restart = .temporary
  var supervisor = Supervisor(settings)
  let actions = supervisor.exited("a", .error, at: 0)
  #expect(starts(actions) == ["a"])
  #expect(actions.contains(.drop("b", at: 0)))
  #expect(supervisor.alive == ["a"])
}

@Test("one child's delay holds up no other")
func delaysAreScheduled() {
  var supervisor = Supervisor(
    SupervisionSettings(maxRestarts: 10, backoff: Backoff(.fixed(30 * second)), children: children("a", "b")))
  #expect(supervisor.exited("a", .error, at: 0) == [.start("a", at: 30 * second)])
  #expect(supervisor.exited("b", .error, at: 1) == [.start("b", at: 30 * second + 1)])
}

@Test("after a quiet period the first delay comes back")
func stableChild() {
  var supervisor = Supervisor(SupervisionSettings(children: children("a")))
  _ = supervisor.exited("a", .error, at: 0)
  #expect(supervisor.exited("a", .error, at: 10 * second) == [.start("a", at: 12 * second)])
  #expect(supervisor.exited("a", .error, at: 1000 * second) == [.start("a", at: 1001 * second)])
}

@Test("settings are checked: ids are there, and once")
func supervisionValidation() {
  var settings = SupervisionSettings(
    strategy: .oneForAll, maxRestarts: 10, period: 120 * second, backoff: Backoff(.fixed(3 * second)),
    children: children("worker-1", "worker-2"))
  #expect(settings.problems.isEmpty)
  #expect(settings.children.map(\.restart) == [.permanent, .permanent])
  settings.children += children("worker-1", "")
  #expect(settings.problems.count == 2)
}

@Test("the restart policy's JSON survives a round trip; unknown fields are refused")
func restartPolicyForm() throws {
  let settings = SupervisionSettings(maxRestarts: 3, period: 30 * second, backoff: Backoff(.fixed(2 * second)))
  let json = try #require(settings.restartPolicyJSON)
  #expect(json.canonical == #"{"backoff_strategy":{"Fixed":{"seconds":2}},"max_restarts":3,"max_seconds":30}"#)
  let again = try SupervisionSettings(restartPolicyJSON: try JSONParser.parse(json.canonical))
  #expect(again.maxRestarts == 3)
  #expect(again.backoff == settings.backoff)
  let exponential = SupervisionSettings()
  let back = try SupervisionSettings(restartPolicyJSON: try #require(exponential.restartPolicyJSON))
  #expect(back.backoff == exponential.backoff)
  #expect(throws: CaptureFailure.self) {
    try SupervisionSettings(
      restartPolicyJSON: try JSONParser.parse(
        #"{"backoff_strategy":{"Fixed":{"seconds":2,"more":1}},"max_restarts":3,"max_seconds":30}"#))
  }
}

@Test("the breaker and health parts that the source only names are here")
func namedParts() {
  var breaker = CircuitBreaker(BreakerSettings(window: .consecutive(3), minimumCalls: 1))
  for time in 0..<3 { breaker.record(failed: true, duration: 1, at: Int64(time)) }
  #expect(breaker.state == .open)
}

@Test("Erlang/OTP: the window counts its own edge, and the exceeding event counts")
func otpWindow() {
  func run(_ intensity: Int, _ period: Int64, _ window: SupervisionSettings.Window, _ times: [Int64]) -> [Bool] {
    var supervisor = Supervisor(
      SupervisionSettings(
        maxRestarts: intensity, period: period * second, window: window, backoff: .immediate, children: children("a")))
    return times.map { !escalates(supervisor.exited("a", .error, at: $0 * second)) }
  }
  #expect(run(1, 5, .slidingInclusive, [0, 5]) == [true, false])
  #expect(run(1, 5, .slidingInclusive, [0, 6]) == [true, true])
  #expect(run(1, 5, .slidingInclusive, [0, 6, 11]) == [true, true, false])
  #expect(run(3, 10, .slidingInclusive, [0, 1, 2, 3]) == [true, true, true, false])
  #expect(run(3, 10, .slidingInclusive, [0, 4, 8, 11]) == [true, true, true, true])
  // Source 001 excludes the edge.
  #expect(run(1, 5, .slidingExclusive, [0, 5]) == [true, true])
}

@Test("systemd: a fixed window of starts; at its end refused, a millisecond later allowed")
func systemdWindow() {
  var window = FixedStartWindow(interval: 10 * second, burst: 5)
  var admitted: [Bool] = []
  for time in [1, 2, 3, 4, 5, 6, 7, 11] as [Int64] { admitted.append(window.admits(at: time * second)) }
  admitted.append(window.admits(at: 11_001_000))
  #expect(admitted == [true, true, true, true, true, false, false, false, true])
}
