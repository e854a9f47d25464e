// What is flaky and what is broken.

import Model
import TestAnalysis
import Testing

struct FlakinessTests {
  /// Builds in order, one letter each, of one test; a revision each, or one for all.
  private func conclude(_ outcomes: String, oneRevision: Bool = false) -> TestConclusion {
    var texts: [String: String] = [:]
    for (i, outcome) in outcomes.enumerated() {
      let day = i + 1 < 10 ? "0\(i + 1)" : "\(i + 1)"
      texts["build-\(day)/r.xml"] = NightReading.junit(
        [("t", outcome), ("other", "P")], revision: oneRevision ? "abc1234" : "rev\(day)",
        time: "2026-01-\(day)T00:00:00Z")
    }
    return NightReading.conclude(NightReading.partial(texts))
  }

  @Test("a regression is not flaky, and its first revision is named")
  func regression() throws {
    let found = conclude("PPPPPPFFFF").findings
    #expect(found.flaky.isEmpty)
    #expect(found.newlyFailing.map(\.line.test) == ["a.tTest > t"])
    #expect(found.newlyFailing.first?.since == "rev07")
    let incident = try #require(conclude("PPPPPPFFFF").incidents.first { $0.kind == .testRegression })
    #expect(incident.trigger == .tests(.revision("rev07")))
  }

  @Test("failures that come and go are flaky; one that was repaired is not")
  func comeAndGo() {
    #expect(conclude("PPFPPPFPPP").findings.flaky.map(\.basis) == [.history])
    #expect(conclude("PPPFFFFFPP").findings.flaky.isEmpty)
    #expect(conclude("PPPPFPPPPP").findings.flaky.isEmpty)
    #expect(conclude("PPPPPPPPPP").findings.flaky.isEmpty)
  }

  @Test("one revision that fails and passes is flaky at once")
  func sameRevision() {
    #expect(conclude("PFP", oneRevision: true).findings.flaky.map(\.basis) == [.sameRevision])
  }

  @Test("a skipped test says nothing")
  func skipped() {
    #expect(conclude("PSSPSPSP").findings.flaky.isEmpty)
  }

  @Test("one failure in three runs ranks below sixty in a thousand")
  func lowerBound() {
    let few = BetaBelief(failures: 1, runs: 3).quantile(0.05)
    let many = BetaBelief(failures: 60, runs: 1000).quantile(0.05)
    #expect(few < many)
    #expect(abs(many - 0.047) < 0.003)
  }

  @Test("nights of the history count like builds")
  func history() {
    var history = TestHistory()
    for (i, outcome) in "PPFPPPFPP".enumerated() {
      let night = NightReading.partial(["b/r.xml": NightReading.junit([("t", outcome), ("u", "P")])])
      history.nights.append(NightReading.conclude(night, history: history, date: "2026-01-0\(i + 1)").night)
    }
    let tonight = NightReading.partial(["b/r.xml": NightReading.junit([("t", "P"), ("u", "P")])])
    let found = NightReading.conclude(tonight, history: history, date: "2026-01-10")
    #expect(found.findings.flaky.map(\.basis) == [.history])
    #expect(found.findings.flaky.map(\.line.test) == ["a.tTest > t"])
    let broken = NightReading.partial(["b/r.xml": NightReading.junit([("t", "P"), ("u", "F")])])
    let failing = NightReading.conclude(broken, history: history, date: "2026-01-10").findings
    #expect(failing.newlyFailing.map(\.line.test) == ["a.uTest > u"])
    #expect(failing.failing.map(\.status) == [.new])
    #expect(failing.unexcused == 1)
  }
}
