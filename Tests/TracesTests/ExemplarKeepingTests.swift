// Which requests stand for the others, and that they are the same ones however the night was cut.

import Model
import Segments
import Support
import TestSupport
import Testing
import Traces

struct ExemplarKeepingTests {
  /// Requests of one entry point a second, some of them failed below, one slow.
  private func night(_ count: UInt64, failed: Set<UInt64> = [], slow: UInt64? = nil) -> AssemblyFixture {
    var night = AssemblyFixture()
    for i in 1...count {
      let start = Int64(i) * 1_000_000
      let duration: Int64 = i == slow ? 900_000 : 100_000 + Int64(i)
      let isFailed = failed.contains(i)
      night.span(10 * i, at: start, for: duration, in: "web", "GET /", failure: isFailed ? .runtime : nil, trace: i)
      night.span(
        10 * i + 1, under: 10 * i, at: start + 10, for: duration - 20, in: "db", "query",
        failure: isFailed ? .timeout : nil, trace: i)
    }
    return night
  }

  private func partial(_ night: AssemblyFixture, _ trees: [CallTree]) -> ExemplarPartial {
    let context = AggregateContext(symbols: night.symbols, sources: night.sources)
    var aggregator = ExemplarAggregator()
    for tree in trees { aggregator.observe(tree, context) }
    return aggregator.finish(context)
  }

  private func bytes(_ partial: ExemplarPartial) -> [UInt8] {
    var writer = ByteWriter()
    partial.encode(to: &writer)
    return writer.bytes
  }

  private func incident(_ kind: Incident.Kind, to end: Int64) -> Incident {
    var incident = Incident(kind: kind, start: 0, end: end)
    incident.rootCauses = [Incident.RootCause(component: "db", score: 1, share: 1, reasons: [])]
    return incident
  }

  @Test("of the failed requests one is shown with the span in which it began, and a good one of the same entry point")
  func failed() throws {
    let night = night(50, failed: [7, 9])
    let pair = partial(night, night.assembled().trees).pair(for: incident(.errorBurst, to: 60_000_000))
    #expect(pair.map(\.isBad) == [false, true])
    let bad = try #require(pair.last)
    #expect(bad.spans.map(\.component) == ["web", "db"] && bad.spans.map(\.isOrigin) == [false, true])
    #expect(bad.spans.last?.failure == .timeout && bad.omitted == 0)
    #expect(pair.first?.spans.allSatisfy { $0.failure == nil } == true)
  }

  @Test("of slow requests the slowest is shown, with the span that held it up")
  func slow() throws {
    let night = night(50, slow: 20)
    let pair = partial(night, night.assembled().trees).pair(for: incident(.latencyRegression, to: 60_000_000))
    let bad = try #require(pair.last { $0.isBad })
    #expect(bad.duration == 900_000)
    #expect(bad.spans.first(where: \.isOrigin)?.component == "db")
  }

  @Test("nothing is shown where nothing of that time was kept")
  func absent() {
    let night = night(50, failed: [7])
    let partial = partial(night, night.assembled().trees)
    var later = incident(.errorBurst, to: 10)
    later.start = 9_000_000_000
    later.end = 9_100_000_000
    #expect(partial.pair(for: later).isEmpty)
  }

  @Test("however the requests are shared out, the same ones are kept, byte for byte")
  func merging() throws {
    let night = night(400, failed: Set(stride(from: 3, to: 400, by: 17)), slow: 111)
    let trees = night.assembled().trees
    let whole = bytes(partial(night, trees))
    for parts in [2, 3, 7] {
      var merged = ExemplarPartial()
      for part in (0..<parts).reversed() {
        merged.merge(partial(night, trees.filter { Int($0.request.low) % parts == part }))
      }
      #expect(bytes(merged) == whole)
    }
    var reader = ByteReader(whole)
    #expect(bytes(try ExemplarPartial(from: &reader)) == whole && reader.remaining == 0)
  }

  @Test("however many entry points there are, no more are kept than the bound, and the same in any order")
  func bounded() {
    var night = AssemblyFixture()
    for i in 1...2_000 as ClosedRange<UInt64> {
      night.span(i, at: Int64(i), for: 10, in: "web", "GET /\(i)", trace: i)
    }
    let trees = night.assembled().trees
    let whole = bytes(partial(night, trees))
    var merged = partial(night, Array(trees[1000...]))
    merged.merge(partial(night, Array(trees[..<1000])))
    #expect(bytes(merged) == whole)
    #expect(whole.count < 512 * 200)
  }
}
