internal import Model

/// Ranks the components of a time window by what speaks against them: failed requests, behaviour, own time, network
/// edges, metrics. Every kind of evidence is a distance from the component's own usual state in standard deviations;
/// the strongest kind counts in full, the others as support.
struct SuspectScorer {
  /// What the weaker kinds of evidence add.
  private static let support = 0.2
  /// Below this many standard deviations nothing is a suspicion.
  static let threshold = 3.0
  /// Suspects listed per window, and records per suspect.
  private static let listed = 30
  private static let records = 4

  let grid: ComponentTimeline
  let behaviour: BehaviourContrast
  let latency: LatencyContrast
  /// The same against earlier nights, where there are any.
  let earlier: LatencyContrast?
  let metrics: MetricContrast
  let votes: BlameVotes
  /// Records of failures by the component that they speak against and by minute.
  private let blamed: [CubeKey: [EvidenceSample]]

  /// What speaks against one component in one window.
  struct Suspicion {
    var component: Int
    var score = 0.0
    var votes = BlameVotes.Vote()
    var behaviour = 0.0
    var ownTime = ShareContrast()
    var network = 0.0
    var metrics = 0.0
  }

  /// The evidence of one window, for descriptions.
  struct Window {
    var minutes: [Int]
    var suspicions: [Suspicion]
    var departures: [[BehaviourContrast.Departure]]
    var edges: [LatencyContrast.Edge]
    var metrics: [[MetricContrast.Departure]]
  }

  init(_ grid: ComponentTimeline, earlier profile: IncidentProfile? = nil) {
    self.grid = grid
    behaviour = BehaviourContrast(grid)
    latency = LatencyContrast(grid)
    earlier = profile.map { LatencyContrast(grid, earlier: $0) }
    metrics = MetricContrast(grid)
    votes = BlameVotes(grid)
    var blamed: [CubeKey: [EvidenceSample]] = [:]
    for (cell, sightings) in grid.partial.blameEvidence.cells {
      guard let culprit = grid.culprit(cell, IncidentPartial.coarse) else { continue }
      blamed[CubeKey(a: Int32(culprit), slot: cell.slot), default: []] += sightings.kept
    }
    self.blamed = blamed
  }

  /// The suspicions of a window, best first; equal scores in name order.
  func judge(_ minutes: [Int]) -> Window {
    let (behaviourWeights, departures) = behaviour.departures(in: minutes)
    var ownTime = latency.ownTime(in: minutes)
    var edges = latency.edges(in: minutes)
    if let earlier {
      for (component, contrast) in earlier.ownTime(in: minutes).enumerated() where contrast.z > ownTime[component].z {
        ownTime[component] = contrast
      }
      let old = Dictionary(
        earlier.edges(in: minutes).map { (CubeKey(a: Int32($0.caller), b: Int32($0.callee)), $0.contrast) }
      ) { a, _ in a }
      for index in edges.indices {
        let key = CubeKey(a: Int32(edges[index].caller), b: Int32(edges[index].callee))
        if let contrast = old[key], contrast.z > edges[index].contrast.z { edges[index].contrast = contrast }
      }
    }
    let network = latency.network(edges)
    let readings = metrics.departures(in: minutes)
    let votes = votes.votes(in: minutes)
    var suspicions: [Suspicion] = []
    for component in grid.components.indices {
      var suspicion = Suspicion(component: component)
      suspicion.votes = votes[component]
      suspicion.behaviour = behaviourWeights[component]
      suspicion.ownTime = ownTime[component]
      suspicion.network = network[component]
      suspicion.metrics = readings[component].first.map { $0.z * $0.kind.weight } ?? 0
      let parts = [
        suspicion.votes.weight, suspicion.behaviour, max(0, suspicion.ownTime.z), suspicion.network, suspicion.metrics,
      ]
      let strongest = parts.max() ?? 0
      suspicion.score = strongest + Self.support * (parts.reduce(0, +) - strongest)
      if suspicion.score > 0 { suspicions.append(suspicion) }
    }
    suspicions.sort { a, b in a.score != b.score ? a.score > b.score : a.component < b.component }
    return Window(
      minutes: minutes, suspicions: suspicions, departures: departures, edges: edges, metrics: readings)
  }

