// Failures with one reason are put together, and only they.

import Model
import TestAnalysis
import Testing

struct FailureClustersTests {
  @Test("CTest: skipped tests name the fixture that failed")
  func declared() throws {
    let found = NightReading.conclude(
      NightReading.partial([
        "b/r.xml": """
        <testsuite name="Linux"><testcase name="db_setup" classname="db_setup" status="fail"><failure message="Failed"/>\
        </testcase><testcase name="need_db1" classname="need_db1" status="notrun"><skipped message="Fixture dependency failed"/>\
        <system-out>Failed test dependencies: db_setup</system-out></testcase>\
        <testcase name="need_db2" classname="need_db2" status="notrun"><skipped message="Fixture dependency failed"/>\
        <system-out>Failed test dependencies: db_setup</system-out></testcase></testsuite>
        """
      ]))
    let cluster = try #require(found.findings.clusters.first)
    #expect(found.findings.clusters.count == 1)
    #expect(cluster.basis == .declared)
    #expect(cluster.tests == ["db_setup", "need_db1", "need_db2"])
    #expect(found.incidents.map(\.kind) == [.testFailureCluster])
  }

  @Test("pytest: tests that wanted one broken fixture")
  func fixture() {
    let cases = (0..<4).map {
      "<testcase classname='m' name='t\($0)'><error message='failed on setup with &quot;ConnectionError: broker "
        + "unreachable&quot;'/></testcase>"
    }
    let found = NightReading.findings("<testsuite name='pytest'>" + cases.joined() + "</testsuite>")
    #expect(found.clusters.map(\.tests.count) == [4])
    #expect(found.clusters.first?.basis == .declared)
  }

  @Test("one message in one build is one cluster with a stable id; assertions of different tests stay apart")
  func messages() throws {
    let names: [(test: String, outcome: Character)] = ["a", "b", "c"].map { ($0, "E") }
    let refused = NightReading.junit(names, message: "Connection refused: db.svc:8443 attempt 3")
    let again = NightReading.junit(names, message: "Connection refused: db.svc:8443 attempt 9")
    let first = NightReading.findings(refused).clusters
    #expect(first.count == 1 && first.first?.basis == .message && first.first?.tests.count == 3)
    #expect(first.first?.id == NightReading.findings(again, path: "other/r.xml").clusters.first?.id)
    let asserted = NightReading.junit(
      names, message: "expected: &lt;3&gt; but was: &lt;4&gt;", type: "org.opentest4j.AssertionFailedError")
    #expect(NightReading.findings(asserted).clusters.isEmpty)
  }

  @Test("flaky tests that say the same on different cells of one build's matrix stay apart, on one cell they do not")
  func cells() {
    func night(apart: Bool) -> TestFindings {
      var texts: [String: String] = [:]
      for build in 1...8 {
        for (cell, system) in ["linux", "macos", "windows"].enumerated() {
          let outcomes: [(test: String, outcome: Character)] = ["a", "b", "c"].enumerated().map { test, name in
            (name, build % 4 == 2 && cell == (apart ? test : 1) ? "F" : "P")
          }
          texts["build-\(build)/\(system)/r.xml"] = NightReading.junit(
            outcomes, revision: "rev\(build)", message: "not ready within 2000 ms",
            time: "2026-01-0\(build)T00:00:00Z")
        }
      }
      return NightReading.conclude(NightReading.partial(texts)).findings
    }
    #expect(night(apart: true).clusters.isEmpty)
    #expect(Set(night(apart: true).flaky.map(\.line.test.text)).count == 3)
    #expect(night(apart: false).clusters.map(\.tests.count) == [3])
    #expect(night(apart: false).flaky.isEmpty)
  }

  @Test("tests that fail in different builds stay apart, whatever they say")
  func independent() {
    var texts: [String: String] = [:]
    for build in 1...9 {
      let outcomes: [(test: String, outcome: Character)] = [
        ("a", build % 4 == 2 ? "F" : "P"), ("b", build % 4 == 3 ? "F" : "P"), ("c", build % 4 == 0 ? "F" : "P"),
      ]
      texts["build-\(build)/r.xml"] = NightReading.junit(
        outcomes, revision: "rev\(build)", message: "not ready within 2000 ms", time: "2026-01-0\(build)T00:00:00Z")
    }
    let found = NightReading.conclude(NightReading.partial(texts)).findings
    #expect(found.clusters.isEmpty)
    #expect(found.flaky.count == 3)
  }

  @Test("failures while the traces show an outage belong to it, and make no test flaky")
  func outage() {
    let outcomes: [(test: String, outcome: Character)] = [("a", "E"), ("b", "P")]
    let texts = [
      "b1/r.xml": NightReading.junit(outcomes, revision: "abc1234", time: "2026-01-01T00:00:00Z"),
      "b2/r.xml": NightReading.junit([("a", "P"), ("b", "P")], revision: "abc1234", time: "2026-01-01T01:00:00Z"),
    ]
    let partial = NightReading.partial(texts)
    #expect(NightReading.conclude(partial).findings.flaky.count == 1)
    let window = OutageWindow(start: 1_767_225_590_000_000, end: 1_767_225_700_000_000, component: "db")
    #expect(NightReading.conclude(partial, outages: [window]).findings.flaky.isEmpty)
  }
}
