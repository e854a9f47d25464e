import Incidents
import Model
import Testing

/// What stands beside a graver incident, and what is told with it.
@Suite("Standing beside others")
struct StandingTests {
  /// The shop, whose front takes two seconds by itself; stock takes some milliseconds more for two minutes, billing far more or not.
  private func incidents(billing: Int64, stock: Int64 = 8000) -> [Incident] {
    let night = NightBuilder.shop { root, second in
      root.duration += 2_000_000
      guard (600..<720).contains(second) else { return }
      for (index, more) in [stock, billing].enumerated() {
        root.calls[index].duration += more
        root.calls[index].calls[0].duration += more
        root.duration += more
      }
      root.calls[1].at += stock
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  @Test("slowness that cost users next to nothing stands alone, and beside what cost them more it is told there")
  func slight() throws {
    let alone = incidents(billing: 0)
    #expect(alone.count == 1)
    #expect(alone.first?.severity == .info)
    let beside = incidents(billing: 400_000)
    #expect(beside.count == 1)
    let graver = try #require(beside.first)
    #expect(graver.rootCauses.first?.component == "billing")
    #expect(
      graver.reasoning.contains { if case .beside(["stock"], _, _, false) = $0 { true } else { false } })
  }

  @Test("two that both cost users time are two")
  func both() { #expect(incidents(billing: 400_000, stock: 400_000).count == 2) }
}
