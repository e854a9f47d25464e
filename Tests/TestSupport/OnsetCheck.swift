package import Model

/// What the records cited of an incident deny: every component began no later than the first record that is cited for it, within what its
/// onset is told to be known to, and none of them is over before it or begins behind the incident's end.
package func deniedOnsets(of incident: Incident) -> [String] {
  var denied: [String] = []
  if incident.start != incident.components.map(\.onset).min() ?? incident.start {
    denied.append("no component begins it")
  }
  if incident.timeline.map(\.at) != incident.timeline.map(\.at).sorted() {
    denied.append("its timeline is out of order")
  }
  for state in incident.components {
    let earliest = state.onsetBetween?.lowerBound ?? state.onset
    let latest = state.onsetBetween?.upperBound ?? state.onset
    if !(earliest...latest).contains(state.onset) { denied.append("\(state.id) began outside of its own time") }
    let own = incident.timeline.first { $0.component == state.id && $0.at == state.onset }?.evidence
    let causes = incident.rootCauses.prefix(1).filter { $0.component == state.id }.flatMap(\.evidence)
    let links = incident.causalChain.filter { $0.to == state.id }.flatMap(\.evidence)
    let cited = [own].compactMap { $0 } + causes + links
    for one in cited where !one.touches(earliest...max(earliest, incident.end)) {
      denied.append("\(state.id) began at \(state.onset), and \(one) is cited")
    }
    if let first = cited.compactMap(\.time).min(), first > latest {
      denied.append("\(state.id) began at \(state.onset), and the first record cited is of \(first)")
    }
  }
  return denied
}
