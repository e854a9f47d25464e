internal import Support
internal import Model

/// What kind of reading a metric is, told from the words of its name.
enum MetricKind: Hashable {
  /// Processor, memory, disk, threads: what a component runs on.
  case resource
  /// Shared by everything on one machine.
  case node
  case queue
  case latency
  case failure
  case load

  init(name: String) {
    let words = name.lowercased()
    func has(_ parts: [String]) -> Bool { parts.contains { words.contains($0) } }
    if has(["node"]) {
      self = .node
    } else if has([
      "error", "fail", "5xx", "4xx", "_401", "_403", "panic", "crash", "restart", "unauthorized", "reject",
    ])
      || has(["servfail", "timeout", "exception", "oom"])
    {
      self = .failure
    } else if has(["queue", "backlog", "lag", "oldest", "pending", "depth", "waiting"]) {
      self = .queue
    } else if has(["latency", "duration", "response_time", "_p99", "_p95", "_p90", "wait_seconds"]) {
      self = .latency
    } else if has(["cpu", "memory", "heap", "throttl", "disk", "thread", "pool", "connections", "descriptors"]) {
      self = .resource
    } else {
      self = .load
    }
  }

  /// How much a departure says about the component being a cause rather than a sufferer.
  var weight: Double {
    switch self {
    case .resource: 1
    case .failure: 0.7
    case .queue: 0.5
    case .latency: 0.3
    case .node, .load: 0
    }
  }
}

/// Metrics that leave their usual level: distance from the median in robust standard deviations.
struct MetricContrast {
  struct Departure {
    var metric: Int32
    var kind: MetricKind
    /// Standard deviations, signed.
    var z: Double
    var value: Double
    var center: Double
    /// How many readings the value is the mean of, and the highest of the night.
    var count: Int
    var highest: Double
    var sighting: EvidenceSample
  }

  private struct Series {
    var component: Int
    var kind: MetricKind
    var laidOut: MetricTable.Series
    var baseline: RobustBaseline
    var scale: Double
    var highest: Double
  }

  private let grid: ComponentTimeline
  private let table: MetricTable
  /// By point of the table: the index of its minute, ascending within a series.
  private let minutes: [Int32]
  private var series: [Series] = []

  /// The fewest readings of a baseline.
  private static let trusted = 5

