// What reports say of the machine and framework they ran on, and what that makes of equal tests.

import Model
import TestAnalysis
import Testing

struct SurroundingsTests {
  private func trx(_ framework: String, second: Int, failed: Bool) -> String {
    """
    <TestRun id="x" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
    <Times start="2026-11-02T10:00:0\(second)Z"/><Results>
    <UnitTestResult testId="1" testName="A.S.b" computerName="H" outcome="\(failed ? "Failed" : "Passed")" duration="00:00:00.\(second)"/>
    <UnitTestResult testId="2" testName="A.S.c" computerName="H" outcome="Passed" duration="00:00:00.\(second)1"/>
    </Results><TestDefinitions>
    <UnitTest id="1" storage="C:\\src\\bin\\Debug\\\(framework)\\t.dll"><TestMethod className="A.S" name="b"/></UnitTest>
    <UnitTest id="2" storage="C:\\src\\bin\\Debug\\\(framework)\\t.dll"><TestMethod className="A.S" name="c"/></UnitTest>
    </TestDefinitions></TestRun>
    """
  }

  @Test("TRX files of two target frameworks are two configurations; of one they are attempts")
  func frameworks() {
    func findings(_ first: String, _ second: String) -> TestFindings {
      NightReading.conclude(
        NightReading.partial([
          "run-1/u_H_2026-11-02_10_00_01.trx": trx(first, second: 1, failed: true),
          "run-1/u_H_2026-11-02_10_00_07.trx": trx(second, second: 7, failed: false),
        ])
      ).findings
    }
    let two = findings("net48", "net8.0")
    #expect(two.configurations == ["net48", "net8.0"] && two.flaky.isEmpty)
    #expect(two.failing.map(\.line.configuration) == ["net48"])
    let one = findings("net8.0", "net8.0")
    #expect(one.configurations.isEmpty && one.failing.isEmpty)
    #expect(one.flaky.map(\.line.test) == ["A.S > b"])
  }

  private func result(_ test: String, _ failed: Bool, at time: Int) -> String {
    #"{"uuid":"\#(time)","name":"\#(test)","fullName":"acme.S.\#(test)","status":"\#(failed ? "failed" : "passed")","#
      + #""start":\#(1_793_577_600_000 + time),"stop":\#(1_793_577_600_500 + 2 * time),"labels":[]}"#
  }

  private func night(_ environment: (String) -> (name: String, text: String)) -> TestFindings {
    var texts: [String: String] = [:]
    for (job, system) in [("job1", "Linux"), ("job2", "Windows")] {
      let folder = "run-1/\(job)/allure-results/"
      let (name, text) = environment(system)
      texts[folder + name] = text
      for (i, test) in ["a", "b", "c"].enumerated() {
        let time = i + (job == "job1" ? 10 : 20)
        texts[folder + "0f8fad5b-d9cb-469f-a165-7086772895\(time)-result.json"] = result(
          test, test == "b" && job == "job2", at: time)
      }
    }
    return NightReading.conclude(NightReading.partial(texts)).findings
  }

  @Test("Allure's environment files name the configuration of the results beside them")
  func allure() {
    let properties = night { ("environment.properties", "# made by the job\nos_platform = \($0)\nstage=test\n") }
    #expect(properties.configurations == ["Linux", "Windows"])
    #expect(properties.failing.map(\.line.configuration) == ["Windows"] && properties.flaky.isEmpty)
    let xml = night {
      ("environment.xml", "<environment><parameter><key>Browser</key><value>\($0)</value></parameter></environment>")
    }
    #expect(xml.configurations == ["Linux", "Windows"] && xml.builds.count == 1)
    #expect(xml.tests == 3)
    // Elsewhere the name means nothing, and no word of a test is lost.
    let other = night { _ in ("notes.properties", "os_platform=same") }
    #expect(other.configurations == ["job1", "job2"])
  }
}
