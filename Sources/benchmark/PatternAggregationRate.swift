// How fast call trees are aggregated: nanoseconds per span on one core.

internal import Model
internal import Patterns
internal import Support

enum PatternAggregationRate {
  /// Aggregates requests of a shop whose calls run in order, at once and in loops.
  static func run(requests: Int) -> String {
    var symbols = SymbolTable()
    var sources = SourceTable()
    _ = sources.add(input: "generated", member: "")
    var random = SplitMix64(seed: 1)
    let components = (0..<30).map { symbols.intern("service-\($0)") }
    let operations = (0..<60).map { symbols.intern("GET /resource/\($0)/{id}") }
    var trees: [CallTree] = []
    var spans = 0
    for request in 0..<requests {
      var tree = CallTree()
      tree.request = RequestID(high: 0, low: UInt64(request + 1))
      let start = 1_700_000_000_000_000 + Int64(request) * 40_000
      var open: [Int] = []
      let shape = Int(random.next() % 12)
      for i in 0..<40 + shape {
        let depth = i == 0 ? 0 : min(open.count, 1 + (i * 7 + shape) % 5)
        while open.count > depth { tree.nodes[open.removeLast()].subtreeEnd = Int32(i) }
        let row = SpanRow(
          request: tree.request, span: UInt64(i + 1), parent: 0, start: start + Int64(i) * 100,
          duration: 4_000 - Int64(i) * 40 + Int64(random.next() % 500),
          source: SourceRef(member: 0, value: i, isLine: true),
          component: components[(i * 3 + shape) % 30], operation: operations[(i * 5) % 60], kind: .server)
        tree.nodes.append(CallNode(row: row, parent: Int32(open.last ?? -1)))
        open.append(i)
      }
      for i in open { tree.nodes[i].subtreeEnd = Int32(tree.nodes.count) }
      spans += tree.nodes.count
      trees.append(tree)
    }
    let context = AggregateContext(symbols: symbols, sources: sources)
    let clock = ContinuousClock()
    var partial = PatternPartial()
    let aggregation = clock.measure {
      var digester = PatternAggregator()
      for tree in trees { digester.observe(tree, context) }
      partial = digester.finish(context)
    }
    let conclude = clock.measure { _ = PatternAnalysis.conclude(partial) }
    var writer = ByteWriter()
    partial.encode(to: &writer)
    return
      "patterns: \(nanoseconds(aggregation) / max(spans, 1)) ns per span aggregated (\(spans) spans, \(requests) requests, "
      + "\(partial.variants.count) variants), concluded in \(nanoseconds(conclude) / 1_000_000) ms, partial "
      + "\(writer.bytes.count) bytes"
  }

  private static func nanoseconds(_ duration: Duration) -> Int {
    Int(duration.components.seconds) * 1_000_000_000 + Int(duration.components.attoseconds / 1_000_000_000)
  }
}
