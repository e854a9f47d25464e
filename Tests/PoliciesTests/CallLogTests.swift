// Episodes out of call trees and across traces, and the partial that carries them.
import Model
import Policies
import Support
import Testing

/// Builds one partition's requests span by span.
private struct TreeBuilder {
  var context = AggregateContext(symbols: SymbolTable(), sources: SourceTable())
  var nodes: [CallNode] = []

  /// Adds a span below the node `parent` (-1 for a root), in preorder; its index.
  mutating func span(
    _ component: String, _ operation: String, parent: Int = -1, at start: Int64, lasts duration: Int64,
    failure: FailureKind? = nil, kind: SpanKind = .client, peer: String = "", attempt: UInt8 = 0
  ) -> Int {
    var row = SpanRow(
      request: RequestID(high: 0, low: 1), span: UInt64(nodes.count + 1), parent: 0, start: start, duration: duration,
      source: SourceRef(bits: 0), component: context.symbols.intern(component),
      operation: context.symbols.intern(operation), peer: context.symbols.intern(peer), kind: kind,
      failureCode: failure?.rawValue ?? 0)
    if attempt > 0 {
      row.attempt = attempt
      row.flags.insert(.countedAttempt)
    }
    nodes.append(CallNode(row: row, parent: Int32(parent)))
    return nodes.count - 1
  }

  /// The tree of what was added since the last one.
  mutating func tree() -> CallTree {
    var tree = CallTree()
    tree.request = RequestID(high: 0, low: 1)
    for i in nodes.indices.reversed() {
      nodes[i].subtreeEnd = max(nodes[i].subtreeEnd, Int32(i + 1))
      let parent = Int(nodes[i].parent)
      if parent >= 0 { nodes[parent].subtreeEnd = max(nodes[parent].subtreeEnd, nodes[i].subtreeEnd) }
    }
    tree.nodes = nodes
    nodes = []
    return tree
  }
}

private func digest(_ build: (inout TreeBuilder) -> Void) -> CallPartial {
  var builder = TreeBuilder()
  build(&builder)
  let tree = builder.tree()
  var digester = CallAggregator()
  digester.observe(tree, builder.context)
  return digester.finish(builder.context)
}

/// The number of attempts of each episode of an edge.
private func lengths(_ partial: CallPartial, _ edge: CallEdge) -> [Int] {
  var lengths: [Int] = []
  for attempt in partial.edges[edge] ?? [] {
    if attempt.isFirst { lengths.append(1) } else { lengths[lengths.count - 1] += 1 }
  }
  return lengths
}

private let toB = CallEdge(caller: "a", callee: "b", operation: "get")

@Test("Failure, then again: siblings to the same peer and operation are one episode")
func siblings() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 1000, kind: .server)
    _ = tree.span("a", "get", parent: root, at: 10, lasts: 50, failure: .timeout, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 100, lasts: 50, failure: .unavailable, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 200, lasts: 50, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 300, lasts: 50, peer: "b")
    _ = tree.span("a", "put", parent: root, at: 400, lasts: 50, peer: "b")
  }
  // After a success the next call is a request of its own.
  #expect(lengths(partial, toB) == [3, 1])
  #expect(partial.edges.count == 2)
}

@Test("Calls side by side are no retries of each other")
func parallelCalls() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 1000_000, kind: .server)
    _ = tree.span("a", "get", parent: root, at: 10, lasts: 50_000, failure: .timeout, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 20, lasts: 50_000, failure: .timeout, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 100_000, lasts: 50, peer: "b")
  }
  #expect(lengths(partial, toB).sorted() == [1, 2])
}

@Test("Where clients count, their count decides")
func countedAttempts() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 1000_000, kind: .server)
    _ = tree.span("a", "get", parent: root, at: 10, lasts: 50, failure: .timeout, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 5000, lasts: 50, failure: .timeout, peer: "b")
    _ = tree.span("a", "get", parent: root, at: 9000, lasts: 50, peer: "b", attempt: 2)
  }
  #expect(lengths(partial, toB) == [1, 2])
}

