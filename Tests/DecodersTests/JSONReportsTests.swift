// JSON test reports: an example of each dialect that is read, what must not be taken for one, and damage.

import Model
import Support
import Testing

@testable import Decoders

/// A text decoded as a member whose format is found by its content.
private struct Report {
  var batch: RecordBatch
  var records: [TestRecord] { batch.reports.flatMap(\.records) }
  var dialect: String { batch.reports.last?.dialect ?? "" }
  var isComplete: Bool { batch.reports.last?.complete ?? false }

  init(_ text: String, piece: Int = 1 << 20) { batch = decode(text, piece: piece) }

  /// `class|name|outcome|attempts|message` of each record.
  var lines: [String] {
    records.map { "\($0.className)|\($0.name)|\($0.outcome.name)|\($0.attempts.count)|\($0.message)" }
  }
}

private let goLines = """
  {"Time":"2026-11-02T01:00:00Z","Action":"start","Package":"a/b"}
  {"Time":"2026-11-02T01:00:00Z","Action":"run","Package":"a/b","Test":"TestX"}
  {"Time":"2026-11-02T01:00:01Z","Action":"output","Package":"a/b","Test":"TestX","Output":"    x_test.go:9: late\\n"}
  {"Time":"2026-11-02T01:00:01Z","Action":"fail","Package":"a/b","Test":"TestX","Elapsed":0.5}
  {"Time":"2026-11-02T01:00:01Z","Action":"run","Package":"a/b","Test":"TestX"}
  {"Time":"2026-11-02T01:00:02Z","Action":"pass","Package":"a/b","Test":"TestX","Elapsed":0.25}
  {"Time":"2026-11-02T01:00:02Z","Action":"output","Package":"a/b","Output":"FAIL\\ta/b\\t0.9s\\n"}
  {"Time":"2026-11-02T01:00:02Z","Action":"fail","Package":"a/b","Elapsed":0.9}

  """

struct JSONReportsTests {
  @Test("go test -json: an event a line, a test that is run again stands again")
  func goTest() {
    let report = Report(goLines)
    #expect(report.dialect == "go-test-json" && report.isComplete)
    #expect(report.lines == ["a/b|TestX|failed|0|late", "a/b|TestX|passed|0|"])
    #expect(report.records[0].file.isEmpty && report.records[0].stack.contains("x_test.go:9"))
    #expect(report.records[0].duration == 500_000)
  }

  @Test("go test -json: a package that fails without a test is its set-up; a panic takes the running test with it")
  func goSetup() {
    let build = Report(
      """
      # a/b [a/b.test]
      {"ImportPath":"a/b [a/b.test]","Action":"build-output","Output":"b_test.go:3:2: undefined: q\\n"}
      {"Action":"start","Package":"a/b"}
      {"Action":"fail","Package":"a/b","Elapsed":0,"FailedBuild":"a/b [a/b.test]"}
      {"Action":"start","Package":"a/c"}
      {"Action":"run","Package":"a/c","Test":"TestY"}
      {"Action":"output","Package":"a/c","Test":"TestY","Output":"panic: boom\\n"}
      {"Action":"fail","Package":"a/c","Elapsed":0.1}

      """)
    #expect(build.lines == ["a/b|TestMain|failed|0|undefined: q", "a/c|TestY|failed|0|panic: boom"])
    #expect(build.records[0].marks.contains(.setup) && !build.records[1].marks.contains(.setup))
    #expect(build.batch.codes == ["textOutsideJSON"])
  }

  @Test("go test -json: the stream ends while a test runs")
  func goCut() {
    let cut = Report(goLines.split(separator: "\n").prefix(5).joined(separator: "\n") + "\n{\"Time\":\"20")
    #expect(cut.lines == ["a/b|TestX|failed|0|late", "a/b|TestX|notRun|0|"])
    #expect(!cut.isComplete)
  }

  private static let playwright = """
    {"suites":[{"specs":[{"tests":[{"projectName":"firefox","expectedStatus":"passed","results":[
    {"status":"failed","duration":5,"error":{"message":"\\u001b[31mTimed out\\u001b[39m"},"retry":0},
    {"status":"passed","duration":7,"retry":1,"startTime":"2026-11-02T01:00:06.000Z"}],"status":"flaky"},
    {"projectName":"webkit","results":[{"status":"timedOut","duration":1}],"status":"unexpected"},
    {"projectName":"safari","results":[],"status":"skipped"}],"title":"adds","line":3,"file":"c.spec.ts"}],
    "title":"inner"}],"title":"c.spec.ts","file":"c.spec.ts"}],"config":{"rootDir":"/w","metadata":{"gitCommit":{"hash":"abc"}}},
    "errors":[{"message":"no setup","location":{"file":"global.ts","line":1}}],"stats":{"expected":0}}
    """

