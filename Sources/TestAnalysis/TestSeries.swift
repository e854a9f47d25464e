// What one test did, on one configuration, in each build.

package import Model
internal import Support

/// What one line did in one build.
package struct TestStep: Sendable {
  /// Index into the timeline's builds.
  package var build: Int
  package var outcome: TestOutcome
  package var attempts: Int
  package var failures: Int
  /// 1 where its first attempt failed.
  package var firstFailures: Int
  package var duration: Int64
  package var isFlaky: Bool
  /// The failure lay elsewhere: an outage, a trouble that many shared.
  package var isCollateral = false
  /// A fixture, a hook or a container failed, not the test.
  package var isSetup = false
  /// It failed because another test did: a subtest, a dependency.
  package var isParent = false
  /// A set-up that a later attempt no longer needed.
  package var isSettled = false
  package var detail: StepDetail?

  package var isFailure: Bool { outcome.isFailure }
  package var ran: Bool { outcome == .passed || isFailure }
  /// Whether an attempt failed, or the report says one did.
  var isTrouble: Bool { isFailure || failures > 0 || firstFailures > 0 || isFlaky }
  /// Whether its failure says nothing about the test itself.
  package var isElsewhere: Bool { isCollateral || isSetup || isParent }
  package var failure: FailureNote? { detail?.failure }
  /// Where it failed, as evidence about a test.
  func evidence(of test: String) -> Evidence? {
    guard var evidence = detail?.evidence else { return nil }
    evidence.request = ForeignName(test)
    return evidence
  }
  /// How each attempt ended, as far as it was seen.
  package var endings: [Bool] { detail?.endings ?? [] }
  /// When the failing attempt's record began, microseconds since the epoch; `Int64.min` where unknown.
  package var time: Int64 { detail?.time ?? .min }
}

/// What is kept of steps with a failure.
package struct StepDetail: Sendable {
  private final class Storage: Sendable {
    let failure: FailureNote?
    let evidence: Evidence?
    let endings: [Bool]
    let time: Int64
    init(_ failure: FailureNote?, _ evidence: Evidence?, _ endings: [Bool], _ time: Int64) {
      self.failure = failure
      self.evidence = evidence
      self.endings = endings
      self.time = time
    }
  }

  private let storage: Storage

  init(failure: FailureNote?, evidence: Evidence?, endings: [Bool], time: Int64) {
    storage = Storage(failure, evidence, endings, time)
  }

  var failure: FailureNote? { storage.failure }
  var evidence: Evidence? { storage.evidence }
  var endings: [Bool] { storage.endings }
  var time: Int64 { storage.time }
}

/// One line: a test on one configuration, through all builds; branches are told apart by the builds.
package struct TestSeries: Sendable {
  package let test: String
  /// Empty where there is none.
  package let configuration: String
  /// In build order.
  package var steps: [TestStep]
  /// Whether an attempt failed in any build, or a report says one did; else it only names a reason not to run.
  package let hasTrouble: Bool

  init(test: String, configuration: String, steps: [TestStep]) {
    self.test = test
    self.configuration = configuration
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
      guard step.detail != nil else { return sum + 96 }
      let note = step.failure
      return sum + 800 + 2
        * ((note?.message.utf8.count ?? 0) + (note?.frame.utf8.count ?? 0) + (note?.raw.utf8.count ?? 0))
    }
  }
}
