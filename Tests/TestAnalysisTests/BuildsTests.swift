// Which reports make a build, and what tells configurations, attempts, branches and tests apart.

import Model
import TestAnalysis
import Testing

struct BuildsTests {
  /// A report of two tests, `t` as given and `other` passed.
  private func report(
    _ outcome: Character, at time: String = "2026-11-02T01:00:00", host: String = "", name: String = "t"
  ) -> String {
    let failure = outcome == "F" ? "<failure message=\"no: \(name)\">at a.T.run(T.java:7)</failure>" : ""
    let stamp = time.isEmpty ? "" : " timestamp=\"\(time)\""
    return
      "<testsuite name=\"a.T\"\(stamp) hostname=\"\(host)\"><testcase classname=\"a.T\" name=\"\(name)\" time=\"0.5\">"
      + "\(failure)</testcase><testcase classname=\"a.T\" name=\"\(name)Other\" time=\"0.4\"/></testsuite>"
  }

  private func findings(_ texts: [String: String]) -> TestFindings {
    NightReading.conclude(NightReading.partial(texts)).findings
  }

  @Test("a test that fails in every job of one cell is broken there, never flaky")
  func matrix() {
    var texts: [String: String] = [:]
    for (i, sha) in ["9f1c2ab77d01", "0be4417c9a52", "c7713f0de8b4"].enumerated() {
      texts["\(sha)/tests-windows/r.xml"] = report("F", at: "2026-11-02T0\(i):00:00")
      texts["\(sha)/tests-linux/r.xml"] = report("P", at: "2026-11-02T0\(i):01:00")
    }
    let found = findings(texts)
    #expect(found.flaky.isEmpty && found.quarantine.isEmpty)
    #expect(found.configurations == ["linux", "windows"])
    #expect(
      found.builds.count == 3 && found.builds.allSatisfy { $0.configurations.count == 2 && $0.outcome == .failed })
    #expect(found.failing.map(\.line.configuration) == ["windows"])
    #expect(found.failing.first?.status == .configuration && found.failing.first?.failedBuilds == 3)
  }

  @Test("modules and shards are one build, whatever they are called")
  func modules() {
    let found = findings([
      "9f1c2ab77d01/cart/target/r.xml": report("P", name: "a"), "9f1c2ab77d01/pay/target/r.xml": report("P", name: "b"),
      "9f1c2ab77d01/shard-1-of-2/s.xml": report("P", name: "c"),
      "9f1c2ab77d01/shard-2-of-2/s.xml": report("P", name: "d"),
    ])
    #expect(found.builds.count == 1 && found.configurations.isEmpty)
  }

  @Test("the second of two reports in one folder is a rerun where the first failed, a cell where it did not")
  func attempts() {
    let rerun = findings(["run1.xml": report("F"), "run2.xml": report("P", at: "2026-11-02T02:00:00")])
    #expect(rerun.flaky.map(\.basis) == [.sameRevision] && rerun.failing.isEmpty && rerun.builds.count == 1)
    let cells = findings(["r-chrome.xml": report("F"), "r-firefox.xml": report("P", at: "2026-11-02T02:00:00")])
    #expect(cells.flaky.isEmpty && cells.failing.map(\.line.configuration) == ["chrome"])
  }

  @Test("what one build tells twice counts once")
  func copies() {
    let found = findings(["a/unit.zip!r.xml": report("F"), "a/all.zip!r.xml": report("F")])
    #expect(found.attempts == 2 && found.failed == 1 && found.flaky.isEmpty)
  }

  @Test("numbers order builds where nothing has a time, and the order is unknown where nothing tells")
  func order() {
    var texts: [String: String] = [:]
    for number in 8...11 { texts["build-\(number)/r.xml"] = report(number > 9 ? "F" : "P", at: "") }
    let found = findings(texts)
    #expect(found.isOrderKnown && found.newlyFailing.map(\.since) == ["build-10"])
    #expect(found.failing.first?.lastPassed == "build-9")
    let unknown = findings(["9f1c2ab77d01/r.xml": report("F", at: ""), "0be4417c9a52/r.xml": report("P", at: "")])
    #expect(!unknown.isOrderKnown && unknown.newlyFailing.isEmpty)
  }

  @Test("a regression between two builds of one revision names the builds, any other the revision")
  func oneRevision() throws {
    func night(again: Int) throws -> (failing: TestFindings.FailingTest, incident: Incident) {
      var texts: [String: String] = [:]
      for number in 1...15 {
        let revision = "c7713f0d\(1000 + (number == again ? number - 1 : number))"
        let time = "2026-11-02T\(number < 10 ? "0" : "")\(number):00:00"
        texts["build-\(number)-\(revision)/r.xml"] = report(number > 12 ? "F" : "P", at: time)
      }
      let found = NightReading.conclude(NightReading.partial(texts))
      return (try #require(found.findings.failing.first), try #require(found.incidents.first))
    }
    let other = try night(again: 0)
    #expect(other.failing.since == "c7713f0d1013" && other.failing.sinceBuild == nil)
    #expect(other.incident.trigger == .tests(.revision("c7713f0d1013")))
    let same = try night(again: 13)
    #expect(same.failing.since == "c7713f0d1012" && same.failing.lastPassed == "c7713f0d1012")
    let build = try #require(same.failing.sinceBuild)
    #expect(build.text.contains("build-13") && same.failing.lastPassedBuild?.text.contains("build-12") == true)
    #expect(same.incident.trigger == .tests(.build(build)))
    #expect(same.incident.rootCauses.map(\.component) == [build])
  }

  @Test("a branch has a history of its own")
  func branches() {
    var texts: [String: String] = [:]
    for (i, sha) in ["9f1c2ab77d01", "0be4417c9a52", "c7713f0de8b4"].enumerated() {
      texts["main/\(sha)/r.xml"] = report("P", at: "2026-11-02T0\(i):00:00")
      texts["feature-vat/a\(sha)/r.xml"] = report("F", at: "2026-11-02T0\(i):30:00")
    }
    let found = findings(texts)
    #expect(found.flaky.isEmpty && found.builds.count == 6)
    #expect(found.failing.map(\.line.branch) == ["feature-vat"])
  }

  @Test("parameters that change with every build are masked, those that stay are not")
  func parameters() {
    func night(_ a: String, _ b: String) -> String {
      "<testsuite name=\"s\" timestamp=\"2026-11-02T01:00:00\"><testcase classname=\"c\" name=\"id[\(a)]\" time=\"1\"/>"
        + "<testcase classname=\"c\" name=\"when[2026-01-01]\" time=\"1\"/><testcase classname=\"c\" name=\"when[\(b)]\" time=\"1\"/></testsuite>"
    }
    let found = findings([
      "build-1/r.xml": night("b8a1abcd-1a69-46c7-8da4-f9fc3c6da5d7", "2026-01-02"),
      "build-2/r.xml": night("c8a1abcd-1a69-46c7-8da4-f9fc3c6da5d8", "2026-01-02"),
    ])
    #expect(found.tests == 3 && found.maskedNames == 1 && found.flaky.isEmpty)
  }

  @Test("a report that most builds have is missed where one lacks it")
  func missing() {
    var texts: [String: String] = [:]
    for number in 1...4 {
      texts["build-\(number)/TEST-a.xml"] = report("P", at: "2026-11-02T0\(number):00:00")
      if number != 3 { texts["build-\(number)/TEST-b.xml"] = report("P", at: "2026-11-02T0\(number):00:00", name: "b") }
    }
    #expect(findings(texts).builds.map(\.outcome) == [.passed, .passed, .incomplete, .passed])
  }
}
