// Result records into attempts, attempts into tests: what each dialect means by several records of one name.

internal import Support
package import Model

/// All attempts of one test in one report.
package struct TestRun: Hashable, Sendable {
  package struct Attempt: Hashable, Sendable {
    package var outcome: TestOutcome
    /// Microseconds, -1 where unknown.
    package var duration: Int64
    package var failure: FailureNote?
    package var line: Int

    package var isFailure: Bool { outcome.isFailure }
  }

  /// In the order in which they ran.
  package var attempts: [Attempt]
  package var outcome: TestOutcome
  /// Attempts that must have been made and left no trace.
  package var unseen = 0
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var time: Int64

  /// A failed attempt, and at the end a passed one.
  package var isFlaky: Bool { isMixed || markedFlaky }
  package var markedFlaky = false
  /// A fixture, a hook or a container failed.
  var isSetup = false
  /// It holds other tests and fails because of them.
  var isParent = false
  /// Its records are findings of one run, no attempts.
  var areFindings = false
  private var isMixed: Bool { outcome == .passed && attempts.contains(where: \.isFailure) }

  package init(attempts: [Attempt], outcome: TestOutcome, time: Int64) {
    self.attempts = attempts
    self.outcome = outcome
    self.time = time
  }

  package var failures: Int { attempts.count(where: \.isFailure) + (outcome == .passed ? 0 : unseen) }
  package var total: Int { attempts.count + unseen }
  package var duration: Int64 { attempts.reduce(0) { $0.addingSaturated(max($1.duration, 0)) } }
  package var failure: FailureNote? { attempts.last(where: { $0.failure != nil })?.failure }
  /// Whether the first attempt failed.
  package var failedFirst: Bool { attempts.first?.isFailure ?? false }
}

