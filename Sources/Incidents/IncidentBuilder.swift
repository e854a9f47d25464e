internal import Support
internal import Model

/// Joins anomalies into incidents and says of each what it began with and what broke because of it.
struct IncidentBuilder {
  /// Own requests that must have failed for a component to count as affected.
  private static let struckRequests = 3
  /// The share of a caller's calls of a callee that must fail for what else fails in the caller to wait for that callee.
  private static let waitingShare = 0.1
  /// Standard deviations by which a caller must run another way for it to be affected.
  private static let affectedStrength = 4.0
  /// What a component counts that only the incident as a whole speaks against.
  private static let bystander = 0.8
  /// What the log lines that accuse a component weigh beside onsets and strengths, and the least share of them.
  private static let accusation = 4.0
  private static let leastAccused = 0.05
  /// The share of repeated calls that makes it a retry storm.
  private static let repeatShare = 0.5

  /// The shares of the requests from which an incident is critical, major and minor: with an objective of 99.9 %, five, fifty and 250
  /// times what its budget allows (burn rates as in Beyer et al., *The Site Reliability Workbook*, 2018, chapter 5, where fourteen
  /// times calls somebody and once opens a ticket; incidents here are of minutes, not of hours).
  private static let (criticalShare, majorShare, minorShare) = (0.25, 0.05, 0.005)

  let grid: ComponentTimeline
  let settings: IncidentSettings
  let scorer: SuspectScorer
  let impacts: ImpactMap
  let entries: EntryImpacts
  let records: RecordAnomalies
  let memory: MemoryGrowth
  private let story: IncidentDescription
  private let onsets: Onsets

  init(
    settings: IncidentSettings, scorer: SuspectScorer, impacts: ImpactMap, entries: EntryImpacts,
    records: RecordAnomalies, memory: MemoryGrowth, durations: DurationContrast,
    breakers: BreakerLog
  ) {
    grid = scorer.grid
    self.settings = settings
    self.entries = entries
    self.scorer = scorer
    self.impacts = impacts
    self.records = records
    self.memory = memory
    onsets = Onsets(grid: grid, behaviour: scorer.behaviour, impacts: impacts, durations: durations)
    story = IncidentDescription(
      grid: grid, settings: settings, impacts: impacts, durations: durations, breakers: breakers, onsets: onsets)
  }

  func judged(_ group: Group) -> SuspectScorer.Window {
    scorer.judge(
      grid.minutes(from: group.start, to: group.end), within: group.start...max(group.start, group.end))
  }

  // MARK: Causes

  func incident(_ group: Group) -> Incident {
    let window = judged(group)
    let minutes = window.minutes
    let causes = ranked(group, window)
    let first = causes.first?.component
    var affected = struckComponents(group, window, first: first)
    let volume = impacts.volume(minutes)
    let hit = Double(impacts.rootFailures(group.components, from: group.start, to: group.end))
    let kind = kind(group, affected: affected, first: first)
    var known = onsets.onsets(of: affected, first: first, group, window)
    // What it began with is among its components, or it would begin with nothing.
    if let before = beginning(of: group, before: known) {
      affected = (affected + [before]).sorted()
      known = onsets.onsets(of: affected, first: first, group, window)
    }
    for silence in group.anomalies where silence.sign == .silence {
      guard let last = scorer.lastEvidence(silence.component, before: silence.onset)?.time else { continue }
      known[silence.component]?.goBack(to: last)
    }
    var incident = Incident(
      kind: kind, start: known.values.map(\.time).min() ?? group.start, end: max(group.end, group.start))
    incident.impact = entries.impact(from: group.start, to: group.end)
    incident.common = entries.common(in: minutes)
    incident.severity = severity(group, window, hit: hit, volume: volume)
    let (start, end) = (incident.start, incident.end)
    /// The incident's time as one component has it: what was before it departed proves nothing.
    func since(_ component: Int) -> SuspectScorer.Window {
      window.within(min(known[component]?.earliest ?? start, end)...end)
    }
    incident.rootCauses = causes.map { cause in
      let own = since(cause.component)
      var root = scorer.cause(cause.suspicion, own, total: 0)
      root.score = cause.score
      root.share = cause.share
      if let record = known[cause.component]?.record {
        cite(record.evidence(grid.partial.names), before: &root.evidence)
      }
      if let records = records(of: group) { addSigns(&root, cause.component, records, group) }
      addEpisodes(&root, cause.component, group)
      if root.evidence.isEmpty { root.evidence = scorer.anyEvidence(cause.component, own) }
      prove(&root, in: own.range)
      return root
    }
    let shown = Dictionary(incident.rootCauses.map { ($0.component, $0.evidence) }) { a, _ in a }
    let failing = Set(group.anomalies.lazy.filter { $0.sign == .failures }.map(\.component))
    func proofs(_ component: Int) -> [Evidence] {
      let own = since(component)
      var found = story.failures(of: component, in: own.range)
      // Of one that others saw fail, their records are the first.
      if failing.contains(component) { found += scorer.blameEvidence(component, own) }
      if found.isEmpty, let record = known[component]?.record {
        return [record.evidence(grid.partial.names)]
      }
      if found.isEmpty { found = records(of: group)?.evidence(of: component, in: own.range) ?? [] }
      if found.isEmpty { found = shown[grid.name(component)] ?? [] }
      if found.isEmpty { found = scorer.anyEvidence(component, own) }
      return Array(found.sorted { ($0.time ?? .min, $0) < ($1.time ?? .min, $1) }.prefix(3))
    }
    let proven = Dictionary(uniqueKeysWithValues: affected.map { ($0, proofs($0)) })
    // Nothing is known better than by the first record that is shown for it.
    for component in affected {
      let cited = (proven[component] ?? []) + (component == first ? incident.rootCauses.first?.evidence ?? [] : [])
      guard let earliest = cited.compactMap(\.time).min() else { continue }
      known[component]?.reach(min(earliest, end))
    }
    story.tell(&incident, group, first: first, affected: affected, onsets: known, hit: hit, volume: volume) {
      proven[$0] ?? proofs($0)
    }
    return incident
  }

