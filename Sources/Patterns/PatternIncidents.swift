// Departures from a pattern that are trouble, not curiosities.

internal import Model
internal import Support

/// Incidents of kind `patternViolation`: one per component whose calls broke firm rules often enough.
///
/// A rule is firm where it was kept ten times as often as it was broken; often enough is ten times in one stretch of time
/// (`RuleBreakStretches`). All rules that one component broke in a stretch are one incident.
struct PatternIncidents {
  static let minimumBreaks = 10
  static let firmness = 10
  static let listedRules = 8

  let tonight: PatternPartial
  let settings: PatternSettings

  func incidents(_ breaks: [RuleBreak], rule: (RuleBreak) -> BrokenRule) -> [Incident] {
    var byComponent: [String: [RuleBreak]] = [:]
    for one in breaks where isTrouble(one) {
      let point = tonight.point(tonight.callers[one.caller]?.point ?? 0)
      byComponent[point.component, default: []].append(one)
    }
    let stretches = RuleBreakStretches(shift: tonight.clock.shift)
    return byComponent.sorted { $0.key < $1.key }.flatMap { component, breaks in
      let ranked = breaks.sorted { ($1.weight, $0.caller, $0.callee) < ($0.weight, $1.caller, $1.callee) }
      return stretches.find(ranked).filter { $0.breaks.contains { $0.count >= Self.minimumBreaks } }
        .map { incident(component, $0.breaks, in: $0.windows, rule) }
    }
  }

  private func isTrouble(_ one: RuleBreak) -> Bool {
    switch one.kind {
    case .missingCall, .unseenEdge, .order, .count, .extraCall:
      one.count >= Self.minimumBreaks && one.support >= Self.firmness * one.count
    case .unseenVariant: false
    }
  }

  private func incident(
    _ component: String, _ breaks: [RuleBreak], in windows: ClosedRange<Int64>, _ rule: (RuleBreak) -> BrokenRule
  ) -> Incident {
    let shift = Int64(tonight.clock.shift)
    let first = windows.lowerBound << shift
    let last = (windows.upperBound + 1) << shift
    var incident = Incident(kind: .patternViolation, start: first, end: last)
    var identity = StableHash.hash("patternViolation " + component)
    for one in breaks.map({ StableHash.combine($0.caller, StableHash.hash($0.kind.rawValue)) }).sorted() {
      identity = StableHash.combine(identity, one)
    }
    identity = StableHash.combine(identity, UInt64(bitPattern: first))
    incident.fingerprint = FindingID(hexText(StableHash.hash("patternViolation " + component)))
    incident.id = FindingID("v" + hexText(identity).prefix(12))
    let worst = breaks.map(\.count).max() ?? 0
    let calls = max(breaks.map { seen($0.caller, in: windows) }.max() ?? 0, worst)
    incident.severity = worst * 20 >= calls ? .minor : .info
    incident.trigger = .brokenRule(rule(breaks[0]))
    let name = ForeignName(component)
    incident.headline = .brokeRules(component: name, calls: worst, rules: breaks.count)
    let evidence = breaks.prefix(Self.listedRules).compactMap { $0.exemplar?.evidence }
    incident.rootCauses = [
      Incident.RootCause(
        component: name, score: breaks.reduce(0) { $0 + $1.weight }, share: 1,
        reasons: breaks.prefix(Self.listedRules).map { .brokenRule(rule($0)) }, evidence: evidence)
    ]
    incident.reasoning = [.ownDeparture]
    incident.components = [
      Incident.ComponentState(id: name, onset: first, requests: calls, failures: 0)
    ]
    incident.decision = .compareExemplars
    incident.timeline = breaks.prefix(Self.listedRules).compactMap { one in
      one.exemplar.flatMap { exemplar in
        guard (first..<last).contains(exemplar.time) else { return nil }
        return Incident.Moment(
          at: exemplar.time, component: name, .brokenRule(rule(one)), evidence: exemplar.evidence)
      }
    }
    // Of what was seen at once the heavier rule stands first.
    incident.timeline = incident.timeline.enumerated().sorted { a, b in
      (a.element.at, a.offset) < (b.element.at, b.offset)
    }.map(\.element)
    incident.evidence = evidence.sorted()
    return incident
  }

  /// How often a caller was seen in a stretch.
  private func seen(_ caller: UInt64, in windows: ClosedRange<Int64>) -> Int {
    tonight.callers[caller]?.compositions.sorted.reduce(0) { sum, composition in
      composition.value.windows.reduce(sum) { windows.contains($1.key) ? $0 + $1.value.value : $0 }
    } ?? 0
  }
}
