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
    let report = NightReading.junit([("t", "P"), ("u", "F")])
    let once = NightReading.partial(["b/r.xml": report])
    // A test of this project has come and gone, none broke: one failure is as likely the next flake.
    let doubtful = NightReading.conclude(once, history: history, date: "2026-01-10").findings
    #expect(doubtful.newlyFailing.isEmpty)
    #expect(doubtful.failing.map(\.status) == [.new])
    #expect(doubtful.failing.first?.doubt == TestFindings.Doubt(flaky: 1, broken: 0))
    #expect(doubtful.unexcused == 1)
    let thrice = NightReading.partial(["build-1/r.xml": report, "build-2/r.xml": report + " ", "build-3/r.xml": report])
    let failing = NightReading.conclude(thrice, history: history, date: "2026-01-10").findings
    #expect(failing.newlyFailing.map(\.line.test) == ["a.uTest > u"])
    #expect(failing.failing.first?.doubt == nil)
  }

  @Test("one failure of a project without flaky tests is taken for a break")
  func firstFailure() {
    let found = conclude("PPPPPPPPPF").findings
    #expect(found.newlyFailing.map(\.line.test) == ["a.tTest > t"])
    // It came and went before: two failures at the end are no news yet.
    let again = conclude("PPPFPPPPFF").findings
    #expect(again.newlyFailing.isEmpty && again.failing.map(\.status) == [.new])
  }
}
