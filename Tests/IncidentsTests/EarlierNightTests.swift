import Model
import Incidents
import Support
import Testing

/// Trouble that lasts all night is the night's own usual state: only earlier nights tell.
@Suite("Earlier nights")
struct EarlierNightTests {
  private func findings(_ night: NightBuilder, after: [IncidentFindings] = []) -> IncidentFindings {
    IncidentAnalysis.conclude(
      night.partial(), settings: IncidentSettings(), earlier: IncidentProfile.usual(after.map(\.profile)))
  }

  private func slowNight() -> NightBuilder {
    NightBuilder.shop { root, _ in
      root.duration += 30_000
      root.calls[0].duration += 30_000
      root.calls[0].calls[0].duration += 30_000
      root.calls[1].at += 30_000
    }
  }

  private func failingNight() -> NightBuilder {
    NightBuilder.shop { root, second in
      guard second % 4 == 0 else { return }
      root.failure = .runtime
      root.calls[1].failure = .runtime
      root.calls[1].calls[0].failure = .runtime
    }
  }

  @Test("a component that is slow from the first minute on is found on the second night, with figures and records")
  func slowAllNight() throws {
    let healthy = findings(NightBuilder.shop())
    #expect(healthy.incidents.isEmpty)
    #expect(findings(slowNight()).incidents.isEmpty)
    let found = findings(slowNight(), after: [healthy]).incidents
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.kind == .latencyRegression)
    #expect(incident.rootCauses.first?.component == "stock")
    #expect(
      incident.rootCauses.first?.reasons.contains { reason in
        if case .slowCode(_, let usual) = reason { return (7000..<8000).contains(usual) }
        return false
      } == true)
    #expect(incident.rootCauses.first?.evidence.isEmpty == false)
    #expect(incident.end - incident.start > 19 * 60_000_000)
  }

  @Test("a way that is slow from the first minute on is found on the second night")
  func slowWayAllNight() throws {
    let slow = NightBuilder.shop { root, _ in
      root.duration += 60_000
      root.calls[1].duration += 60_000
      root.calls[1].calls[0].at += 30_000
    }
    #expect(findings(slow).incidents.isEmpty)
    let incident = try #require(findings(slow, after: [findings(NightBuilder.shop())]).incidents.first)
    #expect(incident.kind == .latencyRegression)
    #expect(incident.rootCauses.first?.component == "billing")
  }

  @Test("failures at an even rate all night are found on the second night")
  func failingAllNight() throws {
    #expect(findings(failingNight()).incidents.isEmpty)
    let incident = try #require(findings(failingNight(), after: [findings(NightBuilder.shop())]).incidents.first)
    #expect(incident.kind == .cascade)
    #expect(incident.rootCauses.first?.component == "billing")
    #expect(incident.components.first { $0.id == "billing" }?.failures == 300)
  }

  @Test(
    "a night like the earlier ones, or a fifth slower, is no incident; a bad night is not the usual beside a good one")
  func usual() {
    let healthy = findings(NightBuilder.shop())
    #expect(findings(NightBuilder.shop(), after: [healthy]).incidents.isEmpty)
    let slower = NightBuilder.shop { root, _ in
      root.duration += 1400
      root.calls[0].duration += 1400
      root.calls[0].calls[0].duration += 1400
    }
    #expect(findings(slower, after: [healthy]).incidents.isEmpty)
    #expect(findings(slowNight(), after: [findings(slowNight()), healthy]).incidents.count == 1)
  }

  @Test("the profile survives its binary form, and a damaged form is refused")
  func binaryForm() throws {
    let profile = findings(NightBuilder.shop()).profile
    var writer = ByteWriter()
    profile.encode(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try IncidentProfile(from: &reader) == profile)
    #expect(reader.remaining == 0)
    #expect(writer.bytes.count > 50)
    for cut in [0, 1, writer.bytes.count / 2, writer.bytes.count - 1] {
      var short = ByteReader(Array(writer.bytes.prefix(cut)))
      #expect(throws: DecodeFailure.self) { try IncidentProfile(from: &short) }
    }
  }
}
