import Incidents
import Model
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// Twenty minutes of a shop whose billing fails for two of them, with log lines of the caller in between.
private func night(_ lines: [(second: Int64, text: String)]) -> NightBuilder {
  var night = NightBuilder.shop { root, second in
    guard (600..<720).contains(second) else { return }
    root.failure = .unavailable
    root.calls[1].failure = .unavailable
    root.calls[1].calls[0].failure = .runtime
  }
  for line in lines { night.log("front", at: begin + line.second * 1_000_000, .info, line.text) }
  return night
}

@Suite("Circuit breakers in log lines")
struct BreakerLogTests {
  @Test(
    "a line that tells of a breaker opens it, in the words of every library",
    arguments: [
      "CircuitBreaker 'billing' changed state from CLOSED to OPEN",
      "io.github.resilience4j.circuitbreaker.CallNotPermittedException: CircuitBreaker 'billing' is OPEN and does not permit further calls",
      "Hystrix circuit short-circuited and is OPEN for billing",
      "The circuit is now open and is not allowing calls.",
      "circuit breaker is open", "Breaker is open", "circuit_breaker[billing] tripped",
      "state change of circuit breaker billing: half-open -> open",
    ])
  func opens(text: String) throws {
    let findings = IncidentAnalysis.conclude(night([(650, text)]).partial(), settings: IncidentSettings())
    let incident = try #require(findings.incidents.first)
    #expect(incident.components.first { $0.id == "billing" }?.circuitState == .open)
    let moment = incident.timeline.first { $0.event == .breaker(state: .open, writer: "front") }
    #expect(moment?.component == "billing")
    #expect(moment?.evidence?.location.member == "spans.csv")
    #expect(findings.openCircuitBreakers == ["billing"])
  }

  @Test(
    "a line that tells of no breaker, of a setting or of several states opens none",
    arguments: [
      "the door is open", "circuit breaker is not open", "opened connection to billing",
      "circuit breaker billing: half-open after, closed after, open at", "short circuit board ordered",
    ])
  func opensNone(text: String) throws {
    let findings = IncidentAnalysis.conclude(night([(650, text)]).partial(), settings: IncidentSettings())
    let incident = try #require(findings.incidents.first)
    #expect(incident.components.first { $0.id == "billing" }?.circuitState == .unknown)
    #expect(findings.openCircuitBreakers.isEmpty)
  }

  @Test("what was told last holds, and what is told again is one moment")
  func changes() throws {
    let night = night([
      (630, "CircuitBreaker 'billing' is OPEN"), (640, "CircuitBreaker 'billing' is OPEN"),
      (690, "CircuitBreaker 'billing' changed state from OPEN to HALF_OPEN"),
      (700, "CircuitBreaker 'billing' changed state from HALF_OPEN to CLOSED"),
    ])
    let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
    let incident = try #require(findings.incidents.first)
    #expect(incident.components.first { $0.id == "billing" }?.circuitState == .closed)
    let states = incident.timeline.compactMap { moment -> Incident.Circuit? in
      if case .breaker(let state, _) = moment.event { return state }
      return nil
    }
    #expect(states == [.open, .halfOpen, .closed])
    #expect(findings.openCircuitBreakers.isEmpty)
  }
}

@Suite("Amplification")
struct AmplificationTests {
  @Test("attempts multiply per hop and along the chain, and requests are told of from end to end")
  func chain() throws {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      let isBad = (600..<720).contains(second)
      let failure: FailureKind? = isBad ? .unavailable : nil
      // Bad: the front asks orders twice, and each time orders asks stock three times.
      let orders = NightBuilder.Call(
        component: "orders", at: 100, duration: 6000, failure: failure,
        calls: (0..<Int64(isBad ? 3 : 1)).map { attempt in
          NightBuilder.Call(
            component: "orders", operation: "call stock", kind: .client, at: 100 + 1500 * attempt, duration: 1400,
            failure: failure, peer: "stock", attempt: UInt8(attempt + 1),
            calls: [NightBuilder.Call(component: "stock", at: 100, duration: 1000, failure: failure)])
        })
      let calls = (0..<Int64(isBad ? 2 : 1)).map { attempt in
        NightBuilder.Call(
          component: "front", operation: "call orders", kind: .client, at: 100 + 7000 * attempt, duration: 6500,
          failure: failure, peer: "orders", attempt: UInt8(attempt + 1), calls: [orders])
      }
      night.request(
        UInt64(second + 1), at: begin + second * 1_000_000,
        NightBuilder.Call(component: "front", duration: 20_000, failure: failure, calls: calls))
    }
    let incident = try #require(
      IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.first)
    #expect(incident.rootCauses.first?.component == "stock")
    #expect(
      incident.reasoning.contains(
        .attempts(
          [
            AttemptHop(caller: "front", callee: "orders", factor: 2),
            AttemptHop(caller: "orders", callee: "stock", factor: 3),
          ], product: 6)))
    #expect(incident.reasoning.contains(.attemptsPerRequest(component: "stock", now: 6, usual: 1)))
  }

  @Test("where nobody tries again nothing is said of attempts")
  func none() throws {
    let incident = try #require(
      IncidentAnalysis.conclude(night([]).partial(), settings: IncidentSettings()).incidents.first)
    #expect(
      !incident.reasoning.contains { line in
        switch line {
        case .attempts, .attemptsPerRequest: true
        default: false
        }
      })
  }
}
