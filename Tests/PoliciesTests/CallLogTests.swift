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

@Test(
  "What is marked of an attempt survives a file",
  arguments: [LoggedAttempt.Marks.inner, .countedOnly, .refused, .overlapping, [.inner, .overlapping]])
func marksSurvive(_ marks: LoggedAttempt.Marks) throws {
  var attempt = LoggedAttempt(start: 1_000_000, duration: 10, isRoot: true)
  attempt.marks = marks
  var partial = CallPartial(limit: 10)
  partial.add([attempt], to: CallEdge(caller: "a", callee: "b", operation: "get"))
  var reader = ByteReader(bytes(partial))
  #expect(try CallPartial(from: &reader) == partial)
}

// MARK: Attempts without client spans of their own

@Test("Server spans one after the other below one client span are its attempts; side by side they are none")
func innerAttempts() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 400_000, kind: .server)
    let call = tree.span("a", "get", parent: root, at: 10_000, lasts: 300_000, kind: .client)
    _ = tree.span("b", "get", parent: call, at: 12_000, lasts: 5_000, failure: .unavailable, kind: .server)
    // The server says it was well; the client went on all the same.
    _ = tree.span("b", "get", parent: call, at: 70_000, lasts: 5_000, kind: .server)
    _ = tree.span("b", "get", parent: call, at: 180_000, lasts: 5_000, kind: .server)
  }
  #expect(lengths(partial, toB) == [3])
  let attempts = partial.edges[toB] ?? []
  #expect(attempts.map { $0.failure != 0 } == [true, true, false])
  #expect(attempts.last?.end == 310_000 && attempts.first?.start == 10_000)
  let beside = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 400_000, kind: .server)
    let call = tree.span("a", "get", parent: root, at: 10_000, lasts: 103_000, kind: .client)
    _ = tree.span("b", "get", parent: call, at: 12_000, lasts: 100_000, kind: .server)
    _ = tree.span("b", "get", parent: call, at: 20_000, lasts: 120_000, kind: .server)
  }
  #expect(lengths(beside, toB) == [1])
  // The first goes on after its client gave up: the client's own timeout cut it.
  let late = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 900_000, kind: .server)
    let call = tree.span("a", "get", parent: root, at: 10_000, lasts: 200_000, kind: .client)
    _ = tree.span("b", "get", parent: call, at: 12_000, lasts: 700_000, kind: .server)
    _ = tree.span("b", "get", parent: call, at: 180_000, lasts: 25_000, kind: .server)
  }
  let cut = late.edges[toB] ?? []
  #expect(cut.map(\.failure) == [FailureKind.timeout.rawValue, 0])
  #expect(cut.first?.marks.contains(.overlapping) == true && cut.first?.answered == 702_000)
}

@Test("Attempts that a client only counted are attempts without times of their own")
func attemptsCountedOnly() {
  func call(_ hidden: Int, failure: FailureKind?) -> CallPartial {
    digest { tree in
      let root = tree.span("a", "in", at: 0, lasts: 1000, kind: .server)
      let index = tree.span("a", "get", parent: root, at: 0, lasts: 900, failure: failure, peer: "b")
      tree.nodes[index].retryEvidence = .hidden(attempts: hidden)
    }
  }
  let served = call(2, failure: nil)
  #expect(lengths(served, toB) == [3])
  #expect(served.edges[toB]?.map { $0.failure != 0 } == [true, true, false])
  #expect(CallLog(served).countedOnly == 1 && CallLog(served).doubts == [.hiddenAttempts])
  #expect(lengths(call(0, failure: .unavailable), toB) == [1])
}

@Test("Counted attempts are attempts where the callee calls others too; what was asked is the last answer's")
func countedAboveCallee() {
  let partial = digest { tree in
    let root = tree.span("a", "in", at: 0, lasts: 1000, kind: .server)
    let call = tree.span("a", "get", parent: root, at: 0, lasts: 900, failure: .unavailable, peer: "b")
    tree.nodes[call].retryEvidence = .hidden(attempts: 2, asked: AskedWait(milliseconds: 5_000))
    let server = tree.span("b", "get", parent: call, at: 700, lasts: 100, kind: .server)
    _ = tree.span("b", "query", parent: server, at: 720, lasts: 50, kind: .client, peer: "db")
  }
  #expect(lengths(partial, toB) == [3])
  #expect(partial.edges[toB]?.map(\.asked.time) == [nil, nil, 5_000_000])
  #expect(CallLog(partial).countedOnly == 1)
}

