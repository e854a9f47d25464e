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

/// One test through all builds.
package struct TestTrack: Sendable {
  package let test: String
  /// In build order.
  package fileprivate(set) var steps: [TestStep]
  /// Whether an attempt failed in any build, or a report says one did: most tests never do, and most questions are not
  /// about those.
  package let hasTrouble: Bool

  fileprivate init(test: String, steps: [TestStep]) {
    self.test = test
    self.steps = steps
    hasTrouble = steps.contains { $0.isFailure || $0.failures > 0 || $0.firstFailures > 0 || $0.isFlaky }
  }

  /// The steps of tonight's builds.
  func steps(from first: Int) -> ArraySlice<TestStep> {
    var start = steps.count
    while start > 0, steps[start - 1].build >= first { start -= 1 }
    return steps[start...]
  }
}

/// All builds, oldest first, and the steps of every test through them.
package struct TestTimeline: Sendable {
  package private(set) var builds: [TestBuild] = []
  /// Sorted by test.
  package private(set) var tracks: [TestTrack] = []
  /// The first of tonight's builds.
  package private(set) var tonight = 0
  package private(set) var files: [TestFindings.File] = []

  package init(partial: TestPartial, history: TestHistory) {
    var steps: [String: [TestStep]] = [:]
    addHistory(history, &steps)
    tonight = builds.count
    addTonight(partial, &steps)
    tracks.reserveCapacity(steps.count)
    for (test, list) in steps { tracks.append(TestTrack(test: test, steps: list)) }
    tracks.sort { $0.test < $1.test }
  }

  /// The steps of a test; none where no report names it.
  package subscript(test: String) -> [TestStep] { place(of: test).map { tracks[$0].steps } ?? [] }

  private func place(of test: String) -> Int? {
    let place = tracks.partitioningIndex { $0.test >= test }
    return place < tracks.count && tracks[place].test == test ? place : nil
  }

  private mutating func addHistory(_ history: TestHistory, _ steps: inout [String: [TestStep]]) {
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

  /// The runs of one build, each with the number of its file.
  private struct Found {
    var build: TestBuild
    var runs: [(run: TestRun, file: Int)] = []
  }

  private mutating func addTonight(_ partial: TestPartial, _ steps: inout [String: [TestStep]]) {
    let parts = partial.files.sorted { $0.key < $1.key }.map(\.value)
    var places: [String: Int] = [:]
    var found: [Found] = []
    for (number, part) in parts.enumerated() {
      let joined = AttemptModel.join(part)
      files.append(joined.file)
      let key = part.build + "\u{0}" + part.revision + "\u{0}" + part.configuration
      let place = places[key] ?? found.count
      if place == found.count {
        places[key] = place
        found.append(
          Found(
            build: TestBuild(
              key: part.build, revision: part.revision, branch: part.branch, configuration: part.configuration,
              start: .max, night: "")))
      }
      for run in joined.runs {
        if run.time != .min { found[place].build.start = min(found[place].build.start, run.time) }
        found[place].runs.append((run, number))
      }
    }
    found.sort {
      ($0.build.start, $0.build.key, $0.build.revision, $0.build.configuration)
        < ($1.build.start, $1.build.key, $1.build.revision, $1.build.configuration)
    }
    for entry in found {
      var build = entry.build
      if build.start == .max { build.start = .min }
      builds.append(build)
      Self.add(entry.runs, of: parts, build: builds.count - 1, to: &steps)
    }
  }

  /// Puts the runs of one build together by test: few tests stand in more than one of its reports.
  private static func add(
    _ runs: [(run: TestRun, file: Int)], of parts: [TestFilePart], build: Int, to steps: inout [String: [TestStep]]
  ) {
    var first: [String: Int] = [:]
    var more: [Int: [Int]] = [:]
    first.reserveCapacity(runs.count)
    for index in runs.indices {
      if let place = first[runs[index].run.test] {
        more[place, default: [place]].append(index)
      } else {
        first[runs[index].run.test] = index
      }
    }
    for index in runs.indices where first[runs[index].run.test] == index {
      let step = step(of: (more[index] ?? [index]).map { runs[$0] }, parts, build: build)
      steps[runs[index].run.test, default: []].append(step)
    }
  }

  /// One test's step in a build: results told twice count once, a later pass settles a failure.
  private static func step(
    of items: [(run: TestRun, file: Int)], _ parts: [TestFilePart], build: Int
  ) -> TestStep {
    var kept = items
    if items.count > 1 {
      kept = []
      for item in items where !kept.contains(where: { isSame($0.run, item.run) }) { kept.append(item) }
      kept.sort { ($0.run.time, parts[$0.file].path) < ($1.run.time, parts[$1.file].path) }
    }
    let last = kept[kept.count - 1]
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
    step.time = failing.run.time
    // What a test that only passed did is told by its counts.
    if step.firstFailures > 0 { step.endings = kept.flatMap { $0.run.attempts.map { !$0.isFailure } } }
    step.failure = failing.run.failure
    guard step.failures > 0 || step.isFailure || step.failure != nil else { return step }
    if let attempt = failing.run.attempts.first(where: \.isFailure) ?? failing.run.attempts.last {
      let file = parts[failing.file]
      step.evidence = Evidence(
        SourceLocation(input: file.input, member: file.member, position: .line(attempt.line)),
        request: failing.run.test, quote: failing.run.failure?.message ?? "")
    }
    return step
  }

  private static func isSame(_ a: TestRun, _ b: TestRun) -> Bool {
    a.duration == b.duration && a.time == b.time && a.attempts.map(\.outcome) == b.attempts.map(\.outcome)
  }

  /// Tells that some failures lay elsewhere: by test, the builds.
  package mutating func markCollateral(_ collateral: [String: Set<Int>]) {
    for (test, builds) in collateral {
      guard let place = place(of: test) else { continue }
      for i in tracks[place].steps.indices
      where builds.contains(tracks[place].steps[i].build) && tracks[place].steps[i].failures > 0 {
        tracks[place].steps[i].isCollateral = true
      }
    }
  }
}
