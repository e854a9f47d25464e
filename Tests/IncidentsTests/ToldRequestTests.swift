import Incidents
import Model
import Support
import Testing

/// Nights without a span, whose requests are known by the ids in their log lines.
@Suite("Requests told by log lines")
struct ToldRequestTests {
  private static let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000

  /// What one component writes of a request.
  private struct Line {
    var component: String
    var message: String
    var severity = Severity.info
    var took: UInt32 = 0
    /// Microseconds after the request began.
    var at: Int64 = 1000
  }

  /// Twenty minutes of a front that asks a cart, which asks a store that writes nothing.
  private func night(withIDs: Bool = true, _ lines: (Int64) -> [Line]) -> NightBuilder {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      var written = [
        Line(
          component: "front-end", message: "list done in <*> ms", took: 20_000 + UInt32(second * 7919 % 900), at: 9000),
        Line(component: "cart-api", message: "get done in <*> ms", took: 9_000 + UInt32(second * 7919 % 400), at: 5000),
      ]
      let other = lines(second)
      if !other.isEmpty { written = other }
      night.told(
        withIDs ? UInt64(second + 1) : 0, at: Self.begin + second * 1_000_000,
        written.map { ($0.component, $0.message, $0.severity, $0.took, $0.at) })
    }
    return night
  }

  private func incidents(_ night: NightBuilder) -> [Incident] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  /// A few failures of either kind all night long, so that the place of a name in the text is known.
  private func usual(_ second: Int64) -> [Line] {
    switch second % 150 {
    case 20: [Line(component: "front-end", message: "list failed: call to cart-api answered <*>", severity: .error)]
    case 70: [Line(component: "cart-api", message: "get failed: call to front-end answered <*>", severity: .error)]
    default: []
    }
  }

  @Test("a store that writes nothing is blamed through those who were told by others, from its first failure on")
  func silentStore() throws {
    let found = incidents(
      night { second in
        guard (600..<720).contains(second) else { return usual(second) }
        return [
          Line(component: "cart-api", message: "get failed: call to orders-db was refused", severity: .error, at: 3000),
          Line(
            component: "front-end", message: "list failed: call to cart-api answered <*>", severity: .error, at: 4000),
        ]
      })
    let incident = try #require(found.first)
    #expect(found.count == 1)
    #expect(incident.rootCauses.first?.component == "orders-db")
    #expect(abs(incident.start - (Self.begin + 600_000_000)) < 10_000_000)
    #expect(Set(incident.components.map(\.id.text)) == ["orders-db", "cart-api", "front-end"])
    #expect(incident.rootCauses.first?.evidence.isEmpty == false)
  }

  /// A front that asks a cart for every other request; the cart's lines are written of every fourth.
  private func slowNight(_ added: (Int64, Bool) -> UInt32) -> [Incident] {
    incidents(
      night { second in
        let asks = second % 2 == 0
        let took = 20_000 + UInt32(second * 7919 % 900) + added(second, asks)
        let front = Line(component: "front-end", message: "list done in <*> ms", took: took, at: Int64(took) + 1000)
        guard second % 4 == 0 else { return [front] }
        return [
          front,
          Line(
            component: "cart-api", message: "get done in <*> ms", took: 9_000 + UInt32(second * 7919 % 400),
            at: Int64(took) / 2 + 6000),
        ]
      })
  }

  @Test("the way to a callee is slow where the requests are that have a line of it, and its own times are as ever")
  func slowWay() {
    let found = slowNight { second, asks in (600..<780).contains(second) && asks ? 300_000 : 0 }
    #expect(found.map { $0.rootCauses.first?.component } == ["cart-api"])
    let own = slowNight { second, _ in (600..<780).contains(second) ? 300_000 : 0 }
    #expect(own.map { $0.rootCauses.first?.component } == ["front-end"])
  }

  /// A front that asks a cart and then a price for every request, and takes time of its own before and behind; microseconds added to
  /// its own time and to the ways to the cart and to the price.
  private func inTurn(_ added: (Int64) -> (own: Int64, cart: Int64, price: Int64)) -> [Incident] {
    incidents(
      night { second in
        let more = added(second)
        let cart = 9_000 + second * 7919 % 400
        let price = 5_000 + second * 104_729 % 300
        let cartEnd = 2_000 + more.own / 2 + more.cart / 2 + cart
        let priceEnd = cartEnd + more.cart / 2 + more.price / 2 + 1000 + price
        let end = priceEnd + more.price / 2 + more.own / 2 + 2_000 + second * 1299 % 500
        return [
          Line(component: "cart-api", message: "get done in <*> ms", took: UInt32(cart), at: cartEnd),
          Line(component: "price-api", message: "ask done in <*> ms", took: UInt32(price), at: priceEnd),
          Line(component: "front-end", message: "list done in <*> ms", took: UInt32(end), at: end),
        ]
      })
  }

  @Test("where all are asked by each request, time that grew on both sides of one alone is the way to it")
  func bothSides() {
    func bad(_ second: Int64) -> Int64 { (600..<780).contains(second) ? 300_000 : 0 }
    #expect(inTurn { (0, bad($0), 0) }.map { $0.rootCauses.first?.component } == ["cart-api"])
    #expect(inTurn { (0, 0, bad($0)) }.map { $0.rootCauses.first?.component } == ["price-api"])
    #expect(inTurn { (bad($0), 0, 0) }.map { $0.rootCauses.first?.component } == ["front-end"])
  }

  /// Twenty minutes of a front that asks a stamp for every other request; the second of each that says what becomes of it.
  private func stamps(_ fate: (Int64) -> (isThere: Bool, hasStamp: Bool, isFailed: Bool)) -> [Incident] {
    var night = NightBuilder()
    for second in 0..<Int64(1200) {
      let fate = fate(second)
      guard fate.isThere else { continue }
      var lines: [(String, String, Severity, UInt32, Int64)] = [
        ("front-end", "list done in <*> ms", .info, 20_000 + UInt32(second * 7919 % 900), 21_000)
      ]
      if fate.isFailed { lines = [("front-end", "list failed: no memory", .error, 0, 21_000)] }
      if second % 2 == 0, fate.hasStamp {
        lines.append(("stamp-api", "stamped in <*> ms", .info, 5_000 + UInt32(second * 104_729 % 300), 9_000))
      }
      night.told(UInt64(second + 1), at: Self.begin + second * 1_000_000, lines)
    }
    return incidents(night)
  }

  @Test("who is up and down while its callers do without it is silent, and not where fewer ask or its callers fail")
  func lack() throws {
    func isDown(_ second: Int64) -> Bool { (600..<840).contains(second) && second % 12 < 8 }
    let found = stamps { (true, !isDown($0), false) }
    #expect(found.map { $0.rootCauses.first?.component } == ["stamp-api"])
    let reasons = try #require(found.first?.rootCauses.first?.reasons)
    #expect(
      reasons.contains {
        if case .silence(let requests, let usual) = $0 { return requests > 20 && requests < 60 && usual > 100 }
        return false
      })
    #expect(stamps { (!isDown($0), true, false) }.isEmpty)
    #expect(!stamps { (true, !isDown($0), isDown($0)) }.contains { $0.rootCauses.first?.component == "stamp-api" })
    #expect(stamps { _ in (true, true, false) }.isEmpty)
  }

  @Test("who fails by itself is blamed, and not who repeats it")
  func ownFailure() {
    let found = incidents(
      night { second in
        guard (600..<720).contains(second) else { return [] }
        return [
          Line(component: "cart-api", message: "get failed: worker pool exhausted", severity: .error, at: 3000),
          Line(
            component: "front-end", message: "list failed: call to cart-api answered <*>", severity: .error, at: 4000),
        ]
      })
    #expect(found.map { $0.rootCauses.first?.component } == ["cart-api"])
  }

  @Test("words behind a word that no component ever stands behind are no peers")
  func noNames() {
    let found = incidents(
      night { second in
        (600..<720).contains(second)
          ? [
            Line(component: "cart-api", message: "could not write to warehouse", severity: .error),
            Line(component: "front-end", message: "list done in <*> ms", took: 20_000, at: 9000),
          ] : []
      })
    #expect(found.map { $0.rootCauses.first?.component } == ["cart-api"])
  }

  @Test("a quiet night and scattered failures are no incident")
  func quiet() {
    #expect(incidents(night { _ in [] }).isEmpty)
    #expect(incidents(night { usual($0) }).isEmpty)
  }

  @Test("statements whose durations rise are slow code, with the lines as evidence")
  func slow() throws {
    let found = incidents(
      night { second in
        guard (600..<720).contains(second) else { return [] }
        return [
          Line(component: "cart-api", message: "get done in <*> ms", took: 900_000, at: 905_000),
          Line(component: "front-end", message: "get done in <*> ms", took: 20_300, at: 9000),
        ]
      })
    let incident = try #require(found.first)
    #expect(incident.kind == .latencyRegression)
    #expect(incident.rootCauses.first?.component == "cart-api")
    #expect(incident.rootCauses.first?.evidence.isEmpty == false)
  }

  @Test("lines without ids tell of no requests, and where spans tell, lines are not asked")
  func others() {
    let failing: (Int64) -> [Line] = { second in
      (600..<720).contains(second) ? [Line(component: "cart-api", message: "x failed", severity: .error)] : []
    }
    let findings = IncidentAnalysis.conclude(night(failing).partial(), settings: IncidentSettings())
    #expect(findings.requests == 0 && findings.components.isEmpty)
    var shop = NightBuilder.shop()
    let before = IncidentAnalysis.conclude(shop.partial(), settings: IncidentSettings())
    for second in 600..<Int64(720) {
      shop.told(UInt64(10_000 + second), at: Self.begin + second * 1_000_000, [("cart-api", "x failed", .info, 0, 0)])
    }
    let after = IncidentAnalysis.conclude(shop.partial(), settings: IncidentSettings())
    #expect(before.incidents.isEmpty && after.incidents.isEmpty && before.requests == after.requests)
  }

  @Test("partials of pieces merge into that of the whole, and read back as they were written")
  func merging() throws {
    let night = night { usual($0) }
    var merged = night.partial(share: 0, of: 3)
    merged.merge(night.partial(share: 1, of: 3))
    merged.merge(night.partial(share: 2, of: 3))
    #expect(bytes(merged) == bytes(night.partial()))
    let written = bytes(merged)
    var reader = ByteReader(written)
    #expect(try bytes(IncidentPartial(from: &reader)) == written)
  }

  @Test(
    "slot by slot comes to the same as request by request: any order, any number of statements, durations longer than a slot"
  )
  func keptBack() {
    let night = night { second in
      (0..<2).map { line in
        Line(
          component: "c\(second % 7)", message: "m\(second * 2 + Int64(line)) done in <*> ms",
          severity: second % 11 == 0 ? .error : .info, took: UInt32(second * second * 7919 % 90_000_000), at: 9000)
      }
    }
    let shares = 400
    var merged = night.partial(share: shares - 1, of: shares)
    for share in (0..<shares - 1).reversed() { merged.merge(night.partial(share: share, of: shares)) }
    #expect(bytes(merged) == bytes(night.partial()))
  }
}
