internal import Support

/// Where time went in a window that usually does not go there: slow code (a component's own time) and slow network
/// edges (the time between a caller's span and the callee's).
///
/// A span is slow when it is beyond the 95 % quantile of its operation's baseline. A slow edge speaks against both its
/// ends in proportion to how many of each end's edges are slow, but not against the callee where the caller is slow
/// towards more than 60 % of its callees (explaining away on the call graph).
struct LatencyContrast {
  private static let slowQuantile = 0.95
  /// Spans of a minute, and minutes, that a limit is read from.
  private static let trustedSpans = 20
  private static let trustedMinutes = 5
  private static let callerIsSlow = 0.6
  /// Calls beyond which a busier edge has no more say.
  private static let edgeWeightCap = 30.0
  private static let edgeSlowZ = 3.0
  private static let edgeSlowExcess = 0.03
  /// What is left of an edge's evidence against the callee of a caller that is slow towards everybody.
  private static let remainder = 0.3

  private let grid: ComponentTimeline
  /// By component, and by (caller, callee).
  private var own: ShareSeries
  private var edges: ShareSeries
  /// The bucket beyond which a span is slow, by (component, operation) and by (caller, callee, operation).
  private let ownLimits: [CubeKey: Int32]
  private let wayLimits: [CubeKey: Int32]

  struct Edge {
    var caller: Int
    var callee: Int
    var contrast: ShareContrast
  }

