import Model
import Patterns
import Simulation
import Testing

struct CallRulesTests {
  private static let second: Int64 = 1_000_000

  private func night(_ requests: Int, seed: UInt64 = 11) -> TreeWorld {
    var shop = ShopWorld(seed: seed)
    var world = TreeWorld()
    for i in 0..<requests { world.add(shop.checkout(.none), at: Int64(i) * Self.second) }
    return world
  }

  private func kinds(_ fault: ShopWorld.Fault, baseline: PatternBaseline) -> Set<Violation.Kind> {
    var shop = ShopWorld(seed: 99)
    var world = TreeWorld()
    world.add(shop.checkout(fault))
    return Set(PatternAnalysis.conclude(world.partial, baseline: baseline).violations.map(\.kind))
  }

  @Test("each fault breaks its rule, and no fault breaks none") func kindsOfFaults() {
    let baseline = PatternBaseline(nights: [.init(date: "2026-01-01", partial: night(1_500).partial.withoutExemplars)])
    #expect(kinds(.none, baseline: baseline) == [])
    #expect(kinds(.missingCall, baseline: baseline).contains(.missingCall))
    #expect(kinds(.extraCall, baseline: baseline).contains(.unseenEdge))
    #expect(kinds(.swappedOrder, baseline: baseline).contains(.order))
    #expect(kinds(.fanOut, baseline: baseline).contains(.count))
  }

  @Test("structural anomalies under concurrency: recall at least .95, false alarms at most .02") func recall() {
    let baseline = PatternBaseline(nights: [.init(date: "2026-01-01", partial: night(1_500).partial.withoutExemplars)])
    var shop = ShopWorld(seed: 4_711)
    var alarms = 0
    var found: [ShopWorld.Fault: Int] = [:]
    let each = 60
    for fault in ShopWorld.Fault.allCases {
      for _ in 0..<each * (fault == .none ? 8 : 1) {
        var world = TreeWorld()
        world.add(shop.checkout(fault))
        let isAlarm = PatternAnalysis.conclude(world.partial, baseline: baseline).violations.contains {
          $0.kind != .latency
        }
        if fault == .none { alarms += isAlarm ? 1 : 0 } else { found[fault, default: 0] += isAlarm ? 1 : 0 }
      }
    }
    let recall = Double(found.values.reduce(0, +)) / Double(4 * each)
    let falseAlarms = Double(alarms) / Double(8 * each)
    print("structural anomalies: recall \(recall), false alarms \(falseAlarms)")
    #expect(recall >= 0.95)
    #expect(falseAlarms <= 0.02)
  }

  @Test("without history a fault of part of the night stands out, with evidence") func withinOneArchive() {
    var shop = ShopWorld(seed: 5)
    var world = TreeWorld()
    for i in 0..<900 {
      let fault: ShopWorld.Fault =
        (500..<560).contains(i) ? .missingCall : i == 700 ? .swappedOrder : i == 800 ? .fanOut : .none
      world.add(shop.checkout(fault), at: Int64(i) * Self.second)
    }
    let conclusion = PatternAnalysis.conclude(world.partial)
    #expect(conclusion.incidents.map(\.headline) == [.brokeRules(component: "shop", calls: 60, rules: 1)])
    let incident = conclusion.incidents.first
    #expect(incident?.kind == .patternViolation && incident?.severity == .minor)
    #expect((incident?.start ?? 0) <= 500 * Self.second && (incident?.end ?? 0) >= 559 * Self.second)
    let violations = conclusion.violations
    let missing = violations.first { $0.kind == .missingCall }
    #expect(missing?.count == 60)
    guard case .rule(.missingCall(_, let callee, _)) = missing?.detail else {
      Issue.record("no missing call: \(String(describing: missing))")
      return
    }
    #expect(callee.text.contains("auth POST /token"))
    #expect(missing?.request.text == RequestID(high: 0, low: 501).hex)
    #expect(missing?.evidence.first?.location.input == "night.jsonl")
    #expect(violations.contains { $0.kind == .order && $0.count == 1 && names($0).contains("payment") })
    #expect(violations.contains { $0.kind == .count && names($0).contains("SELECT cart") })
    #expect(violations.first?.kind == .missingCall)
  }

  /// The names in a broken rule, one after the other.
  private func names(_ violation: Violation) -> String {
    guard case .rule(let rule) = violation.detail else { return "" }
    switch rule {
    case .order(let caller, let callee, let before, _):
      return [caller, callee, before].map(\.text).joined(separator: " ")
    case .count(let caller, let callee, _, _, _): return [caller, callee].map(\.text).joined(separator: " ")
    default: return ""
    }
  }

  @Test("two bad stretches with quiet between them are two incidents; single departures in between open none")
  func stretches() {
    var shop = ShopWorld(seed: 5)
    var world = TreeWorld()
    for i in 0..<1800 {
      let isBad = (300..<330).contains(i) || (1500..<1540).contains(i) || i == 900
      world.add(shop.checkout(isBad ? .missingCall : .none), at: Int64(i) * Self.second)
    }
    let incidents = PatternAnalysis.conclude(world.partial).incidents
    #expect(
      incidents.map(\.headline) == [
        .brokeRules(component: "shop", calls: 30, rules: 1), .brokeRules(component: "shop", calls: 40, rules: 1),
      ])
    #expect(Set(incidents.map(\.id)).count == 2)
    #expect(Set(incidents.map(\.fingerprint)).count == 1)
    #expect(incidents.allSatisfy { $0.severity == .minor })
    #expect((incidents.first?.end ?? .max) < 900 * Self.second)
    #expect((incidents.last?.start ?? 0) > 900 * Self.second)
    #expect(incidents.first?.evidence.isEmpty == false)
  }

  @Test("a clean archive breaks no rule of its own") func clean() {
    let conclusion = PatternAnalysis.conclude(night(900).partial)
    #expect(conclusion.violations.filter { $0.kind != .latency } == [])
    #expect(conclusion.incidents == [])
  }
}
