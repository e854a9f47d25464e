// Failed tests as workflow commands: nothing of an input can end one or begin another.

import Model
import Reports
import Testing

struct AnnotationsTests {
  private func report(_ test: TestFindings.FailingTest) -> NightReport {
    var report = NightReport()
    report.tests.failing = [test]
    return report
  }

  @Test("news are errors with file and line, what is known is a warning")
  func kinds() {
    var test = TestFindings.FailingTest(
      line: TestFindings.Line("a > b", configuration: "linux"), status: .new, failedBuilds: 1, builds: 3,
      message: "expected 3")
    test.place = TestFindings.CodePlace(file: "src/a.py", line: 7)
    test.since = "9f1c2ab77d01"
    #expect(
      Annotations.text(report(test))
        == "::error file=src/a.py,line=7,title=a > b on linux::new, since 9f1c2ab77d01: expected 3\n")
    test.status = .ongoing
    #expect(Annotations.text(report(test)).hasPrefix("::warning "))
    #expect(Annotations.text(NightReport()).isEmpty)
  }

  @Test("a message cannot smuggle in a command")
  func inert() {
    let test = TestFindings.FailingTest(
      line: TestFindings.Line("a,line=1::x"), status: .new, failedBuilds: 1, builds: 1,
      message: "x\n::error file=evil::y\r%0A")
    let text = Annotations.text(report(test))
    #expect(text.split(separator: "\n").count == 1)
    #expect(!text.dropFirst(2).contains("\r") && !text.contains("title=a,line"))
  }
}
