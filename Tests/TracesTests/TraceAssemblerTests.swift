import Segments
import Model
import TestSupport
import Support
import Testing
import Traces

@Suite("Requests put together")
struct TraceAssemblerTests {
  @Test("children stand under their parents, siblings by start, whatever order the rows came in")
  func preorder() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web")
    night.span(2, under: 1, at: 10, for: 20, in: "cart")
    night.span(3, under: 1, at: 40, for: 20, in: "pay")
    night.span(4, under: 2, at: 12, for: 5, in: "db")
    let expected = ["web 0+100", ".cart 10+20", "..db 12+5", ".pay 40+20"]
    var random = SplitMix64(seed: 7)
    for _ in 0..<20 {
      night.rows.spans.shuffle(using: &random)
      let (trees, repairs) = night.assembled()
      let tree = try #require(trees.first)
      #expect(night.outline(tree) == expected)
      #expect(Array(tree.children(of: 0)) == [1, 3])
      #expect(tree.nodes.map(\.subtreeEnd) == [4, 3, 3, 4])
      #expect(repairs.isEmpty)
    }
  }

  @Test("requests come in ascending order of their ids")
  func requestOrder() {
    var night = AssemblyFixture()
    for trace in [9, 3, 7, 1] as [UInt64] { night.span(1, at: 0, for: 1, in: "a", trace: trace) }
    #expect(night.assembled().trees.map(\.request.low) == [1, 3, 7, 9])
  }

  @Test("a call that may bear its callee's name is its parent's where that has another, and nobody's else")
  func calleeNames() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "pay")
    night.span(2, under: 1, at: 10, for: 50, in: "pay-postgres", kind: .client, flags: .maybeCallee)
    night.span(3, under: 2, at: 20, for: 5, in: "pay-pool", kind: .client, flags: .maybeCallee)
    night.span(4, under: 1, at: 70, for: 5, in: "pay", kind: .client, flags: .maybeCallee)
    night.span(5, under: 1, at: 80, for: 5, in: "other", kind: .client)
    let tree = try #require(night.assembled().trees.first)
    #expect(night.outline(tree) == ["pay 0+100", ".pay 10+50", "..pay 20+5", ".pay 70+5", ".other 80+5"])
    #expect(tree.nodes.map { night.symbols.text($0.peer) } == ["", "pay-postgres", "pay-pool", "", ""])
  }

  @Test("a span that names itself as parent is a root")
  func selfParent() {
    var night = AssemblyFixture()
    night.span(1, under: 1, at: 0, for: 10, in: "a")
    let (trees, repairs) = night.assembled()
    #expect(trees.first?.nodes.first?.parent == -1)
    #expect(repairs == ["selfParent": 1])
  }

  @Test("a ring of parents is cut at its earliest span and no span is lost")
  func ring() throws {
    var night = AssemblyFixture()
    night.span(1, under: 3, at: 0, for: 10, in: "a")
    night.span(2, under: 1, at: 1, for: 5, in: "a")
    night.span(3, under: 2, at: 2, for: 2, in: "a")
    let (trees, repairs) = night.assembled()
    #expect(night.outline(try #require(trees.first)) == ["a 0+10", ".a 1+5", "..a 2+2"])
    #expect(repairs == ["cycle": 1])
  }

  @Test("lines of proxies that know only their request lie in the calls and requests that enclose them")
  func accessLines() throws {
    var night = AssemblyFixture()
    let unknown = TraceSpan.unknownParent
    // What the shop served; its sidecar's line of a call with the try below it; what the other sidecar served for that.
    night.span(1, under: unknown, at: 0, for: 100_000, in: "shop", kind: .server)
    night.span(2, under: unknown, at: 10_000, for: 50_000, in: "shop", kind: .server)
    night.span(3, under: 2, at: 10_000, for: 50_000, in: "shop", kind: .client)
    night.rows.spans[2].peer = night.symbols.intern("till")
    night.span(4, under: unknown, at: 10_500, for: 51_000, in: "till", kind: .server)
    let tree = try #require(night.assembled().trees.first)
    #expect(night.outline(tree) == ["shop 0+100000", ".shop 10000+50000", "..shop 10000+50000", "...till 10500+51000"])
    #expect(tree.nodes.map(\.kind) == [.server, .internal, .client, .server])
  }

  @Test(
    "a sidecar's line of a call lies in its workload's own request, though the call of whoever asked that one encloses it, too"
  )
  func meshLines() throws {
    var night = AssemblyFixture()
    let unknown = TraceSpan.unknownParent
    // The gateway's line with its try; what the shop's sidecar served for that; its line of a call with the try below it.
    night.span(1, under: unknown, at: 0, for: 100_000, in: "gateway", kind: .server)
    night.span(2, under: 1, at: 0, for: 100_000, in: "gateway", kind: .client)
    night.rows.spans[1].peer = night.symbols.intern("shop")
    night.span(3, under: unknown, at: 5_000, for: 90_000, in: "shop", kind: .server)
    night.span(4, under: unknown, at: 10_000, for: 50_000, in: "shop", kind: .server)
    night.span(5, under: 4, at: 10_000, for: 50_000, in: "shop", kind: .client)
    night.rows.spans[4].peer = night.symbols.intern("till")
    let tree = try #require(night.assembled().trees.first)
    #expect(
      night.outline(tree) == [
        "gateway 0+100000", ".gateway 0+100000", "..shop 5000+90000", "...shop 10000+50000", "....shop 10000+50000",
      ])
    #expect(tree.nodes.map(\.kind) == [.server, .client, .server, .internal, .client])
  }

  @Test("lines that nothing encloses, and the two halves of equal length, are roots")
  func looseAccessLines() throws {
    var night = AssemblyFixture()
    night.span(1, under: .max, at: 0, for: 100_000, in: "shop", kind: .server)
    night.span(2, under: .max, at: 0, for: 100_000, in: "shop", kind: .server)
    night.span(3, under: .max, at: 500_000, for: 10_000, in: "till", kind: .server)
    let tree = try #require(night.assembled().trees.first)
    #expect(tree.nodes.map(\.parent) == [-1, -1, -1])
    #expect(tree.nodes.map(\.kind) == [.server, .server, .server])
  }

  @Test("a span whose parent is missing is kept under the root and marked")
  func orphan() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web")
    night.span(5, under: 99, at: 10, for: 5, in: "db")
    let (trees, repairs) = night.assembled()
    let tree = try #require(trees.first)
    #expect(night.outline(tree) == ["web 0+100", ".db 10+5"])
    #expect(tree.nodes[1].flags.contains(.orphan))
    #expect(repairs == ["orphanAdopted": 1])
  }

  @Test("a request without any root keeps its topmost spans as roots")
  func rootless() {
    var night = AssemblyFixture()
    night.span(5, under: 99, at: 10, for: 5, in: "db")
    night.span(6, under: 5, at: 11, for: 2, in: "disk")
    let (trees, repairs) = night.assembled()
    #expect(trees.first.map { night.outline($0) } == ["db 10+5", ".disk 11+2"])
    #expect(repairs == ["rootless": 1])
  }

  @Test("the halves of a shared span are joined: the server's under the client's, its children under it")
  func sharedSpan() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web")
    night.span(2, under: 1, at: 10, for: 50, in: "web", kind: .client)
    night.span(2, under: 1, at: 15, for: 40, in: "cart", kind: .server, flags: .shared)
    night.span(3, under: 2, at: 20, for: 5, in: "cart")
    let (trees, repairs) = night.assembled()
    #expect(night.outline(try #require(trees.first)) == ["web 0+100", ".web 10+50", "..cart 15+40", "...cart 20+5"])
    #expect(repairs == ["sharedSpanJoined": 1])
  }

  @Test("spans that share only their id are kept")
  func duplicate() {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web")
    night.span(2, under: 1, at: 10, for: 5, in: "db")
    night.span(2, under: 1, at: 20, for: 5, in: "db")
    let (trees, repairs) = night.assembled()
    #expect(trees.first.map { night.outline($0) } == ["web 0+100", ".db 10+5", ".db 20+5"])
    #expect(repairs == ["duplicateSpan": 1])
  }

  @Test("a span that was exported twice is counted once, whatever stands between")
  func exactCopy() {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web")
    night.span(2, under: 1, at: 10, for: 5, in: "db")
    night.span(2, under: 1, at: 10, for: 5, in: "cache")
    night.span(2, under: 1, at: 10, for: 5, in: "db")
    night.span(3, under: 2, at: 11, for: 1, in: "disk")
    let (trees, repairs) = night.assembled()
    #expect(trees.first?.nodes.count == 4)
    #expect(repairs == ["repeatedSpan": 1, "duplicateSpan": 1])
  }

  @Test("a callee whose clock is behind moves into its caller's span, with its own children")
  func skew() {
    var night = AssemblyFixture()
    night.span(1, at: 1000, for: 100, in: "web", kind: .client)
    night.span(2, under: 1, at: 400, for: 60, in: "cart", kind: .server)
    night.span(3, under: 2, at: 410, for: 10, in: "cart")
    let (trees, repairs) = night.assembled()
    #expect(trees.first.map { night.outline($0) } == ["web 1000+100", ".cart 1020+60", "..cart 1030+10"])
    #expect(repairs == ["clockSkew": 1])
  }

  @Test("a consumer may begin long after its producer: that is no skew")
  func asynchronousIsNoSkew() {
    var night = AssemblyFixture()
    night.span(1, at: 1000, for: 10, in: "web", kind: .producer)
    night.span(2, under: 1, at: 5000, for: 60, in: "mail", kind: .consumer)
    let (trees, repairs) = night.assembled()
    #expect(trees.first.map { night.outline($0) } == ["web 1000+10", ".mail 5000+60"])
    #expect(repairs.isEmpty)
  }

  @Test("a span without an end reaches to its last child's, which is no latency, and shows no end unless it failed")
  func unfinished() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: -1, in: "web")
    night.span(2, under: 1, at: 10, for: 30, in: "db")
    night.span(3, under: 1, at: 20, for: -1, in: "mail", failure: .timeout)
    let (trees, repairs) = night.assembled()
    let tree = try #require(trees.first)
    #expect(night.outline(tree) == ["web 0+40", ".db 10+30", ".mail 20+0"])
    #expect(tree.nodes.map(\.hasDuration) == [false, true, false])
    #expect(repairs == ["unfinishedSpan": 2])
    let ends = EventExpansion.events(of: tree).filter { $0.kind == .requestEnd }
    #expect(ends.map(\.span) == [3, 2])
    #expect(ends.map(\.latency) == [-1, 30])
  }

  @Test("a request that was logged without how long it took has no latency, and no end is missing")
  func untimed() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: -1, in: "web")
    night.rows.spans[0].flags = [.untimed]
    let (trees, repairs) = night.assembled()
    let tree = try #require(trees.first)
    #expect(!tree.nodes[0].hasDuration)
    #expect(EventExpansion.events(of: tree).map(\.latency) == [-1, -1])
    #expect(repairs == ["untimedSpan": 1])
  }

  @Test("the time of its tries is a time of the request")
  func untimedWithTry() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: -1, in: "web")
    night.span(2, under: 1, at: 0, for: 30, in: "web", kind: .client)
    for i in night.rows.spans.indices where night.rows.spans[i].duration < 0 { night.rows.spans[i].flags = [.untimed] }
    let tree = try #require(night.assembled().trees.first)
    #expect(tree.nodes.map(\.duration) == [30, 30])
    #expect(tree.nodes[0].hasDuration)
  }

  @Test("an end before the beginning is shown as one at once, and is no latency")
  func reversed() throws {
    var night = AssemblyFixture()
    night.span(1, at: 50, for: -1, in: "web", flags: [.untimed, .unfinished])
    let tree = try #require(night.assembled().trees.first)
    #expect(!tree.nodes[0].hasDuration)
    #expect(EventExpansion.events(of: tree).map(\.latency) == [-1, 0])
  }

  @Test("the beginning of a try that nobody timed is none")
  func untimedTry() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: -1, in: "web", flags: [.untimed])
    night.span(2, under: 1, at: 20, for: -1, in: "web", kind: .client, flags: [.untimed])
    let tree = try #require(night.assembled().trees.first)
    #expect(tree.nodes.map(\.hasDuration) == [false, false])
  }

  @Test("attempts are numbered from siblings after a failure; a counted attempt is believed; parallel calls are not")
  func attempts() throws {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 1000, in: "web")
    night.span(2, under: 1, at: 10, for: 10, in: "pay", failure: .timeout)
    night.span(3, under: 1, at: 30, for: 10, in: "pay", failure: .timeout)
    night.span(4, under: 1, at: 60, for: 10, in: "pay")
    night.span(5, under: 1, at: 62, for: 10, in: "pay")
    night.span(6, under: 1, at: 90, for: 10, in: "mail", failure: .timeout, attempt: 3, flags: .countedAttempt)
    let tree = try #require(night.assembled().trees.first)
    #expect(tree.nodes.map(\.attempt) == [1, 1, 2, 3, 1, 3])
  }

  @Test("several roots and children that outlast their parent are named and kept as they are")
  func oddShapes() {
    var night = AssemblyFixture()
    night.span(1, at: 0, for: 100, in: "web")
    night.span(2, under: 1, at: 90, for: 30, in: "web")
    night.span(3, at: 200, for: 5, in: "web")
    let (trees, repairs) = night.assembled()
    #expect(trees.first.map { night.outline($0) } == ["web 0+100", ".web 90+30", "web 200+5"])
    #expect(repairs == ["severalRoots": 1, "childOutsideParent": 1])
  }
}