  /// - Complexity: O(cells + series × minutes)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    own = ShareSeries(width: grid.width)
    edges = ShareSeries(width: grid.width)
    ownLimits = Self.limits(grid.partial.selfTimes, grid)
    wayLimits = Self.limits(grid.partial.gaps, grid)
    Self.fill(&own, grid.partial.selfTimes, ownLimits, grid) { CubeKey(a: $0.a) }
    Self.fill(&edges, grid.partial.gaps, wayLimits, grid) { CubeKey(a: $0.a, b: $0.b) }
    own.learn(grid)
    edges.learn(grid)
  }

  /// How much beyond the limit of earlier nights a span must be: what a release may cost without being trouble.
  private static let tolerance = 1.5
  /// By construction a twentieth of the spans of a usual night are beyond its limit; how far that strays.
  private static let earlierStray = 0.02

  /// The contrast against earlier nights, for operations that they knew.
  init(_ grid: ComponentTimeline, earlier: IncidentProfile) {
    self.grid = grid
    own = ShareSeries(width: grid.width)
    edges = ShareSeries(width: grid.width)
    var ownLimits: [CubeKey: Int32] = [:]
    var wayLimits: [CubeKey: Int32] = [:]
    let names = grid.partial.names
    for (place, limit) in earlier.limits {
      guard let component = names.find(place.component), let operation = names.find(place.operation) else { continue }
      let bucket = IncidentPartial.bucket(Int64(checked: Double(limit) * Self.tolerance) ?? .max)
      if place.callee.isEmpty {
        ownLimits[CubeKey(a: component, b: operation)] = bucket
      } else if let callee = names.find(place.callee) {
        wayLimits[CubeKey(a: component, b: callee, c: operation)] = bucket
      }
    }
    self.ownLimits = ownLimits
    self.wayLimits = wayLimits
    Self.fill(&own, grid.partial.selfTimes, ownLimits, grid) { CubeKey(a: $0.a) }
    Self.fill(&edges, grid.partial.gaps, wayLimits, grid) { CubeKey(a: $0.a, b: $0.b) }
    let usual = RobustBaseline(center: 1 - Self.slowQuantile, spread: Self.earlierStray)
    own.expect(usual)
    edges.expect(usual)
  }

  /// The limits of this night for later ones, microseconds.
  var limits: [IncidentProfile.Place: Int64] {
    var limits: [IncidentProfile.Place: Int64] = [:]
    let names = grid.partial.names
    for (cell, bucket) in ownLimits where bucket != .max {
      let place = IncidentProfile.Place(component: names[cell.a], operation: names[cell.b])
      limits[place] = IncidentPartial.value(ofBucket: bucket)
    }
    for (cell, bucket) in wayLimits where bucket != .max {
      let place = IncidentProfile.Place(component: names[cell.a], callee: names[cell.b], operation: names[cell.c])
      limits[place] = IncidentPartial.value(ofBucket: bucket)
    }
    return limits
  }

  private static func fill(
    _ series: inout ShareSeries, _ table: CellTable<Tally>, _ limits: [CubeKey: Int32], _ grid: ComponentTimeline,
    _ key: (CubeKey) -> CubeKey
  ) {
    for (cell, tally) in table.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      guard let limit = limits[CubeKey(a: cell.a, b: cell.b, c: cell.c)] else { continue }
      let count = Double(tally.count)
      series.add(hits: cell.number > limit ? count : 0, of: count, to: key(cell), minute: minute)
    }
  }

  /// The bucket beyond which a span of an operation is slow: the median of its minutes' 95 % quantiles, so that a slow
  /// stretch of less than half the night does not move it; the quantile of all spans where the minutes hold too few.
  private static func limits(_ table: CellTable<Tally>, _ grid: ComponentTimeline) -> [CubeKey: Int32] {
    let inBaseline = Set(grid.baseline)
    var histograms: [CubeKey: [Int32: Int]] = [:]
    var byMinute: [CubeKey: [Int32: Int]] = [:]
    for (cell, tally) in table.cells {
      guard let minute = grid.minute(cell.slot), inBaseline.contains(minute) else { continue }
      histograms[CubeKey(a: cell.a, b: cell.b, c: cell.c), default: [:]][cell.number, default: 0] += tally.count
      byMinute[CubeKey(a: cell.a, b: cell.b, c: cell.c, slot: cell.slot), default: [:]][cell.number, default: 0] +=
        tally.count
    }
    var minuteLimits: [CubeKey: [Double]] = [:]
    for (cell, histogram) in byMinute where histogram.values.reduce(0, +) >= trustedSpans {
      minuteLimits[CubeKey(a: cell.a, b: cell.b, c: cell.c), default: []].append(Double(limit(of: histogram)))
    }
    var limits = histograms.mapValues { limit(of: $0) }
    for (key, values) in minuteLimits where values.count >= trustedMinutes {
      limits[key] = Int32(RobustBaseline.quantile(values.sorted(), 0.5).rounded(.up))
    }
    return limits
  }

  private static func limit(of histogram: [Int32: Int]) -> Int32 {
    let total = histogram.values.reduce(0, +)
    var seen = 0
    for (bucket, count) in histogram.sorted(by: { $0.key < $1.key }) {
      seen += count
      if Double(seen) >= slowQuantile * Double(total) { return bucket }
    }
    return Int32.max
  }

  /// Own time by component index.
  func ownTime(in minutes: [Int]) -> [ShareContrast] {
    var contrasts = [ShareContrast](repeating: ShareContrast(), count: grid.components.count)
    for (row, key) in own.hits.keys.enumerated() {
      guard let component = grid.component(key.a) else { continue }
      contrasts[component] = own.contrast(
        row, minutes, draws: grid.requests(component, minutes), required: grid.requiredSlots)
    }
    return contrasts
  }

  /// Every edge with calls in the window, by caller and callee.
  func edges(in minutes: [Int]) -> [Edge] {
    var list: [Edge] = []
    for (row, key) in edges.hits.keys.enumerated() {
      guard let caller = grid.component(key.a), let callee = grid.component(key.b) else { continue }
      let draws = min(grid.requests(caller, minutes), grid.requests(callee, minutes))
      let contrast = edges.contrast(row, minutes, draws: draws, required: grid.requiredSlots)
      if contrast.trials >= 1 { list.append(Edge(caller: caller, callee: callee, contrast: contrast)) }
    }
    return list.sorted { ($0.caller, $0.callee) < ($1.caller, $1.callee) }
  }

  /// What the edges say against each component.
  func network(_ edges: [Edge]) -> [Double] {
    var slow = [Int](repeating: 0, count: grid.components.count)
    var all = slow
    for edge in edges {
      all[edge.caller] += 1
      if edge.contrast.z > Self.edgeSlowZ, edge.contrast.excess > Self.edgeSlowExcess { slow[edge.caller] += 1 }
    }
    var evidence = [Double](repeating: 0, count: grid.components.count)
    var weights = evidence
    for edge in edges {
      let weight = min(edge.contrast.trials, Self.edgeWeightCap)
      let z = max(0, edge.contrast.z)
      let everywhere =
        all[edge.caller] >= 3 && Double(slow[edge.caller]) >= Self.callerIsSlow * Double(all[edge.caller])
      evidence[edge.caller] += weight * z
      evidence[edge.callee] += weight * z * (everywhere ? Self.remainder : 1)
      weights[edge.caller] += weight
      weights[edge.callee] += weight
    }
    return zip(evidence, weights).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
