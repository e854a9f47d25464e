import Incidents
import Model
import Testing

/// What can be said of a night that is seen from in front alone.
@Suite("Proxies in front")
struct FrontTests {
  /// Twenty minutes of a proxy that asks one upstream, which fails for two; the upstream may have spans and calls of its own.
  private func reasoning(upstream calls: [NightBuilder.Call]) throws -> [IncidentReasoning] {
    var night = NightBuilder()
    let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
    for second in 0..<Int64(1200) {
      let failure: FailureKind? = (600..<720).contains(second) ? .unavailable : nil
      var ask = NightBuilder.Call(
        component: "proxy", operation: "ask", kind: .client, at: 100, duration: 8000, failure: failure,
        peer: "10.0.0.7",
        calls: calls)
      for index in ask.calls.indices { ask.calls[index].failure = failure }
      night.request(
        UInt64(second + 1), at: begin + second * 1_000_000,
        NightBuilder.Call(component: "proxy", operation: "GET /", duration: 9000, failure: failure, calls: [ask]))
    }
    let found = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
    return try #require(found.incidents.first).reasoning
  }

  private func isHidden(_ reasoning: [IncidentReasoning]) -> Bool {
    reasoning.contains { if case .nothingBehind = $0 { true } else { false } }
  }

  @Test("an upstream that only a proxy tells of may pass on what it calls itself, and the incident says so")
  func hidden() throws { #expect(isHidden(try reasoning(upstream: []))) }

  @Test("one that left spans of its own is told of by them")
  func seen() throws {
    let app = NightBuilder.Call(component: "app", operation: "serve", at: 500, duration: 7000)
    #expect(!isHidden(try reasoning(upstream: [app])))
  }

  /// Twenty minutes of a proxy whose log says of some requests how long they took, with two bad minutes.
  private func log(untimed: (Int64) -> Bool, taking time: Int64, failing time2: Int64) -> IncidentFindings {
    var night = NightBuilder()
    let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
    for second in 0..<Int64(1200) {
      let failure: FailureKind? = (600..<720).contains(second) ? .unavailable : nil
      let isUntimed = untimed(second)
      let took = isUntimed ? 0 : failure == nil ? time : time2
      let ask = NightBuilder.Call(
        component: "proxy", operation: "ask", kind: .client, duration: took, failure: failure, peer: "10.0.0.7",
        isUntimed: isUntimed)
      night.request(
        UInt64(second + 1), at: begin + second * 1_000_000,
        NightBuilder.Call(
          component: "proxy", operation: "GET /", duration: took, failure: failure, isUntimed: isUntimed, calls: [ask]))
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
  }

  private func isFast(_ findings: IncidentFindings) throws -> Bool {
    try #require(findings.incidents.first).reasoning.contains {
      if case .fastFailures = $0 { true } else { false }
    }
  }

  @Test("calls that fail within a millisecond are as an open breaker's, and those of unknown length are not")
  func fast() throws {
    #expect(try isFast(log(untimed: { _ in false }, taking: 9000, failing: 400)))
    #expect(try !isFast(log(untimed: { _ in true }, taking: 9000, failing: 400)))
  }

  @Test("where most requests are of unknown length, the others are no slow ones for it")
  func mixed() {
    #expect(log(untimed: { $0 % 4 != 0 }, taking: 90_000, failing: 90_000).impact.slow == 0)
  }

  /// The shop and a proxy in front, which knows an upstream by its address alone: that one fails for two minutes, and the shop's billing
  /// fails or grows slow for two.
  private func incidents(
    proxy: Range<Int64>, as failure: FailureKind, billing: Range<Int64>, fails: Bool
  ) -> [Incident] {
    var night = NightBuilder.shop { root, second in
      guard billing.contains(second) else { return }
      if fails {
        (root.failure, root.calls[1].failure, root.calls[1].calls[0].failure) = (.runtime, .runtime, .runtime)
      } else {
        root.duration += 400_000
        root.calls[1].duration += 400_000
        root.calls[1].calls[0].duration += 400_000
      }
    }
    let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
    for second in 0..<Int64(1200) {
      let failure: FailureKind? = proxy.contains(second) ? failure : nil
      let ask = NightBuilder.Call(
        component: "proxy", operation: "ask", kind: .client, at: 100, duration: 8000, failure: failure, peer: "10.0.0.7"
      )
      night.request(
        UInt64(second + 10_000), at: begin + second * 1_000_000,
        NightBuilder.Call(component: "proxy", operation: "GET /", duration: 9000, failure: failure, calls: [ask]))
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  private func tellsOfProxy(_ incident: Incident) -> Bool {
    incident.reasoning.contains { if case .beside(_, _, _, true) = $0 { true } else { false } }
  }

  @Test(
    "what a proxy says from outside of requests that fail within is told with that, and alone where nothing fails then")
  func besides() throws {
    let together = incidents(proxy: 600..<720, as: .unavailable, billing: 600..<720, fails: true)
    #expect(together.count == 1)
    #expect(try tellsOfProxy(#require(together.first)))
    let apart = incidents(proxy: 600..<720, as: .unavailable, billing: 200..<320, fails: true)
    #expect(apart.count == 2)
    #expect(!apart.contains(where: tellsOfProxy))
  }

  @Test("calls that fail at once beside a slow component are another thing, those that wait in vain are not")
  func refused() throws {
    let refused = incidents(proxy: 600..<720, as: .targetUnreachable, billing: 600..<720, fails: false)
    #expect(refused.count == 2)
    let late = incidents(proxy: 600..<720, as: .timeout, billing: 600..<720, fails: false)
    #expect(late.count == 1)
    #expect(try tellsOfProxy(#require(late.first)))
  }
}
