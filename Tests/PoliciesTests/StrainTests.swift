// Components that no quiet time tells about, and logs with so few calls that chance looks like load.
import Model
import Policies
import Simulation
import Support
import Testing

private let edge = CallEdge(caller: "client", callee: "service", operation: "call")
private let origin: Int64 = 1_700_000_000_000_000

private func findings(_ partial: CallPartial) throws -> PolicyFindings {
  let more = Policy("more", retry: RetryPolicy(attempts: 6, backoff: Backoff(.fixed(1_000_000))))
  return try #require(
    PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: [more], evaluation: EvaluationSettings(replays: 2, resamples: 20))))
}

private func strain(_ found: PolicyFindings) -> PolicyFindings.UnendingStrain? {
  for case .unendingStrain(let strain) in found.warnings { return strain }
  return nil
}

private func isOverload(_ found: PolicyFindings) -> Bool {
  found.warnings.contains { if case .overload = $0 { true } else { false } }
}

/// Calls of which a share fails whatever comes, once each.
private func failing(_ share: Double, perSecond: Int, seconds: Int, as kind: FailureKind = .unavailable) -> CallPartial
{
  var random = SplitMix64(seed: 77)
  var partial = CallPartial(limit: .max)
  for _ in 0..<perSecond * seconds {
    let start = origin + Int64(random.unit() * Double(seconds) * 1e6)
    let failed = random.unit() < share
    partial.add([LoggedAttempt(start: start, duration: 1_000, failure: failed ? kind.rawValue : 0)], to: edge)
  }
  return partial
}

@Test("Load beyond a capacity from the first to the last minute is told: nothing is exact, nothing safe")
func unendingStrain() throws {
  var world = LoadDependentWorld()
  world.length = 60
  world.capacity = 40
  world.outages = []
  let found = try findings(world.play(world.logged, seed: 1).log)
  let told = try #require(strain(found), "\(found.warnings)")
  #expect(told.failed > 0.5 && told.component == ForeignName("service"))
  let candidate = try #require(found.candidates.first)
  #expect(candidate.exact == 0 && candidate.warnings.contains(.notExact([.unendingStrain])))
  #expect(found.recommendation?.safe == false)
  #expect(found.recommendation?.because.contains(.unendingStrain(ForeignName("service"))) == true)
}

@Test("A steady share of failures, a quiet time, requests that are wrong and a share that no load moves are no strain")
func noStrain() throws {
  let calm = [
    failing(0.05, perSecond: 20, seconds: 60), failing(0.1, perSecond: 20, seconds: 60),
    failing(0.5, perSecond: 20, seconds: 60, as: .semantic), failing(0.4, perSecond: 40, seconds: 600),
  ]
  for (number, partial) in calm.enumerated() {
    let found = try findings(partial)
    #expect(strain(found) == nil && !isOverload(found), "\(number): \(found.warnings)")
  }
  // The same log when it is short, and with a minute of quiet before it.
  let short = failing(0.4, perSecond: 40, seconds: 60)
  #expect(strain(try findings(short)) != nil)
  var later = short
  for second in 1...60 as ClosedRange<Int64> {
    for call in 0..<40 as Range<Int64> {
      later.add([LoggedAttempt(start: origin - second * 1_000_000 + call * 20_000, duration: 1_000)], to: edge)
    }
  }
  #expect(strain(try findings(later)) == nil)
}

@Test("Two failing calls and their retries, where one comes in ten seconds, are no storm")
func sparseStorm() throws {
  var partial = CallPartial(limit: .max)
  func add(_ time: Double, _ failures: [Bool], every wait: Double = 0.3) {
    partial.add(
      failures.enumerated().map { number, failed in
        LoggedAttempt(
          start: origin + Int64((time + Double(number) * wait) * 1e6), duration: 1_000,
          failure: failed ? FailureKind.unavailable.rawValue : 0, isFirst: number == 0)
      }, to: edge)
  }
  for call in 0..<400 where call != 200 {
    // Each tenth is lost with all its retries within one second.
    add(Double(call) * 10, call % 10 == 3 ? [true, true, true] : [false])
  }
  // Two seconds in which nothing is answered, four in which half of twice as much is, and quiet again.
  add(2_000, [true, true, true])
  add(2_001, [true, true, true])
  for second in 2_002..<2_006 {
    add(Double(second), [false])
    add(Double(second) + 0.5, [true])
  }
  add(2_006, [false])
  let found = try findings(partial)
  #expect(!isOverload(found) && strain(found) == nil, "\(found.warnings)")
}
