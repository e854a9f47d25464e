// The reports that are not of the JUnit family: a small one of each, with the trap that it is known for.

@testable import Decoders
import Model
import Testing

struct ReportDialectsTests {
  private func dialect(_ report: ReadReport) -> String { report.files.last?.dialect ?? "" }

  @Test("NUnit 2 with and without result attributes")
  func nunit2() {
    let report = ReadReport(
      """
      <test-results total="9"><test-suite name="A.dll"><results>
      <test-case name="N.C.Pass" executed="True" success="True" time="0,160"/>
      <test-case name="N.C.Fail(1.5, &quot;a.b&quot;)" executed="True" success="False"><failure>\
      <message><![CDATA[boom]]></message><stack-trace>at N.C</stack-trace></failure></test-case>
      <test-case name="N.C.Off" executed="False"><reason><message>later</message></reason></test-case>
      <test-case name="N.C.Err" executed="True" result="Error"/>
      <test-case name="N.C.Bare" executed="True"><failure><message>x</message></failure></test-case>
      </results></test-suite></test-results>
      """)
    #expect(dialect(report) == "nunit2")
    #expect(report.records.map(\.outcome) == [.passed, .failed, .skipped, .error, .failed])
    #expect(report.records[0].duration == 160_000)
    #expect(report.records[1].className == "N.C" && report.records[1].name == "Fail(1.5, \"a.b\")")
    #expect(report.records[1].message == "boom" && report.records[1].stack == "at N.C")
    #expect(report.codes == ["declaredCount"])
  }

