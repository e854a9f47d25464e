// Where producers put their reports: what their folders and files are called, as they are downloaded from each service, and
// what belongs together there. Every file holds the same six tests; those that failed are named.

import Model
import TestAnalysis
import Testing

/// A night as some service lays it out.
struct ReportLayout: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Paths, each with whether its test `b` failed.
  var files: [(path: String, failed: Bool)]
  var builds: Int
  var configurations: Int
  var flaky = false
  /// Whether every file holds tests of its own.
  var areParts = false
  /// Whether the reports tell when they ran: an hour after the one before.
  var isStamped = false

  init(
    _ name: String, builds: Int, configurations: Int, flaky: Bool = false, areParts: Bool = false,
    isStamped: Bool = false, _ files: [(path: String, failed: Bool)]
  ) {
    testDescription = name
    self.files = files
    self.builds = builds
    self.configurations = configurations
    self.flaky = flaky
    self.areParts = areParts
    self.isStamped = isStamped
  }

  /// The files of builds and cells, the last cell always failing.
  static func matrix(_ builds: [String], _ cells: [String], file: String = "junit.xml") -> [(String, Bool)] {
    builds.flatMap { build in cells.map { ("\(build)/\($0)/\(file)", $0 == cells.last) } }
  }

  func text(_ i: Int) -> String {
    let own = areParts ? files[i].path.map { $0 == "/" ? "." : String($0) }.joined() : ""
    let stamp = isStamped ? " timestamp=\"2026-11-02T\(10 + i):00:00Z\"" : ""
    var text = "<testsuite name=\"acme\(own)\"\(stamp)>"
    for (j, name) in ["a", "b", "c", "d", "e", "f"].enumerated() {
      text += "<testcase classname=\"acme\(own)\" name=\"\(name)\" time=\"\(Double(37 * i + 11 * j + 5) / 10)\">"
      if name == "b", files[i].failed { text += "<failure type=\"AssertionError\" message=\"boom\">x</failure>" }
      text += "</testcase>"
    }
    return text + "</testsuite>"
  }
}

