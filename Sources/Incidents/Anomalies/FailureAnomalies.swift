internal import Support

/// Stretches in which more requests fail because of one component than ever do because of it otherwise.
///
/// Claim per component: within one or within three minutes at least `minimumFailures` requests failed because of it,
/// five standard deviations (Poisson) more than its own quiet minutes expect, and at least a twentieth of the requests
/// that reached it; or an operation by which requests enter fails because of it as it never does (`OperationFailures`). The end waits for
/// a quiet time (hysteresis), the onset is CUSUM's over the fine slots.
struct FailureAnomalies {
  private static let certainty = 5.0
  private static let leastShare = 0.05
  /// The share of a component's worst minutes that its usual rate leaves out.
  private static let trimmed = 0.2

  private let grid: ComponentTimeline
  private let settings: IncidentSettings
  /// Blamed requests by component and fine slot.
  let blamed: [Int: [Int32: Activity]]
  /// What earlier nights knew, where there are any.
  private let earlier: IncidentProfile?
  /// Requests that reached a component, by component and coarse slot.
  private let reached: [Int: [Int32: Double]]

  init(_ grid: ComponentTimeline, earlier: IncidentProfile?, settings: IncidentSettings) {
    self.grid = grid
    self.earlier = earlier
    self.settings = settings
    var blamed: [Int: [Int32: Activity]] = [:]
    for (cell, activity) in grid.partial.blame.cells {
      guard let culprit = grid.culprit(cell, IncidentPartial.fine) else { continue }
      blamed[culprit, default: [:]][cell.slot, default: Activity()].merge(activity)
    }
    self.blamed = blamed
    var reached: [Int: [Int32: Double]] = [:]
    for (cell, activity) in grid.partial.activity.cells {
      guard let component = grid.component(cell.a) else { continue }
      reached[component, default: [:]][IncidentPartial.minute(ofFine: cell.slot), default: 0] += Double(
        activity.requests)
    }
    for (cell, edge) in grid.partial.edges.cells where edge.unanswered > 0 {
      guard let component = grid.component(cell.b) else { continue }
      reached[component, default: [:]][cell.slot, default: 0] += Double(edge.unanswered)
    }
    self.reached = reached
  }

  /// - Complexity: O(components × slots)
  func find() -> [Anomaly] {
    let usual = blamed.reduce(into: [:]) { $0[$1.key] = Usual(of: $1.key, self) }
    let operations = operationMarks(usual)
    return blamed.keys.sorted().flatMap { anomalies(of: $0, usual, operations[$0] ?? []) }
  }

  /// What a component's night is like.
  private struct Usual {
    /// Failures because of it, and requests that reached it, by minute.
    var counts: [Double]
    var totals: [Double]
    var rate: Double

    init(of component: Int, _ failures: FailureAnomalies) {
      counts = failures.counts(failures.blamed[component] ?? [:])
      totals = failures.totals(of: component, counts)
      rate = failures.baselineRate(counts, totals)
      // What lasts all night is the night's own usual state: earlier nights know better.
      let place = IncidentProfile.Place(component: failures.grid.components[component])
      if let known = failures.earlier?.failures[place] { rate = min(rate, Double(known) / 1e6) }
    }
  }

  /// The minutes in which an operation fails as it never does, by the component because of which most fail then beyond their usual.
  private func operationMarks(_ usual: [Int: Usual]) -> [Int: [(index: Int, strength: Double)]] {
    guard !grid.partial.isTold else { return [:] }
    var marks: [Int: [(index: Int, strength: Double)]] = [:]
    for burst in OperationFailures(grid, settings: settings).find(leastShare: Self.leastShare) {
      for run in MinuteRuns.runs(burst.minutes.map(\.index), slots: grid.minutes, gap: settings.quiet) {
        let minutes = burst.minutes.filter { run.contains($0.index) }
        let slots = minutes.flatMap { fineSlots(of: $0.index) }
        var excess: [(component: Int, failures: Double)] = []
        for (component, known) in usual {
          guard let fine = blamed[component] else { continue }
          let seen = slots.reduce(0.0) { $0 + Double(fine[$1]?.failures ?? 0) }
          let expected = minutes.reduce(0.0) { $0 + known.rate * known.totals[$1.index] }
          if seen > expected { excess.append((component, seen - expected)) }
        }
        let culprit = excess.max { ($0.failures, $1.component) < ($1.failures, $0.component) }
        if let culprit { marks[culprit.component, default: []] += minutes }
      }
    }
    return marks
  }

  private func fineSlots(of minute: Int) -> Range<Int32> {
    let ratio = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    return grid.minutes[minute] * ratio..<(grid.minutes[minute] + 1) * ratio
  }

