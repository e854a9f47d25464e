// A proxy's calls are its caller's calls seen from inside, and count once; a service's calls are calls of their own.
import Model
import Policies
import Support
import Testing

/// How the middle one of three components deals with a request.
private struct Middle {
  var name = "proxy"
  /// What it calls, by what name, and what its caller calls it by.
  var operation = "GET"
  var peer = "backend"
  var calledBy = "backend"
  /// Its own work before and after its calls, microseconds.
  var work: Int64 = 100
  /// Attempts that fail before the last one.
  var retries = 2
  /// Whether its caller tries again when it fails, and whether it answers with what it got.
  var isRetried = false
  var hidesFailure = false
}

/// A frontend calls a middle, which calls a backend; every third request fails at first.
private func log(_ middle: Middle, requests: Int = 60) -> CallLog {
  var context = AggregateContext(symbols: SymbolTable(), sources: SourceTable())
  var digester = CallAggregator()
  for number in 0..<requests {
    var nodes: [CallNode] = []
    func span(
      _ component: String, _ operation: String, _ parent: Int, _ start: Int64, _ end: Int64, _ failed: Bool,
      _ kind: SpanKind, peer: String = ""
    ) -> Int {
      let row = SpanRow(
        request: RequestID(high: 0, low: UInt64(number + 1)), span: UInt64(nodes.count + 1), parent: 0, start: start,
        duration: end - start, source: SourceRef(bits: 0), component: context.symbols.intern(component),
        operation: context.symbols.intern(operation), kind: kind,
        failureCode: failed ? FailureKind.unavailable.rawValue : 0)
      nodes.append(CallNode(row: row, parent: Int32(parent)))
      // As the assembler leaves an answered call: its peer is the component below.
      nodes[nodes.count - 1].calledAs = context.symbols.intern(peer)
      return nodes.count - 1
    }
    let isBad = number % 3 == 0
    let failures = isBad ? middle.retries : 0
    let isLost = isBad && middle.retries == 0
    let start = Int64(number) * 1_000_000
    let end = start + 2 * middle.work + Int64(failures + 1) * 10_000
    let root = span("frontend", "buy", -1, start, end + 200_000, false, .server)
    for round in 0..<(middle.isRetried && isLost ? 2 : 1) {
      let at = start + Int64(round) * 100_000
      let length = end - start
      let call = span(
        "frontend", "GET", root, at, at + length, isLost && !middle.hidesFailure, .client, peer: middle.calledBy)
      let server = span(middle.name, "in", call, at, at + length, isLost && !middle.hidesFailure, .server)
      for attempt in 0...failures {
        let begin = at + middle.work + Int64(attempt) * 10_000
        let isFailed = attempt < failures || isLost
        let own = span(
          middle.name, middle.operation, server, begin, begin + 9_500, isFailed, .client, peer: middle.peer)
        _ = span("backend", "GET /item", own, begin + 100, begin + 9_000, isFailed, .server)
      }
    }
    var tree = CallTree()
    for i in nodes.indices.reversed() {
      nodes[i].subtreeEnd = max(nodes[i].subtreeEnd, Int32(i + 1))
      let parent = Int(nodes[i].parent)
      if parent >= 0 { nodes[parent].subtreeEnd = max(nodes[parent].subtreeEnd, nodes[i].subtreeEnd) }
    }
    tree.nodes = nodes
    digester.observe(tree, context)
  }
  let partial = digester.finish(context)
  var writer = ByteWriter()
  partial.encode(to: &writer)
  var reader = ByteReader(writer.bytes)
  guard let read = try? CallPartial(from: &reader) else {
    Issue.record("a partial that cannot be read")
    return CallLog(partial)
  }
  return CallLog(read)
}

@Test("Calls that a proxy hands on count once, with the attempts that the proxy makes")
func handedOnCalls() throws {
  for middle in [Middle(), Middle(operation: "router backend egress"), Middle(peer: "", calledBy: "")] {
    let log = log(middle)
    #expect(log.count == 60 && log.attempts == 100 && log.edges.map(\.caller) == ["proxy"], "\(middle)")
    #expect(log.handedOn.map(\.calls) == [60])
    let found = try #require(PolicyEvaluator.evaluate(log, file: PolicyFile()))
    #expect(found.warnings.contains(.handedOn(caller: ForeignName("frontend"), by: ForeignName("proxy"), calls: 60)))
    #expect(abs((found.baseline.attemptsPerRequest.value ?? 0) - 100.0 / 60) < 1e-9)
  }
}

@Test("A callee with work, a name or an outcome of its own hands nothing on")
func notHandedOn() {
  let services = [
    // Work of its own; another callee's name; the same name on one machine, another operation; another outcome; a caller that
    // tries again; too few calls to tell.
    log(Middle(work: 5_000)), log(Middle(calledBy: "orders")),
    log(Middle(operation: "POST", peer: "127.0.0.1", calledBy: "127.0.0.1")),
    log(Middle(operation: "POST", peer: "", calledBy: "")), log(Middle(retries: 0, hidesFailure: true)),
    log(Middle(retries: 0, isRetried: true)), log(Middle(), requests: 29),
  ]
  for (number, log) in services.enumerated() {
    #expect(log.handedOn.isEmpty && Set(log.edges.map(\.caller)).count == 2, "\(number)")
  }
  // What the caller tries again stays one call of several attempts.
  #expect(services[5].attempts - services[5].count == 20)
}
