internal import Core

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
    var sighting: Sighting
  }

  private struct Series {
    var component: Int
    var metric: Int32
    var kind: MetricKind
    var readings: [(minute: Int, value: Double, sighting: Sighting)]
    var baseline: RobustBaseline
    var scale: Double
  }

  private let grid: NightGrid
  private var series: [Series] = []

  /// The fewest readings of a baseline.
  private static let trusted = 5

  /// - Complexity: O(readings · log)
  init(_ grid: NightGrid) {
    self.grid = grid
    var grouped: [Cell: [(minute: Int, value: Double, sighting: Sighting)]] = [:]
    for (cell, reading) in grid.partial.metrics.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      grouped[Cell(a: cell.a, b: cell.b), default: []].append(
        (minute, Double(reading.sum) / Double(max(reading.count, 1)) / 1e6, reading.source))
    }
    let inBaseline = Set(grid.baseline)
    for (key, readings) in grouped.sorted(by: { $0.key < $1.key }) {
      guard let component = grid.component(key.a) else { continue }
      let ordered = readings.sorted { $0.minute < $1.minute }
      let known = ordered.filter { inBaseline.contains($0.minute) }.map(\.value)
      guard known.count >= Self.trusted else { continue }
      let baseline = RobustBaseline(known)
      let low = ordered.reduce(Double.infinity) { min($0, $1.value) }
      let high = ordered.reduce(-Double.infinity) { max($0, $1.value) }
      let scale = max(baseline.spread, 0.05 * abs(baseline.center), 0.02 * (high - low), 1e-9)
      series.append(
        Series(
          component: component, metric: key.b, kind: MetricKind(name: grid.partial.names[key.b]), readings: ordered,
          baseline: baseline, scale: scale))
    }
  }

  /// The largest rise of each metric in the window, by component, heaviest first.
  func departures(in minutes: [Int]) -> [[Departure]] {
    let wanted = Set(minutes)
    var found = [[Departure]](repeating: [], count: grid.components.count)
    for one in series where one.kind.weight > 0 {
      var best: Departure?
      for reading in one.readings where wanted.contains(reading.minute) {
        let z = (reading.value - one.baseline.center) / one.scale
        if let known = best, known.z >= z { continue }
        best = Departure(
          metric: one.metric, kind: one.kind, z: z, value: reading.value, center: one.baseline.center,
          sighting: reading.sighting)
      }
      if let best, best.z >= 2 { found[one.component].append(best) }
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

  /// Every series of a component as robust distances by minute: for onsets.
  func distances() -> [(
    component: Int, metric: Int32, kind: MetricKind, points: [(minute: Int, z: Double, sighting: Sighting)]
  )] {
    series.map { one in
      (
        one.component, one.metric, one.kind,
        one.readings.map { ($0.minute, ($0.value - one.baseline.center) / one.scale, $0.sighting) }
      )
    }
  }

  func text(_ departure: Departure) -> String {
    let name = grid.partial.names[departure.metric]
    return "metric \(name) reads \(Self.number(departure.value)) (usually \(Self.number(departure.center)))"
  }

  private static func number(_ value: Double) -> String {
    guard let scaled = Int64(checked: (value * 1000).rounded()) else { return "a huge number" }
    let sign = scaled < 0 ? "-" : ""
    let digits = String(scaled.magnitude % 1000)
    var fraction = String(repeating: "0", count: 3 - digits.count) + digits
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return sign + String(scaled.magnitude / 1000) + (fraction.isEmpty ? "" : "." + fraction)
  }
}
