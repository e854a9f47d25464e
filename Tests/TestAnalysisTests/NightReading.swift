// Reads reports out of memory the way a run does, for the tests of this folder.

import Decoders
import Model
import Segments
import Support
import TestAnalysis
import Testing

enum NightReading {
  /// The partial of these reports, each with its path below the input folder.
  static func partial(
    _ members: [(path: String, bytes: [UInt8])], spill: (any CaseSpillStore)? = nil
  ) -> TestPartial {
    var digester = TestAggregator(spill: spill)
    var condenser = CaseCondenser()
    for member in members {
      var batch = RecordBatch()
      var rows: [ReportRow] = []
      var decoder = MemberDecoder(
        input: "night/" + member.path, member: "", settings: DecoderSettings(), batch: &batch)
      decoder.feed(member.bytes.span, into: &batch)
      rows += batch.reports.map { condenser.condense($0, path: member.path) }
      batch.removeRecords()
      decoder.finish(complete: true, into: &batch)
      rows += batch.reports.map { condenser.condense($0, path: member.path) }
      for row in rows { #expect(throws: Never.self) { try digester.observe(row, sources: batch.sources) } }
    }
    return digester.finish()
  }

  static func partial(_ texts: [String: String], spill: (any CaseSpillStore)? = nil) -> TestPartial {
    partial(texts.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) }, spill: spill)
  }

  /// The findings of one report.
  static func findings(_ text: String, path: String = "build/r.xml") -> TestFindings {
    conclude(partial([path: text])).findings
  }

  /// The conclusions of a partial that lies in memory: nothing can fail there.
  static func conclude(
    _ partial: TestPartial, history: TestHistory = TestHistory(), date: String = "", outages: [OutageWindow] = [],
    limits: TestLimits = TestLimits()
  ) -> TestConclusion {
    do throws(FileFailure) {
      return try TestAnalysis.conclude(partial, history: history, date: date, outages: outages, limits: limits)
    } catch {
      Issue.record(error)
      return TestConclusion(findings: TestFindings(), incidents: [], night: TestHistory.Night(night: ""), components: 0)
    }
  }

  static func bytes(_ partial: TestPartial) -> [UInt8] {
    var writer = ByteWriter()
    partial.encode(to: &writer)
    return writer.bytes
  }

  /// A JUnit report of one build: outcomes by test (`P`, `F`, `E`, `S`), with one message for the failures.
  static func junit(
    _ outcomes: [(test: String, outcome: Character)], revision: String = "", message: String = "boom happened here",
    type: String = "java.io.IOException", time: String = "2026-01-01T00:00:00Z"
  ) -> String {
    var text =
      "<testsuite name=\"s\" timestamp=\"\(time)\"><properties><property name=\"revision\" value=\"\(revision)\"/>"
    text += "</properties>"
    for (test, outcome) in outcomes {
      text += "<testcase classname=\"a.\(test)Test\" name=\"\(test)\" time=\"0.1\">"
      switch outcome {
      case "F": text += "<failure type=\"\(type)\" message=\"\(message)\">at a.\(test)Test.run(X.java:1)</failure>"
      case "E": text += "<error type=\"\(type)\" message=\"\(message)\">at a.\(test)Test.run(X.java:1)</error>"
      case "S": text += "<skipped/>"
      default: break
      }
      text += "</testcase>"
    }
    return text + "</testsuite>"
  }
}
