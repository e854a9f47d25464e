internal import Model
internal import Support

/// Tells an incident: who was affected when and how hard, how it spread, what the reflex gate would have done.
struct IncidentDescription {
  private static let chainBound = 24
  private static let evidenceBound = 12
  /// Failed calls that make a step of a path.
  private static let leastFailures = 3
  /// The share of the usual calls below which some were not answered.
  private static let answered = 0.5

  let grid: ComponentTimeline
  let settings: IncidentSettings
  let impacts: ImpactMap
  let breakers: BreakerLog
  private let durations: DurationContrast
  private let onsets: Onsets
  private let records: TellingRecords

  /// Tells of an incident whose causes are known; `proofs` finds something to show for a component.
  func tell(
    _ incident: inout Incident, _ group: IncidentBuilder.Group, first: Int?, affected: [Int],
    onsets: [Int: Onsets.Onset], hit: Double, volume: Double, records proofs: (Int) -> [Evidence]
  ) {
    incident.components = affected.map { state(of: $0, onset: onsets[$0] ?? Onsets.Onset(time: group.start), group) }
    incident.causalChain = chain(from: first, affected: affected, onsets: onsets, group, proofs)
    let name = first.map { grid.name($0) }
    let others = affected.filter { $0 != first }.map { grid.name($0) }
    incident.trigger = .anomaly(incident.kind, cause: name)
    let failed = incident.impact.failed(of: hit)
    var impact = RequestImpact(incident.impact, failed: failed, of: volume)
    impact.isTold = grid.partial.isTold
    incident.headline = headline(incident, group, cause: name ?? "", others: others, impact)
    incident.reasoning = reasoning(incident, group, first: first, affected: affected)
    incident.decision = decision(incident, group, failed: failed)
    incident.timeline = timeline(incident, group, onsets: onsets, proofs)
    var evidence = incident.rootCauses.first?.evidence ?? []
    for component in affected { evidence += proofs(component).prefix(1) }
    var seen: Set<Evidence> = []
    incident.evidence = Array(evidence.filter { seen.insert($0).inserted }.prefix(Self.evidenceBound))
    let about = StableHash.hash(incident.kind.rawValue + "\u{0}" + (name?.text ?? ""))
    incident.fingerprint = FindingID(hexText(about))
    incident.id = FindingID(String(hexText(StableHash.combine(about, UInt64(bitPattern: incident.start))).prefix(12)))
  }

  // MARK: States

  /// The slots within an incident that hold anything: a span of months must not cost months of empty slots.
  func slots(_ group: IncidentBuilder.Group, of held: [Int32], _ length: Int64) -> ArraySlice<Int32> {
    slots(group.start...max(group.start, group.end), of: held, length)
  }

  private func slots(_ range: ClosedRange<Int64>, of held: [Int32], _ length: Int64) -> ArraySlice<Int32> {
    let first = IncidentPartial.slot(range.lowerBound, length)
    let last = IncidentPartial.slot(range.upperBound, length)
    return held[held.partitioningIndex { $0 >= first }..<held.partitioningIndex { $0 > last }]
  }

  private func state(
    of component: Int, onset: Onsets.Onset, _ group: IncidentBuilder.Group
  ) -> Incident.ComponentState {
    let name = grid.partial.names.find(grid.components[component]) ?? 0
    let activity = activity(name, group)
    var state = Incident.ComponentState(
      id: grid.name(component), onset: onset.time, requests: activity.requests, failures: activity.failures)
    state.onsetBetween = onset.between
    state.latencyP99 = p99(name, group)
    state.queueDepth = queueDepth(name, group)
    state.circuitState = circuitState(component, name, group)
    return state
  }

  private func p99(_ name: Int32, _ group: IncidentBuilder.Group) -> Int64? {
    let wanted = slots(group, of: coarseSlots, IncidentPartial.coarse)
    var histogram: [Int32: Int] = [:]
    if let first = wanted.first, let last = wanted.last {
      let begin = requestTimes.partitioningIndex { ($0.name, $0.slot) >= (name, first) }
      for row in requestTimes[begin...].prefix(while: { $0.name == name && $0.slot <= last }) {
        histogram[row.bucket, default: 0] += row.count
      }
    }
    let total = histogram.values.reduce(0, +)
    guard total > 0 else { return nil }
    var seen = 0
    for (bucket, count) in histogram.sorted(by: { $0.key < $1.key }) {
      seen += count
      if Double(seen) >= 0.99 * Double(total) { return IncidentPartial.value(ofBucket: bucket) }
    }
    return nil
  }

