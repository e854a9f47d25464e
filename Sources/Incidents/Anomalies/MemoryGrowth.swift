// Memory that grows until its component dies.

internal import Model
internal import Support

/// Whether the memory of a component grew steadily until it died: what a leak looks like from outside. A death for that reason is
/// more than a restart, be it one alone.
///
/// Claim: in the readings of a metric of memory from the death before, or from half an hour before, there is an upward trend at the
/// one-percent level (Mann, 1945; Kendall, 1975), the last reading is at least half as much again as the median of the first third,
/// and what is read after the death has fallen by half of the growth.
struct MemoryGrowth {
  struct Growth {
    var metric: Int32
    var from: Double
    var to: Double
    /// Microseconds between the first and the last reading.
    var span: Int64
    var last: EvidenceSample
    var lastCount: Int
  }

  private static let certainty = 2.58
  private static let leastGrowth = 0.5
  private static let leastReadings = 6
  /// How far back is looked, and how long after a death the next reading is of the new life, microseconds.
  private static let lookedBack: Int64 = 1_800_000_000
  private static let lookedOn: Int64 = 600_000_000

  private let grid: ComponentTimeline
  private let table: MetricTable
  private var series: [Int: [MetricTable.Series]] = [:]

  /// - Complexity: O(readings · log readings) where anything died, else constant.
  init(_ grid: ComponentTimeline, _ impacts: ImpactMap) {
    self.grid = grid
    table = MetricTable(impacts.crashTimes.isEmpty ? CellTable() : grid.partial.metrics)
    for one in table.series {
      guard let component = grid.component(one.component), Self.isMemory(grid.partial.names[one.metric]) else {
        continue
      }
      series[component, default: []].append(one)
    }
  }

  /// Whether a metric's name says that it reads memory in use.
  static func isMemory(_ name: String) -> Bool {
    let words = name.lowercased().split { !$0.isLetter }.map(String.init)
    let isUse = !words.contains {
      ["free", "available", "limit", "max", "limits", "requests", "committed"].contains($0)
    }
    return isUse
      && words.contains { word in
        ["memory", "mem", "heap", "rss", "memoryusage", "workingset"].contains(word) || word.hasPrefix("memory")
      } && !words.contains("node")
  }

  /// The largest growth before a death of a component, counted from a time on, microseconds.
  ///
  /// - Complexity: O(readings²) of at most half an hour
  func growth(of component: Int, before death: Int64, since earlier: Int64) -> Growth? {
    let from = max(earlier, death.subtractingSaturated(Self.lookedBack))
    var best: Growth?
    for one in series[component] ?? [] {
      let points = table.points[one.points].map { (point: $0, time: table.time($0)) }
      // A minute's readings are one: that of the death may hold readings of both lives.
      let minute = IncidentPartial.slot(death, IncidentPartial.coarse)
      let lived = points.filter { $0.time >= from && $0.point.slot < minute }
      guard let last = lived.last, lived.count >= Self.leastReadings else { continue }
      let values = lived.map { table.value($0.point) }
      let start = RobustBaseline.quantile(values.prefix(values.count / 3).sorted(), 0.5)
      let end = values[values.count - 1]
      guard start > 0, end >= (1 + Self.leastGrowth) * start, Self.trend(values) >= Self.certainty else { continue }
      let next = points.first { $0.point.slot > minute && $0.time <= death.addingSaturated(Self.lookedOn) }
      if let next, table.value(next.point) > end - (end - start) / 2 { continue }
      if let best, best.to / best.from >= end / start { continue }
      best = Growth(
        metric: one.metric, from: start, to: end, span: last.time.subtractingSaturated(lived[0].time),
        last: table.sighting(last.point, of: one), lastCount: table.count(last.point))
    }
    return best
  }

  /// The Mann-Kendall statistic in standard deviations: rises less falls over all pairs of readings.
  static func trend(_ values: [Double]) -> Double {
    let n = Double(values.count)
    guard values.count > 2 else { return 0 }
    var sum = 0.0
    for later in values.indices {
      for earlier in 0..<later { sum += values[later] > values[earlier] ? 1 : values[later] < values[earlier] ? -1 : 0 }
    }
    let deviation = (n * (n - 1) * (2 * n + 5) / 18).squareRoot()
    return sum > 0 ? (sum - 1) / deviation : sum < 0 ? (sum + 1) / deviation : 0
  }

  func reason(_ growth: Growth) -> CauseReason {
    .memoryGrew(
      name: ForeignName(grid.partial.names[growth.metric]), from: growth.from, to: growth.to, over: growth.span)
  }

  func evidence(_ growth: Growth) -> Evidence {
    let names = grid.partial.names
    return MetricContrast.evidence(growth.last, names[growth.metric], growth.to, count: growth.lastCount, names)
  }
}
