import Incidents
import Model
import Support
import Testing

@Suite("Links between traces")
struct LinkTests {
  /// Twenty minutes: orders are placed, each sends a message, and billing takes it in a trace of its own a second later. For two minutes
  /// orders fail, and what is billed of them fails, too.
  private func night(linked: Bool, beneath: Bool = false) -> NightBuilder {
    var night = NightBuilder()
    let start: Int64 = 1_795_572_000_000_000
    for number in 0..<2400 {
      let time = start + Int64(number) * 500_000
      let isBad = (1200..<1440).contains(number)
      let message = StableHash.mix(UInt64(number) + 1) | 1 << 63
      night.request(
        UInt64(2 * number + 1), at: time,
        NightBuilder.Call(
          component: "orders", failure: isBad ? .unavailable : nil,
          calls: [NightBuilder.Call(component: "orders", operation: "send", kind: .producer, duration: 10)]
            + (beneath
              ? [
                NightBuilder.Call(
                  component: "orders", operation: "INSERT", kind: .client, at: 10, duration: 500,
                  failure: isBad ? .timeout : nil, peer: "mysql:orders")
              ] : [])))
      night.setSpan(message, of: 1)
      night.request(
        UInt64(2 * number + 2), at: time + 1_000_000,
        NightBuilder.Call(component: "billing", operation: "take", kind: .consumer, failure: isBad ? .runtime : nil))
      if linked { night.follow(message) }
    }
    return night
  }

  private func incidents(_ night: NightBuilder) -> [Incident] {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
  }

  @Test("a cause goes across from who sends to who takes")
  func linked() throws {
    let found = incidents(night(linked: true))
    let incident = try #require(found.first)
    #expect(found.count == 1)
    #expect(incident.rootCauses.first?.component.text == "orders")
    #expect(Set(incident.components.map(\.id.text)) == ["billing", "orders"])
    #expect(incident.causalChain.map { "\($0.from.text) > \($0.to.text)" } == ["orders > billing"])
  }

  @Test("what breaks beneath the sender goes across, too")
  func beneath() throws {
    let found = incidents(night(linked: true, beneath: true))
    let incident = try #require(found.first)
    #expect(found.count == 1)
    #expect(incident.rootCauses.first?.component.text == "mysql:orders")
    #expect(
      incident.causalChain.map { "\($0.from.text) > \($0.to.text)" } == ["mysql:orders > orders", "orders > billing"])
  }

  @Test("without links they are two")
  func unlinked() { #expect(incidents(night(linked: false)).count == 2) }

  @Test("links are found whatever the partitions are, and come back as they were written")
  func partitions() throws {
    let night = night(linked: true)
    var merged = night.partial(share: 0, of: 3)
    for share in [2, 1] { merged.merge(night.partial(share: share, of: 3)) }
    var writer = ByteWriter()
    night.partial().encode(to: &writer)
    var other = ByteWriter()
    merged.encode(to: &other)
    #expect(writer.bytes == other.bytes)
    var reader = ByteReader(writer.bytes)
    let again = try IncidentPartial(from: &reader)
    #expect(IncidentAnalysis.conclude(again, settings: IncidentSettings()).incidents.count == 1)
  }
}

@Suite("Two services beside one another")
struct UnlinkedServiceTests {
  @Test("an entry whose only callee is a database is no proxy: what broke there stands beside another incident")
  func entryWithDatabase() {
    var night = NightBuilder()
    for number in 0..<2400 {
      let time = 1_795_572_000_000_000 + Int64(number) * 500_000
      let isBad = (1200..<1440).contains(number)
      night.request(
        UInt64(2 * number + 1), at: time,
        NightBuilder.Call(
          component: "orders", failure: isBad ? .unavailable : nil,
          calls: [
            NightBuilder.Call(
              component: "orders", operation: "INSERT", kind: .client, duration: 500, failure: isBad ? .timeout : nil,
              peer: "mysql:orders")
          ]))
      night.request(
        UInt64(2 * number + 2), at: time, NightBuilder.Call(component: "billing", failure: isBad ? .runtime : nil))
    }
    let incidents = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
    #expect(Set(incidents.compactMap { $0.rootCauses.first?.component.text }) == ["billing", "mysql:orders"])
  }
}
