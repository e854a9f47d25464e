// Which tests are there for the first time, which no longer, which got another name, and which became slower.

internal import Model
internal import Support

struct TestChanges {
  /// A test that is there for the first time.
  private struct Arrival {
    var test: String
    var build: Int
    /// Median, microseconds; -1 where unknown.
    var duration: Int64
  }

  /// A test of the night before that tonight does not have.
  private struct Departure {
    var test: String
    var lastBuild: String
    var duration: Int64
    var branches: Set<String>
    var configurations: Set<String>
  }

  /// Most of each that are looked at.
  private static let most = 20_000

  private let hasHistory: Bool
  private var arrivals: [Arrival] = []
  private var departures: [Departure] = []
  /// Line, medians before and now, and the first slow build.
  private(set) var slowdowns: [(test: String, configuration: String, before: Int64, now: Int64, since: Int)] = []
  /// By class or suite: tonight's builds in which its set-up failed.
  private var setups: [String: Set<Int>] = [:]
  /// The branch of each build by its number.
  private let branches: [String]

  init(hasHistory: Bool, branches: [String]) {
    self.hasHistory = hasHistory
    self.branches = branches
  }

  // MARK: - Observing

  /// Takes a test's steps of tonight over all configurations.
  mutating func observe(_ test: String, _ steps: [TestStep], hasBefore: Bool) {
    for step in steps where step.isSetup { setups[Self.owner(test), default: []].insert(step.build) }
    guard hasHistory, !hasBefore, arrivals.count < Self.most else { return }
    guard let first = steps.filter({ $0.ran && !$0.isSetup }).min(by: { $0.build < $1.build }) else { return }
    let durations = steps.filter { $0.outcome == .passed }.map(\.duration).sorted()
    arrivals.append(
      Arrival(test: test, build: first.build, duration: durations.isEmpty ? -1 : durations[durations.count / 2]))
  }

  /// Takes a test that tonight does not have, as the night before knew it.
  mutating func observeAbsent(_ test: String, _ lines: [HistoryLine], _ night: TestHistory.Night) {
    guard departures.count < Self.most,
      lines.contains(where: {
        $0.row.endings.contains { $0.ending == .passed || $0.ending == .failed || $0.ending == .flaky }
      })
    else { return }
    var departure = Departure(test: test, lastBuild: "", duration: -1, branches: [], configurations: [])
    var last = -1
    for line in lines {
      departure.configurations.insert(line.configuration)
      departure.duration = max(departure.duration, line.row.median)
      var build = 0
      for (ending, count) in line.row.endings {
        if ending != .absent {
          for number in build..<min(build + count, night.builds.count) {
            departure.branches.insert(night.builds[number].branch)
            last = max(last, number)
          }
        }
        build += count
      }
    }
    if last >= 0 { departure.lastBuild = Self.label(night.builds[last]) }
    departures.append(departure)
  }

  private static func label(_ build: TestHistory.Build) -> String { build.revision.isEmpty ? build.id : build.revision }

  private static func owner(_ test: String) -> String {
    let span = test.utf8Span.span
    return String(copying: span.extracting(0..<TestIdentity.ownerLength(of: span)))
  }

  // MARK: - Slower

  /// Durations that differ by less than this say nothing, microseconds: what a busy machine adds to anything.
  private static let leastDifference: Int64 = 50_000
  /// How much longer than ever each of the slow runs has to be, and how much longer their median than before.
  private static let above = 1.3
  private static let ratio = 1.5
  /// Runs that earlier nights have to have.
  private static let leastRuns = 3

  /// Takes a line's durations: slower is what took longer in all builds from one of tonight's on than in any night before.
  mutating func observeDurations(
    _ test: String, _ configuration: String, _ steps: [TestStep], _ before: [HistoryLine]
  ) {
    guard !before.isEmpty, steps.indices.contains(where: { steps[$0].duration > Self.leastDifference }) else { return }
    let known = before.suffix(14).filter { $0.row.median > 0 }
    guard known.reduce(0, { $0 + $1.row.runs }) >= Self.leastRuns else { return }
    let medians = known.map(\.row.median).sorted()
    let usual = medians[medians.count / 2]
    let upper = known.map(\.row.upper).max() ?? usual
    let passed = steps.filter { $0.outcome == .passed && !$0.isFlaky && $0.duration > 0 }
    let own = Dictionary(grouping: passed) { branches[$0.build] }.sorted { $0.key < $1.key }.map(\.value)
    for own in own.count > 1 ? [passed] + own : own {
      var start = own.count
      while start > 0, Double(own[start - 1].duration) > Self.above * Double(upper) { start -= 1 }
      let slow = own[start...].map(\.duration).sorted()
      // One slow run is chance, unless it is all that tonight has.
      guard slow.count >= 2 || slow.count == 1 && own.count == 1 else { continue }
      let now = slow[slow.count / 2]
      let least = slow.count == 1 ? 3 * Self.ratio : Self.ratio
      guard Double(now) >= least * Double(usual), now - usual >= Self.leastDifference else { continue }
      slowdowns.append((test, configuration, usual, now, own[start].build))
      return
    }
  }

  // MARK: - The findings

