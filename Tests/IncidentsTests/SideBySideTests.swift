import Incidents
import Model
import Support
import Testing

/// Nights of access logs whose lines know their request and nothing of who called whom.
@Suite("Requests side by side")
struct SideBySideTests {
  private static let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

  /// Durations of the three of a request: an edge asks a shop, which asks a stock and, in turn, a billing.
  private struct Request {
    var stock: Int64
    var billing: Int64
    var shop: Int64
    var edge: Int64
    var failing: Set<String> = []
    var missing: Set<String> = []
    /// How much longer the shop takes itself, and the way to the stock.
    init(_ second: Int64, shopOwn: Int64 = 0, way: Int64 = 0) {
      func draw(_ factor: Int64, _ most: Int64) -> Int64 { second * factor % most }
      stock = 4000 + draw(7919, 6000)
      billing = 5000 + draw(104_729, 4000)
      shop = stock + billing + 2000 + draw(1299, 700) + shopOwn + way
      edge = shop + 1000 + draw(613, 300)
    }
  }

  private func incidents(_ change: (inout Request, Int64) -> Void) -> [Incident] {
    IncidentAnalysis.conclude(night(change).partial(), settings: IncidentSettings()).incidents
  }

  private func night(_ change: (inout Request, Int64) -> Void) -> NightBuilder {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      var request = Request(second)
      change(&request, second)
      let all = [
        ("edge", request.edge), ("shop", request.shop), ("stock", request.stock), ("billing", request.billing),
      ]
      night.requests(
        UInt64(second + 1), at: Self.begin + second * 1_000_000,
        all.filter { !request.missing.contains($0.0) }.map { name, duration in
          NightBuilder.Call(
            component: name, operation: "GET /", duration: duration,
            failure: request.failing.contains(name) ? (request.stock > 1_000_000 ? .timeout : .unavailable) : nil)
        })
    }
    return night
  }

  private static func isBad(_ second: Int64) -> Bool { (600..<720).contains(second) }

  @Test("a quiet night has none")
  func quiet() { #expect(incidents { _, _ in }.isEmpty) }

  @Test("the lowest of those that failed together is the cause, and not who is asked beside it")
  func lowest() throws {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      request.failing = ["edge", "shop", "billing"]
    }
    let incident = try #require(found.first)
    #expect(found.count == 1)
    #expect(incident.rootCauses.first?.component == "billing")
    #expect(Set(incident.components.map(\.id.text)) == ["edge", "shop", "billing"])
    #expect(incident.causalChain.contains { $0.from == "billing" && $0.to == "shop" })
  }

  @Test("who fails alone with its callers is the cause, although those that it asks later are missing")
  func own() {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      request.failing = ["edge", "shop"]
      request.missing = ["stock", "billing"]
    }
    #expect(found.map { $0.rootCauses.first?.component } == ["shop"])
  }

  @Test("a callee that is still at it when its caller has given up is the cause")
  func outlived() {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      request.failing = ["edge", "shop"]
      request.stock = 3_000_000
      request.missing = ["billing"]
      request.shop = 1_000_000
      request.edge = 1_001_000
    }
    #expect(found.first?.rootCauses.first?.component == "stock")
  }

  @Test("one's own time is what those below did not take")
  func slow() {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      request = Request(second, shopOwn: 400_000)
    }
    #expect(found.map(\.kind) == [.latencyRegression])
    #expect(found.first?.rootCauses.first?.component == "shop")
    let below = incidents { request, second in
      guard Self.isBad(second) else { return }
      request.billing += 400_000
      request.shop += 400_000
      request.edge += 400_000
    }
    #expect(below.first?.rootCauses.first?.component == "billing")
  }

  /// A night in which a shop asks a stock for every other request alone: two users a second, one of them with the stock.
  private func halves(_ change: (inout Request, Int64, Bool) -> Void) -> [Incident] {
    var night = NightBuilder()
    for half in 0..<Int64(2400) {
      let asks = half % 4 == 0
      var request = Request(half)
      if !asks {
        request.shop -= request.stock
        request.edge -= request.stock
        request.missing = ["stock"]
      }
      change(&request, half / 2, asks)
      let all = [
        ("edge", request.edge), ("shop", request.shop), ("stock", request.stock), ("billing", request.billing),
      ]
      night.requests(
        UInt64(half + 1), at: Self.begin + half * 500_000,
        all.filter { !request.missing.contains($0.0) }.map { name, duration in
          NightBuilder.Call(
            component: name, operation: asks && name == "shop" ? "GET /a" : "GET /", duration: duration,
            failure: request.failing.contains(name) ? .unavailable : nil)
        })
    }
    return IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  @Test("the way to a component is slow where those requests are that passed it, and it is as fast as ever")
  func slowWay() {
    let found = halves { request, second, asks in
      guard Self.isBad(second), asks else { return }
      request.shop += 400_000
      request.edge += 400_000
    }
    #expect(found.map { $0.rootCauses.first?.component } == ["stock"])
    let all = halves { request, second, _ in
      guard Self.isBad(second) else { return }
      request.shop += 400_000
      request.edge += 400_000
    }
    #expect(all.map { $0.rootCauses.first?.component } == ["shop"])
  }

  @Test("who is silent while all fail that ask it is down; where some do not, their caller fails by itself")
  func standstill() {
    func shop(failing: @escaping (Int64) -> Bool) -> [ForeignName?] {
      incidents { request, second in
        guard Self.isBad(second), failing(second) else { return }
        request.failing = ["edge", "shop"]
        request.missing = ["stock"]
      }.map { $0.rootCauses.first?.component }
    }
    #expect(shop { _ in true } == ["stock"])
    #expect(shop { $0 * 7919 % 101 < 75 } == ["shop"])
  }

  @Test("who is down for seconds again and again never answers in those in which its callers fail")
  func restarts() {
    let found = halves { request, second, asks in
      guard Self.isBad(second), asks, second % 12 < 6 else { return }
      request.failing = ["edge", "shop"]
      request.missing = ["stock", "billing"]
    }
    #expect(found.map { $0.rootCauses.first?.component } == ["stock"])
  }

  @Test("who hangs and then says that all is well is blamed by those that ran into a time limit, retries or not")
  func hang() throws {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      request.failing = ["edge", "shop"]
      request.stock = 3_000_000
      request.missing = ["billing"]
      request.shop = 3_100_000
      request.edge = 3_101_000
    }
    #expect(found.first?.rootCauses.first?.component == "stock")
  }

  @Test("who waited itself for one that hung is not blamed for it")
  func hangBelow() {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      request.failing = ["edge"]
      request.billing = 3_000_000
      request.shop = 3_020_000
      request.edge = 1_000_000
    }
    #expect(found.first?.rootCauses.first?.component == "billing")
  }

  @Test("two troubles in the same requests are two incidents where neither component asks the other")
  func apart() {
    let found = incidents { request, second in
      guard Self.isBad(second) else { return }
      if second % 2 == 0 { request.failing.formUnion(["stock"]) }
      if second % 3 == 0 { request.failing.formUnion(["billing"]) }
    }
    #expect(Set(found.compactMap { $0.rootCauses.first?.component }) == ["stock", "billing"])
  }

  @Test("partials of pieces merge into that of the whole, and read back as they were written")
  func merging() throws {
    let night = night { request, second in if second % 90 == 0 { request.failing = ["edge", "shop"] } }
    var merged = night.partial(share: 0, of: 2)
    merged.merge(night.partial(share: 1, of: 2))
    #expect(bytes(merged) == bytes(night.partial()))
    let written = bytes(merged)
    var reader = ByteReader(written)
    #expect(try bytes(IncidentPartial(from: &reader)) == written)
  }
}
