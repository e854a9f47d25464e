import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

private func incidents(_ night: NightBuilder) -> [Incident] {
  IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
}

struct IncidentTests {
  @Test("a failing callee that fails its caller is one cascade that begins with the callee, states and all")
  func cascade() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      root.calls[1].failure = .unavailable
      root.calls[1].calls[0].failure = .runtime
    }
    let found = incidents(night)
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.kind == .cascade)
    #expect(incident.severity == .critical)
    #expect(incident.rootCauses.first?.component == "billing")
    #expect(incident.components.map(\.id) == ["billing", "front"])
    #expect(incident.components.map(\.failures) == [120, 120])
    #expect(incident.causalChain.map(\.from) == ["billing"])
    #expect(incident.causalChain.map(\.to) == ["front"])
    #expect(incident.start == begin + 600_000_000 + 17_500)
    #expect(!incident.evidence.isEmpty)
    #expect(incident.evidence.allSatisfy { $0.location.input == "night.tar" && $0.location.member == "spans.csv" })
    let p99 = try #require(incident.components.first?.latencyP99)
    #expect((6500...7700).contains(p99))
  }

  @Test("a quiet night with one failure now and then has no incident")
  func quiet() {
    let night = NightBuilder.shop { root, second in
      guard second % 97 == 0 else { return }
      root.failure = .runtime
      root.calls[0].failure = .runtime
      root.calls[0].calls[0].failure = .runtime
    }
    #expect(incidents(night).isEmpty)
  }

  @Test("a burst that the caller tolerates strikes nobody else")
  func tolerated() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.calls[0].failure = .runtime
      root.calls[0].calls[0].failure = .runtime
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.kind == .errorBurst)
    #expect(incident.severity == .info)
    #expect(incident.components.map(\.id) == ["stock"])
  }

  @Test("a crashed component leaves no span and is blamed all the same")
  func crashWithoutSpans() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      root.calls[0].failure = .targetUnreachable
      root.calls[0].calls = []
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.rootCauses.first?.component == "stock")
    #expect(incident.components.map(\.id) == ["front", "stock"])
  }

  @Test("a crashed component is blamed where callers write no span per call, and only while it is silent")
  func silentCallee() throws {
    let night = NightBuilder.shop { root, second in
      root.calls = root.calls.flatMap(\.calls)
      if (600..<720).contains(second) {
        root.failure = .unavailable
        root.calls.removeFirst()
      } else if (900..<1020).contains(second), second % 2 == 0 {
        root.failure = .unavailable
      }
    }
    let found = incidents(night)
    #expect(found.compactMap { $0.rootCauses.first?.component } == ["stock", "front"])
    #expect(found.first?.components.map(\.id) == ["front", "stock"])
    #expect(found.last?.components.map(\.id) == ["front"])
  }

  @Test("a component that fails before it calls anybody is the cause, not the callee that is silent because of it")
  func silentBecauseOfTheCaller() throws {
    let night = NightBuilder.shop { root, second in
      root.calls[0].calls[0].calls = [NightBuilder.Call(component: "shelf", at: 500, duration: 3000)]
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      root.calls[0].failure = .unavailable
      root.calls[0].calls[0].failure = .unavailable
      root.calls[0].calls[0].calls = []
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.rootCauses.first?.component == "stock")
    #expect(incident.components.map(\.id) == ["front", "stock"])
  }

  @Test("a caller that times out on a callee that says nothing is the callee's incident")
  func unmarkedTimeout() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.duration = 1_020_000
      root.failure = .timeout
      root.calls[1].duration = 1_000_000
      root.calls[1].failure = .timeout
      root.calls[1].calls[0].duration = 3_000_000
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.rootCauses.first?.component == "billing")
  }

  @Test("two callees that fail at once under one caller are two incidents")
  func unrelatedPair() {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      let index = Int(second % 2)
      root.calls[index].failure = .unavailable
      root.calls[index].calls[0].failure = .runtime
    }
    let found = incidents(night)
    #expect(found.compactMap { $0.rootCauses.first?.component }.sorted() == ["billing", "stock"])
  }

  @Test("own time that triples is one latency regression, not one per event; noise is none")
  func latencyRegression() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<780).contains(second) else { return }
      root.duration += 20_000
      root.calls[0].duration += 20_000
      root.calls[0].calls[0].duration += 20_000
      root.calls[1].at += 20_000
    }
    let found = incidents(night)
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.kind == .latencyRegression)
    #expect(incident.trigger == .anomaly(.latencyRegression, cause: "stock"))
    #expect(incident.decision == .investigateLatency)
    #expect(incident.components.map(\.id) == ["stock"])
    #expect(abs(incident.start - (begin + 600_000_000)) <= 10_000_000)
    #expect(incidents(NightBuilder.shop()).isEmpty)
  }

  @Test("a slow way to a component is the component's, whose own time stays as it was")
  func slowNetwork() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<780).contains(second) else { return }
      root.duration += 60_000
      root.calls[1].duration += 60_000
      root.calls[1].calls[0].at += 30_000
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.kind == .latencyRegression)
    #expect(incident.rootCauses.first?.component == "billing")
  }

  @Test("one request that repeats a slow operation a hundred times is one draw, not a hundred")
  func spansOfOneRequest() throws {
    let night = NightBuilder.shop { root, second in
      guard second == 630 else { return }
      let slow = NightBuilder.Call(component: "stock", operation: "reserve", at: 500, duration: 90_000)
      root.calls[0].calls = Array(repeating: slow, count: 100)
    }
    let window = begin + 600_000_000..<begin + 660_000_000
    let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings(), windows: [window])
    let suspects = try #require(findings.windows.first).suspects
    #expect((suspects.first { $0.component == "stock" }?.score ?? 0) < 40)
    #expect(findings.incidents.isEmpty)
  }

  @Test("a breaker that events say is open is reported open")
  func breakerEvents() {
    var night = NightBuilder.shop(minutes: 5)
    night.event("stock", .circuitBreaker, at: begin + 100_000_000, subject: "open")
    night.event("billing", .circuitBreaker, at: begin + 90_000_000, subject: "open")
    night.event("billing", .circuitBreaker, at: begin + 130_000_000, subject: "closed")
    let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
    #expect(findings.openCircuitBreakers == ["stock"])
  }

  @Test("the demo is one incident that sheds load; once it was 39 alarms")
  func demo() throws {
    var night = NightBuilder()
    for request in 0..<50 {
      night.request(
        UInt64(request + 1), at: begin + Int64(request) * 10_000,
        NightBuilder.Call(
          component: "api", duration: 2000,
          calls: [
            .init(component: "auth", at: 100, duration: 900, calls: [.init(component: "db", at: 400, duration: 300)])
          ]))
    }
    for request in 50..<60 {
      night.requests(
        UInt64(request + 1), at: begin + 500_000 + Int64(request) * 1000,
        ["api", "auth", "db", "cache"].map { .init(component: $0, at: 100, duration: 50_000, failure: .timeout) })
    }
    let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
    #expect(findings.incidents.count == 1)
    let incident = try #require(findings.incidents.first)
    #expect(incident.kind == .cascade)
    #expect(incident.components.map(\.id) == ["api", "auth", "cache", "db"])
    guard case .openBreakers(let components, _, _, _, let cause) = incident.decision else {
      Issue.record("the detector should have opened breakers: \(incident.decision)")
      return
    }
    #expect(components == 3)
    // All ten failures lie within one slot behind fifty good calls: spread evenly, the gate opens the breaker at the slot's
    // first failure, and it stays open.
    let refused = try #require(cause)
    #expect(refused.component == incident.rootCauses.first?.component)
    #expect(refused.of == 10)
    #expect((1...10).contains(refused.failures))
    #expect(findings.components.map(\.id) == ["api", "auth", "cache", "db"])
  }

  @Test("with hardly a request, log lines and metrics tell, and who names another blames it")
  func recordsOnly() throws {
    var night = NightBuilder()
    night.request(
      1, at: begin, .init(component: "shop", calls: [.init(component: "payments", at: 100, duration: 500)]))
    for minute in 0..<90 {
      let time = begin + Int64(minute) * 60_000_000
      let bad = minute >= 60
      night.metric("payments", "error_rate_5xx_ratio", at: time, bad ? 0.6 : 0.003 + Double(minute % 3) * 0.001)
      night.metric("shop", "http_server_duration_p99_ms", at: time, minute >= 62 ? 900 : 100 + Double(minute % 5))
      if bad {
        night.log("payments", at: time + 1_000_000, .error, "nil pointer dereference")
        night.log("shop", at: time + 130_000_000, .error, "call to payments failed")
      }
    }
    let incident = try #require(incidents(night).first)
    #expect(incident.rootCauses.first?.component == "payments")
    #expect(incident.components.map(\.id) == ["payments", "shop"])
  }

  @Test("any split of the night and any order of merging gives the same findings")
  func sameFindings() {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      root.calls[1].failure = .unavailable
      root.calls[1].calls[0].failure = .runtime
    }
    let whole = incidents(night)
    var merged = night.partial(share: 2, of: 3)
    merged.merge(night.partial(share: 0, of: 3))
    merged.merge(night.partial(share: 1, of: 3))
    #expect(IncidentAnalysis.conclude(merged, settings: IncidentSettings()).incidents == whole)
  }
}

