// What changes among the tests from night to night, and what the quarantine does with it.

import Model
import Support
import TestAnalysis
import Testing

struct ChangesTests {
  private func night(_ tests: [(name: String, outcome: Character, seconds: String)], revision: String) -> TestPartial {
    var text = "<testsuite name=\"c\" timestamp=\"2026-11-02T01:00:00\">"
    for test in tests {
      let failure = test.outcome == "F" ? "<failure message=\"no\">x</failure>" : ""
      text += "<testcase classname=\"c\" name=\"\(test.name)\" time=\"\(test.seconds)\">\(failure)</testcase>"
    }
    return NightReading.partial(["\(revision)/r.xml": text + "</testsuite>"])
  }

  @Test("renamed, gone, new, slower and repaired")
  func changes() {
    var history = TestHistory()
    for i in 1...4 {
      let before = night(
        [
          ("keeps", "P", "0.5"), ("printsTotal", "P", "0.3"), ("rejectsNullUser", "P", "0.2"),
          ("sums", i > 1 ? "F" : "P", "0.1"), ("slow", "P", "0.4"),
        ],
        revision: "9f1c2ab77d0\(i)")
      history.nights.append(NightReading.conclude(before, history: history, date: "2026-11-0\(i)").night)
    }
    let tonight = night(
      [
        ("keeps", "P", "0.5"), ("printsTotalUtc", "P", "0.3"), ("exportsAll", "P", "0.2"), ("sums", "P", "0.1"),
        ("slow", "P", "6.0"),
      ],
      revision: "0be4417c9a52")
    let found = NightReading.conclude(tonight, history: history, date: "2026-11-05").findings
    #expect(found.renamed == [TestFindings.Renaming(from: "c > printsTotal", to: "c > printsTotalUtc")])
    #expect(found.vanished.map(\.test) == ["c > rejectsNullUser"] && found.appeared.map(\.test) == ["c > exportsAll"])
    #expect(found.slower.map(\.line.test) == ["c > slow"] && found.slower.first?.before == 400_000)
    #expect(found.fixed.map(\.line.test) == ["c > sums"] && found.fixed.first?.since == "0be4417c9a52")
    #expect(found.flaky.isEmpty)
    // Nothing of it a second time.
    history.nights.append(NightReading.conclude(tonight, history: history, date: "2026-11-05").night)
    let next = NightReading.conclude(tonight, history: history, date: "2026-11-06").findings
    #expect(
      next.renamed.isEmpty && next.vanished.isEmpty && next.appeared.isEmpty && next.slower.isEmpty
        && next.fixed.isEmpty)
  }

  @Test("a flaky test is put aside, a broken one never, and a green one comes back")
  func quarantine() throws {
    var texts: [String: String] = [:]
    for (i, outcome) in "PFPPFPPFPPFP".enumerated() {
      let number = i < 9 ? "0\(i + 1)" : "\(i + 1)"
      texts["build-\(number)/r.xml"] = NightReading.junit(
        [("flaky", outcome), ("broken", i > 5 ? "F" : "P")], revision: "rev\(number)",
        time: "2026-01-\(number)T00:00:00Z")
    }
    let partial = NightReading.partial(texts)
    let found = NightReading.conclude(partial, date: "2026-01-12").findings
    #expect(found.quarantine.map(\.line.test) == ["a.flakyTest > flaky"])
    #expect(found.quarantine.first?.expires == "2026-02-11")
    #expect(found.unexcused == 1)
    let kept = Quarantine([Quarantine.Entry(test: "a.brokenTest > broken", since: "2026-01-01", expires: "2026-03-01")])
    let judged = try TestAnalysis.conclude(partial, date: "2026-01-12", quarantine: kept).findings
    #expect(judged.released.map(\.reason) == [.broken] && judged.unexcused == 0)
    let expired = Quarantine([Quarantine.Entry(test: "a.flakyTest > flaky", since: "2025-01-01", expires: "2025-02-01")]
    )
    #expect(
      try TestAnalysis.conclude(partial, date: "2026-01-12", quarantine: expired).findings.released.map(\.reason) == [
        .expired
      ])
  }

  @Test("a night of the history that is cut is refused, not read in part")
  func damaged() throws {
    let conclusion = NightReading.conclude(
      night([("a", "P", "0.1"), ("b", "F", "0.1")], revision: "9f1c2ab77d01"), date: "2026-11-01")
    var writer = ByteWriter()
    conclusion.night.encode(to: &writer)
    var reader = ByteReader(writer.bytes)
    let read = try TestHistory.Night(from: &reader)
    #expect(read == conclusion.night)
    for count in stride(from: 0, to: writer.bytes.count, by: 7) {
      var cut = ByteReader(Array(writer.bytes.prefix(count)))
      #expect(throws: DecodeFailure.self) { try TestHistory.Night(from: &cut) }
    }
  }
}
