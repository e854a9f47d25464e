// The cases of one test into runs, a report at a time, and the runs into steps, a build at a time.

internal import Model
internal import Support

struct TestJoiner {
  /// What was counted of each file.
  private(set) var files: [TestFindings.File]
  private let parts: [TestFilePart]
  /// The build of each file.
  private let builds: [Int]
  /// Of the reports of pytest-rerunfailures, by file.
  private var unseen: [Int: UnseenReruns] = [:]

  init(_ parts: [TestFilePart], builds: [Int]) {
    self.parts = parts
    self.builds = builds
    files = parts.map { part in
      var file = TestFindings.File(path: part.path, dialect: part.dialect)
      file.complete = part.isComplete && part.isClosed
      file.recovered = part.isRecovered
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
  mutating func inferUnseen(_ cases: CaseBuckets, ranks: [Int]) throws(CaseFailure) {
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
          let run = AttemptModel.join(try notes(content, start..<end), dialect: parts[file].dialect)
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
  private func notes(_ content: CaseBuckets.Content, _ range: Range<Int>) throws(CaseFailure) -> [CompactResult] {
    var notes: [CompactResult] = []
    notes.reserveCapacity(range.count)
    for place in range {
      var note = CompactResult()
      do throws(DecodeFailure) {
        var reader = ByteReader(content.bytes, at: content.entries[place].offset)
        if let detail = try note.decode(from: &reader).detail {
          var inner = ByteReader(content.bytes, at: detail.lowerBound)
          try note.decodeDetail(from: &inner)
        }
      } catch {
        throw CaseFailure("test cases are damaged: \(error.message)")
      }
      notes.append(note)
    }
    return notes
  }

  /// The runs of one build, each with the rank of its file.
  private typealias Item = (run: TestRun, file: Int)

  /// Appends the steps of one test.
  ///
  /// - Parameters:
  ///   - content: a bucket.
  ///   - range: the test's cases in it.
  ///   - steps: those of earlier nights.
  /// - Throws: `CaseFailure` where the cases are damaged.
  mutating func append(
    _ content: CaseBuckets.Content, _ range: Range<Int>, to steps: inout [TestStep]
  ) throws(CaseFailure) {
    var found: [(build: Int, item: Item)] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let end = Self.end(ofFileAt: start, content.entries[..<range.upperBound])
      let file = Int(content.entries[start].file)
      let notes = try notes(content, start..<end)
      if range.count == 1, notes[0].isPlain {
        files[file].tests += 1
        files[file].attempts += 1
        steps.append(
          TestStep(
            build: builds[file], outcome: notes[0].outcome, attempts: 1, failures: 0, firstFailures: 0,
            duration: max(notes[0].duration, 0), isFlaky: false))
        return
      }
      var run = AttemptModel.join(notes, dialect: parts[file].dialect)
      unseen[file]?.complete(&run)
      files[file].tests += 1
      files[file].attempts += run.total
      files[file].reruns += AttemptModel.reruns(of: run, records: notes.count)
      if run.isFlaky { files[file].flaky += 1 }
      found.append((builds[file], (run, file)))
      start = end
    }
    // Files stand in the order of their names; builds in the order in which they ran.
    let order = found.indices.sorted { (found[$0].build, $0) < (found[$1].build, $1) }
    var first = 0
    while first < order.count {
      let build = found[order[first]].build
      var last = first
      while last < order.count, found[order[last]].build == build { last += 1 }
      steps.append(step(of: order[first..<last].map { found[$0].item }, build: build))
      first = last
    }
  }

  /// One test's step in a build: results told twice count once, a later pass settles a failure.
  private func step(of items: [Item], build: Int) -> TestStep {
    var kept = items
    if items.count > 1 {
      kept = []
      var seen: [Moment: [Int]] = [:]
      for item in items {
        let moment = Moment(time: item.run.time, duration: item.run.duration)
        let known = seen[moment] ?? []
        if known.contains(where: { Self.isSame(kept[$0].run, item.run) }) { continue }
        seen[moment] = known + [kept.count]
        kept.append(item)
      }
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
        quote: failing.run.failure?.message ?? "")
    }
    return step
  }

  /// When a run began and how long it took: what results told twice have in common.
  private struct Moment: Hashable {
    var time: Int64
    var duration: Int64
  }

  /// Whether two runs of one moment went the same way.
  private static func isSame(_ a: TestRun, _ b: TestRun) -> Bool {
    a.attempts.map(\.outcome) == b.attempts.map(\.outcome)
  }
}