struct LayoutTests {
  static let layouts: [ReportLayout] = [
    ReportLayout(
      "GitHub: artifacts of one run", builds: 1, configurations: 4,
      ReportLayout.matrix(
        ["artifacts"], ["results-ubuntu-3.11", "results-ubuntu-3.12", "results-macos-3.11", "results-macos-3.12"])),
    ReportLayout(
      "GitHub: a run's attempts by number", builds: 2, configurations: 0, flaky: true,
      [("500/1/results/junit.xml", true), ("500/2/results/junit.xml", false), ("501/1/results/junit.xml", false)]),
    ReportLayout(
      "GitLab: cells of parallel:matrix", builds: 2, configurations: 2,
      ReportLayout.matrix(["pipeline-991", "pipeline-992"], ["test: [3.9, postgres]", "test: [3.9, mysql]"])),
    ReportLayout(
      "GitLab: a job that was retried has a number of its own", builds: 2, configurations: 0, flaky: true,
      [
        ("pipeline-7/unit/10021/r.xml", true), ("pipeline-7/unit/10044/r.xml", false),
        ("pipeline-8/unit/10061/r.xml", false),
      ]),
    ReportLayout(
      "Jenkins: axes before the build's number", builds: 2, configurations: 2,
      [31, 32].flatMap { build in
        ["17", "21"].map { ("configurations/axis-jdk/\($0)/builds/\(build)/junit.xml", $0 == "21") }
      }),
    ReportLayout(
      "CircleCI: containers by number", builds: 2, configurations: 0, areParts: true,
      ["12", "13"].flatMap { build in
        (0..<3).map { ("pipeline-\(build)/test/\($0)/rspec.xml", false) }
      }),
    ReportLayout(
      "Azure: build numbers of a day", builds: 3, configurations: 2,
      ReportLayout.matrix(["20261101.1", "20261101.2", "20261102.1"], ["linux", "windows"])),
    ReportLayout(
      "Azure: the agent and the time in the file's name", builds: 2, configurations: 0,
      [
        ("101/TestResults/_fv-az131-51_2026-11-02_10_11_31.xml", false),
        ("102/TestResults/_fv-az231-52_2026-11-02_10_12_32.xml", true),
      ]),
    ReportLayout(
      "Bazel: runs per test", builds: 1, configurations: 0, flaky: true,
      (1...3).map { ("bazel-testlogs/pkg/t_test/run_\($0)_of_3/test.xml", $0 == 2) }),
    ReportLayout(
      "Cypress: a sum in every file's name", builds: 2, configurations: 0, areParts: true,
      ["build-1", "build-2"].flatMap { build in
        ["5f4dcc3b5aa765d61d8327deb882cf99", "e99a18c428cb38d5f260853678922e03"].map {
          ("\(build)/results/junit-\($0).xml", build == "build-2")
        }
      }),
    ReportLayout(
      "a short sum in every file's name", builds: 1, configurations: 0, areParts: true,
      ["5f4dcc3b", "e99a18c4", "098f6bcd"].map { ("results/junit-\($0).xml", false) }),
    ReportLayout(
      "commits in the files' names", builds: 3, configurations: 0,
      ["5f4dcc3b", "e99a18c4", "098f6bcd"].map { ("results/junit-\($0).xml", true) }),
    ReportLayout(
      "versions of Node.js", builds: 2, configurations: 2,
      ReportLayout.matrix(["1a2b3c4", "2b3c4d5"], ["ubuntu-node18", "ubuntu-node20"])),
    ReportLayout(
      "versions of Node.js as folders", builds: 2, configurations: 3,
      ReportLayout.matrix(["build-1", "build-2"], ["node/18", "node/20", "node/22"])),
    ReportLayout(
      "nodes that share the tests out", builds: 2, configurations: 0, areParts: true,
      ["build-1", "build-2"].flatMap { build in (1...3).map { ("\(build)/node-\($0)/junit.xml", false) } }),
    ReportLayout(
      "a folder above the archives that looks like a build", builds: 3, configurations: 0,
      ["1", "2", "3"].map { ("data/ci20/night.tar.gz!build-\($0)/junit.xml", $0 == "2") }),
    ReportLayout(
      "archives that a build's folder holds", builds: 2, configurations: 2,
      [7, 8].flatMap { build in
        ["linux", "windows"].map { ("build-\(build)/reports.zip!\($0)/junit.xml", $0 == "windows") }
      }),
    ReportLayout(
      "years of a compiler", builds: 2, configurations: 2,
      ReportLayout.matrix(["build-1", "build-2"], ["windows/2019", "windows/2022"])),
    ReportLayout(
      "Firebase: devices, one of them run again", builds: 1, configurations: 2, flaky: true,
      [
        ("2026-11-02_10-00/Pixel2-28-en-portrait/test_result_1.xml", true),
        ("2026-11-02_10-00/Pixel2-28-en-portrait-rerun_1/test_result_1.xml", false),
        ("2026-11-02_10-00/Nexus6-25-en-portrait/test_result_1.xml", false),
      ]),
    ReportLayout(
      "Xcode: dates with points", builds: 2, configurations: 2,
      [1, 2].flatMap { build in
        [8, 15].map { ("run-\(build)/Test-App-iPhone \($0)-2026.11.0\(build)_10-0\($0)-01-+0000.xml", $0 == 15) }
      }),
    ReportLayout(
      "dates as folders", builds: 2, configurations: 2,
      ReportLayout.matrix(["2026/11/01/build-5", "2026/11/02/build-6"], ["linux", "windows"])),
    ReportLayout(
      "runs of one revision by number", builds: 1, configurations: 0, flaky: true,
      [("main/9f1c2ab77d01/1/j.xml", true), ("main/9f1c2ab77d01/2/j.xml", false)]),
    ReportLayout(
      "GitHub: the attempt behind the artifact's name", builds: 1, configurations: 2, flaky: true, isStamped: true,
      [
        ("results-linux-1/junit.xml", true), ("results-windows-1/junit.xml", false),
        ("results-linux-2/junit.xml", false),
      ]),
    ReportLayout(
      "Travis: jobs behind the build's number", builds: 2, configurations: 2,
      ReportLayout.matrix(["12"], ["12.1", "12.2"]) + ReportLayout.matrix(["13"], ["13.1", "13.2"])),
    ReportLayout(
      "AppVeyor: versions that are builds", builds: 3, configurations: 0, isStamped: true,
      [("1.0.345/j.xml", false), ("1.0.346/j.xml", true), ("1.0.347/j.xml", true)]),
    ReportLayout(
      "versions of what tests run on are no builds", builds: 1, configurations: 3, isStamped: true,
      [("18.19.0/j.xml", false), ("20.10.0/j.xml", true), ("22.1.0/j.xml", false)]),
    ReportLayout(
      "branches before dates", builds: 4, configurations: 0,
      [
        ("main/2026-11-01/j.xml", true), ("main/2026-11-02/j.xml", true),
        ("release-1.2/2026-11-01/j.xml", false), ("release-1.2/2026-11-02/j.xml", false),
      ]),
    ReportLayout(
      "files that differ in their date, run again after a failure", builds: 1, configurations: 0, flaky: true,
      isStamped: true,
      [("run-1/u_H_2026-11-02_10_01_01.xml", true), ("run-1/u_H_2026-11-02_10_01_40.xml", false)]),
    ReportLayout(
      "files that differ in their date, nothing to run again for", builds: 1, configurations: 0, isStamped: true,
      [("run-1/u_H_2026-11-02_10_01_01.xml", false), ("run-1/u_H_2026-11-02_10_01_40.xml", true)]),
  ]

  @Test("builds and configurations of every service's folders", arguments: layouts)
  func layout(_ layout: ReportLayout) {
    var texts: [String: String] = [:]
    for i in layout.files.indices { texts[layout.files[i].path] = layout.text(i) }
    let findings = NightReading.conclude(NightReading.partial(texts)).findings
    #expect(findings.builds.count == layout.builds, "\(findings.builds.map(\.id))")
    #expect(findings.configurations.count == layout.configurations, "\(findings.configurations)")
    #expect(findings.flaky.isEmpty == !layout.flaky)
    #expect(findings.tests == 6 * (layout.areParts ? Set(layout.files.map(\.path)).count : 1))
  }
}
