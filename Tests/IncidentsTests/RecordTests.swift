import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// Log lines where no request tells.
@Suite("Log lines alone")
struct RecordTests {
  private func incidents(_ night: NightBuilder) -> [Incident] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  /// Forty minutes in which three services write a line a second, all well.
  private func quiet() -> NightBuilder {
    var night = NightBuilder()
    for second in 0..<Int64(2400) {
      for name in ["gateway", "cart-1", "c.e.catalog.Controller", "shop-db"] where name != "shop-db" || second % 60 == 0
      {
        night.log(name, at: begin + second * 1_000_000, .info, "ok")
      }
    }
    return night
  }

  @Test("two troubles of a minute, two minutes apart, are two incidents, and each is that of whom the lines name")
  func twoCauses() throws {
    var night = quiet()
    for second in 600..<Int64(650) {
      for _ in 0..<3 {
        night.log("cart-1", at: begin + second * 1_000_000, .error, "giving up on catalog: connection refused")
        night.log("gateway", at: begin + second * 1_000_000 + 1, .error, "call to cart failed: HTTP 503")
      }
    }
    for second in 770..<Int64(820) {
      for _ in 0..<3 {
        night.log("cart-1", at: begin + second * 1_000_000, .error, "database: timeout acquiring connection")
        night.log("gateway", at: begin + second * 1_000_000 + 1, .error, "call to cart failed: HTTP 503")
      }
    }
    let found = incidents(night)
    #expect(found.count == 2)
    #expect(found.map { $0.rootCauses.first?.component } == ["c.e.catalog.Controller", "shop-db"])
    let cause = try #require(found.first?.rootCauses.first)
    #expect(!cause.evidence.isEmpty)
    #expect(cause.reasons.contains { if case .accused = $0 { true } else { false } })
    guard case .recorded = try #require(found.first).headline else {
      Issue.record("not told as records")
      return
    }
    #expect(incidents(quiet()).isEmpty)
  }

  @Test("who quotes what another one says itself passes it on: the cause is whose words they are")
  func quoted() throws {
    var night = quiet()
    for second in 600..<Int64(700) {
      for one in 0..<Int64(3) {
        let at = begin + second * 1_000_000 + one * 1000
        night.log(
          "gateway", at: at, .error, "cannot store order: ERROR: could not extend file: No space left on device")
        if one > 0 { night.log("ledger", at: at + 1, .error, "could not extend file: No space left on device") }
      }
    }
    let found = incidents(night)
    #expect(found.count == 1)
    #expect(found.first?.rootCauses.first?.component == "ledger")
    // What nobody else wrote at that time quotes nobody.
    var apart = quiet()
    apart.log("ledger", at: begin + 120_000_000, .error, "could not extend file: No space left on device")
    for second in 600..<Int64(700) {
      apart.log(
        "gateway", at: begin + second * 1_000_000, .error,
        "cannot store order: ERROR: could not extend file: No space left on device")
    }
    #expect(incidents(apart).first?.rootCauses.first?.component == "gateway")
    // Of short words that anybody says nothing follows.
    var plain = quiet()
    for second in 600..<Int64(700) {
      for one in 0..<Int64(3) {
        let at = begin + second * 1_000_000 + one * 1000
        plain.log("gateway", at: at, .error, "giving up: connection refused")
        if one > 0 { plain.log("ledger", at: at + 1, .error, "connection refused") }
      }
    }
    #expect(incidents(plain).first?.rootCauses.first?.component == "gateway")
  }

  @Test("a warning now and then of one that always warns is no incident, nor are two lines of one that never does")
  func background() {
    var night = quiet()
    for second in stride(from: 0, to: Int64(2400), by: 7) {
      night.log("cart-1", at: begin + second * 1_000_000, .warning, "retrying catalog")
    }
    night.log("gateway", at: begin + 900_000_000, .error, "connection reset")
    night.log("gateway", at: begin + 903_000_000, .error, "connection reset")
    #expect(incidents(night).isEmpty)
  }
}

@Suite("What it cost")
struct ImpactTests {
  @Test("failed and slow requests are counted by entry operation, and what they have in common is told")
  func impact() throws {
    let night = NightBuilder.shop { root, second in
      if second % 2 == 0 {
        root.operation = "GET /search"
        root.calls.removeLast()
      }
      guard (600..<720).contains(second), root.calls.count == 2 else { return }
      root.failure = .runtime
      root.calls[1].failure = .runtime
      root.calls[1].calls[0].failure = .runtime
    }
    let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
    #expect(findings.impact.requests == 1200)
    #expect(findings.impact.failed == 60)
    let incident = try #require(findings.incidents.first)
    #expect(incident.impact.entryPoints.first.map { [$0.operation] } == ["GET /"])
    #expect(incident.impact.failed == 60)
    let traits = incident.common.map(\.trait)
    #expect(traits.contains(.passed(component: "billing")))
    #expect(traits.contains(.entry(component: "front", operation: "GET /")))
    #expect(!traits.contains(.passed(component: "stock")))
  }

  @Test("a comparison of two times tells what failed more often, and of two like times nothing")
  func comparison() {
    let night = NightBuilder.shop { root, second in
      guard second >= 600 else { return }
      root.calls[0].calls[0].failure = .runtime
    }
    let partial = night.partial()
    let times = (0..<4).map { begin + $0 * 300_000_000..<begin + ($0 + 1) * 300_000_000 }
    let found = NightComparison.compare(
      before: (partial, times[0], "good"), after: (partial, times[2], "bad"))
    #expect(found.before.requests == 300)
    #expect(found.differences.contains { $0.subject == .component("stock") && $0.measure == .failureShare })
    #expect(!found.differences.contains { $0.subject == .component("billing") })
    let none = NightComparison.compare(before: (partial, times[0], "a"), after: (partial, times[1], "b"))
    #expect(none.differences.isEmpty)
  }
}
