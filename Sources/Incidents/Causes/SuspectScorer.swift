// Which components a stretch of time speaks against, and why.

internal import Model
internal import Support

/// Ranks the components of a time window by what speaks against them: failed requests, behaviour, delays, metrics. Every
/// kind of evidence but metrics is the likelihood ratio of a share of spans or requests against the component's own usual
/// state (`ShareContrast.z`), so that kinds compare without weights; the strongest counts in full, the others as support.
///
/// **Explaining away.** Failures and delays are charged to a component request by request and microsecond by microsecond
/// before they come here. A component that merely runs another way is charged less the more of its departing spans could
/// come from a component that it calls, directly or through others, and that departs itself in the same time.
struct SuspectScorer {
  /// Standard deviations from which a component explains others in part, and fully.
  private static let believed = 4.0
  static let sure = 6.0
  /// Below this many standard deviations nothing is a suspicion.
  static let threshold = 3.0
  /// What metrics can say at most: they have no requests to count.
  private static let metricBound = 12.0
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
  let blamed: [CubeKey: [EvidenceSample]]

  /// What speaks against one component in one window.
  struct Suspicion {
    var component: Int
    var score = 0.0
    var votes = BlameVotes.Vote()
    var behaviour = BehaviourContrast.Behaviour()
    /// What is left of the behaviour's strength when callees have explained theirs.
    var behaviourLeft = 0.0
    var delay: LatencyContrast.Delay?
    var metrics = 0.0
    /// The component that explains the largest part of its behaviour, and how much.
    var explainedBy: Int?
    var explainedShare = 0.0
  }

  /// The evidence of one window, for descriptions.
  struct Window {
    var minutes: [Int]
    /// Microseconds; records outside are no evidence.
    var range: ClosedRange<Int64>
    var suspicions: [Suspicion]
    var metrics: [[MetricContrast.Departure]]

    /// The same, with the evidence of another time.
    func within(_ range: ClosedRange<Int64>) -> Window {
      var window = self
      window.range = range
      return window
    }
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

  // MARK: Judging

  /// The suspicions of a window, best first; equal scores in name order.
  func judge(_ minutes: [Int], within range: ClosedRange<Int64>, isAsked: Bool = false) -> Window {
    let readings = metrics.departures(in: minutes)
    let votes = votes.votes(in: minutes)
    var suspicions = suspicions(minutes, votes, isAsked: isAsked)
    for component in grid.components.indices {
      let metric = readings[component].first.map { metrics.strength($0, isSparse: grid.isSparse) } ?? 0
      guard metric > 0 || suspicions[component] != nil else { continue }
      var suspicion = suspicions[component] ?? Suspicion(component: component)
      suspicion.metrics = min(metric, Self.metricBound)
      let parts = [
        suspicion.votes.weight, suspicion.behaviourLeft, suspicion.delay?.strength ?? 0, suspicion.metrics,
      ]
      let strongest = parts.max() ?? 0
      suspicion.score = strongest + grid.constants.support * (parts.reduce(0, +) - strongest)
      suspicions[component] = suspicion
    }
    let ranked = suspicions.values.filter { $0.score > 0 }.sorted { a, b in
      a.score != b.score ? a.score > b.score : a.component < b.component
    }
    return Window(minutes: minutes, range: range, suspicions: ranked, metrics: readings)
  }

  /// A component that runs another way than usual.
  struct Unusual {
    var component: Int
    /// What is left of it in standard deviations, by how much the share of such spans departs, and how many they are.
    var strength: Double
    var excess: Double
    var departed: Double
    /// The same whoever is at fault, and the one that is then to be told of, where another explains it.
    var moved: Moved?

    struct Moved {
      /// Who explains it, and of whom it is to be told where nothing else tells of that one.
      var cause: Int
      var bearer: Int
      var strength: Double
      var excess: Double
      var departed: Double
    }
  }

  /// The components that run another way than usual, less what their callees explain, and those that others' records name: these
  /// are to be told of in full, whoever is at fault. What comes all night is left out.
  func behaviours(in minutes: [Int]) -> [Unusual] {
    let suspicions = suspicions(minutes, [], isNews: true)
    return suspicions.values.compactMap { suspicion in
      let behaviour = suspicion.behaviour
      var unusual = Unusual(
        component: suspicion.component, strength: suspicion.behaviourLeft, excess: behaviour.excess,
        departed: behaviour.departed, moved: moved(suspicion, suspicions))
      if let first = behaviour.accusations.first, first.strength > suspicion.behaviourLeft {
        unusual.strength = first.strength
        unusual.excess = first.contrast.excess
        unusual.departed = BehaviourContrast.departed(behaviour.accusations)
      }
      return unusual.strength > 0 || unusual.moved != nil ? unusual : nil
    }.sorted { $0.component < $1.component }
  }