  private func anomalies(
    of component: Int, _ usual: [Int: Usual], _ operations: [(index: Int, strength: Double)]
  ) -> [Anomaly] {
    guard let fine = blamed[component], let own = usual[component] else { return [] }
    let (counts, totals, rate) = (own.counts, own.totals, own.rate)
    var marked: [Int] = []
    var strength = [Double](repeating: 0, count: grid.width)
    for (index, certainty) in operations { strength[index] = max(strength[index], certainty) }
    for minute in grid.minutes.indices {
      for window in grid.windows(endingAt: minute) {
        let failures = window.reduce(0) { $0 + counts[$1] }
        let requests = window.reduce(0) { $0 + totals[$1] }
        let expected = rate * requests
        let z = (failures - expected) / (expected + 1).squareRoot()
        guard failures >= Double(settings.minimumFailures), z >= Self.certainty,
          failures >= Self.leastShare * requests
        else { continue }
        for index in window where counts[index] > 0 { strength[index] = max(strength[index], z) }
      }
    }
    for minute in grid.minutes.indices where strength[minute] > 0 { marked.append(minute) }
    return MinuteRuns.runs(marked, slots: grid.minutes, gap: settings.quiet).map { run in
      anomaly(component, run, fine, rate: rate, totals, strength: run.reduce(0) { max($0, strength[$1]) })
    }
  }

  private func counts(_ fine: [Int32: Activity]) -> [Double] {
    var counts = [Double](repeating: 0, count: grid.width)
    for (slot, activity) in fine {
      if let minute = grid.minute(IncidentPartial.minute(ofFine: slot)) { counts[minute] += Double(activity.failures) }
    }
    return counts
  }

  private func totals(of component: Int, _ counts: [Double]) -> [Double] {
    grid.minutes.indices.map { max(reached[component]?[grid.minutes[$0]] ?? 0, counts[$0]) }
  }

  /// The usual rates of this night for later ones, in millionths; none of a night too short to have one.
  var rates: [IncidentProfile.Place: Int64] {
    guard grid.baseline.count >= 3 else { return [:] }
    var rates: [IncidentProfile.Place: Int64] = [:]
    for component in grid.components.indices where reached[component] != nil || blamed[component] != nil {
      let counts = counts(blamed[component] ?? [:])
      let rate = baselineRate(counts, totals(of: component, counts))
      rates[IncidentProfile.Place(component: grid.components[component])] = Int64(checked: (rate * 1e6).rounded())
    }
    return rates
  }

  private func baselineRate(_ counts: [Double], _ totals: [Double]) -> Double {
    // Too short a night has no usual state: any failure is beyond it.
    guard grid.baseline.count >= 3 else { return 0 }
    // Who writes nothing but errors, or no ids, is not seen where all is well: such minutes of a night of lines are good ones.
    let seen = grid.baseline.filter { totals[$0] >= 1 || grid.partial.isTold }
    let shares = seen.map { counts[$0] / max(totals[$0], 1) }.sorted()
    guard !shares.isEmpty else { return 0 }
    let kept = shares.prefix(max(1, Int(Double(shares.count) * (1 - Self.trimmed))))
    return max(RobustBaseline.quantile(shares, 0.5), kept.reduce(0, +) / Double(kept.count))
  }

  private func anomaly(
    _ component: Int, _ run: ClosedRange<Int>, _ fine: [Int32: Activity], rate: Double, _ totals: [Double],
    strength: Double
  ) -> Anomaly {
    let ratio = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    let first = (grid.minutes[run.lowerBound] - 1) * ratio
    let last = (grid.minutes[run.upperBound] + 1) * ratio + ratio - 1
    let slots = Array(first...last)
    let usual = run.reduce(0) { $0 + totals[$1] } / Double(run.count) / Double(ratio) * rate
    let excess = slots.map { Double(fine[$0]?.failures ?? 0) - usual - 0.5 }
    let begin = ChangePoint.onset(excess, threshold: 3) ?? 0
    var finish = slots.count - 1
    while finish > begin, excess[finish] <= 0 { finish -= 1 }
    var onset = Int64.max
    var end = Int64.min
    var failures = 0.0
    for index in begin...finish {
      guard let activity = fine[slots[index]] else { continue }
      onset = min(onset, activity.first)
      end = max(end, activity.last)
      failures += Double(activity.failures) - usual
    }
    let start = IncidentPartial.start(slots[begin], IncidentPartial.fine)
    return Anomaly(
      component: component, sign: .failures, onset: onset == .max ? start : onset,
      end: end == .min ? start + IncidentPartial.fine : end, strength: strength, failures: max(failures, 0))
  }
}