  /// Buckets of the requests' durations, ascending by component's name and coarse slot: flat, as a night has a million.
  private let requestTimes: [(name: Int32, slot: Int32, bucket: Int32, count: Int)]
  /// Slots of `IncidentPartial.fine` in which components were active, ascending.
  let fineSlots: [Int32]
  /// Slots of `IncidentPartial.coarse` that hold durations or failures, ascending.
  private let coarseSlots: [Int32]

  init(
    grid: ComponentTimeline, settings: IncidentSettings, impacts: ImpactMap, durations: DurationContrast,
    breakers: BreakerLog, onsets: Onsets
  ) {
    self.grid = grid
    self.onsets = onsets
    self.settings = settings
    self.impacts = impacts
    self.breakers = breakers
    self.durations = durations
    records = TellingRecords(grid)
    let told = grid.partial.names.find(BreakerLog.kind)
    requestTimes = grid.partial.durations.cells.map { ($0.a, $0.slot, $0.number, $1.count) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    fineSlots = Set(grid.partial.activity.cells.keys.lazy.map(\.slot)).sorted()
    coarseSlots = Set(requestTimes.lazy.map(\.slot)).union(grid.partial.failureEvidence.cells.keys.lazy.map(\.slot))
      .sorted()
    var signals: [Int32: [(kind: EventKind, subject: String, reading: Reading)]] = [:]
    for (cell, reading) in grid.partial.signals.cells where cell.b != told {
      guard let kind = EventKind(name: grid.partial.names[cell.b]) else { continue }
      signals[cell.a, default: []].append((kind, grid.partial.names[cell.c], reading))
    }
    for key in signals.keys {
      signals[key]?.sort { a, b in
        a.reading.source != b.reading.source
          ? a.reading.source < b.reading.source : (a.kind.name, a.subject) < (b.kind.name, b.subject)
      }
    }
    self.signals = signals
  }

  /// Structural events by component name, in time order.
  private let signals: [Int32: [(kind: EventKind, subject: String, reading: Reading)]]

  func signals(
    _ name: Int32, from: Int64, to: Int64
  ) -> ArraySlice<(kind: EventKind, subject: String, reading: Reading)> {
    guard let all = signals[name] else { return [] }
    let low = all.partitioningIndex { $0.reading.source.time >= from }
    let high = all.partitioningIndex { $0.reading.source.time > to }
    return low < high ? all[low..<high] : []
  }

  private func queueDepth(_ name: Int32, _ group: IncidentBuilder.Group) -> Int64? {
    var deepest: Int64?
    for signal in signals(name, from: group.start - IncidentPartial.coarse, to: group.end)
    where signal.kind == .queueDepth {
      deepest = max(deepest ?? 0, signal.reading.most / 1_000_000)
    }
    return deepest
  }

  /// The breaker's state as events say, else as log lines do, else open where calls to the component failed at once in
  /// numbers.
  private func circuitState(_ component: Int, _ name: Int32, _ group: IncidentBuilder.Group) -> Incident.Circuit {
    let said = signals(name, from: .min, to: group.end).last { $0.kind == .circuitBreaker }
    if let said { return Incident.Circuit(rawValue: said.subject) ?? .unknown }
    if let told = breakers.state(component, from: group.start - IncidentPartial.coarse, to: group.end) {
      return told
    }
    let fast = impacts.fastFailures(to: component, from: group.start, to: group.end)
    return fast >= settings.failuresToOpen ? .open : .unknown
  }

  // MARK: Spread

  /// From the cause outwards along the callers. A link is drawn only where the three conditions of a grounded path hold
  /// (OpenRCA 2.0, 2026): `to` calls `from` in that time; its requests fail because of the cause or are slow beyond their
  /// usual share; and that begins no earlier than the trouble before it, within what an onset is known to. Where requests fail,
  /// failures make the path, call by call: who only waits longer meanwhile is not on it.
  private func chain(
    from first: Int?, affected: [Int], onsets: [Int: Onsets.Onset], _ group: IncidentBuilder.Group,
    _ proofs: (Int) -> [Evidence]
  ) -> [Incident.Link] {
    guard let first else { return [] }
    let minutes = grid.minutes(from: group.start, to: group.end)
    var links: [Incident.Link] = []
    var reached = [first: onsets[first] ?? Onsets.Onset(time: group.start)]
    var frontier = [first]
    while !frontier.isEmpty, links.count < Self.chainBound {
      var next: [Int] = []
      for from in frontier {
        for to in grid.callers[from] + grid.consumers[from]
        where reached[to] == nil && (grid.consumers[from].contains(to) || carries(from, to, group)) {
          let name = grid.partial.names.find(grid.components[to]) ?? 0
          let state = activity(name, group)
          let slow = group.hasFailures ? nil : durations.departure(of: to, in: minutes)
          let hasFailed = affected.contains(to) && state.failures > 0
          guard hasFailed || slow != nil else { continue }
          guard let cause = reached[from] else { continue }
          let onset = onsets[to] ?? self.onsets.slowed(to, after: cause.time, group)
          guard onset.isNoEarlier(than: cause) else { continue }
          reached[to] = onset
          next.append(to)
          let failed = Double(state.failures) / Double(max(state.requests, 1))
          var link = Incident.Link(
            from: grid.name(from), to: grid.name(to), at: max(onset.time, cause.time), requests: state.requests,
            share: hasFailed ? failed : slow?.share ?? 0, usualShare: hasFailed ? 0 : slow?.center ?? 0,
            evidence: Array(proofs(to).prefix(2)))
          // Who was in trouble before is reached on this way when its callee is.
          link.between = onset.time < cause.time ? nil : onset.between
          links.append(link)
        }
      }
      frontier = next
    }
    // Every struck caller also stands behind the others that it calls on the way.
    return links + cross(links, reached, group, from: first)
  }

  /// Further calls among the components of a chain: a caller that reaches the cause on several ways.
  private func cross(
    _ links: [Incident.Link], _ reached: [Int: Onsets.Onset], _ group: IncidentBuilder.Group, from first: Int
  ) -> [Incident.Link] {
    let drawn = Set(links.map { [$0.from, $0.to] })
    let byName = Dictionary(links.map { ($0.to, $0) }) { a, _ in a }
    var more: [Incident.Link] = []
    for to in reached.keys.sorted() where to != first {
      for from in grid.callees[to] where from != to && reached[from] != nil && !grid.reachable(from: from).contains(to)
      {
        guard !drawn.contains([grid.name(from), grid.name(to)]), var link = byName[grid.name(to)],
          let cause = reached[from], reached[to]?.isNoEarlier(than: cause) ?? false, carries(from, to, group)
        else { continue }
        link.from = grid.name(from)
        if link.at < cause.time { (link.at, link.between) = (cause.time, nil) }
        more.append(link)
      }
    }
    return Array(more.prefix(max(0, Self.chainBound - links.count)))
  }

  /// Whether trouble may have gone from a component to its caller: calls of that time show it, or the callee answered none of them
  /// and they left nothing.
  private func carries(_ from: Int, _ to: Int, _ group: IncidentBuilder.Group) -> Bool {
    let (calls, failures) = impacts.calls(from: to, to: from, within: group)
    guard group.hasFailures else { return calls > 0 }
    if failures >= Self.leastFailures { return true }
    // Who answers only some of the calls that are usual leaves the others without a trace.
    let usual = impacts.usualCalls(from: to, to: from, in: grid.minutes(from: group.start, to: group.end).count)
    return Double(calls) < Self.answered * usual
  }

  private func activity(_ name: Int32, _ group: IncidentBuilder.Group) -> Activity {
    var activity = Activity()
    for slot in slots(group, of: fineSlots, IncidentPartial.fine) {
      if let found = grid.partial.activity.cells[CubeKey(a: name, slot: slot)] { activity.merge(found) }
    }
    return activity
  }

  /// Records of a component's failures in some time.
  func failures(of component: Int, in range: ClosedRange<Int64>) -> [Evidence] {
    guard let name = grid.partial.names.find(grid.components[component]) else { return [] }
    var found: [EvidenceSample] = []
    for slot in slots(range, of: coarseSlots, IncidentPartial.coarse) {
      let kept = grid.partial.failureEvidence.cells[CubeKey(a: name, slot: slot)]?.kept ?? []
      found += kept.filter { $0.touches(range) }
      if found.count > 6 { break }
    }
    return found.sorted().prefix(3)
      .map { $0.evidence(grid.partial.names) }
  }

  // MARK: Words

  private func headline(
    _ incident: Incident, _ group: IncidentBuilder.Group, cause: ForeignName, others: [ForeignName],
    _ impact: RequestImpact
  ) -> IncidentHeadline {
    let signs = Set(group.anomalies.map(\.sign))
    switch incident.kind {
    case .latencyRegression:
      return .slowed(
        cause: cause, affected: others, impact, short: incident.rootCauses.first.flatMap { short($0, group) })
    case .retryStorm: return .retried(cause: cause, affected: others, impact)
    case .restartStorm: return .crashed(cause: cause, deaths: deaths(group), affected: others, impact)
    default:
      if signs == [.crashes] { return .crashed(cause: cause, deaths: deaths(group), affected: others, impact) }
      // Nothing that carries no failure is said to have failed.
      if signs.contains(.failures) { return .failed(cause: cause, affected: others, impact) }
      if signs.contains(.silence) { return .silent(cause: cause, affected: others, impact) }
      if signs.contains(.records) { return .recorded(cause: cause, affected: others) }
      if signs.contains(.behaviour) {
        return .departed(cause: cause, affected: others, incident.rootCauses.first?.reasons.first)
      }
      return .failed(cause: cause, affected: others, impact)
    }
  }

  private func deaths(_ group: IncidentBuilder.Group) -> Int {
    group.anomalies.reduce(0) { max($0, $1.crashes) }
  }

  /// What a cause had next to nothing left of, where that is how it is known.
  private func short(_ cause: Incident.RootCause, _ group: IncidentBuilder.Group) -> CauseReason? {
    let isShort = group.anomalies.contains { $0.isSaturated && grid.name($0.component) == cause.component }
    return isShort ? cause.reasons.first(where: \.isOfMetric) : nil
  }

  private func reasoning(
    _ incident: Incident, _ group: IncidentBuilder.Group, first: Int?, affected: [Int]
  ) -> [IncidentReasoning] {
    var lines: [IncidentReasoning] = []
    let beside = group.beside.map { weaker in
      IncidentReasoning.beside(
        components: weaker.components.map { grid.name($0) }, start: weaker.start, end: weaker.end,
        isOutside: weaker.isOutside)
    }
    let told = records.reasoning(from: group.start, to: group.end)
    guard let best = incident.rootCauses.first else {
      return [.noCause] + told + beside
    }
    lines.append(.bestExplains(component: best.component, share: best.share))
    if incident.rootCauses.count > 1 {
      let runner = incident.rootCauses[1]
      lines.append(.alternative(component: runner.component, share: runner.share))
      if best.share < 1.5 * runner.share { lines.append(.closeCall) }
    }
    if let first {
      for callee in grid.callees[first] {
        let name = grid.name(callee)
        // Who stands among the suspects has something against it.
        if !incident.components.contains(where: { $0.id == name }),
          !incident.rootCauses.contains(where: { $0.component == name })
        {
          lines.append(.rejectedCallee(component: name, caller: best.component))
        }
        if lines.count >= 6 { break }
      }
      if !grid.hasSpans[first], !grid.callers[first].isEmpty {
        lines.append(.withoutSpans(component: best.component))
      }
      if group.isOneCall { lines.append(.oneCall) }
      if grid.partial.isTold { lines.append(.toldByLines) }
      if grid.partial.isSideBySide { lines.append(.calledByDurations) }
      if grid.hidesWhatIsBehind(first) { lines.append(.nothingBehind(component: best.component)) }
      lines += Amplification(grid: grid, impacts: impacts).reasoning(
        to: first, among: affected, from: group.start, to: group.end)
      if let outlived = OutlivedTrigger(grid: grid, impacts: impacts).reasoning(to: first, group) {
        lines.append(outlived)
      }
      let fast = impacts.fastFailures(to: first, from: group.start, to: group.end)
      if fast >= settings.failuresToOpen {
        lines.append(.fastFailures(component: best.component, count: fast))
      }
    }
    return lines + told + beside
  }
}

extension CauseReason {
  /// Whether it is what a metric reads.
  var isOfMetric: Bool { if case .metric = self { true } else { false } }
}

extension Impact {
  /// The users' requests that failed because of an incident's causes, where so many roots did: a request of which every attempt is a
  /// root of its own, as in access logs, fails once however many of them fail. Where nothing entered, roots are all that is known.
  func failed(of roots: Double) -> Int {
    let known = Int(exactly: roots.rounded()) ?? 0
    return requests > 0 ? min(known, failed) : known
  }
}

extension RequestImpact {
  /// What an incident cost at the entry points; `failed` of `volume` requests failed because of its causes. The volume is that of whole
  /// minutes: it stands for the number of requests only where nothing entered.
  init(_ impact: Impact, failed: Int, of volume: Double) {
    let all = Int(exactly: volume.rounded()) ?? 0
    self.init(failed: failed, slow: impact.slow, requests: impact.requests > 0 ? impact.requests : all)
  }
}