@Test("One call that a link joins does not keep the others from being joined by what they ask for")
func linksBesideTargets() {
  var partial = CallPartial(limit: .max)
  func add(_ start: Int64, _ target: UInt32, failed: Bool) {
    var attempt = LoggedAttempt(
      start: start, duration: 5_000, failure: failed ? FailureKind.unavailable.rawValue : 0, isRoot: true)
    attempt.target = target
    partial.add([attempt], to: toB)
  }
  for i in 0..<40 {
    add(Int64(i) * 100_000, UInt32(i + 1), failed: i % 4 == 0)
    if i % 4 == 0 { add(Int64(i) * 100_000 + 50_000, UInt32(i + 1), failed: false) }
  }
  add(4_100_000, 99, failed: true)
  add(4_150_000, RetryEvidence.link(to: 7).targetHash, failed: false)
  partial.add([LinkMark(start: 4_100_000, span: 7)])
  let log = CallLog(partial)
  #expect(log.count == 41 && log.joined == 11)
  // A hash that two failed calls have tells neither.
  partial.add([LinkMark(start: 0, span: 7)])
  #expect(CallLog(partial).joined == 10)
}

/// Root calls of one edge: (start, what is asked for, failed).
private func roots(_ calls: [(Int64, UInt32, Bool)]) -> CallLog {
  var partial = CallPartial(limit: .max)
  for (start, target, failed) in calls {
    var attempt = LoggedAttempt(
      start: start, duration: 5_000, failure: failed ? FailureKind.unavailable.rawValue : 0, isRoot: true)
    attempt.target = target
    partial.add([attempt], to: toB)
  }
  return CallLog(partial)
}

@Test("Root calls whose spans hold their attempts are whole: none of them is another's retry")
func wholeRoots() {
  func log(attempts: Int) -> CallLog {
    var partial = CallPartial(limit: .max)
    for i in 0..<100 {
      let isDown = i % 5 == 0
      var rows: [LoggedAttempt] = []
      for k in 0..<(isDown ? attempts : 1) {
        var row = LoggedAttempt(
          start: Int64(i) * 100_000 + Int64(k) * 10_000, duration: 5_000,
          failure: isDown ? FailureKind.unavailable.rawValue : 0, isFirst: k == 0, isRoot: k == 0)
        row.target = 7
        if k > 0 { row.marks = .inner }
        rows.append(row)
      }
      partial.add(rows, to: toB)
    }
    return CallLog(partial)
  }
  #expect(log(attempts: 3).rootsApart == 0 && !log(attempts: 3).doubts.contains(.rootsApart))
  #expect(log(attempts: 1).rootsApart == 20)
}

@Test("Root attempts that ask for the same are joined where that tells calls apart, and named where it does not")
func rootTargets() {
  var apart: [(Int64, UInt32, Bool)] = []
  for i in 0..<40 {
    apart.append((Int64(i) * 100_000, UInt32(i + 1), i % 4 == 0))
    if i % 4 == 0 { apart.append((Int64(i) * 100_000 + 50_000, UInt32(i + 1), false)) }
  }
  let joined = roots(apart)
  #expect(joined.count == 40 && joined.joined == 10 && joined.doubts.isEmpty)
  // Everything asks for the same: nothing is joined, nothing is exact.
  let alike = roots(apart.map { ($0.0, 7, $0.2) })
  #expect(alike.count == 50 && alike.doubts == [.rootsApart])
}

@Test(
  "A failed request without the call that its kind always makes was refused where such calls fail; one whose kind may go without was not, and where none fails it failed by itself"
)
func refusedRequests() {
  func log(silent: Int, failing: Bool = true) -> CallLog {
    var builder = TreeBuilder()
    var digester = CallAggregator()
    for i in 0..<100 {
      let at = Int64(i) * 1_000_000
      let isRefused = i % 10 == 9
      let root = builder.span(
        "a", "in", at: at, lasts: 20_000, failure: isRefused ? .runtime : nil, kind: .server)
      if !isRefused, i % 10 >= silent {
        let failure: FailureKind? = failing && i % 10 == 8 ? .unavailable : nil
        _ = builder.span("a", "get", parent: root, at: at + 10, lasts: 9_000, failure: failure, peer: "b")
      }
      digester.observe(builder.tree(), builder.context)
    }
    return CallLog(digester.finish(builder.context))
  }
  let refused = log(silent: 0)
  #expect(refused.refusedByBreaker == 10 && refused.count == 100 && refused.doubts == [.breakerRefusals])
  #expect(log(silent: 3).refusedByBreaker == 0)
  let broken = log(silent: 0, failing: false)
  #expect(broken.refusedByBreaker == 0 && broken.count == 90 && broken.doubts.isEmpty)
}

/// Forty root calls a tenth of a second apart, each fourth refused and tried again up to twice; `link` gives the span that a
/// retry links to: of the attempt before it, or of the first.
private func linkedRoots(_ link: (_ first: UInt64, _ previous: UInt64) -> UInt64) -> CallPartial {
  var aggregator = CallAggregator()
  var builder = TreeBuilder()
  var span: UInt64 = 0
  for i in 0..<40 {
    let attempts = i % 4 == 0 ? i % 8 == 0 ? 3 : 2 : 1
    let first = span + 1
    for k in 0..<attempts {
      span += 1
      let failed = k + 1 < attempts
      let node = builder.span(
        "a", "get", at: Int64(i) * 100_000 + Int64(k) * 30_000, lasts: 5_000,
        failure: failed ? .unavailable : nil, peer: "b")
      builder.nodes[node].span = span
      if k > 0 { builder.nodes[node].retryEvidence = .link(to: link(first, span - 1)) }
      aggregator.observe(builder.tree(), builder.context)
    }
  }
  return aggregator.finish(builder.context)
}