  /// The component of an anomaly that came clearly before every onset that is known.
  private func beginning(of group: Group, before known: [Int: Onsets.Onset]) -> Int? {
    guard let first = known.values.map(\.earliest).min(),
      let anomaly = group.anomalies.min(by: { ($0.onset, $0.component) < ($1.onset, $1.component) }),
      known[anomaly.component] == nil, anomaly.onset.addingSaturated(IncidentPartial.coarse) < first
    else { return nil }
    return anomaly.component
  }

  struct Cause {
    var component: Int
    var suspicion: SuspectScorer.Suspicion
    var score: Double
    var share: Double
  }

  /// The components of the incident by their share of what it explains, then others that the window speaks against.
  private func ranked(_ group: Group, _ window: SuspectScorer.Window) -> [Cause] {
    var weight: [Int: Double] = [:]
    func of(_ sign: Anomaly.Sign) -> [Anomaly] { group.anomalies.filter { $0.sign == sign } }
    let failures = of(.failures)
    let slow = group.anomalies.filter { $0.sign == .slowCode || $0.sign == .slowNetwork }
    let (recorded, behaviour, silent) = (of(.records), of(.behaviour), of(.silence))
    let suspicion = Dictionary(window.suspicions.map { ($0.component, $0) }) { a, _ in a }
    if !failures.isEmpty {
      let total = max(failures.reduce(0) { $0 + $1.failures }, 1)
      for anomaly in failures { weight[anomaly.component, default: 0] += anomaly.failures / total }
      // A callee that failed no later explains its caller's failures in part.
      for callee in failures {
        for caller in failures where caller.component != callee.component && leads(caller.component, callee.component) {
          guard callee.onset <= caller.onset + IncidentPartial.fine else { continue }
          // Who waits for a connection of a pool, or behind others that wait, has no span to show for it.
          let share = impacts.failureShare(
            from: caller.component, to: callee.component, start: group.start, end: group.end)
          let isFed = grid.isFed(caller.component, by: callee.component)
          let moved = share >= Self.waitingShare || isFed ? 0.7 : 0
          let cause = isFed ? source(of: callee, failures) : callee.component
          weight[cause, default: 0] += (0.3 + moved) * caller.failures / total
          weight[caller.component, default: 0] -= moved * caller.failures / total
        }
      }
      // Callers' failures over a callee that grew slow first are the callee's, in part.
      for anomaly in slow {
        for caller in failures where leads(caller.component, anomaly.component) {
          let isLater = anomaly.onset > caller.onset + IncidentPartial.coarse
          if isLater || caller.component == anomaly.component { continue }
          weight[anomaly.component, default: 0] += 0.5 * caller.failures / total
        }
      }
    } else if !silent.isEmpty {
      for anomaly in silent { weight[anomaly.component, default: 0] += anomaly.missing }
    } else if !slow.isEmpty || !behaviour.isEmpty {
      // What the incident's whole time says, as a window of it would be judged; who shows nothing by itself minute by
      // minute counts less.
      let members = Set(group.components)
      let known = window.suspicions.filter { members.contains($0.component) || isAround($0.component, group) }
      let total = known.reduce(0) { $0 + $1.score }
      for one in known where members.contains(one.component) || one.score >= SuspectScorer.threshold {
        weight[one.component] = one.score * (members.contains(one.component) ? 1 : Self.bystander) / max(total, 1e-9)
      }
      weighTraced(slow, members, &weight)
    }
    // More calls are why their caller is slow, and slow calls are often slow because they are many.
    for anomaly in group.anomalies where anomaly.sign == .moreCalls && failures.isEmpty {
      weight[anomaly.component, default: 0] += 1
    }
    // Who dies again and again is why its callers wait and fail, and of one call no share says anything.
    for one in group.anomalies where one.sign == .crashes || one.isOneCall { weight[one.component, default: 0] += 1 }
    if !recorded.isEmpty { weighRecords(recorded, group, &weight) }
    var causes = weight.map { component, value in
      Cause(
        component: component, suspicion: suspicion[component] ?? SuspectScorer.Suspicion(component: component),
        score: 100 * value, share: 0)
    }
    let known = Set(causes.map(\.component))
    let heaviest = window.suspicions.first?.score ?? 1
    for other in window.suspicions.prefix(6) where !known.contains(other.component) {
      guard other.score >= SuspectScorer.threshold, isAround(other.component, group) else { continue }
      causes.append(
        Cause(component: other.component, suspicion: other, score: 5 * other.score / max(heaviest, 1), share: 0))
    }
    causes.sort { $0.score != $1.score ? $0.score > $1.score : $0.component < $1.component }
    let total = causes.reduce(0) { $0 + $1.score }
    for index in causes.indices { causes[index].share = total > 0 ? causes[index].score / total : 0 }
    return Array(causes.prefix(8))
  }

