import Model
import Patterns
import Simulation
import Support
import Testing

struct LatencyDriftTests {
  /// A night around a middle, with the same spread every night.
  private func night(_ middle: Double, tail: Double = 1) -> Sketch {
    var sketch = Sketch()
    for i in 0..<2_000 {
      let value = middle * (0.5 + Double(i) / 2_000) * (i >= 1_960 ? tail : 1)
      sketch.add(Int64(value))
    }
    return sketch
  }

  private let calm: [Double] = [10_100, 9_900, 10_000, 10_200, 9_800, 10_050, 9_950, 10_000, 10_100, 9_900]

  @Test("a slower night is a shift, an ordinary one is nothing") func shift() {
    let nights = calm.map { night($0) }
    #expect(LatencyDrift.verdicts(tonight: night(10_300), nights: nights).isEmpty)
    let verdicts = LatencyDrift.verdicts(tonight: night(11_600), nights: nights)
    #expect(verdicts.map(\.rule).contains(.shift))
    #expect(verdicts.allSatisfy { $0.change > 0.14 && $0.change < 0.18 })
  }

  @Test("a longer tail is a tail, also on a night that is slower as a whole") func tail() {
    let nights = calm.map { night($0) }
    let verdicts = LatencyDrift.verdicts(tonight: night(10_200, tail: 2), nights: nights)
    #expect(verdicts.map(\.rule) == [.tail])
    #expect(LatencyDrift.verdicts(tonight: night(12_000), nights: nights).allSatisfy { $0.rule != .tail })
  }

  @Test("small moves add up, and the change is dated") func creep() {
    let nights = (calm + [10_750, 10_800, 10_700, 10_800]).map { night($0) }
    let verdicts = LatencyDrift.verdicts(tonight: night(10_800), nights: nights)
    #expect(verdicts.map(\.rule) == [.creep])
    #expect(verdicts.first?.since == 10)
  }

  @Test("too few nights or requests give no verdict") func tooLittle() {
    #expect(LatencyDrift.verdicts(tonight: night(20_000), nights: [night(10_000), night(10_000)]).isEmpty)
    var few = Sketch()
    for _ in 0..<40 { few.add(90_000) }
    #expect(LatencyDrift.verdicts(tonight: few, nights: calm.map { night($0) }).isEmpty)
  }

  @Test("on simulated nights few false alarms, and changes are found in time") func validation() {
    let rates = DriftValidation.rates(repetitions: 20)
    #expect(rates.falseAlarms <= 0.05)
    #expect(rates.shiftFirst >= 0.85)
    #expect(rates.creepFifth >= 0.8)
    #expect(rates.tailFirst >= 0.8 && rates.wideTailFirst >= 0.8)
    #expect(DriftValidation.rates(repetitions: 1, seed: 9) == DriftValidation.rates(repetitions: 1, seed: 9))
  }

  @Test("a conclusion names the drift, the pattern that is gone, and the new one") func conclusion() {
    func world(_ duration: Int64, _ other: String) -> TreeWorld {
      var world = TreeWorld()
      for i in 0..<600 {
        world.add(Call("api", "GET /a", for: duration + Int64(i % 50) * 20, [Call("db", "q", at: 10, for: 100)]))
        if i % 10 == 0 { world.add(Call("api", "GET /\(other)", for: 500)) }
      }
      return world
    }
    let dates = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]
    let baseline = PatternBaseline(
      nights: dates.map { .init(date: $0, partial: world(10_000, "old").partial.withoutExemplars) })
    let conclusion = PatternAnalysis.conclude(world(13_000, "new").partial, baseline: baseline)
    #expect(conclusion.patterns.map(\.status.rawValue).sorted() == ["changed", "gone", "new"])
    let drift = conclusion.violations.first { $0.kind == .drift }
    guard case .drift(.shift, _, let nights, _, _) = drift?.detail else {
      Issue.record("no shift: \(String(describing: drift))")
      return
    }
    #expect(nights == 4)
    #expect(drift?.evidence.count == 1)
    #expect(conclusion.violations.contains { $0.kind == .gone })
    let same = PatternAnalysis.conclude(world(10_000, "old").partial, baseline: baseline)
    #expect(same.violations == [])
    #expect(same.patterns.allSatisfy { $0.status == .known })
    #expect(same.announced == [])
  }
}
