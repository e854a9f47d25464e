// Records into attempts and tests, dialect by dialect.

import Foundation
import Model
import Support
import TestAnalysis
import TestSupport
import Testing

struct AttemptModelTests {
  private func file(_ text: String) throws -> TestFindings.File {
    try #require(NightReading.findings(text).files.first)
  }

  @Test("Surefire: flaky passed in the end, rerun failed in the end")
  func surefire() throws {
    let found = NightReading.findings(
      "<testsuite name='s'><testcase name='f' classname='C'><flakyFailure message='a'/><flakyError message='b'/></testcase>"
        + "<testcase name='r' classname='C'><failure message='x'/><rerunFailure message='y'/></testcase></testsuite>")
    let file = try #require(found.files.first)
    let counts = [file.cases, file.passed, file.failures, file.tests, file.attempts, file.reruns, file.flaky]
    #expect(counts == [2, 1, 1, 2, 5, 3, 1])
    #expect(found.flaky.map(\.line.test) == ["C > f"])
    #expect(found.flaky.first?.basis == .sameRevision)
  }

  @Test("attempts are numbered in the cases' properties, in whatever order they stand")
  func numbered() throws {
    func record(_ attempt: String, _ inside: String) -> String {
      "<testcase classname='c' name='t'><properties><property name='\(attempt)'/></properties>\(inside)</testcase>"
    }
    let failure = "<failure message='boom'/>"
    let retried = NightReading.findings(
      "<testsuite name='s'>" + record("retry' value='1", "") + record("retry' value='0", failure) + "</testsuite>")
    #expect(retried.flaky.map(\.line.test) == ["c > t"])
    #expect(retried.failing.isEmpty)
    // The first passed and the second did not: it is red at the end.
    let failed = NightReading.findings(
      "<testsuite name='s'>" + record("attempt' value='2", failure) + record("attempt' value='1", "") + "</testsuite>")
    #expect(failed.failing.map(\.line.test) == ["c > t"])
  }

  @Test("go test -count: a test that stands twice in a package ran twice")
  func goCount() {
    func events(_ outcomes: [String], package: String = "p") -> String {
      outcomes.map { "{\"Action\":\"\($0)\",\"Package\":\"\(package)\",\"Test\":\"TestA\",\"Elapsed\":0.1}\n" }.joined()
    }
    let mixed = NightReading.findings(events(["pass", "fail", "pass"]), path: "run-1/t.json")
    #expect(mixed.flaky.map(\.line.test) == ["p > TestA"])
    let broken = NightReading.findings(events(["fail", "fail", "fail"]), path: "run-1/t.json")
    #expect(broken.flaky.isEmpty && broken.failing.count == 1)
  }

  @Test("PHPUnit: attempts are numbered in the name")
  func phpunit() throws {
    let file = try file(
      "<testsuite name='s'><testcase name='testOne (attempt 1 of 3)' class='C' assertions='1'><failure/></testcase>"
        + "<testcase name='testOne (attempt 2 of 3)' class='C' assertions='1'/>"
        + "<testcase name='testTwo (attempt 1 of 2)' class='C' assertions='1'><failure/></testcase>"
        + "<testcase name='testTwo (attempt 2 of 2)' class='C' assertions='1'><failure/></testcase></testsuite>")
    let counts = [file.cases, file.tests, file.attempts, file.reruns, file.flaky]
    #expect(counts == [4, 2, 4, 2, 1])
  }

  @Test("a failure and then a pass of one name are attempts; other mixtures are several runs")
  func repeated() throws {
    let retried = try file(
      "<testsuite><testcase name='t' classname='C'><failure/></testcase><testcase name='t' classname='C'/></testsuite>")
    #expect(retried.flaky == 1 && retried.reruns == 1 && retried.tests == 1)
    let parameters = NightReading.findings(
      "<testsuite><testcase name='t' classname='C'/><testcase name='t' classname='C'><failure/></testcase>"
        + "<testcase name='t' classname='C'/></testsuite>")
    #expect(parameters.flaky.isEmpty)
    #expect(parameters.failed == 1 && parameters.tests == 1)
  }

  @Test("pytest-rerunfailures: 29 reruns, and exactly two tests are flaky", .enabled(if: Corpus.isAvailable))
  func rerunFailures() throws {
    let path = Corpus.path("test-reports/pytest-rerunfailures/generated-here__out_pytest_reruns2.xml")
    let found = NightReading.findings(try String(contentsOfFile: path, encoding: .utf8))
    let file = try #require(found.files.first)
    #expect(file.dialect == "pytest-rerunfailures")
    #expect(file.reruns == 29)
    #expect(file.tests == 26 && file.attempts == 55)
    #expect(found.flaky.map(\.line.test).sorted() == ["test_mix > test_flaky_second", "test_mix > test_flaky_third"])
  }

  @Test("pytest: a failure and the error of its tear-down are one test that failed, not a flake")
  func teardown() throws {
    let found = NightReading.findings(
      "<testsuite name='pytest'><testcase classname='m' name='t'><failure message='assert False'>x</failure></testcase>"
        + "<testcase classname='m' name='t'><error message='failed on teardown with &quot;RuntimeError: x&quot;'/></testcase>"
        + "</testsuite>")
    #expect(found.flaky.isEmpty)
    #expect(found.tests == 1 && found.errors == 1)
  }

  @Test("an incomplete report is said to be one, and what was open in it did not pass")
  func incomplete() throws {
    let found = NightReading.findings("<testsuites><testsuite name='s'><testcase name='a'/><testcase name='b'>")
    #expect(found.files.first?.complete == false)
    #expect(found.passed == 1 && found.notRun == 1)
    let crash = NightReading.findings("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
    #expect(crash.files.first?.complete == false)
    #expect(crash.passed == 0 && crash.tests == 0)
  }

  @Test("partials merge alike in any order, and survive their own bytes")
  func merging() throws {
    let texts = ["b1/a.xml", "b1/b.xml", "b2/a.xml"].map { path in
      [path: NightReading.junit([("x", "F"), ("y", "P")], revision: path)]
    }
    let parts = texts.map { NightReading.partial($0) }
    var forward = parts[0]
    forward.merge(parts[1])
    forward.merge(parts[2])
    var tail = parts[2]
    tail.merge(parts[1])
    var backward = tail
    backward.merge(parts[0])
    #expect(NightReading.bytes(forward) == NightReading.bytes(backward))
    var reader = ByteReader(NightReading.bytes(forward))
    let again = try TestPartial(from: &reader)
    #expect(NightReading.bytes(again) == NightReading.bytes(forward) && reader.remaining == 0)
    #expect(NightReading.conclude(again).findings == NightReading.conclude(backward).findings)
  }
}
