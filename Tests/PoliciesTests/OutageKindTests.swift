// Two kinds of outages: when they are seen, and how a chain of three states goes on.
import Policies
import Support
import Testing

private func outages(_ lengths: [Double]) -> [Range<Int64>] {
  lengths.enumerated().map { number, length in
    let start = Int64(number) * 3_600_000_000
    return start..<start + Int64(length * 1e6)
  }
}

/// Lengths at the quantiles of an exponential, seconds.
private func exponential(_ mean: Double, _ count: Int) -> [Double] {
  // Ten quantiles of the unit exponential, again and again.
  let quantiles = [0.05, 0.16, 0.29, 0.43, 0.6, 0.8, 1.05, 1.39, 1.9, 3.0]
  return (0..<count).map { mean * quantiles[$0 % quantiles.count] }
}

@Test("Seconds and minutes are two kinds of outages; one exponential and a handful are one")
func outageKindsSeen() throws {
  let both = try #require(OutageLengths(outages(exponential(5, 20) + exponential(400, 10))))
  #expect(both.short > 3 * 1e6 && both.short < 8 * 1e6, "\(both)")
  #expect(both.long > 250 * 1e6 && both.long < 600 * 1e6, "\(both)")
  #expect(both.share > 0.55 && both.share < 0.8, "\(both)")
  #expect(OutageLengths(outages(exponential(30, 40))) == nil)
  #expect(OutageLengths(outages(exponential(5, 6) + exponential(400, 3))) == nil)
  #expect(OutageLengths([]) == nil)
  #expect(OutageLengths(outages(Array(repeating: 0, count: 50))) == nil)
}

@Test("The chain of three states goes on as its rates say, and evidence goes back the same way")
func outageKindsGoOn() {
  let kinds = OutageKinds(
    OutageKinds.Rates(falls: DownBelief(short: 0.02, long: 0.005), rises: DownBelief(short: 0.2, long: 0.01)))
  let begin = DownBelief(short: 0.5, long: 0.2)
  var stepped = begin
  let step = 0.001
  for _ in 0..<7_000 {
    let up = 1 - stepped.down
    stepped = DownBelief(
      short: stepped.short + step * (0.02 * up - 0.2 * stepped.short),
      long: stepped.long + step * (0.005 * up - 0.01 * stepped.long))
  }
  let later = kinds.after(begin, kinds.memory(7))
  #expect(abs(later.short - stepped.short) < 1e-4 && abs(later.long - stepped.long) < 1e-4, "\(later) \(stepped)")
  let end = kinds.after(begin, kinds.memory(1e6))
  #expect(abs(end.short - kinds.share.short) < 1e-9 && abs(end.long - kinds.share.long) < 1e-9)

  // What an observation seven seconds on says now is what it says then, seen through the chain.
  let evidence = DownBelief(short: 0.6, long: 0.3)
  let before = kinds.before(evidence, kinds.memory(7))
  func chance(_ from: DownBelief, _ evidence: DownBelief) -> Double {
    from.short * evidence.short + from.long * evidence.long + (1 - from.down) * (1 - evidence.down)
  }
  let there = chance(later, evidence)
  let other = chance(kinds.after(DownBelief(short: 0, long: 1), kinds.memory(7)), evidence)
  #expect(abs(chance(begin, before) / before.long - there / other) < 1e-9)
  let still = kinds.after(begin, kinds.memory(0))
  #expect(abs(still.short - 0.5) < 1e-12 && abs(still.long - 0.2) < 1e-12)
}