  /// Slowness that was told apart request by request is whose it is; every member has a weight.
  private func weighTraced(_ slow: [Anomaly], _ members: Set<Int>, _ weight: inout [Int: Double]) {
    for component in members where weight[component] == nil { weight[component] = 0 }
    for anomaly in slow where anomaly.isTraced { weight[anomaly.component, default: 0] += 1 }
  }

  /// What a sender's own failures are explained by: the one of those that it calls, failed no later and failed most, else itself.
  private func source(of sender: Anomaly, _ failures: [Anomaly]) -> Int {
    let below = failures.filter {
      $0.component != sender.component && $0.onset <= sender.onset + IncidentPartial.fine
        && grid.callees[sender.component].contains($0.component)
    }
    return below.max { ($0.failures, $1.component) < ($1.failures, $0.component) }?.component ?? sender.component
  }

  /// Whether a component is in the incident or next to it in the call graph.
  private func isAround(_ component: Int, _ group: Group) -> Bool {
    let members = group.components
    return members.contains(component)
      || members.contains { grid.callees[$0].contains(component) || grid.callers[$0].contains(component) }
  }

  /// What log lines and metrics tell of a group that they made. Of one that requests made, failures and blame tell the same lines already.
  private func records(of group: Group) -> RecordAnomalies? {
    grid.isSparse || group.anomalies.contains { $0.sign == .records } ? records : nil
  }

  /// Log lines and metrics: the earliest onset counts most; who blames another in its log, or has no requests of its
  /// own, counts less; what the few requests say counts on top.
  private func weighRecords(_ recorded: [Anomaly], _ group: Group, _ weight: inout [Int: Double]) {
    let mentions = records.mentions.mentions(within: group.start...group.end)
    let anySpans = recorded.contains { grid.hasSpans[$0.component] }
    for anomaly in recorded {
      let delay = Double(anomaly.onset - group.start) / 60e6
      var value = anomaly.strength / 50 + 1 / (1 + delay / 5)
      let blames = mentions[anomaly.component]?.keys.contains { other in recorded.contains { $0.component == other } }
      if blames ?? false { value *= 0.4 }
      let blamers = recorded.count {
        $0.component != anomaly.component && mentions[$0.component]?[anomaly.component] != nil
      }
      value *= 1 + 0.2 * Double(min(blamers, 3))
      if anySpans, !grid.hasSpans[anomaly.component] { value *= 0.3 }
      weight[anomaly.component, default: 0] += value
    }
    let accused = records.mentions.blame(within: group.start...group.end, by: Set(recorded.map(\.component)))
    for (component, share) in accused where share >= Self.leastAccused {
      weight[component, default: 0] += Self.accusation * share
    }
    let blamed = impacts.blamed(from: group.start - 600_000_000, to: group.end + 600_000_000)
    let total = blamed.values.reduce(0, +)
    for (component, count) in blamed where total > 0 && grid.hasSpans[component] {
      guard weight[component] != nil else { continue }
      weight[component, default: 0] += 2 * count / total
    }
  }

  // MARK: What it affected

