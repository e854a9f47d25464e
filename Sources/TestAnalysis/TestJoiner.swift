// The cases of one test into runs, a suite of a report at a time, and the runs into steps: a build and configuration at a time.

internal import Model
internal import Support

struct TestJoiner {
  /// What was counted of each file.
  private(set) var files: [TestFindings.File]
  private let parts: [TestFilePart]
  private let places: TestPlaces
  /// Number of tonight's first build.
  private let firstBuild: Int
  /// Of the reports of pytest-rerunfailures, by file.
  private var unseen: [Int: UnseenReruns] = [:]
  /// The case that was read last: its room is used again.
  private var note = CompactResult()

  init(_ parts: [TestFilePart], _ places: TestPlaces, firstBuild: Int) {
    self.parts = parts
    self.places = places
    self.firstBuild = firstBuild
    files = parts.map { part in
      var file = TestFindings.File(path: ForeignName(part.path), dialect: OwnName(part.dialect))
      file.complete = part.isComplete && part.isClosed
      file.recovered = part.isRecovered
      file.parserStop = part.parserStop
      file.cases = part.cases
      file.passed = part.passed + part.disabled
      file.failures = part.failed
      file.errors = part.errors
      file.skipped = part.skipped
      file.disabled = part.disabled
      return file
    }
  }

  /// Sees which reruns left no trace: that takes all tests of a report, so the buckets are read twice.
  mutating func inferUnseen(_ cases: CaseBuckets, ranks: [Int]) throws(FileFailure) {
    for (file, part) in parts.enumerated() where part.dialect == AttemptModel.rerunPlugin {
      unseen[file] = UnseenReruns()
    }
    if unseen.isEmpty { return }
    for bucket in 0..<CaseBuckets.count {
      let content = try cases.read(bucket, ranks: ranks)
      var start = 0
      while start < content.entries.count {
        let end = Self.end(ofFileAt: start, content.entries[...])
        let file = Int(content.entries[start].file)
        if unseen[file] != nil {
          let run = AttemptModel.join(try read(content, start..<end), dialect: parts[file].dialect)
          unseen[file]?.observe(run)
        }
        start = end
      }
    }
  }

  /// The end of the cases of one test in one file.
  private static func end(ofFileAt start: Int, _ entries: ArraySlice<CaseBuckets.Entry>) -> Int {
    let first = entries[start]
    var end = start + 1
    while end < entries.endIndex, entries[end].file == first.file, entries[end].test == first.test { end += 1 }
    return end
  }

  /// The cases of one test, read in full.
  private mutating func read(
    _ content: CaseBuckets.Content, _ range: Range<Int>
  ) throws(FileFailure) -> [CompactResult] {
    var notes: [CompactResult] = []
    notes.reserveCapacity(range.count)
    for place in range {
      try read(content, place)
      notes.append(note)
    }
    return notes
  }

  /// Reads one case into `note`.
  private mutating func read(_ content: CaseBuckets.Content, _ place: Int) throws(FileFailure) {
    do throws(DecodeFailure) {
      var reader = ByteReader(content.bytes, at: content.entries[place].offset)
      if let detail = try note.decodeNamed(from: &reader).detail {
        var inner = ByteReader(content.bytes, at: detail.lowerBound)
        try note.decodeDetail(from: &inner)
      }
    } catch {
      throw FileFailure(scratch: "test cases are damaged: \(error.message)")
    }
  }

  /// A run of a test: the cases of one suite of one report.
  struct Run {
    var told: Told
    var place: SuitePlace
    var file: Int
    /// The test's name before masking; empty where nothing was masked.
    var raw: [UInt8]

    /// The attempts of the run.
    var run: TestRun {
      switch told {
      case .joined(let run): run
      case .plain(let outcome, let duration, let time, let line):
        TestRun(
          attempts: [TestRun.Attempt(outcome: outcome, duration: duration, failure: nil, line: line)],
          outcome: outcome, time: time)
      }
    }
  }

  /// What is known of a run.
  enum Told {
    /// One case that says no more than how it ended, as nearly all do: durations in microseconds, times since the epoch.
    case plain(TestOutcome, duration: Int64, time: Int64, line: Int)
    case joined(TestRun)
  }

  /// What became of the cases of one test.
  enum Runs {
    /// Nothing but one passed or skipped case.
    case plain(TestStep, configuration: Int)
    case several([Run])
  }

