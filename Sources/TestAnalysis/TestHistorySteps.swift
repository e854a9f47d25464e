// Earlier nights as the history keeps them: the steps of a test, a build or a night at a time.

internal import Model
internal import Support

/// The earlier nights, their rows put into the buckets of tonight's cases.
struct TestHistorySteps {
  private struct Row {
    var night: Int32
    var number: Int32
  }

  private let nights: [TestHistory.Night]
  private var rows = [[Row]](repeating: [], count: CaseBuckets.count)
  /// The first build of each night.
  private var first: [Int] = []
  private(set) var builds: [TestBuild] = []

  init(_ history: TestHistory) {
    nights = history.nights.sorted { $0.night < $1.night }
    for (number, night) in nights.enumerated() {
      first.append(builds.count)
      for label in Self.labels(night) {
        builds.append(
          TestBuild(
            key: "night " + night.night, revision: label, branch: "", configuration: "", start: .min,
            night: night.night))
      }
      for (index, outcome) in night.tests.enumerated() {
        rows[CaseBuckets.bucket(of: outcome.test.utf8Span.span)].append(
          Row(night: Int32(clamping: number), number: Int32(clamping: index)))
      }
    }
  }

  private static func labels(_ night: TestHistory.Night) -> [String] {
    night.builds.isEmpty ? [night.revision] : night.builds
  }

  /// The steps of a bucket's tests, oldest first, by the symbols of their names, which are added to the table.
  func steps(of bucket: Int, names: inout SymbolTable) -> [UInt32: [TestStep]] {
    var steps: [UInt32: [TestStep]] = [:]
    for row in rows[bucket] {
      let night = Int(row.night)
      let outcome = nights[night].tests[Int(row.number)]
      steps[names.intern(outcome.test).index, default: []] += Self.steps(
        of: outcome, from: first[night], count: Self.labels(nights[night]).count)
    }
    return steps
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
}
