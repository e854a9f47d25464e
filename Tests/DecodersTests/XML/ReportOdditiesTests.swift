// What runners write beside what their schemas say: an oddity of each, small enough to be read.

@testable import Decoders
import Model
import Testing

struct ReportOdditiesTests {
  @Test("JUnit: cases without a suite, names and times that are missing, words instead of elements")
  func junitWords() {
    let report = ReadReport(
      """
      <testsuites><testcase classname="C" name="bare" time="1,234.5"/><testcase/>
      <testsuite name="g"><testcase name="run" status="run" result="skipped"/>
      <testcase name="off" status="notrun" result="suppressed"/><testcase name="done" status="run" result="completed"/>
      <testcase name="word" status="FAILED"/><testcase name="gone"><aborted type="exit"/></testcase>
      <testcase name="both"><skipped/><failure message="f"/><error message="e"/></testcase></testsuite></testsuites>
      """)
    #expect(
      report.records.map(\.outcome) == [.passed, .passed, .skipped, .skipped, .passed, .failed, .error, .error])
    #expect(report.records[0].duration == 1_234_500_000 && report.records[1].duration == -1)
    #expect(report.records[1].name.isEmpty)
    #expect(report.records[7].message == "f\ne")
    #expect(report.codes.contains("contradiction"))
  }

  @Test("JUnit: nested suites count for every suite around them; a suite's own failure is no case")
  func junitNesting() {
    let report = ReadReport(
      """
      <testsuites tests="2"><testsuite name="a" tests="2"><testsuite name="b" tests="1"><testcase name="x"/></testsuite>
      <testcase name="y"/><error message="teardown"/></testsuite></testsuites>
      """)
    #expect(report.records.map(\.suites) == [["a", "b"], ["a"]])
    #expect(report.codes == ["suiteFailure"])
  }

  @Test("JUnit: reruns and flakes in one case keep their own texts; a retried case may also fail at the end")
  func junitAttempts() {
    let report = ReadReport(
      """
      <testsuite name="n"><testcase name="t"><failure message="last">s0</failure>
      <flakyFailure message="first" time="0.5"><stackTrace>s1</stackTrace><system-out>o</system-out></flakyFailure>
      <rerunError message="again">s2</rerunError><system-out>own</system-out></testcase></testsuite>
      """)
    #expect(report.records.map(\.outcome) == [.failed])
    #expect(report.records[0].attempts.map(\.message) == ["first", "again"])
    #expect(report.records[0].attempts.map(\.stack) == ["s1", "s2"])
    #expect(report.records[0].output == "own")
  }

  @Test("Many attributes, prefixes and long names: all are told apart")
  func attributes() {
    let long = String(repeating: "x", count: 40)
    let report = ReadReport(
      "<testsuite><testcase ns:name='n' classname='a' name='t&amp;u' \(long)='1' \(long)y='2' time='0.25' name='again'/>"
        + "</testsuite>")
    #expect(report.records.map(\.name) == ["t&u"])
    #expect(report.records[0].className == "a" && report.records[0].duration == 250_000)
    #expect(report.codes == ["notWellFormed", "parserStopped"])
  }

  @Test("NUnit 3: assertions behind the failure say it again; warnings passed")
  func nunit3() {
    let report = ReadReport(
      """
      <test-run total="3"><test-suite name="S"><test-case name="a" fullname="N.C.a" result="Failed">\
      <failure><message>two failures</message><stack-trace>whole</stack-trace></failure>\
      <assertions><assertion result="Failed"><message>one</message><stack-trace>part</stack-trace></assertion></assertions>
      </test-case><test-case name="b" fullname="N.C.b" result="Warning"/>\
      <test-case name="c" fullname="N.C.c" result="Skipped" label="Explicit"><reason><message>slow</message></reason>\
      </test-case></test-suite></test-run>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .passed, .skipped])
    #expect(report.records[0].message == "two failures" && report.records[0].stack == "whole")
    #expect(report.records[2].message == "slow")
  }

  @Test("xUnit.net 3: explicit tests that were not asked for did not run; tests have times of their own")
  func xunit3() {
    let report = ReadReport(
      """
      <assemblies schema-version="3"><assembly name="a.dll" total="2" failed="0" skipped="0" not-run="1"><collection>
      <test name="C.a" type="C" result="Pass" time="0.5" start-rtf="2024-05-01T10:00:00.0000000+00:00"/>
      <test name="C.b" type="C" result="NotRun"/></collection></assembly></assemblies>
      """)
    #expect(report.records.map(\.outcome) == [.passed, .notRun])
    #expect(report.records[0].time == 1_714_557_600_000_000 && report.records[0].hasZone)
    #expect(report.codes.isEmpty)
  }

  @Test("TRX: a run that was aborted around a passed test, rows of data, a result nobody named the end of")
  func trx() {
    let report = ReadReport(
      """
      <TestRun id="1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
      <UnitTestResult testName="a" outcome="PassedButRunAborted"/><UnitTestResult testName="b" outcome="Timeout"/>
      <UnitTestResult testName="c" outcome="Inconclusive"/><UnitTestResult testName="d"/>
      <UnitTestResult testName="e" outcome="Passed"><InnerResults><UnitTestResult testName="e (1)" outcome="Passed"/>
      <UnitTestResult testName="e (2)" outcome="Failed"/></InnerResults></UnitTestResult></Results></TestRun>
      """)
    let outcomes = Dictionary(report.records.map { ($0.name, $0.outcome) }, uniquingKeysWith: { first, _ in first })
    #expect(
      outcomes == [
        "a": .passed, "b": .failed, "c": .skipped, "d": .error, "e": .passed, "e (1)": .passed, "e (2)": .failed,
      ])
    #expect(report.records.first { $0.name == "e (2)" }?.parameters == "2")
  }

  @Test("TestNG 7: times with a zone's abbreviation, parameters that are null")
  func testNG() {
    let report = ReadReport(
      """
      <testng-results><suite name="S"><test name="T"><class name="C"><test-method status="PASS" name="a" \
      started-at="2023-02-03T04:05:06 NZDT"><params><param index="0"><value is-null="true"/></param>\
      <param index="1"><value><![CDATA[x]]></value></param></params></test-method></class></test></suite></testng-results>
      """)
    #expect(report.records[0].time == 1_675_397_106_000_000 - 13 * 3_600_000_000 && report.records[0].hasZone)
    #expect(report.records[0].parameters == "null, x")
  }

  @Test(
    "TestNG 7 names its zone, by a name or by hours; the Z of version 6 is a letter, and what means several zones is none",
    arguments: [
      ("Z", 0, false), (" CET", -1, true), ("+01:00", -1, true), (" GMT+01:00", -1, true), (" UTC", 0, true),
      (" IST", 0, false),
    ])
  func testNGZones(zone: String, hours: Int64, isNamed: Bool) {
    let report = ReadReport(
      "<testng-results><suite name=\"S\"><test name=\"T\"><class name=\"C\"><test-method status=\"PASS\" name=\"a\" "
        + "started-at=\"2023-02-03T04:05:06\(zone)\"/></class></test></suite></testng-results>")
    #expect(report.records[0].time == 1_675_397_106_000_000 + hours * 3_600_000_000)
    #expect(report.records[0].hasZone == isNamed)
  }

  @Test("Boost: a report alone, with suites in suites and cases that were skipped or aborted")
  func boost() {
    let report = ReadReport(
      """
      <TestResult><TestSuite name="M" result="failed"><TestSuite name="s" result="passed"><TestCase name="a" \
      result="passed"/></TestSuite><TestCase name="b" result="skipped"/><TestCase name="c" result="aborted"/>
      </TestSuite></TestResult>
      """)
    #expect(report.records.map(\.outcome) == [.passed, .skipped, .error])
    #expect(report.records.map(\.className) == ["s", "", ""])
  }

  @Test("Qt: tests on the list of known troubles do not fail; unexpected passes do; benchmarks are no results")
  func qt() {
    let report = ReadReport(
      """
      <TestCase name="T"><TestFunction name="a"><Incident type="bfail"/></TestFunction>
      <TestFunction name="b"><Incident type="xpass"><Description>passed</Description></Incident></TestFunction>
      <TestFunction name="c"><BenchmarkResult metric="walltime" tag="" value="1" iterations="2"/>\
      <Incident type="bpass"/></TestFunction><TestFunction name="d"><Incident type="skip"><Description>later\
      </Description></Incident></TestFunction></TestCase>
      """)
    #expect(report.records.map(\.outcome) == [.passed, .failed, .passed, .skipped])
    #expect(report.records[3].message == "later")
  }

  @Test("Catch2: skips, expected failures, sections that fail apart")
  func catch2() {
    let report = ReadReport(
      """
      <Catch2TestRun name="r"><TestCase name="a"><Skip filename="t" line="1">no net</Skip><OverallResult success="true" \
      skips="1"/></TestCase><TestCase name="b"><Failure filename="t" line="2">known</Failure><OverallResult \
      success="true" skips="0"/></TestCase><TestCase name="c"><FatalErrorCondition filename="t" line="3">SIGSEGV\
      </FatalErrorCondition><OverallResult success="false"/></TestCase>\
      <OverallResultsCases successes="1" failures="1" expectedFailures="1" skips="1"/></Catch2TestRun>
      """)
    #expect(report.records.map(\.outcome) == [.skipped, .passed, .error])
    #expect(report.records[1].marks.contains(.expectedFailure))
    #expect(report.records[0].message == "no net")
  }

  @Test("CTest: compressed output is not shown as text; a disabled test did not run")
  func ctest() {
    let report = ReadReport(
      """
      <Site><Testing><Test Status="failed"><Name>a</Name><Results><Measurement><Value encoding="base64" \
      compression="gzip">eJwLycgsVgCi</Value></Measurement></Results></Test><Test Status="notrun"><Name>b</Name><Results>\
      <NamedMeasurement name="Completion Status"><Value>Disabled</Value></NamedMeasurement></Results></Test></Testing></Site>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .skipped])
    #expect(report.records[0].output == "(compressed output, not shown)")
    #expect(report.records[1].message == "Disabled")
  }

  @Test(
    "reports of coverage and of other tools are named, not counted",
    arguments: [
      ("<report name='app'><package/></report>", "JaCoCo"),
      ("<report xmlns='http://www.gallio.org/'><testPackageRun/></report>", "Gallio"),
      ("<e:events xmlns:e='https://schemas.opentest4j.org/reporting/events/0.1.0'/>", "open test reporting"),
      ("<coverage/>", "a coverage tool"),
    ])
  func named(text: String, name: String) {
    let report = ReadReport(text)
    #expect(report.diagnostics.contains { $0.code == "unsupportedDialect" && $0.message.contains(name) })
    #expect(report.records.isEmpty)
    let isTest = name != "JaCoCo" && name != "a coverage tool"
    #expect(report.diagnostics.contains { $0.severity == .warning } == isTest)
  }

  @Test("NUnit: a suite or a case alone is a report; Allure's suite of that name is not read")
  func nunitFragments() {
    let suite = ReadReport(
      "<test-suite type='TestFixture' name='F' result='Failed'><test-case name='a' fullname='N.F.a' result='Passed'/>"
        + "<test-case name='b' fullname='N.F.b' result='Failed'><failure><message>m</message></failure></test-case></test-suite>"
    )
    #expect(suite.format == "nunit3" && suite.records.map(\.outcome) == [.passed, .failed])
    #expect(ReadReport("<test-case name='N.F.b' executed='True' success='False'/>").records.map(\.outcome) == [.failed])
    #expect(ReadReport("<ns2:test-suite xmlns:ns2='urn:model.allure.qatools.yandex.ru'/>").records.isEmpty)
  }
}
