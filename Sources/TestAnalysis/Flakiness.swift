// Which tests are flaky, and which are broken.
//
// A test is flaky where it failed and passed at one revision: in one build by a rerun, or in two builds of the same code.
// Where revisions are not known or always differ, failures that come and go more than once say it too. A run of failures
// that lasts to the end (P…PF…F) is a regression, and a long one that ended is a fault that was repaired; neither is flaky.
// Failures that lay elsewhere (set-up, outage, a shared trouble) speak neither for nor against a test.

package import Model

package struct TestVerdict: Hashable, Sendable {
  package var test: String
  /// `sameRevision` or `history`; empty where the test is not flaky.
  package var basis = ""
  /// Of its own failures, first attempts only, without a trailing run of failures.
  package var runs = 0
  package var failures = 0
  /// All attempts, reruns included.
  package var attempts = 0
  package var failedAttempts = 0
  /// Lower credible bound (5 %) of the failure rate.
  package var lowerBound = 0.0
  package var evidence: [Evidence] = []
  /// Where the trailing run of failures began: index into the timeline's builds; nil where it is not broken.
  package var brokenSince: Int?
}

package enum Flakiness {
  /// Failures in a row that come and go; a longer run is a fault that somebody repaired.
  private static let longestEpisode = 2
  /// A trailing run of failures is a regression where a test as flaky as this one would show it more rarely.
  private static let chance = 0.016

  package static func judge(_ test: String, _ steps: [TestStep], _ timeline: TestTimeline) -> TestVerdict {
    var verdict = TestVerdict(test: test)
    let own = steps.filter { $0.ran && !$0.isCollateral }
    guard !own.isEmpty else { return verdict }
    var tail = own.count
    while tail > 0, own[tail - 1].isFailure, own[tail - 1].firstFailures == own[tail - 1].builds { tail -= 1 }
    let body = own[..<tail]
    for step in body {
      verdict.runs += step.builds
      verdict.failures += step.firstFailures
    }
    for step in own {
      verdict.attempts += step.attempts
      verdict.failedAttempts += step.failures
    }
    judgeTail(own, tail, &verdict, timeline)
    // What began at the end of a revision's builds and lasts is a fault, whatever the first of them said.
    let isMixed =
      body.contains { $0.isFlaky } || mixesRevisions(verdict.brokenSince == nil ? own[...] : body, timeline)
    if isMixed { verdict.basis = "sameRevision" } else if episodes(body) >= 2 { verdict.basis = "history" }
    if !verdict.basis.isEmpty {
      if verdict.brokenSince == nil {
        for step in own[tail...] {
          verdict.runs += step.builds
          verdict.failures += step.firstFailures
        }
      }
      verdict.lowerBound = BetaBelief(failures: verdict.failures, runs: verdict.runs).quantile(0.05)
      verdict.evidence = Array(own.filter { $0.failures > 0 }.compactMap(\.evidence).sorted().prefix(5))
    } else if verdict.brokenSince != nil {
      verdict.evidence = Array(own[tail...].compactMap(\.evidence).sorted().prefix(5))
    }
    return verdict
  }

  /// Whether two builds of one revision ended differently.
  private static func mixesRevisions(_ steps: ArraySlice<TestStep>, _ timeline: TestTimeline) -> Bool {
    var seen: [String: Bool] = [:]
    for step in steps {
      let build = timeline.builds[step.build]
      guard !build.revision.isEmpty, step.builds == 1 else { continue }
      let key = build.night + "\u{0}" + build.revision + "\u{0}" + build.branch + "\u{0}" + build.configuration
      let failed = step.firstFailures > 0
      if let before = seen[key], before != failed { return true }
      seen[key] = failed
    }
    return false
  }

  /// Short runs of failures with a pass before and behind them; a night of the history with both counts as one.
  private static func episodes(_ steps: ArraySlice<TestStep>) -> Int {
    var count = 0
    var length = 0
    var hasPassed = false
    for step in steps {
      if step.firstFailures > 0, step.firstFailures < step.builds {
        // A night of which only the sums are known: some of its builds failed.
        if hasPassed, length == 0 { count += 1 }
        length = 0
        hasPassed = true
      } else if step.firstFailures > 0 {
        length += 1
      } else {
        if hasPassed, length > 0, length <= longestEpisode { count += 1 }
        length = 0
        hasPassed = true
      }
    }
    return count
  }

  private static func judgeTail(_ own: [TestStep], _ tail: Int, _ verdict: inout TestVerdict, _ timeline: TestTimeline)
  {
    guard tail < own.count, tail > 0, let last = own.last, last.build >= timeline.tonight else { return }
    // A rerun that failed too is one more failure in a row.
    let inARow = own[tail...].reduce(0) { $0 + max($1.failures, $1.builds) }
    let rate = BetaBelief(failures: verdict.failures, runs: verdict.runs).mean
    var likelihood = 1.0
    for _ in 0..<min(inARow, 64) { likelihood *= rate }
    if likelihood < chance { verdict.brokenSince = own[tail].build }
  }
}