@Test("the reflex section is read; unknown keys and impossible values are named")
func settings() {
  func scalar(_ text: String) -> ConfigNode { ConfigNode(.scalar(text), line: 2, column: 3) }
  func map(_ entries: [(String, ConfigNode)]) -> ConfigNode {
    ConfigNode(.map(entries.map { ConfigNode.Entry(key: $0.0, line: 1, column: 1, value: $0.1) }), line: 1, column: 1)
  }
  var problems: [ConfigProblem] = []
  let read = IncidentSettings(
    config: map([
      ("window", scalar("2s")), ("components", scalar("4")), ("errorRate", scalar("0.25")),
      ("breaker", map([("failures", scalar("7")), ("reset", scalar("10s"))])),
      ("baseline", scalar("2026-01-01T00:00:00Z/2026-01-01T01:00:00Z")),
    ]), problems: &problems)
  #expect(problems.isEmpty)
  #expect(read.window == 2_000_000)
  #expect(read.components == 4)
  #expect(read.errorRate == 0.25)
  #expect(read.failuresToOpen == 7)
  #expect(read.breaker.open == 10_000_000)
  #expect(read.baseline.count == 1)
  _ = IncidentSettings(
    config: map([("windw", scalar("2s")), ("errorRate", scalar("7")), ("window", scalar("soon"))]),
    problems: &problems)
  #expect(problems.count == 3)
  #expect(problems.first?.suggestion == "window")
}
