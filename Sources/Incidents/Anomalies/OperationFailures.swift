// Operations of entry points that fail more than they ever do.

internal import Glibc
internal import Support

/// Minutes in which one operation of an entry point fails beyond its own usual share: an endpoint that is down, or a deployment that breaks
/// one of them, is lost among the requests of all others where it is a small part of them.
///
/// Claim: within one or three minutes so many of its requests fail that chance would bring that about in one of twenty nights at most (a
/// scan of Poisson counts over all windows and operations: Kulldorff, "A spatial scan statistic", Communications in Statistics 26, 1997;
/// the bound is Bonferroni's), in as many fine slots as failures make an incident, and in a stretch of twice as many: who tries the same
/// thing five times over and fails each time is one user. Usual is what more than half of the night's parts have (`NightParts`), and one
/// failure more (Laplace's rule): of a path that nobody else ever visits some failures say nothing of a service.
struct OperationFailures {
  /// One operation in trouble.
  struct Burst {
    /// The entry point and its operation, as names.
    var operation: CubeKey
    /// Indices of minutes, ascending, and how sure each is: the signed root of twice the log likelihood ratio.
    var minutes: [(index: Int, strength: Double)]
  }

  private static let falsePerNight = 0.05

  private let grid: ComponentTimeline
  private let settings: IncidentSettings

  init(_ grid: ComponentTimeline, settings: IncidentSettings) {
    self.grid = grid
    self.settings = settings
  }

  /// The bursts of the night.
  ///
  /// - Parameter leastShare: of an operation's requests that must fail.
  /// - Returns: one for each operation in trouble, by their names' numbers.
  /// - Complexity: O(cells of entries + operations that fail × minutes)
  func find(leastShare: Double) -> [Burst] {
    var failed: [CubeKey: Int] = [:]
    for (cell, tally) in grid.partial.entries.cells where cell.d != 0 {
      failed[CubeKey(a: cell.a, b: cell.b), default: 0] += tally.count
    }
    failed = failed.filter { $0.value >= settings.minimumFailures }
    guard !failed.isEmpty else { return [] }
    var series = ShareSeries()
    for (cell, tally) in grid.partial.entries.cells {
      let key = CubeKey(a: cell.a, b: cell.b)
      guard failed[key] != nil, let minute = grid.minute(IncidentPartial.minute(ofFine: cell.slot)) else { continue }
      series.add(hits: cell.d != 0 ? Double(tally.count) : 0, of: Double(tally.count), to: key, minute: minute)
    }
    var slots: Set<CubeKey> = []
    var occasions = MinuteSeries()
    for cell in grid.partial.entries.cells.keys where cell.d != 0 {
      let key = CubeKey(a: cell.a, b: cell.b)
      guard failed[key] != nil, let minute = grid.minute(IncidentPartial.minute(ofFine: cell.slot)),
        slots.insert(CubeKey(a: cell.a, b: cell.b, slot: cell.slot)).inserted
      else { continue }
      occasions.add(1, to: key, minute: minute)
    }
    let least = log(2 * Double(grid.width * failed.count) / Self.falsePerNight)
    return series.trials.keys.indices.compactMap { row in
      let minutes = minutes(of: row, series, occasions, least: least, leastShare: leastShare)
      let key = series.trials.keys[row]
      return minutes.isEmpty ? nil : Burst(operation: key, minutes: minutes)
    }.sorted { $0.operation < $1.operation }
  }

  private func minutes(
    of row: Int, _ series: ShareSeries, _ occasions: MinuteSeries, least: Double, leastShare: Double
  ) -> [(index: Int, strength: Double)] {
    guard let slots = occasions.index[series.trials.keys[row]] else { return [] }
    let rate = usualRate(row, series)
    var strength: [Int: Double] = [:]
    for cell in series.hits.rows[row] where cell.value > 0 {
      // Windows end in minutes with failures: what ends behind one holds the same failures among more requests.
      for window in grid.windows(endingAt: Int(cell.minute)) {
        let failures = window.reduce(0) { $0 + series.hits[row, $1] }
        let requests = window.reduce(0) { $0 + series.trials[row, $1] }
        let expected = rate * requests
        guard failures >= leastShare * requests, failures > expected,
          window.reduce(0, { $0 + occasions[slots, $1] }) >= Double(settings.minimumFailures)
        else { continue }
        let certainty = failures * log(failures / expected) - (failures - expected)
        guard certainty >= least else { continue }
        for index in window where series.hits[row, index] > 0 {
          strength[index] = max(strength[index] ?? 0, (2 * certainty).squareRoot())
        }
      }
    }
    return MinuteRuns.runs(strength.keys.sorted(), slots: grid.minutes, gap: settings.quiet).flatMap { run in
      let failures = run.reduce(0) { $0 + series.hits[row, $1] }
      guard failures >= Double(2 * settings.minimumFailures) else { return [(index: Int, strength: Double)]() }
      return run.compactMap { index in strength[index].map { (index, $0) } }
    }
  }

  /// The share of the operation's requests that usually fail.
  private func usualRate(_ row: Int, _ series: ShareSeries) -> Double {
    var shares = NightParts.Shares()
    for cell in series.trials.rows[row] where grid.isBaseline[Int(cell.minute)] {
      shares.add(
        hits: series.hits[row, Int(cell.minute)], of: cell.value,
        in: NightParts.part(of: Int(cell.minute), among: grid.width))
    }
    return shares.usual + 1 / (shares.allTrials + 2)
  }
}
