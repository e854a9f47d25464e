import Model
import Segments
import Support
import TestSupport
import Testing
import Traces

@Suite("Requests that are shown")
struct ExemplarTests {
  /// The partials of so many partitions, merged and written.
  private static func bytes(_ parts: [[UInt64]], reversed: Bool = false) -> [UInt8] {
    var whole = ExemplarPartial()
    for traces in reversed ? parts.reversed() : parts {
      var night = AssemblyFixture()
      for trace in traces {
        // Later requests have smaller ids, all last equally long.
        let start = Int64(1_000_000 - trace * 1_000)
        night.span(trace * 10, at: start, for: 500, in: "web", failure: trace % 5 == 0 ? .timeout : nil, trace: trace)
        night.span(trace * 10 + 1, under: trace * 10, at: start + 10, for: 300, in: "db", trace: trace)
      }
      let context = AggregateContext(symbols: night.symbols, sources: night.sources)
      var exemplars = ExemplarAggregator()
      var assembler = TraceAssembler()
      assembler.assemble(night.segment) { exemplars.observe($0, context) }
      whole.merge(exemplars.finish(context))
    }
    var writer = ByteWriter()
    whole.encode(to: &writer)
    return writer.bytes
  }

  @Test("of requests that last equally long the same ones are kept, however they are spread over partitions")
  func ties() {
    let traces = Array(1...60 as ClosedRange<UInt64>)
    let one = Self.bytes([traces])
    // Lines of the fixture differ by partition, so each request stands on the same line in every spread of one each.
    let alone = Self.bytes(traces.map { [$0] })
    #expect(Self.bytes(traces.map { [$0] }, reversed: true) == alone)
    var reader = ByteReader(one)
    let kept = try? ExemplarPartial(from: &reader)
    var other = ByteReader(alone)
    let spread = try? ExemplarPartial(from: &other)
    #expect(kept?.requests == spread?.requests)
    #expect(kept?.requests.isEmpty == false)
  }
}

extension ExemplarPartial {
  /// The ids of the requests kept, in the order they are written in.
  fileprivate var requests: [String] { shown.map(\.request.text) }
}
