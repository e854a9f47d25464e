// Builds in the order in which they ran, earlier nights before tonight's, and what the tests did in each of them.

package import Model
internal import Support

/// What bounds the memory of the test analysis.
package struct TestLimits: Sendable {
  /// Bytes that the run may hold.
  package var memory = 384 << 20
  /// Whether tonight is to be kept in a history.
  package var keepsNight = true

  package init() {}

  /// Bytes of tests with a trouble that are looked at one by one.
  var tracks: Int { memory / 4 }
  /// Tests without one that the history keeps: a row of them takes some 320 bytes with its texts.
  var rows: Int { memory / 8 / 320 }
}

/// All builds, oldest first, and the steps through them of every test that had a trouble; the others are counted.
package struct TestTimeline: Sendable {
  package private(set) var builds: [TestBuild] = []
  /// Sorted by test.
  package private(set) var tracks: [TestSeries] = []
  /// The first of tonight's builds.
  package let tonight: Int
  package private(set) var files: [TestFindings.File] = []
  /// Every test of tonight.
  private(set) var tally: NightTally
  /// Tonight of the tests that have no track, for the history.
  private(set) var untroubled: [TestHistory.Outcome] = []
  /// What had no room: tests with a trouble, and rows for the history.
  package private(set) var cutTracks = 0
  package private(set) var cutRows = 0

  private let limits: TestLimits
  private var trackMemory = 0

  /// - Parameters:
  ///   - partial: all partials merged.
  ///   - history: earlier nights.
  ///   - limits: what bounds the memory.
  ///   - slowest: how many of the slowest tests are listed.
  /// - Throws: `CaseFailure` where cases cannot be read back.
  package init(
    partial: TestPartial, history: TestHistory, limits: TestLimits = TestLimits(), slowest: Int = 20
  ) throws(CaseFailure) {
    let earlier = TestHistorySteps(history)
    let (parts, ranks) = partial.files()
    let now = TestBuild.tonight(parts)
    builds = earlier.builds + now.builds
    tonight = earlier.builds.count
    tally = NightTally(listed: slowest)
    self.limits = limits
    var joiner = TestJoiner(parts, builds: now.of.map { $0 + earlier.builds.count })
    try joiner.inferUnseen(partial.cases, ranks: ranks)
    for bucket in 0..<CaseBuckets.count {
      var content = try partial.cases.read(bucket, ranks: ranks)
      let before = earlier.steps(of: bucket, names: &content.names)
      try add(content, before, &joiner)
    }
    files = joiner.files
    tracks.sort { $0.test < $1.test }
    tally.finish()
  }

  /// Adds the tests of a bucket, in the order of their hashes: what has no room does not depend on where they came from.
  private mutating func add(
    _ content: CaseBuckets.Content, _ before: [UInt32: [TestStep]], _ joiner: inout TestJoiner
  ) throws(CaseFailure) {
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
      var steps = before[symbol.index] ?? []
      if range.isEmpty, steps.isEmpty { continue }
      let earlier = steps.count
      if !range.isEmpty { try joiner.append(content, range, to: &steps) }
      add(steps, earlier: earlier, symbol, content.names)
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

  private mutating func add(_ steps: [TestStep], earlier: Int, _ symbol: Symbol, _ names: SymbolTable) {
    let isWorthALook = steps.contains { $0.isTrouble || $0.failure != nil }
    if earlier < steps.count {
      tally.observe(steps[earlier...], name: names.bytes.span.extracting(names.range(symbol)))
    }
    if isWorthALook {
      var track = TestSeries(test: names.text(symbol), steps: steps)
      for i in track.steps.indices { track.steps[i].evidence?.request = track.test }
      if trackMemory + track.memory <= limits.tracks {
        trackMemory += track.memory
        tracks.append(track)
        return
      }
      cutTracks += 1
    }
    guard limits.keepsNight, earlier < steps.count else { return }
    guard untroubled.count < limits.rows else {
      cutRows += 1
      return
    }
    if let row = outcome(of: names.text(symbol), steps[earlier...]) { untroubled.append(row) }
  }

  /// The steps of a test; none where it has no track.
  package subscript(test: String) -> [TestStep] { place(of: test).map { tracks[$0].steps } ?? [] }

  private func place(of test: String) -> Int? {
    let place = tracks.partitioningIndex { $0.test >= test }
    return place < tracks.count && tracks[place].test == test ? place : nil
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
