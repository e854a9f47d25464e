// Robot Framework's output.xml, of old and new schemas.

@testable import Decoders
import Model
import Testing

struct RobotReportsTests {
  @Test("a suite's set-up is what its tests failed in; tests of both schemas have their times")
  func setup() {
    let report = ReadReport(
      """
      <robot generator="Robot 7.0" schemaversion="5"><suite id="s1" name="Shop" source="/w/shop.robot">
      <kw name="Open" type="SETUP"><status status="FAIL">refused</status></kw>
      <test id="s1-t1" name="Pays" line="9"><status status="FAIL" start="2026-11-02T01:00:01.1" elapsed="0.5">Parent suite setup failed:
      refused</status></test><status status="FAIL"/></suite>
      <suite name="Old"><test name="Works"><kw name="X"><status status="FAIL"/></kw>
      <status status="PASS" starttime="20261102 01:00:00.000" endtime="20261102 01:00:02.500"/></test></suite></robot>
      """)
    #expect(report.format == "robot")
    #expect(report.records.map(\.outcome) == [.failed, .passed])
    #expect(report.records.map { $0.marks.contains(.setup) } == [true, false])
    #expect(report.records.map(\.duration) == [500_000, 2_500_000])
    #expect(report.records.map(\.className) == ["Shop", "Old"])
  }

  @Test("a suite's tear-down fails its tests; a merged rerun is two attempts")
  func teardown() {
    let report = ReadReport(
      """
      <robot generator="Robot 6.0"><suite name="A"><test name="x"><status status="PASS"/></test>
      <kw name="Close" type="TEARDOWN"><kw name="inner"><status status="FAIL">a</status></kw><status status="FAIL">gone</status></kw></suite>
      <suite name="B"><test name="y"><status status="PASS">*HTML* &lt;span class="merge"&gt;Test has been re-executed and results merged.&lt;/span&gt;&lt;hr&gt;
      &lt;span class="new-status"&gt;New status:&lt;/span&gt; PASS&lt;hr&gt;&lt;span class="old-status"&gt;Old status:&lt;/span&gt; &lt;span class="fail"&gt;FAIL&lt;/span&gt;&lt;br&gt;
      &lt;span class="old-message"&gt;Old message:&lt;/span&gt; late</status></test></suite></robot>
      """)
    #expect(report.records.map(\.outcome) == [.failed, .passed])
    #expect(report.records[0].message == "Parent suite teardown failed:\ngone")
    #expect(report.records[1].attempts.map(\.message) == ["late"] && report.records[1].marks == .flaky)
  }
}
