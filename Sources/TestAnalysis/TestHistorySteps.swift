// Earlier nights as the history keeps them: the rows of a bucket's tests, and the steps that they stand for.

internal import Model
internal import Support

/// What one earlier night knew of one line.
struct HistoryLine {
  /// The name it was reported under.
  var test: String
  var configuration: String
  /// Index into the nights.
  var night: Int
  var row: TestHistory.Row
}

/// The earlier nights, oldest first.
struct TestHistorySteps {
  let nights: [TestHistory.Night]
  /// The first build of each night.
  private(set) var first: [Int] = []
  private(set) var builds: [TestBuild] = []

  init(_ history: TestHistory) {
    nights = history.nights.sorted { $0.night < $1.night }
    for night in nights {
      first.append(builds.count)
      for build in night.builds {
        var known = TestBuild(
          id: build.id, revision: build.revision, branch: build.branch, start: build.start, night: night.night)
        known.isIncomplete = build.isIncomplete
        builds.append(known)
      }
    }
  }

  /// Names that showed configurations, the latest night's word first.
  var labels: [String: String] {
    var labels: [String: String] = [:]
    for night in nights.reversed() { labels.merge(night.labels) { later, _ in later } }
    return labels
  }

  /// The lines of a bucket's tests, by the symbols of their names before which is masked what varies; nights in order.
  ///
  /// - Parameters:
  ///   - bucket: its number.
  ///   - names: the names of tonight's tests in it, to which the others are added.
  /// - Returns: the lines by symbol.
  /// - Throws: `DecodeFailure` where a night's rows are damaged.
  func lines(of bucket: Int, names: inout SymbolTable) throws(DecodeFailure) -> [UInt32: [HistoryLine]] {
    var lines: [UInt32: [HistoryLine]] = [:]
    for (number, night) in nights.enumerated() where bucket < night.rows.count {
      let bytes = night.rows[bucket]
      var reader = ByteReader(bytes)
      var key: UInt32 = 0
      var test = ""
      var row = TestHistory.Row()
      while reader.remaining > 0 {
        let head = try reader.byte()
        if head & HistoryRows.named != 0 {
          let name = try reader.range()
          test = String(copying: bytes.span.extracting(name))
          key = names.intern(bytes.span.extracting(name)).index
        }
        if head & HistoryRows.keyed != 0 {
          let name = try reader.range()
          key = names.intern(bytes.span.extracting(name)).index
        }
        try row.decode(from: &reader)
        guard row.configuration < night.configurations.count,
          row.endings.reduce(0, { $0 + $1.count }) <= night.builds.count
        else { throw reader.failure("a test's row is out of range") }
        lines[key, default: []].append(
          HistoryLine(test: test, configuration: night.configurations[row.configuration], night: number, row: row))
      }
    }
    return lines
  }

  /// The steps that a line's nights stand for.
  func steps(of lines: [HistoryLine]) -> [TestStep] {
    var steps: [TestStep] = []
    for line in lines {
      let start = steps.count
      var build = first[line.night]
      for (ending, count) in line.row.endings {
        if ending != .absent {
          for i in 0..<count { steps.append(Self.step(ending, build: build + i)) }
        }
        build += count
      }
      Self.spread(line.row, over: &steps[start...])
    }
    return steps
  }

  private static func step(_ ending: TestHistory.Ending, build: Int) -> TestStep {
    let hasFailed = ending != .passed
    var step = TestStep(
      build: build, outcome: ending == .passed || ending == .flaky ? .passed : .failed, attempts: 1,
      failures: hasFailed ? 1 : 0, firstFailures: hasFailed ? 1 : 0, duration: 0, isFlaky: ending == .flaky)
    if ending == .flaky { step.attempts = 2 }
    step.isCollateral = ending == .collateral
    step.isSetup = ending == .setup
    return step
  }

  /// Attempts are known of the night as a whole: those beyond the plain ones were reruns in builds that had a failure.
  private static func spread(_ row: TestHistory.Row, over steps: inout ArraySlice<TestStep>) {
    let rerun = steps.indices.filter { steps[$0].isFlaky || steps[$0].outcome == .failed }
    guard !rerun.isEmpty else { return }
    var attempts = max(0, row.attempts - steps.reduce(0) { $0 + $1.attempts })
    var failures = min(attempts, max(0, row.failures - steps.reduce(0) { $0 + $1.failures }))
    for (number, i) in rerun.enumerated() {
      let left = rerun.count - number
      let (more, failed) = ((attempts + left - 1) / left, (failures + left - 1) / left)
      steps[i].attempts += more
      steps[i].failures += min(failed, more)
      attempts -= more
      failures -= min(failed, more)
    }
  }
}

/// Tonight's rows as the history shall keep them.
struct HistoryRows {
  static let named: UInt8 = 1
  static let keyed: UInt8 = 2

  private(set) var buckets = [ByteWriter](repeating: ByteWriter(), count: CaseBuckets.count)
  private(set) var bytes = 0
  private var last = ""
  private var lastBucket = -1

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - row: what became of it.
  ///   - test: the name it is reported under.
  ///   - key: the name that its bucket is found by.
  mutating func add(_ row: TestHistory.Row, test: String, key: String) {
    let bucket = CaseBuckets.bucket(of: key.utf8Span.span)
    let before = buckets[bucket].bytes.count
    let isNamed = lastBucket != bucket || last != test
    buckets[bucket].byte((isNamed ? Self.named : 0) | (isNamed && key != test ? Self.keyed : 0))
    if isNamed {
      buckets[bucket].text(test)
      if key != test { buckets[bucket].text(key) }
    }
    row.encode(to: &buckets[bucket])
    bytes += buckets[bucket].bytes.count - before
    last = test
    lastBucket = bucket
  }
}
