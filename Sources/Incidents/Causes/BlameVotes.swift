/// Failed requests by the component that each speaks against, judged against the rest of the night.
///
/// Two votes weigh a component: Ochiai's coefficient (MicroRank, Yu et al., WWW 2021), and the harmonic mean of support
/// and confidence (TraceRCA, Li et al., IWQoS 2021).
struct BlameVotes {
  struct Vote {
    /// Blamed requests among all requests of the window, against the baseline.
    var contrast = ShareContrast()
    var blamed = 0.0
    var ochiai = 0.0
    var harmonic = 0.0
    /// What the vote weighs among the other evidence.
    var weight: Double { max(0, contrast.z) * (0.5 + (ochiai + harmonic) / 2) }
  }

  private let grid: ComponentTimeline
  private var blamed = ShareSeries()
  private var visits = MinuteSeries()
  private var failedVisits = MinuteSeries()
  private var blamedTotal = MinuteSeries()

  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let partial = grid.partial
    for (cell, activity) in partial.visits.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      visits.add(Double(activity.requests), to: CubeKey(a: cell.a), minute: minute)
      failedVisits.add(Double(activity.failures), to: CubeKey(a: cell.a), minute: minute)
    }
    var counts: [CubeKey: Double] = [:]
    for (cell, activity) in partial.blame.cells {
      guard let culprit = grid.culprit(cell, IncidentPartial.fine) else { continue }
      let start = IncidentPartial.start(cell.slot, IncidentPartial.fine)
      let key = CubeKey(a: Int32(culprit), slot: IncidentPartial.slot(start, IncidentPartial.coarse))
      counts[key, default: 0] += Double(activity.failures)
    }
    let all = visits.index[CubeKey(a: 0)]
    for culprit in Set(counts.keys.map(\.a)).sorted() {
      for minute in grid.minutes.indices {
        let hits = counts[CubeKey(a: culprit, slot: grid.minutes[minute])] ?? 0
        let trials = max(all.map { visits[$0, minute] } ?? 0, hits)
        guard trials > 0 else { continue }
        blamed.add(hits: hits, of: trials, to: CubeKey(a: culprit), minute: minute)
        blamedTotal.add(hits, to: CubeKey(a: 0), minute: minute)
      }
    }
    blamed.learn(grid)
  }

  /// The votes of a window by component index.
  func votes(in minutes: [Int]) -> [Vote] {
    var votes = [Vote](repeating: Vote(), count: grid.components.count)
    let total = blamedTotal.index[CubeKey(a: 0)].map { blamedTotal.sum($0, minutes) } ?? 0
    guard total > 0 else { return votes }
    for (row, key) in blamed.hits.keys.enumerated() {
      let component = Int(key.a)
      var vote = Vote()
      vote.blamed = blamed.hits.sum(row, minutes)
      guard vote.blamed > 0 else { continue }
      vote.contrast = blamed.contrast(row, minutes, required: grid.requiredSlots)
      let passed = passedVisits(component, minutes)
      vote.ochiai = vote.blamed / (total * (vote.blamed + passed)).squareRoot()
      let support = vote.blamed / total
      let confidence = vote.blamed / (vote.blamed + passed)
      vote.harmonic = 2 * support * confidence / (support + confidence)
      votes[component] = vote
    }
    return votes
  }

  private func passedVisits(_ component: Int, _ minutes: [Int]) -> Double {
    guard let name = grid.partial.names.find(grid.components[component]), let row = visits.index[CubeKey(a: name)]
    else {
      return 0
    }
    return max(0, visits.sum(row, minutes) - failedVisits.sum(row, minutes))
  }
}