  /// The ranking that `--windows` prints.
  func ranking(_ range: Range<Int64>) -> WindowRanking {
    let window = judge(grid.minutes(in: range))
    let total = window.suspicions.reduce(0) { $0 + $1.score }
    let suspects = window.suspicions.prefix(Self.listed).map { suspicion in
      cause(suspicion, window, total: total)
    }
    return WindowRanking(start: range.lowerBound, end: range.upperBound, suspects: Array(suspects))
  }

  /// A suspicion as facts, with its records.
  func cause(_ suspicion: Suspicion, _ window: Window, total: Double) -> Incident.RootCause {
    let component = suspicion.component
    var reasons: [(Double, CauseReason)] = []
    var evidence: [Evidence] = []
    if suspicion.votes.weight >= Self.threshold {
      reasons.append(
        (
          suspicion.votes.weight,
          .failedRequests(
            count: Int(suspicion.votes.blamed), share: suspicion.votes.contrast.share,
            usualShare: suspicion.votes.contrast.center)
        ))
      evidence += blameEvidence(component, window.minutes)
    }
    if suspicion.behaviour >= Self.threshold {
      for departure in window.departures[component].prefix(2) {
        let (reason, record) = behaviour.describe(departure, in: window.minutes)
        reasons.append((departure.weight, reason))
        if let record { evidence.append(record) }
      }
      if window.departures[component].isEmpty {
        reasons.append((suspicion.behaviour, .callersBreakOff))
      }
    }
    if suspicion.ownTime.z >= Self.threshold {
      reasons.append(
        (
          suspicion.ownTime.z,
          .ownTime(share: suspicion.ownTime.share, usualShare: suspicion.ownTime.center)
        ))
      evidence += slowEvidence(component, window.minutes)
    }
    if suspicion.network >= Self.threshold {
      let slow = window.edges.filter {
        ($0.caller == component || $0.callee == component) && $0.contrast.z > Self.threshold
      }.sorted { $0.contrast.z > $1.contrast.z }
      for edge in slow.prefix(2) {
        reasons.append(
          (
            edge.contrast.z,
            .slowEdge(
              from: grid.name(edge.caller), to: grid.name(edge.callee), share: edge.contrast.share,
              usualShare: edge.contrast.center)
          ))
      }
      evidence += slowEvidence(component, window.minutes)
    }
    for departure in window.metrics[component].prefix(2) where departure.z * departure.kind.weight >= Self.threshold {
      reasons.append((departure.z * departure.kind.weight, metrics.reason(departure)))
      evidence.append(metrics.evidence(departure))
    }
    var seen: Set<Evidence> = []
    if evidence.isEmpty { evidence = anyEvidence(component, window.minutes) }
    let kept = evidence.filter { seen.insert($0).inserted }.prefix(Self.records)
    return Incident.RootCause(
      component: grid.name(component), score: suspicion.score, share: total > 0 ? suspicion.score / total : 0,
      reasons: reasons.enumerated().sorted { a, b in
        a.element.0 != b.element.0 ? a.element.0 > b.element.0 : a.offset < b.offset
      }.map(\.element.1), evidence: Array(kept))
  }

  /// Records of failures that speak against a component.
  func blameEvidence(_ component: Int, _ minutes: [Int]) -> [Evidence] {
    let found = minutes.flatMap { blamed[CubeKey(a: Int32(component), slot: grid.minutes[$0])] ?? [] }
    return found.sorted().prefix(3).map { $0.evidence(grid.partial.names, quote: Quote.of($0, grid.partial.names)) }
  }

  private func slowEvidence(_ component: Int, _ minutes: [Int]) -> [Evidence] {
    guard let name = grid.partial.names.find(grid.components[component]) else { return [] }
    var found: [EvidenceSample] = []
    for minute in minutes {
      found += grid.partial.slowEvidence.cells[CubeKey(a: name, slot: grid.minutes[minute])]?.kept ?? []
    }
    return found.sorted().prefix(2).map {
      $0.evidence(grid.partial.names, quote: Quote.ownTime($0, grid.partial.names))
    }
  }

  /// Records of a component in some minutes, whatever they say: of failures that it is blamed for, else of its slowest
  /// requests, else of what its metrics read.
  func anyEvidence(_ component: Int, _ minutes: [Int]) -> [Evidence] {
    let blamed = blameEvidence(component, minutes)
    if !blamed.isEmpty { return blamed }
    let slow = slowEvidence(component, minutes)
    if !slow.isEmpty { return slow }
    return metrics.departures(in: minutes)[component].prefix(1).map { metrics.evidence($0) }
  }
}