  @Test("Playwright: projects are configurations, retries attempts, suites' names stand behind their tests")
  func playwright() {
    let text = Self.playwright.replacing("[{\"specs\"", with: "[{\"suites\":[{\"specs\"")
    for piece in [1, 7, 1 << 20] {
      let report = Report(text, piece: piece)
      #expect(report.dialect == "playwright" && report.isComplete)
      #expect(
        report.lines == [
          "c.spec.ts|inner › adds|passed|1|", "c.spec.ts|inner › adds|failed|0|", "c.spec.ts|inner › adds|skipped|0|",
          "global.ts|(outside any test)|error|0|no setup",
        ])
      #expect(report.records.map(\.configuration) == ["firefox", "webkit", "safari", ""])
      #expect(report.records[0].attempts[0].message == "Timed out" && report.records[0].marks == .flaky)
      #expect(report.records[3].marks.contains(.setup))
      #expect(report.batch.reports.last?.properties.map(\.value) == ["abc"])
    }
  }

  @Test("Jest: a file that failed to run is a set-up failure; invocations are attempts")
  func jest() {
    let report = Report(
      """
      {"numTotalTests":2,"numFailedTestSuites":2,"numRuntimeErrorTestSuites":1,"testResults":[{"assertionResults":[
      {"ancestorTitles":["cart"],"failureMessages":["Error: no\\n    at x (a.js:1:2)"],"status":"failed","title":"pays",
      "invocations":3},{"ancestorTitles":[],"status":"todo","title":"later"}],"name":"/w/a.test.ts","status":"failed","message":""},
      {"assertionResults":[],"message":"Cannot find module","name":"/w/b.test.ts","status":"failed"}]}
      """)
    #expect(report.dialect == "jest-json")
    #expect(
      report.lines == [
        "cart|pays|failed|2|Error: no", "a.test.ts|later|skipped|0|", "|/w/b.test.ts|error|0|Cannot find module",
      ])
    #expect(report.records.map { $0.marks.contains(.setup) } == [false, false, true])
  }

  @Test("CTRF: retries as a number, as attempts, and as both")
  func ctrf() {
    let report = Report(
      """
      {"reportFormat":"CTRF","results":{"tool":{"name":"x"},"tests":[
      {"name":"a","status":"passed","flaky":true,"retries":2,"suite":"s","browser":"chrome"},
      {"name":"b","status":"failed","retries":1,"retryAttempts":[{"attempt":1,"status":"failed","message":"one"},
      {"attempt":2,"status":"failed","message":"two"}],"message":"two","suite":["s","t"]},
      {"name":"c","status":"other"},{"name":"d","status":"pending"}],"environment":{"commit":"f00","branchName":"main"}}}
      """)
    #expect(report.lines == ["s|a|passed|2|", "s > t|b|failed|1|two", "|c|notRun|0|", "|d|skipped|0|"])
    #expect(report.records[0].configuration == "chrome" && report.records[1].attempts[0].message == "one")
    #expect(report.batch.reports.last?.properties.map(\.name) == ["commit", "branchName"])
  }

  @Test("mochawesome and mocha: a hook that failed is a set-up failure, one that passed no record")
  func mocha() {
    let awesome = Report(
      """
      {"stats":{"suites":1,"tests":2,"passes":1},"results":[{"title":"","suites":[{"title":"cart","tests":[
      {"title":"adds","state":"passed","duration":1,"err":{}},{"title":"pays","state":"failed","err":{"message":"no"}},
      {"title":"ships","pending":true}],"beforeHooks":[{"title":"\\"before each\\" hook","isHook":true,"state":"failed",
      "err":{"message":"late"}},{"title":"\\"before all\\" hook","isHook":true,"state":"passed"}]}]}]}
      """)
    #expect(
      awesome.lines == [
        "cart|adds|passed|0|", "cart|pays|failed|0|no", "cart|ships|skipped|0|",
        "cart|\"before each\" hook|failed|0|late",
      ])
    #expect(awesome.records[3].marks.contains(.setup))
    let plain = Report(
      """
      {"stats":{"tests":2,"passes":1},"tests":[{"title":"x"}],"pending":[{"title":"p","fullTitle":"cart p","err":{}}],
      "failures":[{"title":"pays","fullTitle":"cart pays","currentRetry":1,"err":{"message":"no"}}],
      "passes":[{"title":"adds","fullTitle":"cart adds","currentRetry":2,"err":{}}]}
      """)
    #expect(plain.lines == ["cart|p|skipped|0|", "cart|pays|failed|1|no", "cart|adds|passed|2|"])
  }

  @Test("pytest-json-report and pytest-reportlog: names as in pytest's JUnit, phases, reruns, collection")
  func pytest() {
    let document = Report(
      """
      {"created":1793581200.5,"exitcode":1,"root":"/w","tests":[{"nodeid":"t/test_a.py::C::test_x[a::b]","outcome":"passed",
      "call":{"outcome":"passed","duration":0.5}},{"nodeid":"t/test_a.py::test_s","outcome":"error","setup":{"outcome":"failed",
      "crash":{"message":"no db","path":"c.py","lineno":4}}}],"collectors":[{"nodeid":"t/test_b.py","outcome":"failed",
      "longrepr":"E   ImportError: q"}]}
      """)
    #expect(
      document.lines == [
        "t.test_a.C|test_x[a::b]|passed|0|", "t.test_a|test_s|error|0|failed on setup with \"no db\"",
        "|t.test_b|error|0|ImportError: q",
      ])
    #expect(document.records.map { $0.marks.contains(.setup) } == [false, true, true])
    let log = Report(
      """
      {"$report_type":"SessionStart"}
      {"nodeid":"t.py::x","outcome":"passed","when":"setup","$report_type":"TestReport"}
      {"nodeid":"t.py::x","outcome":"rerun","when":"call","longrepr":{"reprcrash":{"message":"m"}},"$report_type":"TestReport"}
      {"nodeid":"t.py::x","outcome":"passed","when":"teardown","$report_type":"TestReport"}
      {"nodeid":"t.py::x","outcome":"passed","when":"setup","$report_type":"TestReport"}
      {"nodeid":"t.py::x","outcome":"passed","when":"call","$report_type":"TestReport"}
      {"nodeid":"t.py::x","outcome":"passed","when":"teardown","$report_type":"TestReport"}
      {"nodeid":"t.py::s","location":["t.py",3,"s"],"outcome":"skipped","when":"setup","longrepr":["t.py",4,"Skipped: no"],"$report_type":"TestReport"}

      """)
    #expect(log.lines == ["t|x|failed|0|m", "t|x|passed|0|", "t|s|skipped|0|Skipped: no"])
    #expect(log.records[0].marks.contains(.earlierAttempt) && !log.isComplete)
  }

  @Test("Dart's JSON reporter: milliseconds since the start are no times; what loads a suite is no test")
  func dart() {
    let text = """
      {"protocolVersion":"0.1.1","runnerVersion":"1","pid":1,"type":"start","time":0}
      {"suite":{"id":0,"platform":"vm","path":"test/a_test.dart"},"type":"suite","time":0}
      {"test":{"id":1,"name":"loading test/a_test.dart","suiteID":0,"groupIDs":[],"metadata":{"skip":false,"skipReason":null}},"type":"testStart","time":1}
      {"testID":1,"result":"success","skipped":false,"hidden":true,"type":"testDone","time":9}
      {"test":{"id":2,"name":"charges","suiteID":0,"groupIDs":[],"metadata":{"skip":false,"skipReason":null}},"type":"testStart","time":10}
      {"test":{"id":3,"name":"refunds","suiteID":0,"groupIDs":[],"metadata":{"skip":true,"skipReason":"no card"}},"type":"testStart","time":10}
      {"testID":2,"error":"Expected: 1","stackTrace":"test/a_test.dart 9:5","isFailure":true,"type":"error","time":890}
      {"testID":2,"result":"failure","skipped":false,"hidden":false,"type":"testDone","time":900}
      {"testID":3,"result":"success","skipped":true,"hidden":false,"type":"testDone","time":901}
      {"test":{"id":4,"name":"pays","suiteID":0,"groupIDs":[],"metadata":{"skip":false,"skipReason":null}},"type":"testStart","time":902}

      """
    let cut = Report("[{\"event\":\"test.startedProcess\"}]\n" + text)
    #expect(cut.dialect == "dart-json" && !cut.isComplete)
    #expect(
      cut.lines == [
        "test/a_test.dart|charges|failed|0|Expected: 1", "test/a_test.dart|refunds|skipped|0|no card",
        "test/a_test.dart|pays|notRun|0|",
      ])
    #expect(cut.records[0].duration == 890_000 && cut.records.allSatisfy { $0.time == .min })
    let whole = Report(
      text + #"{"testID":4,"result":"error","hidden":false,"type":"testDone","time":903}"# + "\n"
        + #"{"success":false,"type":"done","time":910}"# + "\n")
    #expect(whole.isComplete && whole.records[2].outcome == .error)
  }

  @Test("Rust's test harness in JSON: an event a line, the panic's words are the message")
  func cargo() {
    let text = #"""
      { "type": "suite", "event": "started", "test_count": 4 }
      { "type": "test", "event": "started", "name": "t::a" }
      { "type": "test", "name": "t::a", "event": "ok", "exec_time": 0.001 }
      { "type": "test", "event": "started", "name": "t::b" }
      { "type": "test", "event": "timeout", "name": "t::b" }
      { "type": "test", "name": "t::b", "event": "failed", "exec_time": 0.5, "stdout": "thread 't::b' panicked at src/lib.rs:9:5:\nno stock\n" }
      { "type": "test", "event": "ignored", "name": "t::c" }
      { "type": "test", "event": "started", "name": "t::d" }

      """#
    let cut = Report("   Compiling t v0.1.0\n" + text)
    #expect(cut.dialect == "cargo-test-json" && !cut.isComplete)
    #expect(cut.lines == ["|t::a|passed|0|", "|t::b|failed|0|no stock", "|t::c|skipped|0|", "|t::d|notRun|0|"])
    #expect(cut.records[1].duration == 500_000 && cut.records[1].time == .min)
    #expect(
      Report(
        text + #"{ "type": "suite", "event": "failed", "passed": 1, "failed": 1, "ignored": 1, "exec_time": 0.6 }"#
          + "\n"
      )
      .isComplete)
    // Somebody's events of the same words.
    let log = Report(
      #"{"type":"suite","event":"started","time":"2026-11-25T02:00:00Z","level":"info","message":"x"}"# + "\n")
    #expect(log.records.isEmpty && log.batch.logs.count == 1)
  }

  @Test("of Bazel's events that end before a target's summary the last failed attempt is the target's own")
  func bazelCut() {
    func result(_ status: String, _ attempt: Int) -> String {
      #"{"id":{"testResult":{"label":"//a:t","run":1,"shard":1,"attempt":\#(attempt)}},"testResult":{"status":"\#(status)","testAttemptDurationMillis":"3004"}}"#
        + "\n"
    }
    let once = Report(result("FAILED", 1))
    #expect(once.records.map(\.attempts.count) == [0] && once.records[0].outcome == .failed)
    #expect(once.records[0].message == "FAILED")
    let twice = Report(result("FAILED", 1) + result("TIMEOUT", 2))
    #expect(twice.records.map(\.attempts.count) == [1] && twice.records[0].message == "TIMEOUT")
    let flaky = Report(result("FAILED", 1) + result("PASSED", 2))
    #expect(flaky.records[0].outcome == .passed && flaky.records[0].attempts.count == 1)
  }

  @Test("RSpec, Cucumber, Allure, Bazel")
  func others() {
    let rspec = Report(
      """
      {"version":"3.13","examples":[{"description":"adds","full_description":"Cart adds","status":"failed",
      "file_path":"./spec/a_spec.rb","line_number":3,"exception":{"class":"E","message":"no"}}],
      "summary":{"errors_outside_of_examples_count":1},"messages":["An error occurred while loading"]}
      """)
    #expect(
      rspec.lines == [
        "spec.a_spec|Cart adds|failed|0|no", "|(outside any example)|error|0|An error occurred while loading",
      ])
    let cucumber = Report(
      """
      [{"uri":"f.feature","keyword":"Feature","elements":[{"type":"background","steps":[{"result":{"status":"passed"}}]},
      {"name":"rows","line":7,"type":"scenario","steps":[{"result":{"status":"passed","duration":1000000}}]},
      {"name":"rows","line":8,"steps":[{"keyword":"When ","name":"I pay","result":{"status":"undefined"}}]},
      {"name":"hooked","line":9,"before":[{"result":{"status":"failed","error_message":"no db"}}],
      "steps":[{"result":{"status":"skipped"}}]}],"name":"Cart"}]
      """)
    #expect(
      cucumber.lines == [
        "Cart|rows|passed|0|", "Cart|rows|failed|0|step undefined: When I pay", "Cart|hooked|failed|0|no db",
      ])
    #expect(cucumber.records.map(\.parameters) == ["", "example 2", ""])
    #expect(cucumber.records[2].marks.contains(.setup) && cucumber.records[0].duration == 1000)
    let allure = Report(
      #"{"uuid":"u","historyId":"h","fullName":"a.Shop.pays","name":"pays","status":"broken","stage":"finished","start":1793581200000,"stop":1793581201000,"labels":[{"name":"host","value":"h1"}],"parameters":[{"name":"n","value":"1"}]}"#
    )
    #expect(allure.lines == ["a.Shop|pays|error|0|"])
    #expect(allure.records[0].host == "h1" && allure.records[0].parameters == "n=1")
    let container = Report(#"{"uuid":"c","children":["u"],"befores":[{"name":"open","status":"broken"}],"start":1}"#)
    #expect(container.batch.reports.isEmpty && container.batch.codes == ["allureContainer", "suiteFailure"])
    let bazel = Report(
      """
      {"id":{"started":{}},"started":{"uuid":"u"}}
      {"id":{"configuration":{"id":"k"}},"configuration":{"mnemonic":"k8-fastbuild"}}
      {"id":{"testResult":{"label":"//a:t","run":1,"shard":1,"attempt":1,"configuration":{"id":"k"}}},"testResult":{"status":"FAILED","testAttemptDuration":"1.5s"}}
      {"id":{"testResult":{"label":"//a:t","run":1,"shard":1,"attempt":2,"configuration":{"id":"k"}}},"testResult":{"status":"PASSED","testAttemptDurationMillis":"500"}}
      {"id":{"testSummary":{"label":"//a:t","configuration":{"id":"k"}}},"testSummary":{"overallStatus":"FLAKY","attemptCount":2}}
      {"id":{"buildFinished":{}},"finished":{"exitCode":{"name":"SUCCESS"}}}

      """)
    #expect(bazel.lines == ["|//a:t|passed|1|"] && bazel.isComplete)
    #expect(bazel.records[0].configuration == "k8-fastbuild" && bazel.records[0].duration == 2_000_000)
  }

  @Test(
    "other JSON is no test report",
    arguments: [
      #"{"resourceSpans":[]}"#, #"{"Action":"login","User":"x"}"#, #"{"uuid":"1","name":"n","status":"ok"}"#,
      #"{"status":"passed","message":"m","time":"2026-01-01T00:00:00Z"}"#, #"{"tests":[{"name":"x"}]}"#,
      #"[{"name":"x","line":1}]"#, #"{"id":{"started":{},"b":{}}}"#, #"{"results":{"items":[]}}"#,
    ])
  func isNone(_ text: String) {
    let bytes = Array(text.utf8)
    let found = JSONReportDialect.recognize(bytes.span)
    #expect(found == nil)
  }

  @Test("a document that is cut keeps what was whole, and says so")
  func cut() {
    let whole = Self.playwright
    let report = Report(String(whole.prefix(whole.count * 2 / 3)))
    #expect(report.records.count == 3 && !report.isComplete)
    #expect(report.batch.codes.contains("incompleteReport") || report.batch.codes.contains("cutOff"))
  }

  @Test("a long text is cut to its beginning and the rest of the report is read")
  func longText() {
    let long = String(repeating: "x\\n", count: 1 << 20)
    let text =
      #"{"reportFormat":"CTRF","results":{"tests":[{"name":"a","status":"failed","message":""# + long
      + #"","stdout":[""# + long + #""]},{"name":"b","status":"passed"}]}}"#
    for piece in [4096, 1 << 16, text.utf8.count] {
      let report = Report(text, piece: piece)
      #expect(report.records.map(\.name) == ["a", "b"] && report.isComplete)
      #expect(report.records[0].message.utf8.count <= 64 << 10)
    }
  }
}
