import Incidents
import Model
import Testing

@Suite("Stretches without records")
struct SilentTimeTests {
  /// Two hours of two programs, a line every other second but in some seconds.
  private func told(_ isSilent: (String, Int64) -> Bool) -> [String] {
    var night = NightBuilder()
    let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
    for second in stride(from: Int64(0), to: 7200, by: 2) {
      for name in ["api", "billing"] where !isSilent(name, second) {
        night.log(name, at: begin + second * 1_000_000, .info, "done")
      }
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).silentTimes.map {
      "\($0.components.map(\.text).joined(separator: ",")) \(($0.start - begin) / 60_000_000)-\(($0.end - begin) / 60_000_000) \($0.usual)"
    }
  }

  @Test("one that is never silent is told of where it is, alone or with all others")
  func missing() {
    #expect(told { $0 == "api" && (3600..<4800).contains($1) } == ["api 60-80 600"])
    #expect(told { (3600..<4800).contains($1) } == ["api,billing 60-80 1200"])
    #expect(told { _, _ in false }.isEmpty)
  }

  @Test("what pauses again and again, or for a few minutes, or for most of its time, does so by itself")
  func usual() {
    #expect(told { $0 == "api" && $1 % 1200 < 600 }.isEmpty)
    #expect(told { $0 == "api" && (3600..<3840).contains($1) }.isEmpty)
    #expect(told { $0 == "api" && (600..<6600).contains($1) }.isEmpty)
  }
}
