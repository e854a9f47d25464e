package import Model
internal import Support

/// Reads requests, logs, metrics and events of one partition into a `IncidentPartial`: linear in the spans.
package struct IncidentAggregator: Aggregator {
  var partial = IncidentPartial()
  /// Names by symbol and by member, -1 where not met yet.
  var nameBySymbol: [Int32] = []
  var originByMember: [Origin?] = []
  /// Labels of calls by component and operation name, of log templates by symbol and severity.
  var callLabels = CubeMap<Int32>()
  var logLabels = CubeMap<Int32>()
  /// Durations by component: their sketches, the name of each, and its number by name, -1 where there is none.
  private var latency = SketchArena()
  private var sketched: [Int32] = []
  private var sketchByName: [Int32] = []
  /// Whether a message tells of a circuit breaker, by symbol; nil where not looked at yet.
  var tellsOfBreaker: [Bool?] = []
  /// Room for the walk through a request, and for the components that it visits.
  var scratch = Walk()
  private var visited: [Int32] = []
  /// Room for the components that wrote lines of a request without spans.
  var toldBy = ReusedRows<ToldBy>()
  /// Room for the longest times that lines of a request tell, one of each component.
  var toldTimes = ReusedRows<ToldTime>()
  /// What lines add to the partial, until their minute is over.
  var held = HeldCounts()
  let spanStart: Int32
  let spanEnd: Int32

  package init(settings: IncidentSettings = IncidentSettings()) {
    spanStart = partial.names.intern(EventLabel.start)
    spanEnd = partial.names.intern(EventLabel.end)
  }

  package consuming func finish(_ context: borrowing AggregateContext) -> IncidentPartial {
    var held = held
    held.settle(into: &partial)
    partial.latency = Dictionary(uniqueKeysWithValues: zip(sketched, latency.sketches(count: sketched.count)))
    return partial
  }

  // MARK: Requests

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    let tree = copy tree
    if !tree.nodes.isEmpty {
      count(tree, context)
      countBehaviour(tree, context)
      blame(tree, context)
      countBeside(tree, context)
    } else if !tree.logs.isEmpty {
      countTold(tree, context)
    }
    for log in tree.logs { count(log: log, requestText: tree.requestText, context) }
    for event in tree.events { observe(event: event, context) }
  }

  /// Requests, durations, edges and visits.
  private mutating func count(_ tree: CallTree, _ context: borrowing AggregateContext) {
    let nodes = tree.nodes
    var rootFailed = false
    visited.removeAll(keepingCapacity: true)
    partial.events += nodes.count
    for index in nodes.indices {
      let node = nodes[index]
      partial.first = min(partial.first, node.start)
      partial.last = max(partial.last, node.end)
      let component = name(node.component, context)
      if node.parent < 0, node.failed { rootFailed = true }
      if node.kind == .producer || node.linkedTo != 0 { countLink(node, component) }
      if node.failed {
        let cell = CubeKey(a: component, slot: coarse(node.start))
        if !partial.failureEvidence.isFull(at: cell, below: node.start) {
          partial.failureEvidence.add(Sightings(sighting(of: node, rank: node.start, tree, context)), at: cell)
        }
      }
      let parent = node.parent < 0 ? nil : nodes[Int(node.parent)]
      if let parent, parent.component == node.component {
        countUnanswered(node, index, component, context)
        continue
      }
      // The component's own request begins here.
      if !visited.contains(component) { visited.append(component) }
      partial.activity.add(
        Activity(
          requests: 1, failures: node.failed ? 1 : 0, first: node.failed ? node.end : .max,
          last: node.failed ? node.end : .min), at: CubeKey(a: component, slot: fine(node.start)))
      // An access log without a duration says nothing of how long its requests took.
      if node.hasDuration {
        latency.add(node.duration, to: sketch(of: component))
        partial.durations.add(
          Tally(),
          at: CubeKey(
            a: component, b: name(node.operation, context), number: IncidentPartial.bucket(node.duration),
            slot: coarse(node.start)))
      }
      if let parent {
        if !parent.calledAs.isNone, parent.calledAs != node.component {
          partial.addresses.add(Tally(), at: CubeKey(a: name(parent.calledAs, context), b: component))
        }
        var edge = EdgeCount()
        edge.calls = 1
        let isCall = parent.kind == .client || Int(parent.subtreeEnd) == Int(node.subtreeEnd)
        let failed = node.failed || (isCall && parent.failed)
        edge.failures = failed ? 1 : 0
        edge.timeouts = isCall && parent.failure == .timeout || node.failure == .timeout ? 1 : 0
        edge.repeats = max(parent.attempt, node.attempt) > 1 ? 1 : 0
        partial.edges.add(
          edge, at: CubeKey(a: name(parent.component, context), b: component, slot: coarse(node.start)))
      } else {
        countUnanswered(node, index, component, context)
      }
    }
    let slot = coarse(nodes[0].start)
    countTogether(nodes, slot, context)
    let visit = Activity(requests: 1, failures: rootFailed ? 1 : 0)
    partial.visits.add(visit, at: CubeKey(a: 0, slot: slot))
    for component in visited { partial.visits.add(visit, at: CubeKey(a: component, slot: slot)) }
    countEntry(tree, visited: visited, failed: rootFailed && !Self.wentOn(nodes), context)
  }

  private mutating func sketch(of component: Int32) -> Int {
    let name = Int(component)
    if name >= sketchByName.count { sketchByName += Array(repeating: -1, count: name + 1 - sketchByName.count) }
    if sketchByName[name] < 0 {
      sketchByName[name] = Int32(sketched.count)
      sketched.append(component)
    }
    return Int(sketchByName[name])
  }

  /// Components that failed side by side as roots of one request.
  private mutating func countTogether(_ nodes: [CallNode], _ slot: Int32, _ context: borrowing AggregateContext) {
    var failed: [Int32] = []
    var root = 0
    while root < nodes.count {
      let component = name(nodes[root].component, context)
      if nodes[root].failed, !failed.contains(component), failed.count < 16 { failed.append(component) }
      root = max(root + 1, Int(nodes[root].subtreeEnd))
    }
    for (index, first) in failed.enumerated() {
      for second in failed[(index + 1)...] {
        partial.together.add(Tally(), at: CubeKey(a: first, b: second, slot: slot))
        partial.together.add(Tally(), at: CubeKey(a: second, b: first, slot: slot))
      }
    }
  }

  /// A call that names its target and has no span of it.
  private mutating func countUnanswered(
    _ node: CallNode, _ index: Int, _ component: Int32, _ context: borrowing AggregateContext
  ) {
    guard !node.peer.isNone, Int(node.subtreeEnd) == index + 1 else { return }
    var edge = EdgeCount()
    edge.calls = 1
    edge.unanswered = 1
    edge.failures = node.failed ? 1 : 0
    edge.timeouts = node.failure == .timeout ? 1 : 0
    edge.repeats = node.attempt > 1 ? 1 : 0
    edge.fastFailures = node.failed && node.hasDuration && node.duration < 1000 ? 1 : 0
    partial.edges.add(edge, at: CubeKey(a: component, b: name(node.peer, context), slot: coarse(node.start)))
  }

  // MARK: Records outside requests

  package mutating func observe(log: LogRow, _ context: borrowing AggregateContext) {
    count(log: log, requestText: .none, context)
  }

  private mutating func count(log: LogRow, requestText: Symbol, _ context: borrowing AggregateContext) {
    guard log.time != .min else { return }
    partial.events += 1
    partial.first = min(partial.first, log.time)
    partial.last = max(partial.last, log.time)
    let component = name(log.component, context)
    held.addRecord(of: component, slot: coarse(log.time), to: &partial)
    if speaksOfBreaker(log.message, context) {
      let cell = CubeKey(
        a: component, b: partial.names.intern(BreakerLog.kind), c: name(log.message, context), slot: fine(log.time))
      partial.signals.add(Reading(0, sighting(of: log, requestText: requestText, context)), at: cell)
    }
    guard log.severity >= .warning else { return }
    let cell = CubeKey(
      a: component, b: name(log.message, context), number: Int32(log.severity.rawValue), slot: fine(log.time))
    partial.logs.add(Exemplified(sighting(of: log, requestText: requestText, context)), at: cell)
  }

  private mutating func speaksOfBreaker(_ message: Symbol, _ context: borrowing AggregateContext) -> Bool {
    let index = Int(message.index)
    if index >= tellsOfBreaker.count {
      tellsOfBreaker += Array(repeating: nil, count: max(index + 1, context.symbols.count) - tellsOfBreaker.count)
    }
    if let known = tellsOfBreaker[index] { return known }
    let tells = BreakerWords.state(in: context.text(message)) != nil
    tellsOfBreaker[index] = tells
    return tells
  }

  package mutating func observe(metric: MetricRow, _ context: borrowing AggregateContext) {
    guard let value = Self.fixedPoint(metric.value) else { return }
    let sighting = sighting(rank: metric.time, time: metric.time, source: metric.source, context)
    partial.events += 1
    partial.first = min(partial.first, metric.time)
    partial.last = max(partial.last, metric.time)
    partial.metrics.add(
      MetricReading(value, sighting),
      at: CubeKey(a: name(metric.component, context), b: name(metric.metric, context), slot: coarse(metric.time)))
  }

  package mutating func observe(event: StructuralEvent, _ context: borrowing AggregateContext) {
    var sighting = sighting(rank: event.time, time: event.time, source: event.source, context)
    sighting.subject = name(event.subject, context)
    sighting.message = name(event.message, context)
    sighting.request = event.request
    // A bare event says what it is, in the word that stands in its record.
    if sighting.subject == 0, sighting.message == 0 { sighting.message = partial.names.intern(event.kind.name) }
    partial.events += 1
    partial.first = min(partial.first, event.time)
    partial.last = max(partial.last, event.time)
    let cell = CubeKey(
      a: name(event.component, context), b: partial.names.intern(event.kind.name), c: sighting.subject,
      slot: fine(event.time))
    partial.signals.add(Reading(Self.fixedPoint(event.value) ?? 0, sighting), at: cell)
  }

  /// A value in millionths; nil for what is no number, the ends of the range for what is too large.
  private static func fixedPoint(_ value: Double) -> Int64? {
    guard !value.isNaN else { return nil }
    return Int64(checked: (value * 1e6).rounded()) ?? (value < 0 ? -.max : .max)
  }
}
