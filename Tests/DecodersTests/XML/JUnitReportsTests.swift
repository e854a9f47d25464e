// The JUnit family's traps, each from a report that a real runner wrote.

@testable import Decoders
import Foundation
import Model
import Testing

struct JUnitReportsTests {
  @Test("a Swift Testing report with raw quotes and escapes is read whole and marked recovered")
  func swiftTesting() throws {
    let report = ReadReport(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
        <testsuite name="TestResults" errors="0" tests="3" failures="2" skipped="1" time="0.003">
          <testcase classname="A.B" name="`raw name with a < b & "quotes"`()" time="0.001" />
          <testcase classname="A.B" name="skipped()" >
            <skipped>later</skipped>
          </testcase>
          <testcase classname="A.B" name="two()" time="0.002" >
            <failure message="1 == 2: a &lt; b &amp; \u{1B}[31m &#252;" />
            <failure message="3 == 4" />
          </testcase>
        </testsuite>
      </testsuites>
      """)
    #expect(report.counts == ["tests": 3, "passed": 1, "failures": 1, "errors": 0, "skipped": 1])
    #expect(report.records[0].name == "`raw name with a < b & \"quotes\"`()")
    #expect(report.records[0].marks.contains(.recovered))
    #expect(!report.records[1].marks.contains(.recovered))
    #expect(report.records[2].message == "1 == 2: a < b &  ü\n3 == 4")
    let file = try #require(report.files.last)
    #expect(file.dialect == "swift-testing")
    #expect(file.recovered && file.complete)
    #expect(report.codes.isSuperset(of: ["notWellFormed", "repairedText", "declaredCount"]))
    #expect(
      report.recordCounts.records == 3 && report.recordCounts.used == 3
        && report.recordCounts.repaired["recovered"] == 2)
  }

  @Test("a report cut by a crash is incomplete and holds nothing green")
  func crash() throws {
    let report = ReadReport("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
    let file = try #require(report.files.last)
    #expect(!file.complete)
    #expect(report.records.isEmpty)
    #expect(report.codes.contains("incompleteReport"))
  }

  @Test("a case that is open where the report is cut did not pass")
  func cutInside() {
    let report = ReadReport("<testsuite><testcase name='a'/><testcase name='b'><system-out>work")
    #expect(report.records.map(\.outcome) == [.passed, .notRun])
    #expect(report.records[1].marks.contains(.incomplete))
  }

  @Test("cutting a report anywhere keeps every earlier case")
  func everyCut() {
    let whole =
      "<testsuites><testsuite name='s'><testcase name='a'><failure message='m'>t</failure></testcase>"
      + "<testcase name='b' time='1'/><testcase name='c'><skipped/></testcase></testsuite></testsuites>"
    let bytes = Array(whole.utf8)
    let ends = ["</testcase>", "time='1'/>", "</skipped>"].compactMap { mark in
      whole.range(of: mark).map { whole.utf8.distance(from: whole.startIndex, to: $0.upperBound) }
    }
    for cut in 0...bytes.count {
      let report = ReadReport(Array(bytes[..<cut]), chunk: 16)
      let closed = ends.filter { $0 <= cut }.count
      #expect(report.records.count >= min(closed, 2))
      if cut < bytes.count { #expect(report.files.last?.complete != true) }
    }
  }

  @Test("Surefire: flaky attempts passed in the end, rerun attempts failed in the end")
  func surefire() {
    let report = ReadReport(
      """
      <testsuite xmlns:xsi="x" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/surefire.xsd" name="S" \
      tests="2" failures="1">
        <testcase name="f" classname="S" time="0.1"><flakyFailure message="once" type="E"><stackTrace>at a</stackTrace>\
      <system-out>noise</system-out></flakyFailure><flakyError message="twice"/></testcase>
        <testcase name="r" classname="S" time="1"><failure message="one">s</failure>\
      <rerunFailure message="two" time="0.5"/><rerunError message="three"/></testcase>
      </testsuite>
      """)
    #expect(report.files.last?.dialect == "surefire")
    #expect(report.records.map(\.outcome) == [.passed, .failed])
    #expect(report.records[0].marks == .flaky)
    #expect(report.records[0].attempts.map(\.message) == ["once", "twice"])
    #expect(report.records[0].attempts[0].stack == "at a")
    #expect(report.records[1].attempts.map(\.outcome) == [.failed, .error])
    #expect(report.records[1].attempts[0].duration == 500_000)
  }

  @Test("nextest's flaky-fail has a failure and a flakyFailure")
  func nextest() {
    let report = ReadReport(
      "<testsuites name='nextest-run'><testsuite name='c'><testcase name='t'><failure/><flakyFailure message='x'/>"
        + "</testcase></testsuite></testsuites>")
    #expect(report.records.map(\.outcome) == [.failed])
    #expect(report.records[0].marks.contains(.flaky))
    #expect(report.files.last?.dialect == "nextest")
  }

  @Test("encodings give the same records")
  func encodings() {
    func document(_ encoding: String) -> String {
      "<?xml version=\"1.0\" encoding=\"\(encoding)\"?>\n<testsuite name=\"s\">\n<testcase name=\"café\">"
        + "<failure message=\"naïve\">ÿ &#8364;</failure></testcase></testsuite>\n"
    }
    let plain = ReadReport(document("UTF-8"))
    #expect(plain.records[0].name == "café")
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let latin = document("ISO-8859-1").unicodeScalars.map { UInt8($0.value) }
    let little: [UInt8] =
      [0xFF, 0xFE] + document("UTF-16").utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let big: [UInt8] =
      [0xFE, 0xFF] + document("UTF-8").utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    for bytes in [mark + Array(document("UTF-8").utf8), latin, little, big] {
      for chunk in [1, 5, 1 << 16] {
        let report = ReadReport(bytes, chunk: chunk)
        #expect(report.essence == plain.essence)
        #expect(report.diagnostics == plain.diagnostics)
      }
    }
  }

  @Test("declared totals are compared and never believed")
  func declared() {
    let report = ReadReport(
      "<testsuite name='s' tests='99999999999999999999' failures='-3' errors='0'><testcase name='a'/></testsuite>")
    #expect(report.records.count == 1)
    #expect(report.diagnostics.count { $0.code == "declaredCount" } == 2)
    let honest = ReadReport("<testsuite name='s' tests='1' failures='0'><testcase name='a'/></testsuite>")
    #expect(honest.diagnostics.isEmpty)
  }

  @Test("other XML is named and refused, a report without cases is said to be one")
  func refused() {
    let page = ReadReport("<html><body>hello</body></html>")
    #expect(page.files.isEmpty && page.codes == ["unrecognizedFormat"])
    #expect(page.diagnostics.allSatisfy { $0.severity == .note })
    let empty = ReadReport("<testsuites/>")
    #expect(empty.files.count == 1 && empty.codes == ["noResults"])
  }

  @Test("two reports in one file are both read; text around them is noted")
  func concatenated() {
    let one = "<?xml version='1.0'?><testsuite name='a'><testcase name='t'/></testsuite>\n"
    let report = ReadReport("Downloading...\n" + one + one + "BUILD FAILED\n")
    #expect(report.records.count == 2)
    #expect(report.codes == ["textOutsideXML", "severalDocuments"])
    let torn = ReadReport("<?xml version='1.0'?><testsuite name='a'><testcase name='t'/>\n" + one)
    #expect(torn.records.count == 2 && torn.files.last?.complete == false)
  }

  @Test("entities of a DOCTYPE are never expanded, and the cases are read all the same")
  func entities() {
    let report = ReadReport(
      "<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite><testcase name='a'>"
        + "<failure message='&x;'>&x;</failure></testcase></testsuite>")
    #expect(report.records.map(\.message) == ["&x;"])
    #expect(report.diagnostics.contains { $0.limit == "xmlEntities" })
  }

  @Test("a large report comes in pieces of which one is the last")
  func pieces() {
    let cases = String(repeating: "<testcase name='t' classname='c' time='0.001'/>", count: 5000)
    let report = ReadReport("<testsuite name='s' tests='5000'>" + cases + "</testsuite>")
    #expect(report.records.count == 5000)
    #expect(report.files.count == 5)
    #expect(report.files.map(\.piece) == Array(0..<5))
    #expect(report.files.map(\.isLast) == [false, false, false, false, true])
    #expect(report.files.last?.declared == ["tests": 5000])
    // One name five thousand times is said once; two or three in a row, as retries are, are not.
    #expect(report.codes == ["repeatedTest"])
  }

  @Test("texts are kept up to their limit, whatever their length")
  func longText() {
    let report = ReadReport(
      "<testsuite><testcase name='a'><failure/><system-out><![CDATA[" + String(repeating: "é", count: 100_000)
        + "]]></system-out></testcase></testsuite>")
    #expect(report.records[0].output.utf8.count == 65_536)
    #expect(!report.records[0].output.contains("\u{FFFD}"))
  }
}

struct ReportValuesTests {
  @Test(
    "durations",
    arguments: [
      ("2,503.1", 2_503_100_000), ("0,160", 160_000), ("1,234", -1), ("2.503,1", 2_503_100_000), ("12,5", 12_500_000),
      ("1,234,567", 1_234_567_000_000), ("8.7e-05", 87), ("22.2s", 22_200_000), ("15 ms", 15_000), ("-1", -1),
      ("NaN", -1), ("1e999", -1), ("", -1), ("<<computed>>", -1), ("0", 0), ("00:00:01.5", 1_500_000),
      ("1.02:00:00", 93_600_000_000), (".5", 500_000),
    ] as [(String, Int64)])
  func durations(text: String, expected: Int64) {
    #expect(ReportValues.duration(text) == expected)
  }

  @Test(
    "time stamps of one instant",
    arguments: [
      "2010-06-20T13:01:01", "2010-06-20 13:01:01Z", "2010-06-20T13:01:01.000+00:00", "2010-06-20T15:01:01+02:00",
      "2010-06-20T13:01:01.0000000+00:00", "2010-06-20 13:01:01 UTC", "2010-06-20T13:01:01 UTC",
      "20 Jun 2010 13:01:01 GMT", "06/20/2010 13:01:01", "2010-06-20T 13:01:01", "1277038861", "1277038861000",
      "Sun, 20 Jun 2010 13:01:01 GMT", "2010-06-20 13:01:01 +0000", "Jun 20 13:01:01 2010", "06/20/10 13:01:01",
    ])
  func times(text: String) throws {
    let found = try #require(ReportValues.time(text, assumedZoneSeconds: 0))
    #expect(found.time == 1_277_038_861_000_000)
  }

  @Test(
    "the years 1 and 1970 mean that the runner did not know",
    arguments: [
      "0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "0", "", "HH:MM:SS", "yesterday", "2010-13-45T99:00:00",
    ])
  func unknown(text: String) {
    #expect(ReportValues.time(text, assumedZoneSeconds: 0) == nil)
  }

  @Test("a zone is known only where it is written")
  func zones() throws {
    #expect(try #require(ReportValues.time("2010-06-20T13:01:01Z", assumedZoneSeconds: 0)).hasZone)
    let local = try #require(ReportValues.time("2010-06-20T13:01:01", assumedZoneSeconds: 7200))
    #expect(!local.hasZone)
    #expect(local.time == 1_277_031_661_000_000)
  }
}
