// A world whose clients have no span above their attempts: whatever tells which belong together, the figures are those of the
// same world with one, and where nothing tells it nothing is exact.
import Model
import Policies
import Simulation
import Support
import Testing

/// What joins root attempts.
private enum Evidence: CaseIterable {
  /// Each links to the attempt before it, or all to the first.
  case links, linksToFirst
  /// Their clients count.
  case counts
  /// Each request asks for something of its own.
  case targets
  /// They come soon after a failure.
  case time
  case none
}

private func policies() -> [Policy] {
  let backoff = Backoff(.exponential(base: 200_000, factor: 2), jitter: .full)
  return [
    Policy("once", retry: .never), Policy("five", retry: RetryPolicy(attempts: 5, backoff: backoff)),
    Policy("fixed", retry: RetryPolicy(attempts: 3, backoff: Backoff(.fixed(1_000_000)))),
  ]
}

/// The log of a world, each attempt of it a root.
private func roots(_ siblings: CallPartial, _ evidence: Evidence) -> CallPartial {
  var partial = CallPartial(limit: .max)
  var span: UInt64 = 0
  for (edge, attempts) in siblings.edges.sorted(by: { $0.key < $1.key }) {
    var rows: [LoggedAttempt] = []
    var failed: [LinkMark] = []
    var first: UInt64 = 0
    var number: UInt8 = 0
    for attempt in attempts {
      var row = attempt
      span += 1
      if attempt.isFirst { (first, number) = (span, 0) }
      number += 1
      row.isRoot = true
      row.isFirst = true
      switch evidence {
      case .links where number > 1: row.target = RetryEvidence.link(to: span - 1).targetHash
      case .linksToFirst where number > 1: row.target = RetryEvidence.link(to: first).targetHash
      case .counts where number > 1: row.counted = number
      case .targets: row.target = RetryEvidence.target(first &* 0x9E37_79B9_7F4A_7C15).targetHash
      default: break
      }
      if row.failure != 0 { failed.append(LinkMark(start: row.start, span: span)) }
      rows.append(row)
    }
    partial.add(all: rows, to: edge)
    partial.add(failed)
  }
  return partial
}

private func evaluate(_ partial: CallPartial) throws -> PolicyFindings {
  try #require(
    PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: policies(), evaluation: EvaluationSettings(replays: 4, resamples: 100))))
}

@Test(
  "Root attempts come out as siblings do where links, counts, targets or time tell, and are not exact where nothing does"
)
func rootWorlds() throws {
  var world = SyntheticRetryWorld()
  world.length = 40_000
  world.rate = 0.05
  world.outages = 60
  world.outageMedian = 60
  let siblings = world.episodes(seed: 21)
  let wanted = try evaluate(siblings)
  let requests = try #require(wanted.baseline.attemptsPerRequest.value)
  #expect(requests > 1.1)
  for evidence in Evidence.allCases where evidence != .none {
    let found = try evaluate(roots(siblings, evidence))
    let attempts = try #require(found.baseline.attemptsPerRequest.value)
    let success = try #require(found.baseline.successRate.value)
    let near = evidence == .time || evidence == .counts ? 0.02 : 1e-9
    #expect(abs(attempts - requests) <= near * requests, "\(evidence): \(attempts), truly \(requests)")
    #expect(abs(success - (wanted.baseline.successRate.value ?? 0)) <= near, "\(evidence)")
    for (a, b) in zip(found.candidates, wanted.candidates) where near < 0.01 {
      #expect(a.outcome.successRate == b.outcome.successRate, "\(evidence) \(a.name)")
      #expect(a.exact == b.exact)
    }
    #expect((found.candidates[0].exact > 0.99) == (evidence != .time), "\(evidence)")
  }
  // Only the servers wrote spans: joined by what was asked for, else by times, and never exact.
  func servers(_ target: (Int) -> UInt64) -> CallPartial {
    var partial = CallPartial(limit: .max)
    for (edge, attempts) in siblings.edges {
      var request = 0
      let rows = attempts.map { attempt in
        if attempt.isFirst { request += 1 }
        var row = attempt
        (row.isFirst, row.isRoot) = (true, true)
        row.target = RetryEvidence.target(target(request)).targetHash
        return row
      }
      partial.add(lone: rows, at: EntryPoint(component: edge.callee, operation: edge.operation))
    }
    return partial
  }
  let unseen = try evaluate(servers { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 })
  #expect(abs((unseen.baseline.attemptsPerRequest.value ?? 0) - requests) < 1e-9)
  #expect(unseen.candidates.allSatisfy { $0.exact == 0 } && unseen.recommendation?.safe == false)
  #expect(unseen.warnings.contains { if case .callersUnseen = $0 { true } else { false } })
  let same = try evaluate(servers { _ in 7 })
  #expect(abs((same.baseline.attemptsPerRequest.value ?? 0) - requests) < 0.02 * requests)
  #expect(same.candidates.allSatisfy { $0.exact == 0 } && same.recommendation?.safe == false)
  // Ten requests a second: a retry comes no sooner than the next request, and how many there are is counted alone.
  var busy = world
  busy.rate = 10
  busy.length = 1_000
  busy.outages = 20
  busy.outageMedian = 4
  let truth = try #require(try evaluate(busy.episodes(seed: 22)).baseline.attemptsPerRequest.value)
  let apart = try evaluate(roots(busy.episodes(seed: 22), .none))
  #expect(apart.warnings.contains { if case .joinedByTime = $0 { true } else { false } })
  #expect(abs((apart.baseline.attemptsPerRequest.value ?? 0) - truth) < 0.06 * truth, "\(apart.baseline) \(truth)")
  #expect(apart.candidates.allSatisfy { $0.exact == 0 })
}
