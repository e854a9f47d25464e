import Model
import Segments
import Support
import TestSupport
import Testing
import Traces

/// Which slow request an incident is shown with.
@Suite("Whose time a shown request is")
struct ExemplarTimeTests {
  /// A gateway that asks two others, each by an operation of its own; what each asks takes so long.
  private func partial(stock: Int64, billing: Int64) -> ExemplarPartial {
    var night = AssemblyFixture()
    for (trace, (callee, time)) in [("stock", stock), ("billing", billing)].enumerated() {
      let trace = UInt64(trace + 1)
      // Both pass stock: the one of billing for a moment.
      night.span(trace * 10, at: 1_000_000, for: time + 3_000, in: "front", "GET /" + callee, trace: trace)
      night.span(trace * 10 + 1, under: trace * 10, at: 1_001_000, for: time, in: callee, trace: trace)
      night.span(trace * 10 + 2, under: trace * 10, at: 1_001_000 + time, for: 1_000, in: "stock", trace: trace)
    }
    let context = AggregateContext(symbols: night.symbols, sources: night.sources)
    var exemplars = ExemplarAggregator()
    var assembler = TraceAssembler()
    assembler.assemble(night.segment) { exemplars.observe($0, context) }
    return exemplars.finish(context)
  }

  private func bad(of partial: ExemplarPartial, _ cause: ForeignName) throws -> ExemplarRequest {
    var incident = Incident(kind: .latencyRegression, start: 0, end: 60_000_000)
    incident.rootCauses = [Incident.RootCause(component: cause, score: 1)]
    return try #require(partial.pair(for: incident).last)
  }

  @Test("of two slow requests the one is shown that waited for the cause, not the slowest of all")
  func choice() throws {
    let kept = partial(stock: 2_000_000, billing: 5_000_000)
    #expect(try bad(of: kept, "stock").duration == 2_003_000)
    #expect(try bad(of: kept, "billing").duration == 5_003_000)
  }

  @Test("one whose time lies elsewhere is known by it")
  func elsewhere() throws {
    let kept = partial(stock: 2_000_000, billing: 5_000_000)
    let request = try bad(of: kept, "billing")
    #expect(request.time(heldBy: "billing") == 5_000_000)
    #expect(request.time(heldBy: "stock") == 1_000)
    #expect(request.time(heldBy: "front") == 2_000)
    #expect(!request.isHeldElsewhere(than: "billing", beside: nil))
    #expect(request.isHeldElsewhere(than: "stock", beside: nil))
  }

  @Test("what a caller waited beyond the only span that it called is the callee's")
  func way() throws {
    var night = AssemblyFixture()
    night.span(1, at: 1_000_000, for: 9_000, in: "front")
    night.span(2, under: 1, at: 1_004_000, for: 1_000, in: "stock")
    let context = AggregateContext(symbols: night.symbols, sources: night.sources)
    let tree = try #require(night.assembled().trees.first)
    let request = ExemplarAggregator.whole(tree, context)
    #expect(request.time(heldBy: "stock") == 9_000)
    #expect(request.time(heldBy: "front") == 0)
  }
}
