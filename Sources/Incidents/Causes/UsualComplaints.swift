// Complaints that come all night long, whoever makes them and whomever they name.

internal import Model
internal import Support

/// Error records that name another component, by what they say without that name ("no instances available for …"): one kind of
/// trouble that strikes now this pair of components and now that. Where most minutes of the night have some, a minute's are news
/// only in so far as they are more than usual, though each pair by itself is rare and would be news every time. An alarm is for
/// what departs from the usual state (Beyer et al., *Site Reliability Engineering*, 2016, chapter 6); the usual state is told once.
struct UsualComplaints {
  private struct Kind {
    var text: String
    /// By minute, where there are any.
    var counts: [Int: Double] = [:]
    var example: EvidenceSample?
    /// The usual share of requests that have one.
    var usual = RobustBaseline()
    /// How many of them come for each request, usually.
    var rate = RobustBaseline()

    /// Whether most minutes of the night have some, and enough minutes say so.
    func comesAllNight(_ grid: ComponentTimeline) -> Bool { usual.center > 0 && usual.count >= grid.requiredSlots }
  }

  private var kinds: [Kind] = []
  /// By pair, its record's kind.
  private var kindOf: [Int: Int] = [:]
  private let requests: [Double]
  private let grid: ComponentTimeline

  /// - Complexity: O(pairs × minutes)
  init(_ grid: ComponentTimeline, _ pairs: [BehaviourContrast.Pair], but holes: Set<Int>) {
    self.grid = grid
    var requests = [Double](repeating: 0, count: grid.minutes.count)
    for (cell, activity) in grid.partial.visits.cells where cell.a == 0 {
      if let minute = grid.minute(cell.slot) { requests[minute] += Double(activity.requests) }
    }
    self.requests = requests
    let end = grid.partial.names.find(EventLabel.end) ?? -1
    var known: [String: Int] = [:]
    for (index, pair) in pairs.enumerated() {
      guard let broke = pair.brokenCall, broke.isNamed else { continue }
      let text = Self.without(
        grid.components[broke.callee], grid.partial.names[pair.cell.d == end ? pair.cell.c : pair.cell.d])
      let number = known[text] ?? kinds.count
      if number == kinds.count {
        known[text] = number
        kinds.append(Kind(text: text))
      }
      kindOf[index] = number
      // A record that ends its span is there twice: as what follows, and as what the end follows.
      guard pair.cell.d != end else { continue }
      for (minute, count) in pair.counts {
        kinds[number].counts[minute, default: 0] += count
        guard let sighting = grid.example(of: pair.cell, in: minute) else { continue }
        kinds[number].example = min(kinds[number].example ?? sighting, sighting)
      }
    }
    let trusted = grid.baseline.filter { !holes.contains($0) && requests[$0] >= ShareContrast.trustedTrials }
    for number in kinds.indices {
      let rates = trusted.map { kinds[number].counts[$0, default: 0] / requests[$0] }
      kinds[number].rate = RobustBaseline(rates)
      kinds[number].usual = RobustBaseline(rates.map { min(1, $0) })
    }
  }

  private static func without(_ name: String, _ text: String) -> String {
    var rest = text[...]
    var kept = ""
    while let place = rest.firstRange(of: name) {
      kept += rest[..<place.lowerBound] + "…"
      rest = rest[place.upperBound...]
    }
    return kept + rest
  }

  /// Whether a pair's kind of complaint came in some minutes no more often than it does all night.
  func isUsual(_ pair: Int, in minutes: [Int]) -> Bool {
    guard let number = kindOf[pair], kinds[number].comesAllNight(grid) else { return false }
    let trials = minutes.reduce(0) { $0 + requests[$1] }
    let hits = minutes.reduce(0) { $0 + kinds[number].counts[$1, default: 0] }
    // Minutes without whole requests cannot say what is usual.
    guard trials >= 1 else { return false }
    if hits > trials {
      // Several of a request are no share of requests any longer: they are counted against the night's rate.
      let usual = kinds[number].rate.center * trials
      let stray = kinds[number].rate.spread * trials
      return hits - usual < grid.constants.complaintNews * (usual + stray * stray).squareRoot()
    }
    let contrast = ShareContrast(
      hits: hits, trials: trials, baseline: kinds[number].usual, required: grid.requiredSlots)
    return contrast.z < grid.constants.complaintNews
  }

  /// The kinds that come all night, most records first.
  var findings: [UsualComplaint] {
    kinds.compactMap { kind -> UsualComplaint? in
      guard kind.comesAllNight(grid), let example = kind.example,
        let most = kind.counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
      else { return nil }
      return UsualComplaint(
        message: EventLabel.text(kind.text), records: Self.whole(kind.counts.values.sorted().reduce(0, +)),
        minutes: kind.counts.keys.count { requests[$0] > 0 }, ofMinutes: requests.count { $0 > 0 },
        most: Self.whole(most.value),
        mostAt: IncidentPartial.start(grid.minutes[most.key], IncidentPartial.coarse),
        first: example.evidence(grid.partial.names, quote: RecordQuote()).location)
    }.sorted { ($1.records, $0.message.text) < ($0.records, $1.message.text) }
  }

  private static func whole(_ count: Double) -> Int { Int(exactly: count.rounded()) ?? .max }
}
