import Incidents
import Model
import Testing

/// Errors that come all night, now of this callee and now of that: what they are no more than usual makes no incident.
@Suite("Complaints of a whole night")
struct UsualComplaintTests {
  private static let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

  /// Twenty minutes in which a front asks six others, of which each minute one other cannot be reached by so many requests of sixty.
  private func night(
    names: Bool = true, also change: (inout NightBuilder.Call, Int64) -> Void = { _, _ in },
    _ breaking: (Int64) -> Int64
  ) -> IncidentFindings {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      let minute = second / 60
      var root = NightBuilder.Call(component: "front", operation: "GET /", duration: 20_000)
      for leaf in 0..<Int64(6) {
        if leaf == minute % 6, second * 7 % 60 < breaking(minute) {
          root.errors = [names ? "No instances available for leaf-\(leaf)" : "out of paper"]
          root.duration = 1000 + leaf * 3000
          break
        }
        root.calls.append(
          NightBuilder.Call(component: "leaf-\(leaf)", operation: "read", at: 500 + leaf * 3000, duration: 2000))
      }
      change(&root, second)
      night.request(UInt64(second + 1), at: Self.begin + second * 1_000_000, root)
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings())
  }

  @Test("what comes all night is told once, and no minute of it is an incident")
  func usual() throws {
    let found = night { _ in 12 }
    #expect(found.incidents.isEmpty)
    let told = try #require(found.complaints.first)
    #expect(found.complaints.count == 1)
    #expect(told.message.text == "No instances available for …")
    #expect((told.records, told.minutes, told.ofMinutes, told.most) == (240, 20, 20, 12))
  }

  @Test("a minute with clearly more of it is one")
  func more() {
    let found = night { $0 == 10 ? 40 : 12 }
    #expect(found.incidents.count == 1)
    #expect((found.incidents.first?.start ?? 0) / 60_000_000 == Self.begin / 60_000_000 + 10)
    #expect(found.complaints.first?.mostAt == Self.begin + 600_000_000)
  }

  @Test("what comes all night is no evidence of an incident of another thing, and sets no onset")
  func noEvidence() throws {
    let found = night(also: { root, second in
      guard (617..<700).contains(second) else { return }
      root.notes = [(at: 100, text: "TraceID: 4bf92f3577b3 SpanID: 00f067aa0b a new way")]
    }) { _ in 12 }
    let incident = try #require(found.incidents.first)
    #expect((incident.start - Self.begin) / 1_000_000 == 617)
    let said = incident.rootCauses.flatMap(\.reasons).map { "\($0)" }.joined()
    #expect(said.contains("a new way") && !said.contains("No instances") && !said.contains("TraceID"))
  }

  @Test("what comes in a few minutes only is not usual")
  func few() {
    let found = night { $0 % 8 == 3 ? 12 : 0 }
    #expect(found.incidents.count == 3)
    #expect(found.complaints.isEmpty)
  }

  @Test("an error that names nobody is no complaint")
  func nobody() { #expect(night(names: false) { _ in 12 }.complaints.isEmpty) }
}
