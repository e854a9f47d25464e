// Which lines are flaky, which are broken, and since when.
//
// A line is a test on one configuration and branch. It is flaky where it failed and passed at one revision: in one build by
// a rerun, or in two builds of the same code; or where short failures come and go on more than one occasion, on this line
// or on others of the same test. A run of failures that lasts to the end (P…PF…F) is a regression, one that lasted and
// ended is a fault that was repaired, and a line that never passed is broken; none of them is flaky. Failures that lay
// elsewhere (set-up, outage, a shared trouble, a child's failure) speak neither for nor against a test.

internal import Glibc
internal import Model
internal import Support

struct LineVerdict {
  var test: String
  var configuration: String
  var branch: String
  /// Nil where the line is not flaky.
  var basis: TestFindings.FlakyTest.Basis?
  /// Builds in which it ran, and those of the failures at the end.
  var builds = 0
  var failedBuilds = 0
  /// Of its own failures, first attempts only, without a trailing run of failures.
  var runs = 0
  var failures = 0
  /// All attempts, reruns included.
  var attempts = 0
  var failedAttempts = 0
  /// Lower credible bound (5 %) of the failure rate, and its mean, both after what tests of the field are like.
  var lowerBound = 0.0
  var rate = 0.0
  /// The share of its first attempts that failed.
  var failedShare: Double { runs == 0 ? 0 : Double(failures) / Double(runs) }
  /// Where the failures at the end began, and the last pass before them; indices into the timeline's builds.
  var tailSince: Int?
  var lastPassed: Int?
  /// Attempts of those failures at the end, reruns included.
  var failuresInARow = 0
  /// Those of them that earlier nights saw.
  var failuresBefore = 0
  /// Whether those failures are no chance at the rate at which it failed before.
  var isBroken = false
  /// Whether it has never passed.
  var neverPassed = false
  /// The first pass behind a fault that was repaired tonight.
  var fixedSince: Int?
  /// The last build in which an attempt failed.
  var lastFailed: Int?
  /// Its last step, if that is of tonight.
  var last: TestStep?
  /// Short failures with a pass before and behind them: the build of each.
  var occasions: [Int] = []
  /// Builds that a fault keeps red, tonight's and earlier ones: from and to.
  var faults: [ClosedRange<Int>] = []
  /// Of those, the ones that ended, with how many of its builds failed.
  var repaired: [(builds: ClosedRange<Int>, length: Int)] = []

  var line: TestFindings.Line {
    TestFindings.Line(
      ForeignName(test), configuration: ForeignName(configuration), branch: ForeignName(branch))
  }

  var endsFailed: Bool { last?.isFailure ?? false }

  /// Where it failed tonight: five of its failures.
  func evidence(_ timeline: TestTimeline) -> [Evidence] {
    guard let track = timeline[test].first(where: { $0.configuration == configuration }) else { return [] }
    let own = track.steps(from: timeline.tonight).filter {
      timeline.builds[$0.build].branch == branch && $0.failures > 0
    }
    return Array(own.compactMap { $0.evidence(of: test) }.sorted().prefix(5))
  }
}

extension TestTimeline {
  /// The build that a line's failures at the end began in and the last one that passed, by themselves, where both are of one
  /// revision.
  func buildsOfOneRevision(_ verdict: LineVerdict) -> (since: ForeignName, passed: ForeignName)? {
    guard let first = verdict.tailSince, let last = verdict.lastPassed else { return nil }
    let (since, passed) = (builds[first], builds[last])
    guard !since.revision.isEmpty, since.revision == passed.revision else { return nil }
    // Ids are a night's own.
    func name(_ build: TestBuild) -> ForeignName {
      ForeignName(build.night.isEmpty || build.id.contains(build.night) ? build.id : "\(build.id) of \(build.night)")
    }
    return (name(since), name(passed))
  }
}

/// Judges all lines of a timeline.
struct LineJudge {
  /// Failures in a row that come and go; a longer run is a fault that somebody repaired.
  static let longestEpisode = 2
  /// A trailing run of failures is a regression where a test as flaky as this one would show it more rarely.
  static let chance = 0.016
  /// A long run of failures of a flaky line is a fault's where fewer than this many are expected by chance.
  private static let episodeChance = 0.05

  private let timeline: TestTimeline

  init(_ timeline: TestTimeline) { self.timeline = timeline }

  /// The verdicts on the lines that ran tonight, by test, configuration and branch.
  func verdicts() -> [LineVerdict] {
    var verdicts: [LineVerdict] = []
    var start = 0
    while start < timeline.tracks.count {
      var end = start
      while end < timeline.tracks.count, timeline.tracks[end].test == timeline.tracks[start].test { end += 1 }
      verdicts += judge(timeline.tracks[start..<end])
      start = end
    }
    return verdicts
  }

  /// The verdicts on the lines of one test.
  private func judge(_ tracks: ArraySlice<TestSeries>) -> [LineVerdict] {
    var verdicts: [LineVerdict] = []
    for track in tracks where track.hasTrouble {
      for (branch, steps) in branches(track.steps) {
        verdicts.append(judge(track, branch, steps))
      }
    }
    // Short failures of one test that are near in time are one occasion, on whatever lines.
    var occasions = 0
    var last = Int.min
    for build in verdicts.flatMap(\.occasions).sorted() {
      if last == .min || build > last + Self.longestEpisode { occasions += 1 }
      last = build
    }
    for i in verdicts.indices where verdicts[i].basis == nil && occasions >= 2 && !verdicts[i].occasions.isEmpty {
      verdicts[i].basis = .history
    }
    for i in verdicts.indices { weigh(&verdicts[i]) }
    return verdicts.filter { $0.last != nil }
  }

