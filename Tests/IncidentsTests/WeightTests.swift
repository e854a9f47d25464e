import Incidents
import Model
import Support
import Testing

@Suite("Sampled requests")
struct WeightTests {
  @Test("whole numbers up to 2,047, powers of two and their multiples are exact, any other within .05 %")
  func weights() {
    for value in [1.0, 2, 3, 10, 100, 1000, 2047, 4096, 0x1p32] { #expect(SampleWeight(value).value == value) }
    for value in [1.0 / 0.3, 12_345, 1e6] { #expect(abs(SampleWeight(value).value / value - 1) < 0.0005) }
    for value in [0, -5, 0.5, .nan, -.infinity] { #expect(SampleWeight(value) == .one) }
    #expect(SampleWeight(.infinity) == .one)
    #expect(SampleWeight(1e300).value == 0x1p32)
    #expect(SampleWeight(code: 1 << 40) == nil)
    #expect(SampleWeight(code: UInt64(SampleWeight(10).code)) == SampleWeight(10))
  }

  /// Ten minutes of requests of which one in ten that went well was kept, and every one that failed.
  private func impact(weight: Double) -> Impact {
    var night = NightBuilder()
    for number in 0..<600 {
      let fails = number % 2 == 1
      night.request(
        UInt64(number + 1), at: Int64(number) * 1_000_000 + 1_795_572_000_000_000,
        NightBuilder.Call(component: "web", failure: fails ? .unavailable : nil), weight: fails ? 1 : weight)
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).impact
  }

  @Test("the night's requests are weighed beside what was kept")
  func weighed() {
    let impact = impact(weight: 10)
    #expect(impact.requests == 600)
    #expect(impact.failed == 300)
    #expect(impact.weighed == Impact.Weighed(requests: 3300, failed: 300))
  }

  @Test("requests without durations are neither slow nor in the way of those that have one")
  func untimed() {
    var night = NightBuilder()
    for number in 0..<600 {
      night.request(
        UInt64(number + 1), at: Int64(number) * 1_000_000 + 1_795_572_000_000_000,
        NightBuilder.Call(component: "web", duration: number % 4 == 0 ? 100_000 : 0))
      if number % 4 != 0 { night.mark(.untimed) }
    }
    let findings = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
    #expect(findings.impact.requests == 600)
    #expect(findings.impact.slow == 0)
    #expect(findings.components.first?.latency?.count == 150)
  }

  @Test("where each stands for itself nothing is weighed")
  func unweighed() { #expect(impact(weight: 1).weighed == nil) }
}
