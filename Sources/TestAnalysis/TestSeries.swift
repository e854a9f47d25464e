// Builds in the order in which they ran, and what one test did in each of them.

package import Model

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

  /// Tonight's builds in the order in which they began.
  ///
  /// - Parameter files: tonight's report files.
  /// - Returns: the builds, and the build of each file.
  static func tonight(_ files: [TestFilePart]) -> (builds: [TestBuild], of: [Int]) {
    var found: [TestBuild] = []
    var numbers: [String: Int] = [:]
    var place: [Int] = []
    for file in files {
      let key = file.build + "\u{0}" + file.revision + "\u{0}" + file.configuration
      let number = numbers[key] ?? found.count
      if number == found.count {
        numbers[key] = number
        found.append(
          TestBuild(
            key: file.build, revision: file.revision, branch: file.branch, configuration: file.configuration,
            start: .max, night: ""))
      }
      found[number].start = min(found[number].start, file.start)
      place.append(number)
    }
    let order = found.indices.sorted { first, second in
      let (a, b) = (found[first], found[second])
      return (a.start, a.key, a.revision, a.configuration) < (b.start, b.key, b.revision, b.configuration)
    }
    var rank = [Int](repeating: 0, count: found.count)
    for (position, number) in order.enumerated() { rank[number] = position }
    let builds = order.map { number in
      var build = found[number]
      if build.start == .max { build.start = .min }
      return build
    }
    return (builds, place.map { rank[$0] })
  }
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
  /// Whether an attempt failed, or the report says one did.
  var isTrouble: Bool { isFailure || failures > 0 || firstFailures > 0 || isFlaky }
}

/// One test that is worth a look through all builds.
package struct TestSeries: Sendable {
  package let test: String
  /// In build order.
  package var steps: [TestStep]
  /// Whether an attempt failed in any build, or a report says one did; else it only names a reason not to run.
  package let hasTrouble: Bool

  init(test: String, steps: [TestStep]) {
    self.test = test
    self.steps = steps
    hasTrouble = steps.contains(where: \.isTrouble)
  }

  /// The steps of tonight's builds.
  func steps(from first: Int) -> ArraySlice<TestStep> {
    var start = steps.count
    while start > 0, steps[start - 1].build >= first { start -= 1 }
    return steps[start...]
  }

  /// A fair guess of the bytes held, clusters and verdicts made of it included.
  var memory: Int {
    steps.reduce(256 + 4 * test.utf8.count) { sum, step in
      let note = step.failure
      return sum + 800 + 2 * ((note?.message.utf8.count ?? 0) + (note?.frame.utf8.count ?? 0))
    }
  }
}
