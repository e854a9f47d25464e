// What happened in an incident, by time.

internal import Model
internal import Support

extension IncidentDescription {
  func timeline(
    _ incident: Incident, _ group: IncidentBuilder.Group, onsets: [Int: Onsets.Onset], _ proofs: (Int) -> [Evidence]
  ) -> [Incident.Moment] {
    var moments: [Incident.Moment] = []
    for (component, onset) in onsets.sorted(by: { $0.key < $1.key }) {
      let name = grid.name(component)
      let state = incident.components.first { $0.id == name }
      let event: IncidentEvent =
        state.flatMap { $0.failures > 0 ? .failing(failures: $0.failures, requests: $0.requests) : nil }
        ?? .departs(beginning(of: component, onset.sign, group))
      moments.append(
        Incident.Moment(
          at: onset.time, between: onset.between, component: name, event, evidence: proofs(component).first))
      for line in breakers.changes(component, from: group.start - IncidentPartial.coarse, to: group.end) {
        moments.append(
          Incident.Moment(
            at: line.time, component: name,
            .breaker(state: line.state, writer: grid.name(line.writer)),
            evidence: line.sighting.evidence(grid.partial.names)))
      }
      let own = grid.partial.names.find(grid.components[component]) ?? -1
      for signal in signals(own, from: group.start - IncidentPartial.coarse, to: group.end)
      where signal.kind != .heartbeat {
        let quote = RecordQuote(message: ForeignText(signal.subject.isEmpty ? signal.kind.name : signal.subject))
        moments.append(
          Incident.Moment(
            at: signal.reading.source.time, component: name,
            .signal(signal.kind, subject: ForeignName(signal.subject)),
            evidence: signal.reading.source.evidence(grid.partial.names, quote: quote)))
      }
    }
    moments.append(
      Incident.Moment(at: incident.end, component: incident.rootCauses.first?.component ?? "", .lastEvidence))
    // What happened at once stands by component, then in the order in which it was gathered.
    let ordered = moments.enumerated().sorted { a, b in
      (a.element.at, a.element.component, a.offset) < (b.element.at, b.element.component, b.offset)
    }
    return ordered.prefix(40).map(\.element)
  }

  /// What a component's first sign says of it.
  private func beginning(
    of component: Int, _ sign: Anomaly.Sign, _ group: IncidentBuilder.Group
  ) -> IncidentBeginning {
    let own = group.anomalies.filter { $0.component == component && $0.sign == sign }
    switch sign {
    case .behaviour: return .otherWay
    case .slowCode, .slowNetwork:
      if own.contains(where: \.isSaturated) { return .shortOfResource }
      return sign == .slowCode ? .slowCode : .slowWay
    case .silence: return .silence
    case .crashes: return .death
    case .moreCalls: return own.isEmpty ? .callsMore : .calledMore
    case .records: return .records
    case .failures: return .failures
    }
  }
}