  private func branches(_ steps: [TestStep]) -> [(String, [TestStep])] {
    Dictionary(grouping: steps) { timeline.builds[$0.build].branch }.sorted { $0.key < $1.key }
  }

  private func judge(_ track: TestSeries, _ branch: String, _ steps: [TestStep]) -> LineVerdict {
    var verdict = LineVerdict(test: track.test, configuration: track.configuration, branch: branch)
    let all = steps.filter { $0.ran && !$0.isSettled }
    if let last = all.last, last.build >= timeline.tonight { verdict.last = last }
    // Where the set-up failed the test did not run. What else lies elsewhere is left aside, but where it lasts to the end
    // nobody can know yet that it does.
    let ran = all.filter { !$0.isSetup }
    var tail = ran.count
    while tail > 0, ran[tail - 1].isFailure, !ran[tail - 1].isFlaky { tail -= 1 }
    let own = ran.enumerated().filter { !$0.element.isElsewhere || $0.offset >= tail }.map(\.element)
    let body = own.dropLast(ran.count - tail)
    verdict.builds = ran.count
    verdict.lastFailed = steps.last { $0.failures > 0 }?.build
    for step in own {
      verdict.attempts += step.attempts
      verdict.failedAttempts += step.failures
    }
    for step in body {
      verdict.runs += 1
      verdict.failures += step.firstFailures
    }
    judgeTail(ran, tail, body, &verdict)
    findEpisodes(body, &verdict)
    let mixed = verdict.isBroken || verdict.neverPassed ? body : own[...]
    if own.contains(where: { $0.isFlaky && !$0.isElsewhere }) || mixesRevisions(mixed) { verdict.basis = .sameRevision }
    return verdict
  }

  private func judgeTail(
    _ ran: [TestStep], _ tail: Int, _ body: ArraySlice<TestStep>, _ verdict: inout LineVerdict
  ) {
    verdict.neverPassed = !ran.contains { $0.outcome == .passed }
    guard tail < ran.count else { return }
    verdict.failedBuilds = ran.count - tail
    guard timeline.isOrderKnown else { return }
    verdict.tailSince = ran[tail].build
    verdict.lastPassed = ran[..<tail].last { $0.outcome == .passed }?.build
    guard verdict.lastPassed != nil else {
      verdict.tailSince = nil
      verdict.faults.append(ran[tail].build...ran[ran.count - 1].build)
      return
    }
    // A rerun that failed too is one more failure in a row.
    let inARow = ran[tail...].reduce(0) { $0 + max($1.failures, 1) }
    verdict.failuresInARow = inARow
    verdict.failuresBefore = ran[tail...].reduce(0) { $1.build < timeline.tonight ? $0 + max($1.failures, 1) : $0 }
    // What all tests are like speaks for one that has never failed; one that has speaks for itself (Jeffreys).
    let belief = BetaBelief(failures: verdict.failures, runs: verdict.runs).mean
    let own = (Double(verdict.failures) + 0.5) / (Double(verdict.runs) + 1)
    let rate = verdict.failures == 0 ? belief : max(belief, own)
    var likelihood = 1.0
    for _ in 0..<min(inARow, 64) { likelihood *= rate }
    verdict.isBroken = likelihood < Self.chance
    if verdict.isBroken { verdict.faults.append(ran[tail].build...ran[ran.count - 1].build) }
  }

  /// Runs of failures with a pass before and behind them: short ones come and go, longer ones are repaired faults.
  private func findEpisodes(_ steps: ArraySlice<TestStep>, _ verdict: inout LineVerdict) {
    var first: TestStep?
    var length = 0
    var hasPassed = false
    for step in steps {
      if step.isFailure {
        if length == 0 { first = step }
        length += 1
        continue
      }
      if length > 0, let began = first {
        if length > Self.longestEpisode {
          verdict.repaired.append((began.build...(step.build - 1), length))
          verdict.fixedSince = step.build
        } else if hasPassed {
          verdict.occasions.append(began.build)
        }
      }
      length = 0
      hasPassed = true
    }
  }

  /// Whether two builds of one revision ended differently.
  private func mixesRevisions(_ steps: ArraySlice<TestStep>) -> Bool {
    var seen: [String: Bool] = [:]
    for step in steps where !step.isElsewhere {
      let revision = timeline.builds[step.build].revision
      guard !revision.isEmpty else { continue }
      let failed = step.firstFailures > 0
      if let before = seen[revision], before != failed { return true }
      seen[revision] = failed
    }
    return false
  }

  private func weigh(_ verdict: inout LineVerdict) {
    if verdict.basis != nil, !verdict.isBroken {
      // A flake's failures at the end are its own.
      verdict.runs += verdict.failedBuilds
      verdict.failures += verdict.failedBuilds
    }
    for (builds, length) in verdict.repaired {
      // A test that flakes often fails several times in a row now and then: that is no fault that somebody repaired.
      let rate = (Double(verdict.failures - length) + 0.5) / (Double(verdict.runs - length) + 1)
      let expected = Double(verdict.runs) * pow(max(rate, 0), Double(length))
      if verdict.basis == nil || expected < Self.episodeChance { verdict.faults.append(builds) }
    }
    let belief = BetaBelief(failures: verdict.failures, runs: verdict.runs)
    verdict.lowerBound = verdict.basis == nil ? 0 : belief.quantile(0.05)
    verdict.rate = belief.mean
    if let fixed = verdict.fixedSince, fixed < timeline.tonight || verdict.endsFailed || verdict.basis != nil {
      verdict.fixedSince = nil
    }
  }
}
