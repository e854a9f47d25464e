/// Generates a service night: traces, logs, metrics and events of a random system under injected faults, with the truth.
package struct ServiceNight {
  package let spec: WorldSpec
  let plan: FaultPlan

  package init(_ spec: WorldSpec) {
    self.spec = spec
    let graph = ServiceGraph.random(
      components: max(spec.components, 3), requestSize: spec.requestSize, seed: spec.seed)
    let length = Int64(spec.faultMinutes * 60_000_000)
    let night = Int64(spec.minutes) * 60_000_000
    let count = Int64(max(spec.faults.count, 1))
    plan = FaultPlan(
      graph: graph, kinds: spec.faults, start: spec.start, length: length,
      gap: max((night - count * length) / (count + 1), 0), rate: spec.rate, seed: spec.seed)
  }

  /// How large a member grows before the next one begins, bytes.
  static let memberSize = 4 << 20
  /// Failed requests that make a step of a fault's path.
  private static let pathRequests = 3
  /// Requests that one exporter batch holds.
  static let batch = 12

  /// Writes every member of the night, in a fixed order, and returns what truly happened.
  package func write<Writer: MemberWriter & ~Copyable>(to writer: inout Writer) throws(WorldFailure) -> WorldTruth {
    if let rendering = spec.rendering { return try write(as: rendering, to: &writer) }
    var simulation = ServiceSimulation(
      graph: plan.graph, faults: plan.faults, seed: spec.seed, skewMicroseconds: spec.skewMicroseconds,
      compactIDs: spec.compactIDs, rollouts: rollouts(), tail: tail)
    var arrivals = WorldRandom(seed: spec.seed, stream: "arrivals")
    var truth = WorldTruth()
    let end = spec.start + Int64(spec.minutes) * 60_000_000
    let traces = TraceWriter(graph: plan.graph, namesPeers: spec.namesPeers, detail: spec.detail)
    let (shape, logWriter) = (SpanShape(graph: plan.graph, spec: spec), LogWriter(plan.graph, spec))
    var parts = MemberParts()
    var now = spec.start
    var batch = 0
    while now < end {
      // One batch: some requests, all in one format.
      let format = spec.formats.isEmpty ? nil : spec.formats[batch % spec.formats.count]
      var requests: [[WorldSpan]] = []
      for _ in 0..<Self.batch {
        now += Int64(arrivals.exponential(mean: 1e6 / rate(at: now))) + 1
        guard now < end else { break }
        let first = simulation.spans.count
        simulation.play(arrival: now)
        requests.append(shape.written(simulation.spans[first...]))
        truth.requests += 1
      }
      let spans = requests.flatMap { $0 }
      truth.spans += spans.count
      switch format {
      case .otlp:
        traces.otlp(spans.sorted { ($0.end, $0.id) < ($1.end, $1.id) }, into: &parts.otlp)
        try parts.flush(\.otlp, "traces/otlp", Self.memberSize, to: &writer)
      case .jaeger:
        parts.jaegerTraces += requests
        if parts.jaegerTraces.count >= 1000 { try parts.flushJaeger(traces, to: &writer) }
      case .zipkin:
        parts.zipkinSpans += spans
        if parts.zipkinSpans.count >= 20_000 { try parts.flushZipkin(traces, to: &writer) }
      case nil: break
      case .events:
        EventLineWriter(graph: plan.graph).write(spans, into: &parts.events)
        try parts.flush(\.events, "events/requests", Self.memberSize, to: &writer)
      }
      if spec.hasLogs {
        for log in simulation.logs.sorted(by: { ($0.time, $0.span) < ($1.time, $1.span) }) {
          logWriter.line(log, into: &parts.logs[log.service, default: TextBuffer()])
          truth.logLines += 1
        }
        try parts.flushLogs(plan.graph, Self.memberSize, to: &writer)
      }
      simulation.removeRecords()
      batch += 1
    }
    try parts.flush(\.otlp, "traces/otlp", 1, to: &writer)
    try parts.flushJaeger(traces, to: &writer)
    try parts.flushZipkin(traces, to: &writer)
    try parts.flush(\.events, "events/requests", 1, to: &writer)
    try parts.flushLogs(plan.graph, 1, to: &writer)
    if spec.hasMetrics {
      var random = WorldRandom(seed: spec.seed, stream: "metrics")
      for tick in stride(from: spec.start, to: end, by: 15_000_000) {
        truth.metricPoints += logWriter.metrics(at: tick, faults: plan.faults, &random, into: &parts.metrics)
        try parts.flush(\.metrics, "metrics/metrics", Self.memberSize, to: &writer)
      }
      try parts.flush(\.metrics, "metrics/metrics", 1, to: &writer)
    }
    truth.events = logWriter.restarts(plan.faults, into: &parts.restarts)
    try parts.flush(\.restarts, "events/supervisor", 1, to: &writer)
    conclude(&truth, simulation.effects, end: end)
    return truth
  }

  /// The tail of its ways, nil where that is the usual one.
  private var tail: LatencyTail? {
    guard spec.tail != .light else { return nil }
    return LatencyTail(
      spec.tail, services: plan.graph.services.count, from: spec.start,
      to: spec.start + Int64(spec.minutes) * 60_000_000, seed: spec.seed)
  }

  /// Requests per second at a time: a wave of load swells to its height in the middle of each half hour.
  func rate(at time: Int64) -> Double {
    let rate = spec.rate * LoadSpike.factor(at: time, plan.faults)
    guard spec.loadWave > 1 else { return rate }
    let half = 1_800_000_000.0
    let phase = Double(time - spec.start).truncatingRemainder(dividingBy: half) / half
    return rate * (1 + (spec.loadWave - 1) * max(0, 1 - abs(2 * phase - 1)))
  }

  /// When which component is rolled out, drawn by lot.
  func rollouts() -> [(service: Int, start: Int64)] {
    guard spec.rollouts > 0 else { return [] }
    var random = WorldRandom(seed: spec.seed, stream: "rollouts")
    return (0..<spec.rollouts).map { _ in
      (random.int(0...plan.graph.services.count - 1), spec.start + Int64(random.uniform(0, Double(spec.minutes) * 6e7)))
    }
  }

  func conclude(_ truth: inout WorldTruth, _ effects: [ServiceSimulation.Effect], end: Int64) {
    truth.seed = spec.seed
    truth.start = spec.start
    truth.end = end
    truth.components = plan.graph.services.map(\.name).sorted()
    for (fault, effect) in zip(plan.faults, effects) where effect.onset <= effect.last {
      var blast: Set<String> = [fault.component]
      for (service, count) in effect.failed where count > 0 { blast.insert(plan.graph.services[service].name) }
      truth.faults.append(
        WorldTruth.Entry(
          fault: fault, onset: effect.onset, lastEffect: effect.last, blast: blast.sorted(),
          failedRequests: effect.failedRequests,
          path: effect.path.filter { $0.value >= Self.pathRequests }
            .map { [plan.graph.services[$0.key.callee].name, plan.graph.services[$0.key.caller].name] }
            .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }))
    }
  }
}

