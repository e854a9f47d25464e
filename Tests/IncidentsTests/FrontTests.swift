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
}