  private func struckComponents(_ group: Group, _ window: SuspectScorer.Window, first: Int?) -> [Int] {
    var affected = Set(first.map { [$0] } ?? [])
    let isRecorded = group.anomalies.contains { $0.sign == .records }
    let least = isRecorded ? 1 : Self.struckRequests
    let counts = impacts.affected(by: group.components, from: group.start, to: group.end)
    for (component, count) in counts where count >= least { affected.insert(component) }
    let hasFailed = group.hasFailures
    for anomaly in group.anomalies {
      switch anomaly.sign {
      // Where requests fail, who only grew slow or ran another way was not struck: it held out.
      case .crashes: affected.insert(anomaly.component)
      case .moreCalls: if !hasFailed, let way = anomaly.way { affected.formUnion([anomaly.component, way.caller]) }
      case .behaviour, .slowCode, .silence: if !hasFailed { affected.insert(anomaly.component) }
      case .records: if isStruck(anomaly.component, group) { affected.insert(anomaly.component) }
      case .failures, .slowNetwork: break
      }
    }
    if let first, group.anomalies.contains(where: { $0.sign == .behaviour }) {
      for suspicion in window.suspicions where suspicion.behaviour.strength >= Self.affectedStrength {
        if grid.reachable(from: suspicion.component).contains(first) { affected.insert(suspicion.component) }
      }
    }
    return affected.sorted()
  }

  /// Whether a component that only log lines and metrics tell of was affected, and is not the ground that others stand
  /// on (a node, a resolver, a neighbour): it serves requests, or its log blames one that does, or its queue grew.
  private func isStruck(_ component: Int, _ group: Group) -> Bool {
    if grid.hasSpans[component] || !anySpans(group) { return true }
    if records.growingQueues.contains(component) { return true }
    let blamed = records.mentions.mentions(within: group.start...group.end)[component] ?? [:]
    return blamed.keys.contains { grid.hasSpans[$0] && group.components.contains($0) }
  }

  private func anySpans(_ group: Group) -> Bool { group.components.contains { grid.hasSpans[$0] } }

  private func kind(_ group: Group, affected: [Int], first: Int?) -> Incident.Kind {
    let signs = Set(group.anomalies.map(\.sign))
    if signs == [.crashes] {
      return group.anomalies.contains { $0.crashes >= CrashAnomalies.restarts } ? .restartStorm : .errorBurst
    }
    if signs.isSubset(of: [.slowCode, .slowNetwork, .moreCalls]) { return .latencyRegression }
    // More calls are another way of running, and say more of it.
    if signs.contains(.moreCalls), signs.isSubset(of: [.slowCode, .slowNetwork, .moreCalls, .behaviour]) {
      return .latencyRegression
    }
    if let first {
      if impacts.deaths(of: first, from: group.start - 30_000_000, to: group.end).count >= CrashAnomalies.restarts {
        return .restartStorm
      }
      let (calls, repeats) = impacts.repeats(to: first, from: group.start, to: group.end)
      let usual = impacts.usualRepeatShare(to: first)
      if calls >= 10, repeats >= Self.repeatShare * calls, repeats >= 3 * usual * calls { return .retryStorm }
    }
    return affected.count > 1 ? .cascade : .errorBurst
  }

  func severity(
    _ group: Group, _ window: SuspectScorer.Window, hit: Double, volume: Double
  ) -> Incident.Severity {
    let signs = Set(group.anomalies.map(\.sign))
    if signs.contains(.failures) {
      let share = volume > 0 ? hit / volume : 0
      if share >= Self.criticalShare { return .critical }
      if share >= Self.majorShare { return .major }
      return share >= Self.minorShare ? .minor : .info
    }
    if signs.contains(.records) { return group.components.count > 1 ? .critical : .major }
    if signs.contains(.silence) { return .major }
    if group.isOneCall { return .info }
    // Nothing failed: the requests that ran another way, of all in that time, or the time that was added to them.
    let members = window.suspicions.filter { one in group.anomalies.contains { $0.component == one.component } }
    let departed = members.reduce(0) { max($0, requestsDeparted($1, window)) } / max(volume, 1)
    let added = members.reduce(0) { max($0, $1.delay?.extraTime ?? 0) }
    let slowed = added / max(impacts.entryTime(window.minutes) - added, 1)
    // What was cut short counts one grade less than what failed: nobody says that it failed.
    if signs.contains(.behaviour), departed >= Self.criticalShare { return .major }
    if slowed >= 0.1 { return .major }
    // Who has nothing left of a resource is in trouble however few requests it serves.
    if group.anomalies.contains(where: \.isSaturated) { return .minor }
    return signs.contains(.behaviour) && departed >= Self.majorShare || slowed >= 0.01 ? .minor : .info
  }

  /// The requests in which a component ran another way: at most as many as spans did, and as reached it and did so.
  private func requestsDeparted(_ one: SuspectScorer.Suspicion, _ window: SuspectScorer.Window) -> Double {
    min(one.behaviour.departed, one.behaviour.excess * grid.requests(one.component, window.minutes))
  }
}
