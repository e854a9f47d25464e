// What trouble costs at the entry points, by operation, and what the requests that it hit have in common.

internal import Model
internal import Support

/// Requests at the entry points by operation and fine slot, those slow beyond the upper fence of their operation told apart
/// (`UpperFence`, over the requests of the night that did not fail), and the samples of whole requests.
struct EntryImpacts {
  /// Operations listed of one incident.
  private static let listed = 20
  /// Traits listed of one incident, and what makes one telling: the least share of the requests hit, the least lift over the
  /// others' share, the fewest requests, and the certainty in standard deviations.
  private static let listedTraits = 8
  private static let leastShare = 0.3
  private static let leastExcess = 0.2
  private static let leastRequests = 5
  private static let certainty = 4.0

  private let grid: ComponentTimeline
  private var rows: SlotRows<(key: CubeKey, failed: Bool, bucket: Int32, count: Int)>
  /// The requests that sampled ones stand for beside themselves, in 1,024ths.
  private var absent: SlotRows<(key: CubeKey, failed: Bool, count: Int64)>
  /// The components that requests enter by, as names.
  private let entryNames: Set<Int32>
  /// Where requests of an operation begin to be slow, microseconds.
  private var limits: [CubeKey: Double] = [:]
  /// How many requests of the night did not fail, and the share of them that is usually slow, by operation.
  private var night: [CubeKey: (requests: Int, slowShare: Double)] = [:]
  private var sampled = Sampled()

  /// The samples of the night, sorted out once for all incidents.
  private struct Sampled {
    /// Those that failed or were slow, by minute.
    var hit: [Int32: [RequestSample]] = [:]
    /// How many of the others there are, and with which traits.
    var others = 0
    var usual: [CubeKey: Int] = [:]
  }