  @Test("NUnit 3: victims of a failed set-up are marked")
  func nunit3() {
    let report = ReadReport(
      """
      <test-run total="2"><test-suite name="S" start-time="2016-06-04 17:17:57Z">
      <test-case name="a" fullname="N.C.a" classname="N.C" result="Failed" label="Error" site="Parent">\
      <failure><message>OneTimeSetUp: no database</message></failure></test-case>
      <test-case name="b" fullname="N.C.b" classname="N.C" result="Inconclusive" duration="0.5"/>
      </test-suite></test-run>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .notRun])
    #expect(report.records[0].marks.contains(.setup))
    #expect(report.records[1].time == 1_465_060_677_000_000 && report.records[1].hasZone)
  }

  @Test("xUnit.net: German fractions, parameters, reasons")
  func xunitNet() {
    let report = ReadReport(
      """
      <assemblies><assembly name="a.dll" run-date="2014-12-18" run-time="14:34:32" total="3" failed="1">
      <collection name="c"><test name="N.C.F(x: 1)" type="N.C" method="F" time="0,014" result="Fail">\
      <failure exception-type="T"><message>m</message><stack-trace>s</stack-trace></failure></test>
      <test name="N.C.S" type="N.C" result="Skip"><reason>on purpose</reason></test></collection>
      </assembly></assemblies>
      """)
    #expect(dialect(report) == "xunitnet")
    #expect(report.records.map(\.outcome) == [.failed, .skipped])
    #expect(report.records[0].name == "F(x: 1)" && report.records[0].parameters == "x: 1")
    #expect(report.records[0].duration == 14_000 && report.records[0].failureType == "T")
    #expect(report.records[1].message == "on purpose")
    #expect(report.diagnostics.map(\.message.plain) == ["assembly a.dll declares 3 tests, counted 2"])
  }

  @Test("TRX: classes come from definitions behind the results, children are results too")
  func trx() {
    let report = ReadReport(
      """
      <TestRun id="1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
      <UnitTestResult testId="t1" testName="M" outcome="Failed" duration="00:00:01.5000000"><Output><ErrorInfo>\
      <Message>m</Message><StackTrace>s</StackTrace></ErrorInfo></Output><InnerResults>
      <UnitTestResult testId="t1" testName="M (row 1)" outcome="Passed"/></InnerResults></UnitTestResult>
      <UnitTestResult testId="t2" testName="N.D.K" outcome="NotExecuted"/></Results>
      <TestDefinitions><UnitTest id="t1"><TestMethod className="N.C, N, Version=1.0" name="M"/></UnitTest>
      </TestDefinitions><ResultSummary><Counters total="3" passed="1" failed="1" notExecuted="0"/></ResultSummary>
      </TestRun>
      """)
    #expect(report.records.map(\.outcome) == [.passed, .failed, .skipped])
    #expect(report.records.map(\.className) == ["N.C", "N.C", "N.D"])
    #expect(report.records[1].message == "m" && report.records[1].duration == 1_500_000)
    #expect(report.records[0].suites == ["M"])
    #expect(report.diagnostics.map(\.message.plain) == ["Counters declares 0 notExecuted, counted 1"])
  }

  @Test("TestNG: local times behind a Z, retries, set-up methods are no tests")
  func testNG() {
    let report = ReadReport(
      """
      <testng-results total="2"><suite name="S"><test name="T"><class name="N.C">
      <test-method status="FAIL" name="up" is-config="true"><exception class="E"><message>no db</message></exception>\
      </test-method>
      <test-method status="SKIP" name="a" retried="true" started-at="2012-01-23T10:51:27Z" duration-ms="11"/>
      <test-method status="PASS" name="a"/></class></test></suite></testng-results>
      """)
    #expect(report.records.map(\.outcome) == [.skipped, .passed])
    #expect(report.records[0].marks.contains(.earlierAttempt) && !report.records[0].hasZone)
    #expect(report.records[0].duration == 11_000)
    #expect(report.codes == ["suiteFailure"])
  }

  @Test("Boost: the log's outcomes; a report behind it tells nothing new")
  func boost() {
    let report = ReadReport(
      """
      <TestLog><TestSuite name="M"><TestSuite name="s"><TestCase name="a"><Info>ok</Info>\
      <TestingTime>250</TestingTime></TestCase>
      <TestCase name="b"><Error file="t.cpp" line="12"><![CDATA[check x failed]]></Error></TestCase>
      <TestCase name="c"><Exception>boom<LastCheckpoint file="t.cpp" line="9">p</LastCheckpoint></Exception></TestCase>
      <TestCase name="d" skipped="yes" reason="off"/></TestSuite></TestSuite></TestLog>
      <TestResult><TestSuite name="M"><TestCase name="b" result="failed"/></TestSuite></TestResult>
      """)
    #expect(dialect(report) == "boosttest")
    #expect(report.records.map(\.outcome) == [.passed, .failed, .error, .skipped])
    #expect(report.records[0].duration == 250)
    #expect(report.records[2].message == "boom")
    #expect(report.codes == ["severalDocuments", "repeatedResults"])
  }

  @Test("Qt: a function with failing rows is one failure; an expected one passed")
  func qt() {
    let report = ReadReport(
      """
      <TestCase name="T"><TestFunction name="f"><Incident type="pass"/><Incident type="fail" file="t.cpp" line="4">\
      <DataTag>set 1</DataTag><Description>differs</Description></Incident><Duration msecs="0.5"/></TestFunction>
      <TestFunction name="x"><Incident type="xfail"><Description>known</Description></Incident>\
      <Incident type="pass"/></TestFunction>
      <TestFunction name="s"><Message type="skip"><Description>no display</Description></Message></TestFunction>
      </TestCase>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .passed, .skipped])
    #expect(report.records[0].message == "[set 1] differs" && report.records[0].duration == 500)
    #expect(report.records[1].marks.contains(.expectedFailure))
    #expect(report.records[2].message == "no display")
  }

  @Test("CTest's own XML: the list of tests is no result, a missing binary was not run")
  func ctest() {
    let report = ReadReport(
      """
      <Site Name="vm"><Testing><TestList><Test>./a</Test></TestList><Test Status="failed"><Name>a</Name><Path>.</Path>\
      <Results><NamedMeasurement name="Exit Code"><Value>Timeout</Value></NamedMeasurement>\
      <NamedMeasurement name="Execution Time"><Value>1.5</Value></NamedMeasurement>\
      <Measurement><Value>out</Value></Measurement></Results></Test>
      <Test Status="notrun"><Name>b</Name><Results><NamedMeasurement name="Completion Status">\
      <Value>Fixture dependency failed</Value></NamedMeasurement></Results></Test></Testing></Site>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .skipped])
    #expect(report.records[0].message == "Timeout" && report.records[0].duration == 1_500_000)
    #expect(report.records[0].output == "out")
    #expect(report.records[1].message == "Fixture dependency failed")
  }

  @Test("Catch2: failed expressions with their sections; a crash leaves a case without a result")
  func catch2() {
    let report = ReadReport(
      """
      <Catch2TestRun name="r"><TestCase name="a" filename="t.cpp" line="3"><Section name="s">\
      <Expression success="false" type="REQUIRE" filename="t.cpp" line="5"><Original>v == 1</Original>\
      <Expanded>0 == 1</Expanded></Expression></Section><OverallResult success="false" durationInSeconds="0.5"/></TestCase>
      <TestCase name="b"><OverallResult success="true"/></TestCase><TestCase name="c"></TestCase></Catch2TestRun>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .passed, .notRun])
    #expect(report.records[0].message == "v == 1\nwith expansion 0 == 1")
    #expect(report.records[0].stack == "t.cpp:5 in s" && report.records[0].duration == 500_000)
  }

  @Test(
    "other report formats are refused by name",
    arguments: [
      ("<TestRun><FailedTests/></TestRun>", "CppUnit"), ("<gtester/>", "GTester"),
      ("<unittest-results/>", "UnitTest++"),
      ("<testsuites xmlns=\"http://check.sourceforge.net/ns\"><suite/></testsuites>", "Check"),
      ("<Site><Build/></Site>", "CTest"),
    ])
  func refused(text: String, name: String) {
    let report = ReadReport(text)
    #expect(report.diagnostics.contains { $0.code == "unsupportedDialect" && $0.message.contains(name) })
    #expect(report.records.isEmpty)
  }
}
