import Incidents
import Model
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// Requests whose lines share an id and nothing else.
@Suite("Requests of several roots")
struct SeveralRootTests {
  /// Twenty minutes in which an edge asks a service that asks stock up to three times, each line a root of its own; and in five minutes
  /// its first attempts fail.
  private func night(edgeFails: Bool) -> NightBuilder {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      let isBad = (600..<900).contains(second)
      let failure: FailureKind? = isBad && edgeFails && second % 3 == 0 ? .unavailable : nil
      var roots = [
        NightBuilder.Call(component: "edge", operation: "GET /", duration: 60_000 + second % 7, failure: failure),
        NightBuilder.Call(
          component: "stock", operation: "GET /stock", at: 2000, duration: 5000, failure: isBad ? .unavailable : nil),
      ]
      if isBad {
        roots.append(
          NightBuilder.Call(
            component: "stock", operation: "GET /stock", at: 20_000, duration: 5000, failure: .unavailable))
        roots.append(
          NightBuilder.Call(component: "stock", operation: "GET /stock", at: 40_000, duration: 5000, failure: failure))
      }
      night.requests(UInt64(second + 1), at: begin + second * 1_000_000, roots)
    }
    return night
  }

  @Test("a request fails once, however many of its attempts do, and not at all where it went on without them")
  func attempts() throws {
    let found = IncidentAnalysis.conclude(night(edgeFails: true).partial(), settings: IncidentSettings())
    #expect(found.impact.failed == 100)
    for incident in found.incidents {
      guard case .failed(_, _, let told) = incident.headline else { continue }
      #expect(told.failed <= incident.impact.failed)
      #expect(told.failed <= told.requests)
    }
    let well = IncidentAnalysis.conclude(night(edgeFails: false).partial(), settings: IncidentSettings())
    #expect(well.impact.failed == 0)
  }
}