  /// - Complexity: O(cells · log cells + samples)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    rows = SlotRows(IncidentPartial.fine)
    absent = SlotRows(IncidentPartial.fine)
    entryNames = Self.entryNames(grid)
    var histograms: [CubeKey: [(bucket: Int32, count: Int)]] = [:]
    for (cell, tally) in grid.partial.entries.cells {
      guard entryNames.contains(cell.a) else { continue }
      let key = CubeKey(a: cell.a, b: cell.b)
      rows.add((key, cell.d != 0, cell.number, tally.count), at: cell.slot)
      if cell.d == 0, cell.number != IncidentPartial.untimed {
        histograms[key, default: []].append((cell.number, tally.count))
      }
    }
    rows.sort()
    for (cell, tally) in grid.partial.weights.cells where entryNames.contains(cell.a) {
      let weight = SampleWeight(code: UInt64(max(cell.number, 0))) ?? .one
      let others = Int64(((weight.value - 1) * 1024).rounded())
      let (count, isBeyond) = others.multipliedReportingOverflow(by: Int64(tally.count))
      absent.add((CubeKey(a: cell.a, b: cell.b), cell.d != 0, isBeyond ? .max : count), at: cell.slot)
    }
    absent.sort()
    limits = histograms.mapValues { histogram in
      let (median, upper) = UpperFence.quartiles(histogram)
      return UpperFence.limit(median: median, upper: upper, leastRise: grid.constants.leastRise)
    }
    learnUsualSlowness()
    sortOutSamples()
  }

  private mutating func learnUsualSlowness() {
    var shares: [CubeKey: NightParts.Shares] = [:]
    for (cell, tally) in grid.partial.entries.cells
    where cell.d == 0 && cell.number != IncidentPartial.untimed && entryNames.contains(cell.a) {
      guard let minute = grid.minute(IncidentPartial.minute(ofFine: cell.slot)) else { continue }
      let key = CubeKey(a: cell.a, b: cell.b)
      let count = Double(tally.count)
      shares[key, default: NightParts.Shares()].add(
        hits: isSlow(key, bucket: cell.number) ? count : 0, of: count,
        in: NightParts.part(of: minute, among: grid.width))
    }
    night = shares.mapValues { (Int(exactly: $0.allTrials) ?? .max, $0.usual) }
  }

  /// Requests that did not fail and have a duration, and how many of them were slow.
  private struct Slowness {
    var requests = 0
    var slow = 0

    mutating func add(_ count: Int, isSlow: Bool) {
      requests += count
      if isSlow { slow += count }
    }

    /// The slow ones of a time beyond those that its operation always has, for every operation has a slow tail: none where they are no more
    /// than chance may bring (three standard deviations of a Poisson count, Shewhart's bounds). Of most of a night all, for what is usual
    /// nothing tells then.
    ///
    /// - Parameters:
    ///   - share: of the operation's requests that is usually slow.
    ///   - all: its requests of the night, this time included.
    /// - Returns: a number of requests.
    func excess(over share: Double, of all: Int) -> Int {
      guard requests <= all / 2 else { return slow }
      let expected = share * Double(requests)
      let beyond = Double(slow) - expected
      return beyond < 3 * (expected + 1).squareRoot() ? 0 : Int(clamping: Int64(checked: beyond.rounded()) ?? 0)
    }
  }

  private mutating func sortOutSamples() {
    for (cell, samples) in grid.partial.samples.cells {
      for sample in samples.kept where entryNames.contains(sample.component) {
        let key = CubeKey(a: sample.component, b: sample.operation)
        if cell.number == 1 || isSlow(key, Double(sample.duration)) {
          sampled.hit[cell.slot, default: []].append(sample)
        } else {
          sampled.others += 1
          Self.count(sample, in: &sampled.usual)
        }
      }
    }
  }

  /// The share of a proxy's requests whose operations another entry point knows too, from which both tell of the same
  /// requests, and how far their numbers may lie apart where both are proxies.
  private static let sameOperations = 0.5
  private static let sameNumber = 0.05

  /// The components that requests enter by: whoever is called by another one is none, even where a trace lost its beginning;
  /// and a proxy's log that tells of the requests which traces show from within, or which another log of it told, tells nothing
  /// new. Two proxies that share the load tell of requests of their own (`SameRequests`).
  private static func entryNames(_ grid: ComponentTimeline) -> Set<Int32> {
    var operations: [Int32: [Int32: Int]] = [:]
    for (cell, tally) in grid.partial.entries.cells {
      guard let component = grid.component(cell.a), grid.callers[component].isEmpty else { continue }
      operations[cell.a, default: [:]][cell.b, default: 0] += tally.count
    }
    let candidates = operations.map { name, counts -> (name: Int32, isFront: Bool, requests: Int) in
      let component = grid.component(name) ?? 0
      return (name, grid.isFront(component), counts.values.reduce(0, +))
    }.sorted { a, b in
      if a.isFront != b.isFront { return b.isFront }
      return a.requests != b.requests ? a.requests > b.requests : a.name < b.name
    }
    let logs = SameRequests(grid.partial.entries, of: Set(candidates.lazy.filter(\.isFront).map(\.name)))
    var kept: [(name: Int32, isFront: Bool, requests: Int)] = []
    for one in candidates {
      let isTold =
        one.isFront
        && kept.contains { other in
          let shared = (operations[one.name] ?? [:]).reduce(0) { sum, operation in
            operations[other.name]?[operation.key] == nil ? sum : sum + operation.value
          }
          guard Double(shared) >= Self.sameOperations * Double(one.requests) else { return false }
          guard other.isFront else { return true }
          return Double(other.requests - one.requests) <= Self.sameNumber * Double(other.requests)
            && logs.areSame(one.name, other.name)
        }
      if !isTold { kept.append(one) }
    }
    return Set(kept.map(\.name))
  }

  /// What a time cost at the entry points.
  func impact(from: Int64, to: Int64) -> Impact {
    var entries: [CubeKey: EntryImpact] = [:]
    var slowness: [CubeKey: Slowness] = [:]
    for row in rows.overlapping(from, to) {
      var entry =
        entries[row.key]
        ?? EntryImpact(
          component: ForeignName(grid.partial.names[row.key.a]), operation: ForeignName(grid.partial.names[row.key.b]),
          requests: 0, failed: 0, slow: 0)
      entry.requests += row.count
      if row.failed {
        entry.failed += row.count
      } else if row.bucket != IncidentPartial.untimed {
        slowness[row.key, default: Slowness()].add(row.count, isSlow: isSlow(row.key, bucket: row.bucket))
      }
      entries[row.key] = entry
    }
    for (key, own) in slowness {
      let usual = night[key] ?? (0, 0)
      entries[key]?.slow = own.excess(over: usual.slowShare, of: usual.requests)
    }
    var impact = Impact(Array(entries.values))
    impact.weighed = weighed(impact, from: from, to: to)
    if impact.entryPoints.count > Self.listed { impact.entryPoints.removeLast(impact.entryPoints.count - Self.listed) }
    return impact
  }

  /// What the requests of a time stand for; nil where each stands for itself.
  private func weighed(_ impact: Impact, from: Int64, to: Int64) -> Impact.Weighed? {
    let rows = absent.overlapping(from, to)
    guard !rows.isEmpty else { return nil }
    let all = rows.reduce(Int64(0)) { $0.addingSaturated($1.count) }
    let failed = rows.reduce(Int64(0)) { $1.failed ? $0.addingSaturated($1.count) : $0 }
    func estimate(_ kept: Int, _ others: Int64) -> Int {
      Int(clamping: Int64(kept).addingSaturated((others / 1024).addingSaturated(others % 1024 >= 512 ? 1 : 0)))
    }
    return Impact.Weighed(requests: estimate(impact.requests, all), failed: estimate(impact.failed, failed))
  }

  /// Whether a request that began in a time did not fail and took so many microseconds as a whole.
  func hasRequest(from: Int64, to: Int64, taking time: ClosedRange<Double>) -> Bool {
    rows.overlapping(from, to).contains { row in
      !row.failed && row.bucket != IncidentPartial.untimed
        && time.contains(Double(IncidentPartial.value(ofBucket: row.bucket)))
    }
  }

  private func isSlow(_ key: CubeKey, _ duration: Double) -> Bool { limits[key].map { duration > $0 } ?? false }

  private func isSlow(_ key: CubeKey, bucket: Int32) -> Bool {
    isSlow(key, Double(IncidentPartial.value(ofBucket: bucket)))
  }

  /// What failed or slow requests of some minutes have that the others of the night have not: both from the samples.
  func common(in minutes: [Int]) -> [CommonTrait] {
    var hits = 0
    var among: [CubeKey: Int] = [:]
    for minute in Set(minutes.map { grid.minutes[$0] }) {
      for sample in sampled.hit[minute] ?? [] {
        hits += 1
        Self.count(sample, in: &among)
      }
    }
    guard hits >= Self.leastRequests, sampled.others >= Self.leastRequests else { return [] }
    var found: [(strength: Double, key: CubeKey, trait: CommonTrait)] = []
    for (key, count) in among where count >= Self.leastRequests {
      let share = Double(count) / Double(hits)
      let usualShare = Double(sampled.usual[key] ?? 0) / Double(sampled.others)
      let deviation = (usualShare * (1 - usualShare) / Double(hits) + 1e-6).squareRoot()
      let strength = (share - usualShare) / deviation
      guard share >= Self.leastShare, share - usualShare >= Self.leastExcess, strength >= Self.certainty else {
        continue
      }
      found.append(
        (share - usualShare, key, CommonTrait(trait(key), requests: count, of: hits, usualShare: usualShare)))
    }
    found.sort { a, b in a.strength != b.strength ? a.strength > b.strength : a.key < b.key }
    return found.prefix(Self.listedTraits).map(\.trait)
  }

  /// Counts a request by its traits: its entry by component and operation, a component by its name in `c`, an attribute by
  /// name and value in `c` and `d`.
  private static func count(_ sample: RequestSample, in counts: inout [CubeKey: Int]) {
    counts[CubeKey(a: sample.component, b: sample.operation, number: 1), default: 0] += 1
    for component in sample.passed where component != sample.component {
      counts[CubeKey(a: 0, c: component, number: 2), default: 0] += 1
    }
    for index in stride(from: 0, to: sample.attributes.count - 1, by: 2) {
      counts[CubeKey(a: 0, c: sample.attributes[index], d: sample.attributes[index + 1], number: 3), default: 0] += 1
    }
  }

  private func trait(_ key: CubeKey) -> RequestTrait {
    let names = grid.partial.names
    switch key.number {
    case 1: return .entry(component: ForeignName(names[key.a]), operation: ForeignName(names[key.b]))
    case 2: return .passed(component: ForeignName(names[key.c]))
    default: return .attribute(name: ForeignName(names[key.c]), value: ForeignText(names[key.d]))
    }
  }
}