  /// - Complexity: O(readings · log readings per series)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let table = MetricTable(grid.partial.metrics)
    self.table = table
    let minutes = table.points.map { Int32(grid.minute($0.slot) ?? -1) }
    self.minutes = minutes
    var known: [Double] = []
    for laidOut in table.series {
      let kind = MetricKind(name: grid.partial.names[laidOut.metric])
      guard kind.weight > 0, let component = grid.component(laidOut.component) else { continue }
      known.removeAll(keepingCapacity: true)
      var low = Double.infinity
      var high = -Double.infinity
      for index in laidOut.points {
        let value = table.value(table.points[index])
        low = min(low, value)
        high = max(high, value)
        if minutes[index] >= 0, grid.isBaseline[Int(minutes[index])] { known.append(value) }
      }
      guard known.count >= Self.trusted else { continue }
      let baseline = RobustBaseline(known)
      let scale = max(baseline.spread, 0.05 * abs(baseline.center), 0.02 * (high - low), 1e-9)
      series.append(
        Series(component: component, kind: kind, laidOut: laidOut, baseline: baseline, scale: scale, highest: high))
    }
  }

  /// The largest rise of each metric in the window, by component, heaviest first.
  func departures(in window: [Int]) -> [[Departure]] {
    var found = [[Departure]](repeating: [], count: grid.components.count)
    guard let first = window.min(), let last = window.max() else { return found }
    var isWanted = [Bool](repeating: false, count: last - first + 1)
    for minute in window { isWanted[minute - first] = true }
    for one in series {
      var best: (z: Double, index: Int)?
      var index = firstPoint(of: one.laidOut, from: first)
      while index < one.laidOut.points.upperBound, minutes[index] <= last {
        if isWanted[Int(minutes[index]) - first] {
          let z = (table.value(table.points[index]) - one.baseline.center) / one.scale
          if best.map({ z > $0.z }) ?? true { best = (z, index) }
        }
        index += 1
      }
      guard let best, best.z >= 2 else { continue }
      let point = table.points[best.index]
      found[one.component].append(
        Departure(
          metric: one.laidOut.metric, kind: one.kind, z: best.z, value: table.value(point), center: one.baseline.center,
          count: table.count(point), highest: one.highest, sighting: table.sighting(point, of: one.laidOut)))
    }
    for index in found.indices {
      found[index].sort { a, b in
        let x = a.z * a.kind.weight
        let y = b.z * b.kind.weight
        return x != y ? x > y : a.metric < b.metric
      }
    }
    return found
  }

  /// The first point of a series that is not before a minute.
  private func firstPoint(of series: MetricTable.Series, from minute: Int) -> Int {
    minutes[series.points].partitioningIndex { Int($0) >= minute }
  }

  /// What a saturated resource says, in standard deviations, and what any other reading can say at most where requests
  /// tell as well: it then supports, and decides nothing.
  private static let saturation = 12.0
  private static let supporting = 2.9

  /// What a departure says against its component, in standard deviations.
  func strength(_ departure: Departure, isSparse: Bool) -> Double {
    guard !isSparse else { return departure.z * departure.kind.weight }
    // Where there are requests, their failures and times are in them.
    guard departure.kind == .resource else { return 0 }
    if let full = fullScale(departure.metric, highest: departure.highest),
      isSaturated(departure.value, usual: departure.center, of: full)
    {
      return Self.saturation
    }
    return min(departure.z / 10, Self.supporting)
  }

  private func isSaturated(_ value: Double, usual: Double, of full: Double) -> Bool {
    value >= grid.constants.nearlyUsedUp * full && value - usual >= grid.constants.usedUpRise * full
  }

  /// The reading at which a resource is used up, where the metric's name says that it is a share of it: which of the two scales a
  /// share is on is told by the highest reading of the night, never by one of them.
  private func fullScale(_ metric: Int32, highest: Double) -> Double? {
    let name = grid.partial.names[metric].lowercased()
    if name.contains("%") || name.contains("percent") { return 100 }
    let words = ["utilization", "utilisation", "usagerate", "usage_rate", "ratio", "share"]
    guard words.contains(where: { name.contains($0) }) else { return nil }
    return highest > 1.5 ? 100 : 1
  }

  /// The minutes in which a resource of a component is nearly used up though it usually is not, by component.
  ///
  /// - Complexity: O(readings of resources)
  func saturatedMinutes() -> [Int: Set<Int>] {
    var found: [Int: Set<Int>] = [:]
    for one in series where one.kind == .resource {
      // Once for all readings: it looks for words in the metric's name.
      guard let full = fullScale(one.laidOut.metric, highest: one.highest) else { continue }
      for index in one.laidOut.points where minutes[index] >= 0 {
        let value = table.value(table.points[index])
        guard isSaturated(value, usual: one.baseline.center, of: full) else { continue }
        found[one.component, default: []].insert(Int(minutes[index]))
      }
    }
    return found
  }

  func reason(_ departure: Departure) -> CauseReason {
    .metric(
      name: ForeignName(grid.partial.names[departure.metric]), value: departure.value, usual: departure.center)
  }

  /// The first reading behind a departure.
  func evidence(_ departure: Departure) -> Evidence {
    let names = grid.partial.names
    return Self.evidence(departure.sighting, names[departure.metric], departure.value, count: departure.count, names)
  }

  /// A minute's readings as evidence, which is all of that minute's from the first of them on.
  static func evidence(
    _ first: EvidenceSample, _ metric: String, _ value: Double, count: Int, _ names: NameTable
  ) -> Evidence {
    var evidence = first.evidence(names, quote: quote(metric, value, count: count))
    if count > 1 {
      let next = IncidentPartial.start(
        IncidentPartial.slot(first.time, IncidentPartial.coarse) + 1, IncidentPartial.coarse)
      evidence.duration = max(0, next - 1 - first.time)
    }
    return evidence
  }

  /// What a record of a minute's readings says.
  static func quote(_ metric: String, _ value: Double, count: Int) -> RecordQuote {
    RecordQuote(subject: ForeignText(RecordQuote.bounded(metric)), measure: .readings(count, mean: value))
  }
}
