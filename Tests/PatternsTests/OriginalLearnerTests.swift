// The pattern learner against the program that this one replaces: what that one gave for a call chain a → b → c, and what is
// right where it was wrong.

import Support
import Model
import Patterns
import Testing

struct OriginalLearnerTests {
  /// The original's a → b → c: api calls auth, auth calls the database.
  private func chain(_ requests: Int, duration: Int64 = 2_000, failed: Bool = false) -> TreeWorld {
    var world = TreeWorld()
    for i in 0..<requests {
      world.add(
        Call(
          "a", for: duration, failed: failed, [Call("b", at: 100, for: 1_000, [Call("c", at: 400, for: 100)])]),
        at: Int64(i) * 10_000)
    }
    return world
  }

  @Test("participants: each once, in order of appearance") func participants() {
    let pattern = PatternAnalysis.conclude(chain(10).partial).patterns[0]
    #expect(pattern.participants == ["a", "b", "c"])
    #expect(pattern.sequence == [["a", "b"], ["b", "c"]])
    #expect(PatternSettings().tolerance == 0.5)
  }

  @Test("keyed by the sequence as it arrived; parallel siblings give one signature")
  func signature() {
    var world = TreeWorld()
    world.add(Call("a", for: 1_000, [Call("b", at: 0, for: 500), Call("c", at: 1, for: 500)]))
    world.add(Call("a", for: 1_000, [Call("c", at: 0, for: 500), Call("b", at: 1, for: 500)]))
    #expect(Set(world.signatures).count == 1)
    #expect(encoded(world.partial) == encoded(world.partial))
  }

  @Test("10 failed requests left 10 open traces; they are patterns of their own") func failures() {
    let partial = chain(10, failed: true).partial
    #expect(partial.requests == 10)
    let conclusion = PatternAnalysis.conclude(partial)
    #expect(conclusion.patterns.count == 1)
    #expect(conclusion.patterns[0].name.text.hasSuffix("(failed)"))
  }

  @Test("1000 then 4 × 1009 stayed 1000, 2000 gave 1100; small steps count now") func expectation() {
    var expectation = LatencyExpectation(PatternSettings())
    expectation.learn(1_000)
    for _ in 0..<4 { expectation.learn(1_009) }
    #expect(expectation.microseconds == 1_003)
    expectation = LatencyExpectation(PatternSettings(), expected: 1_000)
    expectation.learn(2_000)
    #expect(expectation.microseconds == 1_100)
    expectation = LatencyExpectation(PatternSettings(), expected: 3_600_000_001)
    expectation.learn(3_600_000_001)
    #expect(expectation.microseconds == 3_600_000_001)
  }

  @Test("a learner starts empty, with rate 0.1") func empty() {
    let settings = PatternSettings()
    #expect(settings.learningRate == 0.1)
    let conclusion = PatternAnalysis.conclude(PatternPartial(), settings: settings)
    #expect(conclusion.patterns.isEmpty && conclusion.violations.isEmpty && conclusion.learned == 0)
  }

  @Test("two observed calls are two calls") func calls() {
    let partial = chain(1).partial
    #expect(partial.callers.sorted.flatMap(\.value.edges.sorted).reduce(0) { $0 + $1.value.calls } == 2)
  }

  @Test(
    "Pattern_0 of 100 µs from call to call; named by content, first start to last end, one call is enough"
  )
  func completion() {
    let pattern = PatternAnalysis.conclude(chain(10).partial).patterns[0]
    #expect(pattern.latency?.p50 == 2_000)
    #expect(pattern.name == "a → b, c")
    var single = TreeWorld()
    for _ in 0..<10 { single.add(Call("a", for: 100, [Call("b", at: 10, for: 50)])) }
    #expect(PatternAnalysis.conclude(single.partial).learned == 1)
  }

  @Test("of 1100, 550 and 1650 pass, 549 and 1651 do not; an expectation of zero gave inf %")
  func tolerance() {
    var settings = PatternSettings()
    settings.latencyFloor = 1
    let expectation = LatencyExpectation(settings, expected: 1_100)
    #expect([549, 550, 1_650, 1_651].map { expectation.isBroken(by: $0) } == [true, false, false, true])
    let zero = LatencyExpectation(PatternSettings(), expected: 0)
    #expect(zero.deviation(of: 500) == 0.5)
    #expect(!zero.isBroken(by: 500) && zero.isBroken(by: 2_000))
  }

  @Test("patterns are learned during an incident too") func stages() {
    var world = chain(50)
    for i in 0..<10 { world.add(Call("a", for: 50_000, failed: true), at: 500_000 + Int64(i) * 1_000) }
    let conclusion = PatternAnalysis.conclude(world.partial)
    #expect(conclusion.patterns.map(\.occurrences) == [50, 10])
  }

  @Test("50 equal traces announced nothing; the tenth does, once, over all nights") func announcement() {
    #expect(PatternAnalysis.conclude(chain(9).partial).announced.isEmpty)
    #expect(PatternAnalysis.conclude(chain(10).partial).announced.count == 1)
    #expect(PatternAnalysis.conclude(chain(50).partial).announced.count == 1)
    func after(_ earlier: Int, _ tonight: Int) -> Int {
      let night = PatternBaseline.Night(date: "2026-01-01", partial: chain(earlier).partial.withoutExemplars)
      return PatternAnalysis.conclude(chain(tonight).partial, baseline: PatternBaseline(nights: [night])).announced
        .count
    }
    #expect(after(6, 4) == 1)
    #expect(after(10, 40) == 0)
  }

  @Test("only known signatures were checked; a missing call is reported") func unknownSignature() {
    var world = chain(200)
    world.add(Call("a", for: 2_000, [Call("b", at: 100, for: 1_000)]), at: 2_100_000)
    let kinds = PatternAnalysis.conclude(world.partial).violations.map(\.kind)
    #expect(kinds.contains(.missingCall))
  }

  @Test("the last ten against the first ten of a hundred; windows that share no request, one finding")
  func regression() {
    var world = TreeWorld()
    for i in 0..<600 {
      world.add(
        Call("a", for: (400..<500).contains(i) ? 30_000 : 10_000, [Call("b", for: 1)]), at: Int64(i) * 1_000_000)
    }
    let violations = PatternAnalysis.conclude(world.partial).violations.filter { $0.kind == .latency }
    #expect(violations.count == 1)
    #expect(violations.first?.expected == 10_000)
    #expect((violations.first?.actual ?? 0) > 29_000)
    var steady = TreeWorld()
    for i in 0..<600 { steady.add(Call("a", for: 10_000, [Call("b", for: 1)]), at: Int64(i) * 1_000_000) }
    #expect(PatternAnalysis.conclude(steady.partial).violations.isEmpty)
  }
}
