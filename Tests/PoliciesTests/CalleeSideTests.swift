// Logs in which only callees wrote spans: what arrives are the attempts, as far as traces, targets or times tell, and never exactly.
import Model
import Policies
import Simulation
import Support
import Testing

private let origin: Int64 = 1_700_000_000_000_000

/// Requests by trace: each a list of (parent within its trace, component, kind, start, length, failed).
private func digest(_ traces: [[(parent: Int, component: String, kind: SpanKind, start: Int64, failed: Bool)]])
  -> CallPartial
{
  var context = AggregateContext(symbols: SymbolTable(), sources: SourceTable())
  var digester = CallAggregator()
  for (number, trace) in traces.enumerated() {
    var tree = CallTree()
    tree.request = RequestID(high: 0, low: UInt64(number + 1))
    for (index, span) in trace.enumerated() {
      let row = SpanRow(
        request: tree.request, span: UInt64(index + 1), parent: 0, start: origin + span.start, duration: 5_000,
        source: SourceRef(bits: 0), component: context.symbols.intern(span.component),
        operation: context.symbols.intern("get"), kind: span.kind,
        failureCode: span.failed ? FailureKind.unavailable.rawValue : 0)
      tree.nodes.append(CallNode(row: row, parent: Int32(span.parent)))
    }
    for i in tree.nodes.indices.reversed() {
      tree.nodes[i].subtreeEnd = max(tree.nodes[i].subtreeEnd, Int32(i + 1))
      let parent = Int(tree.nodes[i].parent)
      if parent >= 0 { tree.nodes[parent].subtreeEnd = max(tree.nodes[parent].subtreeEnd, tree.nodes[i].subtreeEnd) }
    }
    digester.observe(tree, context)
  }
  return digester.finish(context)
}

@Test(
  "Servers' spans that share a trace above which nothing was written are one call's attempts; those at once are not")
func sharedTraces() throws {
  let traces = (0..<60).map { i -> [(parent: Int, component: String, kind: SpanKind, start: Int64, failed: Bool)] in
    let start = Int64(i) * 100_000
    if i % 3 > 0 { return [(-1, "b", .server, start, false)] }
    // The third comes while the second is under way: it is another call.
    return [
      (-1, "b", .server, start, true), (-1, "b", .server, start + 40_000, false),
      (-1, "b", .server, start + 42_000, false),
    ]
  }
  let log = CallLog(digest(traces))
  #expect(log.count == 80 && log.attempts == 100 && log.callersUnseen == 80)
  #expect(log.doubts == [.callersUnseen] && log.joinedByTime + log.clustered == 0)
  let found = try #require(
    PolicyEvaluator.evaluate(
      log, file: PolicyFile(policies: [Policy("once", retry: .never)], evaluation: EvaluationSettings(resamples: 100))))
  #expect(found.candidates.first?.exact == 0)
  #expect(found.warnings.contains(.callersUnseen(calls: 80)))
}

@Test("A server's span right below its caller's server span is a call whose client's side is missing")
func nestedCalleeSides() {
  func log(isClient: Bool) -> CallLog {
    CallLog(
      digest(
        (0..<40).map { i in
          let start = Int64(i) * 100_000
          let parent = isClient ? 1 : 0
          return [(-1, "a", .server, start, false)] + (isClient ? [(0, "a", .client, start, false)] : [])
            + [(parent, "b", .server, start, false)]
        }))
  }
  #expect(log(isClient: false).callersUnseen == 40 && log(isClient: false).doubts == [.callersUnseen])
  #expect(log(isClient: true).callersUnseen == 0 && log(isClient: true).doubts.isEmpty)
}

/// A world's attempts as its servers alone record them.
private func servers(_ world: SyntheticRetryWorld, seed: UInt64) -> (log: CallPartial, attempts: Double) {
  var partial = CallPartial(limit: .max)
  var (all, first) = (0, 0)
  for (edge, attempts) in world.episodes(seed: seed).edges.sorted(by: { $0.key < $1.key }) {
    all += attempts.count
    first += attempts.count { $0.isFirst }
    let rows = attempts.map { attempt in
      var row = attempt
      (row.isFirst, row.isRoot) = (true, true)
      return row
    }
    partial.add(lone: rows, at: EntryPoint(component: edge.callee, operation: edge.operation))
  }
  return (partial, Double(all) / Double(first))
}

