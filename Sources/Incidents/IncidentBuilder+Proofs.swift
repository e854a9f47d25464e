// What is shown for the causes of an incident.

internal import Model
internal import Support

extension IncidentBuilder {
  /// Puts a piece of evidence in front of the others.
  func cite(_ first: Evidence, before others: inout [Evidence]) {
    others = [first] + others.filter { $0 != first }
  }

  /// Takes what was over before a cause departed out of what is cited for it, whichever way it was found: it proves nothing.
  func prove(_ root: inout Incident.RootCause, in own: ClosedRange<Int64>) {
    let kept = root.evidence.filter { $0.touches(own) }
    if !kept.isEmpty { root.evidence = kept }
  }

  func addSigns(
    _ root: inout Incident.RootCause, _ component: Int, _ records: RecordAnomalies, _ group: Group
  ) {
    for sign in (records.signs[component] ?? []).prefix(4) where sign.time >= group.start && sign.time <= group.end {
      root.reasons.append(sign.reason)
      root.evidence.append(sign.evidence)
    }
    let accused = records.mentions.accusations(of: component, within: group.start...max(group.start, group.end))
    guard accused.lines > 0 else { return }
    root.reasons.append(.accused(lines: accused.lines, by: accused.writers.map { grid.name($0) }))
    let names = grid.partial.names
    root.evidence += accused.examples.prefix(3).map { $0.evidence(names) }
  }

  func addEpisodes(_ root: inout Incident.RootCause, _ component: Int, _ group: Group) {
    for anomaly in group.anomalies where anomaly.component == component {
      let reason: CauseReason
      switch anomaly.sign {
      case .failures: reason = .moreFailures(count: Int(anomaly.failures.rounded()))
      case .slowCode, .slowNetwork:
        guard let now = Int64(checked: anomaly.time), let usual = Int64(checked: anomaly.usualTime) else { continue }
        reason = anomaly.sign == .slowCode ? .slowCode(now: now, usual: usual) : .slowNetwork(now: now, usual: usual)
      case .silence:
        reason = .silence(
          requests: Int(exactly: anomaly.came.rounded()) ?? 0,
          usual: Int(exactly: (anomaly.came + anomaly.missing).rounded()) ?? .max)
        // There is no record of a silence but the last one before it.
        if let last = scorer.lastEvidence(component, before: anomaly.onset) { root.evidence.insert(last, at: 0) }
      case .crashes:
        reason = .crashes(count: anomaly.crashes)
        root.evidence.insert(contentsOf: crashEvidence(component, group), at: 0)
        if let growth = anomaly.growth {
          root.reasons.insert(memory.reason(growth), at: 0)
          root.evidence.insert(memory.evidence(growth), at: 0)
        }
      case .moreCalls:
        guard let way = anomaly.way else { continue }
        reason = .moreCalls(
          from: grid.name(way.caller), to: grid.name(way.callee), now: anomaly.time, usual: anomaly.usualTime)
      case .behaviour, .records: continue
      }
      if !root.reasons.contains(reason) { root.reasons.insert(reason, at: 0) }
      // Who has nothing left of a resource is slow for that, whatever part of its time shows it.
      if anomaly.isSaturated, let short = root.reasons.firstIndex(where: \.isOfMetric) {
        root.reasons.insert(root.reasons.remove(at: short), at: 0)
      }
    }
  }

  private func crashEvidence(_ component: Int, _ group: Group) -> [Evidence] {
    impacts.deaths(of: component, from: group.start, to: group.end).prefix(3).map {
      $0.evidence(grid.partial.names)
    }
  }
}
