import Incidents
import Model
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// A broker whose log alone tells of it, beside requests that go their own way.
@Suite("Logs beside requests")
struct LogsBesideRequestsTests {
  /// The shop for an hour, or a proxy that is asked each five seconds whether all is well, and a broker that fails for ten minutes.
  private func incidents(_ night: NightBuilder, as component: String = "broker") -> [Incident] {
    var night = night
    for second in stride(from: 0, to: Int64(3600), by: 10) {
      night.log(component, at: begin + second * 1_000_000, .info, "replicated")
      guard (1800..<2400).contains(second) else { continue }
      for line in 0..<Int64(5) {
        night.log(component, at: begin + second * 1_000_000 + line, .error, "disk is full, giving up on partition")
      }
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  private func isRecorded(_ incident: Incident, _ component: ForeignName) -> Bool {
    guard case .recorded(let cause, _) = incident.headline else { return false }
    return cause == component
  }

  @Test("what a component's log alone tells of is found beside an access log, and beside traces")
  func found() {
    var probed = NightBuilder()
    for second in stride(from: 0, to: Int64(3600), by: 5) {
      probed.request(
        UInt64(second + 1), at: begin + second * 1_000_000,
        NightBuilder.Call(component: "proxy", operation: "GET /healthz", duration: 400))
    }
    let proxied = incidents(probed)
    #expect(proxied.count == 1 && proxied.allSatisfy { isRecorded($0, "broker") })
    let traced = incidents(NightBuilder.shop(minutes: 60))
    #expect(traced.count == 1 && traced.allSatisfy { isRecorded($0, "broker") })
  }

  @Test("one that serves requests is judged by those")
  func serving() { #expect(incidents(NightBuilder.shop(minutes: 60), as: "stock").isEmpty) }

  @Test("where requests fail meanwhile, it is told there and is no incident of its own")
  func beside() {
    let found = incidents(
      NightBuilder.shop(minutes: 60) { root, second in
        guard (1790..<2400).contains(second) else { return }
        (root.failure, root.calls[0].failure, root.calls[0].calls[0].failure) = (.runtime, .runtime, .runtime)
      })
    #expect(found.count == 1 && !found.contains { isRecorded($0, "broker") })
  }
}
