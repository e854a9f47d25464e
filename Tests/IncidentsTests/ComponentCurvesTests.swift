import Incidents
import Model
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// The curves of a report: requests, failures and own time by component and slot.
@Suite("Component curves")
struct ComponentCurvesTests {
  private func curves(_ night: NightBuilder) -> [String: [ComponentCurve.Point]] {
    let found = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).curves
    return Dictionary(uniqueKeysWithValues: found.map { ($0.component.text, $0.points) })
  }

  @Test("every component has a point a minute, with its requests, its failures, and the time in its own code")
  func points() throws {
    let night = NightBuilder.shop { root, second in
      guard (600..<630).contains(second) else { return }
      root.calls[1].calls[0].failure = .unavailable
    }
    let curves = curves(night)
    #expect(curves.keys.sorted() == ["billing", "front", "stock"])
    for points in curves.values {
      #expect(points.map(\.at) == (0..<20).map { begin + $0 * 60_000_000 })
      #expect(points.allSatisfy { $0.requests == 60 })
    }
    let billing = try #require(curves["billing"])
    #expect(billing.enumerated().filter { $0.element.failures > 0 }.map(\.offset) == [10])
    #expect(billing[10].failures == 30)
    #expect(billing.allSatisfy { $0.ownTime == 7000 })
    #expect(curves["stock"]?.allSatisfy { $0.failures == 0 } == true)
  }

  @Test("a minute without a request has no point, and a long night has as many as a picture has room for")
  func gapsAndLength() throws {
    var night = NightBuilder()
    for minute in [0, 1, 5] as [Int64] {
      night.request(UInt64(minute + 1), at: begin + minute * 60_000_000, NightBuilder.Call(component: "a"))
    }
    #expect(try #require(curves(night)["a"]).map { ($0.at - begin) / 60_000_000 } == [0, 1, 5])

    var long = NightBuilder()
    for minute in 0..<1440 as Range<Int64> {
      long.request(UInt64(minute + 1), at: begin + minute * 60_000_000, NightBuilder.Call(component: "a"))
    }
    let points = try #require(curves(long)["a"])
    #expect(points.count <= 241)
    #expect(points.count >= 200)
    #expect(points.reduce(0) { $0 + $1.requests } == 1440)
  }

  @Test("a component that is only known by what its callers saw has no curve")
  func silentCallee() {
    var night = NightBuilder()
    night.request(
      1, at: begin,
      NightBuilder.Call(
        component: "a", calls: [NightBuilder.Call(component: "a", kind: .client, at: 1, duration: 5, peer: "db")]))
    #expect(curves(night).keys.sorted() == ["a"])
  }
}
