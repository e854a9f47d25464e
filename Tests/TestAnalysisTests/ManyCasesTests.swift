// Reports of very many cases: every question that is asked of all tests is asked once of each.

import TestAnalysis
import Model
import Testing

struct ManyCasesTests {
  @Test("a hundred thousand cases in one file: every one counted, the failing ones judged")
  func oneFile() {
    var text = "<testsuite name=\"s\">"
    for number in 0..<100_000 {
      text += "<testcase classname=\"a.C\(number / 100)\" name=\"t\(number)\" time=\"0.001\""
      text +=
        number % 1000 == 0 ? "><failure message=\"boom happened after \(number) ms\" type=\"E\"/></testcase>" : "/>"
    }
    let partial = NightReading.partial(["b/r.xml": text + "</testsuite>"])
    let conclusion = NightReading.conclude(partial)
    let findings = conclusion.findings
    #expect(findings.tests == 100_000)
    #expect(findings.passed == 99_900)
    #expect(findings.failed == 100)
    #expect(findings.attempts == 100_000)
    #expect(conclusion.components == 1000)
    // The next night knows all of them.
    let next = NightReading.conclude(partial, history: TestHistory(nights: [conclusion.night]), date: "2026-01-02")
    #expect(next.findings.appeared.isEmpty && next.findings.vanished.isEmpty)
    #expect(findings.clusters.map(\.tests.count) == [100])
  }
}
