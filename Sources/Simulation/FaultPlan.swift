internal import Model

/// Puts faults of the wanted kinds onto components that have enough traffic to show them.
struct FaultPlan {
  var graph: ServiceGraph
  var faults: [Fault] = []

  /// One fault per wanted kind, in that order, each `length` microseconds long with `gap` quiet ones before it.
  init(
    graph: ServiceGraph, kinds: [WorldSpec.FaultRequest], start: Int64, length: Int64, gap: Int64, rate: Double,
    seed: UInt64
  ) {
    self.graph = graph
    var random = WorldRandom(seed: seed, stream: "faults")
    let traffic = Self.traffic(graph, seed: seed)
    var at = start + gap
    var used: Set<Int> = []
    for (group, request) in kinds.enumerated() {
      let jitter = Int64(random.uniform(0, Double(gap) * 0.2))
      let begin = at + jitter
      let requests = rate * Double(length) / 1e6
      switch request {
      case .one(let kind):
        let candidates = candidates(for: kind, traffic: traffic, requests: requests, used: used)
        if let service = random.pick(candidates) {
          used.insert(service)
          add(kind, on: service, start: begin, length: length, group: nil, &random)
        }
      case .unrelatedPair:
        if let (a, b) = pair(traffic: traffic, requests: requests, &random) {
          add(.errorOutage, on: a, start: begin, length: length, group: group, &random)
          add(.errorOutage, on: b, start: begin + 2_000_000, length: length, group: group, &random)
        }
      }
      at += length + gap
    }
    for fault in faults where fault.kind == .toleratedBurst { tolerate(fault.service) }
  }

  /// Calls per request into each component, from a quiet rehearsal.
  private static func traffic(_ graph: ServiceGraph, seed: UInt64) -> [Double] {
    var rehearsal = ServiceSimulation(graph: graph, faults: [], seed: seed, skewMicroseconds: 0, compactIDs: true)
    let requests = 400
    var calls = Array(repeating: 0.0, count: graph.services.count)
    for _ in 0..<requests {
      rehearsal.play(arrival: 0)
      for span in rehearsal.spans {
        if span.kind == .server, graph.services[span.service].layer == 0 { calls[span.service] += 1 }
        if span.peer >= 0 { calls[span.peer] += 1 }
      }
      rehearsal.removeRecords()
    }
    return calls.map { $0 / Double(requests) }
  }

  private func candidates(
    for kind: Fault.Kind, traffic: [Double], requests: Double, used: Set<Int>
  ) -> [Int] {
    let needsSpans: Set<Fault.Kind> = [
      .slowdown, .callerTimeouts, .networkDelay, .restartStorm, .toleratedBurst, .repeatedCalls, .memoryGrowth,
    ]
    let all = graph.services.indices.filter { graph.services[$0].layer > 0 }
    let fitting = all.filter { index in
      if kind == .cacheLoss {
        // Its callers must have something else to ask.
        return graph.services[index].isVirtual && traffic[index] > 0 && !used.contains(index)
      }
      if kind == .repeatedCalls, !graph.services[index].operations.contains(where: { !$0.steps.isEmpty }) {
        return false
      }
      if graph.services[index].isVirtual, needsSpans.contains(kind) { return false }
      return !used.contains(index) && traffic[index] > 0
    }
    let busy = fitting.filter { traffic[$0] * requests >= 60 }
    if !busy.isEmpty { return busy }
    let ranked = fitting.sorted { traffic[$0] != traffic[$1] ? traffic[$0] > traffic[$1] : $0 < $1 }
    return ranked.isEmpty ? Array(all.prefix(1)) : Array(ranked.prefix(2))
  }

  /// Two components whose callers have at most the entries in common.
  private func pair(traffic: [Double], requests: Double, _ random: inout WorldRandom) -> (Int, Int)? {
    let candidates = random.shuffled(
      graph.services.indices.filter { graph.services[$0].layer > 0 && traffic[$0] * requests >= 40 })
    for a in candidates {
      for b in candidates where a < b {
        let common = graph.callers(of: a).intersection(graph.callers(of: b))
        if common.allSatisfy({ graph.services[$0].layer == 0 }) { return (a, b) }
      }
    }
    return nil
  }

  private mutating func add(
    _ kind: Fault.Kind, on service: Int, start: Int64, length: Int64, group: Int?, _ random: inout WorldRandom
  ) {
    var rate = random.uniform(0.5, 1)
    var factor = 1.0
    var delay = 0.0
    switch kind {
    case .slowdown:
      factor = random.uniform(4, 10)
      delay = random.uniform(20_000, 80_000)
    case .callerTimeouts: delay = random.uniform(3_000_000, 6_000_000)
    case .networkDelay: delay = random.uniform(60_000, 250_000)
    // From .2 to 10 s, each order of magnitude as often.
    case .oneCall: delay = 200_000 * PortableMath.exp(random.unit() * PortableMath.log(50))
    case .retryStorm, .metastable: rate = random.uniform(0.75, 0.95)
    case .repeatedCalls: factor = random.uniform(8, 25)
    case .cacheLoss:
      rate = random.uniform(0.8, 1)
      delay = random.uniform(10_000, 40_000)
    default: break
    }
    faults.append(
      Fault(
        kind: kind, component: graph.services[service].name, start: start, end: start + length, group: group,
        rate: rate, factor: factor, delay: delay, service: service))
  }

  /// Makes every call into a component one that its callers can do without.
  private mutating func tolerate(_ target: Int) {
    for s in graph.services.indices {
      for o in graph.services[s].operations.indices {
        for step in graph.services[s].operations[o].steps.indices {
          for c in graph.services[s].operations[o].steps[step].indices
          where graph.services[s].operations[o].steps[step][c].service == target {
            graph.services[s].operations[o].steps[step][c].isOptional = true
          }
        }
      }
    }
  }
}