  /// What a component shows though another is to blame: it is told of that one, or where more is left of the first, of the first.
  private func moved(_ suspicion: Suspicion, _ others: [Int: Suspicion]) -> Unusual.Moved? {
    let behaviour = suspicion.behaviour
    guard let by = behaviour.moved?.explainedBy ?? suspicion.explainedBy else { return nil }
    let bearer = others[by]?.behaviourLeft ?? 0 > suspicion.behaviourLeft ? by : suspicion.component
    guard let shown = behaviour.moved?.contrast else {
      return Unusual.Moved(
        cause: by, bearer: bearer, strength: behaviour.strength, excess: behaviour.excess, departed: behaviour.departed)
    }
    return Unusual.Moved(
      cause: by, bearer: bearer, strength: max(abs(shown.z), behaviour.strength), excess: abs(shown.excess),
      departed: shown.departed)
  }

  private func suspicions(
    _ minutes: [Int], _ votes: [BlameVotes.Vote], isNews: Bool = false, isAsked: Bool = false
  ) -> [Int: Suspicion] {
    let behaviours = behaviour.behaviours(in: minutes, isNews: isNews)
    let delays = delays(in: minutes, isAsked: isAsked)
    var suspicions: [Int: Suspicion] = [:]
    for component in grid.components.indices {
      let vote = component < votes.count ? votes[component] : BlameVotes.Vote()
      guard behaviours[component] != nil || delays[component] != nil || vote.weight > 0 else { continue }
      var suspicion = Suspicion(component: component)
      suspicion.votes = vote
      suspicion.behaviour = behaviours[component] ?? BehaviourContrast.Behaviour()
      suspicion.behaviourLeft = suspicion.behaviour.strength
      suspicion.delay = delays[component]
      suspicions[component] = suspicion
    }
    let strong = suspicions.values.compactMap { strength(of: $0) }.sorted { $0.component < $1.component }
    for component in suspicions.keys {
      guard let suspicion = suspicions[component], suspicion.behaviour.strength > 0 else { continue }
      let (share, by) = explanation(of: suspicion, strong)
      suspicions[component]?.behaviourLeft *= 1 - grid.constants.explainable * share
      suspicions[component]?.explainedBy = by
      suspicions[component]?.explainedShare = share
    }
    return suspicions
  }

  private func delays(in minutes: [Int], isAsked: Bool) -> [Int: LatencyContrast.Delay] {
    var delays = latency.delays(in: minutes, isAsked: isAsked)
    guard let earlier else { return delays }
    for (component, delay) in earlier.delays(in: minutes) where delay.strength > delays[component]?.strength ?? 0 {
      delays[component] = delay
    }
    return delays
  }

  /// A component that may explain others.
  private struct Strong {
    var component: Int
    var strength: Double
    /// Its departing spans, or failed requests.
    var departed: Double
    /// Whether its callers are all that tells of it.
    var isTold: Bool
  }

  private func strength(of suspicion: Suspicion) -> Strong? {
    var strength = 0.0
    var departed = 0.0
    func take(_ value: Double, _ count: Double) {
      guard value >= Self.believed else { return }
      strength = max(strength, value)
      departed = max(departed, count)
    }
    // What one caller alone shows of a callee cannot explain that caller.
    if suspicion.behaviour.breakingCallers != 1 {
      take(suspicion.behaviour.strength, suspicion.behaviour.departed)
    }
    take(suspicion.delay?.strength ?? 0, suspicion.delay?.slowed ?? 0)
    take(suspicion.votes.weight, suspicion.votes.blamed)
    guard strength > 0 else { return nil }
    return Strong(
      component: suspicion.component, strength: strength, departed: departed,
      isTold: suspicion.behaviour.breakingCallers > 0)
  }

  private func explanation(of suspicion: Suspicion, _ strong: [Strong]) -> (share: Double, by: Int?) {
    guard strong.contains(where: { $0.component != suspicion.component }) else { return (0, nil) }
    let below = grid.reachable(from: suspicion.component)
    // Of one that only callers tell of its own records say which of the spans are that one's doing: others are not.
    let named = Set(suspicion.behaviour.written.compactMap { behaviour.pairs[$0.pair].brokenCall?.callee })
    let accounted = (suspicion.behaviour.departures.first?.explained ?? 0) / grid.constants.explainable
    var best: (share: Double, by: Int?) = (0, nil)
    for other in strong where below.contains(other.component) {
      let told = other.isTold && named.contains(other.component) ? min(1, accounted) : 1
      let share =
        told * min(1, other.departed / max(suspicion.behaviour.departed, 1e-9)) * min(1, other.strength / Self.sure)
      // Where each calls the other, neither explains the other.
      guard share > best.share, !grid.reachable(from: other.component).contains(suspicion.component) else { continue }
      best = (share, other.component)
    }
    return best
  }