@Test("Servers alone, many requests: how many there are is counted from times, and what cannot be seen is said")
func serversAlone() throws {
  var world = SyntheticRetryWorld()
  (world.components, world.rate, world.length) = (1, 20, 150)
  (world.outages, world.outageMedian, world.outageDeviation) = (12, 1, 0.8)
  let (log, truth) = servers(world, seed: 3)
  let found = try #require(
    PolicyEvaluator.evaluate(
      log,
      file: PolicyFile(
        policies: [Policy("once", retry: .never)], evaluation: EvaluationSettings(replays: 2, resamples: 100))))
  let attempts = found.baseline.attemptsPerRequest
  #expect(abs((attempts.value ?? 0) - truth) < 0.06 * truth, "\(attempts), truly \(truth)")
  #expect(attempts.low <= truth && truth <= attempts.high, "\(attempts), truly \(truth)")
  #expect(found.candidates.first?.exact == 0 && found.recommendation?.safe != true)
  #expect(found.warnings.contains { if case .callersUnseen = $0 { true } else { false } })
  // The same through its encoding.
  var writer = ByteWriter()
  log.encode(to: &writer)
  var reader = ByteReader(writer.bytes)
  #expect(try CallPartial(from: &reader) == log)
}

@Test("Servers alone whose callers do not retry: nothing is joined, and the report says whose spans are missing")
func serversAloneWithoutRetries() throws {
  var world = SyntheticRetryWorld()
  (world.components, world.rate, world.length) = (1, 20, 150)
  (world.outages, world.outageMedian, world.outageDeviation) = (12, 1, 0.8)
  world.logged = .never
  let log = servers(world, seed: 3).log
  #expect(PolicyEvaluator.evaluate(log, file: PolicyFile()) == nil)
  guard case .calleesOnly(let most, _, let entries, let requests, let failed)? = PolicyEvaluator.instead(of: log) else {
    Issue.record("nothing says that callers' spans are missing")
    return
  }
  #expect(most == "service-0" && entries == 1 && requests > 2_000 && failed > 100)
  #expect(PolicyEvaluator.instead(of: CallPartial(limit: .max)) == nil)
}

@Test("Requests of callers without spans stay within a bound, by whole stretches of time, in any order of merging")
func loneBound() {
  func part(_ begin: Int) -> LoneRequests {
    var lone = LoneRequests()
    for minute in begin..<begin + 300 {
      lone.add(
        (0..<2_000).map { LoggedAttempt(start: Int64(minute) * 60_000_000 + Int64($0), duration: 5, isRoot: true) },
        at: EntryPoint(component: "b", operation: "get"))
    }
    return lone
  }
  var (a, b) = (part(0), part(300))
  let other = a
  a.merge(b)
  b.merge(other)
  let kept = a.byEntry.values.reduce(0) { $0 + $1.count }
  #expect(kept <= 400_000 && kept + a.leftOut == 1_200_000 && kept % 20_000 == 0)
  #expect(a.byEntry.mapValues { $0.map(\.start).sorted() } == b.byEntry.mapValues { $0.map(\.start).sorted() })
}

@Test("Requests of callees beyond the limit are counted, even where all of them came in one block of time")
func countedBeyondTheLimit() throws {
  let entry = EntryPoint(component: "api", operation: "get")
  let attempts = (0..<410_000).map { i in
    LoggedAttempt(
      start: origin + Int64(i) * 1_000, duration: 500, failure: i % 10 == 0 ? FailureKind.unavailable.rawValue : 0)
  }
  var partial = CallPartial()
  partial.add(lone: attempts, at: entry)
  #expect(partial.lone.counts[entry]?.seen == 410_000)
  #expect(partial.lone.counts[entry]?.failed == 41_000)
  #expect(partial.lone.leftOut > 0)
  guard case .calleesOnly(_, _, 1, 410_000, 41_000)? = PolicyEvaluator.instead(of: partial) else {
    Issue.record("nothing is said of them")
    return
  }
  var writer = ByteWriter()
  partial.encode(to: &writer)
  var reader = ByteReader(writer.bytes)
  let again = try CallPartial(from: &reader)
  #expect(again.lone.counts == partial.lone.counts && again.lone.leftOut == partial.lone.leftOut)
}
