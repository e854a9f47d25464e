import Model
import TestSupport
import Testing

@Suite("Structural events paired into spans")
struct EventPairingTests {
  @Test("starts and ends pair by component, calls find their callees")
  func pairs() throws {
    var night = AssemblyFixture()
    night.event(.requestStart, at: 0, in: "api")
    night.event(.call, at: 10, in: "api", subject: "auth")
    night.event(.requestStart, at: 12, in: "auth")
    night.event(.requestEnd, at: 40, in: "auth")
    night.event(.callReturn, at: 42, in: "api", subject: "auth")
    night.event(.requestEnd, at: 100, in: "api", succeeded: false)
    let (trees, repairs) = night.assembled()
    let tree = try #require(trees.first)
    #expect(night.outline(tree) == ["api 0+100", ".api 10+32", "..auth 12+28"])
    #expect(tree.nodes.map(\.failed) == [true, false, false])
    #expect(repairs.isEmpty)
  }

  @Test("an end alone is a span of its latency")
  func endAlone() {
    var night = AssemblyFixture()
    night.event(.requestEnd, at: 5000, in: "api", latency: 2000)
    let (trees, repairs) = night.assembled()
    #expect(trees.first.map { night.outline($0) } == ["api 3000+2000"])
    #expect(repairs.isEmpty)
  }

  @Test("an end alone without a latency is none of nothing")
  func untimedEnd() throws {
    var night = AssemblyFixture()
    night.event(.requestEnd, at: 5000, in: "api")
    let (trees, repairs) = night.assembled()
    #expect(try !#require(trees.first).nodes[0].hasDuration)
    #expect(repairs == ["unpairedEvent": 1, "untimedSpan": 1])
  }

  @Test("a start without its end is told and kept")
  func startAlone() {
    var night = AssemblyFixture()
    night.event(.requestStart, at: 5000, in: "api")
    let (trees, repairs) = night.assembled()
    #expect(trees.first?.nodes.count == 1)
    #expect(repairs["unpairedEvent"] == 1)
  }

  @Test("what is no start or end stays an event of the request")
  func others() {
    var night = AssemblyFixture()
    night.event(.resourceSpike, at: 1, in: "api", subject: "cpu")
    night.event(.queueDepth, at: 2, in: "api")
    night.event(.circuitBreaker, at: 3, in: "api", subject: "open")
    #expect(night.assembled().trees.first?.events.map(\.kind) == [.resourceSpike, .queueDepth, .circuitBreaker])
  }
}
