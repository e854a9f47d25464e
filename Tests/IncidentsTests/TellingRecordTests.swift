import Incidents
import Model
import Testing

@Suite("What the logs say in an incident and next to never else")
struct TellingRecordTests {
  /// Twenty minutes with two bad ones, in which the program complains at every failure, and all night long of something else.
  private func told(complaints: ClosedRange<Int64>) throws -> [String] {
    var night = NightBuilder()
    let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
    for second in 0..<Int64(1200) {
      let failure: FailureKind? = (600..<720).contains(second) ? .runtime : nil
      let time = begin + second * 1_000_000
      night.request(
        UInt64(second + 1), at: time,
        NightBuilder.Call(component: "app", operation: "GET /", duration: 9000, failure: failure))
      if complaints.contains(second) { night.log("app", at: time, .error, "pool exhausted") }
      if second % 30 == 0 { night.log("app", at: time, .warning, "cache is cold") }
    }
    let incident = try #require(
      IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.first {
        $0.start < begin + 720_000_000
      })
    return incident.reasoning.compactMap {
      guard case .records(let component, let lines, let total, let saying) = $0 else { return nil }
      return "\(component.text) \(lines) of \(total): \(saying.text)"
    }
  }

  @Test("lines that stand in it alone are told, those of the whole night are not")
  func inside() throws { #expect(try told(complaints: 600...719) == ["app 120 of 120: pool exhausted"]) }

  @Test("lines that the night has as often elsewhere are no sign")
  func elsewhere() throws { #expect(try told(complaints: 0...1199).isEmpty) }
}
