// Failures that have one reason, put together by the strongest evidence there is: what the reports declare, what the traces
// of the same night show, the same message in the same builds, or failing together again and again.
//
// Same message alone is not enough: two flaky tests that wait too briefly say the same thing and have nothing in common.
// So tests of one message are joined by average linkage over the Jaccard similarity of the builds they failed in
// (after arXiv 2504.16777), and messages that are about one test's values (assertions) need the same frame too.

package import Model
internal import Support

/// One configuration's part of one build: what fails together there met the same machines at the same time. The cells of a
/// matrix run apart: by chance, flaky tests that wait too briefly meet in some build far more often than in some cell.
package struct RunPlace: Hashable, Sendable {
  var build: Int
  var configuration: String
}

/// A time in which the traces saw a component fail.
package struct OutageWindow: Hashable, Sendable {
  /// Microseconds since the epoch.
  package var start: Int64
  package var end: Int64
  package var component: String

  package init(start: Int64, end: Int64, component: String) {
    self.start = start
    self.end = end
    self.component = component
  }
}

package struct FailureClusters: Sendable {
  package struct Cluster: Hashable, Sendable {
    package var id: String
    package var basis: TestFindings.Cluster.Basis
    package var signature: String
    /// A message of it as it stands in its report.
    package var example = ""
    /// Sorted.
    package var tests: [String]
    /// Indices of the builds in which it struck.
    package var builds: [Int]
    package var evidence: [Evidence]
    /// First and last failing case, microseconds since the epoch; `Int64.min` where unknown.
    package var start: Int64
    package var end: Int64
    /// The component that was down, for `traceSupported`.
    package var component = ""
  }

  /// Average Jaccard similarity at which two groups are joined.
  private static let linkage = 0.5
  /// A message shared by this many tests in one build is a trouble of its own, not theirs.
  private static let collateralTests = 3
  private static let largestSplit = 200
  /// Assertions of one message in one build that are no chance: flaky tests fail independently, each in a few builds in a
  /// hundred.
  private static let floodTests = 5

  /// Sorted by size, largest first.
  package private(set) var clusters: [Cluster] = []
  /// Failures that lay elsewhere: by test, where.
  package private(set) var collateral: [String: Set<RunPlace>] = [:]

  /// One failing test in one build.
  private struct Failure {
    var test: String
    var configuration: String
    var step: TestStep
    var note: FailureNote

    init(_ track: TestSeries, _ step: TestStep, _ note: FailureNote) {
      test = track.test
      configuration = track.configuration
      self.step = step
      self.note = note
    }

    var place: RunPlace { RunPlace(build: step.build, configuration: configuration) }
  }

  package init(_ timeline: TestTimeline, outages: [OutageWindow]) {
    var declared: [String: [Failure]] = [:]
    var traced: [String: [Failure]] = [:]
    var shared: [String: [Failure]] = [:]
    var single: [String: [Failure]] = [:]
    for track in timeline.tracks {
      for step in track.steps(from: timeline.tonight) where step.failure != nil {
        guard let note = step.failure, step.failures > 0 || !note.cause.isEmpty, !step.isParent else { continue }
        let failure = Failure(track, step, note)
        if !note.cause.isEmpty {
          declared[note.cause, default: []].append(failure)
        } else if !note.isAssertion, let outage = Self.outage(at: step.time, outages) {
          traced[outage.component, default: []].append(failure)
        } else if note.needsFrame, note.frame.isEmpty {
          single[note.signature, default: []].append(failure)
        } else {
          shared[note.signature, default: []].append(failure)
        }
      }
    }
    for (cause, failures) in declared.sorted(by: { $0.key < $1.key }) { addDeclared(cause, failures, timeline) }
    for (component, failures) in traced.sorted(by: { $0.key < $1.key }) {
      add(.traceSupported, component, failures, minimum: 1, isElsewhere: true, component: component)
    }
    for (signature, failures) in shared.sorted(by: { $0.key < $1.key }) {
      addShared(signature, failures, timeline)
    }
    addFlood(timeline)
    addCoFailures(timeline)
    clusters.sort { ($1.tests.count, $0.id) < ($0.tests.count, $1.id) }
  }

  /// Whether a test's failure in a build belongs to an outage that the traces show.
  func isOutage(_ test: String, _ build: Int) -> Bool {
    clusters.contains { $0.basis == .traceSupported && $0.builds.contains(build) && $0.tests.contains(test) }
  }

  private static func outage(at time: Int64, _ outages: [OutageWindow]) -> OutageWindow? {
    time == .min ? nil : outages.first { $0.start <= time && time <= $0.end }
  }

  // MARK: - By evidence

  private mutating func addDeclared(_ cause: String, _ failures: [Failure], _ timeline: TestTimeline) {
    var all = failures
    // The test that the others depended on belongs to them.
    let name = cause.hasPrefix("dependency ") ? String(cause.dropFirst("dependency ".count)) : ""
    if !name.isEmpty {
      let builds = Set(failures.map(\.step.build))
      for track in timeline.tracks where track.hasTrouble {
        guard track.test == name || track.test.hasSuffix(" > " + name) else { continue }
        for step in track.steps where builds.contains(step.build) && step.isFailure {
          if let note = step.failure { all.append(Failure(track, step, note)) }
        }
      }
    }
    add(.declared, cause, all, minimum: 1, isElsewhere: true)
  }

  private mutating func addShared(_ signature: String, _ failures: [Failure], _ timeline: TestTimeline) {
    var byTest: [String: [Failure]] = [:]
    for failure in failures { byTest[failure.test, default: []].append(failure) }
    let tests = byTest.keys.sorted()
    guard tests.count >= 2 else { return }
    let struck = tests.map { test in Set((byTest[test] ?? []).map(\.place)) }
    let groups = Self.groups(struck)
    for (rank, group) in groups.enumerated() {
      let members = group.flatMap { byTest[tests[$0]] ?? [] }
      let occasions = Self.sharedOccasions(group.map { struck[$0] })
      guard group.count >= 2,
        group.count >= Self.collateralTests || occasions >= 2 || !members.allSatisfy(\.step.isFlaky)
      else { continue }
      add(
        .message, signature, members, minimum: 2, isElsewhere: group.count >= Self.collateralTests,
        salt: rank == 0 ? "" : tests[group[0]])
      guard group.count >= Self.collateralTests else { continue }
      // Where many fail for a shared trouble, the same failure of one more test in the same build is no news about it.
      let places = Set(members.map(\.place))
      for failure in failures where places.contains(failure.place) {
        collateral[failure.test, default: []].insert(failure.place)
      }
    }
  }

  /// Assertions with one message, of many classes at once: a trouble of the build, though each says it is its own.
  private mutating func addFlood(_ timeline: TestTimeline) {
    let taken = Set(clusters.flatMap(\.tests))
    var groups: [String: [Failure]] = [:]
    for track in timeline.tracks where !taken.contains(track.test) {
      for step in track.steps(from: timeline.tonight) where step.failures > 0 && !step.isParent {
        guard let note = step.failure, note.cause.isEmpty, note.needsFrame, !note.message.isEmpty else { continue }
        let key = note.type + ": " + note.message + "\u{0}" + String(step.build) + "\u{0}" + track.configuration
        groups[key, default: []].append(Failure(track, step, note))
      }
    }
    var joined: [String: [Failure]] = [:]
    for (_, failures) in groups.sorted(by: { $0.key < $1.key }) {
      let owners = Set(failures.map { $0.test.prefix { $0 != ">" } })
      guard Set(failures.map(\.test)).count >= Self.floodTests, owners.count >= 2, let note = failures.first?.note
      else { continue }
      joined[note.type + ": " + note.message, default: []] += failures
    }
    for (signature, failures) in joined.sorted(by: { $0.key < $1.key }) {
      add(.message, signature, failures, minimum: Self.floodTests, isElsewhere: true)
    }
  }

  /// Tests without a shared message that began to fail in the same builds, more than once.
  private mutating func addCoFailures(_ timeline: TestTimeline) {
    let taken = Set(clusters.flatMap(\.tests))
    var tracks: [TestSeries] = []
    var onsets: [Set<RunPlace>] = []
    for track in timeline.tracks where track.hasTrouble && !taken.contains(track.test) {
      guard track.steps.contains(where: { $0.build >= timeline.tonight && $0.isFailure }) else { continue }
      var starts: Set<RunPlace> = []
      var isFailing = false
      for step in track.steps where step.ran {
        if step.firstFailures > 0, !isFailing {
          starts.insert(RunPlace(build: step.build, configuration: track.configuration))
        }
        isFailing = step.firstFailures > 0
      }
      guard starts.count >= 2 else { continue }
      tracks.append(track)
      onsets.append(starts)
    }
    for group in Self.groups(onsets, linkage: 0.8) where group.count >= 2 {
      guard Self.sharedOccasions(group.map { onsets[$0] }) >= 2 else { continue }
      let members = group.flatMap { index in
        tracks[index].steps.filter { $0.build >= timeline.tonight && $0.isFailure }.map {
          Failure(tracks[index], $0, $0.failure ?? FailureNote(type: "", message: "", frame: ""))
        }
      }
      add(
        .coFailure, tracks[group[0]].test, members, minimum: 2, isElsewhere: false, salt: tracks[group[0]].test)
    }
  }

  private mutating func add(
    _ basis: TestFindings.Cluster.Basis, _ signature: String, _ failures: [Failure], minimum: Int, isElsewhere: Bool,
    component: String = "",
    salt: String = ""
  ) {
    let tests = Set(failures.map(\.test)).sorted()
    guard tests.count >= minimum, !failures.isEmpty else { return }
    if isElsewhere {
      for failure in failures { collateral[failure.test, default: []].insert(failure.place) }
    }
    let times = failures.map(\.step.time).filter { $0 != .min }
    let identity = StableHash.hash(basis.rawValue + "\u{0}" + signature + "\u{0}" + salt)
    var cluster = Cluster(
      id: "t" + String(hexText(identity).prefix(12)), basis: basis, signature: signature, tests: tests,
      builds: Set(failures.map(\.step.build)).sorted(), evidence: [], start: times.min() ?? .min,
      end: times.max() ?? .min)
    cluster.component = component
    cluster.example = failures.map { $0.note.raw }.filter { !$0.isEmpty }.min() ?? ""
    cluster.evidence = Array(failures.compactMap { $0.step.evidence(of: $0.test) }.sorted().prefix(5))
    clusters.append(cluster)
  }

  // MARK: - Average linkage

  /// How many builds most of a group's members failed in, on one configuration.
  private static func sharedOccasions(_ sets: [Set<RunPlace>]) -> Int {
    var counts: [RunPlace: Int] = [:]
    for set in sets { for place in set { counts[place, default: 0] += 1 } }
    return Set(counts.filter { $0.value * 2 > sets.count }.map(\.key.build)).count
  }

  /// Groups of indices by agglomerative clustering with average linkage, largest first; beyond a size only equal sets join.
  static func groups<Place: Hashable>(_ sets: [Set<Place>], linkage: Double = linkage) -> [[Int]] {
    guard sets.count <= largestSplit else {
      var equal: [Set<Place>: [Int]] = [:]
      for (index, set) in sets.enumerated() { equal[set, default: []].append(index) }
      return equal.values.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }
    let similarity = sets.map { a in
      sets.map { b in
        let common = a.intersection(b).count
        return common == 0 ? 0 : Double(common) / Double(a.count + b.count - common)
      }
    }
    var groups = sets.indices.map { [$0] }
    // Sums of pairwise similarities between groups; an average is a sum over the product of the sizes.
    var sums = similarity
    while groups.count > 1 {
      var best = (score: linkage, a: -1, b: -1)
      for a in groups.indices {
        for b in groups.indices where b > a {
          let score = sums[a][b] / Double(groups[a].count * groups[b].count)
          if score > best.score || (score == best.score && best.a < 0) { best = (score, a, b) }
        }
      }
      guard best.a >= 0 else { break }
      groups[best.a] += groups[best.b]
      for c in groups.indices {
        sums[best.a][c] += sums[best.b][c]
        sums[c][best.a] = sums[best.a][c]
      }
      groups.remove(at: best.b)
      sums.remove(at: best.b)
      for c in sums.indices { sums[c].remove(at: best.b) }
    }
    return groups.map { $0.sorted() }.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }
}
