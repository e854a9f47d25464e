// The room Incidents: what failed or slowed down together, in which order, and what it probably began with.
// It never claims a cause without evidence that can be followed to its record, and never reads a test report.

package import Model

/// What the cascade analysis says of a night.
package struct IncidentFindings: Sendable {
  package var incidents: [Incident] = []
  /// In the order the windows were given.
  package var windows: [WindowRanking] = []
  /// Components with spans of their own, by name.
  package var components: [NightReport.Component] = []
  /// The same over time.
  package var curves: [ComponentCurve] = []
  package var requests = 0
  package var failures = 0
  package var openCircuitBreakers: [ForeignName] = []
  /// Requests at the entry points, of the whole night.
  package var impact = Impact()
  /// What the night spent of error budgets, in the order of the objectives.
  package var budgets: [ErrorBudget] = []
  /// Minutes whose requests are there and whose log records are not, microseconds: nothing was judged by those.
  package var logHoles: [Int64] = []
  /// Stretches without a record of components that are never silent.
  package var silentTimes: [SilentTime] = []
  /// Errors that came all night: what they are no more often than usual is no incident.
  package var complaints: [UsualComplaint] = []
  /// What the night leaves to later ones.
  package var profile = IncidentProfile()

  package init() {}
}

/// The conclude side: from the merged partial to incidents, suspects and the components' figures.
///
/// - Complexity: linear in the partial's cells and in components × slots.
package enum IncidentAnalysis {
  /// The findings of a night.
  ///
  /// - Parameters:
  ///   - partial: of the whole night.
  ///   - settings: the `reflex:` section.
  ///   - windows: time ranges, microseconds, whose suspects are to be ranked.
  ///   - earlier: what was usual in earlier nights, where there are any.
  ///   - objectives: whose error budgets are asked about.
  /// - Returns: the findings, the same for equal arguments.
  package static func conclude(
    _ partial: consuming IncidentPartial, settings: IncidentSettings, windows: [Range<Int64>] = [],
    earlier: IncidentProfile? = nil, objectives: [Objective] = []
  ) -> IncidentFindings {
    // Where nobody else holds the partial, its cells are put in order where they stand: a night is not held twice.
    let book = AddressBook(copy partial)
    let told = ToldBlame.resolved(book.resolved(partial), settings: settings)
    let grid = ComponentTimeline(
      SideBySide.resolved(told.canonical(), settings.constants), settings: settings)
    var findings = IncidentFindings()
    // Lines tell of some requests, and not of how many there were.
    findings.components = grid.partial.isTold ? [] : components(grid)
    findings.curves = grid.partial.isTold ? [] : ComponentCurves(grid).curves
    for (cell, activity) in grid.partial.visits.cells where cell.a == 0 && !grid.partial.isTold {
      findings.requests += activity.requests
      findings.failures += activity.failures
    }
    guard !grid.minutes.isEmpty else { return findings }
    let scorer = SuspectScorer(grid, earlier: earlier)
    findings.logHoles = scorer.behaviour.holes.sorted().map {
      IncidentPartial.start(grid.minutes[$0], IncidentPartial.coarse)
    }
    findings.silentTimes = SilentTimes.find(grid)
    findings.complaints = scorer.behaviour.complaints?.findings ?? []
    findings.windows = windows.map { scorer.ranking($0) }
    let failures = FailureAnomalies(grid, earlier: earlier, settings: settings)
    let slowness = LatencyAnomalies(
      grid, scorer.latency, scorer.metrics,
      earlier: scorer.earlier.flatMap { latency in earlier.map { (latency, $0) } }, settings: settings)
    let breakers = BreakerLog(grid)
    let entries = EntryImpacts(grid)
    findings.impact = entries.impact(from: grid.partial.first, to: grid.partial.last)
    findings.incidents = incidents(
      scorer, Detectors(failures: failures, slowness: slowness), entries, breakers: breakers, settings: settings)
    findings.openCircuitBreakers = openBreakers(grid, breakers)
    findings.budgets = objectives.compactMap { objective in
      let (slots, length) = grid.slots(objective)
      guard !slots.isEmpty else { return nil }
      var budget = ErrorBudget(objective, slots, length: grid.partial.last &- grid.partial.first)
      budget.take(findings.incidents, slots, slotLength: length)
      return budget
    }
    findings.profile.limits = scorer.latency.limits
    findings.profile.pace = slowness.pace
    findings.profile.failures = failures.rates
    return findings
  }

  /// What looks for anomalies and leaves something to later nights.
  private struct Detectors {
    var failures: FailureAnomalies
    var slowness: LatencyAnomalies
  }

  private static func incidents(
    _ scorer: SuspectScorer, _ detectors: Detectors, _ entries: EntryImpacts, breakers: BreakerLog,
    settings: IncidentSettings
  ) -> [Incident] {
    let grid = scorer.grid
    let impacts = ImpactMap(grid)
    let durations = DurationContrast(grid)
    var anomalies: [Anomaly] = []
    let records = RecordAnomalies(grid, settings: settings)
    if grid.isSparse {
      anomalies += records.anomalies
      if anomalies.isEmpty { anomalies += detectors.failures.find() }
    } else {
      anomalies += detectors.failures.find()
      anomalies += SlowSpectrum.moved(detectors.slowness.find(), grid)
      if grid.partial.blame.cells.isEmpty {
        anomalies += BehaviourAnomalies(grid: grid, scorer: scorer, settings: settings).find(beside: anomalies)
      }
      // Lines tell of calls that failed, and of no others.
      if !grid.partial.isTold {
        anomalies += CallCountAnomalies(
          grid: grid, behaviour: scorer.behaviour, durations: durations, settings: settings
        ).find()
      }
      // Last: whoever is not called because its callers run another way is no cause.
      anomalies += silent(SilenceAnomalies(grid: grid).find(), beside: anomalies, grid)
      if grid.partial.isTold || grid.partial.isSideBySide { anomalies += LineLack(grid).find(beside: anomalies) }
      if !grid.partial.isTold, !grid.partial.isSideBySide {
        anomalies = ExtremeCalls(grid: grid, latency: scorer.latency, entries: entries, settings: settings)
          .joined(to: anomalies)
      }
      anomalies += records.standing(beside: anomalies)
    }
    let memory = MemoryGrowth(grid, impacts)
    anomalies += CrashAnomalies(memory: memory, impacts: impacts, settings: settings).find()
    let builder = IncidentBuilder(
      settings: settings, scorer: scorer, impacts: impacts, entries: entries, records: records, memory: memory,
      durations: durations, breakers: breakers)
    let incidents = builder.standing(builder.groups(anomalies)).map { builder.incident($0) }
    return incidents.sorted { a, b in
      if a.start != b.start { return a.start < b.start }
      return (a.kind.rawValue, a.id) < (b.kind.rawValue, b.id)
    }
  }

  /// The silences that nothing else explains: a component that is not called because its callers fail or wait is no cause.
  private static func silent(
    _ silences: [Anomaly], beside others: [Anomaly], _ grid: ComponentTimeline
  ) -> [Anomaly] {
    silences.filter { silence in
      !others.contains { other in
        other.onset <= silence.end && other.end >= silence.onset
          && (other.component == silence.component
            || grid.reachable(from: other.component).contains(silence.component))
      }
    }
  }

  /// Components whose breaker was last said to be open, by events or by log lines.
  private static func openBreakers(_ grid: ComponentTimeline, _ breakers: BreakerLog) -> [ForeignName] {
    var last: [Int: (source: EvidenceSample, state: String)] = [:]
    for (cell, reading) in grid.partial.signals.cells
    where grid.partial.names[cell.b] == EventKind.circuitBreaker.name {
      guard let component = grid.component(cell.a) else { continue }
      if let known = last[component], !(known.source < reading.source) { continue }
      last[component] = (reading.source, grid.partial.names[cell.c])
    }
    let told = breakers.open.filter { last[$0] == nil }
    let open = last.filter { $0.value.state == Incident.Circuit.open.rawValue }.keys + told
    return open.sorted().map { ForeignName(grid.components[$0]) }
  }

  private static func components(_ grid: ComponentTimeline) -> [NightReport.Component] {
    var requests = [Activity](repeating: Activity(), count: grid.components.count)
    for (cell, activity) in grid.partial.activity.cells {
      if let component = grid.component(cell.a) { requests[component].merge(activity) }
    }
    var calls = [[Int: (count: Int, failures: Int)]](repeating: [:], count: grid.components.count)
    for (cell, edge) in grid.partial.edges.cells {
      guard let from = grid.component(cell.a), let to = grid.component(cell.b) else { continue }
      calls[from][to, default: (0, 0)].count += edge.calls
      calls[from][to, default: (0, 0)].failures += edge.failures
    }
    return grid.components.indices.filter { grid.hasSpans[$0] }.map { index in
      let name = grid.partial.names.find(grid.components[index]) ?? 0
      return NightReport.Component(
        id: ForeignName(grid.components[index]), requests: requests[index].requests, failures: requests[index].failures,
        latency: grid.partial.latency[name].flatMap { LatencySummary($0) },
        calls: calls[index].sorted { $0.key < $1.key }.map { callee, count in
          NightReport.Call(to: ForeignName(grid.components[callee]), count: count.count, failures: count.failures)
        })
    }
  }
}