  // MARK: Telling

  /// The ranking that `--windows` prints.
  func ranking(_ range: Range<Int64>) -> WindowRanking {
    let window = judge(
      grid.minutes(in: range),
      within: range.lowerBound...max(range.lowerBound, range.upperBound.subtractingSaturated(1)), isAsked: true)
    let total = window.suspicions.reduce(0) { $0 + $1.score }
    let suspects = window.suspicions.prefix(Self.listed).map { cause($0, window, total: total) }
    return WindowRanking(start: range.lowerBound, end: range.upperBound, suspects: Array(suspects))
  }

  /// A suspicion as facts, with its records.
  func cause(_ suspicion: Suspicion, _ window: Window, total: Double) -> Incident.RootCause {
    let component = suspicion.component
    var reasons: [(strength: Double, reason: CauseReason)] = []
    var evidence: [Evidence] = []
    if suspicion.votes.weight >= Self.threshold {
      reasons.append(
        (
          suspicion.votes.weight,
          .failedRequests(
            count: Int(exactly: suspicion.votes.blamed.rounded()) ?? 0, share: suspicion.votes.contrast.share,
            usualShare: suspicion.votes.contrast.center)
        ))
      evidence += blameEvidence(component, window)
    }
    if suspicion.behaviourLeft >= Self.threshold {
      // What comes all night says nothing of this time.
      let isNews = { (one: BehaviourContrast.Departure) in
        behaviour.complaints?.isUsual(one.pair, in: window.minutes) != true
      }
      for accusation in suspicion.behaviour.accusations.filter(isNews).prefix(2) {
        let (reason, record) = behaviour.accusation(accusation, in: window)
        reasons.append((min(accusation.strength, suspicion.behaviourLeft), reason))
        if let record { evidence.append(record) }
      }
      if suspicion.behaviour.breakingCallers > suspicion.behaviour.accusations.count {
        reasons.append((suspicion.behaviourLeft, .callersBreakOff))
      }
      for record in suspicion.behaviour.written.filter(isNews).prefix(1) {
        let (reason, example) = behaviour.accuses(record, in: window)
        reasons.append((min(record.strength, suspicion.behaviourLeft), reason))
        if let example { evidence.append(example) }
      }
      for departure in suspicion.behaviour.departures.prefix(2) {
        let (reason, record) = behaviour.describe(departure, in: window)
        reasons.append((min(departure.strength, suspicion.behaviourLeft), reason))
        if let record { evidence.append(record) }
      }
    }
    if let delay = suspicion.delay, delay.strength >= Self.threshold {
      reasons += delayReasons(delay, window)
      evidence += slowEvidence(component, window)
    }
    for departure in window.metrics[component].prefix(2) {
      let strength = metrics.strength(departure, isSparse: grid.isSparse)
      guard strength >= Self.threshold else { continue }
      reasons.append((min(strength, Self.metricBound), metrics.reason(departure)))
      let reading = metrics.evidence(departure)
      if reading.touches(window.range) { evidence.append(reading) }
    }
    if evidence.isEmpty { evidence = tellingEvidence(component, window) }
    var seen: Set<Evidence> = []
    let kept = evidence.filter { seen.insert($0).inserted }.prefix(Self.records)
    return Incident.RootCause(
      component: grid.name(component), score: suspicion.score, share: total > 0 ? suspicion.score / total : 0,
      reasons: reasons.enumerated().sorted { a, b in
        a.element.strength != b.element.strength
          ? a.element.strength > b.element.strength : a.offset < b.offset
      }.map(\.element.reason), evidence: Array(kept))
  }

  private func delayReasons(
    _ delay: LatencyContrast.Delay, _ window: Window
  ) -> [(strength: Double, reason: CauseReason)] {
    var reasons: [(strength: Double, reason: CauseReason)] = []
    if delay.reach == .code || delay.reach == .processor || delay.reach == .everything {
      reasons.append((delay.strength, .ownTime(share: delay.contrast.share, usualShare: delay.contrast.center)))
    }
    guard delay.reach != .code else { return reasons }
    let edges = latency.slowEdges(in: window.minutes).filter { edge in
      switch delay.reach {
      case .incoming: edge.callee == delay.component
      case .outgoing, .processor: edge.caller == delay.component
      default: edge.caller == delay.component || edge.callee == delay.component
      }
    }.sorted { a, b in
      a.contrast.z != b.contrast.z ? a.contrast.z > b.contrast.z : (a.caller, a.callee) < (b.caller, b.callee)
    }
    for edge in edges.prefix(2) {
      reasons.append(
        (
          min(edge.contrast.z, delay.strength),
          .slowEdge(
            from: grid.name(edge.caller), to: grid.name(edge.callee), share: edge.contrast.share,
            usualShare: edge.contrast.center)
        ))
    }
    return reasons
  }
}
