import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// Two proxies' logs: of the same requests, or of two shares of them.
@Suite("Two logs in front")
struct SharedLoadTests {
  /// Whom a request goes to.
  private enum Way { case turns, random, leastConnections, both(skew: Int64, lost: Double) }

  /// Half an hour of requests at random times, two a second, of some operations, a third of which fail from the fifth minute on.
  private func impact(_ way: Way, operations: Int = 4, fails: Bool = true) -> Impact {
    var night = NightBuilder()
    var random = SplitMix64(seed: 7)
    var number: UInt64 = 0
    func ask(_ proxy: String, _ operation: String, _ at: Int64, _ failure: FailureKind?) {
      number += 1
      let ask = NightBuilder.Call(
        component: proxy, operation: "ask", kind: .client, at: 100, duration: 8000, failure: failure, peer: "10.1.0.7")
      night.request(
        number, at: begin + at,
        NightBuilder.Call(component: proxy, operation: operation, duration: 9000, failure: failure, calls: [ask]))
    }
    var busy: [[Int64]] = [[], []]
    var turn = 0
    for tenth in 0..<Int64(18_000) where random.unit() < 0.2 {
      let at = tenth * 100_000 + Int64(random.unit() * 90_000)
      let operation = "GET /\(Int(random.unit() * Double(operations)))"
      let failure: FailureKind? = fails && (3000..<18_000).contains(tenth) && random.unit() < 0.33 ? .unavailable : nil
      switch way {
      case .turns:
        turn = 1 - turn
        ask("edge-\(turn)", operation, at, failure)
      case .random: ask("edge-\(Int(random.unit() * 2))", operation, at, failure)
      case .leastConnections:
        for index in busy.indices { busy[index].removeAll { $0 <= at } }
        let one = busy[0].count == busy[1].count ? Int(random.unit() * 2) : busy[0].count < busy[1].count ? 0 : 1
        busy[one].append(at + Int64(random.unit() * 2_000_000))
        ask("edge-\(one)", operation, at, failure)
      case .both(let skew, let lost):
        if random.unit() >= lost { ask("edge-0", operation, at, failure) }
        if random.unit() >= lost { ask("edge-1", operation, at + skew, failure) }
      }
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).impact
  }

  private func proxies(_ impact: Impact) -> Int { Set(impact.entryPoints.map(\.component)).count }

  @Test("two that share the load tell of requests of their own, however the load is shared")
  func shared() {
    for way in [Way.turns, .random, .leastConnections] {
      #expect(proxies(impact(way)) == 2)
      // Of one operation the outcomes tell, where minutes enough have both.
      #expect(proxies(impact(way, operations: 1)) == 2)
    }
    #expect(proxies(impact(.random, operations: 1, fails: false)) == 2)
  }

  @Test("two that stand one behind the other tell of the same, though clocks differ and lines are lost")
  func behind() {
    for operations in [1, 4, 300] {
      #expect(proxies(impact(.both(skew: 0, lost: 0), operations: operations)) == 1)
      #expect(proxies(impact(.both(skew: 2_000_000, lost: 0.01), operations: operations)) == 1)
    }
  }
}
