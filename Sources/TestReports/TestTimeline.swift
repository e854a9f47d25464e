// Builds in the order in which they ran, earlier nights before tonight's, and what each test did in each of them.

package import Core

/// One build: the reports of one folder at one revision, or a night that only the history knows.
package struct TestBuild: Hashable, Sendable {
  package var key: String
  package var revision: String
  package var branch: String
  package var configuration: String
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var start: Int64
  /// Empty for tonight's builds.
  package var night: String

  /// What the report calls it: its revision, else the night or the folder.
  package var label: String { !revision.isEmpty ? revision : !night.isEmpty ? night : key }
}

/// What one test did in one build.
package struct TestStep: Hashable, Sendable {
  /// Index into the timeline's builds.
  package var build: Int
  package var outcome: TestOutcome
  package var attempts: Int
  package var failures: Int
  /// Builds that the step stands for: more than one for a night of the history.
  package var builds = 1
  package var firstFailures: Int
  package var duration: Int64
  package var isFlaky: Bool
  /// The failure lay elsewhere: set-up, outage, a group of tests that failed for one reason.
  package var isCollateral = false
  package var failure: FailureNote?
  package var evidence: Evidence?
  /// How each attempt ended, as far as it was seen.
  package var endings: [Bool] = []
  /// When the failing attempt's record began, microseconds since the epoch; `Int64.min` where unknown.
  package var time: Int64 = .min

  package var isFailure: Bool { outcome == .failed || outcome == .error }
  package var ran: Bool { outcome == .passed || isFailure }
}

/// All builds, oldest first, and the steps of every test through them.
package struct TestTimeline: Sendable {
  package private(set) var builds: [TestBuild] = []
  /// Steps in build order, by test.
  package private(set) var steps: [String: [TestStep]] = [:]
  /// The first of tonight's builds.
  package private(set) var tonight = 0
  package private(set) var files: [TestFindings.File] = []

  package init(partial: TestPartial, history: TestHistory) {
    addHistory(history)
    tonight = builds.count
    addTonight(partial)
  }

  private mutating func addHistory(_ history: TestHistory) {
    for night in history.nights.sorted(by: { $0.night < $1.night }) {
      let first = builds.count
      let labels = night.builds.isEmpty ? [night.revision] : night.builds
      for label in labels {
        builds.append(
          TestBuild(
            key: "night " + night.night, revision: label, branch: "", configuration: "", start: .min,
            night: night.night))
      }
      for test in night.tests {
        steps[test.test, default: []] += Self.steps(of: test, from: first, count: labels.count)
      }
    }
  }

  /// A night of one test: a step per build where the history kept them, else one for the whole night.
  private static func steps(of test: TestHistory.Outcome, from first: Int, count: Int) -> [TestStep] {
    guard test.sequence.utf8.count == count else {
      return [
        TestStep(
          build: first, outcome: test.outcome, attempts: test.attempts, failures: test.failures, builds: test.builds,
          firstFailures: test.firstFailures, duration: test.duration, isFlaky: false, isCollateral: test.isCollateral)
      ]
    }
    let ran = test.sequence.utf8.count { $0 != UInt8(ascii: "-") }
    var steps: [TestStep] = []
    for (offset, letter) in test.sequence.enumerated() where letter != "-" {
      let failed = letter != "P"
      steps.append(
        TestStep(
          build: first + offset, outcome: letter == "P" || letter == "R" ? .passed : .failed,
          attempts: letter == "R" ? 2 : 1, failures: failed ? 1 : 0, firstFailures: failed ? 1 : 0,
          duration: test.duration / Int64(max(ran, 1)), isFlaky: letter == "R", isCollateral: letter == "C"))
    }
    return steps
  }

  private mutating func addTonight(_ partial: TestPartial) {
    struct Found {
      var build: TestBuild
      var runs: [(run: TestRun, file: TestFilePart)] = []
    }
    var found: [String: Found] = [:]
    for (_, part) in partial.files.sorted(by: { $0.key < $1.key }) {
      let joined = AttemptModel.join(part)
      files.append(joined.file)
      let key = part.build + "\u{0}" + part.revision + "\u{0}" + part.configuration
      var entry =
        found[key]
        ?? Found(
          build: TestBuild(
            key: part.build, revision: part.revision, branch: part.branch, configuration: part.configuration,
            start: .max, night: ""))
      for run in joined.runs {
        if run.time != .min { entry.build.start = min(entry.build.start, run.time) }
        entry.runs.append((run, part))
      }
      found[key] = entry
    }
    let ordered = found.values.sorted {
      ($0.build.start, $0.build.key, $0.build.revision, $0.build.configuration)
        < ($1.build.start, $1.build.key, $1.build.revision, $1.build.configuration)
    }
    for entry in ordered {
      var build = entry.build
      if build.start == .max { build.start = .min }
      builds.append(build)
      add(entry.runs, build: builds.count - 1)
    }
  }

  /// A test that stands in several reports of one build: results told twice count once, a later pass settles a failure.
  private mutating func add(_ runs: [(run: TestRun, file: TestFilePart)], build: Int) {
    var byTest: [String: [(run: TestRun, file: TestFilePart)]] = [:]
    for item in runs { byTest[item.run.test, default: []].append(item) }
    for (test, items) in byTest {
      var kept: [(run: TestRun, file: TestFilePart)] = []
      for item in items
      where !kept.contains(where: {
        $0.run.attempts.map(\.outcome) == item.run.attempts.map(\.outcome)
          && $0.run.duration == item.run.duration && $0.run.time == item.run.time
      }) {
        kept.append(item)
      }
      kept.sort { ($0.run.time, $0.file.path) < ($1.run.time, $1.file.path) }
      guard let last = kept.last else { continue }
      let failedEarlier = kept.dropLast().contains { $0.run.outcome == .failed || $0.run.outcome == .error }
      let isRerun =
        failedEarlier && last.run.outcome == .passed && last.run.time != .min
        && kept.dropLast().allSatisfy { $0.run.time < last.run.time }
      let worst = kept.max { AttemptModel.severity($0.run.outcome) < AttemptModel.severity($1.run.outcome) } ?? last
      let failing = kept.last { $0.run.failures > 0 } ?? worst
      var step = TestStep(
        build: build, outcome: isRerun ? .passed : worst.run.outcome,
        attempts: kept.reduce(0) { $0 + $1.run.total }, failures: kept.reduce(0) { $0 + $1.run.failures },
        firstFailures: kept.contains { $0.run.failedFirst } ? 1 : 0,
        duration: kept.reduce(0) { $0.addingSaturated($1.run.duration) },
        isFlaky: isRerun || kept.contains { $0.run.isFlaky })
      step.failure = failing.run.failure
      step.time = failing.run.time
      step.endings = kept.flatMap { $0.run.attempts.map { !$0.isFailure } }
      if let attempt = failing.run.attempts.first(where: \.isFailure) ?? failing.run.attempts.last {
        step.evidence = Evidence(
          SourceLocation(input: failing.file.input, member: failing.file.member, position: .line(attempt.line)),
          request: test, quote: failing.run.failure?.message ?? "")
      }
      steps[test, default: []].append(step)
    }
  }

  /// Tells that some failures lay elsewhere: by test, the builds.
  package mutating func markCollateral(_ collateral: [String: Set<Int>]) {
    for (test, builds) in collateral {
      guard var list = steps[test] else { continue }
      for i in list.indices where builds.contains(list[i].build) && list[i].failures > 0 { list[i].isCollateral = true }
      steps[test] = list
    }
  }
}
