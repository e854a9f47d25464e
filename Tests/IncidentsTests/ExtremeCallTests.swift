import Glibc
import Incidents
import Model
import Testing

/// Single calls that nothing else of the night comes near.
@Suite("Extreme calls")
struct ExtremeCallTests {
  private static let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

  /// The shop whose ways take up to a tenth of a second, most of them far less; the calls of billing take more at some seconds, and
  /// users wait for them or do not.
  private func incidents(longer: Int64, at seconds: Set<Int64> = [617], isWaitedFor: Bool = true) -> [Incident] {
    let night = NightBuilder.shop { root, second in
      let draw = second * 7919 % 1009
      let tail = draw * draw / 1009 * draw / 1009 * 100
      root.calls[0].duration += tail
      root.duration += tail
      guard seconds.contains(second) else { return }
      root.calls[1].duration += longer
      if isWaitedFor { root.duration += longer }
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  @Test("one call that nothing of the night comes near is told of its callee, and no more is made of it than it is")
  func one() throws {
    let found = incidents(longer: 3_000_000)
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.rootCauses.first?.component == "billing")
    #expect(incident.kind == .latencyRegression)
    #expect(incident.severity == .info)
    #expect((incident.start - Self.begin) / 1_000_000 == 610)
    #expect(incident.reasoning.contains(.oneCall))
  }

  @Test("a call that no user waited for, or notices, is none")
  func unnoticed() {
    #expect(incidents(longer: 3_000_000, isWaitedFor: false).isEmpty)
    #expect(incidents(longer: 700_000).isEmpty)
    #expect(incidents(longer: 0).isEmpty)
  }

  @Test("where such calls come now and then, none of them is extreme")
  func usual() {
    let now = Set(stride(from: Int64(17), to: 1200, by: 97))
    #expect(incidents(longer: 3_000_000, at: now).isEmpty)
  }

  @Test("several in a night do not hide one another, however different they are")
  func several() {
    let night = NightBuilder.shop { root, second in
      let draw = second * 7919 % 1009
      let tail = draw * draw / 1009 * draw / 1009 * 100
      let held: Int64 = second % 200 == 17 ? (2 + second / 200 * 2) * 1_000_000 : 0
      root.calls[0].duration += tail
      root.calls[1].duration += held
      root.duration += tail + held
    }
    let found = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
    #expect(found.map { ($0.start - Self.begin) / 1_000_000 } == [10, 210, 410, 610, 810, 1010])
    #expect(found.allSatisfy { $0.rootCauses.first?.component == "billing" && $0.severity == .info })
  }

  @Test(
    "where calls have a heavy tail, the longest of a night is none that chance does not make",
    arguments: [1.2, 1.5, 2, 3])
  func heavyTail(exponent: Double) {
    let night = NightBuilder.shop { root, second in
      // Each place of the distribution once in 1009 requests, out of order.
      let place = (Double(second * 7919 % 1009) + 0.5) / 1009
      let took = min(Int64(20_000 * pow(place, -1 / exponent)), 60_000_000)
      root.calls[1].duration += took
      root.duration += took
    }
    #expect(IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.isEmpty)
  }

  @Test("one that comes just before a stretch of the same component begins it")
  func begins() throws {
    let found = incidents(longer: 3_000_000, at: Set([617]).union(665..<720))
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect((incident.start - Self.begin) / 1_000_000 == 610)
    #expect(incident.severity > .info)
  }
}
