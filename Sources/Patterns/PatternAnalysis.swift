// The room Patterns: how components usually work together, and what of it was different tonight.
// It never asks why: which component was at fault is for Incidents.

// The conclusion: tonight's patterns, what is new, gone or changed, and every rule that was broken.

package import Model
internal import Support

/// What patterns say about the night.
package struct PatternConclusion: Sendable {
  /// Learned patterns, most frequent first.
  package var patterns: [PatternFinding] = []
  /// Ranked by weight, heaviest first.
  package var violations: [Violation] = []
  /// Components that departed from their pattern so often, and from so firm a rule, that it is an incident.
  package var incidents: [Incident] = []
  /// Ids of the patterns that reached `learnedAt` occurrences tonight: each is announced once in its life.
  package var announced: [FindingID] = []
  /// Patterns with at least `learnedAt` occurrences, listed or not.
  package var learned = 0
  /// Where the time of all requests went, largest share first.
  package var criticalPath: [CriticalShare] = []
  /// Bounds that were hit: name and what was left out.
  package var limits: [OwnName: MessageText] = [:]
  /// Tonight as history keeps it.
  package var baseline = PatternPartial()

  package init() {}
}

/// Compares tonight's digest with the nights before, or with itself where there are none.
package struct PatternAnalysis {
  private let tonight: PatternPartial
  private let baseline: PatternBaseline?
  private let settings: PatternSettings
  private let known: PatternPartial
  private let forms: PatternForms

  /// Concludes on a merged partial.
  ///
  /// - Parameters:
  ///   - partial: tonight, all partitions merged.
  ///   - baseline: earlier nights; nil or empty makes the archive its own baseline.
  ///   - settings: thresholds.
  /// - Returns: patterns, violations and what history should keep.
  package static func conclude(
    _ partial: PatternPartial, baseline: PatternBaseline? = nil, settings: PatternSettings = PatternSettings()
  ) -> PatternConclusion {
    PatternAnalysis(partial, baseline.flatMap { $0.isEmpty ? nil : $0 }, settings).conclusion()
  }

  private init(_ partial: PatternPartial, _ baseline: PatternBaseline?, _ settings: PatternSettings) {
    tonight = partial
    self.baseline = baseline
    self.settings = settings
    known = baseline?.merged ?? partial
    forms = PatternForms(partial: partial)
  }

  /// The id of a variant in reports and in history.
  package static func id(_ variant: UInt64) -> FindingID { FindingID("p" + hexText(variant)) }

  private func conclusion() -> PatternConclusion {
    var conclusion = PatternConclusion()
    conclusion.baseline = tonight.withoutExemplars
    let breaks = CallRules(tonight: tonight, known: known, isSelf: baseline == nil, settings: settings).breaks()
    conclusion.violations = structureViolations(breaks) + latencyViolations() + driftViolations()
    conclusion.incidents = PatternIncidents(tonight: tonight, settings: settings).incidents(breaks) { one in
      rule(one, tonight.point(tonight.callers[one.caller]?.point ?? 0))
    }
    let changed = Set(
      conclusion.violations.filter { $0.kind == .drift || $0.kind == .latency }.map(\.pattern))
    addPatterns(to: &conclusion, changed: changed)
    addGone(to: &conclusion)
    conclusion.patterns.sort { ($1.occurrences, $0.id) < ($0.occurrences, $1.id) }
    conclusion.violations.sort { Self.precedes($0, $1) }
    bound(&conclusion)
    conclusion.criticalPath = criticalPath()
    return conclusion
  }

  // MARK: - Patterns

  private func addPatterns(to conclusion: inout PatternConclusion, changed: Set<FindingID>) {
    for (key, variant) in tonight.variants.sorted {
      let before = baseline?.merged.variants[key]
      let occurrences = (before?.count ?? 0) + variant.count
      guard occurrences >= settings.learnedAt else { continue }
      let id = Self.id(key)
      conclusion.learned += 1
      let isAnnounced = (before?.count ?? 0) < settings.learnedAt
      if isAnnounced { conclusion.announced.append(id) }
      var status = FindingStatus.known
      if baseline != nil, before == nil {
        status = .new
      } else if changed.contains(id) {
        status = .changed
      }
      conclusion.patterns.append(finding(key, variant, before: before, status, forms))
    }
  }

  private func finding(
    _ key: UInt64, _ variant: VariantStats, before: VariantStats?, _ status: FindingStatus, _ forms: PatternForms
  ) -> PatternFinding {
    let (participants, sequence) = forms.reading(variant.form)
    var finding = PatternFinding(
      id: Self.id(key), name: ForeignName(forms.name(variant, participants)),
      participants: participants.map { ForeignName($0) }, sequence: sequence.map { $0.map { ForeignName($0) } },
      occurrences: variant.count, status: status)
    finding.latency = LatencySummary(variant.latency)
    finding.baseline = before.flatMap { LatencySummary($0.latency) }
    return finding
  }

  /// Patterns of every recent night that tonight should have shown at least twenty times, and did not.
  private func addGone(to conclusion: inout PatternConclusion) {
    guard let baseline, baseline.nights.count >= LatencyDrift.minimumNights, tonight.requests > 0,
      tonight.variants.overflow == 0
    else { return }
    let recent = baseline.nights.suffix(LatencyDrift.minimumNights)
    let forms = PatternForms(partial: baseline.merged)
    for (key, variant) in baseline.merged.variants.sorted where tonight.variants[key] == nil {
      var least = Double.infinity
      for night in recent {
        let share = Double(night.partial.variants[key]?.count ?? 0) / Double(max(night.partial.requests, 1))
        least = min(least, share * Double(tonight.requests))
      }
      guard least >= 20 else { continue }
      var gone = finding(key, variant, before: variant, .gone, forms)
      gone.occurrences = 0
      gone.latency = nil
      conclusion.patterns.append(gone)
      var violation = Violation(
        pattern: gone.id, kind: .gone,
        detail: .gone(pattern: gone.name, nights: recent.count), count: 0,
        weight: 4)
      violation.expected = Int64(checked: least.rounded())
      violation.actual = 0
      violation.deviation = -1
      conclusion.violations.append(violation)
    }
  }

  // MARK: - Violations

  private func structureViolations(_ breaks: [RuleBreak]) -> [Violation] {
    let home = homes()
    return breaks.map { one in
      let caller = tonight.callers[one.caller]
      let callerPoint = caller?.point ?? 0
      var violation = Violation(
        pattern: home[callerPoint] ?? "", kind: one.kind.violation,
        detail: .rule(rule(one, tonight.point(callerPoint))),
        count: one.count, weight: one.weight)
      violation.request = one.exemplar?.name ?? ""
      violation.evidence = one.exemplar.map { [$0.evidence] } ?? []
      return violation
    }
  }

  private func rule(_ one: RuleBreak, _ caller: CallPoint) -> BrokenRule {
    let from = ForeignName(caller.name)
    let to = ForeignName(one.callee == 0 ? "" : tonight.point(one.callee).name)
    switch (one.kind, one.departure) {
    case (.missingCall, _): return .missingCall(caller: from, callee: to, support: one.support)
    case (.extraCall, _): return .extraCall(caller: from, callee: to, count: one.count, support: one.support)
    case (.order, _):
      let before = ForeignName(tonight.point(one.other).name)
      return .order(caller: from, callee: to, before: before, support: one.support)
    case (.count, .count(let usual, let seen)):
      return .count(caller: from, callee: to, usual: usual, seen: seen, support: one.support)
    case (.unseenVariant, .calls(let known, let seen)):
      return .variant(caller: from, known: known, calls: seen, support: one.support)
    case (.unseenEdge, _), (.count, _), (.unseenVariant, _):
      return .unseenEdge(caller: from, callee: to, support: one.support)
    }
  }

  /// For each call point the most frequent variant that contains it.
  private func homes() -> [UInt64: FindingID] {
    var home: [UInt64: FindingID] = [:]
    for (key, variant) in tonight.variants.sorted.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
      for node in variant.form where home[node.point] == nil { home[node.point] = Self.id(key) }
    }
    return home
  }

  private func latencyViolations() -> [Violation] {
    let rules = LatencyRules(tonight: tonight, settings: settings)
    let breaks = baseline.map { rules.breaks(known: $0.merged) } ?? rules.breaksWithin()
    return breaks.map { one in
      let deviation = Double(one.actual.subtractingSaturated(one.expected)) / Double(max(one.expected, 1))
      let call = one.path == 0 ? nil : pathNames(one.path).last.map { ForeignName($0) }
      var violation = Violation(
        pattern: Self.id(one.variant), kind: .latency, detail: .slow(call: call, one.rule), count: one.count,
        weight: (1 + Double(Int.bitWidth - one.count.leadingZeroBitCount) / 4) * min(abs(deviation), 8) * 0.5)
      violation.expected = one.expected
      violation.actual = one.actual
      violation.deviation = deviation
      violation.request = one.exemplar?.name ?? ""
      violation.evidence = one.exemplar.map { [$0.evidence] } ?? []
      return violation
    }
  }

  private func driftViolations() -> [Violation] {
    guard let baseline, baseline.nights.count >= LatencyDrift.minimumNights else { return [] }
    var found: [Violation] = []
    for (key, variant) in tonight.variants.sorted {
      let held = baseline.nights.compactMap { night in
        night.partial.variants[key].map { (date: night.date, latency: $0.latency) }
      }
      let latency = variant.latency
      for verdict in LatencyDrift.verdicts(tonight: latency, nights: held.map(\.latency)) {
        let since = verdict.since < held.count ? ForeignName(held[verdict.since].date) : nil
        found.append(violation(verdict, key, variant, latency: latency, nights: held.map(\.latency), since: since))
      }
    }
    return found
  }

  private func violation(
    _ verdict: DriftVerdict, _ key: UInt64, _ variant: VariantStats, latency: Sketch, nights: [Sketch],
    since: ForeignName?
  ) -> Violation {
    let quantile = verdict.rule == .tail ? 0.99 : 0.5
    let expected = LatencyDrift.median(nights.compactMap { $0.quantile(quantile).map(Double.init) })
    let rule: ViolationDetail.DriftRule =
      switch verdict.rule {
      case .shift: .shift
      case .tail: .tail
      case .creep: .creep
      }
    var violation = Violation(
      pattern: Self.id(key), kind: .drift,
      detail: .drift(rule, change: verdict.change, nights: nights.count, since: since, score: verdict.score),
      count: variant.count, weight: 2 + min(verdict.change * 10, 6))
    violation.expected = Int64(checked: expected.rounded())
    violation.actual = latency.quantile(quantile)
    violation.deviation = verdict.change
    let exemplar = verdict.rule == .tail ? variant.slowest.first : variant.exemplar
    violation.request = exemplar?.name ?? ""
    violation.evidence = exemplar.map { [$0.evidence] } ?? []
    return violation
  }

  private static func precedes(_ a: Violation, _ b: Violation) -> Bool {
    if a.weight != b.weight { return a.weight > b.weight }
    if (a.kind, a.pattern, a.request) != (b.kind, b.pattern, b.request) {
      return (a.kind, a.pattern, a.request) < (b.kind, b.pattern, b.request)
    }
    guard let x = a.evidence.first, let y = b.evidence.first else { return a.evidence.count < b.evidence.count }
    return x != y ? x < y : a.count < b.count
  }

  // MARK: - Bounds and the critical path

  private func bound(_ conclusion: inout PatternConclusion) {
    func cut<Element>(_ list: inout [Element], _ name: OwnName) {
      guard list.count > settings.listed else { return }
      conclusion.limits[name] = "\(list.count - settings.listed) of \(list.count) not listed"
      list.removeLast(list.count - settings.listed)
    }
    var patterns = conclusion.patterns
    var violations = conclusion.violations
    cut(&patterns, "patterns.listed")
    cut(&violations, "violations.listed")
    conclusion.patterns = patterns
    conclusion.violations = violations
    func say(_ overflow: Int, _ name: OwnName, _ what: MessageText) {
      if overflow > 0 { conclusion.limits[name] = "\(overflow) \(what) left out" }
    }
    say(tonight.variants.overflow, "patterns.variants", "requests of variants beyond \(PatternPartial.variantLimit)")
    say(tonight.callers.overflow, "patterns.callers", "calls by callers beyond \(PatternPartial.callerLimit)")
    let wide = tonight.variants.sorted.filter { $0.value.paths.count >= VariantStats.pathLimit }.count
    if wide > 0 {
      conclusion.limits["patterns.variantPaths"] =
        "durations on paths beyond \(VariantStats.pathLimit) left out in \(wide) variants"
    }
    say(tonight.contexts.overflow, "patterns.paths", "calls on paths beyond \(PatternPartial.contextLimit)")
  }

  /// The names along a path, from the root.
  private func pathNames(_ path: UInt64) -> [String] {
    var names: [String] = []
    var at = path
    while at != 0, let context = tonight.contexts[at], names.count < 64 {
      names.append(tonight.point(context.point).name)
      at = context.parent
    }
    return names.reversed()
  }

  private func criticalPath() -> [CriticalShare] {
    let contexts = tonight.contexts.sorted.filter { $0.value.criticalTime > 0 }
    let total = contexts.reduce(Int64(0)) { $0.addingSaturated($1.value.criticalTime) }
    return
      contexts.sorted { ($1.value.criticalTime, $0.key) < ($0.value.criticalTime, $1.key) }.prefix(50).map {
        CriticalShare(
          path: pathNames($0.key).map { ForeignName($0) }, calls: $0.value.critical, time: $0.value.criticalTime,
          share: Double($0.value.criticalTime) / Double(max(total, 1)))
      }
  }
}