@Test("A client span and the callee's span under it are one call; a failed call takes its siblings' callee")
func clientAndServer() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 1000, kind: .server)
    _ = tree.span("a", "get", parent: root, at: 10, lasts: 50, failure: .timeout)
    let call = tree.span("a", "get", parent: root, at: 100, lasts: 50)
    _ = tree.span("b", "serve", parent: call, at: 110, lasts: 30, kind: .server)
  }
  #expect(partial.edges.keys.map(\.self) == [toB])
  #expect(lengths(partial, toB) == [2])
}

@Test("Where only callees wrote spans, a child of another component is a call")
func serverSpansOnly() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 1000, kind: .unspecified)
    _ = tree.span("a", "inner", parent: root, at: 5, lasts: 10, kind: .unspecified)
    _ = tree.span("b", "get", parent: root, at: 10, lasts: 50, failure: .unavailable, kind: .unspecified)
    _ = tree.span("b", "get", parent: root, at: 100, lasts: 50, kind: .unspecified)
  }
  #expect(partial.edges.keys.map(\.self) == [toB])
  #expect(lengths(partial, toB) == [2])
}

@Test("Crashes, exits and heartbeats are kept for supervisors")
func childMoments() {
  var builder = TreeBuilder()
  var digester = CallAggregator()
  let child = builder.context.symbols.intern("worker")
  let killed = builder.context.symbols.intern("killed")
  digester.observe(event: StructuralEvent(time: 5, component: child, kind: .childCrashed), builder.context)
  digester.observe(
    event: StructuralEvent(time: 9, component: child, kind: .childExited, subject: killed), builder.context)
  digester.observe(event: StructuralEvent(time: 7, component: child, kind: .heartbeat), builder.context)
  let partial = digester.finish(builder.context)
  #expect(partial.moments.sorted().map(\.reason) == ["error", "", "killed"])
}

/// Episodes of an edge, some of them retried.
private func sample(_ count: Int, seed: UInt64, root: Bool = false) -> CallPartial {
  var partial = CallPartial(limit: 200)
  var random = SplitMix64(seed: seed)
  for i in 0..<count {
    let start = Int64(random.next() % 1_000_000_000)
    let edge = CallEdge(caller: "a", callee: i % 3 == 0 ? "b" : "c", operation: "get")
    var attempts = [LoggedAttempt(start: start, duration: 10, failure: i % 4 == 0 ? 3 : 0, isRoot: root)]
    if i % 4 == 0 { attempts.append(LoggedAttempt(start: start + 50, duration: 10, isFirst: false)) }
    partial.add(attempts, to: edge)
  }
  return partial
}

private func bytes(_ partial: CallPartial) -> [UInt8] {
  var writer = ByteWriter()
  partial.encode(to: &writer)
  return writer.bytes
}

@Test("Partials merge in any order to the same bytes, also beyond the limit, and survive a file")
func merging() throws {
  let parts = (0..<5).map { sample(90, seed: UInt64($0)) }
  var forward = CallPartial(limit: 200)
  for part in parts { forward.merge(part) }
  var backward = CallPartial(limit: 200)
  var pair = parts[4]
  pair.merge(parts[3])
  backward.merge(parts[1])
  backward.merge(pair)
  backward.merge(parts[0])
  backward.merge(parts[2])
  #expect(bytes(forward) == bytes(backward))
  #expect(forward.leftOut > 0)
  #expect(forward.kept <= 200 && forward.kept > 50)
  #expect(forward.seen == parts.reduce(0) { $0 + $1.seen })
  var reader = ByteReader(bytes(forward))
  let again = try CallPartial(from: &reader)
  #expect(again == forward)
  #expect(again.kept == forward.kept)
  var cut = ByteReader(Array(bytes(forward).dropLast(5)))
  #expect(throws: DecodeFailure.self) { try CallPartial(from: &cut) }
}
