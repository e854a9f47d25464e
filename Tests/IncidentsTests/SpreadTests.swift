import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

/// What belongs together, and what only happens at the same time.
@Suite("Spread")
struct SpreadTests {
  private func incidents(_ night: NightBuilder) -> [Incident] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  private func causes(_ night: NightBuilder) -> [ForeignName] {
    incidents(night).compactMap { $0.rootCauses.first?.component }.sorted()
  }

  /// The shop of a caller that writes no span per call.
  private func shopWithoutCalls(_ change: (inout NightBuilder.Call, Int64) -> Void) -> NightBuilder {
    NightBuilder.shop { root, second in
      root.calls = root.calls.map { call in
        var callee = call.calls[0]
        callee.at += call.at
        return callee
      }
      change(&root, second)
    }
  }

  @Test("a caller that grows slow while two of its callees fail joins one of them and does not make them one")
  func slowCallerOfAPair() {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      root.duration += 90_000
      let index = Int(second % 2)
      root.calls[index].failure = .unavailable
      root.calls[index].calls[0].failure = .runtime
    }
    #expect(causes(night) == ["billing", "stock"])
  }

  @Test(
    "a slow way is seen before and behind the callee where callers write no span per call; slow code is the caller's")
  func wayWithoutCallSpans() {
    let slowWay = shopWithoutCalls { root, second in
      guard (600..<720).contains(second) else { return }
      root.duration += 120_000
      root.calls[1].at += 60_000
    }
    #expect(causes(slowWay) == ["billing"])
    let slowCode = shopWithoutCalls { root, second in
      guard (600..<720).contains(second) else { return }
      root.duration += 60_000
      root.calls[0].at += 60_000
      root.calls[1].at += 60_000
    }
    #expect(causes(slowCode) == ["front"])
    #expect(incidents(shopWithoutCalls { _, _ in }).isEmpty)
  }

  @Test("a callee that is not called because its caller broke off before it is no incident of its own")
  func calleeOfABrokenRequest() {
    let night = NightBuilder.shop { root, second in
      guard (600..<720).contains(second) else { return }
      root.failure = .unavailable
      root.calls[0].failure = .unavailable
      root.calls[0].calls[0].failure = .runtime
      root.calls.removeLast()
    }
    #expect(causes(night) == ["stock"])
  }

  @Test("three deaths are a restart storm with records of them, two are restarts")
  func deaths() throws {
    func night(_ deaths: Int) -> NightBuilder {
      var night = NightBuilder.shop()
      for death in 0..<deaths {
        let time = begin + 600_000_000 + Int64(death) * 20_000_000
        night.event("stock", .childCrashed, at: time)
        night.event("stock", .childExited, at: time + 1000, subject: "error")
      }
      return night
    }
    let incident = try #require(incidents(night(3)).first)
    #expect(incident.kind == .restartStorm)
    #expect(incident.rootCauses.first?.component == "stock")
    #expect(incident.rootCauses.first?.reasons.contains(.crashes(count: 3)) == true)
    #expect(incident.rootCauses.first?.evidence.count == 3)
    #expect(incidents(night(2)).isEmpty)
  }

  @Test("a component that dies is the culprit of calls that left nothing, though it is never silent for long")
  func deathsWithoutCallSpans() throws {
    var night = shopWithoutCalls { root, second in
      guard (600..<720).contains(second), second % 12 < 7 else { return }
      root.failure = .unavailable
      root.calls.removeFirst()
    }
    for death in 0..<10 { night.event("stock", .childCrashed, at: begin + 600_000_000 + Int64(death) * 12_000_000) }
    let found = incidents(night)
    #expect(found.compactMap { $0.rootCauses.first?.component } == ["stock"])
    #expect(found.first?.causalChain.map(\.to) == ["front"])
  }

  @Test("attempts one after the other are one waiting: who hangs beneath them is the cause")
  func hangBeneathAttempts() throws {
    let night = NightBuilder.shop { root, second in
      root.calls[0].calls[0].calls = [NightBuilder.Call(component: "shelf", at: 500, duration: 3000)]
      guard (600..<720).contains(second) else { return }
      root.failure = .timeout
      root.duration = 1_000_000
      root.calls = (0..<3).map { attempt in
        let shelf = NightBuilder.Call(component: "shelf", at: 500, duration: 310_000)
        let stock = NightBuilder.Call(
          component: "stock", operation: "reserve", at: 500, duration: 320_000, calls: [shelf])
        return NightBuilder.Call(
          component: "front", operation: "call stock", kind: .client, at: Int64(attempt) * 330_000 + 1000,
          duration: 325_000, peer: "stock", attempt: UInt8(attempt + 1), calls: [stock])
      }
    }
    #expect(causes(night).contains("shelf"))
  }
}
