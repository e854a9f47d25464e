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
}
