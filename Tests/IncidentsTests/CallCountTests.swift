import Incidents
import Model
import Support
import Testing

/// Faults that no single call shows: none is slow, none fails, there are only more of them.
@Suite("More calls")
struct CallCountTests {
  private func incidents(_ night: NightBuilder) -> [Incident] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  private static let bad: Range<Int64> = 600..<780

  /// The shop whose stock asks peers one after the other, by the operations of its client spans.
  private func shop(step: Int64 = 10_000, _ asked: @escaping (Int64) -> [String]) -> NightBuilder {
    NightBuilder.shop { root, second in
      // Failures are written down here, so that other ways of running alone are none.
      if second == 100 { root.failure = .runtime }
      let peers = asked(second)
      root.calls[0].calls[0].calls = peers.enumerated().map { index, peer in
        NightBuilder.Call(
          component: "stock", operation: "query \(peer)", kind: .client, at: 500 + Int64(index) * step,
          duration: step - 50, peer: peer)
      }
      let more = Int64(peers.count) * step
      root.calls[0].calls[0].duration += more
      root.calls[0].duration += more
      root.calls[1].at += more
      root.duration += more
    }
  }

  @Test("a query in a loop is its caller's, and says how often it asks")
  func loop() throws {
    let night = shop { second in
      Array(repeating: "db", count: Self.bad.contains(second) ? 15 : 1)
    }
    let found = incidents(night)
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.kind == .latencyRegression)
    let cause = try #require(incident.rootCauses.first)
    #expect(cause.component == "stock")
    #expect(cause.reasons.contains { if case .moreCalls(_, "db", let now, 1) = $0 { now > 10 } else { false } })
    #expect(incident.components.map(\.id).contains("stock"))
  }

  @Test("a cache that answers nothing is the cause of the calls that follow it")
  func lostCache() throws {
    let night = shop(step: 20_000) { second in
      let isMiss = Self.bad.contains(second) || second % 10 == 0
      return isMiss ? ["cache", "db"] : ["cache"]
    }
    #expect(incidents(night).first?.rootCauses.first?.component == "cache")
  }

  @Test("records between a call and the one that its answer decides are stepped over")
  func noted() {
    let night = NightBuilder.shop { root, second in
      if second == 100 { root.failure = .runtime }
      let isMiss = Self.bad.contains(second) || second % 10 == 0
      var stock = root.calls[0].calls[0]
      stock.calls = (isMiss ? ["cache", "db"] : ["cache"]).enumerated().map { index, peer in
        NightBuilder.Call(
          component: "stock", operation: "query \(peer)", kind: .client, at: 500 + Int64(index) * 20_000,
          duration: 19_950, peer: peer)
      }
      if isMiss { stock.notes = [(20_460, "not there"), (20_470, "asking further")] }
      stock.duration += Int64(stock.calls.count) * 20_000
      root.calls[0].calls = [stock]
      root.duration += Int64(stock.calls.count) * 20_000
      root.calls[0].duration = stock.duration + 1000
      root.calls[1].at += root.calls[0].duration
    }
    #expect(incidents(night).first?.rootCauses.first?.component == "cache")
  }

  @Test("attempts are no additional calls, and more calls that slow nobody are none's trouble")
  func noTrouble() {
    let attempts = NightBuilder.shop { root, second in
      if second == 100 { root.failure = .runtime }
      guard Self.bad.contains(second) else { return }
      let call = root.calls[0]
      root.calls += (0..<4).map { attempt in
        var again = call
        again.attempt = UInt8(attempt + 2)
        return again
      }
    }
    #expect(incidents(attempts).isEmpty)
    let cheap = shop(step: 100) { second in Array(repeating: "db", count: Self.bad.contains(second) ? 3 : 1) }
    #expect(incidents(cheap).isEmpty)
    #expect(incidents(shop { _ in ["db"] }).isEmpty)
  }

  @Test("what is asked more and grows slow for it, and who waits for it, are no incidents of their own")
  func consequences() throws {
    let night = shop(step: 20_000) { second in
      let isMiss = Self.bad.contains(second) || second % 10 == 0
      return isMiss ? ["cache", "db", "db"] : ["cache"]
    }
    let found = incidents(night)
    #expect(found.count == 1)
    let incident = try #require(found.first)
    #expect(incident.rootCauses.first?.component == "cache")
    // Within a slot of ten seconds.
    let begin = night.trees[0].nodes[0].start + Self.bad.lowerBound * 1_000_000
    #expect(abs(incident.start - begin) <= 10_000_000)
  }

  @Test("two peers that are asked by one operation's name are told apart, and a loop over both is its caller's")
  func alike() throws {
    func asked(_ peers: @escaping (Int64) -> [String]) -> NightBuilder {
      NightBuilder.shop { root, second in
        if second == 100 { root.failure = .runtime }
        let peers = peers(second)
        root.calls[0].calls[0].calls = peers.enumerated().map { index, peer in
          NightBuilder.Call(
            component: "stock", operation: "GET", kind: .client, at: 500 + Int64(index) * 20_000, duration: 19_950,
            peer: peer)
        }
        let more = Int64(peers.count) * 20_000
        root.calls[0].calls[0].duration += more
        root.calls[0].duration += more
        root.calls[1].at += more
        root.duration += more
      }
    }
    let lost = asked { Self.bad.contains($0) || $0 % 10 == 0 ? ["zone", "db"] : ["zone"] }
    #expect(incidents(lost).first?.rootCauses.first?.component == "zone")
    let loop = asked { second in
      Self.bad.contains(second) ? Array(repeating: ["zone", "db"], count: 6).flatMap { $0 } : ["zone", "db"]
    }
    #expect(incidents(loop).count == 1)
    #expect(incidents(loop).first?.rootCauses.first?.component == "stock")
  }
}
