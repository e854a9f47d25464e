import Simulation
import Support
import Testing

@Test("A night from one seed is the same bytes twice, and another seed gives another night")
func serviceNightDeterministic() throws {
  func night(_ seed: UInt64) throws -> ([String], WorldTruth) {
    var spec = WorldSpec(seed: seed)
    spec.minutes = 6
    spec.rate = 2
    spec.faults = [.one(.errorOutage)]
    spec.faultMinutes = 2
    spec.formats = WorldSpec.TraceFormat.allCases
    var writer = MemoryWriter()
    let truth = try ServiceNight(spec).write(to: &writer)
    return (writer.members.map { "\($0.path) \(StableHash.hash($0.bytes.span)) \($0.bytes.count)" }, truth)
  }
  let (first, truth) = try night(7)
  let (second, again) = try night(7)
  #expect(first == second)
  #expect(truth == again)
  #expect(try night(8).0 != first)
  #expect(first.contains { $0.hasPrefix("traces/otlp-1.jsonl") })
  #expect(first.contains { $0.hasPrefix("traces/jaeger-1.json") })
  #expect(first.contains { $0.hasPrefix("traces/zipkin-1.json") })
  #expect(first.contains { $0.hasPrefix("events/requests-1.jsonl") })
  #expect(truth.spans > 1000)
}

@Test("Every member of a night is well-formed JSON or log lines, as its name says")
func serviceNightWellFormed() throws {
  var spec = WorldSpec(seed: 3)
  spec.minutes = 5
  spec.rate = 1
  spec.faults = [.one(.restartStorm)]
  spec.faultMinutes = 2
  spec.formats = WorldSpec.TraceFormat.allCases
  var writer = MemoryWriter()
  _ = try ServiceNight(spec).write(to: &writer)
  #expect(writer.members.contains { $0.path == "events/supervisor-1.jsonl" })
  for (path, bytes) in writer.members {
    if path.hasSuffix(".json") {
      _ = try JSONParser.parse(bytes)
    } else if path.hasSuffix(".jsonl") {
      for line in bytes.split(separator: 0x0A) { _ = try JSONParser.parse(Array(line)) }
    } else {
      #expect(bytes.last == 0x0A)
    }
  }
}

@Test("Every kind of fault leaves its trace, with the cause in its own blast", arguments: [1, 2, 3, 4] as [UInt64])
func faultsTakeEffect(seed: UInt64) throws {
  let spec = WorldSpec.everyFault(seed: seed)
  var writer = MemoryWriter()
  let truth = try ServiceNight(spec).write(to: &writer)
  #expect(truth.faults.count >= 8)
  for entry in truth.faults {
    #expect(entry.blast.contains(entry.fault.component))
    #expect(entry.onset >= entry.fault.start)
    // A request that began under the fault may end a little after it.
    #expect(entry.lastEffect < entry.fault.end + 60_000_000)
    if entry.fault.kind == .toleratedBurst { #expect(entry.blast.count == 1) }
    if entry.fault.kind == .slowdown || entry.fault.kind == .networkDelay { #expect(entry.blast.count <= 3) }
  }
}

@Test("A crashed component leaves no span while it is gone")
func crashIsSilent() throws {
  var spec = WorldSpec(seed: 11)
  spec.minutes = 10
  spec.faults = [.one(.crash)]
  var writer = MemoryWriter()
  let truth = try ServiceNight(spec).write(to: &writer)
  let crash = try #require(truth.faults.first?.fault)
  var inside = 0
  var outside = 0
  for (path, bytes) in writer.members where path.hasPrefix("traces/") {
    for line in bytes.split(separator: 0x0A) {
      for resource in try JSONParser.parse(Array(line))["resourceSpans"]?.elements ?? [] {
        let name = resource["resource"]?["attributes"]?.elements?[0]["value"]?["stringValue"]?.text
        guard name == crash.component else { continue }
        for span in resource["scopeSpans"]?.elements?[0]["spans"]?.elements ?? [] {
          let start = try #require(span["startTimeUnixNano"]?.text.flatMap { Int64($0) }) / 1000
          if start >= crash.start, start < crash.end { inside += 1 } else { outside += 1 }
        }
      }
    }
  }
  #expect(inside == 0)
  #expect(outside > 0 || truth.components.contains(crash.component))
}

@Test("Portable draws have the moments they should have")
func drawsHaveMoments() {
  var random = WorldRandom(seed: 5)
  var sum = 0.0
  var squares = 0.0
  var waits = 0.0
  for _ in 0..<100_000 {
    let x = random.normal()
    sum += x
    squares += x * x
    waits += random.exponential(mean: 3)
  }
  #expect(abs(sum / 100_000) < 0.02)
  #expect(abs(squares / 100_000 - 1) < 0.03)
  #expect(abs(waits / 100_000 - 3) < 0.06)
}

@Test("Access lines tell of the faults of components that write them, and of no others")
func toldByAccessLines() throws {
  var told: [Bool] = []
  for seed in [1, 2, 3] as [UInt64] {
    var spec = WorldSpec.everyFault(seed: seed)
    spec.rendering = .nginx
    var writer = MemoryWriter()
    for entry in try ServiceNight(spec).write(to: &writer).faults {
      let writes = writer.members.contains { $0.path.hasPrefix("nginx/\(entry.fault.component)/") }
      #expect(writes || !entry.isTold)
      told.append(entry.isTold)
    }
  }
  #expect(told.contains(true) && told.contains(false))
}
