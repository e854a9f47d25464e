/// What a generated service night is made from. Equal specs give equal bytes.
package struct WorldSpec: Hashable, Sendable {
  package enum TraceFormat: String, CaseIterable, Hashable, Sendable { case otlp, jaeger, zipkin, events }

  /// Files of operators without tracing.
  package enum Rendering: String, CaseIterable, Hashable, Sendable {
    /// Pods' files of the container runtime interface, Docker's files, the journal: log lines alone.
    case cri, docker, journal
    /// Access lines alone: of a sidecar beside each workload, of an nginx in front of each.
    case envoy, nginx
  }

  /// How much a span says.
  package enum Detail: Hashable, Sendable {
    /// What the analysis needs.
    case few
    /// What an agent that instruments everything writes: about three times the bytes.
    case agent
  }

  package enum FaultRequest: Hashable, Sendable {
    case one(Fault.Kind)
    /// Two outages at the same time that have nothing to do with one another.
    case unrelatedPair
  }

  package var seed: UInt64
  /// Microseconds since the epoch: 2026-01-01T00:00:00Z.
  package var start: Int64 = 1_767_225_600_000_000
  package var minutes: Int = 60
  /// Requests of users per second.
  package var rate: Double = 2
  package var components: Int = 20
  /// Most calls that one request makes, about.
  package var requestSize: Int = 24
  package var faults: [FaultRequest] = []
  /// Minutes that each fault lasts.
  package var faultMinutes: Double = 4
  /// Whole traces are dealt out over these in turn; none leaves only logs and metrics.
  package var formats: [TraceFormat] = [.otlp]
  package var detail = Detail.few
  /// The night in such files alone, instead of traces, logs, metrics and events.
  package var rendering: Rendering?
  package var hasLogs = true
  package var hasMetrics = true
  /// Whether memory is among the metrics.
  package var hasMemory = false
  /// Largest difference of a service's clock, microseconds.
  package var skewMicroseconds = 0
  /// Small numbers as ids, so that a sample stays small.
  package var compactIDs = false
  /// Whether calls name the service that they lead to; databases and the like are always named.
  package var namesPeers = true
  /// Whether callers write a span per call; without, a callee's span hangs beneath the caller's own.
  package var hasClientSpans = true
  /// Whether a span that outlives its caller's patience is lost.
  package var losesLateSpans = false

  /// Rollouts of components during the night: for two seconds some calls of one are refused, and tried again.
  package var rollouts = 0
  /// How many times the usual load a wave of it brings; 1 for none.
  package var loadWave = 1.0

  /// How long calls take beyond what is usual, without any fault; with another tail than the light one nobody's patience ends.
  package var tail = WorldTail.light
  /// Whether spans say that they failed.
  package var marksFailures = true

  package init(seed: UInt64) { self.seed = seed }

  /// A night like a varied one in which nothing is wrong but single calls that are held up, and calls have such a tail.
  package static func oneCalls(seed: UInt64, tail: WorldTail) -> WorldSpec {
    var spec = varied(seed: seed)
    spec.faults = Array(repeating: .one(.oneCall), count: 6)
    spec.faultMinutes = 2
    spec.minutes = 90
    spec.losesLateSpans = false
    spec.components = max(spec.components, 12)
    spec.tail = tail
    return spec
  }

  /// A night of spans alone that never say that they failed: what goes wrong cuts requests short, for half a minute to two.
  package static func cutShort(seed: UInt64) -> WorldSpec {
    var spec = varied(seed: seed)
    var random = WorldRandom(seed: seed, stream: "cut")
    spec.faults = random.shuffled([.errorOutage, .errorOutage, .crash, .toleratedBurst].map { .one($0) })
    spec.faultMinutes = random.uniform(0.5, 2)
    spec.minutes = 60
    spec.components = max(spec.components, 12)
    spec.marksFailures = false
    spec.hasLogs = false
    spec.hasMetrics = false
    return spec
  }

  /// A night without a fault, everything else drawn by lot, with rollouts, waves of load, retries and wrong clocks: nothing that anybody
  /// should be called for.
  package static func quiet(seed: UInt64) -> WorldSpec {
    var spec = varied(seed: seed)
    var random = WorldRandom(seed: seed, stream: "quiet")
    spec.faults = []
    spec.minutes = random.int(90...180)
    spec.rollouts = random.int(4...12)
    spec.loadWave = random.uniform(1.5, 4)
    spec.skewMicroseconds = random.int(200...3000)
    return spec
  }

  /// A night with one fault of every kind and an unrelated pair, long enough for quiet between them.
  package static func everyFault(seed: UInt64) -> WorldSpec {
    var spec = WorldSpec(seed: seed)
    var random = WorldRandom(seed: seed, stream: "spec")
    spec.faults = random.shuffled(Fault.Kind.first.map { .one($0) } + [.unrelatedPair])
    spec.components = random.int(12...40)
    spec.rate = random.uniform(3, 6)
    spec.minutes = spec.faults.count * 10 + 10
    spec.skewMicroseconds = random.chance(0.5) ? 0 : 800
    return spec
  }

  /// A night like a varied one with the faults of `Fault.Kind.calls`, two of each.
  package static func calls(seed: UInt64) -> WorldSpec {
    var spec = varied(seed: seed)
    spec.faults = (Fault.Kind.calls + Fault.Kind.calls).map { .one($0) }
    spec.minutes = Int(Double(spec.faults.count) * spec.faultMinutes * 2.5) + 10
    spec.components = max(spec.components, 12)
    return spec
  }

  /// A night like a varied one with the faults of `Fault.Kind.delayed`, two of each, and with metrics.
  package static func delayed(seed: UInt64) -> WorldSpec {
    var spec = varied(seed: seed)
    spec.faults = (Fault.Kind.delayed + Fault.Kind.delayed).map { .one($0) }
    spec.faultMinutes = max(spec.faultMinutes, 6)
    spec.minutes = Int(Double(spec.faults.count) * spec.faultMinutes * 2.5) + 40
    spec.components = max(spec.components, 12)
    spec.hasMetrics = true
    spec.hasMemory = true
    return spec
  }

  /// A night with one fault of every kind and an unrelated pair, with everything else drawn by lot: length and traffic,
  /// what the spans say of their calls, which records there are besides.
  package static func varied(seed: UInt64) -> WorldSpec {
    var spec = everyFault(seed: seed)
    var random = WorldRandom(seed: seed, stream: "varied")
    spec.components = random.int(8...60)
    spec.requestSize = random.int(8...40)
    spec.rate = random.uniform(1.5, 10)
    spec.faultMinutes = random.uniform(2, 8)
    spec.minutes = Int(Double(spec.faults.count) * spec.faultMinutes * random.uniform(2, 3)) + 10
    spec.formats = random.shuffled(TraceFormat.allCases)
    spec.formats.removeLast(random.int(0...spec.formats.count - 1))
    spec.hasLogs = random.chance(0.6)
    spec.hasMetrics = random.chance(0.6)
    spec.namesPeers = random.chance(0.6)
    spec.hasClientSpans = random.chance(0.75)
    spec.losesLateSpans = random.chance(0.5)
    return spec
  }
}
