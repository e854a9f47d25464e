import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// What the true cause is where it does not speak for itself.
@Suite("Causes")
struct CauseTests {
  private func incidents(_ night: NightBuilder) -> [Incident] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  /// A shop whose components ask a database that leaves no span.
  private func databaseShop(_ change: (inout NightBuilder.Call, Int64) -> Void) -> NightBuilder {
    NightBuilder.shop { root, second in
      for index in root.calls.indices {
        root.calls[index].calls[0].calls = [
          NightBuilder.Call(
            component: root.calls[index].calls[0].component, operation: "select", kind: .client, at: 1000,
            duration: 900,
            peer: "db")
        ]
      }
      change(&root, second)
    }
  }

  @Test("a database without spans that grows slow for a minute is the cause, not those who wait for it")
  func slowLeaf() throws {
    let night = databaseShop { root, second in
      guard (610..<670).contains(second) else { return }
      for index in root.calls.indices {
        root.calls[index].duration += 80_000
        root.calls[index].calls[0].duration += 80_000
        root.calls[index].calls[0].calls[0].duration += 80_000
      }
      root.duration += 160_000
    }
    let found = incidents(night)
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.kind == .latencyRegression)
    #expect(incident.rootCauses.first?.component == "db")
    #expect(Set(incident.causalChain.map(\.to)).isSuperset(of: ["stock", "billing"]))
    #expect(incident.causalChain.allSatisfy { $0.share > $0.usualShare })
    #expect(incidents(databaseShop { _, _ in }).isEmpty)
  }

  @Test("a gateway with one slow callee among two is not the cause of that way")
  func slowEdge() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<660).contains(second) else { return }
      root.duration += 300_000
      root.calls[1].duration += 300_000
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.rootCauses.first?.component == "billing")
  }

  @Test("a call that nobody answers counts for the component that answers by that address at other times")
  func address() throws {
    func night(_ isAnswered: @escaping (Int64) -> Bool) -> NightBuilder {
      var night = NightBuilder()
      for second in 0..<Int64(20 * 60) {
        let fails = !isAnswered(second)
        night.request(
          UInt64(second + 1), at: begin + second * 1_000_000,
          NightBuilder.Call(
            component: "front", duration: 20_000, failure: fails ? .unavailable : nil,
            calls: [
              NightBuilder.Call(
                component: "front", operation: "GET", kind: .client, at: 1000, duration: 9000,
                failure: fails ? .networkTransient : nil, peer: fails ? "pay-2" : "", calledAs: fails ? "" : "pay-2",
                calls: fails ? [] : [NightBuilder.Call(component: "payments", at: 500, duration: 8000)])
            ]))
      }
      return night
    }
    let incident = try #require(incidents(night { !(600..<640).contains($0) }).first)
    #expect(incident.rootCauses.first?.component == "payments")
    #expect(incidents(night { _ in true }).isEmpty)
  }

  @Test("a rare request with many calls leaves a component silent most of the time: that is no silence")
  func clusteredCalls() {
    let night = NightBuilder.shop { root, second in
      guard second % 15 == 0, !(600..<645).contains(second) else { return }
      let call = NightBuilder.Call(
        component: "front", operation: "load", kind: .client, at: 18_000, duration: 100, peer: "archive",
        calls: [NightBuilder.Call(component: "archive", operation: "get", duration: 50)])
      root.calls += Array(repeating: call, count: 50)
    }
    #expect(incidents(night).isEmpty)
  }

  @Test("a consumer that stops while requests go on is an incident, one that pauses a moment is none")
  func silence() throws {
    func night(_ stops: Range<Int64>) -> NightBuilder {
      var night = NightBuilder.shop()
      for second in 0..<Int64(20 * 60) where !stops.contains(second) {
        night.request(
          UInt64(100_000 + second), at: begin + second * 1_000_000 + 300_000,
          NightBuilder.Call(component: "mailer", operation: "process", kind: .consumer, duration: 3000))
      }
      return night
    }
    let incident = try #require(incidents(night(600..<660)).first)
    #expect(incident.rootCauses.first?.component == "mailer")
    guard case .silent = incident.headline else {
      Issue.record("not told as silence: \(incident.headline)")
      return
    }
    #expect(incidents(night(600..<615)).isEmpty)
  }

  @Test("a callee that takes a request up after its caller gave up hung; the caller did not")
  func hang() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<660).contains(second) else { return }
      root.duration = 520_000
      root.failure = .timeout
      root.calls[1].duration = 500_000
      root.calls[1].failure = .timeout
      root.calls[1].calls[0].at = 9_000_000
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.rootCauses.first?.component == "billing")
  }

  @Test("one call far beyond the usual is named where its minutes are asked about, and is no incident by itself")
  func single() {
    func named(_ extra: Int64) -> (Bool, Int) {
      let night = NightBuilder.shop { root, second in
        // Ten requests a minute reach billing.
        if second % 6 != 0 { root.calls.removeLast() }
        guard second == 624 else { return }
        root.calls[1].duration += extra
        root.duration += extra
      }
      let begin = night.trees[0].nodes[0].start + 600_000_000
      let found = IncidentAnalysis.conclude(
        night.partial(), settings: IncidentSettings(), windows: [begin..<begin + 60_000_000])
      return (found.windows[0].suspects.contains { $0.component == "billing" }, found.incidents.count)
    }
    #expect(named(2_000_000) == (true, 0))
    #expect(named(2000) == (false, 0))
  }
}