  /// The runs of one test in all reports.
  ///
  /// - Parameters:
  ///   - content: a bucket.
  ///   - range: the test's cases in it.
  /// - Returns: its runs, in the order of the reports.
  /// - Throws: `FileFailure` where the cases are damaged.
  mutating func runs(_ content: CaseBuckets.Content, _ range: Range<Int>) throws(FileFailure) -> Runs {
    var found: [Run] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let end = Self.end(ofFileAt: start, content.entries[..<range.upperBound])
      let file = Int(content.entries[start].file)
      if end == start + 1 {
        try read(content, start)
        if range.count == 1, let step = plainStep(file) { return step }
        if note.isPlain { addPlain(file, &found) } else { add([note], file, &found) }
      } else {
        for group in groups(try read(content, start..<end), file) { add(group, file, &found) }
      }
      start = end
    }
    return .several(found)
  }

  /// The one case of a test, where it says no more than how it ended: `note`.
  private mutating func plainStep(_ file: Int) -> Runs? {
    guard note.isPlain, note.raw.isEmpty, !note.marks.contains(.parent) else { return nil }
    let place = places.place(of: note.suite, in: file)
    guard !place.isCopy, place.variant.isEmpty else { return nil }
    files[file].tests += 1
    files[file].attempts += 1
    return .plain(
      TestStep(
        build: firstBuild + place.build, outcome: note.outcome, attempts: 1, failures: 0, firstFailures: 0,
        duration: max(note.duration, 0), isFlaky: false), configuration: place.configuration)
  }

  /// Adds the run of a file's one case that says no more than how it ended: `note`.
  private mutating func addPlain(_ file: Int, _ found: inout [Run]) {
    // A record that holds others is no test of its own.
    if note.marks.contains(.parent) { return }
    let place = places.place(of: note.suite, in: file)
    if place.isCopy { return }
    files[file].tests += 1
    files[file].attempts += 1
    found.append(
      Run(
        told: .plain(note.outcome, duration: note.duration, time: note.time, line: note.line), place: place, file: file,
        raw: note.raw))
  }

  private mutating func add(_ notes: [CompactResult], _ file: Int, _ found: inout [Run]) {
    // A record that holds others is no test of its own.
    if notes.allSatisfy({ $0.marks.contains(.parent) }) { return }
    let place = places.place(of: notes[0].suite, in: file)
    var run = AttemptModel.join(notes, dialect: parts[file].dialect)
    unseen[file]?.complete(&run)
    guard !place.isCopy else { return }
    files[file].tests += 1
    files[file].attempts += run.total
    files[file].reruns += AttemptModel.reruns(of: run, records: notes.count)
    if run.isFlaky { files[file].flaky += 1 }
    found.append(Run(told: .joined(run), place: place, file: file, raw: notes[0].raw))
  }

  /// The cases of one test in one report, put apart by suite and by the name before masking.
  private func groups(_ notes: [CompactResult], _ file: Int) -> [[CompactResult]] {
    if notes.count == 1 { return [notes] }
    let first = notes[0]
    if notes.allSatisfy({ $0.suite == first.suite && $0.raw == first.raw }) { return [notes] }
    var groups: [[CompactResult]] = []
    var suites: [UInt32] = []
    for note in notes {
      let suite = places.place(of: note.suite, in: file).suite
      if let place = groups.indices.first(where: { suites[$0] == suite && groups[$0][0].raw == note.raw }) {
        groups[place].append(note)
      } else {
        groups.append([note])
        suites.append(suite)
      }
    }
    return groups
  }

  // MARK: - Steps

  /// The steps of one test on one configuration out of its runs.
  func steps(of runs: [Run]) -> [TestStep] {
    // By build, then in the order of the reports; builds and runs are fewer than 2^32.
    let order = runs.indices.map { UInt64(runs[$0].place.build) << 32 | UInt64($0) }.sorted()
    var steps: [TestStep] = []
    steps.reserveCapacity(runs.count)
    var first = 0
    while first < order.count {
      var last = first + 1
      while last < order.count, order[last] >> 32 == order[first] >> 32 { last += 1 }
      let own = order[first..<last].lazy.map { runs[Int($0 & 0xFFFF_FFFF)] }
      let only = last == first + 1 ? own.first.flatMap(plain) : nil
      steps.append(only ?? step(of: own.map(joined)))
      first = last
    }
    return steps
  }

  /// The step of a line's only run in a build, where it says no more than how it ended: most do.
  private func plain(_ run: Run) -> TestStep? {
    let build = firstBuild + run.place.build
    switch run.told {
    case .plain(let outcome, let duration, _, _):
      return TestStep(
        build: build, outcome: outcome, attempts: 1, failures: 0, firstFailures: 0, duration: max(duration, 0),
        isFlaky: false)
    case .joined(let run):
      guard !run.outcome.isFailure, run.failures == 0, run.failure == nil, !run.isFlaky else { return nil }
      return TestStep(
        build: build, outcome: run.outcome, attempts: run.total, failures: 0, firstFailures: 0, duration: run.duration,
        isFlaky: false)
    }
  }

  /// A run with its attempts put down, for who asks for them again and again.
  private func joined(_ run: Run) -> Run {
    var run = run
    run.told = .joined(run.run)
    return run
  }

  /// One line's step in a build: shards and modules are parts, of which the worst counts; in a part attempts follow each
  /// other, and the last one counts.
  private func step(of runs: [Run]) -> TestStep {
    var parts: [Int: [Run]] = [:]
    for run in runs { parts[run.place.part, default: []].append(run) }
    var step: TestStep?
    for (_, list) in parts.sorted(by: { $0.key < $1.key }) {
      let next = chain(list)
      step = step.map { Self.worse($0, next) } ?? next
    }
    return step
      ?? TestStep(
        build: firstBuild, outcome: .notRun, attempts: 0, failures: 0, firstFailures: 0, duration: 0, isFlaky: false)
  }

  /// Two parts of one run.
  private static func worse(_ a: TestStep, _ b: TestStep) -> TestStep {
    var worst = AttemptModel.severity(b.outcome) > AttemptModel.severity(a.outcome) ? b : a
    worst.attempts = a.attempts + b.attempts
    worst.failures = a.failures + b.failures
    worst.firstFailures = max(a.firstFailures, b.firstFailures)
    worst.duration = a.duration.addingSaturated(b.duration)
    worst.isFlaky = a.isFlaky || b.isFlaky
    if worst.detail == nil { worst.detail = a.detail ?? b.detail }
    return worst
  }

  /// The runs of one part: one after the other where something counts them, else side by side.
  private func chain(_ runs: [Run]) -> TestStep {
    let isChain = runs.count > 1 && runs.contains { $0.place.isAttempt } && Set(runs.map(\.raw)).count == 1
    let ordered =
      runs.count == 1
      ? runs
      : runs.sorted { a, b in
        (a.place.rank, a.place.start, a.run.time, parts[a.file].path) < (
          b.place.rank, b.place.start, b.run.time, parts[b.file].path
        )
      }
    let worst =
      ordered.max { AttemptModel.severity($0.run.outcome) < AttemptModel.severity($1.run.outcome) } ?? ordered[0]
    // An attempt in which it was skipped says nothing about it.
    let last = ordered.last { $0.run.outcome != .skipped && $0.run.outcome != .notRun } ?? ordered[ordered.count - 1]
    let ending = isChain ? last : worst
    let failing = ordered.last { $0.run.failures > 0 || $0.run.failure?.cause.isEmpty == false } ?? worst
    let hasFailed = ordered.contains { $0.run.outcome.isFailure }
    var step = TestStep(
      build: firstBuild + ending.place.build, outcome: ending.run.outcome,
      attempts: ordered.reduce(0) { $0 + $1.run.total }, failures: ordered.reduce(0) { $0 + $1.run.failures },
      firstFailures: (isChain ? ordered[0].run.failedFirst : ordered.contains { $0.run.failedFirst }) ? 1 : 0,
      duration: ordered.reduce(0) { $0.addingSaturated($1.run.duration) },
      isFlaky: isChain && hasFailed && last.run.outcome == .passed || ordered.contains { $0.run.isFlaky })
    let note = failing.run.failure
    step.isSetup = ordered.contains { $0.run.isSetup && $0.run.failures > 0 }
    if !step.isSetup, let cause = note?.cause, !cause.isEmpty, step.isFailure {
      step.isParent = cause.hasPrefix("dependency")
      step.isSetup = !step.isParent
    }
    if ordered.contains(where: { $0.run.isParent }), step.isFailure { step.isParent = true }
    if step.isSetup, step.isFailure, places.isRepeated(last.place) {
      // The next attempt of the run did not fail there, or it would stand here again.
      step.outcome = .passed
      step.isSettled = true
      step.isFlaky = false
    }
    guard step.failures > 0 || step.isFailure || note != nil || step.isFlaky else { return step }
    let endings = step.firstFailures > 0 ? ordered.flatMap { $0.run.attempts.map { !$0.isFailure } } : []
    var evidence: Evidence?
    if step.failures > 0 || step.isFailure || note != nil,
      let attempt = failing.run.attempts.first(where: \.isFailure) ?? failing.run.attempts.last
    {
      let file = parts[failing.file]
      evidence = Evidence(
        SourceLocation(input: file.input, member: file.member, position: .line(attempt.line)),
        quote: RecordQuote(message: ForeignText(note.map { $0.raw.isEmpty ? $0.message : $0.raw } ?? "")))
    }
    step.detail = StepDetail(failure: note, evidence: evidence, endings: endings, time: failing.run.time)
    return step
  }
}
