import Incidents
import Model
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// Deaths that memory announced, and deaths that it did not.
@Suite("Memory that grows")
struct MemoryGrowthTests {
  /// The shop whose stock dies once at ten minutes, with its memory read each minute.
  private func incidents(dies: Bool = true, metric: String = "process.memory.usage", _ memory: (Int) -> Double)
    -> [Incident]
  {
    var night = NightBuilder.shop()
    for minute in 0..<20 { night.metric("stock", metric, at: begin + Int64(minute) * 60_000_000, memory(minute)) }
    if dies { night.event("stock", .childExited, at: begin + 600_500_000, subject: "killed") }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  /// Megabytes: up to the death at ten minutes, and from anew.
  private static func leak(_ minute: Int) -> Double { 200 + 50 * Double(minute <= 10 ? minute : minute - 11) }

  @Test("one death is an incident where memory grew until it came, and says so with the reading")
  func leak() throws {
    let found = incidents(Self.leak)
    let incident = try #require(found.first)
    #expect(found.count == 1)
    #expect(incident.kind == .errorBurst)
    #expect(incident.headline == .crashed(cause: "stock", deaths: 1, affected: [], RequestImpact(requests: 10)))
    let cause = try #require(incident.rootCauses.first)
    #expect(cause.component == "stock")
    #expect(
      cause.reasons.contains {
        if case .memoryGrew("process.memory.usage", let from, let to, _) = $0 { to > 2 * from } else { false }
      })
    #expect(cause.evidence.contains { $0.location.member == "spans.csv" })
  }

  @Test(
    "a death with level memory, memory of no use, a leak without a death and one that a restart did not end are none")
  func others() {
    #expect(incidents { _ in 200 }.isEmpty)
    #expect(incidents { 200 + Double($0 * 37 % 11) }.isEmpty)
    #expect(incidents(metric: "memory.limit", Self.leak).isEmpty)
    #expect(incidents(metric: "jobs.done", Self.leak).isEmpty)
    #expect(incidents(dies: false, Self.leak).isEmpty)
    #expect(incidents { 200 + 50 * Double($0) }.isEmpty)
  }
}

/// Failures that go on when what set them off is over.
@Suite("Outlived triggers")
struct OutlivedTriggerTests {
  /// The shop with twice its requests in one minute, and a billing that fails for some seconds from then on.
  private func night(failing: Range<Int64>, attempts: UInt8, spike: Bool = true) -> NightBuilder {
    var number: UInt64 = 1_000_000
    var extra: [(UInt64, Int64)] = []
    if spike {
      for second in 600..<660 {
        for _ in 0..<2 {
          number += 1
          extra.append((number, Int64(second)))
        }
      }
    }
    func fail(_ root: inout NightBuilder.Call, _ second: Int64) {
      guard failing.contains(second) else { return }
      root.failure = .unavailable
      root.calls[1].failure = .unavailable
      root.calls[1].calls[0].failure = .unavailable
      let call = root.calls[1]
      root.calls += (1..<attempts).map { attempt in
        var again = call
        again.at += Int64(attempt) * 100
        again.attempt = attempt + 1
        return again
      }
    }
    var night = NightBuilder.shop { fail(&$0, $1) }
    for (number, second) in extra {
      var root = NightBuilder.Call(
        component: "front", operation: "GET /", duration: 20_000,
        calls: [
          NightBuilder.Call(
            component: "front", operation: "call stock", kind: .client, at: 1000, duration: 8000, peer: "stock",
            calls: [NightBuilder.Call(component: "stock", operation: "reserve", at: 500, duration: 7000)]),
          NightBuilder.Call(
            component: "front", operation: "call billing", kind: .client, at: 10_000, duration: 8000, peer: "billing",
            calls: [NightBuilder.Call(component: "billing", operation: "charge", at: 500, duration: 7000)]),
        ])
      fail(&root, second)
      night.request(number, at: begin + second * 1_000_000 + 500_000, root)
    }
    return night
  }

  private func outlived(_ night: NightBuilder) -> [IncidentReasoning] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.flatMap(\.reasoning).filter {
      if case .outlived = $0 { true } else { false }
    }
  }

  @Test("failures with retries that go on for minutes after a wave of load are said to outlive it")
  func metastable() throws {
    let said = try #require(outlived(night(failing: 605..<960, attempts: 4)).first)
    guard case .outlived(.load(let most, let usual), let over, let until, let attempts, _) = said else {
      Issue.record("no wave of load")
      return
    }
    #expect(most == 180)
    #expect(usual == 60)
    #expect(over == begin + 660_000_000)
    #expect(until > begin + 940_000_000)
    #expect(attempts > 2)
  }

  @Test("failures that end with the wave, that nobody retries, or that no wave goes before, outlive nothing")
  func others() {
    #expect(outlived(night(failing: 605..<665, attempts: 4)).isEmpty)
    #expect(outlived(night(failing: 605..<960, attempts: 1)).isEmpty)
    #expect(outlived(night(failing: 605..<960, attempts: 4, spike: false)).isEmpty)
  }
}