@Test("Root attempts that link to the attempt before them, or all to the first, are one call; other links join nothing")
func rootLinks() throws {
  for partial in [linkedRoots { _, previous in previous }, linkedRoots { first, _ in first }] {
    let log = CallLog(partial)
    #expect(log.count == 40 && log.joined == 15 && log.doubts.isEmpty)
    #expect((0..<40).map { log.attempts(of: $0).count } == (0..<40).map { $0 % 8 == 0 ? 3 : $0 % 4 == 0 ? 2 : 1 })
    var writer = ByteWriter()
    partial.encode(to: &writer)
    var reader = ByteReader(Array(writer.bytes))
    #expect(try CallPartial(from: &reader) == partial)
  }
  // A link to what is no failed attempt, such as a batch's span, tells nothing.
  let foreign = CallLog(linkedRoots { _, _ in 1 << 40 })
  #expect(foreign.count == 55 && foreign.doubts == [.rootsApart])
}

/// Forty requests a tenth of a second apart, each fourth refused and tried again up to twice, each attempt a trace of its own:
/// `make` adds the spans of one of them, whose own is `span`, and `link` is the span it links to, of the attempt before it.
private func traces(
  _ make: (_ builder: inout TreeBuilder, _ at: Int64, _ failed: Bool, _ span: UInt64, _ link: UInt64, _ request: Int) ->
    Void
) -> CallPartial {
  var aggregator = CallAggregator()
  var builder = TreeBuilder()
  var span: UInt64 = 1_000
  for i in 0..<40 {
    let attempts = i % 4 == 0 ? i % 8 == 0 ? 3 : 2 : 1
    for k in 0..<attempts {
      span += 1
      make(
        &builder, Int64(i) * 100_000 + Int64(k) * 30_000, k + 1 < attempts, span, k == 0 ? UInt64(i + 1) : span - 1, i)
      aggregator.observe(builder.tree(), builder.context)
    }
  }
  return aggregator.finish(builder.context)
}

private let fortyCalls = (0..<40).map { $0 % 8 == 0 ? 3 : $0 % 4 == 0 ? 2 : 1 }

@Test("A root that links says what it asks for as well: either joins it, whichever leads to the attempt before it")
func linkBesideURL() throws {
  func roots(link: @escaping (UInt64) -> UInt64, target: @escaping (Int) -> UInt64) -> CallPartial {
    traces { builder, at, failed, span, previous, request in
      let node = builder.span("a", "get", at: at, lasts: 5_000, failure: failed ? .unavailable : nil, peer: "b")
      builder.nodes[node].span = span
      builder.nodes[node].linkedTo = link(previous)
      builder.nodes[node].retryEvidence = .target(target(request))
    }
  }
  // All link to the job that started them, and each request asks for something of its own.
  let byURL = CallLog(roots(link: { _ in 7 }, target: { UInt64($0 + 1) &* 0x9E37_79B9_7F4A_7C15 }))
  #expect(byURL.joined == 15 && (0..<byURL.count).map { byURL.attempts(of: $0).count } == fortyCalls)
  #expect(byURL.doubts.isEmpty)
  // All ask for the same, and each retry links to the attempt before it.
  let partial = roots(link: { $0 }, target: { _ in 9 })
  let byLink = CallLog(partial)
  #expect(byLink.joined == 15 && (0..<byLink.count).map { byLink.attempts(of: $0).count } == fortyCalls)
  var writer = ByteWriter()
  partial.encode(to: &writer)
  var reader = ByteReader(Array(writer.bytes))
  #expect(try CallPartial(from: &reader) == partial)
}

@Test("A message that is delivered again, in a trace that links to the delivery before it, tries its call again")
func redelivered() {
  func deliveries(link: @escaping (UInt64) -> UInt64) -> CallLog {
    CallLog(
      traces { builder, at, failed, span, previous, _ in
        let root = builder.span(
          "a", "process", at: at, lasts: 8_000, failure: failed ? .runtime : nil, kind: .consumer)
        builder.nodes[root].span = span
        builder.nodes[root].linkedTo = link(previous)
        _ = builder.span(
          "a", "get", parent: root, at: at + 1_000, lasts: 5_000, failure: failed ? .unavailable : nil, peer: "b")
      })
  }
  let log = deliveries { $0 }
  #expect(log.joined == 15 && (0..<log.count).map { log.attempts(of: $0).count } == fortyCalls)
  // Links to the messages' producers join nothing.
  let apart = deliveries { _ in 7 }
  #expect(apart.joined == 0 && apart.count == 55)
}