  /// Fills in what changed.
  ///
  /// - Parameters:
  ///   - findings: to be filled.
  ///   - timeline: the builds.
  func add(to findings: inout TestFindings, _ timeline: TestTimeline) {
    let gone = departures.filter { hasVanished($0, timeline) }.sorted { $0.test < $1.test }
    let new = arrivals.sorted { $0.test < $1.test }
    let pairs = Self.pairs(gone, new)
    findings.renamed = pairs.map {
      TestFindings.Renaming(from: ForeignName(gone[$0.0].test), to: ForeignName(new[$0.1].test))
    }
    let (from, to) = (Set(pairs.map(\.0)), Set(pairs.map(\.1)))
    findings.vanished = gone.indices.filter { !from.contains($0) }.map {
      TestFindings.Appearance(test: ForeignName(gone[$0].test), build: ForeignName(gone[$0].lastBuild))
    }
    findings.appeared = new.indices.filter { !to.contains($0) }.map {
      TestFindings.Appearance(test: ForeignName(new[$0].test), build: ForeignName(timeline.builds[new[$0].build].label))
    }
    var slowest: [String: (test: String, configuration: String, before: Int64, now: Int64, since: Int)] = [:]
    for slow in slowdowns where slowest[slow.test].map({ (slow.since, -slow.now) < ($0.since, -$0.now) }) ?? true {
      slowest[slow.test] = slow
    }
    findings.slower = slowest.values.sorted { $0.test < $1.test }.map {
      TestFindings.Slowdown(
        line: TestFindings.Line(ForeignName($0.test), configuration: ForeignName($0.configuration)), before: $0.before,
        now: $0.now, since: ForeignName(timeline.builds[$0.since].label))
    }
  }

  /// Whether some build of tonight would have had the test: one that is whole, of its branch, its set-up not failed.
  private func hasVanished(_ departure: Departure, _ timeline: TestTimeline) -> Bool {
    let tonight = timeline.tonight..<timeline.builds.count
    let failed = setups[Self.owner(departure.test)] ?? []
    guard departure.configurations.contains(where: { timeline.places.number(of: $0) != nil }) else { return false }
    let branches = departure.branches.filter { branch in tonight.contains { timeline.builds[$0].branch == branch } }
    guard !branches.isEmpty else { return false }
    return branches.allSatisfy { branch in
      tonight.contains {
        timeline.builds[$0].branch == branch && !timeline.builds[$0].isIncomplete && !failed.contains($0)
      }
    }
  }

  /// Which of the tests that are gone got which name: the same class and a name that is mostly the old one, or the same name
  /// in another class, durations of the same order, and no second one that fits as well.
  private static func pairs(_ gone: [Departure], _ new: [Arrival]) -> [(Int, Int)] {
    guard !gone.isEmpty, !new.isEmpty, gone.count * new.count <= 4_000_000 else { return [] }
    var scored: [(score: Double, from: Int, to: Int)] = []
    for (i, departure) in gone.enumerated() {
      for (j, arrival) in new.enumerated() {
        let score = likeness(departure.test, arrival.test)
        guard score >= 0.6 else { continue }
        if departure.duration > 100_000 || arrival.duration > 100_000, departure.duration > 0, arrival.duration > 0 {
          let ratio = Double(departure.duration) / Double(arrival.duration)
          guard ratio < 3, ratio > 1.0 / 3 else { continue }
        }
        scored.append((score, i, j))
      }
    }
    scored.sort { ($1.score, $0.from, $0.to) < ($0.score, $1.from, $1.to) }
    var (usedFrom, usedTo): (Set<Int>, Set<Int>) = ([], [])
    var pairs: [(Int, Int)] = []
    for (score, from, to) in scored where !usedFrom.contains(from) && !usedTo.contains(to) {
      let rivals = scored.contains { $0.score >= score && (($0.from == from) != ($0.to == to)) }
      guard !rivals else { continue }
      usedFrom.insert(from)
      usedTo.insert(to)
      pairs.append((from, to))
    }
    return pairs.sorted { $0.0 < $1.0 }
  }

  /// How alike two names are: 1 less the share of the longer name's letters that have to be changed; 0 where neither class
  /// nor name is the same.
  private static func likeness(_ a: String, _ b: String) -> Double {
    let (x, y) = (owner(a), owner(b))
    let (first, second) = (Array(a.utf8.dropFirst(x.utf8.count)), Array(b.utf8.dropFirst(y.utf8.count)))
    if first == second, !first.isEmpty { return 0.99 }
    guard x == y, !first.isEmpty, !second.isEmpty, first.count < 300, second.count < 300 else { return 0 }
    // What is common to all tests of the class says nothing: the separator, `test_`, `Test`.
    let longer = max(first.count, second.count) - 3
    guard longer > 0, abs(first.count - second.count) * 5 <= longer * 2 else { return 0 }
    var row = Array(0...second.count)
    for i in 1...first.count {
      var diagonal = row[0]
      row[0] = i
      for j in 1...second.count {
        let cost = first[i - 1] == second[j - 1] ? 0 : 1
        let next = min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
        diagonal = row[j]
        row[j] = next
      }
    }
    return 1 - Double(row[second.count]) / Double(longer)
  }
}
