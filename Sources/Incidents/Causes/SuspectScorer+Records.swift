// The records that speak against a component.

internal import Model
internal import Support

extension SuspectScorer {
  /// Records of failures that speak against a component.
  func blameEvidence(_ component: Int, _ window: Window) -> [Evidence] {
    told(window.minutes.flatMap { blamed[CubeKey(a: Int32(component), slot: grid.minutes[$0])] ?? [] }, 3, window) {
      Quote.of($0, grid.partial.names)
    }
  }

  func slowEvidence(_ component: Int, _ window: Window) -> [Evidence] {
    guard let name = grid.partial.names.find(grid.components[component]) else { return [] }
    var found: [EvidenceSample] = []
    for minute in window.minutes {
      found += grid.partial.slowEvidence.cells[CubeKey(a: name, slot: grid.minutes[minute])]?.kept ?? []
    }
    return told(found, 2, window) { Quote.ownTime($0, grid.partial.names) }
  }

  private func told(
    _ samples: [EvidenceSample], _ most: Int, _ window: Window, _ quote: (EvidenceSample) -> RecordQuote
  ) -> [Evidence] {
    samples.filter { $0.touches(window.range) }.sorted().prefix(most)
      .map { $0.evidence(grid.partial.names, quote: quote($0)) }
  }

  /// The last record that is kept of a component before a time: what there is to show of one that fell silent. At most so many
  /// minutes before.
  func lastEvidence(_ component: Int, before time: Int64) -> Evidence? {
    guard let name = grid.partial.names.find(grid.components[component]) else { return nil }
    let last = IncidentPartial.slot(time, IncidentPartial.coarse)
    for slot in stride(from: last, through: last - Self.lookedBack, by: -1) {
      let kept = grid.partial.slowEvidence.cells[CubeKey(a: name, slot: slot)]?.kept ?? []
      let latest = kept.filter { $0.time < time }.max { ($0.time, $1.rank) < ($1.time, $0.rank) }
      if let latest { return latest.evidence(grid.partial.names, quote: Quote.ownTime(latest, grid.partial.names)) }
    }
    return nil
  }

  /// Minutes.
  private static let lookedBack: Int32 = 60

  /// Records of a component in a window that say what is unusual of it: of failures that it is blamed for, else of its slowest
  /// requests, else of what its metrics read.
  func tellingEvidence(_ component: Int, _ window: Window) -> [Evidence] {
    let blamed = blameEvidence(component, window)
    if !blamed.isEmpty { return blamed }
    let slow = slowEvidence(component, window)
    if !slow.isEmpty { return slow }
    return window.metrics[component].prefix(1).map { metrics.evidence($0) }.filter { $0.touches(window.range) }
  }

  /// Records of a component in a window, whatever they say: where none tells, its longest spans or those that asked it.
  func anyEvidence(_ component: Int, _ window: Window) -> [Evidence] {
    let telling = tellingEvidence(component, window)
    guard telling.isEmpty else { return telling }
    return behaviour.spans(of: component, in: window.minutes).filter { $0.touches(window.range) }
      .sorted { ($1.duration, $0) < ($0.duration, $1) }.prefix(2)
      .map { $0.evidence(grid.partial.names) }
  }
}
