// Components of which too few requests have a line, in a night in which no record says who calls whom.

internal import Glibc
internal import Support

/// Stretches in which a component writes of fewer requests than it should while nothing fails: it is up and down again, or a route to it
/// is lost, and its callers do without it.
///
/// Claim: in minutes that follow one another, up to `longest`, it wrote of so many fewer requests than its usual share of all that chance
/// would bring that about in one of twenty nights at most (a scan of Poisson counts over all windows: Kulldorff, "A spatial scan
/// statistic", Communications in Statistics 26, 1997; the bound is Bonferroni's). How much its share strays is learned from the night
/// (quasi-likelihood: Wedderburn, Biometrika 61, 1974), and both its own usual number and its usual share must be missed, so that neither
/// a flood of other requests nor a quiet hour is taken for a lack.
struct LineLack {
  /// Fine slots of a window: a minute to five.
  private static let lengths = [6, 9, 12, 18, 24, 30]
  private static let falsePerNight = 0.05
  /// The quantile of the minutes' squared departures that their spread is read from, and that of χ² with one degree of freedom.
  private static let quantile = (0.75, 1.323)
  /// Requests of a component in a usual minute.
  private static let leastRequests = 3.0

  private let grid: ComponentTimeline
  private let slots: ClosedRange<Int32>
  /// By fine slot: all requests, and by component those with a line of it, or its lines.
  private var all: [Double]
  private var own: [Int: [Double]] = [:]

  /// - Complexity: O(cells + slots)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let table = grid.partial.isTold ? grid.partial.told : grid.partial.activity
    let known = table.cells.keys.map(\.slot)
    slots = (known.min() ?? 0)...(known.max() ?? 0)
    let width = min(Int(slots.upperBound) - Int(slots.lowerBound) + 1, Self.mostSlots)
    all = Array(repeating: 0, count: width)
    var totals: [Int32: Double] = [:]
    for (cell, activity) in table.cells { totals[cell.a, default: 0] += Double(activity.requests) }
    // With so many in half of the minutes there are few such components, however many there are in all.
    let least = Self.leastRequests * Double(width) / 12
    for (cell, activity) in table.cells {
      let place = Int(cell.slot) - Int(slots.lowerBound)
      guard place < width else { continue }
      // Of access lines nobody counts the requests: there are as many as lines, by and large.
      if cell.a == 0 || !grid.partial.isTold { all[place] += Double(activity.requests) }
      if totals[cell.a, default: 0] >= least, let component = grid.component(cell.a) {
        own[component, default: Array(repeating: 0, count: width)][place] += Double(activity.requests)
      }
    }
  }

  /// A week.
  private static let mostSlots = 7 * 24 * 360
  /// Stretches of one component.
  private static let mostStretches = 8

  /// The lacks in whose time nothing else is wrong: lines do not tell whose requests did not come because others failed or wait. Who is
  /// asked by one that is missing is missing, too.
  ///
  /// - Complexity: O(components × slots)
  func find(beside others: [Anomaly]) -> [Anomaly] {
    let lacks = find()
    guard !lacks.isEmpty else { return [] }
    let order = ServingOrder(grid.partial, grid.constants)
    func overlaps(_ a: Anomaly, _ b: Anomaly) -> Bool {
      a.onset <= b.end.addingSaturated(IncidentPartial.coarse)
        && b.onset <= a.end.addingSaturated(IncidentPartial.coarse)
    }
    return lacks.filter { lack in
      !others.contains { overlaps($0, lack) }
        && !lacks.contains {
          overlaps($0, lack) && order.isAbove(grid.nameNumber($0.component), grid.nameNumber(lack.component))
        }
    }
  }

  private func find() -> [Anomaly] {
    let windows = Double(all.count * Self.lengths.count * max(own.count, 1))
    let least = log(windows / Self.falsePerNight)
    let allSums = Self.sums(all)
    return own.sorted { $0.key < $1.key }.flatMap { anomalies($0.key, $0.value, of: allSums, least: least) }
  }

  private func anomalies(_ component: Int, _ counts: [Double], of allSums: [Double], least: Double) -> [Anomaly] {
    let ownSums = Self.sums(counts)
    var minutes: [(own: Double, all: Double)] = []
    for start in stride(from: 0, to: counts.count - 5, by: 6) {
      let entering = allSums[start + 6] - allSums[start]
      if entering > 0 { minutes.append((ownSums[start + 6] - ownSums[start], entering)) }
    }
    guard minutes.count >= grid.requiredSlots else { return [] }
    let share: Double = RobustBaseline.quantile(minutes.map { $0.own / $0.all }.sorted(), 0.5)
    let usual: Double = RobustBaseline.quantile(minutes.map { $0.own }.sorted(), 0.5)
    guard usual >= Self.leastRequests, share > 0 else { return [] }
    let departures: [Double] = minutes.map { minute in
      let expected = share * minute.all
      return (minute.own - expected) * (minute.own - expected) / expected
    }.sorted()
    let spread = max(1, RobustBaseline.quantile(departures, Self.quantile.0) / Self.quantile.1)
    func start(_ place: Int) -> Int64 {
      IncidentPartial.start(slots.lowerBound &+ Int32(truncatingIfNeeded: place), IncidentPartial.fine)
    }
    var found: [(window: Range<Int>, anomaly: Anomaly)] = []
    while found.count < Self.mostStretches {
      var best: (certainty: Double, window: Range<Int>, missing: Double, came: Double)?
      for length in Self.lengths where length + 1 < counts.count {
        // What begins or ends the night began before it or goes on.
        for start in 1..<counts.count - length {
          let came = ownSums[start + length] - ownSums[start]
          let expected = min(share * (allSums[start + length] - allSums[start]), usual * Double(length) / 6)
          guard expected > 0, came < grid.constants.lackShare * expected else { continue }
          let certainty = ((came > 0 ? came * log(came / expected) : 0) - (came - expected)) / spread
          guard certainty >= least, certainty > best?.certainty ?? 0 else { continue }
          let window = start..<start + length
          guard !found.contains(where: { $0.window.overlaps(window) }) else { continue }
          best = (certainty, window, expected - came, came)
        }
      }
      guard let best else { break }
      found.append(
        (
          best.window,
          Anomaly(
            component: component, sign: .silence, onset: start(best.window.lowerBound),
            end: start(best.window.upperBound), strength: (2 * best.certainty).squareRoot(), missing: best.missing,
            came: best.came)
        ))
    }
    return found.map(\.anomaly)
  }

  private static func sums(_ counts: [Double]) -> [Double] {
    var sums = [0.0]
    for count in counts { sums.append((sums.last ?? 0) + count) }
    return sums
  }
}
