// Builds in the order in which they ran, earlier nights before tonight's, and what the tests did in each of them.

package import Model
package import Support

/// What bounds the memory of the test analysis.
package struct TestLimits: Sendable {
  /// Bytes that the run may hold.
  package var memory = 384 << 20
  /// Whether tonight is to be kept in a history.
  package var keepsNight = true

  package init() {}

  /// Bytes of lines with a trouble that are looked at one by one.
  var tracks: Int { memory / 4 }
  /// Bytes of rows that the history keeps.
  var rows: Int { memory / 8 }
}

/// All builds, oldest first, and the steps through them of every line that had a trouble; the others are counted.
package struct TestTimeline: Sendable {
  package private(set) var builds: [TestBuild] = []
  /// Sorted by test and configuration.
  package private(set) var tracks: [TestSeries] = []
  /// The first of tonight's builds.
  package let tonight: Int
  package private(set) var files: [TestFindings.File] = []
  /// Every test of tonight.
  private(set) var tally: NightTally
  /// What was counted of each of tonight's builds.
  private(set) var buildTallies: [BuildTally]
  private(set) var changes: TestChanges
  let places: TestPlaces
  /// Whether something tells in which order the builds ran, tonight and before.
  var isOrderKnown: Bool { places.isOrderKnown }
  /// Of reports that told what another had told: the paths.
  private(set) var copies: [String] = []
  /// By test with a trouble on one configuration: those on which it passed at the end.
  private(set) var passing: [String: Set<String>] = [:]
  /// By the configurations on which it ran: how many of tonight's tests never had a trouble.
  private(set) var silentTests: [[String]: Int] = [:]
  /// By test with a trouble on some configurations: those on which it had none.
  private(set) var silentLines: [String: [String]] = [:]
  /// Names of tests that vary from run to run.
  private(set) var maskedNames = 0
  /// What had no room: lines with a trouble, and rows for the history.
  package private(set) var cutTracks = 0
  package private(set) var cutRows = 0

  private let limits: TestLimits
  private let history: TestHistorySteps
  private var rows = HistoryRows()
  private var keys: [String: String] = [:]
  private var trackMemory = 0
  /// Tests that came one after another and ran on the same configurations.
  private var lastSilent: (configurations: [String], tests: Int) = ([], 0)
  private static let mixtures = 64

  /// - Parameters:
  ///   - partial: all partials merged.
  ///   - history: earlier nights.
  ///   - limits: what bounds the memory.
  ///   - slowest: how many of the slowest tests are listed.
  /// - Throws: `FileFailure` where cases cannot be read back.
  package init(
    partial: TestPartial, history: TestHistory, limits: TestLimits = TestLimits(), slowest: Int = 20
  ) throws(FileFailure) {
    self.history = TestHistorySteps(history)
    let (parts, ranks) = partial.files()
    places = TestPlaces(parts, known: self.history.labels)
    builds = self.history.builds + places.builds
    tonight = self.history.builds.count
    tally = NightTally(listed: slowest)
    buildTallies = [BuildTally](repeating: BuildTally(), count: places.builds.count)
    changes = TestChanges(hasHistory: !self.history.nights.isEmpty, branches: builds.map(\.branch))
    self.limits = limits
    copies = places.copies.map { parts[$0].path }
    var joiner = TestJoiner(parts, places, firstBuild: tonight)
    try joiner.inferUnseen(partial.cases, ranks: ranks)
    for bucket in 0..<CaseBuckets.count {
      var content = try partial.cases.read(bucket, ranks: ranks)
      let before: [UInt32: [HistoryLine]]
      do throws(DecodeFailure) {
        before = try self.history.lines(of: bucket, names: &content.names)
      } catch {
        throw FileFailure(scratch: "the history of tests is damaged: \(error.message)")
      }
      try add(content, before, &joiner)
    }
    files = joiner.files
    tracks.sort { ($0.test, $0.configuration) < ($1.test, $1.configuration) }
    tally.finish()
    countSilent([])
  }

  /// Adds the tests of a bucket, in the order of their hashes: what has no room does not depend on where they came from.
  private mutating func add(
    _ content: CaseBuckets.Content, _ before: [UInt32: [HistoryLine]], _ joiner: inout TestJoiner
  ) throws(FileFailure) {
    let symbols = (0..<content.names.count).map { Symbol(UInt32(truncatingIfNeeded: $0)) }
    var ranges = [Range<Int>](repeating: 0..<0, count: symbols.count)
    var start = 0
    while start < content.entries.count {
      var end = start + 1
      let test = content.entries[start].test
      while end < content.entries.count, content.entries[end].test == test { end += 1 }
      ranges[Int(test)] = start..<end
      start = end
    }
    for symbol in Self.ordered(symbols, content.names) {
      let range = ranges[Int(symbol.index)]
      let lines = before[symbol.index] ?? []
      if range.isEmpty {
        if !lines.isEmpty { addAbsent(lines) }
        continue
      }
      let key = content.names.text(symbol)
      switch try joiner.runs(content, range) {
      case .plain(let step, let configuration):
        addPlain(step, places.configurations[configuration], key, lines)
      case .several(let runs):
        guard let first = runs.first else { continue }
        let configuration = first.place.configuration
        if runs.allSatisfy({
          $0.raw.isEmpty && $0.place.variant.isEmpty && $0.place.configuration == configuration
        }) {
          add([key: [places.configurations[configuration]: joiner.steps(of: runs)]], key, lines)
          continue
        }
        var tests: [String: [String: [TestJoiner.Run]]] = [:]
        for (name, run) in name(runs, key, lines) {
          tests[name, default: [:]][places.configurations[run.place.configuration], default: []].append(run)
        }
        add(tests.mapValues { $0.mapValues(joiner.steps) }, key, lines)
      }
    }
  }

  /// The symbols by the hashes of their texts, then by the texts.
  private static func ordered(_ symbols: [Symbol], _ names: SymbolTable) -> [Symbol] {
    let hashes = symbols.map(names.hash)
    return symbols.sorted { a, b in
      let (x, y) = (hashes[Int(a.index)], hashes[Int(b.index)])
      return x == y ? names.text(a) < names.text(b) : x < y
    }
  }

  // MARK: - Names

  /// What each run's test is called: masked parameters are shown where they stay the same from build to build.
  private mutating func name(
    _ runs: [TestJoiner.Run], _ key: String, _ lines: [HistoryLine]
  ) -> [(String, TestJoiner.Run)] {
    func suffix(_ run: TestJoiner.Run) -> String { run.place.variant.isEmpty ? "" : " (" + run.place.variant + ")" }
    guard runs.contains(where: { !$0.raw.isEmpty }) else { return runs.map { (key + suffix($0), $0) } }
    var seen: [[UInt8]: Set<Int>] = [:]
    for run in runs { seen[run.raw, default: []].insert(run.place.build) }
    let known = Set(lines.map(\.test))
    let builds = Set(runs.map(\.place.build)).count
    let isStable =
      seen.contains { $0.value.count > 1 || known.contains(String(decoding: $0.key, as: UTF8.self)) }
      || builds == 1 && lines.isEmpty
    if !isStable { maskedNames += 1 }
    return runs.map { run in
      ((isStable && !run.raw.isEmpty ? String(decoding: run.raw, as: UTF8.self) : key) + suffix(run), run)
    }
  }

  // MARK: - Lines

  /// Adds a test of one step, as nearly all are that earlier nights do not know.
  private mutating func addPlain(_ step: TestStep, _ configuration: String, _ test: String, _ lines: [HistoryLine]) {
    guard lines.isEmpty else { return add([test: [configuration: [step]]], test, lines) }
    let steps = [step]
    tally.observe(steps[...], name: test.utf8Span.span)
    buildTallies[step.build - tonight].add(step, test)
    changes.observe(test, steps, hasBefore: false)
    guard add(steps, (test, configuration, test), []) else { return }
    if lastSilent.configurations.count == 1, lastSilent.configurations[0] == configuration {
      lastSilent.tests += 1
    } else {
      countSilent([configuration])
    }
  }

  /// Adds the tests of one key, each with its configurations.
  private mutating func add(_ tests: [String: [String: [TestStep]]], _ key: String, _ lines: [HistoryLine]) {
    let isOnly = tests.count == 1
    for (test, configurations) in tests.sorted(by: { $0.key < $1.key }) {
      // A masked test goes on with what earlier nights called by its parameters.
      let own = lines.filter { $0.test == test || isOnly && test == key }
      let steps = configurations.sorted { $0.key < $1.key }.flatMap(\.value)
      tally.observe(steps[...], name: test.utf8Span.span)
      for step in steps { buildTallies[step.build - tonight].add(step, test) }
      changes.observe(test, steps, hasBefore: !own.isEmpty)
      if configurations.count > 1, steps.contains(where: \.isFailure), passing.count < limits.tracks / 256 {
        passing[test] = Set(configurations.filter { $0.value.last?.outcome == .passed }.keys)
      }
      var silent: [String] = []
      for (configuration, steps) in configurations.sorted(by: { $0.key < $1.key }) {
        let isSilent = add(steps, (test, configuration, key), own.filter { $0.configuration == configuration })
        if isSilent { silent.append(configuration) }
      }
      if silent.count == configurations.count {
        if silent == lastSilent.configurations { lastSilent.tests += 1 } else { countSilent(silent) }
      } else if !silent.isEmpty, silentLines.count < limits.tracks / 256 {
        silentLines[test] = silent
      }
      let ran = Set(configurations.keys)
      for (configuration, before) in Dictionary(grouping: own, by: \.configuration).sorted(by: { $0.key < $1.key })
      where !ran.contains(configuration) && before.contains(where: \.row.isTrouble) {
        keep(TestSeries(test: test, configuration: configuration, steps: history.steps(of: before)))
      }
    }
  }

  /// - Returns: whether the line never had a trouble.
  private mutating func add(
    _ steps: [TestStep], _ line: (test: String, configuration: String, key: String), _ before: [HistoryLine]
  ) -> Bool {
    changes.observeDurations(line.test, line.configuration, steps, before)
    let isWorthALook = steps.contains { $0.isTrouble || $0.failure != nil } || before.contains(where: \.row.isTrouble)
    if isWorthALook {
      let series = TestSeries(
        test: line.test, configuration: line.configuration, steps: history.steps(of: before) + steps)
      if keep(series) {
        if line.key != line.test { keys[line.test] = line.key }
        return !series.hasTrouble
      }
    }
    keepRow(steps, line)
    return !isWorthALook
  }

  /// Takes note of tests that ran on these configurations and never had a trouble, and begins to count the next.
  private mutating func countSilent(_ next: [String]) {
    let (configurations, tests) = lastSilent
    lastSilent = (next, 1)
    guard tests > 0 else { return }
    // Beyond a few mixtures of configurations, one more says nothing new.
    if silentTests.count < Self.mixtures || silentTests[configurations] != nil {
      silentTests[configurations, default: 0] += tests
    }
  }

  private mutating func keepRow(_ steps: [TestStep], _ line: (test: String, configuration: String, key: String)) {
    guard limits.keepsNight, let row = row(of: steps[...], line.configuration) else { return }
    guard rows.bytes < limits.rows else {
      cutRows += 1
      return
    }
    rows.add(row, test: line.test, key: line.key)
  }

  @discardableResult private mutating func keep(_ series: TestSeries) -> Bool {
    guard trackMemory + series.memory <= limits.tracks else {
      cutTracks += 1
      return false
    }
    trackMemory += series.memory
    tracks.append(series)
    return true
  }

  /// Tests that earlier nights knew and tonight does not have.
  private mutating func addAbsent(_ lines: [HistoryLine]) {
    for (test, list) in Dictionary(grouping: lines, by: \.test).sorted(by: { $0.key < $1.key }) {
      let last = list.map(\.night).max() ?? 0
      guard last == history.nights.count - 1 else { continue }
      let latest = list.filter { $0.night == last }
      changes.observeAbsent(test, latest, history.nights[last])
    }
  }

  // MARK: - Looking up

  /// The lines of a test; none where it has no track.
  package subscript(test: String) -> ArraySlice<TestSeries> {
    let start = tracks.partitioningIndex { $0.test >= test }
    var end = start
    while end < tracks.count, tracks[end].test == test { end += 1 }
    return tracks[start..<end]
  }

  /// Tells that some failures lay elsewhere: by test, where.
  package mutating func markCollateral(_ collateral: [String: Set<RunPlace>]) {
    for i in tracks.indices {
      guard let places = collateral[tracks[i].test] else { continue }
      let configuration = tracks[i].configuration
      for j in tracks[i].steps.indices where tracks[i].steps[j].failures > 0 {
        let place = RunPlace(build: tracks[i].steps[j].build, configuration: configuration)
        if places.contains(place) { tracks[i].steps[j].isCollateral = true }
      }
    }
  }

  /// Tells that tests failed because a test below them did (`TestA` because of `TestA/empty`), in the same build.
  mutating func markParents() {
    for i in tracks.indices {
      let prefix = tracks[i].test + "/"
      var j = i + 1
      while j < tracks.count, tracks[j].test == tracks[i].test { j += 1 }
      while j < tracks.count, tracks[j].test.hasPrefix(prefix) {
        if tracks[j].configuration == tracks[i].configuration {
          let failed = Set(tracks[j].steps(from: tonight).filter { $0.failures > 0 }.map(\.build))
          for k in tracks[i].steps.indices
          where tracks[i].steps[k].failures > 0 && failed.contains(tracks[i].steps[k].build) {
            tracks[i].steps[k].isParent = true
          }
        }
        j += 1
      }
    }
  }

  // MARK: - For the history

  /// Tonight as the history shall keep it.
  mutating func night(_ clusters: FailureClusters, date: String) -> TestHistory.Night {
    for track in tracks {
      let steps = Array(track.steps(from: tonight))
      if !steps.isEmpty { keepRow(steps, (track.test, track.configuration, keys[track.test] ?? track.test)) }
    }
    var night = TestHistory.Night(night: date)
    night.builds = builds[tonight...].map {
      TestHistory.Build(
        id: $0.id, revision: $0.revision, branch: $0.branch, start: $0.start, isIncomplete: $0.isIncomplete)
    }
    night.isOrderKnown = places.isOrderKnown
    night.configurations = places.configurations
    night.labels = places.labels
    night.clusters = clusters.clusters.map(\.id).sorted()
    night.rows = rows.buckets.map(\.bytes)
    return night
  }

  /// The night's row of a line; nil where it has no step.
  private func row(of steps: ArraySlice<TestStep>, _ configuration: String) -> TestHistory.Row? {
    guard !steps.isEmpty, let number = places.number(of: configuration) else { return nil }
    var row = TestHistory.Row()
    row.configuration = number
    var build = tonight
    func end(_ ending: TestHistory.Ending, _ count: Int) {
      guard count > 0 else { return }
      if let last = row.endings.last, last.ending == ending {
        row.endings[row.endings.count - 1].count += count
      } else {
        row.endings.append((ending, count))
      }
    }
    var durations: [Int64] = []
    for step in steps where step.ran {
      end(.absent, step.build - build)
      build = step.build + 1
      end(Self.ending(step), 1)
      row.attempts += step.attempts
      row.failures += step.failures
      if step.outcome == .passed, step.duration > 0 { durations.append(step.duration) }
    }
    durations.sort()
    if !durations.isEmpty {
      row.median = durations[durations.count / 2]
      row.upper = durations[durations.count * 3 / 4]
    }
    return row
  }

  private static func ending(_ step: TestStep) -> TestHistory.Ending {
    if step.isSetup { return .setup }
    if step.isCollateral || step.isParent { return .collateral }
    if step.isFailure { return .failed }
    return step.isFlaky || step.failures > 0 ? .flaky : .passed
  }
}