/// The members that are being filled.
private struct MemberParts {
  var otlp = TextBuffer()
  var events = TextBuffer()
  var metrics = TextBuffer()
  var restarts = TextBuffer()
  var logs: [Int: TextBuffer] = [:]
  var jaegerTraces: [[WorldSpan]] = []
  var zipkinSpans: [WorldSpan] = []
  private var numbers: [String: Int] = [:]

  private mutating func name(_ stem: String, _ suffix: String) -> String {
    numbers[stem, default: 0] += 1
    return "\(stem)-\(numbers[stem, default: 1])\(suffix)"
  }

  /// Writes a buffer as the next member of its name where it has grown to a size.
  mutating func flush<Writer: MemberWriter & ~Copyable>(
    _ buffer: WritableKeyPath<MemberParts, TextBuffer>, _ stem: String, _ least: Int, to writer: inout Writer
  ) throws(WorldFailure) {
    guard self[keyPath: buffer].bytes.count >= least else { return }
    try writer.member(name(stem, ".jsonl"), self[keyPath: buffer].take())
  }

  mutating func flushLogs<Writer: MemberWriter & ~Copyable>(
    _ graph: ServiceGraph, _ least: Int, to writer: inout Writer
  ) throws(WorldFailure) {
    for (service, buffer) in logs.sorted(by: { $0.key < $1.key }) where buffer.bytes.count >= least {
      try writer.member(name("logs/" + graph.services[service].name, ".log"), buffer.bytes)
      logs[service] = TextBuffer()
    }
  }

  mutating func flushJaeger<Writer: MemberWriter & ~Copyable>(
    _ traces: TraceWriter, to writer: inout Writer
  ) throws(WorldFailure) {
    guard !jaegerTraces.isEmpty else { return }
    var buffer = TextBuffer()
    traces.jaeger(jaegerTraces, into: &buffer)
    jaegerTraces = []
    try writer.member(name("traces/jaeger", ".json"), buffer.take())
  }

  mutating func flushZipkin<Writer: MemberWriter & ~Copyable>(
    _ traces: TraceWriter, to writer: inout Writer
  ) throws(WorldFailure) {
    guard !zipkinSpans.isEmpty else { return }
    var buffer = TextBuffer()
    traces.zipkin(zipkinSpans, into: &buffer)
    zipkinSpans = []
    try writer.member(name("traces/zipkin", ".json"), buffer.take())
  }
}