/// Joins the records of one test in one report.
package enum AttemptModel {
  /// The dialect whose attempts look like passed tests.
  static let rerunPlugin = "pytest-rerunfailures"
  /// The dialect in which a name that stands twice in a package is one test run twice (`-count`): Go numbers equal names of
  /// subtests, so that no two tests share one.
  static let goTest = "go-test-json"

  /// The run of a test.
  ///
  /// - Parameters:
  ///   - notes: its records in the report's order, at least one.
  ///   - dialect: the report's.
  /// - Returns: its attempts and how they ended.
  static func join(_ notes: [CompactResult], dialect: String) -> TestRun {
    var run = dialect == rerunPlugin ? joinPytest(notes) : joinOrdered(notes)
    run.isSetup = notes.contains { $0.isFailure && $0.marks.contains(.setup) }
    run.isParent = notes.contains { $0.isFailure && $0.marks.contains(.parent) }
    if dialect == goTest, notes.contains(where: \.isFailure), notes.contains(where: { $0.outcome == .passed }) {
      run.markedFlaky = true
    }
    return run
  }

  /// Repetitions that are reruns: attempts behind the first, where the records form one chain of attempts.
  static func reruns(of run: TestRun, records: Int) -> Int {
    if run.areFindings { return 0 }
    let isChain = run.attempts.dropLast().allSatisfy(\.isFailure)
    return isChain ? max(run.total - 1, 0) : max(run.total - records, 0)
  }

  // MARK: - Most dialects

  private static func joinOrdered(_ notes: [CompactResult]) -> TestRun {
    // PHPUnit and others number the attempts in the name; elsewhere the order of the records is the order of the runs.
    let ordered = notes.contains { $0.attempt > 0 } ? notes.enumerated().sorted(by: byAttempt).map(\.element) : notes
    var attempts: [TestRun.Attempt] = []
    var unseen = 0
    var marked = false
    for note in ordered {
      let own = attempt(note)
      if note.marks.contains(.teardown), var last = attempts.popLast() {
        // The tear-down of the attempt before it, told in a record of its own.
        last.outcome = severity(own.outcome) > severity(last.outcome) ? own.outcome : last.outcome
        last.failure = last.failure ?? own.failure
        last.duration = max(last.duration, 0).addingSaturated(max(own.duration, 0))
        attempts.append(last)
        continue
      }
      let inner = note.inner.map {
        TestRun.Attempt(outcome: $0.outcome, duration: $0.duration, failure: $0.failure, line: note.line)
      }
      if note.marks.contains(.rerun) {
        // The record is the first attempt, the elements in it are later ones.
        attempts.append(own)
        attempts += inner
      } else {
        attempts += inner
        attempts.append(own)
      }
      if note.marks.contains(.flaky) { marked = true }
      if note.marks.contains(.flaky), inner.isEmpty, note.outcome == .passed { unseen += 1 }
    }
    var run = TestRun(attempts: attempts, outcome: outcome(of: ordered), time: ordered.first?.time ?? .min)
    run.areFindings = areFindings(ordered)
    if ordered.contains(where: { $0.marks.contains(.teardown) }) {
      run.outcome = attempts.last?.outcome ?? run.outcome
    }
    run.unseen = unseen
    run.markedFlaky = marked
    return run
  }

  /// Several failures of one name that say different things and took no time: the findings of a checker, not attempts.
  private static func areFindings(_ notes: [CompactResult]) -> Bool {
    guard notes.count > 1, notes.allSatisfy({ $0.isFailure && $0.duration <= 0 && $0.attempt == 0 && $0.inner.isEmpty })
    else { return false }
    return Set(notes.map { $0.failure?.text ?? 0 }).count > 1
  }

  private static func byAttempt(_ a: (offset: Int, element: CompactResult), _ b: (offset: Int, element: CompactResult))
    -> Bool
  {
    (a.element.attempt, a.offset) < (b.element.attempt, b.offset)
  }

  private static func attempt(_ note: CompactResult) -> TestRun.Attempt {
    let outcome: TestOutcome = note.marks.contains(.earlierAttempt) && note.outcome == .skipped ? .failed : note.outcome
    return TestRun.Attempt(outcome: outcome, duration: note.duration, failure: note.failure, line: note.line)
  }

  /// How a test ended whose records are these. Failures with one pass behind them are attempts of which the last counts;
  /// any other mixture is several runs (parameters without a name, shards), and the worst counts.
  private static func outcome(of notes: [CompactResult]) -> TestOutcome {
    guard notes.count > 1, let last = notes.last else { return notes.first?.outcome ?? .notRun }
    let earlier = notes.dropLast()
    if earlier.allSatisfy({ $0.isFailure || $0.marks.contains(.earlierAttempt) }), !last.isFailure || last.attempt > 0 {
      return last.outcome
    }
    if notes.contains(where: { $0.attempt > 0 }) { return last.outcome }
    return notes.map(\.outcome).max { severity($0) < severity($1) } ?? .notRun
  }

  /// The worst of several builds; nil where there are none.
  static func worst(_ steps: ArraySlice<TestStep>) -> TestOutcome? {
    guard var worst = steps.first?.outcome else { return nil }
    for i in steps.indices where severity(steps[i].outcome) > severity(worst) { worst = steps[i].outcome }
    return worst
  }

  static func severity(_ outcome: TestOutcome) -> Int {
    switch outcome {
    case .skipped: 0
    case .notRun: 1
    case .passed: 2
    case .failed: 3
    case .error: 4
    }
  }

  // MARK: - pytest-rerunfailures

  /// Every record but the last attempt's is an empty one that looks passed; a failed test may have two records of its last
  /// attempt, one for the call and one for the tear-down.
  private static func joinPytest(_ notes: [CompactResult]) -> TestRun {
    // One bare record and a tear-down's are call and tear-down of the one attempt; with more of them the plugin wrote all but
    // the last.
    let isOneCall = notes.count == 2 && notes[1].marks.contains(.teardown)
    let placeholders = isOneCall ? 0 : notes.dropLast().prefix { $0.isBare }.count
    var attempts: [TestRun.Attempt] = []
    for note in notes.prefix(placeholders) {
      attempts.append(TestRun.Attempt(outcome: .failed, duration: note.duration, failure: nil, line: note.line))
    }
    let rest = notes.dropFirst(placeholders)
    let worst = rest.max { severity($0.outcome) < severity($1.outcome) } ?? notes[notes.count - 1]
    attempts.append(attempt(worst))
    return TestRun(attempts: attempts, outcome: worst.outcome, time: notes[0].time)
  }
}

/// The reruns of one pytest-rerunfailures report that left no trace.
///
/// The plugin reruns every failed test equally often. Where all failed tests but a few show the same number of reruns, the
/// few were rerun too and left no trace (tests with subtests do); collection errors are never rerun.
struct UnseenReruns {
  private var shown = 0
  private var least = Int.max
  private var most = 0

  /// Takes note of a run of the report.
  mutating func observe(_ run: TestRun) {
    guard run.outcome.isFailure, run.attempts.count > 1 else { return }
    shown += 1
    least = min(least, run.attempts.count - 1)
    most = max(most, run.attempts.count - 1)
  }

  /// Gives a run the attempts that it must have had.
  func complete(_ run: inout TestRun) {
    guard shown >= 2, least == most else { return }
    if run.attempts.count == 1, run.outcome == .failed { run.unseen = most }
  }
}
